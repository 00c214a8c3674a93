/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** The service that a key advertises, PROTOCOL.md section 2. */
#define ENIGM_KEY_SERVICE_UUID "5b1e0001-9d3c-4f5a-8a77-c40e8d2f61b3"

#define ENIGM_TYPE_NEARBY_KEY (enigm_nearby_key_get_type ())
G_DECLARE_FINAL_TYPE (EnigmNearbyKey, enigm_nearby_key, ENIGM, NEARBY_KEY, GObject)

EnigmNearbyKey *enigm_nearby_key_new (GDBusObject *object);
gboolean enigm_nearby_key_update (EnigmNearbyKey *self);
GDBusObject *enigm_nearby_key_get_object (EnigmNearbyKey *self);
guint enigm_nearby_key_get_discriminator (EnigmNearbyKey *self);
gboolean enigm_nearby_key_get_bound (EnigmNearbyKey *self);
guint enigm_nearby_key_get_bars (EnigmNearbyKey *self);

G_END_DECLS
