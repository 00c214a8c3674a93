/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-invitation.h"

G_BEGIN_DECLS

/**
 * EnigmInvitationRow:
 *
 * Somebody who asks this account to be their contact, or whose contact it is. The signal `chosen`
 * names the answer: `accept`, `decline`, `leave`, or `label`.
 */
#define ENIGM_TYPE_INVITATION_ROW (enigm_invitation_row_get_type ())
G_DECLARE_FINAL_TYPE (EnigmInvitationRow,
                      enigm_invitation_row,
                      ENIGM,
                      INVITATION_ROW,
                      GtkListBoxRow)

GtkWidget *enigm_invitation_row_new (EnigmInvitation *invitation);
EnigmInvitation *enigm_invitation_row_get_invitation (EnigmInvitationRow *self);

G_END_DECLS
