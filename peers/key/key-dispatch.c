/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-dispatch.h"

#include <string.h>

#include "key-backoff.h"
#include "key-client.h"
#include "key-daily.h"

/**
 * EnigmKeyDispatch:
 *
 * Decides what the platform is told next. There is no queue: what there is to say follows from
 * what is stored, so a loss of power at any point changes nothing. One request is in flight; an
 * alert abandons any other.
 *
 * Where a binding waits to replace another, an alert that comes to nothing under one goes at once
 * under the other, the proof first.
 */
struct _EnigmKeyDispatch
{
  GObject parent_instance;

  EnigmKeyStore *store;
  EnigmKeyBinding *binding;
  EnigmKeyEvent *event;
  EnigmKeySensors *sensors;
  EnigmKeyClient *client;
  EnigmKeyCarrier *own;
  EnigmKeyCarrier *relay; /* while an app is there that may carry a proof */

  gboolean running;
  guint wake_id;
  GCancellable *flight; /* of the request in flight */
  gboolean flight_is_alert;
  EnigmKeyBackoff alert_backoff;
  EnigmKeyBackoff event_backoff;
  EnigmKeyBackoff binding_backoff;
  gint64 hold_until;   /* the app is to hand the attestation in; monotonic */
  gboolean other_turn; /* whether it is the pending binding's turn to carry the alert */
};

G_DEFINE_FINAL_TYPE (EnigmKeyDispatch, enigm_key_dispatch, G_TYPE_OBJECT)

/* What is being said: about a binding, and perhaps about an event. */
typedef struct
{
  EnigmKeyDispatch *dispatch;
  guint8 binding_id[ENIGM_ID_SIZE];
  gboolean about_event;
  guint8 event_id[ENIGM_ID_SIZE];
  EnigmKeyStep step;       /* what was chosen for the event */
  EnigmKeyRequest request; /* what is asked: the step, or the proof that has to come first */
  EnigmKeyBackoff *backoff;
  gboolean has_other; /* whether another binding may carry it, too */
  gboolean relayed;
} Errand;

static void wake (EnigmKeyDispatch *self, gint64 when);
static void ask (Errand *errand);

static void
errand_free (Errand *self)
{
  g_clear_object (&self->dispatch);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

static void
on_changed (GObject *source, gpointer user_data)
{
  wake (user_data, 0);
}

static void
on_alert_raised (EnigmKeyEvent *event, gpointer user_data)
{
  EnigmKeyDispatch *self = user_data;

  enigm_key_backoff_reset (&self->alert_backoff);
  if (self->flight != NULL && !self->flight_is_alert)
    g_cancellable_cancel (self->flight);
  wake (self, 0);
}

static void
enigm_key_dispatch_dispose (GObject *object)
{
  EnigmKeyDispatch *self = ENIGM_KEY_DISPATCH (object);

  g_clear_handle_id (&self->wake_id, g_source_remove);
  if (self->binding != NULL)
    g_signal_handlers_disconnect_by_data (self->binding, self);
  if (self->event != NULL)
    g_signal_handlers_disconnect_by_data (self->event, self);
  g_clear_object (&self->flight);
  g_clear_object (&self->relay);
  g_clear_object (&self->own);
  g_clear_object (&self->client);
  g_clear_object (&self->sensors);
  g_clear_object (&self->event);
  g_clear_object (&self->binding);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (enigm_key_dispatch_parent_class)->dispose (object);
}

static void
enigm_key_dispatch_class_init (EnigmKeyDispatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_dispatch_dispose;
}

static void
enigm_key_dispatch_init (EnigmKeyDispatch *self)
{
}

static guint32
get_age (gint64 since)
{
  return CLAMP (g_get_real_time () / G_USEC_PER_SEC - since, 0, G_MAXUINT32);
}

static void
land (Errand *errand)
{
  g_clear_object (&errand->dispatch->flight);
}

/* Nothing came of it: perhaps the other binding fares better, else later. */
static void
fail (Errand *errand)
{
  EnigmKeyDispatch *self = errand->dispatch;

  if (errand->step == ENIGM_KEY_STEP_RAISE && errand->has_other)
    {
      self->other_turn = !self->other_turn;
      if (self->other_turn)
        {
          wake (self, 0);
          return;
        }
    }
  enigm_key_backoff_fail (errand->backoff);
  wake (self, 0);
}

static void
settle_event (Errand *errand, const EnigmKeyAnswer *answer)
{
  EnigmKeyDispatch *self = errand->dispatch;
  EnigmKeyHappening *happening =
    enigm_key_memory_find_happening (enigm_key_store_get_memory (self->store), errand->event_id);
  gboolean is_proof = errand->request.kind == ENIGM_KEY_REQUEST_PROOF;

  if (happening == NULL || (is_proof && answer->outcome == ENIGM_KEY_OUTCOME_ACCEPTED))
    return;
  if (answer->outcome == ENIGM_KEY_OUTCOME_ACCEPTED)
    enigm_key_event_accepted (self->event, happening, errand->step, answer->events);
  else if (errand->step == ENIGM_KEY_STEP_RAISE)
    {
      /* Under this binding it is out of the question; who is left is seen when it is chosen. */
      if (happening->n_refused < G_N_ELEMENTS (happening->refused_by))
        memcpy (happening->refused_by[happening->n_refused++], errand->binding_id, ENIGM_ID_SIZE);
    }
  else if (answer->outcome == ENIGM_KEY_OUTCOME_UNKNOWN_EVENT || errand->step == ENIGM_KEY_STEP_END)
    enigm_key_event_over (self->event, happening);
  else
    happening->due = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
}

static void
settle (Errand *errand, const EnigmKeyAnswer *answer)
{
  EnigmKeyDispatch *self = errand->dispatch;
  gboolean again =
    answer->outcome >= ENIGM_KEY_OUTCOME_STALE && answer->outcome <= ENIGM_KEY_OUTCOME_REPLAYED;

  enigm_key_binding_answered (self->binding, errand->binding_id, answer, errand->relayed);
  if (errand->request.kind == ENIGM_KEY_REQUEST_PROOF)
    {
      EnigmKeyMemory *memory = enigm_key_store_get_memory (self->store);

      /* The proof did not make it trusted: not now, then. */
      again = again || (memory->pending != NULL &&
                        memcmp (memory->pending->id, errand->binding_id, ENIGM_ID_SIZE) == 0);
    }
  if (!again || answer->outcome == ENIGM_KEY_OUTCOME_FORBIDDEN)
    if (errand->about_event)
      settle_event (errand, answer);
  if (again)
    {
      fail (errand);
      return;
    }
  self->other_turn = FALSE;
  enigm_key_backoff_reset (errand->backoff);
  wake (self, 0);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) errand = user_data;
  EnigmKeyDispatch *self = errand->dispatch;
  g_autoptr (GError) error = NULL;
  EnigmKeyAnswer answer;

  land (errand);
  if (enigm_key_client_ask_finish (ENIGM_KEY_CLIENT (source), result, &answer, &error))
    {
      settle (errand, &answer);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      wake (self, 0);
      return;
    }

  g_message ("Nothing came of a request: %s", error->message);
  if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE))
    enigm_key_binding_unknown (self->binding, errand->binding_id);
  else if (errand->request.kind == ENIGM_KEY_REQUEST_PROOF && !errand->relayed &&
           self->relay != NULL && self->running)
    {
      errand->relayed = TRUE;
      errand->request.relayed = TRUE;
      ask (g_steal_pointer (&errand));
      return;
    }
  fail (errand);
}

static void
ask (Errand *errand)
{
  EnigmKeyDispatch *self = errand->dispatch;

  self->flight = g_cancellable_new ();
  self->flight_is_alert = errand->about_event && errand->backoff == &self->alert_backoff;
  enigm_key_client_ask_async (self->client, errand->relayed ? self->relay : self->own,
                              errand->binding_id, &errand->request, self->flight, on_answer,
                              errand);
}

static void
on_receipt (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) errand = user_data;
  EnigmKeyDispatch *self = errand->dispatch;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
  g_autoptr (GBytes) receipt = NULL;
  g_autoptr (GError) error = NULL;
  EnigmReason reason;

  land (errand);
  receipt = enigm_key_client_attest_finish (ENIGM_KEY_CLIENT (source), result, signature, &error);
  if (receipt == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        wake (self, 0);
      else
        {
          g_message ("The attestation could not be handed in: %s", error->message);
          fail (errand);
        }
      return;
    }

  reason = enigm_key_binding_take_receipt (self->binding, errand->binding_id, receipt, signature,
                                           NULL, NULL);
  if (reason != 0 && reason != ENIGM_REASON_GONE)
    fail (errand);
  else
    wake (self, 0);
}

static void
hand_in (Errand *errand)
{
  EnigmKeyDispatch *self = errand->dispatch;

  self->flight = g_cancellable_new ();
  self->flight_is_alert = errand->about_event && errand->backoff == &self->alert_backoff;
  enigm_key_client_attest_async (self->client, self->own, errand->binding_id, self->flight,
                                 on_receipt, errand);
}

static gboolean
was_refused (EnigmKeyHappening *happening, EnigmKeyRecord *record)
{
  for (guint i = 0; i < happening->n_refused; i++)
    if (memcmp (happening->refused_by[i], record->id, ENIGM_ID_SIZE) == 0)
      return TRUE;

  return FALSE;
}

/* Under which binding an event is spoken of. Sets whether another one could. */
static EnigmKeyRecord *
choose_record (EnigmKeyDispatch *self,
               EnigmKeyHappening *happening,
               EnigmKeyStep step,
               gboolean *has_other)
{
  EnigmKeyMemory *memory = enigm_key_store_get_memory (self->store);
  EnigmKeyRecord *current = memory->current;
  EnigmKeyRecord *pending = memory->pending;

  if (step == ENIGM_KEY_STEP_RAISE)
    {
      if (current != NULL && was_refused (happening, current))
        current = NULL;
      if (pending != NULL && was_refused (happening, pending))
        pending = NULL;
    }
  *has_other = current != NULL && pending != NULL;
  if (*has_other)
    return step == ENIGM_KEY_STEP_RAISE && self->other_turn ? pending : current;

  return current != NULL ? current : pending;
}

static void
fill_request (EnigmKeyDispatch *self,
              EnigmKeyRequest *request,
              EnigmKeyHappening *happening,
              EnigmKeyStep step)
{
  switch (step)
    {
    case ENIGM_KEY_STEP_RAISE:
      request->kind = happening->is_drill ? ENIGM_KEY_REQUEST_DRILL : ENIGM_KEY_REQUEST_ALERT;
      request->age = get_age (happening->pressed);
      request->has_position = enigm_key_sensors_get_position (self->sensors, &request->position);
      break;
    case ENIGM_KEY_STEP_POSITION:
      request->kind = ENIGM_KEY_REQUEST_POSITION;
      request->has_position = enigm_key_sensors_get_position (self->sensors, &request->position);
      break;
    case ENIGM_KEY_STEP_END:
      request->kind = ENIGM_KEY_REQUEST_END;
      request->age = get_age (happening->ended);
      break;
    case ENIGM_KEY_STEP_LOOK:
    case ENIGM_KEY_STEP_NONE:
    default:
      request->kind = ENIGM_KEY_REQUEST_STATE;
      return;
    }
  memcpy (request->event, happening->id, sizeof request->event);
}

static void
send (Errand *errand, EnigmKeyRecord *record, gboolean is_proof)
{
  EnigmKeyDispatch *self = errand->dispatch;

  memcpy (errand->binding_id, record->id, sizeof errand->binding_id);
  if (is_proof)
    {
      memset (&errand->request, 0, sizeof errand->request);
      errand->request.kind = ENIGM_KEY_REQUEST_PROOF;
    }
  errand->request.battery = enigm_key_sensors_get_battery (self->sensors);
  if (is_proof && !record->registered)
    hand_in (errand);
  else
    ask (errand);
}

/* Returns whether something is in flight now, or something has changed; else when to look again. */
static gboolean
serve_event (EnigmKeyDispatch *self, gint64 now, gint64 *when)
{
  EnigmKeyHappening *happening;
  EnigmKeyBackoff *backoff;
  EnigmKeyRecord *record;
  EnigmKeyStep step;
  Errand *errand;
  gboolean has_other;

  happening = enigm_key_event_get_next (self->event, &step, when);
  if (happening == NULL)
    {
      *when = G_MAXINT64;
      return FALSE;
    }
  backoff = step == ENIGM_KEY_STEP_RAISE && !happening->is_drill ? &self->alert_backoff
                                                                 : &self->event_backoff;
  *when = MAX (*when, backoff->next);
  if (*when > now)
    return FALSE;

  record = choose_record (self, happening, step, &has_other);
  if (record == NULL)
    {
      if (step == ENIGM_KEY_STEP_RAISE)
        enigm_key_event_refused (self->event, happening);
      else
        enigm_key_event_over (self->event, happening);
      wake (self, 0);
      return TRUE;
    }

  errand = g_new0 (Errand, 1);
  errand->dispatch = g_object_ref (self);
  errand->about_event = TRUE;
  memcpy (errand->event_id, happening->id, sizeof errand->event_id);
  errand->step = step;
  errand->backoff = backoff;
  errand->has_other = has_other;
  fill_request (self, &errand->request, happening, step);
  send (errand, record, record->state == ENIGM_REPORTED_PENDING);

  return TRUE;
}

static gboolean
serve_binding (EnigmKeyDispatch *self, gint64 now, gint64 *when)
{
  EnigmKeyRecord *record;
  EnigmKeyChore chore;
  Errand *errand;
  gint64 seconds;

  chore = enigm_key_daily_get_chore (enigm_key_store_get_memory (self->store), &record, &seconds);
  if (chore == ENIGM_KEY_CHORE_NONE)
    {
      *when = G_MAXINT64;
      return FALSE;
    }
  *when = MAX (self->binding_backoff.next, now + seconds * G_USEC_PER_SEC);
  if (chore == ENIGM_KEY_CHORE_ATTEST)
    *when = MAX (*when, self->hold_until);
  if (*when > now)
    return FALSE;

  errand = g_new0 (Errand, 1);
  errand->dispatch = g_object_ref (self);
  errand->backoff = &self->binding_backoff;
  errand->request.kind = ENIGM_KEY_REQUEST_STATE;
  send (errand, record, chore != ENIGM_KEY_CHORE_STATE);

  return TRUE;
}

static gboolean
on_woken (gpointer user_data)
{
  g_autoptr (EnigmKeyDispatch) self = g_object_ref (user_data);
  gint64 now = g_get_monotonic_time ();
  gint64 event_when, binding_when;

  self->wake_id = 0;
  if (!self->running || self->flight != NULL)
    return G_SOURCE_REMOVE;
  if (serve_event (self, now, &event_when) || serve_binding (self, now, &binding_when))
    return G_SOURCE_REMOVE;
  if (MIN (event_when, binding_when) != G_MAXINT64)
    wake (self, MIN (event_when, binding_when));

  return G_SOURCE_REMOVE;
}

static void
wake (EnigmKeyDispatch *self, gint64 when)
{
  gint64 ms = (when - g_get_monotonic_time () + 999) / 1000;

  if (!self->running)
    return;
  g_clear_handle_id (&self->wake_id, g_source_remove);
  /* A day at most: what is due later is looked at again. */
  self->wake_id = g_timeout_add (CLAMP (ms, 0, 24 * 60 * 60 * 1000), on_woken, self);
}

/**
 * enigm_key_dispatch_new:
 * @store: the key's flash
 * @binding: its bindings
 * @event: its events
 * @sensors: battery and position
 * @own: the key's own connection
 *
 * Returns: (transfer full): a dispatcher that says nothing until it is started
 */
EnigmKeyDispatch *
enigm_key_dispatch_new (EnigmKeyStore *store,
                        EnigmKeyBinding *binding,
                        EnigmKeyEvent *event,
                        EnigmKeySensors *sensors,
                        EnigmKeyCarrier *own)
{
  EnigmKeyDispatch *self;

  g_return_val_if_fail (ENIGM_IS_KEY_STORE (store), NULL);
  g_return_val_if_fail (ENIGM_IS_KEY_CARRIER (own), NULL);

  self = g_object_new (ENIGM_TYPE_KEY_DISPATCH, NULL);
  self->store = g_object_ref (store);
  self->binding = g_object_ref (binding);
  self->event = g_object_ref (event);
  self->sensors = g_object_ref (sensors);
  self->own = g_object_ref (own);
  self->client = enigm_key_client_new (store);
  g_signal_connect (binding, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (event, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (event, "raised", G_CALLBACK (on_alert_raised), self);

  return self;
}

/**
 * enigm_key_dispatch_start:
 * @self: the dispatcher
 */
void
enigm_key_dispatch_start (EnigmKeyDispatch *self)
{
  g_return_if_fail (ENIGM_IS_KEY_DISPATCH (self));

  self->running = TRUE;
  wake (self, 0);
}

/**
 * enigm_key_dispatch_stop:
 * @self: the dispatcher
 *
 * Says nothing more. What is in flight is abandoned.
 */
void
enigm_key_dispatch_stop (EnigmKeyDispatch *self)
{
  g_return_if_fail (ENIGM_IS_KEY_DISPATCH (self));

  self->running = FALSE;
  g_clear_handle_id (&self->wake_id, g_source_remove);
  if (self->flight != NULL)
    g_cancellable_cancel (self->flight);
}

/**
 * enigm_key_dispatch_hurry:
 * @self: the dispatcher
 *
 * There is mobile data again: whatever waits, waits no longer.
 */
void
enigm_key_dispatch_hurry (EnigmKeyDispatch *self)
{
  g_return_if_fail (ENIGM_IS_KEY_DISPATCH (self));

  enigm_key_backoff_reset (&self->alert_backoff);
  enigm_key_backoff_reset (&self->event_backoff);
  enigm_key_backoff_reset (&self->binding_backoff);
  wake (self, 0);
}

/**
 * enigm_key_dispatch_set_relay:
 * @self: the dispatcher
 * @relay: (nullable): an app that may carry a proof, or %NULL once it is gone
 */
void
enigm_key_dispatch_set_relay (EnigmKeyDispatch *self, EnigmKeyCarrier *relay)
{
  g_return_if_fail (ENIGM_IS_KEY_DISPATCH (self));

  if (g_set_object (&self->relay, relay) && relay != NULL)
    enigm_key_backoff_reset (&self->binding_backoff);
  wake (self, 0);
}

/**
 * enigm_key_dispatch_hold:
 * @self: the dispatcher
 * @seconds: how long; 0 for no longer
 *
 * Leaves handing the attestation in to the app for a while.
 */
void
enigm_key_dispatch_hold (EnigmKeyDispatch *self, guint seconds)
{
  g_return_if_fail (ENIGM_IS_KEY_DISPATCH (self));

  self->hold_until = seconds > 0 ? g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC : 0;
  wake (self, 0);
}
