/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every byte of every message that a key takes, changed; every length, cut; and whole messages
 * repeated, reflected and brought from elsewhere. On the key's own session, without a radio in
 * between, for there are thousands. */

#include <locale.h>
#include <string.h>

#include "enigm-join.h"
#include "enigm-order.h"
#include "enigm-release.h"
#include "enigm-resume.h"
#include "key-fixture.h"

static const guint8 computer_id[ENIGM_ID_SIZE] = "a computer's ID!";
static EnigmSecret *management;

static GBytes *
flip (GBytes *bytes, gsize at)
{
  gsize size = g_bytes_get_size (bytes);
  guint8 *data = g_memdup2 (g_bytes_get_data (bytes, NULL), size);

  data[at] ^= 1 << at % 8;
  return g_bytes_new_take (data, size);
}

/* Below its size a byte is changed; from there on it is cut, to each length. */
static GBytes *
spoil (GBytes *bytes, gsize at)
{
  gsize size = g_bytes_get_size (bytes);

  return at < size ? flip (bytes, at) : g_bytes_new_from_bytes (bytes, 0, at - size);
}

/* As if no try had been made: what is tried here is not how often one may. */
static void
forgive (KeyFixture *fixture)
{
  key_fixture_get_memory (fixture)->failures = 0;
  g_clear_object (&fixture->tries);
  fixture->tries = enigm_key_tries_new (fixture->store);
}

static GBytes *
remember (KeyFixture *fixture)
{
  forgive (fixture);
  return enigm_key_memory_encode (key_fixture_get_memory (fixture));
}

static void
assert_unchanged (KeyFixture *fixture, GBytes *before)
{
  g_autoptr (GBytes) after = remember (fixture);

  g_assert_true (g_bytes_equal (before, after));
}

static void
deliver (AppSide *app, GBytes *plain, gboolean sealed)
{
  g_autoptr (EnigmMessage) outer = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!sealed)
    {
      enigm_key_session_receive (app->session, plain);
      return;
    }
  outer = enigm_message_new (ENIGM_MESSAGE_SEALED);
  outer->blob = enigm_channel_seal (app->channel, plain, NULL);
  bytes = enigm_message_encode (outer);
  enigm_key_session_receive (app->session, bytes);
}

/* What the key says to something changed: nothing but no. */
static void
assert_no (AppSide *app, const char *what, gsize at)
{
  GBytes *next;

  if (!app->is_over && g_queue_is_empty (app->inbox))
    g_error ("%s, changed at byte %" G_GSIZE_FORMAT ", was passed over", what, at);
  while ((next = g_queue_pop_head (app->inbox)) != NULL)
    {
      g_autoptr (GBytes) bytes = next;
      g_autoptr (EnigmMessage) message = enigm_message_decode (bytes, FALSE, NULL);

      g_assert_nonnull (message);
      if (message->type == ENIGM_MESSAGE_SEALED)
        {
          g_autoptr (GBytes) plain = enigm_channel_open (app->channel, message->blob, NULL);

          g_assert_nonnull (plain);
          g_clear_pointer (&message, enigm_message_free);
          message = enigm_message_decode (plain, TRUE, NULL);
        }
      if (message->type != ENIGM_MESSAGE_REFUSED && message->type != ENIGM_MESSAGE_DECLINED)
        g_error ("%s, changed at byte %" G_GSIZE_FORMAT ", was answered with %s", what, at,
                 enigm_message_type_get_name (message->type));
    }
}

/* What a key takes inside a channel that was opened with the code */

static EnigmMessage *
make_offer (AppSide *app)
{
  EnigmMessage *message = enigm_message_new (ENIGM_MESSAGE_OFFER);
  EnigmOffer offer;

  key_fixture_make_offer (app->fixture, &offer, app->certificate->nonce,
                          enigm_channel_get_session_value (app->channel));
  message->blob = enigm_offer_encode (&offer);
  enigm_offer_sign (message->blob, app->fixture->identity, message->signature, NULL);
  return message;
}

static EnigmMessage *
make_release (AppSide *app)
{
  EnigmMessage *message = enigm_message_new (ENIGM_MESSAGE_RELEASE);
  EnigmRelease release;

  memcpy (release.certificate_hash,
          enigm_key_store_get_factory (app->fixture->store)->certificate_hash,
          sizeof release.certificate_hash);
  memcpy (release.binding, app->certificate->binding, sizeof release.binding);
  memcpy (release.key_nonce, app->certificate->nonce, sizeof release.key_nonce);
  message->blob = enigm_release_encode (&release);
  enigm_release_sign (message->blob, app->fixture->identity, message->signature, NULL);
  return message;
}

static EnigmMessage *
make_order (AppSide *app, EnigmOrderPurpose purpose)
{
  EnigmMessage *message = enigm_message_new (ENIGM_MESSAGE_ORDER);
  EnigmOrder order = { .purpose = purpose, .time = 1790000000 };

  memcpy (order.binding, app->certificate->binding, sizeof order.binding);
  memcpy (order.nonce, app->certificate->nonce, sizeof order.nonce);
  memcpy (order.session_value, enigm_channel_get_session_value (app->channel),
          sizeof order.session_value);
  memcpy (order.computer, computer_id, sizeof order.computer);
  message->blob = enigm_order_encode (&order);
  enigm_order_sign (message->blob, app->fixture->identity, message->signature, NULL);
  return message;
}

static EnigmMessage *
make_join (AppSide *app)
{
  return make_order (app, ENIGM_ORDER_JOIN);
}

static EnigmMessage *
make_drill (AppSide *app)
{
  return make_order (app, ENIGM_ORDER_DRILL);
}

static EnigmMessage *
make_wipe (AppSide *app)
{
  return make_order (app, ENIGM_ORDER_WIPE);
}

static EnigmMessage *
make_keep (AppSide *app)
{
  EnigmMessage *message = enigm_message_new (ENIGM_MESSAGE_KEEP);

  memcpy (message->computer, computer_id, sizeof computer_id);
  message->secret = enigm_secret_ref (management);
  return message;
}

static EnigmMessage *
make_receipt (AppSide *app)
{
  EnigmMessage *message = enigm_message_new (ENIGM_MESSAGE_RECEIPT);
  EnigmKeyRecord *record = key_fixture_get_memory (app->fixture)->pending;
  EnigmReceipt receipt = { .state = ENIGM_RECEIPT_PENDING, .time = 1790000000 };

  memcpy (receipt.binding, record->id, sizeof receipt.binding);
  memcpy (receipt.binding_hash, record->hash, sizeof receipt.binding_hash);
  message->blob = enigm_receipt_encode (&receipt);
  enigm_receipt_sign (message->blob, app->fixture->identity, message->signature, NULL);
  memcpy (message->computer, computer_id, sizeof computer_id);
  message->secret = enigm_secret_ref (management);
  return message;
}

/* How far a session has to be for the message, and how much of its end is the app's own to choose.
 */
typedef struct
{
  const char *name;
  EnigmMessage *(*make) (AppSide *app);
  EnigmMessage *(*before) (AppSide *app);
  gboolean bound;
  gsize own;
  EnigmMessageType answer;
} Kind;

/* A secret's 34 bytes, and a computer ID's 17 before it. */
static const Kind kinds[] = {
  { "offer", make_offer, NULL, FALSE, 0, ENIGM_MESSAGE_WAITING },
  { "offer to its owner", make_offer, NULL, TRUE, 0, ENIGM_MESSAGE_WAITING },
  { "release", make_release, NULL, TRUE, 0, ENIGM_MESSAGE_DONE },
  { "join", make_join, NULL, TRUE, 0, ENIGM_MESSAGE_WAITING },
  { "drill", make_drill, NULL, TRUE, 0, ENIGM_MESSAGE_DONE },
  { "wipe", make_wipe, NULL, TRUE, 0, ENIGM_MESSAGE_DONE },
  { "receipt", make_receipt, make_offer, FALSE, 32 + 2 + 16, ENIGM_MESSAGE_DONE },
  { "keep", make_keep, make_join, TRUE, 32, ENIGM_MESSAGE_DONE },
};

static AppSide *
open_for (KeyFixture *fixture, const Kind *kind)
{
  AppSide *app;

  forgive (fixture);
  app = app_side_new (fixture);
  app_side_open (app);
  if (kind->before != NULL)
    {
      g_autoptr (EnigmMessage) before = kind->before (app);
      GBytes *said;

      app_side_send (app, before);
      g_assert_true (enigm_key_session_press (app->session));
      while ((said = g_queue_pop_head (app->inbox)) != NULL)
        {
          g_autoptr (GBytes) bytes = said;
          g_autoptr (EnigmMessage) sealed = enigm_message_decode (bytes, FALSE, NULL);
          g_autoptr (GBytes) plain = enigm_channel_open (app->channel, sealed->blob, NULL);

          g_assert_nonnull (plain);
        }
    }
  return app;
}

static void
test_fields (KeyFixture *fixture, gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (AppSide) app = NULL;
  g_autoptr (EnigmMessage) message = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) before = NULL;
  g_autoptr (EnigmMessage) answer = NULL;
  guint n_lines;
  gsize size;

  if (kind->bound)
    key_fixture_bind (fixture, ENIGM_REPORTED_TRUSTED, NULL);
  for (gsize at = 0, cut = 0;;)
    {
      g_autoptr (GBytes) spoilt = NULL;

      if (app == NULL || app->is_over)
        {
          g_clear_pointer (&app, app_side_free);
          g_clear_pointer (&message, enigm_message_free);
          g_clear_pointer (&bytes, g_bytes_unref);
          g_clear_pointer (&before, g_bytes_unref);
          app = open_for (fixture, kind);
          message = kind->make (app);
          bytes = enigm_message_encode (message);
          before = remember (fixture);
        }
      size = g_bytes_get_size (bytes) - kind->own;
      n_lines = fixture->lines->len;
      if (at < size)
        spoilt = flip (bytes, at);
      else if (cut < 8)
        spoilt = g_bytes_new_from_bytes (bytes, 0, g_bytes_get_size (bytes) * cut / 8);
      else
        break;
      deliver (app, spoilt, TRUE);
      assert_no (app, kind->name, at);
      assert_unchanged (fixture, before);
      /* Nothing is felt or shown either. */
      g_assert_cmpuint (fixture->lines->len, ==, n_lines);
      g_assert_cmpuint (enigm_key_event_get_open (fixture->event), ==, 0);
      if (at < size)
        at++;
      else
        cut++;
    }

  /* Unspoilt it is what the key waits for; once. */
  deliver (app, bytes, TRUE);
  answer = app_side_take (app, kind->answer);
  while (!g_queue_is_empty (app->inbox))
    {
      g_autoptr (GBytes) state = g_queue_pop_head (app->inbox);
      g_autoptr (EnigmMessage) sealed = enigm_message_decode (state, FALSE, NULL);

      g_bytes_unref (enigm_channel_open (app->channel, sealed->blob, NULL));
    }
  g_clear_pointer (&before, g_bytes_unref);
  before = remember (fixture);
  deliver (app, bytes, TRUE);
  /* Two may be said again, and change nothing: a drill is still a drill, and a receipt is known. */
  if (kind->make != make_drill && kind->make != make_receipt)
    assert_no (app, "repeated", 0);
  else
    {
      g_clear_pointer (&answer, enigm_message_free);
      answer = app_side_take (app, kind->answer);
    }
  if (kind->make == make_drill)
    g_assert_cmpuint (enigm_key_event_get_open (fixture->event), ==, 2);
  else
    assert_unchanged (fixture, before);
}

/* Each byte of what travels, while the channel is open. */
static void
test_ciphertext (KeyFixture *fixture, gconstpointer data)
{
  gsize size = 1;

  for (gsize at = 0; at < size; at++)
    {
      g_autoptr (AppSide) app = NULL;
      g_autoptr (EnigmMessage) ask = enigm_message_new (ENIGM_MESSAGE_ASK);
      g_autoptr (EnigmMessage) sealed = enigm_message_new (ENIGM_MESSAGE_SEALED);
      g_autoptr (GBytes) plain = enigm_message_encode (ask);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GBytes) spoilt = NULL;

      forgive (fixture);
      app = app_side_new (fixture);
      app_side_open (app);
      sealed->blob = enigm_channel_seal (app->channel, plain, NULL);
      bytes = enigm_message_encode (sealed);
      size = g_bytes_get_size (bytes);
      spoilt = flip (bytes, at);
      enigm_key_session_receive (app->session, spoilt);
      assert_no (app, "ciphertext", at);
      g_assert_true (app->is_over);
    }
}

/* Opened by another key's or session's keys: it is nobody's. */
static void
test_other_session (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) first = app_side_new (fixture);
  g_autoptr (AppSide) second = NULL;
  g_autoptr (EnigmMessage) ask = enigm_message_new (ENIGM_MESSAGE_ASK);
  g_autoptr (EnigmMessage) sealed = enigm_message_new (ENIGM_MESSAGE_SEALED);
  g_autoptr (GBytes) plain = enigm_message_encode (ask);

  app_side_open (first);
  sealed->blob = enigm_channel_seal (first->channel, plain, NULL);
  forgive (fixture);
  second = app_side_new (fixture);
  app_side_open (second);
  app_side_send (second, sealed);
  g_assert_true (second->is_over);
  g_assert_true (g_queue_is_empty (second->inbox));
}

/* Before the code is known */

static void
test_start (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmMessage) start = enigm_message_new (ENIGM_MESSAGE_START);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (AppSide) twice = NULL;
  g_autoptr (EnigmMessage) share = NULL;

  start->blob = g_bytes_new_static ("\x82\x01\x01", 3);
  memcpy (start->point, enigm_p256_key_get_point (fixture->identity), sizeof start->point);
  bytes = enigm_message_encode (start);
  for (gsize at = 0; at < g_bytes_get_size (bytes); at++)
    {
      g_autoptr (AppSide) app = app_side_new (fixture);
      g_autoptr (GBytes) spoilt = flip (bytes, at);

      deliver (app, spoilt, FALSE);
      assert_no (app, "start", at);
      g_assert_true (app->is_over);
      /* It was no try: nobody guessed anything. */
      g_assert_cmpuint (key_fixture_get_memory (fixture)->failures, ==, 0);
    }
  for (gsize size = 0; size < g_bytes_get_size (bytes); size++)
    {
      g_autoptr (AppSide) app = app_side_new (fixture);
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bytes, 0, size);

      deliver (app, cut, FALSE);
      assert_no (app, "start, cut", size);
      g_assert_true (app->is_over);
      g_assert_cmpuint (key_fixture_get_memory (fixture)->failures, ==, 0);
    }

  /* Said twice, it is one try. */
  twice = app_side_new (fixture);
  deliver (twice, bytes, FALSE);
  share = app_side_take (twice, ENIGM_MESSAGE_SHARE);
  deliver (twice, bytes, FALSE);
  app_side_assert_refused (twice, ENIGM_REASON_MALFORMED);
  g_assert_cmpuint (key_fixture_get_memory (fixture)->failures, ==, 1);
}

/* Points that are none, in both handshakes. */
static void
test_points (KeyFixture *fixture, gconstpointer data)
{
  static const guint8 prefixes[] = { 0x00, 0x02, 0x03, 0x05, 0x06, 0x07, 0xff };
  const guint8 *good = enigm_p256_key_get_point (fixture->identity);

  for (guint what = 0; what < G_N_ELEMENTS (prefixes) + 4; what++)
    for (gboolean resume = FALSE; resume <= TRUE; resume++)
      {
        g_autoptr (AppSide) app = app_side_new (fixture);
        g_autoptr (EnigmMessage) message =
          enigm_message_new (resume ? ENIGM_MESSAGE_RESUME : ENIGM_MESSAGE_START);

        message->blob = g_bytes_new_static ("\x82\x01\x01", 3);
        memcpy (message->point, good, sizeof message->point);
        if (what < G_N_ELEMENTS (prefixes))
          message->point[0] = prefixes[what];
        else if (what == G_N_ELEMENTS (prefixes)) /* the identity, as libraries write it */
          memset (message->point, 0, sizeof message->point);
        else if (what == G_N_ELEMENTS (prefixes) + 1) /* the origin, which is not on the curve */
          memset (message->point + 1, 0, sizeof message->point - 1);
        else if (what == G_N_ELEMENTS (prefixes) + 2) /* beyond the field */
          memset (message->point + 1, 0xff, sizeof message->point - 1);
        else /* on another curve: the same x, another y */
          message->point[64] ^= 1;
        app_side_send (app, message);
        app_side_assert_refused (app, ENIGM_REASON_MALFORMED);
        g_assert_cmpuint (key_fixture_get_memory (fixture)->failures, ==, 0);
      }
}

static void
test_versions (KeyFixture *fixture, gconstpointer data)
{
  static const char *const hellos[] = { "\x82\x02\x01", "\x82\x01\x02", "\x82\x18\xff\x01" };

  for (gsize i = 0; i < G_N_ELEMENTS (hellos); i++)
    {
      g_autoptr (AppSide) app = app_side_new (fixture);
      g_autoptr (EnigmMessage) start = enigm_message_new (ENIGM_MESSAGE_START);

      start->blob = g_bytes_new_static (hellos[i], strlen (hellos[i]));
      memcpy (start->point, enigm_p256_key_get_point (fixture->identity), sizeof start->point);
      app_side_send (app, start);
      app_side_assert_refused (app, ENIGM_REASON_VERSION);
    }
}

static void
test_confirm (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) twice = NULL;
  g_autoptr (EnigmMessage) right = NULL;
  g_autoptr (EnigmMessage) certificate = NULL;
  gsize size = 1;

  for (gsize at = 0; at < 2 * size; at++)
    {
      g_autoptr (AppSide) app = NULL;
      g_autoptr (EnigmMessage) confirm = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GBytes) spoilt = NULL;

      forgive (fixture);
      app = app_side_new (fixture);
      app_side_start (app, fixture->code, &confirm);
      bytes = enigm_message_encode (confirm);
      size = g_bytes_get_size (bytes);
      spoilt = spoil (bytes, at);
      deliver (app, spoilt, FALSE);
      assert_no (app, "confirm", at);
      g_assert_true (app->is_over);
      /* And the try stays counted. */
      g_assert_cmpuint (key_fixture_get_memory (fixture)->failures, ==, 1);
    }

  /* Said twice, the second is out of turn. */
  forgive (fixture);
  twice = app_side_new (fixture);
  app_side_start (twice, fixture->code, &right);
  app_side_send (twice, right);
  certificate = app_side_take (twice, ENIGM_MESSAGE_CERTIFICATE);
  app_side_send (twice, right);
  app_side_assert_refused (twice, ENIGM_REASON_MALFORMED);
}

/* What the key said, said back to it; and what an app said to it an hour ago. */
static void
test_reflected (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (AppSide) app = app_side_new (fixture);
  g_autoptr (EnigmMessage) confirm = NULL;
  g_autoptr (EnigmMessage) start = enigm_message_new (ENIGM_MESSAGE_START);
  g_autoptr (EnigmMessage) share = NULL;
  g_autoptr (EnigmMessage) back = enigm_message_new (ENIGM_MESSAGE_CONFIRM);

  start->blob = g_bytes_new_static ("\x82\x01\x01", 3);
  memcpy (start->point, enigm_p256_key_get_point (fixture->identity), sizeof start->point);
  app_side_send (app, start);
  share = app_side_take (app, ENIGM_MESSAGE_SHARE);
  memcpy (back->mac, share->mac, sizeof back->mac);
  app_side_send (app, back);
  app_side_assert_refused (app, ENIGM_REASON_WRONG_CODE);

  /* A genuine app's confirmation, in the next session. */
  g_clear_pointer (&app, app_side_free);
  forgive (fixture);
  app = app_side_new (fixture);
  app_side_start (app, fixture->code, &confirm);
  g_clear_pointer (&app, app_side_free);
  forgive (fixture);
  app = app_side_new (fixture);
  app_side_send (app, start);
  g_clear_pointer (&share, enigm_message_free);
  share = app_side_take (app, ENIGM_MESSAGE_SHARE);
  app_side_send (app, confirm);
  app_side_assert_refused (app, ENIGM_REASON_WRONG_CODE);
}

/* Later, without the code */

/* Begins to resume as the computer would, with @what spoilt at one place. */
static void
resume_spoilt (KeyFixture *fixture, EnigmMessageType what, gsize at, gsize *size)
{
  g_autoptr (AppSide) app = app_side_new (fixture);
  EnigmResumeCandidate known = { .secret = management };
  g_autoptr (EnigmResumeApp) handshake = NULL;
  g_autoptr (EnigmMessage) resume = enigm_message_new (ENIGM_MESSAGE_RESUME);
  g_autoptr (EnigmMessage) confirm = enigm_message_new (ENIGM_MESSAGE_RESUME_CONFIRM);
  g_autoptr (EnigmMessage) answer = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) spoilt = NULL;
  EnigmResumeHello hello;
  EnigmResumeShare share;

  memcpy (known.binding, key_fixture_get_memory (fixture)->current->id, sizeof known.binding);
  handshake = enigm_resume_app_new (&known);
  g_assert_true (enigm_resume_app_start (handshake, &hello, NULL));
  memcpy (resume->point, hello.point, sizeof hello.point);
  memcpy (resume->nonce, hello.nonce, sizeof hello.nonce);
  memcpy (resume->mac, hello.hint, sizeof hello.hint);
  bytes = enigm_message_encode (resume);
  *size = g_bytes_get_size (bytes);
  if (what == ENIGM_MESSAGE_RESUME)
    {
      spoilt = spoil (bytes, at);
      deliver (app, spoilt, FALSE);
      if (app->is_over)
        {
          assert_no (app, "resume", at);
          return;
        }
    }
  else
    deliver (app, bytes, FALSE);

  /* A key that does not know the hint answers all the same; nobody can tell from it. */
  answer = app_side_take (app, ENIGM_MESSAGE_RESUME_SHARE);
  memcpy (share.point, answer->point, sizeof share.point);
  memcpy (share.nonce, answer->nonce, sizeof share.nonce);
  memcpy (share.mac, answer->mac, sizeof share.mac);
  app->channel = enigm_resume_app_finish (handshake, &share, confirm->mac, NULL);
  g_assert_true ((app->channel != NULL) == (what == ENIGM_MESSAGE_RESUME_CONFIRM));
  g_clear_pointer (&bytes, g_bytes_unref);
  bytes = enigm_message_encode (confirm);
  if (what == ENIGM_MESSAGE_RESUME_CONFIRM)
    *size = g_bytes_get_size (bytes);
  g_clear_pointer (&spoilt, g_bytes_unref);
  spoilt = what == ENIGM_MESSAGE_RESUME_CONFIRM ? spoil (bytes, at) : flip (bytes, 5);
  deliver (app, spoilt, FALSE);
  assert_no (app, "resume-confirm", at);
  g_assert_true (app->is_over);
}

static void
test_resume (KeyFixture *fixture, gconstpointer data)
{
  const EnigmMessageType what = GPOINTER_TO_INT (data);
  g_autoptr (GBytes) before = NULL;
  gsize size = 1;

  key_fixture_bind (fixture, ENIGM_REPORTED_TRUSTED, NULL);
  g_assert_cmpint (enigm_key_binding_keep (fixture->binding, computer_id, management), ==, 0);
  before = remember (fixture);
  for (gsize at = 0; at < 2 * size; at++)
    resume_spoilt (fixture, what, at, &size);
  assert_unchanged (fixture, before);
}

/* A whole genuine handshake, byte for byte, some other time; and the key's own words to itself. */
static void
test_resume_replayed (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmResumeApp) handshake = NULL;
  g_autoptr (EnigmMessage) resume = enigm_message_new (ENIGM_MESSAGE_RESUME);
  g_autoptr (EnigmMessage) confirm = enigm_message_new (ENIGM_MESSAGE_RESUME_CONFIRM);
  EnigmResumeCandidate known = { .secret = management };
  EnigmResumeHello hello;
  EnigmResumeShare share;
  guint8 said_before[ENIGM_SHA256_SIZE];
  g_autoptr (AppSide) twice = NULL;
  g_autoptr (EnigmMessage) first = NULL;

  key_fixture_bind (fixture, ENIGM_REPORTED_TRUSTED, NULL);
  g_assert_cmpint (enigm_key_binding_keep (fixture->binding, computer_id, management), ==, 0);
  memcpy (known.binding, key_fixture_get_memory (fixture)->current->id, sizeof known.binding);
  handshake = enigm_resume_app_new (&known);
  g_assert_true (enigm_resume_app_start (handshake, &hello, NULL));
  memcpy (resume->point, hello.point, sizeof hello.point);
  memcpy (resume->nonce, hello.nonce, sizeof hello.nonce);
  memcpy (resume->mac, hello.hint, sizeof hello.hint);
  for (guint time = 0; time < 3; time++)
    {
      g_autoptr (AppSide) app = app_side_new (fixture);
      g_autoptr (EnigmMessage) answer = NULL;

      app_side_send (app, resume);
      answer = app_side_take (app, ENIGM_MESSAGE_RESUME_SHARE);
      memcpy (share.point, answer->point, sizeof share.point);
      memcpy (share.nonce, answer->nonce, sizeof share.nonce);
      memcpy (share.mac, answer->mac, sizeof share.mac);
      if (time == 0)
        {
          app->channel = enigm_resume_app_finish (handshake, &share, confirm->mac, NULL);
          g_assert_nonnull (app->channel);
          app_side_send (app, confirm);
          g_assert_false (app->is_over);
          memcpy (said_before, share.mac, sizeof said_before);
          /* At once: out of turn. */
          g_clear_pointer (&answer, enigm_message_free);
          answer = app_side_take (app, ENIGM_MESSAGE_STATE);
          app_side_send (app, confirm);
          app_side_assert_refused (app, ENIGM_REASON_MALFORMED);
          continue;
        }
      if (time == 2)
        memcpy (confirm->mac, said_before, sizeof said_before);
      app_side_send (app, confirm);
      app_side_assert_refused (app, ENIGM_REASON_NO_SUCH_SECRET);
    }

  twice = app_side_new (fixture);
  app_side_send (twice, resume);
  first = app_side_take (twice, ENIGM_MESSAGE_RESUME_SHARE);
  app_side_send (twice, resume);
  app_side_assert_refused (twice, ENIGM_REASON_MALFORMED);
}

int
main (int argc, char **argv)
{
  int code;

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  management = enigm_secret_new_random (32, NULL);

#define ADD(name, data, function)                                                                  \
  g_test_add ("/attacks/messages/" name, KeyFixture, data, key_fixture_set_up, function,           \
              key_fixture_tear_down)
  ADD ("start", NULL, test_start);
  ADD ("points", NULL, test_points);
  ADD ("versions", NULL, test_versions);
  ADD ("confirm", NULL, test_confirm);
  ADD ("reflected", NULL, test_reflected);
  ADD ("ciphertext", NULL, test_ciphertext);
  ADD ("other-session", NULL, test_other_session);
  ADD ("resume", GINT_TO_POINTER (ENIGM_MESSAGE_RESUME), test_resume);
  ADD ("resume-confirm", GINT_TO_POINTER (ENIGM_MESSAGE_RESUME_CONFIRM), test_resume);
  ADD ("resume-replayed", NULL, test_resume_replayed);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strconcat ("/attacks/messages/fields/", kinds[i].name, NULL);

      g_strdelimit (path, " ", '-');
      g_test_add (path, KeyFixture, &kinds[i], key_fixture_set_up, test_fields,
                  key_fixture_tear_down);
    }
  code = g_test_run ();
  enigm_secret_unref (management);
  return code;
}
