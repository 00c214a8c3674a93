/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-platform-state.h"

G_BEGIN_DECLS

gint enigm_administrator_addresses_knows (EnigmPlatformState *state,
                                          const guint8 administrator[ENIGM_ID_SIZE],
                                          const gchar *address,
                                          GError **error);
gboolean enigm_administrator_addresses_note (EnigmPlatformState *state,
                                             const guint8 administrator[ENIGM_ID_SIZE],
                                             const gchar *address,
                                             GError **error);

G_END_DECLS
