/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "enigm-bindings.h"
#include "enigm-request.h"

G_BEGIN_DECLS

JsonNode *
enigm_keys_to_json (EnigmPlatformState *state, const EnigmBinding *binding, GError **error);
gboolean enigm_keys_find_own (EnigmPlatformState *state,
                              EnigmRequest *request,
                              EnigmBinding **binding,
                              GError **error);
gboolean
enigm_keys_read_revocation_reason (const char *text, EnigmBindingReason *reason, GError **error);
gboolean enigm_keys_sweep (EnigmPlatformState *state, GError **error);

G_END_DECLS
