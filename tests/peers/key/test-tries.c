/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-fixture.h"
#include "key-tries.h"

/* How the count stands after so many failures; PROTOCOL.md, section 4. */
static void
test_pace (KeyFixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint failures;
    EnigmReason again;
    guint seconds;
  } rows[] = {
    { 0, ENIGM_REASON_WAIT, 1 },
    { ENIGM_KEY_TRIES_FAST - 2, ENIGM_REASON_WAIT, 1 },
    { ENIGM_KEY_TRIES_FAST - 1, ENIGM_REASON_WAIT, 10 },
    { ENIGM_KEY_TRIES_MAX - 2, ENIGM_REASON_WAIT, 10 },
    { ENIGM_KEY_TRIES_MAX - 1, ENIGM_REASON_CLOSED, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (EnigmKeyTries) tries = NULL;
      guint seconds;

      /* Made without a failure, nothing is waited for at first. */
      key_fixture_get_memory (fixture)->failures = 0;
      tries = enigm_key_tries_new (fixture->store);
      key_fixture_get_memory (fixture)->failures = rows[i].failures;
      g_assert_cmpint (enigm_key_tries_begin (tries, &seconds), ==, 0);
      g_assert_cmpuint (key_fixture_get_memory (fixture)->failures, ==, rows[i].failures + 1);
      g_assert_cmpint (enigm_key_tries_begin (tries, &seconds), ==, rows[i].again);
      g_assert_cmpuint (seconds, ==, rows[i].seconds);
      g_assert_cmpuint (key_fixture_get_memory (fixture)->failures, ==, rows[i].failures + 1);
    }
}

/* A battery pulled right after a try takes neither the count nor the pause with it. */
static void
test_power_cut (KeyFixture *fixture, gconstpointer data)
{
  guint seconds;

  g_assert_cmpint (enigm_key_tries_begin (fixture->tries, &seconds), ==, 0);
  key_fixture_reopen (fixture);
  g_assert_cmpuint (key_fixture_get_memory (fixture)->failures, ==, 1);
  g_assert_cmpint (enigm_key_tries_begin (fixture->tries, &seconds), ==, ENIGM_REASON_WAIT);
  g_assert_cmpuint (seconds, ==, 1);
}

static void
test_success (KeyFixture *fixture, gconstpointer data)
{
  guint seconds;

  key_fixture_get_memory (fixture)->failures = ENIGM_KEY_TRIES_MAX - 1;
  g_assert_cmpint (enigm_key_tries_begin (fixture->tries, &seconds), ==, 0);
  enigm_key_tries_succeed (fixture->tries);
  key_fixture_reopen (fixture);
  g_assert_cmpuint (key_fixture_get_memory (fixture)->failures, ==, 0);
}

/* What cannot be counted is no try. */
static void
test_flash_full (KeyFixture *fixture, gconstpointer data)
{
  guint seconds;

  key_fixture_fill_flash (fixture);
  g_assert_cmpint (enigm_key_tries_begin (fixture->tries, &seconds), ==, ENIGM_REASON_STORAGE);
  g_assert_cmpuint (key_fixture_get_memory (fixture)->failures, ==, 0);
  key_fixture_empty_flash (fixture);
  g_assert_cmpint (enigm_key_tries_begin (fixture->tries, &seconds), ==, 0);
}

/* Tries and management secrets go, the binding stays. */
static void
test_reset (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmSecret) secret = enigm_secret_new_random (32, NULL);
  const guint8 id[ENIGM_ID_SIZE] = "sixteen bytes ID";
  guint seconds;

  key_fixture_bind (fixture, ENIGM_REPORTED_TRUSTED, NULL);
  g_assert_cmpint (enigm_key_binding_keep (fixture->binding, id, secret), ==, 0);
  key_fixture_get_memory (fixture)->failures = ENIGM_KEY_TRIES_MAX;
  g_assert_cmpint (enigm_key_tries_begin (fixture->tries, &seconds), ==, ENIGM_REASON_CLOSED);
  g_assert_true (enigm_key_tries_reset (fixture->tries, NULL));
  key_fixture_reopen (fixture);
  g_assert_cmpuint (key_fixture_get_memory (fixture)->computers->len, ==, 0);
  g_assert_nonnull (key_fixture_get_memory (fixture)->current);
  g_assert_cmpint (enigm_key_tries_begin (fixture->tries, &seconds), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* A flash that is full is warned of. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
#define ADD(path, func)                                                                            \
  g_test_add (path, KeyFixture, NULL, key_fixture_set_up, func, key_fixture_tear_down)
  ADD ("/key/tries/pace", test_pace);
  ADD ("/key/tries/power-cut", test_power_cut);
  ADD ("/key/tries/success", test_success);
  ADD ("/key/tries/flash-full", test_flash_full);
  ADD ("/key/tries/reset", test_reset);
  return g_test_run ();
}
