/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-drill.h"

#include <glib/gi18n-lib.h>

#include "enigm-error.h"
#include "enigm-management.h"
#include "enigm-pairing-platform.h"

#define ANSWER_TIMEOUT_SECONDS 15
/* A key in poor coverage tries for a while; longer than this and the drill has shown something. */
#define RAISE_TIMEOUT_SECONDS 60
/* Contacts answer when they look at their screens. The drill goes on without this dialogue. */
#define WATCH_TIMEOUT_SECONDS 300

typedef enum
{
  DRILL_IDLE,
  DRILL_MEETING,
  DRILL_GREETING,
  DRILL_ASKING_ORDER,
  DRILL_ORDERING,
  DRILL_LEAVING,
  DRILL_RAISING,
  DRILL_WATCHING,
  DRILL_ENDING,
} DrillState;

/**
 * EnigmDrill:
 *
 * One drill, started from the app: the key is told to raise it and does so over its own connection,
 * the whole signed way, and the contacts answer. What it shows is evidence.
 */
struct _EnigmDrill
{
  GObject parent_instance;

  EnigmRadio *radio;
  EnigmAccount *account;
  char *binding;

  DrillState state;
  EnigmDrillStep step;
  char *sentence;
  GTask *task;
  EnigmKeySession *session;
  EnigmMessage *order;
  GError *error;
  GHashTable *before;
  EnigmAlert *alert;
  gulong alert_changed_id;
  gulong cancelled_id;
  guint timeout_id;
  gint64 ordered_at;
  gint64 latency;
  GHashTable *seen;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmDrill, enigm_drill, G_TYPE_OBJECT)

static void advance (EnigmDrill *self);

static void
say (EnigmDrill *self, EnigmDrillStep step, const char *sentence)
{
  self->step = step;
  g_free (self->sentence);
  self->sentence = g_strdup (sentence);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
go (EnigmDrill *self, DrillState state)
{
  self->state = state;
  advance (self);
}

static void
finish (EnigmDrill *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  g_clear_signal_handler (&self->alert_changed_id, self->account);
  if (self->cancelled_id != 0)
    g_clear_signal_handler (&self->cancelled_id, g_task_get_cancellable (task));
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  self->state = DRILL_IDLE;
  if (self->error != NULL)
    {
      say (self, ENIGM_DRILL_OVER, self->error->message);
      g_task_return_error (task, g_steal_pointer (&self->error));
    }
  else
    g_task_return_boolean (task, TRUE);
}

static void
fail (EnigmDrill *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
  if (self->session != NULL)
    go (self, DRILL_LEAVING);
  else if (self->alert != NULL && enigm_alert_get_state (self->alert) == ENIGM_ALERT_STATE_ACTIVE)
    go (self, DRILL_ENDING);
  else
    finish (self);
}

/* The key */

static void
on_session_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmDrill) self = user_data;
  g_autoptr (GError) error = NULL;

  self->session = enigm_management_open_finish (result, &error);
  if (self->session == NULL)
    fail (self, g_steal_pointer (&error));
  else
    go (self, DRILL_GREETING);
}

static void
on_message_received (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmDrill) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmMessage) message =
    enigm_key_session_receive_finish (self->session, result, &error);

  if (message == NULL)
    fail (self, g_steal_pointer (&error));
  else if (self->state == DRILL_GREETING && message->type == ENIGM_MESSAGE_STATE)
    go (self, DRILL_ASKING_ORDER);
  else if (self->state == DRILL_ORDERING && message->type == ENIGM_MESSAGE_DONE &&
           message->done == ENIGM_MESSAGE_ORDER)
    go (self, DRILL_LEAVING);
  else
    /* The key reports its state whenever it changes, an order or not. */
    enigm_key_session_receive_async (self->session, ANSWER_TIMEOUT_SECONDS,
                                     g_task_get_cancellable (self->task), on_message_received,
                                     g_object_ref (self));
}

static void
on_order_asked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmDrill) self = user_data;
  g_autoptr (GError) error = NULL;

  self->order = enigm_pairing_ask_order_finish (ENIGM_PLATFORM (object), result, &error);
  if (self->order == NULL)
    fail (self, g_steal_pointer (&error));
  else
    go (self, DRILL_ORDERING);
}

static void
on_session_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmDrill) self = user_data;

  enigm_key_session_close_finish (ENIGM_KEY_SESSION (object), result, NULL);
  g_clear_object (&self->session);
  if (self->error != NULL)
    finish (self);
  else
    go (self, self->alert != NULL ? DRILL_WATCHING : DRILL_RAISING);
}

/* The platform and the contacts */

static gboolean
is_over (EnigmDrill *self)
{
  guint accepted, notified, seen;
  const guint n = enigm_alert_count_stages (self->alert, &accepted, &notified, &seen);

  return seen == n || enigm_alert_get_state (self->alert) == ENIGM_ALERT_STATE_ENDED;
}

static void
note_seen (EnigmDrill *self)
{
  GListModel *stages = enigm_alert_get_stages (self->alert);

  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (EnigmAlertStage) stage = g_list_model_get_item (stages, i);
      const char *contact_id = enigm_alert_stage_get_contact_id (stage);
      gint64 *latency;

      if (enigm_alert_stage_get_seen (stage) == 0 || g_hash_table_contains (self->seen, contact_id))
        continue;
      latency = g_new (gint64, 1);
      *latency = g_get_monotonic_time () - self->ordered_at;
      g_hash_table_insert (self->seen, g_strdup (contact_id), latency);
      enigm_account_note_drill_seen (self->account, self->alert, contact_id, *latency / 1000);
    }
}

static void
on_alert_changed (EnigmAccount *account, EnigmAlert *alert, gpointer user_data)
{
  EnigmDrill *self = user_data;

  if (self->alert == NULL)
    {
      if (enigm_alert_get_kind (alert) != ENIGM_ALERT_KIND_DRILL ||
          enigm_alert_get_role (alert) != ENIGM_ALERT_ROLE_OWNER ||
          g_strcmp0 (enigm_alert_get_binding (alert), self->binding) != 0 ||
          g_hash_table_contains (self->before, enigm_alert_get_id (alert)))
        return;
      self->alert = g_object_ref (alert);
      self->latency = g_get_monotonic_time () - self->ordered_at;
    }
  if (alert != self->alert)
    return;
  note_seen (self);
  if (self->state == DRILL_RAISING || self->state == DRILL_WATCHING)
    go (self, DRILL_WATCHING);
}

static void await (EnigmDrill *self, guint seconds);

static GError *
new_cancelled_error (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("The drill was cancelled."));
}

static void
on_drill_cancelled (GCancellable *cancellable, gpointer user_data)
{
  EnigmDrill *self = user_data;

  /* The key was told already: what it raises is awaited, so that it can be ended. */
  if (self->state == DRILL_RAISING)
    await (self, ANSWER_TIMEOUT_SECONDS);
  else if (self->state == DRILL_WATCHING)
    fail (self, new_cancelled_error ());
}

static gboolean
on_timed_out (gpointer user_data)
{
  EnigmDrill *self = user_data;

  self->timeout_id = 0;
  if (self->state == DRILL_RAISING &&
      g_cancellable_is_cancelled (g_task_get_cancellable (self->task)))
    fail (self, new_cancelled_error ());
  else if (self->state == DRILL_RAISING)
    fail (self, g_error_new_literal (
                  ENIGM_ERROR, ENIGM_ERROR_KEY_REFUSED,
                  _ ("The key raised the drill, but the platform has not heard from it. "
                     "It may have no mobile data here: an alert from this place may not "
                     "arrive. Try again elsewhere.")));
  else
    go (self, DRILL_ENDING);
  return G_SOURCE_REMOVE;
}

static void
on_alert_ended (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmDrill) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_account_end_alert_finish (self->account, result, &error) && self->error == NULL)
    self->error = g_steal_pointer (&error);
  finish (self);
}

static void
await (EnigmDrill *self, guint seconds)
{
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  self->timeout_id = g_timeout_add_seconds (seconds, on_timed_out, self);
}

static char *
describe_watching (EnigmDrill *self)
{
  guint accepted, notified, seen;
  const guint n = enigm_alert_count_stages (self->alert, &accepted, &notified, &seen);

  if (n == 0)
    return g_strdup (
      _ ("The drill reached the platform. Nobody was told: no contact has accepted."));
  return g_strdup_printf (
    ngettext ("The drill reached the platform. %u of %u contact has seen it.",
              "The drill reached the platform. %u of %u contacts have seen it.", n),
    seen, n);
}

static void
advance (EnigmDrill *self)
{
  GCancellable *cancellable = g_task_get_cancellable (self->task);

  switch (self->state)
    {
    case DRILL_MEETING:
      say (self, ENIGM_DRILL_FINDING, _ ("Hold the key's button until its light turns."));
      enigm_management_open_async (self->radio, enigm_account_get_keyring (self->account),
                                   self->binding, cancellable, on_session_opened,
                                   g_object_ref (self));
      break;
    case DRILL_GREETING:
      enigm_key_session_receive_async (self->session, ANSWER_TIMEOUT_SECONDS, cancellable,
                                       on_message_received, g_object_ref (self));
      break;
    case DRILL_ASKING_ORDER:
      say (self, ENIGM_DRILL_ORDERING, _ ("Your key is here. Telling it to raise a drill."));
      enigm_pairing_ask_order_async (enigm_account_get_platform (self->account), self->binding,
                                     "drill", enigm_key_session_get_value (self->session),
                                     enigm_key_session_get_key_nonce (self->session), cancellable,
                                     on_order_asked, g_object_ref (self));
      break;
    case DRILL_ORDERING:
      self->ordered_at = g_get_monotonic_time ();
      enigm_key_session_send (self->session, self->order);
      enigm_key_session_receive_async (self->session, ANSWER_TIMEOUT_SECONDS, cancellable,
                                       on_message_received, g_object_ref (self));
      break;
    case DRILL_LEAVING:
      if (self->error == NULL)
        say (self, ENIGM_DRILL_RAISING, _ ("Your key raises the drill over its own connection."));
      enigm_key_session_close_async (self->session, on_session_closed, g_object_ref (self));
      break;
    case DRILL_RAISING:
      await (self, RAISE_TIMEOUT_SECONDS);
      /* It may have been cancelled while the session was being closed. */
      if (g_cancellable_is_cancelled (cancellable))
        on_drill_cancelled (cancellable, self);
      break;
    case DRILL_WATCHING:
      {
        g_autofree char *sentence = describe_watching (self);

        if (self->step != ENIGM_DRILL_WATCHING)
          await (self, WATCH_TIMEOUT_SECONDS);
        if (g_cancellable_is_cancelled (cancellable))
          {
            on_drill_cancelled (cancellable, self);
            return;
          }
        say (self, ENIGM_DRILL_WATCHING, sentence);
        /* Whoever was told may have ended it. */
        if (self->state == DRILL_WATCHING && is_over (self))
          go (self, DRILL_ENDING);
      }
      break;
    case DRILL_ENDING:
      g_clear_handle_id (&self->timeout_id, g_source_remove);
      if (self->error == NULL)
        {
          g_autofree char *sentence = describe_watching (self);

          say (self, ENIGM_DRILL_OVER, sentence);
        }
      if (enigm_alert_get_state (self->alert) == ENIGM_ALERT_STATE_ENDED)
        finish (self);
      else
        enigm_account_end_alert_async (self->account, self->alert, NULL, on_alert_ended,
                                       g_object_ref (self));
      break;
    case DRILL_IDLE:
    default:
      g_assert_not_reached ();
    }
}

static void
forget_try (EnigmDrill *self)
{
  g_clear_object (&self->session);
  g_clear_pointer (&self->order, enigm_message_free);
  g_clear_error (&self->error);
  g_clear_object (&self->alert);
  g_hash_table_remove_all (self->before);
  g_hash_table_remove_all (self->seen);
  self->latency = 0;
}

static void
enigm_drill_finalize (GObject *object)
{
  EnigmDrill *self = ENIGM_DRILL (object);

  g_assert (self->task == NULL);
  forget_try (self);
  g_hash_table_unref (self->before);
  g_hash_table_unref (self->seen);
  g_clear_object (&self->radio);
  g_clear_object (&self->account);
  g_free (self->binding);
  g_free (self->sentence);
  G_OBJECT_CLASS (enigm_drill_parent_class)->finalize (object);
}

static void
enigm_drill_class_init (EnigmDrillClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = enigm_drill_finalize;

  /**
   * EnigmDrill::changed:
   *
   * Step, sentence or what the contacts did is another one now.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", ENIGM_TYPE_DRILL, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
enigm_drill_init (EnigmDrill *self)
{
  self->before = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * enigm_drill_new:
 * @radio: where keys are heard
 * @account: an account that is signed in and listening
 * @binding: the binding ID of the key to try, 32 hex characters
 *
 * Returns: (transfer full): a drill that has not begun
 */
EnigmDrill *
enigm_drill_new (EnigmRadio *radio, EnigmAccount *account, const char *binding)
{
  EnigmDrill *self;

  g_return_val_if_fail (ENIGM_IS_RADIO (radio), NULL);
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (account), NULL);
  g_return_val_if_fail (binding != NULL, NULL);

  self = g_object_new (ENIGM_TYPE_DRILL, NULL);
  self->radio = g_object_ref (radio);
  self->account = g_object_ref (account);
  self->binding = g_strdup (binding);
  return self;
}

/**
 * enigm_drill_run_async:
 *
 * Runs until every contact has seen it, enigm_drill_end(), or five minutes have passed; then the
 * drill is ended. Needs enigm_account_listen().
 */
void
enigm_drill_run_async (EnigmDrill *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GListModel *alerts;

  g_return_if_fail (ENIGM_IS_DRILL (self));
  g_return_if_fail (self->task == NULL);

  forget_try (self);
  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, enigm_drill_run_async);
  g_task_set_check_cancellable (self->task, FALSE);
  alerts = enigm_account_get_alerts (self->account);
  for (guint i = 0; i < g_list_model_get_n_items (alerts); i++)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (alerts, i);

      g_hash_table_add (self->before, g_strdup (enigm_alert_get_id (alert)));
    }
  self->alert_changed_id =
    g_signal_connect (self->account, "alert-changed", G_CALLBACK (on_alert_changed), self);
  if (cancellable != NULL)
    self->cancelled_id =
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_drill_cancelled), self);
  go (self, DRILL_MEETING);
}

/**
 * enigm_drill_run_finish:
 *
 * Returns: %TRUE if the platform heard the key; who was reached is in enigm_drill_get_alert(). Else
 *   @error is set.
 */
gboolean
enigm_drill_run_finish (EnigmDrill *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * enigm_drill_end:
 *
 * Ends a drill that is being watched, without waiting for the rest of the contacts.
 */
void
enigm_drill_end (EnigmDrill *self)
{
  g_return_if_fail (ENIGM_IS_DRILL (self));
  if (self->state == DRILL_WATCHING)
    go (self, DRILL_ENDING);
}

/**
 * enigm_drill_get_step:
 *
 * Returns: where the drill is
 */
EnigmDrillStep
enigm_drill_get_step (EnigmDrill *self)
{
  g_return_val_if_fail (ENIGM_IS_DRILL (self), ENIGM_DRILL_FINDING);
  return self->step;
}

/**
 * enigm_drill_get_sentence:
 *
 * Returns: (transfer none): what happens or happened, for a person
 */
const char *
enigm_drill_get_sentence (EnigmDrill *self)
{
  g_return_val_if_fail (ENIGM_IS_DRILL (self), "");
  return self->sentence != NULL ? self->sentence : "";
}

/**
 * enigm_drill_get_alert:
 *
 * Returns: (transfer none) (nullable): the drill as the account sees it, once the platform has it
 */
EnigmAlert *
enigm_drill_get_alert (EnigmDrill *self)
{
  g_return_val_if_fail (ENIGM_IS_DRILL (self), NULL);
  return self->alert;
}

/**
 * enigm_drill_get_latency:
 *
 * Returns: microseconds from telling the key until this computer heard of the drill from the
 * platform; 0 before
 */
gint64
enigm_drill_get_latency (EnigmDrill *self)
{
  g_return_val_if_fail (ENIGM_IS_DRILL (self), 0);
  return self->latency;
}

/**
 * enigm_drill_get_seen_latency:
 *
 * Returns: microseconds from telling the key until the contact said that they have seen it, as
 * heard here; 0 if they have not
 */
gint64
enigm_drill_get_seen_latency (EnigmDrill *self, const char *contact_id)
{
  const gint64 *latency;

  g_return_val_if_fail (ENIGM_IS_DRILL (self) && contact_id != NULL, 0);
  latency = g_hash_table_lookup (self->seen, contact_id);
  return latency != NULL ? *latency : 0;
}
