/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * enigm_trouble_say:
 * @widget: where it was asked for; nothing is said once its window is gone
 * @heading: what was not done
 * @body: why, what is unchanged and what to do
 *
 * Says in a window of its own what went wrong with something that has no page to say it on.
 *
 * Returns: (transfer none) (nullable): that window, for who closes it when it is no longer so
 */
GtkWindow *enigm_trouble_say (GtkWidget *widget, const char *heading, const char *body);

G_END_DECLS
