/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-https.h"

#include <libsoup/soup.h>
#include <string.h>

#include "enigm-error.h"
#include "key-pins.h"

/* A try that takes longer makes room for the next one. */
#define TRY_S 15

/**
 * EnigmKeyHttps:
 *
 * The key's own connection: its mobile data. A server is accepted by its pins alone, TLS 1.2 or
 * later; no proxy, no redirect, no compression, no cookies.
 */
struct _EnigmKeyHttps
{
  GObject parent_instance;

  gboolean network;
  SoupSession *session; /* for these pins */
  EnigmKeyPins *pins;
  GCancellable *network_lost;
};

static void enigm_key_https_carrier_init (EnigmKeyCarrierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (EnigmKeyHttps,
                               enigm_key_https,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ENIGM_TYPE_KEY_CARRIER,
                                                      enigm_key_https_carrier_init))

/* One request. The session gets a cancellable of our own, which time, network and the caller's
 * cancellable all cancel. */
typedef struct
{
  SoupMessage *message;
  GInputStream *stream;
  guint8 body[ENIGM_KEY_REPLY_MAX + 1];
  GCancellable *cancellable;
  GCancellable *network_lost;
  gulong network_lost_id;
  GCancellable *outer;
  gulong outer_id;
  guint timeout_id;
} Try;

static void
try_free (Try *self)
{
  g_cancellable_disconnect (self->network_lost, self->network_lost_id);
  if (self->outer != NULL)
    g_cancellable_disconnect (self->outer, self->outer_id);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_object (&self->message);
  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->network_lost);
  g_clear_object (&self->outer);
  g_free (self);
}

static void
enigm_key_https_dispose (GObject *object)
{
  EnigmKeyHttps *self = ENIGM_KEY_HTTPS (object);

  g_clear_object (&self->session);
  g_clear_object (&self->pins);
  g_clear_object (&self->network_lost);

  G_OBJECT_CLASS (enigm_key_https_parent_class)->dispose (object);
}

static void
enigm_key_https_class_init (EnigmKeyHttpsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_https_dispose;
}

static void
enigm_key_https_init (EnigmKeyHttps *self)
{
  self->network = TRUE;
  self->network_lost = g_cancellable_new ();
}

/**
 * enigm_key_https_new:
 *
 * Returns: (transfer full): a connection, with mobile data on
 */
EnigmKeyHttps *
enigm_key_https_new (void)
{
  return g_object_new (ENIGM_TYPE_KEY_HTTPS, NULL);
}

/**
 * enigm_key_https_set_network:
 * @self: the connection
 * @on: whether there is mobile data
 */
void
enigm_key_https_set_network (EnigmKeyHttps *self, gboolean on)
{
  g_return_if_fail (ENIGM_IS_KEY_HTTPS (self));

  self->network = on;
  if (!on)
    {
      g_autoptr (GCancellable) lost = g_steal_pointer (&self->network_lost);

      self->network_lost = g_cancellable_new ();
      g_cancellable_cancel (lost);
      g_clear_object (&self->session);
      g_clear_object (&self->pins);
    }
}

/**
 * enigm_key_https_get_network:
 * @self: the connection
 *
 * Returns: whether there is mobile data
 */
gboolean
enigm_key_https_get_network (EnigmKeyHttps *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_HTTPS (self), FALSE);

  return self->network;
}

static void
ensure_session (EnigmKeyHttps *self, const guint8 pins[2][32])
{
  if (self->session != NULL && enigm_key_pins_equal (self->pins, pins))
    return;
  g_clear_object (&self->session);
  g_clear_object (&self->pins);

  self->pins = ENIGM_KEY_PINS (enigm_key_pins_new (pins));
  self->session = soup_session_new_with_options ("tls-database", self->pins, "proxy-resolver", NULL,
                                                 "timeout", TRY_S, "idle-timeout", 30, NULL);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_AUTH_MANAGER);
}

static gboolean
on_try_elapsed (gpointer user_data)
{
  Try *try = user_data;

  try->timeout_id = 0;
  g_cancellable_cancel (try->cancellable);

  return G_SOURCE_REMOVE;
}

static void
on_outer_cancelled (GCancellable *outer, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
on_network_event (SoupMessage *message,
                  GSocketClientEvent event,
                  GIOStream *connection,
                  gpointer user_data)
{
  Try *try = user_data;

  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED && G_IS_TLS_CONNECTION (connection) &&
      g_tls_connection_get_protocol_version (G_TLS_CONNECTION (connection)) <
        G_TLS_PROTOCOL_VERSION_TLS_1_2)
    g_cancellable_cancel (try->cancellable);
}

/* The one place where foreign errors become ours. */
static void
return_error (GTask *task, GError *error)
{
  EnigmKeyHttps *self = g_task_get_source_object (task);
  g_autoptr (GError) owned = error;

  /* libsoup counts connections to a host, and now and then one that broke while it was made for
   * ever: after two of them nothing would leave the key any more. The next try begins anew. */
  g_clear_object (&self->session);
  g_clear_object (&self->pins);
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_CERTIFICATE,
                             "another server answers");
  else
    g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY, "%s", error->message);
}

static void
on_body_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Try *try = g_task_get_task_data (task);
  SoupMessageHeaders *fields = soup_message_get_response_headers (try->message);
  g_autoptr (EnigmKeyReply) reply = NULL;
  GError *error = NULL;
  gsize len = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &len, &error))
    {
      return_error (task, error);
      return;
    }
  if (len > ENIGM_KEY_REPLY_MAX)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY,
                               "the answer is too long");
      return;
    }

  reply = g_new0 (EnigmKeyReply, 1);
  reply->status = soup_message_get_status (try->message);
  reply->digest_field = g_strdup (soup_message_headers_get_list (fields, "Content-Digest"));
  reply->input_field = g_strdup (soup_message_headers_get_list (fields, "Signature-Input"));
  reply->signature_field = g_strdup (soup_message_headers_get_list (fields, "Signature"));
  reply->body = g_bytes_new (try->body, len);
  g_task_return_pointer (task, g_steal_pointer (&reply), (GDestroyNotify) enigm_key_reply_free);
}

static void
on_message_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Try *try = g_task_get_task_data (task);
  GError *error = NULL;

  try->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (try->stream == NULL)
    {
      return_error (task, error);
      return;
    }
  g_input_stream_read_all_async (try->stream, try->body, sizeof try->body, G_PRIORITY_DEFAULT,
                                 try->cancellable, on_body_read, g_steal_pointer (&task));
}

static void
enigm_key_https_carry_async (EnigmKeyCarrier *carrier,
                             EnigmKeyPost *post,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  EnigmKeyHttps *self = ENIGM_KEY_HTTPS (carrier);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *url = g_strconcat (post->origin, post->path, NULL);
  SoupMessageHeaders *fields;
  SoupMessage *message;
  Try *try;

  g_task_set_source_tag (task, enigm_key_https_carry_async);
  message = self->network ? soup_message_new ("POST", url) : NULL;
  if (message == NULL)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY,
                               self->network ? "the platform's address is none" : "no mobile data");
      return;
    }

  ensure_session (self, post->pins);
  try = g_new0 (Try, 1);
  try->message = message;
  try->cancellable = g_cancellable_new ();
  try->network_lost = g_object_ref (self->network_lost);
  try->network_lost_id = g_cancellable_connect (try->network_lost, G_CALLBACK (on_outer_cancelled),
                                                g_object_ref (try->cancellable), g_object_unref);
  if (cancellable != NULL)
    {
      try->outer = g_object_ref (cancellable);
      try->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled),
                                             g_object_ref (try->cancellable), g_object_unref);
    }
  try->timeout_id = g_timeout_add_seconds (TRY_S, on_try_elapsed, try);
  g_task_set_task_data (task, try, (GDestroyNotify) try_free);

  /* Answered twice or once is the same to the platform, so a connection that has just closed is
   * no reason to give up. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_IDEMPOTENT);
  soup_message_set_request_body_from_bytes (message, "application/cbor", post->body);
  fields = soup_message_get_request_headers (message);
  if (post->digest_field != NULL)
    {
      soup_message_headers_append (fields, "Content-Digest", post->digest_field);
      soup_message_headers_append (fields, "Signature-Input", post->input_field);
      soup_message_headers_append (fields, "Signature", post->signature_field);
    }
  g_signal_connect (message, "network-event", G_CALLBACK (on_network_event), try);
  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, try->cancellable,
                           on_message_sent, g_steal_pointer (&task));
}

static EnigmKeyReply *
enigm_key_https_carry_finish (EnigmKeyCarrier *carrier, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
enigm_key_https_carrier_init (EnigmKeyCarrierInterface *iface)
{
  iface->carry_async = enigm_key_https_carry_async;
  iface->carry_finish = enigm_key_https_carry_finish;
}
