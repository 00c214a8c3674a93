/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-application.h"
#include "enigm-window.h"

G_BEGIN_DECLS

/* Every action and every shortcut of the app is installed, and enabled, in enigm-actions.c. */
void enigm_actions_add_to_application (EnigmApplication *application);
void enigm_actions_add_to_window (EnigmWindow *window);
void enigm_actions_update (EnigmWindow *window);

G_END_DECLS
