/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-json-check.h"

static void
test_good (void)
{
  static const gchar *const texts[] = {
    "{}",
    " [ ] ",
    "0",
    "-0",
    "12.5e-3",
    "\"\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\"",
    "{\"a\":[true,false,null,{\"b\":-1}]}",
    "[[[[[[[0]]]]]]]",
    "\"\xc3\xa4\"",
    "\"\\ud83d\\uDE00\"",
    "\"\\ud7ff\\ue000\"",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (enigm_json_check (texts[i], strlen (texts[i]), &error));
      g_assert_no_error (error);
    }
}

static void
test_bad (void)
{
  static const gchar *const texts[] = {
    "",
    " ",
    "{",
    "}",
    "{]",
    "[1,]",
    "[,1]",
    "{\"a\"}",
    "{\"a\":}",
    "{a:1}",
    "{'a':1}",
    "{\"a\":1,}",
    "01",
    "+1",
    ".5",
    "1.",
    "1e",
    "--1",
    "NaN",
    "Infinity",
    "tru",
    "nul",
    "True",
    "\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u0000\"",
    "\"\n\"",
    "\"\xff\"",
    "1 2",
    "{}{}",
    "// x\n{}",
    "/* */ {}",
    "[0x10]",
    "\"a\" \"b\"",
    "[[[[[[[[0]]]]]]]]",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"\\u0061\":2}",
    "{\"\\u0061\":1}",
    "\"\\udddd\\udddd\"",
    "\"\\udc00\"",
    "\"\\ud800\"",
    "\"\\ud800x\"",
    "\"\\ud800\\n\"",
    "\"\\ud800\\u0061\"",
    "\"\\ud800\\ud800\"",
    "\"\\ud800\\u",
    "\xef\xbb\xbf{}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      if (enigm_json_check (texts[i], strlen (texts[i]), &error))
        g_error ("%s was taken", texts[i]);
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

/* Cut anywhere, no text is right; and nothing past its end is looked at. */
static void
test_cut (void)
{
  const gchar *text = "{\"user\":\"ada\",\"list\":[1,-2.5e3,true,null],\"x\":{\"y\":\"\\u00e4\"}}";
  gsize length = strlen (text);

  g_assert_true (enigm_json_check (text, length, NULL));
  for (gsize i = 0; i < length; i++)
    {
      g_autofree gchar *cut = g_memdup2 (text, MAX (i, 1));

      g_assert_false (enigm_json_check (cut, i, NULL));
    }
}

/* A million brackets are refused, not followed. */
static void
test_deep (void)
{
  g_autofree gchar *deep = g_strnfill (1000000, '[');

  g_assert_false (enigm_json_check (deep, 1000000, NULL));
  g_assert_false (enigm_json_check (NULL, 0, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-check/good", test_good);
  g_test_add_func ("/json-check/bad", test_bad);
  g_test_add_func ("/json-check/cut", test_cut);
  g_test_add_func ("/json-check/deep", test_deep);
  return g_test_run ();
}
