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
     EnigmReadinessLevel level,
     const gchar *remedy)
{
  g_autoptr (EnigmReadinessRow) row = enigm_readiness_row_new (id, what, how, age, level, remedy);

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

static void
add_key (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  gboolean good =
    facts->has_key && facts->key_state == ENIGM_KEY_STATE_TRUSTED && !facts->waiting_to_revoke;
  /* One that has ended is none. */
  gboolean has_key = facts->has_key && facts->key_state < ENIGM_KEY_STATE_REVOKED;

  add (rows, "key",
       good             ? _ ("Your key is trusted")
       : facts->has_key ? _ ("Your key cannot be relied on")
                        : _ ("You have no key"),
       _ ("Told by the platform"), age_of (facts->heard, now), as_told (facts, now, good),
       has_key ? _ ("See your keys in Settings.") : _ ("Pair a key."));
}

static void
add_proof (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  gint64 last = enigm_readiness_last_heard (facts);
  gint64 age = age_of (last, now);
  const gchar *how;

  if (facts->proved_by == ENIGM_KEY_PROOF_RELAYED && last <= facts->proved_time)
    how = _ ("The key proved itself, but only through a computer");
  else if (last == 0)
    how = _ ("The key has not reached the platform yet");
  else
    how = _ ("The key reached the platform by itself");
  add (rows, "proof",
       last == 0 ? _ ("Your key has not been heard from") : _ ("Your key was heard from"), how, age,
       judge_age (age, ENIGM_READINESS_KEY_AGE),
       _ ("Take the key where it has reception, and run a drill."));
}

static void
add_battery (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  gint64 age = age_of (facts->battery_time, now);
  EnigmReadinessLevel level = judge_age (age, ENIGM_READINESS_KEY_AGE);
  g_autofree gchar *what = NULL;

  if (facts->battery_time == 0 || facts->battery >= ENIGM_KEY_BATTERY_UNKNOWN)
    {
      level = ENIGM_READINESS_LEVEL_NOT_KNOWN;
      what = g_strdup (_ ("Its battery is not known"));
    }
  else
    {
      if (facts->battery <= ENIGM_READINESS_BATTERY_PERCENT)
        level = ENIGM_READINESS_LEVEL_BAD;
      /* Translators: %u is a number of percent */
      what = g_strdup_printf (_ ("Its battery stood at %u %%"), facts->battery);
    }
  add (rows, "battery", what, _ ("Told by the key"), age, level,
       level == ENIGM_READINESS_LEVEL_NOT_KNOWN
         ? _ ("The key tells it with its next request, once a day.")
         : _ ("Charge the key."));
}

static void
add_platform (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  EnigmReadinessLevel level = as_told (facts, now, facts->unknown_since == 0);

  add (rows, "platform",
       level == ENIGM_READINESS_LEVEL_OK ? _ ("The platform can be reached")
                                         : _ ("The platform cannot be reached just now"),
       _ ("Asked by this computer"), age_of (facts->heard, now), level,
       _ ("Check your connection and try again. Your key has a connection of its own."));
}

static void
add_contacts (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  g_autofree gchar *what = NULL;

  if (facts->contacts == 0)
    what = g_strdup (_ ("You have no contacts"));
  else
    what = g_strdup_printf (ngettext ("%u of %u contact has accepted",
                                      "%u of %u contacts have accepted", facts->contacts),
                            facts->eligible, facts->contacts);
  add (rows, "contacts", what, _ ("Told by the platform"), age_of (facts->heard, now),
       as_told (facts, now, facts->eligible > 0), _ ("Invite someone, or ask them to accept."));
}

static void
add_drill (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now)
{
  gint64 age = facts->drill_reached > 0 ? age_of (facts->drill_time, now) : -1;
  g_autofree gchar *what = NULL;

  if (age < 0)
    what = g_strdup (_ ("No drill has reached anybody"));
  else
    what = g_strdup_printf (
      ngettext ("A drill reached %u contact", "A drill reached %u contacts", facts->drill_reached),
      facts->drill_reached);
  add (rows, "drill", what,
       age >= 0 && facts->drill_words != NULL ? facts->drill_words
                                              : _ ("Travelled the whole way an alert takes"),
       age, judge_age (age, ENIGM_READINESS_DRILL_AGE), _ ("Run a drill."));
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
