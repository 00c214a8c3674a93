/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-cli-verbs.h"

#include <glib/gi18n-lib.h>

/* In the order in which a person meets them. */
static const EnigmCliVerb verbs[] = {
  { "sign-up",
    "--platform=https://… --user=NAME",
    N_ ("make an account and sign this computer in"),
    ENIGM_CLI_NEEDS_NOTHING,
    { "password", "pin" },
    { "platform=", "user=", "ca=", "pin-certificate=", "trust-system", "computer=" },
    enigm_cli_check_none,
    enigm_cli_sign_in },
  { "sign-in",
    "--platform=https://… --user=NAME",
    N_ ("sign this computer in to an account"),
    ENIGM_CLI_NEEDS_NOTHING,
    { "password" },
    { "platform=", "user=", "ca=", "pin-certificate=", "trust-system", "computer=" },
    enigm_cli_check_none,
    enigm_cli_sign_in },
  { "scan",
    "",
    N_ ("list the keys on the air"),
    ENIGM_CLI_NEEDS_NOTHING,
    {},
    { "seconds=" },
    enigm_cli_check_none,
    enigm_cli_scan },
  { "pair",
    "",
    N_ ("pair a key"),
    ENIGM_CLI_NEEDS_ACCOUNT,
    { "code" },
    { "replace=" },
    enigm_cli_pair_check,
    enigm_cli_pair },
  { "keys",
    "",
    N_ ("list your keys"),
    ENIGM_CLI_NEEDS_LISTS,
    {},
    {},
    enigm_cli_check_none,
    enigm_cli_keys },
  { "rename",
    "KEY NAME",
    N_ ("give a key a name that only this computer knows"),
    ENIGM_CLI_NEEDS_LISTS,
    {},
    {},
    enigm_cli_rename_check,
    enigm_cli_rename },
  { "contacts",
    "[list | add ID | remove ID | replace ID NEW-ID | move ID up |\n"
    "               label ID WORDS | note ID WORDS | keep-mine | keep-theirs | merge |\n"
    "               invitations | accept ID | decline ID | leave ID]",
    N_ ("see and choose who is told"),
    ENIGM_CLI_NEEDS_LISTS,
    {},
    { "label=" },
    enigm_cli_contacts_check,
    enigm_cli_contacts },
  { "invitations",
    "[list | accept ID | decline ID | leave ID]",
    N_ ("answer who asks to tell you"),
    ENIGM_CLI_NEEDS_LISTS,
    {},
    {},
    enigm_cli_invitations_check,
    enigm_cli_invitations },
  { "status",
    "",
    N_ ("would it work right now?"),
    ENIGM_CLI_NEEDS_NOTHING,
    {},
    {},
    enigm_cli_check_none,
    enigm_cli_status },
  { "drill",
    "[KEY]",
    N_ ("try a key, the whole way to the contacts"),
    ENIGM_CLI_NEEDS_NEWS,
    {},
    { "no-wait" },
    enigm_cli_drill_check,
    enigm_cli_drill },
  { "alerts",
    "[list | watch | show ID | seen ID | end ID | delete ID | export [ID]]",
    N_ ("see alerts, and say that you have"),
    ENIGM_CLI_NEEDS_LISTS,
    {},
    {},
    enigm_cli_alerts_check,
    enigm_cli_alerts },
  { "lost",
    "[KEY]",
    N_ ("refuse a key's presses"),
    ENIGM_CLI_NEEDS_NEWS,
    {},
    {},
    enigm_cli_lost_check,
    enigm_cli_lost },
  { "found",
    "[KEY]",
    N_ ("take “lost” back"),
    ENIGM_CLI_NEEDS_NEWS,
    {},
    {},
    enigm_cli_lost_check,
    enigm_cli_found },
  { "revoke",
    "KEY",
    N_ ("end a key for good, at once, wherever it is"),
    ENIGM_CLI_NEEDS_LISTS,
    {},
    { "reason=", "yes" },
    enigm_cli_end_key_check,
    enigm_cli_end_key },
  { "retire",
    "KEY",
    N_ ("end a key that is at hand, and set it free"),
    ENIGM_CLI_NEEDS_NEWS,
    {},
    { "yes" },
    enigm_cli_end_key_check,
    enigm_cli_end_key },
  { "release",
    "KEY",
    N_ ("set a key that has ended free, for anybody to pair"),
    ENIGM_CLI_NEEDS_NEWS,
    {},
    { "yes" },
    enigm_cli_end_key_check,
    enigm_cli_end_key },
  { "revoke-all",
    "",
    N_ ("end every key of yours at once"),
    ENIGM_CLI_NEEDS_ACCOUNT,
    { "pin" },
    { "reason=", "yes" },
    enigm_cli_revoke_all_check,
    enigm_cli_revoke_all },
  { "account",
    "[show | export]",
    N_ ("who you are, and at which platform; and all it knows of you, as JSON"),
    ENIGM_CLI_NEEDS_ACCOUNT,
    {},
    {},
    enigm_cli_account_check,
    enigm_cli_account },
  { "change-password",
    "",
    N_ ("choose another password"),
    ENIGM_CLI_NEEDS_ACCOUNT,
    { "password", "new-password" },
    {},
    enigm_cli_check_none,
    enigm_cli_change_password },
  { "change-pin",
    "",
    N_ ("choose another PIN"),
    ENIGM_CLI_NEEDS_ACCOUNT,
    { "password", "new-pin" },
    {},
    enigm_cli_check_none,
    enigm_cli_change_pin },
  { "computers",
    "[list | close ID]",
    N_ ("see and close the computers that are signed in"),
    ENIGM_CLI_NEEDS_ACCOUNT,
    {},
    {},
    enigm_cli_computers_check,
    enigm_cli_computers },
  { "close-computers",
    "",
    N_ ("close every computer but this one"),
    ENIGM_CLI_NEEDS_ACCOUNT,
    { "pin" },
    {},
    enigm_cli_check_none,
    enigm_cli_close_computers },
  { "delete-account",
    "",
    N_ ("delete your account with everything, for ever"),
    ENIGM_CLI_NEEDS_ACCOUNT,
    { "pin" },
    { "yes" },
    enigm_cli_delete_account_check,
    enigm_cli_delete_account },
  { "sign-out",
    "",
    N_ ("sign this computer out and leave nothing on it"),
    ENIGM_CLI_NEEDS_NOTHING,
    {},
    { "even-offline" },
    enigm_cli_check_none,
    enigm_cli_sign_out },
};

/**
 * enigm_cli_verb_find:
 *
 * Returns: (transfer none) (nullable): the verb called @name
 */
const EnigmCliVerb *
enigm_cli_verb_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_strcmp0 (verbs[i].name, name) == 0)
      return &verbs[i];
  return NULL;
}

static void
list_options (GString *list, const EnigmCliVerb *verb)
{
  for (gsize i = 0; i < ENIGM_CLI_MAX_OPTIONS && verb->options[i] != NULL; i++)
    g_string_append_printf (list, " [--%s%s]", verb->options[i],
                            g_str_has_suffix (verb->options[i], "=") ? "…" : "");
  for (gsize i = 0; i < ENIGM_CLI_MAX_SECRETS && verb->secrets[i] != NULL; i++)
    g_string_append_printf (list, " [--%s-fd=N]", verb->secrets[i]);
}

/**
 * enigm_cli_verb_list:
 *
 * Returns: (transfer full): the help's list of verbs
 */
char *
enigm_cli_verb_list (void)
{
  GString *list = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      g_string_append_printf (list, "  %-12s %s\n", verbs[i].name, _ (verbs[i].summary));
      if (verbs[i].words[0] != '\0' || verbs[i].options[0] != NULL || verbs[i].secrets[0] != NULL)
        {
          g_string_append_printf (list, "               %s", verbs[i].words);
          list_options (list, &verbs[i]);
          g_string_append_c (list, '\n');
        }
    }
  return g_string_free (list, FALSE);
}
