/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "app/protocol/enigm-secret.h"

G_BEGIN_DECLS

/**
 * CommandClient:
 *
 * Speaks to one platform, in the session that a file keeps for its owner alone.
 */
typedef struct _CommandClient CommandClient;

CommandClient *command_client_open (const char *session_file, GError **error);
CommandClient *
command_client_new (const char *session_file, const char *origin, const char *ca, GError **error);
void command_client_free (CommandClient *self);

JsonObject *command_client_call (CommandClient *self,
                                 const char *method,
                                 const char *path,
                                 JsonObject *body,
                                 GError **error);
gboolean command_client_keep (CommandClient *self, JsonObject *session, GError **error);
void command_client_forget (CommandClient *self);

/* How a verb failed. One that has said so itself leaves nothing to say but the exit status. */
#define COMMAND_ERROR (command_error_quark ())
GQuark command_error_quark (void);
typedef enum
{
  COMMAND_ERROR_REFUSED,
  COMMAND_ERROR_SESSION,
  COMMAND_ERROR_UNREACHABLE,
  COMMAND_ERROR_SAID,
} CommandError;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommandClient, command_client_free)

G_END_DECLS
