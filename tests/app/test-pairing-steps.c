/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-pairing-steps.h"

typedef struct
{
  guint n;
  guint last;
} Changes;

static void
on_steps_changed (EnigmPairingSteps *steps, guint step, gpointer user_data)
{
  Changes *changes = user_data;

  changes->n++;
  changes->last = step;
}

static void
test_set (void)
{
  g_autoptr (EnigmPairingSteps) steps = enigm_pairing_steps_new ();
  Changes changes = { 0 };

  g_signal_connect (steps, "changed", G_CALLBACK (on_steps_changed), &changes);
  for (guint i = 0; i < ENIGM_PAIRING_N_STEPS; i++)
    {
      g_assert_cmpint (enigm_pairing_steps_get_state (steps, i), ==, ENIGM_PAIRING_WAITING);
      g_assert_cmpstr (enigm_pairing_steps_get_sentence (steps, i), ==, "");
    }

  enigm_pairing_steps_set (steps, ENIGM_PAIRING_CODE, ENIGM_PAIRING_UNDER_WAY, "It looks.");
  g_assert_cmpuint (changes.n, ==, 1);
  g_assert_cmpuint (changes.last, ==, ENIGM_PAIRING_CODE);
  /* Said again, it is no news. */
  enigm_pairing_steps_set (steps, ENIGM_PAIRING_CODE, ENIGM_PAIRING_UNDER_WAY, "It looks.");
  g_assert_cmpuint (changes.n, ==, 1);
  enigm_pairing_steps_set (steps, ENIGM_PAIRING_CODE, ENIGM_PAIRING_UNDER_WAY, "It found it.");
  g_assert_cmpuint (changes.n, ==, 2);
  enigm_pairing_steps_set (steps, ENIGM_PAIRING_CODE, ENIGM_PAIRING_DONE, "It found it.");
  g_assert_cmpuint (changes.n, ==, 3);
  g_assert_cmpstr (enigm_pairing_steps_get_sentence (steps, ENIGM_PAIRING_CODE), ==,
                   "It found it.");

  /* Only what changes is told. */
  enigm_pairing_steps_reset (steps);
  g_assert_cmpuint (changes.n, ==, 4);
  g_assert_cmpint (enigm_pairing_steps_get_state (steps, ENIGM_PAIRING_CODE), ==,
                   ENIGM_PAIRING_WAITING);
  g_assert_cmpstr (enigm_pairing_steps_get_sentence (steps, ENIGM_PAIRING_CODE), ==, "");
}

static void
test_current (void)
{
  g_autoptr (EnigmPairingSteps) steps = enigm_pairing_steps_new ();

  g_assert_cmpint (enigm_pairing_steps_get_current (steps), ==, ENIGM_PAIRING_FIND);
  enigm_pairing_steps_set (steps, ENIGM_PAIRING_FIND, ENIGM_PAIRING_DONE, NULL);
  enigm_pairing_steps_set (steps, ENIGM_PAIRING_CODE, ENIGM_PAIRING_DONE, NULL);
  g_assert_cmpint (enigm_pairing_steps_get_current (steps), ==, ENIGM_PAIRING_CODE);
  enigm_pairing_steps_set (steps, ENIGM_PAIRING_CONFIRM, ENIGM_PAIRING_UNDER_WAY, NULL);
  g_assert_cmpint (enigm_pairing_steps_get_current (steps), ==, ENIGM_PAIRING_CONFIRM);
  enigm_pairing_steps_set (steps, ENIGM_PAIRING_CONFIRM, ENIGM_PAIRING_FAILED, NULL);
  g_assert_cmpint (enigm_pairing_steps_get_current (steps), ==, ENIGM_PAIRING_CONFIRM);
  /* A failure earlier on counts more than what was done after it. */
  enigm_pairing_steps_set (steps, ENIGM_PAIRING_KEEP, ENIGM_PAIRING_DONE, NULL);
  g_assert_cmpint (enigm_pairing_steps_get_current (steps), ==, ENIGM_PAIRING_CONFIRM);
}

/* Six that a person and a script can tell apart. */
static void
test_names (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) titles = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < ENIGM_PAIRING_N_STEPS; i++)
    {
      g_assert_true (
        g_hash_table_add (names, (gpointer) enigm_pairing_step_get_name ((EnigmPairingStep) i)));
      g_assert_true (
        g_hash_table_add (titles, (gpointer) enigm_pairing_step_get_title ((EnigmPairingStep) i)));
    }
  g_assert_cmpstr (enigm_pairing_step_get_name (ENIGM_PAIRING_FIND), ==, "find");
  g_assert_cmpstr (enigm_pairing_step_get_name (ENIGM_PAIRING_READY), ==, "ready");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/pairing-steps/set", test_set);
  g_test_add_func ("/app/pairing-steps/current", test_current);
  g_test_add_func ("/app/pairing-steps/names", test_names);
  return g_test_run ();
}
