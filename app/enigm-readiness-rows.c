/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-readiness-private.h"

static void
add (GListStore *rows,
     const gchar *id,
     const gchar *what,
     const gchar *how,
     gint64 age,
     gint64 limit,
     EnigmReadinessLevel level,
     const gchar *remedy)
{
  g_autoptr (EnigmReadinessRow) row =
    enigm_readiness_row_new (id, what, how, age, limit, level, remedy);

  g_list_store_append (rows, row);
}

/* What holds only while it is fresh. */
static EnigmReadinessLevel
judge_age (gint64 age, gint64 limit)
{
  if (age < 0)
    return ENIGM_READINESS_LEVEL_NOT_KNOWN;
  return age > limit ? ENIGM_READINESS_LEVEL_STALE : ENIGM_READINESS_LEVEL_OK;
}

static gint64
age_of (gint64 then, gint64 now)
{
  return then == 0 || enigm_readiness_is_ahead (then, now) ? -1 : MAX (now - then, 0);
}

/* What the platform said is as good as its last word. */
static EnigmReadinessLevel
as_told (const EnigmReadinessFacts *facts, gint64 now, gboolean good)
{
  if (facts->heard == 0)
    return ENIGM_READINESS_LEVEL_NOT_KNOWN;
  if (!good)
    return ENIGM_READINESS_LEVEL_BAD;
  if (facts->unknown_since != 0)
    return ENIGM_READINESS_LEVEL_STALE;
  return judge_age (age_of (facts->heard, now), ENIGM_READINESS_PLATFORM_AGE);
}

static gboolean
is_key_good (const EnigmReadinessFacts *facts)
{
  return facts->has_key && facts->key_state == ENIGM_KEY_STATE_TRUSTED && !facts->waiting_to_revoke;
}

static const gchar *
name_key (const EnigmReadinessFacts *facts)
{
  if (!facts->has_key)
    return _ ("You have no key");
  if (facts->waiting_to_revoke)
    return _ ("Your key waits to be revoked");
  switch (facts->key_state)
    {
    case ENIGM_KEY_STATE_PENDING:
      return _ ("Your key has not proved itself yet");
    case ENIGM_KEY_STATE_TRUSTED:
      return _ ("Your key is trusted");
    case ENIGM_KEY_STATE_RESTRICTED:
      if (facts->key_reasons & ENIGM_KEY_REASON_LOST)
        return _ ("Your key is marked as lost");
      if (facts->key_reasons & ENIGM_KEY_REASON_SUSPENDED)
        return _ ("Your key is suspended");
      return _ ("Your key waits for you to confirm it");
    case ENIGM_KEY_STATE_REVOKED:
    case ENIGM_KEY_STATE_REPLACED:
    case ENIGM_KEY_STATE_RETIRED:
    case ENIGM_KEY_STATE_CANCELLED:
    case ENIGM_KEY_STATE_EXPIRED:
    default:
      return _ ("Your key has ended");
    }
}

static const gchar *
advise_key (const EnigmReadinessFacts *facts)
{
  if (!facts->has_key)
    return _ ("Pair a key.");
  if (facts->waiting_to_revoke)
    return _ ("Connect this computer, so that it is sent.");
  switch (facts->key_state)
    {
    case ENIGM_KEY_STATE_PENDING:
      return _ ("Take it where it has reception, or continue pairing.");
    case ENIGM_KEY_STATE_RESTRICTED:
      if (facts->key_reasons & ENIGM_KEY_REASON_LOST)
        return _ ("Say that you found it, or revoke it.");
      if (facts->key_reasons & ENIGM_KEY_REASON_SUSPENDED)
        return _ ("Ask whoever runs the platform.");
      return _ ("Confirm that you have it, or revoke it.");
    case ENIGM_KEY_STATE_TRUSTED:
    case ENIGM_KEY_STATE_REVOKED:
    case ENIGM_KEY_STATE_REPLACED:
    case ENIGM_KEY_STATE_RETIRED:
    case ENIGM_KEY_STATE_CANCELLED:
    case ENIGM_KEY_STATE_EXPIRED:
    default:
      return _ ("Pair a key.");
    }
}

/* What only the platform can say, and does not say now. */
static const gchar *
advise_to_ask (void)
{
  return _ ("Known anew once the platform can be reached.");
}

static void
add_key (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  const EnigmReadinessLevel level = as_told (facts, now, is_key_good (facts));

  add (rows, "key", name_key (facts), _ ("Told by the platform"), age_of (facts->heard, now),
       ENIGM_READINESS_PLATFORM_AGE, level,
       level == ENIGM_READINESS_LEVEL_BAD ? advise_key (facts) : advise_to_ask ());
}

static void
add_proof (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  const gint64 last = enigm_readiness_last_heard (facts);
  const gint64 age = age_of (last, now);
  const gchar *what = _ ("Your key was heard from");
  const gchar *how = _ ("The key reached the platform by itself");

  if (last == 0 && facts->key_state == ENIGM_KEY_STATE_PENDING)
    {
      what = _ ("Your key has not been heard from");
      how = _ ("The key has not reached the platform yet");
    }
  else if (last == 0)
    {
      what = _ ("Your key has not been heard from since the platform was restored");
      how = _ ("What it sent before proves nothing now");
    }
  else if (facts->proved_by == ENIGM_KEY_PROOF_RELAYED && last <= facts->proved_time)
    how = _ ("The key proved itself, but only through a computer");
  add (rows, "proof", what, how, age, ENIGM_READINESS_KEY_AGE,
       judge_age (age, ENIGM_READINESS_KEY_AGE),
       _ ("Take the key where it has reception, and run a drill."));
}

static void
add_battery (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  gint64 age = age_of (facts->battery_time, now);
  EnigmReadinessLevel level = judge_age (age, ENIGM_READINESS_KEY_AGE);
  const gchar *how = _ ("Told by the key");
  g_autofree gchar *what = NULL;

  if (facts->battery_time == 0 || facts->battery >= ENIGM_KEY_BATTERY_UNKNOWN)
    {
      level = ENIGM_READINESS_LEVEL_NOT_KNOWN;
      what = g_strdup (_ ("Its battery is not known"));
      how = _ ("The key has not told it");
    }
  else
    {
      if (facts->battery <= ENIGM_READINESS_BATTERY_PERCENT)
        level = ENIGM_READINESS_LEVEL_BAD;
      /* Translators: %u is a number of percent */
      what = g_strdup_printf (_ ("Its battery stood at %u %%"), facts->battery);
    }
  add (rows, "battery", what, how, age, ENIGM_READINESS_KEY_AGE, level,
       level == ENIGM_READINESS_LEVEL_BAD
         ? _ ("Charge the key.")
         : _ ("The key tells it with its next request: once a day, or in a drill."));
}

static void
add_platform (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  const EnigmReadinessLevel level = as_told (facts, now, facts->unknown_since == 0);
  const gchar *what = _ ("The platform cannot be reached just now");
  const gchar *remedy =
    _ ("Check your connection and try again. Your key has a connection of its own.");

  if (level == ENIGM_READINESS_LEVEL_OK)
    what = _ ("The platform can be reached");
  else if (level == ENIGM_READINESS_LEVEL_STALE)
    {
      what = _ ("The platform was not asked again");
      remedy = _ ("Try again.");
    }
  else if (facts->trouble == ENIGM_ERROR_PLATFORM_CERTIFICATE)
    what = _ ("The platform cannot be trusted just now");
  else if (facts->trouble == ENIGM_ERROR_PLATFORM_ANSWER)
    what = _ ("What answers is not an Enigm platform");
  if (level == ENIGM_READINESS_LEVEL_BAD && facts->trouble_words != NULL)
    remedy = facts->trouble_words;
  add (rows, "platform", what, _ ("Asked by this computer"), age_of (facts->heard, now),
       ENIGM_READINESS_PLATFORM_AGE, level, remedy);
}

static void
add_contacts (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  const EnigmReadinessLevel level = as_told (facts, now, facts->eligible > 0);
  const gchar *remedy = advise_to_ask ();
  g_autofree gchar *what = NULL;

  if (facts->contacts == 0)
    what = g_strdup (_ ("You have no contacts"));
  else
    what = g_strdup_printf (ngettext ("%u of %u contact has accepted",
                                      "%u of %u contacts have accepted", facts->contacts),
                            facts->eligible, facts->contacts);
  if (level == ENIGM_READINESS_LEVEL_BAD)
    remedy =
      facts->contacts == 0 ? _ ("Invite someone.") : _ ("Ask them to accept, or invite someone.");
  add (rows, "contacts", what, _ ("Told by the platform"), age_of (facts->heard, now),
       ENIGM_READINESS_PLATFORM_AGE, level, remedy);
}

static void
add_drill (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  gint64 age = facts->drill_reached > 0 ? age_of (facts->drill_time, now) : -1;
  EnigmReadinessLevel level = judge_age (age, ENIGM_READINESS_DRILL_AGE);
  const gchar *how =
    facts->drill_words != NULL ? facts->drill_words : _ ("Travelled the whole way an alert takes");
  const gchar *remedy = _ ("Run a drill.");
  g_autofree gchar *what = NULL;

  if (age < 0)
    {
      what = g_strdup (_ ("No drill has reached anybody"));
      how = _ ("Only a drill travels the whole way an alert takes");
    }
  else
    what = g_strdup_printf (
      ngettext ("A drill reached %u contact", "A drill reached %u contacts", facts->drill_reached),
      facts->drill_reached);

  if (facts->drill_last > facts->drill_time && enigm_readiness_counts (facts, facts->drill_last))
    {
      g_free (what);
      what = g_strdup (_ ("The last drill reached nobody"));
      how = _ ("No contact's computer has shown it");
      remedy = _ ("Ask your contacts to open Enigm App, and run another drill.");
      age = age_of (facts->drill_last, now);
      level = ENIGM_READINESS_LEVEL_BAD;
    }
  else if (age >= 0 && !enigm_readiness_counts (facts, facts->drill_time))
    {
      how = _ ("That was before the platform was restored, and proves nothing now");
      level = ENIGM_READINESS_LEVEL_STALE;
    }
  else if (age >= 0 && facts->drill_kept == 0)
    {
      how = _ ("Nobody whom it reached would be told now");
      level = ENIGM_READINESS_LEVEL_BAD;
    }
  add (rows, "drill", what, how, age, ENIGM_READINESS_DRILL_AGE, level, remedy);
}

void
enigm_readiness_add_rows (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  add_key (rows, facts, now);
  if (facts->has_key)
    {
      add_proof (rows, facts, now);
      add_battery (rows, facts, now);
    }
  add_platform (rows, facts, now);
  add_contacts (rows, facts, now);
  if (facts->has_key)
    add_drill (rows, facts, now);
}
