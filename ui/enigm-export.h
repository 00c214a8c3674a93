/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * enigm_export_alerts:
 * @parent: in whose window the person is asked where to
 * @account: the account
 * @alert: (nullable): one alert or drill of one's own, or %NULL for all of them
 *
 * Writes them to a file of the person's choice, as JSON, and says how that went.
 */
void enigm_export_alerts (GtkWidget *parent, EnigmAccount *account, EnigmAlert *alert);

/**
 * enigm_export_account:
 * @parent: a widget in the window that asks where to
 * @account: the account
 *
 * Asks the platform for everything it knows about the account, then where to write it.
 */
void enigm_export_account (GtkWidget *parent, EnigmAccount *account);

G_END_DECLS
