/* SPDX-License-Identifier: GPL-3.0-or-later */

/* An app that carries a key's proof to the platform, and brings back something else. On the key's
 * own session, with answers under the right credential: the app has seen every one of them. */

#include <locale.h>

#include "enigm-world.h"
#include "key-client.h"
#include "key-relay.h"
#include "test-platform.h"

typedef struct
{
  KeyFixture key;
  AppSide *app;
  EnigmKeyClient *client;
  GAsyncResult *result; /* of the question that is on its way */
} Fixture;

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Fixture *) user_data)->result = g_object_ref (result);
}

static gboolean
is_asked (gpointer user_data)
{
  return ((Fixture *) user_data)->result != NULL;
}

/* A session in which a binding has just been attested. */
static void
begin (Fixture *self)
{
  g_autoptr (EnigmMessage) offer_message = NULL;
  g_autoptr (EnigmMessage) waiting = NULL;
  g_autoptr (EnigmMessage) attestation = NULL;
  EnigmOffer offer;

  g_clear_pointer (&self->app, app_side_free);
  key_fixture_get_memory (&self->key)->failures = 0;
  g_clear_object (&self->key.tries);
  self->key.tries = enigm_key_tries_new (self->key.store);
  self->app = app_side_new (&self->key);
  app_side_open (self->app);
  key_fixture_make_offer (&self->key, &offer, self->app->certificate->nonce,
                          enigm_channel_get_session_value (self->app->channel));
  offer_message = app_side_offer (self->app, &offer);
  waiting = app_side_take (self->app, ENIGM_MESSAGE_WAITING);
  g_assert_true (enigm_key_session_press (self->app->session));
  attestation = app_side_take (self->app, ENIGM_MESSAGE_ATTESTATION);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  key_fixture_set_up (&self->key, NULL);
  self->client = enigm_key_client_new (self->key.store);
  begin (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->app, app_side_free);
  g_clear_object (&self->client);
  key_fixture_tear_down (&self->key, NULL);
}

/* The key asks the app to carry its proof. Returns the platform's answer to just that. */
static EnigmMessage *
ask (Fixture *self)
{
  EnigmKeyRecord *record = key_fixture_get_memory (&self->key)->pending;
  EnigmKeyRequest request = { .kind = ENIGM_KEY_REQUEST_PROOF, .relayed = TRUE, .battery = 80 };
  EnigmKeyAnswer answer = { .outcome = ENIGM_KEY_OUTCOME_ACCEPTED,
                            .state = ENIGM_REPORTED_TRUSTED,
                            .time = 1790000000,
                            .next_sequence = 2 };
  EnigmMessage *message = enigm_message_new (ENIGM_MESSAGE_RELAYED);
  g_autoptr (EnigmMessage) relay = NULL;
  g_autoptr (TestAnswer) right = NULL;
  g_autoptr (GError) error = NULL;
  EnigmHttpSignature signature;

  enigm_key_client_ask_async (self->client,
                              ENIGM_KEY_CARRIER (enigm_key_session_get_relay (self->app->session)),
                              record->id, &request, NULL, on_asked, self);
  relay = app_side_take (self->app, ENIGM_MESSAGE_RELAY);
  enigm_http_signature_parse (&signature, ENIGM_HTTP_KEY_REQUEST, relay->input_field, 1,
                              relay->signature_field, 1, &error);
  g_assert_no_error (error);
  right = test_answer_new (record, &signature, &answer);
  message->status = right->status;
  message->digest_field = g_strdup (right->digest);
  message->input_field = g_strdup (right->input);
  message->signature_field = g_strdup (right->signature);
  message->blob = g_bytes_ref (right->body);
  return message;
}

/* That the platform cannot be reached. */
static void
send_away (Fixture *self)
{
  g_autoptr (EnigmMessage) away = enigm_message_new (ENIGM_MESSAGE_RELAYED);

  away->digest_field = g_strdup ("");
  away->input_field = g_strdup ("");
  away->signature_field = g_strdup ("");
  away->blob = g_bytes_new_static ("", 0);
  app_side_send (self->app, away);
}

/* Takes what else the key has said. */
static void
drain (Fixture *self)
{
  GBytes *said;

  while ((said = g_queue_pop_head (self->app->inbox)) != NULL)
    {
      g_autoptr (GBytes) bytes = said;
      g_autoptr (EnigmMessage) sealed = enigm_message_decode (bytes, FALSE, NULL);
      g_autoptr (GBytes) plain = enigm_channel_open (self->app->channel, sealed->blob, NULL);

      g_assert_nonnull (plain);
    }
}

static void
deliver (Fixture *self, GBytes *plain)
{
  g_autoptr (EnigmMessage) sealed = enigm_message_new (ENIGM_MESSAGE_SEALED);
  g_autoptr (GBytes) bytes = NULL;

  sealed->blob = enigm_channel_seal (self->app->channel, plain, NULL);
  bytes = enigm_message_encode (sealed);
  enigm_key_session_receive (self->app->session, bytes);
}

static gboolean
was_believed (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  EnigmKeyAnswer answer;

  g_assert_true (enigm_world_await (is_asked, self));
  result = g_steal_pointer (&self->result);
  return enigm_key_client_ask_finish (self->client, result, &answer, NULL);
}

static void
assert_pending (Fixture *self)
{
  g_assert_nonnull (key_fixture_get_memory (&self->key)->pending);
  g_assert_null (key_fixture_get_memory (&self->key)->current);
}

/* A bit of each byte in turn, and cut at several lengths. */
static void
test_changed (Fixture *self, gconstpointer data)
{
  const gsize n_cuts = 8;
  gsize size = 1;

  for (gsize at = 0; at < size + n_cuts; at++)
    {
      g_autoptr (EnigmMessage) answer = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GBytes) spoilt = NULL;

      if (self->app->is_over)
        begin (self);
      answer = ask (self);
      bytes = enigm_message_encode (answer);
      size = g_bytes_get_size (bytes);
      if (at < size)
        {
          guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), size);

          copy[at] ^= 1 << at % 8;
          spoilt = g_bytes_new_take (copy, size);
        }
      else
        spoilt = g_bytes_new_from_bytes (bytes, 0, size * (at - size) / n_cuts);
      deliver (self, spoilt);
      /* After what was no answer at all, the key waits for one as long as the app is there. */
      if (!self->app->is_over)
        send_away (self);
      if (was_believed (self))
        g_error ("an answer, changed at byte %" G_GSIZE_FORMAT ", was believed", at);
      assert_pending (self);
      if (!self->app->is_over)
        drain (self);
    }
}

/* An answer to an earlier question, complete and under its right MAC. */
static void
test_old (Fixture *self, gconstpointer data)
{
  g_autoptr (EnigmMessage) old = ask (self);
  g_autoptr (EnigmMessage) right = NULL;
  g_autoptr (EnigmMessage) again = NULL;

  send_away (self);
  g_assert_false (was_believed (self));

  again = ask (self);
  app_side_send (self->app, old);
  g_assert_false (was_believed (self));
  assert_pending (self);

  /* The right one is; and said twice, it is heard once. */
  right = ask (self);
  app_side_send (self->app, right);
  g_assert_true (was_believed (self));
  app_side_send (self->app, right);
  g_assert_true (g_queue_is_empty (self->app->inbox));
  g_assert_false (self->app->is_over);
}

/* Before there is anything to relay. */
static void
test_unasked (Fixture *self, gconstpointer data)
{
  g_autoptr (EnigmMessage) answer = ask (self);

  g_clear_pointer (&self->app, app_side_free);
  g_assert_false (was_believed (self));
  key_fixture_get_memory (&self->key)->failures = 0;
  g_clear_object (&self->key.tries);
  self->key.tries = enigm_key_tries_new (self->key.store);
  self->app = app_side_new (&self->key);
  app_side_open (self->app);
  app_side_send (self->app, answer);
  app_side_assert_declined (self->app, ENIGM_REASON_MALFORMED);
  assert_pending (self);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);

#define ADD(name, function)                                                                        \
  g_test_add ("/attacks/relayed/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("changed", test_changed);
  ADD ("old", test_old);
  ADD ("unasked", test_unasked);

  return g_test_run ();
}
