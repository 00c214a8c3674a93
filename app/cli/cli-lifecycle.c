/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"

/* lost, found, revoke, retire and release: what takes a key's power away, and gives it back. */

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
  else if (g_str_equal (change->to, "retired"))
    enigm_cli_print (change->cli, _ ("The key is retired and belongs to nobody. It cannot raise an "
                                     "alert."));
  else if (g_str_equal (change->to, "released"))
    enigm_cli_print (change->cli, _ ("The key is released. Anybody who has it and its setup code "
                                     "can pair it."));
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
 * enigm_cli_lost_check:
 * @cli: a run of `lost` or `found`
 *
 * Returns: whether its words will do
 */
gboolean
enigm_cli_lost_check (EnigmCli *cli)
{
  g_autofree char *usage = g_strdup_printf ("%s [KEY]", enigm_cli_get_name (cli));

  return enigm_cli_check_words (cli, 0, 1, usage);
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

/* What ends a key cannot be undone, so it is asked once. */
typedef struct
{
  const char *verb;
  const char *to;
  const char *usage;
  const char *question;
} Ending;

static const Ending endings[] = {
  { "revoke", "revoked", "revoke KEY [--reason=lost|stolen|retired|replaced] --yes",
    N_ ("Revoking stops the key at once, wherever it is. Alerts already sent stay with your "
        "contacts. This cannot be undone; the key can be paired again later if you find it. "
        "Nothing was changed. To do it, add --yes.") },
  { "retire", "retired", "retire KEY --yes",
    N_ ("Retiring ends the key and sets it free. Alerts already sent stay with your contacts. This "
        "cannot be undone; the key can be paired again. Nothing was changed. To do it, add "
        "--yes.") },
  { "release", "released", "release KEY --yes",
    N_ ("Releasing lets anybody pair the key who has it and its setup code. This cannot be undone. "
        "Nothing was changed. To do it, add --yes.") },
};

static const Ending *
find_ending (EnigmCli *cli)
{
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_equal (endings[i].verb, enigm_cli_get_name (cli)))
      return &endings[i];
  g_assert_not_reached ();
}

/**
 * enigm_cli_end_key_check:
 * @cli: a run of `revoke`, `retire` or `release`
 *
 * Without `--yes` nothing happens but a sentence on what it would do.
 *
 * Returns: whether its words and options will do
 */
gboolean
enigm_cli_end_key_check (EnigmCli *cli)
{
  static const char *const reasons[] = { "lost", "stolen", "retired", "replaced", NULL };
  const Ending *ending = find_ending (cli);
  const char *reason = enigm_cli_get_option (cli, "reason");

  if (!enigm_cli_check_words (cli, 1, 1, ending->usage))
    return FALSE;
  if (reason != NULL && !g_strv_contains (reasons, reason))
    enigm_cli_fail_usage (cli, _ ("A reason is lost, stolen, retired or replaced."));
  else if (!enigm_cli_get_flag (cli, "yes"))
    enigm_cli_fail_usage (cli, "%s", _ (ending->question));
  else
    return TRUE;
  return FALSE;
}

/**
 * enigm_cli_end_key:
 * @cli: a run of `revoke`, `retire` or `release`
 */
void
enigm_cli_end_key (EnigmCli *cli)
{
  change_state (cli, find_ending (cli)->to, enigm_cli_get_option (cli, "reason"));
}
