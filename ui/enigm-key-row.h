/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-key.h"

G_BEGIN_DECLS

/**
 * EnigmKeyRow:
 *
 * A key in a list: name, state, and since when.
 */
#define ENIGM_TYPE_KEY_ROW (enigm_key_row_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyRow, enigm_key_row, ENIGM, KEY_ROW, AdwActionRow)

GtkWidget *enigm_key_row_new (EnigmKey *key);
EnigmKey *enigm_key_row_get_key (EnigmKeyRow *self);

/**
 * enigm_key_row_describe:
 * @key: a key
 *
 * Returns: (transfer full): its state and since when, translated; it also tells keys of one name
 * apart
 */
char *enigm_key_row_describe (EnigmKey *key);

G_END_DECLS
