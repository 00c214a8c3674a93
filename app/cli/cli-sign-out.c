/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"

static void
on_signed_out (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_account_sign_out_finish (ENIGM_ACCOUNT (object), result, &error))
    {
      enigm_cli_fail (cli, error);
      return;
    }
  enigm_cli_print (cli,
                   _ ("You are signed out, and nothing of your account is left on this computer. "
                      "Your keys go on working."));
  enigm_cli_print_json (cli, json_object_new ());
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

/**
 * enigm_cli_sign_out:
 * @cli: a run of `sign-out`
 */
void
enigm_cli_sign_out (EnigmCli *cli)
{
  enigm_account_sign_out_async (enigm_cli_get_account (cli),
                                enigm_cli_get_flag (cli, "even-offline"),
                                enigm_cli_get_cancellable (cli), on_signed_out, g_object_ref (cli));
}
