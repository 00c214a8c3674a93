/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-event.h"

#include <string.h>

/* While an event is active: how often its position is sent, and how often the key looks whether
 * the platform still has it open where there is no position to send. */
#define POSITION_S 10
#define LOOK_S 60

/**
 * EnigmKeyEvent:
 *
 * Alerts and drills, from the press until the platform has taken their end. What it is told is
 * stored where that is possible, but nothing here waits for flash, position or radio: a failed
 * store delays no alert.
 *
 * Three presses while an alert is open send the alert again, under the same ID; so do five with a
 * drill. If its owner has ended it elsewhere meanwhile, the answer says so, and the presses become
 * a new one.
 */
struct _EnigmKeyEvent
{
  GObject parent_instance;

  EnigmKeyStore *store;
  EnigmKeySignals *signals;
  EnigmKeySensors *sensors;
};

enum
{
  RAISED,
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmKeyEvent, enigm_key_event, G_TYPE_OBJECT)

static void
on_position_changed (EnigmKeySensors *sensors, gpointer user_data)
{
  EnigmKeyEvent *self = user_data;

  /* The first position of an event does not wait; later ones keep to their beat. */
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
enigm_key_event_dispose (GObject *object)
{
  EnigmKeyEvent *self = ENIGM_KEY_EVENT (object);

  if (self->sensors != NULL)
    g_signal_handlers_disconnect_by_data (self->sensors, self);
  g_clear_object (&self->sensors);
  g_clear_object (&self->signals);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (enigm_key_event_parent_class)->dispose (object);
}

static void
enigm_key_event_class_init (EnigmKeyEventClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_event_dispose;

  /**
   * EnigmKeyEvent::raised:
   * @self: the events
   *
   * An alert has been raised, for the first time or again: whatever else goes on gives way.
   */
  signals[RAISED] = g_signal_new ("raised", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  /**
   * EnigmKeyEvent::changed:
   * @self: the events
   *
   * There may be something to say, or an event is open that was not, or the other way round.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
enigm_key_event_init (EnigmKeyEvent *self)
{
}

static gint64
get_system_time (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
save (EnigmKeyEvent *self)
{
  g_autoptr (GError) error = NULL;

  if (!enigm_key_store_save (self->store, &error))
    g_warning ("An event goes on, but would not survive a loss of power: %s", error->message);
}

static void
tell (EnigmKeyEvent *self, gboolean is_drill, const char *what)
{
  enigm_key_signals_say (self->signals, "event %s %s", is_drill ? "drill" : "alert", what);
}

/* Only ended events are ever in the way: at most one alert and one drill are open. */
static void
make_room (GPtrArray *happenings)
{
  for (guint i = 0; i < happenings->len && happenings->len >= ENIGM_KEY_MAX_EVENTS; i++)
    if (((EnigmKeyHappening *) happenings->pdata[i])->ended != 0)
      g_ptr_array_remove_index (happenings, i--);
}

static void
add_happening (EnigmKeyEvent *self, gboolean is_drill)
{
  g_autoptr (GError) error = NULL;
  g_autofree EnigmKeyHappening *happening = g_new0 (EnigmKeyHappening, 1);
  GPtrArray *happenings = enigm_key_store_get_memory (self->store)->happenings;

  if (!enigm_random_bytes (happening->id, sizeof happening->id, &error))
    {
      g_critical ("%s", error->message);
      return;
    }
  happening->is_drill = is_drill;
  happening->pressed = get_system_time ();
  make_room (happenings);
  g_ptr_array_add (happenings, g_steal_pointer (&happening));
  save (self);
  tell (self, is_drill, "raised");
}

/**
 * enigm_key_event_new:
 * @store: the key's flash
 * @signals_: light and motor
 * @sensors: battery and position
 *
 * Returns: (transfer full): the key's events
 */
EnigmKeyEvent *
enigm_key_event_new (EnigmKeyStore *store, EnigmKeySignals *signals_, EnigmKeySensors *sensors)
{
  EnigmKeyEvent *self;

  g_return_val_if_fail (ENIGM_IS_KEY_STORE (store), NULL);
  g_return_val_if_fail (ENIGM_IS_KEY_SIGNALS (signals_), NULL);
  g_return_val_if_fail (ENIGM_IS_KEY_SENSORS (sensors), NULL);

  self = g_object_new (ENIGM_TYPE_KEY_EVENT, NULL);
  self->store = g_object_ref (store);
  self->signals = g_object_ref (signals_);
  self->sensors = g_object_ref (sensors);
  g_signal_connect (sensors, "position-changed", G_CALLBACK (on_position_changed), self);

  return self;
}

/**
 * enigm_key_event_raise:
 * @self: the events
 * @is_drill: five presses, else three
 *
 * The person has pressed.
 */
void
enigm_key_event_raise (EnigmKeyEvent *self, gboolean is_drill)
{
  EnigmKeyMemory *memory;
  EnigmKeyHappening *alert, *drill, *open;

  g_return_if_fail (ENIGM_IS_KEY_EVENT (self));

  memory = enigm_key_store_get_memory (self->store);
  alert = enigm_key_memory_get_open (memory, FALSE);
  drill = enigm_key_memory_get_open (memory, TRUE);

  if (memory->current == NULL && memory->pending == NULL)
    {
      /* Bound to nobody: there is nobody to tell, and the person must feel that. */
      enigm_key_signals_vibrate (self->signals, ENIGM_KEY_VIBRATION_REFUSED);
      tell (self, is_drill, "refused");
      return;
    }
  if (is_drill && alert != NULL)
    return;
  open = is_drill ? drill : alert;

  if (open != NULL)
    {
      open->again = open->again || open->accepted;
      open->accepted = FALSE;
      open->n_refused = 0;
    }
  else
    {
      /* It was a drill until now; this is real, and a new event. */
      if (!is_drill && drill != NULL)
        drill->ended = get_system_time ();
      add_happening (self, is_drill);
    }
  if (!is_drill)
    g_signal_emit (self, signals[RAISED], 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * enigm_key_event_order_drill:
 * @self: the events
 *
 * The platform has ordered a drill, through a computer of the owner's.
 *
 * Returns: 0, or why not
 */
EnigmReason
enigm_key_event_order_drill (EnigmKeyEvent *self)
{
  EnigmKeyMemory *memory;
  EnigmKeyHappening *drill;

  g_return_val_if_fail (ENIGM_IS_KEY_EVENT (self), ENIGM_REASON_STATE);

  memory = enigm_key_store_get_memory (self->store);
  if (enigm_key_memory_get_open (memory, FALSE) != NULL)
    return ENIGM_REASON_BUSY;
  if (memory->current == NULL)
    return ENIGM_REASON_STATE;
  /* The owner wants a new one. The old one is over; they may have ended it where the key does not
   * hear of it. */
  drill = enigm_key_memory_get_open (memory, TRUE);
  if (drill != NULL)
    drill->ended = get_system_time ();
  enigm_key_event_raise (self, TRUE);

  return 0;
}

/**
 * enigm_key_event_end:
 * @self: the events
 *
 * The long press. It ends the alert, or else the drill; with neither, it means nothing.
 */
void
enigm_key_event_end (EnigmKeyEvent *self)
{
  EnigmKeyMemory *memory;
  EnigmKeyHappening *open;

  g_return_if_fail (ENIGM_IS_KEY_EVENT (self));

  memory = enigm_key_store_get_memory (self->store);
  open = enigm_key_memory_get_open (memory, FALSE);
  if (open == NULL)
    open = enigm_key_memory_get_open (memory, TRUE);
  if (open == NULL)
    return;
  open->ended = get_system_time ();
  save (self);
  tell (self, open->is_drill, "ending");
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * enigm_key_event_is_alert_open:
 * @self: the events
 *
 * Returns: whether an alert was raised that no long press has ended
 */
gboolean
enigm_key_event_is_alert_open (EnigmKeyEvent *self)
{
  return enigm_key_event_get_open (self) == 1;
}

/**
 * enigm_key_event_get_open:
 * @self: the events
 *
 * Returns: 0 none, 1 alert, 2 drill, as messages number it
 */
guint
enigm_key_event_get_open (EnigmKeyEvent *self)
{
  EnigmKeyMemory *memory;

  g_return_val_if_fail (ENIGM_IS_KEY_EVENT (self), 0);

  memory = enigm_key_store_get_memory (self->store);
  if (enigm_key_memory_get_open (memory, FALSE) != NULL)
    return 1;

  return enigm_key_memory_get_open (memory, TRUE) != NULL ? 2 : 0;
}

static EnigmKeyStep
get_step (EnigmKeyEvent *self, EnigmKeyHappening *happening)
{
  if (!happening->accepted)
    return ENIGM_KEY_STEP_RAISE;
  if (happening->ended != 0)
    return ENIGM_KEY_STEP_END;

  return enigm_key_sensors_get_position (self->sensors, NULL) ? ENIGM_KEY_STEP_POSITION
                                                              : ENIGM_KEY_STEP_LOOK;
}

/**
 * enigm_key_event_get_next:
 * @self: the events
 * @step: (out): what is to be said
 * @when: (out): when, monotonic microseconds; 0 for at once
 *
 * Alerts go before drills, and raising before everything else.
 *
 * Returns: (transfer none) (nullable): what it is to be said about, or %NULL for nothing at all
 */
EnigmKeyHappening *
enigm_key_event_get_next (EnigmKeyEvent *self, EnigmKeyStep *step, gint64 *when)
{
  EnigmKeyHappening *best = NULL;
  gint64 now = g_get_monotonic_time ();
  GPtrArray *happenings;
  guint best_rank = G_MAXUINT;

  g_return_val_if_fail (ENIGM_IS_KEY_EVENT (self), NULL);
  g_return_val_if_fail (step != NULL && when != NULL, NULL);

  *step = ENIGM_KEY_STEP_NONE;
  *when = 0;
  happenings = enigm_key_store_get_memory (self->store)->happenings;
  for (guint i = 0; i < happenings->len; i++)
    {
      EnigmKeyHappening *happening = happenings->pdata[i];
      EnigmKeyStep its_step = get_step (self, happening);
      gint64 its_when = 0;
      guint rank;

      if (its_step == ENIGM_KEY_STEP_POSITION)
        its_when = happening->due;
      else if (its_step == ENIGM_KEY_STEP_LOOK && happening->due != 0)
        its_when = happening->due + (LOOK_S - POSITION_S) * G_USEC_PER_SEC;

      rank = (its_step == ENIGM_KEY_STEP_RAISE ? 0 : 2) + happening->is_drill;
      if (its_when > now)
        rank += 4;
      if (rank < best_rank || (rank == best_rank && its_when < *when))
        {
          best = happening;
          best_rank = rank;
          *step = its_step;
          *when = its_when;
        }
    }

  return best;
}

/**
 * enigm_key_event_accepted:
 * @self: the events
 * @happening: what was said something about
 * @step: what was said
 * @n_open: how many events the platform has open now
 *
 * The platform has answered, under the credential's MAC.
 */
void
enigm_key_event_accepted (EnigmKeyEvent *self,
                          EnigmKeyHappening *happening,
                          EnigmKeyStep step,
                          guint n_open)
{
  gboolean again;

  g_return_if_fail (ENIGM_IS_KEY_EVENT (self));
  g_return_if_fail (happening != NULL);

  switch (step)
    {
    case ENIGM_KEY_STEP_RAISE:
      again = happening->again;
      happening->accepted = TRUE;
      happening->again = FALSE;
      happening->due = g_get_monotonic_time ();
      if (again && n_open == 0 && happening->ended == 0)
        {
          gboolean is_drill = happening->is_drill;

          /* Ended elsewhere: the presses since then are a new one. */
          enigm_key_event_over (self, happening);
          enigm_key_event_raise (self, is_drill);
          return;
        }
      save (self);
      enigm_key_signals_vibrate (self->signals, ENIGM_KEY_VIBRATION_ALERT);
      tell (self, happening->is_drill, "accepted");
      break;
    case ENIGM_KEY_STEP_POSITION:
    case ENIGM_KEY_STEP_LOOK:
      happening->due = g_get_monotonic_time () + POSITION_S * G_USEC_PER_SEC;
      if (n_open == 0)
        {
          enigm_key_event_over (self, happening);
          return;
        }
      break;
    case ENIGM_KEY_STEP_END:
      enigm_key_event_over (self, happening);
      return;
    case ENIGM_KEY_STEP_NONE:
    default:
      g_return_if_reached ();
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * enigm_key_event_refused:
 * @self: the events
 * @happening: what the platform does not want, under any credential
 *
 * The refusal is felt, and the event is forgotten.
 */
void
enigm_key_event_refused (EnigmKeyEvent *self, EnigmKeyHappening *happening)
{
  g_return_if_fail (ENIGM_IS_KEY_EVENT (self));
  g_return_if_fail (happening != NULL);

  enigm_key_signals_vibrate (self->signals, ENIGM_KEY_VIBRATION_REFUSED);
  tell (self, happening->is_drill, "refused");
  g_ptr_array_remove (enigm_key_store_get_memory (self->store)->happenings, happening);
  save (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * enigm_key_event_over:
 * @self: the events
 * @happening: what the platform has ended
 *
 * It is over, by the long press or by its owner elsewhere.
 */
void
enigm_key_event_over (EnigmKeyEvent *self, EnigmKeyHappening *happening)
{
  g_return_if_fail (ENIGM_IS_KEY_EVENT (self));
  g_return_if_fail (happening != NULL);

  enigm_key_signals_vibrate (self->signals, ENIGM_KEY_VIBRATION_ENDED);
  tell (self, happening->is_drill, "ended");
  g_ptr_array_remove (enigm_key_store_get_memory (self->store)->happenings, happening);
  save (self);
  g_signal_emit (self, signals[CHANGED], 0);
}
