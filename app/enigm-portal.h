/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * enigm_portal_is_needed:
 *
 * Whether this program runs in a Flatpak's sandbox, where files, background and notifications are
 * the desktop's to give. Outside of one a program needs to ask nobody.
 *
 * Returns: whether portals have to be asked
 */
gboolean enigm_portal_is_needed (void);

/**
 * enigm_portal_probe_async:
 * @interface: a portal's D-Bus interface, such as `org.freedesktop.portal.FileChooser`
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * Finds out whether the desktop offers a portal, before it is used: what is not there answers
 * nothing, and what does not answer in ten seconds counts as not there.
 */
void enigm_portal_probe_async (const char *interface,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/**
 * enigm_portal_probe_finish:
 *
 * Returns: the portal's version, from 1; 0 with %ENIGM_ERROR_DESKTOP_MISSING if it is not there
 */
guint enigm_portal_probe_finish (GAsyncResult *result, GError **error);

G_END_DECLS
