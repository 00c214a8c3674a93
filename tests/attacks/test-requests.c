/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Somebody between a key or a computer and the platform, who has what they sent, byte for byte. */

#include <json-glib/json-glib.h>
#include <string.h>

#include "attacker.h"
#include "enigm-error.h"
#include "enigm-pairing-platform.h"
#include "protocol/enigm-content-digest.h"
#include "protocol/enigm-http-signature.h"
#include "protocol/enigm-text.h"

static Party *party;

/* Raw HTTP, as bytes on a TLS connection whose other end nobody checks. */

static gboolean
on_certificate_accepted (GTlsConnection *connection,
                         GTlsCertificate *certificate,
                         GTlsCertificateFlags flags,
                         gpointer user_data)
{
  return TRUE;
}

static void
on_client_event (GSocketClient *client,
                 GSocketClientEvent event,
                 GSocketConnectable *connectable,
                 GIOStream *connection,
                 gpointer user_data)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_signal_connect (connection, "accept-certificate", G_CALLBACK (on_certificate_accepted), NULL);
}

static const char *
get_authority (void)
{
  return party->origin + strlen ("https://");
}

static GIOStream *
dial (void)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_tls (client, TRUE);
  g_socket_client_set_timeout (client, ENIGM_WORLD_DEADLINE);
  g_signal_connect (client, "event", G_CALLBACK (on_client_event), NULL);
  connection = g_socket_client_connect_to_host (client, get_authority (), 443, NULL, &error);
  g_assert_no_error (error);
  return G_IO_STREAM (connection);
}

static void
say (GIOStream *stream, const char *head, GBytes *body)
{
  GOutputStream *out = g_io_stream_get_output_stream (stream);
  g_autoptr (GError) error = NULL; /* glib-networking leaks one that nobody asks for */

  /* Who hangs up before the end has said something, too. */
  if (g_output_stream_write_all (out, head, strlen (head), NULL, NULL, &error) && body != NULL)
    g_output_stream_write_all (out, g_bytes_get_data (body, NULL), g_bytes_get_size (body), NULL,
                               NULL, &error);
}

/* Everything until the other end hangs up. */
static char *
hear (GIOStream *stream)
{
  GInputStream *in = g_io_stream_get_input_stream (stream);
  GString *text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  char buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (in, buffer, sizeof buffer, NULL, &error)) > 0)
    g_string_append_len (text, buffer, n);
  return g_string_free (text, FALSE);
}

static guint
get_status (const char *answer)
{
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 "));
  return g_ascii_strtoull (answer + strlen ("HTTP/1.1 "), NULL, 10);
}

static char *
ask (const char *head, GBytes *body)
{
  g_autoptr (GIOStream) stream = dial ();

  say (stream, head, body);
  return hear (stream);
}

/* One whole request, as it was caught. */
typedef struct
{
  char *method;
  char *path;
  const char *type;
  char *fields; /* each with its line's end */
  GBytes *body;
} Caught;

static void
caught_clear (Caught *self)
{
  g_free (self->method);
  g_free (self->path);
  g_free (self->fields);
  g_clear_pointer (&self->body, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Caught, caught_clear)

static char *
format_head (const Caught *caught, const char *host, const char *path, const char *more)
{
  return g_strdup_printf ("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Type: %s\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n%s%s\r\n",
                          caught->method, path, host, caught->type, g_bytes_get_size (caught->body),
                          caught->fields, more);
}

static guint
send_as (const Caught *caught, const char *host, const char *path, const char *more, GBytes *body)
{
  g_autofree char *head = format_head (caught, host, path, more);
  g_autofree char *answer = ask (head, body);

  return get_status (answer);
}

static guint
send_again (const Caught *caught)
{
  return send_as (caught, get_authority (), caught->path, "", caught->body);
}

/* A key's request, caught by the app that carries it */

static GBytes *
register_attestation (EnigmAccount *account,
                      EnigmPairingOffer *offer,
                      EnigmMessage *attestation,
                      Attacker *attacker)
{
  EnigmPlatform *platform = enigm_account_get_platform (account);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (EnigmMessage) receipt = NULL;
  g_autoptr (GError) error = NULL;

  enigm_pairing_register_async (platform, offer->offer, attestation->blob,
                                attacker->certificate->chain, NULL, attacker_on_finished, &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  receipt = enigm_pairing_register_finish (platform, result, &error);
  g_assert_no_error (error);
  g_assert_true (enigm_hex_decode (enigm_account_get_computer_id (account), receipt->computer,
                                   sizeof receipt->computer));
  receipt->secret = enigm_secret_new_random (32, NULL);
  attacker_send_sealed (attacker, receipt);
  return g_bytes_ref (receipt->blob);
}

static EnigmPairingOffer *
confirm_offer (EnigmAccount *account, Attacker *attacker)
{
  EnigmPlatform *platform = enigm_account_get_platform (account);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_OFFER);
  g_autoptr (EnigmMessage) waiting = NULL;
  g_autoptr (GError) error = NULL;
  EnigmPairingOffer *offer;

  enigm_pairing_ask_offer_async (platform, attacker->certificate,
                                 enigm_channel_get_session_value (attacker->channel), NULL,
                                 attacker_on_finished, &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  offer = enigm_pairing_ask_offer_finish (platform, result, &error);
  g_assert_no_error (error);
  message->blob = g_bytes_ref (offer->offer);
  memcpy (message->signature, offer->offer_signature, sizeof message->signature);
  attacker_send_sealed (attacker, message);
  waiting = attacker_take_sealed (attacker, ENIGM_MESSAGE_WAITING);
  party_key_do (attacker->key, "press", NULL);
  return offer;
}

/* Binds a key that has no connection of its own as far as its proof, and keeps that back. */
static EnigmMessage *
catch_proof (EnigmAccount *account, Attacker *attacker)
{
  g_autoptr (EnigmPairingOffer) offer = confirm_offer (account, attacker);
  g_autoptr (EnigmMessage) attestation = attacker_take_sealed (attacker, ENIGM_MESSAGE_ATTESTATION);
  g_autoptr (GBytes) receipt = register_attestation (account, offer, attestation, attacker);
  g_autoptr (EnigmMessage) done = attacker_take_sealed (attacker, ENIGM_MESSAGE_DONE);

  return attacker_take_sealed (attacker, ENIGM_MESSAGE_RELAY);
}

static void
caught_init_proof (Caught *self, EnigmMessage *relay)
{
  self->method = g_strdup ("POST");
  self->path = g_strdup (relay->path);
  self->type = "application/cbor";
  self->fields = g_strdup_printf ("Content-Digest: %s\r\nSignature-Input: %s\r\nSignature: %s\r\n",
                                  relay->digest_field, relay->input_field, relay->signature_field);
  self->body = g_bytes_ref (relay->blob);
}

static EnigmKey *
get_only_key (EnigmAccount *account)
{
  party_refresh (account);
  g_assert_cmpuint (g_list_model_get_n_items (enigm_account_get_keys (account)), ==, 1);
  return g_list_model_get_item (enigm_account_get_keys (account), 0);
}

static void
assert_state (EnigmAccount *account, EnigmKeyState state)
{
  g_autoptr (EnigmKey) key = get_only_key (account);

  g_assert_cmpint (enigm_key_get_state (key), ==, state);
}

static void
revoke_key (EnigmAccount *account)
{
  g_autoptr (EnigmKey) key = get_only_key (account);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  enigm_account_set_key_state_async (account, key, "revoked", "stolen", NULL, attacker_on_finished,
                                     &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  enigm_account_set_key_state_finish (account, result, &error);
  g_assert_no_error (error);
}

static GBytes *
change_last (GBytes *bytes)
{
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  array->data[array->len - 1] ^= 1;
  return g_byte_array_free_to_bytes (array);
}

/* The handle of nobody, in place of the key's. */
static char *
change_handle (const char *fields)
{
  char *changed = g_strdup (fields);
  char *at = strstr (changed, "keyid=\"") + strlen ("keyid=\"");

  *at = *at == '0' ? '1' : '0';
  return changed;
}

/* Everything but the request as it is; the proof proves nothing that way. */
static void
spoil (const Caught *caught)
{
  g_autofree char *other_handle = change_handle (caught->fields);
  g_autofree char *query = g_strconcat (caught->path, "?a=b", NULL);
  g_autofree char *absolute = g_strconcat ("https://keys.example.org", caught->path, NULL);
  g_autofree char *digest_again = g_strndup (caught->fields, strcspn (caught->fields, "\n") + 1);
  g_autoptr (GBytes) changed = change_last (caught->body);
  Caught unknown = { caught->method, caught->path, caught->type, other_handle, caught->body };
  const char *here = get_authority ();

  g_assert_cmpuint (send_as (caught, "keys.example.org", caught->path, "", caught->body), ==, 400);
  g_assert_cmpuint (send_as (caught, here, absolute, "", caught->body), ==, 400);
  g_assert_cmpuint (send_as (caught, here, query, "", caught->body), ==, 400);
  g_assert_cmpuint (send_as (caught, here, "/key/v1/state", "", caught->body), ==, 401);
  g_assert_cmpuint (send_as (caught, here, caught->path, "", changed), ==, 400);
  g_assert_cmpuint (send_as (caught, here, caught->path, digest_again, caught->body), ==, 400);
  g_assert_cmpuint (send_as (caught, here, caught->path, caught->fields, caught->body), ==, 400);
  g_assert_cmpuint (
    send_as (caught, here, caught->path, "Host: keys.example.org\r\n", caught->body), ==, 400);
  g_assert_cmpuint (send_again (&unknown), ==, 401);

  /* A field in two lines is read as RFC 9112 says, with a space where it was cut; so cut within
   * what was signed it is another one. */
  for (const char *at = caught->fields; (at = strstr (at, ": ")) != NULL; at++)
    {
      gsize before = at + 12 - caught->fields;
      guint status;
      g_autofree char *folded =
        g_strdup_printf ("%.*s\r\n %s", (int) before, caught->fields, caught->fields + before);
      Caught bent = { caught->method, caught->path, caught->type, folded, caught->body };

      g_test_message ("folded: %s", folded);
      status = send_again (&bent);
      g_assert_true (status == 400 || status == 401);
    }
}

/* Who carries a key's proof can hold it back, spoil it, and send it as often as they like. It
 * proves once, and takes back nothing that was decided since. */
static void
test_caught_proof (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "caught");
  g_autoptr (PartyKey) key = party_key_new (party, "caught", NULL, NULL);
  g_autoptr (Attacker) attacker = NULL;
  g_autoptr (EnigmMessage) relay = NULL;
  g_autoptr (EnigmKey) proved = NULL;
  g_auto (Caught) caught = { 0 };

  party_key_do (key, "network", "off");
  party_key_do (key, "hold", NULL);
  attacker = attacker_new_inside (key);
  relay = catch_proof (account, attacker);
  caught_init_proof (&caught, relay);
  assert_state (account, ENIGM_KEY_STATE_PENDING);

  spoil (&caught);
  assert_state (account, ENIGM_KEY_STATE_PENDING);

  g_assert_cmpuint (send_again (&caught), ==, 200);
  assert_state (account, ENIGM_KEY_STATE_TRUSTED);
  g_assert_cmpuint (send_again (&caught), ==, 200);
  attacker_kill_platform (party);
  g_assert_cmpuint (send_again (&caught), ==, 200);
  assert_state (account, ENIGM_KEY_STATE_TRUSTED);

  revoke_key (account);
  assert_state (account, ENIGM_KEY_STATE_REVOKED);
  send_again (&caught);
  attacker_kill_platform (party);
  send_again (&caught);
  assert_state (account, ENIGM_KEY_STATE_REVOKED);
}

/* Too much, and too slow */

static void
test_much (void)
{
  static const char head[] = "POST /key/v1/events HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
                             "Content-Type: application/cbor\r\nContent-Length: %u\r\n\r\n";
  const guint size = 10 * 1024 * 1024;
  g_autofree char *text = g_strdup_printf (head, get_authority (), size);
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (size), size);
  g_autofree char *answer = ask (text, body);

  g_assert_cmpuint (get_status (answer), ==, 413);
  g_assert_nonnull (strstr (answer, "urn:enigm:problem:too-large"));
}

static void
test_slow (void)
{
  g_autofree char *head =
    g_strdup_printf ("POST /key/v1/events HTTP/1.1\r\nHost: %s\r\nContent-Type: application/cbor"
                     "\r\nContent-Length: 100\r\n\r\nhalf",
                     get_authority ());
  gint64 began = g_get_monotonic_time ();
  g_autofree char *answer = ask (head, NULL);

  g_assert_cmpstr (answer, ==, "");
  g_assert_cmpint (g_get_monotonic_time () - began, <, 15 * G_USEC_PER_SEC);
}

/* Says the same again, about 1 KiB of it, until the other side hangs up. */
static void
pour (GIOStream *stream, const char *piece)
{
  GOutputStream *out = g_io_stream_get_output_stream (stream);
  g_autoptr (GError) error = NULL;
  guint sent = 0;

  while (sent < 64 * 1024 &&
         g_output_stream_write_all (out, piece, strlen (piece), NULL, NULL, &error))
    sent++;
  g_test_message ("hung up after %u KiB", sent);
  g_assert_cmpuint (sent, <, 64 * 1024);
}

/* A body that never ends, in pieces that each look small. */
static void
test_endless (void)
{
  g_autofree char *head =
    g_strdup_printf ("POST /key/v1/events HTTP/1.1\r\nHost: %s\r\nContent-Type: application/cbor"
                     "\r\nTransfer-Encoding: chunked\r\n\r\n",
                     get_authority ());
  g_autoptr (GIOStream) stream = dial ();
  g_autofree char *piece = g_strdup_printf ("400\r\n%0*d\r\n", 0x400, 0);
  g_autofree char *answer = NULL;

  say (stream, head, NULL);
  pour (stream, piece);
  answer = hear (stream);
  g_assert_true (*answer == '\0' || get_status (answer) == 413);
}

/* Fields without end, and more than anybody needs. */
static void
test_endless_fields (void)
{
  g_autofree char *head =
    g_strdup_printf ("POST /key/v1/events HTTP/1.1\r\nHost: %s\r\n", get_authority ());
  g_autoptr (GIOStream) stream = dial ();
  g_autofree char *field = g_strdup_printf ("X-%0*d: a\r\n", 1000, 0);
  g_autofree char *answer = NULL;

  say (stream, head, NULL);
  pour (stream, field);
  answer = hear (stream);
  g_assert_true (*answer == '\0' || get_status (answer) >= 400);
}

/* A computer's request */

typedef struct
{
  EnigmP256Key *key;
  char *token;
  guint8 id[ENIGM_ID_SIZE];
} Computer;

static void
computer_clear (Computer *self)
{
  g_clear_pointer (&self->key, enigm_p256_key_unref);
  g_free (self->token);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Computer, computer_clear)

static void
computer_init (Computer *self, const char *user)
{
  g_autofree char *point = NULL;
  g_autofree char *json = NULL;
  g_autofree char *answer = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Caught) request = { g_strdup ("POST"), g_strdup ("/v1/accounts"), "application/json",
                              g_strdup (""), NULL };
  g_autofree char *head = NULL;
  JsonObject *object;

  self->key = enigm_p256_key_generate (NULL);
  point = enigm_base64url_encode (enigm_p256_key_get_point (self->key), ENIGM_P256_POINT_SIZE);
  json = g_strdup_printf ("{\"user\":\"%s\",\"password\":\"practice password\",\"pin\":\"135790\","
                          "\"computer\":{\"name\":\"desk\",\"public_key\":\"%s\"}}",
                          user, point);
  request.body = g_bytes_new (json, strlen (json));
  head = format_head (&request, get_authority (), request.path, "");
  answer = ask (head, request.body);
  g_assert_cmpuint (get_status (answer), ==, 201);
  json_parser_load_from_data (parser, strstr (answer, "\r\n\r\n") + 4, -1, &error);
  g_assert_no_error (error);
  object = json_node_get_object (json_parser_get_root (parser));
  self->token = g_strdup (
    json_object_get_string_member (json_object_get_object_member (object, "session"), "token"));
  g_assert_true (enigm_hex_decode (
    json_object_get_string_member (json_object_get_object_member (object, "computer"), "id"),
    self->id, sizeof self->id));
}

static void
caught_init_signed (Caught *self,
                    Computer *computer,
                    const char *method,
                    const char *path,
                    const char *body,
                    gboolean bearer)
{
  g_autofree char *authorization = g_strconcat ("Bearer ", computer->token, NULL);
  g_autofree char *digest = NULL;
  g_autofree char *input = NULL;
  g_autofree char *signature_text = NULL;
  EnigmHttpSignature signature;
  EnigmHttpMessage message = {
    .method = method,
    .authority = get_authority (),
    .path = path,
    .content_type = "application/json",
    .authorization = bearer ? authorization : NULL,
  };

  self->method = g_strdup (method);
  self->path = g_strdup (path);
  self->type = "application/json";
  self->body = g_bytes_new (body, strlen (body));
  digest = enigm_content_digest_format (self->body);
  message.content_digest = digest;
  g_assert_true (enigm_http_signature_init (&signature, ENIGM_HTTP_COMPUTER_REQUEST, computer->id,
                                            g_get_real_time () / G_USEC_PER_SEC, NULL));
  g_assert_true (enigm_http_signature_sign_p256 (&signature, &message, computer->key, NULL));
  input = enigm_http_signature_format_input (&signature);
  signature_text = enigm_http_signature_format (&signature);
  self->fields =
    g_strdup_printf ("%s%s%sContent-Digest: %s\r\nSignature-Input: %s\r\nSignature: %s\r\n",
                     bearer ? "Authorization: " : "", bearer ? authorization : "",
                     bearer ? "\r\n" : "", digest, input, signature_text);
}

/* What a computer has signed is of use once: not at once, and not after the platform crashed. */
static void
test_replayed_renewal (void)
{
  g_auto (Computer) computer = { 0 };
  g_auto (Caught) caught = { 0 };
  g_auto (Caught) fresh = { 0 };

  computer_init (&computer, "replayed");
  caught_init_signed (&caught, &computer, "POST", "/v1/sessions/renewal", "{}", FALSE);
  g_assert_cmpuint (send_again (&caught), ==, 201);
  g_assert_cmpuint (send_again (&caught), ==, 401);
  attacker_kill_platform (party);
  g_assert_cmpuint (send_again (&caught), ==, 401);
  caught_init_signed (&fresh, &computer, "POST", "/v1/sessions/renewal", "{}", FALSE);
  g_assert_cmpuint (send_again (&fresh), ==, 201);
}

/* Reads what is there until @part has come. */
static void
await_part (GIOStream *stream, const char *part)
{
  GInputStream *in = g_io_stream_get_input_stream (stream);
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[1024];

  while (strstr (text->str, part) == NULL)
    {
      gssize n = g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL);

      g_assert_cmpint (n, >, 0);
      g_string_append_len (text, buffer, n);
    }
}

/* Closing a computer ends what it has open: its stream, its session on a connection that was there
 * before, and its signature. */
static void
test_closed_computer (void)
{
  g_auto (Computer) computer = { 0 };
  g_auto (Caught) close = { 0 };
  g_auto (Caught) renewal = { 0 };
  g_autoptr (GIOStream) stream = dial ();
  g_autoptr (GIOStream) connection = dial ();
  g_autofree char *listen = NULL;
  g_autofree char *look = NULL;
  g_autofree char *look_last = NULL;
  g_autofree char *rest = NULL;
  g_autofree char *answer = NULL;

  computer_init (&computer, "closed");
  listen = g_strdup_printf ("GET /v1/stream HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
                            "Authorization: Bearer %s\r\n\r\n",
                            get_authority (), computer.token);
  look = g_strdup_printf ("GET /v1/account HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"
                          "\r\n",
                          get_authority (), computer.token);
  look_last = g_strdup_printf ("GET /v1/account HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
                               "Authorization: Bearer %s\r\n\r\n",
                               get_authority (), computer.token);
  say (stream, listen, NULL);
  await_part (stream, "id: ");
  say (connection, look, NULL);
  await_part (connection, "\"contact_id\"");

  caught_init_signed (&close, &computer, "DELETE", "/v1/session", "", TRUE);
  g_assert_cmpuint (send_again (&close), ==, 200);
  rest = hear (stream);
  g_assert_nonnull (strstr (rest, "event: session"));
  say (connection, look_last, NULL);
  answer = hear (connection);
  g_assert_nonnull (strstr (answer, "HTTP/1.1 401"));
  g_assert_nonnull (strstr (answer, "session-ended"));
  caught_init_signed (&renewal, &computer, "POST", "/v1/sessions/renewal", "{}", FALSE);
  g_assert_cmpuint (send_again (&renewal), ==, 401);
}

/* A key that has the computer carry something else */

static void
assert_not_relayed (EnigmPlatform *platform, const char *path, const char *field)
{
  g_autoptr (EnigmMessage) relay = enigm_message_new (ENIGM_MESSAGE_RELAY);
  g_autoptr (EnigmMessage) relayed = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  relay->path = g_strdup (path);
  relay->digest_field = g_strdup (field);
  relay->input_field = g_strdup ("a");
  relay->signature_field = g_strdup ("a");
  relay->blob = g_bytes_new_static ("a", 1);
  enigm_pairing_relay_async (platform, relay, NULL, attacker_on_finished, &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  relayed = enigm_pairing_relay_finish (platform, result, &error);
  g_assert_null (relayed);
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
}

static void
test_odd_relay (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "odd-relay");
  EnigmPlatform *platform = enigm_account_get_platform (account);

  assert_not_relayed (platform, "/v1/sessions/renewal", "a");
  assert_not_relayed (platform, "/key/v1/", "a");
  assert_not_relayed (platform, "/key/v1/proof/../../../v1/account", "a");
  assert_not_relayed (platform, "/key/v1/proof?a", "a");
  assert_not_relayed (platform, "/key/v1/proof\r\nAuthorization: a", "a");
  assert_not_relayed (platform, "/key/v1/other", "a");
  assert_not_relayed (platform, "/key/v1/proof", "a\r\nAuthorization: Bearer a");
  assert_not_relayed (platform, "/key/v1/proof", "\xc3\xa4");
}

/* An address that would be shown as one platform and be another. */
static void
test_odd_origin (void)
{
  static const char *const odd[] = {
    "https://keys.example.org%2F.evil.example",
    "https://keys%0aexample.org",
    "https://a%40keys.example.org",
    "https://keys.example.org@evil.example",
    "https://keys.example.org/evil",
    "http://keys.example.org",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *origin = enigm_platform_check_origin (odd[i], &error);

      g_assert_null (origin);
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attacks/requests/caught-proof", test_caught_proof);
  g_test_add_func ("/attacks/requests/much", test_much);
  g_test_add_func ("/attacks/requests/slow", test_slow);
  g_test_add_func ("/attacks/requests/endless", test_endless);
  g_test_add_func ("/attacks/requests/endless-fields", test_endless_fields);
  g_test_add_func ("/attacks/requests/replayed-renewal", test_replayed_renewal);
  g_test_add_func ("/attacks/requests/closed-computer", test_closed_computer);
  g_test_add_func ("/attacks/requests/odd-relay", test_odd_relay);
  g_test_add_func ("/attacks/requests/odd-origin", test_odd_origin);

  party = party_new ();
  code = g_test_run ();
  party_free (party);
  return code;
}
