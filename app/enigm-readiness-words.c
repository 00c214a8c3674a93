/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-readiness-private.h"

#define DAY (24 * 60 * 60)

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
    return g_strdup (facts->trouble == ENIGM_ERROR_PLATFORM_CERTIFICATE
                       ? _ ("Not known: the platform shows a certificate that is not trusted.")
                       : _ ("Not known: the platform has not been reached yet."));
  since = describe_time (facts->heard, now);
  if (facts->unknown_since == 0)
    /* Translators: %s is a time of day */
    return g_strdup_printf (_ ("Not known since %s: the platform was not asked again."), since);
  if (facts->trouble == ENIGM_ERROR_PLATFORM_CERTIFICATE)
    return g_strdup_printf (
      /* Translators: %s is a time of day */
      _ ("Not known since %s: the platform shows a certificate that is not trusted."), since);
  if (facts->trouble == ENIGM_ERROR_PLATFORM_ANSWER)
    /* Translators: %s is a time of day */
    return g_strdup_printf (_ ("Not known since %s: what answers is not an Enigm platform."),
                            since);
  /* Translators: %s is a time of day */
  return g_strdup_printf (_ ("Not known since %s: the platform cannot be reached."), since);
}

static gchar *
describe_quiet (const EnigmReadinessFacts *facts, gint64 now)
{
  const gint64 last = enigm_readiness_last_heard (facts);
  g_autofree gchar *age = enigm_describe_age (last != 0 ? last : facts->restored, now);

  if (last != 0)
    /* Translators: %s is an age, such as “2 days ago” */
    return g_strdup_printf (_ ("Not known: your key was last heard from %s."), age);
  return g_strdup_printf (
    /* Translators: %s is an age, such as “2 days ago” */
    _ ("Not known: your key has not been heard from since the platform was restored %s."), age);
}

static gchar *
describe_restored (const EnigmReadinessFacts *facts, gint64 now)
{
  g_autofree gchar *age = NULL;

  if (facts->restored == 0)
    return g_strdup (
      _ ("The platform was restored. An alert would be taken; run a drill to prove it."));
  age = enigm_describe_age (facts->restored, now);
  return g_strdup_printf (
    /* Translators: %s is an age, such as “2 days ago” */
    _ ("The platform was restored %s. An alert would be taken; run a drill to prove it."), age);
}

/* An alert of one's own, as the platform last told it. */
static gchar *
describe_own (const EnigmReadinessFacts *facts, gint64 now)
{
  g_autofree gchar *when = NULL;
  g_autofree gchar *then = NULL;

  if (enigm_readiness_is_platform_known (facts, now))
    return g_strdup_printf (
      facts->own_is_drill
        ? ngettext ("DRILL: your drill is under way. %u of %u contact has seen it.",
                    "DRILL: your drill is under way. %u of %u contacts have seen it.",
                    facts->own_told)
        : ngettext ("Your alert is under way. %u of %u contact has seen it.",
                    "Your alert is under way. %u of %u contacts have seen it.", facts->own_told),
      facts->own_seen, facts->own_told);
  when = describe_time (facts->heard, now);
  then = g_strdup_printf (
    ngettext ("%u of %u contact had seen it.", "%u of %u contacts had seen it.", facts->own_told),
    facts->own_seen, facts->own_told);
  /* Translators: a time of day, and “2 of 3 contacts had seen it.” */
  return g_strdup_printf (
    facts->own_is_drill ? _ ("DRILL: your drill was under way at %s, when the platform was last "
                             "heard. %s")
                        : _ ("Your alert was under way at %s, when the platform was last "
                             "heard. %s"),
    when, then);
}

gchar *
enigm_readiness_describe (EnigmReadinessVerdict verdict,
                          const EnigmReadinessFacts *facts,
                          gint64 now)
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
    case ENIGM_READINESS_REACHED_NOBODY:
      age = enigm_describe_age (facts->drill_last, now);
      /* Translators: %s is an age, such as “yesterday” */
      return g_strdup_printf (_ ("The last drill reached nobody. It was run %s."), age);
    case ENIGM_READINESS_CONTACTS_CHANGED:
      return g_strdup (_ ("No drill has reached the contacts you have now."));
    case ENIGM_READINESS_STALE:
      {
        gint days = (gint) ((now - facts->drill_time) / DAY);

        return g_strdup_printf (
          ngettext ("Not proved for %d day.", "Not proved for %d days.", (gulong) days), days);
      }
    case ENIGM_READINESS_QUIET:
      return describe_quiet (facts, now);
    case ENIGM_READINESS_NOBODY:
      return g_strdup (_ ("An alert would reach nobody: no contact has accepted."));
    case ENIGM_READINESS_BATTERY_LOW:
      age = enigm_describe_age (facts->battery_time, now);
      /* Translators: %s is an age, such as “yesterday” */
      return g_strdup_printf (_ ("Ready, but the battery was low %s."), age);
    case ENIGM_READINESS_CHARGE:
      age = enigm_describe_age (facts->battery_time, now);
      return g_strdup_printf (
        /* Translators: a number of percent, and an age, such as “yesterday” */
        _ ("Charge your key: its battery stood at %u %% %s."), facts->battery, age);
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
    case ENIGM_READINESS_RESTORED:
      return describe_restored (facts, now);
    case ENIGM_READINESS_AWAY:
    case ENIGM_READINESS_CERTIFICATE:
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
