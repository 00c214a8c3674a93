/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-list.h"
#include "enigm-cli-verbs.h"
#include "enigm-error.h"
#include "enigm-readiness.h"

static void
set_time (JsonObject *object, const char *name, gint64 time)
{
  if (time == 0)
    json_object_set_null_member (object, name);
  else
    json_object_set_int_member (object, name, time);
}

static JsonArray *
stages_to_json (EnigmAlert *alert)
{
  GListModel *stages = enigm_alert_get_stages (alert);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (EnigmAlertStage) stage = g_list_model_get_item (stages, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "contact_id",
                                     enigm_alert_stage_get_contact_id (stage));
      json_object_set_string_member (object, "label", enigm_alert_stage_get_label (stage));
      set_time (object, "accepted", enigm_alert_stage_get_accepted (stage));
      set_time (object, "notified", enigm_alert_stage_get_notified (stage));
      set_time (object, "seen", enigm_alert_stage_get_seen (stage));
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonObject *
alert_to_json (EnigmAlert *alert)
{
  JsonObject *object = json_object_new ();
  const gboolean own = enigm_alert_get_role (alert) == ENIGM_ALERT_ROLE_OWNER;

  json_object_set_string_member (object, "id", enigm_alert_get_id (alert));
  json_object_set_string_member (
    object, "kind", enigm_alert_get_kind (alert) == ENIGM_ALERT_KIND_DRILL ? "drill" : "alert");
  json_object_set_string_member (object, "role", own ? "owner" : "contact");
  json_object_set_string_member (
    object, "state",
    enigm_alert_get_state (alert) == ENIGM_ALERT_STATE_ACTIVE ? "active" : "ended");
  json_object_set_int_member (object, "pressed", enigm_alert_get_pressed (alert));
  json_object_set_int_member (object, "received", enigm_alert_get_received (alert));
  set_time (object, "ended", enigm_alert_get_ended_time (alert));
  json_object_set_string_member (object, "ended_by", enigm_alert_get_ended_by (alert));
  if (own)
    json_object_set_string_member (object, "binding", enigm_alert_get_binding (alert));
  else
    json_object_set_string_member (object, "from", enigm_alert_get_from_contact_id (alert));
  if (enigm_alert_get_has_position (alert))
    {
      JsonObject *position = json_object_new ();

      json_object_set_double_member (position, "latitude", enigm_alert_get_latitude (alert));
      json_object_set_double_member (position, "longitude", enigm_alert_get_longitude (alert));
      json_object_set_double_member (position, "accuracy", enigm_alert_get_accuracy (alert));
      json_object_set_int_member (position, "time", enigm_alert_get_position_time (alert));
      json_object_set_object_member (object, "position", position);
    }
  else
    json_object_set_null_member (object, "position");
  json_object_set_string_member (object, "stopped", enigm_alert_get_stopped (alert));
  json_object_set_array_member (object, "contacts", stages_to_json (alert));
  set_time (object, "delete_on", enigm_alert_get_delete_on (alert));
  return object;
}

static const char *
describe_ender (EnigmAlert *alert)
{
  const char *by = enigm_alert_get_ended_by (alert);

  if (g_str_equal (by, "key"))
    return _ ("Ended with the key.");
  if (g_str_equal (by, "app"))
    return _ ("Ended in the app.");
  if (g_str_equal (by, "revoked"))
    return _ ("The key was revoked while it was under way.");
  return _ ("It has ended.");
}

static void
print_position (EnigmCli *cli, EnigmAlert *alert, gint64 now)
{
  g_autofree char *age = NULL;

  if (!enigm_alert_get_has_position (alert))
    return;
  age = enigm_describe_age (enigm_alert_get_position_time (alert), now);
  /* Translators: latitude, longitude, metres, and an age such as “2 minutes ago” */
  enigm_cli_print (cli, _ ("  Last position: %.5f, %.5f, within %.0f m, %s"),
                   enigm_alert_get_latitude (alert), enigm_alert_get_longitude (alert),
                   enigm_alert_get_accuracy (alert), age);
}

static const char *
describe_stopped (EnigmAlert *alert)
{
  const char *why = enigm_alert_get_stopped (alert);

  if (*why == '\0')
    return NULL;
  if (g_str_equal (why, "lost"))
    return _ ("No more positions come: the key was marked as lost.");
  if (g_str_equal (why, "revoked"))
    return _ ("No more positions come: the key was revoked.");
  if (g_str_equal (why, "replaced"))
    return _ ("No more positions come: the key was replaced.");
  if (g_str_equal (why, "retired"))
    return _ ("No more positions come: the key was retired.");
  return _ ("No more positions come: the platform does not accept this key for now.");
}

static void
print_alert (EnigmCli *cli, EnigmAlert *alert)
{
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *age = enigm_describe_age (enigm_alert_get_pressed (alert), now);
  const char *kind =
    enigm_alert_get_kind (alert) == ENIGM_ALERT_KIND_DRILL ? _ ("DRILL") : _ ("ALERT");
  guint notified;
  guint seen;
  guint n = enigm_alert_count_stages (alert, NULL, &notified, &seen);

  if (enigm_alert_get_role (alert) == ENIGM_ALERT_ROLE_OWNER)
    {
      /* Translators: ALERT or DRILL, an age, and the alert's ID */
      enigm_cli_print (cli, _ ("%s of yours, %s  (%s)"), kind, age, enigm_alert_get_id (alert));
      enigm_cli_print (cli, _ ("  Contacts: %u, told: %u, said they have seen it: %u"), n, notified,
                       seen);
    }
  else
    /* Translators: ALERT or DRILL, a person, an age, and the alert's ID */
    enigm_cli_print (cli, _ ("%s from %s, %s  (%s)"), kind, enigm_alert_get_from (alert), age,
                     enigm_alert_get_id (alert));
  if (enigm_alert_get_received (alert) - enigm_alert_get_pressed (alert) > ENIGM_ALERT_LATE)
    {
      g_autofree char *heard = enigm_describe_age (enigm_alert_get_received (alert), now);

      /* Translators: an age, such as “2 minutes ago” */
      enigm_cli_print (cli, _ ("  The platform heard of it later, %s: the key was out of reach."),
                       heard);
    }
  print_position (cli, alert, now);
  if (describe_stopped (alert) != NULL)
    enigm_cli_print (cli, "  %s", describe_stopped (alert));
  if (enigm_alert_get_waiting (alert))
    enigm_cli_print (cli, _ ("  That you have seen it waits for the network."));
  if (enigm_alert_get_state (alert) == ENIGM_ALERT_STATE_ENDED)
    enigm_cli_print (cli, _ ("  %s This does not show that they are safe."),
                     describe_ender (alert));
}

/* Ends the run once everything that was shown has been told of. */
typedef struct
{
  EnigmCli *cli;
  int code;
} Ending;

static void
ending_clear (gpointer data)
{
  Ending *ending = data;

  enigm_cli_end (ending->cli, ending->code);
  g_object_unref (ending->cli);
}

static Ending *
ending_new (EnigmCli *cli)
{
  Ending *ending = g_rc_box_new (Ending);

  ending->cli = g_object_ref (cli);
  ending->code = enigm_cli_list_is_known (cli) ? ENIGM_CLI_OK : ENIGM_CLI_AWAY;
  return ending;
}

static void
ending_release (Ending *ending)
{
  g_rc_box_release_full (ending, ending_clear);
}

static void
on_told (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!enigm_account_stage_alert_finish (ENIGM_ACCOUNT (object), result, &error))
    g_info ("The platform was not told that the alert was shown: %s", error->message);
  if (user_data != NULL)
    ending_release (user_data);
}

/* What is printed has been shown: its owner may know. @ending, if any, waits for that. */
static void
tell_shown (EnigmCli *cli, EnigmAlert *alert, Ending *ending)
{
  g_autoptr (EnigmAlertStage) own = NULL;

  if (enigm_alert_get_role (alert) != ENIGM_ALERT_ROLE_CONTACT ||
      enigm_alert_get_state (alert) != ENIGM_ALERT_STATE_ACTIVE)
    return;
  own = g_list_model_get_item (enigm_alert_get_stages (alert), 0);
  if (enigm_alert_stage_get_notified (own) == 0)
    enigm_account_stage_alert_async (enigm_cli_get_account (cli), alert, "notified", NULL, on_told,
                                     ending != NULL ? g_rc_box_acquire (ending) : NULL);
}

static void
list_alerts (EnigmCli *cli)
{
  GListModel *alerts = enigm_account_get_alerts (enigm_cli_get_account (cli));
  JsonObject *answer = json_object_new ();
  JsonArray *array = json_array_new ();
  Ending *ending = ending_new (cli);

  enigm_cli_begin_list (cli);
  if (g_list_model_get_n_items (alerts) == 0)
    enigm_cli_print (cli, _ ("There are no alerts."));
  for (guint i = 0; i < g_list_model_get_n_items (alerts); i++)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (alerts, i);

      print_alert (cli, alert);
      json_array_add_object_element (array, alert_to_json (alert));
      tell_shown (cli, alert, ending);
    }
  json_object_set_array_member (answer, "alerts", array);
  enigm_cli_date_list (cli, answer);
  enigm_cli_print_json (cli, answer);
  ending_release (ending);
}

static void
show_alert (EnigmCli *cli, EnigmAlert *alert)
{
  Ending *ending = ending_new (cli);

  print_alert (cli, alert);
  enigm_cli_print_json (cli, alert_to_json (alert));
  tell_shown (cli, alert, ending);
  ending_release (ending);
}

static void
on_seen (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;
  EnigmAlert *alert;

  if (!enigm_account_stage_alert_finish (ENIGM_ACCOUNT (object), result, &error))
    {
      enigm_cli_fail (cli, error);
      return;
    }
  alert = enigm_account_find_alert (ENIGM_ACCOUNT (object), enigm_cli_get_words (cli)[1]);
  if (alert != NULL && enigm_alert_get_waiting (alert))
    enigm_cli_print (cli,
                     _ ("The platform cannot be reached. That you have seen it is kept on this "
                        "computer, and sent when it can be."));
  else
    enigm_cli_print (cli, _ ("They can see now that you have seen it."));
  enigm_cli_print_json (cli, json_object_new ());
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

static void
on_ended (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_account_end_alert_finish (ENIGM_ACCOUNT (object), result, &error))
    {
      enigm_cli_fail (cli, error);
      return;
    }
  enigm_cli_print (cli,
                   _ ("It has ended, and your contacts can see that you ended it in the app."));
  enigm_cli_print_json (cli, json_object_new ());
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

static void
on_deleted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_account_delete_alert_finish (ENIGM_ACCOUNT (object), result, &error))
    {
      enigm_cli_fail (cli, error);
      return;
    }
  enigm_cli_print (cli, _ ("It is deleted."));
  enigm_cli_print_json (cli, json_object_new ());
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

/* Watching ends when the person interrupts it. */

static void
on_alert_changed (EnigmAccount *account, EnigmAlert *alert, gpointer user_data)
{
  EnigmCli *cli = user_data;

  print_alert (cli, alert);
  enigm_cli_print_json (cli, alert_to_json (alert));
  if (enigm_account_is_alert_due (account, alert))
    enigm_account_note_alert_shown (account, alert);
}

static gboolean
on_watch_interrupted (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  EnigmAccount *account = enigm_cli_get_account (cli);

  g_signal_handlers_disconnect_by_func (account, on_alert_changed, cli);
  enigm_cli_end (cli, ENIGM_CLI_OK);
  return G_SOURCE_REMOVE;
}

static void
watch_alerts (EnigmCli *cli)
{
  EnigmAccount *account = enigm_cli_get_account (cli);
  g_autoptr (GCancellable) own = NULL;
  GCancellable *cancellable = enigm_cli_get_cancellable (cli);
  g_autoptr (GSource) source = NULL;
  GListModel *alerts;

  if (cancellable == NULL)
    cancellable = own = g_cancellable_new ();
  source = g_cancellable_source_new (cancellable);
  g_source_set_callback (source, G_SOURCE_FUNC (on_watch_interrupted), g_object_ref (cli), NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  g_signal_connect (account, "alert-changed", G_CALLBACK (on_alert_changed), cli);
  enigm_cli_print (cli, _ ("Watching for alerts. Interrupt to stop."));
  /* What began before is under way as well. */
  alerts = enigm_account_get_alerts (account);
  for (guint i = g_list_model_get_n_items (alerts); i-- > 0;)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (alerts, i);

      if (enigm_alert_get_state (alert) == ENIGM_ALERT_STATE_ACTIVE)
        on_alert_changed (account, alert, cli);
    }
  enigm_account_listen (account, TRUE);
}

/* JSON either way: it is for keeping. */
static void
on_exported (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text =
    enigm_account_export_alerts_finish (ENIGM_ACCOUNT (object), result, &error);
  g_autoptr (JsonNode) node = NULL;

  if (text == NULL)
    {
      enigm_cli_fail (cli, error);
      return;
    }
  node = json_from_string (text, NULL);
  enigm_cli_print (cli, "%s", text);
  enigm_cli_print_json (cli, json_object_ref (json_node_get_object (node)));
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

static void
export_alerts (EnigmCli *cli, const char *id)
{
  EnigmAccount *account = enigm_cli_get_account (cli);
  EnigmAlert *alert = id != NULL ? enigm_account_find_alert (account, id) : NULL;
  g_autoptr (GError) error = NULL;

  if (id != NULL && (alert == NULL || enigm_alert_get_role (alert) != ENIGM_ALERT_ROLE_OWNER))
    {
      error = g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                                   _ ("There is no such alert of your own. Nothing was written. "
                                      "List them with enigmctl alerts."));
      enigm_cli_fail (cli, error);
      return;
    }
  enigm_account_export_alerts_async (account, alert, enigm_cli_get_cancellable (cli), on_exported,
                                     g_object_ref (cli));
}

static void
change_alert (EnigmCli *cli, const char *action, EnigmAlert *alert)
{
  EnigmAccount *account = enigm_cli_get_account (cli);
  GCancellable *cancellable = enigm_cli_get_cancellable (cli);

  if (g_str_equal (action, "show"))
    show_alert (cli, alert);
  else if (g_str_equal (action, "seen"))
    enigm_account_stage_alert_async (account, alert, "seen", cancellable, on_seen,
                                     g_object_ref (cli));
  else if (g_str_equal (action, "end"))
    enigm_account_end_alert_async (account, alert, cancellable, on_ended, g_object_ref (cli));
  else
    enigm_account_delete_alert_async (account, alert, cancellable, on_deleted, g_object_ref (cli));
}

/**
 * enigm_cli_alerts_check:
 * @cli: a run of `alerts`
 *
 * Returns: whether its words will do
 */
gboolean
enigm_cli_alerts_check (EnigmCli *cli)
{
  static const char *const actions[] = { "show", "seen", "end", "delete", NULL };
  const char *action = enigm_cli_get_words (cli)[0];
  g_autofree char *usage = NULL;

  if (action == NULL || g_str_equal (action, "list") || g_str_equal (action, "watch"))
    return enigm_cli_check_words (cli, 0, 1, "alerts [list | watch]");
  if (g_str_equal (action, "export"))
    return enigm_cli_check_words (cli, 1, 2, "alerts export [ID]");
  if (!g_strv_contains (actions, action))
    {
      enigm_cli_fail_usage (
        cli, _ ("“alerts” wants list, watch, show ID, seen ID, end ID, delete ID or export [ID]."));
      return FALSE;
    }
  usage = g_strdup_printf ("alerts %s ID", action);
  return enigm_cli_check_words (cli, 2, 2, usage);
}

/**
 * enigm_cli_alerts:
 * @cli: a run of `alerts`
 */
void
enigm_cli_alerts (EnigmCli *cli)
{
  const char *const *words = enigm_cli_get_words (cli);
  const char *action = words[0] != NULL ? words[0] : "list";
  g_autoptr (GError) error = NULL;
  EnigmAlert *alert;

  if (g_str_equal (action, "list"))
    list_alerts (cli);
  else if (g_str_equal (action, "watch"))
    watch_alerts (cli);
  else if (g_str_equal (action, "export"))
    export_alerts (cli, words[1]);
  else if ((alert = enigm_account_find_alert (enigm_cli_get_account (cli), words[1])) != NULL)
    change_alert (cli, action, alert);
  else
    {
      error = g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                                   _ ("There is no such alert. Nothing was changed. List them with "
                                      "enigmctl alerts."));
      enigm_cli_fail (cli, error);
    }
}
