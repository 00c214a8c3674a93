/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Most contacts an account may have. */
#define ENIGM_CONTACTS_MAX 10
/* Longest label, in bytes of UTF-8; it never leaves this computer. */
#define ENIGM_LABEL_MAX 128

/* Longest note, likewise. */
#define ENIGM_NOTE_MAX 1024

/**
 * EnigmContactWaiting:
 * @ENIGM_CONTACT_WAITING_NOTHING: the platform has them as they are shown
 * @ENIGM_CONTACT_WAITING_ADD: not invited yet
 * @ENIGM_CONTACT_WAITING_REMOVE: still told until the platform knows
 * @ENIGM_CONTACT_WAITING_MOVE: in another place at the platform
 *
 * Which edit of this computer's waits to be sent.
 */
typedef enum
{
  ENIGM_CONTACT_WAITING_NOTHING,
  ENIGM_CONTACT_WAITING_ADD,
  ENIGM_CONTACT_WAITING_REMOVE,
  ENIGM_CONTACT_WAITING_MOVE,
} EnigmContactWaiting;

/**
 * EnigmContactState:
 * @ENIGM_CONTACT_STATE_INVITED: no answer yet; also for an ID that nobody has
 * @ENIGM_CONTACT_STATE_ELIGIBLE: accepted, and is told of an alert
 * @ENIGM_CONTACT_STATE_DECLINED: said no, or left
 * @ENIGM_CONTACT_STATE_NOT_ELIGIBLE: cannot be told, for `reason`
 */
typedef enum
{
  ENIGM_CONTACT_STATE_INVITED,
  ENIGM_CONTACT_STATE_ELIGIBLE,
  ENIGM_CONTACT_STATE_DECLINED,
  ENIGM_CONTACT_STATE_NOT_ELIGIBLE,
} EnigmContactState;

/**
 * EnigmContact:
 *
 * Someone this account chose to be told. Properties, all readable and notifying: `contact-id`
 * (`XXXX-XXXX-XXXX-XXXX-XXXX`), `label` (the owner's word for them, "" for none), `title` (the
 * label, or the contact ID without one), `state`, `since` (Unix seconds), `reason` (as the platform
 * names it, "" for none), `note` (what the owner noted about them, "" for nothing), `waiting`.
 */
#define ENIGM_TYPE_CONTACT (enigm_contact_get_type ())
G_DECLARE_FINAL_TYPE (EnigmContact, enigm_contact, ENIGM, CONTACT, GObject)

const gchar *enigm_contact_get_contact_id (EnigmContact *self);
const gchar *enigm_contact_get_label (EnigmContact *self);
const gchar *enigm_contact_get_title (EnigmContact *self);
EnigmContactState enigm_contact_get_state (EnigmContact *self);
gint64 enigm_contact_get_since (EnigmContact *self);
const gchar *enigm_contact_get_reason (EnigmContact *self);
const gchar *enigm_contact_get_note (EnigmContact *self);
EnigmContactWaiting enigm_contact_get_waiting (EnigmContact *self);

/**
 * enigm_contact_waiting_to_string:
 *
 * Returns: `add`, `remove`, `move` or "", never translated
 */
const gchar *enigm_contact_waiting_to_string (EnigmContactWaiting waiting);

/**
 * enigm_contact_state_to_string:
 *
 * Returns: the state's name on the wire, never translated
 */
const gchar *enigm_contact_state_to_string (EnigmContactState state);

/**
 * enigm_contact_describe_state:
 * @now: Unix seconds
 *
 * Returns: (transfer full): such as "Invited 3 days ago, no answer yet", translated
 */
gchar *enigm_contact_describe_state (EnigmContact *self, gint64 now);

GType enigm_contact_waiting_get_type (void);
#define ENIGM_TYPE_CONTACT_WAITING (enigm_contact_waiting_get_type ())

GType enigm_contact_state_get_type (void);
#define ENIGM_TYPE_CONTACT_STATE (enigm_contact_state_get_type ())

G_END_DECLS
