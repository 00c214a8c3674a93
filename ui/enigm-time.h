/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * enigm_time_describe_moment:
 * @then: Unix seconds
 *
 * Returns: (transfer full): when that was on this computer's clock: "14:05", "yesterday, 14:05",
 *   "3 May, 14:05"
 */
char *enigm_time_describe_moment (gint64 then);

/**
 * enigm_time_describe_day:
 * @then: Unix seconds
 *
 * Returns: (transfer full): "Today", "Yesterday" or the date
 */
char *enigm_time_describe_day (gint64 then);

/**
 * enigm_time_describe_latency:
 * @microseconds: how long something took
 *
 * Returns: (transfer full): such as "1.8 seconds"
 */
char *enigm_time_describe_latency (gint64 microseconds);

G_END_DECLS
