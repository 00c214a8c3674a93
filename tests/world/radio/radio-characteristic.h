/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio-application.h"
#include "radio.h"

G_BEGIN_DECLS

RadioCharacteristic *
radio_characteristic_new (RadioDevice *device, const char *service_path, RadioAttribute *attribute);
void radio_characteristic_free (RadioCharacteristic *self);
guint16 radio_characteristic_get_handle (RadioCharacteristic *self);
void radio_characteristic_connected (RadioCharacteristic *self, guint mtu);
void radio_characteristic_disconnected (RadioCharacteristic *self);
void radio_characteristic_notified (RadioCharacteristic *self, GBytes *value);
void radio_characteristic_forget_client (RadioCharacteristic *self, const char *client);

G_END_DECLS
