/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-readiness.h"

G_BEGIN_DECLS

EnigmReadinessRow *enigm_readiness_row_new (const gchar *id,
                                            const gchar *what,
                                            const gchar *how,
                                            gint64 age,
                                            EnigmReadinessLevel level,
                                            const gchar *remedy);

/* The evidence, a row each: enigm-readiness-rows.c. */
void enigm_readiness_add_rows (GListStore *rows, const EnigmReadinessFacts *facts, gint64 now);

/* Whether a time is further in the future than clocks differ. */
gboolean enigm_readiness_is_ahead (gint64 then, gint64 now);

/* When the key was last heard from, by whatever it sent; 0: never. */
gint64 enigm_readiness_last_heard (const EnigmReadinessFacts *facts);

G_END_DECLS
