/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alerts, as their owner and as a contact see them: a real key presses, a real platform tells. */
#include "await.h"
#include "enigm-error.h"
#include "enigm-pairing.h"
#include "enigm-readiness.h"
#include "party.h"

static Party *party;

static void
set_position (PartyKey *key, const gchar *latitude, const gchar *longitude, const gchar *metres)
{
  g_autofree gchar *program = enigm_world_find_program ("peers/key/enigm-keyctl");
  const gchar *argv[] = { program,  "--control", key->control, "position",
                          latitude, longitude,   metres,       NULL };
  g_autoptr (GSubprocess) process = enigm_world_spawn (party->world, G_SUBPROCESS_FLAGS_NONE, argv);
  g_autoptr (GAsyncResult) result = NULL;

  g_subprocess_wait_check_async (process, NULL, on_awaited, &result);
  await_result (&result);
  g_assert_true (g_subprocess_wait_check_finish (process, result, NULL));
}

typedef struct
{
  EnigmPairing *pairing;
  PartyKey *key;
  gboolean pressed;
} Hand;

static void
on_pairing_changed (EnigmPairingSteps *steps, guint step, gpointer user_data)
{
  Hand *hand = user_data;

  if (step != ENIGM_PAIRING_CONFIRM || hand->pressed ||
      enigm_pairing_get_seconds_left (hand->pairing) == 0)
    return;
  hand->pressed = TRUE;
  party_key_do (hand->key, "press", NULL);
}

static void
pair (EnigmAccount *account, PartyKey *key)
{
  g_autoptr (EnigmPairing) pairing = enigm_pairing_new (
    party->radio, enigm_account_get_platform (account), enigm_account_get_keyring (account),
    enigm_account_get_computer_id (account));
  Hand hand = { pairing, key, FALSE };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_connect (enigm_pairing_get_steps (pairing), "changed", G_CALLBACK (on_pairing_changed),
                    &hand);
  party_key_do (key, "hold", NULL);
  enigm_pairing_run_async (pairing, key->code, NULL, NULL, on_awaited, &result);
  await_result (&result);
  enigm_pairing_run_finish (pairing, result, &error);
  g_assert_no_error (error);
  g_signal_handlers_disconnect_by_data (enigm_pairing_get_steps (pairing), &hand);
  party_refresh (account);
}

static void
make_contact (EnigmAccount *owner, EnigmAccount *contact, const gchar *label)
{
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) accepted = NULL;
  g_autoptr (EnigmInvitation) invitation = NULL;
  g_autoptr (GError) error = NULL;

  enigm_account_add_contact_async (owner, enigm_account_get_contact_id (contact), label, NULL,
                                   on_awaited, &added);
  await_result (&added);
  enigm_account_add_contact_finish (owner, added, &error);
  g_assert_no_error (error);
  party_refresh (contact);
  invitation = g_list_model_get_item (enigm_account_get_invitations (contact), 0);
  enigm_account_answer_invitation_async (contact, invitation, "accept", NULL, on_awaited,
                                         &accepted);
  await_result (&accepted);
  enigm_account_answer_invitation_finish (contact, accepted, &error);
  g_assert_no_error (error);
  party_refresh (owner);
}

static EnigmAlert *
first_alert (EnigmAccount *account)
{
  g_autoptr (EnigmAlert) alert = g_list_model_get_item (enigm_account_get_alerts (account), 0);

  return alert;
}

static gboolean
has_alert (gpointer account)
{
  return first_alert (account) != NULL;
}

static gboolean
has_position (gpointer alert)
{
  return enigm_alert_get_has_position (alert);
}

static gboolean
has_ended (gpointer alert)
{
  return enigm_alert_get_state (alert) == ENIGM_ALERT_STATE_ENDED;
}

static gboolean
is_notified (gpointer alert)
{
  guint n;

  enigm_alert_count_stages (alert, NULL, &n, NULL);
  return n == 1;
}

static gboolean
is_seen (gpointer alert)
{
  guint n;

  enigm_alert_count_stages (alert, NULL, NULL, &n);
  return n == 1;
}

static gboolean
stage (EnigmAccount *account, EnigmAlert *alert, const gchar *name)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_stage_alert_async (account, alert, name, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_stage_alert_finish (account, result, NULL);
}

static EnigmReadinessVerdict
verdict_of (EnigmAccount *account)
{
  g_autoptr (EnigmReadiness) readiness =
    enigm_readiness_new (account, g_get_real_time () / G_USEC_PER_SEC);

  return enigm_readiness_get_verdict (readiness);
}

static void
on_alert_changed (EnigmAccount *account, EnigmAlert *alert, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

/* A drill makes the key ready; an alert reaches the contact with its position, and only while it is
 * under way. */
static void
test_both_sides (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "alerts", NULL, NULL);
  EnigmAccount *owner = party_sign_up (party, "alert-owner");
  EnigmAccount *contact = party_sign_up (party, "alert-contact");
  EnigmAlert *own;
  EnigmAlert *theirs;
  g_autoptr (EnigmKey) paired = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint n_changes = 0;

  pair (owner, key);
  g_assert_cmpint (verdict_of (owner), ==, ENIGM_READINESS_NOBODY);
  make_contact (owner, contact, "Kim");
  g_assert_cmpint (verdict_of (owner), ==, ENIGM_READINESS_NOT_TRIED);
  enigm_account_listen (owner, TRUE);
  enigm_account_listen (contact, TRUE);
  g_signal_connect (contact, "alert-changed", G_CALLBACK (on_alert_changed), &n_changes);

  /* The drill. */
  party_key_do (key, "press5", NULL);
  g_assert_true (enigm_world_await (has_alert, contact));
  g_assert_true (enigm_world_await (has_alert, owner));
  own = first_alert (owner);
  theirs = first_alert (contact);
  g_assert_cmpint (enigm_alert_get_kind (theirs), ==, ENIGM_ALERT_KIND_DRILL);
  g_assert_cmpint (enigm_alert_get_role (theirs), ==, ENIGM_ALERT_ROLE_CONTACT);
  g_assert_cmpstr (enigm_alert_get_from (theirs), ==, enigm_account_get_contact_id (owner));
  g_assert_cmpstr (enigm_alert_get_id (theirs), ==, enigm_alert_get_id (own));
  g_assert_cmpint (verdict_of (owner), ==, ENIGM_READINESS_DRILL);
  g_assert_cmpuint (n_changes, >, 0);
  g_assert_true (stage (contact, theirs, "notified"));
  g_assert_true (enigm_world_await (is_notified, own));
  g_assert_true (stage (contact, theirs, "seen"));
  g_assert_true (enigm_world_await (is_seen, own));
  {
    g_autoptr (EnigmAlertStage) told = g_list_model_get_item (enigm_alert_get_stages (own), 0);

    g_assert_cmpstr (enigm_alert_stage_get_title (told), ==, "Kim");
  }
  party_key_do (key, "long-press", NULL);
  g_assert_true (enigm_world_await (has_ended, own));
  g_assert_cmpstr (enigm_alert_get_ended_by (own), ==, "key");
  g_assert_cmpint (verdict_of (owner), ==, ENIGM_READINESS_READY);
  paired = g_list_model_get_item (enigm_account_get_keys (owner), 0);
  g_assert_cmpuint (enigm_key_get_drill_reached (paired), ==, 1);

  /* The owner deletes the drill; what it proved stays proved. */
  enigm_account_delete_alert_async (owner, own, NULL, on_awaited, &result);
  await_result (&result);
  enigm_account_delete_alert_finish (owner, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_null (first_alert (owner));
  g_assert_cmpint (verdict_of (owner), ==, ENIGM_READINESS_READY);
  {
    g_autofree gchar *words = enigm_account_describe_drill (owner, enigm_key_get_binding (paired));

    g_assert_nonnull (words);
    /* Nobody here measured it: the platform's seconds are all that is claimed. */
    g_assert_true (g_str_has_prefix (words, "Kim had seen it within "));
  }

  /* The next one reaches nobody. That is the last word, also once it is deleted. */
  party_key_do (key, "press5", NULL);
  g_assert_true (enigm_world_await (has_alert, owner));
  own = first_alert (owner);
  party_key_do (key, "long-press", NULL);
  g_assert_true (enigm_world_await (has_ended, own));
  g_assert_cmpint (verdict_of (owner), ==, ENIGM_READINESS_REACHED_NOBODY);
  enigm_account_delete_alert_async (owner, own, NULL, on_awaited, &result);
  await_result (&result);
  enigm_account_delete_alert_finish (owner, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_cmpint (verdict_of (owner), ==, ENIGM_READINESS_REACHED_NOBODY);

  /* The alert. */
  party_refresh (contact);
  g_assert_null (first_alert (contact));
  enigm_account_listen (contact, FALSE);
  set_position (key, "52.5", "13.25", "12");
  party_key_do (key, "press3", NULL);
  g_assert_true (enigm_world_await (has_alert, owner));
  own = first_alert (owner);
  /* It came while the contact's computer slept; it is told of when it wakes. */
  n_changes = 0;
  party_refresh (contact);
  g_assert_cmpuint (n_changes, ==, 1);
  enigm_account_listen (contact, TRUE);
  theirs = first_alert (contact);
  g_assert_cmpint (enigm_alert_get_kind (theirs), ==, ENIGM_ALERT_KIND_ALERT);
  g_assert_true (enigm_world_await (has_position, theirs));
  g_assert_cmpfloat_with_epsilon (enigm_alert_get_latitude (theirs), 52.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (enigm_alert_get_longitude (theirs), 13.25, 1e-6);
  g_assert_cmpfloat_with_epsilon (enigm_alert_get_accuracy (theirs), 12, 1e-6);
  g_assert_cmpint (verdict_of (owner), ==, ENIGM_READINESS_ALERT);
  enigm_account_end_alert_async (owner, own, NULL, on_awaited, &result);
  await_result (&result);
  enigm_account_end_alert_finish (owner, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_true (enigm_world_await (has_ended, theirs));
  g_assert_cmpstr (enigm_alert_get_ended_by (theirs), ==, "app");
  g_assert_false (enigm_alert_get_has_position (theirs));

  enigm_account_listen (owner, FALSE);
  enigm_account_listen (contact, FALSE);
  g_signal_handlers_disconnect_by_data (contact, &n_changes);
  g_object_unref (owner);
  g_object_unref (contact);
}

static void
on_alert_gone (EnigmAccount *account, EnigmAlert *alert, gpointer user_data)
{
  guint *n = user_data;

  g_assert_true (enigm_alert_get_gone (alert));
  (*n)++;
}

static gboolean
is_gone (gpointer alert)
{
  return enigm_alert_get_gone (alert);
}

static gboolean
has_all_positions (EnigmAccount *owner, EnigmAlert *alert)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  enigm_account_fetch_alert_async (owner, alert, NULL, on_awaited, &result);
  await_result (&result);
  enigm_account_fetch_alert_finish (owner, result, &error);
  g_assert_no_error (error);
  return enigm_alert_get_has_all_positions (alert);
}

/* Who is removed in the middle of an alert holds nothing of it from then on, whoever still has it
 * in their hands. */
static void
test_removed (void)
{
  g_autoptr (PartyKey) key = party_key_new (party, "removal", NULL, NULL);
  g_autoptr (EnigmAccount) owner = party_sign_up (party, "removing");
  g_autoptr (EnigmAccount) contact = party_sign_up (party, "removed");
  g_autoptr (EnigmAlert) theirs = NULL;
  g_autoptr (EnigmContact) listed = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAlert *own;
  guint n_gone = 0;

  pair (owner, key);
  make_contact (owner, contact, "Kim");
  enigm_account_listen (owner, TRUE);
  enigm_account_listen (contact, TRUE);
  g_signal_connect (contact, "alert-gone", G_CALLBACK (on_alert_gone), &n_gone);
  set_position (key, "52.5", "13.25", "12");
  party_key_do (key, "press3", NULL);
  g_assert_true (enigm_world_await (has_alert, contact));
  g_assert_true (enigm_world_await (has_alert, owner));
  theirs = g_object_ref (first_alert (contact));
  own = first_alert (owner);
  g_assert_true (enigm_world_await (has_position, theirs));
  g_assert_true (enigm_world_await (has_position, own));
  /* Where it was is asked for, by its owner alone. */
  g_assert_true (has_all_positions (owner, own));
  g_assert_cmpuint (g_list_model_get_n_items (enigm_alert_get_positions (own)), >, 0);

  listed = g_list_model_get_item (enigm_account_get_contacts (owner), 0);
  enigm_account_remove_contact_async (owner, listed, NULL, on_awaited, &result);
  await_result (&result);
  enigm_account_remove_contact_finish (owner, result, &error);
  g_assert_no_error (error);
  g_assert_true (enigm_world_await (is_gone, theirs));
  g_assert_cmpuint (n_gone, ==, 1);
  g_assert_null (first_alert (contact));
  g_assert_false (enigm_alert_get_has_position (theirs));
  g_assert_cmpfloat_with_epsilon (enigm_alert_get_latitude (theirs), 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (enigm_alert_get_longitude (theirs), 0, 1e-9);
  g_assert_false (enigm_alert_get_gone (own));
  party_key_do (key, "long-press", NULL);
  g_assert_true (enigm_world_await (has_ended, own));
  enigm_account_listen (owner, FALSE);
  enigm_account_listen (contact, FALSE);
  g_signal_handlers_disconnect_by_data (contact, &n_gone);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  party = party_new ();
  g_test_add_func ("/alerts/both-sides", test_both_sides);
  g_test_add_func ("/alerts/removed", test_removed);
  status = g_test_run ();
  party_free (party);
  return status;
}
