/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-secret.h"

G_BEGIN_DECLS

/**
 * ENIGM_CREDENTIAL_SIZE:
 *
 * Bytes in a device credential, and in each of the two keys made from it.
 */
#define ENIGM_CREDENTIAL_SIZE 32

EnigmSecret *enigm_credential_derive (EnigmSecret *ecdh_x, GBytes *offer, GBytes *attestation);
EnigmSecret *enigm_credential_derive_request_key (EnigmSecret *credential);
EnigmSecret *enigm_credential_derive_answer_key (EnigmSecret *credential);

G_END_DECLS
