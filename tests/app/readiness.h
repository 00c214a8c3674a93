/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-readiness.h"

G_BEGIN_DECLS

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
/* Sunday, 22 November 2026, 20:00:00 UTC; readiness_test_init() sets the time zone. */
#define NOW G_GINT64_CONSTANT (1795377600)

EnigmReadinessFacts good_facts (void);
void assert_verdict (const EnigmReadinessFacts *facts,
                     gint64 now,
                     EnigmReadinessVerdict verdict,
                     EnigmReadinessAction action,
                     const char *sentence);
EnigmReadinessRow *find_row (EnigmReadiness *readiness, const char *id);
void assert_row (const EnigmReadinessFacts *facts,
                 gint64 now,
                 const char *id,
                 EnigmReadinessLevel level,
                 gint64 age);
void set_drill (EnigmReadinessFacts *facts, gint64 time);
void readiness_test_init (int *argc, char ***argv);

G_END_DECLS
