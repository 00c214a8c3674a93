/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmAccountChange:
 * @ENIGM_ACCOUNT_CHANGE_PASSWORD: another password
 * @ENIGM_ACCOUNT_CHANGE_PIN: another PIN
 * @ENIGM_ACCOUNT_CLOSE_OTHERS: close every other computer; takes the PIN
 * @ENIGM_ACCOUNT_REVOKE_ALL: revoke every key; asked once, then takes the PIN
 * @ENIGM_ACCOUNT_DELETE: delete the account; asked once, then takes the PIN
 */
typedef enum
{
  ENIGM_ACCOUNT_CHANGE_PASSWORD,
  ENIGM_ACCOUNT_CHANGE_PIN,
  ENIGM_ACCOUNT_CLOSE_OTHERS,
  ENIGM_ACCOUNT_REVOKE_ALL,
  ENIGM_ACCOUNT_DELETE,
} EnigmAccountChange;

/**
 * EnigmAccountDialogFunc:
 * @sentence: what is true now, for a toast
 * @widget: the widget that asked, still in a window
 */
typedef void (*EnigmAccountDialogFunc) (const char *sentence, gpointer widget);

/**
 * enigm_account_dialog_ask:
 * @widget: who asks
 * @account: the account
 * @change: what is wanted
 * @done: called once it is done
 *
 * Asks for what it takes and does it. What was refused is asked again, with the reason, until it is
 * done or the person says no.
 */
void enigm_account_dialog_ask (GtkWidget *widget,
                               EnigmAccount *account,
                               EnigmAccountChange change,
                               EnigmAccountDialogFunc done);

G_END_DECLS
