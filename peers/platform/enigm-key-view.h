/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "enigm-bindings.h"

G_BEGIN_DECLS

/* Digits of a pseudonym that name a key, at least: what tells keys apart and is quickly typed. */
#define ENIGM_KEY_VIEW_SHORTEST 6

GBytes *
enigm_key_view_find_pseudonym (EnigmPlatformState *state, const gchar *text, GError **error);
EnigmBinding *
enigm_key_view_find_current (EnigmPlatformState *state, GBytes *pseudonym, GError **error);
JsonObject *
enigm_key_view_to_json (EnigmPlatformState *state, const EnigmBinding *binding, GError **error);
gboolean enigm_key_view_add_history (EnigmPlatformState *state,
                                     const EnigmBinding *binding,
                                     JsonObject *object,
                                     GError **error);

G_END_DECLS
