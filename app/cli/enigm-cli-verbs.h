/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-cli.h"

G_BEGIN_DECLS

#define ENIGM_CLI_MAX_SECRETS 2
#define ENIGM_CLI_MAX_OPTIONS 8

/**
 * EnigmCliNeeds:
 * @ENIGM_CLI_NEEDS_NOTHING: works without an account
 * @ENIGM_CLI_NEEDS_ACCOUNT: somebody is signed in
 * @ENIGM_CLI_NEEDS_LISTS: and the platform was asked; what was known will do if it is away
 * @ENIGM_CLI_NEEDS_NEWS: and the platform was asked how things stand now
 *
 * What is made ready before a verb runs.
 */
typedef enum
{
  ENIGM_CLI_NEEDS_NOTHING,
  ENIGM_CLI_NEEDS_ACCOUNT,
  ENIGM_CLI_NEEDS_LISTS,
  ENIGM_CLI_NEEDS_NEWS,
} EnigmCliNeeds;

/**
 * EnigmCliVerb:
 * @name: what is typed
 * @words: what follows it, for the help
 * @summary: one line for the help
 * @needs: what is made ready first
 * @secrets: names of what is asked on the terminal or read from `--NAME-fd`
 * @options: names of its options; one that ends in `=` takes a value
 * @check: looks at words and options before anything else is done; ends the run with
 *   enigm_cli_fail_usage() if they will not do
 * @run: begins it; it ends with enigm_cli_end() or enigm_cli_fail()
 *
 * One verb of `enigmctl`.
 */
struct _EnigmCliVerb
{
  const char *name;
  const char *words;
  const char *summary;
  EnigmCliNeeds needs;
  const char *secrets[ENIGM_CLI_MAX_SECRETS];
  const char *options[ENIGM_CLI_MAX_OPTIONS];
  gboolean (*check) (EnigmCli *cli);
  void (*run) (EnigmCli *cli);
};

const EnigmCliVerb *enigm_cli_verb_find (const char *name);
char *enigm_cli_verb_list (void);

gboolean enigm_cli_account_check (EnigmCli *cli);
gboolean enigm_cli_alerts_check (EnigmCli *cli);
gboolean enigm_cli_computers_check (EnigmCli *cli);
gboolean enigm_cli_contacts_check (EnigmCli *cli);
gboolean enigm_cli_delete_account_check (EnigmCli *cli);
gboolean enigm_cli_drill_check (EnigmCli *cli);
gboolean enigm_cli_end_key_check (EnigmCli *cli);
gboolean enigm_cli_invitations_check (EnigmCli *cli);
gboolean enigm_cli_lost_check (EnigmCli *cli);
gboolean enigm_cli_pair_check (EnigmCli *cli);
gboolean enigm_cli_rename_check (EnigmCli *cli);
gboolean enigm_cli_revoke_all_check (EnigmCli *cli);

void enigm_cli_account (EnigmCli *cli);
void enigm_cli_alerts (EnigmCli *cli);
void enigm_cli_change_password (EnigmCli *cli);
void enigm_cli_change_pin (EnigmCli *cli);
void enigm_cli_close_computers (EnigmCli *cli);
void enigm_cli_computers (EnigmCli *cli);
void enigm_cli_contacts (EnigmCli *cli);
void enigm_cli_delete_account (EnigmCli *cli);
void enigm_cli_drill (EnigmCli *cli);
void enigm_cli_found (EnigmCli *cli);
void enigm_cli_invitations (EnigmCli *cli);
void enigm_cli_keys (EnigmCli *cli);
void enigm_cli_lost (EnigmCli *cli);
void enigm_cli_pair (EnigmCli *cli);
void enigm_cli_rename (EnigmCli *cli);
void enigm_cli_end_key (EnigmCli *cli);
void enigm_cli_revoke_all (EnigmCli *cli);
void enigm_cli_scan (EnigmCli *cli);
void enigm_cli_sign_in (EnigmCli *cli);
void enigm_cli_sign_out (EnigmCli *cli);
void enigm_cli_status (EnigmCli *cli);

/* Shared by several verbs. */
EnigmKey *enigm_cli_choose_key (EnigmCli *cli, const char *word, GError **error);
JsonObject *enigm_cli_key_to_json (EnigmKey *key);
gboolean enigm_cli_is_answer (const char *word);
char *enigm_cli_canonical_contact_id (const char *text);
void enigm_cli_print_invitations (EnigmCli *cli);
void enigm_cli_answer_invitation (EnigmCli *cli, const char *answer, const char *word);

G_END_DECLS
