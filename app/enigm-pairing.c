/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-pairing.h"

#include <glib/gi18n-lib.h>

#include "enigm-error.h"
#include "enigm-finder.h"
#include "enigm-key-session-private.h"
#include "enigm-pairing-outcome.h"
#include "enigm-pairing-platform.h"
#include "protocol/enigm-receipt.h"
#include "protocol/enigm-attestation.h"
#include "protocol/enigm-text.h"

#define SECRET_SIZE 32
/* The key sends its certificate at once; what it computes takes a fraction of a second. */
#define ANSWER_TIMEOUT_SECONDS 15
/* The key waits 60 seconds for its button, and counts them itself. */
#define PRESS_TIMEOUT_SECONDS 70
/* The key tries its own connection before it asks to be relayed. */
#define PROOF_TIMEOUT_SECONDS 90
/* For how long the attestation is handed in again where the platform cannot be reached. The key
 * does the same over its own connection, and both may. */
#define REGISTER_PATIENCE_SECONDS 20
/* How often a key that is busy is waited for. */
#define MAX_BUSY 10
/* After which the person is told that it takes its time. */
#define PROOF_NEWS_SECONDS 10
#define REGISTER_PAUSE_SECONDS 1
#define REGISTER_PAUSE_MAX_SECONDS 4

/* Where a pairing is. Each names what is being waited for; advance() begins it, its callback
 * finishes it, chooses the next and comes back. */
typedef enum
{
  PAIRING_IDLE,
  PAIRING_FINDING,
  PAIRING_OPENING,
  PAIRING_GREETING,
  PAIRING_LOOKING_UP_OWNER,
  PAIRING_ASKING_OFFER,
  PAIRING_SENDING_RELEASE,
  PAIRING_RELEASING,
  PAIRING_SENDING_OFFER,
  PAIRING_CONFIRMING,
  PAIRING_REGISTERING,
  PAIRING_KEEPING,
  PAIRING_TELLING,
  PAIRING_TOLD,
  PAIRING_PROVING,
  PAIRING_RELAYING,
  PAIRING_ASKING_TRUST,
  PAIRING_ASKING_JOIN,
  PAIRING_JOINING,
  PAIRING_PROVING_JOIN,
  PAIRING_TELLING_JOIN,
  PAIRING_JOINED,
  PAIRING_CANCELLING,
  PAIRING_FORGETTING,
  PAIRING_CLOSING,
} PairingState;

/**
 * EnigmPairing:
 *
 * The explicit synchronization workflow: one try to bind one key to the account that is signed in
 * (PROTOCOL.md sections 4 and 5), or, if the key is this account's already, to let this computer
 * manage it (section 7, join).
 *
 * It may end anywhere and leaves nothing to tidy: before Register nothing exists but in memory;
 * after it, the platform, the key and this computer agree again at their next contact.
 */
struct _EnigmPairing
{
  GObject parent_instance;

  EnigmRadio *radio;
  EnigmPlatform *platform;
  EnigmKeyring *keyring;
  guint8 computer[ENIGM_ID_SIZE];
  char *replaces;

  PairingState state;
  GTask *task;
  EnigmSetupCode *code;
  EnigmNearbyKey *key;
  EnigmKeySession *session;
  EnigmMessage *certificate;
  EnigmPairingOffer *offer;
  GBytes *attestation;
  EnigmMessage *receipt;
  EnigmMessage *order;
  EnigmMessage *proof;
  EnigmMessage *relay;
  EnigmSecret *secret;
  char *binding;
  gboolean offered;
  gboolean kept;
  gboolean told;
  gboolean trusted;
  gboolean own_connection;
  gint64 register_until;
  guint register_pause;
  guint pause_id;
  guint news_id;
  guint n_busy;
  GError *error;
  EnigmPairingStep failed_step;
  EnigmPairingOutcome outcome;

  EnigmPairingSteps *steps;
  gint64 press_deadline;
};

G_DEFINE_FINAL_TYPE (EnigmPairing, enigm_pairing, G_TYPE_OBJECT)

static void advance (EnigmPairing *self);

static void
go (EnigmPairing *self, PairingState state)
{
  self->state = state;
  advance (self);
}

static GCancellable *
cancellable_of (EnigmPairing *self)
{
  return g_task_get_cancellable (self->task);
}

/* What is undone depends on how far things went. Once registered, only the platform can cancel;
 * once this computer keeps the secret and nobody cancelled, the binding may still become trusted.
 * What the person reads is settled when that is known.
 */
static void
fail (EnigmPairing *self, GError *error)
{
  const gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_autoptr (GError) owned = error;

  if (self->error == NULL)
    {
      self->failed_step = enigm_pairing_steps_get_current (self->steps);
      self->error = g_steal_pointer (&owned);
    }
  if (self->offered)
    enigm_pairing_steps_set (self->steps, self->failed_step, ENIGM_PAIRING_UNDER_WAY,
                             _ ("This did not work out. Asking the platform how things stand."));
  if (self->offered && (cancelled || !self->kept))
    go (self, PAIRING_CANCELLING);
  else if (self->offered)
    go (self, PAIRING_ASKING_TRUST);
  else
    go (self, PAIRING_CLOSING);
}

/* After fail(): what it leaves behind is known. */
static void
settle (EnigmPairing *self, EnigmPairingOutcome outcome)
{
  self->outcome = outcome;
  go (self, outcome == ENIGM_PAIRING_UNCHANGED && self->kept && self->offered ? PAIRING_FORGETTING
                                                                              : PAIRING_CLOSING);
}

static void
note_gone (EnigmPairing *self)
{
  self->failed_step = enigm_pairing_steps_get_current (self->steps);
  self->error = enigm_key_session_new_reason_error (ENIGM_REASON_GONE, 0);
}

static void
succeed (EnigmPairing *self)
{
  g_clear_error (&self->error);
  self->trusted = TRUE;
  enigm_pairing_steps_set (
    self->steps, ENIGM_PAIRING_READY, ENIGM_PAIRING_DONE,
    self->receipt == NULL
      ? _ (
          "This computer can look after the key, which proved that it is the one you paired. Run a "
          "drill to see that it reaches your contacts.")
    : self->own_connection
      ? _ ("Your key reached the platform by itself and proved who it is.")
      : _ ("Your key proved who it is, so far only through this computer. Take it where it has "
           "mobile data and run a drill."));
  go (self, PAIRING_CLOSING);
}

/* Find */

static gboolean
is_printed_on_the_code (EnigmNearbyKey *key, gpointer user_data)
{
  EnigmPairing *self = user_data;

  return enigm_nearby_key_get_discriminator (key) ==
         enigm_setup_code_get_discriminator (self->code);
}

static void
on_radio_state_changed (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  EnigmPairing *self = user_data;
  g_autoptr (GError) obstacle = enigm_radio_dup_error (self->radio);

  enigm_pairing_steps_set (
    self->steps, ENIGM_PAIRING_FIND, ENIGM_PAIRING_UNDER_WAY,
    obstacle != NULL   ? obstacle->message
    : self->n_busy > 0 ? _ ("Your key is busy, perhaps with another computer. This goes on by "
                            "itself when that is over. Hold its button again if its light is out.")
                       : _ ("Hold the key's button until its light turns."));
}

static void
on_key_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;
  g_autoptr (GError) error = NULL;

  g_signal_handlers_disconnect_by_data (self->radio, self);
  self->key = enigm_finder_find_finish (result, &error);
  if (self->key == NULL)
    fail (self, g_steal_pointer (&error));
  else
    go (self, PAIRING_OPENING);
}

static void
begin_finding (EnigmPairing *self)
{
  on_radio_state_changed (NULL, NULL, self);
  g_signal_connect (self->radio, "notify::state", G_CALLBACK (on_radio_state_changed), self);
  enigm_finder_find_async (self->radio, ENIGM_FINDER_WAITS, is_printed_on_the_code, self,
                           cancellable_of (self), on_key_found, g_object_ref (self));
}

/* Messages from the key */

static GError *
new_out_of_turn_error (void)
{
  return g_error_new_literal (
    ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
    _ ("The key and this computer lost track of each other. Hold the key's "
       "button until its light turns and try again."));
}

static void
send_simple (EnigmPairing *self, EnigmMessageType type, GBytes *blob, const guint8 *signature)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (type);

  message->blob = g_bytes_ref (blob);
  memcpy (message->signature, signature, sizeof message->signature);
  enigm_key_session_send (self->session, message);
}

static void
take_certificate (EnigmPairing *self, EnigmMessage *message)
{
  enigm_pairing_steps_set (
    self->steps, ENIGM_PAIRING_CODE, ENIGM_PAIRING_DONE,
    _ ("The code is right. From here on only the key and this computer can read along."));
  enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_CONFIRM, ENIGM_PAIRING_UNDER_WAY,
                           _ ("Asking the platform about this key."));
  self->certificate = message;
  go (self, message->has_binding ? PAIRING_LOOKING_UP_OWNER : PAIRING_ASKING_OFFER);
}

static void
take_waiting (EnigmPairing *self, EnigmMessage *message)
{
  self->press_deadline = g_get_monotonic_time () + message->seconds * G_TIME_SPAN_SECOND;
  enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_CONFIRM, ENIGM_PAIRING_UNDER_WAY,
                           _ ("Your key is vibrating. Press its button once."));
  enigm_message_free (message);
  advance (self);
}

static void
take_pressed (EnigmPairing *self, PairingState next)
{
  self->press_deadline = 0;
  enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_CONFIRM, ENIGM_PAIRING_DONE,
                           _ ("The key's button was pressed."));
  go (self, next);
}

static gboolean
is_about_this_binding (EnigmPairing *self, EnigmMessage *state)
{
  guint8 binding[ENIGM_ID_SIZE];

  return state->has_binding && enigm_hex_decode (self->binding, binding, sizeof binding) &&
         memcmp (state->binding, binding, sizeof binding) == 0;
}

/* The key reports its state whenever it changes, whatever is under way. Once it has taken the
 * receipt it counts; before, it may have handed the attestation in by itself, and be trusted
 * already. It speaks of its newest binding: if that is not this one, this one has ended, for all
 * that the key knows; what is bound is the platform's to say. */
static void
take_state (EnigmPairing *self, EnigmMessage *message)
{
  const guint state = message->state;
  const guint reached = message->reached;
  const gboolean counts = self->state == PAIRING_PROVING;
  const gboolean ended = counts && !is_about_this_binding (self, message);

  enigm_message_free (message);
  if (ended)
    {
      note_gone (self);
      go (self, PAIRING_CANCELLING);
    }
  else if (counts && state == ENIGM_REPORTED_TRUSTED)
    {
      self->own_connection = reached == ENIGM_REACHED_OWN;
      succeed (self);
    }
  else
    advance (self);
}

static gboolean
on_proof_is_late (gpointer user_data)
{
  EnigmPairing *self = user_data;

  self->news_id = 0;
  if (self->state == PAIRING_PROVING || self->state == PAIRING_RELAYING)
    enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_READY, ENIGM_PAIRING_UNDER_WAY,
                             _ ("Your key has not reached the platform yet. It tries again by "
                                "itself. You can wait, or cancel."));
  return G_SOURCE_REMOVE;
}

static void
on_message_received (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmMessage) message = NULL;

  message = enigm_key_session_receive_finish (self->session, result, &error);
  if (message == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  if (self->state == PAIRING_GREETING && message->type == ENIGM_MESSAGE_CERTIFICATE)
    take_certificate (self, g_steal_pointer (&message));
  else if (self->state == PAIRING_RELEASING && message->type == ENIGM_MESSAGE_DONE &&
           message->done == ENIGM_MESSAGE_RELEASE)
    go (self, PAIRING_SENDING_OFFER);
  else if ((self->state == PAIRING_CONFIRMING || self->state == PAIRING_JOINING) &&
           message->type == ENIGM_MESSAGE_WAITING)
    take_waiting (self, g_steal_pointer (&message));
  else if (self->state == PAIRING_CONFIRMING && message->type == ENIGM_MESSAGE_ATTESTATION)
    {
      EnigmAttestation checked;

      /* What no key may say is not the platform's to puzzle over. */
      if (!enigm_attestation_decode (message->blob, &checked, NULL))
        {
          fail (self, new_out_of_turn_error ());
          return;
        }
      self->attestation = g_bytes_ref (message->blob);
      take_pressed (self, PAIRING_REGISTERING);
    }
  else if (self->state == PAIRING_JOINING && message->type == ENIGM_MESSAGE_DONE &&
           message->done == ENIGM_MESSAGE_ORDER && message->has_signature)
    {
      self->proof = g_steal_pointer (&message);
      take_pressed (self, PAIRING_PROVING_JOIN);
    }
  else if (self->state == PAIRING_TOLD && message->type == ENIGM_MESSAGE_DONE &&
           message->done == ENIGM_MESSAGE_RECEIPT)
    {
      self->told = TRUE;
      enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_KEEP, ENIGM_PAIRING_DONE,
                               _ ("This computer keeps its part in your keyring."));
      enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_READY, ENIGM_PAIRING_UNDER_WAY,
                               _ ("Your key is reaching the platform."));
      self->news_id = g_timeout_add_seconds (PROOF_NEWS_SECONDS, on_proof_is_late, self);
      go (self, PAIRING_PROVING); /* Its state follows by itself. */
    }
  else if (message->type == ENIGM_MESSAGE_STATE && self->state != PAIRING_GREETING)
    take_state (self, g_steal_pointer (&message));
  else if (self->state == PAIRING_PROVING && message->type == ENIGM_MESSAGE_RELAY)
    {
      self->relay = g_steal_pointer (&message);
      go (self, PAIRING_RELAYING);
    }
  else if (self->state == PAIRING_JOINED && message->type == ENIGM_MESSAGE_DONE &&
           message->done == ENIGM_MESSAGE_KEEP)
    {
      self->told = TRUE;
      go (self, PAIRING_KEEPING);
    }
  else
    {
      g_debug ("Pairing: %s out of turn", enigm_message_type_get_name (message->type));
      fail (self, new_out_of_turn_error ());
    }
}

static void
receive (EnigmPairing *self, guint timeout_seconds)
{
  enigm_key_session_receive_async (self->session, timeout_seconds, cancellable_of (self),
                                   on_message_received, g_object_ref (self));
}

/* Everything else that is waited for */

static void
on_session_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;
  g_autoptr (GError) error = NULL;

  self->session = enigm_key_session_open_finish (result, &error);
  if (self->session == NULL && g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_KEY_BUSY) &&
      self->n_busy < MAX_BUSY)
    {
      self->n_busy++;
      g_clear_object (&self->key);
      enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_CODE, ENIGM_PAIRING_WAITING, NULL);
      go (self, PAIRING_FINDING);
    }
  else if (self->session == NULL)
    fail (self, g_steal_pointer (&error));
  else
    go (self, PAIRING_GREETING);
}

static void
on_owner_looked_up (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;
  g_autoptr (GError) error = NULL;
  EnigmPairingTrust trust = enigm_pairing_ask_trust_finish (self->platform, result, &error);

  if (error != NULL)
    fail (self, g_steal_pointer (&error));
  else if (self->replaces != NULL &&
           (trust == ENIGM_PAIRING_TRUST_OWN || trust == ENIGM_PAIRING_TRUST_RELAYED))
    fail (self, g_error_new_literal (
                  ENIGM_ERROR, ENIGM_ERROR_KEY_REFUSED,
                  _ ("This key is yours already and in force, so it replaces none. Nothing was "
                     "changed. Hold the new key’s button, or revoke the old key by itself.")));
  else if (trust == ENIGM_PAIRING_TRUST_OWN || trust == ENIGM_PAIRING_TRUST_RELAYED)
    {
      self->binding = enigm_hex_encode (self->certificate->binding, ENIGM_ID_SIZE);
      go (self, PAIRING_ASKING_JOIN);
    }
  else
    go (self, PAIRING_ASKING_OFFER);
}

static void
on_offer_asked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;
  g_autoptr (GError) error = NULL;

  self->offer = enigm_pairing_ask_offer_finish (self->platform, result, &error);
  if (self->offer == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  self->binding = g_strdup (self->offer->binding);
  go (self, self->offer->release != NULL ? PAIRING_SENDING_RELEASE : PAIRING_SENDING_OFFER);
}

static gboolean
on_pause_elapsed (gpointer user_data)
{
  EnigmPairing *self = user_data;

  self->pause_id = 0;
  go (self, PAIRING_REGISTERING);
  return G_SOURCE_REMOVE;
}

static void
on_pause_cancelled (GCancellable *cancellable, gpointer user_data)
{
  EnigmPairing *self = user_data;

  if (self->pause_id == 0)
    return;
  g_clear_handle_id (&self->pause_id, g_source_remove);
  go (self, PAIRING_REGISTERING);
}

/* The button was pressed, and the person should not have to do so again for a moment's outage. */
static gboolean
register_again (EnigmPairing *self, const GError *error)
{
  const gint64 now = g_get_monotonic_time ();

  if (!g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY))
    return FALSE;
  if (self->register_until == 0)
    {
      self->register_until = now + REGISTER_PATIENCE_SECONDS * G_TIME_SPAN_SECOND;
      self->register_pause = REGISTER_PAUSE_SECONDS;
      if (cancellable_of (self) != NULL)
        g_signal_connect_object (cancellable_of (self), "cancelled",
                                 G_CALLBACK (on_pause_cancelled), self, 0);
    }
  if (now > self->register_until)
    return FALSE;
  enigm_pairing_steps_set (
    self->steps, ENIGM_PAIRING_REGISTER, ENIGM_PAIRING_UNDER_WAY,
    _ ("The platform cannot be reached. This computer tries again by itself, and so does your "
       "key."));
  self->pause_id =
    g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, self->register_pause, on_pause_elapsed,
                                g_object_ref (self), g_object_unref);
  self->register_pause = MIN (2 * self->register_pause, REGISTER_PAUSE_MAX_SECONDS);
  return TRUE;
}

static void
on_registered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;
  g_autoptr (GError) error = NULL;
  EnigmReceipt receipt;

  self->receipt = enigm_pairing_register_finish (self->platform, result, &error);
  if (self->receipt == NULL && register_again (self, error))
    return;
  if (self->receipt == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  /* The key is left to hear that from the platform itself. */
  if (!enigm_receipt_decode (self->receipt->blob, &receipt, NULL) ||
      receipt.state != ENIGM_RECEIPT_PENDING)
    {
      note_gone (self);
      settle (self, ENIGM_PAIRING_UNCHANGED);
      return;
    }
  enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_REGISTER, ENIGM_PAIRING_DONE,
                           _ ("The platform knows that this key is yours."));
  go (self, PAIRING_KEEPING);
}

static void
on_secret_stored (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_keyring_store_finish (self->keyring, result, &error))
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  self->kept = TRUE;
  if (self->receipt != NULL)
    {
      go (self, PAIRING_TELLING);
      return;
    }
  enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_KEEP, ENIGM_PAIRING_DONE,
                           _ ("This computer keeps its part in your keyring."));
  go (self, PAIRING_ASKING_TRUST);
}

static void
on_relayed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmMessage) relayed = enigm_pairing_relay_finish (self->platform, result, &error);

  g_clear_pointer (&self->relay, enigm_message_free);
  if (relayed == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  /* The key hears that nothing came of it, and tries again after a pause. */
  if (relayed->status == 0 || relayed->status >= 500)
    enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_READY, ENIGM_PAIRING_UNDER_WAY,
                             _ ("The platform cannot be reached. Your key tries again by itself."));
  enigm_key_session_send (self->session, relayed);
  go (self, PAIRING_PROVING);
}

static void
on_trust_asked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;
  EnigmPairingTrust trust = enigm_pairing_ask_trust_finish (self->platform, result, NULL);

  if (self->error == NULL && trust != ENIGM_PAIRING_TRUST_OWN &&
      trust != ENIGM_PAIRING_TRUST_RELAYED)
    {
      self->failed_step = ENIGM_PAIRING_READY;
      self->error = new_out_of_turn_error ();
    }
  switch (trust)
    {
    case ENIGM_PAIRING_TRUST_OWN:
    case ENIGM_PAIRING_TRUST_RELAYED:
      self->own_connection = trust == ENIGM_PAIRING_TRUST_OWN;
      if (self->told)
        succeed (self);
      else
        settle (self, ENIGM_PAIRING_BOUND_ELSEWHERE);
      break;
    case ENIGM_PAIRING_TRUST_PENDING:
      settle (self, ENIGM_PAIRING_MAY_FINISH);
      break;
    case ENIGM_PAIRING_TRUST_NONE:
      settle (self, ENIGM_PAIRING_UNCHANGED);
      break;
    case ENIGM_PAIRING_TRUST_UNKNOWN:
    default:
      /* Who joined has heard from the platform that this is the key, and that it is trusted. */
      if (self->receipt == NULL && self->told && self->kept)
        succeed (self);
      else
        settle (self, ENIGM_PAIRING_UNKNOWN);
      break;
    }
}

static void
on_join_asked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;
  g_autoptr (GError) error = NULL;

  self->order = enigm_pairing_ask_order_finish (self->platform, result, &error);
  if (self->order == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  enigm_key_session_send (self->session, self->order);
  go (self, PAIRING_JOINING);
}

static void
on_join_proved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = enigm_platform_call_finish (self->platform, result, NULL, &error);

  if (node == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_REGISTER, ENIGM_PAIRING_DONE,
                           _ ("This key is yours already. Nothing about it changes."));
  go (self, PAIRING_TELLING_JOIN);
}

static void
on_binding_cancelled (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = enigm_platform_call_finish (self->platform, result, NULL, &error);

  if (node != NULL)
    settle (self, ENIGM_PAIRING_UNCHANGED);
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED))
    go (self, PAIRING_ASKING_TRUST); /* It was faster: a trusted key is no longer cancelled. */
  else
    settle (self, ENIGM_PAIRING_UNKNOWN);
}

static void
on_secret_cleared (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;

  enigm_keyring_clear_finish (self->keyring, result, NULL);
  go (self, PAIRING_CLOSING);
}

static void
finish (EnigmPairing *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  self->state = PAIRING_IDLE;
  g_clear_handle_id (&self->news_id, g_source_remove);
  if (self->trusted)
    g_task_return_boolean (task, TRUE);
  else
    {
      GError *error = enigm_pairing_outcome_explain (self->outcome, self->error,
                                                     enigm_platform_get_host (self->platform));

      enigm_pairing_steps_set (self->steps, self->failed_step, ENIGM_PAIRING_FAILED,
                               error->message);
      g_task_return_error (task, error);
    }
}

static void
on_session_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairing) self = user_data;

  enigm_key_session_close_finish (ENIGM_KEY_SESSION (object), result, NULL);
  g_clear_object (&self->session);
  finish (self);
}

static void
tell (EnigmPairing *self, EnigmMessage *message)
{
  memcpy (message->computer, self->computer, sizeof message->computer);
  message->secret = enigm_secret_ref (self->secret);
  enigm_key_session_send (self->session, message);
}

static gboolean
draw_secret (EnigmPairing *self)
{
  g_autoptr (GError) error = NULL;

  if (self->secret == NULL)
    self->secret = enigm_secret_new_random (SECRET_SIZE, &error);
  if (self->secret == NULL)
    fail (self, g_steal_pointer (&error));
  return self->secret != NULL;
}

static void
advance (EnigmPairing *self)
{
  GCancellable *cancellable = cancellable_of (self);

  g_autoptr (GError) cancelled = NULL;

  /* Undoing is not cancelled, nor is what is done. */
  if (self->error == NULL && !self->trusted &&
      g_cancellable_set_error_if_cancelled (cancellable, &cancelled))
    {
      fail (self, g_steal_pointer (&cancelled));
      return;
    }
  switch (self->state)
    {
    case PAIRING_FINDING:
      begin_finding (self);
      break;
    case PAIRING_OPENING:
      enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_FIND, ENIGM_PAIRING_DONE,
                               _ ("Your key is here."));
      enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_CODE, ENIGM_PAIRING_UNDER_WAY,
                               _ ("Checking the code with your key."));
      enigm_key_session_open_with_code_async (self->radio, self->key, self->code, cancellable,
                                              on_session_opened, g_object_ref (self));
      break;
    case PAIRING_SENDING_RELEASE:
      send_simple (self, ENIGM_MESSAGE_RELEASE, self->offer->release,
                   self->offer->release_signature);
      self->state = PAIRING_RELEASING;
      receive (self, ANSWER_TIMEOUT_SECONDS);
      break;
    case PAIRING_GREETING:
    case PAIRING_RELEASING:
    case PAIRING_JOINED:
      receive (self, ANSWER_TIMEOUT_SECONDS);
      break;
    case PAIRING_LOOKING_UP_OWNER:
      enigm_pairing_ask_trust_async (self->platform, self->certificate->binding, cancellable,
                                     on_owner_looked_up, g_object_ref (self));
      break;
    case PAIRING_ASKING_OFFER:
      enigm_pairing_ask_replacement_async (
        self->platform, self->certificate, enigm_key_session_get_value (self->session),
        self->replaces, cancellable, on_offer_asked, g_object_ref (self));
      break;
    case PAIRING_SENDING_OFFER:
      /* From here on the key may hand its attestation in by itself, whatever becomes of this try.
       */
      self->offered = TRUE;
      send_simple (self, ENIGM_MESSAGE_OFFER, self->offer->offer, self->offer->offer_signature);
      self->state = PAIRING_CONFIRMING;
      receive (self, ANSWER_TIMEOUT_SECONDS);
      break;
    case PAIRING_CONFIRMING:
    case PAIRING_JOINING:
      receive (self, PRESS_TIMEOUT_SECONDS);
      break;
    case PAIRING_REGISTERING:
      if (self->register_until == 0)
        enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_REGISTER, ENIGM_PAIRING_UNDER_WAY,
                                 _ ("Telling the platform that this key is yours."));
      enigm_pairing_register_async (self->platform, self->offer->offer, self->attestation,
                                    self->certificate->chain, cancellable, on_registered,
                                    g_object_ref (self));
      break;
    case PAIRING_KEEPING:
      enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_KEEP, ENIGM_PAIRING_UNDER_WAY,
                               _ ("Storing this computer's part in your keyring."));
      if (!draw_secret (self))
        return;
      enigm_keyring_store_async (self->keyring, ENIGM_KEYRING_KEY, self->binding, self->secret,
                                 cancellable, on_secret_stored, g_object_ref (self));
      break;
    case PAIRING_TELLING:
      tell (self, self->receipt);
      self->state = PAIRING_TOLD;
      receive (self, ANSWER_TIMEOUT_SECONDS);
      break;
    case PAIRING_TOLD:
      receive (self, ANSWER_TIMEOUT_SECONDS);
      break;
    case PAIRING_PROVING:
      receive (self, PROOF_TIMEOUT_SECONDS);
      break;
    case PAIRING_RELAYING:
      enigm_pairing_steps_set (
        self->steps, ENIGM_PAIRING_READY, ENIGM_PAIRING_UNDER_WAY,
        _ ("Your key has no connection of its own here. This computer carries its proof."));
      enigm_pairing_relay_async (self->platform, self->relay, cancellable, on_relayed,
                                 g_object_ref (self));
      break;
    case PAIRING_ASKING_TRUST:
      {
        guint8 binding[ENIGM_ID_SIZE];

        enigm_hex_decode (self->binding, binding, sizeof binding);
        enigm_pairing_ask_trust_async (self->platform, binding, NULL, on_trust_asked,
                                       g_object_ref (self));
      }
      break;
    case PAIRING_ASKING_JOIN:
      enigm_pairing_ask_order_async (
        self->platform, self->binding, "join", enigm_key_session_get_value (self->session),
        self->certificate->nonce, cancellable, on_join_asked, g_object_ref (self));
      break;
    case PAIRING_PROVING_JOIN:
      enigm_pairing_steps_set (self->steps, ENIGM_PAIRING_REGISTER, ENIGM_PAIRING_UNDER_WAY,
                               _ ("Asking the platform whether this is the key that you paired."));
      enigm_pairing_join_async (self->platform, self->binding, self->order,
                                self->certificate->chain, self->proof->signature, cancellable,
                                on_join_proved, g_object_ref (self));
      break;
    case PAIRING_TELLING_JOIN:
      {
        g_autoptr (EnigmMessage) keep = enigm_message_new (ENIGM_MESSAGE_KEEP);

        /* Drawn only now: a counterfeit is never handed one. */
        /* Into the keyring only once the key has it: one that works may stand there. */
        if (!draw_secret (self))
          return;
        tell (self, keep);
        self->state = PAIRING_JOINED;
        receive (self, ANSWER_TIMEOUT_SECONDS);
      }
      break;
    case PAIRING_CANCELLING:
      enigm_pairing_cancel_async (self->platform, self->binding, on_binding_cancelled,
                                  g_object_ref (self));
      break;
    case PAIRING_FORGETTING:
      enigm_keyring_clear_async (self->keyring, ENIGM_KEYRING_KEY, self->binding, NULL,
                                 on_secret_cleared, g_object_ref (self));
      break;
    case PAIRING_CLOSING:
      if (self->session != NULL)
        enigm_key_session_close_async (self->session, on_session_closed, g_object_ref (self));
      else
        finish (self);
      break;
    case PAIRING_IDLE:
    default:
      g_assert_not_reached ();
    }
}

static void
forget_try (EnigmPairing *self)
{
  g_clear_pointer (&self->code, enigm_setup_code_unref);
  g_clear_object (&self->key);
  g_clear_object (&self->session);
  g_clear_pointer (&self->certificate, enigm_message_free);
  g_clear_pointer (&self->offer, enigm_pairing_offer_free);
  g_clear_pointer (&self->attestation, g_bytes_unref);
  g_clear_pointer (&self->receipt, enigm_message_free);
  g_clear_pointer (&self->order, enigm_message_free);
  g_clear_pointer (&self->proof, enigm_message_free);
  g_clear_pointer (&self->relay, enigm_message_free);
  g_clear_pointer (&self->secret, enigm_secret_unref);
  g_clear_pointer (&self->binding, g_free);
  g_clear_error (&self->error);
  self->offered = FALSE;
  self->kept = FALSE;
  self->told = FALSE;
  self->trusted = FALSE;
  self->own_connection = FALSE;
  self->register_until = 0;
  self->n_busy = 0;
  self->outcome = ENIGM_PAIRING_UNCHANGED;
  self->press_deadline = 0;
  enigm_pairing_steps_reset (self->steps);
}

static void
enigm_pairing_finalize (GObject *object)
{
  EnigmPairing *self = ENIGM_PAIRING (object);

  g_assert (self->task == NULL && self->pause_id == 0 && self->news_id == 0);
  forget_try (self);
  g_clear_object (&self->steps);
  g_clear_object (&self->radio);
  g_clear_object (&self->platform);
  g_clear_object (&self->keyring);
  g_free (self->replaces);
  G_OBJECT_CLASS (enigm_pairing_parent_class)->finalize (object);
}

static void
enigm_pairing_class_init (EnigmPairingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = enigm_pairing_finalize;
}

static void
enigm_pairing_init (EnigmPairing *self)
{
  self->steps = enigm_pairing_steps_new ();
}

/**
 * enigm_pairing_new:
 * @radio: where keys are heard
 * @platform: the platform, signed in to
 * @keyring: where this computer's part is kept
 * @computer_id: this computer's ID, 32 hex characters
 *
 * Returns: (transfer full): a pairing that has not begun; it may be run again after it ended
 */
EnigmPairing *
enigm_pairing_new (EnigmRadio *radio,
                   EnigmPlatform *platform,
                   EnigmKeyring *keyring,
                   const char *computer_id)
{
  EnigmPairing *self;

  g_return_val_if_fail (ENIGM_IS_RADIO (radio), NULL);
  g_return_val_if_fail (ENIGM_IS_PLATFORM (platform), NULL);
  g_return_val_if_fail (ENIGM_IS_KEYRING (keyring), NULL);

  self = g_object_new (ENIGM_TYPE_PAIRING, NULL);
  self->radio = g_object_ref (radio);
  self->platform = g_object_ref (platform);
  self->keyring = g_object_ref (keyring);
  if (!enigm_hex_decode (computer_id, self->computer, sizeof self->computer))
    g_return_val_if_reached (NULL);
  return self;
}

/**
 * enigm_pairing_run_async:
 * @code: the setup code
 * @key: (nullable): the key to pair; the first with the code's discriminator if %NULL
 *
 * Pairs. Cancelling before Register leaves nothing; after it, it is a transaction of the platform;
 * once the key is trusted it is too late, and the pairing succeeds.
 */
void
enigm_pairing_run_async (EnigmPairing *self,
                         EnigmSetupCode *code,
                         EnigmNearbyKey *key,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (ENIGM_IS_PAIRING (self));
  g_return_if_fail (self->task == NULL);
  g_return_if_fail (code != NULL);
  g_return_if_fail (key == NULL || ENIGM_IS_NEARBY_KEY (key));

  forget_try (self);
  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, enigm_pairing_run_async);
  /* What happened counts, not what was wished for meanwhile. */
  g_task_set_check_cancellable (self->task, FALSE);
  self->code = enigm_setup_code_ref (code);
  g_set_object (&self->key, key);
  go (self, key != NULL ? PAIRING_OPENING : PAIRING_FINDING);
}

/**
 * enigm_pairing_run_finish:
 *
 * Returns: %TRUE once the key is trusted; else @error is set, with the sentence of the step that
 * failed
 */
gboolean
enigm_pairing_run_finish (EnigmPairing *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * enigm_pairing_get_steps:
 *
 * Returns: (transfer none): the six steps and how they stand
 */
EnigmPairingSteps *
enigm_pairing_get_steps (EnigmPairing *self)
{
  g_return_val_if_fail (ENIGM_IS_PAIRING (self), NULL);
  return self->steps;
}

/**
 * enigm_pairing_get_seconds_left:
 *
 * Returns: seconds in which the button may still be pressed, 0 when nobody waits for it
 */
guint
enigm_pairing_get_seconds_left (EnigmPairing *self)
{
  gint64 left;

  g_return_val_if_fail (ENIGM_IS_PAIRING (self), 0);
  left = self->press_deadline - g_get_monotonic_time ();
  return left > 0 ? (left + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND : 0;
}

/**
 * enigm_pairing_get_own_connection:
 *
 * Returns: whether the key itself reached the platform, not only through this computer
 */
gboolean
enigm_pairing_get_own_connection (EnigmPairing *self)
{
  g_return_val_if_fail (ENIGM_IS_PAIRING (self), FALSE);
  return self->own_connection;
}

/**
 * enigm_pairing_set_replaces:
 * @binding: (nullable): the binding ID, 32 hex characters, of a key that the one to be paired takes
 *   the place of; before the pairing is run
 *
 * It goes on protecting until the new one has proved itself (PROTOCOL.md section 8).
 */
void
enigm_pairing_set_replaces (EnigmPairing *self, const char *binding)
{
  g_return_if_fail (ENIGM_IS_PAIRING (self) && self->task == NULL);

  g_free (self->replaces);
  self->replaces = g_strdup (binding);
}

/**
 * enigm_pairing_get_binding:
 *
 * Returns: (transfer none) (nullable): the binding ID as 32 hex characters, once there is one
 */
const char *
enigm_pairing_get_binding (EnigmPairing *self)
{
  g_return_val_if_fail (ENIGM_IS_PAIRING (self), NULL);
  return self->binding;
}
