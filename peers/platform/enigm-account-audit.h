/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-audit.h"
#include "enigm-platform-state.h"

G_BEGIN_DECLS

gboolean enigm_account_audit (EnigmPlatformState *state,
                              const guint8 *account,
                              const char *what,
                              const char *detail,
                              GError **error);

G_END_DECLS
