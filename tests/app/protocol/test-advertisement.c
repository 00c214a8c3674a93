/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-advertisement.h"

/* PROTOCOL.md, section 2: version, discriminator, flags. */
static void
test_bytes (void)
{
  static const struct
  {
    EnigmAdvertisement said;
    guint8 bytes[ENIGM_ADVERTISEMENT_SIZE];
  } rows[] = {
    { { 0, FALSE }, { 1, 0, 0, 0 } },
    { { 2748, TRUE }, { 1, 0x0a, 0xbc, 1 } },
    { { 4095, FALSE }, { 1, 0x0f, 0xff, 0 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint8 bytes[ENIGM_ADVERTISEMENT_SIZE];
      EnigmAdvertisement heard = { 0 };

      enigm_advertisement_encode (&rows[i].said, bytes);
      g_assert_cmpmem (bytes, sizeof bytes, rows[i].bytes, sizeof rows[i].bytes);
      g_assert_true (enigm_advertisement_decode (bytes, sizeof bytes, &heard));
      g_assert_cmpuint (heard.discriminator, ==, rows[i].said.discriminator);
      g_assert_cmpint (heard.bound, ==, rows[i].said.bound);
    }
}

/* Others use the same company's number; what is theirs, or from another version, is not a key. */
static void
test_others (void)
{
  static const struct
  {
    gsize len;
    guint8 bytes[5];
  } rows[] = {
    { 0, { 0 } },          { 3, { 1, 0, 0 } },       { 5, { 1, 0, 0, 0, 0 } },
    { 4, { 0, 0, 0, 0 } }, { 4, { 2, 0, 0, 0 } },    { 4, { 1, 0x10, 0, 0 } },
    { 4, { 1, 0, 0, 2 } }, { 4, { 1, 0, 0, 0x81 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      EnigmAdvertisement heard = { 7, TRUE };

      g_assert_false (enigm_advertisement_decode (rows[i].bytes, rows[i].len, &heard));
      g_assert_cmpuint (heard.discriminator, ==, 7);
      g_assert_true (heard.bound);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/advertisement/bytes", test_bytes);
  g_test_add_func ("/advertisement/others", test_others);
  return g_test_run ();
}
