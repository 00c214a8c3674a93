/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-key-answer.h"
#include "app/protocol/enigm-key-request.h"

#include "enigm-bindings.h"

G_BEGIN_DECLS

gboolean enigm_key_outcomes_decide (EnigmPlatformState *state,
                                    EnigmBinding *binding,
                                    const char *path,
                                    GBytes *body,
                                    EnigmKeyOutcome *outcome,
                                    GError **error);

G_END_DECLS
