/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-server.h"

#include "enigm-events.h"
#include "enigm-keys.h"
#include "enigm-password.h"
#include "enigm-router.h"
#include "enigm-server-connection.h"

/* More connections than this, and the one that has been idle longest goes. */
#define MAX_CONNECTIONS 800
/* What of a body that is too large is read, and thrown away, so that the answer can be sent. */
#define MAX_DRAINED (16 * 1024 * 1024)
/* How long a peer may take to fetch its answer, in seconds. */
#define ANSWER_SECONDS 60
#define DAY_SECONDS (24 * 60 * 60)
/* How late a pairing that was never finished may be seen to end, in seconds. */
#define SWEEP_SECONDS 15

struct _EnigmServer
{
  EnigmPlatformState *state;
  SoupServer *soup;
  GSocketService *service;
  GTlsCertificate *certificate;
  GPtrArray *connections;
  guint daily;
  guint sweep;
};

/* A message and the size of what has come of its body. */
typedef struct
{
  gint64 started;
  guint64 received;
  gboolean too_large;
} Progress;

static Progress *
get_progress (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (message), "enigm-progress");
}

static void
on_message_got_headers (SoupServerMessage *message, gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  Progress *progress = get_progress (message);

  /* libsoup would cut an answer into ranges by itself; nothing here is asked for in parts. */
  soup_message_headers_remove (headers, "Range");
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
      soup_message_headers_get_content_length (headers) > ENIGM_SERVER_MAX_BODY)
    {
      progress->too_large = TRUE;
      soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
      /* A client that asks before it sends is told at once. */
      if (soup_message_headers_get_expectations (headers) & SOUP_EXPECTATION_CONTINUE)
        soup_server_message_set_status (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
    }
}

static void
on_message_got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  Progress *progress = get_progress (message);

  progress->received += g_bytes_get_size (chunk);
  if (!progress->too_large && progress->received > ENIGM_SERVER_MAX_BODY)
    {
      progress->too_large = TRUE;
      soup_message_body_set_accumulate (body, FALSE);
      soup_message_body_truncate (body);
    }
  if (progress->received > MAX_DRAINED)
    enigm_server_connection_shut (enigm_server_connection_of (message));
}

static void
on_message_got_body (SoupServerMessage *message, gpointer user_data)
{
  enigm_server_connection_expect (enigm_server_connection_of (message), ANSWER_SECONDS, FALSE);
}

static void
on_message_finished (SoupServerMessage *message, gpointer user_data)
{
  Progress *progress = get_progress (message);
  const gchar *pattern = NULL;
  GUri *uri = soup_server_message_get_uri (message);

  enigm_server_connection_expect (enigm_server_connection_of (message), ENIGM_SERVER_IDLE_SECONDS,
                                  TRUE);
  if (uri != NULL)
    pattern = enigm_router_find_pattern (g_uri_get_path (uri));
  /* The pattern, not the path: no identifier, name or token is ever logged. */
  g_info ("%s %s %u %" G_GINT64_FORMAT " ms",
          pattern != NULL ? soup_server_message_get_method (message) : "-",
          pattern != NULL ? pattern : "-", soup_server_message_get_status (message),
          (g_get_monotonic_time () - progress->started) / 1000);
}

static void
on_soup_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  EnigmServer *self = user_data;
  Progress *progress = g_new0 (Progress, 1);

  progress->started = g_get_monotonic_time ();
  g_object_set_data_full (G_OBJECT (message), "enigm-progress", progress, g_free);
  enigm_server_connection_expect (enigm_server_connection_of (message), ENIGM_SERVER_READ_SECONDS,
                                  FALSE);
  g_signal_connect (message, "got-headers", G_CALLBACK (on_message_got_headers), self);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_message_got_chunk), self);
  g_signal_connect (message, "got-body", G_CALLBACK (on_message_got_body), self);
  g_signal_connect (message, "finished", G_CALLBACK (on_message_finished), self);
}

static void
on_soup_request (SoupServer *soup,
                 SoupServerMessage *message,
                 const char *path,
                 GHashTable *query,
                 gpointer user_data)
{
  EnigmServer *self = user_data;
  g_autoptr (EnigmRequest) request = enigm_request_new (self->state, message);

  enigm_request_set_header (request, "Cache-Control", "no-store");
  if (get_progress (message)->too_large)
    enigm_request_reply_problem (request, ENIGM_PROBLEM_TOO_LARGE, "the body has more than 64 KiB",
                                 NULL);
  else
    enigm_router_dispatch (self->state, request);
}

static void
on_connection_gone (EnigmServerConnection *connection, gpointer user_data)
{
  EnigmServer *self = user_data;

  g_ptr_array_remove_fast (self->connections, connection);
}

static void
make_room (EnigmServer *self)
{
  EnigmServerConnection *oldest = NULL;

  if (self->connections->len < MAX_CONNECTIONS)
    return;
  for (guint i = 0; i < self->connections->len; i++)
    {
      EnigmServerConnection *connection = g_ptr_array_index (self->connections, i);

      if (oldest == NULL || enigm_server_connection_get_idle_since (connection) <
                              enigm_server_connection_get_idle_since (oldest))
        oldest = connection;
    }
  enigm_server_connection_shut (oldest);
}

static gboolean
on_service_incoming (GSocketService *service,
                     GSocketConnection *stream,
                     GObject *source_object,
                     gpointer user_data)
{
  EnigmServer *self = user_data;
  g_autoptr (EnigmServerConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  make_room (self);
  connection =
    enigm_server_connection_new (stream, self->certificate, on_connection_gone, self, &error);
  if (connection == NULL)
    {
      g_debug ("connection refused: %s", error->message);
      return TRUE;
    }
  g_ptr_array_add (self->connections, enigm_server_connection_ref (connection));
  enigm_server_connection_expect (connection, ENIGM_SERVER_READ_SECONDS, FALSE);
  enigm_server_connection_accept (connection, self->soup);
  return TRUE;
}

static gboolean
on_day_over (gpointer user_data)
{
  EnigmServer *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_events_delete_over (self->state, &error))
    g_warning ("events were not deleted: %s", error->message);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_keys_due (gpointer user_data)
{
  EnigmServer *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_keys_sweep (self->state, &error))
    g_warning ("pairings that were never finished stay: %s", error->message);
  return G_SOURCE_CONTINUE;
}

/**
 * enigm_server_new:
 * @state: the platform; it must outlive the server
 * @error: why TLS cannot be spoken
 *
 * Returns: (transfer full) (nullable): a server that does not listen yet
 */
EnigmServer *
enigm_server_new (EnigmPlatformState *state, GError **error)
{
  g_autoptr (EnigmServer) self = g_new0 (EnigmServer, 1);

  g_return_val_if_fail (state != NULL, NULL);

  self->state = state;
  self->connections =
    g_ptr_array_new_with_free_func ((GDestroyNotify) enigm_server_connection_unref);
  self->certificate =
    g_tls_certificate_new_from_files (state->config->certificate, state->config->key, error);
  if (self->certificate == NULL)
    {
      g_prefix_error_literal (error, "TLS certificate: ");
      return NULL;
    }
  self->soup = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->soup, NULL, on_soup_request, self, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (on_soup_request_started), self);
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_service_incoming), self);
  return g_steal_pointer (&self);
}

/**
 * enigm_server_listen:
 * @self: a server that does not listen yet
 * @error: why the port cannot be had
 *
 * Listens on the configured port of every address. If that is 0 the system chooses one, and an
 * origin that names no port takes it.
 *
 * Returns: whether it listens
 */
gboolean
enigm_server_listen (EnigmServer *self, GError **error)
{
  guint16 port = self->state->config->port;

  g_return_val_if_fail (self != NULL, FALSE);

  if (port == 0)
    port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, error);
  else if (!g_socket_listener_add_inet_port (G_SOCKET_LISTENER (self->service), port, NULL, error))
    port = 0;
  if (port == 0)
    return FALSE;
  enigm_config_take_bound_port (self->state->config, port);
  g_socket_service_start (self->service);
  on_day_over (self);
  self->daily = g_timeout_add_seconds (DAY_SECONDS, on_day_over, self);
  on_keys_due (self);
  self->sweep = g_timeout_add_seconds (SWEEP_SECONDS, on_keys_due, self);
  return TRUE;
}

/**
 * enigm_server_free:
 * @self: (transfer full): a server
 *
 * Stops listening, ends every stream and connection.
 */
void
enigm_server_free (EnigmServer *self)
{
  if (self->service != NULL)
    {
      g_socket_service_stop (self->service);
      g_socket_listener_close (G_SOCKET_LISTENER (self->service));
      g_clear_object (&self->service);
    }
  g_clear_handle_id (&self->daily, g_source_remove);
  g_clear_handle_id (&self->sweep, g_source_remove);
  enigm_hub_end_all (self->state->hub);
  while (self->connections->len > 0)
    {
      g_autoptr (EnigmServerConnection) connection =
        g_ptr_array_steal_index_fast (self->connections, 0);

      enigm_server_connection_forget (connection);
      enigm_server_connection_shut (connection);
    }
  /* Threads that hash a password come back to a handler, which needs the platform. */
  while (enigm_password_get_waiting () > 0)
    g_main_context_iteration (NULL, TRUE);
  if (self->soup != NULL)
    soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
  g_clear_object (&self->certificate);
  g_clear_pointer (&self->connections, g_ptr_array_unref);
  g_free (self);
}
