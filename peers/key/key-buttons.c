/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-buttons.h"

/* A press shorter than this is short; the pause after which no further press belongs to the row. */
#define SHORT_MS 1000
#define PAUSE_MS 400
#define HOLD_MS 3000
#define LONG_MS 6000

/**
 * EnigmKeyButtons:
 *
 * Reads patterns from the one button: #EnigmKeyButtons::pattern.
 *
 * A held button is recognised while it is still down, so that the person sees the light and lets
 * go. Who holds it longer to end an alert passes the mark of the shorter hold on the way; the
 * window this opens harms nothing.
 */
struct _EnigmKeyButtons
{
  GObject parent_instance;

  gboolean is_down;
  gint64 down_since; /* microseconds, monotonic */
  guint n_presses;
  guint hold_id;
  guint long_id;
  guint pause_id;
};

enum
{
  PATTERN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmKeyButtons, enigm_key_buttons, G_TYPE_OBJECT)

static void
enigm_key_buttons_dispose (GObject *object)
{
  EnigmKeyButtons *self = ENIGM_KEY_BUTTONS (object);

  g_clear_handle_id (&self->hold_id, g_source_remove);
  g_clear_handle_id (&self->long_id, g_source_remove);
  g_clear_handle_id (&self->pause_id, g_source_remove);

  G_OBJECT_CLASS (enigm_key_buttons_parent_class)->dispose (object);
}

static void
enigm_key_buttons_class_init (EnigmKeyButtonsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_buttons_dispose;

  /**
   * EnigmKeyButtons::pattern:
   * @self: the button
   * @pattern: an #EnigmKeyPattern
   */
  signals[PATTERN] = g_signal_new ("pattern", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
enigm_key_buttons_init (EnigmKeyButtons *self)
{
}

static void
emit (EnigmKeyButtons *self, EnigmKeyPattern pattern)
{
  g_signal_emit (self, signals[PATTERN], 0, pattern);
}

static gboolean
on_hold_elapsed (gpointer user_data)
{
  EnigmKeyButtons *self = user_data;

  self->hold_id = 0;
  emit (self, ENIGM_KEY_PATTERN_HOLD);

  return G_SOURCE_REMOVE;
}

static gboolean
on_long_elapsed (gpointer user_data)
{
  EnigmKeyButtons *self = user_data;

  self->long_id = 0;
  emit (self, ENIGM_KEY_PATTERN_LONG);

  return G_SOURCE_REMOVE;
}

static void
end_row (EnigmKeyButtons *self)
{
  guint n = self->n_presses;

  self->n_presses = 0;
  if (n == 5)
    emit (self, ENIGM_KEY_PATTERN_DRILL);
  else if (n >= 3)
    emit (self, ENIGM_KEY_PATTERN_ALERT);
  else if (n == 1)
    emit (self, ENIGM_KEY_PATTERN_PRESS);
}

static gboolean
on_pause_elapsed (gpointer user_data)
{
  EnigmKeyButtons *self = user_data;

  self->pause_id = 0;
  end_row (self);

  return G_SOURCE_REMOVE;
}

/**
 * enigm_key_buttons_new:
 *
 * Returns: (transfer full): a button that nobody touches
 */
EnigmKeyButtons *
enigm_key_buttons_new (void)
{
  return g_object_new (ENIGM_TYPE_KEY_BUTTONS, NULL);
}

/**
 * enigm_key_buttons_down:
 * @self: the button
 *
 * The button's contact closes.
 */
void
enigm_key_buttons_down (EnigmKeyButtons *self)
{
  g_return_if_fail (ENIGM_IS_KEY_BUTTONS (self));

  if (self->is_down)
    return;
  self->is_down = TRUE;
  self->down_since = g_get_monotonic_time ();
  g_clear_handle_id (&self->pause_id, g_source_remove);
  self->hold_id = g_timeout_add (HOLD_MS, on_hold_elapsed, self);
  self->long_id = g_timeout_add (LONG_MS, on_long_elapsed, self);
}

/**
 * enigm_key_buttons_up:
 * @self: the button
 *
 * The button's contact opens.
 */
void
enigm_key_buttons_up (EnigmKeyButtons *self)
{
  g_return_if_fail (ENIGM_IS_KEY_BUTTONS (self));

  if (!self->is_down)
    return;
  self->is_down = FALSE;
  g_clear_handle_id (&self->hold_id, g_source_remove);
  g_clear_handle_id (&self->long_id, g_source_remove);

  if (g_get_monotonic_time () - self->down_since >= SHORT_MS * 1000)
    {
      /* Presses before a longer one still count: three short ones and a slip are an alert. */
      end_row (self);
      return;
    }
  self->n_presses++;
  self->pause_id = g_timeout_add (PAUSE_MS, on_pause_elapsed, self);
}
