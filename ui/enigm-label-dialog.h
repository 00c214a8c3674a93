/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * enigm_label_dialog_ask:
 * @widget: who asks
 * @account: the account
 * @contact_id: whose label it is
 *
 * Lets the person change their own word for somebody.
 */
void enigm_label_dialog_ask (GtkWidget *widget, EnigmAccount *account, const char *contact_id);

/**
 * enigm_label_dialog_ask_key:
 * @widget: who asks
 * @account: the account
 * @key: a key of it
 *
 * Lets the person name a key.
 */
void enigm_label_dialog_ask_key (GtkWidget *widget, EnigmAccount *account, EnigmKey *key);

G_END_DECLS
