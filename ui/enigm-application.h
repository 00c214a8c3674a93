/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"
#include "enigm-listener.h"
#include "enigm-radio.h"

G_BEGIN_DECLS

/**
 * EnigmApplication:
 *
 * The one process of a session that shows windows. It owns the account's state on this computer
 * while it runs, and everything windows share.
 */
#define ENIGM_TYPE_APPLICATION (enigm_application_get_type ())
G_DECLARE_FINAL_TYPE (EnigmApplication, enigm_application, ENIGM, APPLICATION, AdwApplication)

EnigmApplication *enigm_application_new (void);

/**
 * enigm_application_get_account:
 *
 * Returns: (transfer none) (nullable): the account; %NULL while another process owns its state
 */
void enigm_application_see_alert (EnigmApplication *self, const char *id);
EnigmAccount *enigm_application_get_account (EnigmApplication *self);

/**
 * enigm_application_get_radio:
 *
 * Returns: (transfer none): the radio, started when it is first asked for
 */
EnigmRadio *enigm_application_get_radio (EnigmApplication *self);

/**
 * enigm_application_get_settings:
 *
 * Returns: (transfer none) (nullable): what the window remembers; %NULL where the schema is not
 *   installed
 */
GSettings *enigm_application_get_settings (EnigmApplication *self);

/**
 * enigm_application_get_listener:
 *
 * Returns: (transfer none): what is listened for without a window
 */
EnigmListener *enigm_application_get_listener (EnigmApplication *self);

/**
 * enigm_application_get_platform_hint:
 *
 * Returns: (transfer none): the address the sign-in form begins with, "" for none
 */
const char *enigm_application_get_platform_hint (EnigmApplication *self);

/**
 * enigm_application_get_ca_hint:
 *
 * Returns: (transfer none): the path of the CA file the sign-in form begins with, "" for none
 */
const char *enigm_application_get_ca_hint (EnigmApplication *self);

/**
 * enigm_application_open_account:
 * @error: return location: %ENIGM_ERROR_IN_USE while another process owns the state
 *
 * Takes the account's state for this process; nothing happens if it has it already.
 *
 * Returns: whether there is an account object now
 */
gboolean enigm_application_open_account (EnigmApplication *self, GError **error);

G_END_DECLS
