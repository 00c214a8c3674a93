/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"
#include "enigm-closing.h"

static void
show (EnigmCli *cli)
{
  EnigmAccount *account = enigm_cli_get_account (cli);
  EnigmTrust *trust = enigm_platform_get_trust (enigm_account_get_platform (account));
  g_autofree char *trusted = enigm_trust_describe (trust);
  JsonObject *answer = json_object_new ();

  enigm_cli_print (cli, _ ("User name: %s"), enigm_account_get_user (account));
  enigm_cli_print (cli, _ ("Contact ID: %s"), enigm_account_get_contact_id (account));
  enigm_cli_print (cli, _ ("Platform: %s"), enigm_account_get_origin (account));
  enigm_cli_print (cli, _ ("Trusted: %s"), trusted);
  json_object_set_string_member (answer, "user", enigm_account_get_user (account));
  json_object_set_string_member (answer, "contact_id", enigm_account_get_contact_id (account));
  json_object_set_string_member (answer, "origin", enigm_account_get_origin (account));
  json_object_set_string_member (answer, "computer", enigm_account_get_computer_id (account));
  json_object_set_string_member (answer, "trust", trusted);
  enigm_cli_print_json (cli, answer);
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

static void
on_exported (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = enigm_account_export_finish (ENIGM_ACCOUNT (object), result, &error);
  g_autoptr (JsonNode) node = NULL;

  if (text == NULL)
    {
      enigm_cli_fail (cli, error);
      return;
    }
  /* It is JSON either way: indented for a person, on one line for a script. */
  enigm_cli_print (cli, "%s", text);
  node = json_from_string (text, NULL);
  enigm_cli_print_json (cli, json_node_dup_object (node));
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

/**
 * enigm_cli_account_check:
 * @cli: a run of `account`
 *
 * Returns: whether its words will do
 */
gboolean
enigm_cli_account_check (EnigmCli *cli)
{
  const char *word = enigm_cli_get_words (cli)[0];

  if (!enigm_cli_check_words (cli, 0, 1, "account [show | export]"))
    return FALSE;
  if (word == NULL || g_str_equal (word, "show") || g_str_equal (word, "export"))
    return TRUE;
  enigm_cli_fail_usage (cli, _ ("“account” does not know “%s”."), word);
  return FALSE;
}

/**
 * enigm_cli_account:
 * @cli: a run of `account`
 */
void
enigm_cli_account (EnigmCli *cli)
{
  if (g_strcmp0 (enigm_cli_get_words (cli)[0], "export") == 0)
    enigm_account_export_async (enigm_cli_get_account (cli), enigm_cli_get_cancellable (cli),
                                on_exported, g_object_ref (cli));
  else
    show (cli);
}
