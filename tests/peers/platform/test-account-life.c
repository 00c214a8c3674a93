/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What an owner does with the account itself: secrets, PIN, bulk, export, deletion. */

#include "practice.h"

#include "peers/platform/enigm-ownership.h"

#define PASSWORD "correct horse battery"
#define PIN "{\"pin\":\"274193\"}"
#define WRONG_PIN "{\"pin\":\"000000\"}"

static Answer *
ask (World *world, Person *person, const char *path, const char *body)
{
  return person_ask (world, person, "POST", path, TRUE, body);
}

static void
assert_problem (World *world,
                Person *person,
                const char *path,
                const char *body,
                const char *problem)
{
  g_autoptr (Answer) answer = ask (world, person, path, body);

  if (g_strcmp0 (answer_problem (answer), problem) != 0)
    g_error ("%s %s: %u %s", path, body, answer->status, answer_problem (answer));
}

static void
assert_done (World *world, Person *person, const char *path, const char *body)
{
  g_autoptr (Answer) answer = ask (world, person, path, body);

  g_assert_cmpuint (answer->status, ==, 200);
}

static void
test_password (World *world, gconstpointer data)
{
  static const char path[] = "/v1/account/password";
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) again = NULL;
  g_autoptr (Answer) account = NULL;

  assert_problem (world, anna, path,
                  "{\"password\":\"not the password\",\"new_password\":\"another one of mine\"}",
                  "sign-in-wrong");
  assert_problem (world, anna, path, "{\"password\":\"" PASSWORD "\",\"new_password\":\"short\"}",
                  "malformed");
  assert_problem (world, anna, path, "{\"password\":\"" PASSWORD "\"}", "malformed");
  g_assert_null (person_sign_in (world, "anna", "another one of mine"));

  assert_done (world, anna, path,
               "{\"password\":\"" PASSWORD "\",\"new_password\":\"another one of mine\"}");
  g_assert_null (person_sign_in (world, "anna", PASSWORD));
  again = person_sign_in (world, "anna", "another one of mine");
  g_assert_nonnull (again);
  /* Who was signed in stays so. */
  account = person_ask (world, anna, "GET", "/v1/account", FALSE, NULL);
  g_assert_cmpuint (account->status, ==, 200);
}

/* A session is no way around the slowing: each computer has ten tries of its own. */
static void
test_password_guessing (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) second = person_sign_in (world, "anna", PASSWORD);
  guint tries;

  for (tries = 0; tries < 50; tries++)
    {
      g_autoptr (Answer) answer =
        ask (world, anna, "/v1/account/password",
             "{\"password\":\"not the password\",\"new_password\":\"another one of mine\"}");

      if (answer->status == 429)
        break;
      g_assert_cmpstr (answer_problem (answer), ==, "sign-in-wrong");
    }
  g_assert_cmpuint (tries, ==, 10);
  assert_problem (world, anna, "/v1/account/pin",
                  "{\"password\":\"" PASSWORD "\",\"pin\":\"111111\"}", "too-many");
  assert_done (world, second, "/v1/account/pin",
               "{\"password\":\"" PASSWORD "\",\"pin\":\"111111\"}");
  world->now += 15 * 60;
  assert_done (world, anna, "/v1/account/password",
               "{\"password\":\"" PASSWORD "\",\"new_password\":\"another one of mine\"}");
}

/* Somebody in the same home guesses until no sign-in from there is looked at any more. Whoever is
 * signed in goes on as ever: their requests are signed. */
static void
test_guesser_at_home (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Answer) renewal = NULL;

  for (guint i = 0; i < 15; i++)
    g_assert_null (person_sign_in (world, "anna", "not the password"));
  g_assert_null (person_sign_in (world, "anna", PASSWORD));
  renewal = person_renew (world, anna);
  g_assert_cmpuint (renewal->status, ==, 201);
  assert_done (world, anna, "/v1/account/pin",
               "{\"password\":\"" PASSWORD "\",\"pin\":\"111111\"}");
  assert_done (world, anna, "/v1/computers/closing", "{\"pin\":\"111111\"}");
  assert_done (world, anna, "/v1/account/password",
               "{\"password\":\"" PASSWORD "\",\"new_password\":\"another one of mine\"}");
}

/* Whoever knows the password opens one computer after the other, and gets no further with the PIN:
 * the tries of all of them count. */
static void
test_pin_guessing (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  guint tries = 0;

  while (tries < 50)
    {
      g_autoptr (Person) computer = person_sign_in (world, "anna", PASSWORD);

      for (guint i = 0; i < 4; i++)
        {
          g_autoptr (Answer) answer = ask (world, computer, "/v1/computers/closing", WRONG_PIN);

          if (answer->status == 429)
            goto slowed;
          g_assert_cmpstr (answer_problem (answer), ==, "pin-wrong");
          tries++;
        }
    }
slowed:
  g_assert_cmpuint (tries, ==, 10);
  assert_problem (world, anna, "/v1/computers/closing", PIN, "too-many");
  world->now += 15 * 60;
  assert_done (world, anna, "/v1/computers/closing", PIN);
  /* And a right one forgives. */
  for (guint round = 0; round < 4; round++)
    {
      for (guint i = 0; i < 4; i++)
        assert_problem (world, anna, "/v1/computers/closing", WRONG_PIN, "pin-wrong");
      assert_done (world, anna, "/v1/computers/closing", PIN);
    }
}

static void
test_pin_change (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");

  assert_problem (world, anna, "/v1/account/pin",
                  "{\"password\":\"not the password\",\"pin\":\"111111\"}", "sign-in-wrong");
  assert_problem (world, anna, "/v1/account/pin",
                  "{\"password\":\"" PASSWORD "\",\"pin\":\"11111x\"}", "malformed");
  assert_done (world, anna, "/v1/account/pin",
               "{\"password\":\"" PASSWORD "\",\"pin\":\"111111\"}");
  assert_problem (world, anna, "/v1/computers/closing", PIN, "pin-wrong");
  assert_done (world, anna, "/v1/computers/closing", "{\"pin\":\"111111\"}");
}

/* Four wrong ones are forgiven by a right one; five in a row close the computer, for good. */
static void
test_five_wrong_pins (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) again = NULL;
  g_autoptr (Answer) renewal = NULL;

  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < 4; i++)
        assert_problem (world, anna, "/v1/computers/closing", WRONG_PIN, "pin-wrong");
      assert_done (world, anna, "/v1/computers/closing", PIN);
    }
  for (guint i = 0; i < 5; i++)
    assert_problem (world, anna, "/v1/account/deletion", WRONG_PIN, "pin-wrong");
  assert_problem (world, anna, "/v1/account/deletion", PIN, "session-ended");
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM accounts"), ==, 1);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM sessions"), ==, 0);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE instr (record, "
                                       "CAST ('five wrong PINs' AS BLOB))"),
                   ==, 1);
  /* Renewing is no way round it; the password is. */
  renewal = person_renew (world, anna);
  g_assert_cmpstr (answer_problem (renewal), ==, "signature-wrong");
  again = person_sign_in (world, "anna", PASSWORD);
  assert_done (world, again, "/v1/computers/closing", PIN);
}

/* Many at once gain nothing: no more than five are looked at. */
static void
test_wrong_pins_at_once (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (GPtrArray) answers = NULL;
  guint wrong = 0;

  answers = person_ask_often (world, anna, "/v1/account/deletion", WRONG_PIN, 20);
  for (guint i = 0; i < answers->len; i++)
    {
      Answer *answer = g_ptr_array_index (answers, i);

      g_assert_cmpuint (answer->status, >=, 400);
      wrong += g_strcmp0 (answer_problem (answer), "pin-wrong") == 0;
    }
  g_assert_cmpuint (wrong, >=, 5);
  assert_problem (world, anna, "/v1/account/deletion", PIN, "session-ended");
}

static void
test_bulk (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) second = person_sign_in (world, "anna", PASSWORD);
  g_autoptr (Person) third = person_sign_in (world, "anna", PASSWORD);
  g_autoptr (Person) ben = person_new (world, "ben");
  Key *keys[3];
  g_autoptr (Key) his = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) closed = NULL;
  g_autoptr (Answer) revoked = NULL;
  g_autoptr (Answer) gone = NULL;

  for (guint i = 0; i < 3; i++)
    {
      keys[i] = key_new (world, KEY_GENUINE);
      key_pair (world, keys[i], anna);
    }
  key_pair (world, his, ben);
  closed = ask (world, anna, "/v1/computers/closing", PIN);
  g_assert_cmpint (json_object_get_int_member (closed->json, "count"), ==, 2);
  gone = person_ask (world, second, "GET", "/v1/account", FALSE, NULL);
  g_assert_cmpstr (answer_problem (gone), ==, "session-ended");

  assert_problem (world, anna, "/v1/keys/revocation", "{\"reason\":\"bored\",\"pin\":\"274193\"}",
                  "malformed");
  assert_problem (world, anna, "/v1/keys/revocation", "{\"reason\":\"stolen\",\"pin\":\"000000\"}",
                  "pin-wrong");
  g_assert_cmpint (key_say (world, keys[0], ENIGM_KEY_REQUEST_ALERT), ==,
                   ENIGM_KEY_OUTCOME_ACCEPTED);
  revoked = ask (world, anna, "/v1/keys/revocation", "{\"reason\":\"stolen\",\"pin\":\"274193\"}");
  g_assert_cmpint (json_object_get_int_member (revoked->json, "count"), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (key_say (world, keys[i], ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_GONE);
  g_assert_cmpint (key_say (world, his, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  /* Revoked, not ended: what was raised is the owner's to end. */
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events WHERE ended IS NULL"), ==, 2);
  for (guint i = 0; i < 3; i++)
    key_free (keys[i]);
}

static void
test_export (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) answer = NULL;
  g_autoptr (Answer) unsigned_wish = NULL;
  g_autofree char *text = NULL;
  EnigmKeyRequest alert;

  key_pair (world, key, anna);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  alert.has_position = TRUE;
  alert.position = (EnigmPosition){ 48123456, 11123456, 12, 3 };
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  answer = person_ask (world, anna, "GET", "/v1/account/export", TRUE, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (answer->json, "keys")), ==,
                    1);
  text = g_strndup (g_bytes_get_data (answer->body, NULL), g_bytes_get_size (answer->body));
  g_assert_nonnull (strstr (text, "48.12345"));
  g_assert_null (strstr (text, "$y$"));
  unsigned_wish = person_ask (world, anna, "GET", "/v1/account/export", FALSE, NULL);
  g_assert_cmpuint (unsigned_wish->status, ==, 401);
}

static gboolean
file_has (World *world, const char *name, gconstpointer bytes, gsize len)
{
  g_autofree char *path = g_build_filename (world->folder, "platform", name, NULL);
  g_autofree char *contents = NULL;
  gsize size;

  return g_file_get_contents (path, &contents, &size, NULL) &&
         memmem (contents, size, bytes, len) != NULL;
}

static gboolean
disk_has (World *world, gconstpointer bytes, gsize len)
{
  return file_has (world, "platform.db", bytes, len) ||
         file_has (world, "platform.db-wal", bytes, len);
}

static char *
dup_hash (World *world, const char *sql, Person *person)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmStatement) row =
    enigm_store_select (world->state->store, &error, sql, "k", person->account);

  g_assert_cmpint (enigm_statement_step (row, &error), ==, ENIGM_STEP_ROW);
  return g_strdup (enigm_statement_get_text (row, 0));
}

/* Everything goes, and is looked for byte by byte in the database's files. */
static void
test_deletion (World *world, gconstpointer data)
{
  static const char *const texts[] = { "wilhelmina-of-orange", "Desk of Wilhelmina" };
  g_autoptr (Person) her = person_new_named (world, texts[0], texts[1]);
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Key) revoked = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) late = NULL;
  g_autofree char *contact_id = NULL;
  guint8 event[ENIGM_ID_SIZE];
  EnigmKeyRequest alert;
  /* As SQLite writes a latitude, a longitude and an accuracy one after the other. */
  static const guint8 where[] = { 0x02, 0xde, 0x4e, 0x40, 0x00, 0xa9, 0xbb, 0x00, 12 };
  g_autoptr (Answer) revoke = NULL;
  g_autofree char *path = NULL;
  g_autofree char *password = NULL;
  g_autofree char *pin = NULL;

  contact_id = person_dup_contact_id (world, her);
  password = dup_hash (world, "SELECT password FROM accounts WHERE id = ?1", her);
  pin = dup_hash (world, "SELECT pin FROM accounts WHERE id = ?1", her);
  person_befriend (world, her, ben);
  key_pair (world, key, her);
  key_pair (world, revoked, her);
  path = key_path (revoked, "/state");
  revoke = ask (world, her, path, "{\"to\":\"revoked\",\"reason\":\"lost\"}");
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  alert.has_position = TRUE;
  alert.position = (EnigmPosition){ 48123456, 11123456, 12, 3 };
  memcpy (event, alert.event, sizeof event);
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);

  assert_problem (world, her, "/v1/account/deletion", WRONG_PIN, "pin-wrong");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_true (disk_has (world, texts[i], strlen (texts[i])));
  g_assert_true (disk_has (world, her->account, sizeof her->account));
  g_assert_true (disk_has (world, where, sizeof where));
  g_assert_true (disk_has (world, password, strlen (password)));
  g_assert_true (disk_has (world, pin, strlen (pin)));
  assert_done (world, her, "/v1/account/deletion", PIN);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_false (disk_has (world, texts[i], strlen (texts[i])));
  g_assert_false (disk_has (world, contact_id, strlen (contact_id)));
  g_assert_false (disk_has (world, her->account, sizeof her->account));
  g_assert_false (disk_has (world, her->computer, sizeof her->computer));
  g_assert_false (disk_has (world, event, sizeof event));
  g_assert_false (disk_has (world, where, sizeof where));
  g_assert_false (disk_has (world, password, strlen (password)));
  g_assert_false (disk_has (world, pin, strlen (pin)));
  g_assert_false (disk_has (world, enigm_p256_key_get_point (her->key), ENIGM_P256_POINT_SIZE));
  /* Of her keys there is what tells them that they are free, and when what was done to them. */
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM bindings WHERE "
                                       "account = zeroblob (16) AND battery IS NULL AND "
                                       "proved IS NULL"),
                   ==, 2);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM binding_history"), >, 2);
  g_assert_cmpint (world_count (world, "SELECT (SELECT count (*) FROM binding_computers) + "
                                       "(SELECT count (*) FROM key_attempts)"),
                   ==, 0);
  /* The other account is still there: it is not that nothing is. */
  g_assert_true (disk_has (world, ben->account, sizeof ben->account));

  late = person_ask (world, her, "GET", "/v1/account", FALSE, NULL);
  g_assert_cmpstr (answer_problem (late), ==, "session-ended");
  g_assert_null (person_sign_in (world, texts[0], PASSWORD));
  /* Its keys are told to wipe, and are free for others. */
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_RELEASED);
  g_assert_cmpint (key_say (world, revoked, ENIGM_KEY_REQUEST_STATE), ==,
                   ENIGM_KEY_OUTCOME_RELEASED);
  key_pair (world, key, ben);
  key_pair (world, revoked, ben);
}

/* A suspension is not got rid of with an account. */
static void
test_deletion_with_a_suspended_key (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (GError) error = NULL;

  key_pair (world, key, anna);
  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (world->state->store, &error);

    enigm_ownership_suspend (world->state, key->offer.certificate_hash, TRUE, &error);
    g_assert_no_error (error);
    enigm_store_commit (world->state->store, &error);
  }
  assert_done (world, anna, "/v1/account/deletion", PIN);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_GONE);
  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (world->state->store, &error);
    g_autoptr (Answer) orphaned = NULL;

    enigm_ownership_suspend (world->state, key->offer.certificate_hash, FALSE, &error);
    g_assert_no_error (error);
    enigm_store_commit (world->state->store, &error);
    orphaned = key_ask_offer (world, key, ben, NULL);
    g_assert_cmpstr (answer_problem (orphaned), ==, "key-owned");
  }
  /* Command releases an orphan. */
  {
    g_autoptr (EnigmBinding) binding = key_find (world, key);
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (world->state->store, &error);

    enigm_ownership_release (world->state, binding, ENIGM_BINDING_BY_COMMAND, &error);
    g_assert_no_error (error);
    enigm_store_commit (world->state->store, &error);
  }
  key_pair (world, key, ben);
}

/* Who listed it sees that it is no contact any more. */
static void
test_deletion_of_a_contact (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Answer) list = NULL;
  JsonObject *contact;

  person_befriend (world, anna, ben);
  assert_done (world, ben, "/v1/account/deletion", PIN);
  list = person_ask (world, anna, "GET", "/v1/contacts", FALSE, NULL);
  contact =
    json_array_get_object_element (json_object_get_array_member (list->json, "contacts"), 0);
  g_assert_cmpstr (json_object_get_string_member (contact, "state"), ==, "not-eligible");
  g_assert_cmpstr (json_object_get_string_member (contact, "reason"), ==, "closed");
}

/* Who had not answered reads as before: that there was an account is not told. */
static void
test_deletion_of_somebody_invited (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autofree gchar *contact_id = NULL;
  g_autofree gchar *text = NULL;
  g_autoptr (Answer) empty = NULL;
  g_autoptr (Answer) listed = NULL;
  g_autoptr (Answer) before = NULL;
  g_autoptr (Answer) after = NULL;

  contact_id = person_dup_contact_id (world, ben);
  text = g_strdup_printf ("{\"contacts\":[\"%s\"]}", contact_id);
  empty = person_ask (world, anna, "GET", "/v1/contacts", FALSE, NULL);
  listed = person_put_contacts (world, anna, empty, text);
  g_assert_cmpuint (listed->status, ==, 200);
  before = person_ask (world, anna, "GET", "/v1/contacts", FALSE, NULL);
  world->now += 60;
  assert_done (world, ben, "/v1/account/deletion", PIN);
  after = person_ask (world, anna, "GET", "/v1/contacts", FALSE, NULL);
  g_assert_cmpuint (after->status, ==, 200);
  g_assert_true (json_object_equal (before->json, after->json));
}

#define add(name, func)                                                                            \
  g_test_add ("/platform/account-life/" name, World, NULL, world_set_up, func, world_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("password", test_password);
  add ("password-guessing", test_password_guessing);
  add ("guesser-at-home", test_guesser_at_home);
  add ("pin-guessing", test_pin_guessing);
  add ("pin-change", test_pin_change);
  add ("five-wrong-pins", test_five_wrong_pins);
  add ("wrong-pins-at-once", test_wrong_pins_at_once);
  add ("bulk", test_bulk);
  add ("export", test_export);
  add ("deletion", test_deletion);
  add ("deletion-with-a-suspended-key", test_deletion_with_a_suspended_key);
  add ("deletion-of-a-contact", test_deletion_of_a_contact);
  add ("deletion-of-somebody-invited", test_deletion_of_somebody_invited);
  return g_test_run ();
}
