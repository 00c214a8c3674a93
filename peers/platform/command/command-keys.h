/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

char *command_find_key (JsonArray *known, const char *typed, GError **error);
char **command_read_keys (const char *path, GError **error);

G_END_DECLS
