/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmContactsConflict:
 *
 * What two computers made of the contacts, side by side, and the choice between them. Shown while
 * there is something to choose.
 */
#define ENIGM_TYPE_CONTACTS_CONFLICT (enigm_contacts_conflict_get_type ())
G_DECLARE_FINAL_TYPE (EnigmContactsConflict,
                      enigm_contacts_conflict,
                      ENIGM,
                      CONTACTS_CONFLICT,
                      AdwBin)

/**
 * enigm_contacts_conflict_set_account:
 * @account: the account
 */
void enigm_contacts_conflict_set_account (EnigmContactsConflict *self, EnigmAccount *account);

G_END_DECLS
