/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-secret.h"

G_BEGIN_DECLS

/* Bytes in a password. */
#define ENIGM_PASSWORD_MIN 8
#define ENIGM_PASSWORD_MAX 256

void enigm_password_hash_async (EnigmSecret *password,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gchar *enigm_password_hash_finish (GAsyncResult *result, GError **error);

void enigm_password_check_async (EnigmSecret *password,
                                 const gchar *hash,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean enigm_password_check_finish (GAsyncResult *result, GError **error);

EnigmSecret *enigm_password_take_text (const gchar *text);
guint enigm_password_get_waiting (void);

G_END_DECLS
