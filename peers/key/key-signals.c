/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-signals.h"

/* How long the motor runs, in milliseconds. */
#define VIBRATION_MS 1000

/**
 * EnigmKeySignals:
 *
 * What the person holding the key sees and feels: one light and one motor. Everything that changes
 * is also told in words, a line each, by #EnigmKeySignals::line.
 */
struct _EnigmKeySignals
{
  GObject parent_instance;

  gboolean light;
  const char *vibrating;
  guint vibration_id;
};

enum
{
  LINE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmKeySignals, enigm_key_signals, G_TYPE_OBJECT)

static const char *const vibration_names[] = { "confirm", "alert", "refused", "ended", "find" };

static void
enigm_key_signals_dispose (GObject *object)
{
  EnigmKeySignals *self = ENIGM_KEY_SIGNALS (object);

  g_clear_handle_id (&self->vibration_id, g_source_remove);

  G_OBJECT_CLASS (enigm_key_signals_parent_class)->dispose (object);
}

static void
enigm_key_signals_class_init (EnigmKeySignalsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_signals_dispose;

  /**
   * EnigmKeySignals::line:
   * @self: the signals
   * @line: what has just happened, for example `light on`; no newline
   */
  signals[LINE] = g_signal_new ("line", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
enigm_key_signals_init (EnigmKeySignals *self)
{
}

static gboolean
on_vibration_elapsed (gpointer user_data)
{
  EnigmKeySignals *self = user_data;

  self->vibration_id = 0;
  self->vibrating = NULL;

  return G_SOURCE_REMOVE;
}

/**
 * enigm_key_signals_new:
 *
 * Returns: (transfer full): light off, motor still
 */
EnigmKeySignals *
enigm_key_signals_new (void)
{
  return g_object_new (ENIGM_TYPE_KEY_SIGNALS, NULL);
}

/**
 * enigm_key_signals_set_light:
 * @self: the signals
 * @on: whether the light burns
 */
void
enigm_key_signals_set_light (EnigmKeySignals *self, gboolean on)
{
  g_return_if_fail (ENIGM_IS_KEY_SIGNALS (self));

  if (self->light == !!on)
    return;
  self->light = !!on;
  enigm_key_signals_say (self, "light %s", on ? "on" : "off");
}

/**
 * enigm_key_signals_get_light:
 * @self: the signals
 *
 * Returns: whether the light burns
 */
gboolean
enigm_key_signals_get_light (EnigmKeySignals *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_SIGNALS (self), FALSE);

  return self->light;
}

/**
 * enigm_key_signals_vibrate:
 * @self: the signals
 * @vibration: which rhythm; it replaces one that still runs
 */
void
enigm_key_signals_vibrate (EnigmKeySignals *self, EnigmKeyVibration vibration)
{
  g_return_if_fail (ENIGM_IS_KEY_SIGNALS (self));
  g_return_if_fail ((gsize) vibration < G_N_ELEMENTS (vibration_names));

  g_clear_handle_id (&self->vibration_id, g_source_remove);
  self->vibrating = vibration_names[vibration];
  self->vibration_id = g_timeout_add (VIBRATION_MS, on_vibration_elapsed, self);
  enigm_key_signals_say (self, "vibrate %s", self->vibrating);
}

/**
 * enigm_key_signals_get_vibrating:
 * @self: the signals
 *
 * Returns: (nullable): the rhythm that is being felt now
 */
const char *
enigm_key_signals_get_vibrating (EnigmKeySignals *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_SIGNALS (self), NULL);

  return self->vibrating;
}

/**
 * enigm_key_signals_say:
 * @self: the signals
 * @format: a line in printf() form, without a newline and without secrets
 * @...: its arguments
 *
 * Tells whoever watches.
 */
void
enigm_key_signals_say (EnigmKeySignals *self, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list args;

  g_return_if_fail (ENIGM_IS_KEY_SIGNALS (self));

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  g_signal_emit (self, signals[LINE], 0, line);
}
