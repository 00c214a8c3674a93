/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

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

#define DAY (24 * 60 * 60)

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

/* The time of day, with the date where it is not today's. */
static gchar *
describe_time (gint64 then, gint64 now)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (then);
  g_autoptr (GDateTime) today = g_date_time_new_from_unix_local (now);

  if (g_date_time_get_year (time) == g_date_time_get_year (today) &&
      g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (today))
    /* Translators: the time of day, as g_date_time_format() has it */
    return g_date_time_format (time, _ ("%H:%M"));
  /* Translators: a date and the time of day, as g_date_time_format() has it */
  return g_date_time_format (time, _ ("%-d %B, %H:%M"));
}

gint64
enigm_readiness_last_heard (const EnigmReadinessFacts *facts)
{
  return MAX (MAX (facts->proved_time, facts->battery_time), facts->drill_time);
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
  return enigm_readiness_is_ahead (facts->heard, now) ||
         (facts->has_key && enigm_readiness_is_ahead (enigm_readiness_last_heard (facts), now));
}

static gboolean
is_old (gint64 then, gint64 now, gint64 age)
{
  return now - then > age;
}

/* Whether what the platform said is still what it would say. */
static gboolean
is_platform_known (const EnigmReadinessFacts *facts, gint64 now)
{
  return facts->unknown_since == 0 && facts->heard != 0 &&
         !enigm_readiness_is_ahead (facts->heard, now) &&
         !is_old (facts->heard, now, ENIGM_READINESS_PLATFORM_AGE);
}

static gboolean
is_battery_low (const EnigmReadinessFacts *facts)
{
  return facts->battery <= ENIGM_READINESS_BATTERY_PERCENT;
}

static EnigmReadinessVerdict
judge_key (const EnigmReadinessFacts *facts, gint64 now)
{
  switch (facts->key_state)
    {
    case ENIGM_KEY_STATE_PENDING:
      return ENIGM_READINESS_PENDING;
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
    case ENIGM_KEY_STATE_TRUSTED:
      break;
    default:
      g_assert_not_reached ();
    }

  if (facts->eligible == 0)
    return ENIGM_READINESS_NOBODY;
  if (facts->drill_time == 0 || facts->drill_reached == 0)
    return ENIGM_READINESS_NOT_TRIED;
  if (is_old (facts->drill_time, now, ENIGM_READINESS_DRILL_AGE))
    return ENIGM_READINESS_STALE;
  if (is_old (enigm_readiness_last_heard (facts), now, ENIGM_READINESS_KEY_AGE))
    return ENIGM_READINESS_QUIET;
  if (is_battery_low (facts))
    return ENIGM_READINESS_BATTERY_LOW;
  return ENIGM_READINESS_READY;
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
  if (!is_platform_known (facts, now))
    return ENIGM_READINESS_AWAY;
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
    case ENIGM_READINESS_STALE:
    case ENIGM_READINESS_QUIET:
      return ENIGM_READINESS_ACTION_DRILL;
    case ENIGM_READINESS_NOBODY:
      return ENIGM_READINESS_ACTION_INVITE;
    case ENIGM_READINESS_LOST:
      return ENIGM_READINESS_ACTION_FOUND_OR_REVOKE;
    case ENIGM_READINESS_AWAY:
    case ENIGM_READINESS_REVOKING:
      return ENIGM_READINESS_ACTION_RETRY;
    case ENIGM_READINESS_ALERT:
    case ENIGM_READINESS_DRILL:
      return ENIGM_READINESS_ACTION_OPEN;
    case ENIGM_READINESS_UNKNOWN:
    case ENIGM_READINESS_BATTERY_LOW:
    case ENIGM_READINESS_SUSPENDED:
    case ENIGM_READINESS_UNPROVED:
      return ENIGM_READINESS_ACTION_NONE;
    default:
      g_assert_not_reached ();
    }
}

static gchar *
describe_unknown (const EnigmReadinessFacts *facts)
{
  switch (facts->state)
    {
    case ENIGM_ACCOUNT_STATE_LOADING:
      return g_strdup (_ ("Not known yet."));
    case ENIGM_ACCOUNT_STATE_SIGNED_OUT:
      return g_strdup (_ ("Not known: you are not signed in on this computer."));
    case ENIGM_ACCOUNT_STATE_KEYRING_LOCKED:
      return g_strdup (_ ("Not known: your keyring is locked. Your key goes on working."));
    case ENIGM_ACCOUNT_STATE_KEYRING_MISSING:
      return g_strdup (
        _ ("Not known: no keyring answers on this computer. Your key goes on working."));
    case ENIGM_ACCOUNT_STATE_SESSION_ENDED:
      return g_strdup (
        _ ("Not known: this computer is not signed in any more. Your key goes on working."));
    case ENIGM_ACCOUNT_STATE_SIGNED_IN:
      return g_strdup (_ ("Not known: this computer's clock is behind. Set it, and look again."));
    default:
      g_assert_not_reached ();
    }
}

static gchar *
describe_away (const EnigmReadinessFacts *facts, gint64 now)
{
  g_autofree gchar *since = NULL;

  if (facts->heard == 0)
    return g_strdup (_ ("Not known: the platform has not been reached yet."));
  since = describe_time (facts->heard, now);
  if (facts->unknown_since == 0)
    /* Translators: %s is a time of day */
    return g_strdup_printf (_ ("Not known since %s: the platform was not asked again."), since);
  /* Translators: %s is a time of day */
  return g_strdup_printf (_ ("Not known since %s: the platform cannot be reached."), since);
}

/* An alert of one's own, as the platform last told it. */
static gchar *
describe_own (const EnigmReadinessFacts *facts, gint64 now)
{
  g_autofree gchar *when = NULL;
  g_autofree gchar *then = NULL;

  if (is_platform_known (facts, now))
    return g_strdup_printf (
      facts->own_is_drill
        ? ngettext ("Your drill is under way. %u of %u contact has seen it.",
                    "Your drill is under way. %u of %u contacts have seen it.", facts->own_told)
        : ngettext ("Your alert is under way. %u of %u contact has seen it.",
                    "Your alert is under way. %u of %u contacts have seen it.", facts->own_told),
      facts->own_seen, facts->own_told);
  when = describe_time (facts->heard, now);
  then = g_strdup_printf (
    ngettext ("%u of %u contact had seen it.", "%u of %u contacts had seen it.", facts->own_told),
    facts->own_seen, facts->own_told);
  /* Translators: a time of day, and “2 of 3 contacts had seen it.” */
  return g_strdup_printf (facts->own_is_drill
                            ? _ ("Your drill was under way at %s, when the platform was last "
                                 "heard. %s")
                            : _ ("Your alert was under way at %s, when the platform was last "
                                 "heard. %s"),
                          when, then);
}

static gchar *
describe (EnigmReadinessVerdict verdict, const EnigmReadinessFacts *facts, gint64 now)
{
  g_autofree gchar *age = NULL;

  switch (verdict)
    {
    case ENIGM_READINESS_UNKNOWN:
      return describe_unknown (facts);
    case ENIGM_READINESS_NO_KEY:
      return g_strdup (_ ("You have no key yet."));
    case ENIGM_READINESS_UNFINISHED:
      return g_strdup (_ ("Pairing is not finished. Nothing is bound."));
    case ENIGM_READINESS_PENDING:
      return g_strdup (_ ("Your key is bound; this computer has not heard from it yet."));
    case ENIGM_READINESS_READY:
      age = enigm_describe_age (facts->drill_time, now);
      /* Translators: %s is an age, such as “2 days ago” */
      return g_strdup_printf (_ ("Ready. Proved by a drill %s."), age);
    case ENIGM_READINESS_NOT_TRIED:
      return g_strdup (_ ("Paired, but not tried yet."));
    case ENIGM_READINESS_STALE:
      {
        gint days = (gint) ((now - facts->drill_time) / DAY);

        return g_strdup_printf (
          ngettext ("Not proved for %d day.", "Not proved for %d days.", (gulong) days), days);
      }
    case ENIGM_READINESS_QUIET:
      age = enigm_describe_age (enigm_readiness_last_heard (facts), now);
      /* Translators: %s is an age, such as “2 days ago” */
      return g_strdup_printf (_ ("Not known: your key was last heard from %s."), age);
    case ENIGM_READINESS_NOBODY:
      return g_strdup (_ ("An alert would reach nobody: no contact has accepted."));
    case ENIGM_READINESS_BATTERY_LOW:
      age = enigm_describe_age (facts->battery_time, now);
      /* Translators: %s is an age, such as “yesterday” */
      return g_strdup_printf (_ ("Ready, but the battery was low %s."), age);
    case ENIGM_READINESS_LOST:
      return g_strdup (_ ("Your key is marked as lost. Presses are refused."));
    case ENIGM_READINESS_SUSPENDED:
      return g_strdup (_ ("Your key is suspended. Presses are refused. Ask whoever runs the "
                          "platform."));
    case ENIGM_READINESS_UNPROVED:
      return g_strdup (
        _ ("The platform was restored and has not heard from your key since. Presses "
           "are refused until you confirm it."));
    case ENIGM_READINESS_REVOKED:
      return g_strdup (_ ("Your key is revoked. It cannot raise an alert."));
    case ENIGM_READINESS_AWAY:
      return describe_away (facts, now);
    case ENIGM_READINESS_ALERT:
    case ENIGM_READINESS_DRILL:
      return describe_own (facts, now);
    case ENIGM_READINESS_REVOKING:
      return g_strdup (
        _ ("Revoking waits for the network. Until it is sent, the key still works."));
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
  const gint64 times[] = { facts->heard, facts->proved_time, facts->battery_time,
                           facts->drill_time };
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
  self->sentence = describe (self->verdict, facts, now);
  self->next_change = find_first_change (facts, now);
  if (facts->state == ENIGM_ACCOUNT_STATE_SIGNED_IN)
    enigm_readiness_add_rows (self->rows, facts, now);
  return self;
}

/* How well a binding protects; of two alike, the later one. */
static gint
rank_key (EnigmKey *key)
{
  switch (enigm_key_get_state (key))
    {
    case ENIGM_KEY_STATE_TRUSTED:
      return 4;
    case ENIGM_KEY_STATE_RESTRICTED:
      return 3;
    case ENIGM_KEY_STATE_PENDING:
      return 2;
    case ENIGM_KEY_STATE_REVOKED:
    case ENIGM_KEY_STATE_REPLACED:
    case ENIGM_KEY_STATE_RETIRED:
      return 1;
    case ENIGM_KEY_STATE_CANCELLED:
    case ENIGM_KEY_STATE_EXPIRED:
    default:
      return 0;
    }
}

static void
take_key (EnigmReadinessFacts *facts, GListModel *keys, gchar **binding)
{
  g_autoptr (EnigmKey) best = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (keys, i);

      facts->waiting_to_revoke |= enigm_key_get_waiting_to_revoke (key);
      if (best == NULL || rank_key (key) > rank_key (best) ||
          (rank_key (key) == rank_key (best) &&
           enigm_key_get_since (key) > enigm_key_get_since (best)))
        g_set_object (&best, key);
    }
  if (best == NULL || rank_key (best) == 0)
    return;
  facts->has_key = TRUE;
  facts->key_state = enigm_key_get_state (best);
  facts->key_reasons = enigm_key_get_reasons (best);
  facts->proved_time = enigm_key_get_proved_time (best);
  facts->proved_by = enigm_key_get_proved_by (best);
  facts->battery = enigm_key_get_battery (best);
  facts->battery_time = enigm_key_get_battery_time (best);
  facts->drill_time = enigm_key_get_drill_time (best);
  facts->drill_reached = enigm_key_get_drill_reached (best);
  *binding = g_strdup (enigm_key_get_binding (best));
}

EnigmReadiness *
enigm_readiness_new (EnigmAccount *account, gint64 now)
{
  EnigmReadinessFacts facts = { .battery = ENIGM_KEY_BATTERY_UNKNOWN };
  g_autofree gchar *binding = NULL;
  g_autofree gchar *words = NULL;
  GListModel *model;

  g_return_val_if_fail (ENIGM_IS_ACCOUNT (account), NULL);

  facts.state = enigm_account_get_state (account);
  facts.unknown_since = enigm_account_get_unknown_since (account);
  facts.heard = enigm_account_get_heard (account);
  facts.pairing_unfinished = enigm_account_get_pairing_unfinished (account);
  take_key (&facts, enigm_account_get_keys (account), &binding);
  if (binding != NULL)
    facts.drill_words = words = enigm_account_describe_drill (account, binding);

  model = enigm_account_get_contacts (account);
  facts.contacts = g_list_model_get_n_items (model);
  for (guint i = 0; i < facts.contacts; i++)
    {
      g_autoptr (EnigmContact) contact = g_list_model_get_item (model, i);

      facts.eligible += enigm_contact_get_state (contact) == ENIGM_CONTACT_STATE_ELIGIBLE;
    }

  model = enigm_account_get_alerts (account);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (model, i);
      gboolean is_drill = enigm_alert_get_kind (alert) == ENIGM_ALERT_KIND_DRILL;

      if (enigm_alert_get_role (alert) != ENIGM_ALERT_ROLE_OWNER ||
          enigm_alert_get_state (alert) != ENIGM_ALERT_STATE_ACTIVE)
        continue;
      /* A real alert stands before a drill. */
      if (facts.own_active && (is_drill || !facts.own_is_drill))
        continue;
      facts.own_active = TRUE;
      facts.own_is_drill = is_drill;
      facts.own_told = enigm_alert_count_stages (alert, NULL, NULL, &facts.own_seen);
    }
  return enigm_readiness_new_from_facts (&facts, now);
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
    [ENIGM_READINESS_STALE] = "stale",
    [ENIGM_READINESS_QUIET] = "quiet",
    [ENIGM_READINESS_NOBODY] = "nobody",
    [ENIGM_READINESS_BATTERY_LOW] = "battery-low",
    [ENIGM_READINESS_LOST] = "lost",
    [ENIGM_READINESS_SUSPENDED] = "suspended",
    [ENIGM_READINESS_UNPROVED] = "unproved",
    [ENIGM_READINESS_REVOKED] = "revoked",
    [ENIGM_READINESS_AWAY] = "away",
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
