/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-account.h"

G_BEGIN_DECLS

/**
 * enigm_geo_dialog_ask:
 * @parent: where the question is asked
 * @alert: an alert with a position
 *
 * Asks whether to hand the position to a map program, and does so: nothing here asks for a map by
 * itself, since that tells a stranger where somebody is.
 */
void enigm_geo_dialog_ask (GtkWidget *parent, EnigmAlert *alert);

/**
 * enigm_geo_dialog_format:
 *
 * Returns: (transfer full): latitude and longitude as maps take them, in whatever language
 */
char *enigm_geo_dialog_format (EnigmAlert *alert, const char *separator);

G_END_DECLS
