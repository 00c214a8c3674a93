/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "enigm-bindings.h"

G_BEGIN_DECLS

/* For how long an attempt is shown, in seconds. */
#define ENIGM_KEY_ATTEMPTS_SECONDS (30 * 24 * 60 * 60)
/* How many of one key are shown. */
#define ENIGM_KEY_ATTEMPTS_MAX 100

gboolean
enigm_key_attempts_note (EnigmPlatformState *state, const EnigmBinding *binding, GError **error);
JsonArray *
enigm_key_attempts_to_json (EnigmPlatformState *state, const guint8 *binding, GError **error);
gboolean enigm_key_attempts_delete_over (EnigmPlatformState *state, GError **error);

G_END_DECLS
