/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"
#include "enigm-error.h"

/* `sign-in` and `sign-up` differ in one call: both say which platform, and how it is trusted. */

static void
on_signed_in (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  EnigmAccount *account = ENIGM_ACCOUNT (object);
  const gboolean up = enigm_cli_get_secret (cli, "pin") != NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *answer;

  if (!(up ? enigm_account_sign_up_finish (account, result, &error)
           : enigm_account_sign_in_finish (account, result, &error)))
    {
      enigm_cli_fail (cli, error);
      return;
    }
  enigm_cli_print (cli, _ ("You are signed in as %s at %s. Your contact ID is %s."),
                   enigm_account_get_user (account), enigm_account_get_origin (account),
                   enigm_account_get_contact_id (account));
  answer = json_object_new ();
  json_object_set_string_member (answer, "user", enigm_account_get_user (account));
  json_object_set_string_member (answer, "platform", enigm_account_get_origin (account));
  json_object_set_string_member (answer, "contact_id", enigm_account_get_contact_id (account));
  json_object_set_string_member (answer, "computer", enigm_account_get_computer_id (account));
  enigm_cli_print_json (cli, answer);
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

/* @said is NULL where nothing was said about that: then it is as it was, or else the system's. */
static void
begin (EnigmCli *cli, EnigmTrust *said)
{
  EnigmAccount *account = enigm_cli_get_account (cli);
  EnigmTrust *kept = NULL;
  g_autoptr (EnigmTrust) trust = NULL;
  const char *user = enigm_cli_get_option (cli, "user");
  const char *computer = enigm_cli_get_option (cli, "computer");
  EnigmSecret *password = enigm_cli_get_secret (cli, "password");
  EnigmSecret *pin = enigm_cli_get_secret (cli, "pin");
  g_autoptr (GError) error = NULL;
  g_autofree char *origin =
    enigm_platform_check_origin (enigm_cli_get_option (cli, "platform"), &error);

  if (origin != NULL)
    kept = enigm_account_get_kept_trust (account, origin);
  trust = said != NULL   ? g_object_ref (said)
          : kept != NULL ? g_object_ref (kept)
                         : enigm_trust_new_system ();
  if (origin == NULL || !enigm_account_check_user (user, &error) ||
      (pin != NULL && (!enigm_account_check_password (password, &error) ||
                       !enigm_account_check_pin (pin, &error))))
    enigm_cli_fail (cli, error);
  else if (pin != NULL)
    enigm_account_sign_up_async (account, origin, trust, user, password, pin, computer,
                                 enigm_cli_get_cancellable (cli), on_signed_in, g_object_ref (cli));
  else
    enigm_account_sign_in_async (account, origin, trust, user, password, computer,
                                 enigm_cli_get_cancellable (cli), on_signed_in, g_object_ref (cli));
}

static void
on_ca_loaded (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTrust) trust = NULL;
  g_autoptr (GBytes) pem = g_file_load_bytes_finish (G_FILE (object), result, NULL, &error);

  if (pem != NULL)
    trust = enigm_trust_new_ca (pem, &error);
  if (trust == NULL)
    enigm_cli_fail (cli, error);
  else
    begin (cli, trust);
}

/* Loads what the platform is trusted by, and signs in. */
static void
go_on (EnigmCli *cli)
{
  const char *ca = enigm_cli_get_option (cli, "ca");
  const char *pin = enigm_cli_get_option (cli, "pin-certificate");
  g_autoptr (EnigmTrust) trust = NULL;
  g_autoptr (GError) error = NULL;

  if (ca != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (ca);

      g_file_load_bytes_async (file, enigm_cli_get_cancellable (cli), on_ca_loaded,
                               g_object_ref (cli));
      return;
    }
  if (pin != NULL)
    trust = enigm_trust_new_pin_from_hex (pin, &error);
  else if (enigm_cli_get_flag (cli, "trust-system"))
    trust = enigm_trust_new_system ();
  if (error != NULL)
    enigm_cli_fail (cli, error);
  else
    begin (cli, trust);
}

static void
on_asked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;

  /* Whatever it answered, signing in knows what to do with the state that it left. */
  enigm_account_refresh_finish (ENIGM_ACCOUNT (object), result, NULL);
  go_on (cli);
}

/**
 * enigm_cli_sign_in:
 * @cli: a run of `sign-in` or `sign-up`
 */
void
enigm_cli_sign_in (EnigmCli *cli)
{
  const char *ca = enigm_cli_get_option (cli, "ca");
  const char *pin = enigm_cli_get_option (cli, "pin-certificate");
  EnigmAccount *account = enigm_cli_get_account (cli);

  if (enigm_cli_get_option (cli, "platform") == NULL || enigm_cli_get_option (cli, "user") == NULL)
    {
      enigm_cli_fail_usage (cli,
                            _ ("Say which platform and user: --platform=https://… --user=NAME."));
      return;
    }
  if ((ca != NULL) + (pin != NULL) + enigm_cli_get_flag (cli, "trust-system") > 1)
    {
      enigm_cli_fail_usage (
        cli, _ ("Trust the platform in one way: --ca, --pin-certificate or --trust-system."));
      return;
    }
  /* A computer that was closed from another one may not have heard of it. */
  if (enigm_account_get_state (account) == ENIGM_ACCOUNT_STATE_SIGNED_IN)
    enigm_account_refresh_async (account, enigm_cli_get_cancellable (cli), on_asked,
                                 g_object_ref (cli));
  else
    go_on (cli);
}
