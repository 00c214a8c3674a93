/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256.h"

G_BEGIN_DECLS

/**
 * ENIGM_HANDOVER_MAX_SIZE:
 *
 * Bytes in the body of `POST /v1/attestations`, at most: what a server reads before it refuses.
 */
#define ENIGM_HANDOVER_MAX_SIZE 4608

GBytes *enigm_handover_encode (GBytes *offer, GBytes *attestation, GPtrArray *chain);
gboolean enigm_handover_decode (GBytes *bytes,
                                GBytes **offer,
                                GBytes **attestation,
                                GPtrArray **chain,
                                GError **error);

GBytes *enigm_handover_answer_encode (GBytes *receipt,
                                      const guint8 signature[ENIGM_P256_SIGNATURE_SIZE]);
gboolean enigm_handover_answer_decode (GBytes *bytes,
                                       GBytes **receipt,
                                       guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                                       GError **error);

G_END_DECLS
