/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-account.h"

G_BEGIN_DECLS

/* What concerns the account as a whole. A wrong PIN is %ENIGM_ERROR_PIN_WRONG and changes nothing;
 * the fifth in a row closes this computer, and is %ENIGM_ERROR_SESSION_ENDED. */

/**
 * enigm_account_revoke_all_async:
 * @reason: `lost`, `stolen`, `retired` or `replaced`
 * @pin: six ASCII digits
 *
 * Revokes every key that has not ended, all or none.
 */
void enigm_account_revoke_all_async (EnigmAccount *self,
                                     const gchar *reason,
                                     EnigmSecret *pin,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);

/**
 * enigm_account_revoke_all_finish:
 * @n_revoked: (out) (optional): how many
 */
gboolean enigm_account_revoke_all_finish (EnigmAccount *self,
                                          GAsyncResult *result,
                                          guint *n_revoked,
                                          GError **error);

/**
 * enigm_account_delete_async:
 * @pin: six ASCII digits
 *
 * Deletes the account with everything, at once and for ever: its keys are released, its events are
 * gone for its contacts as well, and nothing of it stays in keyring and data folder.
 */
void enigm_account_delete_async (EnigmAccount *self,
                                 EnigmSecret *pin,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean enigm_account_delete_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_export_async:
 *
 * Asks for everything that the platform knows about the account.
 */
void enigm_account_export_async (EnigmAccount *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/**
 * enigm_account_export_finish:
 *
 * Returns: (transfer full) (nullable): JSON text, with names and labels, which only this computer
 *   knows, as `names` and `labels` beside what the platform said
 */
gchar *enigm_account_export_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

G_END_DECLS
