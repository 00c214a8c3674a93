/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-account.h"
#include "enigm-age.h"
#include "protocol/enigm-error.h"

G_BEGIN_DECLS

/*
 * How long evidence counts, in seconds. A verdict never outlives the evidence it stands on.
 *
 * A drill proves the whole way, for 30 days. A trusted key reports to the platform once a day, so
 * after two days of silence something is wrong. What the platform says is true when it says so:
 * after five minutes without contact it is no longer called known.
 */
#define ENIGM_READINESS_DRILL_AGE (30 * 24 * 60 * 60)
#define ENIGM_READINESS_KEY_AGE (2 * 24 * 60 * 60)
#define ENIGM_READINESS_PLATFORM_AGE (5 * 60)
/* By how much the platform's clock may be ahead of this computer's, in seconds. Evidence from
 * further in the future is none: it would never grow old. */
#define ENIGM_READINESS_CLOCK_SKEW (5 * 60)
/* At and below this many percent a battery is low, and at and below that many almost empty: such a
 * key may be off by now, whatever else holds. */
#define ENIGM_READINESS_BATTERY_PERCENT 20
#define ENIGM_READINESS_BATTERY_EMPTY 5

/**
 * EnigmReadinessVerdict:
 * @ENIGM_READINESS_UNKNOWN: not signed in, or this computer's clock does not fit the evidence
 * @ENIGM_READINESS_NO_KEY: no key is paired
 * @ENIGM_READINESS_UNFINISHED: a pairing began and nothing is bound
 * @ENIGM_READINESS_PENDING: bound, but the key has not proved itself
 * @ENIGM_READINESS_READY: everything holds
 * @ENIGM_READINESS_NOT_TRIED: paired, but no drill has reached anybody
 * @ENIGM_READINESS_REACHED_NOBODY: the last drill reached nobody
 * @ENIGM_READINESS_CONTACTS_CHANGED: nobody whom the last drill reached is a contact still
 * @ENIGM_READINESS_STALE: the last drill is older than 30 days
 * @ENIGM_READINESS_QUIET: the key has not been heard from for two days
 * @ENIGM_READINESS_NOBODY: no contact has accepted
 * @ENIGM_READINESS_BATTERY_LOW: everything holds, but the battery was low
 * @ENIGM_READINESS_CHARGE: the battery was almost empty, or low with no drill to show that the rest
 *   holds
 * @ENIGM_READINESS_LOST: marked as lost
 * @ENIGM_READINESS_SUSPENDED: suspended by Enigm Command
 * @ENIGM_READINESS_UNPROVED: the platform was restored without its journal, and refuses the key
 *   until its owner confirms it
 * @ENIGM_READINESS_RESTORED: the platform was restored; it would take an alert, but nothing has
 *   shown so since
 * @ENIGM_READINESS_REVOKED: revoked
 * @ENIGM_READINESS_AWAY: the platform cannot be reached
 * @ENIGM_READINESS_CERTIFICATE: what answers in the platform's place has a certificate that is not
 *   trusted
 * @ENIGM_READINESS_ALERT: an alert of one's own is under way
 * @ENIGM_READINESS_DRILL: a drill of one's own is under way
 * @ENIGM_READINESS_REVOKING: a revocation waits for the network
 */
typedef enum
{
  ENIGM_READINESS_UNKNOWN,
  ENIGM_READINESS_NO_KEY,
  ENIGM_READINESS_UNFINISHED,
  ENIGM_READINESS_PENDING,
  ENIGM_READINESS_READY,
  ENIGM_READINESS_NOT_TRIED,
  ENIGM_READINESS_REACHED_NOBODY,
  ENIGM_READINESS_CONTACTS_CHANGED,
  ENIGM_READINESS_STALE,
  ENIGM_READINESS_QUIET,
  ENIGM_READINESS_NOBODY,
  ENIGM_READINESS_BATTERY_LOW,
  ENIGM_READINESS_CHARGE,
  ENIGM_READINESS_LOST,
  ENIGM_READINESS_SUSPENDED,
  ENIGM_READINESS_UNPROVED,
  ENIGM_READINESS_RESTORED,
  ENIGM_READINESS_REVOKED,
  ENIGM_READINESS_AWAY,
  ENIGM_READINESS_CERTIFICATE,
  ENIGM_READINESS_ALERT,
  ENIGM_READINESS_DRILL,
  ENIGM_READINESS_REVOKING,
} EnigmReadinessVerdict;

/**
 * EnigmReadinessAction:
 *
 * The one button under the verdict.
 */
typedef enum
{
  ENIGM_READINESS_ACTION_NONE,
  ENIGM_READINESS_ACTION_PAIR,
  ENIGM_READINESS_ACTION_CONTINUE,
  ENIGM_READINESS_ACTION_DRILL,
  ENIGM_READINESS_ACTION_INVITE,
  ENIGM_READINESS_ACTION_FOUND_OR_REVOKE,
  ENIGM_READINESS_ACTION_CONFIRM,
  ENIGM_READINESS_ACTION_RETRY,
  ENIGM_READINESS_ACTION_OPEN,
} EnigmReadinessAction;

/**
 * EnigmReadinessLevel:
 * @ENIGM_READINESS_LEVEL_OK: known, fresh and good
 * @ENIGM_READINESS_LEVEL_STALE: was good; too old to count
 * @ENIGM_READINESS_LEVEL_BAD: known, and not good
 * @ENIGM_READINESS_LEVEL_NOT_KNOWN: nothing is known about it
 */
typedef enum
{
  ENIGM_READINESS_LEVEL_OK,
  ENIGM_READINESS_LEVEL_STALE,
  ENIGM_READINESS_LEVEL_BAD,
  ENIGM_READINESS_LEVEL_NOT_KNOWN,
} EnigmReadinessLevel;

GType enigm_readiness_level_get_type (void);
#define ENIGM_TYPE_READINESS_LEVEL (enigm_readiness_level_get_type ())

/**
 * EnigmReadinessFacts:
 * @state: of the account
 * @unknown_since: as #EnigmAccount:unknown-since
 * @trouble: the code of enigm_account_get_trouble(), %ENIGM_ERROR_PLATFORM_AWAY for none
 * @trouble_words: (nullable): its sentence
 * @heard: when the platform was last heard, Unix seconds, 0: never
 * @pairing_unfinished: as #EnigmAccount:pairing-unfinished
 * @has_key: whether there is a key to speak of; the ones below are its
 * @key_state: as #EnigmKey:state
 * @key_reasons: as #EnigmKey:reasons
 * @waiting_to_revoke: as #EnigmKey:waiting-to-revoke
 * @proved_time: when it last proved its credential, 0: never
 * @proved_by: how
 * @restored: as #EnigmKey:restored
 * @battery: percent, or 101
 * @battery_time: when that was, 0: never
 * @drill_time: as #EnigmKey:drill-time
 * @drill_reached: as #EnigmKey:drill-reached
 * @drill_last: as #EnigmKey:drill-last
 * @drill_kept: how many of those whom that drill reached are contacts who would be told now
 * @drill_words: (nullable): who was reached by it, and how fast, translated
 * @contacts: how many are listed
 * @eligible: how many of them accepted
 * @own_active: whether an alert or drill of one's own is under way
 * @own_is_drill: whether it is a drill
 * @own_told: how many contacts it is for
 * @own_seen: how many have seen it
 *
 * Everything a verdict depends on, besides the time.
 */
typedef struct
{
  EnigmAccountState state;
  gint64 unknown_since;
  EnigmError trouble;
  const gchar *trouble_words;
  gint64 heard;
  gboolean pairing_unfinished;
  gboolean has_key;
  EnigmKeyState key_state;
  EnigmKeyReasons key_reasons;
  gboolean waiting_to_revoke;
  gint64 proved_time;
  EnigmKeyProof proved_by;
  gint64 restored;
  guint battery;
  gint64 battery_time;
  gint64 drill_time;
  guint drill_reached;
  gint64 drill_last;
  guint drill_kept;
  const gchar *drill_words;
  guint contacts;
  guint eligible;
  gboolean own_active;
  gboolean own_is_drill;
  guint own_told;
  guint own_seen;
} EnigmReadinessFacts;

/**
 * EnigmReadinessRow:
 *
 * One piece of evidence. Immutable. Properties: `id` (a stable name: `key`, `proof`, `battery`,
 * `platform`, `contacts`, `drill`), `what` (translated), `how` (how it is known, translated), `age`
 * (seconds, -1: not known), `limit` (the age up to which such evidence counts, in seconds),
 * `level`, `remedy` (what to do, translated; "" for nothing).
 */
#define ENIGM_TYPE_READINESS_ROW (enigm_readiness_row_get_type ())
G_DECLARE_FINAL_TYPE (EnigmReadinessRow, enigm_readiness_row, ENIGM, READINESS_ROW, GObject)

const gchar *enigm_readiness_row_get_id (EnigmReadinessRow *self);
const gchar *enigm_readiness_row_get_what (EnigmReadinessRow *self);
const gchar *enigm_readiness_row_get_how (EnigmReadinessRow *self);
gint64 enigm_readiness_row_get_age (EnigmReadinessRow *self);
gint64 enigm_readiness_row_get_limit (EnigmReadinessRow *self);
EnigmReadinessLevel enigm_readiness_row_get_level (EnigmReadinessRow *self);
const gchar *enigm_readiness_row_get_remedy (EnigmReadinessRow *self);

/**
 * enigm_readiness_row_describe_basis:
 *
 * Returns: (transfer full): how it is known and, of what holds or held, for how long that counts;
 *   translated
 */
gchar *enigm_readiness_row_describe_basis (EnigmReadinessRow *self);

/**
 * EnigmReadiness:
 *
 * Would it work right now? A verdict, one sentence, one action, and the evidence. Immutable: make
 * another when the account notifies, and at enigm_readiness_get_next_change(), because evidence
 * ages.
 */
#define ENIGM_TYPE_READINESS (enigm_readiness_get_type ())
G_DECLARE_FINAL_TYPE (EnigmReadiness, enigm_readiness, ENIGM, READINESS, GObject)

/**
 * enigm_readiness_find_key:
 * @account: the account
 *
 * The key that is spoken of is the one that protects best: a trusted one before a restricted, a
 * pending, or the one that ended last.
 *
 * Returns: (transfer none) (nullable): that key
 */
EnigmKey *enigm_readiness_find_key (EnigmAccount *account);

/**
 * enigm_readiness_find_own_alert:
 * @account: the account
 *
 * Of what is under way of one's own, an alert stands before a drill, and then the later one first.
 *
 * Returns: (transfer none) (nullable): that alert or drill
 */
EnigmAlert *enigm_readiness_find_own_alert (EnigmAccount *account);

/**
 * enigm_readiness_new:
 * @account: the account as it is now
 * @now: Unix seconds
 *
 * The facts are those of enigm_readiness_find_key() and enigm_readiness_find_own_alert().
 */
EnigmReadiness *enigm_readiness_new (EnigmAccount *account, gint64 now);

/**
 * enigm_readiness_new_from_facts:
 * @facts: copied
 * @now: Unix seconds
 *
 * A pure function.
 */
EnigmReadiness *enigm_readiness_new_from_facts (const EnigmReadinessFacts *facts, gint64 now);

EnigmReadinessVerdict enigm_readiness_get_verdict (EnigmReadiness *self);
const gchar *enigm_readiness_get_sentence (EnigmReadiness *self);
EnigmReadinessAction enigm_readiness_get_action (EnigmReadiness *self);

/**
 * enigm_readiness_get_rows:
 *
 * Returns: (transfer none): a model of #EnigmReadinessRow
 */
GListModel *enigm_readiness_get_rows (EnigmReadiness *self);

/**
 * enigm_readiness_is_ready:
 *
 * Returns: whether an alert raised now would, on the evidence, reach somebody
 */
gboolean enigm_readiness_is_ready (EnigmReadiness *self);

/**
 * enigm_readiness_get_next_change:
 *
 * Returns: Unix seconds: until then, a readiness made from the same facts says the same
 */
gint64 enigm_readiness_get_next_change (EnigmReadiness *self);

/**
 * enigm_readiness_verdict_to_string:
 *
 * Returns: a stable name for scripts, never translated
 */
const gchar *enigm_readiness_verdict_to_string (EnigmReadinessVerdict verdict);
const gchar *enigm_readiness_level_to_string (EnigmReadinessLevel level);

G_END_DECLS
