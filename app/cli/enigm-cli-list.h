/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-cli.h"

G_BEGIN_DECLS

/* Lists are shown as they were last known if the platform is away, and say so. */

gboolean enigm_cli_list_is_known (EnigmCli *self);
void enigm_cli_begin_list (EnigmCli *self);
void enigm_cli_date_list (EnigmCli *self, JsonObject *answer);
void enigm_cli_end_list (EnigmCli *self, JsonObject *answer);

G_END_DECLS
