/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmWallTimer:
 *
 * Calls back at a time of day, on the thread's default main context: also where the computer slept
 * meanwhile, or its clock was set. A main loop's timeouts count neither, and would leave on the
 * screen in the morning what was true in the evening.
 */
typedef struct _EnigmWallTimer EnigmWallTimer;

/**
 * EnigmWallTimerFunc:
 * @user_data: what was given
 *
 * The time has come, or the clock was set. The timer is off; set it again.
 */
typedef void (*EnigmWallTimerFunc) (gpointer user_data);

/**
 * enigm_wall_timer_new:
 * @func: what is called
 * @user_data: for @func
 *
 * Returns: (transfer full): a timer that is off
 */
EnigmWallTimer *enigm_wall_timer_new (EnigmWallTimerFunc func, gpointer user_data);
void enigm_wall_timer_free (EnigmWallTimer *self);

/**
 * enigm_wall_timer_set:
 * @when: Unix seconds; 0 for never
 *
 * Replaces the time that was set before.
 */
void enigm_wall_timer_set (EnigmWallTimer *self, gint64 when);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmWallTimer, enigm_wall_timer_free)

G_END_DECLS
