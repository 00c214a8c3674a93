/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command-verbs.h"

#include "command-print.h"

CommandOptions command_options = { .password_fd = -1, .pin_fd = -1 };

gboolean
command_misused (GError **error, const char *why)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, why);
  return FALSE;
}

/* Asks in the session that is kept. */
JsonObject *
command_call (const char *method, const char *path, JsonObject *body, GError **error)
{
  g_autoptr (CommandClient) client = command_client_open (command_options.session, error);

  return client != NULL ? command_client_call (client, method, path, body, error) : NULL;
}

/* Asks for something, and shows the array in what comes. */
gboolean
command_show (const char *path, const char *member, CommandPrinter print, GError **error)
{
  g_autoptr (JsonObject) answer = command_call ("GET", path, NULL, error);

  if (answer == NULL)
    return FALSE;
  if (command_options.json)
    command_print_json (answer);
  else
    print (json_object_get_array_member (answer, member));
  return TRUE;
}

/* Says that it was done, or, tried out, what would be; @answer is NULL where it was refused. */
gboolean
command_report_done (JsonObject *answer, const char *what)
{
  if (answer == NULL)
    return FALSE;
  if (command_options.json)
    g_print (command_options.dry_run ? "{\"dry_run\":true}\n" : "{}\n");
  else if (command_options.dry_run)
    g_print ("Would %s. Nothing was done.\n", what);
  else
    g_print ("Done.\n");
  return TRUE;
}
