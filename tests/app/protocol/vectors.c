/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vectors.h"

JsonParser *
test_vectors_load (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", name, NULL);
  g_autoptr (GError) error = NULL;
  JsonParser *parser = json_parser_new_immutable ();

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);

  return parser;
}

GBytes *
test_bytes_from_hex (const char *hex)
{
  gsize len = strlen (hex) / 2;
  g_autofree guint8 *data = g_malloc (len + 1);

  g_assert_cmpuint (strlen (hex) % 2, ==, 0);
  for (gsize i = 0; i < len; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]);
      int low = g_ascii_xdigit_value (hex[2 * i + 1]);

      g_assert_cmpint (high, >=, 0);
      g_assert_cmpint (low, >=, 0);
      data[i] = (guint8) (high << 4 | low);
    }

  return g_bytes_new (data, len);
}

char *
test_hex_from_bytes (gconstpointer data, gsize len)
{
  const guint8 *bytes = data;
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < len; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);

  return g_string_free (hex, FALSE);
}

EnigmSecret *
test_secret_from_hex (const char *hex)
{
  g_autoptr (GBytes) bytes = test_bytes_from_hex (hex);

  return enigm_secret_new_copy (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

char *
test_hex_from_secret (EnigmSecret *secret)
{
  gsize len;
  const guint8 *data = enigm_secret_peek (secret, &len);

  return test_hex_from_bytes (data, len);
}
