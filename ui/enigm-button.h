/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * EnigmButton:
 *
 * A button with words on it. GTK 4.8 tells a screen reader the label with its underscore and then
 * once more without; this one leaves it at the latter. Its words go below each other where letters
 * are large and there is little room.
 */
#define ENIGM_TYPE_BUTTON (enigm_button_get_type ())
G_DECLARE_FINAL_TYPE (EnigmButton, enigm_button, ENIGM, BUTTON, GtkButton)

GtkWidget *enigm_button_new_with_mnemonic (const char *label);

/**
 * enigm_button_tidy:
 * @widget: a dialog of a library's making
 *
 * Has a screen reader told the words on the buttons inside once, as #EnigmButton does.
 */
void enigm_button_tidy (GtkWidget *widget);

G_END_DECLS
