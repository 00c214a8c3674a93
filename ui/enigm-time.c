/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-time.h"

#include <glib/gi18n.h>

/* How many midnights lie between, on this computer's clock. */
static int
count_days (GDateTime *then, GDateTime *now)
{
  GDate a;
  GDate b;

  g_date_clear (&a, 1);
  g_date_clear (&b, 1);
  g_date_set_dmy (&a, g_date_time_get_day_of_month (then), g_date_time_get_month (then),
                  g_date_time_get_year (then));
  g_date_set_dmy (&b, g_date_time_get_day_of_month (now), g_date_time_get_month (now),
                  g_date_time_get_year (now));
  return g_date_days_between (&a, &b);
}

char *
enigm_time_describe_moment (gint64 then)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local (then);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *clock = NULL;
  g_autofree char *date = NULL;
  int days;

  if (moment == NULL)
    return g_strdup (_ ("at a time that is not known"));
  clock = g_date_time_format (moment, "%H:%M");
  days = count_days (moment, now);
  if (days == 0)
    return g_steal_pointer (&clock);
  if (days == 1)
    return g_strdup_printf (_ ("yesterday, %s"), clock);
  /* Translators: a date such as "3 May" or, when it was not this year, "3 May 2026". */
  date = g_date_time_format (moment, g_date_time_get_year (moment) == g_date_time_get_year (now)
                                       ? _ ("%-d %B")
                                       : _ ("%-d %B %Y"));
  /* Translators: a date and a time of day. */
  return g_strdup_printf (_ ("%s, %s"), date, clock);
}

char *
enigm_time_describe_day (gint64 then)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local (then);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  int days;

  if (moment == NULL)
    return g_strdup (_ ("At a time that is not known"));
  days = count_days (moment, now);
  if (days == 0)
    return g_strdup (_ ("Today"));
  if (days == 1)
    return g_strdup (_ ("Yesterday"));
  return g_date_time_format (moment, g_date_time_get_year (moment) == g_date_time_get_year (now)
                                       ? _ ("%-d %B")
                                       : _ ("%-d %B %Y"));
}

char *
enigm_time_describe_latency (gint64 microseconds)
{
  const double seconds = microseconds / (double) G_TIME_SPAN_SECOND;

  if (seconds < 0.1)
    return g_strdup (_ ("less than 0.1 seconds"));
  if (seconds < 10)
    return g_strdup_printf (_ ("%.1f seconds"), seconds);
  return g_strdup_printf (ngettext ("%d second", "%d seconds", (int) seconds), (int) seconds);
}
