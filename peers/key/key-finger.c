/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-finger.h"

#include "enigm-error.h"

/* Between two presses of a row, and after the last one until the row is surely read. */
#define BETWEEN_MS 60
#define AFTER_MS 500

/**
 * EnigmKeyFinger:
 *
 * A finger on the software key's button: presses it as a person would, in a person's time.
 */
struct _EnigmKeyFinger
{
  GObject parent_instance;

  EnigmKeyButtons *buttons;
  GTask *task; /* the row being played */
  guint n_left;
  guint down_ms;
  gboolean is_down;
  guint step_id;
};

G_DEFINE_FINAL_TYPE (EnigmKeyFinger, enigm_key_finger, G_TYPE_OBJECT)

static void
enigm_key_finger_dispose (GObject *object)
{
  EnigmKeyFinger *self = ENIGM_KEY_FINGER (object);

  /* A row being played holds a reference, so there is none here. */
  g_assert (self->task == NULL);
  g_clear_object (&self->buttons);

  G_OBJECT_CLASS (enigm_key_finger_parent_class)->dispose (object);
}

static void
enigm_key_finger_class_init (EnigmKeyFingerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_finger_dispose;
}

static void
enigm_key_finger_init (EnigmKeyFinger *self)
{
}

static gboolean on_step_elapsed (gpointer user_data);

static void
step (EnigmKeyFinger *self)
{
  guint wait_ms;

  if (g_task_return_error_if_cancelled (self->task))
    {
      enigm_key_buttons_up (self->buttons);
      self->is_down = FALSE;
      g_clear_object (&self->task);
      return;
    }

  if (self->is_down)
    {
      self->is_down = FALSE;
      enigm_key_buttons_up (self->buttons);
      wait_ms = --self->n_left > 0 ? BETWEEN_MS : AFTER_MS;
    }
  else if (self->n_left > 0)
    {
      self->is_down = TRUE;
      enigm_key_buttons_down (self->buttons);
      wait_ms = self->down_ms;
    }
  else
    {
      g_autoptr (GTask) task = g_steal_pointer (&self->task);

      g_task_return_boolean (task, TRUE);
      return;
    }
  self->step_id = g_timeout_add (wait_ms, on_step_elapsed, self);
}

static gboolean
on_step_elapsed (gpointer user_data)
{
  EnigmKeyFinger *self = user_data;

  self->step_id = 0;
  step (self);

  return G_SOURCE_REMOVE;
}

/**
 * enigm_key_finger_new:
 * @buttons: the button it lies on
 *
 * Returns: (transfer full): a finger
 */
EnigmKeyFinger *
enigm_key_finger_new (EnigmKeyButtons *buttons)
{
  EnigmKeyFinger *self;

  g_return_val_if_fail (ENIGM_IS_KEY_BUTTONS (buttons), NULL);

  self = g_object_new (ENIGM_TYPE_KEY_FINGER, NULL);
  self->buttons = g_object_ref (buttons);

  return self;
}

/**
 * enigm_key_finger_play_async:
 * @self: the finger
 * @n_presses: how often to press, at least once
 * @down_ms: how long each time, in milliseconds
 * @cancellable: (nullable): lifts the finger
 * @callback: called when the pattern has been read by the button
 * @user_data: for @callback
 *
 * Presses. Fails with %ENIGM_ERROR_KEY_BUSY while another row is being pressed.
 */
void
enigm_key_finger_play_async (EnigmKeyFinger *self,
                             guint n_presses,
                             guint down_ms,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_KEY_FINGER (self));
  g_return_if_fail (n_presses > 0);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_key_finger_play_async);
  if (self->task != NULL)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_KEY_BUSY,
                               "the button is being pressed already");
      return;
    }

  self->task = g_steal_pointer (&task);
  self->n_left = n_presses;
  self->down_ms = down_ms;
  step (self);
}

/**
 * enigm_key_finger_play_finish:
 * @self: the finger
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: whether the whole row was pressed
 */
gboolean
enigm_key_finger_play_finish (EnigmKeyFinger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
