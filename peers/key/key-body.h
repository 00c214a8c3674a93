/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "key-buttons.h"
#include "key-https.h"
#include "key-radio.h"
#include "key-sensors.h"
#include "key-signals.h"
#include "key-store.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_BODY (enigm_key_body_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyBody, enigm_key_body, ENIGM, KEY_BODY, GObject)

EnigmKeyBody *enigm_key_body_new (EnigmKeyStore *store, EnigmKeyRadio *radio);

void enigm_key_body_stop (EnigmKeyBody *self);

EnigmKeyButtons *enigm_key_body_get_buttons (EnigmKeyBody *self);
EnigmKeySensors *enigm_key_body_get_sensors (EnigmKeyBody *self);
EnigmKeySignals *enigm_key_body_get_signals (EnigmKeyBody *self);
void enigm_key_body_set_network (EnigmKeyBody *self, gboolean on);
gboolean enigm_key_body_reset (EnigmKeyBody *self, GError **error);
char *enigm_key_body_describe (EnigmKeyBody *self);

G_END_DECLS
