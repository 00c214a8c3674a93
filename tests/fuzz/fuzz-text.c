/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-offer.h"
#include "enigm-text.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = fuzz_take_line (&data, &size);
  g_autoptr (GBytes) url = enigm_base64url_decode (text, 0, 4096);
  g_autoptr (GBytes) plain = enigm_base64_decode (text, 0, 4096);
  g_autofree guint8 *raw = g_malloc0 (strlen (text) / 2 + 1);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  if (url != NULL)
    {
      g_autofree char *again =
        enigm_base64url_encode (g_bytes_get_data (url, NULL), g_bytes_get_size (url));

      g_assert_cmpstr (again, ==, text);
    }
  if (plain != NULL)
    {
      g_autofree char *again =
        g_base64_encode (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain));

      g_assert_cmpstr (again, ==, text);
    }
  if (enigm_hex_decode (text, raw, strlen (text) / 2))
    {
      g_autofree char *again = enigm_hex_encode (raw, strlen (text) / 2);

      g_assert_cmpstr (again, ==, text);
    }
  ok = enigm_origin_check (text, &error);
  fuzz_assert_said (ok, error);
  return 0;
}
