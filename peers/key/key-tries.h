/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-message.h"
#include "key-store.h"

G_BEGIN_DECLS

/**
 * ENIGM_KEY_TRIES_FAST:
 *
 * Failures after which tries become slow.
 */
#define ENIGM_KEY_TRIES_FAST 10

/**
 * ENIGM_KEY_TRIES_MAX:
 *
 * Failures after which there are no tries until a reset.
 */
#define ENIGM_KEY_TRIES_MAX 1000

#define ENIGM_TYPE_KEY_TRIES (enigm_key_tries_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyTries, enigm_key_tries, ENIGM, KEY_TRIES, GObject)

EnigmKeyTries *enigm_key_tries_new (EnigmKeyStore *store);

EnigmReason enigm_key_tries_begin (EnigmKeyTries *self, guint *seconds);
void enigm_key_tries_succeed (EnigmKeyTries *self);
gboolean enigm_key_tries_reset (EnigmKeyTries *self, GError **error);

G_END_DECLS
