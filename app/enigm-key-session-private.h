/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-key-session.h"
#include "enigm-link.h"
#include "protocol/enigm-channel.h"

G_BEGIN_DECLS

/* What the handshakes need of a session that is not open yet. */

EnigmKeySession *enigm_key_session_new (EnigmLink *link);
GBytes *enigm_key_session_get_hello (EnigmKeySession *self);
void enigm_key_session_set_channel (EnigmKeySession *self,
                                    EnigmChannel *channel,
                                    const guint8 *key_nonce);
GError *enigm_key_session_new_reason_error (EnigmReason reason, guint seconds);
GError *enigm_key_session_new_wrong_code_error (void);

G_END_DECLS
