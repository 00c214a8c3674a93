/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-platform-fixture.h"

#include <glib/gstdio.h>

#include "app/protocol/enigm-content-digest.h"
#include "app/protocol/enigm-http-signature.h"

#include "enigm-certificates.h"
#include "enigm-new-platform.h"

#define PASSWORD "a good password"

static gint64
get_now (gpointer user_data)
{
  EnigmPlatformFixture *self = user_data;

  return self->now;
}

static void
start (EnigmPlatformFixture *self)
{
  g_autofree gchar *config_path = g_build_filename (self->folder, ENIGM_NEW_PLATFORM_CONFIG, NULL);
  g_autofree gchar *ca_path = g_build_filename (self->folder, ENIGM_NEW_PLATFORM_CA, NULL);
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;
  EnigmConfig *config = enigm_config_load (config_path, &error);

  g_assert_no_error (error);
  config->port = 0;
  self->state = enigm_platform_state_open (config, get_now, self, &error);
  g_assert_no_error (error);
  self->server = enigm_server_new (self->state, &error);
  g_assert_no_error (error);
  enigm_server_listen (self->server, &error);
  g_assert_no_error (error);

  database = g_tls_file_database_new (ca_path, &error);
  g_assert_no_error (error);
  self->session = soup_session_new_with_options ("tls-database", database, "max-conns-per-host", 8,
                                                 "timeout", 30, NULL);
}

static void
stop (EnigmPlatformFixture *self)
{
  soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_clear_pointer (&self->server, enigm_server_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_pointer (&self->state, enigm_platform_state_free);
}

void
enigm_platform_fixture_set_up (EnigmPlatformFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *maker_path = NULL;
  g_autofree gchar *maker_pem = NULL;

  self->folder = g_dir_make_tmp ("enigm-platform-XXXXXX", &error);
  g_assert_no_error (error);
  self->now = g_get_real_time () / G_USEC_PER_SEC;
  self->answers = g_string_new (NULL);
  self->maker = enigm_p256_key_generate (&error);
  g_assert_no_error (error);
  maker_pem = enigm_certificates_make_ca (self->maker, "A maker of keys", &error);
  g_assert_no_error (error);
  maker_path = g_build_filename (self->folder, "maker.pem", NULL);
  g_file_set_contents (maker_path, maker_pem, -1, &error);
  g_assert_no_error (error);
  enigm_new_platform_make (self->folder, maker_path, "https://localhost", &error);
  g_assert_no_error (error);
  start (self);
}

/* Every answer that was seen is held to openapi.yaml. */
static void
check_answers (EnigmPlatformFixture *self)
{
  g_autofree gchar *checker =
    g_build_filename (g_getenv ("G_TEST_SRCDIR"), "peers", "platform", "check-answers.py", NULL);
  g_autofree gchar *api =
    g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "peers", "platform", "openapi.yaml", NULL);
  g_autofree gchar *out = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                        G_SUBPROCESS_FLAGS_STDERR_MERGE,
                      &error, "/usr/bin/python3", checker, api, NULL);

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, self->answers->str, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (process))
    g_error ("an answer is not as openapi.yaml says:\n%s", out);
}

static void
remove_folder (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *child = g_build_filename (path, name, NULL);

      g_assert_cmpint (g_unlink (child), ==, 0);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

void
enigm_platform_fixture_tear_down (EnigmPlatformFixture *self, gconstpointer data)
{
  stop (self);
  check_answers (self);
  remove_folder (self->folder);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->maker, enigm_p256_key_unref);
  g_string_free (g_steal_pointer (&self->answers), TRUE);
}

/* Stops the platform and starts it again on the same folder. Its port is another one. */
void
enigm_platform_fixture_restart (EnigmPlatformFixture *self)
{
  stop (self);
  start (self);
}

guint16
enigm_platform_fixture_port (EnigmPlatformFixture *self)
{
  return self->state->config->port;
}

SoupMessage *
enigm_platform_fixture_message (EnigmPlatformFixture *self,
                                const gchar *method,
                                const gchar *path,
                                const gchar *body)
{
  g_autofree gchar *uri = g_strconcat (self->state->config->origin, path, NULL);
  SoupMessage *message = soup_message_new (method, uri);

  g_assert_nonnull (message);
  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  return message;
}

void
enigm_platform_fixture_sign (EnigmPlatformFixture *self,
                             EnigmPerson *person,
                             SoupMessage *message,
                             const gchar *body,
                             gint64 created)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr (GBytes) bytes = g_bytes_new (body, body != NULL ? strlen (body) : 0);
  g_autofree gchar *digest = enigm_content_digest_format (bytes);
  g_autofree gchar *input = NULL;
  g_autofree gchar *text = NULL;
  EnigmHttpMessage parts = {
    .method = soup_message_get_method (message),
    .authority = enigm_config_get_authority (self->state->config),
    .path = g_uri_get_path (soup_message_get_uri (message)),
    .content_type = "application/json",
    .content_digest = digest,
    .if_match = soup_message_headers_get_one (headers, "If-Match"),
    .authorization = soup_message_headers_get_one (headers, "Authorization"),
  };
  EnigmHttpSignature signature;
  g_autoptr (GError) error = NULL;

  soup_message_headers_replace (headers, "Content-Type", "application/json");
  soup_message_headers_replace (headers, "Content-Digest", digest);
  enigm_http_signature_init (&signature, ENIGM_HTTP_COMPUTER_REQUEST, person->computer, created,
                             &error);
  g_assert_no_error (error);
  enigm_http_signature_sign_p256 (&signature, &parts, person->key, &error);
  g_assert_no_error (error);
  input = enigm_http_signature_format_input (&signature);
  text = enigm_http_signature_format (&signature);
  soup_message_headers_replace (headers, "Signature-Input", input);
  soup_message_headers_replace (headers, "Signature", text);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **out = user_data;

  *out = g_object_ref (result);
}

static void
note_answer (EnigmPlatformFixture *self, SoupMessage *message, const gchar *body, GBytes *answer)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree gchar *line = NULL;
  g_autofree gchar *text = g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "method");
  json_builder_add_string_value (builder, soup_message_get_method (message));
  json_builder_set_member_name (builder, "path");
  json_builder_add_string_value (builder, g_uri_get_path (soup_message_get_uri (message)));
  json_builder_set_member_name (builder, "request");
  json_builder_add_string_value (builder, body != NULL ? body : "");
  json_builder_set_member_name (builder, "status");
  json_builder_add_int_value (builder, soup_message_get_status (message));
  json_builder_set_member_name (builder, "type");
  json_builder_add_string_value (builder, soup_message_headers_get_content_type (
                                            soup_message_get_response_headers (message), NULL));
  json_builder_set_member_name (builder, "answer");
  json_builder_add_string_value (builder, g_utf8_validate (text, -1, NULL) ? text : "");
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  g_string_append_printf (self->answers, "%s\n", line);
}

EnigmAnswer *
enigm_platform_fixture_send (EnigmPlatformFixture *self, SoupMessage *message, const gchar *body)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAnswer *answer = g_new0 (EnigmAnswer, 1);
  const gchar *type;

  soup_session_send_and_read_async (self->session, message, G_PRIORITY_DEFAULT, NULL, on_result,
                                    &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  bytes = soup_session_send_and_read_finish (self->session, result, &error);
  g_assert_no_error (error);
  note_answer (self, message, body, bytes);

  answer->status = soup_message_get_status (message);
  answer->etag = g_strdup (soup_message_headers_get_one (headers, "ETag"));
  answer->retry_after = g_strdup (soup_message_headers_get_one (headers, "Retry-After"));
  type = soup_message_headers_get_content_type (headers, NULL);
  if (type != NULL &&
      (g_str_equal (type, "application/json") || g_str_equal (type, "application/problem+json")))
    {
      g_autoptr (JsonParser) parser = json_parser_new ();

      json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                  &error);
      g_assert_no_error (error);
      answer->json = json_parser_steal_root (parser);
    }
  if (g_strcmp0 (type, "application/problem+json") == 0)
    {
      JsonObject *problem = json_node_get_object (answer->json);
      const gchar *urn = json_object_get_string_member (problem, "type");

      if (g_str_has_prefix (urn, "urn:enigm:problem:"))
        answer->problem = g_strdup (urn + strlen ("urn:enigm:problem:"));
      if (json_object_has_member (problem, "field"))
        answer->field = g_strdup (json_object_get_string_member (problem, "field"));
    }
  return answer;
}

static void
set_bearer (SoupMessage *message, EnigmPerson *person)
{
  g_autofree gchar *authorization = g_strconcat ("Bearer ", person->token, NULL);

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                authorization);
}

EnigmAnswer *
enigm_platform_fixture_call (EnigmPlatformFixture *self,
                             EnigmPerson *person,
                             const gchar *method,
                             const gchar *path,
                             const gchar *body)
{
  g_autoptr (SoupMessage) message = enigm_platform_fixture_message (self, method, path, body);

  if (person != NULL)
    set_bearer (message, person);
  return enigm_platform_fixture_send (self, message, body);
}

EnigmAnswer *
enigm_platform_fixture_call_signed (EnigmPlatformFixture *self,
                                    EnigmPerson *person,
                                    const gchar *method,
                                    const gchar *path,
                                    const gchar *body,
                                    const gchar *if_match)
{
  g_autoptr (SoupMessage) message = enigm_platform_fixture_message (self, method, path, body);

  if (person->token != NULL)
    set_bearer (message, person);
  if (if_match != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), "If-Match", if_match);
  enigm_platform_fixture_sign (self, person, message, body, self->now);
  return enigm_platform_fixture_send (self, message, body);
}

/* The body of a sign-in; with @extra, a part such as `"pin":"123456",`, that of a sign-up. */
gchar *
enigm_platform_fixture_body (EnigmPerson *person, const gchar *user, const gchar *extra)
{
  g_autofree gchar *point =
    enigm_base64url_encode (enigm_p256_key_get_point (person->key), ENIGM_P256_POINT_SIZE);

  return g_strdup_printf ("{\"user\":\"%s\",\"password\":\"" PASSWORD "\",%s"
                          "\"computer\":{\"name\":\"Laptop\",\"public_key\":\"%s\"}}",
                          user, extra, point);
}

EnigmPerson *
enigm_platform_fixture_add_person (EnigmPlatformFixture *self, const gchar *user)
{
  EnigmPerson *person = g_new0 (EnigmPerson, 1);
  g_autoptr (EnigmAnswer) answer = NULL;
  g_autoptr (EnigmStatement) statement = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *body = NULL;

  person->user = g_strdup (user);
  person->key = enigm_p256_key_generate (&error);
  g_assert_no_error (error);
  body = enigm_platform_fixture_body (person, user, "\"pin\":\"123456\",");
  answer = enigm_platform_fixture_call (self, NULL, "POST", "/v1/accounts", body);
  enigm_assert_answer (answer, 201);
  person->token = g_strdup (enigm_answer_string (answer, "session.token"));
  person->contact_id = g_strdup (enigm_answer_string (answer, "account.contact_id"));
  g_assert_true (
    enigm_hex_decode (enigm_answer_string (answer, "computer.id"), person->computer, 16));
  statement = enigm_store_select (self->state->store, &error,
                                  "SELECT id FROM accounts WHERE user_name = ?1", "s", user);
  g_assert_cmpint (enigm_statement_step (statement, &error), ==, ENIGM_STEP_ROW);
  enigm_statement_get_id (statement, 0, person->account);
  return person;
}

/* Makes @contact_id the only contact of @owner, or leaves none. */
void
enigm_platform_fixture_set_contact (EnigmPlatformFixture *self,
                                    EnigmPerson *owner,
                                    const gchar *contact_id)
{
  g_autoptr (EnigmAnswer) list =
    enigm_platform_fixture_call (self, owner, "GET", "/v1/contacts", NULL);
  g_autofree gchar *body = contact_id != NULL
                             ? g_strdup_printf ("{\"contacts\":[\"%s\"]}", contact_id)
                             : g_strdup ("{\"contacts\":[]}");
  g_autoptr (EnigmAnswer) answer =
    enigm_platform_fixture_call_signed (self, owner, "PUT", "/v1/contacts", body, list->etag);

  enigm_assert_answer (answer, 200);
}

/* Makes @contact somebody who accepted to be told by @owner. */
void
enigm_platform_fixture_befriend (EnigmPlatformFixture *self,
                                 EnigmPerson *owner,
                                 EnigmPerson *contact)
{
  g_autoptr (EnigmAnswer) list = NULL;
  g_autoptr (EnigmAnswer) accepted = NULL;
  g_autofree gchar *path = NULL;

  enigm_platform_fixture_set_contact (self, owner, contact->contact_id);
  list = enigm_platform_fixture_call (self, contact, "GET", "/v1/invitations", NULL);
  path = g_strconcat ("/v1/invitations/", enigm_answer_string (list, "invitations.0.id"), NULL);
  accepted = enigm_platform_fixture_call_signed (self, contact, "POST", path,
                                                 "{\"answer\":\"accept\"}", NULL);
  enigm_assert_answer (accepted, 200);
}

void
enigm_person_free (EnigmPerson *self)
{
  g_free (self->user);
  g_free (self->token);
  g_free (self->contact_id);
  g_clear_pointer (&self->key, enigm_p256_key_unref);
  g_free (self);
}

void
enigm_answer_free (EnigmAnswer *self)
{
  g_clear_pointer (&self->json, json_node_unref);
  g_free (self->etag);
  g_free (self->problem);
  g_free (self->field);
  g_free (self->retry_after);
  g_free (self);
}

JsonObject *
enigm_answer_object (EnigmAnswer *self)
{
  g_assert_nonnull (self->json);
  return json_node_get_object (self->json);
}

/* Finds a member by names and numbers with dots between: `contacts.0.state`. */
static JsonNode *
find (EnigmAnswer *self, const gchar *path)
{
  g_auto (GStrv) names = g_strsplit (path, ".", -1);
  JsonNode *node = self->json;

  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_assert_nonnull (node);
      if (JSON_NODE_HOLDS_ARRAY (node))
        node = json_array_get_element (json_node_get_array (node),
                                       g_ascii_strtoull (names[i], NULL, 10));
      else
        node = json_object_get_member (json_node_get_object (node), names[i]);
    }
  if (node == NULL)
    g_error ("%s is not there", path);
  return node;
}

const gchar *
enigm_answer_string (EnigmAnswer *self, const gchar *path)
{
  JsonNode *node = find (self, path);

  return JSON_NODE_HOLDS_NULL (node) ? NULL : json_node_get_string (node);
}

gint64
enigm_answer_int (EnigmAnswer *self, const gchar *path)
{
  JsonNode *node = find (self, path);

  return JSON_NODE_HOLDS_NULL (node) ? 0 : json_node_get_int (node);
}
