/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmInvitationState:
 * @ENIGM_INVITATION_STATE_WAITING: they ask; this account has not answered
 * @ENIGM_INVITATION_STATE_ACCEPTED: this account is told of their alerts
 * @ENIGM_INVITATION_STATE_DECLINED: this account said no, or left
 * @ENIGM_INVITATION_STATE_NOT_ELIGIBLE: this account cannot be told
 */
typedef enum
{
  ENIGM_INVITATION_STATE_WAITING,
  ENIGM_INVITATION_STATE_ACCEPTED,
  ENIGM_INVITATION_STATE_DECLINED,
  ENIGM_INVITATION_STATE_NOT_ELIGIBLE,
} EnigmInvitationState;

/**
 * EnigmInvitation:
 *
 * Another account that asks this one to be its contact, or whose contact it is. Properties, all
 * readable and notifying: `id` (32 hex characters), `contact-id` (theirs), `label` (as in
 * #EnigmContact; the same label serves for both), `title`, `state`, `since` (Unix seconds).
 */
#define ENIGM_TYPE_INVITATION (enigm_invitation_get_type ())
G_DECLARE_FINAL_TYPE (EnigmInvitation, enigm_invitation, ENIGM, INVITATION, GObject)

const gchar *enigm_invitation_get_id (EnigmInvitation *self);
const gchar *enigm_invitation_get_contact_id (EnigmInvitation *self);
const gchar *enigm_invitation_get_label (EnigmInvitation *self);
const gchar *enigm_invitation_get_title (EnigmInvitation *self);
EnigmInvitationState enigm_invitation_get_state (EnigmInvitation *self);
gint64 enigm_invitation_get_since (EnigmInvitation *self);

const gchar *enigm_invitation_state_to_string (EnigmInvitationState state);

GType enigm_invitation_state_get_type (void);
#define ENIGM_TYPE_INVITATION_STATE (enigm_invitation_state_get_type ())

G_END_DECLS
