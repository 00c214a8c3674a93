/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-platform-state.h"

G_BEGIN_DECLS

gboolean enigm_account_deletion_erase (EnigmPlatformState *state,
                                       const guint8 account[ENIGM_ID_SIZE],
                                       GError **error);

G_END_DECLS
