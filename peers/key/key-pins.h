/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_PINS (enigm_key_pins_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyPins, enigm_key_pins, ENIGM, KEY_PINS, GTlsDatabase)

GTlsDatabase *enigm_key_pins_new (const guint8 pins[2][32]);
gboolean enigm_key_pins_equal (EnigmKeyPins *self, const guint8 pins[2][32]);

G_END_DECLS
