/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmStatusPage:
 *
 * "Would it work right now?" A verdict, one button, and the evidence below it.
 */
#define ENIGM_TYPE_STATUS_PAGE (enigm_status_page_get_type ())
G_DECLARE_FINAL_TYPE (EnigmStatusPage, enigm_status_page, ENIGM, STATUS_PAGE, AdwBin)

GtkWidget *enigm_status_page_new (EnigmAccount *account);

G_END_DECLS
