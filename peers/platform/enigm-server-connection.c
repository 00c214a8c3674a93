/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-server-connection.h"

#define DATA_KEY "enigm-server-connection"

struct _EnigmServerConnection
{
  /* Not owned: it owns this. */
  GSocket *socket;
  GSource *deadline;
  /* When it began to wait for a request, monotonic; G_MAXINT64 while one is under way. */
  gint64 idle_since;
  /* Whether an answer without an end is on its way. */
  gboolean held;
  EnigmServerConnectionGone gone;
  gpointer user_data;
};

static void
clear_deadline (EnigmServerConnection *self)
{
  if (self->deadline != NULL)
    g_source_destroy (self->deadline);
  g_clear_pointer (&self->deadline, g_source_unref);
}

static gboolean
on_deadline_reached (gpointer user_data)
{
  EnigmServerConnection *self = user_data;

  clear_deadline (self);
  enigm_server_connection_shut (self);
  return G_SOURCE_REMOVE;
}

static void
on_socket_finalized (gpointer user_data)
{
  EnigmServerConnection *self = user_data;

  clear_deadline (self);
  if (self->gone != NULL)
    self->gone (self, self->user_data);
  g_free (self);
}

/**
 * enigm_server_connection_new:
 * @socket: a socket that was just accepted
 * @gone: called when it is over
 * @user_data: passed to it
 *
 * Returns: (transfer none): its connection, which goes with it
 */
EnigmServerConnection *
enigm_server_connection_new (GSocket *socket, EnigmServerConnectionGone gone, gpointer user_data)
{
  EnigmServerConnection *self = g_new0 (EnigmServerConnection, 1);

  self->socket = socket;
  self->idle_since = G_MAXINT64;
  self->gone = gone;
  self->user_data = user_data;
  g_object_set_data_full (G_OBJECT (socket), DATA_KEY, self, on_socket_finalized);
  return self;
}

/**
 * enigm_server_connection_of:
 * @message: a message that came over it
 *
 * Returns: (transfer none) (nullable): the connection, or %NULL once it is over
 */
EnigmServerConnection *
enigm_server_connection_of (SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);

  return socket != NULL ? g_object_get_data (G_OBJECT (socket), DATA_KEY) : NULL;
}

/**
 * enigm_server_connection_expect:
 * @self: (nullable): a connection
 * @seconds: how long its peer may take for what comes next
 * @idle: whether it may be closed before, to make room
 */
void
enigm_server_connection_expect (EnigmServerConnection *self, guint seconds, gboolean idle)
{
  if (self == NULL || (self->held && !idle))
    return;
  self->held = FALSE;
  clear_deadline (self);
  self->idle_since = idle ? g_get_monotonic_time () : G_MAXINT64;
  self->deadline = g_timeout_source_new_seconds (seconds);
  g_source_set_callback (self->deadline, on_deadline_reached, self, NULL);
  g_source_attach (self->deadline, g_main_context_get_thread_default ());
}

/**
 * enigm_server_connection_hold:
 * @self: (nullable): a connection
 *
 * Lifts the deadline until the answer that is on its way has ended.
 */
void
enigm_server_connection_hold (EnigmServerConnection *self)
{
  if (self == NULL)
    return;
  clear_deadline (self);
  self->held = TRUE;
}

/**
 * enigm_server_connection_release:
 * @self: (nullable): a connection that was held
 * @seconds: how long its peer may take to fetch what is left of the answer
 *
 * Gives the answer that is on its way an end.
 */
void
enigm_server_connection_release (EnigmServerConnection *self, guint seconds)
{
  if (self == NULL)
    return;
  self->held = FALSE;
  enigm_server_connection_expect (self, seconds, FALSE);
}

/**
 * enigm_server_connection_get_idle_since:
 * @self: a connection
 *
 * Returns: since when it has been waiting for a request, in microseconds of the monotonic clock;
 *   %G_MAXINT64 if it has not
 */
gint64
enigm_server_connection_get_idle_since (EnigmServerConnection *self)
{
  return self->idle_since;
}

/**
 * enigm_server_connection_shut:
 * @self: (nullable): a connection
 *
 * Ends it. libsoup comes upon the end of the stream and cleans up.
 */
void
enigm_server_connection_shut (EnigmServerConnection *self)
{
  if (self != NULL)
    g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
}

/**
 * enigm_server_connection_forget:
 * @self: a connection
 *
 * Says that nobody wants to know any more when it is over.
 */
void
enigm_server_connection_forget (EnigmServerConnection *self)
{
  self->gone = NULL;
}
