/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-error.h"
#include "enigm-platform-private.h"
#include "fuzz.h"

/* What comes with a status that is no success, from a platform or from whatever answers there: a
 * sentence of ours, whatever it says. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static EnigmPlatform *platform;
  g_autoptr (GBytes) head = fuzz_take (&data, &size, 2);
  g_autoptr (GBytes) body = g_bytes_new (data, size);
  const uint8_t *status = g_bytes_get_data (head, NULL);
  g_autoptr (GError) error = NULL;

  if (g_bytes_get_size (head) < 2)
    return 0;
  if (platform == NULL)
    platform = enigm_platform_new ("https://keys.example.org", enigm_trust_new_system ());
  error = enigm_platform_map_problem (platform, 300 + (status[0] << 8 | status[1]) % 300, body);
  g_assert_nonnull (error);
  g_assert_true (error->domain == ENIGM_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), <, 1024);
  return 0;
}
