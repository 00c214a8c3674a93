/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "key-carrier.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_HTTPS (enigm_key_https_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyHttps, enigm_key_https, ENIGM, KEY_HTTPS, GObject)

EnigmKeyHttps *enigm_key_https_new (void);

void enigm_key_https_set_network (EnigmKeyHttps *self, gboolean on);
gboolean enigm_key_https_get_network (EnigmKeyHttps *self);

G_END_DECLS
