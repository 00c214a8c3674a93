/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-application.h"

G_BEGIN_DECLS

/**
 * EnigmWindow:
 *
 * The main window: Status, Contacts and Alerts once there is an account, the welcome page before,
 * and a page that says so while the account's state cannot be had.
 */
#define ENIGM_TYPE_WINDOW (enigm_window_get_type ())
G_DECLARE_FINAL_TYPE (EnigmWindow, enigm_window, ENIGM, WINDOW, AdwApplicationWindow)

EnigmWindow *enigm_window_new (EnigmApplication *application);

EnigmAccount *enigm_window_get_account (EnigmWindow *self);
void enigm_window_add_toast (EnigmWindow *self, AdwToast *toast);

/* What actions do; enigm-actions.c says when each may be done. */
void enigm_window_show_page (EnigmWindow *self, const char *name);
void enigm_window_show_alert (EnigmWindow *self, const char *id);
gboolean enigm_window_get_can_go_back (EnigmWindow *self);
void enigm_window_go_back (EnigmWindow *self);
void enigm_window_refresh (EnigmWindow *self);
void enigm_window_listen (EnigmWindow *self);
void enigm_window_pair (EnigmWindow *self);
void enigm_window_replace (EnigmWindow *self, const char *binding);
void enigm_window_drill (EnigmWindow *self);
void enigm_window_invite (EnigmWindow *self);
void enigm_window_show_settings (EnigmWindow *self);
void enigm_window_sign_in_again (EnigmWindow *self);

G_END_DECLS
