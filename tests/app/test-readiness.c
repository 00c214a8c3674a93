/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-readiness.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
/* Sunday, 22 November 2026, 20:00:00 UTC; main() sets the time zone. */
#define NOW G_GINT64_CONSTANT (1795377600)

/* Everything holds: each case below changes what it is about. */
static EnigmReadinessFacts
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
    .contacts = 3,
    .eligible = 2,
  };
}

static void
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

static EnigmReadinessRow *
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

static void
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

/* The status page's states, in the order of the page's description */

static void
test_state_no_key (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.has_key = FALSE;
  assert_verdict (&facts, NOW, ENIGM_READINESS_NO_KEY, ENIGM_READINESS_ACTION_PAIR,
                  "You have no key yet.");
}

static void
test_state_unfinished (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.has_key = FALSE;
  facts.pairing_unfinished = TRUE;
  assert_verdict (&facts, NOW, ENIGM_READINESS_UNFINISHED, ENIGM_READINESS_ACTION_CONTINUE,
                  "Pairing is not finished. Nothing is bound.");

  /* Also when an earlier key has ended. */
  facts.has_key = TRUE;
  facts.key_state = ENIGM_KEY_STATE_REVOKED;
  assert_verdict (&facts, NOW, ENIGM_READINESS_UNFINISHED, ENIGM_READINESS_ACTION_CONTINUE,
                  "Pairing is not finished. Nothing is bound.");

  /* But a key that protects goes on doing so while another is paired. */
  facts.key_state = ENIGM_KEY_STATE_TRUSTED;
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 2 days ago.");
}

static void
test_state_pending (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.key_state = ENIGM_KEY_STATE_PENDING;
  facts.proved_time = 0;
  facts.proved_by = ENIGM_KEY_PROOF_NONE;
  facts.drill_time = 0;
  facts.pairing_unfinished = TRUE;
  assert_verdict (&facts, NOW, ENIGM_READINESS_PENDING, ENIGM_READINESS_ACTION_CONTINUE,
                  "Your key is bound; this computer has not heard from it yet.");
}

static void
test_state_ready (void)
{
  EnigmReadinessFacts facts = good_facts ();
  static const char *const ids[] = { "key", "proof", "battery", "platform", "contacts", "drill" };
  g_autoptr (EnigmReadiness) readiness = NULL;

  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 2 days ago.");
  readiness = enigm_readiness_new_from_facts (&facts, NOW);
  g_assert_cmpuint (g_list_model_get_n_items (enigm_readiness_get_rows (readiness)), ==,
                    G_N_ELEMENTS (ids));
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    g_assert_cmpint (enigm_readiness_row_get_level (find_row (readiness, ids[i])), ==,
                     ENIGM_READINESS_LEVEL_OK);

  /* A battery that the key does not tell of is not one that is low. */
  facts.battery = ENIGM_KEY_BATTERY_UNKNOWN;
  facts.battery_time = 0;
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 2 days ago.");
  assert_row (&facts, NOW, "battery", ENIGM_READINESS_LEVEL_NOT_KNOWN, -1);
}

static void
test_state_not_tried (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.drill_time = 0;
  facts.drill_reached = 0;
  assert_verdict (&facts, NOW, ENIGM_READINESS_NOT_TRIED, ENIGM_READINESS_ACTION_DRILL,
                  "Paired, but not tried yet.");
  assert_row (&facts, NOW, "drill", ENIGM_READINESS_LEVEL_NOT_KNOWN, -1);

  /* A drill that reached nobody proves nothing. */
  facts.drill_time = NOW - DAY;
  assert_verdict (&facts, NOW, ENIGM_READINESS_NOT_TRIED, ENIGM_READINESS_ACTION_DRILL,
                  "Paired, but not tried yet.");
}

static void
test_state_stale (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.drill_time = NOW - 34 * DAY;
  assert_verdict (&facts, NOW, ENIGM_READINESS_STALE, ENIGM_READINESS_ACTION_DRILL,
                  "Not proved for 34 days.");
  assert_row (&facts, NOW, "drill", ENIGM_READINESS_LEVEL_STALE, 34 * DAY);
}

static void
test_state_nobody (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.eligible = 0;
  assert_verdict (&facts, NOW, ENIGM_READINESS_NOBODY, ENIGM_READINESS_ACTION_INVITE,
                  "An alert would reach nobody: no contact has accepted.");
  assert_row (&facts, NOW, "contacts", ENIGM_READINESS_LEVEL_BAD, 0);
  facts.contacts = 0;
  assert_verdict (&facts, NOW, ENIGM_READINESS_NOBODY, ENIGM_READINESS_ACTION_INVITE,
                  "An alert would reach nobody: no contact has accepted.");
}

static void
test_state_battery_low (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.battery = 15;
  facts.battery_time = NOW - 26 * HOUR;
  assert_verdict (&facts, NOW, ENIGM_READINESS_BATTERY_LOW, ENIGM_READINESS_ACTION_NONE,
                  "Ready, but the battery was low yesterday.");
  assert_row (&facts, NOW, "battery", ENIGM_READINESS_LEVEL_BAD, 26 * HOUR);
}

static void
test_state_lost (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.key_state = ENIGM_KEY_STATE_RESTRICTED;
  facts.key_reasons = ENIGM_KEY_REASON_LOST | ENIGM_KEY_REASON_SUSPENDED;
  assert_verdict (&facts, NOW, ENIGM_READINESS_LOST, ENIGM_READINESS_ACTION_FOUND_OR_REVOKE,
                  "Your key is marked as lost. Presses are refused.");
  assert_row (&facts, NOW, "key", ENIGM_READINESS_LEVEL_BAD, 0);
}

static void
test_state_suspended (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.key_state = ENIGM_KEY_STATE_RESTRICTED;
  facts.key_reasons = ENIGM_KEY_REASON_SUSPENDED;
  assert_verdict (&facts, NOW, ENIGM_READINESS_SUSPENDED, ENIGM_READINESS_ACTION_NONE,
                  "Your key is suspended. Presses are refused. Ask whoever runs the platform.");
}

static void
test_state_unproved (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.key_state = ENIGM_KEY_STATE_RESTRICTED;
  facts.key_reasons = ENIGM_KEY_REASON_UNPROVED;
  assert_verdict (&facts, NOW, ENIGM_READINESS_UNPROVED, ENIGM_READINESS_ACTION_NONE,
                  "The platform was restored and has not heard from your key since. Presses are "
                  "refused until you confirm it.");
}

static void
test_state_revoked (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.key_state = ENIGM_KEY_STATE_REVOKED;
  assert_verdict (&facts, NOW, ENIGM_READINESS_REVOKED, ENIGM_READINESS_ACTION_PAIR,
                  "Your key is revoked. It cannot raise an alert.");
  facts.key_state = ENIGM_KEY_STATE_RETIRED;
  assert_verdict (&facts, NOW, ENIGM_READINESS_NO_KEY, ENIGM_READINESS_ACTION_PAIR,
                  "You have no key yet.");
}

static void
test_state_away (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.heard = NOW - 5 * HOUR - 55 * MINUTE;
  facts.unknown_since = facts.heard;
  assert_verdict (&facts, NOW, ENIGM_READINESS_AWAY, ENIGM_READINESS_ACTION_RETRY,
                  "Not known since 14:05: the platform cannot be reached.");
  assert_row (&facts, NOW, "platform", ENIGM_READINESS_LEVEL_BAD, 5 * HOUR + 55 * MINUTE);

  /* What the platform said long ago is worth nothing, whatever it was. */
  facts.has_key = FALSE;
  assert_verdict (&facts, NOW, ENIGM_READINESS_AWAY, ENIGM_READINESS_ACTION_RETRY,
                  "Not known since 14:05: the platform cannot be reached.");

  facts.heard -= 3 * DAY;
  assert_verdict (&facts, NOW, ENIGM_READINESS_AWAY, ENIGM_READINESS_ACTION_RETRY,
                  "Not known since 19 November, 14:05: the platform cannot be reached.");

  facts.heard = 0;
  facts.unknown_since = 1;
  assert_verdict (&facts, NOW, ENIGM_READINESS_AWAY, ENIGM_READINESS_ACTION_RETRY,
                  "Not known: the platform has not been reached yet.");
  assert_row (&facts, NOW, "platform", ENIGM_READINESS_LEVEL_NOT_KNOWN, -1);
}

static void
test_state_alert (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.own_active = TRUE;
  facts.own_told = 3;
  facts.own_seen = 2;
  assert_verdict (&facts, NOW, ENIGM_READINESS_ALERT, ENIGM_READINESS_ACTION_OPEN,
                  "Your alert is under way. 2 of 3 contacts have seen it.");
  facts.own_told = 1;
  facts.own_seen = 0;
  assert_verdict (&facts, NOW, ENIGM_READINESS_ALERT, ENIGM_READINESS_ACTION_OPEN,
                  "Your alert is under way. 0 of 1 contact has seen it.");

  facts.own_is_drill = TRUE;
  assert_verdict (&facts, NOW, ENIGM_READINESS_DRILL, ENIGM_READINESS_ACTION_OPEN,
                  "Your drill is under way. 0 of 1 contact has seen it.");

  /* It stays the first thing to see, and is told as what it is: not known now. */
  facts.own_is_drill = FALSE;
  facts.unknown_since = facts.heard = NOW - HOUR;
  assert_verdict (&facts, NOW, ENIGM_READINESS_ALERT, ENIGM_READINESS_ACTION_OPEN,
                  "Your alert was under way at 19:00, when the platform was last heard. 0 of 1 "
                  "contact had seen it.");
}

static void
test_state_revoking (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.waiting_to_revoke = TRUE;
  facts.unknown_since = NOW - HOUR;
  assert_verdict (&facts, NOW, ENIGM_READINESS_REVOKING, ENIGM_READINESS_ACTION_RETRY,
                  "Revoking waits for the network. Until it is sent, the key still works.");
  facts.unknown_since = 0;
  assert_verdict (&facts, NOW, ENIGM_READINESS_REVOKING, ENIGM_READINESS_ACTION_RETRY,
                  "Revoking waits for the network. Until it is sent, the key still works.");
}

static void
test_state_not_signed_in (void)
{
  static const struct
  {
    EnigmAccountState state;
    const char *sentence;
  } cases[] = {
    { ENIGM_ACCOUNT_STATE_LOADING, "Not known yet." },
    { ENIGM_ACCOUNT_STATE_SIGNED_OUT, "Not known: you are not signed in on this computer." },
    { ENIGM_ACCOUNT_STATE_KEYRING_LOCKED,
      "Not known: your keyring is locked. Your key goes on working." },
    { ENIGM_ACCOUNT_STATE_KEYRING_MISSING,
      "Not known: no keyring answers on this computer. Your key goes on working." },
    { ENIGM_ACCOUNT_STATE_SESSION_ENDED,
      "Not known: this computer is not signed in any more. Your key goes on working." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      EnigmReadinessFacts facts = good_facts ();
      g_autoptr (EnigmReadiness) readiness = NULL;

      facts.state = cases[i].state;
      assert_verdict (&facts, NOW, ENIGM_READINESS_UNKNOWN, ENIGM_READINESS_ACTION_NONE,
                      cases[i].sentence);
      readiness = enigm_readiness_new_from_facts (&facts, NOW);
      g_assert_cmpuint (g_list_model_get_n_items (enigm_readiness_get_rows (readiness)), ==, 0);
    }
}

/* Ageing, a second on either side of each boundary */

static void
test_age_drill (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.drill_time = NOW - ENIGM_READINESS_DRILL_AGE;
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 30 days ago.");
  assert_row (&facts, NOW, "drill", ENIGM_READINESS_LEVEL_OK, ENIGM_READINESS_DRILL_AGE);
  facts.drill_time--;
  assert_verdict (&facts, NOW, ENIGM_READINESS_STALE, ENIGM_READINESS_ACTION_DRILL,
                  "Not proved for 30 days.");
  assert_row (&facts, NOW, "drill", ENIGM_READINESS_LEVEL_STALE, ENIGM_READINESS_DRILL_AGE + 1);
}

static void
test_age_key (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.drill_time = NOW - 5 * DAY;
  facts.proved_time = facts.battery_time = NOW - ENIGM_READINESS_KEY_AGE;
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 5 days ago.");
  assert_row (&facts, NOW, "proof", ENIGM_READINESS_LEVEL_OK, ENIGM_READINESS_KEY_AGE);
  assert_row (&facts, NOW, "battery", ENIGM_READINESS_LEVEL_OK, ENIGM_READINESS_KEY_AGE);
  facts.proved_time = --facts.battery_time;
  assert_verdict (&facts, NOW, ENIGM_READINESS_QUIET, ENIGM_READINESS_ACTION_DRILL,
                  "Not known: your key was last heard from 2 days ago.");
  assert_row (&facts, NOW, "proof", ENIGM_READINESS_LEVEL_STALE, ENIGM_READINESS_KEY_AGE + 1);
  assert_row (&facts, NOW, "battery", ENIGM_READINESS_LEVEL_STALE, ENIGM_READINESS_KEY_AGE + 1);

  /* Whatever it sent last counts, a drill too. */
  facts.drill_time = NOW - HOUR;
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 1 hour ago.");
}

static void
test_age_platform (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.heard = NOW - ENIGM_READINESS_PLATFORM_AGE;
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 2 days ago.");
  assert_row (&facts, NOW, "platform", ENIGM_READINESS_LEVEL_OK, ENIGM_READINESS_PLATFORM_AGE);
  facts.heard--;
  assert_verdict (&facts, NOW, ENIGM_READINESS_AWAY, ENIGM_READINESS_ACTION_RETRY,
                  "Not known since 19:54: the platform was not asked again.");
  for (guint i = 0; i < 3; i++)
    assert_row (&facts, NOW, (const char *[]){ "platform", "key", "contacts" }[i],
                ENIGM_READINESS_LEVEL_STALE, ENIGM_READINESS_PLATFORM_AGE + 1);
}

static void
test_age_battery_percent (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.battery = ENIGM_READINESS_BATTERY_PERCENT + 1;
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 2 days ago.");
  facts.battery--;
  assert_verdict (&facts, NOW, ENIGM_READINESS_BATTERY_LOW, ENIGM_READINESS_ACTION_NONE,
                  "Ready, but the battery was low 1 hour ago.");
  facts.battery = 0;
  assert_row (&facts, NOW, "battery", ENIGM_READINESS_LEVEL_BAD, HOUR);
}

static void
test_age_future (void)
{
  static const gsize offsets[] = {
    G_STRUCT_OFFSET (EnigmReadinessFacts, heard),
    G_STRUCT_OFFSET (EnigmReadinessFacts, proved_time),
    G_STRUCT_OFFSET (EnigmReadinessFacts, battery_time),
    G_STRUCT_OFFSET (EnigmReadinessFacts, drill_time),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      EnigmReadinessFacts facts = good_facts ();
      gint64 *time = G_STRUCT_MEMBER_P (&facts, offsets[i]);
      g_autoptr (EnigmReadiness) readiness = NULL;

      /* Clocks differ a little. */
      *time = NOW + ENIGM_READINESS_CLOCK_SKEW;
      readiness = enigm_readiness_new_from_facts (&facts, NOW);
      g_assert_true (enigm_readiness_is_ready (readiness));
      /* But what comes from the future would never grow old. */
      (*time)++;
      assert_verdict (&facts, NOW, ENIGM_READINESS_UNKNOWN, ENIGM_READINESS_ACTION_NONE,
                      "Not known: this computer's clock is behind. Set it, and look again.");
    }
}

/* From any good state, waiting alone ends it, and no row stays good either. */
static void
test_age_green_ends (void)
{
  for (guint reached = 0; reached < 2; reached++)
    for (guint battery = 10; battery <= ENIGM_KEY_BATTERY_UNKNOWN; battery += 13)
      {
        EnigmReadinessFacts facts = good_facts ();
        gint64 last = 0;

        facts.battery = battery;
        facts.drill_reached = reached;
        for (gint64 wait = 0; wait < 400 * DAY; wait += wait < HOUR ? MINUTE : HOUR)
          {
            g_autoptr (EnigmReadiness) then = NULL;

            /* The platform goes on answering; the key says nothing more. */
            facts.heard = NOW + wait;
            then = enigm_readiness_new_from_facts (&facts, NOW + wait);
            if (enigm_readiness_is_ready (then))
              {
                last = NOW + wait;
                for (guint i = 0; i < 5; i++)
                  {
                    const char *id =
                      (const char *[]){ "key", "proof", "platform", "contacts", "drill" }[i];

                    g_assert_cmpint (enigm_readiness_row_get_level (find_row (then, id)), ==,
                                     ENIGM_READINESS_LEVEL_OK);
                  }
              }
          }
        if (reached == 0)
          g_assert_cmpint (last, ==, 0);
        else
          {
            g_assert_cmpint (last, >, 0);
            g_assert_cmpint (last - facts.proved_time, <=, ENIGM_READINESS_KEY_AGE);
          }

        /* And with nobody asking, after minutes. */
        facts.heard = NOW;
        for (gint64 wait = ENIGM_READINESS_PLATFORM_AGE + 1; wait < 400 * DAY; wait += HOUR)
          {
            g_autoptr (EnigmReadiness) then = enigm_readiness_new_from_facts (&facts, NOW + wait);
            GListModel *rows = enigm_readiness_get_rows (then);

            g_assert_false (enigm_readiness_is_ready (then));
            if (wait <= ENIGM_READINESS_DRILL_AGE)
              continue;
            for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
              {
                g_autoptr (EnigmReadinessRow) row = g_list_model_get_item (rows, i);

                g_assert_cmpint (enigm_readiness_row_get_level (row), !=, ENIGM_READINESS_LEVEL_OK);
              }
          }
      }
}

/* Whatever the facts are, green stands on all of its evidence. */
static void
test_green_needs_all (void)
{
  guint n_green = 0;

  for (guint i = 0; i < 20000; i++)
    {
      const gint64 ages[] = { 0, 1, HOUR, DAY, 3 * DAY, 31 * DAY, -HOUR };
      EnigmReadinessFacts facts = good_facts ();
      g_autoptr (EnigmReadiness) readiness = NULL;

      facts.state = g_test_rand_int_range (0, 8) > 0 ? ENIGM_ACCOUNT_STATE_SIGNED_IN
                                                     : ENIGM_ACCOUNT_STATE_SESSION_ENDED;
      facts.unknown_since = g_test_rand_int_range (0, 8) > 0 ? 0 : NOW - HOUR;
      facts.heard = NOW - ages[g_test_rand_int_range (0, 7)];
      facts.has_key = g_test_rand_int_range (0, 8) > 0;
      facts.key_state = g_test_rand_int_range (0, 3) > 0
                          ? ENIGM_KEY_STATE_TRUSTED
                          : (EnigmKeyState) g_test_rand_int_range (0, ENIGM_KEY_STATE_EXPIRED + 1);
      facts.key_reasons = (EnigmKeyReasons) g_test_rand_int_range (0, 8);
      facts.waiting_to_revoke = g_test_rand_int_range (0, 8) == 0;
      facts.proved_time = NOW - ages[g_test_rand_int_range (0, 7)];
      facts.battery_time = NOW - ages[g_test_rand_int_range (0, 7)];
      facts.battery = (guint) g_test_rand_int_range (0, ENIGM_KEY_BATTERY_UNKNOWN + 1);
      facts.drill_time = NOW - ages[g_test_rand_int_range (0, 7)];
      facts.drill_reached = (guint) g_test_rand_int_range (0, 3);
      facts.eligible = (guint) g_test_rand_int_range (0, 3);
      facts.own_active = g_test_rand_int_range (0, 8) == 0;
      readiness = enigm_readiness_new_from_facts (&facts, NOW);

      g_assert_cmpstr (enigm_readiness_get_sentence (readiness), !=, "");
      if (!enigm_readiness_is_ready (readiness))
        continue;
      n_green++;
      g_assert_cmpint (facts.state, ==, ENIGM_ACCOUNT_STATE_SIGNED_IN);
      g_assert_cmpint (facts.unknown_since, ==, 0);
      g_assert_cmpint (NOW - facts.heard, <=, ENIGM_READINESS_PLATFORM_AGE);
      g_assert_true (facts.has_key);
      g_assert_cmpint (facts.key_state, ==, ENIGM_KEY_STATE_TRUSTED);
      g_assert_false (facts.waiting_to_revoke);
      g_assert_cmpint (NOW - facts.drill_time, <=, ENIGM_READINESS_DRILL_AGE);
      g_assert_cmpint (NOW - MAX (MAX (facts.proved_time, facts.battery_time), facts.drill_time),
                       <=, ENIGM_READINESS_KEY_AGE);
      g_assert_cmpuint (facts.drill_reached, >, 0);
      g_assert_cmpuint (facts.eligible, >, 0);
      g_assert_cmpint (
        MAX (MAX (facts.heard, facts.drill_time), MAX (facts.proved_time, facts.battery_time)), <=,
        NOW + ENIGM_READINESS_CLOCK_SKEW);
    }
  g_assert_cmpuint (n_green, >, 100);
}

static void
test_describe_age (void)
{
  static const struct
  {
    gint64 age;
    const char *words;
  } cases[] = {
    { -1, "just now" },
    { 0, "just now" },
    { 59, "just now" },
    { 60, "1 minute ago" },
    { 2 * MINUTE, "2 minutes ago" },
    { HOUR - 1, "59 minutes ago" },
    { HOUR, "1 hour ago" },
    { DAY - 1, "23 hours ago" },
    { DAY, "yesterday" },
    { 2 * DAY - 1, "yesterday" },
    { 2 * DAY, "2 days ago" },
    { 400 * DAY, "400 days ago" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = enigm_describe_age (NOW - cases[i].age, NOW);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_row_properties (void)
{
  EnigmReadinessFacts facts = good_facts ();
  g_autoptr (EnigmReadiness) readiness = enigm_readiness_new_from_facts (&facts, NOW);
  g_autofree char *id = NULL;
  g_autofree char *what = NULL;
  g_autofree char *how = NULL;
  g_autofree char *remedy = NULL;
  gint64 age;
  int level;

  g_object_get (find_row (readiness, "battery"), "id", &id, "what", &what, "how", &how, "age", &age,
                "level", &level, "remedy", &remedy, NULL);
  g_assert_cmpstr (id, ==, "battery");
  g_assert_cmpstr (what, ==, "Its battery stood at 80 %");
  g_assert_cmpstr (how, ==, "Told by the key");
  g_assert_cmpint (age, ==, HOUR);
  g_assert_cmpint (level, ==, ENIGM_READINESS_LEVEL_OK);
  g_assert_cmpstr (remedy, ==, "");
}

int
main (int argc, char *argv[])
{
  /* Sentences name the time of day. */
  g_setenv ("TZ", "UTC", TRUE);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/readiness/state/no-key", test_state_no_key);
  g_test_add_func ("/readiness/state/unfinished", test_state_unfinished);
  g_test_add_func ("/readiness/state/pending", test_state_pending);
  g_test_add_func ("/readiness/state/ready", test_state_ready);
  g_test_add_func ("/readiness/state/not-tried", test_state_not_tried);
  g_test_add_func ("/readiness/state/stale", test_state_stale);
  g_test_add_func ("/readiness/state/nobody", test_state_nobody);
  g_test_add_func ("/readiness/state/battery-low", test_state_battery_low);
  g_test_add_func ("/readiness/state/lost", test_state_lost);
  g_test_add_func ("/readiness/state/suspended", test_state_suspended);
  g_test_add_func ("/readiness/state/unproved", test_state_unproved);
  g_test_add_func ("/readiness/state/revoked", test_state_revoked);
  g_test_add_func ("/readiness/state/away", test_state_away);
  g_test_add_func ("/readiness/state/alert", test_state_alert);
  g_test_add_func ("/readiness/state/revoking", test_state_revoking);
  g_test_add_func ("/readiness/state/not-signed-in", test_state_not_signed_in);
  g_test_add_func ("/readiness/age/drill", test_age_drill);
  g_test_add_func ("/readiness/age/key", test_age_key);
  g_test_add_func ("/readiness/age/platform", test_age_platform);
  g_test_add_func ("/readiness/age/battery-percent", test_age_battery_percent);
  g_test_add_func ("/readiness/age/future", test_age_future);
  g_test_add_func ("/readiness/age/green-ends", test_age_green_ends);
  g_test_add_func ("/readiness/green-needs-all", test_green_needs_all);
  g_test_add_func ("/readiness/describe-age", test_describe_age);
  g_test_add_func ("/readiness/row-properties", test_row_properties);
  return g_test_run ();
}
