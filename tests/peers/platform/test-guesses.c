/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-guesses.h"

static void
count (EnigmGuesses *guesses, const gchar *user, const gchar *address, guint times, gint64 now)
{
  for (guint i = 0; i < times; i++)
    enigm_guesses_count (guesses, user, address, now);
}

static void
test_pair (void)
{
  g_autoptr (EnigmGuesses) guesses = enigm_guesses_new ();

  count (guesses, "ada", "192.0.2.1", 9, 1000);
  g_assert_cmpint (enigm_guesses_get_wait (guesses, "ada", "192.0.2.1", FALSE, 1000), ==, 0);
  count (guesses, "ada", "192.0.2.1", 1, 1000);
  g_assert_cmpint (enigm_guesses_get_wait (guesses, "ada", "192.0.2.1", FALSE, 1100), ==, 800);
  g_assert_cmpint (enigm_guesses_get_wait (guesses, "bob", "192.0.2.1", FALSE, 1100), ==, 0);
  g_assert_cmpint (enigm_guesses_get_wait (guesses, "ada", "192.0.2.2", FALSE, 1100), ==, 0);
  g_assert_cmpint (enigm_guesses_get_wait (guesses, "ada", "192.0.2.1", FALSE, 1900), ==, 0);
}

/* A botnet slows everybody who never signed in from where they are, and not the owner at home. */
static void
test_owner_is_not_locked_out (void)
{
  g_autoptr (EnigmGuesses) guesses = enigm_guesses_new ();

  for (guint i = 0; i < 100; i++)
    {
      g_autofree gchar *address = g_strdup_printf ("198.51.100.%u", i);

      count (guesses, "ada", address, 1, 1000);
    }
  g_assert_cmpint (enigm_guesses_get_wait (guesses, "ada", "203.0.113.9", FALSE, 1000), >, 0);
  g_assert_cmpint (enigm_guesses_get_wait (guesses, "ada", "203.0.113.9", TRUE, 1000), ==, 0);
}

static void
test_address (void)
{
  g_autoptr (EnigmGuesses) guesses = enigm_guesses_new ();

  for (guint i = 0; i < 60; i++)
    {
      g_autofree gchar *user = g_strdup_printf ("user%u", i);

      count (guesses, user, "192.0.2.1", 1, 1000);
    }
  g_assert_cmpint (enigm_guesses_get_wait (guesses, "ada", "192.0.2.1", FALSE, 1000), >, 0);
  /* Behind the same router, where they have been before. */
  g_assert_cmpint (enigm_guesses_get_wait (guesses, "ada", "192.0.2.1", TRUE, 1000), ==, 0);
}

static void
test_right_one (void)
{
  g_autoptr (EnigmGuesses) guesses = enigm_guesses_new ();

  count (guesses, "ada", "192.0.2.1", 9, 1000);
  enigm_guesses_forgive (guesses, "ada", "192.0.2.1");
  count (guesses, "ada", "192.0.2.1", 9, 1000);
  g_assert_cmpint (enigm_guesses_get_wait (guesses, "ada", "192.0.2.1", FALSE, 1000), ==, 0);
}

/* However many names are tried, it does not grow for ever. */
static void
test_bounded (void)
{
  g_autoptr (EnigmGuesses) guesses = enigm_guesses_new ();

  for (guint i = 0; i < 50000; i++)
    {
      g_autofree gchar *user = g_strdup_printf ("user%u", i);

      count (guesses, user, "192.0.2.1", 1, 1000);
    }
  count (guesses, "ada", "192.0.2.7", 10, 1000);
  g_assert_cmpint (enigm_guesses_get_wait (guesses, "ada", "192.0.2.7", TRUE, 1000), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/guesses/pair", test_pair);
  g_test_add_func ("/platform/guesses/owner-is-not-locked-out", test_owner_is_not_locked_out);
  g_test_add_func ("/platform/guesses/address", test_address);
  g_test_add_func ("/platform/guesses/right-one", test_right_one);
  g_test_add_func ("/platform/guesses/bounded", test_bounded);
  return g_test_run ();
}
