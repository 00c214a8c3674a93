/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-binding.h"

#include <string.h>

#include "enigm-attestation.h"
#include "enigm-credential.h"
#include "enigm-join.h"
#include "enigm-offer.h"
#include "enigm-receipt.h"
#include "enigm-release.h"

/**
 * EnigmKeyBinding:
 *
 * Whom the key belongs to: the binding in force, the one that is to replace it, the owner, and the
 * owner's computers. Each function takes one thing somebody signed, and either it is checked, done
 * and stored, or nothing has changed and the reason says why (PROTOCOL.md, sections 5 to 7).
 */
struct _EnigmKeyBinding
{
  GObject parent_instance;

  EnigmKeyStore *store;
  EnigmKeySignals *signals;
  EnigmKeySensors *sensors;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmKeyBinding, enigm_key_binding, G_TYPE_OBJECT)

static void
enigm_key_binding_dispose (GObject *object)
{
  EnigmKeyBinding *self = ENIGM_KEY_BINDING (object);

  g_clear_object (&self->sensors);
  g_clear_object (&self->signals);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (enigm_key_binding_parent_class)->dispose (object);
}

static void
enigm_key_binding_class_init (EnigmKeyBindingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_binding_dispose;

  /**
   * EnigmKeyBinding::changed:
   * @self: the bindings
   *
   * A binding began, ended or changed its state.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
enigm_key_binding_init (EnigmKeyBinding *self)
{
}

static EnigmKeyMemory *
get_memory (EnigmKeyBinding *self)
{
  return enigm_key_store_get_memory (self->store);
}

static void
tell_state (EnigmKeyBinding *self)
{
  static const char *const names[] = { "none", "pending", "trusted", "restricted" };
  g_autoptr (EnigmMessage) state = enigm_message_new (ENIGM_MESSAGE_STATE);

  enigm_key_binding_report (self, TRUE, state);
  enigm_key_signals_say (self->signals, "state %s", names[state->state]);
  g_signal_emit (self, signals[CHANGED], 0);
}

static EnigmReason
store_change (EnigmKeyBinding *self, GBytes *before)
{
  g_autoptr (GError) error = NULL;

  if (enigm_key_store_save_or_restore (self->store, before, &error))
    return 0;
  g_warning ("Nothing has changed, because it could not be stored: %s", error->message);

  return ENIGM_REASON_STORAGE;
}

static gboolean
is_same (const guint8 *a, const guint8 *b, gsize len)
{
  return enigm_bytes_equal_constant_time (a, b, len);
}

/**
 * enigm_key_binding_new:
 * @store: the key's flash
 * @signals_: light and motor
 * @sensors: battery and position
 *
 * Returns: (transfer full): the key's bindings
 */
EnigmKeyBinding *
enigm_key_binding_new (EnigmKeyStore *store, EnigmKeySignals *signals_, EnigmKeySensors *sensors)
{
  EnigmKeyBinding *self;

  g_return_val_if_fail (ENIGM_IS_KEY_STORE (store), NULL);
  g_return_val_if_fail (ENIGM_IS_KEY_SIGNALS (signals_), NULL);
  g_return_val_if_fail (ENIGM_IS_KEY_SENSORS (sensors), NULL);

  self = g_object_new (ENIGM_TYPE_KEY_BINDING, NULL);
  self->store = g_object_ref (store);
  self->signals = g_object_ref (signals_);
  self->sensors = g_object_ref (sensors);

  return self;
}

/* While an alert is open, nothing takes the key's power to speak away but the platform's answer to
 * the alert itself. */
static EnigmReason
forget_owner (EnigmKeyBinding *self)
{
  g_autoptr (GBytes) before = enigm_key_store_remember (self->store);
  EnigmReason reason;

  if (enigm_key_memory_get_open (get_memory (self), FALSE) != NULL)
    return ENIGM_REASON_BUSY;
  enigm_key_memory_forget_owner (get_memory (self));
  reason = store_change (self, before);
  if (reason == 0)
    tell_state (self);

  return reason;
}

/**
 * enigm_key_binding_release:
 * @self: the bindings
 * @release: what came
 * @signature: (array fixed-size=64): the platform's
 * @nonce: (array fixed-size=32): the one sent with the certificate
 *
 * Frees the key from an owner whom the platform has released.
 *
 * Returns: 0, or why not
 */
EnigmReason
enigm_key_binding_release (EnigmKeyBinding *self,
                           GBytes *release,
                           const guint8 *signature,
                           const guint8 *nonce)
{
  EnigmKeyFactory *factory;
  EnigmKeyMemory *memory;
  EnigmRelease parsed;

  g_return_val_if_fail (ENIGM_IS_KEY_BINDING (self), ENIGM_REASON_STATE);

  factory = enigm_key_store_get_factory (self->store);
  memory = get_memory (self);
  if (!enigm_release_verify (release, factory->platform, signature, NULL))
    return ENIGM_REASON_SIGNATURE;
  if (!enigm_release_decode (release, &parsed, NULL))
    return ENIGM_REASON_MALFORMED;
  if (!is_same (parsed.certificate_hash, factory->certificate_hash,
                sizeof parsed.certificate_hash) ||
      !memory->has_owner || !is_same (parsed.binding, memory->owner, sizeof parsed.binding))
    return ENIGM_REASON_OTHER_KEY;
  if (!is_same (parsed.key_nonce, nonce, sizeof parsed.key_nonce))
    return ENIGM_REASON_OTHER_SESSION;

  return forget_owner (self);
}

/**
 * enigm_key_binding_check_offer:
 * @self: the bindings
 * @offer: what came
 * @signature: (array fixed-size=64): the platform's
 * @nonce: (array fixed-size=32): the one sent with the certificate
 * @session_value: (array fixed-size=32): the channel's
 *
 * Checks everything about an offer that can be checked before the press.
 *
 * Returns: 0, or why not
 */
EnigmReason
enigm_key_binding_check_offer (EnigmKeyBinding *self,
                               GBytes *offer,
                               const guint8 *signature,
                               const guint8 *nonce,
                               const guint8 *session_value)
{
  EnigmKeyFactory *factory;
  EnigmKeyMemory *memory;
  EnigmOffer parsed;

  g_return_val_if_fail (ENIGM_IS_KEY_BINDING (self), ENIGM_REASON_STATE);

  factory = enigm_key_store_get_factory (self->store);
  memory = get_memory (self);
  if (!enigm_offer_verify (offer, factory->platform, signature, NULL))
    return ENIGM_REASON_SIGNATURE;
  if (!enigm_offer_decode (offer, &parsed, NULL) ||
      !enigm_p256_check_point (parsed.ephemeral, sizeof parsed.ephemeral, NULL))
    return ENIGM_REASON_MALFORMED;
  if (!is_same (parsed.certificate_hash, factory->certificate_hash, sizeof parsed.certificate_hash))
    return ENIGM_REASON_OTHER_KEY;
  if (!is_same (parsed.key_nonce, nonce, sizeof parsed.key_nonce) ||
      !is_same (parsed.session_value, session_value, sizeof parsed.session_value))
    return ENIGM_REASON_OTHER_SESSION;
  if (memory->has_owner &&
      !is_same (parsed.pseudonym, memory->owner_pseudonym, sizeof parsed.pseudonym))
    return ENIGM_REASON_OWNED;
  if (enigm_key_memory_find_record (memory, parsed.binding) != NULL)
    return ENIGM_REASON_STATE;

  return 0;
}

static EnigmKeyRecord *
make_record (EnigmKeyBinding *self, GBytes *offer, GError **error)
{
  g_autoptr (EnigmKeyRecord) record = enigm_key_record_new ();
  g_autoptr (EnigmP256Key) ephemeral = NULL;
  g_autoptr (EnigmSecret) shared = NULL;
  EnigmAttestation attestation;
  EnigmOffer parsed;

  ephemeral = enigm_p256_key_generate (error);
  if (ephemeral == NULL || !enigm_offer_decode (offer, &parsed, error))
    return NULL;
  memcpy (attestation.ephemeral, enigm_p256_key_get_point (ephemeral),
          sizeof attestation.ephemeral);
  shared = enigm_p256_key_ecdh (ephemeral, parsed.ephemeral, sizeof parsed.ephemeral, error);
  if (shared == NULL ||
      !enigm_attestation_sign (&attestation, offer,
                               enigm_key_store_get_factory (self->store)->attestation_key, error))
    return NULL;

  record->offer = g_bytes_ref (offer);
  record->attestation = enigm_attestation_encode (&attestation);
  enigm_binding_hash (offer, record->attestation, record->hash);
  record->credential = enigm_credential_derive (shared, offer, record->attestation);
  memcpy (record->id, parsed.binding, sizeof record->id);
  memcpy (record->handle, parsed.handle, sizeof record->handle);
  memcpy (record->pseudonym, parsed.pseudonym, sizeof record->pseudonym);
  memcpy (record->epoch, parsed.epoch, sizeof record->epoch);
  memcpy (record->pins, parsed.pins, sizeof record->pins);
  record->origin = g_strdup (parsed.origin);
  record->state = ENIGM_REPORTED_PENDING;
  /* Signed over a nonce of this session: it is the time now. */
  enigm_key_store_set_time (self->store, parsed.time);

  return g_steal_pointer (&record);
}

static void
drop_computers_of (GPtrArray *computers, const guint8 *binding_id, gboolean active)
{
  for (guint i = 0; i < computers->len; i++)
    {
      EnigmKeyComputer *computer = computers->pdata[i];

      if (computer->active == active &&
          memcmp (computer->binding, binding_id, sizeof computer->binding) == 0)
        g_ptr_array_remove_index (computers, i--);
    }
}

static void
drop_pending (EnigmKeyMemory *memory)
{
  if (memory->pending == NULL)
    return;
  drop_computers_of (memory->computers, memory->pending->id, FALSE);
  g_clear_pointer (&memory->pending, enigm_key_record_free);
}

/**
 * enigm_key_binding_attest:
 * @self: the bindings
 * @offer: one that enigm_key_binding_check_offer() found right
 * @attestation: (out): the key's answer
 * @binding_id: (array fixed-size=16) (out caller-allocates): the binding it makes
 *
 * The button was pressed: makes a pending binding, stores it, and attests it. An earlier pending
 * one is replaced; the one in force stays.
 *
 * Returns: 0, or why not
 */
EnigmReason
enigm_key_binding_attest (EnigmKeyBinding *self,
                          GBytes *offer,
                          GBytes **attestation,
                          guint8 *binding_id)
{
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GError) error = NULL;
  EnigmKeyMemory *memory;
  EnigmKeyRecord *record;
  EnigmReason reason;

  g_return_val_if_fail (ENIGM_IS_KEY_BINDING (self), ENIGM_REASON_STATE);
  g_return_val_if_fail (offer != NULL && attestation != NULL, ENIGM_REASON_STATE);

  before = enigm_key_store_remember (self->store);
  record = make_record (self, offer, &error);
  if (record == NULL)
    {
      g_warning ("The offer could not be attested: %s", error->message);
      return ENIGM_REASON_MALFORMED;
    }
  memory = get_memory (self);
  drop_pending (memory);
  memory->pending = record;
  *attestation = g_bytes_ref (record->attestation);
  memcpy (binding_id, record->id, sizeof record->id);

  reason = store_change (self, before);
  if (reason != 0)
    g_clear_pointer (attestation, g_bytes_unref);
  else
    tell_state (self);

  return reason;
}

static guint
count_computers_but (GPtrArray *computers, const guint8 *but)
{
  guint n = 0;

  for (guint i = 0; i < computers->len; i++)
    {
      EnigmKeyComputer *computer = computers->pdata[i];
      gboolean counts = memcmp (computer->id, but, sizeof computer->id) != 0;

      /* A computer that is here twice, for the old binding and the new one, counts once. */
      for (guint j = 0; counts && j < i; j++)
        counts = memcmp (((EnigmKeyComputer *) computers->pdata[j])->id, computer->id,
                         sizeof computer->id) != 0;
      n += counts;
    }

  return n;
}

static void
drop_computer (GPtrArray *computers, const guint8 *id, gboolean active)
{
  for (guint i = 0; i < computers->len; i++)
    {
      EnigmKeyComputer *computer = computers->pdata[i];

      if (computer->active == active && memcmp (computer->id, id, sizeof computer->id) == 0)
        g_ptr_array_remove_index (computers, i--);
    }
}

static EnigmReason
keep (EnigmKeyBinding *self,
      const guint8 *computer,
      const guint8 *binding_id,
      EnigmSecret *secret,
      gboolean active)
{
  GPtrArray *computers = get_memory (self)->computers;

  if (count_computers_but (computers, computer) >= ENIGM_KEY_MAX_COMPUTERS)
    return ENIGM_REASON_EIGHT_COMPUTERS;
  drop_computer (computers, computer, active);
  g_ptr_array_add (computers, enigm_key_computer_new (computer, binding_id, secret, active));

  return 0;
}

/**
 * enigm_key_binding_take_receipt:
 * @self: the bindings
 * @binding_id: (array fixed-size=16): the binding that was attested in this session
 * @receipt: what came
 * @signature: (array fixed-size=64): the platform's
 * @computer: (array fixed-size=16) (nullable): who hands it in, or %NULL for the key itself
 * @secret: (nullable): its management secret, or %NULL for the key itself
 *
 * Learns what the platform says of an attestation. A pending binding is known there from now on,
 * and @secret is kept; it works once the binding is trusted.
 *
 * Returns: 0, or why not
 */
EnigmReason
enigm_key_binding_take_receipt (EnigmKeyBinding *self,
                                const guint8 *binding_id,
                                GBytes *receipt,
                                const guint8 *signature,
                                const guint8 *computer,
                                EnigmSecret *secret)
{
  g_autoptr (GBytes) before = NULL;
  EnigmKeyMemory *memory;
  EnigmKeyRecord *record;
  EnigmReceipt parsed;
  EnigmReason reason = 0, stored;

  g_return_val_if_fail (ENIGM_IS_KEY_BINDING (self), ENIGM_REASON_STATE);

  if (!enigm_receipt_verify (receipt, enigm_key_store_get_factory (self->store)->platform,
                             signature, NULL))
    return ENIGM_REASON_SIGNATURE;
  if (!enigm_receipt_decode (receipt, &parsed, NULL))
    return ENIGM_REASON_MALFORMED;
  if (!is_same (parsed.binding, binding_id, sizeof parsed.binding))
    return ENIGM_REASON_OTHER_KEY;
  memory = get_memory (self);
  record = enigm_key_memory_find_record (memory, binding_id);
  if (record == NULL)
    return ENIGM_REASON_GONE;
  if (!is_same (parsed.binding_hash, record->hash, sizeof parsed.binding_hash))
    return ENIGM_REASON_OTHER_KEY;

  before = enigm_key_store_remember (self->store);
  if (parsed.state == ENIGM_RECEIPT_GONE)
    {
      /* What is trusted ends under its MAC alone. */
      if (record != memory->pending)
        return ENIGM_REASON_GONE;
      drop_pending (memory);
      reason = store_change (self, before);
      if (reason != 0)
        return reason;
      tell_state (self);
      return ENIGM_REASON_GONE;
    }

  record->registered = TRUE;
  if (secret != NULL)
    reason = keep (self, computer, binding_id, secret, record == memory->current);
  stored = store_change (self, before);
  if (stored != 0)
    return stored;
  g_signal_emit (self, signals[CHANGED], 0);

  return reason;
}

/**
 * enigm_key_binding_check_order:
 * @self: the bindings
 * @order: what came
 * @signature: (array fixed-size=64): the platform's
 * @nonce: (array fixed-size=32): the key's, in this channel
 * @session_value: (array fixed-size=32): the channel's
 * @computer: (array fixed-size=16) (nullable): who is at the other end, where that is known
 * @parsed: (out caller-allocates): the order
 *
 * Returns: 0, or why not
 */
EnigmReason
enigm_key_binding_check_order (EnigmKeyBinding *self,
                               GBytes *order,
                               const guint8 *signature,
                               const guint8 *nonce,
                               const guint8 *session_value,
                               const guint8 *computer,
                               EnigmOrder *parsed)
{
  EnigmKeyMemory *memory;

  g_return_val_if_fail (ENIGM_IS_KEY_BINDING (self), ENIGM_REASON_STATE);

  memory = get_memory (self);
  if (!enigm_order_verify (order, enigm_key_store_get_factory (self->store)->platform, signature,
                           NULL))
    return ENIGM_REASON_SIGNATURE;
  if (!enigm_order_decode (order, parsed, NULL))
    return ENIGM_REASON_MALFORMED;
  if (memory->current == NULL ||
      !is_same (parsed->binding, memory->current->id, sizeof parsed->binding) ||
      (computer != NULL && !is_same (parsed->computer, computer, sizeof parsed->computer)))
    return ENIGM_REASON_OTHER_KEY;
  if (!is_same (parsed->nonce, nonce, sizeof parsed->nonce) ||
      !is_same (parsed->session_value, session_value, sizeof parsed->session_value))
    return ENIGM_REASON_OTHER_SESSION;

  return 0;
}

/**
 * enigm_key_binding_prove_join:
 * @self: the bindings
 * @order: one to join, that enigm_key_binding_check_order() found right
 * @signature: (array fixed-size=64) (out caller-allocates): by the certificate's key
 *
 * The button was pressed: says which hardware takes the order.
 *
 * Returns: 0, or why not
 */
EnigmReason
enigm_key_binding_prove_join (EnigmKeyBinding *self, GBytes *order, guint8 *signature)
{
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (ENIGM_IS_KEY_BINDING (self), ENIGM_REASON_STATE);
  g_return_val_if_fail (order != NULL && signature != NULL, ENIGM_REASON_STATE);

  if (get_memory (self)->current == NULL)
    return ENIGM_REASON_STATE;
  if (enigm_join_sign (order, enigm_key_store_get_factory (self->store)->attestation_key, signature,
                       &error))
    return 0;
  g_warning ("A join could not be proved: %s", error->message);

  return ENIGM_REASON_STORAGE;
}

/**
 * enigm_key_binding_keep:
 * @self: the bindings
 * @computer: (array fixed-size=16): who has joined
 * @secret: its management secret
 *
 * Returns: 0, or why not
 */
EnigmReason
enigm_key_binding_keep (EnigmKeyBinding *self, const guint8 *computer, EnigmSecret *secret)
{
  g_autoptr (GBytes) before = NULL;
  EnigmKeyMemory *memory;
  EnigmReason reason;

  g_return_val_if_fail (ENIGM_IS_KEY_BINDING (self), ENIGM_REASON_STATE);

  memory = get_memory (self);
  if (memory->current == NULL)
    return ENIGM_REASON_STATE;
  before = enigm_key_store_remember (self->store);
  reason = keep (self, computer, memory->current->id, secret, TRUE);

  return reason != 0 ? reason : store_change (self, before);
}

/**
 * enigm_key_binding_wipe:
 * @self: the bindings
 *
 * Forgets owner, credentials and secrets, by order of the platform.
 *
 * Returns: 0, or why not
 */
EnigmReason
enigm_key_binding_wipe (EnigmKeyBinding *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_BINDING (self), ENIGM_REASON_STATE);

  return forget_owner (self);
}

static void
trust_pending (EnigmKeyMemory *memory)
{
  EnigmKeyRecord *record = g_steal_pointer (&memory->pending);
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();

  g_clear_pointer (&memory->current, enigm_key_record_free);
  memory->current = record;
  memory->has_owner = TRUE;
  memcpy (memory->owner, record->id, sizeof memory->owner);
  memcpy (memory->owner_pseudonym, record->pseudonym, sizeof memory->owner_pseudonym);
  g_clear_pointer (&record->offer, g_bytes_unref);
  g_clear_pointer (&record->attestation, g_bytes_unref);

  for (guint i = 0; i < memory->computers->len; i++)
    {
      EnigmKeyComputer *computer = memory->computers->pdata[i];

      if (!computer->active && memcmp (computer->binding, record->id, sizeof record->id) == 0)
        g_ptr_array_add (fresh, computer);
    }
  for (guint i = 0; i < fresh->len; i++)
    {
      EnigmKeyComputer *computer = fresh->pdata[i];

      drop_computer (memory->computers, computer->id, TRUE);
      computer->active = TRUE;
    }
}

static void
keep_open_computers (GPtrArray *computers, const EnigmKeyAnswer *answer)
{
  for (guint i = 0; i < computers->len; i++)
    {
      EnigmKeyComputer *computer = computers->pdata[i];
      gboolean open = FALSE;

      for (gsize j = 0; j < answer->n_computers; j++)
        open = open || memcmp (answer->computers[j], computer->id, sizeof computer->id) == 0;
      if (!open && computer->active)
        g_ptr_array_remove_index (computers, i--);
    }
}

static void
end_record (EnigmKeyMemory *memory, EnigmKeyRecord *record)
{
  if (record == memory->pending)
    drop_pending (memory);
  else
    g_clear_pointer (&memory->current, enigm_key_record_free);
}

/**
 * enigm_key_binding_answered:
 * @self: the bindings
 * @binding_id: (array fixed-size=16): whose credential fits the answer
 * @answer: what the platform says, under that MAC
 * @relayed: whether it came through an app
 *
 * Learns everything an answer says about a binding. What cannot be stored is held in memory all
 * the same: the platform will say it again.
 */
void
enigm_key_binding_answered (EnigmKeyBinding *self,
                            const guint8 *binding_id,
                            const EnigmKeyAnswer *answer,
                            gboolean relayed)
{
  g_autoptr (GError) error = NULL;
  EnigmKeyMemory *memory;
  EnigmKeyRecord *record;
  EnigmReportedState state;
  EnigmReached reached;
  gboolean changed = TRUE;

  g_return_if_fail (ENIGM_IS_KEY_BINDING (self));
  g_return_if_fail (binding_id != NULL && answer != NULL);

  memory = get_memory (self);
  record = enigm_key_memory_find_record (memory, binding_id);
  if (record == NULL)
    return;
  state = record->state;
  reached = record->reached;

  memcpy (record->pins, answer->pins, sizeof record->pins);
  record->registered = TRUE;
  record->heard = g_get_real_time () / G_USEC_PER_SEC;
  if (record->reached != ENIGM_REACHED_OWN)
    record->reached = relayed ? ENIGM_REACHED_RELAYED : ENIGM_REACHED_OWN;

  if (answer->outcome == ENIGM_KEY_OUTCOME_RELEASED)
    enigm_key_memory_forget_owner (memory);
  else if (answer->outcome == ENIGM_KEY_OUTCOME_GONE || answer->state == ENIGM_REPORTED_NONE)
    end_record (memory, record);
  else
    {
      record->state = answer->state;
      if (record == memory->pending && record->state != ENIGM_REPORTED_PENDING)
        trust_pending (memory);
      if (record == memory->current)
        keep_open_computers (memory->computers, answer);
      changed = record->state != state || record->reached != reached;
    }
  if (!enigm_key_store_save (self->store, &error))
    g_warning ("What the platform said could not be stored: %s", error->message);
  if (changed)
    tell_state (self);
}

/**
 * enigm_key_binding_unknown:
 * @self: the bindings
 * @binding_id: (array fixed-size=16): a binding
 *
 * An answer came without a right MAC. It deletes nothing; but perhaps the platform has not seen
 * the attestation, so that a pending binding hands it in again.
 */
void
enigm_key_binding_unknown (EnigmKeyBinding *self, const guint8 *binding_id)
{
  EnigmKeyMemory *memory;

  g_return_if_fail (ENIGM_IS_KEY_BINDING (self));

  memory = get_memory (self);
  if (memory->pending != NULL &&
      memory->pending == enigm_key_memory_find_record (memory, binding_id))
    memory->pending->registered = FALSE;
}

/**
 * enigm_key_binding_report:
 * @self: the bindings
 * @newest: whether a pending binding is what is asked about, else the one in force
 * @state: a message of type state, whose fields are set except the open event
 */
void
enigm_key_binding_report (EnigmKeyBinding *self, gboolean newest, EnigmMessage *state)
{
  EnigmKeyMemory *memory;
  EnigmKeyRecord *record;

  g_return_if_fail (ENIGM_IS_KEY_BINDING (self));
  g_return_if_fail (state != NULL);

  memory = get_memory (self);
  record = newest && memory->pending != NULL ? memory->pending : memory->current;
  if (record == NULL)
    record = memory->pending;
  state->battery = enigm_key_sensors_get_battery (self->sensors);
  if (record == NULL)
    return;
  state->state = record->state;
  state->reached = record->reached;
  state->has_binding = TRUE;
  memcpy (state->binding, record->id, sizeof record->id);
}
