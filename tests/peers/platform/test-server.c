/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-platform-fixture.h"

#include "enigm-new-platform.h"

#define add(name, func)                                                                            \
  g_test_add ("/platform/server/" name, EnigmPlatformFixture, NULL, enigm_platform_fixture_set_up, \
              func, enigm_platform_fixture_tear_down)

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **out = user_data;

  *out = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static GIOStream *
connect_plain (EnigmPlatformFixture *fixture)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_connect_to_host_async (client, "127.0.0.1", enigm_platform_fixture_port (fixture),
                                         NULL, on_result, &result);
  wait_for (&result);
  connection = g_socket_client_connect_to_host_finish (client, result, &error);
  g_assert_no_error (error);
  return G_IO_STREAM (connection);
}

/* A connection for what no HTTP library would send. */
static GIOStream *
connect_tls (EnigmPlatformFixture *fixture)
{
  g_autoptr (GIOStream) plain = connect_plain (fixture);
  g_autofree gchar *ca_path = g_build_filename (fixture->folder, ENIGM_NEW_PLATFORM_CA, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (ca_path, &error);
  g_autoptr (GSocketConnectable) identity = g_network_address_new ("localhost", 443);
  g_autoptr (GAsyncResult) result = NULL;
  GIOStream *tls = g_tls_client_connection_new (plain, identity, &error);

  g_assert_no_error (error);
  g_tls_connection_set_database (G_TLS_CONNECTION (tls), database);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, NULL, on_result,
                                    &result);
  wait_for (&result);
  g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_tls_connection_get_protocol_version (G_TLS_CONNECTION (tls)), >=,
                   G_TLS_PROTOCOL_VERSION_TLS_1_2);
  return tls;
}

static void
write_all (GIOStream *stream, const gchar *text, gsize size)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_output_stream_write_all_async (g_io_stream_get_output_stream (stream), text, size,
                                   G_PRIORITY_DEFAULT, NULL, on_result, &result);
  wait_for (&result);
  g_output_stream_write_all_finish (g_io_stream_get_output_stream (stream), result, NULL, NULL);
}

/* Reads until the platform closes the connection. */
static gchar *
read_to_end (GIOStream *stream)
{
  GString *text = g_string_new (NULL);

  while (TRUE)
    {
      g_autoptr (GAsyncResult) result = NULL;
      gchar buffer[4096];
      gssize size;

      g_input_stream_read_async (g_io_stream_get_input_stream (stream), buffer, sizeof buffer,
                                 G_PRIORITY_DEFAULT, NULL, on_result, &result);
      wait_for (&result);
      size = g_input_stream_read_finish (g_io_stream_get_input_stream (stream), result, NULL);
      if (size <= 0)
        return g_string_free (text, FALSE);
      g_string_append_len (text, buffer, size);
    }
}

/* Sends a request word for word, and returns everything that is said to it. */
static gchar *
say (EnigmPlatformFixture *fixture, const gchar *text)
{
  g_autoptr (GIOStream) stream = connect_tls (fixture);

  write_all (stream, text, strlen (text));
  return read_to_end (stream);
}

static void
check_said (EnigmPlatformFixture *fixture, const gchar *format, const gchar *status)
{
  g_autoptr (GString) request = g_string_new (format);
  g_autofree gchar *answer = NULL;
  g_autofree gchar *expected = g_strconcat (" ", status, NULL);

  g_string_replace (request, "HOST", enigm_config_get_authority (fixture->state->config), 0);
  answer = say (fixture, request->str);
  if (!g_str_has_prefix (answer, "HTTP/1.") ||
      !g_str_has_prefix (answer + strlen ("HTTP/1.1"), expected))
    g_error ("to\n%s\nit says\n%s", request->str, answer);
}

static void
test_targets (EnigmPlatformFixture *fixture, gconstpointer data)
{
  check_said (fixture, "GET /v1 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", "200");
  check_said (fixture, "GET /v1?x=1 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", "400");
  check_said (fixture, "GET /v1 HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n", "400");
  check_said (fixture, "GET /v1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "400");
  check_said (fixture, "GET /v1 HTTP/1.1\r\nConnection: close\r\n\r\n", "400");
  check_said (fixture, "GET /v1 HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\nConnection: close\r\n\r\n",
              "400");
  check_said (fixture,
              "GET https://example.org/v1 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
              "400");
  check_said (fixture, "GET http://HOST/v1 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
              "400");
  check_said (fixture, "GET https://me@HOST/v1 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
              "400");
  check_said (fixture, "OPTIONS * HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", "");
  /* It is read, and would be signed, as the path it stands for. */
  check_said (fixture, "GET /v1/../v1 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", "200");
  check_said (fixture, "GET //v1 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", "404");
  check_said (fixture, "GET /v1/ HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", "404");
  check_said (fixture, "HEAD /v1 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", "405");
  check_said (fixture, "CONNECT HOST HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", "4");
  check_said (fixture, "nonsense\r\n\r\n", "400");
}

static void
test_paths (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmAnswer) nothing =
    enigm_platform_fixture_call (fixture, NULL, "GET", "/v2/everything", NULL);
  g_autoptr (EnigmAnswer) method =
    enigm_platform_fixture_call (fixture, NULL, "PUT", "/v1/accounts", "{}");

  enigm_assert_problem (nothing, 404, "unknown");
  enigm_assert_answer (method, 405);
  g_assert_cmpstr (method->problem, ==, NULL);
}

/* Sends a body of so many bytes to a route that wants a small one. */
static void
check_body (EnigmPlatformFixture *fixture, gsize size, gboolean chunked, const gchar *status)
{
  g_autoptr (GIOStream) stream = connect_tls (fixture);
  const gchar *host = enigm_config_get_authority (fixture->state->config);
  g_autofree gchar *block = g_strnfill (size, 'x');
  g_autofree gchar *head = NULL;
  g_autofree gchar *answer = NULL;

  if (chunked)
    head = g_strdup_printf ("POST /v1/sessions HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
                            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "%" G_GSIZE_MODIFIER "x\r\n",
                            host, size);
  else
    head = g_strdup_printf ("POST /v1/sessions HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
                            "Content-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT
                            "\r\n\r\n",
                            host, size);
  write_all (stream, head, strlen (head));
  write_all (stream, block, size);
  if (chunked)
    write_all (stream, "\r\n0\r\n\r\n", 7);
  answer = read_to_end (stream);
  if (!g_str_has_prefix (answer, status))
    g_error ("to %" G_GSIZE_FORMAT " bytes it says\n%s", size, answer);
}

static void
test_large_bodies (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmAnswer) after = NULL;

  /* At the bound it is read, and is no JSON; past it, it is not kept. */
  check_body (fixture, 64 * 1024, FALSE, "HTTP/1.1 400");
  check_body (fixture, 64 * 1024 + 1, FALSE, "HTTP/1.1 413");
  check_body (fixture, 64 * 1024, TRUE, "HTTP/1.1 400");
  check_body (fixture, 64 * 1024 + 1, TRUE, "HTTP/1.1 413");
  check_body (fixture, 10 * 1024 * 1024, FALSE, "HTTP/1.1 413");
  check_body (fixture, 10 * 1024 * 1024, TRUE, "HTTP/1.1 413");
  after = enigm_platform_fixture_call (fixture, NULL, "GET", "/v1", NULL);
  enigm_assert_answer (after, 200);
}

/* Who says nothing, stops in the middle of a header, or of a body, is left standing after ten
 * seconds; all the while others are answered. */
static void
test_slow_peers (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (GIOStream) silent = connect_plain (fixture);
  g_autoptr (GIOStream) head = connect_tls (fixture);
  g_autoptr (GIOStream) body = connect_tls (fixture);
  g_autofree gchar *text =
    g_strdup_printf ("POST /v1/sessions HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
                     "Content-Length: 100\r\n\r\n{",
                     enigm_config_get_authority (fixture->state->config));
  gint64 began = g_get_monotonic_time ();
  g_autoptr (EnigmAnswer) other = NULL;
  g_autofree gchar *said_silent = NULL;
  g_autofree gchar *said_head = NULL;
  g_autofree gchar *said_body = NULL;

  write_all (head, "POST /v1/se", 11);
  write_all (body, text, strlen (text));
  other = enigm_platform_fixture_call (fixture, NULL, "GET", "/v1", NULL);
  enigm_assert_answer (other, 200);
  said_silent = read_to_end (silent);
  said_head = read_to_end (head);
  said_body = read_to_end (body);
  g_assert_cmpstr (said_silent, ==, "");
  g_assert_cmpstr (said_head, ==, "");
  g_assert_cmpstr (said_body, ==, "");
  g_assert_cmpint (g_get_monotonic_time () - began, <, 60 * G_USEC_PER_SEC);
}

/* Two requests on one connection: TLS is not shaken anew for each. */
static void
test_keep_alive (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text =
    g_string_new ("GET /v1 HTTP/1.1\r\nHost: HOST\r\n\r\n"
                  "GET /v1 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n");
  g_autofree gchar *answer = NULL;
  const gchar *first;

  g_string_replace (text, "HOST", enigm_config_get_authority (fixture->state->config), 0);
  answer = say (fixture, text->str);
  first = strstr (answer, "HTTP/1.1 200");
  g_assert_nonnull (first);
  g_assert_nonnull (strstr (first + 1, "HTTP/1.1 200"));
}

/* Nothing is answered without TLS. */
static void
test_no_plain_http (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (GIOStream) stream = connect_plain (fixture);
  g_autofree gchar *text = g_strdup_printf ("GET /v1 HTTP/1.1\r\nHost: %s\r\n\r\n",
                                            enigm_config_get_authority (fixture->state->config));
  g_autofree gchar *answer = NULL;

  write_all (stream, text, strlen (text));
  answer = read_to_end (stream);
  g_assert_null (strstr (answer, "HTTP/"));
}

/* Stopping ends whoever is listening or half way through, and leaves nothing behind. */
static void
test_stop (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (GIOStream) stream = connect_tls (fixture);
  g_autoptr (GIOStream) half = connect_tls (fixture);
  g_autoptr (GIOStream) sign_in = connect_tls (fixture);
  const gchar *host = enigm_config_get_authority (fixture->state->config);
  g_autofree gchar *text = g_strdup_printf (
    "GET /v1/stream HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", host, ada->token);
  g_autofree gchar *body = enigm_platform_fixture_body (ada, "ada", "");
  g_autofree gchar *sign_in_text =
    g_strdup_printf ("POST /v1/sessions HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
                     "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                     host, strlen (body), body);
  g_autofree gchar *said = NULL;

  write_all (stream, text, strlen (text));
  write_all (half, "POST", 4);
  write_all (sign_in, sign_in_text, strlen (sign_in_text));
  enigm_platform_fixture_restart (fixture);
  said = read_to_end (stream);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("targets", test_targets);
  add ("paths", test_paths);
  add ("large-bodies", test_large_bodies);
  add ("slow-peers", test_slow_peers);
  add ("keep-alive", test_keep_alive);
  add ("no-plain-http", test_no_plain_http);
  add ("stop", test_stop);
  return g_test_run ();
}
