/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * EnigmComputersGroup:
 *
 * The computers that are signed in to the account; each other one can be closed from here. It asks
 * the platform whenever it is shown.
 */
#define ENIGM_TYPE_COMPUTERS_GROUP (enigm_computers_group_get_type ())
G_DECLARE_FINAL_TYPE (EnigmComputersGroup,
                      enigm_computers_group,
                      ENIGM,
                      COMPUTERS_GROUP,
                      AdwPreferencesGroup)

/**
 * enigm_computers_group_set_account:
 * @account: the account; set once
 */
void enigm_computers_group_set_account (EnigmComputersGroup *self, EnigmAccount *account);

G_END_DECLS
