/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who may sign in, and with what. */

#include "command-verbs.h"
#include "command-print.h"
#include "command-secrets.h"

gboolean
command_administrators (char **arguments, GError **error)
{
  return command_show ("/command/v1/administrators", "administrators", command_print_administrators,
                       error);
}

gboolean
command_administrator_add (char **arguments, GError **error)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;

  if (command_options.name == NULL || command_options.role == NULL)
    return command_misused (error, "--name and --role are needed");
  json_object_set_string_member (body, "name", command_options.name);
  json_object_set_string_member (body, "role", command_options.role);
  if (command_options.dry_run)
    json_object_set_boolean_member (body, "dry_run", TRUE);
  else if (!command_secrets_set_new (body, "new_password", "Their password",
                                     command_options.password_fd, error) ||
           !command_secrets_set_new (body, "new_pin", "Their PIN", command_options.pin_fd, error) ||
           !command_secrets_set (body, "pin", "Your PIN", command_options.pin_fd, error))
    return FALSE;
  answer = command_call ("POST", "/command/v1/administrators", body, error);
  return command_report_done (answer, "add that administrator");
}

static gboolean
change (const char *id, const char *what, GError **error)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *path = NULL;

  if (id == NULL)
    return command_misused (error, "which? `enigm-command administrators` lists them");
  if (command_options.role != NULL)
    json_object_set_string_member (body, "role", command_options.role);
  if (command_options.dry_run)
    json_object_set_boolean_member (body, "dry_run", TRUE);
  else if (!command_secrets_set (body, "pin", "PIN", command_options.pin_fd, error))
    return FALSE;
  path = g_strdup_printf ("/command/v1/administrators/%s/%s", id, what);
  answer = command_call ("POST", path, body, error);
  return command_report_done (answer, "change that administrator");
}

gboolean
command_administrator_role (char **arguments, GError **error)
{
  if (command_options.role == NULL)
    return command_misused (error, "--role is needed");
  return change (arguments[0], "role", error);
}

gboolean
command_administrator_remove (char **arguments, GError **error)
{
  return change (arguments[0], "removal", error);
}

gboolean
command_password (char **arguments, GError **error)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;

  if (command_options.dry_run)
    json_object_set_boolean_member (body, "dry_run", TRUE);
  if (!command_secrets_set (body, "password", "Your password until now",
                            command_options.password_fd, error) ||
      !command_secrets_set_new (body, "new_password", "Your new password",
                                command_options.password_fd, error))
    return FALSE;
  answer = command_call ("POST", "/command/v1/administrator/password", body, error);
  return command_report_done (answer, "change your password");
}

gboolean
command_pin (char **arguments, GError **error)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;

  if (command_options.dry_run)
    json_object_set_boolean_member (body, "dry_run", TRUE);
  if (!command_secrets_set (body, "pin", "Your PIN until now", command_options.pin_fd, error) ||
      !command_secrets_set_new (body, "new_pin", "Your new PIN", command_options.pin_fd, error))
    return FALSE;
  answer = command_call ("POST", "/command/v1/administrator/pin", body, error);
  return command_report_done (answer, "change your PIN");
}
