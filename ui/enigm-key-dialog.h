/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmKeyDialogFunc:
 * @sentence: what is true now, for a toast
 * @error: (nullable): why nothing was changed
 * @widget: the widget that asked
 *
 * Called once the change is made or failed; not called when the person says no.
 */
typedef void (*EnigmKeyDialogFunc) (const char *sentence, const GError *error, gpointer widget);

/**
 * enigm_key_dialog_ask:
 * @widget: who asks
 * @account: the account
 * @key: a key of it
 * @id: as in enigm_account_set_key_state_async(); `confirmed` is `found` for a key that is unproved
 *   after a restore, `replaced` pairs another one in its place
 * @done: called with the result
 *
 * Asks once, in plain words and with the key's name, and does it.
 */
void enigm_key_dialog_ask (GtkWidget *widget,
                           EnigmAccount *account,
                           EnigmKey *key,
                           const char *id,
                           EnigmKeyDialogFunc done);

/**
 * enigm_key_dialog_choose:
 * @widget: who asks
 * @account: the account
 * @id: `revoked`, `found` or `confirmed`
 * @done: called with the result
 *
 * Asks the same where it is not said of which key: with one that it can be done to, of that one;
 * with several, by a list with a button for each, so that choosing is the confirmation. With none
 * it does nothing.
 */
void enigm_key_dialog_choose (GtkWidget *widget,
                              EnigmAccount *account,
                              const char *id,
                              EnigmKeyDialogFunc done);

/**
 * enigm_key_dialog_offers:
 * @key: a key
 * @id: as in enigm_key_dialog_ask()
 *
 * Returns: whether its owner may do this with it in the state that it is in
 */
gboolean enigm_key_dialog_offers (EnigmKey *key, const char *id);

/**
 * enigm_key_dialog_describe:
 * @id: as in enigm_key_dialog_ask()
 *
 * Returns: (transfer none): one sentence for what it does and one for what it does not
 */
const char *enigm_key_dialog_describe (const char *id);

G_END_DECLS
