/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmInviteWindow:
 *
 * Invites somebody by their contact ID, or puts them in the place of somebody else.
 */
#define ENIGM_TYPE_INVITE_WINDOW (enigm_invite_window_get_type ())
G_DECLARE_FINAL_TYPE (EnigmInviteWindow, enigm_invite_window, ENIGM, INVITE_WINDOW, AdwWindow)

/**
 * enigm_invite_window_new:
 * @parent: the window it belongs to
 * @account: the account
 * @replaced: (nullable): who goes once the invitation is sent
 *
 * Returns: (transfer floating): the window
 */
GtkWidget *
enigm_invite_window_new (GtkWindow *parent, EnigmAccount *account, EnigmContact *replaced);

G_END_DECLS
