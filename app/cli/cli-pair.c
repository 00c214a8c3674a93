/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"
#include "enigm-error.h"
#include "enigm-pairing.h"

static const char *
describe_state (EnigmPairing *pairing, EnigmPairingStep step)
{
  EnigmPairingSteps *steps = enigm_pairing_get_steps (pairing);

  switch (enigm_pairing_steps_get_state (steps, step))
    {
    case ENIGM_PAIRING_DONE:
      return "done";
    case ENIGM_PAIRING_FAILED:
      return "failed";
    case ENIGM_PAIRING_UNDER_WAY:
      /* A script has to know when a hand is needed. */
      return enigm_pairing_get_seconds_left (pairing) > 0 ? "waiting" : "under-way";
    case ENIGM_PAIRING_WAITING:
    default:
      return "later";
    }
}

static void
on_step_changed (EnigmPairingSteps *steps, guint step, gpointer user_data)
{
  EnigmCli *cli = user_data;
  EnigmPairing *pairing = g_object_get_data (G_OBJECT (cli), "pairing");
  const EnigmPairingStepState state = enigm_pairing_steps_get_state (steps, step);
  const char *sentence = enigm_pairing_steps_get_sentence (steps, step);
  JsonObject *line;

  if (state == ENIGM_PAIRING_WAITING)
    return;
  line = json_object_new ();
  json_object_set_string_member (line, "step", enigm_pairing_step_get_name (step));
  json_object_set_string_member (line, "state", describe_state (pairing, step));
  json_object_set_string_member (line, "message", sentence);
  enigm_cli_print_json (cli, line);
  if (state != ENIGM_PAIRING_FAILED)
    enigm_cli_print (cli, "%s %s: %s", state == ENIGM_PAIRING_DONE ? "✓" : "…",
                     enigm_pairing_step_get_title (step), sentence);
}

static void
on_refreshed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;

  /* The key is paired, whether its list could be fetched or not. */
  enigm_account_refresh_finish (ENIGM_ACCOUNT (object), result, NULL);
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

static void
on_paired (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  EnigmPairing *pairing = ENIGM_PAIRING (object);
  EnigmAccount *account = enigm_cli_get_account (cli);
  g_autoptr (GError) error = NULL;
  const gboolean paired = enigm_pairing_run_finish (pairing, result, &error);
  JsonObject *line;

  g_signal_handlers_disconnect_by_data (enigm_pairing_get_steps (pairing), cli);
  g_object_set_data (G_OBJECT (cli), "pairing", NULL);
  /* Only what failed half-way, and was not cancelled, is left for later. */
  if (paired || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    enigm_account_set_pairing_unfinished (account, FALSE);
  if (!paired)
    {
      enigm_cli_fail (cli, error);
      return;
    }
  enigm_cli_print (
    cli, _ ("Your key is paired. Add contacts with enigmctl contacts add, and try it with "
            "enigmctl drill."));
  line = json_object_new ();
  json_object_set_string_member (line, "binding", enigm_pairing_get_binding (pairing));
  json_object_set_string_member (line, "reached",
                                 enigm_pairing_get_own_connection (pairing) ? "own" : "relayed");
  enigm_cli_print_json (cli, line);
  enigm_account_refresh_async (account, enigm_cli_get_cancellable (cli), on_refreshed,
                               g_object_ref (cli));
}

/**
 * enigm_cli_pair_check:
 * @cli: a run of `pair`
 *
 * Returns: whether its words and options will do
 */
gboolean
enigm_cli_pair_check (EnigmCli *cli)
{
  return enigm_cli_check_words (cli, 0, 0, "pair [--replace=KEY]");
}

/* Which key the new one is to take the place of, if any. */
static gboolean
choose_replaced (EnigmCli *cli, EnigmPairing *pairing, GError **error)
{
  const char *word = enigm_cli_get_option (cli, "replace");
  g_autoptr (EnigmKey) key = NULL;

  if (word == NULL)
    return TRUE;
  key = enigm_cli_choose_key (cli, word, error);
  if (key == NULL)
    return FALSE;
  if (!enigm_key_allows (key, ENIGM_KEY_ACTION_REPLACE))
    {
      g_set_error (
        error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED,
        _ ("“%s” cannot be replaced in the state it is in. Nothing was changed. Pair the "
           "new key by itself."),
        enigm_key_get_name (key));
      return FALSE;
    }
  enigm_pairing_set_replaces (pairing, enigm_key_get_binding (key));
  return TRUE;
}

/**
 * enigm_cli_pair:
 * @cli: a run of `pair`
 */
void
enigm_cli_pair (EnigmCli *cli)
{
  EnigmAccount *account = enigm_cli_get_account (cli);
  gsize size;
  const guint8 *typed = enigm_secret_peek (enigm_cli_get_secret (cli, "code"), &size);
  g_autofree char *text = g_strndup ((const char *) typed, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmSetupCode) code = enigm_setup_code_new_parse (text, &error);
  g_autoptr (EnigmRadio) radio = NULL;
  EnigmPairing *pairing;

  memset (text, 0, size);
  if (code == NULL)
    {
      g_autoptr (GError) sentence =
        g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_CODE_MISTYPED,
                             _ ("There is a slip in the setup code. Nothing was sent. Compare it "
                                "with the code inside the "
                                "lid and try again."));

      enigm_cli_fail (cli, sentence);
      return;
    }
  radio = enigm_radio_new (NULL);
  pairing = enigm_pairing_new (radio, enigm_account_get_platform (account),
                               enigm_account_get_keyring (account),
                               enigm_account_get_computer_id (account));
  g_object_set_data_full (G_OBJECT (cli), "pairing", pairing, g_object_unref);
  if (!choose_replaced (cli, pairing, &error))
    {
      enigm_cli_fail (cli, error);
      return;
    }
  g_signal_connect (enigm_pairing_get_steps (pairing), "changed", G_CALLBACK (on_step_changed),
                    cli);
  enigm_account_set_pairing_unfinished (account, TRUE);
  enigm_pairing_run_async (pairing, code, NULL, enigm_cli_get_cancellable (cli), on_paired,
                           g_object_ref (cli));
}
