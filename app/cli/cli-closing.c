/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"
#include "enigm-closing.h"

/* revoke-all and delete-account: each is asked once, in plain words, and takes the PIN. */

static gboolean
check_confirmed (EnigmCli *cli, const char *question)
{
  if (!enigm_cli_check_none (cli))
    return FALSE;
  if (enigm_cli_get_flag (cli, "yes"))
    return TRUE;
  enigm_cli_fail_usage (cli, "%s", question);
  return FALSE;
}

/**
 * enigm_cli_revoke_all_check:
 * @cli: a run of `revoke-all`
 *
 * Returns: whether its options will do
 */
gboolean
enigm_cli_revoke_all_check (EnigmCli *cli)
{
  static const char *const reasons[] = { "lost", "stolen", "retired", "replaced", NULL };
  const char *reason = enigm_cli_get_option (cli, "reason");

  if (reason != NULL && !g_strv_contains (reasons, reason))
    {
      enigm_cli_fail_usage (cli, _ ("A reason is lost, stolen, retired or replaced."));
      return FALSE;
    }
  return check_confirmed (
    cli, _ ("This stops every key of yours at once, wherever it is. Alerts already sent stay with "
            "your contacts. It cannot be undone; keys can be paired again later. Nothing was "
            "changed. To do it, add --yes."));
}

static void
on_revoked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;
  JsonObject *answer;
  guint n;

  if (!enigm_account_revoke_all_finish (ENIGM_ACCOUNT (object), result, &n, &error))
    {
      enigm_cli_fail (cli, error);
      return;
    }
  enigm_cli_print (cli,
                   g_dngettext (GETTEXT_PACKAGE, "%u key is revoked. It cannot raise an alert.",
                                "%u keys are revoked. None of them can raise an alert.", n),
                   n);
  answer = json_object_new ();
  json_object_set_int_member (answer, "revoked", n);
  enigm_cli_print_json (cli, answer);
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

/**
 * enigm_cli_revoke_all:
 * @cli: a run of `revoke-all`
 */
void
enigm_cli_revoke_all (EnigmCli *cli)
{
  const char *reason = enigm_cli_get_option (cli, "reason");

  enigm_account_revoke_all_async (enigm_cli_get_account (cli), reason != NULL ? reason : "lost",
                                  enigm_cli_get_secret (cli, "pin"),
                                  enigm_cli_get_cancellable (cli), on_revoked, g_object_ref (cli));
}

/**
 * enigm_cli_delete_account_check:
 * @cli: a run of `delete-account`
 *
 * Returns: whether its options will do
 */
gboolean
enigm_cli_delete_account_check (EnigmCli *cli)
{
  return check_confirmed (
    cli, _ ("This deletes your account with everything: contacts, alerts and every sign-in. Your "
            "keys stop working and are set free; nobody is told when they are pressed. It cannot "
            "be undone. Nothing was changed. To do it, add --yes."));
}

static void
on_deleted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;
  JsonObject *answer;

  if (!enigm_account_delete_finish (ENIGM_ACCOUNT (object), result, &error))
    {
      enigm_cli_fail (cli, error);
      return;
    }
  enigm_cli_print (cli, _ ("Your account is deleted, at the platform and on this computer. Your "
                           "keys belong to nobody."));
  answer = json_object_new ();
  json_object_set_boolean_member (answer, "deleted", TRUE);
  enigm_cli_print_json (cli, answer);
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

/**
 * enigm_cli_delete_account:
 * @cli: a run of `delete-account`
 */
void
enigm_cli_delete_account (EnigmCli *cli)
{
  enigm_account_delete_async (enigm_cli_get_account (cli), enigm_cli_get_secret (cli, "pin"),
                              enigm_cli_get_cancellable (cli), on_deleted, g_object_ref (cli));
}
