/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void enigm_busy_set (GtkWidget *form, gboolean busy);

G_END_DECLS
