/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-secret.h"

G_BEGIN_DECLS

/**
 * ENIGM_CHANNEL_OVERHEAD:
 *
 * Bytes by which a sealed message is longer than the plain one.
 */
#define ENIGM_CHANNEL_OVERHEAD 16

/**
 * ENIGM_CHANNEL_SESSION_VALUE_SIZE:
 *
 * Bytes in a session value.
 */
#define ENIGM_CHANNEL_SESSION_VALUE_SIZE 32

/**
 * EnigmChannelRole:
 * @ENIGM_CHANNEL_APP: seals what goes from app to key
 * @ENIGM_CHANNEL_KEY: seals what goes from key to app
 *
 * Which end of a channel one is.
 */
typedef enum
{
  ENIGM_CHANNEL_APP,
  ENIGM_CHANNEL_KEY,
} EnigmChannelRole;

/**
 * EnigmChannel:
 *
 * The sealed channel between app and key: AES-256-GCM (NIST SP 800-38D), one key and one counter
 * for each direction; the nonce is 4 zero bytes and the counter as 8 bytes, big-endian, from 0; no
 * additional data; the 16-byte tag comes last. Both ends count for themselves, so a message that
 * was changed, dropped, repeated, reordered or sent back does not open, and the first one that does
 * not open ends the channel for good.
 */
typedef struct _EnigmChannel EnigmChannel;

EnigmChannel *enigm_channel_new_setup (EnigmSecret *k_shared, EnigmChannelRole role);
EnigmChannel *enigm_channel_new_from_keys (EnigmSecret *app_to_key,
                                           EnigmSecret *key_to_app,
                                           EnigmSecret *session_value,
                                           EnigmChannelRole role);
EnigmChannel *enigm_channel_ref (EnigmChannel *self);
void enigm_channel_unref (EnigmChannel *self);

const guint8 *enigm_channel_get_session_value (EnigmChannel *self);
GBytes *enigm_channel_seal (EnigmChannel *self, GBytes *plain, GError **error);
GBytes *enigm_channel_open (EnigmChannel *self, GBytes *sealed, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmChannel, enigm_channel_unref)

G_END_DECLS
