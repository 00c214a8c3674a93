/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmKeyPage:
 *
 * One key: how it stands, what can be done with it, and its history.
 */
#define ENIGM_TYPE_KEY_PAGE (enigm_key_page_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyPage, enigm_key_page, ENIGM, KEY_PAGE, AdwBin)

GtkWidget *enigm_key_page_new (EnigmAccount *account, EnigmKey *key);
gboolean enigm_key_page_is_closing (EnigmKeyPage *self);

G_END_DECLS
