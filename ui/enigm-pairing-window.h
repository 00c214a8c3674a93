/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"
#include "enigm-radio.h"

G_BEGIN_DECLS

/**
 * EnigmPairingWindow:
 *
 * Pairs a key: six steps down one side, one picture and one sentence at a time.
 */
#define ENIGM_TYPE_PAIRING_WINDOW (enigm_pairing_window_get_type ())
G_DECLARE_FINAL_TYPE (EnigmPairingWindow, enigm_pairing_window, ENIGM, PAIRING_WINDOW, AdwWindow)

GtkWidget *enigm_pairing_window_new (GtkWindow *parent, EnigmAccount *account, EnigmRadio *radio);

/**
 * enigm_pairing_window_set_replaced:
 * @key: the key that the new one takes the place of
 */
void enigm_pairing_window_set_replaced (EnigmPairingWindow *self, EnigmKey *key);

G_END_DECLS
