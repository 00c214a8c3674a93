/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Administrators: what each role may do, what none may, and what holds when several act at once or
 * something dies in between. */

#include "practice.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>

#include "peers/platform/enigm-administrators.h"
#include "peers/platform/enigm-password.h"

#define PASSWORD "an administrator's"
#define PIN "\"pin\":\"271828\""
#define MANY 500

typedef struct
{
  char *token;
  guint8 id[ENIGM_ID_SIZE];
} Admin;

static void
on_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **hash = user_data;

  *hash = enigm_password_hash_finish (result, NULL);
}

static char *
hash_text (const char *text)
{
  g_autoptr (EnigmSecret) secret = enigm_password_take_text (text);
  char *hash = NULL;

  enigm_password_hash_async (secret, NULL, on_hashed, &hash);
  while (hash == NULL)
    g_main_context_iteration (NULL, TRUE);
  return hash;
}

static Answer *
ask (World *world, Admin *admin, const char *method, const char *path, const char *json)
{
  g_autofree char *uri = g_strconcat (world->state->config->origin, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  g_autoptr (GBytes) body = json != NULL ? g_bytes_new (json, strlen (json)) : NULL;

  if (admin != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", admin->token, NULL);

      soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                   bearer);
    }
  return world_send (world, message, "application/json", body);
}

static char *
sign_in_token (World *world, const char *name, const char *password)
{
  g_autofree char *body = g_strdup_printf ("{\"name\":\"%s\",\"password\":\"%s\"}", name, password);
  g_autoptr (Answer) answer = ask (world, NULL, "POST", "/command/v1/sessions", body);

  return answer->status == 201 ? g_strdup (json_object_get_string_member (answer->json, "token"))
                               : NULL;
}

static Admin *
admin_new (World *world, const char *name, EnigmRole role)
{
  static char *password_hash, *pin_hash;
  Admin *admin = g_new0 (Admin, 1);
  g_autoptr (GError) error = NULL;

  if (password_hash == NULL)
    {
      password_hash = hash_text (PASSWORD);
      pin_hash = hash_text ("271828");
    }
  g_assert_true (enigm_random_bytes (admin->id, sizeof admin->id, &error));
  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (world->state->store, &error);

    enigm_administrators_put (world->state, admin->id, name, role, password_hash, pin_hash, &error);
    g_assert_no_error (error);
    enigm_store_commit (world->state->store, &error);
    g_assert_no_error (error);
  }
  admin->token = sign_in_token (world, name, PASSWORD);
  g_assert_nonnull (admin->token);
  return admin;
}

static void
admin_free (Admin *admin)
{
  g_free (admin->token);
  g_free (admin);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Admin, admin_free)

static char *
state_path (World *world, Key *key)
{
  g_autofree char *pseudonym = enigm_hex_encode (key->offer.pseudonym, 32);

  return g_strdup_printf ("/command/v1/keys/%s/state", pseudonym);
}

/* What comes of a wish: the key's state, or the problem. */
static char *
wish (World *world, Admin *admin, Key *key, const char *body)
{
  g_autofree char *path = state_path (world, key);
  g_autoptr (Answer) answer = ask (world, admin, "POST", path, body);

  if (answer->status != 200)
    return g_strdup (answer_problem (answer));
  return g_strdup (json_object_get_string_member (
    json_array_get_object_element (json_object_get_array_member (answer->json, "keys"), 0),
    "state"));
}

static void
assert_wish (World *world, Admin *admin, Key *key, const char *body, const char *expected)
{
  g_autofree char *got = wish (world, admin, key, body);

  if (g_strcmp0 (got, expected) != 0)
    g_error ("%s: %s and not %s", body, got, expected);
}

static void
assert_status (World *world,
               Admin *admin,
               const char *method,
               const char *path,
               const char *body,
               const char *problem)
{
  g_autoptr (Answer) answer = ask (world, admin, method, path, body);

  if (g_strcmp0 (answer_problem (answer), problem) != 0)
    g_error ("%s %s %s: %u %s and not %s", method, path, body, answer->status,
             answer_problem (answer), problem);
}

#define REVOKE "{\"to\":\"revoked\",\"reason\":\"lost\"," PIN "}"
#define RELEASE "{\"to\":\"released\"," PIN "}"

/* Lost, suspended, resumed, revoked, released: as the design's table says, and a PIN before what
 * cannot be undone. */
static void
test_lifecycle (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) stolen = NULL;

  key_pair (world, key, anna);
  assert_wish (world, operator, key, "{\"to\":\"released\"," PIN "}", "state-forbids");
  assert_wish (world, operator, key, "{\"to\":\"lost\"}", "restricted");
  assert_wish (world, operator, key, "{\"to\":\"lost\"}", "restricted");
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
  assert_wish (world, operator, key, "{\"to\":\"suspended\"}", "restricted");
  assert_wish (world, operator, key, "{\"to\":\"found\"}", "restricted");
  assert_wish (world, operator, key, "{\"to\":\"resumed\"}", "trusted");
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);

  assert_wish (world, operator, key, "{\"to\":\"revoked\"," PIN "}", "malformed");
  assert_wish (world, operator, key, "{\"to\":\"revoked\",\"reason\":\"lost\"}", "malformed");
  assert_wish (world, operator, key, "{\"to\":\"revoked\",\"reason\":\"lost\",\"pin\":\"000000\"}",
               "pin-wrong");
  assert_wish (world, operator, key, "{\"to\":\"retired\"," PIN "}", "malformed");
  assert_wish (world, operator, key, "{\"to\":\"cancelled\"}", "malformed");
  assert_wish (world, operator, key, "{\"to\":\"trusted\"}", "malformed");
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);

  /* Tried out, it is taken back, and needs no PIN. */
  assert_wish (world, operator, key, "{\"to\":\"revoked\",\"reason\":\"stolen\",\"dry_run\":true}",
               "revoked");
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM binding_history WHERE to_state = 4"),
                   ==, 0);

  assert_wish (world, operator, key, REVOKE, "revoked");
  assert_wish (world, operator, key, "{\"to\":\"found\"}", "state-forbids");
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_GONE);
  stolen = key_ask_offer (world, key, ben, NULL);
  g_assert_cmpstr (answer_problem (stolen), ==, "key-owned");
  assert_wish (world, operator, key, "{\"to\":\"suspended\"}", "revoked");
  assert_wish (world, operator, key, RELEASE, "key-suspended");
  assert_wish (world, operator, key, "{\"to\":\"resumed\"}", "revoked");
  assert_wish (world, operator, key, RELEASE, "revoked");
  key_pair (world, key, ben);
}

/* Each role may do what is its own and nothing of the next. */
static void
test_roles (World *world, gconstpointer data)
{
  static const struct
  {
    const char *method;
    const char *path;
    const char *body;
    EnigmRole role;
  } cases[] = {
    { "GET", "/command/v1/keys", NULL, ENIGM_ROLE_VIEWER },
    { "GET", "/command/v1/audit/0", NULL, ENIGM_ROLE_VIEWER },
    { "GET", "/command/v1/verification", NULL, ENIGM_ROLE_VIEWER },
    { "GET", "/command/v1/sessions", NULL, ENIGM_ROLE_VIEWER },
    { "GET", "/command/v1/events", NULL, ENIGM_ROLE_OPERATOR },
    { "POST", NULL, "{\"to\":\"lost\"}", ENIGM_ROLE_OPERATOR },
    { "POST", NULL, "{\"to\":\"lost\",\"dry_run\":true}", ENIGM_ROLE_OPERATOR },
    { "GET", "/command/v1/administrators", NULL, ENIGM_ROLE_OWNER },
    { "POST", "/command/v1/administrators",
      "{\"name\":\"newcomer\",\"role\":\"viewer\",\"new_password\":\"a new password\","
      "\"new_pin\":\"111111\"," PIN "}",
      ENIGM_ROLE_OWNER },
  };
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) viewer = admin_new (world, "vera", ENIGM_ROLE_VIEWER);
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  Admin *admins[] = { viewer, operator, owner };
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *path = NULL;
  g_autofree char *newcomer = NULL;

  world->state->config->command_sees = ENIGM_COMMAND_SEES_EVENTS;
  key_pair (world, key, anna);
  path = state_path (world, key);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *asked = cases[i].path != NULL ? cases[i].path : path;

      assert_status (world, NULL, cases[i].method, asked, cases[i].body, "session-ended");
      for (guint a = 0; a < 3; a++)
        assert_status (world, admins[a], cases[i].method, asked, cases[i].body,
                       a + 1 >= cases[i].role ? NULL : "forbidden");
    }
  newcomer = sign_in_token (world, "newcomer", "a new password");
  g_assert_nonnull (newcomer);
}

/* A session lasts six hours, and the fifth wrong PIN in a row ends it; each is recorded. */
static void
test_session_and_pin (World *world, gconstpointer data)
{
  static const char wrong[] = "{\"to\":\"revoked\",\"reason\":\"lost\",\"pin\":\"000000\"}";
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);

  key_pair (world, key, anna);
  world->now += ENIGM_ADMINISTRATOR_SECONDS - 1;
  assert_status (world, operator, "GET", "/command/v1/keys", NULL, NULL);
  world->now++;
  assert_status (world, operator, "GET", "/command/v1/keys", NULL, "session-ended");

  g_free (operator->token);
  operator->token = sign_in_token (world, "olga", PASSWORD);
  for (guint i = 0; i < 4; i++)
    assert_wish (world, operator, key, wrong, "pin-wrong");
  assert_wish (world, operator, key, REVOKE, "revoked");
  for (guint i = 0; i < 5; i++)
    assert_wish (world, operator, key, wrong, "pin-wrong");
  assert_wish (world, operator, key, REVOKE, "session-ended");
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE security = 1 AND "
                                       "instr (record, CAST ('a wrong PIN' AS BLOB))"),
                   ==, 9);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE "
                                       "instr (record, CAST ('session closed' AS BLOB))"),
                   ==, 1);
}

/* Guessing a password is slowed, for names that nobody has as well. */
static void
test_guessing (World *world, gconstpointer data)
{
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  static const char *const names[] = { "otto", "nobody" };

  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autofree char *body =
        g_strdup_printf ("{\"name\":\"%s\",\"password\":\"not the password\"}", names[n]);
      guint tries;

      for (tries = 0; tries < 50; tries++)
        {
          g_autoptr (Answer) answer = ask (world, NULL, "POST", "/command/v1/sessions", body);

          if (answer->status == 429)
            break;
          g_assert_cmpstr (answer_problem (answer), ==, "sign-in-wrong");
        }
      g_assert_cmpuint (tries, ==, 10);
    }
}

/* What is an account's is not Command's: neither to do nor to know. */
static void
test_attacks (World *world, gconstpointer data)
{
  static const struct
  {
    const char *method;
    const char *path;
    const char *body;
  } tries[] = {
    { "POST", "/v1/offers", "{\"certificates\":[\"AA\"],\"nonce\":\"\",\"session\":\"\"}" },
    { "GET", "/v1/keys", NULL },
    { "GET", "/v1/contacts", NULL },
    { "PUT", "/v1/contacts", "{\"contacts\":[]}" },
    { "GET", "/v1/invitations", NULL },
    { "GET", "/v1/events", NULL },
    { "GET", "/v1/account", NULL },
    { "GET", "/v1/account/export", NULL },
    { "POST", "/v1/account/deletion", "{" PIN "}" },
    { "GET", "/v1/computers", NULL },
    { "GET", "/v1/stream", NULL },
  };
  static const char *const looks[] = { "/command/v1/keys", "/command/v1/events",
                                       "/command/v1/audit/0" };
  static const char *const nowhere[] = { "/command/v1/contacts", "/command/v1/accounts",
                                         "/command/v1/offers", "/command/v1/labels" };
  g_autoptr (Person) anna = person_new_named (world, "annamaria", "Her own desk");
  g_autoptr (Person) ben = person_new (world, "benedict");
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *her_id = NULL;
  g_autofree char *his_id = NULL;
  g_autofree char *account = NULL;
  EnigmKeyRequest alert;
  Admin as_anna = { anna->token, { 0 } };

  person_befriend (world, anna, ben);
  key_pair (world, key, anna);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  alert.has_position = TRUE;
  alert.position = (EnigmPosition){ 48123456, 11123456, 12, 3 };
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  world->state->config->command_sees = ENIGM_COMMAND_SEES_EVENTS;
  her_id = person_dup_contact_id (world, anna);
  his_id = person_dup_contact_id (world, ben);
  account = enigm_hex_encode (anna->account, ENIGM_ID_SIZE);

  /* Its session opens nothing where accounts are, and an account's nothing here. */
  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    assert_status (world, owner, tries[i].method, tries[i].path, tries[i].body, "session-ended");
  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    assert_status (world, &as_anna, "GET", looks[i], NULL, "session-ended");
  for (gsize i = 0; i < G_N_ELEMENTS (nowhere); i++)
    assert_status (world, owner, "GET", nowhere[i], NULL, "unknown");

  /* And what it is shown names nobody. */
  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      g_autoptr (Answer) answer = ask (world, owner, "GET", looks[i], NULL);
      g_autofree char *text =
        g_strndup (g_bytes_get_data (answer->body, NULL), g_bytes_get_size (answer->body));
      const char *const secrets[] = { "annamaria",    "benedict",    her_id,
                                      his_id,         account,       "48.12",
                                      "Her own desk", "certificate", "binding\":" };

      g_assert_cmpuint (answer->status, ==, 200);
      for (gsize s = 0; s < G_N_ELEMENTS (secrets); s++)
        if (strstr (text, secrets[s]) != NULL)
          g_error ("%s shows %s: %s", looks[i], secrets[s], text);
    }
}

static guint
count_positions (World *world, Admin *admin)
{
  g_autoptr (Answer) answer = ask (world, admin, "GET", "/command/v1/events", NULL);
  JsonArray *events = json_object_get_array_member (answer->json, "events");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (events); i++)
    n += !json_object_get_null_member (json_array_get_object_element (events, i), "position");
  return n;
}

/* Events only where that is authorised, positions while one is active, and each look is recorded.
 */
static void
test_events (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) ended = NULL;
  g_autofree char *hex = NULL;
  g_autofree char *path = NULL;
  EnigmKeyRequest alert;

  key_pair (world, key, anna);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  alert.has_position = TRUE;
  alert.position = (EnigmPosition){ 48123456, 11123456, 12, 3 };
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  assert_status (world, operator, "GET", "/command/v1/events", NULL, "forbidden");
  world->state->config->command_sees = ENIGM_COMMAND_SEES_EVENTS;
  g_assert_cmpuint (count_positions (world, operator), ==, 0);
  world->state->config->command_sees = ENIGM_COMMAND_SEES_POSITIONS;
  g_assert_cmpuint (count_positions (world, operator), ==, 1);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE "
                                       "instr (record, CAST ('1 positions' AS BLOB))"),
                   ==, 1);

  hex = enigm_hex_encode (alert.event, ENIGM_ID_SIZE);
  path = g_strdup_printf ("/v1/events/%s/end", hex);
  ended = person_ask (world, anna, "POST", path, TRUE, "{}");
  g_assert_cmpuint (ended->status, ==, 200);
  g_assert_cmpuint (count_positions (world, operator), ==, 0);
}

typedef struct
{
  World *world;
  guint under_way;
  guint done;
} Both;

static void
on_one_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Both *both = user_data;
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);

  g_assert_nonnull (body);
  both->done += soup_message_get_status (message) == 200;
  both->under_way--;
}

static void
send_wish (Both *both, Admin *admin, Key *key, const char *json)
{
  g_autofree char *path = state_path (both->world, key);
  g_autofree char *uri = g_strconcat (both->world->state->config->origin, path, NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", admin->token, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));

  soup_message_headers_append (soup_message_get_request_headers (message), "Authorization", bearer);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  both->under_way++;
  soup_session_send_and_read_async (both->world->soup, message, G_PRIORITY_DEFAULT, NULL,
                                    on_one_answered, both);
}

/* Two revoke the same key at once: it is revoked once, neither is told that it failed, and the
 * audit has both. */
static void
test_two_operators (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) one = admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Admin) other = admin_new (world, "oleg", ENIGM_ROLE_OPERATOR);

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (Key) key = key_new (world, KEY_GENUINE);
      Both both = { world, 0, 0 };

      key_pair (world, key, anna);
      send_wish (&both, one, key, REVOKE);
      send_wish (&both, other, key, REVOKE);
      while (both.under_way > 0)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (both.done, ==, 2);
    }
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM binding_history WHERE to_state = 4"),
                   ==, 5);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE "
                                       "instr (record, CAST ('revoked as lost' AS BLOB))"),
                   ==, 10);
}

static char *
admin_path (Admin *admin, const char *what)
{
  g_autofree char *hex = enigm_hex_encode (admin->id, ENIGM_ID_SIZE);

  return g_strdup_printf ("/command/v1/administrators/%s/%s", hex, what);
}

/* Demoted while signed in, and while a PIN is looked at: nothing more is done in their name. */
static void
test_demoted (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *role = admin_path (operator, "role");
  g_autofree char *removal = admin_path (operator, "removal");
  g_autofree char *own_role = admin_path (owner, "role");
  g_autofree char *own_removal = admin_path (owner, "removal");
  Both both = { world, 0, 0 };
  gint64 before;

  key_pair (world, key, anna);
  assert_wish (world, operator, key, "{\"to\":\"lost\"}", "restricted");
  assert_status (world, owner, "POST", role, "{\"role\":\"viewer\"," PIN "}", NULL);
  assert_wish (world, operator, key, "{\"to\":\"found\"}", "forbidden");
  assert_status (world, operator, "GET", "/command/v1/keys", NULL, NULL);

  assert_status (world, owner, "POST", role, "{\"role\":\"operator\"," PIN "}", NULL);
  /* The PIN takes a while; the demotion comes before it is through. */
  before = world_count (world, "SELECT count (*) FROM audit");
  send_wish (&both, operator, key, REVOKE);
  while (enigm_password_get_waiting () == 0)
    g_main_context_iteration (NULL, TRUE);
  world_run (world, "UPDATE administrators SET role = 1 WHERE name = 'olga'");
  while (both.under_way > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (both.done, ==, 0);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit"), ==, before);

  /* Removed, the session is over; and one owner stays. */
  assert_status (world, owner, "POST", removal, "{" PIN "}", NULL);
  assert_status (world, operator, "GET", "/command/v1/keys", NULL, "session-ended");
  g_assert_null (sign_in_token (world, "olga", PASSWORD));
  assert_status (world, owner, "POST", own_role, "{\"role\":\"viewer\"," PIN "}", "state-forbids");
  assert_status (world, owner, "POST", own_removal, "{" PIN "}", "state-forbids");
}

static void
test_sessions (World *world, gconstpointer data)
{
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  g_autoptr (Admin) viewer = admin_new (world, "vera", ENIGM_ROLE_VIEWER);
  g_autoptr (Answer) all = ask (world, owner, "GET", "/command/v1/sessions", NULL);
  g_autoptr (Answer) own = ask (world, viewer, "GET", "/command/v1/sessions", NULL);
  JsonArray *sessions = json_object_get_array_member (all->json, "sessions");

  g_assert_cmpuint (json_array_get_length (sessions), ==, 2);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (own->json, "sessions")),
                    ==, 1);
  for (guint i = 0; i < 2; i++)
    {
      JsonObject *session = json_array_get_object_element (sessions, i);
      g_autofree char *path =
        g_strconcat ("/command/v1/sessions/", json_object_get_string_member (session, "id"), NULL);

      if (json_object_get_boolean_member (session, "this"))
        assert_status (world, viewer, "DELETE", path, NULL, "unknown");
    }
  for (guint i = 0; i < 2; i++)
    {
      JsonObject *session = json_array_get_object_element (sessions, i);
      g_autofree char *path =
        g_strconcat ("/command/v1/sessions/", json_object_get_string_member (session, "id"), NULL);

      if (!json_object_get_boolean_member (session, "this"))
        assert_status (world, owner, "DELETE", path, NULL, NULL);
    }
  assert_status (world, viewer, "GET", "/command/v1/keys", NULL, "session-ended");
  assert_status (world, owner, "DELETE", "/command/v1/session", NULL, NULL);
  assert_status (world, owner, "GET", "/command/v1/keys", NULL, "session-ended");
}

/* Five hundred keys, as if each had been paired. */
static void
make_many (World *world, Key *key, Person *person)
{
  key_pair (world, key, person);
  world_run (
    world,
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 499) "
    "INSERT INTO bindings (id, handle, account, certificate, pseudonym, hash, request_key, "
    "answer_key, state, restrictions, begun, since, trusted) "
    "SELECT randomblob (16), randomblob (16), b.account, randomblob (32), randomblob (32), b.hash, "
    "b.request_key, b.answer_key, 2, 0, b.begun, b.since, b.trusted FROM bindings b, n");
}

static void
write_list (World *world)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = world_path (world, "list");
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmStatement) row =
    enigm_store_prepare (world->state->store, "SELECT hex (pseudonym) FROM bindings", &error);

  while (enigm_statement_step (row, &error) == ENIGM_STEP_ROW)
    {
      g_autofree char *hex = g_ascii_strdown (enigm_statement_get_text (row, 0), -1);

      g_string_append_printf (text, "%s\n", hex);
    }
  g_file_set_contents (path, text->str, -1, &error);
  g_assert_no_error (error);
}

static void
on_waited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *over = user_data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  *over = TRUE;
}

static gboolean
on_moment_come (gpointer user_data)
{
  gboolean *come = user_data;

  *come = TRUE;
  return G_SOURCE_REMOVE;
}

static GSubprocess *
spawn_command (World *world, const char *input, const char *const *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *session = world_path (world, "session");
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;
  int ends[2];

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, &error));
  g_assert_cmpint (write (ends[1], input, strlen (input)), ==, (gssize) strlen (input));
  close (ends[1]);
  g_subprocess_launcher_take_fd (launcher, ends[0], 7);
  g_strv_builder_add_many (builder, g_getenv ("ENIGM_COMMAND"), "--session-file", session, NULL);
  g_strv_builder_addv (builder, (const char **) arguments);
  argv = g_strv_builder_end (builder);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  return process;
}

static void
on_communicated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **out = user_data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, out, NULL, &error);
  g_assert_no_error (error);
}

static int
command (World *world, char **out, const char *input, const char *const *arguments)
{
  g_autoptr (GSubprocess) process = spawn_command (world, input, arguments);
  g_autofree char *said = NULL;

  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_communicated, &said);
  while (said == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (out != NULL)
    *out = g_steal_pointer (&said);
  return g_subprocess_get_exit_status (process);
}

#define COMMAND(world, out, input, ...)                                                            \
  command (world, out, input, (const char *const[]){ __VA_ARGS__, NULL })

static void
command_sign_in (World *world, const char *name)
{
  g_autofree char *out = NULL;

  if (COMMAND (world, &out, PASSWORD "\n", "sign-in", "--platform", world->state->config->origin,
               "--ca", world->state->config->ca, "--name", name, "--password-fd", "7") != 0)
    g_error ("%s", out);
}

typedef struct
{
  gboolean kill_platform;
  guint milliseconds;
} Interruption;

/* The platform or its administrator's program is killed in the middle of it. */
static void
run_interrupted (World *world, gpointer data)
{
  const Interruption *interruption = data;
  g_autofree char *config = world_path (world, "platform.conf");
  g_autofree char *list = world_path (world, "list");
  g_autoptr (GSubprocess) platform = NULL;
  g_autoptr (GSubprocess) client = NULL;
  g_autoptr (GError) error = NULL;
  gboolean come = FALSE, over = FALSE;
  g_autofree char *line = NULL;
  g_autoptr (GDataInputStream) said = NULL;
  EnigmPlatformState named = { 0 };

  platform = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv ("ENIGM_PLATFORM"),
                               "serve", "--config", config, "--port", "0", NULL);
  g_assert_no_error (error);
  said = g_data_input_stream_new (g_subprocess_get_stdout_pipe (platform));
  line = g_data_input_stream_read_line (said, NULL, NULL, &error);
  g_assert_true (g_str_has_prefix (line, "listening on "));
  named.config = enigm_config_load (config, &error);
  g_free (named.config->origin);
  named.config->origin = g_strdup (line + strlen ("listening on "));
  world->state = &named;
  command_sign_in (world, "olga");

  client = spawn_command (world, "271828\n",
                          (const char *const[]){ "revoke", "--keys-from", list, "--reason", "lost",
                                                 "--pin-fd", "7", NULL });
  g_subprocess_wait_async (client, NULL, on_waited, &over);
  g_timeout_add (interruption->milliseconds, on_moment_come, &come);
  while (!come && !over)
    g_main_context_iteration (NULL, TRUE);
  if (interruption->kill_platform)
    g_subprocess_force_exit (platform);
  else
    g_subprocess_force_exit (client);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  g_subprocess_send_signal (platform, SIGTERM);
  g_assert_true (g_subprocess_wait (platform, NULL, &error));
  enigm_config_free (named.config);
  world->state = NULL;
}

/* Interrupted at any moment, either all are revoked or none is, and the audit says which. */
static void
test_bulk_interrupted (World *world, gconstpointer data)
{
  static const guint moments[] = { 60, 150, 250, 350, 450, 550, 700, 600000 };
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  guint all = 0, none = 0;

  make_many (world, key, anna);
  write_list (world);
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (moments); i++)
    {
      Interruption interruption = { i % 2 == 0, moments[i / 2] };
      gint64 revoked, recorded, orders;

      world_run (world, "UPDATE bindings SET state = 2");
      world_run (world, "DELETE FROM binding_history");
      recorded = world_count (world, "SELECT count (*) FROM audit WHERE instr (record, CAST "
                                     "('trusted to revoked by command: lost' AS BLOB))");
      orders = world_count (world, "SELECT count (*) FROM audit WHERE instr (record, CAST "
                                   "('revoked as lost, 500 keys' AS BLOB))");
      world_meanwhile (world, run_interrupted, &interruption);
      revoked = world_count (world, "SELECT count (*) FROM bindings WHERE state = 4");
      if (revoked != 0 && revoked != MANY)
        g_error ("after %u ms, %d of %d are revoked", interruption.milliseconds, (int) revoked,
                 MANY);
      g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE instr (record, CAST "
                                           "('trusted to revoked by command: lost' AS BLOB))"),
                       ==, recorded + revoked);
      g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE instr (record, CAST "
                                           "('revoked as lost, 500 keys' AS BLOB))"),
                       ==, orders + (revoked != 0));
      all += revoked != 0;
      none += revoked == 0;
    }
  g_test_message ("interrupted: %u times all, %u times none", all, none);
  g_assert_cmpuint (all, >, 0);
  g_assert_cmpuint (none, >, 0);
}

static void
assert_says (World *world, const char *input, int status, const char *says, const char *const *argv)
{
  g_autofree char *out = NULL;
  int got = command (world, &out, input, argv);

  if (got != status || strstr (out, says) == NULL)
    g_error ("%s: %d, not %d with “%s”: %s", argv[0], got, status, says, out);
}

#define SAYS(input, status, says, ...)                                                             \
  assert_says (world, input, status, says, (const char *const[]){ __VA_ARGS__, NULL })

/* The program itself, from the first word to the last. */
static void
test_program (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *pseudonym = NULL;
  g_autofree char *session = world_path (world, "session");
  g_autofree char *kept = NULL;
  GStatBuf buf;

  key_pair (world, key, anna);
  pseudonym = enigm_hex_encode (key->offer.pseudonym, 4);
  SAYS ("", 0, "A key is lost:", "--help");
  SAYS ("", 2, "which verb", "dance");
  SAYS ("", 3, "not signed in", "keys");
  SAYS ("wrong password\n", 1, "do not fit", "sign-in", "--platform", world->state->config->origin,
        "--ca", world->state->config->ca, "--name", "otto", "--password-fd", "7");
  SAYS (PASSWORD "\n", 4, "did not answer", "sign-in", "--platform", world->state->config->origin,
        "--name", "otto", "--password-fd", "7");
  command_sign_in (world, "otto");
  g_assert_cmpint (g_stat (session, &buf), ==, 0);
  g_assert_cmphex (buf.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (session, &kept, NULL, NULL));
  g_assert_null (strstr (kept, PASSWORD));

  SAYS ("", 0, "trusted", "keys");
  SAYS ("", 0, "\"state\":\"trusted\"", "keys", "--json");
  SAYS ("", 2, "is no key", "lost", "annas");
  SAYS ("", 1, "there is no key", "lost", "00000000");
  SAYS ("", 0, "Nothing was done", "lost", pseudonym, "--dry-run");
  SAYS ("", 0, "trusted", "keys");
  SAYS ("", 0, "restricted (lost)", "lost", pseudonym);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
  SAYS ("", 0, "tried to act", "key", pseudonym);
  SAYS ("", 0, "trusted", "found", pseudonym);
  SAYS ("", 2, "--reason", "revoke", pseudonym);
  SAYS ("000000\n", 1, "PIN", "revoke", pseudonym, "--reason", "lost", "--pin-fd", "7");
  SAYS ("", 2, "terminal", "revoke", pseudonym, "--reason", "lost");
  SAYS ("271828\n", 0, "Revoked for good", "revoke", pseudonym, "--reason", "lost", "--pin-fd",
        "7");
  SAYS ("271828\n", 0, "free", "release", pseudonym, "--pin-fd", "7");
  SAYS ("", 1, "does not let administrators", "events");
  SAYS ("", 0, "(this one)", "sessions");
  SAYS ("", 0, "revoked as lost, 1 keys", "audit");
  SAYS ("", 0, "The audit holds", "verify");
  SAYS ("a new password\n", 2, "needed", "administrator-add", "--name", "vera");
  SAYS ("", 0, "otto", "administrators");
  SAYS ("", 0, "Signed out", "sign-out");
  SAYS ("", 3, "not signed in", "keys");
  g_assert_false (g_file_test (session, G_FILE_TEST_EXISTS));
}

#define add(name, func)                                                                            \
  g_test_add ("/platform/command/" name, World, NULL, world_set_up, func, world_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("lifecycle", test_lifecycle);
  add ("roles", test_roles);
  add ("session-and-pin", test_session_and_pin);
  add ("guessing", test_guessing);
  add ("attacks", test_attacks);
  add ("events", test_events);
  add ("two-operators", test_two_operators);
  add ("demoted", test_demoted);
  add ("sessions", test_sessions);
  add ("bulk-interrupted", test_bulk_interrupted);
  add ("program", test_program);
  return g_test_run ();
}
