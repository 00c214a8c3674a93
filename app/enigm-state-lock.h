/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmStateLock:
 *
 * The account's state on this computer has one owner at a time: the process that holds this lock.
 * The kernel lets it go when the process ends, however it ends.
 */
typedef struct _EnigmStateLock EnigmStateLock;

/**
 * enigm_state_lock_take:
 * @data_dir: the data folder; made, for its owner alone, if it is not there
 * @error: return location
 *
 * Does not wait. %ENIGM_ERROR_IN_USE if another process, or this one, holds the lock already;
 * %ENIGM_ERROR_STORAGE if the folder or the file in it cannot be made.
 *
 * Returns: (transfer full) (nullable): the lock, released by enigm_state_lock_free()
 */
EnigmStateLock *enigm_state_lock_take (const gchar *data_dir, GError **error);
void enigm_state_lock_free (EnigmStateLock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmStateLock, enigm_state_lock_free)

G_END_DECLS
