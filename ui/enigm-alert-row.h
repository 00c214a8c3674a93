/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmAlertRow:
 *
 * An alert in a list: DRILL or ALERT in words, colour and icon, whose, and how far it got.
 */
#define ENIGM_TYPE_ALERT_ROW (enigm_alert_row_get_type ())
G_DECLARE_FINAL_TYPE (EnigmAlertRow, enigm_alert_row, ENIGM, ALERT_ROW, AdwActionRow)

GtkWidget *enigm_alert_row_new (EnigmAccount *account, EnigmAlert *alert);
EnigmAlert *enigm_alert_row_get_alert (EnigmAlertRow *self);
void enigm_alert_row_refresh (EnigmAlertRow *self);

/**
 * enigm_alert_describe_source:
 * @account: the account
 * @alert: an alert of it
 *
 * Returns: (transfer full): whose key it is, or which of one's own keys, translated
 */
char *enigm_alert_describe_source (EnigmAccount *account, EnigmAlert *alert);

G_END_DECLS
