/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * EnigmServerConnection:
 *
 * One TCP connection of the server, and how long its peer may still take. libsoup has no deadlines
 * of its own, and keeps what it accepted to itself; so this holds the socket beside it.
 */
typedef struct _EnigmServerConnection EnigmServerConnection;

/**
 * EnigmServerConnectionGone:
 * @connection: the connection
 * @user_data: what was given
 *
 * Called once, when the connection is over.
 */
typedef void (*EnigmServerConnectionGone) (EnigmServerConnection *connection, gpointer user_data);

EnigmServerConnection *enigm_server_connection_new (GSocketConnection *stream,
                                                    GTlsCertificate *certificate,
                                                    EnigmServerConnectionGone gone,
                                                    gpointer user_data,
                                                    GError **error);
EnigmServerConnection *enigm_server_connection_ref (EnigmServerConnection *self);
void enigm_server_connection_unref (EnigmServerConnection *self);
EnigmServerConnection *enigm_server_connection_of (SoupServerMessage *message);

void enigm_server_connection_accept (EnigmServerConnection *self, SoupServer *soup);
void enigm_server_connection_expect (EnigmServerConnection *self, guint seconds, gboolean idle);
void enigm_server_connection_hold (EnigmServerConnection *self);
gint64 enigm_server_connection_get_idle_since (EnigmServerConnection *self);
void enigm_server_connection_shut (EnigmServerConnection *self);
void enigm_server_connection_forget (EnigmServerConnection *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmServerConnection, enigm_server_connection_unref)

G_END_DECLS
