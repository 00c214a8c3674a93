/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-alert.h"

G_BEGIN_DECLS

/**
 * EnigmStageRow:
 *
 * How far an alert got with one contact: accepted, notified, seen; "unknown" where it is unknown.
 */
#define ENIGM_TYPE_STAGE_ROW (enigm_stage_row_get_type ())
G_DECLARE_FINAL_TYPE (EnigmStageRow, enigm_stage_row, ENIGM, STAGE_ROW, AdwActionRow)

GtkWidget *enigm_stage_row_new (void);

/**
 * enigm_stage_row_set:
 * @stage: the stage
 * @named: whether it is a contact's, or one's own
 *
 * Shows how far the alert got.
 */
void enigm_stage_row_set (EnigmStageRow *self, EnigmAlertStage *stage, gboolean named);

G_END_DECLS
