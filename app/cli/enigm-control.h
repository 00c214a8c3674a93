/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-account.h"

G_BEGIN_DECLS

guint enigm_control_export (GDBusConnection *connection, EnigmAccount *account, GError **error);
void enigm_control_call_async (GDBusConnection *connection,
                               const char *const *argv,
                               GHashTable *secrets,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
int enigm_control_call_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

G_END_DECLS
