/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-account.h"
#include "enigm-computer.h"

G_BEGIN_DECLS

/**
 * enigm_account_list_computers_async:
 *
 * Asks for the computers that are signed in to the account. The list is not kept: what was open
 * yesterday says nothing about today.
 */
void enigm_account_list_computers_async (EnigmAccount *self,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);

/**
 * enigm_account_list_computers_finish:
 *
 * Returns: (transfer full) (nullable): a model of #EnigmComputer
 */
GListModel *
enigm_account_list_computers_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_close_computer_async:
 * @id: another computer of this account; for this one there is enigm_account_sign_out_async()
 *
 * Its session, its signature and its management secrets end with the platform's answer, and its
 * window says so. It is no error if it was closed already.
 */
void enigm_account_close_computer_async (EnigmAccount *self,
                                         const gchar *id,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean
enigm_account_close_computer_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_close_others_async:
 * @pin: six ASCII digits
 *
 * Closes every computer but this one. A wrong PIN is %ENIGM_ERROR_PIN_WRONG; the fifth in a row
 * closes this one, and is %ENIGM_ERROR_SESSION_ENDED.
 */
void enigm_account_close_others_async (EnigmAccount *self,
                                       EnigmSecret *pin,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);

/**
 * enigm_account_close_others_finish:
 * @n_closed: (out) (optional): how many
 */
gboolean enigm_account_close_others_finish (EnigmAccount *self,
                                            GAsyncResult *result,
                                            guint *n_closed,
                                            GError **error);

G_END_DECLS
