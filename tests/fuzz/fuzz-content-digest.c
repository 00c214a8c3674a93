/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-content-digest.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *field = fuzz_take_line (&data, &size);
  g_autoptr (GBytes) body = g_bytes_new (data, size);
  g_autofree char *right = enigm_content_digest_format (body);
  g_autoptr (GError) error = NULL;
  gboolean ok = enigm_content_digest_check (field, 1, body, &error);

  fuzz_assert_said (ok, error);
  g_assert_true (enigm_content_digest_check (right, 1, body, NULL));
  g_assert_false (enigm_content_digest_check (right, 2, body, NULL));
  return 0;
}
