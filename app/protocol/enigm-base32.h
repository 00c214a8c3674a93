/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Longest code any caller reads: a contact ID's 20 digits, with room. */
#define ENIGM_BASE32_MAX_DIGITS 32

gchar enigm_base32_digit_to_char (guint8 digit);
gint enigm_base32_char_to_digit (gchar ch);
gboolean
enigm_base32_normalize (const gchar *text, gsize n_expected, guint8 *digits_out, GError **error);
gchar *enigm_base32_format (const guint8 *digits, gsize n_digits, gsize group);
gsize enigm_base32_split (const guint8 *bytes, gsize n_bytes, guint8 *digits_out);
void enigm_base32_join (const guint8 *digits, gsize n_digits, guint8 *bytes_out);

G_END_DECLS
