/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * enigm_background_ask_async:
 * @parent: the window that asks, as portals name one, or ""
 * @autostart: whether to be started when the person signs in to this computer, as well
 * @cancellable: (nullable): takes the question back
 * @callback: called when it is answered
 * @user_data: for @callback
 *
 * Asks to go on running without a window. In a sandbox the Background portal is asked, which may
 * ask the person: there is no limit to how long that takes. Outside of one nobody has to be asked,
 * and only the file that starts the app is written or removed. Without @autostart one that was
 * there is removed.
 */
void enigm_background_ask_async (const char *parent,
                                 gboolean autostart,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/**
 * enigm_background_ask_finish:
 * @autostart: (out): whether the app will be started when the person signs in
 * @error: return location: %ENIGM_ERROR_DESKTOP_REFUSED, %ENIGM_ERROR_DESKTOP_MISSING or
 *   %ENIGM_ERROR_STORAGE, with a sentence for a person
 *
 * Returns: whether the app may run without a window
 */
gboolean enigm_background_ask_finish (GAsyncResult *result, gboolean *autostart, GError **error);

/**
 * enigm_background_set_status:
 * @status: up to 96 characters that a desktop shows beside the app's name while it has no window
 *
 * In a sandbox only. A desktop that has no place for it does not show it.
 */
void enigm_background_set_status (const char *status);

G_END_DECLS
