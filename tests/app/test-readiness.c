/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readiness.h"

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
  readiness_test_init (&argc, &argv);

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
  g_test_add_func ("/readiness/row-properties", test_row_properties);
  return g_test_run ();
}
