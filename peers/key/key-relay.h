/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-message.h"
#include "key-carrier.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_RELAY (enigm_key_relay_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyRelay, enigm_key_relay, ENIGM, KEY_RELAY, GObject)

EnigmKeyRelay *enigm_key_relay_new (void);

void enigm_key_relay_answered (EnigmKeyRelay *self, EnigmMessage *relayed);
void enigm_key_relay_close (EnigmKeyRelay *self);

G_END_DECLS
