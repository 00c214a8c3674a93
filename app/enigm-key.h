/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmKeyState:
 * @ENIGM_KEY_STATE_PENDING: bound, but the key has not proved its credential yet
 * @ENIGM_KEY_STATE_TRUSTED: it may raise an alert
 * @ENIGM_KEY_STATE_RESTRICTED: it may not, for the #EnigmKeyReasons
 * @ENIGM_KEY_STATE_REVOKED: ended, for good
 * @ENIGM_KEY_STATE_REPLACED: ended, because another binding took its place
 * @ENIGM_KEY_STATE_RETIRED: ended by its owner with the key at hand
 * @ENIGM_KEY_STATE_CANCELLED: pairing was cancelled before trust
 * @ENIGM_KEY_STATE_EXPIRED: pairing was not finished in time
 */
typedef enum
{
  ENIGM_KEY_STATE_PENDING,
  ENIGM_KEY_STATE_TRUSTED,
  ENIGM_KEY_STATE_RESTRICTED,
  ENIGM_KEY_STATE_REVOKED,
  ENIGM_KEY_STATE_REPLACED,
  ENIGM_KEY_STATE_RETIRED,
  ENIGM_KEY_STATE_CANCELLED,
  ENIGM_KEY_STATE_EXPIRED,
} EnigmKeyState;

/**
 * EnigmKeyReasons:
 * @ENIGM_KEY_REASON_LOST: its owner, or Enigm Command, said that it is lost
 * @ENIGM_KEY_REASON_SUSPENDED: Enigm Command suspended it
 * @ENIGM_KEY_REASON_UNPROVED: the platform was restored and its owner has not confirmed it since
 *
 * Why a key is restricted; a set.
 */
typedef enum
{
  ENIGM_KEY_REASON_NONE = 0,
  ENIGM_KEY_REASON_LOST = 1 << 0,
  ENIGM_KEY_REASON_SUSPENDED = 1 << 1,
  ENIGM_KEY_REASON_UNPROVED = 1 << 2,
} EnigmKeyReasons;

/**
 * EnigmKeyProof:
 * @ENIGM_KEY_PROOF_NONE: it has not proved its credential
 * @ENIGM_KEY_PROOF_OWN: over its own connection
 * @ENIGM_KEY_PROOF_RELAYED: only through a computer
 */
typedef enum
{
  ENIGM_KEY_PROOF_NONE,
  ENIGM_KEY_PROOF_OWN,
  ENIGM_KEY_PROOF_RELAYED,
} EnigmKeyProof;

/**
 * EnigmKeyAction:
 * @ENIGM_KEY_ACTION_NONE: nothing
 * @ENIGM_KEY_ACTION_FOUND: it is at hand again; also confirms one that is unproved after a restore
 * @ENIGM_KEY_ACTION_LOST: its presses are refused
 * @ENIGM_KEY_ACTION_CANCEL: ends a pairing before trust
 * @ENIGM_KEY_ACTION_REPLACE: pairs another key in its place
 * @ENIGM_KEY_ACTION_REVOKE: ends it for good
 * @ENIGM_KEY_ACTION_RETIRE: ends it and sets it free
 * @ENIGM_KEY_ACTION_RELEASE: sets one that has ended free
 *
 * What its owner may do with a key.
 */
typedef enum
{
  ENIGM_KEY_ACTION_NONE,
  ENIGM_KEY_ACTION_FOUND,
  ENIGM_KEY_ACTION_LOST,
  ENIGM_KEY_ACTION_CANCEL,
  ENIGM_KEY_ACTION_REPLACE,
  ENIGM_KEY_ACTION_REVOKE,
  ENIGM_KEY_ACTION_RETIRE,
  ENIGM_KEY_ACTION_RELEASE,
} EnigmKeyAction;

/**
 * EnigmKeyChange:
 *
 * One line of a key's history. Immutable. Properties: `time` (gint64, Unix seconds), `from`, `to`
 * (states as the platform names them, "" for none; `released` where its ownership ended), `by`
 * (`app`, `command`, `key`, `platform`), `reason` (may be "").
 */
#define ENIGM_TYPE_KEY_CHANGE (enigm_key_change_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyChange, enigm_key_change, ENIGM, KEY_CHANGE, GObject)

gint64 enigm_key_change_get_time (EnigmKeyChange *self);
const gchar *enigm_key_change_get_from (EnigmKeyChange *self);
const gchar *enigm_key_change_get_to (EnigmKeyChange *self);
const gchar *enigm_key_change_get_by (EnigmKeyChange *self);
const gchar *enigm_key_change_get_reason (EnigmKeyChange *self);

/**
 * enigm_key_change_describe:
 *
 * Returns: (transfer full): what happened, by whom and why, translated, such as "Marked as lost in
 *   the app"
 */
gchar *enigm_key_change_describe (EnigmKeyChange *self);

/**
 * EnigmKey:
 *
 * One binding of this account, as the platform last told it, with what only this computer knows.
 * All properties can be read and notify; #EnigmAccount alone changes them. Times are Unix seconds,
 * 0 where there is none.
 *
 * Properties: `binding` (32 hex characters), `certificate` (64 hex characters, names the hardware),
 * `pseudonym` (64 hex characters, or ""), `name` (never "": a translated default until it is
 * renamed), `state`, `reasons`, `since`, `proved-time`, `proved-by`, `battery` (0 to 100, or 101:
 * unknown), `battery-time`, `has-secret` (this computer can manage it without the code), `history`,
 * `waiting-to-revoke` (revoked here, but the platform has not heard of it: **the key still
 * works**), `drill-time` (when the last drill that reached at least one contact was received, kept
 * on this computer), `drill-reached` (how many contacts it reached), `drill-last` (when the last
 * drill of all was received, also one that reached nobody), `restored` (when the platform was last
 * restored from a copy since the key was bound: what was so before proves nothing), `released`
 * (when it stopped belonging to the account), `replaces` (the binding that its pairing named, or
 * ""), `n-attempts` and `last-attempt` (it was used after it was lost, suspended, revoked or
 * replaced by another).
 */
#define ENIGM_TYPE_KEY (enigm_key_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKey, enigm_key, ENIGM, KEY, GObject)

#define ENIGM_KEY_BATTERY_UNKNOWN 101

const gchar *enigm_key_get_binding (EnigmKey *self);
const gchar *enigm_key_get_certificate (EnigmKey *self);

/**
 * enigm_key_get_pseudonym:
 *
 * Returns: what whoever runs the platform knows it by, in hex; "" where it is not known
 */
const gchar *enigm_key_get_pseudonym (EnigmKey *self);

/**
 * enigm_key_dup_number:
 *
 * Returns: (transfer full) (nullable): the first digits of the pseudonym, for its owner to tell
 *   whoever runs the platform which key is meant; %NULL where it is not known
 */
gchar *enigm_key_dup_number (EnigmKey *self);
const gchar *enigm_key_get_name (EnigmKey *self);
EnigmKeyState enigm_key_get_state (EnigmKey *self);
EnigmKeyReasons enigm_key_get_reasons (EnigmKey *self);
gint64 enigm_key_get_since (EnigmKey *self);
gint64 enigm_key_get_proved_time (EnigmKey *self);
EnigmKeyProof enigm_key_get_proved_by (EnigmKey *self);
guint enigm_key_get_battery (EnigmKey *self);
gint64 enigm_key_get_battery_time (EnigmKey *self);
gboolean enigm_key_get_has_secret (EnigmKey *self);
gboolean enigm_key_get_waiting_to_revoke (EnigmKey *self);
gint64 enigm_key_get_drill_time (EnigmKey *self);
guint enigm_key_get_drill_reached (EnigmKey *self);
gint64 enigm_key_get_drill_last (EnigmKey *self);
gint64 enigm_key_get_restored (EnigmKey *self);
gint64 enigm_key_get_released (EnigmKey *self);
const gchar *enigm_key_get_replaces (EnigmKey *self);
guint enigm_key_get_n_attempts (EnigmKey *self);

/**
 * enigm_key_get_attempt:
 * @position: 0 for the newest
 *
 * Returns: when it was tried, Unix seconds; 0 past the last one
 */
gint64 enigm_key_get_attempt (EnigmKey *self, guint position);

/**
 * enigm_key_allows:
 *
 * Returns: whether the lifecycle lets its owner do @action in the state it is in
 */
gboolean enigm_key_allows (EnigmKey *self, EnigmKeyAction action);

/**
 * enigm_key_get_history:
 *
 * Returns: (transfer none): a model of #EnigmKeyChange, oldest first
 */
GListModel *enigm_key_get_history (EnigmKey *self);

/**
 * enigm_key_is_live:
 *
 * Returns: whether the binding is pending, trusted or restricted
 */
gboolean enigm_key_is_live (EnigmKey *self);

/**
 * enigm_key_state_to_string:
 *
 * Returns: the state's name on the wire, never translated
 */
const gchar *enigm_key_state_to_string (EnigmKeyState state);

/**
 * enigm_key_describe_state:
 *
 * Returns: (transfer full): the state in words, translated
 */
gchar *enigm_key_describe_state (EnigmKey *self);

/**
 * enigm_key_describe_remaining:
 *
 * Returns: (transfer full) (nullable): what its owner has still to do in the state it is in,
 *   translated; %NULL for nothing
 */
gchar *enigm_key_describe_remaining (EnigmKey *self);

/**
 * enigm_key_describe_refusal:
 * @to: what was asked for, as in enigm_account_set_key_state_async()
 *
 * Returns: (transfer full) (nullable): why that is not done in the state it is in, and what can be
 *   done instead, translated; %NULL where the state does not forbid it
 */
gchar *enigm_key_describe_refusal (EnigmKey *self, const gchar *to);

GType enigm_key_state_get_type (void);
#define ENIGM_TYPE_KEY_STATE (enigm_key_state_get_type ())
GType enigm_key_reasons_get_type (void);
#define ENIGM_TYPE_KEY_REASONS (enigm_key_reasons_get_type ())
GType enigm_key_proof_get_type (void);
#define ENIGM_TYPE_KEY_PROOF (enigm_key_proof_get_type ())

G_END_DECLS
