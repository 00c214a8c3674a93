/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-platform-fixture.h"

#include "enigm-problem.h"
#include "enigm-retention.h"

#define add(name, func)                                                                            \
  g_test_add ("/platform/events/" name, EnigmPlatformFixture, NULL, enigm_platform_fixture_set_up, \
              func, enigm_platform_fixture_tear_down)

static const guint8 binding[ENIGM_ID_SIZE] = "a binding's name";
static const guint8 event[ENIGM_ID_SIZE] = "an event's name.";
static const EnigmEventPosition berlin = { 52520008, 13404954, 12, 1790000000 };

#define EVENT_PATH "/v1/events/616e206576656e742773206e616d652e"

/* Somebody who is told, and somebody who asks for it. */
typedef struct
{
  EnigmPerson *ada;
  EnigmPerson *bob;
} Pair;

static void
pair_clear (Pair *pair)
{
  g_clear_pointer (&pair->ada, enigm_person_free);
  g_clear_pointer (&pair->bob, enigm_person_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static void
make_pair (EnigmPlatformFixture *fixture, Pair *pair)
{
  pair->ada = enigm_platform_fixture_add_person (fixture, "ada");
  pair->bob = enigm_platform_fixture_add_person (fixture, "bob");
  enigm_platform_fixture_befriend (fixture, pair->ada, pair->bob);
}

/* What the code behind a key's signed request does. */
static void
raise_event (EnigmPlatformFixture *fixture, EnigmPerson *owner, EnigmEventKind kind)
{
  EnigmStore *store = fixture->state->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (store, &error);

  g_assert_no_error (error);
  g_assert_true (enigm_events_raise (fixture->state, owner->account, binding, event, kind,
                                     fixture->now - 3, &berlin, &error));
  g_assert_true (enigm_store_commit (store, &error));
}

static void
end_by_key (EnigmPlatformFixture *fixture)
{
  EnigmStore *store = fixture->state->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (store, &error);

  g_assert_true (enigm_events_end (fixture->state, binding, event, ENIGM_EVENT_ENDED_BY_KEY,
                                   fixture->now, &error));
  g_assert_true (enigm_store_commit (store, &error));
}

static EnigmAnswer *
get (EnigmPlatformFixture *fixture, EnigmPerson *person, const gchar *path)
{
  return enigm_platform_fixture_call (fixture, person, "GET", path, NULL);
}

static void
test_alert (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autoptr (EnigmPerson) eve = enigm_platform_fixture_add_person (fixture, "eve");
  g_autoptr (EnigmAnswer) owner = NULL;
  g_autoptr (EnigmAnswer) contact = NULL;
  g_autoptr (EnigmAnswer) stranger = NULL;
  g_autoptr (EnigmAnswer) nothing = NULL;

  make_pair (fixture, &pair);
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  /* One event ID makes one event. */
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);

  owner = get (fixture, pair.ada, EVENT_PATH);
  enigm_assert_answer (owner, 200);
  g_assert_cmpstr (enigm_answer_string (owner, "role"), ==, "owner");
  g_assert_cmpint (enigm_answer_int (owner, "pressed"), ==, fixture->now - 3);
  g_assert_cmpstr (enigm_answer_string (owner, "contacts.0.contact_id"), ==, pair.bob->contact_id);
  g_assert_cmpint (enigm_answer_int (owner, "contacts.0.accepted"), ==, fixture->now);
  g_assert_cmpint (enigm_answer_int (owner, "contacts.0.seen"), ==, 0);

  contact = get (fixture, pair.bob, "/v1/events");
  enigm_assert_answer (contact, 200);
  g_assert_cmpuint (
    json_array_get_length (json_object_get_array_member (enigm_answer_object (contact), "events")),
    ==, 1);
  g_assert_cmpstr (enigm_answer_string (contact, "events.0.from"), ==, pair.ada->contact_id);
  g_assert_cmpstr (enigm_answer_string (contact, "events.0.kind"), ==, "alert");
  g_assert_cmpfloat_with_epsilon (
    json_object_get_double_member (
      json_object_get_object_member (
        json_array_get_object_element (
          json_object_get_array_member (enigm_answer_object (contact), "events"), 0),
        "position"),
      "latitude"),
    52.520008, 1e-9);

  stranger = get (fixture, eve, EVENT_PATH);
  enigm_assert_problem (stranger, 404, "unknown");
  nothing = get (fixture, eve, "/v1/events/x");
  enigm_assert_problem (nothing, 404, "unknown");
}

/* An ID of somebody else's event makes none, and changes nothing. */
static void
test_foreign_id (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmAnswer) owner = NULL;

  make_pair (fixture, &pair);
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (fixture->state->store, &error);

    g_assert_false (enigm_events_raise (fixture->state, pair.bob->account,
                                        (const guint8 *) "another binding.", event,
                                        ENIGM_EVENT_ALERT, fixture->now, NULL, &error));
    g_assert_error (error, ENIGM_PROBLEM, ENIGM_PROBLEM_STATE_FORBIDS);
  }
  owner = get (fixture, pair.ada, EVENT_PATH);
  g_assert_cmpstr (enigm_answer_string (owner, "role"), ==, "owner");
}

static void
test_stages (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  gint64 notified;
  g_autoptr (EnigmAnswer) first = NULL;
  g_autoptr (EnigmAnswer) second = NULL;
  g_autoptr (EnigmAnswer) owner = NULL;
  g_autoptr (EnigmAnswer) own = NULL;
  g_autoptr (EnigmAnswer) bad = NULL;

  make_pair (fixture, &pair);
  raise_event (fixture, pair.ada, ENIGM_EVENT_DRILL);
  notified = ++fixture->now;
  first = enigm_platform_fixture_call (fixture, pair.bob, "POST", EVENT_PATH "/stage",
                                       "{\"stage\":\"notified\"}");
  enigm_assert_answer (first, 200);
  fixture->now += 5;
  second = enigm_platform_fixture_call (fixture, pair.bob, "POST", EVENT_PATH "/stage",
                                        "{\"stage\":\"seen\"}");
  enigm_assert_answer (second, 200);
  g_assert_cmpint (enigm_answer_int (second, "stages.seen"), ==, fixture->now);
  owner = get (fixture, pair.ada, EVENT_PATH);
  g_assert_cmpstr (enigm_answer_string (owner, "kind"), ==, "drill");
  g_assert_cmpint (enigm_answer_int (owner, "contacts.0.notified"), ==, notified);
  g_assert_cmpint (enigm_answer_int (owner, "contacts.0.seen"), ==, fixture->now);

  own = enigm_platform_fixture_call (fixture, pair.ada, "POST", EVENT_PATH "/stage",
                                     "{\"stage\":\"seen\"}");
  enigm_assert_problem (own, 403, "forbidden");
  bad = enigm_platform_fixture_call (fixture, pair.bob, "POST", EVENT_PATH "/stage",
                                     "{\"stage\":\"read\"}");
  enigm_assert_problem (bad, 400, "malformed");
}

/* Contacts see a position only while the event is active; its owner also afterwards. */
static void
test_end (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autoptr (EnigmAnswer) active = NULL;
  g_autoptr (EnigmAnswer) ended = NULL;
  g_autoptr (EnigmAnswer) owner = NULL;
  g_autoptr (EnigmAnswer) again = NULL;
  g_autoptr (GError) error = NULL;

  make_pair (fixture, &pair);
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  active = get (fixture, pair.bob, EVENT_PATH);
  g_assert_false (json_object_get_null_member (enigm_answer_object (active), "position"));
  g_assert_cmpint (enigm_events_count_open (fixture->state, binding, &error), ==, 1);
  end_by_key (fixture);
  g_assert_cmpint (enigm_events_count_open (fixture->state, binding, &error), ==, 0);
  ended = get (fixture, pair.bob, EVENT_PATH);
  g_assert_true (json_object_get_null_member (enigm_answer_object (ended), "position"));
  g_assert_cmpstr (enigm_answer_string (ended, "ended.by"), ==, "key");
  owner = get (fixture, pair.ada, EVENT_PATH);
  g_assert_false (json_object_get_null_member (enigm_answer_object (owner), "position"));

  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (fixture->state->store, &error);

    g_assert_false (enigm_events_add_position (fixture->state, binding, event, &berlin, &error));
    g_assert_error (error, ENIGM_PROBLEM, ENIGM_PROBLEM_UNKNOWN);
  }
  again =
    enigm_platform_fixture_call_signed (fixture, pair.ada, "POST", EVENT_PATH "/end", NULL, NULL);
  enigm_assert_problem (again, 409, "state-forbids");
}

static void
test_owner (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autoptr (EnigmAnswer) foreign = NULL;
  g_autoptr (EnigmAnswer) early = NULL;
  g_autoptr (EnigmAnswer) unsigned_one = NULL;
  g_autoptr (EnigmAnswer) ended = NULL;
  g_autoptr (EnigmAnswer) deleted = NULL;
  g_autoptr (EnigmAnswer) gone = NULL;
  g_autoptr (EnigmAnswer) gone_too = NULL;

  make_pair (fixture, &pair);
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  foreign =
    enigm_platform_fixture_call_signed (fixture, pair.bob, "POST", EVENT_PATH "/end", "{}", NULL);
  enigm_assert_problem (foreign, 403, "forbidden");
  unsigned_one = enigm_platform_fixture_call (fixture, pair.ada, "POST", EVENT_PATH "/end", "{}");
  enigm_assert_problem (unsigned_one, 401, "signature-wrong");
  early = enigm_platform_fixture_call_signed (fixture, pair.ada, "DELETE", EVENT_PATH, NULL, NULL);
  enigm_assert_problem (early, 409, "state-forbids");
  ended =
    enigm_platform_fixture_call_signed (fixture, pair.ada, "POST", EVENT_PATH "/end", "{}", NULL);
  enigm_assert_answer (ended, 200);
  g_assert_cmpstr (enigm_answer_string (ended, "ended.by"), ==, "app");
  deleted =
    enigm_platform_fixture_call_signed (fixture, pair.ada, "DELETE", EVENT_PATH, NULL, NULL);
  enigm_assert_answer (deleted, 200);
  gone = get (fixture, pair.ada, EVENT_PATH);
  enigm_assert_problem (gone, 404, "unknown");
  gone_too = get (fixture, pair.bob, EVENT_PATH);
  enigm_assert_problem (gone_too, 404, "unknown");
}

/* From the moment they are removed they see nothing, not even what they saw before. */
static void
test_removed_contact (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autoptr (EnigmAnswer) before = NULL;
  g_autoptr (EnigmAnswer) after = NULL;
  g_autoptr (EnigmAnswer) list = NULL;
  g_autoptr (EnigmAnswer) stage = NULL;
  g_autoptr (EnigmAnswer) back = NULL;

  make_pair (fixture, &pair);
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  before = get (fixture, pair.bob, EVENT_PATH);
  enigm_assert_answer (before, 200);
  enigm_platform_fixture_set_contact (fixture, pair.ada, NULL);
  after = get (fixture, pair.bob, EVENT_PATH);
  enigm_assert_problem (after, 404, "unknown");
  list = get (fixture, pair.bob, "/v1/events");
  g_assert_cmpuint (
    json_array_get_length (json_object_get_array_member (enigm_answer_object (list), "events")), ==,
    0);
  stage = enigm_platform_fixture_call (fixture, pair.bob, "POST", EVENT_PATH "/stage",
                                       "{\"stage\":\"seen\"}");
  enigm_assert_problem (stage, 404, "unknown");
  /* Listed anew they are invited, and what was before stays out of sight. */
  enigm_platform_fixture_set_contact (fixture, pair.ada, pair.bob->contact_id);
  back = get (fixture, pair.bob, EVENT_PATH);
  enigm_assert_problem (back, 404, "unknown");
}

static void
answer_invitation (EnigmPlatformFixture *fixture, EnigmPerson *person, const gchar *answer)
{
  g_autoptr (EnigmAnswer) list = get (fixture, person, "/v1/invitations");
  g_autofree gchar *path =
    g_strconcat ("/v1/invitations/", enigm_answer_string (list, "invitations.0.id"), NULL);
  g_autofree gchar *body = g_strdup_printf ("{\"answer\":\"%s\"}", answer);
  g_autoptr (EnigmAnswer) answered =
    enigm_platform_fixture_call_signed (fixture, person, "POST", path, body, NULL);

  enigm_assert_answer (answered, 200);
}

static void
assert_sees_nothing (EnigmPlatformFixture *fixture, EnigmPerson *person)
{
  g_autoptr (EnigmAnswer) one = get (fixture, person, EVENT_PATH);
  g_autoptr (EnigmAnswer) list = get (fixture, person, "/v1/events");
  g_autoptr (EnigmAnswer) stage = enigm_platform_fixture_call (
    fixture, person, "POST", EVENT_PATH "/stage", "{\"stage\":\"seen\"}");

  enigm_assert_problem (one, 404, "unknown");
  enigm_assert_problem (stage, 404, "unknown");
  g_assert_cmpuint (
    json_array_get_length (json_object_get_array_member (enigm_answer_object (list), "events")), ==,
    0);
}

/* Who leaves while an event is under way sees nothing of it any more. */
static void
test_left (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autoptr (EnigmAnswer) before = NULL;

  make_pair (fixture, &pair);
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  before = get (fixture, pair.bob, EVENT_PATH);
  enigm_assert_answer (before, 200);
  answer_invitation (fixture, pair.bob, "leave");
  assert_sees_nothing (fixture, pair.bob);
}

/* Who accepts once it is raised was not told, and is not shown it. */
static void
test_accepted_late (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };

  pair.ada = enigm_platform_fixture_add_person (fixture, "ada");
  pair.bob = enigm_platform_fixture_add_person (fixture, "bob");
  enigm_platform_fixture_set_contact (fixture, pair.ada, pair.bob->contact_id);
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  assert_sees_nothing (fixture, pair.bob);
  answer_invitation (fixture, pair.bob, "accept");
  assert_sees_nothing (fixture, pair.bob);
}

#define N_EVENTS 450
#define N_LONG 25
#define N_POSITIONS 600

/* Many events that went on for long, as the code behind a key's requests makes them. */
static void
raise_many (EnigmPlatformFixture *fixture, EnigmPerson *owner)
{
  EnigmStore *store = fixture->state->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (store, &error);

  for (guint32 i = 0; i < N_EVENTS; i++)
    {
      guint8 id[ENIGM_ID_SIZE] = "many of them";

      memcpy (id + 12, &i, sizeof i);
      g_assert_true (enigm_events_raise (fixture->state, owner->account, binding, id,
                                         ENIGM_EVENT_ALERT, fixture->now, &berlin, &error));
      for (guint j = 1; i < N_LONG && j < N_POSITIONS; j++)
        g_assert_true (enigm_events_add_position (fixture->state, binding, id, &berlin, &error));
    }
  g_assert_true (enigm_store_commit (store, &error));
  g_assert_no_error (error);
}

/* However many there are and however long they went on, an answer stays short, and all are found.
 */
static void
test_many_long (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autoptr (EnigmPerson) eve = enigm_platform_fixture_add_person (fixture, "eve");
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree gchar *path = g_strdup ("/v1/events");
  g_autofree gchar *last = NULL;
  g_autofree gchar *last_path = NULL;
  g_autoptr (EnigmAnswer) whole = NULL;
  g_autoptr (EnigmAnswer) stranger = NULL;
  guint n_pages = 0;
  gboolean more = TRUE;

  make_pair (fixture, &pair);
  raise_many (fixture, pair.ada);
  while (more)
    {
      g_autoptr (EnigmAnswer) page = get (fixture, pair.ada, path);
      g_autoptr (JsonNode) node =
        json_node_init_object (json_node_alloc (), enigm_answer_object (page));
      g_autofree gchar *text = json_to_string (node, FALSE);
      JsonArray *events = json_object_get_array_member (enigm_answer_object (page), "events");

      enigm_assert_answer (page, 200);
      g_assert_cmpuint (strlen (text), <, 512 * 1024);
      for (guint i = 0; i < json_array_get_length (events); i++)
        {
          JsonObject *one = json_array_get_object_element (events, i);

          g_assert_false (json_object_has_member (one, "positions"));
          g_assert_false (json_object_get_null_member (one, "position"));
          g_free (last);
          last = g_strdup (json_object_get_string_member (one, "id"));
          g_assert_true (g_hash_table_add (seen, g_strdup (last)));
        }
      more = json_object_get_boolean_member (enigm_answer_object (page), "more");
      n_pages++;
      g_free (path);
      path = g_strconcat ("/v1/events/before/", last, NULL);
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, N_EVENTS);
  g_assert_cmpuint (n_pages, ==, 3);

  /* The last one is the first that was raised: a long one. */
  last_path = g_strconcat ("/v1/events/", last, NULL);
  whole = get (fixture, pair.ada, last_path);
  g_assert_cmpuint (
    json_array_get_length (json_object_get_array_member (enigm_answer_object (whole), "positions")),
    ==, 500);
  stranger = get (fixture, eve, path);
  enigm_assert_problem (stranger, 404, "unknown");
}

static const char *const leaves[] = { "", "-wal", "-shm", "-journal" };

/* Whether bytes stand anywhere in the database or what SQLite keeps beside it. */
static gboolean
is_on_disk (EnigmPlatformFixture *fixture, gconstpointer bytes, gsize size)
{
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (leaves); i++)
    {
      g_autofree gchar *path = g_strconcat (fixture->state->config->database, leaves[i], NULL);
      g_autofree gchar *data = NULL;
      gsize len;

      if (g_file_get_contents (path, &data, &len, NULL))
        found |= memmem (data, len, bytes, size) != NULL;
    }
  return found;
}

/* How SQLite writes a latitude, a longitude and an accuracy one after the other. */
static const guint8 where[] = { 0x03, 0x21, 0x64, 0x48, 0x00, 0xcc, 0x8b, 0x1a, 12 };

static void
assert_on_disk (EnigmPlatformFixture *fixture, gboolean expected)
{
  g_assert_cmpint (is_on_disk (fixture, event, sizeof event), ==, expected);
  g_assert_cmpint (is_on_disk (fixture, where, sizeof where), ==, expected);
}

/* After 30 days, or when its owner wants it, no byte of an event is left on the disk. */
static void
test_no_byte_left (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autoptr (EnigmAnswer) deleted = NULL;
  g_autoptr (EnigmAnswer) list = NULL;
  g_autoptr (GError) error = NULL;

  make_pair (fixture, &pair);
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  end_by_key (fixture);
  assert_on_disk (fixture, TRUE);
  deleted =
    enigm_platform_fixture_call_signed (fixture, pair.ada, "DELETE", EVENT_PATH, NULL, NULL);
  enigm_assert_answer (deleted, 200);
  assert_on_disk (fixture, FALSE);
  list = get (fixture, pair.bob, "/v1/events");
  g_assert_cmpuint (
    json_array_get_length (json_object_get_array_member (enigm_answer_object (list), "events")), ==,
    0);

  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  end_by_key (fixture);
  assert_on_disk (fixture, TRUE);
  fixture->now += 30 * 24 * 60 * 60 - 1;
  g_assert_true (enigm_events_delete_over (fixture->state, &error));
  assert_on_disk (fixture, TRUE);
  fixture->now += 1;
  g_assert_true (enigm_events_delete_over (fixture->state, &error));
  g_assert_true (enigm_store_settle (fixture->state->store, &error));
  g_assert_no_error (error);
  assert_on_disk (fixture, FALSE);
}

static gint64
count_events (EnigmPlatformFixture *fixture)
{
  g_autoptr (EnigmStatement) row =
    enigm_store_prepare (fixture->state->store, "SELECT count (*) FROM events", NULL);

  g_assert_cmpint (enigm_statement_step (row, NULL), ==, ENIGM_STEP_ROW);
  return enigm_statement_get_int64 (row, 0);
}

/* It goes when its time is over, and not with the next day. */
static void
test_to_the_second (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autoptr (GError) error = NULL;
  EnigmRetention *retention;

  make_pair (fixture, &pair);
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  end_by_key (fixture);
  enigm_store_run (fixture->state->store, &error, "UPDATE events SET delete_on = ?1", "i",
                   fixture->now + 1);
  g_assert_no_error (error);
  retention = enigm_retention_new (fixture->state);
  g_assert_cmpint (count_events (fixture), ==, 1);
  assert_on_disk (fixture, TRUE);
  fixture->now++;
  while (count_events (fixture) > 0)
    g_main_context_iteration (NULL, TRUE);
  assert_on_disk (fixture, FALSE);
  enigm_retention_free (retention);
}

/* Somebody reads the database meanwhile, as `enigm-platform audit` does: the event is deleted, and
 * off the disk once they are done. */
static void
test_read_meanwhile (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autoptr (EnigmStore) reader = NULL;
  g_autoptr (EnigmStatement) row = NULL;
  g_autoptr (EnigmAnswer) deleted = NULL;
  g_autoptr (GError) error = NULL;
  EnigmRetention *retention;
  GLogLevelFlags fatal;

  make_pair (fixture, &pair);
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  end_by_key (fixture);
  reader = enigm_store_open (fixture->state->config->database, &error);
  g_assert_no_error (error);
  row = enigm_store_prepare (reader, "SELECT id FROM accounts", &error);
  g_assert_cmpint (enigm_statement_step (row, &error), ==, ENIGM_STEP_ROW);
  g_assert_false (enigm_store_settle (fixture->state->store, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
  g_clear_error (&error);

  /* It warns, which would end a test. */
  fatal = g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL);
  deleted =
    enigm_platform_fixture_call_signed (fixture, pair.ada, "DELETE", EVENT_PATH, NULL, NULL);
  g_log_set_always_fatal (fatal);
  enigm_assert_answer (deleted, 200);
  g_assert_cmpint (count_events (fixture), ==, 0);
  assert_on_disk (fixture, TRUE);
  g_clear_pointer (&row, enigm_statement_free);
  retention = enigm_retention_new (fixture->state);
  assert_on_disk (fixture, FALSE);
  enigm_retention_free (retention);
}

/* Asking again under the same ID makes no alert of a drill, and no drill of an alert. */
static void
test_kind_stays (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };

  make_pair (fixture, &pair);
  for (guint i = 0; i < 2; i++)
    {
      const EnigmEventKind kind = i == 0 ? ENIGM_EVENT_DRILL : ENIGM_EVENT_ALERT;
      const EnigmEventKind other = i == 0 ? ENIGM_EVENT_ALERT : ENIGM_EVENT_DRILL;
      g_autoptr (EnigmAnswer) answer = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (EnigmTransaction) transaction = NULL;

      raise_event (fixture, pair.ada, kind);
      transaction = enigm_store_begin (fixture->state->store, &error);
      g_assert_false (enigm_events_raise (fixture->state, pair.ada->account, binding, event, other,
                                          fixture->now, NULL, &error));
      g_assert_error (error, ENIGM_PROBLEM, ENIGM_PROBLEM_STATE_FORBIDS);
      g_clear_pointer (&transaction, enigm_store_rollback);
      answer = get (fixture, pair.bob, EVENT_PATH);
      g_assert_cmpstr (enigm_answer_string (answer, "kind"), ==, i == 0 ? "drill" : "alert");
      transaction = enigm_store_begin (fixture->state->store, NULL);
      g_assert_true (enigm_events_forget (fixture->state, event, NULL));
      g_assert_true (enigm_store_commit (fixture->state->store, NULL));
    }
}

/* What one contact says is told to the owner; the others hear nothing of it. */
static void
test_stage_is_private (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autoptr (EnigmPerson) cleo = enigm_platform_fixture_add_person (fixture, "cleo");
  g_autoptr (EnigmAnswer) stage = NULL;
  g_autoptr (EnigmStatement) items = NULL;
  g_autoptr (EnigmAnswer) before = NULL;
  g_autoptr (EnigmAnswer) put = NULL;
  g_autofree gchar *both = NULL;

  make_pair (fixture, &pair);
  enigm_platform_fixture_befriend (fixture, pair.ada, cleo);
  before = get (fixture, pair.ada, "/v1/contacts");
  both = g_strdup_printf ("{\"contacts\":[\"%s\",\"%s\"]}", pair.bob->contact_id, cleo->contact_id);
  put = enigm_platform_fixture_call_signed (fixture, pair.ada, "PUT", "/v1/contacts", both,
                                            before->etag);
  enigm_assert_answer (put, 200);
  answer_invitation (fixture, pair.bob, "accept");
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  stage = enigm_platform_fixture_call (fixture, cleo, "POST", EVENT_PATH "/stage",
                                       "{\"stage\":\"seen\"}");
  enigm_assert_answer (stage, 200);
  items = enigm_store_select (fixture->state->store, NULL,
                              "SELECT (SELECT count (*) FROM stream_items WHERE event = ?1),"
                              " (SELECT count (*) FROM stream_items WHERE event = ?1"
                              "  AND account = ?2)",
                              "kk", event, pair.bob->account);
  g_assert_cmpint (enigm_statement_step (items, NULL), ==, ENIGM_STEP_ROW);
  /* The raise for all who know of it, and the stage for two of them. */
  g_assert_cmpint (enigm_statement_get_int64 (items, 0), ==, 5);
  g_assert_cmpint (enigm_statement_get_int64 (items, 1), ==, 1);
}

static void
test_retention (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmStatement) positions = NULL;
  const gint64 days = 30 * 24 * 60 * 60;

  make_pair (fixture, &pair);
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  end_by_key (fixture);
  fixture->now += days - 1;
  g_assert_true (enigm_events_delete_over (fixture->state, &error));
  positions = enigm_store_select (fixture->state->store, &error,
                                  "SELECT (SELECT count (*) FROM events),"
                                  " (SELECT count (*) FROM event_positions)",
                                  "");
  g_assert_cmpint (enigm_statement_step (positions, &error), ==, ENIGM_STEP_ROW);
  g_assert_cmpint (enigm_statement_get_int64 (positions, 0), ==, 1);
  g_clear_pointer (&positions, enigm_statement_free);
  fixture->now += 1;
  g_assert_true (enigm_events_delete_over (fixture->state, &error));
  positions = enigm_store_select (fixture->state->store, &error,
                                  "SELECT (SELECT count (*) FROM events),"
                                  " (SELECT count (*) FROM event_positions)",
                                  "");
  g_assert_cmpint (enigm_statement_step (positions, &error), ==, ENIGM_STEP_ROW);
  g_assert_cmpint (enigm_statement_get_int64 (positions, 0), ==, 0);
  g_assert_cmpint (enigm_statement_get_int64 (positions, 1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("alert", test_alert);
  add ("foreign-id", test_foreign_id);
  add ("stages", test_stages);
  add ("end", test_end);
  add ("owner", test_owner);
  add ("removed-contact", test_removed_contact);
  add ("left", test_left);
  add ("accepted-late", test_accepted_late);
  add ("many-long", test_many_long);
  add ("retention", test_retention);
  add ("no-byte-left", test_no_byte_left);
  add ("to-the-second", test_to_the_second);
  add ("read-meanwhile", test_read_meanwhile);
  add ("kind-stays", test_kind_stays);
  add ("stage-is-private", test_stage_is_private);
  return g_test_run ();
}
