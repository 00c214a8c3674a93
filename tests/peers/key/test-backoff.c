/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-backoff.h"

/* One failure after the other: the pause doubles to a minute and stays there, a quarter more or
 * less, and never ends the trying. */
static void
test_pauses (void)
{
  static const guint seconds[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
  EnigmKeyBackoff backoff = { 0 };

  g_assert_cmpint (backoff.next, <=, g_get_monotonic_time ());
  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      gint64 before = g_get_monotonic_time ();
      gint64 after;

      enigm_key_backoff_fail (&backoff);
      after = g_get_monotonic_time ();
      g_assert_cmpuint (backoff.n_failures, ==, i + 1);
      g_assert_cmpint (backoff.next, >=, before + seconds[i] * G_USEC_PER_SEC * 3 / 4);
      g_assert_cmpint (backoff.next, <=, after + seconds[i] * G_USEC_PER_SEC * 5 / 4);
    }
  backoff.n_failures = G_MAXUINT - 1;
  enigm_key_backoff_fail (&backoff);
  g_assert_cmpint (backoff.next, >, g_get_monotonic_time ());
  enigm_key_backoff_reset (&backoff);
  g_assert_cmpuint (backoff.n_failures, ==, 0);
  g_assert_cmpint (backoff.next, ==, 0);
}

/* Keys that lost the platform together do not come back together. */
static void
test_apart (void)
{
  g_autoptr (GHashTable) pauses = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < 100; i++)
    {
      EnigmKeyBackoff backoff = { 4, 0 };
      gint64 now = g_get_monotonic_time ();
      gint64 *tenths = g_new (gint64, 1);

      enigm_key_backoff_fail (&backoff);
      *tenths = (backoff.next - now) / (G_USEC_PER_SEC / 10);
      g_hash_table_add (pauses, tenths);
    }
  g_assert_cmpuint (g_hash_table_size (pauses), >, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/key/backoff/pauses", test_pauses);
  g_test_add_func ("/key/backoff/apart", test_apart);
  return g_test_run ();
}
