/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gchar *enigm_content_digest_format (GBytes *body);
gboolean
enigm_content_digest_check (const gchar *field, guint n_fields, GBytes *body, GError **error);

G_END_DECLS
