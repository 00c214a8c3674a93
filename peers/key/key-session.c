/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-session.h"

#include <string.h>

#include "key-handshake.h"

/* From the connection to a right confirmation, and from the vibration to the press. */
#define HANDSHAKE_S 10
#define PRESS_S 60

/* Nobody needs longer; who leaves a link open would keep the others out. */
#define SESSION_S 600

/**
 * State:
 * @STATE_NEW: nothing has come yet
 * @STATE_HANDSHAKE: code or management secret are being checked
 * @STATE_SETUP: a channel opened with the code
 * @STATE_CONFIRMING: an offer waits for the press
 * @STATE_ATTESTED: attested; receipt and relays
 * @STATE_JOINING: an order to join waits for the press
 * @STATE_KEEPING: pressed; the computer's secret is next
 * @STATE_MANAGING: a channel opened with a management secret
 * @STATE_OVER: the link is being cut
 */
typedef enum
{
  STATE_NEW,
  STATE_HANDSHAKE,
  STATE_SETUP,
  STATE_CONFIRMING,
  STATE_ATTESTED,
  STATE_JOINING,
  STATE_KEEPING,
  STATE_MANAGING,
  STATE_OVER,
} State;

/**
 * EnigmKeySession:
 *
 * One central's connection, from its first message to the end of the link. It works on whole
 * messages and knows no radio: what is to go out is #EnigmKeySession::send, and
 * #EnigmKeySession::over asks for the link to be cut.
 */
struct _EnigmKeySession
{
  GObject parent_instance;

  EnigmKeyStore *store;
  EnigmKeyBinding *binding;
  EnigmKeyEvent *event;
  EnigmKeySignals *signals;

  State state;
  guint deadline_id;
  guint press_id;
  gboolean may_vibrate;
  gboolean has_vibrated;

  EnigmKeyHandshake *handshake;
  EnigmChannel *channel;
  guint8 nonce[ENIGM_NONCE_SIZE]; /* of message 16, or n_K */

  GBytes *asked;                     /* offer, or order to join, that waits for the press */
  guint8 binding_id[ENIGM_ID_SIZE];  /* what was attested here */
  gboolean owes_receipt;             /* the attestation was sent, its receipt has not come */
  guint8 computer_id[ENIGM_ID_SIZE]; /* who joins, or who manages */
  EnigmKeyRelay *relay;              /* once attested */
};

enum
{
  SEND,
  OVER,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmKeySession, enigm_key_session, G_TYPE_OBJECT)

static void
enigm_key_session_dispose (GObject *object)
{
  EnigmKeySession *self = ENIGM_KEY_SESSION (object);

  g_clear_object (&self->relay);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  g_clear_handle_id (&self->press_id, g_source_remove);
  g_clear_pointer (&self->handshake, enigm_key_handshake_free);
  g_clear_pointer (&self->channel, enigm_channel_unref);
  g_clear_pointer (&self->asked, g_bytes_unref);
  g_clear_object (&self->store);
  g_clear_object (&self->binding);
  g_clear_object (&self->event);
  g_clear_object (&self->signals);

  G_OBJECT_CLASS (enigm_key_session_parent_class)->dispose (object);
}

static void
enigm_key_session_class_init (EnigmKeySessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_session_dispose;

  /**
   * EnigmKeySession::send:
   * @self: the session
   * @message: a #GBytes to be sent
   */
  signals[SEND] = g_signal_new ("send", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);

  /**
   * EnigmKeySession::over:
   * @self: the session
   *
   * The link is to be cut.
   */
  signals[OVER] = g_signal_new ("over", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static void
enigm_key_session_init (EnigmKeySession *self)
{
}

static void
finish (EnigmKeySession *self)
{
  g_autoptr (EnigmKeySession) alive = g_object_ref (self);

  if (self->state == STATE_OVER)
    return;
  self->state = STATE_OVER;
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  g_clear_handle_id (&self->press_id, g_source_remove);
  if (self->relay != NULL)
    enigm_key_relay_close (self->relay);
  g_signal_emit (self, signals[OVER], 0);
}

static void
send_plain (EnigmKeySession *self, EnigmMessage *message)
{
  g_autoptr (GBytes) bytes = enigm_message_encode (message);

  g_signal_emit (self, signals[SEND], 0, bytes);
}

static void
send_sealed (EnigmKeySession *self, EnigmMessage *message)
{
  g_autoptr (EnigmMessage) sealed = enigm_message_new (ENIGM_MESSAGE_SEALED);
  g_autoptr (GBytes) plain = enigm_message_encode (message);
  g_autoptr (GError) error = NULL;

  sealed->blob = enigm_channel_seal (self->channel, plain, &error);
  if (sealed->blob == NULL)
    {
      g_debug ("The channel is dead: %s", error->message);
      finish (self);
      return;
    }
  send_plain (self, sealed);
}

static void
refuse (EnigmKeySession *self, EnigmReason reason, guint seconds)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_REFUSED);

  message->reason = reason;
  message->seconds = seconds;
  send_plain (self, message);
  finish (self);
}

static void
decline (EnigmKeySession *self, EnigmReason reason)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_DECLINED);

  message->reason = reason;
  send_sealed (self, message);
}

static void
say_done (EnigmKeySession *self, EnigmMessageType type)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_DONE);

  message->done = type;
  send_sealed (self, message);
}

static void
answer (EnigmKeySession *self, EnigmReason reason, EnigmMessageType type)
{
  if (reason != 0)
    decline (self, reason);
  else
    say_done (self, type);
}

static void
send_state (EnigmKeySession *self)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_STATE);

  enigm_key_binding_report (self->binding, self->state != STATE_MANAGING, message);
  message->open_event = enigm_key_event_get_open (self->event);
  send_sealed (self, message);
}

static gboolean
on_handshake_elapsed (gpointer user_data)
{
  EnigmKeySession *self = user_data;

  self->deadline_id = 0;
  refuse (self, ENIGM_REASON_TOO_SLOW, 0);

  return G_SOURCE_REMOVE;
}

static gboolean
on_session_elapsed (gpointer user_data)
{
  EnigmKeySession *self = user_data;

  self->deadline_id = 0;
  finish (self);

  return G_SOURCE_REMOVE;
}

static void
send_certificate (EnigmKeySession *self)
{
  g_autoptr (EnigmMessage) certificate = enigm_message_new (ENIGM_MESSAGE_CERTIFICATE);
  EnigmKeyMemory *memory = enigm_key_store_get_memory (self->store);

  certificate->chain = g_ptr_array_ref (enigm_key_store_get_factory (self->store)->chain);
  memcpy (certificate->nonce, self->nonce, sizeof self->nonce);
  certificate->has_binding = memory->has_owner;
  memcpy (certificate->binding, memory->owner, sizeof memory->owner);
  send_sealed (self, certificate);
}

static void
shake_hands (EnigmKeySession *self, EnigmMessage *message)
{
  g_autoptr (EnigmMessage) reply = NULL;
  g_autoptr (EnigmKeyHandshake) done = NULL;
  const guint8 *computer;

  self->state = STATE_HANDSHAKE;
  reply = enigm_key_handshake_take (self->handshake, message, self->nonce, &self->channel);
  if (reply != NULL)
    {
      send_plain (self, reply);
      if (reply->type == ENIGM_MESSAGE_REFUSED)
        finish (self);
      return;
    }

  done = g_steal_pointer (&self->handshake);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  self->deadline_id = g_timeout_add_seconds (SESSION_S, on_session_elapsed, self);
  computer = enigm_key_handshake_get_computer (done);
  if (computer != NULL)
    {
      memcpy (self->computer_id, computer, sizeof self->computer_id);
      self->state = STATE_MANAGING;
      enigm_key_session_report (self);
    }
  else
    {
      self->state = STATE_SETUP;
      send_certificate (self);
    }
}

static gboolean
on_press_elapsed (gpointer user_data)
{
  EnigmKeySession *self = user_data;

  self->press_id = 0;
  self->state = STATE_SETUP;
  g_clear_pointer (&self->asked, g_bytes_unref);
  enigm_key_signals_say (self->signals, "not pressed");
  decline (self, ENIGM_REASON_NOT_PRESSED);

  return G_SOURCE_REMOVE;
}

static void
wait_for_press (EnigmKeySession *self, State state)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_WAITING);

  /* Once a window, or whoever knows the code could wear the motor and the owner's patience out. */
  if (self->may_vibrate && !self->has_vibrated)
    enigm_key_signals_vibrate (self->signals, ENIGM_KEY_VIBRATION_CONFIRM);
  self->has_vibrated = TRUE;

  self->state = state;
  self->press_id = g_timeout_add_seconds (PRESS_S, on_press_elapsed, self);
  enigm_key_signals_say (self->signals, "waiting %d", PRESS_S);
  message->seconds = PRESS_S;
  send_sealed (self, message);
}

static void
on_release (EnigmKeySession *self, EnigmMessage *release)
{
  answer (self,
          enigm_key_binding_release (self->binding, release->blob, release->signature, self->nonce),
          ENIGM_MESSAGE_RELEASE);
}

static void
on_offer (EnigmKeySession *self, EnigmMessage *offer)
{
  EnigmReason reason =
    enigm_key_binding_check_offer (self->binding, offer->blob, offer->signature, self->nonce,
                                   enigm_channel_get_session_value (self->channel));

  if (reason == 0 && enigm_key_event_is_alert_open (self->event))
    reason = ENIGM_REASON_BUSY;
  if (reason != 0)
    {
      decline (self, reason);
      return;
    }
  self->asked = g_bytes_ref (offer->blob);
  wait_for_press (self, STATE_CONFIRMING);
}

static void
attest (EnigmKeySession *self)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_ATTESTATION);
  g_autoptr (GBytes) offer = g_steal_pointer (&self->asked);
  EnigmReason reason;

  /* First, for the news of the new binding reaches this session too: the app hears of it by the
   * attestation, and of the state by the answer to the receipt (PROTOCOL.md, section 5). */
  self->state = STATE_ATTESTED;
  self->owes_receipt = TRUE;
  reason = enigm_key_binding_attest (self->binding, offer, &message->blob, self->binding_id);
  if (reason != 0)
    {
      self->state = STATE_SETUP;
      self->owes_receipt = FALSE;
      decline (self, reason);
      return;
    }
  self->relay = enigm_key_relay_new ();
  g_signal_connect_object (self->relay, "send", G_CALLBACK (send_sealed), self, G_CONNECT_SWAPPED);
  send_sealed (self, message);
}

static void
prove_for_join (EnigmKeySession *self)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_DONE);
  g_autoptr (GBytes) order = g_steal_pointer (&self->asked);
  EnigmReason reason = enigm_key_binding_prove_join (self->binding, order, message->signature);

  if (reason != 0)
    {
      self->state = STATE_SETUP;
      decline (self, reason);
      return;
    }
  self->state = STATE_KEEPING;
  message->done = ENIGM_MESSAGE_ORDER;
  message->has_signature = TRUE;
  send_sealed (self, message);
}

static void
on_receipt (EnigmKeySession *self, EnigmMessage *receipt)
{
  EnigmReason reason =
    enigm_key_binding_take_receipt (self->binding, self->binding_id, receipt->blob,
                                    receipt->signature, receipt->computer, receipt->secret);

  /* One that is declined was none: the app still owes it. */
  if (reason == 0 || reason == ENIGM_REASON_EIGHT_COMPUTERS || reason == ENIGM_REASON_GONE)
    self->owes_receipt = FALSE;
  answer (self, reason, ENIGM_MESSAGE_RECEIPT);
  if (reason == 0 || reason == ENIGM_REASON_EIGHT_COMPUTERS)
    enigm_key_session_report (self);
}

static void
on_order (EnigmKeySession *self, EnigmMessage *message)
{
  EnigmOrder order;
  EnigmReason reason = enigm_key_binding_check_order (
    self->binding, message->blob, message->signature, self->nonce,
    enigm_channel_get_session_value (self->channel),
    self->state == STATE_MANAGING ? self->computer_id : NULL, &order);

  if (reason != 0)
    {
      decline (self, reason);
      return;
    }

  switch (order.purpose)
    {
    case ENIGM_ORDER_JOIN:
      if (self->state != STATE_SETUP)
        decline (self, ENIGM_REASON_STATE);
      else if (enigm_key_event_is_alert_open (self->event))
        decline (self, ENIGM_REASON_BUSY);
      else
        {
          memcpy (self->computer_id, order.computer, sizeof self->computer_id);
          self->asked = g_bytes_ref (message->blob);
          wait_for_press (self, STATE_JOINING);
        }
      break;
    case ENIGM_ORDER_DRILL:
      answer (self, enigm_key_event_order_drill (self->event), ENIGM_MESSAGE_ORDER);
      break;
    case ENIGM_ORDER_WIPE:
      answer (self, enigm_key_binding_wipe (self->binding), ENIGM_MESSAGE_ORDER);
      break;
    }
}

static void
on_keep (EnigmKeySession *self, EnigmMessage *keep)
{
  EnigmReason reason = ENIGM_REASON_OTHER_KEY;

  if (memcmp (keep->computer, self->computer_id, sizeof self->computer_id) == 0)
    reason = enigm_key_binding_keep (self->binding, keep->computer, keep->secret);
  if (reason == 0)
    self->state = STATE_SETUP;
  answer (self, reason, ENIGM_MESSAGE_KEEP);
}

static void
dispatch_sealed (EnigmKeySession *self, EnigmMessage *message)
{
  gboolean is_setup = self->state == STATE_SETUP;
  gboolean is_managing = self->state == STATE_MANAGING;

  if (message->type == ENIGM_MESSAGE_ASK)
    send_state (self);
  else if (message->type == ENIGM_MESSAGE_RELAYED && self->relay != NULL)
    enigm_key_relay_answered (self->relay, message);
  else if (message->type == ENIGM_MESSAGE_RELEASE && is_setup)
    on_release (self, message);
  else if (message->type == ENIGM_MESSAGE_OFFER && is_setup)
    on_offer (self, message);
  else if (message->type == ENIGM_MESSAGE_RECEIPT && self->state == STATE_ATTESTED)
    on_receipt (self, message);
  else if (message->type == ENIGM_MESSAGE_ORDER && (is_setup || is_managing))
    on_order (self, message);
  else if (message->type == ENIGM_MESSAGE_KEEP && self->state == STATE_KEEPING)
    on_keep (self, message);
  else if (message->type == ENIGM_MESSAGE_VIBRATE && is_managing)
    {
      enigm_key_signals_vibrate (self->signals, ENIGM_KEY_VIBRATION_FIND);
      say_done (self, ENIGM_MESSAGE_VIBRATE);
    }
  else if (message->type == ENIGM_MESSAGE_VIBRATE)
    decline (self, ENIGM_REASON_STATE);
  else
    decline (self, ENIGM_REASON_MALFORMED);
}

static void
receive_sealed (EnigmKeySession *self, EnigmMessage *sealed)
{
  g_autoptr (GBytes) plain = enigm_channel_open (self->channel, sealed->blob, NULL);
  g_autoptr (EnigmMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (plain == NULL)
    {
      finish (self);
      return;
    }
  message = enigm_message_decode (plain, TRUE, &error);
  if (message == NULL)
    {
      g_message ("A message is malformed: %s", error->message);
      decline (self, ENIGM_REASON_MALFORMED);
      finish (self);
      return;
    }
  dispatch_sealed (self, message);
}

static void
receive_plain (EnigmKeySession *self, EnigmMessage *message)
{
  switch (self->state)
    {
    case STATE_NEW:
    case STATE_HANDSHAKE:
      shake_hands (self, message);
      break;
    case STATE_SETUP:
    case STATE_CONFIRMING:
    case STATE_ATTESTED:
    case STATE_JOINING:
    case STATE_KEEPING:
    case STATE_MANAGING:
      if (message->type == ENIGM_MESSAGE_SEALED)
        receive_sealed (self, message);
      else
        refuse (self, ENIGM_REASON_MALFORMED, 0);
      break;
    case STATE_OVER:
      break;
    }
}

/**
 * enigm_key_session_new:
 * @store: the key's flash
 * @tries: the count of tries
 * @binding: the key's bindings
 * @event: the key's events
 * @signals: light and motor
 * @information: the key hello, exactly as it was served
 * @may_vibrate: whether the motor has not asked for a press in this window yet
 *
 * Its time begins now.
 *
 * Returns: (transfer full): a session that waits for its first message
 */
EnigmKeySession *
enigm_key_session_new (EnigmKeyStore *store,
                       EnigmKeyTries *tries,
                       EnigmKeyBinding *binding,
                       EnigmKeyEvent *event,
                       EnigmKeySignals *signals_,
                       GBytes *information,
                       gboolean may_vibrate)
{
  EnigmKeySession *self;

  g_return_val_if_fail (ENIGM_IS_KEY_STORE (store), NULL);
  g_return_val_if_fail (information != NULL, NULL);

  self = g_object_new (ENIGM_TYPE_KEY_SESSION, NULL);
  self->store = g_object_ref (store);
  self->binding = g_object_ref (binding);
  self->event = g_object_ref (event);
  self->signals = g_object_ref (signals_);
  self->handshake = enigm_key_handshake_new (store, tries, information);
  self->may_vibrate = may_vibrate;
  self->deadline_id = g_timeout_add_seconds (HANDSHAKE_S, on_handshake_elapsed, self);

  return self;
}

/**
 * enigm_key_session_receive:
 * @self: the session
 * @bytes: (nullable): a whole message, or %NULL for a frame out of order
 *
 * Takes what came from the central.
 */
void
enigm_key_session_receive (EnigmKeySession *self, GBytes *bytes)
{
  g_autoptr (EnigmKeySession) alive = NULL;
  g_autoptr (EnigmMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (ENIGM_IS_KEY_SESSION (self));

  alive = g_object_ref (self);
  if (self->state == STATE_OVER)
    return;
  message = bytes != NULL ? enigm_message_decode (bytes, FALSE, &error) : NULL;
  if (message == NULL)
    {
      g_message ("A message is malformed: %s", error != NULL ? error->message : "frame");
      refuse (self, ENIGM_REASON_MALFORMED, 0);
      return;
    }
  receive_plain (self, message);
}

/**
 * enigm_key_session_press:
 * @self: the session
 *
 * The button was pressed once.
 *
 * Returns: whether something waited for it
 */
gboolean
enigm_key_session_press (EnigmKeySession *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_SESSION (self), FALSE);

  if (self->press_id == 0)
    return FALSE;
  g_clear_handle_id (&self->press_id, g_source_remove);
  if (self->state == STATE_CONFIRMING)
    attest (self);
  else
    prove_for_join (self);

  return TRUE;
}

/**
 * enigm_key_session_interrupt:
 * @self: the session
 *
 * An alert has been raised: whatever waits for a press waits no longer.
 */
void
enigm_key_session_interrupt (EnigmKeySession *self)
{
  g_return_if_fail (ENIGM_IS_KEY_SESSION (self));

  if (self->press_id == 0)
    return;
  g_clear_handle_id (&self->press_id, g_source_remove);
  g_clear_pointer (&self->asked, g_bytes_unref);
  self->state = STATE_SETUP;
  decline (self, ENIGM_REASON_BUSY);
}

/**
 * enigm_key_session_report:
 * @self: the session
 *
 * Sends the key's state, if the channel is open and the app is not still to hand in an attestation.
 */
void
enigm_key_session_report (EnigmKeySession *self)
{
  g_return_if_fail (ENIGM_IS_KEY_SESSION (self));

  if (enigm_key_session_is_open (self) && !self->owes_receipt)
    send_state (self);
}

/**
 * enigm_key_session_end:
 * @self: the session
 *
 * The link is gone, or is to go.
 */
void
enigm_key_session_end (EnigmKeySession *self)
{
  g_return_if_fail (ENIGM_IS_KEY_SESSION (self));

  finish (self);
}

/**
 * enigm_key_session_is_open:
 * @self: the session
 *
 * Returns: whether the central has shown that it knows the code or a management secret
 */
gboolean
enigm_key_session_is_open (EnigmKeySession *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_SESSION (self), FALSE);

  return self->channel != NULL && self->state != STATE_OVER;
}

/**
 * enigm_key_session_get_relay:
 * @self: the session
 *
 * Returns: (transfer none) (nullable): the app as a carrier, once a binding was attested to it
 */
EnigmKeyRelay *
enigm_key_session_get_relay (EnigmKeySession *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_SESSION (self), NULL);

  return self->relay;
}

/**
 * enigm_key_session_has_vibrated:
 * @self: the session
 *
 * Returns: whether it has asked for a press
 */
gboolean
enigm_key_session_has_vibrated (EnigmKeySession *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_SESSION (self), FALSE);

  return self->has_vibrated;
}
