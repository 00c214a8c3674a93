/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-hash.h"

G_BEGIN_DECLS

/**
 * ENIGM_P256_POINT_SIZE:
 *
 * Bytes in a point as it travels: 0x04, x, y (SEC 1, section 2.3.3, uncompressed).
 */
#define ENIGM_P256_POINT_SIZE 65

/**
 * ENIGM_P256_SCALAR_SIZE:
 *
 * Bytes in a private key, and in the x-coordinate that ECDH gives.
 */
#define ENIGM_P256_SCALAR_SIZE 32

/**
 * ENIGM_P256_SIGNATURE_SIZE:
 *
 * Bytes in a signature: r, s, 32 each, big-endian.
 */
#define ENIGM_P256_SIGNATURE_SIZE 64

/**
 * EnigmP256Key:
 *
 * A private key on P-256, for ECDH or ECDSA. It never changes, so threads may share one.
 */
typedef struct _EnigmP256Key EnigmP256Key;

EnigmP256Key *enigm_p256_key_generate (GError **error);
EnigmP256Key *enigm_p256_key_new_from_scalar (EnigmSecret *scalar, GError **error);
EnigmP256Key *enigm_p256_key_new_from_pem (EnigmSecret *pem, GError **error);
EnigmP256Key *enigm_p256_key_ref (EnigmP256Key *self);
void enigm_p256_key_unref (EnigmP256Key *self);

EnigmSecret *enigm_p256_key_to_pem (EnigmP256Key *self);
const guint8 *enigm_p256_key_get_point (EnigmP256Key *self);

EnigmSecret *enigm_p256_key_ecdh (EnigmP256Key *self,
                                  const guint8 *peer_point,
                                  gsize peer_point_len,
                                  GError **error);

gboolean enigm_p256_check_point (const guint8 *point, gsize point_len, GError **error);

gboolean enigm_p256_sign (EnigmP256Key *key,
                          const char *label,
                          const EnigmPart *parts,
                          gsize n_parts,
                          guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                          GError **error);
gboolean enigm_p256_verify (const guint8 *point,
                            gsize point_len,
                            const char *label,
                            const EnigmPart *parts,
                            gsize n_parts,
                            const guint8 *signature,
                            gsize signature_len,
                            GError **error);

gboolean enigm_p256_sign_raw (EnigmP256Key *key,
                              gconstpointer message,
                              gsize message_len,
                              guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                              GError **error);
gboolean enigm_p256_verify_raw (const guint8 *point,
                                gsize point_len,
                                gconstpointer message,
                                gsize message_len,
                                const guint8 *signature,
                                gsize signature_len,
                                GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmP256Key, enigm_p256_key_unref)

G_END_DECLS
