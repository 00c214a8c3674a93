/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-openssl.h"
#include "enigm-p256.h"

G_BEGIN_DECLS

/* The curve as libcrypto sees it, for the protocol's own arithmetic and for whoever makes
 * certificates. Group and order belong to the library and live as long as the process. */
const EC_GROUP *enigm_p256_get_group (void);
const BIGNUM *enigm_p256_get_order (void);

EC_POINT *enigm_p256_point_parse (const guint8 *data, gsize len, GError **error);
void enigm_p256_point_write (const EC_POINT *point, guint8 data[ENIGM_P256_POINT_SIZE]);

BIGNUM *enigm_p256_scalar_from_secret (EnigmSecret *secret);
BIGNUM *enigm_p256_scalar_random (GError **error);
void enigm_p256_multiply (EC_POINT *result, const EC_POINT *point, const BIGNUM *scalar);

EVP_PKEY *enigm_p256_pkey_from_point (const guint8 *point, gsize point_len, GError **error);
EVP_PKEY *enigm_p256_key_peek_pkey (EnigmP256Key *self);

G_END_DECLS
