/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keys as administrators see and change them: every state a key can be in with everything that can
 * be wished for in it, the way out of each for the plastic, and very many keys. */

#include "administrators.h"
#include "states.h"

#include "peers/platform/enigm-store.h"

#define DELETION "{\"pin\":\"274193\"}"

/* Revoked, and paired again by its owner, who thought better of it. */
static void
bring_paired_in_vain (World *world, Person *person, Key *key)
{
  bring_revoked (world, person, key);
  world->now++;
  bring_cancelled (world, person, key);
}

/* Suspended, and then its owner went. */
static void
bring_orphaned_and_suspended (World *world, Person *person, Key *key)
{
  static guint n;
  g_autofree char *name = g_strdup_printf ("owner.%u", ++n);
  g_autoptr (Person) owner = person_new (world, name);
  g_autoptr (Answer) deleted = NULL;

  bring_suspended (world, owner, key);
  deleted = person_ask (world, owner, "POST", "/v1/account/deletion", TRUE, DELETION);
  g_assert_cmpuint (deleted->status, ==, 200);
}

static void
bring_orphaned (World *world, Person *person, Key *key)
{
  bring_orphaned_and_suspended (world, person, key);
  key_suspend (world, key, FALSE);
}

static const struct
{
  const char *to;
  const char *reason;
  /* Asks for a PIN. */
  gboolean final;
} wishes[] = {
  { "lost", NULL, FALSE },        { "found", NULL, FALSE },        { "suspended", NULL, FALSE },
  { "resumed", NULL, FALSE },     { "revoked", "lost", TRUE },     { "revoked", "stolen", TRUE },
  { "revoked", "retired", TRUE }, { "revoked", "replaced", TRUE }, { "released", NULL, TRUE },
};

#define NO "!state-forbids"
#define REVOKED "revoked", "revoked", "revoked", "revoked"
#define ENDED NO, NO, NO, NO
#define L "restricted lost"
#define S "restricted suspended"
#define LS "restricted lost suspended"
#define U "restricted unproved"
#define LU "restricted lost unproved"
#define SU "restricted suspended unproved"
#define HELD "!key-suspended"

/* What becomes of each wish: a state with its reasons, or after a "!" a problem. A suspension
 * follows the hardware, so it can be had of a key that has ended as well. */
static const struct
{
  const char *name;
  Bring bring;
  const char *outcomes[G_N_ELEMENTS (wishes)];
} states[] = {
  /* lost, found, suspended, resumed, revoked ×4, released */
  { "pending", bring_pending, { "cancelled", NO, "pending", "pending", REVOKED, NO } },
  { "trusted", bring_trusted, { L, "trusted", S, "trusted", REVOKED, NO } },
  { "lost", bring_lost, { L, "trusted", LS, L, REVOKED, NO } },
  { "suspended", bring_suspended, { LS, NO, S, "trusted", REVOKED, NO } },
  { "lost and suspended", bring_lost_and_suspended, { LS, S, LS, L, REVOKED, NO } },
  { "unproved", bring_unproved, { LU, NO, SU, U, REVOKED, NO } },
  { "revoked", bring_revoked, { NO, NO, "revoked", "revoked", REVOKED, "revoked" } },
  { "held", bring_revoked_and_suspended, { NO, NO, "revoked", "revoked", REVOKED, HELD } },
  { "paired in vain", bring_paired_in_vain, { NO, NO, "revoked", "revoked", REVOKED, "revoked" } },
  { "released", bring_released, { NO, NO, "revoked", "revoked", REVOKED, "revoked" } },
  { "replaced", bring_replaced, { NO, NO, "replaced", "replaced", ENDED, "replaced" } },
  { "retired", bring_retired, { NO, NO, "retired", "retired", ENDED, "retired" } },
  { "cancelled", bring_cancelled, { NO, NO, "cancelled", "cancelled", ENDED, NO } },
  { "expired", bring_expired, { NO, NO, "expired", "expired", ENDED, NO } },
  { "orphaned", bring_orphaned, { NO, NO, "revoked", "revoked", REVOKED, "revoked" } },
  { "orphaned, held",
    bring_orphaned_and_suspended,
    { NO, NO, "revoked", "revoked", REVOKED, HELD } },
};

static char *
describe (JsonObject *key)
{
  JsonArray *reasons = json_object_get_array_member (key, "reasons");
  g_autoptr (GString) text = g_string_new (json_object_get_string_member (key, "state"));

  for (guint i = 0; i < json_array_get_length (reasons); i++)
    g_string_append_printf (text, " %s", json_array_get_string_element (reasons, i));
  return g_strdup (text->str);
}

static JsonObject *
first_key (Answer *answer)
{
  return json_array_get_object_element (json_object_get_array_member (answer->json, "keys"), 0);
}

static char *
wish_for (World *world, Admin *admin, Key *key, gsize w, gboolean dry_run)
{
  g_autofree char *path = admin_key_path (key, "/state");
  g_autofree char *reason =
    wishes[w].reason != NULL ? g_strdup_printf (",\"reason\":\"%s\"", wishes[w].reason) : NULL;
  const char *pin = wishes[w].final ? "," ADMIN_PIN : "";
  g_autofree char *body =
    g_strdup_printf ("{\"to\":\"%s\"%s%s}", wishes[w].to, reason != NULL ? reason : "",
                     dry_run ? ",\"dry_run\":true" : pin);
  g_autoptr (Answer) answer = admin_ask (world, admin, "POST", path, body);

  if (answer->status == 200)
    return describe (first_key (answer));
  /* Refused with its reason. */
  g_assert_true (json_object_has_member (answer->json, "detail"));
  return g_strconcat ("!", answer_problem (answer), NULL);
}

static char *
dump_key (World *world, Admin *admin, Key *key)
{
  g_autofree char *path = admin_key_path (key, "");
  g_autoptr (Answer) answer = admin_ask (world, admin, "GET", path, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  return g_strndup (g_bytes_get_data (answer->body, NULL), g_bytes_get_size (answer->body));
}

static void
assert_outcome (const char *got, gsize state, gsize w)
{
  const char *expected = states[state].outcomes[w];

  if (!g_str_equal (got, expected))
    g_error ("a %s key, asked to become %s (%s): %s and not %s", states[state].name, wishes[w].to,
             wishes[w].reason, got, expected);
}

/* Tried out, each wish says what then comes of it, and does nothing; refused, it does nothing. */
static void
test_every_wish (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  gint64 signed_in = world->now;

  for (gsize s = 0; s < G_N_ELEMENTS (states); s++)
    {
      g_autoptr (Key) key = NULL;
      g_autofree char *before = NULL;

      for (gsize w = 0; w < G_N_ELEMENTS (wishes); w++)
        {
          g_autofree char *after = NULL;
          g_autofree char *done = NULL;

          /* Attestations from one address are counted by the minute, and a session lasts an hour.
           */
          world->now += 4;
          if (world->now > signed_in + 2400)
            {
              g_clear_pointer (&person, person_free);
              person = person_sign_in (world, "anna", "correct horse battery");
              signed_in = world->now;
            }
          if (key == NULL)
            {
              key = key_new (world, KEY_GENUINE);
              states[s].bring (world, person, key);
              g_free (before);
              before = dump_key (world, operator, key);
            }
          for (gsize t = 0; w == 0 && t < G_N_ELEMENTS (wishes); t++)
            {
              g_autofree char *tried = wish_for (world, operator, key, t, TRUE);
              g_autofree char *still = dump_key (world, operator, key);

              assert_outcome (tried, s, t);
              g_assert_cmpstr (still, ==, before);
            }
          done = wish_for (world, operator, key, w, FALSE);
          assert_outcome (done, s, w);
          if (done[0] == '!')
            {
              after = dump_key (world, operator, key);
              g_assert_cmpstr (after, ==, before);
            }
          else
            g_clear_pointer (&key, key_free);
        }
    }
}

/* Refused as what it is, so that one knows what to do instead. */
static void
test_reasons (World *world, gconstpointer data)
{
  static const struct
  {
    Bring bring;
    const char *says;
  } cases[] = {
    { bring_suspended, "not lost but suspended" },
    { bring_unproved, "not lost but unproved" },
  };
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Key) key = key_new (world, KEY_GENUINE);
      g_autofree char *path = NULL;
      g_autoptr (Answer) answer = NULL;

      cases[i].bring (world, person, key);
      path = admin_key_path (key, "/state");
      answer = admin_ask (world, operator, "POST", path, "{\"to\":\"found\"}");
      g_assert_nonnull (
        strstr (json_object_get_string_member (answer->json, "detail"), cases[i].says));
    }
}

static void
assert_owner (World *world, Admin *admin, Key *key, const char *owner)
{
  g_autofree char *path = admin_key_path (key, "");
  g_autoptr (Answer) answer = admin_ask (world, admin, "GET", path, NULL);

  g_assert_cmpstr (json_object_get_string_member (answer->json, "owner"), ==, owner);
}

/* However a key ended, Command can set it free, and somebody else can pair it. */
static void
test_way_out (World *world, gconstpointer data)
{
  static const struct
  {
    Bring bring;
    const char *owner;
  } cases[] = {
    { bring_revoked, "owned" },
    { bring_paired_in_vain, "owned" },
    { bring_replaced, "owned" },
    { bring_orphaned, "orphaned" },
  };
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Key) key = key_new (world, KEY_GENUINE);
      g_autoptr (Answer) owned = NULL;
      Key seen = { 0 };

      cases[i].bring (world, anna, key);
      seen.offer = key->offer;
      assert_owner (world, operator, & seen, cases[i].owner);
      owned = key_ask_offer (world, key, ben, NULL);
      g_assert_cmpstr (answer_problem (owned), ==, "key-owned");
      admin_assert_wish (world, operator, & seen, RELEASE, i == 2 ? "replaced" : "revoked");
      assert_owner (world, operator, & seen, "free");
      key_pair (world, key, ben);
      assert_owner (world, operator, & seen, "another");
      assert_owner (world, operator, key, "owned");
    }
}

/* A pairing in vain that came to nothing by itself, and one whose owner went. */
static void
test_way_out_of_a_pairing_in_vain (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) expired = key_new (world, KEY_GENUINE);
  g_autoptr (Key) orphaned = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) deleted = NULL;

  bring_revoked (world, anna, expired);
  world->now++;
  bring_expired (world, anna, expired);
  admin_assert_wish (world, operator, expired, RELEASE, "revoked");
  key_pair (world, expired, ben);

  bring_paired_in_vain (world, anna, orphaned);
  key_suspend (world, orphaned, TRUE);
  deleted = person_ask (world, anna, "POST", "/v1/account/deletion", TRUE, DELETION);
  g_assert_cmpuint (deleted->status, ==, 200);
  admin_assert_wish (world, operator, orphaned, RELEASE, "key-suspended");
  admin_assert_wish (world, operator, orphaned, "{\"to\":\"resumed\"}", "revoked");
  admin_assert_wish (world, operator, orphaned, RELEASE, "revoked");
  key_pair (world, orphaned, ben);
}

static void
assert_other (World *world,
              Admin *admin,
              Key *key,
              const char *member,
              Key *other,
              const char *state)
{
  g_autofree char *path = admin_key_path (key, "");
  g_autofree char *pseudonym = enigm_hex_encode (other->offer.pseudonym, ENIGM_PSEUDONYM_SIZE);
  g_autoptr (Answer) answer = admin_ask (world, admin, "GET", path, NULL);
  JsonObject *shown;

  g_assert_false (json_object_get_null_member (answer->json, member));
  shown = json_object_get_object_member (answer->json, member);
  g_assert_cmpstr (json_object_get_string_member (shown, "pseudonym"), ==, pseudonym);
  g_assert_cmpstr (json_object_get_string_member (shown, "state"), ==, state);
}

/* Which key stands for which, from the moment that the new one is being paired. */
static void
test_replacement (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Admin) viewer = admin_new (world, "vera", ENIGM_ROLE_VIEWER);
  g_autoptr (Key) old = key_new (world, KEY_GENUINE);
  g_autoptr (Key) newer = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = NULL;
  g_autoptr (Answer) receipt = NULL;
  g_autoptr (Answer) shown = NULL;
  g_autofree char *path = NULL;

  key_pair (world, old, person);
  path = admin_key_path (old, "");
  shown = admin_ask (world, viewer, "GET", path, NULL);
  g_assert_true (json_object_get_null_member (shown->json, "replaces"));
  g_assert_true (json_object_get_null_member (shown->json, "replaced_by"));

  offer = key_ask_replacement (world, newer, person, old->offer.binding);
  key_take_offer (newer, offer);
  key_attest (newer);
  receipt = key_hand_in (world, newer);
  assert_other (world, viewer, newer, "replaces", old, "trusted");
  assert_other (world, viewer, old, "replaced_by", newer, "pending");
  g_assert_cmpint (key_say (world, newer, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  assert_other (world, viewer, newer, "replaces", old, "replaced");
  assert_other (world, viewer, old, "replaced_by", newer, "trusted");
}

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (a, b);
}

/* Every key once, a page after the other, however many there are, and whatever comes between. */
static void
test_pages (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Admin) viewer = admin_new (world, "vera", ENIGM_ROLE_VIEWER);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (GTree) seen = g_tree_new_full (compare, NULL, g_free, NULL);
  g_autofree char *path = g_strdup ("/command/v1/keys");
  g_autofree char *last = g_strdup ("");
  guint pages = 0;

  key_pair (world, key, person);
  world_make_keys (world, 2999);
  /* A key that was bound again is one key still. */
  world_run (
    world, "INSERT INTO bindings (id, handle, account, certificate, pseudonym, hash, request_key, "
           "answer_key, state, restrictions, begun, since, trusted) "
           "SELECT randomblob (16), randomblob (16), account, certificate, pseudonym, hash, "
           "request_key, answer_key, 4, 0, begun - 1, since - 1, begun - 1 FROM bindings");
  while (path != NULL)
    {
      g_autoptr (Answer) answer = admin_ask (world, viewer, "GET", path, NULL);
      JsonArray *keys = json_object_get_array_member (answer->json, "keys");

      g_assert_cmpuint (json_array_get_length (keys), ==, 100);
      for (guint i = 0; i < 100; i++)
        {
          JsonObject *one = json_array_get_object_element (keys, i);
          char *pseudonym = g_strdup (json_object_get_string_member (one, "pseudonym"));

          g_assert_cmpstr (pseudonym, >, last);
          g_assert_cmpstr (json_object_get_string_member (one, "state"), ==, "trusted");
          g_free (last);
          last = g_strdup (pseudonym);
          g_tree_insert (seen, pseudonym, NULL);
        }
      pages++;
      g_clear_pointer (&path, g_free);
      if (json_object_get_boolean_member (answer->json, "more"))
        path = g_strconcat ("/command/v1/keys/after/", last, NULL);
    }
  g_assert_cmpuint (pages, ==, 30);
  g_assert_cmpint (g_tree_nnodes (seen), ==, 3000);
  admin_assert (world, viewer, "GET", "/command/v1/keys/after/0123", NULL, "malformed");
}

/* A key goes by as much of its pseudonym as no other begins with, and at least six digits. */
static void
test_beginnings (World *world, gconstpointer data)
{
  static const struct
  {
    const char *name;
    const char *problem;
  } cases[] = {
    { "abcdef0", NULL },
    { "abcdef1", NULL },
    { "abcdef", "malformed" },
    { "abcde", "malformed" },
    { "ABCDEF0", "malformed" },
    { "abcdefg", "malformed" },
    { "abcdef2", "unknown" },
    { "00000000", "unknown" },
    { "abcdef0000000000000000000000000000000000000000000000000000000000", NULL },
    { "abcdef00000000000000000000000000000000000000000000000000000000000", "malformed" },
  };
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) twice = NULL;

  key_pair (world, key, person);
  world_make_keys (world, 1);
  world_run (world, "UPDATE bindings SET pseudonym = x'abcdef00000000000000000000000000"
                    "00000000000000000000000000000000' WHERE id = (SELECT min (id) FROM bindings)");
  world_run (world, "UPDATE bindings SET pseudonym = x'abcdef10000000000000000000000000"
                    "00000000000000000000000000000000' WHERE id = (SELECT max (id) FROM bindings)");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/command/v1/keys/", cases[i].name, NULL);
      g_autofree char *state = g_strconcat (path, "/state", NULL);
      g_autofree char *many = g_strdup_printf (
        "{\"to\":\"lost\",\"pseudonyms\":[\"%s\"],\"dry_run\":true}", cases[i].name);

      admin_assert (world, operator, "GET", path, NULL, cases[i].problem);
      admin_assert (world, operator, "POST", state, "{\"to\":\"lost\",\"dry_run\":true}",
                    cases[i].problem);
      admin_assert (world, operator, "POST", "/command/v1/keys/state", many, cases[i].problem);
    }
  admin_assert (world, operator, "POST", "/command/v1/keys/state",
                "{\"to\":\"lost\",\"pseudonyms\":[],\"dry_run\":true}", "malformed");
  twice = admin_ask (world, operator, "POST", "/command/v1/keys/state",
                     "{\"to\":\"lost\",\"pseudonyms\":[\"abcdef0\",\"abcdef00\",\"abcdef1\"],"
                     "\"dry_run\":true}");
  g_assert_cmpint (json_object_get_int_member (twice->json, "count"), ==, 2);
}

/* A database of the version before gets what has come since; one of a later version is left. */
static void
test_upgrade (World *world, gconstpointer data)
{
#define COUNT_INDICES                                                                              \
  "SELECT count (*) FROM sqlite_schema WHERE name IN ('bindings_by_pseudonym', "                   \
  "'bindings_by_replaces')"
  g_autofree char *path = world_path (world, "later.db");
  g_autoptr (GError) error = NULL;
  EnigmStore *store;

  g_assert_cmpint (world_count (world, COUNT_INDICES), ==, 2);
  world_run (world, "DROP INDEX bindings_by_pseudonym");
  world_run (world, "DROP INDEX bindings_by_replaces");
  world_run (world, "DROP TABLE administrator_addresses");
  world_run (world, "PRAGMA user_version = 2");
  world_restart (world);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM administrator_addresses"), ==, 0);
  g_assert_cmpint (world_count (world, COUNT_INDICES), ==, 2);

  store = enigm_store_open (path, &error);
  g_assert_no_error (error);
  g_assert_true (enigm_store_run (store, &error, "PRAGMA user_version = 1000", ""));
  enigm_store_free (store);
  store = enigm_store_open (path, &error);
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
  g_assert_null (store);
}

#define add(name, func)                                                                            \
  g_test_add ("/platform/command-keys/" name, World, NULL, world_set_up, func, world_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("every-wish", test_every_wish);
  add ("reasons", test_reasons);
  add ("way-out", test_way_out);
  add ("way-out-of-a-pairing-in-vain", test_way_out_of_a_pairing_in_vain);
  add ("replacement", test_replacement);
  add ("pages", test_pages);
  add ("beginnings", test_beginnings);
  add ("upgrade", test_upgrade);
  return g_test_run ();
}
