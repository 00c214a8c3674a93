/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-platform-fixture.h"

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
  add ("conflict", test_conflict);
  add ("bad-lists", test_bad_lists);
  return g_test_run ();
}
