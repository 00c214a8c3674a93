/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-platform-program.h"

#include <json-glib/json-glib.h>

#include "app/protocol/enigm-text.h"

#include "enigm-platform-state.h"

static JsonNode *
entry_to_json (gint64 number, const EnigmAuditEntry *entry)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  g_autofree gchar *pseudonym = NULL;

  json_object_set_int_member (object, "number", number);
  if (entry != NULL)
    {
      json_object_set_int_member (object, "time", entry->time);
      if (entry->pseudonym != NULL)
        pseudonym = enigm_hex_encode (entry->pseudonym, ENIGM_PSEUDONYM_SIZE);
      if (pseudonym != NULL)
        json_object_set_string_member (object, "pseudonym", pseudonym);
      else
        json_object_set_null_member (object, "pseudonym");
      json_object_set_string_member (object, "what", entry->what);
      json_object_set_string_member (object, "detail", entry->detail);
    }
  json_node_take_object (node, object);
  return node;
}

static void
on_entry_listed (gint64 number, const EnigmAuditEntry *entry, gpointer user_data)
{
  const gboolean *json = user_data;
  g_autoptr (GDateTime) time = NULL;
  g_autofree gchar *text = NULL;
  g_autofree gchar *pseudonym = NULL;

  if (*json)
    {
      g_autoptr (JsonNode) node = entry_to_json (number, entry);

      text = json_to_string (node, FALSE);
      g_print ("%s\n", text);
      return;
    }
  if (entry == NULL)
    {
      g_print ("%6" G_GINT64_FORMAT "  (a security event, over)\n", number);
      return;
    }
  time = g_date_time_new_from_unix_utc (entry->time);
  text = time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%SZ") : g_strdup ("?");
  if (entry->pseudonym != NULL)
    pseudonym = enigm_hex_encode (entry->pseudonym, 8);
  g_print ("%6" G_GINT64_FORMAT "  %s  %-16s  %-12s  %s\n", number, text,
           pseudonym != NULL ? pseudonym : "-", entry->what, entry->detail);
}

static int
verify (EnigmAudit *audit, gboolean json)
{
  g_autoptr (GError) error = NULL;
  guint64 count;
  gboolean holds = enigm_audit_verify (audit, g_get_real_time () / G_USEC_PER_SEC, &count, &error);

  if (json)
    {
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
      JsonObject *object = json_object_new ();
      g_autofree gchar *text = NULL;

      json_object_set_boolean_member (object, "holds", holds);
      if (holds)
        json_object_set_int_member (object, "records", (gint64) count);
      else
        json_object_set_string_member (object, "where", error->message);
      json_node_take_object (node, object);
      text = json_to_string (node, FALSE);
      g_print ("%s\n", text);
    }
  else if (holds)
    g_print ("The audit holds: %" G_GUINT64_FORMAT " records.\n", count);
  else
    g_printerr ("enigm-platform audit: %s\n", error->message);
  return holds ? 0 : 1;
}

/**
 * enigm_platform_audit:
 * @argc: arguments, the subcommand among them
 * @argv: (array length=argc): the arguments
 *
 * Verifies or lists the audit, also while the platform runs.
 *
 * Returns: exit status: 0 if it holds, 1 if not, 2 for wrong arguments
 */
int
enigm_platform_audit (int argc, char **argv)
{
  g_autofree gchar *config_path = NULL;
  gboolean json = FALSE;
  GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config_path, "The configuration", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Answer in JSON, one object a line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("verify|list - look at what happened");
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmConfig) config = NULL;
  g_autoptr (EnigmStore) store = NULL;
  g_autoptr (EnigmAudit) audit = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("enigm-platform audit: %s\n", error->message);
      return 2;
    }
  if (argc != 2 || config_path == NULL ||
      (!g_str_equal (argv[1], "verify") && !g_str_equal (argv[1], "list")))
    {
      g_printerr ("enigm-platform audit: verify or list, and --config FILE, are needed\n");
      return 2;
    }
  config = enigm_config_load (config_path, &error);
  if (config == NULL || !enigm_platform_state_open_audit (config, &store, &audit, &error))
    {
      g_printerr ("enigm-platform audit: %s\n", error->message);
      return 1;
    }
  if (g_str_equal (argv[1], "verify"))
    return verify (audit, json);
  if (enigm_audit_read (audit, 0, G_MAXINT64, on_entry_listed, &json, &error))
    return 0;
  g_printerr ("enigm-platform audit: %s\n", error->message);
  return 1;
}
