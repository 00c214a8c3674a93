/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"
#include "enigm-listener.h"

G_BEGIN_DECLS

/**
 * EnigmSettingsWindow:
 *
 * Keys, the account, and this computer.
 */
#define ENIGM_TYPE_SETTINGS_WINDOW (enigm_settings_window_get_type ())
G_DECLARE_FINAL_TYPE (EnigmSettingsWindow,
                      enigm_settings_window,
                      ENIGM,
                      SETTINGS_WINDOW,
                      AdwPreferencesWindow)

/**
 * enigm_settings_window_new:
 * @parent: the window it belongs to
 * @account: the account
 * @listener: what is listened for without a window
 *
 * Returns: (transfer floating): the window
 */
GtkWidget *
enigm_settings_window_new (GtkWindow *parent, EnigmAccount *account, EnigmListener *listener);

G_END_DECLS
