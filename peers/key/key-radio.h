/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-bluez.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_RADIO (enigm_key_radio_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyRadio, enigm_key_radio, ENIGM, KEY_RADIO, GObject)

EnigmKeyRadio *enigm_key_radio_new (GDBusConnection *connection, const char *adapter);

void enigm_key_radio_open_window (EnigmKeyRadio *self);
void enigm_key_radio_close_window (EnigmKeyRadio *self);

GDBusConnection *enigm_key_radio_get_connection (EnigmKeyRadio *self);
char *enigm_key_radio_get_owner (EnigmKeyRadio *self);
EnigmBluezGattManager1 *enigm_key_radio_get_gatt_manager (EnigmKeyRadio *self);
EnigmBluezLEAdvertisingManager1 *enigm_key_radio_get_advertising_manager (EnigmKeyRadio *self);
EnigmBluezDevice1 *enigm_key_radio_get_device (EnigmKeyRadio *self, const char *path);

G_END_DECLS
