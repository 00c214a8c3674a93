/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "key-body.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_CONTROL (enigm_key_control_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyControl, enigm_key_control, ENIGM, KEY_CONTROL, GObject)

EnigmKeyControl *enigm_key_control_new (EnigmKeyBody *body, const char *path, GError **error);

G_END_DECLS
