/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-platform-state.h"

G_BEGIN_DECLS

gboolean enigm_restored_with_journal (EnigmPlatformState *state, guint64 seen, GError **error);
gboolean enigm_restored_without_journal (EnigmPlatformState *state, GError **error);

G_END_DECLS
