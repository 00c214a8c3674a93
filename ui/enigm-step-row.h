/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-pairing-steps.h"

G_BEGIN_DECLS

/**
 * EnigmStepRow:
 *
 * One of the six steps, and how it stands: in words too, for those who do not see the icon.
 */
#define ENIGM_TYPE_STEP_ROW (enigm_step_row_get_type ())
G_DECLARE_FINAL_TYPE (EnigmStepRow, enigm_step_row, ENIGM, STEP_ROW, GtkListBoxRow)

GtkWidget *enigm_step_row_new (EnigmPairingStep step);
void enigm_step_row_set_state (EnigmStepRow *self, EnigmPairingStepState state);

G_END_DECLS
