/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-key-request.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_SENSORS (enigm_key_sensors_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeySensors, enigm_key_sensors, ENIGM, KEY_SENSORS, GObject)

EnigmKeySensors *enigm_key_sensors_new (void);

void enigm_key_sensors_set_battery (EnigmKeySensors *self, guint percent);
guint enigm_key_sensors_get_battery (EnigmKeySensors *self);
void enigm_key_sensors_set_position (EnigmKeySensors *self,
                                     gint32 latitude,
                                     gint32 longitude,
                                     guint32 accuracy);
void enigm_key_sensors_clear_position (EnigmKeySensors *self);
gboolean enigm_key_sensors_get_position (EnigmKeySensors *self, EnigmPosition *position);

G_END_DECLS
