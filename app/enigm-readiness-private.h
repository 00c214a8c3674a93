/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-readiness.h"

G_BEGIN_DECLS

EnigmReadinessRow *enigm_readiness_row_new (const gchar *id,
                                            const gchar *what,
                                            const gchar *how,
                                            gint64 age,
                                            gint64 limit,
                                            EnigmReadinessLevel level,
                                            const gchar *remedy);

/* The evidence, a row each: enigm-readiness-rows.c. */
void enigm_readiness_add_rows (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now);

/* Whether a time is further in the future than clocks differ. */
gboolean enigm_readiness_is_ahead (gint64 then, gint64 now);

/* Whether what was so then shows anything of the platform that there is now. */
gboolean enigm_readiness_counts (const EnigmReadinessFacts *facts, gint64 then);

/* When the key was last heard from, by whatever it sent; 0: never, or not since the platform was
 * restored. */
gint64 enigm_readiness_last_heard (const EnigmReadinessFacts *facts);

/* Whether what the platform said is still what it would say. */
gboolean enigm_readiness_is_platform_known (const EnigmReadinessFacts *facts, gint64 now);

/* The sentence on top: enigm-readiness-words.c. */
gchar *enigm_readiness_describe (EnigmReadinessVerdict verdict,
                                 const EnigmReadinessFacts *facts,
                                 gint64 now);

G_END_DECLS
