/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-platform-state.h"

G_BEGIN_DECLS

/**
 * EnigmRetention:
 *
 * Deletes what was kept for as long as was said, in the second in which that is over: events and
 * their positions, attempts of keys, and records of the audit. It goes by the clock on the wall,
 * also where that was set, or the machine slept.
 */
typedef struct _EnigmRetention EnigmRetention;

EnigmRetention *enigm_retention_new (EnigmPlatformState *state);
void enigm_retention_free (EnigmRetention *self);

G_END_DECLS
