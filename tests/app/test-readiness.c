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
  set_drill (&facts, 0);
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

  set_drill (&facts, 0);
  facts.drill_reached = 0;
  assert_verdict (&facts, NOW, ENIGM_READINESS_NOT_TRIED, ENIGM_READINESS_ACTION_DRILL,
                  "Paired, but not tried yet.");
  assert_row (&facts, NOW, "drill", ENIGM_READINESS_LEVEL_NOT_KNOWN, -1);

  /* A time alone, with nobody reached, is no proof. */
  set_drill (&facts, NOW - DAY);
  assert_verdict (&facts, NOW, ENIGM_READINESS_NOT_TRIED, ENIGM_READINESS_ACTION_DRILL,
                  "Paired, but not tried yet.");
}

/* The last drill counts, not the last good one. */
static void
test_state_reached_nobody (void)
{
  EnigmReadinessFacts facts = good_facts ();

  set_drill (&facts, NOW - 20 * DAY);
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 20 days ago.");
  facts.drill_last = NOW - DAY;
  assert_verdict (&facts, NOW, ENIGM_READINESS_REACHED_NOBODY, ENIGM_READINESS_ACTION_DRILL,
                  "The last drill reached nobody. It was run yesterday.");
  assert_row (&facts, NOW, "drill", ENIGM_READINESS_LEVEL_BAD, DAY);
  /* The first of all, too. */
  facts.drill_time = 0;
  facts.drill_reached = 0;
  assert_verdict (&facts, NOW, ENIGM_READINESS_REACHED_NOBODY, ENIGM_READINESS_ACTION_DRILL,
                  "The last drill reached nobody. It was run yesterday.");
}

/* Those whom it reached have gone, and nobody has tried the ones who came. */
static void
test_state_contacts_changed (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.drill_kept = 1;
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 2 days ago.");
  facts.drill_kept = 0;
  assert_verdict (&facts, NOW, ENIGM_READINESS_CONTACTS_CHANGED, ENIGM_READINESS_ACTION_DRILL,
                  "No drill has reached the contacts you have now.");
  assert_row (&facts, NOW, "drill", ENIGM_READINESS_LEVEL_BAD, 2 * DAY);
}

static void
test_state_stale (void)
{
  EnigmReadinessFacts facts = good_facts ();

  set_drill (&facts, NOW - 34 * DAY);
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

/* Almost empty is no longer ready; nor is low where nothing shows that the rest holds. */
static void
test_state_charge (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.battery = 3;
  facts.battery_time = NOW - 26 * HOUR;
  assert_verdict (&facts, NOW, ENIGM_READINESS_CHARGE, ENIGM_READINESS_ACTION_DRILL,
                  "Charge your key: its battery stood at 3 % yesterday.");
  facts.battery = 15;
  set_drill (&facts, 0);
  assert_verdict (&facts, NOW, ENIGM_READINESS_CHARGE, ENIGM_READINESS_ACTION_DRILL,
                  "Charge your key: its battery stood at 15 % yesterday.");
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
  assert_verdict (&facts, NOW, ENIGM_READINESS_UNPROVED, ENIGM_READINESS_ACTION_CONFIRM,
                  "The platform was restored and has not heard from your key since. Presses are "
                  "refused until you confirm it.");
}

/* With its journal the platform takes an alert at once; but what was so before proves nothing. */
static void
test_state_restored (void)
{
  EnigmReadinessFacts facts = good_facts ();
  g_autoptr (EnigmReadiness) readiness = NULL;

  facts.restored = NOW - HOUR;
  facts.proved_time = 0;
  facts.proved_by = ENIGM_KEY_PROOF_NONE;
  facts.battery_time = NOW - 2 * HOUR;
  assert_verdict (&facts, NOW, ENIGM_READINESS_RESTORED, ENIGM_READINESS_ACTION_DRILL,
                  "The platform was restored 1 hour ago. An alert would be taken; run a drill to "
                  "prove it.");
  assert_row (&facts, NOW, "proof", ENIGM_READINESS_LEVEL_NOT_KNOWN, -1);
  assert_row (&facts, NOW, "drill", ENIGM_READINESS_LEVEL_STALE, 2 * DAY);
  readiness = enigm_readiness_new_from_facts (&facts, NOW);
  g_assert_cmpstr (enigm_readiness_row_get_what (find_row (readiness, "proof")), ==,
                   "Your key has not been heard from since the platform was restored");

  /* Heard again, but no drill has gone the whole way since. */
  facts.proved_time = NOW - MINUTE;
  facts.proved_by = ENIGM_KEY_PROOF_OWN;
  assert_verdict (&facts, NOW, ENIGM_READINESS_RESTORED, ENIGM_READINESS_ACTION_DRILL,
                  "The platform was restored 1 hour ago. An alert would be taken; run a drill to "
                  "prove it.");
  assert_row (&facts, NOW, "proof", ENIGM_READINESS_LEVEL_OK, MINUTE);

  /* A drill is the key's word as well, also where its own record is behind. */
  facts.proved_time = 0;
  set_drill (&facts, NOW - MINUTE);
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 1 minute ago.");

  /* Silent for longer than a key is: that is the worse news. */
  facts = good_facts ();
  facts.restored = NOW - 3 * DAY;
  facts.proved_time = facts.battery_time = 0;
  set_drill (&facts, NOW - 4 * DAY);
  assert_verdict (&facts, NOW, ENIGM_READINESS_QUIET, ENIGM_READINESS_ACTION_DRILL,
                  "Not known: your key has not been heard from since the platform was restored 3 "
                  "days ago.");

  /* Where it is not told when, nothing counts until the key is heard. */
  facts = good_facts ();
  facts.proved_time = 0;
  assert_verdict (&facts, NOW, ENIGM_READINESS_RESTORED, ENIGM_READINESS_ACTION_DRILL,
                  "The platform was restored. An alert would be taken; run a drill to prove it.");
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

/* Somebody else may answer in the platform's place: that is not a network that is down. */
static void
test_state_certificate (void)
{
  EnigmReadinessFacts facts = good_facts ();
  g_autoptr (EnigmReadiness) readiness = NULL;

  facts.unknown_since = facts.heard = NOW - HOUR;
  facts.trouble = ENIGM_ERROR_PLATFORM_CERTIFICATE;
  facts.trouble_words = "Ask whoever runs it.";
  assert_verdict (&facts, NOW, ENIGM_READINESS_CERTIFICATE, ENIGM_READINESS_ACTION_RETRY,
                  "Not known since 19:00: the platform shows a certificate that is not trusted.");
  readiness = enigm_readiness_new_from_facts (&facts, NOW);
  g_assert_cmpstr (enigm_readiness_row_get_what (find_row (readiness, "platform")), ==,
                   "The platform cannot be trusted just now");
  g_assert_cmpstr (enigm_readiness_row_get_remedy (find_row (readiness, "platform")), ==,
                   "Ask whoever runs it.");

  facts.trouble = ENIGM_ERROR_PLATFORM_ANSWER;
  assert_verdict (&facts, NOW, ENIGM_READINESS_AWAY, ENIGM_READINESS_ACTION_RETRY,
                  "Not known since 19:00: what answers is not an Enigm platform.");
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
                  "DRILL: your drill is under way. 0 of 1 contact has seen it.");

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

/* The worst fact is the one that is said */

static void
make_stale (EnigmReadinessFacts *facts)
{
  set_drill (facts, NOW - 31 * DAY);
}

static void
make_contacts_changed (EnigmReadinessFacts *facts)
{
  facts->drill_kept = 0;
}

static void
make_not_tried (EnigmReadinessFacts *facts)
{
  set_drill (facts, 0);
  facts->drill_reached = 0;
}

static void
make_restored (EnigmReadinessFacts *facts)
{
  facts->restored = NOW - MINUTE;
  facts->proved_time = 0;
}

static void
make_flat (EnigmReadinessFacts *facts)
{
  facts->battery = 3;
}

static void
make_reached_nobody (EnigmReadinessFacts *facts)
{
  facts->drill_last = NOW - 30;
}

static void
make_quiet (EnigmReadinessFacts *facts)
{
  gint64 *const times[] = { &facts->proved_time, &facts->restored, &facts->battery_time,
                            &facts->drill_time, &facts->drill_last };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    *times[i] = MAX (*times[i] - 3 * DAY, 0);
}

static void
make_nobody (EnigmReadinessFacts *facts)
{
  facts->eligible = 0;
}

static void
make_unproved (EnigmReadinessFacts *facts)
{
  facts->key_state = ENIGM_KEY_STATE_RESTRICTED;
  facts->key_reasons |= ENIGM_KEY_REASON_UNPROVED;
}

static void
make_suspended (EnigmReadinessFacts *facts)
{
  facts->key_state = ENIGM_KEY_STATE_RESTRICTED;
  facts->key_reasons |= ENIGM_KEY_REASON_SUSPENDED;
}

static void
make_lost (EnigmReadinessFacts *facts)
{
  facts->key_state = ENIGM_KEY_STATE_RESTRICTED;
  facts->key_reasons |= ENIGM_KEY_REASON_LOST;
}

static void
make_away (EnigmReadinessFacts *facts)
{
  facts->unknown_since = NOW - HOUR;
}

static void
make_distrusted (EnigmReadinessFacts *facts)
{
  make_away (facts);
  facts->trouble = ENIGM_ERROR_PLATFORM_CERTIFICATE;
}

static void
make_revoking (EnigmReadinessFacts *facts)
{
  facts->waiting_to_revoke = TRUE;
}

static void
make_alert (EnigmReadinessFacts *facts)
{
  facts->own_active = TRUE;
}

static void
make_signed_out (EnigmReadinessFacts *facts)
{
  facts->state = ENIGM_ACCOUNT_STATE_SIGNED_OUT;
}

/* From the worst to the least: of any two, and of all that follow, the worse is said. */
static void
test_order (void)
{
  static const struct
  {
    void (*make) (EnigmReadinessFacts *facts);
    EnigmReadinessVerdict verdict;
  } order[] = {
    { make_signed_out, ENIGM_READINESS_UNKNOWN },
    { make_alert, ENIGM_READINESS_ALERT },
    { make_revoking, ENIGM_READINESS_REVOKING },
    { make_distrusted, ENIGM_READINESS_CERTIFICATE },
    { make_away, ENIGM_READINESS_AWAY },
    { make_lost, ENIGM_READINESS_LOST },
    { make_suspended, ENIGM_READINESS_SUSPENDED },
    { make_unproved, ENIGM_READINESS_UNPROVED },
    { make_nobody, ENIGM_READINESS_NOBODY },
    { make_quiet, ENIGM_READINESS_QUIET },
    { make_reached_nobody, ENIGM_READINESS_REACHED_NOBODY },
    { make_flat, ENIGM_READINESS_CHARGE },
    { make_restored, ENIGM_READINESS_RESTORED },
    { make_not_tried, ENIGM_READINESS_NOT_TRIED },
    { make_contacts_changed, ENIGM_READINESS_CONTACTS_CHANGED },
    { make_stale, ENIGM_READINESS_STALE },
  };
  EnigmReadinessFacts all = good_facts ();

  for (gsize worse = G_N_ELEMENTS (order); worse-- > 0;)
    {
      g_autoptr (EnigmReadiness) of_all = NULL;

      for (gsize other = worse; other < G_N_ELEMENTS (order); other++)
        {
          EnigmReadinessFacts facts = good_facts ();
          g_autoptr (EnigmReadiness) readiness = NULL;

          order[other].make (&facts);
          order[worse].make (&facts);
          readiness = enigm_readiness_new_from_facts (&facts, NOW);
          g_assert_cmpstr (
            enigm_readiness_verdict_to_string (enigm_readiness_get_verdict (readiness)), ==,
            enigm_readiness_verdict_to_string (order[worse].verdict));
          g_assert_false (enigm_readiness_is_ready (readiness));
        }
      order[worse].make (&all);
      of_all = enigm_readiness_new_from_facts (&all, NOW);
      g_assert_cmpint (enigm_readiness_get_verdict (of_all), ==, order[worse].verdict);
    }
}

/* What is to be done fits what is the matter. */
static void
test_row_remedies (void)
{
  static const struct
  {
    void (*make) (EnigmReadinessFacts *facts);
    const char *id;
    EnigmReadinessLevel level;
    const char *remedy;
  } cases[] = {
    { make_flat, "battery", ENIGM_READINESS_LEVEL_BAD, "Charge the key." },
    { make_quiet, "battery", ENIGM_READINESS_LEVEL_STALE,
      "The key tells it with its next request: once a day, or in a drill." },
    { make_quiet, "proof", ENIGM_READINESS_LEVEL_STALE,
      "Take the key where it has reception, and run a drill." },
    { make_away, "contacts", ENIGM_READINESS_LEVEL_STALE,
      "Known anew once the platform can be reached." },
    { make_away, "key", ENIGM_READINESS_LEVEL_STALE,
      "Known anew once the platform can be reached." },
    { make_away, "platform", ENIGM_READINESS_LEVEL_BAD,
      "Check your connection and try again. Your key has a connection of its own." },
    { make_nobody, "contacts", ENIGM_READINESS_LEVEL_BAD,
      "Ask them to accept, or invite someone." },
    { make_lost, "key", ENIGM_READINESS_LEVEL_BAD, "Say that you found it, or revoke it." },
    { make_suspended, "key", ENIGM_READINESS_LEVEL_BAD, "Ask whoever runs the platform." },
    { make_unproved, "key", ENIGM_READINESS_LEVEL_BAD, "Confirm that you have it, or revoke it." },
    { make_revoking, "key", ENIGM_READINESS_LEVEL_BAD,
      "Connect this computer, so that it is sent." },
    { make_reached_nobody, "drill", ENIGM_READINESS_LEVEL_BAD,
      "Ask your contacts to open Enigm App, and run another drill." },
    { make_stale, "drill", ENIGM_READINESS_LEVEL_STALE, "Run a drill." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      EnigmReadinessFacts facts = good_facts ();
      g_autoptr (EnigmReadiness) readiness = NULL;
      EnigmReadinessRow *row;

      cases[i].make (&facts);
      readiness = enigm_readiness_new_from_facts (&facts, NOW);
      row = find_row (readiness, cases[i].id);
      g_assert_cmpint (enigm_readiness_row_get_level (row), ==, cases[i].level);
      g_assert_cmpstr (enigm_readiness_row_get_remedy (row), ==, cases[i].remedy);
    }
}

/* For how long it counts stands beside what counts, and beside what no longer does. */
static void
test_row_limits (void)
{
  static const struct
  {
    void (*make) (EnigmReadinessFacts *facts);
    const char *id;
    const char *basis;
  } cases[] = {
    { NULL, "key", "Told by the platform · counts for 5 minutes" },
    { NULL, "battery", "Told by the key · counts for 2 days" },
    { NULL, "proof", "The key reached the platform by itself · counts for 2 days" },
    { NULL, "drill", "Travelled the whole way an alert takes · counts for 30 days" },
    { make_quiet, "battery", "Told by the key · too old: counts for 2 days" },
    { make_flat, "battery", "Told by the key" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      EnigmReadinessFacts facts = good_facts ();
      g_autoptr (EnigmReadiness) readiness = NULL;
      g_autofree char *basis = NULL;

      if (cases[i].make != NULL)
        cases[i].make (&facts);
      readiness = enigm_readiness_new_from_facts (&facts, NOW);
      basis = enigm_readiness_row_describe_basis (find_row (readiness, cases[i].id));
      g_assert_cmpstr (basis, ==, cases[i].basis);
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
  g_test_add_func ("/readiness/state/reached-nobody", test_state_reached_nobody);
  g_test_add_func ("/readiness/state/contacts-changed", test_state_contacts_changed);
  g_test_add_func ("/readiness/state/charge", test_state_charge);
  g_test_add_func ("/readiness/state/restored", test_state_restored);
  g_test_add_func ("/readiness/state/certificate", test_state_certificate);
  g_test_add_func ("/readiness/order", test_order);
  g_test_add_func ("/readiness/row-remedies", test_row_remedies);
  g_test_add_func ("/readiness/row-limits", test_row_limits);
  g_test_add_func ("/readiness/row-properties", test_row_properties);
  return g_test_run ();
}
