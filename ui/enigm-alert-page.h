/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmAlertPage:
 *
 * One alert or drill: whose, since when, where, how far it got with each contact, and what one can
 * do.
 */
#define ENIGM_TYPE_ALERT_PAGE (enigm_alert_page_get_type ())
G_DECLARE_FINAL_TYPE (EnigmAlertPage, enigm_alert_page, ENIGM, ALERT_PAGE, AdwBin)

GtkWidget *enigm_alert_page_new (EnigmAccount *account, EnigmAlert *alert);

G_END_DECLS
