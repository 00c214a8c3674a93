/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"

/* lost, found and revoke: what takes a key's power away, and gives it back. */

typedef struct
{
  EnigmCli *cli;
  EnigmKey *key;
  const char *to;
} Change;

static void
change_free (Change *change)
{
  g_object_unref (change->cli);
  g_object_unref (change->key);
  g_free (change);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Change, change_free)

static void
on_changed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Change) change = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_account_set_key_state_finish (ENIGM_ACCOUNT (object), result, &error))
    {
      enigm_cli_fail (change->cli, error);
      return;
    }
  enigm_cli_print_json (change->cli, enigm_cli_key_to_json (change->key));
  if (enigm_key_get_waiting_to_revoke (change->key))
    {
      enigm_cli_print (change->cli,
                       _ ("Revoking waits for the network. Until it is sent, the key still works. "
                          "It is sent before anything else, by the next enigmctl status too."));
      enigm_cli_end (change->cli, ENIGM_CLI_AWAY);
      return;
    }
  if (g_str_equal (change->to, "lost"))
    enigm_cli_print (change->cli, _ ("The key is marked as lost. Its presses are refused. If you "
                                     "find it, say so with enigmctl found."));
  else if (g_str_equal (change->to, "found"))
    enigm_cli_print (change->cli, _ ("The key is found."));
  else
    enigm_cli_print (change->cli, _ ("The key is revoked. It stopped working at once, wherever it "
                                     "is. Alerts already sent stay with your contacts."));
  enigm_cli_end (change->cli, ENIGM_CLI_OK);
}

static void
change_state (EnigmCli *cli, const char *to, const char *reason)
{
  const char *const *words = enigm_cli_get_words (cli);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmKey) key = NULL;
  Change *change;

  if (words[0] != NULL && words[1] != NULL)
    {
      enigm_cli_fail_usage (cli, _ ("This takes one key at a time."));
      return;
    }
  key = enigm_cli_choose_key (cli, words[0], &error);
  if (key == NULL)
    {
      enigm_cli_fail (cli, error);
      return;
    }
  change = g_new (Change, 1);
  change->cli = g_object_ref (cli);
  change->key = g_steal_pointer (&key);
  change->to = to;
  enigm_account_set_key_state_async (enigm_cli_get_account (cli), change->key, to, reason,
                                     enigm_cli_get_cancellable (cli), on_changed, change);
}

/**
 * enigm_cli_lost:
 * @cli: a run of `lost`
 */
void
enigm_cli_lost (EnigmCli *cli)
{
  change_state (cli, "lost", NULL);
}

/**
 * enigm_cli_found:
 * @cli: a run of `found`
 */
void
enigm_cli_found (EnigmCli *cli)
{
  change_state (cli, "found", NULL);
}

/**
 * enigm_cli_revoke:
 * @cli: a run of `revoke`
 *
 * Asks once: without `--yes` nothing happens but a sentence on what it would do.
 */
void
enigm_cli_revoke (EnigmCli *cli)
{
  static const char *const reasons[] = { "lost", "stolen", "retired", "replaced", NULL };
  const char *reason = enigm_cli_get_option (cli, "reason");

  if (reason != NULL && !g_strv_contains (reasons, reason))
    enigm_cli_fail_usage (cli, _ ("A reason is lost, stolen, retired or replaced."));
  else if (!enigm_cli_get_flag (cli, "yes"))
    enigm_cli_fail_usage (
      cli, _ ("Revoking stops the key at once, wherever it is. Alerts already sent "
              "stay with your contacts. This cannot be undone; the key can be paired "
              "again later if you find it. Nothing was changed. To do it, add "
              "--yes."));
  else
    change_state (cli, "revoked", reason);
}
