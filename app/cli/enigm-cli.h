/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmCliExit:
 * @ENIGM_CLI_OK: done
 * @ENIGM_CLI_FAILED: not done; the sentence says why
 * @ENIGM_CLI_USAGE: the command line is not understood
 * @ENIGM_CLI_SIGNED_OUT: nobody is signed in on this computer, or the platform closed it
 * @ENIGM_CLI_AWAY: the platform cannot be reached or is not trusted
 * @ENIGM_CLI_KEYRING: the keyring is locked or missing
 * @ENIGM_CLI_KEY: Bluetooth, or the key itself
 * @ENIGM_CLI_REFUSED: the platform refused
 * @ENIGM_CLI_NOT_READY: `status`: an alert would not work right now
 * @ENIGM_CLI_NOT_KNOWN: `status`: it is not known whether it would
 * @ENIGM_CLI_INTERRUPTED: ended by the person
 *
 * How a verb ends, as the shell sees it. `enigmctl --help` lists them.
 */
typedef enum
{
  ENIGM_CLI_OK = 0,
  ENIGM_CLI_FAILED = 1,
  ENIGM_CLI_USAGE = 2,
  ENIGM_CLI_SIGNED_OUT = 3,
  ENIGM_CLI_AWAY = 4,
  ENIGM_CLI_KEYRING = 5,
  ENIGM_CLI_KEY = 6,
  ENIGM_CLI_REFUSED = 7,
  ENIGM_CLI_NOT_READY = 10,
  ENIGM_CLI_NOT_KNOWN = 11,
  ENIGM_CLI_INTERRUPTED = 130,
} EnigmCliExit;

#define ENIGM_TYPE_CLI (enigm_cli_get_type ())
G_DECLARE_FINAL_TYPE (EnigmCli, enigm_cli, ENIGM, CLI, GObject)

typedef struct _EnigmCliVerb EnigmCliVerb;

EnigmCli *enigm_cli_new (EnigmAccount *account,
                         const char *const *argv,
                         GHashTable *secrets,
                         GOutputStream *out,
                         GOutputStream *err);
void enigm_cli_run_async (EnigmCli *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
void enigm_cli_refuse_async (EnigmCli *self,
                             const GError *error,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
int enigm_cli_run_finish (EnigmCli *self, GAsyncResult *result);
gboolean enigm_cli_wants_json (const char *const *argv);
JsonObject *enigm_cli_error_to_json (const char *message, int code);

/* For verbs */
const char *enigm_cli_get_name (EnigmCli *self);
EnigmAccount *enigm_cli_get_account (EnigmCli *self);
GCancellable *enigm_cli_get_cancellable (EnigmCli *self);
gboolean enigm_cli_get_json (EnigmCli *self);
EnigmSecret *enigm_cli_get_secret (EnigmCli *self, const char *name);
const char *enigm_cli_get_option (EnigmCli *self, const char *name);
gboolean enigm_cli_get_flag (EnigmCli *self, const char *name);
const char *const *enigm_cli_get_words (EnigmCli *self);
void enigm_cli_print (EnigmCli *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void enigm_cli_print_json (EnigmCli *self, JsonObject *object);
void enigm_cli_end (EnigmCli *self, int code);
void enigm_cli_fail (EnigmCli *self, const GError *error);
gboolean enigm_cli_check_none (EnigmCli *self);
gboolean enigm_cli_check_words (EnigmCli *self, guint least, guint most, const char *usage);
void enigm_cli_fail_usage (EnigmCli *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
