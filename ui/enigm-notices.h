/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * enigm_notices_probe_async:
 *
 * Finds out whether anything on this desktop takes notifications. Whether it shows them it does not
 * tell.
 */
void enigm_notices_probe_async (GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * enigm_notices_probe_finish:
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_DESKTOP_MISSING and a sentence for a person
 */
gboolean enigm_notices_probe_finish (GAsyncResult *result, GError **error);

/**
 * enigm_notices_try:
 *
 * Sends a notification that says what it is: a try.
 */
void enigm_notices_try (GApplication *application);

/**
 * enigm_notices_show_listening:
 *
 * Shows that the app listens without a window, and how to end that; until it cannot, or the window
 * is there again.
 */
void enigm_notices_show_listening (GApplication *application);

/**
 * enigm_notices_withdraw:
 *
 * The window is there, and shows itself how it stands.
 */
void enigm_notices_withdraw (GApplication *application);

/**
 * enigm_notices_show_deaf:
 * @why: a sentence for a person
 *
 * Says that the app is there to listen, and cannot.
 */
void enigm_notices_show_deaf (GApplication *application, const char *why);

G_END_DECLS
