/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-hash.h"

#include "enigm-platform-state.h"

G_BEGIN_DECLS

/* A key holds eight management secrets, and an answer names eight computers: no account has more.
 */
#define ENIGM_COMPUTERS_MAX 8
#define ENIGM_COMPUTER_NAME_MAX 64

gboolean enigm_computers_open (EnigmPlatformState *state,
                               const guint8 account[ENIGM_ID_SIZE],
                               const gchar *name,
                               const guint8 point[ENIGM_P256_POINT_SIZE],
                               const gchar *address,
                               guint8 computer[ENIGM_ID_SIZE],
                               GError **error);
gboolean enigm_computers_close (EnigmPlatformState *state,
                                const guint8 account[ENIGM_ID_SIZE],
                                const guint8 computer[ENIGM_ID_SIZE],
                                GError **error);
gint enigm_computers_knows_address (EnigmPlatformState *state,
                                    const guint8 account[ENIGM_ID_SIZE],
                                    const gchar *address,
                                    GError **error);

G_END_DECLS
