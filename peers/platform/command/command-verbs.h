/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "command-client.h"

G_BEGIN_DECLS

/* What was said on the command line beside the verb and its arguments. */
typedef struct
{
  char *platform;
  char *ca;
  char *name;
  char *session;
  char *reason;
  char *role;
  char *file;
  int password_fd;
  int pin_fd;
  gboolean json;
  gboolean dry_run;
} CommandOptions;

extern CommandOptions command_options;

/* Each returns whether it was done, and has said so then. */
gboolean command_sign_in (char **arguments, GError **error);
gboolean command_sign_out (char **arguments, GError **error);
gboolean command_sessions (char **arguments, GError **error);
gboolean command_close (char **arguments, GError **error);
gboolean command_keys (char **arguments, GError **error);
gboolean command_key (char **arguments, GError **error);
gboolean command_lost (char **arguments, GError **error);
gboolean command_found (char **arguments, GError **error);
gboolean command_suspend (char **arguments, GError **error);
gboolean command_resume (char **arguments, GError **error);
gboolean command_revoke (char **arguments, GError **error);
gboolean command_release (char **arguments, GError **error);
gboolean command_events (char **arguments, GError **error);
gboolean command_audit (char **arguments, GError **error);
gboolean command_verify (char **arguments, GError **error);
gboolean command_administrators (char **arguments, GError **error);
gboolean command_administrator_add (char **arguments, GError **error);
gboolean command_administrator_role (char **arguments, GError **error);
gboolean command_administrator_remove (char **arguments, GError **error);
gboolean command_password (char **arguments, GError **error);
gboolean command_pin (char **arguments, GError **error);

/* For verbs. */
typedef void (*CommandPrinter) (JsonArray *array);

gboolean command_misused (GError **error, const char *why);
JsonObject *command_call (const char *method, const char *path, JsonObject *body, GError **error);
gboolean command_show (const char *path, const char *member, CommandPrinter print, GError **error);
gboolean command_report_done (JsonObject *answer, const char *what);

G_END_DECLS
