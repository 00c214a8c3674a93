/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-alert-private.h"
#include "enigm-json.h"
#include "enigm-model-private.h"

struct _EnigmAlertPosition
{
  GObject parent;
  gdouble latitude;
  gdouble longitude;
  gdouble accuracy;
  gint64 time;
};

G_DEFINE_TYPE (EnigmAlertPosition, enigm_alert_position, G_TYPE_OBJECT)

static void
enigm_alert_position_class_init (EnigmAlertPositionClass *class)
{
}

static void
enigm_alert_position_init (EnigmAlertPosition *self)
{
}

/**
 * enigm_alert_position_parse:
 * @json: `{latitude, longitude, accuracy, time}`
 */
EnigmAlertPosition *
enigm_alert_position_parse (JsonObject *json, GError **error)
{
  g_autoptr (EnigmAlertPosition) self = g_object_new (ENIGM_TYPE_ALERT_POSITION, NULL);

  if (!enigm_json_read_number (json, "latitude", -90, 90, &self->latitude, error) ||
      !enigm_json_read_number (json, "longitude", -180, 180, &self->longitude, error) ||
      !enigm_json_read_number (json, "accuracy", 0, ENIGM_ALERT_MAX_ACCURACY, &self->accuracy,
                               error) ||
      !enigm_json_read_time (json, "time", &self->time, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
enigm_alert_position_equal (EnigmAlertPosition *self, EnigmAlertPosition *other)
{
  return self->time == other->time &&
         memcmp (&self->latitude, &other->latitude, sizeof self->latitude) == 0 &&
         memcmp (&self->longitude, &other->longitude, sizeof self->longitude) == 0 &&
         memcmp (&self->accuracy, &other->accuracy, sizeof self->accuracy) == 0;
}

gdouble
enigm_alert_position_get_latitude (EnigmAlertPosition *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT_POSITION (self), 0);
  return self->latitude;
}

gdouble
enigm_alert_position_get_longitude (EnigmAlertPosition *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT_POSITION (self), 0);
  return self->longitude;
}

gdouble
enigm_alert_position_get_accuracy (EnigmAlertPosition *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT_POSITION (self), 0);
  return self->accuracy;
}

gint64
enigm_alert_position_get_time (EnigmAlertPosition *self)
{
  g_return_val_if_fail (ENIGM_IS_ALERT_POSITION (self), 0);
  return self->time;
}
