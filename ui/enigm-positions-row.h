/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-alert.h"

G_BEGIN_DECLS

/**
 * EnigmPositionsRow:
 *
 * Where a key was during an alert of one's own, newest first; where it was not heard from for more
 * than a missed position, that is a line too.
 */
#define ENIGM_TYPE_POSITIONS_ROW (enigm_positions_row_get_type ())
G_DECLARE_FINAL_TYPE (EnigmPositionsRow, enigm_positions_row, ENIGM, POSITIONS_ROW, AdwExpanderRow)

GtkWidget *enigm_positions_row_new (void);

/**
 * enigm_positions_row_set:
 * @trouble: (nullable): why the positions could not be had; shown where none are known
 */
void enigm_positions_row_set (EnigmPositionsRow *self, EnigmAlert *alert, const char *trouble);

G_END_DECLS
