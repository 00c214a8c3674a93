/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-key-answer.h"
#include "enigm-order.h"
#include "key-sensors.h"
#include "key-signals.h"
#include "key-store.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_BINDING (enigm_key_binding_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyBinding, enigm_key_binding, ENIGM, KEY_BINDING, GObject)

EnigmKeyBinding *
enigm_key_binding_new (EnigmKeyStore *store, EnigmKeySignals *signals, EnigmKeySensors *sensors);

EnigmReason enigm_key_binding_release (EnigmKeyBinding *self,
                                       GBytes *release,
                                       const guint8 *signature,
                                       const guint8 *nonce);
EnigmReason enigm_key_binding_check_offer (EnigmKeyBinding *self,
                                           GBytes *offer,
                                           const guint8 *signature,
                                           const guint8 *nonce,
                                           const guint8 *session_value);
EnigmReason enigm_key_binding_attest (EnigmKeyBinding *self,
                                      GBytes *offer,
                                      GBytes **attestation,
                                      guint8 *binding_id);
EnigmReason enigm_key_binding_take_receipt (EnigmKeyBinding *self,
                                            const guint8 *binding_id,
                                            GBytes *receipt,
                                            const guint8 *signature,
                                            const guint8 *computer,
                                            EnigmSecret *secret);
EnigmReason enigm_key_binding_check_order (EnigmKeyBinding *self,
                                           GBytes *order,
                                           const guint8 *signature,
                                           const guint8 *nonce,
                                           const guint8 *session_value,
                                           const guint8 *computer,
                                           EnigmOrder *parsed);
EnigmReason enigm_key_binding_prove_join (EnigmKeyBinding *self, GBytes *order, guint8 *signature);
EnigmReason
enigm_key_binding_keep (EnigmKeyBinding *self, const guint8 *computer, EnigmSecret *secret);
EnigmReason enigm_key_binding_wipe (EnigmKeyBinding *self);

void enigm_key_binding_answered (EnigmKeyBinding *self,
                                 const guint8 *binding_id,
                                 const EnigmKeyAnswer *answer,
                                 gboolean relayed);
void enigm_key_binding_unknown (EnigmKeyBinding *self, const guint8 *binding_id);
void enigm_key_binding_report (EnigmKeyBinding *self, gboolean newest, EnigmMessage *state);

G_END_DECLS
