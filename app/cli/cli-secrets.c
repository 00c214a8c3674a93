/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"
#include "enigm-secrets.h"

/* change-password and change-pin. */

static void
end (EnigmCli *cli, const char *what, const char *sentence)
{
  JsonObject *answer = json_object_new ();

  enigm_cli_print (cli, "%s", sentence);
  json_object_set_string_member (answer, "changed", what);
  enigm_cli_print_json (cli, answer);
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

static void
on_password_changed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;

  if (enigm_account_change_password_finish (ENIGM_ACCOUNT (object), result, &error))
    end (cli, "password",
         _ ("Your password is changed. Computers that are signed in stay so; enigmctl "
            "close-computers closes the others."));
  else
    enigm_cli_fail (cli, error);
}

static void
on_pin_changed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;

  if (enigm_account_change_pin_finish (ENIGM_ACCOUNT (object), result, &error))
    end (cli, "pin", _ ("Your PIN is changed."));
  else
    enigm_cli_fail (cli, error);
}

/**
 * enigm_cli_change_password:
 * @cli: a run of `change-password`
 */
void
enigm_cli_change_password (EnigmCli *cli)
{
  enigm_account_change_password_async (
    enigm_cli_get_account (cli), enigm_cli_get_secret (cli, "password"),
    enigm_cli_get_secret (cli, "new-password"), enigm_cli_get_cancellable (cli),
    on_password_changed, g_object_ref (cli));
}

/**
 * enigm_cli_change_pin:
 * @cli: a run of `change-pin`
 */
void
enigm_cli_change_pin (EnigmCli *cli)
{
  enigm_account_change_pin_async (
    enigm_cli_get_account (cli), enigm_cli_get_secret (cli, "password"),
    enigm_cli_get_secret (cli, "new-pin"), enigm_cli_get_cancellable (cli), on_pin_changed,
    g_object_ref (cli));
}
