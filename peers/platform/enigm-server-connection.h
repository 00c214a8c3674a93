/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * EnigmServerConnection:
 *
 * One connection of the server, and how long its peer may still take. libsoup accepts it, shakes
 * hands and reads; but it has no deadlines of its own, and keeps its connections to itself. So this
 * rides on the socket, and lives as long.
 */
typedef struct _EnigmServerConnection EnigmServerConnection;

/**
 * EnigmServerConnectionGone:
 * @connection: the connection
 * @user_data: what was given
 *
 * Called once, when the connection is over, as the last thing that is heard of it.
 */
typedef void (*EnigmServerConnectionGone) (EnigmServerConnection *connection, gpointer user_data);

EnigmServerConnection *
enigm_server_connection_new (GSocket *socket, EnigmServerConnectionGone gone, gpointer user_data);
EnigmServerConnection *enigm_server_connection_of (SoupServerMessage *message);

void enigm_server_connection_expect (EnigmServerConnection *self, guint seconds, gboolean idle);
void enigm_server_connection_hold (EnigmServerConnection *self);
void enigm_server_connection_release (EnigmServerConnection *self, guint seconds);
gint64 enigm_server_connection_get_idle_since (EnigmServerConnection *self);
void enigm_server_connection_shut (EnigmServerConnection *self);
void enigm_server_connection_forget (EnigmServerConnection *self);

G_END_DECLS
