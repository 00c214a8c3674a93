/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice.h"

#include "app/protocol/enigm-join.h"
#include "app/protocol/enigm-order.h"

/* What an app hands in, to be spoilt before it is sent. */
typedef struct
{
  GBytes *order;
  GBytes *signature;
  guint8 proof[ENIGM_P256_SIGNATURE_SIZE];
} Join;

static void
join_clear (Join *join)
{
  g_clear_pointer (&join->order, g_bytes_unref);
  g_clear_pointer (&join->signature, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Join, join_clear)

/* The computer that paired is forgotten, so that it is seen when it counts again. */
static void
pair_and_forget (World *world, Key *key, Person *person)
{
  key_pair (world, key, person);
  world_run (world, "DELETE FROM binding_computers");
}

static guint
count_computers (World *world, Key *key)
{
  EnigmKeyRequest state = key_request (world, key, ENIGM_KEY_REQUEST_STATE);

  return key_send (world, key, &state).n_computers;
}

static void
ask_order (World *world, Person *person, Key *key, const char *purpose, Join *join)
{
  g_autofree char *path = key_path (key, "/orders");
  g_autofree char *session = enigm_base64url_encode (key->session, sizeof key->session);
  g_autofree char *nonce = enigm_base64url_encode (key->nonce, sizeof key->nonce);
  g_autofree char *body = g_strdup_printf (
    "{\"purpose\":\"%s\",\"session\":\"%s\",\"nonce\":\"%s\"}", purpose, session, nonce);
  g_autoptr (Answer) answer = person_ask (world, person, "POST", path, TRUE, body);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (answer->status, ==, 200);
  join_clear (join);
  join->order = enigm_base64url_decode (json_object_get_string_member (answer->json, "order"), 1,
                                        ENIGM_ORDER_MAX_SIZE);
  join->signature =
    enigm_base64url_decode (json_object_get_string_member (answer->json, "signature"), 64, 64);
  g_assert_true (enigm_join_sign (join->order, key->certificate_key, join->proof, &error));
}

static char *
to_text (GBytes *bytes)
{
  return enigm_base64url_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static char *
hand_in_with (World *world, Person *person, Key *key, Key *chain_of, const Join *join)
{
  g_autofree char *path = key_path (key, "/joins");
  g_autofree char *order = to_text (join->order);
  g_autofree char *signature = to_text (join->signature);
  g_autofree char *leaf = to_text (g_ptr_array_index (chain_of->chain, 0));
  g_autofree char *proof = enigm_base64url_encode (join->proof, sizeof join->proof);
  g_autofree char *body = g_strdup_printf (
    "{\"order\":\"%s\",\"signature\":\"%s\",\"certificates\":[\"%s\"],\"proof\":\"%s\"}", order,
    signature, leaf, proof);
  g_autoptr (Answer) answer = person_ask (world, person, "POST", path, TRUE, body);

  return g_strdup (answer->status == 200 ? "" : answer_problem (answer));
}

static void
assert_handed_in (World *world, Person *person, Key *key, const Join *join, const char *problem)
{
  g_autofree char *got = hand_in_with (world, person, key, key, join);

  g_assert_cmpstr (got, ==, problem);
}

/* A computer counts once the key has proved itself, not before, and handed in again, once. */
static void
test_joined (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_auto (Join) join = { 0 };

  pair_and_forget (world, key, person);
  ask_order (world, person, key, "join", &join);
  g_assert_cmpuint (count_computers (world, key), ==, 0);
  assert_handed_in (world, person, key, &join, "");
  g_assert_cmpuint (count_computers (world, key), ==, 1);
  assert_handed_in (world, person, key, &join, "");
  g_assert_cmpuint (count_computers (world, key), ==, 1);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM binding_computers"), ==, 1);
}

/* Only the hardware that was bound, over this very order. */
static void
test_not_genuine (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Key) other = key_new (world, KEY_GENUINE);
  g_autoptr (Key) foreign = key_new (world, KEY_OTHER_CA);
  g_autofree char *by_other = NULL;
  g_autofree char *by_foreign = NULL;
  g_auto (Join) join = { 0 };
  g_auto (Join) earlier = { 0 };
  g_autoptr (GError) error = NULL;

  pair_and_forget (world, key, person);
  ask_order (world, person, key, "join", &earlier);
  world->now += 1;
  ask_order (world, person, key, "join", &join);

  /* A copy with the genuine certificate and a key of its own. */
  g_assert_true (enigm_join_sign (join.order, other->certificate_key, join.proof, &error));
  assert_handed_in (world, person, key, &join, "not-genuine");
  /* A genuine key, but another one; and one of a maker nobody knows. */
  by_other = hand_in_with (world, person, key, other, &join);
  g_assert_cmpstr (by_other, ==, "not-genuine");
  g_assert_true (enigm_join_sign (join.order, foreign->certificate_key, join.proof, &error));
  by_foreign = hand_in_with (world, person, key, foreign, &join);
  g_assert_cmpstr (by_foreign, ==, "not-genuine");
  /* What it said in another session. */
  memcpy (join.proof, earlier.proof, sizeof join.proof);
  assert_handed_in (world, person, key, &join, "not-genuine");
  /* What it signs as an attestation is no proof here. */
  {
    EnigmP256Key *certificate_key = key->certificate_key;

    g_assert_true (enigm_p256_sign (certificate_key, "enigm attestation 1",
                                    ENIGM_PARTS (enigm_part_bytes (join.order)), join.proof,
                                    &error));
  }
  assert_handed_in (world, person, key, &join, "not-genuine");
  for (guint bit = 0; bit < 8 * sizeof join.proof; bit += 67)
    {
      enigm_join_sign (join.order, key->certificate_key, join.proof, NULL);
      join.proof[bit / 8] ^= 1 << bit % 8;
      assert_handed_in (world, person, key, &join, "not-genuine");
    }
  g_assert_cmpuint (count_computers (world, key), ==, 0);
}

/* Only an order of this platform's to join, for this binding and computer, and not an old one. */
static void
test_other_orders (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Person) stranger = person_new (world, "mallory");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Key) second = key_new (world, KEY_GENUINE);
  g_autoptr (EnigmP256Key) forger = enigm_p256_key_generate (NULL);
  g_auto (Join) join = { 0 };
  g_auto (Join) old = { 0 };
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
  EnigmOrder order;

  key_pair (world, second, person);
  pair_and_forget (world, key, person);

  ask_order (world, person, key, "drill", &join);
  assert_handed_in (world, person, key, &join, "malformed");
  ask_order (world, person, second, "join", &join);
  assert_handed_in (world, person, key, &join, "malformed");

  ask_order (world, person, key, "join", &join);
  assert_handed_in (world, stranger, key, &join, "unknown");

  /* Signed by somebody else, or changed after it was signed. */
  enigm_order_sign (join.order, forger, signature, NULL);
  g_bytes_unref (join.signature);
  join.signature = g_bytes_new (signature, sizeof signature);
  assert_handed_in (world, person, key, &join, "malformed");
  ask_order (world, person, key, "join", &join);
  enigm_order_decode (join.order, &order, NULL);
  order.session_value[0] ^= 1;
  g_bytes_unref (join.order);
  join.order = enigm_order_encode (&order);
  enigm_join_sign (join.order, key->certificate_key, join.proof, NULL);
  assert_handed_in (world, person, key, &join, "malformed");

  ask_order (world, person, key, "join", &old);
  world->now += 600;
  assert_handed_in (world, person, key, &old, "");
  world_run (world, "DELETE FROM binding_computers");
  world->now += 1;
  assert_handed_in (world, person, key, &old, "offer-over");
  g_assert_cmpuint (count_computers (world, key), ==, 0);
}

/* Eight may, and who would be the ninth hears of it before anybody presses a button. */
static void
test_eight (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_auto (Join) join = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *body = NULL;
  g_autofree char *zeros = NULL;
  g_autoptr (Answer) answer = NULL;
  static const guint8 nothing[32];

  pair_and_forget (world, key, person);
  ask_order (world, person, key, "join", &join);
  world_run (world,
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8) "
             "INSERT INTO computers (id, account, name, public_key, since, last_seen, address) "
             "SELECT randomblob (16), account, 'Other', public_key, since, last_seen, address "
             "FROM computers, n");
  world_run (world, "INSERT INTO binding_computers (binding, computer, since) "
                    "SELECT b.id, c.id, c.since FROM bindings b, computers c "
                    "WHERE c.name = 'Other' AND b.state = 2");
  assert_handed_in (world, person, key, &join, "state-forbids");

  path = key_path (key, "/orders");
  zeros = enigm_base64url_encode (nothing, sizeof nothing);
  body =
    g_strdup_printf ("{\"purpose\":\"join\",\"session\":\"%s\",\"nonce\":\"%s\"}", zeros, zeros);
  answer = person_ask (world, person, "POST", path, TRUE, body);
  g_assert_cmpstr (answer_problem (answer), ==, "state-forbids");
}

/* What is revoked between order and press is joined by nobody. */
static void
test_revoked (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_auto (Join) join = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (Answer) revoked = NULL;

  pair_and_forget (world, key, person);
  ask_order (world, person, key, "join", &join);
  path = key_path (key, "/state");
  revoked =
    person_ask (world, person, "POST", path, TRUE, "{\"to\":\"revoked\",\"reason\":\"lost\"}");
  g_assert_cmpuint (revoked->status, ==, 200);
  assert_handed_in (world, person, key, &join, "state-forbids");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/platform" path, World, NULL, world_set_up, function, world_tear_down)
  ADD ("/joins/joined", test_joined);
  ADD ("/joins/not-genuine", test_not_genuine);
  ADD ("/joins/other-orders", test_other_orders);
  ADD ("/joins/eight", test_eight);
  ADD ("/joins/revoked", test_revoked);
  return g_test_run ();
}
