/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-platform-state.h"

G_BEGIN_DECLS

/* Random bytes in a session's token; only their SHA-256 is kept. */
#define ENIGM_SESSION_TOKEN_SIZE 32

gchar *enigm_sessions_begin (EnigmPlatformState *state,
                             const guint8 computer[ENIGM_ID_SIZE],
                             gint64 *expires,
                             GError **error);

G_END_DECLS
