/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "states.h"

#include "peers/platform/enigm-ownership.h"

Answer *
key_wish (World *world, Person *person, const guint8 *binding, const char *to, const char *reason)
{
  g_autofree char *hex = enigm_hex_encode (binding, ENIGM_ID_SIZE);
  g_autofree char *path = g_strconcat ("/v1/keys/", hex, "/state", NULL);
  g_autofree char *body = reason != NULL
                            ? g_strdup_printf ("{\"to\":\"%s\",\"reason\":\"%s\"}", to, reason)
                            : g_strdup_printf ("{\"to\":\"%s\"}", to);

  return person_ask (world, person, "POST", path, TRUE, body);
}

void
key_do_wish (World *world, Person *person, Key *key, const char *to, const char *reason)
{
  g_autoptr (Answer) answer = key_wish (world, person, key->offer.binding, to, reason);

  g_assert_cmpuint (answer->status, ==, 200);
}

void
key_suspend (World *world, Key *key, gboolean suspended)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (world->state->store, &error);

  enigm_ownership_suspend (world->state, key->offer.certificate_hash, suspended, &error);
  g_assert_no_error (error);
  enigm_store_commit (world->state->store, &error);
  g_assert_no_error (error);
}

void
bring_pending (World *world, Person *person, Key *key)
{
  g_autoptr (Answer) offer = key_ask_offer (world, key, person, NULL);
  g_autoptr (Answer) receipt = NULL;

  key_take_offer (key, offer);
  key_attest (key);
  receipt = key_hand_in (world, key);
  g_assert_cmpint (key_read_receipt (world, key, receipt), ==, ENIGM_RECEIPT_PENDING);
}

void
bring_trusted (World *world, Person *person, Key *key)
{
  key_pair (world, key, person);
}

void
bring_lost (World *world, Person *person, Key *key)
{
  key_pair (world, key, person);
  key_do_wish (world, person, key, "lost", NULL);
}

void
bring_suspended (World *world, Person *person, Key *key)
{
  key_pair (world, key, person);
  key_suspend (world, key, TRUE);
}

void
bring_lost_and_suspended (World *world, Person *person, Key *key)
{
  bring_lost (world, person, key);
  key_suspend (world, key, TRUE);
}

void
bring_unproved (World *world, Person *person, Key *key)
{
  g_autoptr (EnigmBinding) binding = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = NULL;

  key_pair (world, key, person);
  binding = key_find (world, key);
  transaction = enigm_store_begin (world->state->store, &error);
  enigm_bindings_change (world->state, binding, ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_BY_PLATFORM,
                         ENIGM_REASON_UNPROVED, &error);
  g_assert_no_error (error);
  enigm_store_commit (world->state->store, &error);
  g_assert_no_error (error);
}

void
bring_revoked (World *world, Person *person, Key *key)
{
  key_pair (world, key, person);
  key_do_wish (world, person, key, "revoked", "stolen");
}

void
bring_revoked_and_suspended (World *world, Person *person, Key *key)
{
  bring_revoked (world, person, key);
  key_suspend (world, key, TRUE);
}

void
bring_released (World *world, Person *person, Key *key)
{
  bring_revoked (world, person, key);
  key_do_wish (world, person, key, "released", NULL);
}

void
bring_replaced (World *world, Person *person, Key *key)
{
  g_autoptr (Key) newer = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) offer = NULL;
  g_autoptr (Answer) receipt = NULL;

  key_pair (world, key, person);
  offer = key_ask_replacement (world, newer, person, key->offer.binding);
  key_take_offer (newer, offer);
  key_attest (newer);
  receipt = key_hand_in (world, newer);
  g_assert_cmpint (key_say (world, newer, ENIGM_KEY_REQUEST_PROOF), ==, ENIGM_KEY_OUTCOME_ACCEPTED);
}

void
bring_retired (World *world, Person *person, Key *key)
{
  key_pair (world, key, person);
  key_do_wish (world, person, key, "retired", NULL);
}

void
bring_cancelled (World *world, Person *person, Key *key)
{
  bring_pending (world, person, key);
  key_do_wish (world, person, key, "cancelled", NULL);
}

void
bring_expired (World *world, Person *person, Key *key)
{
  bring_pending (world, person, key);
  world->now += ENIGM_BINDING_PENDING_SECONDS;
}
