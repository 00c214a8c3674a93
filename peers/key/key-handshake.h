/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-channel.h"
#include "key-tries.h"

G_BEGIN_DECLS

/**
 * EnigmKeyHandshake:
 *
 * The first messages of a session, until the central has shown that it knows the setup code or a
 * management secret (PROTOCOL.md, sections 4 and 7). Nothing else runs before.
 */
typedef struct _EnigmKeyHandshake EnigmKeyHandshake;

EnigmKeyHandshake *
enigm_key_handshake_new (EnigmKeyStore *store, EnigmKeyTries *tries, GBytes *information);
void enigm_key_handshake_free (EnigmKeyHandshake *self);

EnigmMessage *enigm_key_handshake_take (EnigmKeyHandshake *self,
                                        EnigmMessage *message,
                                        guint8 *nonce,
                                        EnigmChannel **channel);
const guint8 *enigm_key_handshake_get_computer (EnigmKeyHandshake *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmKeyHandshake, enigm_key_handshake_free)

G_END_DECLS
