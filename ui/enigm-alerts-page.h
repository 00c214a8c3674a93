/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmAlertsPage:
 *
 * Alerts and drills: those that last now, and those before, by day.
 */
#define ENIGM_TYPE_ALERTS_PAGE (enigm_alerts_page_get_type ())
G_DECLARE_FINAL_TYPE (EnigmAlertsPage, enigm_alerts_page, ENIGM, ALERTS_PAGE, AdwBin)

GtkWidget *enigm_alerts_page_new (EnigmAccount *account);

G_END_DECLS
