/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-platform-fixture.h"

#include "app/protocol/enigm-contact-id.h"

#define add(name, func)                                                                            \
  g_test_add ("/platform/contacts/" name, EnigmPlatformFixture, NULL,                              \
              enigm_platform_fixture_set_up, func, enigm_platform_fixture_tear_down)

/* Too short for a contact ID. */
#define TOO_SHORT "0000-0000-0000-0000"

static gchar *
make_body (const gchar *first, const gchar *second)
{
  if (first == NULL)
    return g_strdup ("{\"contacts\":[]}");
  if (second == NULL)
    return g_strdup_printf ("{\"contacts\":[\"%s\"]}", first);
  return g_strdup_printf ("{\"contacts\":[\"%s\",\"%s\"]}", first, second);
}

/* Fetches the list and puts another one in its place. */
static EnigmAnswer *
put (EnigmPlatformFixture *fixture, EnigmPerson *owner, const gchar *first, const gchar *second)
{
  g_autoptr (EnigmAnswer) list =
    enigm_platform_fixture_call (fixture, owner, "GET", "/v1/contacts", NULL);
  g_autofree gchar *body = make_body (first, second);

  enigm_assert_answer (list, 200);
  return enigm_platform_fixture_call_signed (fixture, owner, "PUT", "/v1/contacts", body,
                                             list->etag);
}

static guint
count (EnigmAnswer *answer, const gchar *name)
{
  return json_array_get_length (json_object_get_array_member (enigm_answer_object (answer), name));
}

static gchar *
find_invitation (EnigmPlatformFixture *fixture, EnigmPerson *person)
{
  g_autoptr (EnigmAnswer) list =
    enigm_platform_fixture_call (fixture, person, "GET", "/v1/invitations", NULL);

  enigm_assert_answer (list, 200);
  g_assert_cmpuint (count (list, "invitations"), ==, 1);
  return g_strconcat ("/v1/invitations/", enigm_answer_string (list, "invitations.0.id"), NULL);
}

static void
check_contact (EnigmPlatformFixture *fixture,
               EnigmPerson *owner,
               const gchar *state,
               const gchar *reason)
{
  g_autoptr (EnigmAnswer) list =
    enigm_platform_fixture_call (fixture, owner, "GET", "/v1/contacts", NULL);

  g_assert_cmpstr (enigm_answer_string (list, "contacts.0.state"), ==, state);
  g_assert_cmpstr (enigm_answer_string (list, "contacts.0.reason"), ==, reason);
}

static void
test_invitation (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (EnigmPerson) bob = enigm_platform_fixture_add_person (fixture, "bob");
  g_autoptr (EnigmPerson) eve = enigm_platform_fixture_add_person (fixture, "eve");
  g_autofree gchar *typed = g_ascii_strdown (bob->contact_id, -1);
  g_autofree gchar *path = NULL;
  static const struct
  {
    const gchar *answer;
    guint status;
    const gchar *state;
    const gchar *reason;
  } steps[] = {
    { "leave", 409, "invited", NULL },        { "accept", 200, "eligible", NULL },
    { "accept", 409, "eligible", NULL },      { "decline", 409, "eligible", NULL },
    { "leave", 200, "not-eligible", "left" }, { "accept", 409, "not-eligible", "left" },
  };
  g_autoptr (EnigmAnswer) listed = put (fixture, ada, typed, NULL);

  /* Reading is forgiving, writing is not: it is listed as it should be written. */
  enigm_assert_answer (listed, 200);
  g_assert_cmpstr (enigm_answer_string (listed, "contacts.0.contact_id"), ==, bob->contact_id);
  g_assert_cmpstr (enigm_answer_string (listed, "contacts.0.state"), ==, "invited");

  path = find_invitation (fixture, bob);
  {
    g_autoptr (EnigmAnswer) foreign = enigm_platform_fixture_call_signed (
      fixture, eve, "POST", path, "{\"answer\":\"accept\"}", NULL);
    g_autoptr (EnigmAnswer) unsigned_one =
      enigm_platform_fixture_call (fixture, bob, "POST", path, "{\"answer\":\"accept\"}");
    g_autoptr (EnigmAnswer) maybe = enigm_platform_fixture_call_signed (
      fixture, bob, "POST", path, "{\"answer\":\"maybe\"}", NULL);

    enigm_assert_problem (foreign, 404, "unknown");
    enigm_assert_problem (unsigned_one, 401, "signature-wrong");
    enigm_assert_problem (maybe, 400, "malformed");
  }
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree gchar *body = g_strdup_printf ("{\"answer\":\"%s\"}", steps[i].answer);
      g_autoptr (EnigmAnswer) answer =
        enigm_platform_fixture_call_signed (fixture, bob, "POST", path, body, NULL);

      enigm_assert_answer (answer, steps[i].status);
      check_contact (fixture, ada, steps[i].state, steps[i].reason);
    }
}

static void
test_decline (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (EnigmPerson) bob = enigm_platform_fixture_add_person (fixture, "bob");
  g_autoptr (EnigmAnswer) listed = put (fixture, ada, bob->contact_id, NULL);
  g_autofree gchar *path = find_invitation (fixture, bob);
  g_autoptr (EnigmAnswer) answer = enigm_platform_fixture_call_signed (
    fixture, bob, "POST", path, "{\"answer\":\"decline\"}", NULL);
  g_autoptr (EnigmAnswer) gone = NULL;

  enigm_assert_answer (answer, 200);
  check_contact (fixture, ada, "declined", NULL);
  gone = enigm_platform_fixture_call (fixture, bob, "GET", "/v1/invitations", NULL);
  g_assert_cmpuint (count (gone, "invitations"), ==, 0);
}

/* Whoever lists an ID learns nothing about whether somebody has it. */
static void
test_nobody (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (EnigmPerson) bob = enigm_platform_fixture_add_person (fixture, "bob");
  g_autoptr (EnigmPerson) gone = enigm_platform_fixture_add_person (fixture, "gone");
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmAnswer) real = NULL;
  g_autoptr (EnigmAnswer) unreal = NULL;
  g_autofree gchar *said_real = NULL;
  g_autofree gchar *said_unreal = NULL;

  g_assert_true (enigm_store_run (fixture->state->store, &error,
                                  "DELETE FROM accounts WHERE user_name = 'gone'", ""));
  real = put (fixture, ada, bob->contact_id, NULL);
  unreal = put (fixture, ada, gone->contact_id, NULL);
  enigm_assert_answer (real, 200);
  enigm_assert_answer (unreal, 200);
  json_object_remove_member (
    json_array_get_object_element (
      json_object_get_array_member (enigm_answer_object (real), "contacts"), 0),
    "contact_id");
  json_object_remove_member (
    json_array_get_object_element (
      json_object_get_array_member (enigm_answer_object (unreal), "contacts"), 0),
    "contact_id");
  said_real = json_to_string (real->json, FALSE);
  said_unreal = json_to_string (unreal->json, FALSE);
  g_assert_cmpstr (said_real, ==, said_unreal);
  fixture->now += 1800;
  check_contact (fixture, ada, "invited", NULL);
}

/* What @owner can see of an edit of their list: status, entity tag, body but for the ID, and the
 * number of the last item in their stream, counted from before. */
static gchar *
observe (EnigmPlatformFixture *fixture, EnigmPerson *owner, const gchar *contact_id)
{
  static gint64 last_item;
  static gint64 last_version;
  g_autoptr (EnigmAnswer) answer = put (fixture, owner, contact_id, NULL);
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    fixture->state->store, NULL, "SELECT max (number) FROM stream_items WHERE account = ?1", "k",
    owner->account);
  g_autofree gchar *body = json_to_string (answer->json, FALSE);
  g_autoptr (GString) text = g_string_new (body);
  gint64 item, version;
  gchar *seen;

  g_assert_cmpint (enigm_statement_step (statement, NULL), ==, ENIGM_STEP_ROW);
  item = enigm_statement_get_int64 (statement, 0);
  version = g_ascii_strtoll (answer->etag + 1, NULL, 10);
  if (contact_id != NULL)
    g_string_replace (text, contact_id, "SOMEBODY", 0);
  seen = g_strdup_printf ("%u, version +%" G_GINT64_FORMAT ", item +%" G_GINT64_FORMAT ": %s",
                          answer->status, version - last_version, item - last_item, text->str);
  last_item = item;
  last_version = version;
  return seen;
}

/* Listing an ID and removing it again, which nobody is told of who does not have it, reads the same
 * for somebody, for who closed their account, and for nobody. */
static void
test_trying_ids (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (EnigmPerson) bob = enigm_platform_fixture_add_person (fixture, "bob");
  g_autoptr (EnigmPerson) gone = enigm_platform_fixture_add_person (fixture, "gone");
  g_autofree gchar *nobody = NULL;
  g_autofree gchar *added = NULL;
  g_autofree gchar *removed = NULL;
  g_autoptr (GError) error = NULL;
  guint8 id[ENIGM_CONTACT_ID_SIZE];

  g_assert_true (enigm_contact_id_new_random (id, &error));
  nobody = enigm_contact_id_format (id);
  g_assert_true (enigm_store_run (fixture->state->store, &error,
                                  "DELETE FROM accounts WHERE user_name = 'gone'", ""));
  /* Where the counting begins. */
  g_free (observe (fixture, ada, NULL));
  {
    const gchar *const ids[] = { bob->contact_id, nobody, gone->contact_id, bob->contact_id };

    for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
      {
        g_autofree gchar *on = observe (fixture, ada, ids[i]);
        g_autofree gchar *off = observe (fixture, ada, NULL);

        g_assert_true (added == NULL || g_str_equal (on, added));
        g_assert_true (removed == NULL || g_str_equal (off, removed));
        g_free (added);
        g_free (removed);
        added = g_steal_pointer (&on);
        removed = g_steal_pointer (&off);
      }
  }
}

/* So many a day, whether or not somebody has the IDs; taking somebody off the list always works. */
static void
test_limit (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (EnigmPerson) bob = enigm_platform_fixture_add_person (fixture, "bob");
  g_autoptr (EnigmPerson) eve = enigm_platform_fixture_add_person (fixture, "eve");
  g_autoptr (EnigmAnswer) known = NULL;
  g_autoptr (EnigmAnswer) unknown = NULL;
  g_autoptr (EnigmAnswer) others = NULL;
  g_autoptr (EnigmAnswer) none = NULL;
  g_autoptr (EnigmAnswer) later = NULL;
  g_autofree gchar *last = NULL;

  for (guint i = 0; i < ENIGM_INVITATIONS; i++)
    {
      guint8 id[ENIGM_CONTACT_ID_SIZE];
      g_autoptr (EnigmAnswer) answer = NULL;

      g_free (last);
      g_assert_true (enigm_contact_id_new_random (id, NULL));
      last = enigm_contact_id_format (id);
      answer = put (fixture, ada, i % 2 == 0 ? bob->contact_id : last, NULL);
      enigm_assert_answer (answer, 200);
    }
  known = put (fixture, ada, bob->contact_id, NULL);
  enigm_assert_problem (known, 429, "too-many");
  unknown = put (fixture, ada, last, eve->contact_id);
  enigm_assert_problem (unknown, 429, "too-many");
  check_contact (fixture, ada, "invited", NULL);
  none = put (fixture, ada, NULL, NULL);
  enigm_assert_answer (none, 200);
  /* Nobody else is held up. */
  others = put (fixture, eve, bob->contact_id, NULL);
  enigm_assert_answer (others, 200);

  /* A day later, with a session that lasts. */
  g_assert_true (enigm_store_run (fixture->state->store, NULL,
                                  "UPDATE sessions SET expires = expires + 864000", ""));
  fixture->now += ENIGM_INVITATION_SECONDS;
  later = put (fixture, ada, bob->contact_id, NULL);
  enigm_assert_answer (later, 200);
}

static void
test_conflict (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (EnigmPerson) bob = enigm_platform_fixture_add_person (fixture, "bob");
  g_autoptr (EnigmPerson) eve = enigm_platform_fixture_add_person (fixture, "eve");
  g_autoptr (EnigmAnswer) list =
    enigm_platform_fixture_call (fixture, ada, "GET", "/v1/contacts", NULL);
  g_autofree gchar *first_body = make_body (bob->contact_id, NULL);
  g_autofree gchar *second_body = make_body (eve->contact_id, NULL);
  g_autofree gchar *path = NULL;
  g_autoptr (EnigmAnswer) first = enigm_platform_fixture_call_signed (
    fixture, ada, "PUT", "/v1/contacts", first_body, list->etag);
  g_autoptr (EnigmAnswer) second = enigm_platform_fixture_call_signed (
    fixture, ada, "PUT", "/v1/contacts", second_body, list->etag);
  g_autoptr (EnigmAnswer) none =
    enigm_platform_fixture_call_signed (fixture, ada, "PUT", "/v1/contacts", second_body, NULL);
  g_autoptr (EnigmAnswer) now = NULL;
  g_autoptr (EnigmAnswer) accepted = NULL;
  g_autoptr (EnigmAnswer) third = NULL;

  enigm_assert_answer (first, 200);
  enigm_assert_problem (second, 412, "changed");
  enigm_assert_problem (none, 400, "malformed");
  now = enigm_platform_fixture_call (fixture, ada, "GET", "/v1/contacts", NULL);
  g_assert_cmpstr (enigm_answer_string (now, "contacts.0.contact_id"), ==, bob->contact_id);
  g_assert_cmpstr (now->etag, ==, first->etag);
  g_assert_cmpstr (now->etag, !=, list->etag);

  /* That somebody accepts does not get in the way of an edit. */
  path = find_invitation (fixture, bob);
  accepted = enigm_platform_fixture_call_signed (fixture, bob, "POST", path,
                                                 "{\"answer\":\"accept\"}", NULL);
  enigm_assert_answer (accepted, 200);
  third = enigm_platform_fixture_call_signed (fixture, ada, "PUT", "/v1/contacts", second_body,
                                              now->etag);
  enigm_assert_answer (third, 200);
}

static void
test_bad_lists (EnigmPlatformFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmPerson) ada = enigm_platform_fixture_add_person (fixture, "ada");
  g_autoptr (EnigmPerson) bob = enigm_platform_fixture_add_person (fixture, "bob");
  g_autoptr (GString) mistyped = g_string_new (bob->contact_id);
  g_autoptr (EnigmAnswer) own = put (fixture, ada, ada->contact_id, NULL);
  g_autoptr (EnigmAnswer) twice = put (fixture, ada, bob->contact_id, bob->contact_id);
  g_autoptr (EnigmAnswer) slip = NULL;
  g_autoptr (EnigmAnswer) short_one = put (fixture, ada, TOO_SHORT, NULL);
  g_autoptr (EnigmAnswer) list = NULL;
  static const gchar *const bodies[] = {
    "{}",
    "{\"contacts\":{}}",
    "{\"contacts\":[5]}",
    "{\"contacts\":[],\"more\":1}",
    "{\"contacts\":[\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"]}",
    "{\"contacts\":[\"0123456789012345678901234567890123456789012345678901234567890123456789\"]}",
  };

  enigm_assert_problem (own, 422, "contact-own");
  enigm_assert_problem (twice, 422, "contact-twice");
  enigm_assert_problem (short_one, 422, "contact-mistyped");
  mistyped->str[0] = mistyped->str[0] == '7' ? '8' : '7';
  slip = put (fixture, ada, mistyped->str, NULL);
  enigm_assert_problem (slip, 422, "contact-mistyped");

  list = enigm_platform_fixture_call (fixture, ada, "GET", "/v1/contacts", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (EnigmAnswer) answer = enigm_platform_fixture_call_signed (
        fixture, ada, "PUT", "/v1/contacts", bodies[i], list->etag);

      enigm_assert_problem (answer, 400, "malformed");
    }
  g_assert_cmpuint (count (list, "contacts"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("invitation", test_invitation);
  add ("decline", test_decline);
  add ("nobody", test_nobody);
  add ("trying-ids", test_trying_ids);
  add ("limit", test_limit);
  add ("conflict", test_conflict);
  add ("bad-lists", test_bad_lists);
  return g_test_run ();
}
