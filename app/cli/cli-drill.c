/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"
#include "enigm-drill.h"
#include "enigm-error.h"

static void
print_result (EnigmCli *cli, EnigmDrill *drill)
{
  EnigmAlert *alert = enigm_drill_get_alert (drill);
  GListModel *stages = enigm_alert_get_stages (alert);
  JsonObject *answer = json_object_new ();
  JsonArray *contacts = json_array_new ();

  enigm_cli_print (cli, _ ("The platform heard your key after %.0f ms."),
                   enigm_drill_get_latency (drill) / 1000.0);
  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (EnigmAlertStage) stage = g_list_model_get_item (stages, i);
      const char *contact_id = enigm_alert_stage_get_contact_id (stage);
      const gint64 seen = enigm_drill_get_seen_latency (drill, contact_id);
      JsonObject *contact = json_object_new ();

      json_object_set_string_member (contact, "contact_id", contact_id);
      json_object_set_boolean_member (contact, "notified",
                                      enigm_alert_stage_get_notified (stage) > 0);
      if (seen > 0)
        json_object_set_int_member (contact, "seen_ms", seen / 1000);
      else
        json_object_set_null_member (contact, "seen_ms");
      json_array_add_object_element (contacts, contact);
      if (seen > 0)
        enigm_cli_print (cli, _ ("%s has seen it after %.1f s."),
                         enigm_alert_stage_get_title (stage), seen / 1e6);
      else
        enigm_cli_print (cli, _ ("%s has not said so far that they have seen it."),
                         enigm_alert_stage_get_title (stage));
    }
  json_object_set_string_member (answer, "event", enigm_alert_get_id (alert));
  json_object_set_int_member (answer, "latency_ms", enigm_drill_get_latency (drill) / 1000);
  json_object_set_array_member (answer, "contacts", contacts);
  enigm_cli_print_json (cli, answer);
}

static void
on_drill_changed (EnigmDrill *drill, gpointer user_data)
{
  EnigmCli *cli = user_data;
  static const char *const steps[] = { "find", "order", "raise", "watch", "over" };
  const char *sentence = enigm_drill_get_sentence (drill);
  const EnigmDrillStep step = enigm_drill_get_step (drill);
  JsonObject *line = json_object_new ();

  json_object_set_string_member (line, "step", steps[step]);
  json_object_set_string_member (line, "message", sentence);
  enigm_cli_print_json (cli, line);
  if (step != ENIGM_DRILL_OVER)
    enigm_cli_print (cli, "%s", sentence);
  if (step == ENIGM_DRILL_WATCHING && enigm_cli_get_flag (cli, "no-wait"))
    enigm_drill_end (drill);
}

static void
on_drill_finished (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  EnigmDrill *drill = ENIGM_DRILL (object);
  g_autoptr (GError) error = NULL;

  g_signal_handlers_disconnect_by_data (drill, cli);
  if (!enigm_drill_run_finish (drill, result, &error))
    {
      enigm_cli_fail (cli, error);
      return;
    }
  print_result (cli, drill);
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

/* The key that is named, else the only one that may raise an alert. */
static EnigmKey *
choose_key (EnigmCli *cli, GError **error)
{
  GListModel *keys = enigm_account_get_keys (enigm_cli_get_account (cli));
  const char *word = enigm_cli_get_words (cli)[0];
  g_autoptr (EnigmKey) found = NULL;
  guint n = 0;

  if (word != NULL)
    return enigm_cli_choose_key (cli, word, error);
  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (keys, i);

      if (enigm_key_get_state (key) != ENIGM_KEY_STATE_TRUSTED)
        continue;
      g_set_object (&found, key);
      n++;
    }
  if (n == 1)
    return g_steal_pointer (&found);
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_KEY_UNKNOWN,
                       n == 0
                         ? _ ("You have no such key. List yours with enigmctl keys.")
                         : _ ("You have several keys. Name one; list them with enigmctl keys."));
  return NULL;
}

/**
 * enigm_cli_drill_check:
 * @cli: a run of `drill`
 *
 * Returns: whether its words will do
 */
gboolean
enigm_cli_drill_check (EnigmCli *cli)
{
  return enigm_cli_check_words (cli, 0, 1, "drill [KEY]");
}

/**
 * enigm_cli_drill:
 * @cli: a run of `drill`
 */
void
enigm_cli_drill (EnigmCli *cli)
{
  EnigmAccount *account = enigm_cli_get_account (cli);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmKey) key = choose_key (cli, &error);
  g_autoptr (EnigmRadio) radio = NULL;
  g_autoptr (EnigmDrill) drill = NULL;

  if (key == NULL)
    {
      enigm_cli_fail (cli, error);
      return;
    }
  radio = enigm_radio_new (NULL);
  drill = enigm_drill_new (radio, account, enigm_key_get_binding (key));
  enigm_account_listen (account, TRUE);
  g_signal_connect (drill, "changed", G_CALLBACK (on_drill_changed), cli);
  enigm_drill_run_async (drill, enigm_cli_get_cancellable (cli), on_drill_finished,
                         g_object_ref (cli));
}
