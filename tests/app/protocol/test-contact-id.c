/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-contact-id.h"

#include <string.h>

#include "app/protocol/enigm-base32.h"
#include "app/protocol/enigm-error.h"

/* Computed by hand with another implementation of SHA-256 and base32. */
#define EXAMPLE "0410-6105-0R3G-G28A-MDZB"

static void
test_example (void)
{
  const guint8 id[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
  g_autofree gchar *text = enigm_contact_id_format (id);

  g_assert_cmpstr (text, ==, EXAMPLE);
}

static void
test_round_trip (void)
{
  for (guint i = 0; i < 100; i++)
    {
      guint8 id[ENIGM_CONTACT_ID_SIZE], back[ENIGM_CONTACT_ID_SIZE];
      g_autoptr (GError) error = NULL;
      g_autofree gchar *text = NULL;
      g_autofree gchar *lower = NULL;
      g_autofree gchar *plain = NULL;
      g_autofree gchar *canonical = NULL;
      g_auto (GStrv) groups = NULL;

      g_assert_true (enigm_contact_id_new_random (id, &error));
      text = enigm_contact_id_format (id);
      g_assert_cmpuint (strlen (text), ==, 24);
      g_assert_true (enigm_contact_id_parse (text, back, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (back, sizeof back, id, sizeof id);

      groups = g_strsplit (text, "-", -1);
      g_assert_cmpuint (g_strv_length (groups), ==, 5);
      plain = g_strjoinv (" ", groups);
      lower = g_ascii_strdown (plain, -1);
      g_strdelimit (g_strdelimit (lower, "0", 'o'), "1", i % 2 ? 'i' : 'L');
      canonical = enigm_contact_id_canonicalize (lower, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (canonical, ==, text);
    }
}

/* Every single wrong character, and every exchange of two neighbours, of one ID. */
static void
test_slips (void)
{
  guint n_slips = 0;

  for (guint at = 0; at < 24; at++)
    for (guint digit = 0; digit < 32; digit++)
      {
        gchar text[] = EXAMPLE;
        guint8 id[ENIGM_CONTACT_ID_SIZE];
        g_autoptr (GError) error = NULL;

        if (text[at] == '-' || text[at] == enigm_base32_digit_to_char (digit))
          continue;
        text[at] = enigm_base32_digit_to_char (digit);
        g_assert_false (enigm_contact_id_parse (text, id, &error));
        g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_CODE_MISTYPED);
        n_slips++;
      }
  g_assert_cmpuint (n_slips, ==, 20 * 31);
  for (guint at = 0; at < 23; at++)
    {
      gchar text[] = EXAMPLE;
      gchar first = text[at];
      guint8 id[ENIGM_CONTACT_ID_SIZE];
      g_autoptr (GError) error = NULL;

      if (first == text[at + 1] || first == '-' || text[at + 1] == '-')
        continue;
      text[at] = text[at + 1];
      text[at + 1] = first;
      g_assert_false (enigm_contact_id_parse (text, id, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_CODE_MISTYPED);
    }
}

static void
test_refusals (void)
{
  const gchar *bad[] = { "", "-", "0410-6105-0R3G-G28A", EXAMPLE "0", "U" EXAMPLE, EXAMPLE "\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const guint8 zero[ENIGM_CONTACT_ID_SIZE] = { 0 };
      guint8 id[ENIGM_CONTACT_ID_SIZE];
      g_autoptr (GError) error = NULL;

      memset (id, 1, sizeof id);
      g_assert_false (enigm_contact_id_parse (bad[i], id, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
      g_assert_cmpmem (id, sizeof id, zero, sizeof zero);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/contact-id/example", test_example);
  g_test_add_func ("/contact-id/round-trip", test_round_trip);
  g_test_add_func ("/contact-id/slips", test_slips);
  g_test_add_func ("/contact-id/refusals", test_refusals);
  return g_test_run ();
}
