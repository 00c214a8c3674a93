/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"

static void
on_renamed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_account_rename_key_finish (ENIGM_ACCOUNT (object), result, &error))
    {
      enigm_cli_fail (cli, error);
      return;
    }
  enigm_cli_print (cli, _ ("The key has its new name. Only this computer knows it."));
  enigm_cli_print_json (cli, json_object_new ());
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

/**
 * enigm_cli_rename_check:
 * @cli: a run of `rename`
 *
 * Returns: whether its words will do
 */
gboolean
enigm_cli_rename_check (EnigmCli *cli)
{
  return enigm_cli_check_words (cli, 2, 2, "rename KEY NAME");
}

/**
 * enigm_cli_rename:
 * @cli: a run of `rename`
 */
void
enigm_cli_rename (EnigmCli *cli)
{
  const char *const *words = enigm_cli_get_words (cli);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmKey) key = enigm_cli_choose_key (cli, words[0], &error);

  if (key == NULL)
    enigm_cli_fail (cli, error);
  else
    enigm_account_rename_key_async (enigm_cli_get_account (cli), key, words[1],
                                    enigm_cli_get_cancellable (cli), on_renamed,
                                    g_object_ref (cli));
}
