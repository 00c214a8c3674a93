/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * EnigmButton:
 *
 * A button with words on it. GTK 4.8 tells a screen reader the label with its underscore and then
 * once more without; this one leaves it at the latter.
 */
#define ENIGM_TYPE_BUTTON (enigm_button_get_type ())
G_DECLARE_FINAL_TYPE (EnigmButton, enigm_button, ENIGM, BUTTON, GtkButton)

GtkWidget *enigm_button_new_with_mnemonic (const char *label);

G_END_DECLS
