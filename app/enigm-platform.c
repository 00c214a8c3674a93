/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "enigm-json.h"
#include "enigm-platform-private.h"
#include "protocol/enigm-content-digest.h"
#include "protocol/enigm-http-signature.h"

#define ORIGIN_MAX 128
#define JSON_TYPE "application/json"
#define CBOR_TYPE "application/cbor"
#define CBOR_ANSWER_MAX (64 * 1024)
#define LONG_ANSWER_MAX (32 * 1024 * 1024)
#define READ_SIZE (16 * 1024)
/* Seconds without progress: of a request, and of a stream whose comments come every thirty. */
#define REQUEST_SECONDS 30
#define STREAM_SECONDS 75
/* A platform that comes back after a crash takes nothing that was signed up to that second. */
#define RENEW_AGAIN_SECONDS 2

struct _EnigmPlatform
{
  GObject parent;
  gchar *origin;
  gchar *host;
  EnigmTrust *trust;
  GBytes *identity;
  gchar *computer_id;
  EnigmP256Key *computer_key;
  EnigmSecret *session;
  SoupSession *soup;
  SoupSession *stream_soup;
  /* Calls that wait while the session is renewed; NULL while it is not. */
  GPtrArray *renewing;
  gboolean renewing_again;
};

G_DEFINE_TYPE (EnigmPlatform, enigm_platform, G_TYPE_OBJECT)

enum
{
  REACHED,
  SESSION_RENEWED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  gchar *method;
  gchar *path;
  GBytes *body;
  const gchar *content_type;
  EnigmPlatformCallFlags flags;
  gchar *if_match;
  GHashTable *fields;
  gsize max_answer;
  gboolean any_status;
  gboolean is_stream;
  gboolean renewed;
  GSource *given_up; /* while it waits for a renewal */
  EnigmSecret *session;
  SoupMessage *message;
  GByteArray *received;
  GBytes *answer;
  GInputStream *stream;
} Call;

static void
call_stop_waiting (Call *call)
{
  if (call->given_up != NULL)
    g_source_destroy (call->given_up);
  g_clear_pointer (&call->given_up, g_source_unref);
}

static void
call_free (gpointer data)
{
  Call *call = data;

  call_stop_waiting (call);
  g_free (call->method);
  g_free (call->path);
  g_clear_pointer (&call->body, g_bytes_unref);
  g_free (call->if_match);
  g_clear_pointer (&call->fields, g_hash_table_unref);
  g_clear_pointer (&call->session, enigm_secret_unref);
  g_clear_object (&call->message);
  g_clear_pointer (&call->received, g_byte_array_unref);
  g_clear_pointer (&call->answer, g_bytes_unref);
  g_clear_object (&call->stream);
  g_free (call);
}

static void
enigm_platform_finalize (GObject *object)
{
  EnigmPlatform *self = ENIGM_PLATFORM (object);

  g_assert (self->renewing == NULL);
  g_free (self->origin);
  g_free (self->host);
  g_clear_object (&self->trust);
  g_clear_pointer (&self->identity, g_bytes_unref);
  g_free (self->computer_id);
  g_clear_pointer (&self->computer_key, enigm_p256_key_unref);
  g_clear_pointer (&self->session, enigm_secret_unref);
  g_clear_object (&self->soup);
  g_clear_object (&self->stream_soup);
  G_OBJECT_CLASS (enigm_platform_parent_class)->finalize (object);
}

static void
enigm_platform_class_init (EnigmPlatformClass *class)
{
  G_OBJECT_CLASS (class)->finalize = enigm_platform_finalize;

  signals[REACHED] = g_signal_new ("reached", ENIGM_TYPE_PLATFORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SESSION_RENEWED] = g_signal_new ("session-renewed", ENIGM_TYPE_PLATFORM,
                                           G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
enigm_platform_init (EnigmPlatform *self)
{
}

/* A host name or an address; g_uri_parse() lets nearly everything stand there. */
static gboolean
is_host (const gchar *host)
{
  gsize len = strlen (host);

  if (len == 0)
    return FALSE;
  if (strchr (host, ':') != NULL)
    return strspn (host, "0123456789abcdefABCDEF:.") == len;
  return strspn (host, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".-") == len;
}

gchar *
enigm_platform_check_origin (const gchar *text, GError **error)
{
  g_autofree gchar *stripped = NULL;
  g_autofree gchar *with_scheme = NULL;
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  stripped = g_strstrip (g_strdup (text));
  with_scheme = strstr (stripped, "://") != NULL ? g_strdup (stripped)
                                                 : g_strconcat ("https://", stripped, NULL);
  /* What is written as %xx would be another address once it is shown or parsed again. */
  if (strlen (with_scheme) <= ORIGIN_MAX && g_str_is_ascii (with_scheme) &&
      strchr (with_scheme, '%') == NULL)
    uri = g_uri_parse (with_scheme, G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  if (uri != NULL && g_strcmp0 (g_uri_get_scheme (uri), "https") == 0 &&
      g_uri_get_host (uri) != NULL && is_host (g_uri_get_host (uri)) && g_uri_get_port (uri) != 0 &&
      g_uri_get_userinfo (uri) == NULL && g_uri_get_query (uri) == NULL &&
      g_uri_get_fragment (uri) == NULL &&
      (*g_uri_get_path (uri) == '\0' || g_str_equal (g_uri_get_path (uri), "/")))
    {
      g_autofree gchar *host = g_ascii_strdown (g_uri_get_host (uri), -1);
      gboolean is_ipv6 = strchr (host, ':') != NULL;
      gint port = g_uri_get_port (uri);
      GString *origin = g_string_new ("https://");

      g_string_append_printf (origin, is_ipv6 ? "[%s]" : "%s", host);
      if (port > 0 && port != 443)
        g_string_append_printf (origin, ":%d", port);
      return g_string_free (origin, FALSE);
    }
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                       _ ("This is not the address of a platform. Nothing was sent. It looks like "
                          "https://keys.example.org; ask whoever runs it."));
  return NULL;
}

static SoupSession *
make_soup (EnigmTrust *trust, guint seconds)
{
  SoupSession *soup = soup_session_new_with_options (
    "tls-database", enigm_trust_get_database (trust), "timeout", seconds, "idle-timeout", 60,
    "max-conns-per-host", 4, "user-agent", "enigm-app/" PACKAGE_VERSION, NULL);

  /* A platform sets no cookies, asks for no HTTP authentication, and compresses nothing. */
  soup_session_remove_feature_by_type (soup, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (soup, SOUP_TYPE_CONTENT_DECODER);
  return soup;
}

EnigmPlatform *
enigm_platform_new (const gchar *origin, EnigmTrust *trust)
{
  EnigmPlatform *self;
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (origin != NULL && ENIGM_IS_TRUST (trust), NULL);

  uri = g_uri_parse (origin, G_URI_FLAGS_NONE, NULL);
  g_return_val_if_fail (uri != NULL, NULL);
  self = g_object_new (ENIGM_TYPE_PLATFORM, NULL);
  self->origin = g_strdup (origin);
  self->host = g_strdup (g_uri_get_host (uri));
  self->trust = g_object_ref (trust);
  self->soup = make_soup (trust, REQUEST_SECONDS);
  self->stream_soup = make_soup (trust, STREAM_SECONDS);
  return self;
}

const gchar *
enigm_platform_get_origin (EnigmPlatform *self)
{
  g_return_val_if_fail (ENIGM_IS_PLATFORM (self), NULL);
  return self->origin;
}

const gchar *
enigm_platform_get_host (EnigmPlatform *self)
{
  g_return_val_if_fail (ENIGM_IS_PLATFORM (self), NULL);
  return self->host;
}

EnigmTrust *
enigm_platform_get_trust (EnigmPlatform *self)
{
  g_return_val_if_fail (ENIGM_IS_PLATFORM (self), NULL);
  return self->trust;
}

GBytes *
enigm_platform_get_identity (EnigmPlatform *self)
{
  g_return_val_if_fail (ENIGM_IS_PLATFORM (self), NULL);
  return self->identity;
}

void
enigm_platform_set_identity (EnigmPlatform *self, GBytes *identity)
{
  g_return_if_fail (ENIGM_IS_PLATFORM (self));

  g_clear_pointer (&self->identity, g_bytes_unref);
  self->identity = identity != NULL ? g_bytes_ref (identity) : NULL;
}

void
enigm_platform_set_computer (EnigmPlatform *self, const gchar *computer_id, EnigmP256Key *key)
{
  g_return_if_fail (ENIGM_IS_PLATFORM (self));
  g_return_if_fail ((computer_id == NULL) == (key == NULL));

  g_free (self->computer_id);
  self->computer_id = g_strdup (computer_id);
  g_clear_pointer (&self->computer_key, enigm_p256_key_unref);
  self->computer_key = key != NULL ? enigm_p256_key_ref (key) : NULL;
}

void
enigm_platform_set_session (EnigmPlatform *self, EnigmSecret *token)
{
  g_return_if_fail (ENIGM_IS_PLATFORM (self));

  g_clear_pointer (&self->session, enigm_secret_unref);
  self->session = token != NULL ? enigm_secret_ref (token) : NULL;
}

EnigmSecret *
enigm_platform_get_session (EnigmPlatform *self)
{
  g_return_val_if_fail (ENIGM_IS_PLATFORM (self), NULL);
  return self->session;
}

static gchar *
format_bearer (EnigmSecret *session)
{
  gsize len;
  const guint8 *data = enigm_secret_peek (session, &len);

  return g_strdup_printf ("Bearer %.*s", (gint) len, (const gchar *) data);
}

/* The computer's signature over what is about to be sent (PROTOCOL.md, section 8). */
static gboolean
sign (EnigmPlatform *self, Call *call, const gchar *authorization, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (call->message);
  g_autofree gchar *digest = enigm_content_digest_format (call->body);
  EnigmHttpMessage message = {
    .method = call->method,
    .authority = self->origin + strlen ("https://"),
    .path = call->path,
    .content_type = call->content_type,
    .content_digest = digest,
    .if_match = call->if_match,
    .authorization = authorization,
  };
  EnigmHttpSignature signature;
  guint8 keyid[ENIGM_ID_SIZE];
  g_autofree gchar *input = NULL;
  g_autofree gchar *value = NULL;

  if (self->computer_key == NULL)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NO_ACCOUNT,
                           _ ("Nobody is signed in on this computer. Nothing was sent. Sign in "
                              "first."));
      return FALSE;
    }
  if (!enigm_hex_decode (self->computer_id, keyid, sizeof keyid) ||
      !enigm_http_signature_init (&signature, ENIGM_HTTP_COMPUTER_REQUEST, keyid,
                                  (guint64) (g_get_real_time () / G_USEC_PER_SEC), error) ||
      !enigm_http_signature_sign_p256 (&signature, &message, self->computer_key, error))
    return FALSE;
  input = enigm_http_signature_format_input (&signature);
  value = enigm_http_signature_format (&signature);
  soup_message_headers_replace (headers, "Content-Digest", digest);
  soup_message_headers_replace (headers, "Signature-Input", input);
  soup_message_headers_replace (headers, "Signature", value);
  return TRUE;
}

/* Makes the message anew each time it is sent: a signature's nonce is used once. */
static gboolean
build_message (EnigmPlatform *self, Call *call, GError **error)
{
  g_autofree gchar *uri = g_strconcat (self->origin, call->path, NULL);
  g_autofree gchar *authorization = NULL;
  SoupMessageHeaders *headers;

  g_clear_object (&call->message);
  g_clear_pointer (&call->session, enigm_secret_unref);
  call->message = soup_message_new (call->method, uri);
  g_assert (call->message != NULL);
  soup_message_add_flags (call->message, SOUP_MESSAGE_NO_REDIRECT);
  headers = soup_message_get_request_headers (call->message);
  if (call->body != NULL)
    soup_message_set_request_body_from_bytes (call->message, call->content_type, call->body);
  if (call->if_match != NULL)
    soup_message_headers_replace (headers, "If-Match", call->if_match);
  if (call->fields != NULL)
    {
      GHashTableIter iter;
      gpointer name;
      gpointer value;

      g_hash_table_iter_init (&iter, call->fields);
      while (g_hash_table_iter_next (&iter, &name, &value))
        soup_message_headers_replace (headers, name, value);
    }
  if (call->flags & ENIGM_PLATFORM_CALL_BEARER)
    {
      if (self->session == NULL)
        {
          g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NO_ACCOUNT,
                               _ ("Nobody is signed in on this computer. Nothing was sent. Sign in "
                                  "first."));
          return FALSE;
        }
      call->session = enigm_secret_ref (self->session);
      authorization = format_bearer (self->session);
      soup_message_headers_replace (headers, "Authorization", authorization);
    }
  return (call->flags & ENIGM_PLATFORM_CALL_SIGNED) == 0 || sign (self, call, authorization, error);
}

static void send_call (GTask *task);
static void renew (EnigmPlatform *self, GTask *task);

static void
return_error (GTask *task, GError *error)
{
  EnigmPlatform *self = g_task_get_source_object (task);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
      !g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_NO_ACCOUNT))
    g_signal_emit (self, signals[REACHED], 0,
                   enigm_platform_error_is_answer (error) ? NULL : error);
  g_task_return_error (task, error);
}

static void
on_answered (GTask *task)
{
  EnigmPlatform *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  guint status = soup_message_get_status (call->message);
  g_autoptr (GError) error = NULL;

  call->answer = g_byte_array_free_to_bytes (g_steal_pointer (&call->received));
  if (!call->any_status && !SOUP_STATUS_IS_SUCCESSFUL (status))
    {
      error = enigm_platform_map_problem (self, status, call->answer);
      if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED) &&
          (call->flags & ENIGM_PLATFORM_CALL_BEARER) && !call->renewed &&
          self->computer_key != NULL)
        {
          call->renewed = TRUE;
          g_clear_pointer (&call->answer, g_bytes_unref);
          /* Another call may have renewed it while this one was under way. */
          if (self->session != NULL && !enigm_secret_equal (self->session, call->session))
            send_call (task);
          else
            renew (self, task);
          return;
        }
      return_error (task, g_steal_pointer (&error));
      return;
    }
  g_signal_emit (self, signals[REACHED], 0, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);
  EnigmPlatform *self = g_task_get_source_object (task);
  GInputStream *stream = G_INPUT_STREAM (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (stream, result, &error);

  if (bytes == NULL)
    {
      return_error (task, enigm_platform_map_transport (self, call->message, error));
      return;
    }
  if (g_bytes_get_size (bytes) == 0)
    {
      on_answered (task);
      return;
    }
  if (call->received->len + g_bytes_get_size (bytes) > call->max_answer)
    {
      return_error (task,
                    g_error_new (ENIGM_ERROR, ENIGM_ERROR_PLATFORM_ANSWER,
                                 _ ("The answer of the platform at %s is too long. Nothing on this "
                                    "computer was changed. Tell whoever runs the platform."),
                                 self->host));
      return;
    }
  g_byte_array_append (call->received, g_bytes_get_data (bytes, NULL),
                       (guint) g_bytes_get_size (bytes));
  g_input_stream_read_bytes_async (stream, READ_SIZE, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_read, g_object_ref (task));
}

static void
on_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);
  EnigmPlatform *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream =
    soup_session_send_finish (SOUP_SESSION (object), result, &error);

  if (stream == NULL)
    {
      return_error (task, enigm_platform_map_transport (self, call->message, error));
      return;
    }
  if (call->is_stream && soup_message_get_status (call->message) == SOUP_STATUS_OK)
    {
      call->stream = g_steal_pointer (&stream);
      g_signal_emit (self, signals[REACHED], 0, NULL);
      g_task_return_boolean (task, TRUE);
      return;
    }
  call->received = g_byte_array_new ();
  g_input_stream_read_bytes_async (stream, READ_SIZE, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_read, g_object_ref (task));
}

static void
send_call (GTask *task)
{
  EnigmPlatform *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;

  /* A token that the keyring has lost is not missed: this computer's key gets another. */
  if ((call->flags & ENIGM_PLATFORM_CALL_BEARER) && self->session == NULL &&
      self->computer_key != NULL && !call->renewed)
    {
      call->renewed = TRUE;
      renew (self, task);
      return;
    }
  if (!build_message (self, call, &error))
    {
      return_error (task, error);
      return;
    }
  soup_session_send_async (call->is_stream ? self->stream_soup : self->soup, call->message,
                           G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_sent,
                           g_object_ref (task));
}

static gboolean
take_renewed (EnigmPlatform *self, JsonNode *answer, GError **error)
{
  g_autofree gchar *token = NULL;
  g_autoptr (EnigmSecret) secret = NULL;

  if (!enigm_json_read_string (json_node_get_object (answer), "token", 256, &token, error))
    return FALSE;
  secret = enigm_secret_new_copy ((const guint8 *) token, strlen (token));
  enigm_platform_set_session (self, secret);
  g_signal_emit (self, signals[SESSION_RENEWED], 0);
  return TRUE;
}

static void send_renewal (EnigmPlatform *self);

static gboolean
on_pause_over (gpointer user_data)
{
  send_renewal (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_renewed (GObject *object, GAsyncResult *result, gpointer data)
{
  EnigmPlatform *self = ENIGM_PLATFORM (object);
  g_autoptr (GPtrArray) waiting = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = enigm_platform_call_finish (self, result, NULL, &error);
  gboolean renewed = answer != NULL && take_renewed (self, answer, &error);

  if (!self->renewing_again && g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED))
    {
      self->renewing_again = TRUE;
      g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, RENEW_AGAIN_SECONDS, on_pause_over,
                                  g_object_ref (self), g_object_unref);
      return;
    }
  self->renewing_again = FALSE;
  waiting = g_steal_pointer (&self->renewing);
  for (guint i = 0; i < waiting->len; i++)
    {
      call_stop_waiting (g_task_get_task_data (waiting->pdata[i]));
      if (renewed)
        send_call (waiting->pdata[i]);
      else
        g_task_return_error (waiting->pdata[i], g_error_copy (error));
    }
}

static void
send_renewal (EnigmPlatform *self)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);

  /* Without the first call's cancellable: others may come to wait for it. */
  enigm_platform_send_async (self, "POST", "/v1/sessions/renewal", body, ENIGM_PLATFORM_CALL_SIGNED,
                             NULL, NULL, on_renewed, NULL);
}

static gboolean
on_given_up (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  EnigmPlatform *self = g_task_get_source_object (task);

  call_stop_waiting (g_task_get_task_data (task));
  g_ptr_array_remove (self->renewing, task);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* Whoever cancels meanwhile has the answer at once; the renewal goes on for the others. */
static void
renew (EnigmPlatform *self, GTask *task)
{
  const gboolean is_first = self->renewing == NULL;
  GCancellable *cancellable = g_task_get_cancellable (task);
  Call *call = g_task_get_task_data (task);

  if (is_first)
    self->renewing = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->renewing, g_object_ref (task));
  if (cancellable != NULL)
    {
      call->given_up = g_cancellable_source_new (cancellable);
      g_source_set_callback (call->given_up, G_SOURCE_FUNC (on_given_up), task, NULL);
      g_source_attach (call->given_up, g_main_context_get_thread_default ());
    }
  if (is_first)
    send_renewal (self);
}

static GTask *
new_call (EnigmPlatform *self,
          const gchar *method,
          const gchar *path,
          GBytes *body,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  call->method = g_strdup (method);
  call->path = g_strdup (path);
  call->body = body != NULL ? g_bytes_ref (body) : NULL;
  g_task_set_task_data (task, call, call_free);
  return task;
}

void
enigm_platform_send_async (EnigmPlatform *self,
                           const gchar *method,
                           const gchar *path,
                           GBytes *body,
                           EnigmPlatformCallFlags flags,
                           const gchar *if_match,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  g_return_if_fail (ENIGM_IS_PLATFORM (self));
  g_return_if_fail (method != NULL && path != NULL && *path == '/');

  task = new_call (self, method, path, body, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_platform_call_async);
  call = g_task_get_task_data (task);
  call->content_type = JSON_TYPE;
  call->flags = flags;
  call->if_match = g_strdup (if_match);
  call->max_answer = (flags & ENIGM_PLATFORM_CALL_LONG) ? LONG_ANSWER_MAX : ENIGM_JSON_MAX_BYTES;
  /* A signature covers type and digest, also where there is nothing to send. */
  if (call->body == NULL && (flags & ENIGM_PLATFORM_CALL_SIGNED))
    call->body = g_bytes_new_static ("", 0);
  send_call (task);
}

void
enigm_platform_call_async (EnigmPlatform *self,
                           const gchar *method,
                           const gchar *path,
                           JsonNode *body,
                           EnigmPlatformCallFlags flags,
                           const gchar *if_match,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GBytes) bytes = NULL;

  if (body != NULL)
    {
      gchar *text = json_to_string (body, FALSE);

      bytes = g_bytes_new_take (text, strlen (text));
    }
  enigm_platform_send_async (self, method, path, bytes, flags, if_match, cancellable, callback,
                             user_data);
}

JsonNode *
enigm_platform_call_finish (EnigmPlatform *self, GAsyncResult *result, gchar **etag, GError **error)
{
  GTask *task = G_TASK (result);
  Call *call;
  g_autoptr (JsonObject) json = NULL;
  JsonNode *node;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (task, error))
    return NULL;
  call = g_task_get_task_data (task);
  if (g_bytes_get_size (call->answer) == 0)
    json = json_object_new ();
  else if ((json = enigm_json_parse_bounded (call->answer, call->max_answer, error)) == NULL)
    return NULL;
  if (etag != NULL)
    *etag = g_strdup (
      soup_message_headers_get_one (soup_message_get_response_headers (call->message), "ETag"));
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, json);
  return node;
}

void
enigm_platform_post_cbor_async (EnigmPlatform *self,
                                const gchar *path,
                                GBytes *body,
                                GHashTable *fields,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  g_return_if_fail (ENIGM_IS_PLATFORM (self));
  g_return_if_fail (path != NULL && *path == '/' && body != NULL);

  task = new_call (self, "POST", path, body, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_platform_post_cbor_async);
  call = g_task_get_task_data (task);
  call->content_type = CBOR_TYPE;
  call->fields = fields != NULL ? g_hash_table_ref (fields) : NULL;
  call->max_answer = CBOR_ANSWER_MAX;
  call->any_status = TRUE;
  send_call (task);
}

static void
on_field (const gchar *name, const gchar *value, gpointer data)
{
  g_hash_table_insert (data, g_ascii_strdown (name, -1), g_strdup (value));
}

GBytes *
enigm_platform_post_cbor_finish (EnigmPlatform *self,
                                 GAsyncResult *result,
                                 guint *status,
                                 GHashTable **fields,
                                 GError **error)
{
  GTask *task = G_TASK (result);
  Call *call;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (task, error))
    return NULL;
  call = g_task_get_task_data (task);
  *status = soup_message_get_status (call->message);
  if (fields != NULL)
    {
      *fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      soup_message_headers_foreach (soup_message_get_response_headers (call->message), on_field,
                                    *fields);
    }
  return g_steal_pointer (&call->answer);
}

void
enigm_platform_open_stream_async (EnigmPlatform *self,
                                  const gchar *path,
                                  const gchar *last_event_id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  g_return_if_fail (ENIGM_IS_PLATFORM (self));
  g_return_if_fail (path != NULL && *path == '/');

  task = new_call (self, "GET", path, NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_platform_open_stream_async);
  call = g_task_get_task_data (task);
  call->flags = ENIGM_PLATFORM_CALL_BEARER;
  call->max_answer = ENIGM_JSON_MAX_BYTES;
  call->is_stream = TRUE;
  call->fields = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_hash_table_insert (call->fields, (gpointer) "Accept", g_strdup ("text/event-stream"));
  if (last_event_id != NULL)
    g_hash_table_insert (call->fields, (gpointer) "Last-Event-ID", g_strdup (last_event_id));
  send_call (task);
}

GInputStream *
enigm_platform_open_stream_finish (EnigmPlatform *self, GAsyncResult *result, GError **error)
{
  GTask *task = G_TASK (result);
  Call *call;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (task, error))
    return NULL;
  call = g_task_get_task_data (task);
  if (call->stream == NULL)
    g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_ANSWER, "stream");
  return g_steal_pointer (&call->stream);
}
