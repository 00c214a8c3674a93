/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-text.h"

#include <string.h>

static void
test_hex (void)
{
  const guint8 bytes[] = { 0x00, 0x1f, 0xa0, 0xff };
  g_autofree gchar *text = enigm_hex_encode (bytes, sizeof bytes);
  guint8 back[4];

  g_assert_cmpstr (text, ==, "001fa0ff");
  g_assert_true (enigm_hex_decode (text, back, 4));
  g_assert_cmpmem (back, 4, bytes, 4);
}

static void
test_hex_refusals (void)
{
  const gchar *bad[] = { "",         "001fa0f",  "001fa0ff0", "001fa0ff00",
                         "001FA0FF", "001fa0fg", "0x1fa0ff",  " 01fa0ff" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      guint8 out[4] = { 1, 1, 1, 1 };

      g_test_message ("%s", bad[i]);
      g_assert_false (enigm_hex_decode (bad[i], out, 4));
      g_assert_cmpint (out[0] | out[1] | out[2] | out[3], ==, 0);
    }
}

static void
test_base64url (void)
{
  /* RFC 4648, section 10, without the padding; and the two characters that differ. */
  const struct
  {
    const gchar *plain;
    const gchar *text;
  } cases[] = {
    { "", "" },
    { "f", "Zg" },
    { "fo", "Zm8" },
    { "foo", "Zm9v" },
    { "foob", "Zm9vYg" },
    { "fooba", "Zm9vYmE" },
    { "foobar", "Zm9vYmFy" },
    { "\xfb\xff\xbf", "-_-_" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize len = strlen (cases[i].plain);
      g_autofree gchar *text = enigm_base64url_encode (cases[i].plain, len);
      g_autoptr (GBytes) back = enigm_base64url_decode (cases[i].text, len, len);

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_nonnull (back);
      g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), cases[i].plain, len);
    }
}

static void
test_base64url_refusals (void)
{
  const gchar *bad[] = { "Zg==",  "Z",    "Zh",   "Zm9",   "Zm9v=", "Zm9v\n",
                         " Zm9v", "Zm+v", "Zm/v", "Zm9vY", "Zm 9v", "Zm9\xc3\xa9" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) bytes = enigm_base64url_decode (bad[i], 0, 64);

      g_test_message ("%s", bad[i]);
      g_assert_null (bytes);
    }
  g_assert_null (enigm_base64url_decode ("Zm9v", 4, 8));
  g_assert_null (enigm_base64url_decode ("Zm9v", 0, 2));
}

static void
test_base64 (void)
{
  const gchar *good[] = { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "+/+/" };
  const gchar *bad[] = { "Zg", "Zg=",      "Zh==",      "Zm9=", "Z===",    "====",
                         "=",  "Zm9v====", "Zm9v Zg==", "-_-_", "Zg==Zg==" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GBytes) bytes = enigm_base64_decode (good[i], 0, 64);
      g_autofree gchar *again = NULL;

      g_test_message ("%s", good[i]);
      g_assert_nonnull (bytes);
      again = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_assert_cmpstr (again, ==, good[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) bytes = enigm_base64_decode (bad[i], 0, 64);

      g_test_message ("%s", bad[i]);
      g_assert_null (bytes);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/hex", test_hex);
  g_test_add_func ("/text/hex-refusals", test_hex_refusals);
  g_test_add_func ("/text/base64url", test_base64url);
  g_test_add_func ("/text/base64url-refusals", test_base64url_refusals);
  g_test_add_func ("/text/base64", test_base64);
  return g_test_run ();
}
