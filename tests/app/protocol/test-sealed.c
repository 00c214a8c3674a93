/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-sealed.h"

static EnigmSecret *
make_key (void)
{
  g_autoptr (GError) error = NULL;
  EnigmSecret *key = enigm_secret_new_random (32, &error);

  g_assert_no_error (error);

  return key;
}

static GBytes *
seal (EnigmSecret *key, const char *label, const char *text)
{
  g_autoptr (GBytes) plain = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  GBytes *sealed = enigm_sealed_seal (key, label, plain, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (sealed), ==, strlen (text) + ENIGM_SEALED_OVERHEAD);

  return sealed;
}

static void
assert_opens (EnigmSecret *key, const char *label, GBytes *sealed, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = enigm_sealed_open (key, label, sealed, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), text, strlen (text));
}

static void
assert_refused (EnigmSecret *key, const char *label, GBytes *sealed, EnigmError expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (enigm_sealed_open (key, label, sealed, &error));
  g_assert_error (error, ENIGM_ERROR, (int) expected);
}

static void
test_sealed_opens (void)
{
  g_autoptr (EnigmSecret) key = make_key ();
  g_autofree char *long_text = g_strnfill (100000, 'x');
  const char *texts[] = { "", "a", "a label or a note", long_text };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) sealed = seal (key, "label", texts[i]);

      assert_opens (key, "label", sealed, texts[i]);
    }
}

static void
test_sealed_twice_differs (void)
{
  g_autoptr (EnigmSecret) key = make_key ();
  g_autoptr (GBytes) first = seal (key, "label", "the same");
  g_autoptr (GBytes) second = seal (key, "label", "the same");

  g_assert_false (g_bytes_equal (first, second));
}

static void
test_sealed_hides_the_text (void)
{
  g_autoptr (EnigmSecret) key = make_key ();
  g_autoptr (GBytes) sealed = seal (key, "label of it", "a private note");
  gsize len;
  const char *data = g_bytes_get_data (sealed, &len);

  g_assert_null (memmem (data, len, "private", 7));
  g_assert_null (memmem (data, len, "label", 5));
}

static void
test_sealed_wrong_key_or_label (void)
{
  g_autoptr (EnigmSecret) key = make_key ();
  g_autoptr (EnigmSecret) other = make_key ();
  g_autoptr (GBytes) sealed = seal (key, "label", "text");

  assert_refused (other, "label", sealed, ENIGM_ERROR_NOT_GENUINE);
  assert_refused (key, "labe", sealed, ENIGM_ERROR_NOT_GENUINE);
  assert_refused (key, "label2", sealed, ENIGM_ERROR_NOT_GENUINE);
  assert_opens (key, "label", sealed, "text");
}

static void
test_sealed_changed (void)
{
  g_autoptr (EnigmSecret) key = make_key ();
  g_autoptr (GBytes) sealed = seal (key, "label", "text");
  gsize len;
  const guint8 *right = g_bytes_get_data (sealed, &len);

  for (guint bit = 0; bit < 8 * len; bit++)
    {
      g_autofree guint8 *wrong = g_memdup2 (right, len);
      g_autoptr (GBytes) bytes = NULL;

      wrong[bit / 8] ^= (guint8) (1 << bit % 8);
      bytes = g_bytes_new (wrong, len);
      assert_refused (key, "label", bytes,
                      bit < 64 ? ENIGM_ERROR_MALFORMED : ENIGM_ERROR_NOT_GENUINE);
    }
  for (gsize cut = 0; cut < len; cut++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (sealed, 0, cut);

      assert_refused (key, "label", bytes,
                      cut < ENIGM_SEALED_OVERHEAD ? ENIGM_ERROR_MALFORMED
                                                  : ENIGM_ERROR_NOT_GENUINE);
    }
}

static void
test_sealed_too_long (void)
{
  g_autoptr (EnigmSecret) key = make_key ();
  g_autoptr (GBytes) small = seal (key, "label", "text");
  gsize len = ENIGM_SEALED_MAX + ENIGM_SEALED_OVERHEAD + 1;
  guint8 *data = g_malloc0 (len);
  g_autoptr (GBytes) bytes = NULL;

  memcpy (data, g_bytes_get_data (small, NULL), g_bytes_get_size (small));
  bytes = g_bytes_new_take (data, len);
  assert_refused (key, "label", bytes, ENIGM_ERROR_MALFORMED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/sealed/opens", test_sealed_opens);
  g_test_add_func ("/protocol/sealed/twice-differs", test_sealed_twice_differs);
  g_test_add_func ("/protocol/sealed/hides-the-text", test_sealed_hides_the_text);
  g_test_add_func ("/protocol/sealed/wrong-key-or-label", test_sealed_wrong_key_or_label);
  g_test_add_func ("/protocol/sealed/changed", test_sealed_changed);
  g_test_add_func ("/protocol/sealed/too-long", test_sealed_too_long);

  return g_test_run ();
}
