/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-keyring.h"
#include "enigm-pairing-steps.h"
#include "enigm-platform.h"
#include "enigm-radio.h"
#include "protocol/enigm-setup-code.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_PAIRING (enigm_pairing_get_type ())
G_DECLARE_FINAL_TYPE (EnigmPairing, enigm_pairing, ENIGM, PAIRING, GObject)

EnigmPairing *enigm_pairing_new (EnigmRadio *radio,
                                 EnigmPlatform *platform,
                                 EnigmKeyring *keyring,
                                 const char *computer_id);
void enigm_pairing_set_replaces (EnigmPairing *self, const char *binding);
void enigm_pairing_run_async (EnigmPairing *self,
                              EnigmSetupCode *code,
                              EnigmNearbyKey *key,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean enigm_pairing_run_finish (EnigmPairing *self, GAsyncResult *result, GError **error);

EnigmPairingSteps *enigm_pairing_get_steps (EnigmPairing *self);
guint enigm_pairing_get_seconds_left (EnigmPairing *self);
gboolean enigm_pairing_get_own_connection (EnigmPairing *self);
const char *enigm_pairing_get_binding (EnigmPairing *self);

G_END_DECLS
