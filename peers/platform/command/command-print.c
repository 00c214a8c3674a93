/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command-print.h"

/* As much of a pseudonym as tells keys apart, and as one types. */
#define SHORT_PSEUDONYM 12

void
command_print_json (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_set_object (node, object);
  text = json_to_string (node, FALSE);
  g_print ("%s\n", text);
}

static const char *
text_of (JsonObject *object, const char *name)
{
  return json_object_has_member (object, name) && !json_object_get_null_member (object, name)
           ? json_object_get_string_member_with_default (object, name, "?")
           : "-";
}

static char *
time_of (JsonObject *object, const char *name)
{
  gint64 seconds = json_object_has_member (object, name)
                     ? json_object_get_int_member_with_default (object, name, 0)
                     : 0;
  g_autoptr (GDateTime) time = seconds > 0 ? g_date_time_new_from_unix_local (seconds) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : g_strdup ("-");
}

static char *
short_pseudonym (JsonObject *object)
{
  return g_strndup (text_of (object, "pseudonym"), SHORT_PSEUDONYM);
}

/* The state, with what it is restricted for: `restricted (lost, suspended)`. */
static char *
describe_state (JsonObject *key)
{
  JsonArray *reasons = json_object_get_array_member (key, "reasons");
  g_autoptr (GString) text = g_string_new (text_of (key, "state"));

  for (guint i = 0; i < json_array_get_length (reasons); i++)
    g_string_append_printf (text, "%s%s", i == 0 ? " (" : ", ",
                            json_array_get_string_element (reasons, i));
  if (json_array_get_length (reasons) > 0)
    g_string_append_c (text, ')');
  return g_strdup (text->str);
}

void
command_print_keys (JsonArray *keys)
{
  g_print ("%-12s  %-28s  %-19s  %s\n", "KEY", "STATE", "SINCE", "OWNER");
  for (guint i = 0; i < json_array_get_length (keys); i++)
    {
      JsonObject *key = json_array_get_object_element (keys, i);
      g_autofree char *pseudonym = short_pseudonym (key);
      g_autofree char *state = describe_state (key);
      g_autofree char *since = time_of (key, "since");

      g_print ("%-12s  %-28s  %-19s  %s\n", pseudonym, state, since, text_of (key, "owner"));
    }
}

static void
print_other (JsonObject *key, const char *name, const char *label)
{
  JsonObject *other;
  g_autofree char *pseudonym = NULL;

  if (json_object_get_null_member (key, name))
    return;
  other = json_object_get_object_member (key, name);
  pseudonym = short_pseudonym (other);
  g_print ("%-14s%s, which is %s\n", label, pseudonym, text_of (other, "state"));
}

void
command_print_key (JsonObject *key)
{
  g_autofree char *state = describe_state (key);
  g_autofree char *since = time_of (key, "since");
  g_autofree char *proved = time_of (key, "proved");
  JsonArray *history, *attempts;

  g_print ("%-14s%s\n%-14s%s since %s\n%-14s%s\n%-14s%s\n", "key", text_of (key, "pseudonym"),
           "state", state, since, "owner", text_of (key, "owner"), "last proved", proved);
  print_other (key, "replaces", "replaces");
  print_other (key, "replaced_by", "replaced by");
  if (!json_object_has_member (key, "history"))
    return;
  history = json_object_get_array_member (key, "history");
  for (guint i = 0; i < json_array_get_length (history); i++)
    {
      JsonObject *line = json_array_get_object_element (history, i);
      g_autofree char *time = time_of (line, "time");

      g_print ("%-14s%s  %s by %s: %s\n", i == 0 ? "history" : "", time, text_of (line, "to"),
               text_of (line, "by"), text_of (line, "reason"));
    }
  attempts = json_object_get_array_member (key, "attempts");
  if (json_array_get_length (attempts) > 0)
    g_print ("%-14s%u in the last 30 days\n", "tried to act", json_array_get_length (attempts));
}

void
command_print_events (JsonArray *events)
{
  if (json_array_get_length (events) == 0)
    g_print ("There are no events.\n");
  for (guint i = 0; i < json_array_get_length (events); i++)
    {
      JsonObject *event = json_array_get_object_element (events, i);
      g_autofree char *pseudonym = short_pseudonym (event);
      g_autofree char *pressed = time_of (event, "pressed");
      g_autofree char *ended = time_of (event, "ended");

      g_print ("%-12s  %-5s  pressed %s  ended %s", pseudonym, text_of (event, "kind"), pressed,
               ended);
      if (!json_object_get_null_member (event, "position"))
        {
          JsonObject *position = json_object_get_object_member (event, "position");
          g_autofree char *at = time_of (position, "time");

          g_print ("  at %.6f, %.6f within %d m, %s",
                   json_object_get_double_member (position, "latitude"),
                   json_object_get_double_member (position, "longitude"),
                   (int) json_object_get_int_member (position, "accuracy"), at);
        }
      g_print ("\n");
    }
}

void
command_print_sessions (JsonArray *sessions)
{
  g_print ("%-32s  %-16s  %-8s  %-19s  %-19s\n", "SESSION", "NAME", "ROLE", "BEGUN", "UNTIL");
  for (guint i = 0; i < json_array_get_length (sessions); i++)
    {
      JsonObject *session = json_array_get_object_element (sessions, i);
      g_autofree char *begun = time_of (session, "begun");
      g_autofree char *until = time_of (session, "expires");

      g_print ("%-32s  %-16s  %-8s  %s  %s%s\n", text_of (session, "id"), text_of (session, "name"),
               text_of (session, "role"), begun, until,
               json_object_get_boolean_member (session, "this") ? "  (this one)" : "");
    }
}

void
command_print_records (JsonArray *records)
{
  for (guint i = 0; i < json_array_get_length (records); i++)
    {
      JsonObject *record = json_array_get_object_element (records, i);
      int number = (int) json_object_get_int_member (record, "number");
      g_autofree char *time = NULL;
      g_autofree char *pseudonym = NULL;

      if (!json_object_has_member (record, "what"))
        {
          g_print ("%6d  (a security event, over)\n", number);
          continue;
        }
      time = time_of (record, "time");
      pseudonym = short_pseudonym (record);
      g_print ("%6d  %s  %-12s  %-10s  %s\n", number, time, pseudonym, text_of (record, "what"),
               text_of (record, "detail"));
    }
}

void
command_print_administrators (JsonArray *administrators)
{
  g_print ("%-32s  %-16s  %-8s  %s\n", "ADMINISTRATOR", "NAME", "ROLE", "REMOVED");
  for (guint i = 0; i < json_array_get_length (administrators); i++)
    {
      JsonObject *item = json_array_get_object_element (administrators, i);
      g_autofree char *removed = time_of (item, "removed");

      g_print ("%-32s  %-16s  %-8s  %s\n", text_of (item, "id"), text_of (item, "name"),
               text_of (item, "role"), removed);
    }
}
