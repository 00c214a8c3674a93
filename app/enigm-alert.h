/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmAlertKind:
 * @ENIGM_ALERT_KIND_ALERT: a real one
 * @ENIGM_ALERT_KIND_DRILL: practice; marked as such wherever it is shown
 */
typedef enum
{
  ENIGM_ALERT_KIND_ALERT,
  ENIGM_ALERT_KIND_DRILL,
} EnigmAlertKind;

/**
 * EnigmAlertRole:
 * @ENIGM_ALERT_ROLE_OWNER: this account's own key raised it
 * @ENIGM_ALERT_ROLE_CONTACT: this account is told of it
 */
typedef enum
{
  ENIGM_ALERT_ROLE_OWNER,
  ENIGM_ALERT_ROLE_CONTACT,
} EnigmAlertRole;

/**
 * EnigmAlertState:
 */
typedef enum
{
  ENIGM_ALERT_STATE_ACTIVE,
  ENIGM_ALERT_STATE_ENDED,
} EnigmAlertState;

/**
 * EnigmAlertStage:
 *
 * How far an alert got with one contact. Properties, all readable and notifying: `contact-id`,
 * `label` (as in #EnigmContact), `title`, and the times `accepted` (the platform took it for them),
 * `notified` (their app showed it), `seen` (they said so), Unix seconds, 0: not known.
 */
#define ENIGM_TYPE_ALERT_STAGE (enigm_alert_stage_get_type ())
G_DECLARE_FINAL_TYPE (EnigmAlertStage, enigm_alert_stage, ENIGM, ALERT_STAGE, GObject)

const gchar *enigm_alert_stage_get_contact_id (EnigmAlertStage *self);
const gchar *enigm_alert_stage_get_label (EnigmAlertStage *self);
const gchar *enigm_alert_stage_get_title (EnigmAlertStage *self);
gint64 enigm_alert_stage_get_accepted (EnigmAlertStage *self);
gint64 enigm_alert_stage_get_notified (EnigmAlertStage *self);
gint64 enigm_alert_stage_get_seen (EnigmAlertStage *self);

/**
 * EnigmAlertPosition:
 *
 * Where a key was at a time: degrees, metres, Unix seconds. Immutable.
 */
#define ENIGM_TYPE_ALERT_POSITION (enigm_alert_position_get_type ())
G_DECLARE_FINAL_TYPE (EnigmAlertPosition, enigm_alert_position, ENIGM, ALERT_POSITION, GObject)

gdouble enigm_alert_position_get_latitude (EnigmAlertPosition *self);
gdouble enigm_alert_position_get_longitude (EnigmAlertPosition *self);
gdouble enigm_alert_position_get_accuracy (EnigmAlertPosition *self);
gint64 enigm_alert_position_get_time (EnigmAlertPosition *self);

/* Seconds between two positions, or since the last one of an active alert, that are more than a
 * missed one: a key sends one every ten seconds. */
#define ENIGM_ALERT_GAP 60
/* Seconds from the press to the platform that are more than the way takes. */
#define ENIGM_ALERT_LATE 60

/**
 * EnigmAlert:
 *
 * An alert or a drill, of this account's key or of somebody who chose this account. Properties, all
 * readable and notifying; times are Unix seconds, 0: not known: `id` (32 hex characters), `kind`,
 * `role`, `state`, `pressed`, `received`, `ended-time`, `ended-by` (`key`, `app`, `revoked`, or
 * ""), `has-position`, `latitude`, `longitude` (degrees), `accuracy` (metres), `position-time`,
 * `from` (contact: label or contact ID of whose key it is; owner: ""), `binding` (owner: which
 * key), `stages` (a model of #EnigmAlertStage; owner: one for each contact; contact: one, one's
 * own), `delete-on`, `stopped` (why no more
 * positions come of an active one: its key is `lost`, `suspended`, `unproved`, `revoked`,
 * `replaced` or `retired`; else ""), `waiting` (contact: "I have seen this" was said, and waits for
 * the network), `gone` (the platform shows it to this account no more; no position is known then).
 */
#define ENIGM_TYPE_ALERT (enigm_alert_get_type ())
G_DECLARE_FINAL_TYPE (EnigmAlert, enigm_alert, ENIGM, ALERT, GObject)

const gchar *enigm_alert_get_id (EnigmAlert *self);
EnigmAlertKind enigm_alert_get_kind (EnigmAlert *self);
EnigmAlertRole enigm_alert_get_role (EnigmAlert *self);
EnigmAlertState enigm_alert_get_state (EnigmAlert *self);
gint64 enigm_alert_get_pressed (EnigmAlert *self);
gint64 enigm_alert_get_received (EnigmAlert *self);
gint64 enigm_alert_get_ended_time (EnigmAlert *self);
const gchar *enigm_alert_get_ended_by (EnigmAlert *self);
gboolean enigm_alert_get_has_position (EnigmAlert *self);
gdouble enigm_alert_get_latitude (EnigmAlert *self);
gdouble enigm_alert_get_longitude (EnigmAlert *self);
gdouble enigm_alert_get_accuracy (EnigmAlert *self);
gint64 enigm_alert_get_position_time (EnigmAlert *self);
const gchar *enigm_alert_get_from (EnigmAlert *self);
const gchar *enigm_alert_get_from_contact_id (EnigmAlert *self);
const gchar *enigm_alert_get_binding (EnigmAlert *self);
gint64 enigm_alert_get_delete_on (EnigmAlert *self);
const gchar *enigm_alert_get_stopped (EnigmAlert *self);
gboolean enigm_alert_get_waiting (EnigmAlert *self);

/**
 * enigm_alert_get_gone:
 *
 * Returns: whether the platform shows this alert to the account no more: it was deleted, or the
 *   account is no contact any more. Nothing takes it back.
 */
gboolean enigm_alert_get_gone (EnigmAlert *self);

/**
 * enigm_alert_get_positions:
 *
 * Returns: (transfer none): a model of #EnigmAlertPosition, newest first: what
 *   enigm_account_fetch_alert_async() brought; empty for a contact
 */
GListModel *enigm_alert_get_positions (EnigmAlert *self);

/**
 * enigm_alert_get_has_all_positions:
 *
 * Returns: whether they were asked for since the last position came
 */
gboolean enigm_alert_get_has_all_positions (EnigmAlert *self);

/**
 * enigm_alert_get_stages:
 *
 * Returns: (transfer none): a model of #EnigmAlertStage
 */
GListModel *enigm_alert_get_stages (EnigmAlert *self);

/**
 * enigm_alert_count_stages:
 * @accepted: (out) (optional): how many contacts the platform took it for
 * @notified: (out) (optional): how many contacts' apps showed it
 * @seen: (out) (optional): how many contacts said they have seen it
 *
 * Returns: how many contacts there were
 */
guint enigm_alert_count_stages (EnigmAlert *self, guint *accepted, guint *notified, guint *seen);

GType enigm_alert_kind_get_type (void);
#define ENIGM_TYPE_ALERT_KIND (enigm_alert_kind_get_type ())
GType enigm_alert_role_get_type (void);
#define ENIGM_TYPE_ALERT_ROLE (enigm_alert_role_get_type ())
GType enigm_alert_state_get_type (void);
#define ENIGM_TYPE_ALERT_STATE (enigm_alert_state_get_type ())

G_END_DECLS
