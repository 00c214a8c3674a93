/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice.h"

#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>

#include "app/protocol/enigm-attestation.h"
#include "app/protocol/enigm-certificate.h"
#include "app/protocol/enigm-content-digest.h"
#include "app/protocol/enigm-credential.h"
#include "app/protocol/enigm-handover.h"
#include "peers/platform/enigm-platform-program.h"

#define DAY 86400

struct _Maker
{
  X509 *certificate;
  EVP_PKEY *key;
};

static gint64
clock_now (gpointer user_data)
{
  World *world = user_data;

  return world->now;
}

static void
add_extension (X509 *certificate, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX ctx;
  X509_EXTENSION *extension;

  X509V3_set_ctx (&ctx, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &ctx, nid, value);
  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

static Maker *
issue (const char *name, const Maker *issuer, gboolean authority, gint64 from, gint64 until)
{
  static long serial = 1;
  Maker *issued = g_new0 (Maker, 1);
  X509_NAME *subject = X509_NAME_new ();
  X509 *above;

  issued->key = EVP_EC_gen ("P-256");
  issued->certificate = X509_new ();
  above = issuer != NULL ? issuer->certificate : issued->certificate;
  X509_set_version (issued->certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (issued->certificate), serial++);
  X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_UTF8, (const guint8 *) name, -1, -1, 0);
  X509_set_subject_name (issued->certificate, subject);
  X509_set_issuer_name (issued->certificate,
                        issuer != NULL ? X509_get_subject_name (above) : subject);
  X509_NAME_free (subject);
  ASN1_TIME_set (X509_getm_notBefore (issued->certificate), from);
  ASN1_TIME_set (X509_getm_notAfter (issued->certificate), until);
  X509_set_pubkey (issued->certificate, issued->key);
  add_extension (issued->certificate, above, NID_basic_constraints,
                 authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add_extension (issued->certificate, above, NID_key_usage,
                 authority ? "critical,keyCertSign,digitalSignature" : "critical,digitalSignature");
  add_extension (issued->certificate, above, NID_subject_key_identifier, "hash");
  add_extension (issued->certificate, above, NID_authority_key_identifier, "keyid");
  g_assert_cmpint (
    X509_sign (issued->certificate, issuer != NULL ? issuer->key : issued->key, EVP_sha256 ()), >,
    0);
  return issued;
}

static void
maker_free (Maker *maker)
{
  X509_free (maker->certificate);
  EVP_PKEY_free (maker->key);
  g_free (maker);
}

static void
on_print_called (const char *text)
{
}

static void
make_platform (World *world)
{
  g_autofree char *maker_path = g_build_filename (world->folder, "maker.pem", NULL);
  g_autofree char *platform = g_build_filename (world->folder, "platform", NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) kept = NULL;
  g_autofree char **argv = NULL;
  FILE *file = fopen (maker_path, "w");
  GPrintFunc before;

  g_assert_cmpint (PEM_write_X509 (file, world->maker->certificate), ==, 1);
  fclose (file);
  g_strv_builder_add_many (builder, "init", "--dir", platform, "--maker-ca", maker_path, "--origin",
                           "https://localhost", NULL);
  kept = g_strv_builder_end (builder);
  /* Parsing moves the pointers about. */
  argv = g_memdup2 (kept, (g_strv_length (kept) + 1) * sizeof *kept);
  before = g_set_print_handler (on_print_called);
  g_assert_cmpint (enigm_platform_init ((int) g_strv_length (kept), argv), ==, 0);
  g_set_print_handler (before);
}

/* Answers are for one address, and so are signatures: @port is 0, or the one from before. */
static void
start (World *world, guint16 port)
{
  g_autofree char *path = g_build_filename (world->folder, "platform", "platform.conf", NULL);
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;
  EnigmConfig *config = enigm_config_load (path, &error);

  g_assert_no_error (error);
  config->port = port;
  world->state = enigm_platform_state_open (config, clock_now, world, &error);
  g_assert_no_error (error);
  world->server = enigm_server_new (world->state, &error);
  g_assert_no_error (error);
  enigm_server_listen (world->server, &error);
  g_assert_no_error (error);
  database = g_tls_file_database_new (world->state->config->ca, &error);
  g_assert_no_error (error);
  world->soup = soup_session_new ();
  soup_session_set_tls_database (world->soup, database);
}

static void
stop (World *world)
{
  soup_session_abort (world->soup);
  g_clear_object (&world->soup);
  g_clear_pointer (&world->server, enigm_server_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_pointer (&world->state, enigm_platform_state_free);
}

void
world_set_up (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  world->now = g_get_real_time () / G_USEC_PER_SEC;
  world->answers = g_string_new (NULL);
  world->folder = g_dir_make_tmp ("enigm-platform-XXXXXX", &error);
  g_assert_no_error (error);
  world->maker = issue ("Maker", NULL, TRUE, world->now - DAY, world->now + 10 * DAY);
  make_platform (world);
  start (world, 0);
}

static void
remove_all (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_all (path);
      else
        g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* Every answer that was seen is held to openapi.yaml. */
static void
check_answers (World *world)
{
  const char *tests = g_getenv ("G_TEST_SRCDIR");
  g_autofree char *checker = g_build_filename (tests, "peers/platform/check-answers.py", NULL);
  g_autofree char *api = g_build_filename (tests, "../peers/platform/openapi.yaml", NULL);
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                        G_SUBPROCESS_FLAGS_STDERR_MERGE,
                      &error, "/usr/bin/python3", checker, api, NULL);

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, world->answers->str, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (process))
    g_error ("an answer is not as openapi.yaml says:\n%s", out);
}

void
world_tear_down (World *world, gconstpointer data)
{
  guint64 count;
  g_autoptr (GError) error = NULL;

  /* Whatever a test did, the audit chain holds. */
  g_assert_true (enigm_audit_verify (world->state->audit, world->now, &count, &error));
  g_assert_no_error (error);
  stop (world);
  check_answers (world);
  g_string_free (world->answers, TRUE);
  remove_all (world->folder);
  g_clear_pointer (&world->maker, maker_free);
  g_free (world->folder);
}

/* The port changes, and with it the origin: what keys hold is for another one afterwards. */
void
world_restart (World *world)
{
  stop (world);
  start (world, 0);
}

char *
world_path (World *world, const char *name)
{
  return g_build_filename (world->folder, "platform", name, NULL);
}

/* Does something to the platform's files while it does not run. */
void
world_meanwhile (World *world, void (*func) (World *world, gpointer data), gpointer data)
{
  guint16 port = world->state->config->port;

  stop (world);
  func (world, data);
  /* A restore takes the time from the computer, and nothing older counts afterwards. */
  world->now = MAX (world->now, g_get_real_time () / G_USEC_PER_SEC) + 2;
  start (world, port);
}

/* The platform as the program it is, in a process of its own, while @func is called. What it needs
 * of the world is there, except the database. */
void
world_serve_apart (World *world, void (*func) (World *world, gpointer data), gpointer data)
{
  g_autofree char *config = world_path (world, "platform.conf");
  g_autofree char *port = g_strdup_printf ("%d", world->state->config->port);
  g_autofree char *origin = g_strdup (world->state->config->origin);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GDataInputStream) out = NULL;
  g_autoptr (GTlsDatabase) database = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  EnigmPlatformState named = { 0 };
  guint16 number = world->state->config->port;

  stop (world);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv ("ENIGM_PLATFORM"),
                              "serve", "--config", config, "--port", port, NULL);
  g_assert_no_error (error);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  line = g_data_input_stream_read_line (out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  named.config = enigm_config_load (config, &error);
  g_assert_no_error (error);
  g_free (named.config->origin);
  named.config->origin = g_strdup (origin);
  world->state = &named;
  database = g_tls_file_database_new (named.config->ca, &error);
  g_assert_no_error (error);
  world->soup = soup_session_new_with_options ("max-conns", 100, "max-conns-per-host", 100, NULL);
  soup_session_set_tls_database (world->soup, database);

  func (world, data);

  soup_session_abort (world->soup);
  g_clear_object (&world->soup);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  world->state = NULL;
  enigm_config_free (named.config);
  g_subprocess_send_signal (process, SIGTERM);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
  g_assert_true (g_subprocess_get_successful (process));
  start (world, number);
}

static void
on_message_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static void
note_answer (World *world, SoupMessage *message, const char *type, GBytes *body, Answer *answer)
{
  g_autoptr (JsonObject) line = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *request = NULL;
  g_autofree char *said = NULL;
  g_autofree char *text = NULL;
  const char *got = soup_message_headers_get_content_type (answer->headers, NULL);

  if (body != NULL && g_strcmp0 (type, "application/json") == 0)
    request = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  if (answer->json != NULL)
    said = g_strndup (g_bytes_get_data (answer->body, NULL), g_bytes_get_size (answer->body));
  json_object_set_string_member (line, "method", soup_message_get_method (message));
  json_object_set_string_member (line, "path", g_uri_get_path (soup_message_get_uri (message)));
  json_object_set_string_member (line, "request", request != NULL ? request : "");
  json_object_set_int_member (line, "status", answer->status);
  json_object_set_string_member (line, "type", got);
  json_object_set_string_member (line, "answer", said != NULL ? said : "");
  json_node_set_object (node, line);
  text = json_to_string (node, FALSE);
  g_string_append_printf (world->answers, "%s\n", text);
}

static Answer *
read_answer (World *world, SoupMessage *message, const char *type, GBytes *body, GBytes *said)
{
  Answer *answer = g_new0 (Answer, 1);
  g_autoptr (GError) error = NULL;
  const char *got;

  answer->body = g_bytes_ref (said);
  answer->status = soup_message_get_status (message);
  answer->headers = soup_message_headers_ref (soup_message_get_response_headers (message));
  got = soup_message_headers_get_content_type (answer->headers, NULL);
  if (got != NULL && g_str_has_suffix (got, "json"))
    {
      g_autoptr (JsonParser) parser = json_parser_new ();

      json_parser_load_from_data (parser, g_bytes_get_data (answer->body, NULL),
                                  (gssize) g_bytes_get_size (answer->body), &error);
      g_assert_no_error (error);
      answer->json = json_object_ref (json_node_get_object (json_parser_get_root (parser)));
    }
  note_answer (world, message, type, body, answer);
  return answer;
}

Answer *
world_send (World *world, SoupMessage *message, const char *type, GBytes *body)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) said = NULL;
  g_autoptr (GError) error = NULL;

  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, type, body);
  soup_session_send_and_read_async (world->soup, message, G_PRIORITY_DEFAULT, NULL, on_message_sent,
                                    &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  said = soup_session_send_and_read_finish (world->soup, result, &error);
  g_assert_no_error (error);
  return read_answer (world, message, type, body, said);
}

void
answer_free (Answer *answer)
{
  g_clear_pointer (&answer->body, g_bytes_unref);
  g_clear_pointer (&answer->json, json_object_unref);
  g_clear_pointer (&answer->headers, soup_message_headers_unref);
  g_free (answer);
}

/* The last part of the problem's type; NULL for none. */
const char *
answer_problem (Answer *answer)
{
  const char *type;

  if (answer->json == NULL || !json_object_has_member (answer->json, "type"))
    return NULL;
  type = json_object_get_string_member (answer->json, "type");
  g_assert_true (g_str_has_prefix (type, "urn:enigm:problem:"));
  return type + strlen ("urn:enigm:problem:");
}

static SoupMessage *
new_message (World *world, const char *method, const char *path)
{
  g_autofree char *uri = g_strconcat (world->state->config->origin, path, NULL);
  SoupMessage *message = soup_message_new (method, uri);

  g_assert_nonnull (message);
  return message;
}

static void
set_id (guint8 *id, JsonObject *object, const char *name)
{
  g_assert_true (
    enigm_hex_decode (json_object_get_string_member (object, name), id, ENIGM_ID_SIZE));
}

/* Makes an account, or signs in; NULL if that was refused. */
static Person *
person_enter (World *world,
              const char *path,
              const char *user,
              const char *password,
              const char *pin,
              const char *computer)
{
  g_autoptr (Person) person = g_new0 (Person, 1);
  g_autoptr (SoupMessage) message = new_message (world, "POST", path);
  g_autoptr (Answer) answer = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmStatement) row = NULL;
  g_autofree char *point = NULL;
  char *text;

  person->key = enigm_p256_key_generate (&error);
  g_assert_no_error (error);
  point = enigm_base64url_encode (enigm_p256_key_get_point (person->key), ENIGM_P256_POINT_SIZE);
  text = g_strdup_printf ("{\"user\":\"%s\",\"password\":\"%s\",%s"
                          "\"computer\":{\"name\":\"%s\",\"public_key\":\"%s\"}}",
                          user, password, pin, computer, point);
  body = g_bytes_new_take (text, strlen (text));
  answer = world_send (world, message, "application/json", body);
  if (answer->status != 201)
    return NULL;
  set_id (person->computer, json_object_get_object_member (answer->json, "computer"), "id");
  person->token = g_strdup (json_object_get_string_member (
    json_object_get_object_member (answer->json, "session"), "token"));

  row = enigm_store_select (world->state->store, &error,
                            "SELECT account FROM computers WHERE id = ?1", "k", person->computer);
  g_assert_cmpint (enigm_statement_step (row, &error), ==, ENIGM_STEP_ROW);
  enigm_statement_get_id (row, 0, person->account);
  return g_steal_pointer (&person);
}

Person *
person_new_named (World *world, const char *user, const char *computer)
{
  Person *person = person_enter (world, "/v1/accounts", user, "correct horse battery",
                                 "\"pin\":\"274193\",", computer);

  g_assert_nonnull (person);
  return person;
}

Person *
person_new (World *world, const char *user)
{
  return person_new_named (world, user, "Desk");
}

/* The same person at another computer; NULL if the platform refuses. */
Person *
person_sign_in (World *world, const char *user, const char *password)
{
  return person_enter (world, "/v1/sessions", user, password, "", "Laptop");
}

char *
person_dup_contact_id (World *world, Person *person)
{
  g_autoptr (Answer) answer = person_ask (world, person, "GET", "/v1/account", FALSE, NULL);

  return g_strdup (json_object_get_string_member (answer->json, "contact_id"));
}

void
person_free (Person *person)
{
  g_clear_pointer (&person->key, enigm_p256_key_unref);
  g_free (person->token);
  g_free (person);
}

static void
sign_as_computer (World *world,
                  Person *person,
                  SoupMessage *message,
                  const char *method,
                  const char *path,
                  const char *bearer,
                  const char *if_match,
                  GBytes *body)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autofree char *digest = enigm_content_digest_format (body);
  g_autofree char *input = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  EnigmHttpSignature signature;
  EnigmHttpMessage covered = {
    .method = method,
    .authority = enigm_config_get_authority (world->state->config),
    .path = path,
    .content_type = "application/json",
    .content_digest = digest,
    .if_match = if_match,
    .authorization = bearer,
  };

  enigm_http_signature_init (&signature, ENIGM_HTTP_COMPUTER_REQUEST, person->computer,
                             (guint64) world->now, &error);
  g_assert_no_error (error);
  signature.covers_authorization = bearer != NULL;
  signature.covers_if_match = if_match != NULL;
  enigm_http_signature_sign_p256 (&signature, &covered, person->key, &error);
  g_assert_no_error (error);
  input = enigm_http_signature_format_input (&signature);
  text = enigm_http_signature_format (&signature);
  soup_message_headers_append (headers, "Content-Digest", digest);
  soup_message_headers_append (headers, "Signature-Input", input);
  soup_message_headers_append (headers, "Signature", text);
}

/* A request with everything it has to bring but its body. */
SoupMessage *
person_message (World *world,
                Person *person,
                const char *method,
                const char *path,
                gboolean sign,
                GBytes *body)
{
  SoupMessage *message = new_message (world, method, path);
  g_autofree char *bearer = g_strconcat ("Bearer ", person->token, NULL);

  soup_message_headers_append (soup_message_get_request_headers (message), "Authorization", bearer);
  if (sign)
    sign_as_computer (world, person, message, method, path, bearer, NULL, body);
  /* Signed without a body, a request says its type all the same: there is one form. */
  if (sign && body == NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), "Content-Type",
                                 "application/json");
  return message;
}

Answer *
person_ask (World *world,
            Person *person,
            const char *method,
            const char *path,
            gboolean sign,
            const char *json)
{
  g_autoptr (GBytes) body = json != NULL ? g_bytes_new (json, strlen (json)) : NULL;
  g_autoptr (SoupMessage) message = person_message (world, person, method, path, sign, body);

  return world_send (world, message, "application/json", body);
}

SoupMessage *
person_renewal_message (World *world, Person *person)
{
  SoupMessage *message = new_message (world, "POST", "/v1/sessions/renewal");
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);

  sign_as_computer (world, person, message, "POST", "/v1/sessions/renewal", NULL, NULL, body);
  return message;
}

/* Renews the session of a computer, with its signature alone. */
Answer *
person_renew (World *world, Person *person)
{
  g_autoptr (SoupMessage) message = person_renewal_message (world, person);
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  Answer *answer = world_send (world, message, "application/json", body);

  if (answer->status == 201)
    {
      g_free (person->token);
      person->token = g_strdup (json_object_get_string_member (answer->json, "token"));
    }
  return answer;
}

/* Writes the contacts anew, given the answer they were read with. */
Answer *
person_put_contacts (World *world, Person *person, Answer *before, const char *json)
{
  g_autofree char *bearer = g_strconcat ("Bearer ", person->token, NULL);
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));
  g_autoptr (SoupMessage) message = new_message (world, "PUT", "/v1/contacts");
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  const char *etag = soup_message_headers_get_one (before->headers, "ETag");

  soup_message_headers_append (headers, "Authorization", bearer);
  soup_message_headers_append (headers, "If-Match", etag);
  sign_as_computer (world, person, message, "PUT", "/v1/contacts", bearer, etag, body);
  return world_send (world, message, "application/json", body);
}

/* Makes @contact the one contact of @owner, and accepts. */
void
person_befriend (World *world, Person *owner, Person *contact)
{
  g_autofree char *contact_id = person_dup_contact_id (world, contact);
  g_autofree char *text = g_strdup_printf ("{\"contacts\":[\"%s\"]}", contact_id);
  g_autoptr (Answer) before = person_ask (world, owner, "GET", "/v1/contacts", FALSE, NULL);
  g_autoptr (Answer) listed = person_put_contacts (world, owner, before, text);
  g_autoptr (Answer) invited = NULL;
  g_autoptr (Answer) accepted = NULL;
  g_autofree char *path = NULL;

  g_assert_cmpuint (listed->status, ==, 200);
  invited = person_ask (world, contact, "GET", "/v1/invitations", FALSE, NULL);
  path = g_strconcat ("/v1/invitations/",
                      json_object_get_string_member (
                        json_array_get_object_element (
                          json_object_get_array_member (invited->json, "invitations"), 0),
                        "id"),
                      NULL);
  accepted = person_ask (world, contact, "POST", path, TRUE, "{\"answer\":\"accept\"}");
  g_assert_cmpuint (accepted->status, ==, 200);
}

typedef struct
{
  World *world;
  GPtrArray *answers;
} Often;

static void
on_one_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Often *often = user_data;
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
  g_ptr_array_add (often->answers, read_answer (often->world, message, "", NULL, body));
}

/* The same wish many times at once, each signed anew. */
GPtrArray *
person_ask_often (World *world, Person *person, const char *path, const char *json, guint times)
{
  g_autofree char *bearer = g_strconcat ("Bearer ", person->token, NULL);
  GPtrArray *answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  Often often = { world, answers };

  for (guint i = 0; i < times; i++)
    {
      g_autoptr (SoupMessage) message = new_message (world, "POST", path);
      g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));

      soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                   bearer);
      sign_as_computer (world, person, message, "POST", path, bearer, NULL, body);
      soup_message_set_request_body_from_bytes (message, "application/json", body);
      soup_session_send_and_read_async (world->soup, message, G_PRIORITY_DEFAULT, NULL, on_one_sent,
                                        &often);
    }
  while (answers->len < times)
    g_main_context_iteration (NULL, TRUE);
  return answers;
}

static GBytes *
to_der (X509 *certificate)
{
  guint8 *data = NULL;
  int len = i2d_X509 (certificate, &data);
  GBytes *bytes = g_bytes_new (data, (gsize) len);

  OPENSSL_free (data);
  return bytes;
}

Key *
key_new (World *world, const char *kind)
{
  Key *key = g_new0 (Key, 1);
  gboolean expired = g_str_equal (kind, KEY_EXPIRED);
  Maker *other = g_str_equal (kind, KEY_OTHER_CA)
                   ? issue ("Maker", NULL, TRUE, world->now - DAY, world->now + DAY)
                   : NULL;
  Maker *leaf = issue ("Key", other != NULL ? other : world->maker, g_str_equal (kind, KEY_CA_LEAF),
                       world->now - DAY, expired ? world->now - 60 : world->now + DAY);
  g_autoptr (EnigmSecret) pem = NULL;
  g_autoptr (GError) error = NULL;
  BIO *bio = BIO_new (BIO_s_mem ());
  char *data;
  long len;

  PEM_write_bio_PrivateKey (bio, leaf->key, NULL, NULL, 0, NULL, NULL);
  len = BIO_get_mem_data (bio, &data);
  pem = enigm_secret_new_copy ((const guint8 *) data, (gsize) len);
  BIO_free (bio);
  key->certificate_key = enigm_p256_key_new_from_pem (pem, &error);
  g_assert_no_error (error);
  key->chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (key->chain, to_der (leaf->certificate));
  maker_free (leaf);
  g_clear_pointer (&other, maker_free);
  return key;
}

static void
forget (Key *key)
{
  g_clear_pointer (&key->offer_bytes, g_bytes_unref);
  g_clear_pointer (&key->attestation, g_bytes_unref);
  g_clear_pointer (&key->request_key, enigm_secret_unref);
  g_clear_pointer (&key->answer_key, enigm_secret_unref);
  key->sequence = 0;
}

void
key_free (Key *key)
{
  forget (key);
  g_clear_pointer (&key->chain, g_ptr_array_unref);
  g_clear_pointer (&key->certificate_key, enigm_p256_key_unref);
  g_free (key);
}

static Answer *
ask_offer (World *world, Key *key, Person *person, const guint8 *bound, const guint8 *replaces)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *nonce = NULL;
  g_autofree char *session = NULL;
  g_autofree char *owner = bound != NULL ? enigm_hex_encode (bound, ENIGM_ID_SIZE) : g_strdup ("");
  g_autofree char *old =
    replaces != NULL ? enigm_hex_encode (replaces, ENIGM_ID_SIZE) : g_strdup ("");
  g_autofree char *body = NULL;
  GBytes *leaf = g_ptr_array_index (key->chain, 0);
  g_autofree char *certificate =
    enigm_base64url_encode (g_bytes_get_data (leaf, NULL), g_bytes_get_size (leaf));

  enigm_random_bytes (key->nonce, sizeof key->nonce, &error);
  enigm_random_bytes (key->session, sizeof key->session, &error);
  g_assert_no_error (error);
  nonce = enigm_base64url_encode (key->nonce, sizeof key->nonce);
  session = enigm_base64url_encode (key->session, sizeof key->session);
  body = g_strdup_printf (
    "{\"certificates\":[\"%s\"],\"nonce\":\"%s\",\"session\":\"%s\",\"bound\":\"%s\"%s%s%s}",
    certificate, nonce, session, owner, replaces != NULL ? ",\"replaces\":\"" : "", old,
    replaces != NULL ? "\"" : "");
  return person_ask (world, person, "POST", "/v1/offers", FALSE, body);
}

Answer *
key_ask_offer (World *world, Key *key, Person *person, const guint8 *bound)
{
  return ask_offer (world, key, person, bound, NULL);
}

Answer *
key_ask_replacement (World *world, Key *key, Person *person, const guint8 *replaces)
{
  return ask_offer (world, key, person, NULL, replaces);
}

/* What a key does with an offer: it checks who signed it and what it is for. */
void
key_take_offer (Key *key, Answer *answer)
{
  g_autoptr (GError) error = NULL;
  guint8 certificate[ENIGM_SHA256_SIZE];

  g_assert_cmpuint (answer->status, ==, 200);
  forget (key);
  key->offer_bytes = enigm_base64url_decode (json_object_get_string_member (answer->json, "offer"),
                                             1, ENIGM_OFFER_MAX_SIZE);
  enigm_offer_decode (key->offer_bytes, &key->offer, &error);
  g_assert_no_error (error);
  enigm_certificate_hash (g_ptr_array_index (key->chain, 0), certificate);
  g_assert_cmpmem (key->offer.certificate_hash, 32, certificate, 32);
  g_assert_cmpmem (key->offer.key_nonce, 32, key->nonce, 32);
  g_assert_cmpmem (key->offer.session_value, 32, key->session, 32);
}

void
key_attest (Key *key)
{
  g_autoptr (EnigmP256Key) ephemeral = NULL;
  g_autoptr (EnigmSecret) shared = NULL;
  g_autoptr (EnigmSecret) credential = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAttestation attestation;

  g_clear_pointer (&key->attestation, g_bytes_unref);
  g_clear_pointer (&key->request_key, enigm_secret_unref);
  g_clear_pointer (&key->answer_key, enigm_secret_unref);
  ephemeral = enigm_p256_key_generate (&error);
  g_assert_no_error (error);
  memcpy (attestation.ephemeral, enigm_p256_key_get_point (ephemeral),
          sizeof attestation.ephemeral);
  enigm_attestation_sign (&attestation, key->offer_bytes, key->certificate_key, &error);
  g_assert_no_error (error);
  key->attestation = enigm_attestation_encode (&attestation);
  shared =
    enigm_p256_key_ecdh (ephemeral, key->offer.ephemeral, sizeof key->offer.ephemeral, &error);
  g_assert_no_error (error);
  credential = enigm_credential_derive (shared, key->offer_bytes, key->attestation);
  key->request_key = enigm_credential_derive_request_key (credential);
  key->answer_key = enigm_credential_derive_answer_key (credential);
}

Answer *
key_hand_in (World *world, Key *key)
{
  g_autoptr (GBytes) body = enigm_handover_encode (key->offer_bytes, key->attestation, key->chain);
  g_autoptr (SoupMessage) message = new_message (world, "POST", "/v1/attestations");

  return world_send (world, message, "application/cbor", body);
}

EnigmReceiptState
key_read_receipt (World *world, Key *key, Answer *answer)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
  guint8 hash[ENIGM_SHA256_SIZE];
  EnigmReceipt receipt;

  g_assert_cmpuint (answer->status, ==, 200);
  enigm_handover_answer_decode (answer->body, &bytes, signature, &error);
  g_assert_no_error (error);
  enigm_receipt_verify (bytes, enigm_p256_key_get_point (world->state->identity), signature,
                        &error);
  g_assert_no_error (error);
  enigm_receipt_decode (bytes, &receipt, &error);
  g_assert_no_error (error);
  enigm_binding_hash (key->offer_bytes, key->attestation, hash);
  g_assert_cmpmem (receipt.binding, 16, key->offer.binding, 16);
  g_assert_cmpmem (receipt.binding_hash, 32, hash, 32);
  g_assert_cmpuint (receipt.time, ==, (guint64) world->now);
  return receipt.state;
}

/* All of it, up to trust. */
void
key_pair (World *world, Key *key, Person *person)
{
  g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);
  g_autoptr (Answer) receipt = NULL;

  key_take_offer (key, offer);
  key_attest (key);
  receipt = key_hand_in (world, key);
  g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_PENDING);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
}

EnigmBinding *
key_find (World *world, Key *key)
{
  EnigmBinding *binding = NULL;
  g_autoptr (GError) error = NULL;

  enigm_bindings_find (world->state, key->offer.binding, &binding, &error);
  g_assert_no_error (error);
  return binding;
}

char *
key_path (Key *key, const char *rest)
{
  g_autofree char *id = enigm_hex_encode (key->offer.binding, ENIGM_ID_SIZE);

  return g_strconcat ("/v1/keys/", id, rest, NULL);
}

EnigmKeyRequest
key_request (World *world, Key *key, EnigmKeyRequestKind kind)
{
  EnigmKeyRequest request = { .kind = kind, .battery = 80 };

  memcpy (request.epoch, key->offer.epoch, sizeof request.epoch);
  request.sequence = ++key->sequence;
  if (enigm_key_request_kind_has_event (kind))
    g_assert_true (enigm_random_bytes (request.event, sizeof request.event, NULL));
  if (kind == ENIGM_KEY_REQUEST_POSITION)
    {
      request.has_position = TRUE;
      request.position.latitude = 52520000;
      request.position.longitude = 13405000;
      request.position.accuracy = 12;
    }
  return request;
}

Signed *
key_sign_body (World *world, Key *key, const char *path, GBytes *body, gint64 created)
{
  Signed *self = g_new0 (Signed, 1);
  g_autoptr (GError) error = NULL;
  EnigmHttpMessage message = { 0 };

  self->method = g_strdup ("POST");
  self->path = g_strdup (path);
  self->content_type = g_strdup ("application/cbor");
  self->body = g_bytes_ref (body);
  self->digest = enigm_content_digest_format (self->body);
  message.method = self->method;
  message.authority = enigm_config_get_authority (world->state->config);
  message.path = self->path;
  message.content_type = self->content_type;
  message.content_digest = self->digest;
  enigm_http_signature_init (&self->made, ENIGM_HTTP_KEY_REQUEST, key->offer.handle,
                             (guint64) created, &error);
  g_assert_no_error (error);
  enigm_http_signature_sign_hmac (&self->made, &message, key->request_key, &error);
  g_assert_no_error (error);
  self->input = enigm_http_signature_format_input (&self->made);
  self->signature = enigm_http_signature_format (&self->made);
  return self;
}

Signed *
key_sign (World *world, Key *key, const EnigmKeyRequest *request, gint64 created)
{
  g_autoptr (GBytes) body = enigm_key_request_encode (request);

  return key_sign_body (world, key, enigm_key_request_kind_get_path (request->kind), body, created);
}

void
signed_free (Signed *request)
{
  g_free (request->method);
  g_free (request->path);
  g_free (request->content_type);
  g_free (request->digest);
  g_free (request->input);
  g_free (request->signature);
  g_clear_pointer (&request->body, g_bytes_unref);
  g_free (request);
}

SoupMessage *
signed_message (World *world, Signed *request)
{
  const struct
  {
    const char *name;
    const char *value;
  } fields[] = {
    { "Content-Digest", request->digest },
    { "Signature-Input", request->input },
    { "Signature", request->signature },
  };
  SoupMessage *message = new_message (world, request->method, request->path);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (fields[i].value == NULL)
        continue;
      soup_message_headers_append (headers, fields[i].name, fields[i].value);
      if (g_strcmp0 (request->twice, fields[i].name) == 0)
        soup_message_headers_append (headers, fields[i].name, fields[i].value);
    }
  return message;
}

Answer *
signed_send (World *world, Signed *request)
{
  g_autoptr (SoupMessage) message = signed_message (world, request);

  return world_send (world, message, request->content_type, request->body);
}

/* What a key believes: only what is under its own answer key, for the request it has just signed.
 */
EnigmKeyAnswer
key_read_answer (World *world, Key *key, Signed *request, Answer *answer)
{
  g_autoptr (GError) error = NULL;
  EnigmHttpSignature signature;
  EnigmHttpMessage message = { 0 };
  EnigmKeyAnswer read;
  const char *digest = soup_message_headers_get_list (answer->headers, "Content-Digest");

  enigm_content_digest_check (digest, 1, answer->body, &error);
  g_assert_no_error (error);
  enigm_http_signature_parse (&signature, ENIGM_HTTP_KEY_ANSWER,
                              soup_message_headers_get_list (answer->headers, "Signature-Input"), 1,
                              soup_message_headers_get_list (answer->headers, "Signature"), 1,
                              &error);
  g_assert_no_error (error);
  g_assert_cmpmem (signature.keyid, 16, key->offer.handle, 16);
  message.status = answer->status;
  message.content_digest = digest;
  message.request_signature = request->made.signature;
  message.request_signature_len = request->made.signature_len;
  enigm_http_signature_verify_hmac (&signature, &message, key->answer_key, &error);
  g_assert_no_error (error);
  enigm_key_answer_decode (answer->body, answer->status, &read, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read.time, ==, (guint64) world->now);
  g_assert_cmpmem (read.pins, 64, key->offer.pins, 64);
  return read;
}

EnigmKeyAnswer
key_send (World *world, Key *key, const EnigmKeyRequest *request)
{
  g_autoptr (Signed) made = key_sign (world, key, request, world->now);
  g_autoptr (Answer) answer = signed_send (world, made);

  return key_read_answer (world, key, made, answer);
}

EnigmKeyOutcome
key_say (World *world, Key *key, EnigmKeyRequestKind kind)
{
  EnigmKeyRequest request = key_request (world, key, kind);

  return key_send (world, key, &request).outcome;
}

gint64
world_count (World *world, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmStatement) row = enigm_store_prepare (world->state->store, sql, &error);

  g_assert_no_error (error);
  g_assert_cmpint (enigm_statement_step (row, &error), ==, ENIGM_STEP_ROW);
  return enigm_statement_get_int64 (row, 0);
}

void
world_run (World *world, const char *sql)
{
  g_autoptr (GError) error = NULL;

  enigm_store_run (world->state->store, &error, sql, "");
  g_assert_no_error (error);
}
