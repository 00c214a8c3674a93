/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256.h"
#include "enigm-text.h"

G_BEGIN_DECLS

/**
 * ENIGM_RELEASE_MAX_SIZE:
 *
 * Bytes in a release, at most.
 */
#define ENIGM_RELEASE_MAX_SIZE 256

/**
 * EnigmRelease:
 * @certificate_hash: SHA-256 of the key's leaf certificate
 * @binding: the owner's binding, which ends
 * @key_nonce: the nonce that the key sent with its certificate
 *
 * A platform's word that a key is free (PROTOCOL.md, section 5).
 */
typedef struct
{
  guint8 certificate_hash[ENIGM_SHA256_SIZE];
  guint8 binding[ENIGM_ID_SIZE];
  guint8 key_nonce[32];
} EnigmRelease;

GBytes *enigm_release_encode (const EnigmRelease *self);
gboolean enigm_release_decode (GBytes *bytes, EnigmRelease *self, GError **error);
gboolean enigm_release_sign (GBytes *bytes,
                             EnigmP256Key *identity,
                             guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                             GError **error);
gboolean enigm_release_verify (GBytes *bytes,
                               const guint8 identity[ENIGM_P256_POINT_SIZE],
                               const guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                               GError **error);

G_END_DECLS
