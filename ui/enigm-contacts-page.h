/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmContactsPage:
 *
 * Who is told: one's own contact ID, invitations from others, and one's contacts in their order.
 */
#define ENIGM_TYPE_CONTACTS_PAGE (enigm_contacts_page_get_type ())
G_DECLARE_FINAL_TYPE (EnigmContactsPage, enigm_contacts_page, ENIGM, CONTACTS_PAGE, AdwBin)

GtkWidget *enigm_contacts_page_new (EnigmAccount *account);

G_END_DECLS
