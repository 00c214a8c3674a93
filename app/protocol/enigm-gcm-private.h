/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-hash.h"

G_BEGIN_DECLS

#define ENIGM_GCM_KEY_SIZE 32
#define ENIGM_GCM_NONCE_SIZE 12
#define ENIGM_GCM_TAG_SIZE 16

/* AES-256-GCM (NIST SP 800-38D) for the channel and for sealed blobs. Whoever calls it sees to it
 * that no nonce meets a key twice. */
void enigm_gcm_seal (EnigmSecret *key,
                     const guint8 nonce[ENIGM_GCM_NONCE_SIZE],
                     const EnigmPart *aad,
                     gsize n_aad,
                     GBytes *plain,
                     guint8 *sealed);
GBytes *enigm_gcm_open (EnigmSecret *key,
                        const guint8 nonce[ENIGM_GCM_NONCE_SIZE],
                        const EnigmPart *aad,
                        gsize n_aad,
                        const guint8 *sealed,
                        gsize sealed_len);

G_END_DECLS
