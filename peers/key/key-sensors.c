/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-sensors.h"

#include <time.h>

#include "enigm-message.h"

/**
 * EnigmKeySensors:
 *
 * What the key measures: battery and position. None of it is stored, and nothing waits for it.
 */
struct _EnigmKeySensors
{
  GObject parent_instance;

  guint battery;
  gboolean has_position;
  EnigmPosition position;
  gint64 taken; /* seconds since boot, sleep included */
};

enum
{
  POSITION_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmKeySensors, enigm_key_sensors, G_TYPE_OBJECT)

static gint64
get_boot_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);

  return now.tv_sec;
}

static void
enigm_key_sensors_class_init (EnigmKeySensorsClass *klass)
{
  /**
   * EnigmKeySensors::position-changed:
   * @self: the sensors
   *
   * There is a new position.
   */
  signals[POSITION_CHANGED] = g_signal_new ("position-changed", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
enigm_key_sensors_init (EnigmKeySensors *self)
{
  self->battery = ENIGM_BATTERY_UNKNOWN;
}

/**
 * enigm_key_sensors_new:
 *
 * Returns: (transfer full): sensors that know nothing yet
 */
EnigmKeySensors *
enigm_key_sensors_new (void)
{
  return g_object_new (ENIGM_TYPE_KEY_SENSORS, NULL);
}

/**
 * enigm_key_sensors_set_battery:
 * @self: the sensors
 * @percent: what is left, 0 to 100
 */
void
enigm_key_sensors_set_battery (EnigmKeySensors *self, guint percent)
{
  g_return_if_fail (ENIGM_IS_KEY_SENSORS (self));
  g_return_if_fail (percent <= 100);

  self->battery = percent;
}

/**
 * enigm_key_sensors_get_battery:
 * @self: the sensors
 *
 * Returns: percent, or %ENIGM_BATTERY_UNKNOWN
 */
guint
enigm_key_sensors_get_battery (EnigmKeySensors *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_SENSORS (self), ENIGM_BATTERY_UNKNOWN);

  return self->battery;
}

/**
 * enigm_key_sensors_set_position:
 * @self: the sensors
 * @latitude: in 10⁻⁶ degrees
 * @longitude: in 10⁻⁶ degrees
 * @accuracy: in metres
 *
 * The receiver has a fix.
 */
void
enigm_key_sensors_set_position (EnigmKeySensors *self,
                                gint32 latitude,
                                gint32 longitude,
                                guint32 accuracy)
{
  g_return_if_fail (ENIGM_IS_KEY_SENSORS (self));
  g_return_if_fail (ABS (latitude) <= 90000000 && ABS (longitude) <= 180000000);
  g_return_if_fail (accuracy <= 1000000);

  self->has_position = TRUE;
  self->position = (EnigmPosition){ latitude, longitude, accuracy, 0 };
  self->taken = get_boot_time ();
  g_signal_emit (self, signals[POSITION_CHANGED], 0);
}

/**
 * enigm_key_sensors_clear_position:
 * @self: the sensors
 *
 * The receiver does not know where it is.
 */
void
enigm_key_sensors_clear_position (EnigmKeySensors *self)
{
  g_return_if_fail (ENIGM_IS_KEY_SENSORS (self));

  self->has_position = FALSE;
}

/**
 * enigm_key_sensors_get_position:
 * @self: the sensors
 * @position: (out) (nullable): the last one, with its age
 *
 * Returns: whether there is one
 */
gboolean
enigm_key_sensors_get_position (EnigmKeySensors *self, EnigmPosition *position)
{
  g_return_val_if_fail (ENIGM_IS_KEY_SENSORS (self), FALSE);

  if (self->has_position && position != NULL)
    {
      *position = self->position;
      position->age = MAX (get_boot_time () - self->taken, 0);
    }

  return self->has_position;
}
