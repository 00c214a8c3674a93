/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-contact.h"

G_BEGIN_DECLS

/**
 * EnigmContactRow:
 *
 * A contact: label, state in words, and a menu. The signal `chosen` names what was chosen in it:
 * `up`, `down`, `label`, `replace` or `remove`.
 */
#define ENIGM_TYPE_CONTACT_ROW (enigm_contact_row_get_type ())
G_DECLARE_FINAL_TYPE (EnigmContactRow, enigm_contact_row, ENIGM, CONTACT_ROW, AdwActionRow)

GtkWidget *enigm_contact_row_new (EnigmContact *contact);
EnigmContact *enigm_contact_row_get_contact (EnigmContactRow *self);
void enigm_contact_row_set_place (EnigmContactRow *self, gboolean first, gboolean last);

G_END_DECLS
