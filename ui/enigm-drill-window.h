/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"
#include "enigm-radio.h"

G_BEGIN_DECLS

/**
 * EnigmDrillWindow:
 *
 * Runs a drill: hold the key's button, and see how fast it reaches whom.
 */
#define ENIGM_TYPE_DRILL_WINDOW (enigm_drill_window_get_type ())
G_DECLARE_FINAL_TYPE (EnigmDrillWindow, enigm_drill_window, ENIGM, DRILL_WINDOW, AdwWindow)

GtkWidget *enigm_drill_window_new (GtkWindow *parent, EnigmAccount *account, EnigmRadio *radio);

G_END_DECLS
