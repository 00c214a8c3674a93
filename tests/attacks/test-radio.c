/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Somebody within Bluetooth range, with and without the code. */

#include "attacker.h"
#include "enigm-error.h"
#include "enigm-pairing-platform.h"
#include "key-memory.h"
#include "protocol/enigm-attributes.h"
#include "protocol/enigm-offer.h"
#include "protocol/enigm-resume.h"
#include "protocol/enigm-text.h"

#define BLUEZ "org.bluez"

static Party *party;

static PartyKey *
new_held_key (const char *name)
{
  PartyKey *key = party_key_new (party, name, NULL, NULL);

  party_key_do (key, "hold", NULL);
  return key;
}

static void
assert_refused (EnigmMessage *message, EnigmReason reason)
{
  g_assert_nonnull (message);
  g_assert_cmpint (message->type, ==, ENIGM_MESSAGE_REFUSED);
  g_assert_cmpint (message->reason, ==, reason);
}

/* One guess, as fast as the key takes it. */
static void
guess (PartyKey *key)
{
  for (;;)
    {
      g_autoptr (Attacker) attacker = attacker_new (key);
      g_autoptr (EnigmSetupCode) code = enigm_setup_code_new_random (NULL);
      g_autoptr (EnigmMessage) confirm = NULL;
      g_autoptr (EnigmMessage) share = attacker_start (attacker, code, &confirm);
      g_autoptr (EnigmMessage) wrong = enigm_message_new (ENIGM_MESSAGE_CONFIRM);
      g_autoptr (EnigmMessage) refused = NULL;

      g_assert_nonnull (share);
      if (share->type == ENIGM_MESSAGE_REFUSED)
        {
          assert_refused (share, ENIGM_REASON_WAIT);
          g_assert_cmpint (share->seconds, ==, 1);
          g_clear_pointer (&attacker, attacker_free);
          attacker_let_seconds_pass (share->seconds);
          continue;
        }
      g_assert_null (confirm);
      g_assert_true (enigm_random_bytes (wrong->mac, sizeof wrong->mac, NULL));
      attacker_send (attacker, wrong);
      refused = attacker_take (attacker);
      assert_refused (refused, ENIGM_REASON_WRONG_CODE);
      attacker_await_closed (attacker);
      return;
    }
}

/* A guess whose answer is awaited, and the battery taken out before it could be counted as wrong.
 */
static void
guess_and_pull (PartyKey *key)
{
  g_autoptr (Attacker) attacker = attacker_new (key);
  g_autoptr (EnigmSetupCode) code = enigm_setup_code_new_random (NULL);
  g_autoptr (EnigmMessage) confirm = NULL;
  g_autoptr (EnigmMessage) share = attacker_start (attacker, code, &confirm);

  g_assert_nonnull (share);
  g_assert_cmpint (share->type, ==, ENIGM_MESSAGE_SHARE);
  attacker_kill_key (key);
  party_key_do (key, "hold", NULL);
}

/* Seconds that the key has its next guest wait; none where it begins at once. */
static guint
ask_wait (PartyKey *key)
{
  g_autoptr (Attacker) attacker = attacker_new (key);
  g_autoptr (EnigmMessage) confirm = NULL;
  g_autoptr (EnigmMessage) answer = attacker_start (attacker, key->code, &confirm);

  if (answer != NULL && answer->type == ENIGM_MESSAGE_SHARE)
    return 0;
  assert_refused (answer, ENIGM_REASON_WAIT);
  return answer->seconds;
}

/* Ten wrong guesses, and from then on one in ten seconds: also for who takes the battery out. The
 * owner is delayed, not locked out, and their right code ends the delay. */
static void
test_guessing (void)
{
  g_autoptr (PartyKey) key = new_held_key ("guessing");
  g_autoptr (Attacker) again = NULL;
  guint wait = 0;

  guess_and_pull (key);
  for (guint i = 0; i < 9; i++)
    guess (key);
  g_assert_cmpuint (ask_wait (key), >, 1);
  attacker_kill_key (key);
  party_key_do (key, "hold", NULL);
  /* Holding takes three seconds of the ten. */
  g_assert_cmpuint (ask_wait (key), >=, 5);

  /* On a busy machine that second may be over before it is asked for. */
  for (guint i = 0; i < 5 && wait == 0; i++)
    {
      g_autoptr (Attacker) owner = attacker_new_inside (key);

      g_clear_pointer (&owner, attacker_free);
      wait = ask_wait (key);
    }
  g_assert_cmpuint (wait, ==, 1);
  again = attacker_new_inside (key);
}

/* Frames */

static char *
find_inbox (GDBusConnection *bus)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
    bus, BLUEZ, "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL, NULL,
    G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_autoptr (GVariantIter) objects = NULL;
  const char *path;
  GVariant *interfaces;
  char *found = NULL;

  g_assert_no_error (error);
  g_variant_get (answer, "(a{oa{sa{sv}}})", &objects);
  while (g_variant_iter_loop (objects, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      g_autoptr (GVariant) gatt =
        g_variant_lookup_value (interfaces, "org.bluez.GattCharacteristic1", NULL);
      const char *uuid = NULL;

      if (gatt != NULL && found == NULL && g_str_has_prefix (path, "/org/bluez/hci0/") &&
          g_variant_lookup (gatt, "UUID", "&s", &uuid) && g_str_equal (uuid, ENIGM_KEY_INBOX_UUID))
        found = g_strdup (path);
    }
  return found;
}

/* Whoever writes one frame has the key to themselves; the rest of the message never comes. The key
 * gives them no more time than a wrong code has. */
static void
test_half_a_message (void)
{
  static const guint8 first_of_many[] = { 0x80, 0x0f, 0xff, 0x00 };
  g_autoptr (PartyKey) key = new_held_key ("half");
  g_autoptr (Attacker) attacker = attacker_new (key);
  g_autoptr (Attacker) owner = NULL;
  g_autoptr (GDBusConnection) bus = enigm_world_connect (party->world, G_BUS_TYPE_SYSTEM);
  g_autofree char *inbox = find_inbox (bus);
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  GVariantBuilder options;
  gint64 began = g_get_monotonic_time ();

  g_assert_nonnull (inbox);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "type", g_variant_new_string ("request"));
  answer = g_dbus_connection_call_sync (
    bus, BLUEZ, inbox, "org.bluez.GattCharacteristic1", "WriteValue",
    g_variant_new (
      "(@aya{sv})",
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, first_of_many, sizeof first_of_many, 1),
      &options),
    NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  attacker_await_closed (attacker);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 15 * G_USEC_PER_SEC);
  g_clear_pointer (&attacker, attacker_free);
  owner = attacker_new_inside (key);
}

/* Whoever connects has the key to themselves, even if they never say a word: for ten seconds. The
 * owner pairs then. */
static void
test_mute (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "mute");
  g_autoptr (PartyKey) key = new_held_key ("mute");
  g_autoptr (Attacker) attacker = attacker_new (key);
  g_autoptr (EnigmMessage) refused = NULL;
  g_autofree char *binding = NULL;
  gint64 began = g_get_monotonic_time ();

  refused = attacker_take (attacker);
  assert_refused (refused, ENIGM_REASON_TOO_SLOW);
  attacker_await_closed (attacker);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 15 * G_USEC_PER_SEC);
  g_clear_pointer (&attacker, attacker_free);
  binding = party_key_pair (key, account);
  g_assert_nonnull (binding);
}

/* The channel: each of these ends the session, unanswered. */

static GBytes *
flip (GBytes *bytes, gsize at)
{
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  array->data[at] ^= 1;
  return g_byte_array_free_to_bytes (array);
}

static GBytes *
reflect (Attacker *attacker)
{
  GBytes *own;

  /* Whatever the key says next, straight back to it. */
  g_autoptr (EnigmMessage) ask = enigm_message_new (ENIGM_MESSAGE_ASK);
  g_autoptr (EnigmMessage) sealed = NULL;

  attacker_send_sealed (attacker, ask);
  sealed = attacker_take (attacker);
  own = enigm_message_encode (sealed);
  return own;
}

static GBytes *
replay (Attacker *attacker)
{
  g_autoptr (EnigmMessage) ask = enigm_message_new (ENIGM_MESSAGE_ASK);
  g_autoptr (EnigmMessage) state = NULL;
  GBytes *bytes = attacker_seal (attacker, ask);

  attacker_send_bytes (attacker, bytes);
  state = attacker_take_sealed (attacker, ENIGM_MESSAGE_STATE);
  return bytes;
}

static GBytes *
reorder (Attacker *attacker)
{
  g_autoptr (EnigmMessage) ask = enigm_message_new (ENIGM_MESSAGE_ASK);
  g_autoptr (GBytes) first = attacker_seal (attacker, ask);

  return attacker_seal (attacker, ask);
}

/* As a sealed message of its own, well-formed but for what is inside. */
static GBytes *
reseal (Attacker *attacker, gboolean shorten, gboolean turn)
{
  g_autoptr (EnigmMessage) ask = enigm_message_new (ENIGM_MESSAGE_VIBRATE);
  g_autoptr (GBytes) plain = enigm_message_encode (ask);
  g_autoptr (GBytes) cipher = enigm_channel_seal (attacker->channel, plain, NULL);
  g_autoptr (EnigmMessage) sealed = enigm_message_new (ENIGM_MESSAGE_SEALED);
  gsize size = g_bytes_get_size (cipher);

  sealed->blob =
    shorten ? g_bytes_new_from_bytes (cipher, 0, size - 1) : flip (cipher, turn ? 0 : size - 1);
  return enigm_message_encode (sealed);
}

static void
test_sealed (void)
{
  g_autoptr (PartyKey) key = new_held_key ("sealed");

  for (guint what = 0; what < 7; what++)
    {
      g_autoptr (Attacker) attacker = attacker_new_inside (key);
      g_autoptr (EnigmMessage) plain = enigm_message_new (ENIGM_MESSAGE_ASK);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (EnigmMessage) answer = NULL;

      switch (what)
        {
        case 0:
          bytes = reflect (attacker);
          break;
        case 1:
          bytes = replay (attacker);
          break;
        case 2:
          bytes = reorder (attacker);
          break;
        case 3: /* truncated */
          bytes = reseal (attacker, TRUE, FALSE);
          break;
        case 4: /* a bit of the text */
          bytes = reseal (attacker, FALSE, TRUE);
          break;
        case 5: /* a bit of the tag */
          bytes = reseal (attacker, FALSE, FALSE);
          break;
        case 6: /* what belongs in the channel, beside it */
          bytes = enigm_message_encode (plain);
          break;
        default:
          g_assert_not_reached ();
        }
      g_test_message ("attempt %u", what);
      attacker_send_bytes (attacker, bytes);
      answer = attacker_take (attacker);
      if (what == 6)
        assert_refused (answer, ENIGM_REASON_MALFORMED);
      else
        g_assert_null (answer);
      attacker_await_closed (attacker);
    }
}

/* Offers, from the real platform */

static EnigmPairingOffer *
ask_offer (EnigmAccount *account, EnigmMessage *certificate, const guint8 *session_value)
{
  EnigmPlatform *platform = enigm_account_get_platform (account);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  EnigmPairingOffer *offer;

  enigm_pairing_ask_offer_async (platform, certificate, session_value, NULL, attacker_on_finished,
                                 &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  offer = enigm_pairing_ask_offer_finish (platform, result, &error);
  g_assert_no_error (error);
  return offer;
}

static void
assert_declined (Attacker *attacker, GBytes *offer, const guint8 *signature, EnigmReason reason)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_OFFER);
  g_autoptr (EnigmMessage) declined = NULL;
  g_autofree char *state = NULL;

  message->blob = g_bytes_ref (offer);
  memcpy (message->signature, signature, sizeof message->signature);
  attacker_send_sealed (attacker, message);
  declined = attacker_take_sealed (attacker, ENIGM_MESSAGE_DECLINED);
  g_assert_cmpint (declined->reason, ==, reason);
  /* A vibration lasts a second. */
  state = party_key_ask_state (attacker->key);
  g_assert_nonnull (strstr (state, "\"vibrating\":null"));
}

/* A real offer of the platform's, used for what it was not made for. The key vibrates for the right
 * one alone. */
static void
test_offers (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "offers");
  g_autoptr (PartyKey) key = new_held_key ("offers");
  g_autoptr (Attacker) earlier = attacker_new_inside (key);
  g_autoptr (Attacker) attacker = NULL;
  g_autoptr (EnigmPairingOffer) old = NULL;
  g_autoptr (EnigmPairingOffer) other_session = NULL;
  g_autoptr (EnigmPairingOffer) right = NULL;
  g_autoptr (EnigmP256Key) stranger = enigm_p256_key_generate (NULL);
  g_autoptr (GBytes) changed = NULL;
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_OFFER);
  g_autoptr (EnigmMessage) waiting = NULL;
  const guint8 *value;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
  guint8 elsewhere[ENIGM_NONCE_SIZE] = { 1 };

  /* Of an earlier session with the same key: replayed. */
  old =
    ask_offer (account, earlier->certificate, enigm_channel_get_session_value (earlier->channel));
  g_clear_pointer (&earlier, attacker_free);
  attacker = attacker_new_inside (key);
  value = enigm_channel_get_session_value (attacker->channel);
  assert_declined (attacker, old->offer, old->offer_signature, ENIGM_REASON_OTHER_SESSION);

  /* For this key and nonce, but for a session with somebody else: forwarded. */
  other_session = ask_offer (account, attacker->certificate, elsewhere);
  assert_declined (attacker, other_session->offer, other_session->offer_signature,
                   ENIGM_REASON_OTHER_SESSION);

  /* Right, but signed by a stranger, or changed by a bit, or with its signature changed. */
  right = ask_offer (account, attacker->certificate, value);
  g_assert_true (enigm_offer_sign (right->offer, stranger, signature, NULL));
  assert_declined (attacker, right->offer, signature, ENIGM_REASON_SIGNATURE);
  changed = flip (right->offer, g_bytes_get_size (right->offer) - 1);
  assert_declined (attacker, changed, right->offer_signature, ENIGM_REASON_SIGNATURE);
  memcpy (signature, right->offer_signature, sizeof signature);
  signature[63] ^= 1;
  assert_declined (attacker, right->offer, signature, ENIGM_REASON_SIGNATURE);

  /* After all that the right one, unchanged, is taken. */
  message->blob = g_bytes_ref (right->offer);
  memcpy (message->signature, right->offer_signature, sizeof message->signature);
  attacker_send_sealed (attacker, message);
  waiting = attacker_take_sealed (attacker, ENIGM_MESSAGE_WAITING);
  party_key_await (key, "vibrate confirm");
}

/* One key's offer, shown to another one. */
static void
test_offer_of_another_key (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "other-key");
  g_autoptr (PartyKey) key = new_held_key ("other-key-a");
  g_autoptr (Attacker) attacker = attacker_new_inside (key);
  g_autoptr (EnigmMessage) certificate = g_steal_pointer (&attacker->certificate);
  g_autoptr (EnigmPairingOffer) offer = NULL;

  /* They share the one adapter that is left. */
  g_clear_pointer (&attacker, attacker_free);
  g_clear_pointer (&key, party_key_free);
  key = new_held_key ("other-key-b");
  attacker = attacker_new_inside (key);
  memcpy (certificate->nonce, attacker->certificate->nonce, sizeof certificate->nonce);
  offer = ask_offer (account, certificate, enigm_channel_get_session_value (attacker->channel));
  assert_declined (attacker, offer->offer, offer->offer_signature, ENIGM_REASON_OTHER_KEY);
}

/* The management channel */

/* What the key's flash holds for a computer, or NULL. */
static EnigmSecret *
read_secret (PartyKey *key, const char *computer_id, guint8 *binding)
{
  g_autofree char *path = g_build_filename (key->state, "state", NULL);
  g_autoptr (EnigmKeyMemory) memory = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint8 id[ENIGM_ID_SIZE];
  char *data;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  bytes = g_bytes_new_take (data, size);
  memory = enigm_key_memory_decode (bytes, NULL);
  g_assert_nonnull (memory);
  g_assert_true (enigm_hex_decode (computer_id, id, sizeof id));
  for (guint i = 0; i < memory->computers->len; i++)
    {
      EnigmKeyComputer *computer = memory->computers->pdata[i];

      if (memcmp (computer->id, id, sizeof id) != 0)
        continue;
      memcpy (binding, computer->binding, ENIGM_ID_SIZE);
      return enigm_secret_ref (computer->secret);
    }
  return NULL;
}

typedef struct
{
  GBytes *resume;
  GBytes *confirm;
} Caught;

static void
caught_clear (Caught *self)
{
  g_clear_pointer (&self->resume, g_bytes_unref);
  g_clear_pointer (&self->confirm, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Caught, caught_clear)

/* Meets the key as the computer would. Returns whether the key knew it; what was said is caught. */
static gboolean
resume (PartyKey *key, const guint8 *binding, EnigmSecret *secret, Caught *caught)
{
  g_autoptr (Attacker) attacker = attacker_new (key);
  EnigmResumeCandidate known = { .secret = secret };
  g_autoptr (EnigmResumeApp) handshake = NULL;
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_RESUME);
  g_autoptr (EnigmMessage) confirm = enigm_message_new (ENIGM_MESSAGE_RESUME_CONFIRM);
  g_autoptr (EnigmMessage) answer = NULL;
  g_autoptr (EnigmMessage) said = NULL;
  EnigmResumeHello hello;
  EnigmResumeShare share;

  caught_clear (caught);
  memcpy (known.binding, binding, sizeof known.binding);
  handshake = enigm_resume_app_new (&known);
  g_assert_true (enigm_resume_app_start (handshake, &hello, NULL));
  memcpy (message->point, hello.point, sizeof hello.point);
  memcpy (message->nonce, hello.nonce, sizeof hello.nonce);
  memcpy (message->mac, hello.hint, sizeof hello.hint);
  caught->resume = enigm_message_encode (message);
  attacker_send (attacker, message);
  answer = attacker_take (attacker);
  g_assert_cmpint (answer->type, ==, ENIGM_MESSAGE_RESUME_SHARE);
  memcpy (share.point, answer->point, sizeof share.point);
  memcpy (share.nonce, answer->nonce, sizeof share.nonce);
  memcpy (share.mac, answer->mac, sizeof share.mac);
  attacker->channel = enigm_resume_app_finish (handshake, &share, confirm->mac, NULL);
  caught->confirm = enigm_message_encode (confirm);
  attacker_send (attacker, confirm);
  if (attacker->channel == NULL)
    {
      said = attacker_take (attacker);
      assert_refused (said, ENIGM_REASON_NO_SUCH_SECRET);
      attacker_await_closed (attacker);
      return FALSE;
    }
  said = attacker_take_sealed (attacker, ENIGM_MESSAGE_STATE);
  return said->state == ENIGM_REPORTED_TRUSTED;
}

static void
assert_not_replayed (PartyKey *key, const Caught *caught)
{
  g_autoptr (Attacker) attacker = attacker_new (key);
  g_autoptr (EnigmMessage) answer = NULL;
  g_autoptr (EnigmMessage) refused = NULL;

  attacker_send_bytes (attacker, caught->resume);
  answer = attacker_take (attacker);
  g_assert_cmpint (answer->type, ==, ENIGM_MESSAGE_RESUME_SHARE);
  attacker_send_bytes (attacker, caught->confirm);
  refused = attacker_take (attacker);
  assert_refused (refused, ENIGM_REASON_NO_SUCH_SECRET);
  attacker_await_closed (attacker);
}

/* Who caught a computer's handshake from the air cannot use it again; and what a computer knew is
 * of no use once it was closed and the key has heard of it. */
static void
test_dropped_computer (void)
{
  g_autoptr (EnigmAccount) first = party_sign_up (party, "dropped");
  g_autoptr (EnigmAccount) second = party_sign_in (party, "dropped", "dropped-second");
  g_autoptr (PartyKey) key = party_key_new (party, "dropped", NULL, NULL);
  g_autofree char *binding = party_key_pair (key, first);
  g_autofree char *joined = party_key_pair (key, second);
  g_autofree char *second_computer = g_strdup (enigm_account_get_computer_id (second));
  guint8 id[ENIGM_ID_SIZE], first_id[ENIGM_ID_SIZE];
  g_autoptr (EnigmSecret) stolen = read_secret (key, second_computer, id);
  g_autoptr (EnigmSecret) own = read_secret (key, enigm_account_get_computer_id (first), first_id);
  g_autoptr (EnigmSecret) left = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (Caught) caught = { 0 };

  g_assert_cmpstr (binding, ==, joined);
  g_assert_nonnull (stolen);
  g_assert_nonnull (own);
  party_key_do (key, "hold", NULL);
  g_assert_true (resume (key, id, stolen, &caught));
  assert_not_replayed (key, &caught);

  enigm_account_sign_out_async (second, FALSE, NULL, attacker_on_finished, &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  g_assert_true (enigm_account_sign_out_finish (second, result, NULL));
  /* The key hears of it with its next answer. */
  party_key_do (key, "press5", NULL);
  party_key_await (key, "event drill accepted");
  left = read_secret (key, second_computer, id);
  g_assert_null (left);
  party_key_do (key, "hold", NULL);
  g_assert_false (resume (key, id, stolen, &caught));
  assert_not_replayed (key, &caught);
  g_assert_true (resume (key, first_id, own, &caught));
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attacks/radio/guessing", test_guessing);
  g_test_add_func ("/attacks/radio/half-a-message", test_half_a_message);
  g_test_add_func ("/attacks/radio/mute", test_mute);
  g_test_add_func ("/attacks/radio/sealed", test_sealed);
  g_test_add_func ("/attacks/radio/offers", test_offers);
  g_test_add_func ("/attacks/radio/offer-of-another-key", test_offer_of_another_key);
  g_test_add_func ("/attacks/radio/dropped-computer", test_dropped_computer);

  party = party_new ();
  code = g_test_run ();
  party_free (party);
  return code;
}
