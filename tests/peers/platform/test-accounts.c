/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-platform-fixture.h"

#define add(name, func)                                                                            \
  g_test_add ("/platform/accounts/" name, EnigmPlatformFixture, NULL,                              \
              enigm_platform_fixture_set_up, func, enigm_platform_fixture_tear_down)

static void
test_about (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmAnswer) answer = enigm_platform_fixture_call (fixture, NULL, "GET", "/v1", NULL);

  enigm_assert_answer (answer, 200);
  g_assert_cmpint (enigm_answer_int (answer, "time"), ==, fixture->now);
}

static void
test_sign_up (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (EnigmAnswer) answer =
    enigm_platform_fixture_call (fixture, ada, "GET", "/v1/account", NULL);
  g_autoptr (EnigmAnswer) computers = NULL;
  g_autofree gchar *body = NULL;
  g_autoptr (EnigmAnswer) again = NULL;

  enigm_assert_answer (answer, 200);
  g_assert_cmpstr (enigm_answer_string (answer, "user"), ==, "ada");
  g_assert_cmpstr (enigm_answer_string (answer, "contact_id"), ==, ada->contact_id);

  computers = enigm_platform_fixture_call (fixture, ada, "GET", "/v1/computers", NULL);
  enigm_assert_answer (computers, 200);
  g_assert_cmpstr (enigm_answer_string (computers, "computers.0.name"), ==, "Laptop");

  body = enigm_platform_fixture_body (ada, "ada", "\"pin\":\"123456\",");
  again = enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/accounts", body);
  enigm_assert_problem (again, 409, "name-taken");
}

/* Whoever reads the database learns neither password nor PIN nor token. */
static void
test_secrets_at_rest (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmStatement) statement =
    enigm_store_select (fixture->state->store, &error, "SELECT password, pin FROM accounts", "");
  g_autoptr (EnigmStatement) tokens =
    enigm_store_select (fixture->state->store, &error, "SELECT hex (token_hash) FROM sessions", "");
  g_autoptr (GBytes) token = enigm_base64url_decode (ada->token, 32, 32);
  g_autofree gchar *hash = NULL;

  g_assert_cmpint (enigm_statement_step (statement, &error), ==, ENIGM_STEP_ROW);
  g_assert_true (g_str_has_prefix (enigm_statement_get_text (statement, 0), "$y$"));
  g_assert_true (g_str_has_prefix (enigm_statement_get_text (statement, 1), "$y$"));
  hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, token);
  g_assert_cmpint (enigm_statement_step (tokens, &error), ==, ENIGM_STEP_ROW);
  g_assert_cmpint (g_ascii_strcasecmp (enigm_statement_get_text (tokens, 0), hash), ==, 0);
}

static void
test_sign_in (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autofree gchar *right = enigm_platform_fixture_body (ada, "ada", "");
  g_autofree gchar *nobody = enigm_platform_fixture_body (ada, "bob", "");
  g_autoptr (GString) wrong = g_string_new (right);
  g_autoptr (EnigmAnswer) first = NULL;
  g_autoptr (EnigmAnswer) second = NULL;
  g_autoptr (EnigmAnswer) third = NULL;
  g_autofree gchar *said_second = NULL;
  g_autofree gchar *said_third = NULL;

  first = enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/sessions", right);
  enigm_assert_answer (first, 201);
  g_assert_cmpstr (enigm_answer_string (first, "account.contact_id"), ==, ada->contact_id);
  g_assert_cmpint (enigm_answer_int (first, "session.expires"), ==, fixture->now + 3600);

  /* A wrong password and a name that nobody has read the same to the letter. */
  g_string_replace (wrong, "a good password", "another password", 0);
  second = enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/sessions", wrong->str);
  third = enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/sessions", nobody);
  enigm_assert_problem (second, 401, "sign-in-wrong");
  enigm_assert_problem (third, 401, "sign-in-wrong");
  said_second = json_to_string (second->json, FALSE);
  said_third = json_to_string (third->json, FALSE);
  g_assert_cmpstr (said_second, ==, said_third);
}

/* Guessing comes to a stop, for a name that nobody has as well; the right password is not enough
 * then, and is again after a quarter of an hour. */
static void
test_guessing (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  static const gchar *const users[] = { "ada", "bob" };
  guint tries[2] = { 0, 0 };
  g_autofree gchar *right = enigm_platform_fixture_body (ada, "ada", "");
  g_autoptr (EnigmAnswer) refused = NULL;
  g_autoptr (EnigmAnswer) later = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (users); i++)
    {
      g_autofree gchar *body = enigm_platform_fixture_body (ada, users[i], "");
      g_autoptr (GString) wrong = g_string_new (body);

      g_string_replace (wrong, "a good password", "another password", 0);
      while (tries[i] < 50)
        {
          g_autoptr (EnigmAnswer) answer =
            enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/sessions", wrong->str);

          if (answer->status == 429)
            {
              enigm_assert_problem (answer, 429, "too-many");
              g_assert_nonnull (answer->retry_after);
              break;
            }
          enigm_assert_problem (answer, 401, "sign-in-wrong");
          tries[i]++;
        }
    }
  g_assert_cmpuint (tries[0], ==, 10);
  g_assert_cmpuint (tries[1], ==, 10);
  refused = enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/sessions", right);
  enigm_assert_problem (refused, 429, "too-many");
  fixture->now += 15 * 60;
  later = enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/sessions", right);
  enigm_assert_answer (later, 201);
}

/* Who goes through names to see which are taken is stopped, and learns no more from then on. Others
 * sign in as ever. */
static void
test_name_hunt (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autofree gchar *taken = enigm_platform_fixture_body (ada, "ada", "\"pin\":\"135790\",");
  g_autofree gchar *free_name = enigm_platform_fixture_body (ada, "bob", "\"pin\":\"135790\",");
  g_autofree gchar *right = enigm_platform_fixture_body (ada, "ada", "");
  g_autoptr (EnigmAnswer) refused = NULL;
  g_autoptr (EnigmAnswer) signed_in = NULL;
  g_autoptr (EnigmAnswer) later = NULL;
  guint tries = 0;

  for (gboolean stopped = FALSE; !stopped && tries < 50; tries++)
    {
      g_autoptr (EnigmAnswer) answer =
        enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/accounts", taken);

      stopped = answer->status == 429;
      enigm_assert_problem (answer, stopped ? 429 : 409, stopped ? "too-many" : "name-taken");
    }
  g_assert_cmpuint (tries, <=, 21);
  refused = enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/accounts", free_name);
  enigm_assert_problem (refused, 429, "too-many");
  signed_in = enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/sessions", right);
  enigm_assert_answer (signed_in, 201);
  fixture->now += 15 * 60;
  later = enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/accounts", free_name);
  enigm_assert_answer (later, 201);
}

static void
check_bad_body (EnigmPlatformFixture *fixture,
                const gchar *path,
                const gchar *body,
                const gchar *field)
{
  g_autoptr (EnigmAnswer) answer = enigm_platform_fixture_call (fixture, NULL, "POST", path, body);

  if (answer->status != 400)
    g_error ("%s was not refused", body);
  enigm_assert_problem (answer, 400, "malformed");
  g_assert_cmpstr (answer->field, ==, field);
}

static void
test_bad_input (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autofree gchar *good = enigm_platform_fixture_body (ada, "carol", "\"pin\":\"123456\",");
  static const struct
  {
    const gchar *from;
    const gchar *to;
    const gchar *field;
  } cases[] = {
    { "\"user\":\"carol\",", "", "user" },
    { "carol", "ca", "user" },
    { "carol", "Carol", "user" },
    { "carol", "car ol", "user" },
    { "\"carol\"", "5", "user" },
    { "\"carol\"", "null", "user" },
    { "carol", "0123456789012345678901234567890123456789012345678901234567890123x", "user" },
    { "a good password", "seven77", "password" },
    { "\"a good password\"", "[]", "password" },
    { "123456", "12345", "pin" },
    { "123456", "1234567", "pin" },
    { "123456", "12345a", "pin" },
    { "\"pin\"", "\"pim\"", "pin" },
    { "\"name\":\"Laptop\"", "\"name\":\"\"", "name" },
    { "\"name\":\"Laptop\"", "\"name\":\"a\\u0007b\"", "name" },
    { "\"name\":\"Laptop\"", "\"name\":\"Laptop\",\"more\":1", "more" },
    { "\"public_key\":\"B", "\"public_key\":\"C", "public_key" },
    { "\"public_key\":\"B", "\"public_key\":\"BB", "public_key" },
    { "\"pin\"", "\"admin\":true,\"pin\"", "admin" },
    { "\"computer\":{", "\"computer\":5,\"x\":{", "computer" },
    { "\"pin\"", "\"user\":\"carol\",\"pin\"", NULL },
    { "{\"user\"", "{user", NULL },
    { "{\"user\"", "[\"user\"", NULL },
    { "}}", "}", NULL },
    { "}}", "}}}", NULL },
    { "}}", "},}", NULL },
    { "carol", "ca\\u0000rol", NULL },
    { "{\"user\"", "/* */{\"user\"", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) body = g_string_new (good);

      g_assert_cmpuint (g_string_replace (body, cases[i].from, cases[i].to, 1), ==, 1);
      check_bad_body (fixture, "/v1/accounts", body->str, cases[i].field);
    }
  check_bad_body (fixture, "/v1/accounts", "[]", NULL);
  check_bad_body (fixture, "/v1/sessions", "[[[[[[[[[[[[]]]]]]]]]]]]", NULL);
  check_bad_body (fixture, "/v1/sessions", "\xff\xfe", NULL);
}

/* Asks for the account with an Authorization of its own. */
static void
check_session_ended (EnigmPlatformFixture *fixture, const gchar *authorization)
{
  g_autoptr (SoupMessage) message =
    enigm_platform_fixture_message (fixture, "GET", "/v1/account", NULL);
  g_autoptr (EnigmAnswer) answer = NULL;

  if (authorization != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                 authorization);
  answer = enigm_platform_fixture_send (fixture, message, NULL);
  enigm_assert_problem (answer, 401, "session-ended");
}

static void
test_session (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autofree gchar *basic = g_strconcat ("Basic ", ada->token, NULL);
  g_autofree gchar *cut = g_strdup_printf ("Bearer %.42s", ada->token);
  g_autoptr (EnigmAnswer) before = NULL;
  g_autoptr (EnigmAnswer) after = NULL;
  g_autoptr (EnigmAnswer) renewed = NULL;
  g_autoptr (EnigmAnswer) works = NULL;
  g_autofree gchar *old = g_strdup (ada->token);

  check_session_ended (fixture, NULL);
  check_session_ended (fixture, "Bearer");
  check_session_ended (fixture, basic);
  check_session_ended (fixture, cut);
  check_session_ended (fixture, "Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

  fixture->now += 3599;
  before = enigm_platform_fixture_call (fixture, ada, "GET", "/v1/account", NULL);
  enigm_assert_answer (before, 200);
  fixture->now += 1;
  after = enigm_platform_fixture_call (fixture, ada, "GET", "/v1/account", NULL);
  enigm_assert_problem (after, 401, "session-ended");

  /* The computer's key alone renews it, also after a night's sleep. */
  fixture->now += 8 * 3600;
  g_clear_pointer (&ada->token, g_free);
  renewed =
    enigm_platform_fixture_call_signed (fixture, ada, "POST", "/v1/sessions/renewal", "{}", NULL);
  enigm_assert_answer (renewed, 201);
  ada->token = g_strdup (enigm_answer_string (renewed, "token"));
  g_assert_cmpstr (ada->token, !=, old);
  works = enigm_platform_fixture_call (fixture, ada, "GET", "/v1/account", NULL);
  enigm_assert_answer (works, 200);
}

/* Renews with one thing changed after signing. */
static void
check_signature_wrong (EnigmPlatformFixture *fixture,
                       EnigmPerson *person,
                       const gchar *field,
                       const gchar *value,
                       const gchar *body,
                       gint64 created)
{
  g_autoptr (SoupMessage) message =
    enigm_platform_fixture_message (fixture, "POST", "/v1/sessions/renewal", body);
  g_autoptr (EnigmAnswer) answer = NULL;

  enigm_platform_fixture_sign (fixture, person, message, "{}", created);
  if (field != NULL && value != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), field, value);
  else if (field != NULL)
    soup_message_headers_remove (soup_message_get_request_headers (message), field);
  answer = enigm_platform_fixture_send (fixture, message, body);
  enigm_assert_problem (answer, 401, "signature-wrong");
}

static void
test_signature (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (EnigmPerson) bob = enigm_platform_fixture_add_person (fixture, "bob");
  g_autoptr (SoupMessage) message =
    enigm_platform_fixture_message (fixture, "POST", "/v1/sessions/renewal", "{}");
  g_autoptr (EnigmAnswer) first = NULL;
  g_autoptr (EnigmAnswer) again = NULL;
  g_autoptr (EnigmAnswer) early = NULL;
  EnigmP256Key *right = ada->key;
  SoupMessageHeaders *headers;

  check_signature_wrong (fixture, ada, "Signature", NULL, "{}", fixture->now);
  check_signature_wrong (fixture, ada, "Signature-Input", "enigm=()", "{}", fixture->now);
  check_signature_wrong (fixture, ada, "Content-Digest", NULL, "{}", fixture->now);
  check_signature_wrong (fixture, ada, "Content-Type", "application/cbor", "{}", fixture->now);
  check_signature_wrong (fixture, ada, "If-Match", "\"1\"", "{}", fixture->now);
  check_signature_wrong (fixture, ada, NULL, NULL, "{} ", fixture->now);
  check_signature_wrong (fixture, ada, NULL, NULL, "{}", fixture->now - 301);
  check_signature_wrong (fixture, ada, NULL, NULL, "{}", fixture->now + 301);
  ada->key = bob->key;
  check_signature_wrong (fixture, ada, NULL, NULL, "{}", fixture->now);
  ada->key = right;

  /* Said once it is done once; also by a platform that was started anew in between. */
  enigm_platform_fixture_sign (fixture, ada, message, "{}", fixture->now);
  first = enigm_platform_fixture_send (fixture, message, "{}");
  enigm_assert_answer (first, 201);
  {
    g_autoptr (SoupMessage) replay =
      enigm_platform_fixture_message (fixture, "POST", "/v1/sessions/renewal", "{}");
    static const gchar *const fields[] = { "Content-Digest", "Signature-Input", "Signature" };

    headers = soup_message_get_request_headers (message);
    for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
      soup_message_headers_replace (soup_message_get_request_headers (replay), fields[i],
                                    soup_message_headers_get_one (headers, fields[i]));
    again = enigm_platform_fixture_send (fixture, replay, "{}");
    enigm_assert_problem (again, 401, "signature-wrong");
  }

  /* A session and a signature of two computers do not go together. */
  {
    g_autofree gchar *token = g_steal_pointer (&ada->token);

    ada->token = g_strdup (bob->token);
    early = enigm_platform_fixture_call_signed (fixture, ada, "DELETE", "/v1/session", NULL, NULL);
    enigm_assert_problem (early, 401, "signature-wrong");
  }
}

static void
test_computers (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (EnigmPerson) bob = enigm_platform_fixture_add_person (fixture, "bob");
  g_autofree gchar *body = enigm_platform_fixture_body (ada, "ada", "");
  g_autoptr (EnigmAnswer) second = NULL;
  g_autoptr (EnigmAnswer) foreign = NULL;
  g_autoptr (EnigmAnswer) unsigned_one = NULL;
  g_autoptr (EnigmAnswer) closed = NULL;
  g_autoptr (EnigmAnswer) twice = NULL;
  g_autoptr (EnigmAnswer) over = NULL;
  g_autoptr (EnigmAnswer) out = NULL;
  g_autoptr (EnigmAnswer) renewal = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *token = g_strdup (ada->token);

  second = enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/sessions", body);
  enigm_assert_answer (second, 201);
  path = g_strconcat ("/v1/computers/", enigm_answer_string (second, "computer.id"), NULL);

  foreign = enigm_platform_fixture_call_signed (fixture, bob, "DELETE", path, NULL, NULL);
  enigm_assert_problem (foreign, 404, "unknown");
  unsigned_one = enigm_platform_fixture_call (fixture, ada, "DELETE", path, NULL);
  enigm_assert_problem (unsigned_one, 401, "signature-wrong");
  closed = enigm_platform_fixture_call_signed (fixture, ada, "DELETE", path, NULL, NULL);
  enigm_assert_answer (closed, 200);
  twice = enigm_platform_fixture_call_signed (fixture, ada, "DELETE", path, NULL, NULL);
  enigm_assert_problem (twice, 404, "unknown");

  /* Its session is over at once. */
  g_free (ada->token);
  ada->token = g_strdup (enigm_answer_string (second, "session.token"));
  over = enigm_platform_fixture_call (fixture, ada, "GET", "/v1/account", NULL);
  enigm_assert_problem (over, 401, "session-ended");

  /* Signing out closes this one; its key renews nothing any more. */
  g_free (ada->token);
  ada->token = g_steal_pointer (&token);
  out = enigm_platform_fixture_call_signed (fixture, ada, "DELETE", "/v1/session", NULL, NULL);
  enigm_assert_answer (out, 200);
  g_clear_pointer (&ada->token, g_free);
  renewal =
    enigm_platform_fixture_call_signed (fixture, ada, "POST", "/v1/sessions/renewal", "{}", NULL);
  enigm_assert_problem (renewal, 401, "signature-wrong");
}

/* A ninth computer takes the place of the one that was away longest. */
static void
test_nine_computers (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autofree gchar *body = enigm_platform_fixture_body (ada, "ada", "");
  g_autoptr (EnigmAnswer) last = NULL;
  g_autoptr (EnigmAnswer) over = NULL;
  g_autoptr (EnigmAnswer) list = NULL;

  for (gint i = 0; i < 8; i++)
    {
      fixture->now++;
      g_clear_pointer (&last, enigm_answer_free);
      last = enigm_platform_fixture_call (fixture, NULL, "POST", "/v1/sessions", body);
      enigm_assert_answer (last, 201);
    }
  over = enigm_platform_fixture_call (fixture, ada, "GET", "/v1/account", NULL);
  enigm_assert_problem (over, 401, "session-ended");
  g_free (ada->token);
  ada->token = g_strdup (enigm_answer_string (last, "session.token"));
  list = enigm_platform_fixture_call (fixture, ada, "GET", "/v1/computers", NULL);
  g_assert_cmpuint (
    json_array_get_length (json_object_get_array_member (enigm_answer_object (list), "computers")),
    ==, 8);
}

/* What was said is still true after the platform was stopped and started. */
static void
test_restart (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (EnigmAnswer) answer = NULL;
  guint8 epoch[ENIGM_ID_SIZE];

  memcpy (epoch, fixture->state->epoch, sizeof epoch);
  enigm_platform_fixture_restart (fixture);
  g_assert_cmpmem (epoch, sizeof epoch, fixture->state->epoch, sizeof epoch);
  answer = enigm_platform_fixture_call (fixture, ada, "GET", "/v1/account", NULL);
  enigm_assert_answer (answer, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("about", test_about);
  add ("sign-up", test_sign_up);
  add ("secrets-at-rest", test_secrets_at_rest);
  add ("sign-in", test_sign_in);
  add ("guessing", test_guessing);
  add ("name-hunt", test_name_hunt);
  add ("bad-input", test_bad_input);
  add ("session", test_session);
  add ("signature", test_signature);
  add ("computers", test_computers);
  add ("nine-computers", test_nine_computers);
  add ("restart", test_restart);
  return g_test_run ();
}
