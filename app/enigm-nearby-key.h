/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ENIGM_TYPE_NEARBY_KEY (enigm_nearby_key_get_type ())
G_DECLARE_FINAL_TYPE (EnigmNearbyKey, enigm_nearby_key, ENIGM, NEARBY_KEY, GObject)

EnigmNearbyKey *enigm_nearby_key_new (GDBusObject *object);
gboolean enigm_nearby_key_update (EnigmNearbyKey *self);
GDBusObject *enigm_nearby_key_get_object (EnigmNearbyKey *self);
guint enigm_nearby_key_get_discriminator (EnigmNearbyKey *self);
gboolean enigm_nearby_key_get_bound (EnigmNearbyKey *self);
guint enigm_nearby_key_get_bars (EnigmNearbyKey *self);

G_END_DECLS
