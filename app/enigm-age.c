/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-age.h"

#include <glib/gi18n-lib.h>

#define DAY (24 * 60 * 60)

gchar *
enigm_describe_age (gint64 then, gint64 now)
{
  gint64 seconds = now - then;
  gint64 days = seconds / DAY;

  if (seconds < 60)
    return g_strdup (_ ("just now"));
  if (seconds < 60 * 60)
    return g_strdup_printf (ngettext ("%d minute ago", "%d minutes ago", (gulong) (seconds / 60)),
                            (gint) (seconds / 60));
  if (seconds < DAY)
    return g_strdup_printf (ngettext ("%d hour ago", "%d hours ago", (gulong) (seconds / 3600)),
                            (gint) (seconds / 3600));
  if (days == 1)
    return g_strdup (_ ("yesterday"));
  return g_strdup_printf (ngettext ("%d day ago", "%d days ago", (gulong) days), (gint) days);
}

gint64
enigm_age_next_change (gint64 then, gint64 now)
{
  gint64 seconds = now - then;
  gint64 unit = seconds < 60 * 60 ? 60 : seconds < DAY ? 60 * 60 : DAY;

  return seconds < 60 ? then + 60 : then + (seconds / unit + 1) * unit;
}
