/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keys: seen, and changed. */

#include "command-verbs.h"

#include <string.h>

#include "command-print.h"
#include "command-secrets.h"

/* Digits of a pseudonym: the least that names a key, and all. */
#define SHORTEST_NAME 6
#define LONGEST_NAME 64

/* What was typed of a pseudonym, as the platform takes it. Which key it is, the platform knows. */
static char *
read_key (const char *typed, GError **error)
{
  g_autofree char *name = g_ascii_strdown (typed, -1);
  gsize length = strlen (name);

  if (length >= SHORTEST_NAME && length <= LONGEST_NAME &&
      strspn (name, "0123456789abcdef") == length)
    return g_steal_pointer (&name);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
               "“%s” is no key: `enigm-command keys` lists them; the first %d characters do", typed,
               SHORTEST_NAME);
  return NULL;
}

gboolean
command_keys (char **arguments, GError **error)
{
  g_autoptr (CommandClient) client = command_client_open (command_options.session, error);
  g_autoptr (JsonObject) all = json_object_new ();
  g_autofree char *path = g_strdup ("/command/v1/keys");
  JsonArray *keys = json_array_new ();

  json_object_set_array_member (all, "keys", keys);
  if (client == NULL)
    return FALSE;
  while (path != NULL)
    {
      g_autoptr (JsonObject) answer = command_client_call (client, "GET", path, NULL, error);
      JsonArray *page;
      JsonObject *key = NULL;

      if (answer == NULL)
        return FALSE;
      page = json_object_get_array_member (answer, "keys");
      for (guint i = 0; i < json_array_get_length (page); i++)
        {
          key = json_array_get_object_element (page, i);
          json_array_add_object_element (keys, json_object_ref (key));
        }
      g_clear_pointer (&path, g_free);
      if (key != NULL && json_object_get_boolean_member (answer, "more"))
        path = g_strconcat ("/command/v1/keys/after/",
                            json_object_get_string_member (key, "pseudonym"), NULL);
    }
  if (command_options.json)
    command_print_json (all);
  else
    command_print_keys (keys);
  return TRUE;
}

gboolean
command_key (char **arguments, GError **error)
{
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  if (arguments[0] == NULL)
    return command_misused (error, "which key? `enigm-command keys` lists them");
  name = read_key (arguments[0], error);
  if (name == NULL)
    return FALSE;
  path = g_strconcat ("/command/v1/keys/", name, NULL);
  answer = command_call ("GET", path, NULL, error);
  if (answer == NULL)
    return FALSE;
  if (command_options.json)
    command_print_json (answer);
  else
    command_print_key (answer);
  return TRUE;
}

static void
report (JsonObject *answer, const char *to)
{
  gboolean tried = json_object_get_boolean_member (answer, "dry_run");

  if (command_options.json)
    {
      command_print_json (answer);
      return;
    }
  if (json_object_has_member (answer, "keys"))
    command_print_keys (json_object_get_array_member (answer, "keys"));
  else
    g_print ("%d keys: %s.\n", (int) json_object_get_int_member (answer, "count"), to);
  if (tried)
    g_print ("So it would be. Nothing was done.\n");
  else if (g_str_equal (to, "lost"))
    g_print (
      "The key's presses are refused from now on. `found` takes that back, `revoke` makes it "
      "final.\n");
  else if (g_str_equal (to, "revoked"))
    g_print ("Revoked for good. Open events stay open, without further positions; the owner ends "
             "them in the app.\n");
}

/* The keys of a file, one a line. */
static char **
read_file (const char *path, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0')
      g_strv_builder_add (builder, lines[i]);
  return g_strv_builder_end (builder);
}

/* The keys that are meant, as arguments or in a file, or NULL. */
static JsonArray *
read_keys (char **arguments, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_auto (GStrv) typed = NULL;

  if (command_options.file != NULL && arguments[0] != NULL)
    {
      command_misused (error, "keys are arguments, or in the file of --keys-from, and not both");
      return NULL;
    }
  typed =
    command_options.file != NULL ? read_file (command_options.file, error) : g_strdupv (arguments);
  if (typed == NULL)
    return NULL;
  for (gsize i = 0; typed[i] != NULL; i++)
    {
      g_autofree char *name = read_key (typed[i], error);

      if (name == NULL)
        return NULL;
      json_array_add_string_element (array, name);
    }
  if (json_array_get_length (array) > 0)
    return g_steal_pointer (&array);
  command_misused (error, "which key? `enigm-command keys` lists them");
  return NULL;
}

static gboolean
change (char **arguments, const char *to, gboolean final, GError **error)
{
  g_autoptr (JsonArray) keys = NULL;
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *path = NULL;
  gboolean many;

  if (g_str_equal (to, "revoked") && command_options.reason == NULL)
    return command_misused (error, "--reason lost, stolen, retired or replaced is needed");
  keys = read_keys (arguments, error);
  if (keys == NULL)
    return FALSE;
  many = command_options.file != NULL || json_array_get_length (keys) > 1;
  json_object_set_string_member (body, "to", to);
  if (g_str_equal (to, "revoked"))
    json_object_set_string_member (body, "reason", command_options.reason);
  if (many)
    {
      json_object_set_array_member (body, "pseudonyms", json_array_ref (keys));
      path = g_strdup ("/command/v1/keys/state");
    }
  else
    path =
      g_strconcat ("/command/v1/keys/", json_array_get_string_element (keys, 0), "/state", NULL);

  /* What is going to be refused is refused before somebody types a PIN. */
  if (command_options.dry_run || final || many)
    {
      json_object_set_boolean_member (body, "dry_run", TRUE);
      answer = command_call ("POST", path, body, error);
      if (answer == NULL)
        return FALSE;
      json_object_remove_member (body, "dry_run");
    }
  if (!command_options.dry_run)
    {
      if ((final || many) &&
          !command_secrets_set (body, "pin", "PIN", command_options.pin_fd, error))
        return FALSE;
      g_clear_pointer (&answer, json_object_unref);
      answer = command_call ("POST", path, body, error);
      if (answer == NULL)
        return FALSE;
    }
  report (answer, to);
  return TRUE;
}

gboolean
command_lost (char **arguments, GError **error)
{
  return change (arguments, "lost", FALSE, error);
}

gboolean
command_found (char **arguments, GError **error)
{
  return change (arguments, "found", FALSE, error);
}

gboolean
command_suspend (char **arguments, GError **error)
{
  return change (arguments, "suspended", FALSE, error);
}

gboolean
command_resume (char **arguments, GError **error)
{
  return change (arguments, "resumed", FALSE, error);
}

gboolean
command_revoke (char **arguments, GError **error)
{
  return change (arguments, "revoked", TRUE, error);
}

gboolean
command_release (char **arguments, GError **error)
{
  return change (arguments, "released", TRUE, error);
}
