/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-nearby-key.h"

G_BEGIN_DECLS

/**
 * EnigmNearbyRow:
 *
 * A key that is heard, and how well: bars, never an address.
 */
#define ENIGM_TYPE_NEARBY_ROW (enigm_nearby_row_get_type ())
G_DECLARE_FINAL_TYPE (EnigmNearbyRow, enigm_nearby_row, ENIGM, NEARBY_ROW, AdwActionRow)

GtkWidget *enigm_nearby_row_new (EnigmNearbyKey *key);

G_END_DECLS
