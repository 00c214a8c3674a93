/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-credential.h"

#include "enigm-hkdf.h"

#define CREDENTIAL_INFO "enigm device credential 1"
#define REQUEST_INFO "enigm request 1"
#define ANSWER_INFO "enigm answer 1"

/**
 * enigm_credential_derive:
 * @ecdh_x: ECDH of the key's and the platform's ephemeral keys, 32 bytes
 * @offer: the offer, as encoded and signed
 * @attestation: the attestation, as encoded
 *
 * Makes a binding's device credential, on the key and on the platform; never in the app. HKDF with
 * the SHA-256 of offer and attestation, in a row, as salt, and "enigm device credential 1" as info:
 * so it is a credential for these two messages and no others.
 *
 * Returns: (transfer full): the credential, 32 bytes
 */
EnigmSecret *
enigm_credential_derive (EnigmSecret *ecdh_x, GBytes *offer, GBytes *attestation)
{
  guint8 salt[ENIGM_SHA256_SIZE];

  g_return_val_if_fail (ecdh_x != NULL && enigm_secret_get_length (ecdh_x) == 32, NULL);
  g_return_val_if_fail (offer != NULL && attestation != NULL, NULL);

  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (offer), enigm_part_bytes (attestation)), salt);

  return enigm_hkdf (salt, sizeof salt, ecdh_x, CREDENTIAL_INFO, sizeof CREDENTIAL_INFO - 1,
                     ENIGM_CREDENTIAL_SIZE);
}

/**
 * enigm_credential_derive_request_key:
 * @credential: a device credential
 *
 * Returns: (transfer full): the HMAC key for what the key sends, 32 bytes
 */
EnigmSecret *
enigm_credential_derive_request_key (EnigmSecret *credential)
{
  return enigm_hkdf_expand (credential, REQUEST_INFO, sizeof REQUEST_INFO - 1,
                            ENIGM_CREDENTIAL_SIZE);
}

/**
 * enigm_credential_derive_answer_key:
 * @credential: a device credential
 *
 * Returns: (transfer full): the HMAC key for what the platform answers, 32 bytes
 */
EnigmSecret *
enigm_credential_derive_answer_key (EnigmSecret *credential)
{
  return enigm_hkdf_expand (credential, ANSWER_INFO, sizeof ANSWER_INFO - 1, ENIGM_CREDENTIAL_SIZE);
}
