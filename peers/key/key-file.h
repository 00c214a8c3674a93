/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GBytes *enigm_key_file_read (int folder, const char *name, gsize max, GError **error);
gboolean enigm_key_file_replace (int folder, const char *name, GBytes *bytes, GError **error);

G_END_DECLS
