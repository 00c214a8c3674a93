/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * enigm_describe_age:
 * @then: Unix seconds
 * @now: Unix seconds
 *
 * Returns: (transfer full): such as "2 days ago", "yesterday", "just now", translated
 */
gchar *enigm_describe_age (gint64 then, gint64 now);

/**
 * enigm_age_next_change:
 * @then: Unix seconds
 * @now: Unix seconds
 *
 * Returns: the first time after @now at which enigm_describe_age() says something else
 */
gint64 enigm_age_next_change (gint64 then, gint64 now);

G_END_DECLS
