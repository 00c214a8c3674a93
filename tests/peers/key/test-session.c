/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "enigm-attestation.h"
#include "enigm-certificate.h"
#include "enigm-credential.h"
#include "enigm-join.h"
#include "enigm-release.h"
#include "enigm-resume.h"
#include "enigm-world.h"
#include "key-fixture.h"

static const guint8 computer_id[ENIGM_ID_SIZE] = "a computer's ID!";

static EnigmMessage *
make_receipt (KeyFixture *fixture, EnigmReceiptState state)
{
  EnigmMessage *message = enigm_message_new (ENIGM_MESSAGE_RECEIPT);
  EnigmKeyRecord *record = key_fixture_get_memory (fixture)->pending;
  EnigmReceipt receipt = { .state = state, .time = 1790000000 };

  memcpy (receipt.binding, record->id, sizeof receipt.binding);
  memcpy (receipt.binding_hash, record->hash, sizeof receipt.binding_hash);
  message->blob = enigm_receipt_encode (&receipt);
  g_assert_true (enigm_receipt_sign (message->blob, fixture->identity, message->signature, NULL));
  memcpy (message->computer, computer_id, sizeof computer_id);
  message->secret = enigm_secret_new_random (32, NULL);

  return message;
}

/* Opens, offers, presses, and takes the attestation. */
static EnigmMessage *
attest (AppSide *app)
{
  g_autoptr (EnigmMessage) message = NULL;
  g_autoptr (EnigmMessage) waiting = NULL;
  EnigmOffer offer;

  key_fixture_make_offer (app->fixture, &offer, app->certificate->nonce,
                          enigm_channel_get_session_value (app->channel));
  message = app_side_offer (app, &offer);
  waiting = app_side_take (app, ENIGM_MESSAGE_WAITING);
  g_assert_cmpint (waiting->seconds, ==, 60);
  g_assert_true (enigm_key_session_press (app->session));

  return app_side_take (app, ENIGM_MESSAGE_ATTESTATION);
}

static void
test_right_code (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = app_side_new (fixture);

  app_side_open (app);
  g_assert_cmpint (app->certificate->chain->len, ==, 1);
  g_assert_false (app->certificate->has_binding);
  g_assert_cmpint (key_fixture_get_memory (fixture)->failures, ==, 0);
  g_assert_false (app->is_over);
}

static void
test_wrong_code (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = app_side_new (fixture);
  g_autoptr (EnigmSetupCode) wrong = enigm_setup_code_new_random (NULL);
  g_autoptr (EnigmMessage) confirm = NULL;
  g_autoptr (EnigmMessage) guess = enigm_message_new (ENIGM_MESSAGE_CONFIRM);

  app_side_start (app, wrong, &confirm);
  g_assert_null (confirm);
  app_side_send (app, guess);
  app_side_assert_refused (app, ENIGM_REASON_WRONG_CODE);
  /* Counted for good: pulling the battery gains nothing. */
  g_clear_pointer (&app, app_side_free);
  key_fixture_reopen (fixture);
  g_assert_cmpint (key_fixture_get_memory (fixture)->failures, ==, 1);
}

static void
assert_not_tried (KeyFixture *fixture, EnigmReason reason, guint seconds)
{
  g_autoptr (AppSide) app = app_side_new (fixture);
  g_autoptr (EnigmMessage) start = enigm_message_new (ENIGM_MESSAGE_START);
  g_autoptr (EnigmMessage) refused = NULL;
  guint failures = key_fixture_get_memory (fixture)->failures;
  static const guint8 hello[] = { 0x82, 1, 1 };

  start->blob = g_bytes_new_static (hello, sizeof hello);
  memcpy (start->point, enigm_p256_key_get_point (fixture->identity), sizeof start->point);
  app_side_send (app, start);
  refused = app_side_take (app, ENIGM_MESSAGE_REFUSED);
  g_assert_cmpint (refused->reason, ==, reason);
  g_assert_cmpint (refused->seconds, ==, seconds);
  g_assert_true (app->is_over);
  g_assert_cmpint (key_fixture_get_memory (fixture)->failures, ==, failures);
}

static void
test_tries (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = app_side_new (fixture);
  g_autoptr (EnigmMessage) confirm = NULL;

  app_side_start (app, fixture->code, &confirm);
  g_assert_cmpint (key_fixture_get_memory (fixture)->failures, ==, 1);
  assert_not_tried (fixture, ENIGM_REASON_WAIT, 1);
  key_fixture_get_memory (fixture)->failures = 10;
  assert_not_tried (fixture, ENIGM_REASON_WAIT, 10);
  key_fixture_get_memory (fixture)->failures = 1000;
  assert_not_tried (fixture, ENIGM_REASON_CLOSED, 0);
  g_assert_true (enigm_key_tries_reset (fixture->tries, NULL));
  g_clear_pointer (&confirm, enigm_message_free);
  g_clear_pointer (&app, app_side_free);
  app = app_side_new (fixture);
  app_side_open (app);
}

static void
test_uncounted (KeyFixture *fixture, gconstpointer data)
{
  key_fixture_fill_flash (fixture);
  assert_not_tried (fixture, ENIGM_REASON_STORAGE, 0);
  key_fixture_empty_flash (fixture);
}

static gboolean
is_over (gpointer user_data)
{
  return ((AppSide *) user_data)->is_over;
}

static void
test_too_slow (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = app_side_new (fixture);
  g_autoptr (EnigmMessage) confirm = NULL;
  gint64 began = g_get_monotonic_time ();

  app_side_start (app, fixture->code, &confirm);
  g_assert_true (enigm_world_await (is_over, app));
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 9 * G_USEC_PER_SEC);
  app_side_assert_refused (app, ENIGM_REASON_TOO_SLOW);
}

static void
assert_malformed (KeyFixture *fixture, const char *text, gsize len, EnigmReason reason)
{
  g_autoptr (AppSide) app = app_side_new (fixture);
  g_autoptr (GBytes) bytes = text != NULL ? g_bytes_new (text, len) : NULL;

  enigm_key_session_receive (app->session, bytes);
  app_side_assert_refused (app, reason);
  g_assert_cmpint (key_fixture_get_memory (fixture)->failures, ==, 0);
}

static void
test_malformed (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = NULL;
  g_autoptr (EnigmMessage) start = enigm_message_new (ENIGM_MESSAGE_START);
  g_autoptr (EnigmMessage) sealed = enigm_message_new (ENIGM_MESSAGE_SEALED);
  g_autoptr (EnigmMessage) odd = enigm_message_new (ENIGM_MESSAGE_KEEP);
  static const guint8 other_version[] = { 0x82, 2, 1 };
  static const guint8 zeros[64] = { 0 };

  assert_malformed (fixture, NULL, 0, ENIGM_REASON_MALFORMED);
  assert_malformed (fixture, "\xff", 1, ENIGM_REASON_MALFORMED);
  assert_malformed (fixture, "\x81\x18\x19", 3, ENIGM_REASON_MALFORMED);

  /* A point that lies nowhere; no try is counted. */
  app = app_side_new (fixture);
  start->blob = g_bytes_new_static (other_version, sizeof other_version);
  start->point[0] = 4;
  app_side_send (app, start);
  app_side_assert_refused (app, ENIGM_REASON_VERSION);
  g_clear_pointer (&start->blob, g_bytes_unref);
  g_clear_pointer (&app, app_side_free);
  app = app_side_new (fixture);
  start->blob = g_bytes_new_static ("\x82\x01\x01", 3);
  app_side_send (app, start);
  app_side_assert_refused (app, ENIGM_REASON_MALFORMED);
  g_assert_cmpint (key_fixture_get_memory (fixture)->failures, ==, 0);
  g_clear_pointer (&app, app_side_free);

  /* Sealed, but not by this channel. */
  app = app_side_new (fixture);
  app_side_open (app);
  sealed->blob = g_bytes_new_static (zeros, sizeof zeros);
  app_side_send (app, sealed);
  g_assert_true (app->is_over);
  g_assert_true (g_queue_is_empty (app->inbox));
  g_clear_pointer (&app, app_side_free);

  /* Well-formed, and out of turn: nothing is kept. */
  key_fixture_get_memory (fixture)->failures = 0;
  g_assert_true (enigm_key_tries_reset (fixture->tries, NULL));
  app = app_side_new (fixture);
  app_side_open (app);
  odd->secret = enigm_secret_new_random (32, NULL);
  app_side_send (app, odd);
  app_side_assert_declined (app, ENIGM_REASON_MALFORMED);
  g_assert_cmpint (key_fixture_get_memory (fixture)->computers->len, ==, 0);
}

static void
test_offers (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = app_side_new (fixture);
  const guint8 *value;
  EnigmOffer offer;
  EnigmMessage *message;

  app_side_open (app);
  value = enigm_channel_get_session_value (app->channel);
#define TRY(spoil, reason)                                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    key_fixture_make_offer (fixture, &offer, app->certificate->nonce, value);                      \
    spoil;                                                                                         \
    message = app_side_offer (app, &offer);                                                        \
    enigm_message_free (message);                                                                  \
    app_side_assert_declined (app, reason);                                                        \
  }                                                                                                \
  G_STMT_END

  TRY (offer.certificate_hash[0] ^= 1, ENIGM_REASON_OTHER_KEY);
  TRY (offer.key_nonce[31] ^= 1, ENIGM_REASON_OTHER_SESSION);
  TRY (offer.session_value[5] ^= 1, ENIGM_REASON_OTHER_SESSION);
  TRY (offer.ephemeral[64] ^= 1, ENIGM_REASON_MALFORMED);

  /* Signed by another. */
  key_fixture_make_offer (fixture, &offer, app->certificate->nonce, value);
  message = enigm_message_new (ENIGM_MESSAGE_OFFER);
  message->blob = enigm_offer_encode (&offer);
  g_assert_true (enigm_offer_sign (message->blob, fixture->ephemeral, message->signature, NULL));
  app_side_send (app, message);
  enigm_message_free (message);
  app_side_assert_declined (app, ENIGM_REASON_SIGNATURE);

  /* Somebody else's key, and then one with an alert open. */
  key_fixture_bind (fixture, ENIGM_REPORTED_TRUSTED, NULL);
  TRY (offer.pseudonym[0] ^= 1, ENIGM_REASON_OWNED);
  enigm_key_event_raise (fixture->event, FALSE);
  TRY ((void) 0, ENIGM_REASON_BUSY);
#undef TRY
  g_assert_false (key_fixture_has_line (fixture, "vibrate confirm"));
}

static void
test_binding (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = app_side_new (fixture);
  g_autoptr (EnigmMessage) attestation = NULL;
  g_autoptr (EnigmMessage) receipt = NULL;
  g_autoptr (EnigmMessage) done = NULL;
  g_autoptr (EnigmMessage) state = NULL;
  g_autoptr (EnigmSecret) shared = NULL;
  g_autoptr (EnigmSecret) credential = NULL;
  EnigmKeyAnswer answer = { .state = ENIGM_REPORTED_TRUSTED, .n_computers = 1 };
  EnigmKeyMemory *memory;
  EnigmAttestation parsed;

  app_side_open (app);
  attestation = attest (app);
  g_assert_true (key_fixture_has_line (fixture, "vibrate confirm"));
  g_assert_true (key_fixture_has_line (fixture, "state pending"));
  memory = key_fixture_get_memory (fixture);

  /* The platform comes to the same credential from its own half. */
  g_assert_true (enigm_attestation_decode (attestation->blob, &parsed, NULL));
  g_assert_true (enigm_attestation_verify (
    &parsed, memory->pending->offer,
    enigm_p256_key_get_point (enigm_key_store_get_factory (fixture->store)->attestation_key),
    NULL));
  shared =
    enigm_p256_key_ecdh (fixture->ephemeral, parsed.ephemeral, sizeof parsed.ephemeral, NULL);
  credential = enigm_credential_derive (shared, memory->pending->offer, attestation->blob);
  g_assert_true (enigm_secret_equal (credential, memory->pending->credential));

  receipt = make_receipt (fixture, ENIGM_RECEIPT_PENDING);
  app_side_send (app, receipt);
  done = app_side_take (app, ENIGM_MESSAGE_DONE);
  g_assert_cmpint (done->done, ==, ENIGM_MESSAGE_RECEIPT);
  state = app_side_take (app, ENIGM_MESSAGE_STATE);
  g_assert_cmpint (state->state, ==, ENIGM_REPORTED_PENDING);
  g_assert_true (state->has_binding);
  g_assert_cmpint (state->battery, ==, ENIGM_BATTERY_UNKNOWN);

  memcpy (answer.computers[0], computer_id, sizeof computer_id);
  enigm_key_binding_answered (fixture->binding, memory->pending->id, &answer, TRUE);
  g_assert_null (memory->pending);
  g_assert_cmpint (memory->current->reached, ==, ENIGM_REACHED_RELAYED);
  g_assert_true (memory->has_owner);
  g_assert_true (((EnigmKeyComputer *) memory->computers->pdata[0])->active);
  g_clear_pointer (&app, app_side_free);
  key_fixture_reopen (fixture);
  g_assert_cmpint (key_fixture_get_memory (fixture)->current->state, ==, ENIGM_REPORTED_TRUSTED);
}

static void
test_receipts (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = app_side_new (fixture);
  g_autoptr (EnigmMessage) attestation = NULL;
  g_autoptr (EnigmMessage) receipt = NULL;
  g_autoptr (EnigmMessage) ask = enigm_message_new (ENIGM_MESSAGE_ASK);
  g_autoptr (EnigmMessage) state = NULL;

  app_side_open (app);
  attestation = attest (app);
  receipt = make_receipt (fixture, ENIGM_RECEIPT_GONE);
  receipt->signature[0] ^= 1;
  app_side_send (app, receipt);
  app_side_assert_declined (app, ENIGM_REASON_SIGNATURE);
  g_assert_nonnull (key_fixture_get_memory (fixture)->pending);
  /* The receipt is still owed, and until it comes a change is not told; who asks is answered. */
  enigm_key_session_report (app->session);
  g_assert_true (g_queue_is_empty (app->inbox));
  app_side_send (app, ask);
  state = app_side_take (app, ENIGM_MESSAGE_STATE);
  g_assert_cmpint (state->state, ==, ENIGM_REPORTED_PENDING);
  receipt->signature[0] ^= 1;
  app_side_send (app, receipt);
  app_side_assert_declined (app, ENIGM_REASON_GONE);
  g_assert_null (key_fixture_get_memory (fixture)->pending);
  g_assert_cmpint (key_fixture_get_memory (fixture)->computers->len, ==, 0);
  g_assert_true (key_fixture_has_line (fixture, "state none"));
}

static void
test_interrupted (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = NULL;
  g_autoptr (EnigmMessage) message = NULL;
  g_autoptr (EnigmMessage) waiting = NULL;
  EnigmOffer offer;

  key_fixture_bind (fixture, ENIGM_REPORTED_TRUSTED, NULL);
  app = app_side_new (fixture);
  app_side_open (app);
  g_assert_true (app->certificate->has_binding);
  key_fixture_make_offer (fixture, &offer, app->certificate->nonce,
                          enigm_channel_get_session_value (app->channel));
  message = app_side_offer (app, &offer);
  waiting = app_side_take (app, ENIGM_MESSAGE_WAITING);
  enigm_key_event_raise (fixture->event, FALSE);
  enigm_key_session_interrupt (app->session);
  app_side_assert_declined (app, ENIGM_REASON_BUSY);
  g_assert_false (enigm_key_session_press (app->session));
  g_assert_null (key_fixture_get_memory (fixture)->pending);
}

static void
test_unstored (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = app_side_new (fixture);
  g_autoptr (EnigmMessage) message = NULL;
  g_autoptr (EnigmMessage) waiting = NULL;
  EnigmOffer offer;

  app_side_open (app);
  key_fixture_make_offer (fixture, &offer, app->certificate->nonce,
                          enigm_channel_get_session_value (app->channel));
  message = app_side_offer (app, &offer);
  waiting = app_side_take (app, ENIGM_MESSAGE_WAITING);
  key_fixture_fill_flash (fixture);
  g_assert_true (enigm_key_session_press (app->session));
  app_side_assert_declined (app, ENIGM_REASON_STORAGE);
  g_assert_null (key_fixture_get_memory (fixture)->pending);
  key_fixture_empty_flash (fixture);
}

static void
test_release (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = NULL;
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_RELEASE);
  g_autoptr (EnigmMessage) done = NULL;
  EnigmRelease release;

  key_fixture_bind (fixture, ENIGM_REPORTED_TRUSTED, NULL);
  app = app_side_new (fixture);
  app_side_open (app);
  memcpy (release.certificate_hash, enigm_key_store_get_factory (fixture->store)->certificate_hash,
          sizeof release.certificate_hash);
  memcpy (release.binding, app->certificate->binding, sizeof release.binding);
  memset (release.key_nonce, 0, sizeof release.key_nonce);

  message->blob = enigm_release_encode (&release);
  g_assert_true (enigm_release_sign (message->blob, fixture->identity, message->signature, NULL));
  app_side_send (app, message);
  app_side_assert_declined (app, ENIGM_REASON_OTHER_SESSION);
  g_assert_true (key_fixture_get_memory (fixture)->has_owner);

  memcpy (release.key_nonce, app->certificate->nonce, sizeof release.key_nonce);
  g_clear_pointer (&message->blob, g_bytes_unref);
  message->blob = enigm_release_encode (&release);
  g_assert_true (enigm_release_sign (message->blob, fixture->identity, message->signature, NULL));
  app_side_send (app, message);
  done = app_side_take (app, ENIGM_MESSAGE_DONE);
  g_assert_cmpint (done->done, ==, ENIGM_MESSAGE_RELEASE);
  g_assert_false (key_fixture_get_memory (fixture)->has_owner);
  g_assert_null (key_fixture_get_memory (fixture)->current);
}

/* Opens a management channel, or is refused. */
static gboolean
resume (AppSide *app, const guint8 *binding, EnigmSecret *secret, guint8 *nonce)
{
  EnigmResumeCandidate known = { .secret = secret };
  g_autoptr (EnigmResumeApp) handshake = NULL;
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_RESUME);
  g_autoptr (EnigmMessage) answer = NULL;
  g_autoptr (EnigmMessage) confirm = enigm_message_new (ENIGM_MESSAGE_RESUME_CONFIRM);
  EnigmResumeHello hello;
  EnigmResumeShare share;

  memcpy (known.binding, binding, sizeof known.binding);
  handshake = enigm_resume_app_new (&known);
  g_assert_true (enigm_resume_app_start (handshake, &hello, NULL));
  memcpy (message->point, hello.point, sizeof hello.point);
  memcpy (message->nonce, hello.nonce, sizeof hello.nonce);
  memcpy (message->mac, hello.hint, sizeof hello.hint);
  app_side_send (app, message);
  answer = app_side_take (app, ENIGM_MESSAGE_RESUME_SHARE);
  memcpy (share.point, answer->point, sizeof share.point);
  memcpy (share.nonce, answer->nonce, sizeof share.nonce);
  memcpy (share.mac, answer->mac, sizeof share.mac);
  memcpy (nonce, share.nonce, sizeof share.nonce);
  app->channel = enigm_resume_app_finish (handshake, &share, confirm->mac, NULL);
  app_side_send (app, confirm);

  return app->channel != NULL;
}

static void
test_management (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = app_side_new (fixture);
  g_autoptr (EnigmSecret) wrong = enigm_secret_new_random (32, NULL);
  g_autoptr (EnigmSecret) right = enigm_secret_new_random (32, NULL);
  g_autoptr (EnigmMessage) order = enigm_message_new (ENIGM_MESSAGE_ORDER);
  g_autoptr (EnigmMessage) vibrate = enigm_message_new (ENIGM_MESSAGE_VIBRATE);
  g_autoptr (EnigmMessage) state = NULL;
  g_autoptr (EnigmMessage) done = NULL;
  EnigmOrder parsed = { .purpose = ENIGM_ORDER_DRILL };
  guint8 binding[ENIGM_ID_SIZE];

  key_fixture_bind (fixture, ENIGM_REPORTED_TRUSTED, NULL);
  memcpy (binding, key_fixture_get_memory (fixture)->current->id, sizeof binding);
  g_assert_cmpint (enigm_key_binding_keep (fixture->binding, computer_id, right), ==, 0);

  g_assert_false (resume (app, binding, wrong, parsed.nonce));
  app_side_assert_refused (app, ENIGM_REASON_NO_SUCH_SECRET);
  g_clear_pointer (&app, app_side_free);

  app = app_side_new (fixture);
  g_assert_true (resume (app, binding, right, parsed.nonce));
  state = app_side_take (app, ENIGM_MESSAGE_STATE);
  g_assert_cmpint (state->state, ==, ENIGM_REPORTED_TRUSTED);
  app_side_send (app, vibrate);
  done = app_side_take (app, ENIGM_MESSAGE_DONE);
  g_assert_true (key_fixture_has_line (fixture, "vibrate find"));

  memcpy (parsed.binding, binding, sizeof binding);
  memcpy (parsed.session_value, enigm_channel_get_session_value (app->channel),
          sizeof parsed.session_value);
  memcpy (parsed.computer, "another computer", sizeof parsed.computer);
  order->blob = enigm_order_encode (&parsed);
  g_assert_true (enigm_order_sign (order->blob, fixture->identity, order->signature, NULL));
  app_side_send (app, order);
  app_side_assert_declined (app, ENIGM_REASON_OTHER_KEY);
  g_assert_cmpint (enigm_key_event_get_open (fixture->event), ==, 0);

  memcpy (parsed.computer, computer_id, sizeof parsed.computer);
  g_clear_pointer (&order->blob, g_bytes_unref);
  order->blob = enigm_order_encode (&parsed);
  g_assert_true (enigm_order_sign (order->blob, fixture->identity, order->signature, NULL));
  app_side_send (app, order);
  g_clear_pointer (&done, enigm_message_free);
  done = app_side_take (app, ENIGM_MESSAGE_DONE);
  g_assert_cmpint (enigm_key_event_get_open (fixture->event), ==, 2);
}

static void
test_join (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = NULL;
  g_autoptr (EnigmMessage) order = enigm_message_new (ENIGM_MESSAGE_ORDER);
  g_autoptr (EnigmMessage) keep = enigm_message_new (ENIGM_MESSAGE_KEEP);
  g_autoptr (EnigmMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  EnigmOrder parsed = { .purpose = ENIGM_ORDER_JOIN };
  EnigmKeyMemory *memory;
  guint8 point[ENIGM_P256_POINT_SIZE];

  key_fixture_bind (fixture, ENIGM_REPORTED_TRUSTED, NULL);
  memory = key_fixture_get_memory (fixture);
  app = app_side_new (fixture);
  app_side_open (app);
  memcpy (parsed.binding, memory->current->id, sizeof parsed.binding);
  memcpy (parsed.nonce, app->certificate->nonce, sizeof parsed.nonce);
  memcpy (parsed.session_value, enigm_channel_get_session_value (app->channel),
          sizeof parsed.session_value);
  memcpy (parsed.computer, computer_id, sizeof parsed.computer);
  order->blob = enigm_order_encode (&parsed);
  g_assert_true (enigm_order_sign (order->blob, fixture->identity, order->signature, NULL));
  app_side_send (app, order);
  message = app_side_take (app, ENIGM_MESSAGE_WAITING);
  g_assert_true (enigm_key_session_press (app->session));
  g_clear_pointer (&message, enigm_message_free);
  message = app_side_take (app, ENIGM_MESSAGE_DONE);
  g_assert_cmpint (message->done, ==, ENIGM_MESSAGE_ORDER);
  g_assert_true (message->has_signature);
  enigm_certificate_get_point (app->certificate->chain->pdata[0], point, &error);
  g_assert_no_error (error);
  g_assert_true (enigm_join_verify (order->blob, point, message->signature, NULL));

  memcpy (keep->computer, "another computer", sizeof keep->computer);
  keep->secret = enigm_secret_new_random (32, NULL);
  app_side_send (app, keep);
  app_side_assert_declined (app, ENIGM_REASON_OTHER_KEY);
  memcpy (keep->computer, computer_id, sizeof keep->computer);
  app_side_send (app, keep);
  g_clear_pointer (&message, enigm_message_free);
  message = app_side_take (app, ENIGM_MESSAGE_DONE);
  g_assert_false (message->has_signature);
  g_assert_cmpint (memory->computers->len, ==, 1);
}

static void
test_eight_computers (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmSecret) secret = enigm_secret_new_random (32, NULL);
  guint8 id[ENIGM_ID_SIZE] = { 0 };

  key_fixture_bind (fixture, ENIGM_REPORTED_TRUSTED, NULL);
  for (id[0] = 0; id[0] < 8; id[0]++)
    g_assert_cmpint (enigm_key_binding_keep (fixture->binding, id, secret), ==, 0);
  g_assert_cmpint (enigm_key_binding_keep (fixture->binding, id, secret), ==,
                   ENIGM_REASON_EIGHT_COMPUTERS);
  id[0] = 3;
  g_assert_cmpint (enigm_key_binding_keep (fixture->binding, id, secret), ==, 0);
  g_assert_cmpint (key_fixture_get_memory (fixture)->computers->len, ==, 8);

  /* A reset clears tries and secrets, and nothing else. */
  g_assert_true (enigm_key_tries_reset (fixture->tries, NULL));
  g_assert_cmpint (key_fixture_get_memory (fixture)->computers->len, ==, 0);
  g_assert_true (key_fixture_get_memory (fixture)->has_owner);
  g_assert_nonnull (key_fixture_get_memory (fixture)->current);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  /* A key warns of what cannot be stored, and works on. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);

#define ADD(name, function)                                                                        \
  g_test_add ("/key/session/" name, KeyFixture, NULL, key_fixture_set_up, function,                \
              key_fixture_tear_down)
  ADD ("right-code", test_right_code);
  ADD ("wrong-code", test_wrong_code);
  ADD ("tries", test_tries);
  ADD ("uncounted", test_uncounted);
  ADD ("too-slow", test_too_slow);
  ADD ("malformed", test_malformed);
  ADD ("offers", test_offers);
  ADD ("binding", test_binding);
  ADD ("receipts", test_receipts);
  ADD ("interrupted", test_interrupted);
  ADD ("unstored", test_unstored);
  ADD ("release", test_release);
  ADD ("management", test_management);
  ADD ("join", test_join);
  ADD ("eight-computers", test_eight_computers);

  return g_test_run ();
}
