/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ENIGM_ID_SIZE:
 *
 * Bytes in an identifier: handle, binding ID, computer ID, event ID, epoch.
 */
#define ENIGM_ID_SIZE 16

gchar *enigm_hex_encode (gconstpointer data, gsize len);
gboolean enigm_hex_decode (const gchar *text, guint8 *data_out, gsize len);

gchar *enigm_base64url_encode (gconstpointer data, gsize len);
GBytes *enigm_base64url_decode (const gchar *text, gsize min_len, gsize max_len);

GBytes *enigm_base64_decode (const gchar *text, gsize min_len, gsize max_len);

G_END_DECLS
