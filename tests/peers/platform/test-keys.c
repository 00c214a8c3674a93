/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "app/protocol/enigm-order.h"
#include "peers/platform/enigm-journal.h"
#include "peers/platform/enigm-ownership.h"

static Answer *
set_state (World *world, Person *person, Key *key, const char *to, const char *reason)
{
  g_autofree char *path = key_path (key, "/state");
  g_autofree char *quoted = reason != NULL ? g_strdup_printf ("\"%s\"", reason) : g_strdup ("null");
  g_autofree char *body = g_strdup_printf ("{\"to\":\"%s\",\"reason\":%s}", to, quoted);

  return person_ask (world, person, "POST", path, TRUE, body);
}

static void
assert_becomes (World *world,
                Person *person,
                Key *key,
                const char *to,
                const char *reason,
                const char *state)
{
  g_autoptr (Answer) answer = set_state (world, person, key, to, reason);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (json_object_get_string_member (answer->json, "state"), ==, state);
}

static void
assert_refused (World *world,
                Person *person,
                Key *key,
                const char *to,
                const char *reason,
                const char *problem)
{
  g_autoptr (Answer) answer = set_state (world, person, key, to, reason);

  g_assert_cmpstr (answer_problem (answer), ==, problem);
}

static void
begin (World *world, Key *key, Person *person)
{
  g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);
  g_autoptr (Answer) receipt = NULL;

  key_take_offer (key, offer);
  key_attest (key);
  receipt = key_hand_in (world, key);
  g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_PENDING);
}

static void
test_lost_and_found (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);

  key_pair (world, key, person);
  assert_becomes (world, person, key, "lost", NULL, "restricted");
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
  /* Asked again, because the answer was lost: still so, and no line of history more. */
  assert_becomes (world, person, key, "lost", "", "restricted");
  assert_becomes (world, person, key, "found", NULL, "trusted");
  assert_becomes (world, person, key, "found", NULL, "trusted");
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM binding_history"), ==, 4);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
}

static void
test_revocation_is_final (World *world, gconstpointer data)
{
  static const char *const wishes[] = { "lost", "found", "retired", "cancelled" };
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);

  key_pair (world, key, person);
  assert_refused (world, person, key, "revoked", NULL, "malformed");
  assert_refused (world, person, key, "revoked", "bored", "malformed");
  assert_refused (world, person, key, "broken", NULL, "malformed");
  assert_refused (world, person, key, "lost", "stolen", "malformed");
  assert_refused (world, person, key, "cancelled", NULL, "state-forbids");
  assert_refused (world, person, key, "released", NULL, "state-forbids");
  assert_becomes (world, person, key, "revoked", "stolen", "revoked");
  assert_becomes (world, person, key, "revoked", "stolen", "revoked");
  for (gsize i = 0; i < G_N_ELEMENTS (wishes); i++)
    assert_refused (world, person, key, wishes[i], NULL, "state-forbids");
  /* The owner may bind it again: a new trust event. */
  key_pair (world, key, person);
}

static void
test_pending_ends (World *world, gconstpointer data)
{
  static const struct
  {
    const char *to;
    const char *reason;
    const char *state;
  } cases[] = {
    { "cancelled", NULL, "cancelled" },
    { "lost", NULL, "cancelled" },
    { "revoked", "lost", "revoked" },
  };
  g_autoptr (Person) person = person_new (world, "anna");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Key) key = key_new (world, KEY_GENUINE);
      g_autoptr (Answer) receipt = NULL;

      begin (world, key, person);
      assert_refused (world, person, key, "found", NULL, "state-forbids");
      assert_refused (world, person, key, "retired", NULL, "state-forbids");
      assert_becomes (world, person, key, cases[i].to, cases[i].reason, cases[i].state);
      assert_refused (world, person, key, "released", NULL, "state-forbids");
      receipt = key_hand_in (world, key);
      g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_GONE);
      g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_GONE);
    }
}

static Answer *
cancel (World *world, Person *person, Key *key)
{
  g_autofree char *hex = enigm_hex_encode (key->offer.binding, ENIGM_ID_SIZE);
  g_autofree char *path = g_strconcat ("/v1/offers/", hex, NULL);

  return person_ask (world, person, "DELETE", path, TRUE, NULL);
}

static void
assert_cancels (World *world, Person *person, Key *key)
{
  g_autoptr (Answer) answer = cancel (world, person, key);

  g_assert_cmpuint (answer->status, ==, 200);
}

/* Cancelling holds whether it arrives before the attestation or after, and is nobody else's to do.
 */
static void
test_cancel (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Person) other = person_new (world, "boris");

  for (int attested = 0; attested < 2; attested++)
    {
      g_autoptr (Key) key = key_new (world, KEY_GENUINE);
      g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);
      g_autoptr (Answer) receipt = NULL;

      key_take_offer (key, offer);
      key_attest (key);
      if (attested)
        answer_free (key_hand_in (world, key));
      assert_cancels (world, person, key);
      assert_cancels (world, person, key);
      receipt = key_hand_in (world, key);
      g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_GONE);
      key_pair (world, key, person);
    }
  {
    g_autoptr (Key) key = key_new (world, KEY_GENUINE);
    g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);
    g_autoptr (Answer) receipt = NULL;
    g_autoptr (Answer) late = NULL;

    key_take_offer (key, offer);
    key_attest (key);
    assert_cancels (world, other, key);
    receipt = key_hand_in (world, key);
    g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_PENDING);
    assert_cancels (world, other, key);
    g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
    late = cancel (world, person, key);
    g_assert_cmpstr (answer_problem (late), ==, "state-forbids");
  }
}

/* Loss, revocation and retirement end a pending binding of the same key at once. */
static void
test_pending_goes_with_the_old (World *world, gconstpointer data)
{
  static const char *const cases[][3] = {
    { "lost", NULL, "cancelled" },
    { "revoked", "stolen", "revoked" },
    { "retired", NULL, "cancelled" },
  };
  g_autoptr (Person) person = person_new (world, "anna");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Key) key = key_new (world, KEY_GENUINE);
      g_autoptr (Key) old = g_new0 (Key, 1);
      g_autoptr (EnigmBinding) pending = NULL;

      key_pair (world, key, person);
      old->offer = key->offer;
      begin (world, key, person);
      {
        g_autoptr (Answer) answer = set_state (world, person, old, cases[i][0], cases[i][1]);

        g_assert_cmpuint (answer->status, ==, 200);
      }
      pending = key_find (world, key);
      g_assert_cmpstr (enigm_binding_state_name (pending->state), ==, cases[i][2]);
      g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_GONE);
    }
}

/* Why nothing more comes of the one event, as its owner is told. */
static const char *
read_stopped (World *world, Person *person)
{
  g_autoptr (Answer) answer = person_ask (world, person, "GET", "/v1/events", FALSE, NULL);
  JsonObject *event =
    json_array_get_object_element (json_object_get_array_member (answer->json, "events"), 0);

  return json_object_get_null_member (event, "stopped")
           ? NULL
           : g_intern_string (json_object_get_string_member (event, "stopped"));
}

static void
test_revoked_with_an_open_event (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  EnigmKeyRequest alert, position;
  gint64 items;

  key_pair (world, key, person);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpstr (read_stopped (world, person), ==, NULL);
  /* Lost and found again: both are told, and why. */
  items = world_count (world, "SELECT count (*) FROM stream_items WHERE kind = 'event'");
  assert_becomes (world, person, key, "lost", NULL, "restricted");
  g_assert_cmpstr (read_stopped (world, person), ==, "lost");
  assert_becomes (world, person, key, "found", NULL, "trusted");
  g_assert_cmpstr (read_stopped (world, person), ==, NULL);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM stream_items WHERE kind = 'event'"),
                   ==, items + 2);
  items = world_count (world, "SELECT count (*) FROM stream_items WHERE kind = 'event'");
  assert_becomes (world, person, key, "revoked", "stolen", "revoked");

  g_assert_cmpstr (read_stopped (world, person), ==, "revoked");

  /* Told, but not ended; no position comes any more. */
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM stream_items WHERE kind = 'event'"),
                   >, items);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events WHERE ended IS NULL"), ==, 1);
  position = key_request (world, key, ENIGM_KEY_REQUEST_POSITION);
  memcpy (position.event, alert.event, sizeof position.event);
  g_assert_cmpint (key_send (world, key, &position).outcome, ==, ENIGM_KEY_OUTCOME_GONE);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM event_positions"), ==, 0);
}

static void
suspend (World *world, Key *key, gboolean suspended)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (world->state->store, &error);

  g_assert_no_error (error);
  enigm_ownership_suspend (world->state, key->offer.certificate_hash, suspended, &error);
  g_assert_no_error (error);
  enigm_store_commit (world->state->store, &error);
  g_assert_no_error (error);
}

static void
test_suspension_follows_the_hardware (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Key) again = g_new0 (Key, 1);
  g_autoptr (Answer) offer = NULL;

  key_pair (world, key, person);
  again->chain = g_ptr_array_ref (key->chain);
  again->certificate_key = enigm_p256_key_ref (key->certificate_key);
  begin (world, again, person);
  suspend (world, key, TRUE);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
  /* Nothing rebinds it, from wherever the pairing had got to. */
  g_assert_cmpint (key_say (world, again, ENIGM_KEY_REQUEST_PROOF), ==,
                   ENIGM_KEY_OUTCOME_FORBIDDEN);
  offer = key_ask_offer (world, again, person, NULL);
  g_assert_cmpstr (answer_problem (offer), ==, "key-suspended");

  /* The owner's own mark comes and goes beside it. */
  assert_becomes (world, person, key, "lost", NULL, "restricted");
  assert_becomes (world, person, key, "found", NULL, "restricted");
  assert_refused (world, person, key, "found", NULL, "state-forbids");

  /* Nor does anything release it. */
  assert_becomes (world, person, key, "revoked", "retired", "revoked");
  assert_refused (world, person, key, "released", NULL, "key-suspended");
  suspend (world, key, FALSE);
  assert_becomes (world, person, key, "released", NULL, "revoked");
}

/* A release has a line in the history, and once only. */
static void
test_release_is_history (World *world, gconstpointer data)
{
  static const char *const names[] = { "from", "to", "by", "reason" };
  static const char *const words[] = { "revoked", "released", "app", "released" };
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *path = NULL;
  g_autoptr (Answer) shown = NULL;
  JsonArray *history;
  JsonObject *last;

  key_pair (world, key, person);
  assert_becomes (world, person, key, "revoked", "lost", "revoked");
  assert_becomes (world, person, key, "released", NULL, "revoked");
  assert_becomes (world, person, key, "released", NULL, "revoked");
  path = key_path (key, "");
  shown = person_ask (world, person, "GET", path, FALSE, NULL);
  history = json_object_get_array_member (shown->json, "history");
  g_assert_cmpuint (json_array_get_length (history), ==, 4);
  last = json_array_get_object_element (history, 3);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpstr (json_object_get_string_member (last, names[i]), ==, words[i]);
  g_assert_cmpint (json_object_get_int_member (last, "time"), ==,
                   json_object_get_int_member (shown->json, "released"));
}

static void
test_only_the_owner (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *path = NULL;
  g_autofree char *state_path = NULL;
  g_autoptr (Answer) shown = NULL;
  g_autoptr (Answer) listed = NULL;
  g_autoptr (Answer) own = NULL;
  g_autoptr (Answer) unsigned_wish = NULL;

  key_pair (world, key, anna);
  path = key_path (key, "");
  shown = person_ask (world, ben, "GET", path, FALSE, NULL);
  g_assert_cmpstr (answer_problem (shown), ==, "unknown");
  assert_refused (world, ben, key, "revoked", "lost", "unknown");
  listed = person_ask (world, ben, "GET", "/v1/keys", FALSE, NULL);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (listed->json, "keys")), ==,
                    0);
  own = person_ask (world, anna, "GET", "/v1/keys", FALSE, NULL);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (own->json, "keys")), ==,
                    1);

  state_path = key_path (key, "/state");
  unsigned_wish =
    person_ask (world, anna, "POST", state_path, FALSE, "{\"to\":\"revoked\",\"reason\":\"lost\"}");
  g_assert_cmpuint (unsigned_wish->status, ==, 401);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
}

static Answer *
order (World *world, Person *person, Key *key, const char *purpose)
{
  g_autofree char *path = key_path (key, "/orders");
  g_autofree char *session = enigm_base64url_encode (key->session, sizeof key->session);
  g_autofree char *nonce = enigm_base64url_encode (key->nonce, sizeof key->nonce);
  g_autofree char *body = g_strdup_printf (
    "{\"purpose\":\"%s\",\"session\":\"%s\",\"nonce\":\"%s\"}", purpose, session, nonce);

  return person_ask (world, person, "POST", path, TRUE, body);
}

static void
test_orders (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) drill = NULL;
  g_autoptr (Answer) wipe = NULL;
  g_autoptr (Answer) wiped = NULL;
  g_autoptr (Answer) late = NULL;
  g_autoptr (Answer) nonsense = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) signature = NULL;
  g_autoptr (GError) error = NULL;
  EnigmOrder read;

  key_pair (world, key, person);
  drill = order (world, person, key, "drill");
  g_assert_cmpuint (drill->status, ==, 200);
  bytes = enigm_base64url_decode (json_object_get_string_member (drill->json, "order"), 1,
                                  ENIGM_ORDER_MAX_SIZE);
  signature =
    enigm_base64url_decode (json_object_get_string_member (drill->json, "signature"), 64, 64);
  enigm_order_verify (bytes, enigm_p256_key_get_point (world->state->identity),
                      g_bytes_get_data (signature, NULL), &error);
  g_assert_no_error (error);
  enigm_order_decode (bytes, &read, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read.purpose, ==, ENIGM_ORDER_DRILL);
  g_assert_cmpmem (read.binding, 16, key->offer.binding, 16);
  g_assert_cmpmem (read.computer, 16, person->computer, 16);
  g_assert_cmpmem (read.session_value, 32, key->session, 32);

  nonsense = order (world, person, key, "dance");
  g_assert_cmpstr (answer_problem (nonsense), ==, "malformed");
  /* A key that is counted on is not wiped. */
  wipe = order (world, person, key, "wipe");
  g_assert_cmpstr (answer_problem (wipe), ==, "state-forbids");
  assert_becomes (world, person, key, "retired", NULL, "retired");
  wiped = order (world, person, key, "wipe");
  g_assert_cmpuint (wiped->status, ==, 200);
  late = order (world, person, key, "drill");
  g_assert_cmpstr (answer_problem (late), ==, "state-forbids");
}

/* Who may use the channel is in every answer: those that joined, and no closed ones. */
static void
test_computers (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) joined = NULL;
  g_autoptr (GError) error = NULL;
  guint8 other[ENIGM_ID_SIZE] = { 7 };
  guint8 first[ENIGM_ID_SIZE];
  EnigmKeyRequest state;
  EnigmKeyAnswer answer;

  key_pair (world, key, person);
  memcpy (first, person->computer, sizeof first);
  enigm_store_run (
    world->state->store, &error,
    "INSERT INTO computers (id, account, name, public_key, since, last_seen, address) "
    "SELECT ?1, account, 'Two', public_key, since, last_seen, address FROM computers "
    "WHERE id = ?2",
    "kk", other, first);
  g_assert_no_error (error);
  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (world->state->store, &error);
    gboolean added;

    enigm_bindings_add_computer (world->state, key->offer.binding, other, &added, &error);
    g_assert_no_error (error);
    g_assert_true (added);
    enigm_store_commit (world->state->store, &error);
    g_assert_no_error (error);
  }
  state = key_request (world, key, ENIGM_KEY_REQUEST_STATE);
  answer = key_send (world, key, &state);
  g_assert_cmpuint (answer.n_computers, ==, 2);

  /* A new binding by the same owner keeps them. */
  key_pair (world, key, person);
  state = key_request (world, key, ENIGM_KEY_REQUEST_STATE);
  answer = key_send (world, key, &state);
  g_assert_cmpuint (answer.n_computers, ==, 2);

  world_run (world, "UPDATE computers SET closed = since WHERE name = 'Two'");
  state = key_request (world, key, ENIGM_KEY_REQUEST_STATE);
  answer = key_send (world, key, &state);
  g_assert_cmpuint (answer.n_computers, ==, 1);
  g_assert_cmpmem (answer.computers[0], 16, first, 16);

  joined = order (world, person, key, "join");
  g_assert_cmpuint (joined->status, ==, 200);
}

/* A disk that is full for the journal: nothing is answered that a restore would forget. */
static void
test_full_disk (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (EnigmBinding) binding = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;
  struct stat st;
  GLogLevelFlags fatal;
  guint64 count, after;

  key_pair (world, key, person);
  enigm_journal_read (world->state->config->journal, NULL, NULL, &count, &error);
  g_assert_no_error (error);

  /* The limit leaves room for part of a record. */
  g_assert_cmpint (stat (world->state->config->journal, &st), ==, 0);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  signal (SIGXFSZ, SIG_IGN);
  small = before;
  small.rlim_cur = (rlim_t) st.st_size + 10;
  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (world->state->store, &error);
    g_autoptr (EnigmBinding) lost = key_find (world, key);
    g_autoptr (GError) failed = NULL;

    g_assert_no_error (error);
    g_assert_true (enigm_bindings_change (world->state, lost, ENIGM_BINDING_RESTRICTED,
                                          ENIGM_BINDING_BY_APP, ENIGM_REASON_LOST, &error));
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
    g_assert_false (enigm_store_commit (world->state->store, &failed));
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
    g_assert_error (failed, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
    g_assert_nonnull (strstr (failed->message, "journal"));
  }
  g_log_set_always_fatal (fatal);

  binding = key_find (world, key);
  g_assert_cmpint (binding->state, ==, ENIGM_BINDING_TRUSTED);
  enigm_journal_read (world->state->config->journal, NULL, NULL, &after, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (after, ==, count);

  /* Room again: it works at once. */
  assert_becomes (world, person, key, "lost", NULL, "restricted");
  enigm_journal_read (world->state->config->journal, NULL, NULL, &after, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (after, ==, count + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, World, NULL, world_set_up, func, world_tear_down)
  ADD ("/keys/lost-and-found", test_lost_and_found);
  ADD ("/keys/revocation-is-final", test_revocation_is_final);
  ADD ("/keys/pending-ends", test_pending_ends);
  ADD ("/keys/cancel", test_cancel);
  ADD ("/keys/pending-goes-with-the-old", test_pending_goes_with_the_old);
  ADD ("/keys/revoked-with-an-open-event", test_revoked_with_an_open_event);
  ADD ("/keys/suspension-follows-the-hardware", test_suspension_follows_the_hardware);
  ADD ("/keys/release-is-history", test_release_is_history);
  ADD ("/keys/only-the-owner", test_only_the_owner);
  ADD ("/keys/orders", test_orders);
  ADD ("/keys/computers", test_computers);
  ADD ("/keys/full-disk", test_full_disk);
  return g_test_run ();
}
