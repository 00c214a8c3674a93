/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-request.h"

G_BEGIN_DECLS

/* Wrong PINs in a row that close a computer. */
#define ENIGM_PIN_TRIES 5
#define ENIGM_PIN_DIGITS 6

/**
 * EnigmPinAllowed:
 * @state: the platform, outside of a transaction
 * @request: the request, to be answered
 * @user_data: what was given
 *
 * Does what needed the PIN.
 */
typedef void (*EnigmPinAllowed) (EnigmPlatformState *state,
                                 EnigmRequest *request,
                                 gpointer user_data);

EnigmSecret *enigm_pin_read_member (EnigmRequest *request, const gchar *name, GError **error);
EnigmSecret *enigm_pin_read (EnigmRequest *request, GError **error);
void enigm_pin_ask (EnigmPlatformState *state,
                    EnigmRequest *request,
                    EnigmPinAllowed allowed,
                    gpointer user_data);

G_END_DECLS
