/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-cli-verbs.h"
#include "enigm-readiness.h"

static int
exit_for_verdict (EnigmReadiness *readiness)
{
  const EnigmReadinessVerdict verdict = enigm_readiness_get_verdict (readiness);

  if (enigm_readiness_is_ready (readiness))
    return ENIGM_CLI_OK;
  if (verdict == ENIGM_READINESS_UNKNOWN || verdict == ENIGM_READINESS_AWAY ||
      verdict == ENIGM_READINESS_CERTIFICATE)
    return ENIGM_CLI_NOT_KNOWN;
  return ENIGM_CLI_NOT_READY;
}

/* A line for what it is and how old that is, and lines for how it is known and what to do. */
static void
print_row (EnigmCli *cli, EnigmReadinessRow *row)
{
  static const char *const marks[] = { "✓", "~", "✗", "?" };
  const char *mark = marks[enigm_readiness_row_get_level (row)];
  const char *what = enigm_readiness_row_get_what (row);
  const char *remedy = enigm_readiness_row_get_remedy (row);
  const gint64 age = enigm_readiness_row_get_age (row);
  g_autofree char *basis = enigm_readiness_row_describe_basis (row);
  g_auto (GStrv) lines = g_strsplit (basis, "\n", -1);

  if (age >= 0)
    {
      g_autofree char *words = enigm_describe_age (0, age);

      enigm_cli_print (cli, "%s %s, %s", mark, what, words);
    }
  else
    enigm_cli_print (cli, "%s %s", mark, what);
  for (guint i = 0; lines[i] != NULL; i++)
    enigm_cli_print (cli, "  %s", lines[i]);
  if (*remedy != '\0')
    enigm_cli_print (cli, "  %s", remedy);
}

static void
print_rows (EnigmCli *cli, GListModel *rows, JsonArray *array)
{
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (EnigmReadinessRow) row = g_list_model_get_item (rows, i);
      const EnigmReadinessLevel level = enigm_readiness_row_get_level (row);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "id", enigm_readiness_row_get_id (row));
      json_object_set_string_member (object, "level", enigm_readiness_level_to_string (level));
      json_object_set_string_member (object, "what", enigm_readiness_row_get_what (row));
      json_object_set_string_member (object, "how", enigm_readiness_row_get_how (row));
      json_object_set_int_member (object, "age", enigm_readiness_row_get_age (row));
      json_object_set_int_member (object, "counts_for", enigm_readiness_row_get_limit (row));
      json_object_set_string_member (object, "remedy", enigm_readiness_row_get_remedy (row));
      json_array_add_object_element (array, object);
      print_row (cli, row);
    }
}

static void
print_status (EnigmCli *cli)
{
  EnigmAccount *account = enigm_cli_get_account (cli);
  g_autoptr (EnigmReadiness) readiness =
    enigm_readiness_new (account, g_get_real_time () / G_USEC_PER_SEC);
  const int code = exit_for_verdict (readiness);
  JsonObject *answer = json_object_new ();
  JsonArray *rows = json_array_new ();

  enigm_cli_print (cli, "%s", enigm_readiness_get_sentence (readiness));
  print_rows (cli, enigm_readiness_get_rows (readiness), rows);
  json_object_set_boolean_member (answer, "ready", code == ENIGM_CLI_OK);
  json_object_set_boolean_member (answer, "known", code != ENIGM_CLI_NOT_KNOWN);
  json_object_set_string_member (
    answer, "verdict", enigm_readiness_verdict_to_string (enigm_readiness_get_verdict (readiness)));
  json_object_set_string_member (answer, "sentence", enigm_readiness_get_sentence (readiness));
  json_object_set_array_member (answer, "evidence", rows);
  enigm_cli_print_json (cli, answer);
  enigm_cli_end (cli, code);
}

static void
on_refreshed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmCli) cli = user_data;

  /* That the platform does not answer is a part of the status. */
  enigm_account_refresh_finish (ENIGM_ACCOUNT (object), result, NULL);
  print_status (cli);
}

/**
 * enigm_cli_status:
 * @cli: a run of `status`
 */
void
enigm_cli_status (EnigmCli *cli)
{
  EnigmAccount *account = enigm_cli_get_account (cli);

  if (enigm_account_get_state (account) == ENIGM_ACCOUNT_STATE_SIGNED_IN)
    enigm_account_refresh_async (account, enigm_cli_get_cancellable (cli), on_refreshed,
                                 g_object_ref (cli));
  else
    print_status (cli);
}
