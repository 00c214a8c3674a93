/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-error.h"

G_BEGIN_DECLS

/* How deep objects and arrays may lie in each other. */
#define ENIGM_JSON_MAX_DEPTH 8

gboolean enigm_json_check (const gchar *text, gsize length, GError **error);

G_END_DECLS
