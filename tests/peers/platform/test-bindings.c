/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice.h"

#include "app/protocol/enigm-attestation.h"
#include "app/protocol/enigm-handover.h"
#include "peers/platform/enigm-journal.h"

static void
test_binding_to_trusted (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);
  g_autoptr (Answer) receipt = NULL;
  g_autoptr (Answer) shown = NULL;
  g_autoptr (EnigmBinding) binding = NULL;
  g_autoptr (GBytes) signature = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  EnigmKeyRequest request;
  EnigmKeyAnswer answer;
  JsonObject *proved;
  JsonArray *history;

  key_take_offer (key, offer);
  signature =
    enigm_base64url_decode (json_object_get_string_member (offer->json, "signature"), 64, 64);
  enigm_offer_verify (key->offer_bytes, enigm_p256_key_get_point (world->state->identity),
                      g_bytes_get_data (signature, NULL), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (key->offer.origin, ==, world->state->config->origin);
  g_assert_cmpuint (key->offer.expiry, ==, key->offer.time + 600);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (offer->json, "releases")),
                    ==, 0);

  key_attest (key);
  receipt = key_hand_in (world, key);
  g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_PENDING);
  binding = key_find (world, key);
  g_assert_cmpint (binding->state, ==, ENIGM_BINDING_PENDING);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM certificates WHERE owner NOT NULL"),
                   ==, 0);

  request = key_request (world, key, ENIGM_KEY_REQUEST_PROOF);
  answer = key_send (world, key, &request);
  g_assert_cmpint (answer.outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpuint (answer.state, ==, 2);
  g_assert_cmpuint (answer.next_sequence, ==, 2);
  g_assert_cmpuint (answer.n_computers, ==, 1);
  g_assert_cmpmem (answer.computers[0], 16, person->computer, 16);

  path = key_path (key, "");
  shown = person_ask (world, person, "GET", path, FALSE, NULL);
  g_assert_cmpuint (shown->status, ==, 200);
  g_assert_cmpstr (json_object_get_string_member (shown->json, "state"), ==, "trusted");
  proved = json_object_get_object_member (shown->json, "proved");
  g_assert_cmpstr (json_object_get_string_member (proved, "by"), ==, "own");
  g_assert_cmpint (
    json_object_get_int_member (json_object_get_object_member (shown->json, "battery"), "percent"),
    ==, 80);
  history = json_object_get_array_member (shown->json, "history");
  g_assert_cmpuint (json_array_get_length (history), ==, 2);
  g_assert_cmpstr (
    json_object_get_string_member (json_array_get_object_element (history, 1), "from"), ==,
    "pending");
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM certificates WHERE owner NOT NULL"),
                   ==, 1);
}

static void
test_same_attestation_twice (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);

  key_take_offer (key, offer);
  key_attest (key);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Answer) receipt = key_hand_in (world, key);

      g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_PENDING);
    }
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM bindings"), ==, 1);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM binding_history"), ==, 1);

  /* Once trusted it reads pending still, and changes nothing. */
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  {
    g_autoptr (Answer) receipt = key_hand_in (world, key);
    g_autoptr (EnigmBinding) binding = key_find (world, key);

    g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_PENDING);
    g_assert_cmpint (binding->state, ==, ENIGM_BINDING_TRUSTED);
  }

  /* Another attestation of the same offer is void. */
  key_attest (key);
  {
    g_autoptr (Answer) receipt = key_hand_in (world, key);

    g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_GONE);
  }
}

static void
test_expired_offer (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);
  g_autoptr (Answer) receipt = NULL;
  g_autoptr (Answer) again = NULL;

  key_take_offer (key, offer);
  key_attest (key);
  world->now += 600;
  receipt = key_hand_in (world, key);
  g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_GONE);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM bindings"), ==, 0);
  /* The ephemeral key is deleted with the offer. */
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM offers"), ==, 0);
  again = key_hand_in (world, key);
  g_assert_cmpint (key_read_receipt (world, key, again), ==, ENIGM_RECEIPT_GONE);
}

static void
test_ephemeral_key_goes_when_used (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);
  g_autoptr (Answer) receipt = NULL;

  key_take_offer (key, offer);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM offers"), ==, 1);
  g_assert_cmpint (
    world_count (world, "SELECT count (*) FROM offers WHERE instr (ephemeral, 'PRIVATE') > 0"), ==,
    0);
  key_attest (key);
  receipt = key_hand_in (world, key);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM offers"), ==, 0);
}

static void
test_not_genuine (World *world, gconstpointer data)
{
  static const char *const kinds[] = { KEY_OTHER_CA, KEY_EXPIRED, KEY_CA_LEAF };
  g_autoptr (Person) person = person_new (world, "anna");

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (Key) key = key_new (world, kinds[i]);
      g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);

      g_assert_cmpuint (offer->status, ==, 422);
      g_assert_cmpstr (answer_problem (offer), ==, "not-genuine");
    }
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM offers"), ==, 0);
}

/* A counterfeit shows a genuine key's certificate, but has only its own signature. */
static void
test_forwarded_offer (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) genuine = key_new (world, KEY_GENUINE);
  g_autoptr (Key) other = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = key_ask_offer (world, genuine, person, NULL);
  g_autoptr (Answer) receipt = NULL;
  g_autoptr (Answer) swapped = NULL;
  EnigmP256Key *kept;
  GPtrArray *chain;

  key_take_offer (genuine, offer);
  kept = genuine->certificate_key;
  genuine->certificate_key = other->certificate_key;
  key_attest (genuine);
  genuine->certificate_key = kept;
  receipt = key_hand_in (world, genuine);
  g_assert_cmpuint (receipt->status, ==, 422);
  g_assert_cmpstr (answer_problem (receipt), ==, "not-genuine");

  /* And with the other's chain the offer is not for it. */
  chain = genuine->chain;
  genuine->chain = other->chain;
  swapped = key_hand_in (world, genuine);
  genuine->chain = chain;
  g_assert_cmpstr (answer_problem (swapped), ==, "not-genuine");
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM bindings"), ==, 0);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM offers"), ==, 1);
}

static void
change_offer (Key *key)
{
  g_clear_pointer (&key->offer_bytes, g_bytes_unref);
  key->offer_bytes = enigm_offer_encode (&key->offer);
  key_attest (key);
}

static void
test_offer_of_another_platform (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);
  g_autoptr (Answer) elsewhere = NULL;
  g_autoptr (Answer) forged = NULL;

  key_take_offer (key, offer);
  g_strlcpy (key->offer.origin, "https://other.example", sizeof key->offer.origin);
  change_offer (key);
  elsewhere = key_hand_in (world, key);
  g_assert_cmpstr (answer_problem (elsewhere), ==, "not-genuine");

  /* An offer made up around a real binding ID neither binds nor uses the real one up. */
  g_strlcpy (key->offer.origin, world->state->config->origin, sizeof key->offer.origin);
  key->offer.pseudonym[0] ^= 1;
  change_offer (key);
  forged = key_hand_in (world, key);
  g_assert_cmpstr (answer_problem (forged), ==, "not-genuine");
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM offers"), ==, 1);
}

static void
test_newer_pending_replaces_older (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);
  g_autoptr (Answer) receipt = NULL;
  g_autoptr (Answer) newer = NULL;
  g_autoptr (Answer) newer_receipt = NULL;
  g_autoptr (EnigmBinding) older = NULL;
  g_autoptr (GError) error = NULL;
  guint8 id[ENIGM_ID_SIZE];

  key_take_offer (key, offer);
  key_attest (key);
  receipt = key_hand_in (world, key);
  memcpy (id, key->offer.binding, sizeof id);

  newer = key_ask_offer (world, key, person, NULL);
  key_take_offer (key, newer);
  key_attest (key);
  newer_receipt = key_hand_in (world, key);
  g_assert_cmpint (key_read_receipt (world, key, newer_receipt), ==, ENIGM_RECEIPT_PENDING);
  enigm_bindings_find (world->state, id, &older, &error);
  g_assert_no_error (error);
  g_assert_cmpint (older->state, ==, ENIGM_BINDING_CANCELLED);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
}

static void
test_binding_anew_swaps (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Key) before = g_new0 (Key, 1);
  g_autoptr (Answer) offer = NULL;
  g_autoptr (Answer) receipt = NULL;
  g_autoptr (EnigmBinding) old = NULL;
  EnigmKeyRequest alert, position;
  EnigmKeyAnswer answer;

  key_pair (world, key, person);
  alert = key_request (world, key, ENIGM_KEY_REQUEST_ALERT);
  g_assert_cmpint (key_send (world, key, &alert).outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);

  /* What the key keeps until it knows better. */
  before->offer = key->offer;
  before->sequence = key->sequence;
  before->request_key = enigm_secret_ref (key->request_key);
  before->answer_key = enigm_secret_ref (key->answer_key);

  offer = key_ask_offer (world, key, person, before->offer.binding);
  key_take_offer (key, offer);
  key_attest (key);
  receipt = key_hand_in (world, key);
  g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_PENDING);

  /* Until then the old one goes on protecting, and the new one may only prove. */
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
  g_assert_cmpint (key_say (world, before, ENIGM_KEY_REQUEST_STATE), ==,
                   ENIGM_KEY_OUTCOME_ACCEPTED);

  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  old = key_find (world, before);
  g_assert_cmpint (old->state, ==, ENIGM_BINDING_REPLACED);
  g_assert_cmpint (key_say (world, before, ENIGM_KEY_REQUEST_STATE), ==, ENIGM_KEY_OUTCOME_GONE);

  /* The open event goes on under the new handle. */
  position = key_request (world, key, ENIGM_KEY_REQUEST_POSITION);
  memcpy (position.event, alert.event, sizeof position.event);
  answer = key_send (world, key, &position);
  g_assert_cmpint (answer.outcome, ==, ENIGM_KEY_OUTCOME_ACCEPTED);
  g_assert_cmpuint (answer.events, ==, 1);
}

static void
test_pending_expires (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);
  g_autoptr (Answer) receipt = NULL;
  g_autoptr (Answer) over = NULL;
  g_autoptr (EnigmBinding) binding = NULL;
  EnigmKeyRequest proof;
  EnigmKeyAnswer answer;

  key_take_offer (key, offer);
  key_attest (key);
  receipt = key_hand_in (world, key);
  world->now += 600;
  proof = key_request (world, key, ENIGM_KEY_REQUEST_PROOF);
  answer = key_send (world, key, &proof);
  g_assert_cmpint (answer.outcome, ==, ENIGM_KEY_OUTCOME_GONE);
  g_assert_cmpuint (answer.state, ==, 0);
  binding = key_find (world, key);
  g_assert_cmpint (binding->state, ==, ENIGM_BINDING_EXPIRED);
  over = key_hand_in (world, key);
  g_assert_cmpint (key_read_receipt (world, key, over), ==, ENIGM_RECEIPT_GONE);
}

static void
test_second_account (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) early = NULL;
  g_autoptr (Answer) late = NULL;
  g_autoptr (Answer) refused = NULL;
  g_autoptr (Answer) revoked = NULL;
  g_autoptr (Answer) still = NULL;
  g_autoptr (Answer) released = NULL;
  g_autoptr (Answer) offer = NULL;
  g_autoptr (Answer) receipt = NULL;
  g_autofree char *path = NULL;
  guint8 old[ENIGM_ID_SIZE];
  JsonArray *releases;

  /* An offer reserves nothing: Ben's, made before, is void once Anna owns the key. */
  early = key_ask_offer (world, key, ben, NULL);
  g_assert_cmpuint (early->status, ==, 200);
  key_take_offer (key, early);
  key_attest (key);
  {
    g_autoptr (Key) annas = g_new0 (Key, 1);

    annas->chain = g_ptr_array_ref (key->chain);
    annas->certificate_key = enigm_p256_key_ref (key->certificate_key);
    key_pair (world, annas, anna);
    late = key_hand_in (world, key);
    g_assert_cmpint (key_read_receipt (world, key, late), ==, ENIGM_RECEIPT_GONE);

    refused = key_ask_offer (world, key, ben, annas->offer.binding);
    g_assert_cmpuint (refused->status, ==, 409);
    g_assert_cmpstr (answer_problem (refused), ==, "key-owned");

    /* Revoked is not released. */
    path = key_path (annas, "/state");
    revoked =
      person_ask (world, anna, "POST", path, TRUE, "{\"to\":\"revoked\",\"reason\":\"retired\"}");
    g_assert_cmpuint (revoked->status, ==, 200);
    still = key_ask_offer (world, key, ben, annas->offer.binding);
    g_assert_cmpstr (answer_problem (still), ==, "key-owned");
    g_assert_cmpint (key_say (world, annas, ENIGM_KEY_REQUEST_STATE), ==, ENIGM_KEY_OUTCOME_GONE);

    released = person_ask (world, anna, "POST", path, TRUE, "{\"to\":\"released\"}");
    g_assert_cmpuint (released->status, ==, 200);
    g_assert_cmpint (key_say (world, annas, ENIGM_KEY_REQUEST_STATE), ==,
                     ENIGM_KEY_OUTCOME_RELEASED);
    memcpy (old, annas->offer.binding, sizeof old);
  }

  /* The key missed it: it gets the release with the offer, whoever pairs. */
  offer = key_ask_offer (world, key, ben, old);
  g_assert_cmpuint (offer->status, ==, 200);
  releases = json_object_get_array_member (offer->json, "releases");
  g_assert_cmpuint (json_array_get_length (releases), ==, 1);
  key_take_offer (key, offer);
  key_attest (key);
  receipt = key_hand_in (world, key);
  g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_PENDING);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
}

static void
test_malformed (World *world, gconstpointer data)
{
  static const struct
  {
    const char *body;
    const char *field;
  } cases[] = {
    { "{}", "certificates" },
    { "{\"certificates\":[\"!\"],\"nonce\":\"\",\"session\":\"\",\"bound\":\"\"}", "certificates" },
    { "{\"certificates\":[\"AAAA\"],\"nonce\":\"AAAA\",\"session\":\"\",\"bound\":\"\"}", "nonce" },
    { "{\"certificates\":[\"AAAA\"],"
      "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
      "\"session\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"bound\":\"xyz\"}",
      "bound" },
    { "{\"certificates\":[\"AAAA\"],"
      "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
      "\"session\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"bound\":\"\",\"more\":1}",
      "more" },
    { "{\"certificates\":[\"AA\",\"AA\",\"AA\",\"AA\"]}", "certificates" },
  };
  g_autoptr (Person) person = person_new (world, "anna");
  g_autofree char *uri = g_strconcat (world->state->config->origin, "/v1/attestations", NULL);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = NULL;
  g_autoptr (GBytes) whole = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Answer) answer =
        person_ask (world, person, "POST", "/v1/offers", FALSE, cases[i].body);

      g_assert_cmpuint (answer->status, ==, 400);
      g_assert_cmpstr (answer_problem (answer), ==, "malformed");
      g_assert_cmpstr (json_object_get_string_member (answer->json, "field"), ==, cases[i].field);
    }

  offer = key_ask_offer (world, key, person, NULL);
  key_take_offer (key, offer);
  key_attest (key);
  whole = enigm_handover_encode (key->offer_bytes, key->attestation, key->chain);
  for (gsize cut = 1; cut < g_bytes_get_size (whole); cut += 97)
    {
      g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (whole, 0, cut);
      g_autoptr (Answer) answer = world_send (world, message, "application/cbor", part);

      g_assert_cmpuint (answer->status, ==, 400);
      g_assert_cmpstr (answer_problem (answer), ==, "malformed");
    }
  {
    g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
    g_autoptr (GBytes) large = g_bytes_new_take (g_malloc0 (8192), 8192);
    g_autoptr (Answer) answer = world_send (world, message, "application/cbor", large);

    g_assert_cmpstr (answer_problem (answer), ==, "too-large");
  }
  {
    g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
    g_autoptr (Answer) answer = world_send (world, message, "text/plain", whole);

    g_assert_cmpstr (answer_problem (answer), ==, "malformed");
  }
}

static void
test_too_many_offers (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);

  for (guint i = 0; i <= 32; i++)
    {
      g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);

      g_assert_cmpuint (offer->status, ==, i < 32 ? 200 : 429);
    }
  world->now += 600;
  {
    g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);

    g_assert_cmpuint (offer->status, ==, 200);
  }
}

static gboolean
on_journal_record (guint64 number, GBytes *record, gpointer user_data, GError **error)
{
  guint *records = user_data;

  (*records)++;
  return TRUE;
}

/* The journal is ahead of the answer, holds no secret in the clear, and outlives a restart. */
static void
test_journal_follows (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  const guint8 *secret;
  guint records = 0;
  gint64 position;
  gsize len, size;

  position = world_count (world, "SELECT number FROM journal_position");
  key_pair (world, key, person);
  g_assert_cmpint (world_count (world, "SELECT number FROM journal_position"), ==, position + 2);
  enigm_journal_read (world->state->config->journal, on_journal_record, &records, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records, ==, position + 2);

  g_file_get_contents (world->state->config->journal, &text, &len, &error);
  g_assert_no_error (error);
  secret = enigm_secret_peek (key->request_key, &size);
  g_assert_null (memmem (text, len, secret, size));
  g_assert_nonnull (memmem (text, len, key->offer.binding, ENIGM_ID_SIZE));

  world_restart (world);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_STATE), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, World, NULL, world_set_up, func, world_tear_down)
  ADD ("/bindings/to-trusted", test_binding_to_trusted);
  ADD ("/bindings/same-attestation-twice", test_same_attestation_twice);
  ADD ("/bindings/expired-offer", test_expired_offer);
  ADD ("/bindings/ephemeral-key-goes-when-used", test_ephemeral_key_goes_when_used);
  ADD ("/bindings/not-genuine", test_not_genuine);
  ADD ("/bindings/forwarded-offer", test_forwarded_offer);
  ADD ("/bindings/offer-of-another-platform", test_offer_of_another_platform);
  ADD ("/bindings/newer-pending-replaces-older", test_newer_pending_replaces_older);
  ADD ("/bindings/anew-swaps", test_binding_anew_swaps);
  ADD ("/bindings/pending-expires", test_pending_expires);
  ADD ("/bindings/second-account", test_second_account);
  ADD ("/bindings/malformed", test_malformed);
  ADD ("/bindings/too-many-offers", test_too_many_offers);
  ADD ("/bindings/journal-follows", test_journal_follows);
  return g_test_run ();
}
