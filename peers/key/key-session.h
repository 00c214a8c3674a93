/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "key-binding.h"
#include "key-event.h"
#include "key-relay.h"
#include "key-signals.h"
#include "key-tries.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_SESSION (enigm_key_session_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeySession, enigm_key_session, ENIGM, KEY_SESSION, GObject)

EnigmKeySession *enigm_key_session_new (EnigmKeyStore *store,
                                        EnigmKeyTries *tries,
                                        EnigmKeyBinding *binding,
                                        EnigmKeyEvent *event,
                                        EnigmKeySignals *signals,
                                        GBytes *information,
                                        gboolean may_vibrate);

void enigm_key_session_receive (EnigmKeySession *self, GBytes *message);
gboolean enigm_key_session_press (EnigmKeySession *self);
void enigm_key_session_interrupt (EnigmKeySession *self);
void enigm_key_session_report (EnigmKeySession *self);
void enigm_key_session_end (EnigmKeySession *self);

gboolean enigm_key_session_is_open (EnigmKeySession *self);
EnigmKeyRelay *enigm_key_session_get_relay (EnigmKeySession *self);
gboolean enigm_key_session_has_vibrated (EnigmKeySession *self);

G_END_DECLS
