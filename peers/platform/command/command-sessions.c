/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Signing in and out, and who is. */

#include "command-verbs.h"

#include <string.h>

#include "command-print.h"
#include "command-secrets.h"

gboolean
command_sign_in (char **arguments, GError **error)
{
  g_autoptr (CommandClient) client = NULL;
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonObject) session = NULL;

  if (command_options.platform == NULL || command_options.name == NULL)
    return command_misused (error, "--platform and --name are needed");
  client = command_client_new (command_options.session, command_options.platform,
                               command_options.ca, error);
  json_object_set_string_member (body, "name", command_options.name);
  if (command_options.dry_run)
    json_object_set_boolean_member (body, "dry_run", TRUE);
  if (client == NULL ||
      !command_secrets_set (body, "password", "Password", command_options.password_fd, error))
    return FALSE;
  session = command_client_call (client, "POST", "/command/v1/sessions", body, error);
  if (command_options.dry_run)
    return command_report_done (session, "sign in");
  if (session == NULL || !command_client_keep (client, session, error))
    return FALSE;
  json_object_remove_member (session, "token");
  if (command_options.json)
    command_print_json (session);
  else
    g_print ("Signed in as %s, for six hours.\n", json_object_get_string_member (session, "role"));
  return TRUE;
}

gboolean
command_sign_out (char **arguments, GError **error)
{
  g_autoptr (CommandClient) client = command_client_open (command_options.session, error);
  g_autoptr (JsonObject) answer = NULL;

  if (client == NULL)
    return FALSE;
  if (command_options.dry_run)
    {
      answer = command_client_call (client, "GET", "/command/v1/sessions", NULL, error);
      return command_report_done (answer, "sign out");
    }
  answer = command_client_call (client, "DELETE", "/command/v1/session", NULL, error);
  if (answer == NULL && !g_error_matches (*error, COMMAND_ERROR, COMMAND_ERROR_SESSION))
    return FALSE;
  g_clear_error (error);
  command_client_forget (client);
  g_print (command_options.json ? "{}\n" : "Signed out.\n");
  return TRUE;
}

gboolean
command_sessions (char **arguments, GError **error)
{
  return command_show ("/command/v1/sessions", "sessions", command_print_sessions, error);
}

/* Those that one sees are those that one may close. */
static gboolean
is_listed (JsonObject *answer, const char *id)
{
  JsonArray *sessions = json_object_get_array_member (answer, "sessions");

  for (guint i = 0; i < json_array_get_length (sessions); i++)
    if (g_strcmp0 (json_object_get_string_member_with_default (
                     json_array_get_object_element (sessions, i), "id", NULL),
                   id) == 0)
      return TRUE;
  return FALSE;
}

gboolean
command_close (char **arguments, GError **error)
{
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *path = NULL;

  if (arguments[0] == NULL || strspn (arguments[0], "0123456789abcdef") != strlen (arguments[0]))
    return command_misused (error, "which session? `enigm-command sessions` lists them");
  if (command_options.dry_run)
    {
      answer = command_call ("GET", "/command/v1/sessions", NULL, error);
      if (answer != NULL && !is_listed (answer, arguments[0]))
        {
          g_set_error_literal (error, COMMAND_ERROR, COMMAND_ERROR_REFUSED,
                               "there is no such session");
          return FALSE;
        }
      return command_report_done (answer, "close that session");
    }
  path = g_strconcat ("/command/v1/sessions/", arguments[0], NULL);
  answer = command_call ("DELETE", path, NULL, error);
  return command_report_done (answer, "close that session");
}
