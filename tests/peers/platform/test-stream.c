/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-platform-fixture.h"

#define add(name, func)                                                                            \
  g_test_add ("/platform/stream/" name, EnigmPlatformFixture, NULL, enigm_platform_fixture_set_up, \
              func, enigm_platform_fixture_tear_down)

static const guint8 binding[ENIGM_ID_SIZE] = "a binding's name";
static const guint8 event[ENIGM_ID_SIZE] = "an event's name.";
static const EnigmEventPosition berlin = { 52520008, 13404954, 12, 1790000000 };

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

/* Reads a stream, line by line. */
typedef struct
{
  GDataInputStream *lines;
  GAsyncResult *result;
  gchar *id;
  gchar *data;
} Reader;

static void
reader_clear (Reader *reader)
{
  g_clear_object (&reader->lines);
  g_clear_pointer (&reader->id, g_free);
  g_clear_pointer (&reader->data, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **out = user_data;

  *out = g_object_ref (result);
}

static void
reader_open (EnigmPlatformFixture *fixture,
             Reader *reader,
             EnigmPerson *person,
             const gchar *last_id)
{
  g_autoptr (SoupMessage) message =
    enigm_platform_fixture_message (fixture, "GET", "/v1/stream", NULL);
  g_autofree gchar *authorization = g_strconcat ("Bearer ", person->token, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                               authorization);
  if (last_id != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), "Last-Event-ID",
                                 last_id);
  soup_session_send_async (fixture->session, message, G_PRIORITY_DEFAULT, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  stream = soup_session_send_finish (fixture->session, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  g_assert_cmpstr (
    soup_message_headers_get_one (soup_message_get_response_headers (message), "Content-Type"), ==,
    "text/event-stream");
  reader->lines = g_data_input_stream_new (stream);
}

static gchar *
read_line (Reader *reader)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gchar *line;

  g_data_input_stream_read_line_async (reader->lines, G_PRIORITY_DEFAULT, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  line = g_data_input_stream_read_line_finish (reader->lines, result, NULL, &error);
  g_assert_no_error (error);
  return line;
}

/* Reads one item; returns its kind, "" for one without, or NULL at the end. */
static gchar *
reader_next (Reader *reader)
{
  g_autofree gchar *kind = g_strdup ("");

  g_clear_pointer (&reader->data, g_free);
  while (TRUE)
    {
      g_autofree gchar *line = read_line (reader);

      if (line == NULL)
        return NULL;
      if (*line == '\0')
        return g_steal_pointer (&kind);
      if (g_str_has_prefix (line, "id: "))
        {
          g_free (reader->id);
          reader->id = g_strdup (line + strlen ("id: "));
        }
      else if (g_str_has_prefix (line, "event: "))
        {
          g_free (kind);
          kind = g_strdup (line + strlen ("event: "));
        }
      else if (g_str_has_prefix (line, "data: "))
        reader->data = g_strdup (line + strlen ("data: "));
      else
        g_assert_cmpint (line[0], ==, ':');
    }
}

static void
assert_next (Reader *reader, const gchar *expected)
{
  g_autofree gchar *kind = reader_next (reader);

  g_assert_cmpstr (kind, ==, expected);
}

static void
test_stream (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Reader) contact = { 0 };
  g_auto (Reader) owner = { 0 };

  make_pair (fixture, &pair);
  reader_open (fixture, &contact, pair.bob, NULL);
  assert_next (&contact, "");
  g_assert_nonnull (contact.id);
  reader_open (fixture, &owner, pair.ada, NULL);
  assert_next (&owner, "");

  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  assert_next (&contact, "event");
  g_assert_nonnull (strstr (contact.data, "\"state\":\"active\""));
  g_assert_nonnull (strstr (contact.data, "\"role\":\"contact\""));
  g_assert_nonnull (strstr (contact.data, "52.52"));
  assert_next (&owner, "event");
  g_assert_nonnull (strstr (owner.data, "\"role\":\"owner\""));

  end_by_key (fixture);
  assert_next (&contact, "event");
  g_assert_nonnull (strstr (contact.data, "\"state\":\"ended\""));
  g_assert_null (strstr (contact.data, "52.52"));

  /* Who is no contact any more is told to ask again, and gets nothing. */
  enigm_platform_fixture_set_contact (fixture, pair.ada, NULL);
  assert_next (&contact, "event");
  g_assert_cmpstr (contact.data, ==, "{}");
  assert_next (&contact, "invitations");
}

/* A reader that was away gets what it missed, once, also over a restart of the platform. */
static void
test_stream_resume (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_autofree gchar *id = NULL;

  make_pair (fixture, &pair);
  {
    g_auto (Reader) reader = { 0 };

    reader_open (fixture, &reader, pair.bob, NULL);
    assert_next (&reader, "");
    id = g_strdup (reader.id);
  }
  raise_event (fixture, pair.ada, ENIGM_EVENT_ALERT);
  end_by_key (fixture);
  enigm_platform_fixture_restart (fixture);
  {
    g_auto (Reader) reader = { 0 };

    reader_open (fixture, &reader, pair.bob, id);
    assert_next (&reader, "event");
    g_assert_nonnull (strstr (reader.data, "\"state\":\"ended\""));
    g_free (id);
    id = g_strdup (reader.id);
  }
  /* What was read is not told again: the next thing is what comes next. */
  {
    g_auto (Reader) reader = { 0 };

    reader_open (fixture, &reader, pair.bob, id);
    enigm_platform_fixture_set_contact (fixture, pair.ada, NULL);
    assert_next (&reader, "event");
    g_assert_cmpstr (reader.data, ==, "{}");
  }
  /* An id that says nothing: everything is to be asked for again. */
  {
    g_auto (Reader) reader = { 0 };

    reader_open (fixture, &reader, pair.bob, "00000000-7");
    assert_next (&reader, "");
    assert_next (&reader, "event");
    assert_next (&reader, "keys");
    assert_next (&reader, "contacts");
    assert_next (&reader, "invitations");
  }
}

/* Closing a computer ends its stream at once. */
static void
test_stream_closed (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_auto (Reader) reader = { 0 };
  g_autoptr (EnigmAnswer) out = NULL;

  reader_open (fixture, &reader, ada, NULL);
  assert_next (&reader, "");
  out = enigm_platform_fixture_call_signed (fixture, ada, "DELETE", "/v1/session", NULL, NULL);
  enigm_assert_answer (out, 200);
  assert_next (&reader, "session");
  assert_next (&reader, NULL);
}

/* The fifth stream of one computer ends its first. */
static void
test_stream_limit (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  Reader readers[5] = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    {
      reader_open (fixture, &readers[i], ada, NULL);
      assert_next (&readers[i], "");
    }
  assert_next (&readers[0], "session");
  assert_next (&readers[0], NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    reader_clear (&readers[i]);
}

/* What is rolled back is told to nobody. */
static void
test_rolled_back (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_auto (Pair) pair = { 0 };
  g_auto (Reader) reader = { 0 };
  g_autoptr (GError) error = NULL;

  make_pair (fixture, &pair);
  reader_open (fixture, &reader, pair.bob, NULL);
  assert_next (&reader, "");
  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (fixture->state->store, &error);

    g_assert_true (enigm_events_raise (fixture->state, pair.ada->account, binding, event,
                                       ENIGM_EVENT_ALERT, fixture->now, NULL, &error));
  }
  enigm_platform_fixture_set_contact (fixture, pair.ada, NULL);
  assert_next (&reader, "invitations");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("told", test_stream);
  add ("resume", test_stream_resume);
  add ("closed", test_stream_closed);
  add ("limit", test_stream_limit);
  add ("rolled-back", test_rolled_back);
  return g_test_run ();
}
