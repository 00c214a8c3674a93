/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-base32.h"

#include <string.h>

#include "enigm-error.h"

static void
test_alphabet (void)
{
  const gchar *expected = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  for (guint8 digit = 0; digit < 32; digit++)
    {
      gchar ch = enigm_base32_digit_to_char (digit);

      g_assert_cmpint (ch, ==, expected[digit]);
      g_assert_cmpint (enigm_base32_char_to_digit (ch), ==, digit);
      g_assert_cmpint (enigm_base32_char_to_digit (g_ascii_tolower (ch)), ==, digit);
    }
  g_assert_cmpint (enigm_base32_char_to_digit ('o'), ==, 0);
  g_assert_cmpint (enigm_base32_char_to_digit ('I'), ==, 1);
  g_assert_cmpint (enigm_base32_char_to_digit ('l'), ==, 1);
}

static void
test_no_other_character (void)
{
  const gchar *known = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyzOoIiLl";

  for (gint ch = 0; ch < 256; ch++)
    {
      gboolean expected = ch != 0 && strchr (known, ch) != NULL;

      g_assert_cmpint (enigm_base32_char_to_digit ((gchar) ch) >= 0, ==, expected);
    }
}

static void
test_normalize (void)
{
  const gchar *ways[] = { "0123-ABCD-1XYZ", "o1 23-abcd-lxyz", "O123ABCDIXYZ",
                          " 0-1-23ABCD1XYZ- " };
  const guint8 expected[] = { 0, 1, 2, 3, 10, 11, 12, 13, 1, 29, 30, 31 };

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (GError) error = NULL;
      guint8 digits[12];

      g_assert_true (enigm_base32_normalize (ways[i], 12, digits, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (digits, sizeof digits, expected, sizeof expected);
    }
}

static void
test_refusals (void)
{
  const gchar *bad[] = { "",
                         "-",
                         " ",
                         "0123-ABCD-1XY",
                         "0123-ABCD-1XYZ0",
                         "0123-ABCU-1XYZ",
                         "0123\tABCD1XYZ",
                         "0123_ABCD-1XYZ",
                         "0123ABCD1XY\xc3\xa9" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      guint8 digits[12];
      const guint8 zero[12] = { 0 };

      g_assert_false (enigm_base32_normalize (bad[i], 12, digits, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
      /* What was typed may be a secret: it stays out of the message. */
      g_assert_null (strstr (error->message, "0123"));
      g_assert_cmpmem (digits, sizeof digits, zero, sizeof zero);
    }
}

static void
test_format (void)
{
  const guint8 digits[] = { 0, 1, 2, 3, 10, 11, 12, 13, 1, 29, 30, 31 };
  g_autofree gchar *grouped = enigm_base32_format (digits, 12, 4);
  g_autofree gchar *plain = enigm_base32_format (digits, 12, 0);
  g_autofree gchar *uneven = enigm_base32_format (digits, 5, 4);

  g_assert_cmpstr (grouped, ==, "0123-ABCD-1XYZ");
  g_assert_cmpstr (plain, ==, "0123ABCD1XYZ");
  g_assert_cmpstr (uneven, ==, "0123-A");
}

static void
test_bits (void)
{
  /* 0x0102030405 in groups of five bits, counted by hand. */
  const guint8 bytes[] = { 0x01, 0x02, 0x03, 0x04, 0x05 };
  const guint8 expected[] = { 0, 4, 1, 0, 6, 1, 0, 5 };
  guint8 digits[ENIGM_BASE32_MAX_DIGITS];
  guint8 long_bytes[20], back[20];

  g_assert_cmpuint (enigm_base32_split (bytes, sizeof bytes, digits), ==, 8);
  g_assert_cmpmem (digits, 8, expected, 8);

  for (gint run = 0; run < 200; run++)
    {
      for (gsize i = 0; i < sizeof long_bytes; i++)
        long_bytes[i] = (guint8) g_test_rand_int ();
      g_assert_cmpuint (enigm_base32_split (long_bytes, sizeof long_bytes, digits), ==, 32);
      enigm_base32_join (digits, 32, back);
      g_assert_cmpmem (back, sizeof back, long_bytes, sizeof long_bytes);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base32/alphabet", test_alphabet);
  g_test_add_func ("/base32/no-other-character", test_no_other_character);
  g_test_add_func ("/base32/normalize", test_normalize);
  g_test_add_func ("/base32/refusals", test_refusals);
  g_test_add_func ("/base32/format", test_format);
  g_test_add_func ("/base32/bits", test_bits);
  return g_test_run ();
}
