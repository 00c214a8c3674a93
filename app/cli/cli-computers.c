/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-age.h"
#include "enigm-cli-verbs.h"
#include "enigm-computers.h"
#include "enigm-json.h"

static JsonObject *
computer_to_json (EnigmComputer *computer)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", enigm_computer_get_id (computer));
  json_object_set_string_member (object, "name", enigm_computer_get_name (computer));
  json_object_set_int_member (object, "since", enigm_computer_get_since (computer));
  json_object_set_int_member (object, "last_seen", enigm_computer_get_last_seen (computer));
  json_object_set_boolean_member (object, "this", enigm_computer_get_this (computer));
  return object;
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) computers =
    enigm_account_list_computers_finish (ENIGM_ACCOUNT (object), result, &error);
  JsonObject *answer;
  JsonArray *array;

  if (computers == NULL)
    {
      enigm_cli_fail (cli, error);
      return;
    }
  answer = json_object_new ();
  array = json_array_new ();
  for (guint i = 0; i < g_list_model_get_n_items (computers); i++)
    {
      g_autoptr (EnigmComputer) computer = g_list_model_get_item (computers, i);
      g_autofree char *age = enigm_describe_age (enigm_computer_get_last_seen (computer),
                                                 g_get_real_time () / G_USEC_PER_SEC);

      if (enigm_computer_get_this (computer))
        /* Translators: a computer's ID and name */
        enigm_cli_print (cli, _ ("%s  %s, this computer"), enigm_computer_get_id (computer),
                         enigm_computer_get_name (computer));
      else
        /* Translators: a computer's ID and name, and when it was seen, as “2 hours ago” */
        enigm_cli_print (cli, _ ("%s  %s, seen %s"), enigm_computer_get_id (computer),
                         enigm_computer_get_name (computer), age);
      json_array_add_object_element (array, computer_to_json (computer));
    }
  json_object_set_array_member (answer, "computers", array);
  enigm_cli_print_json (cli, answer);
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

static void
end (EnigmCli *cli, guint n)
{
  JsonObject *answer = json_object_new ();

  enigm_cli_print (cli,
                   g_dngettext (GETTEXT_PACKAGE, "%u computer is closed. It knows so at once.",
                                "%u computers are closed. They know so at once.", n),
                   n);
  json_object_set_int_member (answer, "closed", n);
  enigm_cli_print_json (cli, answer);
  enigm_cli_end (cli, ENIGM_CLI_OK);
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;

  if (enigm_account_close_computer_finish (ENIGM_ACCOUNT (object), result, &error))
    end (cli, 1);
  else
    enigm_cli_fail (cli, error);
}

static void
on_others_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;
  g_autoptr (GError) error = NULL;
  guint n;

  if (enigm_account_close_others_finish (ENIGM_ACCOUNT (object), result, &n, &error))
    end (cli, n);
  else
    enigm_cli_fail (cli, error);
}

/**
 * enigm_cli_computers_check:
 * @cli: a run of `computers`
 *
 * Returns: whether its words will do
 */
gboolean
enigm_cli_computers_check (EnigmCli *cli)
{
  const char *const *words = enigm_cli_get_words (cli);

  if (!enigm_cli_check_words (cli, 0, 2, "computers [list | close ID]"))
    return FALSE;
  if (words[0] == NULL || (g_str_equal (words[0], "list") && words[1] == NULL))
    return TRUE;
  if (g_str_equal (words[0], "close") && words[1] != NULL && enigm_is_hex (words[1], 32))
    return TRUE;
  enigm_cli_fail_usage (cli, _ ("Say which one: computers close ID, with an ID that enigmctl "
                                "computers lists."));
  return FALSE;
}

/**
 * enigm_cli_computers:
 * @cli: a run of `computers`
 */
void
enigm_cli_computers (EnigmCli *cli)
{
  const char *const *words = enigm_cli_get_words (cli);
  EnigmAccount *account = enigm_cli_get_account (cli);
  GCancellable *cancellable = enigm_cli_get_cancellable (cli);

  if (g_strcmp0 (words[0], "close") != 0)
    enigm_account_list_computers_async (account, cancellable, on_listed, g_object_ref (cli));
  else if (g_strcmp0 (words[1], enigm_account_get_computer_id (account)) == 0)
    enigm_cli_fail_usage (cli, _ ("This is this computer. To close it, use enigmctl sign-out."));
  else
    enigm_account_close_computer_async (account, words[1], cancellable, on_closed,
                                        g_object_ref (cli));
}

/**
 * enigm_cli_close_computers:
 * @cli: a run of `close-computers`
 */
void
enigm_cli_close_computers (EnigmCli *cli)
{
  enigm_account_close_others_async (enigm_cli_get_account (cli), enigm_cli_get_secret (cli, "pin"),
                                    enigm_cli_get_cancellable (cli), on_others_closed,
                                    g_object_ref (cli));
}
