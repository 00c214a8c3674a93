/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * enigm_account_change_password_async:
 * @password: the one that opens the account now
 * @wanted: 8 to 256 bytes
 *
 * Computers stay signed in as they are; enigm_account_close_others_async() closes the others. A
 * password that does not fit is %ENIGM_ERROR_SIGN_IN_WRONG.
 */
void enigm_account_change_password_async (EnigmAccount *self,
                                          EnigmSecret *password,
                                          EnigmSecret *wanted,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean
enigm_account_change_password_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

/**
 * enigm_account_change_pin_async:
 * @password: the account's
 * @pin: six ASCII digits
 */
void enigm_account_change_pin_async (EnigmAccount *self,
                                     EnigmSecret *password,
                                     EnigmSecret *pin,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean enigm_account_change_pin_finish (EnigmAccount *self, GAsyncResult *result, GError **error);

G_END_DECLS
