/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the audit tells of administrators: who did what to which key, all of it or nothing of it
 * however it was interrupted, and nothing that names anybody or lets anybody in. */

#include "administrators.h"

#include <signal.h>

#include "peers/platform/enigm-backup.h"
#include "peers/platform/enigm-password.h"

#define MANY 500
#define PASSWORD "correct horse battery"
#define PERSONS_PIN "274193"

typedef struct
{
  const guint8 *pseudonym;
  const char *what;
  const char *detail;
  guint found;
} Wanted;

static void
on_entry_matched (gint64 number, const EnigmAuditEntry *entry, gpointer user_data)
{
  Wanted *wanted = user_data;

  if (entry == NULL || !g_str_equal (entry->what, wanted->what) ||
      !g_str_has_suffix (entry->detail, wanted->detail))
    return;
  if (wanted->pseudonym == NULL
        ? entry->pseudonym == NULL
        : entry->pseudonym != NULL &&
            memcmp (entry->pseudonym, wanted->pseudonym, ENIGM_PSEUDONYM_SIZE) == 0)
    wanted->found++;
}

/* How many records under that pseudonym, or under none, end with those words. */
static guint
count_records (World *world, const guint8 *pseudonym, const char *what, const char *detail)
{
  Wanted wanted = { pseudonym, what, detail, 0 };
  g_autoptr (GError) error = NULL;

  enigm_audit_read (world->state->audit, 0, 100000, on_entry_matched, &wanted, &error);
  g_assert_no_error (error);
  return wanted.found;
}

/* Each record of an administrator's says which key it is about: alone, among many, and where the
 * key has no binding in force any more. */
static void
test_which_key (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) one = key_new (world, KEY_GENUINE);
  g_autoptr (Key) other = key_new (world, KEY_GENUINE);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *body = NULL;
  Key *keys[] = { one, other };

  key_pair (world, one, anna);
  key_pair (world, other, anna);
  first = enigm_hex_encode (one->offer.pseudonym, ENIGM_PSEUDONYM_SIZE);
  second = enigm_hex_encode (other->offer.pseudonym, ENIGM_PSEUDONYM_SIZE);
  admin_assert_wish (world, operator, one, "{\"to\":\"lost\"}", "restricted");
  g_assert_cmpuint (count_records (world, one->offer.pseudonym, "command", ": lost"), ==, 1);
  g_assert_cmpuint (count_records (world, other->offer.pseudonym, "command", ": lost"), ==, 0);

  body =
    g_strdup_printf ("{\"to\":\"revoked\",\"reason\":\"stolen\",\"pseudonyms\":[\"%s\",\"%s\"],"
                     "%s}",
                     first, second, ADMIN_PIN);
  admin_assert (world, operator, "POST", "/command/v1/keys/state", body, NULL);
  g_assert_cmpuint (count_records (world, NULL, "command", ": revoked as stolen, 2 keys"), ==, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const guint8 *pseudonym = keys[i]->offer.pseudonym;

      g_assert_cmpuint (count_records (world, pseudonym, "command", ": revoked as stolen"), ==, 1);
      g_assert_cmpuint (
        count_records (world, pseudonym, "binding", " to revoked by command: stolen"), ==, 1);
    }

  admin_assert_wish (world, operator, one, "{\"to\":\"suspended\"}", "revoked");
  admin_assert_wish (world, operator, one, "{\"to\":\"resumed\"}", "revoked");
  admin_assert_wish (world, operator, one, RELEASE, "revoked");
  g_assert_cmpuint (
    count_records (world, one->offer.pseudonym, "suspension", "suspended by command"), ==, 1);
  g_assert_cmpuint (count_records (world, one->offer.pseudonym, "suspension", "resumed by command"),
                    ==, 1);
  g_assert_cmpuint (count_records (world, one->offer.pseudonym, "command", ": released"), ==, 1);

  /* What was only tried out is not in it. */
  admin_assert_wish (world, operator, other, "{\"to\":\"released\",\"dry_run\":true}", "revoked");
  g_assert_cmpuint (count_records (world, other->offer.pseudonym, "command", ": released"), ==, 0);
}

static void
look_for (GByteArray *all, const char *name, gconstpointer secret, gsize size)
{
  if (memmem (all->data, all->len, secret, size) != NULL)
    g_error ("the audit has %s", name);
}

static void
look_for_text (GByteArray *all, const char *text)
{
  look_for (all, text, text, strlen (text));
}

static GByteArray *
read_whole_audit (World *world)
{
  GByteArray *all = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmStatement) row = enigm_store_prepare (
    world->state->store, "SELECT record FROM audit WHERE record IS NOT NULL", &error);

  while (enigm_statement_step (row, &error) == ENIGM_STEP_ROW)
    {
      gsize size;
      const guint8 *record = enigm_statement_get_blob (row, 0, &size);

      g_byte_array_append (all, record, (guint) size);
    }
  g_assert_no_error (error);
  return all;
}

static void
ask_for (World *world, Person *person, const char *path, const char *json, guint status)
{
  g_autoptr (Answer) answer = person_ask (world, person, "POST", path, TRUE, json);

  if (answer->status != status)
    g_error ("%s: %u", path, answer->status);
}

/* After a busy day it names nobody, says nowhere, and lets nobody in. */
static void
test_no_secrets (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new_named (world, "annamaria", "Her own desk");
  g_autoptr (Person) ben = person_new (world, "benedict");
  g_autoptr (Person) wrong = NULL;
  g_autoptr (Admin) owner = admin_new (world, "ottokar", ENIGM_ROLE_OWNER);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Key) second = key_new (world, KEY_GENUINE);
  g_autoptr (GByteArray) all = NULL;
  g_autofree char *her_id = person_dup_contact_id (world, anna);
  g_autofree char *his_id = person_dup_contact_id (world, ben);
  g_autofree char *account = enigm_hex_encode (anna->account, ENIGM_ID_SIZE);
  g_autofree char *computer = enigm_hex_encode (anna->computer, ENIGM_ID_SIZE);
  g_autofree char *event = NULL;
  g_autoptr (GBytes) token = enigm_base64url_decode (anna->token, 16, 64);
  EnigmKeyRequest alert;
  const char *texts[] = { PASSWORD,    PERSONS_PIN,    ADMIN_PASSWORD, "271828",     "000000",
                          "annamaria", "benedict",     "ottokar",      her_id,       his_id,
                          account,     computer,       anna->token,    owner->token, "48123456",
                          "48.12",     "Her own desk", "her key" };

  world->state->config->command_sees = ENIGM_COMMAND_SEES_POSITIONS;
  person_befriend (world, anna, ben);
  key_pair (world, key, anna);
  key_pair (world, second, anna);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  alert.has_position = TRUE;
  alert.position = (EnigmPosition){ 48123456, 11123456, 12, 3 };
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  admin_assert (world, owner, "GET", "/command/v1/events", NULL, NULL);
  admin_assert_wish (world, owner, key, "{\"to\":\"lost\"}", "restricted");
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
  admin_assert_wish (world, owner, key,
                     "{\"to\":\"revoked\",\"reason\":\"lost\",\"pin\":\"000000\"}", "pin-wrong");
  admin_assert_wish (world, owner, key, REVOKE, "revoked");
  admin_assert_wish (world, owner, second, "{\"to\":\"suspended\"}", "restricted");
  admin_assert (world, owner, "POST", "/command/v1/administrators",
                "{\"name\":\"newcomer\",\"role\":\"viewer\",\"new_password\":\"a new password\","
                "\"new_pin\":\"111111\"," ADMIN_PIN "}",
                NULL);
  g_free (admin_sign_in (world, "ottokar", "not the password"));
  g_assert_null ((wrong = person_sign_in (world, "annamaria", "not her password")));
  ask_for (world, anna, "/v1/keys/revocation", "{\"reason\":\"lost\",\"pin\":\"000000\"}", 403);
  ask_for (world, anna, "/v1/keys/revocation", "{\"reason\":\"lost\",\"pin\":\"" PERSONS_PIN "\"}",
           200);
  ask_for (world, ben, "/v1/account/deletion", "{\"pin\":\"" PERSONS_PIN "\"}", 200);

  all = read_whole_audit (world);
  g_assert_cmpuint (all->len, >, 1000);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    look_for_text (all, texts[i]);
  look_for_text (all, "newcomer");
  look_for_text (all, "a new password");
  look_for_text (all, "111111");
  look_for_text (all, "127.0.0.1");
  look_for (all, "an account", anna->account, ENIGM_ID_SIZE);
  look_for (all, "a computer", anna->computer, ENIGM_ID_SIZE);
  look_for (all, "a binding", key->offer.binding, ENIGM_ID_SIZE);
  look_for (all, "a handle", key->offer.handle, ENIGM_ID_SIZE);
  look_for (all, "an event", alert.event, ENIGM_ID_SIZE);
  event = enigm_hex_encode (alert.event, ENIGM_ID_SIZE);
  look_for_text (all, event);
  look_for (all, "a token", g_bytes_get_data (token, NULL), g_bytes_get_size (token));
}

/* More than what one answer goes through. */
static void
append_attempts (World *world, guint count)
{
  const EnigmAuditEntry entry = { world->now, NULL, "attempt", "one of many", TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (world->state->store, &error);

  for (guint i = 0; i < count; i++)
    enigm_audit_append (world->state->audit, &entry, &error);
  enigm_store_commit (world->state->store, &error);
  g_assert_no_error (error);
}

/* A database that somebody wrote into: the program says that the audit does not hold, and where. */
static void
test_tampered (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *records = NULL;

  key_pair (world, key, anna);
  command_sign_in (world, "otto");
  append_attempts (world, 2500);
  records = g_strdup_printf ("The audit holds: %" G_GINT64_FORMAT " records.",
                             world_count (world, "SELECT count (*) FROM audit"));
  SAYS ("", 0, records, "verify");
  SAYS ("", 0, "\"holds\":true", "verify", "--json");
  world_run (world, "UPDATE audit SET time = time + 1 WHERE number = 3");
  SAYS ("", 1, "audit record 3 was changed", "verify");
  SAYS ("", 1, "\"where\":\"audit record 3 was changed", "verify", "--json");
  world_run (world, "UPDATE audit SET time = time - 1 WHERE number = 3");
  SAYS ("", 0, "The audit holds", "verify");
  world_run (world, "UPDATE audit SET number = 0 WHERE number = 2");
  SAYS ("", 1, "audit record", "verify");
  world_run (world, "UPDATE audit SET number = 2 WHERE number = 0");
  SAYS ("", 0, "The audit holds", "verify");
}

static void
assert_replacement (World *world,
                    Admin *admin,
                    Key *key,
                    const char *name,
                    Key *other,
                    const char *state)
{
  g_autofree char *path = admin_key_path (key, "");
  g_autoptr (Answer) answer = admin_ask (world, admin, "GET", path, NULL);
  g_autofree char *pseudonym = NULL;
  JsonObject *said;

  g_assert_cmpuint (answer->status, ==, 200);
  if (other == NULL)
    {
      g_assert_true (json_object_get_null_member (answer->json, name));
      return;
    }
  pseudonym = enigm_hex_encode (other->offer.pseudonym, ENIGM_PSEUDONYM_SIZE);
  said = json_object_get_object_member (answer->json, name);
  g_assert_nonnull (said);
  g_assert_cmpstr (json_object_get_string_member (said, "pseudonym"), ==, pseudonym);
  g_assert_cmpstr (json_object_get_string_member (said, "state"), ==, state);
}

/* A key that is to replace another, and the other: each says which, from the pairing on. */
static void
test_replacement (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) viewer = admin_new (world, "vera", ENIGM_ROLE_VIEWER);
  g_autoptr (Key) old = key_new (world, KEY_GENUINE);
  g_autoptr (Key) newer = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = NULL;
  g_autoptr (Answer) receipt = NULL;
  g_autofree char *begin = NULL;

  key_pair (world, old, anna);
  assert_replacement (world, viewer, old, "replaces", NULL, NULL);
  assert_replacement (world, viewer, old, "replaced_by", NULL, NULL);
  offer = key_ask_replacement (world, newer, anna, old->offer.binding);
  key_take_offer (newer, offer);
  key_attest (newer);
  receipt = key_hand_in (world, newer);
  assert_replacement (world, viewer, newer, "replaces", old, "trusted");
  assert_replacement (world, viewer, old, "replaced_by", newer, "pending");
  g_assert_cmpint (key_say (world, newer, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  assert_replacement (world, viewer, newer, "replaces", old, "replaced");
  assert_replacement (world, viewer, newer, "replaced_by", NULL, NULL);
  assert_replacement (world, viewer, old, "replaces", NULL, NULL);
  assert_replacement (world, viewer, old, "replaced_by", newer, "trusted");

  /* And the program shows it. */
  command_sign_in (world, "vera");
  begin = enigm_hex_encode (old->offer.pseudonym, 4);
  SAYS ("", 0, "\"replaced_by\":{\"pseudonym\":", "key", begin, "--json");
}

/* Many keys, and what comes in between */

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

static guint
count_revocations (World *world)
{
  return (guint) world_count (world, "SELECT count (*) FROM audit WHERE instr (record, CAST "
                                     "('trusted to revoked by command: lost' AS BLOB))");
}

/* All of it, or nothing, and the audit says so. */
static void
assert_revoked (World *world, guint count)
{
  guint64 records;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (world_count (world, "SELECT count (*) FROM bindings WHERE state = 4"), ==,
                   count);
  g_assert_cmpuint (count_revocations (world), ==, count);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE instr (record, CAST "
                                       "(': revoked as lost' AS BLOB))"),
                   ==, count > 0 ? count + 1 : 0);
  g_assert_cmpuint (count_records (world, NULL, "command", ": revoked as lost, 500 keys"), ==,
                    count > 0);
  enigm_audit_verify (world->state->audit, world->now, &records, &error);
  g_assert_no_error (error);
}

static GSubprocess *
spawn_revocation (World *world)
{
  g_autofree char *list = world_path (world, "list");

  return command_spawn (world, "271828\n",
                        (const char *const[]){ "revoke", "--keys-from", list, "--reason", "lost",
                                               "--pin-fd", "7", NULL });
}

static void
on_waited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *over = user_data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  *over = TRUE;
}

typedef struct
{
  World *world;
  GSubprocess *client;
} Watched;

/* g_subprocess_force_exit() leaves it to another thread, which may be late. */
static void
kill_now (GSubprocess *process)
{
  g_assert_cmpint (kill (atoi (g_subprocess_get_identifier (process)), SIGKILL), ==, 0);
}

/* It is true now, and nobody was told yet. */
static void
on_transaction_finished (gboolean committed, gpointer user_data)
{
  Watched *watched = user_data;

  if (!committed || watched->client == NULL || count_revocations (watched->world) == 0)
    return;
  kill_now (watched->client);
}

typedef enum
{
  WHILE_PIN_IS_CHECKED,
  BEFORE_ANSWER,
} Moment;

/* The administrator's program is killed while the platform has its order: it is carried out. */
static void
test_client_killed (World *world, gconstpointer data)
{
  Moment moment = (Moment) GPOINTER_TO_INT (data);
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (GSubprocess) client = NULL;
  Watched watched = { world, NULL };
  gboolean over = FALSE;

  key_pair (world, key, anna);
  world_make_keys (world, MANY - 1);
  write_list (world);
  command_sign_in (world, "olga");
  assert_revoked (world, 0);
  client = spawn_revocation (world);
  g_subprocess_wait_async (client, NULL, on_waited, &over);
  if (moment == BEFORE_ANSWER)
    {
      watched.client = client;
      enigm_store_add_finished (world->state->store, on_transaction_finished, &watched);
    }
  else
    {
      while (enigm_password_get_waiting () == 0)
        g_main_context_iteration (NULL, TRUE);
      kill_now (client);
    }
  while (!over || count_revocations (world) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_subprocess_get_if_signaled (client));
  watched.client = NULL;
  assert_revoked (world, MANY);
}

static void
copy_file (World *world, const char *from, const char *to)
{
  g_autofree char *source = world_path (world, from);
  g_autofree char *target = world_path (world, to);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (source, &contents, &size, &error);
  g_assert_no_error (error);
  g_file_set_contents (target, contents, (gssize) size, &error);
  g_assert_no_error (error);
}

static void
on_database_kept (World *world, gpointer data)
{
  copy_file (world, "platform.db", "before.db");
}

static void
on_database_put_back (World *world, gpointer data)
{
  copy_file (world, "before.db", "platform.db");
}

/* What the platform finds that was killed after the journal had it, and before the database did:
 * test-bulk.py kills it there. What to do was decided, so it is done, and recorded as it was. */
static void
test_platform_killed (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (GSubprocess) client = NULL;
  gboolean over = FALSE;

  key_pair (world, key, anna);
  world_make_keys (world, MANY - 1);
  write_list (world);
  command_sign_in (world, "olga");
  world_meanwhile (world, on_database_kept, NULL);
  client = spawn_revocation (world);
  g_subprocess_wait_async (client, NULL, on_waited, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_subprocess_get_exit_status (client), ==, 0);
  assert_revoked (world, MANY);
  world_meanwhile (world, on_database_put_back, NULL);
  assert_revoked (world, MANY);
  g_assert_cmpuint (count_records (world, key->offer.pseudonym, "command", ": revoked as lost"), ==,
                    1);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE instr (record, CAST "
                                       "('brought to today' AS BLOB))"),
                   ==, 1);
}

/* The most that one order can change, and says most about: it fits into one record of the journal.
 */
static void
test_many_suspended (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *list = world_path (world, "list");

  key_pair (world, key, anna);
  world_make_keys (world, MANY - 1);
  write_list (world);
  command_sign_in (world, "olga");
  SAYS ("271828\n", 0, "500 keys", "suspend", "--keys-from", list, "--pin-fd", "7");
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM bindings WHERE state = 3"), ==, MANY);
}

#define add(name, func, data)                                                                      \
  g_test_add ("/platform/command-audit/" name, World, GINT_TO_POINTER (data), world_set_up, func,  \
              world_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("which-key", test_which_key, 0);
  add ("no-secrets", test_no_secrets, 0);
  add ("tampered", test_tampered, 0);
  add ("replacement", test_replacement, 0);
  add ("client-killed/while-the-pin-is-checked", test_client_killed, WHILE_PIN_IS_CHECKED);
  add ("client-killed/before-the-answer", test_client_killed, BEFORE_ANSWER);
  add ("platform-killed", test_platform_killed, 0);
  add ("many-suspended", test_many_suspended, 0);
  return g_test_run ();
}
