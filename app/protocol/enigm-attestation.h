/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256.h"

G_BEGIN_DECLS

/**
 * ENIGM_ATTESTATION_MAX_SIZE:
 *
 * Bytes in an attestation, at most.
 */
#define ENIGM_ATTESTATION_MAX_SIZE 256

/**
 * EnigmAttestation:
 * @ephemeral: the key's ephemeral key, a point
 * @signature: by the certificate's key, over the offer and @ephemeral
 *
 * A key's answer to an offer (PROTOCOL.md, section 5): that a genuine key was there, took this very
 * offer, and holds the other half of the credential.
 */
typedef struct
{
  guint8 ephemeral[ENIGM_P256_POINT_SIZE];
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
} EnigmAttestation;

gboolean enigm_attestation_sign (EnigmAttestation *self,
                                 GBytes *offer,
                                 EnigmP256Key *certificate_key,
                                 GError **error);
gboolean enigm_attestation_verify (const EnigmAttestation *self,
                                   GBytes *offer,
                                   const guint8 certificate_point[ENIGM_P256_POINT_SIZE],
                                   GError **error);
GBytes *enigm_attestation_encode (const EnigmAttestation *self);
gboolean enigm_attestation_decode (GBytes *bytes, EnigmAttestation *self, GError **error);

void enigm_binding_hash (GBytes *offer, GBytes *attestation, guint8 hash_out[ENIGM_SHA256_SIZE]);

G_END_DECLS
