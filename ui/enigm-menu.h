/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * enigm_menu_name_items:
 * @button: a button that opens a menu
 *
 * Has a screen reader told the words of each item whenever the menu opens. GTK 4.8 does so itself;
 * 4.18 leaves items of a popover menu without a name.
 */
void enigm_menu_name_items (GtkMenuButton *button);

G_END_DECLS
