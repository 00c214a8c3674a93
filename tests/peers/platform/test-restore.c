/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The platform's database is put back from yesterday's copy. Nothing that has ended since comes
 * back with it: with the journal because that is done again, without it because nothing is in force
 * until somebody who knows says so. */

#include "practice.h"

#include <glib/gstdio.h>

#include "peers/platform/enigm-administrators.h"
#include "peers/platform/enigm-backup.h"

#define COPY "copy.db"
#define PASSWORD "correct horse battery"

typedef enum
{
  WITH_JOURNAL,
  WITHOUT_JOURNAL,
} Kind;

#define KIND(data) ((Kind) GPOINTER_TO_INT (data))

static void
back_up (World *world)
{
  g_autofree char *path = world_path (world, COPY);
  g_autoptr (GError) error = NULL;

  enigm_backup_make (world->state->config, path, &error);
  g_assert_no_error (error);
}

static void
on_restore_wanted (World *world, gpointer data)
{
  g_autofree char *config = world_path (world, "platform.conf");
  g_autofree char *path = world_path (world, COPY);
  g_autofree char *journal = world_path (world, "platform.journal");
  g_autoptr (GError) error = NULL;
  gint64 unproved;

  if (KIND (data) == WITHOUT_JOURNAL)
    g_assert_cmpint (g_unlink (journal), ==, 0);
  enigm_backup_restore (config, path, KIND (data) == WITH_JOURNAL, &unproved, &error);
  g_assert_no_error (error);
}

static void
restore (World *world, gconstpointer data)
{
  world_meanwhile (world, on_restore_wanted, (gpointer) data);
}

/* What a key does: told of another epoch, it takes it and signs again at once. */
static EnigmKeyOutcome
insist (World *world, Key *key, EnigmKeyRequest *request)
{
  EnigmKeyAnswer answer = key_send (world, key, request);

  if (answer.outcome != ENIGM_KEY_OUTCOME_EPOCH)
    return answer.outcome;
  memcpy (key->offer.epoch, answer.epoch, sizeof answer.epoch);
  memcpy (request->epoch, answer.epoch, sizeof answer.epoch);
  request->sequence = key->sequence = answer.next_sequence;
  return key_send (world, key, request).outcome;
}

static EnigmKeyOutcome
say (World *world, Key *key, EnigmKeyRequestKind kind)
{
  EnigmKeyRequest request = key_request (world, key, kind);

  return insist (world, key, &request);
}

/* Where the computers were closed, they sign in anew; else a renewal will do. */
static void
return_to (World *world, Person **person, const char *user, gconstpointer data)
{
  g_autoptr (Answer) renewal = person_renew (world, *person);

  if (KIND (data) == WITH_JOURNAL)
    {
      g_assert_cmpuint (renewal->status, ==, 201);
      return;
    }
  g_assert_cmpstr (answer_problem (renewal), ==, "signature-wrong");
  g_clear_pointer (person, person_free);
  *person = person_sign_in (world, user, PASSWORD);
  g_assert_nonnull (*person);
}

static Answer *
wish (World *world, Person *person, Key *key, const char *to, const char *reason)
{
  g_autofree char *path = key_path (key, "/state");
  g_autofree char *body = reason != NULL
                            ? g_strdup_printf ("{\"to\":\"%s\",\"reason\":\"%s\"}", to, reason)
                            : g_strdup_printf ("{\"to\":\"%s\"}", to);

  return person_ask (world, person, "POST", path, TRUE, body);
}

static void
do_wish (World *world, Person *person, Key *key, const char *to, const char *reason)
{
  g_autoptr (Answer) answer = wish (world, person, key, to, reason);

  g_assert_cmpuint (answer->status, ==, 200);
}

/* What a key is told that the platform knows nothing of. */
static void
assert_unknown (World *world, Key *key)
{
  EnigmKeyRequest request = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  g_autoptr (Signed) sealed = key_sign (world, key, &request, world->now);
  g_autoptr (Answer) answer = signed_send (world, sealed);

  g_assert_cmpuint (answer->status, ==, 401);
}

static void
assert_unproved (World *world, Person *person, Key *key, gboolean unproved)
{
  g_autofree char *path = key_path (key, "");
  g_autoptr (Answer) answer = person_ask (world, person, "GET", path, FALSE, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpint (json_object_get_null_member (answer->json, "proved"), ==, unproved);
  /* From when on evidence counts, also once it has been heard. */
  g_assert_cmpint (json_object_get_int_member (answer->json, "restored"), ==,
                   world->state->epoch_began);
}

/* A trusted key goes on: it is shown as unproved until it is heard, and an alert is proof enough.
 * Without the journal its owner confirms first. */
static void
test_trusted (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  guint8 epoch[ENIGM_ID_SIZE];

  key_pair (world, key, anna);
  memcpy (epoch, world->state->epoch, sizeof epoch);
  back_up (world);
  restore (world, data);
  g_assert_cmpint (memcmp (epoch, world->state->epoch, sizeof epoch), !=, 0);
  return_to (world, &anna, "anna", data);
  assert_unproved (world, anna, key, TRUE);
  g_assert_cmpint (
    world_count (world, "SELECT count (*) FROM stream_items WHERE kind = 'keys' AND number > "
                        "(SELECT max (number) - 4 FROM stream_items)"),
    >, 0);
  if (KIND (data) == WITHOUT_JOURNAL)
    {
      g_assert_cmpint (say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
      do_wish (world, anna, key, "found", NULL);
      assert_unproved (world, anna, key, TRUE);
    }
  g_assert_cmpint (say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  assert_unproved (world, anna, key, FALSE);
}

static void
test_before_a_revocation (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Key) lost = key_new (world, KEY_GENUINE);

  key_pair (world, key, anna);
  key_pair (world, lost, anna);
  back_up (world);
  do_wish (world, anna, key, "revoked", "stolen");
  do_wish (world, anna, lost, "lost", NULL);
  restore (world, data);
  g_assert_cmpint (say (world, key, ENIGM_KEY_REQUEST_ALERT), ==,
                   KIND (data) == WITH_JOURNAL ? ENIGM_KEY_OUTCOME_GONE
                                               : ENIGM_KEY_OUTCOME_FORBIDDEN);
  g_assert_cmpint (say (world, lost, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 0);
  /* It is told by whom and why, as before. */
  if (KIND (data) == WITH_JOURNAL)
    g_assert_cmpint (
      world_count (world, "SELECT count (*) FROM binding_history WHERE to_state = 4 AND by = 0 AND "
                          "reason = 10 AND from_state = 2"),
      ==, 1);
}

static void
test_before_a_release (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Key) bens = g_new0 (Key, 1);

  key_pair (world, key, anna);
  back_up (world);
  do_wish (world, anna, key, "retired", NULL);
  bens->chain = g_ptr_array_ref (key->chain);
  bens->certificate_key = enigm_p256_key_ref (key->certificate_key);
  key_pair (world, bens, ben);
  restore (world, data);
  if (KIND (data) == WITH_JOURNAL)
    {
      g_assert_cmpint (say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_RELEASED);
      g_assert_cmpint (say (world, bens, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
      /* Its history says so again, though not who asked: the journal does not know. */
      g_assert_cmpint (world_count (world,
                                    "SELECT count (*) FROM binding_history WHERE to_state = 0 AND "
                                    "from_state = 6 AND by = 3 AND reason = 13"),
                       ==, 1);
      return;
    }
  g_assert_cmpint (say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
  assert_unknown (world, bens);
}

static void
test_before_a_replacement (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Key) old = key_new (world, KEY_GENUINE);
  g_autoptr (Key) newer = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = NULL;
  g_autoptr (Answer) receipt = NULL;

  key_pair (world, old, anna);
  back_up (world);
  offer = key_ask_replacement (world, newer, anna, old->offer.binding);
  key_take_offer (newer, offer);
  key_attest (newer);
  receipt = key_hand_in (world, newer);
  g_assert_cmpint (say (world, newer, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  restore (world, data);
  if (KIND (data) == WITH_JOURNAL)
    {
      g_assert_cmpint (say (world, old, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_GONE);
      g_assert_cmpint (say (world, newer, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
      return;
    }
  g_assert_cmpint (say (world, old, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
  assert_unknown (world, newer);
}

/* A pairing that was half-way: the journal knows the new key's secrets, and it goes on. */
static void
test_in_a_pairing (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = NULL;
  g_autoptr (Answer) receipt = NULL;

  back_up (world);
  offer = key_ask_offer (world, key, anna, NULL);
  key_take_offer (key, offer);
  key_attest (key);
  receipt = key_hand_in (world, key);
  restore (world, data);
  if (KIND (data) == WITH_JOURNAL)
    g_assert_cmpint (say (world, key, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  else
    assert_unknown (world, key);
}

/* The event is gone; the key that still tries to tell of it makes it again, once. */
static void
test_before_an_event (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  EnigmKeyRequest alert, again;

  person_befriend (world, anna, ben);
  key_pair (world, key, anna);
  back_up (world);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  restore (world, data);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 0);
  if (KIND (data) == WITHOUT_JOURNAL)
    {
      return_to (world, &anna, "anna", data);
      do_wish (world, anna, key, "found", NULL);
    }
  for (int i = 0; i < 2; i++)
    {
      again = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
      memcpy (again.event, alert.event, sizeof again.event);
      g_assert_cmpint (insist (world, key, &again), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
    }
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 1);
  /* Whoever was a contact is told only where it is known that they still are. */
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM event_contacts"), ==,
                   KIND (data) == WITH_JOURNAL ? 1 : 0);
}

/* An event that was open then and has ended since is not seen again by anybody. */
static void
test_before_an_end (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) ended = NULL;
  g_autoptr (Answer) list = NULL;
  g_autofree char *hex = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  EnigmKeyRequest alert;

  person_befriend (world, anna, ben);
  key_pair (world, key, anna);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  alert.has_position = TRUE;
  alert.position = (EnigmPosition){ 48123456, 11123456, 12, 3 };
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  back_up (world);
  hex = enigm_hex_encode (alert.event, ENIGM_ID_SIZE);
  path = g_strdup_printf ("/v1/events/%s/end", hex);
  ended = person_ask (world, anna, "POST", path, TRUE, "{}");
  g_assert_cmpuint (ended->status, ==, 200);
  restore (world, data);
  return_to (world, &ben, "ben", data);
  list = person_ask (world, ben, "GET", "/v1/events", FALSE, NULL);
  g_assert_cmpuint (list->status, ==, 200);
  text = g_strndup (g_bytes_get_data (list->body, NULL), g_bytes_get_size (list->body));
  g_assert_null (strstr (text, "48.12"));
  if (KIND (data) == WITH_JOURNAL)
    g_assert_cmpint (world_count (world, "SELECT count (*) FROM events WHERE ended_by = 'app'"), ==,
                     1);
  else
    g_assert_cmpint (world_count (world, "SELECT count (*) FROM event_positions"), ==, 0);
}

static void
set_no_contacts (World *world, Person *person)
{
  g_autoptr (Answer) before = person_ask (world, person, "GET", "/v1/contacts", FALSE, NULL);
  g_autoptr (Answer) answer = person_put_contacts (world, person, before, "{\"contacts\":[]}");

  g_assert_cmpuint (answer->status, ==, 200);
}

static void
test_before_a_removed_contact (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) events = NULL;
  g_autoptr (Answer) contacts = NULL;

  person_befriend (world, anna, ben);
  key_pair (world, key, anna);
  g_assert_cmpint (say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  back_up (world);
  set_no_contacts (world, anna);
  restore (world, data);
  return_to (world, &anna, "anna", data);
  return_to (world, &ben, "ben", data);
  if (KIND (data) == WITHOUT_JOURNAL)
    do_wish (world, anna, key, "found", NULL);
  g_assert_cmpint (say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  events = person_ask (world, ben, "GET", "/v1/events", FALSE, NULL);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (events->json, "events")),
                    ==, 0);
  contacts = person_ask (world, anna, "GET", "/v1/contacts", FALSE, NULL);
  if (KIND (data) == WITHOUT_JOURNAL)
    g_assert_cmpstr (json_object_get_string_member (
                       json_array_get_object_element (
                         json_object_get_array_member (contacts->json, "contacts"), 0),
                       "reason"),
                     ==, "restored");
  else
    g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (contacts->json, "contacts")), ==, 0);
}

static void
test_before_a_closed_computer (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) second = person_sign_in (world, "anna", PASSWORD);
  g_autoptr (Answer) closed = NULL;
  g_autoptr (Answer) renewal = NULL;
  g_autofree char *hex = NULL;
  g_autofree char *path = NULL;

  back_up (world);
  hex = enigm_hex_encode (second->computer, ENIGM_ID_SIZE);
  path = g_strconcat ("/v1/computers/", hex, NULL);
  closed = person_ask (world, anna, "DELETE", path, TRUE, NULL);
  g_assert_cmpuint (closed->status, ==, 200);
  restore (world, data);
  renewal = person_renew (world, second);
  g_assert_cmpstr (answer_problem (renewal), ==, "signature-wrong");
  return_to (world, &anna, "anna", data);
}

/* What the journal has of accounts: one that is new, one that is deleted, another password. */
static void
test_before_accounts_change (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) carol = person_new (world, "carol");
  g_autoptr (Person) ben = NULL;
  g_autoptr (Person) again = NULL;
  g_autoptr (Key) bens = key_new (world, KEY_GENUINE);
  g_autoptr (Key) carols = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) changed = NULL;
  g_autoptr (Answer) deleted = NULL;

  key_pair (world, carols, carol);
  back_up (world);
  ben = person_new (world, "ben");
  key_pair (world, bens, ben);
  person_befriend (world, anna, ben);
  changed = person_ask (world, anna, "POST", "/v1/account/password", TRUE,
                        "{\"password\":\"" PASSWORD "\",\"new_password\":\"another one of mine\"}");
  g_assert_cmpuint (changed->status, ==, 200);
  deleted = person_ask (world, carol, "POST", "/v1/account/deletion", TRUE, "{\"pin\":\"274193\"}");
  g_assert_cmpuint (deleted->status, ==, 200);
  restore (world, data);

  return_to (world, &anna, "anna", data);
  return_to (world, &ben, "ben", data);
  g_assert_null (person_sign_in (world, "anna", PASSWORD));
  again = person_sign_in (world, "anna", "another one of mine");
  g_assert_nonnull (again);
  g_assert_null (person_sign_in (world, "carol", PASSWORD));
  g_assert_cmpint (say (world, bens, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpint (say (world, carols, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_RELEASED);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM contacts WHERE state = 'eligible'"),
                   ==, 1);
}

static void
change_administrators (World *world, const guint8 *added, const guint8 *removed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (world->state->store, &error);
  g_autofree char *name = enigm_hex_encode (added, 4);

  enigm_administrators_put (world->state, added, name, ENIGM_ROLE_OWNER, "$y$", "$y$", &error);
  g_assert_no_error (error);
  if (removed != NULL)
    enigm_administrators_remove (world->state, removed, &error);
  g_assert_no_error (error);
  enigm_store_commit (world->state->store, &error);
  g_assert_no_error (error);
}

/* Who ran the platform then, and was removed since, does not run it again. */
static void
test_before_an_administrator_goes (World *world, gconstpointer data)
{
  static const guint8 gone[ENIGM_ID_SIZE] = { 1 }, stays[ENIGM_ID_SIZE] = { 2 };

  change_administrators (world, gone, NULL);
  back_up (world);
  change_administrators (world, stays, gone);
  restore (world, data);
  g_assert_cmpint (
    world_count (world, "SELECT count (*) FROM administrators WHERE removed IS NULL"), ==,
    KIND (data) == WITH_JOURNAL ? 1 : 0);
  if (KIND (data) == WITH_JOURNAL)
    g_assert_cmpint (world_count (world, "SELECT count (*) FROM administrators WHERE "
                                         "removed IS NULL AND name = '02000000' AND role = 3"),
                     ==, 1);
}

static void
on_header_copied (const char *name, const char *value, gpointer user_data)
{
  soup_message_headers_append (user_data, name, value);
}

/* Requests that somebody kept from before are of no use after. */
static void
test_replayed_requests (World *world, gconstpointer data)
{
  static const char wanted[] = "{\"to\":\"found\"}";
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (GBytes) body = g_bytes_new_static (wanted, strlen (wanted));
  g_autoptr (SoupMessage) kept = NULL;
  g_autoptr (SoupMessage) again = NULL;
  g_autoptr (SoupMessage) renewal = NULL;
  g_autoptr (Answer) accepted = NULL;
  g_autoptr (Answer) replayed = NULL;
  g_autoptr (Answer) to_key = NULL;
  g_autoptr (Answer) renewed = NULL;
  g_autoptr (Signed) alert = NULL;
  g_autofree char *path = NULL;
  EnigmKeyRequest request;
  EnigmKeyAnswer answer;

  key_pair (world, key, anna);
  back_up (world);
  path = key_path (key, "/state");
  do_wish (world, anna, key, "lost", NULL);
  kept = person_message (world, anna, "POST", path, TRUE, body);
  again = soup_message_new_from_uri ("POST", soup_message_get_uri (kept));
  soup_message_headers_foreach (soup_message_get_request_headers (kept), on_header_copied,
                                soup_message_get_request_headers (again));
  accepted = world_send (world, kept, "application/json", body);
  g_assert_cmpuint (accepted->status, ==, 200);
  request = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  alert = key_sign (world, key, &request, world->now);
  renewal = person_renewal_message (world, anna);
  /* Within the five minutes that a clock may be off. */
  restore (world, data);

  to_key = signed_send (world, alert);
  answer = key_read_answer (world, key, alert, to_key);
  g_assert_cmpint (answer.outcome, ==, ENIGM_KEY_OUTCOME_EPOCH);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 0);
  replayed = world_send (world, again, "application/json", body);
  g_assert_cmpuint (replayed->status, ==, 401);
  {
    g_autoptr (GBytes) nothing = g_bytes_new_static ("{}", 2);

    renewed = world_send (world, renewal, "application/json", nothing);
    g_assert_cmpstr (answer_problem (renewed), ==, "signature-wrong");
  }
}

static void
on_copy_wanted (World *world, gpointer data)
{
  static const char *const rests[] = { "platform.db-wal", "platform.db-shm" };
  g_autofree char *from = world_path (world, COPY);
  g_autofree char *to = world_path (world, "platform.db");
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  for (gsize i = 0; i < G_N_ELEMENTS (rests); i++)
    {
      g_autofree char *rest = world_path (world, rests[i]);

      g_unlink (rest);
    }
  g_file_get_contents (from, &contents, &size, &error);
  g_file_set_contents (to, contents, (gssize) size, &error);
  g_assert_no_error (error);
}

/* Somebody copies the file by hand, and does not know that there is a journal. */
static void
test_copied_by_hand (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  guint8 epoch[ENIGM_ID_SIZE];

  key_pair (world, key, anna);
  memcpy (epoch, world->state->epoch, sizeof epoch);
  back_up (world);
  do_wish (world, anna, key, "revoked", "stolen");
  world_meanwhile (world, on_copy_wanted, NULL);
  g_assert_cmpint (memcmp (epoch, world->state->epoch, sizeof epoch), !=, 0);
  g_assert_cmpint (say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_GONE);
  /* Once is enough: the next start goes on in the same epoch. */
  memcpy (epoch, world->state->epoch, sizeof epoch);
  world_restart (world);
  g_assert_cmpmem (epoch, sizeof epoch, world->state->epoch, ENIGM_ID_SIZE);
}

static void
on_entry_read (gint64 number, const EnigmAuditEntry *entry, gpointer user_data)
{
  g_autofree char *pseudonym = NULL;

  if (entry == NULL || entry->security || g_str_equal (entry->what, "restore"))
    return;
  pseudonym = entry->pseudonym != NULL ? enigm_hex_encode (entry->pseudonym, 4) : g_strdup ("-");
  g_string_append_printf (user_data, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s %s: %s\n",
                          number, entry->time, pseudonym, entry->what, entry->detail);
}

static char *
dup_audit (World *world)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  enigm_audit_read (world->state->audit, 0, 1000, on_entry_read, text, &error);
  g_assert_no_error (error);
  return g_strdup (text->str);
}

static void
make_administrator (World *world, const char *name)
{
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  guint8 id[ENIGM_ID_SIZE];

  enigm_random_bytes (id, sizeof id, &error);
  transaction = enigm_store_begin (world->state->store, &error);
  enigm_administrators_put (world->state, id, name, ENIGM_ROLE_OWNER, "password", "pin", &error);
  enigm_administrators_audit (world->state, id, "made", FALSE, &error);
  enigm_store_commit (world->state->store, &error);
  g_assert_no_error (error);
}

/* What changed since the copy is in the audit again, in its order, with its times, pseudonyms and
 * words: also where a crash came between journal and database, which leaves what a copy by hand
 * leaves. */
static void
test_audit_comes_back (World *world, gconstpointer data)
{
  static const char *const parts[] = {
    "binding: trusted to restricted by app: lost",
    "binding: restricted to trusted by app: found",
    "binding: pending to trusted by key: proved",
    "ownership: taken",
    "binding: trusted to revoked by app: stolen",
    "ownership: released by app",
    "account: deleted by its owner",
    ": made",
  };
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Key) other = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) deleted = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  guint64 count;

  key_pair (world, key, anna);
  back_up (world);
  do_wish (world, anna, key, "lost", NULL);
  world->now += 7;
  do_wish (world, anna, key, "found", NULL);
  key_pair (world, other, anna);
  do_wish (world, anna, key, "revoked", "stolen");
  do_wish (world, anna, other, "retired", NULL);
  deleted = person_ask (world, ben, "POST", "/v1/account/deletion", TRUE, "{\"pin\":\"274193\"}");
  g_assert_cmpuint (deleted->status, ==, 200);
  make_administrator (world, "olga");
  before = dup_audit (world);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (before, parts[i]) == NULL)
      g_error ("no “%s” in %s", parts[i], before);

  world_meanwhile (world, GPOINTER_TO_INT (data) ? on_copy_wanted : on_restore_wanted,
                   GINT_TO_POINTER (WITH_JOURNAL));
  after = dup_audit (world);
  g_assert_cmpstr (after, ==, before);
  g_assert_true (enigm_audit_verify (world->state->audit, world->now, &count, &error));
  /* And not once more with the next start. */
  world_restart (world);
  g_clear_pointer (&after, g_free);
  after = dup_audit (world);
  g_assert_cmpstr (after, ==, before);
}

static void
assert_refuses (World *world, gboolean with_journal, const char *says)
{
  g_autofree char *config = world_path (world, "platform.conf");
  g_autofree char *path = world_path (world, COPY);
  g_autofree char *prepared = world_path (world, "platform.db.restoring");
  g_autoptr (GError) error = NULL;
  gint64 unproved;

  g_assert_false (enigm_backup_restore (config, path, with_journal, &unproved, &error));
  if (strstr (error->message, says) == NULL)
    g_error ("%s", error->message);
  g_assert_false (g_file_test (prepared, G_FILE_TEST_EXISTS));
}

static void
on_odd_restores_tried (World *world, gpointer data)
{
  g_autofree char *path = world_path (world, COPY);
  g_autofree char *journal = world_path (world, "platform.journal");
  g_autofree char *away = world_path (world, "away");
  g_autofree char *contents = NULL;
  g_autofree char *whole = NULL;
  gsize size, whole_size;

  /* Without the journal only where there is none. */
  assert_refuses (world, FALSE, "the journal is whole");
  g_assert_cmpint (g_rename (journal, away), ==, 0);
  assert_refuses (world, TRUE, "--without-journal");
  g_assert_false (g_file_test (journal, G_FILE_TEST_EXISTS));
  /* Another one, that was begun since. */
  g_assert_true (g_file_set_contents (journal, "enigm journal 1\n", 16, NULL));
  assert_refuses (world, TRUE, "not the one beside");
  g_assert_true (g_file_get_contents (away, &whole, &whole_size, NULL));
  whole[100] ^= 1;
  g_assert_true (g_file_set_contents (journal, whole, (gssize) whole_size, NULL));
  assert_refuses (world, TRUE, "damaged");
  g_assert_cmpint (g_rename (away, journal), ==, 0);

  /* A copy that is damaged, or that somebody wrote into. */
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  g_assert_true (g_file_set_contents (path, contents, (gssize) size / 2, NULL));
  assert_refuses (world, TRUE, "");
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (EnigmStore) store = NULL;

    g_assert_true (g_file_set_contents (path, contents, (gssize) size, NULL));
    store = enigm_store_open (path, &error);
    enigm_store_run (store, &error, "DELETE FROM audit WHERE number = 1", "");
    enigm_store_settle (store, &error);
    g_assert_no_error (error);
  }
  assert_refuses (world, TRUE, "another platform's, or was changed");
}

static void
test_odd_restores (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *path = world_path (world, COPY);
  g_autoptr (GError) error = NULL;

  key_pair (world, key, anna);
  back_up (world);
  /* A copy is never overwritten, and nothing is put back under a platform that runs. */
  g_assert_false (enigm_backup_make (world->state->config, path, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
  assert_refuses (world, TRUE, "running");
  assert_refuses (world, FALSE, "running");
  do_wish (world, anna, key, "lost", NULL);
  world_meanwhile (world, on_odd_restores_tried, NULL);
  /* Whatever was tried, all is as it was. */
  g_assert_cmpint (say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
}

static void
add_both (const char *name, void (*func) (World *world, gconstpointer data))
{
  static const char *const kinds[] = { "with-journal", "without-journal" };

  for (int kind = 0; kind < 2; kind++)
    {
      g_autofree char *path = g_strdup_printf ("/platform/restore/%s/%s", name, kinds[kind]);

      g_test_add (path, World, GINT_TO_POINTER (kind), world_set_up, func, world_tear_down);
    }
}

#define add(name, func)                                                                            \
  g_test_add ("/platform/restore/" name, World, NULL, world_set_up, func, world_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_both ("trusted", test_trusted);
  add_both ("before-a-revocation", test_before_a_revocation);
  add_both ("before-a-release", test_before_a_release);
  add_both ("before-a-replacement", test_before_a_replacement);
  add_both ("in-a-pairing", test_in_a_pairing);
  add_both ("before-an-event", test_before_an_event);
  add_both ("before-an-end", test_before_an_end);
  add_both ("before-a-removed-contact", test_before_a_removed_contact);
  add_both ("before-a-closed-computer", test_before_a_closed_computer);
  add_both ("before-an-administrator-goes", test_before_an_administrator_goes);
  add ("before-accounts-change", test_before_accounts_change);
  add ("replayed-requests", test_replayed_requests);
  add ("copied-by-hand", test_copied_by_hand);
  g_test_add ("/platform/restore/audit-comes-back/restored", World, GINT_TO_POINTER (FALSE),
              world_set_up, test_audit_comes_back, world_tear_down);
  g_test_add ("/platform/restore/audit-comes-back/copied", World, GINT_TO_POINTER (TRUE),
              world_set_up, test_audit_comes_back, world_tear_down);
  add ("odd-restores", test_odd_restores);
  return g_test_run ();
}
