/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client, against a server that answers as the test wants. */
#include <string.h>

#include "await.h"
#include "enigm-content-digest.h"
#include "enigm-error.h"
#include "enigm-http-signature.h"
#include "enigm-platform.h"
#include "tls-server.h"

#define COMPUTER "00112233445566778899aabbccddeeff"

static void
reply (SoupServerMessage *message, guint status, const gchar *type, const gchar *body)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, body, strlen (body));
}

static void
reply_problem (SoupServerMessage *message, guint status, const gchar *name)
{
  g_autofree gchar *body =
    g_strdup_printf ("{\"type\":\"urn:enigm:problem:%s\",\"status\":%u}", name, status);

  reply (message, status, "application/problem+json", body);
}

static EnigmPlatform *
open_platform (TlsServer *server)
{
  g_autoptr (EnigmTrust) trust = enigm_trust_new_ca (server->ca, NULL);

  return enigm_platform_new (server->origin, trust);
}

static JsonNode *
call (EnigmPlatform *platform, const gchar *path, EnigmPlatformCallFlags flags, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_platform_call_async (platform, "GET", path, NULL, flags, NULL, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_platform_call_finish (platform, result, NULL, error);
}

/* What an answer is that does not keep to the protocol. */

typedef struct
{
  guint status;
  const gchar *body;
  gint code;
} Answer;

static void
on_answer_wanted (SoupServerMessage *message, const char *path, gpointer user_data)
{
  const Answer *answer = user_data;

  if (answer->status == SOUP_STATUS_FOUND)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location",
                                  "/v1/elsewhere");
  reply (message, answer->status, "application/json", answer->body);
}

static void
test_bad_answers (void)
{
  g_autofree gchar *deep = g_strnfill (100000, '[');
  g_autofree gchar *long_text = g_strnfill (1024 * 1024, 'a');
  g_autofree gchar *too_long = g_strdup_printf ("{\"a\":\"%s\"}", long_text);
  g_autofree gchar *nested = g_strconcat ("{\"a\":", deep, NULL);
  const Answer answers[] = {
    { 200, "hello", ENIGM_ERROR_PLATFORM_ANSWER },
    { 200, "[]", ENIGM_ERROR_PLATFORM_ANSWER },
    { 200, "{\"a\":1", ENIGM_ERROR_PLATFORM_ANSWER },
    { 200, "{\"a\":\"\xff\"}", ENIGM_ERROR_PLATFORM_ANSWER },
    { 200, nested, ENIGM_ERROR_PLATFORM_ANSWER },
    { 200, too_long, ENIGM_ERROR_PLATFORM_ANSWER },
    { 302, "{}", ENIGM_ERROR_PLATFORM_ANSWER },
    { 404, "<html>nothing here</html>", ENIGM_ERROR_PLATFORM_ANSWER },
    { 404, "{\"type\":\"urn:enigm:problem:unheard-of\"}", ENIGM_ERROR_PLATFORM_ANSWER },
    { 404, "{\"type\":\"urn:enigm:problem:unknown\"}", ENIGM_ERROR_PLATFORM_REFUSED },
    { 409, "{\"type\":\"urn:enigm:problem:name-taken\"}", ENIGM_ERROR_PLATFORM_REFUSED },
    { 412, "{\"type\":\"urn:enigm:problem:changed\"}", ENIGM_ERROR_CONFLICT },
    { 401, "{\"type\":\"urn:enigm:problem:sign-in-wrong\"}", ENIGM_ERROR_SIGN_IN_WRONG },
    { 502, "<html>bad gateway</html>", ENIGM_ERROR_PLATFORM_AWAY },
  };
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  g_autoptr (EnigmPlatform) platform = open_platform (server);

  server->handler = on_answer_wanted;
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GError) error = NULL;
      const guint before = server->n_requests;

      server->user_data = (gpointer) &answers[i];
      g_assert_null (call (platform, "/v1", ENIGM_PLATFORM_CALL_NONE, &error));
      g_assert_error (error, ENIGM_ERROR, answers[i].code);
      /* Never a second request, to wherever a redirect leads. */
      g_assert_cmpuint (server->n_requests, ==, before + 1);
    }
}

/* A session that ended is renewed once, for however many calls need it, under the computer's key.
 */

typedef struct
{
  EnigmP256Key *key;
  gboolean renews;
  guint n_renewals;
  guint n_calls;
  guint calls_before;
  SoupServerMessage *held;
} Renewal;

static gboolean
is_signed_right (SoupServerMessage *message, const char *path, EnigmP256Key *key)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  EnigmHttpMessage covered = {
    .method = soup_server_message_get_method (message),
    .authority = soup_message_headers_get_one (headers, "Host"),
    .path = path,
    .content_type = soup_message_headers_get_one (headers, "Content-Type"),
    .content_digest = soup_message_headers_get_one (headers, "Content-Digest"),
    .authorization = soup_message_headers_get_one (headers, "Authorization"),
  };
  EnigmHttpSignature signature;

  return covered.content_digest != NULL &&
         enigm_content_digest_check (covered.content_digest, 1, bytes, NULL) &&
         enigm_http_signature_parse (&signature, ENIGM_HTTP_COMPUTER_REQUEST,
                                     soup_message_headers_get_one (headers, "Signature-Input"), 1,
                                     soup_message_headers_get_one (headers, "Signature"), 1,
                                     NULL) &&
         enigm_http_signature_verify_p256 (&signature, &covered, enigm_p256_key_get_point (key),
                                           ENIGM_P256_POINT_SIZE, NULL);
}

static void
on_session_wanted (SoupServerMessage *message, const char *path, gpointer user_data)
{
  Renewal *renewal = user_data;
  const gchar *bearer = soup_message_headers_get_one (
    soup_server_message_get_request_headers (message), "Authorization");

  if (g_str_equal (path, "/v1/sessions/renewal"))
    {
      renewal->n_renewals++;
      /* All that were refused are to wait for one renewal. */
      if (renewal->n_calls < renewal->calls_before)
        {
          renewal->held = message;
          soup_server_message_pause (message);
        }
      g_assert_null (bearer);
      g_assert_true (is_signed_right (message, path, renewal->key));
      if (renewal->renews)
        reply (message, 201, "application/json", "{\"token\":\"new\",\"expires\":1}");
      else
        reply_problem (message, 401, "session-ended");
      return;
    }
  renewal->n_calls++;
  if (renewal->held != NULL && renewal->n_calls == renewal->calls_before)
    soup_server_message_unpause (g_steal_pointer (&renewal->held));
  if (g_strcmp0 (bearer, "Bearer new") == 0)
    reply (message, 200, "application/json", "{}");
  else
    reply_problem (message, 401, "session-ended");
}

static EnigmPlatform *
open_signed_in (TlsServer *server, Renewal *renewal)
{
  EnigmPlatform *platform = open_platform (server);
  g_autoptr (EnigmSecret) token = enigm_secret_new_copy ((const guint8 *) "old", 3);

  renewal->key = enigm_p256_key_generate (NULL);
  server->handler = on_session_wanted;
  server->user_data = renewal;
  enigm_platform_set_computer (platform, COMPUTER, renewal->key);
  enigm_platform_set_session (platform, token);
  return platform;
}

static void
test_renewal (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  Renewal renewal = { .renews = TRUE, .calls_before = 3 };
  g_autoptr (EnigmPlatform) platform = open_signed_in (server, &renewal);
  g_autoptr (GError) error = NULL;
  GAsyncResult *results[3] = { NULL };
  gsize len;

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    enigm_platform_call_async (platform, "GET", "/v1/keys", NULL, ENIGM_PLATFORM_CALL_BEARER, NULL,
                               NULL, on_awaited, &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (JsonNode) answer = NULL;

      await_result (&results[i]);
      answer = enigm_platform_call_finish (platform, results[i], NULL, &error);
      g_assert_no_error (error);
      g_object_unref (results[i]);
    }
  g_assert_cmpuint (renewal.n_renewals, ==, 1);
  g_assert_cmpmem (enigm_secret_peek (enigm_platform_get_session (platform), &len), len, "new", 3);
  enigm_p256_key_unref (renewal.key);
}

/* Who cancels does not wait for the renewal that others wait for; nor is it ended with them. */
static void
test_renewal_cancelled (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  Renewal renewal = { .renews = TRUE, .calls_before = G_MAXUINT };
  g_autoptr (EnigmPlatform) platform = open_signed_in (server, &renewal);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = NULL;
  GAsyncResult *results[2] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    enigm_platform_call_async (platform, "GET", "/v1/keys", NULL, ENIGM_PLATFORM_CALL_BEARER, NULL,
                               i == 0 ? cancellable : NULL, on_awaited, &results[i]);
  while (renewal.held == NULL || renewal.n_calls < 2)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  await_result (&results[0]);
  g_assert_null (enigm_platform_call_finish (platform, results[0], NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&results[0]);

  soup_server_message_unpause (g_steal_pointer (&renewal.held));
  await_result (&results[1]);
  answer = enigm_platform_call_finish (platform, results[1], NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&results[1]);
  g_assert_cmpuint (renewal.n_renewals, ==, 1);
  enigm_p256_key_unref (renewal.key);
}

static void
test_renewal_refused (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  Renewal renewal = { .renews = FALSE };
  g_autoptr (EnigmPlatform) platform = open_signed_in (server, &renewal);
  g_autoptr (GError) error = NULL;

  g_assert_null (call (platform, "/v1/keys", ENIGM_PLATFORM_CALL_BEARER, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED);
  /* The first may have been signed in the second in which a platform came back. */
  g_assert_cmpuint (renewal.n_renewals, ==, 2);
  g_assert_cmpuint (renewal.n_calls, ==, 1);
  enigm_p256_key_unref (renewal.key);
}

/* After a start with no token in the keyring, the computer's key is enough. */
static void
test_renewal_without_token (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  Renewal renewal = { .renews = TRUE };
  g_autoptr (EnigmPlatform) platform = open_signed_in (server, &renewal);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;

  enigm_platform_set_session (platform, NULL);
  answer = call (platform, "/v1/keys", ENIGM_PLATFORM_CALL_BEARER, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (renewal.n_calls, ==, 1);
  enigm_p256_key_unref (renewal.key);
}

static void
test_signed_out (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  g_autoptr (EnigmPlatform) platform = open_platform (server);
  g_autoptr (GError) error = NULL;

  g_assert_null (call (platform, "/v1/keys", ENIGM_PLATFORM_CALL_BEARER, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NO_ACCOUNT);
  g_clear_error (&error);
  g_assert_null (call (platform, "/v1/keys", ENIGM_PLATFORM_CALL_SIGNED, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NO_ACCOUNT);
  g_assert_cmpuint (server->n_requests, ==, 0);
}

static void
on_cbor_wanted (SoupServerMessage *message, const char *path, gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  g_assert_cmpstr (path, ==, "/key/v1/proof");
  g_assert_cmpstr (soup_message_headers_get_one (headers, "Content-Type"), ==, "application/cbor");
  g_assert_cmpstr (soup_message_headers_get_one (headers, "Signature"), ==, "enigm=:AA:");
  g_assert_null (soup_message_headers_get_one (headers, "Authorization"));
  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "Signature-Input", "enigm=()");
  reply (message, 409, "application/cbor", "\x80");
}

/* A key's own request and its answer pass through as they are, whatever the status. */
static void
test_relay (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  g_autoptr (EnigmPlatform) platform = open_platform (server);
  g_autoptr (GHashTable) fields = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) answer_fields = NULL;
  g_autoptr (GBytes) body = g_bytes_new_static ("\x81\x01", 2);
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint status = 0;

  server->handler = on_cbor_wanted;
  g_hash_table_insert (fields, (gpointer) "Signature", (gpointer) "enigm=:AA:");
  enigm_platform_post_cbor_async (platform, "/key/v1/proof", body, fields, NULL, on_awaited,
                                  &result);
  await_result (&result);
  answer = enigm_platform_post_cbor_finish (platform, result, &status, &answer_fields, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (status, ==, 409);
  g_assert_cmpstr (g_hash_table_lookup (answer_fields, "signature-input"), ==, "enigm=()");
  g_assert_cmpmem (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), "\x80", 1);
}

static void
test_away (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  g_autoptr (EnigmPlatform) platform = open_platform (server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  soup_server_disconnect (server->soup);
  g_assert_null (call (platform, "/v1", ENIGM_PLATFORM_CALL_NONE, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY);
  g_clear_error (&error);

  g_cancellable_cancel (cancellable);
  enigm_platform_call_async (platform, "GET", "/v1", NULL, ENIGM_PLATFORM_CALL_NONE, NULL,
                             cancellable, on_awaited, &result);
  await_result (&result);
  g_assert_null (enigm_platform_call_finish (platform, result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Streams never end; "/v1/slow" is not answered until the test wants it. */
typedef struct
{
  GPtrArray *streams;
  GPtrArray *slow;
} Waiting;

static void
on_waiting_wanted (SoupServerMessage *message, const char *path, gpointer user_data)
{
  Waiting *waiting = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (g_str_equal (path, "/v1/stream"))
    {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_message_headers_set_content_type (headers, "text/event-stream", NULL);
      soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
      soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC,
                                ":\n\n", 3);
      g_ptr_array_add (waiting->streams, g_object_ref (message));
    }
  else if (g_str_equal (path, "/v1/slow"))
    {
      soup_server_message_pause (message);
      g_ptr_array_add (waiting->slow, g_object_ref (message));
    }
  else
    reply (message, SOUP_STATUS_OK, "application/json", "{}");
}

static GInputStream *
open_stream (EnigmPlatform *platform)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GInputStream *stream;

  enigm_platform_open_stream_async (platform, "/v1/stream", NULL, NULL, on_awaited, &result);
  await_result (&result);
  stream = enigm_platform_open_stream_finish (platform, result, &error);
  g_assert_no_error (error);
  return stream;
}

static gboolean
has_four_slow (gpointer waiting)
{
  return ((Waiting *) waiting)->slow->len >= 4;
}

static void
on_slow_over (GObject *object, GAsyncResult *result, gpointer user_data)
{
  guint *n = user_data;

  (*n)--;
}

static gboolean
is_zero (gpointer number)
{
  return *(guint *) number == 0;
}

/* Open streams, a few left over from connections that broke among them, take no connection from
 * what is asked; and what is asked and not answered takes none from the stream. */
static void
test_nobody_starves (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  g_autoptr (EnigmPlatform) platform = open_platform (server);
  g_autoptr (EnigmSecret) token = enigm_secret_new_copy ((const guint8 *) "token", 5);
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Waiting waiting = { g_ptr_array_new_with_free_func (g_object_unref),
                      g_ptr_array_new_with_free_func (g_object_unref) };
  g_autoptr (GError) error = NULL;
  guint n_slow = 8;

  server->handler = on_waiting_wanted;
  server->user_data = &waiting;
  enigm_platform_set_session (platform, token);
  for (guint i = 0; i < 3; i++)
    g_ptr_array_add (streams, open_stream (platform));
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (JsonNode) answer = call (platform, "/v1/keys", ENIGM_PLATFORM_CALL_BEARER, &error);

      g_assert_no_error (error);
      g_assert_nonnull (answer);
    }

  for (guint i = 0; i < n_slow; i++)
    enigm_platform_call_async (platform, "GET", "/v1/slow", NULL, ENIGM_PLATFORM_CALL_BEARER, NULL,
                               cancellable, on_slow_over, &n_slow);
  g_assert_true (enigm_world_await (has_four_slow, &waiting));
  g_ptr_array_add (streams, open_stream (platform));
  g_cancellable_cancel (cancellable);
  g_assert_true (enigm_world_await (is_zero, &n_slow));
  soup_server_disconnect (server->soup);
  g_ptr_array_unref (waiting.streams);
  g_ptr_array_unref (waiting.slow);
}

static void
test_origin (void)
{
  static const struct
  {
    const gchar *text;
    const gchar *origin;
  } cases[] = {
    { "keys.example.org", "https://keys.example.org" },
    { " HTTPS://Keys.Example.ORG/ ", "https://keys.example.org" },
    { "https://keys.example.org:443", "https://keys.example.org" },
    { "localhost:8443", "https://localhost:8443" },
    { "https://[::1]:8443", "https://[::1]:8443" },
    { "", NULL },
    { "http://keys.example.org", NULL },
    { "ftp://keys.example.org", NULL },
    { "https://keys.example.org/path", NULL },
    { "https://keys.example.org?query", NULL },
    { "https://keys.example.org#part", NULL },
    { "https://user@keys.example.org", NULL },
    { "https://", NULL },
    { "https://keys example", NULL },
    { "https://keys%20example", NULL },
    { "https://keys.example.org:99999", NULL },
    { "https://keys.example.org:0", NULL },
    { "https://kéys.example.org", NULL },
  };
  g_autofree gchar *label = g_strnfill (200, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree gchar *origin = enigm_platform_check_origin (cases[i].text, NULL);

      g_assert_cmpstr (origin, ==, cases[i].origin);
    }
  g_assert_null (enigm_platform_check_origin (label, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/origin", test_origin);
  g_test_add_func ("/platform/bad-answers", test_bad_answers);
  g_test_add_func ("/platform/renewal", test_renewal);
  g_test_add_func ("/platform/renewal-cancelled", test_renewal_cancelled);
  g_test_add_func ("/platform/renewal-refused", test_renewal_refused);
  g_test_add_func ("/platform/renewal-without-token", test_renewal_without_token);
  g_test_add_func ("/platform/signed-out", test_signed_out);
  g_test_add_func ("/platform/relay", test_relay);
  g_test_add_func ("/platform/away", test_away);
  g_test_add_func ("/platform/nobody-starves", test_nobody_starves);
  return g_test_run ();
}
