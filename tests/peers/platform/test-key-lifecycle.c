/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The lifecycle as it is met at the API: every state a key can be in, and everything its owner can
 * wish for in it. */

#include "states.h"

/* What becomes of each wish: a state, or after a "!" a problem. In the order of `wishes`. */
static const struct
{
  const char *to;
  const char *reason;
} wishes[] = {
  { "cancelled", NULL },     { "lost", NULL },        { "found", NULL },
  { "revoked", "lost" },     { "revoked", "stolen" }, { "revoked", "retired" },
  { "revoked", "replaced" }, { "retired", NULL },     { "released", NULL },
};

#define NO "!state-forbids"
#define REVOKED "revoked", "revoked", "revoked", "revoked"
#define ENDED NO, NO, NO, NO

static const struct
{
  const char *name;
  Bring bring;
  const char *outcomes[G_N_ELEMENTS (wishes)];
} states[] = {
  /*                                     cancelled    lost          found  revoked ×4  retired
     released */
  { "pending", bring_pending, { "cancelled", "cancelled", NO, REVOKED, NO, NO } },
  { "trusted", bring_trusted, { NO, "restricted", "trusted", REVOKED, "retired", NO } },
  { "lost", bring_lost, { NO, "restricted", "trusted", REVOKED, NO, NO } },
  { "suspended", bring_suspended, { NO, "restricted", NO, REVOKED, NO, NO } },
  { "both", bring_lost_and_suspended, { NO, "restricted", "restricted", REVOKED, NO, NO } },
  { "unproved", bring_unproved, { NO, "restricted", "trusted", REVOKED, NO, NO } },
  { "revoked", bring_revoked, { NO, NO, NO, REVOKED, NO, "revoked" } },
  { "held", bring_revoked_and_suspended, { NO, NO, NO, REVOKED, NO, "!key-suspended" } },
  { "released", bring_released, { NO, NO, NO, REVOKED, NO, "revoked" } },
  { "replaced", bring_replaced, { NO, NO, NO, ENDED, NO, "replaced" } },
  { "retired", bring_retired, { NO, NO, NO, ENDED, "retired", "retired" } },
  { "cancelled", bring_cancelled, { "cancelled", NO, NO, ENDED, NO, NO } },
  { "expired", bring_expired, { NO, NO, NO, ENDED, NO, NO } },
};

static void
test_every_wish (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  gint64 signed_in = world->now;

  for (gsize s = 0; s < G_N_ELEMENTS (states); s++)
    for (gsize w = 0; w < G_N_ELEMENTS (wishes); w++)
      {
        g_autoptr (Key) key = key_new (world, KEY_GENUINE);
        g_autoptr (Answer) answer = NULL;
        g_autoptr (EnigmBinding) before = NULL;
        g_autoptr (EnigmBinding) after = NULL;
        const char *expected = states[s].outcomes[w];
        const char *got;

        /* Attestations from one address are counted by the minute, and a session lasts an hour. */
        world->now += 4;
        if (world->now > signed_in + 2400)
          {
            g_clear_pointer (&person, person_free);
            person = person_sign_in (world, "anna", "correct horse battery");
            signed_in = world->now;
          }
        states[s].bring (world, person, key);
        before = key_find (world, key);
        answer = key_wish (world, person, key->offer.binding, wishes[w].to, wishes[w].reason);
        got = answer->status == 200 ? json_object_get_string_member (answer->json, "state")
                                    : answer_problem (answer);
        if (g_strcmp0 (got, expected[0] == '!' ? expected + 1 : expected) != 0)
          g_error ("a %s key, asked to become %s (%s): %s and not %s", states[s].name, wishes[w].to,
                   wishes[w].reason, got, expected);
        after = key_find (world, key);
        if (expected[0] != '!')
          continue;
        /* Refused with its reason, and nothing of it is done. */
        g_assert_true (json_object_has_member (answer->json, "detail"));
        if (before->state != ENIGM_BINDING_PENDING)
          {
            g_assert_cmpint (after->state, ==, before->state);
            g_assert_cmpuint (after->restrictions, ==, before->restrictions);
            g_assert_cmpint (after->released, ==, before->released);
          }
      }
}

/* What a wish leaves behind reaches the key: only a trusted one may raise an alert. */
static void
test_what_the_key_is_told (World *world, gconstpointer data)
{
  static const struct
  {
    Bring bring;
    EnigmKeyOutcome alert;
  } cases[] = {
    { bring_pending, ENIGM_KEY_OUTCOME_FORBIDDEN },
    { bring_trusted, ENIGM_KEY_OUTCOME_ACCEPTED },
    { bring_lost, ENIGM_KEY_OUTCOME_FORBIDDEN },
    { bring_suspended, ENIGM_KEY_OUTCOME_FORBIDDEN },
    { bring_unproved, ENIGM_KEY_OUTCOME_FORBIDDEN },
    { bring_revoked, ENIGM_KEY_OUTCOME_GONE },
    { bring_replaced, ENIGM_KEY_OUTCOME_GONE },
    { bring_released, ENIGM_KEY_OUTCOME_RELEASED },
    { bring_retired, ENIGM_KEY_OUTCOME_RELEASED },
    { bring_cancelled, ENIGM_KEY_OUTCOME_GONE },
    { bring_expired, ENIGM_KEY_OUTCOME_GONE },
  };
  g_autoptr (Person) person = person_new (world, "anna");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Key) key = key_new (world, KEY_GENUINE);

      cases[i].bring (world, person, key);
      g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, cases[i].alert);
    }
}

/* The new key proves itself before the old one stops. */
static void
test_replacement (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) old = key_new (world, KEY_GENUINE);
  g_autoptr (Key) newer = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = NULL;
  g_autoptr (Answer) receipt = NULL;
  g_autoptr (Answer) shown = NULL;
  g_autofree char *path = NULL;
  g_autofree char *hex = NULL;
  EnigmKeyRequest alert;

  key_pair (world, old, person);
  alert = key_request (world, old, ENIGM_KEY_REQUEST_ALERT);
  g_assert_cmpint (key_send (world, old, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  offer = key_ask_replacement (world, newer, person, old->offer.binding);
  key_take_offer (newer, offer);
  key_attest (newer);
  receipt = key_hand_in (world, newer);
  /* The old one protects still. */
  g_assert_cmpint (key_say (world, old, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpint (key_say (world, newer, ENIGM_KEY_REQUEST_ALERT), ==,
                   ENIGM_KEY_OUTCOME_FORBIDDEN);
  g_assert_cmpint (key_say (world, newer, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpint (key_say (world, old, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_GONE);
  g_assert_cmpint (key_say (world, newer, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  /* What the old one raised stays open, and is the owner's to end. */
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events WHERE ended IS NULL"), ==, 3);

  path = key_path (newer, "");
  shown = person_ask (world, person, "GET", path, FALSE, NULL);
  hex = enigm_hex_encode (old->offer.binding, ENIGM_ID_SIZE);
  g_assert_cmpstr (json_object_get_string_member (shown->json, "replaces"), ==, hex);
  /* The plastic goes on: bound anew by its owner at once. */
  key_pair (world, old, person);
}

/* One that is lost, or was revoked on the way, does not hold the new one up. */
static void
test_replacing_a_lost_one (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");

  for (int revoked = 0; revoked < 2; revoked++)
    {
      g_autoptr (Key) old = key_new (world, KEY_GENUINE);
      g_autoptr (Key) newer = key_new (world, KEY_GENUINE);
      g_autoptr (Answer) offer = NULL;
      g_autoptr (Answer) receipt = NULL;
      g_autoptr (EnigmBinding) binding = NULL;

      bring_lost (world, person, old);
      offer = key_ask_replacement (world, newer, person, old->offer.binding);
      key_take_offer (newer, offer);
      key_attest (newer);
      receipt = key_hand_in (world, newer);
      if (revoked)
        key_do_wish (world, person, old, "revoked", "lost");
      g_assert_cmpint (key_say (world, newer, ENIGM_KEY_REQUEST_PROOF), ==,
                       ENIGM_KEY_OUTCOME_ACCEPTED);
      binding = key_find (world, old);
      g_assert_cmpint (binding->state, ==,
                       revoked ? ENIGM_BINDING_REVOKED : ENIGM_BINDING_REPLACED);
    }
}

static void
test_what_cannot_be_replaced (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Key) hers = key_new (world, KEY_GENUINE);
  g_autoptr (Key) newer = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) others = NULL;
  g_autoptr (Answer) same = NULL;
  g_autoptr (Answer) ended = NULL;

  key_pair (world, hers, anna);
  others = key_ask_replacement (world, newer, ben, hers->offer.binding);
  g_assert_cmpstr (answer_problem (others), ==, "unknown");
  same = key_ask_replacement (world, hers, anna, hers->offer.binding);
  g_assert_cmpstr (answer_problem (same), ==, "state-forbids");
  key_do_wish (world, anna, hers, "revoked", "lost");
  ended = key_ask_replacement (world, newer, anna, hers->offer.binding);
  g_assert_cmpstr (answer_problem (ended), ==, "state-forbids");
}

/* A release frees the plastic for anybody, and nothing else does: not a thief's reset, after which
 * the key names no owner. */
static void
test_every_state_has_a_way_out (World *world, gconstpointer data)
{
  static const Bring endings[] = { bring_revoked, bring_replaced };
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autoptr (Key) key = key_new (world, KEY_GENUINE);
      g_autoptr (Answer) stolen = NULL;

      endings[i](world, anna, key);
      stolen = key_ask_offer (world, key, ben, NULL);
      g_assert_cmpstr (answer_problem (stolen), ==, "key-owned");
      key_do_wish (world, anna, key, "released", NULL);
      key_pair (world, key, ben);
    }
}

static JsonArray *
get_attempts (World *world, Person *person, Key *key, Answer **answer)
{
  g_autofree char *path = key_path (key, "");

  *answer = person_ask (world, person, "GET", path, FALSE, NULL);
  return json_object_get_array_member ((*answer)->json, "attempts");
}

/* What a revoked or lost key tries is shown: when, and nothing more. */
static void
test_attempts (World *world, gconstpointer data)
{
  static const Bring endings[] = { bring_lost, bring_suspended, bring_revoked, bring_replaced };
  g_autoptr (Person) person = person_new (world, "anna");

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autoptr (Key) key = key_new (world, KEY_GENUINE);
      g_autoptr (Answer) before = NULL;
      g_autoptr (Answer) after = NULL;
      g_autoptr (Answer) late = NULL;
      g_autoptr (Person) returned = NULL;
      JsonArray *attempts;
      gint64 at;

      endings[i](world, person, key);
      /* Its daily word is no attempt. */
      key_say (world, key, ENIGM_KEY_REQUEST_STATE);
      g_assert_cmpuint (json_array_get_length (get_attempts (world, person, key, &before)), ==, 0);
      key_say (world, key, ENIGM_KEY_REQUEST_ALERT);
      key_say (world, key, ENIGM_KEY_REQUEST_ALERT);
      at = world->now;
      world->now += 60;
      key_say (world, key, ENIGM_KEY_REQUEST_DRILL);
      attempts = get_attempts (world, person, key, &after);
      g_assert_cmpuint (json_array_get_length (attempts), ==, 2);
      g_assert_cmpint (json_array_get_int_element (attempts, 0), ==, at + 60);
      g_assert_cmpint (json_array_get_int_element (attempts, 1), ==, at);
      g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, 0);

      world->now = at + 30 * 24 * 60 * 60;
      returned = person_sign_in (world, "anna", "correct horse battery");
      attempts = get_attempts (world, returned, key, &late);
      g_assert_cmpuint (json_array_get_length (attempts), ==, 1);
      world->now = at + 120;
      g_clear_pointer (&person, person_free);
      person = g_steal_pointer (&returned);
    }
}

static void
test_no_attempts_of_an_honest_key (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Key) again = g_new0 (Key, 1);
  g_autoptr (Answer) shown = NULL;

  key_pair (world, key, person);
  again->chain = g_ptr_array_ref (key->chain);
  again->certificate_key = enigm_p256_key_ref (key->certificate_key);
  key_pair (world, again, person);
  /* Bound anew, it may try under its older handle once more. */
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_GONE);
  g_assert_cmpuint (json_array_get_length (get_attempts (world, person, key, &shown)), ==, 0);
}

#define add(name, func)                                                                            \
  g_test_add ("/platform/key-lifecycle/" name, World, NULL, world_set_up, func, world_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("every-wish", test_every_wish);
  add ("what-the-key-is-told", test_what_the_key_is_told);
  add ("replacement", test_replacement);
  add ("replacing-a-lost-one", test_replacing_a_lost_one);
  add ("what-cannot-be-replaced", test_what_cannot_be_replaced);
  add ("every-state-has-a-way-out", test_every_state_has_a_way_out);
  add ("attempts", test_attempts);
  add ("no-attempts-of-an-honest-key", test_no_attempts_of_an_honest_key);
  return g_test_run ();
}
