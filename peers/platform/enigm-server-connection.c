/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-server-connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#define DATA_KEY "enigm-server-connection"

struct _EnigmServerConnection
{
  grefcount ref_count;
  GSocket *socket;
  /* Not owned: libsoup decides how long it lives. */
  GIOStream *tls;
  GSocketAddress *local;
  GSocketAddress *remote;
  GCancellable *cancellable;
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
on_tls_finalized (gpointer user_data, GObject *where_the_object_was)
{
  g_autoptr (EnigmServerConnection) self = user_data;

  self->tls = NULL;
  clear_deadline (self);
  g_clear_object (&self->local);
  g_clear_object (&self->remote);
  if (self->gone != NULL)
    self->gone (self, self->user_data);
}

/**
 * enigm_server_connection_new:
 * @stream: a connection that was just accepted
 * @certificate: the server's certificate and key
 * @gone: called when it is over
 * @user_data: passed to it
 * @error: why TLS cannot be spoken
 *
 * Returns: (transfer full) (nullable): the connection, before its handshake
 */
EnigmServerConnection *
enigm_server_connection_new (GSocketConnection *stream,
                             GTlsCertificate *certificate,
                             EnigmServerConnectionGone gone,
                             gpointer user_data,
                             GError **error)
{
  static const gchar *const protocols[] = { "http/1.1", NULL };
  g_autoptr (EnigmServerConnection) self = g_new0 (EnigmServerConnection, 1);

  g_ref_count_init (&self->ref_count);
  self->cancellable = g_cancellable_new ();
  self->idle_since = G_MAXINT64;
  self->socket = g_object_ref (g_socket_connection_get_socket (stream));
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  self->local = g_socket_connection_get_local_address (stream, error);
  if (self->local == NULL)
    return NULL;
  self->remote = g_socket_connection_get_remote_address (stream, error);
  if (self->remote == NULL)
    return NULL;
  self->tls = g_tls_server_connection_new (G_IO_STREAM (stream), certificate, error);
  if (self->tls == NULL)
    return NULL;
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (self->tls),
                                             (const gchar *const *) protocols);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (self->tls), FALSE);
  self->gone = gone;
  self->user_data = user_data;
  g_object_weak_ref (G_OBJECT (self->tls), on_tls_finalized, enigm_server_connection_ref (self));
  g_object_set_data_full (G_OBJECT (self->remote), DATA_KEY, enigm_server_connection_ref (self),
                          (GDestroyNotify) enigm_server_connection_unref);
  return g_steal_pointer (&self);
}

/**
 * enigm_server_connection_ref:
 * @self: a connection
 *
 * Returns: (transfer full): @self
 */
EnigmServerConnection *
enigm_server_connection_ref (EnigmServerConnection *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * enigm_server_connection_unref:
 * @self: (transfer full): a connection
 */
void
enigm_server_connection_unref (EnigmServerConnection *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  clear_deadline (self);
  g_clear_object (&self->socket);
  g_clear_object (&self->local);
  g_clear_object (&self->remote);
  g_clear_object (&self->cancellable);
  g_free (self);
}

/**
 * enigm_server_connection_of:
 * @message: a message that came over it
 *
 * Returns: (transfer none): the connection
 */
EnigmServerConnection *
enigm_server_connection_of (SoupServerMessage *message)
{
  /* The address object is the one that was handed to libsoup with the connection. */
  GSocketAddress *remote = soup_server_message_get_remote_address (message);

  return g_object_get_data (G_OBJECT (remote), DATA_KEY);
}

static void
on_handshake_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  EnigmServerConnection *self = g_task_get_task_data (task);
  SoupServer *soup = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error) &&
      self->gone != NULL &&
      soup_server_accept_iostream (soup, G_IO_STREAM (source), self->local, self->remote, &error))
    {
      /* The address keeps this alive from here; holding it too would be a circle. */
      g_clear_object (&self->local);
      g_clear_object (&self->remote);
      return;
    }
  g_debug ("connection refused: %s", error != NULL ? error->message : "the server stops");
  clear_deadline (self);
  enigm_server_connection_shut (self);
}

/**
 * enigm_server_connection_accept:
 * @self: a new connection
 * @soup: who takes its requests
 *
 * Shakes hands, then hands the connection over. The peer should be given a deadline first.
 */
void
enigm_server_connection_accept (EnigmServerConnection *self, SoupServer *soup)
{
  g_autoptr (GIOStream) tls = self->tls;
  GTask *task = g_task_new (soup, NULL, NULL, NULL);

  g_task_set_task_data (task, enigm_server_connection_ref (self),
                        (GDestroyNotify) enigm_server_connection_unref);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, self->cancellable,
                                    on_handshake_finished, task);
}

/**
 * enigm_server_connection_expect:
 * @self: a connection
 * @seconds: how long its peer may take for what comes next
 * @idle: whether it may be closed before, to make room
 */
void
enigm_server_connection_expect (EnigmServerConnection *self, guint seconds, gboolean idle)
{
  if (self->held && !idle)
    return;
  self->held = FALSE;
  clear_deadline (self);
  self->idle_since = idle ? g_get_monotonic_time () : G_MAXINT64;
  if (self->tls == NULL)
    return;
  self->deadline = g_timeout_source_new_seconds (seconds);
  g_source_set_callback (self->deadline, on_deadline_reached, self, NULL);
  g_source_attach (self->deadline, g_main_context_get_thread_default ());
}

/**
 * enigm_server_connection_hold:
 * @self: a connection
 *
 * Lifts the deadline until the answer that is on its way has ended.
 */
void
enigm_server_connection_hold (EnigmServerConnection *self)
{
  clear_deadline (self);
  self->held = TRUE;
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
 * @self: a connection
 *
 * Ends it. libsoup, or the handshake, comes upon the end of the stream and cleans up.
 */
void
enigm_server_connection_shut (EnigmServerConnection *self)
{
  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  g_cancellable_cancel (self->cancellable);
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
