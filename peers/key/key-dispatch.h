/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "key-binding.h"
#include "key-carrier.h"
#include "key-event.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_DISPATCH (enigm_key_dispatch_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyDispatch, enigm_key_dispatch, ENIGM, KEY_DISPATCH, GObject)

EnigmKeyDispatch *enigm_key_dispatch_new (EnigmKeyStore *store,
                                          EnigmKeyBinding *binding,
                                          EnigmKeyEvent *event,
                                          EnigmKeySensors *sensors,
                                          EnigmKeyCarrier *own);

void enigm_key_dispatch_start (EnigmKeyDispatch *self);
void enigm_key_dispatch_stop (EnigmKeyDispatch *self);
void enigm_key_dispatch_hurry (EnigmKeyDispatch *self);
void enigm_key_dispatch_set_relay (EnigmKeyDispatch *self, EnigmKeyCarrier *relay);
void enigm_key_dispatch_hold (EnigmKeyDispatch *self, guint seconds);

G_END_DECLS
