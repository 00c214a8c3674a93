/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ENIGM_CONTACT_ID_SIZE:
 *
 * Bytes in a contact ID: 80 random bits. The 20 check bits are only in its text.
 */
#define ENIGM_CONTACT_ID_SIZE 10

gboolean enigm_contact_id_new_random (guint8 id_out[ENIGM_CONTACT_ID_SIZE], GError **error);
gchar *enigm_contact_id_format (const guint8 id[ENIGM_CONTACT_ID_SIZE]);
gboolean
enigm_contact_id_parse (const gchar *text, guint8 id_out[ENIGM_CONTACT_ID_SIZE], GError **error);
gchar *enigm_contact_id_canonicalize (const gchar *text, GError **error);

G_END_DECLS
