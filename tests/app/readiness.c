/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readiness.h"

/* Everything holds: each case below changes what it is about. */
EnigmReadinessFacts
good_facts (void)
{
  return (EnigmReadinessFacts){
    .state = ENIGM_ACCOUNT_STATE_SIGNED_IN,
    .heard = NOW,
    .has_key = TRUE,
    .key_state = ENIGM_KEY_STATE_TRUSTED,
    .proved_time = NOW - HOUR,
    .proved_by = ENIGM_KEY_PROOF_OWN,
    .battery = 80,
    .battery_time = NOW - HOUR,
    .drill_time = NOW - 2 * DAY,
    .drill_reached = 2,
    .drill_last = NOW - 2 * DAY,
    .drill_kept = 2,
    .contacts = 3,
    .eligible = 2,
  };
}

void
assert_verdict (const EnigmReadinessFacts *facts,
                gint64 now,
                EnigmReadinessVerdict verdict,
                EnigmReadinessAction action,
                const char *sentence)
{
  g_autoptr (EnigmReadiness) readiness = enigm_readiness_new_from_facts (facts, now);

  g_assert_cmpstr (enigm_readiness_verdict_to_string (enigm_readiness_get_verdict (readiness)), ==,
                   enigm_readiness_verdict_to_string (verdict));
  g_assert_cmpstr (enigm_readiness_get_sentence (readiness), ==, sentence);
  g_assert_cmpint (enigm_readiness_get_action (readiness), ==, action);
  g_assert_cmpint (enigm_readiness_is_ready (readiness), ==,
                   verdict == ENIGM_READINESS_READY || verdict == ENIGM_READINESS_BATTERY_LOW);
}

EnigmReadinessRow *
find_row (EnigmReadiness *readiness, const char *id)
{
  GListModel *rows = enigm_readiness_get_rows (readiness);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (EnigmReadinessRow) row = g_list_model_get_item (rows, i);

      if (g_str_equal (enigm_readiness_row_get_id (row), id))
        return row;
    }
  return NULL;
}

void
assert_row (const EnigmReadinessFacts *facts,
            gint64 now,
            const char *id,
            EnigmReadinessLevel level,
            gint64 age)
{
  g_autoptr (EnigmReadiness) readiness = enigm_readiness_new_from_facts (facts, now);
  EnigmReadinessRow *row = find_row (readiness, id);

  g_assert_nonnull (row);
  g_assert_cmpstr (enigm_readiness_level_to_string (enigm_readiness_row_get_level (row)), ==,
                   enigm_readiness_level_to_string (level));
  g_assert_cmpint (enigm_readiness_row_get_age (row), ==, age);
  g_assert_cmpstr (enigm_readiness_row_get_what (row), !=, "");
  g_assert_cmpstr (enigm_readiness_row_get_how (row), !=, "");
  /* What does not hold says what to do; what holds asks for nothing. */
  if (level == ENIGM_READINESS_LEVEL_OK)
    g_assert_cmpstr (enigm_readiness_row_get_remedy (row), ==, "");
  else
    g_assert_cmpstr (enigm_readiness_row_get_remedy (row), !=, "");
}

/* A drill at that time, which reached somebody, and none since. */
void
set_drill (EnigmReadinessFacts *facts, gint64 time)
{
  facts->drill_time = facts->drill_last = time;
}

/* Sentences name the time of day, in the person's language. */
void
readiness_test_init (int *argc, char ***argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (argc, argv, NULL);
}
