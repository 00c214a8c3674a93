/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "key-radio.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_GATT (enigm_key_gatt_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyGatt, enigm_key_gatt, ENIGM, KEY_GATT, GObject)

EnigmKeyGatt *enigm_key_gatt_new (EnigmKeyRadio *radio);

void enigm_key_gatt_serve (EnigmKeyGatt *self);
gboolean enigm_key_gatt_is_served (EnigmKeyGatt *self);
void enigm_key_gatt_withdraw (EnigmKeyGatt *self);
void enigm_key_gatt_set_information (EnigmKeyGatt *self, GBytes *information);
void enigm_key_gatt_send (EnigmKeyGatt *self, GBytes *message);
void enigm_key_gatt_drop (EnigmKeyGatt *self);

G_END_DECLS
