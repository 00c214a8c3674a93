/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-readiness-private.h"

struct _EnigmReadiness
{
  GObject parent;
  EnigmReadinessVerdict verdict;
  EnigmReadinessAction action;
  gchar *sentence;
  GListStore *rows;
  gint64 next_change;
};

G_DEFINE_TYPE (EnigmReadiness, enigm_readiness, G_TYPE_OBJECT)

static void
enigm_readiness_finalize (GObject *object)
{
  EnigmReadiness *self = ENIGM_READINESS (object);

  g_free (self->sentence);
  g_object_unref (self->rows);
  G_OBJECT_CLASS (enigm_readiness_parent_class)->finalize (object);
}

static void
enigm_readiness_class_init (EnigmReadinessClass *class)
{
  G_OBJECT_CLASS (class)->finalize = enigm_readiness_finalize;
}

static void
enigm_readiness_init (EnigmReadiness *self)
{
  self->rows = g_list_store_new (ENIGM_TYPE_READINESS_ROW);
}

/* Since a restore the platform has to hear from a key anew, and until then says that it has no
 * proof of it; an older drill or battery shows that the key was alive, and nothing else. */
gboolean
enigm_readiness_counts (const EnigmReadinessFacts *facts, gint64 then)
{
  return then > facts->restored && (facts->restored != 0 || facts->proved_time != 0);
}

gint64
enigm_readiness_last_heard (const EnigmReadinessFacts *facts)
{
  const gint64 times[] = { facts->battery_time, facts->drill_time, facts->drill_last };
  gint64 last = facts->proved_time;

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    if (enigm_readiness_counts (facts, times[i]))
      last = MAX (last, times[i]);
  return last;
}

gboolean
enigm_readiness_is_ahead (gint64 then, gint64 now)
{
  return then - now > ENIGM_READINESS_CLOCK_SKEW;
}

/* Whether evidence lies in this computer's future, where nothing can be said of its age. */
static gboolean
is_clock_wrong (const EnigmReadinessFacts *facts, gint64 now)
{
  const gint64 times[] = { facts->proved_time, facts->restored, facts->battery_time,
                           facts->drill_time, facts->drill_last };

  for (guint i = 0; facts->has_key && i < G_N_ELEMENTS (times); i++)
    if (enigm_readiness_is_ahead (times[i], now))
      return TRUE;
  return enigm_readiness_is_ahead (facts->heard, now);
}

static gboolean
is_old (gint64 then, gint64 now, gint64 age)
{
  return now - then > age;
}

gboolean
enigm_readiness_is_platform_known (const EnigmReadinessFacts *facts, gint64 now)
{
  return facts->unknown_since == 0 && facts->heard != 0 &&
         !enigm_readiness_is_ahead (facts->heard, now) &&
         !is_old (facts->heard, now, ENIGM_READINESS_PLATFORM_AGE);
}

/* What a drill shows of the whole way to the contacts. */
static EnigmReadinessVerdict
judge_drill (const EnigmReadinessFacts *facts, gint64 now)
{
  if (facts->drill_last > facts->drill_time && enigm_readiness_counts (facts, facts->drill_last))
    return ENIGM_READINESS_REACHED_NOBODY;
  if (facts->drill_time == 0 || facts->drill_reached == 0)
    return ENIGM_READINESS_NOT_TRIED;
  if (!enigm_readiness_counts (facts, facts->drill_time))
    return ENIGM_READINESS_RESTORED;
  if (facts->drill_kept == 0)
    return ENIGM_READINESS_CONTACTS_CHANGED;
  if (is_old (facts->drill_time, now, ENIGM_READINESS_DRILL_AGE))
    return ENIGM_READINESS_STALE;
  return ENIGM_READINESS_READY;
}

/* The worst fact first: what makes an alert fail for certain, then what has likely made the key
 * fall silent, then what failed when it was tried, then a battery that is running out; last, what
 * nobody has tried. */
static EnigmReadinessVerdict
judge_trusted (const EnigmReadinessFacts *facts, gint64 now)
{
  const gint64 last = enigm_readiness_last_heard (facts);
  const gint64 silent_since = last != 0 ? last : facts->restored;
  const EnigmReadinessVerdict drill =
    last == 0 ? ENIGM_READINESS_RESTORED : judge_drill (facts, now);

  if (facts->eligible == 0)
    return ENIGM_READINESS_NOBODY;
  if (silent_since != 0 && is_old (silent_since, now, ENIGM_READINESS_KEY_AGE))
    return ENIGM_READINESS_QUIET;
  if (drill == ENIGM_READINESS_REACHED_NOBODY)
    return drill;
  if (facts->battery <= ENIGM_READINESS_BATTERY_EMPTY ||
      (facts->battery <= ENIGM_READINESS_BATTERY_PERCENT && drill != ENIGM_READINESS_READY))
    return ENIGM_READINESS_CHARGE;
  return facts->battery <= ENIGM_READINESS_BATTERY_PERCENT ? ENIGM_READINESS_BATTERY_LOW : drill;
}

static EnigmReadinessVerdict
judge_key (const EnigmReadinessFacts *facts, gint64 now)
{
  switch (facts->key_state)
    {
    case ENIGM_KEY_STATE_PENDING:
      return ENIGM_READINESS_PENDING;
    case ENIGM_KEY_STATE_TRUSTED:
      return judge_trusted (facts, now);
    case ENIGM_KEY_STATE_RESTRICTED:
      if (facts->key_reasons & ENIGM_KEY_REASON_LOST)
        return ENIGM_READINESS_LOST;
      if (facts->key_reasons & ENIGM_KEY_REASON_SUSPENDED)
        return ENIGM_READINESS_SUSPENDED;
      return ENIGM_READINESS_UNPROVED;
    case ENIGM_KEY_STATE_REVOKED:
      return facts->pairing_unfinished ? ENIGM_READINESS_UNFINISHED : ENIGM_READINESS_REVOKED;
    case ENIGM_KEY_STATE_REPLACED:
    case ENIGM_KEY_STATE_RETIRED:
    case ENIGM_KEY_STATE_CANCELLED:
    case ENIGM_KEY_STATE_EXPIRED:
      return facts->pairing_unfinished ? ENIGM_READINESS_UNFINISHED : ENIGM_READINESS_NO_KEY;
    default:
      g_assert_not_reached ();
    }
}

/* What matters most comes first: an alert under way, then a key that still works although it was
 * revoked, then that nothing is known. */
static EnigmReadinessVerdict
judge (const EnigmReadinessFacts *facts, gint64 now)
{
  if (facts->state != ENIGM_ACCOUNT_STATE_SIGNED_IN)
    return ENIGM_READINESS_UNKNOWN;
  if (facts->own_active)
    return facts->own_is_drill ? ENIGM_READINESS_DRILL : ENIGM_READINESS_ALERT;
  if (facts->waiting_to_revoke)
    return ENIGM_READINESS_REVOKING;
  if (is_clock_wrong (facts, now))
    return ENIGM_READINESS_UNKNOWN;
  if (!enigm_readiness_is_platform_known (facts, now))
    return facts->trouble == ENIGM_ERROR_PLATFORM_CERTIFICATE ? ENIGM_READINESS_CERTIFICATE
                                                              : ENIGM_READINESS_AWAY;
  if (!facts->has_key)
    return facts->pairing_unfinished ? ENIGM_READINESS_UNFINISHED : ENIGM_READINESS_NO_KEY;
  return judge_key (facts, now);
}

static EnigmReadinessAction
choose_action (EnigmReadinessVerdict verdict)
{
  switch (verdict)
    {
    case ENIGM_READINESS_NO_KEY:
    case ENIGM_READINESS_REVOKED:
      return ENIGM_READINESS_ACTION_PAIR;
    case ENIGM_READINESS_UNFINISHED:
    case ENIGM_READINESS_PENDING:
      return ENIGM_READINESS_ACTION_CONTINUE;
    case ENIGM_READINESS_READY:
    case ENIGM_READINESS_NOT_TRIED:
    case ENIGM_READINESS_REACHED_NOBODY:
    case ENIGM_READINESS_CONTACTS_CHANGED:
    case ENIGM_READINESS_STALE:
    case ENIGM_READINESS_QUIET:
    case ENIGM_READINESS_CHARGE:
    case ENIGM_READINESS_RESTORED:
      return ENIGM_READINESS_ACTION_DRILL;
    case ENIGM_READINESS_NOBODY:
      return ENIGM_READINESS_ACTION_INVITE;
    case ENIGM_READINESS_LOST:
      return ENIGM_READINESS_ACTION_FOUND_OR_REVOKE;
    case ENIGM_READINESS_UNPROVED:
      return ENIGM_READINESS_ACTION_CONFIRM;
    case ENIGM_READINESS_AWAY:
    case ENIGM_READINESS_CERTIFICATE:
    case ENIGM_READINESS_REVOKING:
      return ENIGM_READINESS_ACTION_RETRY;
    case ENIGM_READINESS_ALERT:
    case ENIGM_READINESS_DRILL:
      return ENIGM_READINESS_ACTION_OPEN;
    case ENIGM_READINESS_UNKNOWN:
    case ENIGM_READINESS_BATTERY_LOW:
    case ENIGM_READINESS_SUSPENDED:
      return ENIGM_READINESS_ACTION_NONE;
    default:
      g_assert_not_reached ();
    }
}

/* The first time after @now at which anything said of evidence from @then may change. */
static gint64
find_next_change (gint64 then, gint64 now)
{
  static const gint64 limits[] = { ENIGM_READINESS_PLATFORM_AGE, ENIGM_READINESS_KEY_AGE,
                                   ENIGM_READINESS_DRILL_AGE };
  gint64 next = enigm_age_next_change (then, now);

  if (then == 0)
    return G_MAXINT64;
  if (enigm_readiness_is_ahead (then, now))
    return then - ENIGM_READINESS_CLOCK_SKEW;
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    if (then + limits[i] + 1 > now)
      next = MIN (next, then + limits[i] + 1);
  return next;
}

/* A time of day is said with its date from midnight on. */
static gint64
find_midnight (gint64 now)
{
  g_autoptr (GDateTime) today = g_date_time_new_from_unix_local (now);
  g_autoptr (GDateTime) tomorrow = g_date_time_add_days (today, 1);
  g_autoptr (GDateTime) midnight =
    g_date_time_new_local (g_date_time_get_year (tomorrow), g_date_time_get_month (tomorrow),
                           g_date_time_get_day_of_month (tomorrow), 0, 0, 0);

  return midnight != NULL ? g_date_time_to_unix (midnight) : now + 60 * 60;
}

static gint64
find_first_change (const EnigmReadinessFacts *facts, gint64 now)
{
  const gint64 times[] = { facts->heard,        facts->proved_time, facts->restored,
                           facts->battery_time, facts->drill_time,  facts->drill_last };
  gint64 first = find_midnight (now);

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    first = MIN (first, find_next_change (times[i], now));
  return first;
}

EnigmReadiness *
enigm_readiness_new_from_facts (const EnigmReadinessFacts *facts, gint64 now)
{
  EnigmReadiness *self;

  g_return_val_if_fail (facts != NULL, NULL);

  self = g_object_new (ENIGM_TYPE_READINESS, NULL);
  self->verdict = judge (facts, now);
  self->action = choose_action (self->verdict);
  self->sentence = enigm_readiness_describe (self->verdict, facts, now);
  self->next_change = find_first_change (facts, now);
  if (facts->state == ENIGM_ACCOUNT_STATE_SIGNED_IN)
    enigm_readiness_add_rows (self->rows, facts, now);
  return self;
}

EnigmReadinessVerdict
enigm_readiness_get_verdict (EnigmReadiness *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS (self), ENIGM_READINESS_UNKNOWN);
  return self->verdict;
}

const gchar *
enigm_readiness_get_sentence (EnigmReadiness *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS (self), NULL);
  return self->sentence;
}

EnigmReadinessAction
enigm_readiness_get_action (EnigmReadiness *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS (self), ENIGM_READINESS_ACTION_NONE);
  return self->action;
}

GListModel *
enigm_readiness_get_rows (EnigmReadiness *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS (self), NULL);
  return G_LIST_MODEL (self->rows);
}

gboolean
enigm_readiness_is_ready (EnigmReadiness *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS (self), FALSE);
  return self->verdict == ENIGM_READINESS_READY || self->verdict == ENIGM_READINESS_BATTERY_LOW;
}

gint64
enigm_readiness_get_next_change (EnigmReadiness *self)
{
  g_return_val_if_fail (ENIGM_IS_READINESS (self), 0);
  return self->next_change;
}

const gchar *
enigm_readiness_verdict_to_string (EnigmReadinessVerdict verdict)
{
  static const gchar *const names[] = {
    [ENIGM_READINESS_UNKNOWN] = "unknown",
    [ENIGM_READINESS_NO_KEY] = "no-key",
    [ENIGM_READINESS_UNFINISHED] = "unfinished",
    [ENIGM_READINESS_PENDING] = "pending",
    [ENIGM_READINESS_READY] = "ready",
    [ENIGM_READINESS_NOT_TRIED] = "not-tried",
    [ENIGM_READINESS_REACHED_NOBODY] = "reached-nobody",
    [ENIGM_READINESS_CONTACTS_CHANGED] = "contacts-changed",
    [ENIGM_READINESS_STALE] = "stale",
    [ENIGM_READINESS_QUIET] = "quiet",
    [ENIGM_READINESS_NOBODY] = "nobody",
    [ENIGM_READINESS_BATTERY_LOW] = "battery-low",
    [ENIGM_READINESS_CHARGE] = "charge",
    [ENIGM_READINESS_LOST] = "lost",
    [ENIGM_READINESS_SUSPENDED] = "suspended",
    [ENIGM_READINESS_UNPROVED] = "unproved",
    [ENIGM_READINESS_RESTORED] = "restored",
    [ENIGM_READINESS_REVOKED] = "revoked",
    [ENIGM_READINESS_AWAY] = "away",
    [ENIGM_READINESS_CERTIFICATE] = "certificate",
    [ENIGM_READINESS_ALERT] = "alert",
    [ENIGM_READINESS_DRILL] = "drill",
    [ENIGM_READINESS_REVOKING] = "revoking",
  };

  g_return_val_if_fail (verdict < G_N_ELEMENTS (names), NULL);
  return names[verdict];
}

const gchar *
enigm_readiness_level_to_string (EnigmReadinessLevel level)
{
  static const gchar *const names[] = {
    [ENIGM_READINESS_LEVEL_OK] = "ok",
    [ENIGM_READINESS_LEVEL_STALE] = "stale",
    [ENIGM_READINESS_LEVEL_BAD] = "bad",
    [ENIGM_READINESS_LEVEL_NOT_KNOWN] = "not-known",
  };

  g_return_val_if_fail (level < G_N_ELEMENTS (names), NULL);
  return names[level];
}
