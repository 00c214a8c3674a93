/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "enigm-platform.h"

G_BEGIN_DECLS

/**
 * enigm_platform_send_async:
 * @body: (nullable): JSON text; bytes rather than a node where it holds a password, so that they
 *   can be wiped
 *
 * As enigm_platform_call_async(); enigm_platform_call_finish() ends both.
 */
void enigm_platform_send_async (EnigmPlatform *self,
                                const gchar *method,
                                const gchar *path,
                                GBytes *body,
                                EnigmPlatformCallFlags flags,
                                const gchar *if_match,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/* Foreign errors, and the platform's problems, as ours: enigm-platform-error.c. */
GError *
enigm_platform_map_transport (EnigmPlatform *self, SoupMessage *message, const GError *error);
GError *enigm_platform_map_problem (EnigmPlatform *self, guint status, GBytes *body);

/* Whether a request got an answer, for EnigmPlatform::reached. */
gboolean enigm_platform_error_is_answer (const GError *error);

G_END_DECLS
