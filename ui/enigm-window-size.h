/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How large the window was, kept from one day to the next. */
void enigm_window_size_remember (GtkWindow *window, GSettings *settings);
void enigm_window_size_restore (GtkWindow *window, GSettings *settings);

G_END_DECLS
