/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-server.h"

#include <sys/resource.h>

#include "enigm-keys.h"
#include "enigm-password.h"
#include "enigm-retention.h"
#include "enigm-router.h"
#include "enigm-server-connection.h"

/* More connections than the files that may be open leave room for, and at most so many: the one
 * that has been idle longest goes. A listening app is one connection for as long as it listens. */
#define MAX_CONNECTIONS 16000
#define OTHER_FILES 64
/* What of a body that is too large is read, and thrown away, so that the answer can be sent. */
#define MAX_DRAINED (16 * 1024 * 1024)
/* How long a peer may take to fetch its answer, in seconds. */
#define ANSWER_SECONDS 60
/* How late a pairing that was never finished may be seen to end, in seconds. */
#define SWEEP_SECONDS 15

struct _EnigmServer
{
  EnigmPlatformState *state;
  SoupServer *soup;
  GPtrArray *connections;
  guint max_connections;
  /* How many connections are still in their handshake. */
  guint n_handshakes;
  gboolean stopping;
  EnigmRetention *retention;
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
on_connection_gone (EnigmServerConnection *connection, gpointer user_data)
{
  EnigmServer *self = user_data;

  g_ptr_array_remove_fast (self->connections, connection);
}

static void
make_room (EnigmServer *self)
{
  EnigmServerConnection *oldest = NULL;

  if (self->connections->len < self->max_connections)
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

/* A message that nobody gets any more, since the handshake failed, says so only by its end. */
static void
on_handshake_over (gpointer user_data)
{
  EnigmServer *self = user_data;

  self->n_handshakes--;
}

static void
on_message_connected (SoupServerMessage *message, gpointer user_data)
{
  g_object_set_data (G_OBJECT (message), "enigm-handshake", NULL);
}

static void
on_soup_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  EnigmServer *self = user_data;
  GSocket *socket = soup_server_message_get_socket (message);
  Progress *progress = g_new0 (Progress, 1);

  /* The first request of a connection starts when it is accepted, before the handshake. */
  if (socket != NULL && enigm_server_connection_of (message) == NULL)
    {
      make_room (self);
      g_ptr_array_add (self->connections,
                       enigm_server_connection_new (socket, on_connection_gone, self));
      self->n_handshakes++;
      g_object_set_data_full (G_OBJECT (message), "enigm-handshake", self, on_handshake_over);
      g_signal_connect (message, "connected", G_CALLBACK (on_message_connected), self);
      g_signal_connect (message, "disconnected", G_CALLBACK (on_message_connected), self);
    }
  progress->started = g_get_monotonic_time ();
  g_object_set_data_full (G_OBJECT (message), "enigm-progress", progress, g_free);
  enigm_server_connection_expect (enigm_server_connection_of (message), ENIGM_SERVER_READ_SECONDS,
                                  FALSE);
  g_signal_connect (message, "got-headers", G_CALLBACK (on_message_got_headers), self);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_message_got_chunk), self);
  g_signal_connect (message, "got-body", G_CALLBACK (on_message_got_body), self);
  g_signal_connect (message, "finished", G_CALLBACK (on_message_finished), self);
  if (self->stopping)
    enigm_server_connection_shut (enigm_server_connection_of (message));
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

static gboolean
on_keys_due (gpointer user_data)
{
  EnigmServer *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_keys_sweep (self->state, &error))
    g_warning ("pairings that were never finished stay: %s", error->message);
  return G_SOURCE_CONTINUE;
}

static guint
find_max_connections (void)
{
  struct rlimit files;

  if (getrlimit (RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY)
    return MAX_CONNECTIONS;
  return (guint) CLAMP ((gint64) files.rlim_cur - OTHER_FILES, OTHER_FILES, MAX_CONNECTIONS);
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
  g_autoptr (GTlsCertificate) certificate = NULL;

  g_return_val_if_fail (state != NULL, NULL);

  self->state = state;
  self->connections = g_ptr_array_new ();
  self->max_connections = find_max_connections ();
  certificate =
    g_tls_certificate_new_from_files (state->config->certificate, state->config->key, error);
  if (certificate == NULL)
    {
      g_prefix_error_literal (error, "TLS certificate: ");
      return NULL;
    }
  self->soup = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (self->soup, NULL, on_soup_request, self, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (on_soup_request_started), self);
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
  GSList *uris;

  g_return_val_if_fail (self != NULL, FALSE);

  /* Nothing is ever served without TLS. */
  if (!soup_server_listen_all (self->soup, self->state->config->port, SOUP_SERVER_LISTEN_HTTPS,
                               error))
    return FALSE;
  uris = soup_server_get_uris (self->soup);
  enigm_config_take_bound_port (self->state->config, g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  self->retention = enigm_retention_new (self->state);
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
  g_clear_pointer (&self->retention, enigm_retention_free);
  g_clear_handle_id (&self->sweep, g_source_remove);
  enigm_hub_end_all (self->state->hub);
  /* Threads that hash a password come back to a handler, which needs the platform. */
  while (enigm_password_get_waiting () > 0)
    g_main_context_iteration (NULL, TRUE);
  self->stopping = TRUE;
  for (guint i = 0; i < self->connections->len; i++)
    enigm_server_connection_shut (g_ptr_array_index (self->connections, i));
  /* libsoup comes back to a connection after its handshake, also where that was freed meanwhile. */
  while (self->n_handshakes > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < self->connections->len; i++)
    enigm_server_connection_forget (g_ptr_array_index (self->connections, i));
  if (self->soup != NULL)
    soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
  g_clear_pointer (&self->connections, g_ptr_array_unref);
  g_free (self);
}
