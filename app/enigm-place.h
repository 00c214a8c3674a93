/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void enigm_place_ensure_async (const gchar *path,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gchar *enigm_place_ensure_finish (GAsyncResult *result, GError **error);

G_END_DECLS
