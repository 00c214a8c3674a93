/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drills from the app to a contact and back: a real key raises them, a real platform tells. */
#include "enigm-drill.h"

#include "await.h"
#include "party.h"

static Party *party;

/* One drill as a person follows it. */
typedef struct
{
  EnigmDrill *drill;
  PartyKey *key;
  GCancellable *cancellable;
  EnigmDrillStep act_at;
  gboolean acted;
  enum
  {
    ACT_NOTHING,
    ACT_CANCEL,
    ACT_END,
  } act;
  guint steps;
} Try;

static void
on_drill_changed (EnigmDrill *drill, gpointer user_data)
{
  Try *try = user_data;

  g_assert_cmpstr (enigm_drill_get_sentence (drill), !=, "");
  try->steps |= 1 << enigm_drill_get_step (drill);
  if (enigm_drill_get_step (drill) != try->act_at || try->acted || try->act == ACT_NOTHING)
    return;
  try->acted = TRUE;
  if (try->act == ACT_CANCEL)
    g_cancellable_cancel (try->cancellable);
  else
    enigm_drill_end (drill);
}

static gboolean
run (Try *try, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gulong id;
  gboolean ok;

  try->cancellable = g_cancellable_new ();
  id = g_signal_connect (try->drill, "changed", G_CALLBACK (on_drill_changed), try);
  party_key_do (try->key, "hold", NULL);
  enigm_drill_run_async (try->drill, try->cancellable, on_awaited, &result);
  await_result (&result);
  ok = enigm_drill_run_finish (try->drill, result, error);
  g_signal_handler_disconnect (try->drill, id);
  g_clear_object (&try->cancellable);
  return ok;
}

static void
make_contact (EnigmAccount *owner, EnigmAccount *contact)
{
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) accepted = NULL;
  g_autoptr (EnigmInvitation) invitation = NULL;
  g_autoptr (GError) error = NULL;

  enigm_account_add_contact_async (owner, enigm_account_get_contact_id (contact), "Kim", NULL,
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

/* What the platform itself says, not what this computer remembers of it. */
static EnigmAlert *
find_alert (EnigmAccount *account, EnigmAlertKind kind)
{
  GListModel *alerts = enigm_account_get_alerts (account);

  for (guint i = 0; i < g_list_model_get_n_items (alerts); i++)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (alerts, i);

      if (enigm_alert_get_kind (alert) == kind)
        return alert;
    }
  return NULL;
}

static void
assert_ended (EnigmAccount *account, EnigmDrill *drill, const char *by)
{
  EnigmAlert *alert = enigm_drill_get_alert (drill);

  g_assert_nonnull (alert);
  party_refresh (account);
  g_assert_cmpint (enigm_alert_get_kind (alert), ==, ENIGM_ALERT_KIND_DRILL);
  g_assert_cmpint (enigm_alert_get_state (alert), ==, ENIGM_ALERT_STATE_ENDED);
  g_assert_cmpstr (enigm_alert_get_ended_by (alert), ==, by);
}

static void
on_staged (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  enigm_account_stage_alert_finish (ENIGM_ACCOUNT (object), result, &error);
  g_assert_no_error (error);
}

/* The contact opens their app and looks. */
static void
on_contact_told (EnigmAccount *contact, EnigmAlert *alert, gpointer user_data)
{
  gboolean *answered = user_data;

  if (*answered || enigm_alert_get_role (alert) != ENIGM_ALERT_ROLE_CONTACT)
    return;
  *answered = TRUE;
  enigm_account_stage_alert_async (contact, alert, "seen", NULL, on_staged, NULL);
}

/* What it showed is kept, for each contact, as it was measured. */
static void
assert_evidence (EnigmAccount *owner, EnigmAccount *contact, const char *binding, gint64 seen)
{
  GPtrArray *contacts = enigm_account_get_drill_contacts (owner, binding);
  g_autofree char *words = enigm_account_describe_drill (owner, binding);
  const EnigmDrillContact *reached;

  g_assert_nonnull (contacts);
  g_assert_cmpuint (contacts->len, ==, 1);
  reached = contacts->pdata[0];
  g_assert_cmpstr (reached->contact_id, ==, enigm_account_get_contact_id (contact));
  g_assert_cmpint (reached->notified, >=, 0);
  g_assert_cmpint (reached->seen, ==, seen);
  g_assert_nonnull (strstr (words, "had seen it after"));
  g_assert_null (enigm_account_get_drill_contacts (owner, "00000000000000000000000000000000"));
}

static void
test_seen (void)
{
  g_autoptr (EnigmAccount) owner = party_sign_up (party, "seen-owner");
  g_autoptr (EnigmAccount) contact = party_sign_up (party, "seen-contact");
  g_autoptr (PartyKey) key = party_key_new (party, "seen", NULL, NULL);
  g_autofree char *binding = party_key_pair (key, owner);
  g_autoptr (EnigmDrill) drill = enigm_drill_new (party->radio, owner, binding);
  g_autoptr (GError) error = NULL;
  Try try = { .drill = drill, .key = key };
  gboolean answered = FALSE;
  gint64 seen;

  make_contact (owner, contact);
  enigm_account_listen (owner, TRUE);
  enigm_account_listen (contact, TRUE);
  g_signal_connect (contact, "alert-changed", G_CALLBACK (on_contact_told), &answered);
  for (guint i = 0; i < 2; i++)
    {
      answered = FALSE;
      try.steps = 0;
      answered = run (&try, &error) && answered;
      g_assert_no_error (error);
      g_assert_true (answered);
      g_assert_cmphex (try.steps, ==, (1 << (ENIGM_DRILL_OVER + 1)) - 1);
      g_assert_cmpint (enigm_drill_get_step (drill), ==, ENIGM_DRILL_OVER);
      g_assert_nonnull (strstr (enigm_drill_get_sentence (drill), "1 of 1 contact"));
      seen = enigm_drill_get_seen_latency (drill, enigm_account_get_contact_id (contact));
      g_assert_cmpint (enigm_drill_get_latency (drill), >, 0);
      g_assert_cmpint (seen, >=, enigm_drill_get_latency (drill));
      g_assert_cmpint (seen, <, 60 * G_USEC_PER_SEC);
      g_assert_cmpint (enigm_drill_get_seen_latency (drill, "nobody"), ==, 0);
      assert_ended (owner, drill, "app");
      g_assert_cmpuint (party_count_devices (party), ==, 0);
      assert_evidence (owner, contact, binding, seen / 1000);
    }
  g_signal_handlers_disconnect_by_data (contact, &answered);
  enigm_account_listen (owner, FALSE);
  enigm_account_listen (contact, FALSE);
}

static void
test_nobody (void)
{
  g_autoptr (EnigmAccount) owner = party_sign_up (party, "nobody");
  g_autoptr (PartyKey) key = party_key_new (party, "nobody", NULL, NULL);
  g_autofree char *binding = party_key_pair (key, owner);
  g_autoptr (EnigmDrill) drill = enigm_drill_new (party->radio, owner, binding);
  g_autoptr (GError) error = NULL;
  Try try = { .drill = drill, .key = key };

  enigm_account_listen (owner, TRUE);
  run (&try, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (enigm_drill_get_sentence (drill), "Nobody was told"));
  g_assert_cmpint (enigm_drill_get_latency (drill), >, 0);
  assert_ended (owner, drill, "app");
  enigm_account_listen (owner, FALSE);
}

/* Stopped wherever it is: no drill stays open, and it does not wait for what nobody awaits. */
static void
test_stopped (void)
{
  g_autoptr (EnigmAccount) owner = party_sign_up (party, "stopped-owner");
  g_autoptr (EnigmAccount) contact = party_sign_up (party, "stopped-contact");
  g_autoptr (PartyKey) key = party_key_new (party, "stopped", NULL, NULL);
  g_autofree char *binding = party_key_pair (key, owner);
  g_autoptr (EnigmDrill) drill = enigm_drill_new (party->radio, owner, binding);
  g_autoptr (GError) error = NULL;
  Try try = { .drill = drill, .key = key, .act = ACT_CANCEL };

  make_contact (owner, contact);
  enigm_account_listen (owner, TRUE);

  for (try.act_at = ENIGM_DRILL_FINDING; try.act_at <= ENIGM_DRILL_ORDERING; try.act_at++)
    {
      try.acted = FALSE;
      g_assert_false (run (&try, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      g_assert_null (enigm_drill_get_alert (drill));
      party_refresh (owner);
      g_assert_null (find_alert (owner, ENIGM_ALERT_KIND_DRILL));
    }

  /* From here on the key has been told, so there is a drill to be ended. */
  for (; try.act_at <= ENIGM_DRILL_WATCHING; try.act_at++)
    {
      try.acted = FALSE;
      g_assert_false (run (&try, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      assert_ended (owner, drill, "app");
    }
  try.act_at = ENIGM_DRILL_WATCHING;

  try.act = ACT_END;
  try.acted = FALSE;
  run (&try, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (enigm_drill_get_sentence (drill), "0 of 1 contact"));
  assert_ended (owner, drill, "app");
  enigm_account_listen (owner, FALSE);
}

static gboolean
is_watching (gpointer drill)
{
  return enigm_drill_get_step (drill) == ENIGM_DRILL_WATCHING;
}

/* Three presses are an alert, drill or no drill. */
static void
test_alert_meanwhile (void)
{
  g_autoptr (EnigmAccount) owner = party_sign_up (party, "meanwhile-owner");
  g_autoptr (EnigmAccount) contact = party_sign_up (party, "meanwhile-contact");
  g_autoptr (PartyKey) key = party_key_new (party, "meanwhile", NULL, NULL);
  g_autofree char *binding = party_key_pair (key, owner);
  g_autoptr (EnigmDrill) drill = enigm_drill_new (party->radio, owner, binding);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAlert *alert;

  make_contact (owner, contact);
  enigm_account_listen (owner, TRUE);
  party_key_do (key, "hold", NULL);
  enigm_drill_run_async (drill, NULL, on_awaited, &result);
  g_assert_true (enigm_world_await (is_watching, drill));
  party_key_do (key, "press3", NULL);
  party_key_await (key, "event alert accepted");
  await_result (&result);
  g_assert_true (enigm_drill_run_finish (drill, result, &error));
  g_assert_no_error (error);

  party_refresh (owner);
  alert = find_alert (owner, ENIGM_ALERT_KIND_ALERT);
  g_assert_nonnull (alert);
  g_assert_true (alert != enigm_drill_get_alert (drill));
  g_assert_cmpint (enigm_alert_get_kind (enigm_drill_get_alert (drill)), ==,
                   ENIGM_ALERT_KIND_DRILL);
  g_assert_cmpint (enigm_alert_get_state (enigm_drill_get_alert (drill)), ==,
                   ENIGM_ALERT_STATE_ENDED);
  g_assert_cmpint (enigm_alert_get_state (alert), ==, ENIGM_ALERT_STATE_ACTIVE);
  party_refresh (contact);
  alert = find_alert (contact, ENIGM_ALERT_KIND_ALERT);
  g_assert_nonnull (alert);
  g_assert_cmpint (enigm_alert_get_state (alert), ==, ENIGM_ALERT_STATE_ACTIVE);
  enigm_account_listen (owner, FALSE);
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/drill/seen/seen", test_seen);
  g_test_add_func ("/app/drill/seen/nobody", test_nobody);
  g_test_add_func ("/app/drill/stopped/stopped", test_stopped);
  g_test_add_func ("/app/drill/stopped/alert-meanwhile", test_alert_meanwhile);

  party = party_new ();
  code = g_test_run ();
  party_free (party);
  return code;
}
