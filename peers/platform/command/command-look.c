/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Events and the audit. */

#include "command-verbs.h"
#include "command-print.h"

gboolean
command_events (char **arguments, GError **error)
{
  if (command_options.dry_run)
    return command_misused (error, "each look at events is recorded; it cannot be tried out");
  return command_show ("/command/v1/events", "events", command_print_events, error);
}

gboolean
command_audit (char **arguments, GError **error)
{
  g_autoptr (CommandClient) client = command_client_open (command_options.session, error);
  g_autoptr (JsonObject) all = json_object_new ();
  JsonArray *records = json_array_new ();
  gint64 after = 0;
  guint got;

  json_object_set_array_member (all, "records", records);
  if (client == NULL)
    return FALSE;
  do
    {
      g_autofree char *path = g_strdup_printf ("/command/v1/audit/%" G_GINT64_FORMAT, after);
      g_autoptr (JsonObject) answer = command_client_call (client, "GET", path, NULL, error);
      JsonArray *part;

      if (answer == NULL)
        return FALSE;
      part = json_object_get_array_member (answer, "records");
      got = json_array_get_length (part);
      for (guint i = 0; i < got; i++)
        {
          JsonObject *record = json_array_get_object_element (part, i);

          after = json_object_get_int_member (record, "number");
          json_array_add_object_element (records, json_object_ref (record));
        }
    }
  while (got > 0);
  if (command_options.json)
    command_print_json (all);
  else
    command_print_records (records);
  return TRUE;
}

gboolean
command_verify (char **arguments, GError **error)
{
  g_autoptr (CommandClient) client = command_client_open (command_options.session, error);
  g_autoptr (JsonObject) answer = NULL;
  gint64 after = 0, records = 0;
  gboolean holds;

  if (client == NULL)
    return FALSE;
  do
    {
      g_autofree char *path = g_strdup_printf ("/command/v1/verification/%" G_GINT64_FORMAT, after);

      g_clear_pointer (&answer, json_object_unref);
      answer = command_client_call (client, "GET", path, NULL, error);
      if (answer == NULL)
        return FALSE;
      records += json_object_get_int_member (answer, "records");
      after = json_object_get_int_member_with_default (answer, "next", 0);
    }
  while (after > 0);
  json_object_remove_member (answer, "next");
  json_object_set_int_member (answer, "records", records);
  holds = json_object_get_boolean_member (answer, "holds");
  if (command_options.json)
    command_print_json (answer);
  else if (holds)
    g_print ("The audit holds: %" G_GINT64_FORMAT " records.\n", records);
  if (!holds)
    g_set_error_literal (error, COMMAND_ERROR,
                         command_options.json ? COMMAND_ERROR_SAID : COMMAND_ERROR_REFUSED,
                         json_object_get_string_member (answer, "where"));
  return holds;
}
