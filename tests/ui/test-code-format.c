/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-code-format.h"

#define DIGITS 12

static void
test_writing (void)
{
  static const struct
  {
    const char *typed;
    const char *shown;
  } cases[] = {
    { "", "" },
    { "a", "A" },
    { "abcd", "ABCD" },
    { "abcde", "ABCD-E" },
    { "0123456789ab", "0123-4567-89AB" },
    { "0123-4567-89ab", "0123-4567-89AB" },
    { " 0123 4567 89ab\r\n", "0123-4567-89AB" },
    { "0123\xe2\x80\x93"
      "4567\xe2\x80\x94"
      "89ab",
      "0123-4567-89AB" }, /* dashes of a text program */
    { "ooOO-iIlL-0011", "0000-1111-0011" },
    { "0123456789abCDEF", "0123-4567-89AB" }, /* cut */
    { "-----", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gunichar strange = 'x';
      g_autofree char *shown = enigm_code_format (cases[i].typed, DIGITS, 0, NULL, &strange);

      g_assert_cmpstr (shown, ==, cases[i].shown);
      g_assert_cmpuint (strange, ==, 0);
    }
}

static void
test_strange (void)
{
  gunichar strange = 0;
  g_autofree char *u = enigm_code_format ("01u2", DIGITS, 0, NULL, &strange);
  g_autofree char *umlaut = NULL;
  g_autofree char *sign = NULL;

  g_assert_cmpstr (u, ==, "012");
  g_assert_cmpuint (strange, ==, 'u');
  umlaut = enigm_code_format ("ä1", DIGITS, 0, NULL, &strange);
  g_assert_cmpstr (umlaut, ==, "1");
  g_assert_cmpuint (strange, ==, 0xe4);
  sign = enigm_code_format ("1!?", DIGITS, 0, NULL, &strange);
  g_assert_cmpstr (sign, ==, "1");
  g_assert_cmpuint (strange, ==, '!');
}

/* The cursor stays behind the same digit, and in front of the hyphen that has yet to be needed. */
static void
test_cursor (void)
{
  static const struct
  {
    const char *typed;
    guint before;
    guint after;
  } cases[] = {
    { "", 0, 0 },
    { "a", 1, 1 },
    { "abcd", 4, 4 },
    { "abcde", 5, 6 },
    { "abcde", 4, 4 },
    { "abcd-e", 5, 4 },
    { "abcd-e", 6, 6 },
    { "xabcd-efgh", 1, 1 },
    { "ab cd ef", 8, 7 },
    { "0123456789ab", 12, 14 },
    { "0123456789abcd", 14, 14 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint cursor = 99;
      g_autofree char *shown =
        enigm_code_format (cases[i].typed, DIGITS, cases[i].before, &cursor, NULL);

      g_assert_nonnull (shown);
      g_assert_cmpuint (cursor, ==, cases[i].after);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/code-format/writing", test_writing);
  g_test_add_func ("/code-format/strange", test_strange);
  g_test_add_func ("/code-format/cursor", test_cursor);
  return g_test_run ();
}
