/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-hkdf.h"

#include "enigm-openssl.h"
#include "enigm-secret-private.h"

#define HKDF_LENGTH_MAX (255 * ENIGM_SHA256_SIZE)
#define HKDF_INFO_MAX 1024

static EnigmSecret *
hkdf_run (int mode,
          const guint8 *salt,
          gsize salt_len,
          EnigmSecret *key,
          gconstpointer info,
          gsize info_len,
          gsize length)
{
  g_autoptr (EVP_KDF) kdf = EVP_KDF_fetch (NULL, OSSL_KDF_NAME_HKDF, NULL);
  g_autoptr (EVP_KDF_CTX) ctx = NULL;
  EnigmSecret *okm = enigm_secret_new_zeroed (length);
  gsize key_len;
  const guint8 *key_data = enigm_secret_peek (key, &key_len);
  char digest_name[] = "SHA256";
  OSSL_PARAM params[6];
  OSSL_PARAM *p = params;

  /* An absent salt is the RFC's string of zeros: HMAC pads an empty key to just that. */
  *p++ = OSSL_PARAM_construct_int (OSSL_KDF_PARAM_MODE, &mode);
  *p++ = OSSL_PARAM_construct_utf8_string (OSSL_KDF_PARAM_DIGEST, digest_name, 0);
  *p++ = OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_KEY, (gpointer) key_data, key_len);
  if (salt_len > 0)
    *p++ = OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SALT, (gpointer) salt, salt_len);
  if (info_len > 0)
    *p++ = OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_INFO, (gpointer) info, info_len);
  *p = OSSL_PARAM_construct_end ();

  enigm_crypto_must (kdf != NULL);
  ctx = EVP_KDF_CTX_new (kdf);
  enigm_crypto_must (ctx != NULL);
  enigm_crypto_must (EVP_KDF_derive (ctx, enigm_secret_peek_writable (okm), length, params));

  return okm;
}

/**
 * enigm_hkdf:
 * @salt: (array length=salt_len) (nullable): the salt, or %NULL for none
 * @salt_len: its length
 * @ikm: input keying material
 * @info: (array length=info_len) (nullable): what the output is for
 * @info_len: its length, at most 1024
 * @length: bytes of output, 1 to 8160
 *
 * HKDF-SHA256, extract and expand (RFC 5869).
 *
 * Returns: (transfer full): output keying material of @length bytes
 */
EnigmSecret *
enigm_hkdf (const guint8 *salt,
            gsize salt_len,
            EnigmSecret *ikm,
            gconstpointer info,
            gsize info_len,
            gsize length)
{
  g_return_val_if_fail (salt != NULL || salt_len == 0, NULL);
  g_return_val_if_fail (ikm != NULL, NULL);
  g_return_val_if_fail ((info != NULL || info_len == 0) && info_len <= HKDF_INFO_MAX, NULL);
  g_return_val_if_fail (length > 0 && length <= HKDF_LENGTH_MAX, NULL);

  return hkdf_run (EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND, salt, salt_len, ikm, info, info_len,
                   length);
}

/**
 * enigm_hkdf_expand:
 * @prk: a uniformly random key of at least 32 bytes
 * @info: (array length=info_len) (nullable): what the output is for
 * @info_len: its length, at most 1024
 * @length: bytes of output, 1 to 8160
 *
 * HKDF-SHA256, expand alone (RFC 5869, section 2.3).
 *
 * Returns: (transfer full): output keying material of @length bytes
 */
EnigmSecret *
enigm_hkdf_expand (EnigmSecret *prk, gconstpointer info, gsize info_len, gsize length)
{
  g_return_val_if_fail (prk != NULL && enigm_secret_get_length (prk) >= ENIGM_SHA256_SIZE, NULL);
  g_return_val_if_fail ((info != NULL || info_len == 0) && info_len <= HKDF_INFO_MAX, NULL);
  g_return_val_if_fail (length > 0 && length <= HKDF_LENGTH_MAX, NULL);

  return hkdf_run (EVP_KDF_HKDF_MODE_EXPAND_ONLY, NULL, 0, prk, info, info_len, length);
}
