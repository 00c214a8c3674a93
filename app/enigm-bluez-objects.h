/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void enigm_bluez_objects_open_async (GDBusConnection *connection,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GDBusObjectManager *enigm_bluez_objects_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
