/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"

/**
 * enigm_cli_account:
 * @cli: a run of `account`
 */
void
enigm_cli_account (EnigmCli *cli)
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
