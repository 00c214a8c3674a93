/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-application.h"

G_BEGIN_DECLS

/**
 * EnigmWelcomePage:
 *
 * What is shown while there is no account on this computer: what is needed, and the form that makes
 * an account or signs in to one. In state %ENIGM_ACCOUNT_STATE_SESSION_ENDED it signs in again.
 */
#define ENIGM_TYPE_WELCOME_PAGE (enigm_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (EnigmWelcomePage, enigm_welcome_page, ENIGM, WELCOME_PAGE, AdwBin)

GtkWidget *enigm_welcome_page_new (EnigmAccount *account, EnigmApplication *application);

G_END_DECLS
