/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmAccountGroup:
 *
 * What can be done with the account as a whole: password, PIN, export and deletion.
 */
#define ENIGM_TYPE_ACCOUNT_GROUP (enigm_account_group_get_type ())
G_DECLARE_FINAL_TYPE (EnigmAccountGroup,
                      enigm_account_group,
                      ENIGM,
                      ACCOUNT_GROUP,
                      AdwPreferencesGroup)

/**
 * enigm_account_group_set_account:
 * @account: the account; set once
 */
void enigm_account_group_set_account (EnigmAccountGroup *self, EnigmAccount *account);

G_END_DECLS
