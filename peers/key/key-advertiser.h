/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "key-radio.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_ADVERTISER (enigm_key_advertiser_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyAdvertiser, enigm_key_advertiser, ENIGM, KEY_ADVERTISER, GObject)

EnigmKeyAdvertiser *enigm_key_advertiser_new (EnigmKeyRadio *radio);

void enigm_key_advertiser_start (EnigmKeyAdvertiser *self, guint discriminator, gboolean bound);
void enigm_key_advertiser_stop (EnigmKeyAdvertiser *self);

G_END_DECLS
