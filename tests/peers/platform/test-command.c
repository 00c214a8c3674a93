/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Administrators: what each role may do, what none may, and what holds when several act at
 * once. What is left when something dies in between is in test-command-audit.c. */

#include "administrators.h"

#include "peers/platform/enigm-guesses.h"
#include "peers/platform/enigm-password.h"

/* Lost, suspended, resumed, revoked, released: as the design's table says, and a PIN before
 * what cannot be undone. */
static void
test_lifecycle (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) stolen = NULL;

  key_pair (world, key, anna);
  admin_assert_wish (world, operator, key, "{\"to\":\"released\"," ADMIN_PIN "}", "state-forbids");
  admin_assert_wish (world, operator, key, "{\"to\":\"lost\"}", "restricted");
  admin_assert_wish (world, operator, key, "{\"to\":\"lost\"}", "restricted");
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
  admin_assert_wish (world, operator, key, "{\"to\":\"suspended\"}", "restricted");
  admin_assert_wish (world, operator, key, "{\"to\":\"found\"}", "restricted");
  admin_assert_wish (world, operator, key, "{\"to\":\"resumed\"}", "trusted");
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);

  admin_assert_wish (world, operator, key, "{\"to\":\"revoked\"," ADMIN_PIN "}", "malformed");
  admin_assert_wish (world, operator, key, "{\"to\":\"revoked\",\"reason\":\"lost\"}", "malformed");
  admin_assert_wish (world, operator, key,
                     "{\"to\":\"revoked\",\"reason\":\"lost\",\"pin\":\"000000\"}", "pin-wrong");
  admin_assert_wish (world, operator, key, "{\"to\":\"retired\"," ADMIN_PIN "}", "malformed");
  admin_assert_wish (world, operator, key, "{\"to\":\"cancelled\"}", "malformed");
  admin_assert_wish (world, operator, key, "{\"to\":\"trusted\"}", "malformed");
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);

  /* Tried out, it is taken back, and needs no PIN. */
  admin_assert_wish (world, operator, key,
                     "{\"to\":\"revoked\",\"reason\":\"stolen\",\"dry_run\":true}", "revoked");
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM binding_history WHERE to_state = 4"),
                   ==, 0);

  admin_assert_wish (world, operator, key, REVOKE, "revoked");
  admin_assert_wish (world, operator, key, "{\"to\":\"found\"}", "state-forbids");
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_GONE);
  stolen = key_ask_offer (world, key, ben, NULL);
  g_assert_cmpstr (answer_problem (stolen), ==, "key-owned");
  admin_assert_wish (world, operator, key, "{\"to\":\"suspended\"}", "revoked");
  admin_assert_wish (world, operator, key, RELEASE, "key-suspended");
  admin_assert_wish (world, operator, key, "{\"to\":\"resumed\"}", "revoked");
  admin_assert_wish (world, operator, key, RELEASE, "revoked");
  g_assert_cmpint (
    world_count (world, "SELECT count (*) FROM binding_history WHERE to_state = 0 AND by = 1"), ==,
    1);
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
    { "GET", "/command/v1/verification/0", NULL, ENIGM_ROLE_VIEWER },
    { "GET", "/command/v1/sessions", NULL, ENIGM_ROLE_VIEWER },
    { "GET", "/command/v1/events", NULL, ENIGM_ROLE_OPERATOR },
    { "POST", NULL, "{\"to\":\"lost\"}", ENIGM_ROLE_OPERATOR },
    { "POST", NULL, "{\"to\":\"lost\",\"dry_run\":true}", ENIGM_ROLE_OPERATOR },
    { "GET", "/command/v1/administrators", NULL, ENIGM_ROLE_OWNER },
    { "POST", "/command/v1/administrators",
      "{\"name\":\"newcomer\",\"role\":\"viewer\",\"new_password\":\"a new password\","
      "\"new_pin\":\"111111\"," ADMIN_PIN "}",
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
  path = admin_key_path (key, "/state");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *asked = cases[i].path != NULL ? cases[i].path : path;

      admin_assert (world, NULL, cases[i].method, asked, cases[i].body, "session-ended");
      for (guint a = 0; a < 3; a++)
        admin_assert (world, admins[a], cases[i].method, asked, cases[i].body,
                      a + 1 >= cases[i].role ? NULL : "forbidden");
    }
  newcomer = admin_sign_in (world, "newcomer", "a new password");
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
  admin_assert (world, operator, "GET", "/command/v1/keys", NULL, NULL);
  world->now++;
  admin_assert (world, operator, "GET", "/command/v1/keys", NULL, "session-ended");

  g_free (operator->token);
  operator->token = admin_sign_in (world, "olga", ADMIN_PASSWORD);
  for (guint i = 0; i < 4; i++)
    admin_assert_wish (world, operator, key, wrong, "pin-wrong");
  admin_assert_wish (world, operator, key, REVOKE, "revoked");
  for (guint i = 0; i < 5; i++)
    admin_assert_wish (world, operator, key, wrong, "pin-wrong");
  admin_assert_wish (world, operator, key, REVOKE, "session-ended");
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE security = 1 AND "
                                       "instr (record, CAST ('a wrong PIN' AS BLOB))"),
                   ==, 9);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE "
                                       "instr (record, CAST ('session closed' AS BLOB))"),
                   ==, 1);
}

/* Whoever knows the password opens one session after the other, and gets no further with the PIN.
 */
static void
test_pin_guessing (World *world, gconstpointer data)
{
  static const char wrong[] = "{\"to\":\"revoked\",\"reason\":\"lost\",\"pin\":\"000000\"}";
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);

  key_pair (world, key, anna);
  for (guint tries = 0; tries < 10; tries++)
    {
      if (tries == 5)
        {
          g_free (operator->token);
          operator->token = admin_sign_in (world, "olga", ADMIN_PASSWORD);
        }
      admin_assert_wish (world, operator, key, wrong, "pin-wrong");
    }
  g_free (operator->token);
  operator->token = admin_sign_in (world, "olga", ADMIN_PASSWORD);
  admin_assert_wish (world, operator, key, REVOKE, "too-many");
  /* What needs no PIN goes on. */
  admin_assert_wish (world, operator, key, "{\"to\":\"lost\"}", "restricted");
  world->now += 15 * 60;
  admin_assert_wish (world, operator, key, REVOKE, "revoked");
}

/* Strangers guess from all over the world. Whoever signed in from here before is not kept out. */
static void
test_guessers_elsewhere (World *world, gconstpointer data)
{
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  g_autofree char *here = NULL;
  g_autofree char *unknown = NULL;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *address = g_strdup_printf ("192.0.2.%u", i);

      enigm_guesses_count (world->state->guesses, "administrator otto", address, world->now);
    }
  here = admin_sign_in (world, "otto", ADMIN_PASSWORD);
  g_assert_nonnull (here);
  /* Which is for the address. */
  world_run (world, "DELETE FROM administrator_addresses");
  unknown = admin_sign_in (world, "otto", ADMIN_PASSWORD);
  g_assert_null (unknown);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM administrator_sessions"), ==, 2);
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
          g_autoptr (Answer) answer = admin_ask (world, NULL, "POST", "/command/v1/sessions", body);

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
    { "POST", "/v1/account/deletion", "{" ADMIN_PIN "}" },
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
    admin_assert (world, owner, tries[i].method, tries[i].path, tries[i].body, "session-ended");
  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    admin_assert (world, &as_anna, "GET", looks[i], NULL, "session-ended");
  for (gsize i = 0; i < G_N_ELEMENTS (nowhere); i++)
    admin_assert (world, owner, "GET", nowhere[i], NULL, "unknown");

  /* And what it is shown names nobody. */
  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      g_autoptr (Answer) answer = admin_ask (world, owner, "GET", looks[i], NULL);
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
  g_autoptr (Answer) answer = admin_ask (world, admin, "GET", "/command/v1/events", NULL);
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
  admin_assert (world, operator, "GET", "/command/v1/events", NULL, "forbidden");
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
  g_autofree char *path = admin_key_path (key, "/state");
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

/* Demoted while signed in, and while a PIN is looked at: nothing more is done in their name.
 */
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
  admin_assert_wish (world, operator, key, "{\"to\":\"lost\"}", "restricted");
  admin_assert (world, owner, "POST", role, "{\"role\":\"viewer\"," ADMIN_PIN "}", NULL);
  admin_assert_wish (world, operator, key, "{\"to\":\"found\"}", "forbidden");
  admin_assert (world, operator, "GET", "/command/v1/keys", NULL, NULL);

  admin_assert (world, owner, "POST", role, "{\"role\":\"operator\"," ADMIN_PIN "}", NULL);
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
  admin_assert (world, owner, "POST", removal, "{" ADMIN_PIN "}", NULL);
  admin_assert (world, operator, "GET", "/command/v1/keys", NULL, "session-ended");
  g_assert_null (admin_sign_in (world, "olga", ADMIN_PASSWORD));
  admin_assert (world, owner, "POST", own_role, "{\"role\":\"viewer\"," ADMIN_PIN "}",
                "state-forbids");
  admin_assert (world, owner, "POST", own_removal, "{" ADMIN_PIN "}", "state-forbids");
}

static void
test_sessions (World *world, gconstpointer data)
{
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  g_autoptr (Admin) viewer = admin_new (world, "vera", ENIGM_ROLE_VIEWER);
  g_autoptr (Answer) all = admin_ask (world, owner, "GET", "/command/v1/sessions", NULL);
  g_autoptr (Answer) own = admin_ask (world, viewer, "GET", "/command/v1/sessions", NULL);
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
        admin_assert (world, viewer, "DELETE", path, NULL, "unknown");
    }
  for (guint i = 0; i < 2; i++)
    {
      JsonObject *session = json_array_get_object_element (sessions, i);
      g_autofree char *path =
        g_strconcat ("/command/v1/sessions/", json_object_get_string_member (session, "id"), NULL);

      if (!json_object_get_boolean_member (session, "this"))
        admin_assert (world, owner, "DELETE", path, NULL, NULL);
    }
  admin_assert (world, viewer, "GET", "/command/v1/keys", NULL, "session-ended");
  admin_assert (world, owner, "DELETE", "/command/v1/session", NULL, NULL);
  admin_assert (world, owner, "GET", "/command/v1/keys", NULL, "session-ended");
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
  add ("pin-guessing", test_pin_guessing);
  add ("guessers-elsewhere", test_guessers_elsewhere);
  add ("guessing", test_guessing);
  add ("attacks", test_attacks);
  add ("events", test_events);
  add ("two-operators", test_two_operators);
  add ("demoted", test_demoted);
  add ("sessions", test_sessions);
  return g_test_run ();
}
