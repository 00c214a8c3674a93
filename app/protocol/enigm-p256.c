/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-p256-private.h"
#include "enigm-secret-private.h"

#include <openssl/pem.h>

struct _EnigmP256Key
{
  gatomicrefcount refs;
  EVP_PKEY *pkey;
  guint8 point[ENIGM_P256_POINT_SIZE];
};

/* Without a @scalar, the public half alone. */
static EVP_PKEY *
pkey_build (const guint8 point[ENIGM_P256_POINT_SIZE], const BIGNUM *scalar)
{
  g_autoptr (OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new ();
  g_autoptr (EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name (NULL, "EC", NULL);
  g_autoptr (OSSL_PARAM) params = NULL;
  EVP_PKEY *pkey = NULL;

  enigm_crypto_must (builder != NULL && ctx != NULL);
  enigm_crypto_must (
    OSSL_PARAM_BLD_push_utf8_string (builder, OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1, 0));
  enigm_crypto_must (OSSL_PARAM_BLD_push_octet_string (builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                       ENIGM_P256_POINT_SIZE));
  if (scalar != NULL)
    enigm_crypto_must (OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_PRIV_KEY, scalar));
  params = OSSL_PARAM_BLD_to_param (builder);
  enigm_crypto_must (params != NULL);
  enigm_crypto_must (EVP_PKEY_fromdata_init (ctx));
  enigm_crypto_must (EVP_PKEY_fromdata (
    ctx, &pkey, scalar != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params));

  return pkey;
}

EVP_PKEY *
enigm_p256_pkey_from_point (const guint8 *point, gsize point_len, GError **error)
{
  if (!enigm_p256_check_point (point, point_len, error))
    return NULL;

  return pkey_build (point, NULL);
}

static EnigmP256Key *
key_new_from_number (const BIGNUM *scalar)
{
  g_autoptr (EC_POINT) point = EC_POINT_new (enigm_p256_get_group ());
  EnigmP256Key *self = g_new0 (EnigmP256Key, 1);

  enigm_crypto_must (point != NULL);
  g_atomic_ref_count_init (&self->refs);
  enigm_p256_multiply (point, NULL, scalar);
  enigm_p256_point_write (point, self->point);
  self->pkey = pkey_build (self->point, scalar);

  return self;
}

/**
 * enigm_p256_key_generate:
 * @error: return location for an error
 *
 * Draws a new private key.
 *
 * Returns: (transfer full): the key, or %NULL with %ENIGM_ERROR_RANDOMNESS
 */
EnigmP256Key *
enigm_p256_key_generate (GError **error)
{
  g_autoptr (BIGNUM) scalar = enigm_p256_scalar_random (error);

  return scalar != NULL ? key_new_from_number (scalar) : NULL;
}

/**
 * enigm_p256_key_new_from_scalar:
 * @scalar: 32 bytes, big-endian, in 1 … order − 1
 * @error: return location for an error
 *
 * Returns: (transfer full): the key, or %NULL with %ENIGM_ERROR_MALFORMED
 */
EnigmP256Key *
enigm_p256_key_new_from_scalar (EnigmSecret *scalar, GError **error)
{
  g_autoptr (BIGNUM) number = BN_secure_new ();
  const guint8 *data;
  gsize len;

  g_return_val_if_fail (scalar != NULL, NULL);

  enigm_crypto_must (number != NULL);
  data = enigm_secret_peek (scalar, &len);
  if (len == ENIGM_P256_SCALAR_SIZE)
    enigm_crypto_must (BN_bin2bn (data, (int) len, number) != NULL);
  if (BN_is_zero (number) || BN_cmp (number, enigm_p256_get_order ()) >= 0)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "private key: not 32 bytes between 1 and the order of P-256");
      return NULL;
    }
  BN_set_flags (number, BN_FLG_CONSTTIME);

  return key_new_from_number (number);
}

/**
 * enigm_p256_key_new_from_pem:
 * @pem: the text that enigm_p256_key_to_pem() gave, or another PKCS #8 file (RFC 5958), unencrypted
 * @error: return location for an error
 *
 * Returns: (transfer full): the key, or %NULL with %ENIGM_ERROR_MALFORMED
 */
EnigmP256Key *
enigm_p256_key_new_from_pem (EnigmSecret *pem, GError **error)
{
  g_autoptr (EVP_PKEY) pkey = NULL;
  g_autoptr (OSSL_DECODER_CTX) decoder = NULL;
  g_autoptr (EVP_PKEY_CTX) check = NULL;
  g_autoptr (BIGNUM) scalar = BN_secure_new ();
  char group[32] = "";
  const guint8 *data;
  gsize len;

  g_return_val_if_fail (pem != NULL, NULL);

  data = enigm_secret_peek (pem, &len);
  /* Naming the one structure keeps libcrypto from trying others, or asking for a passphrase. */
  decoder = OSSL_DECODER_CTX_new_for_pkey (&pkey, "PEM", "PrivateKeyInfo", "EC", EVP_PKEY_KEYPAIR,
                                           NULL, NULL);
  enigm_crypto_must (decoder != NULL && scalar != NULL);
  if (OSSL_DECODER_from_data (decoder, &data, &len) != 1 ||
      EVP_PKEY_get_group_name (pkey, group, sizeof group, NULL) != 1 ||
      !g_str_equal (group, SN_X9_62_prime256v1) ||
      (check = EVP_PKEY_CTX_new_from_pkey (NULL, pkey, NULL)) == NULL ||
      EVP_PKEY_check (check) != 1 ||
      EVP_PKEY_get_bn_param (pkey, OSSL_PKEY_PARAM_PRIV_KEY, &scalar) != 1)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "private key: not a P-256 key in PKCS #8");
      return NULL;
    }
  BN_set_flags (scalar, BN_FLG_CONSTTIME);

  return key_new_from_number (scalar);
}

/**
 * enigm_p256_key_ref:
 * @self: a key
 *
 * Returns: (transfer full): @self
 */
EnigmP256Key *
enigm_p256_key_ref (EnigmP256Key *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);

  return self;
}

/**
 * enigm_p256_key_unref:
 * @self: (transfer full): a key
 *
 * Drops a reference; the last one wipes the private half.
 */
void
enigm_p256_key_unref (EnigmP256Key *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  EVP_PKEY_free (self->pkey);
  g_free (self);
}

/**
 * enigm_p256_key_to_pem:
 * @self: a key
 *
 * For storing. Whoever stores it sees to who may read it.
 *
 * Returns: (transfer full): PKCS #8 (RFC 5958) as PEM text, unencrypted, without a terminating zero
 */
EnigmSecret *
enigm_p256_key_to_pem (EnigmP256Key *self)
{
  g_autoptr (BIO) bio = BIO_new (BIO_s_secmem ());
  char *data;
  long len;

  g_return_val_if_fail (self != NULL, NULL);

  enigm_crypto_must (bio != NULL);
  enigm_crypto_must (PEM_write_bio_PKCS8PrivateKey (bio, self->pkey, NULL, NULL, 0, NULL, NULL));
  len = BIO_get_mem_data (bio, &data);
  enigm_crypto_must (len);

  return enigm_secret_new_copy ((const guint8 *) data, (gsize) len);
}

/**
 * enigm_p256_key_get_point:
 * @self: a key
 *
 * Returns: (transfer none) (array fixed-size=65): the public point, valid as long as @self is
 */
const guint8 *
enigm_p256_key_get_point (EnigmP256Key *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->point;
}

EVP_PKEY *
enigm_p256_key_peek_pkey (EnigmP256Key *self)
{
  return self->pkey;
}

/**
 * enigm_p256_key_ecdh:
 * @self: a key
 * @peer_point: (array length=peer_point_len): the other side's public point
 * @peer_point_len: its length
 * @error: return location for an error
 *
 * ECDH (SEC 1, section 3.3.1), with the peer's point checked in full.
 *
 * Returns: (transfer full): the 32-byte x-coordinate, or %NULL with %ENIGM_ERROR_MALFORMED
 */
EnigmSecret *
enigm_p256_key_ecdh (EnigmP256Key *self,
                     const guint8 *peer_point,
                     gsize peer_point_len,
                     GError **error)
{
  g_autoptr (EVP_PKEY) peer = NULL;
  g_autoptr (EVP_PKEY_CTX) ctx = NULL;
  EnigmSecret *x;
  gsize len = ENIGM_P256_SCALAR_SIZE;

  g_return_val_if_fail (self != NULL, NULL);

  peer = enigm_p256_pkey_from_point (peer_point, peer_point_len, error);
  if (peer == NULL)
    return NULL;

  x = enigm_secret_new_zeroed (len);
  ctx = EVP_PKEY_CTX_new_from_pkey (NULL, self->pkey, NULL);
  enigm_crypto_must (ctx != NULL);
  enigm_crypto_must (EVP_PKEY_derive_init (ctx));
  enigm_crypto_must (EVP_PKEY_derive_set_peer (ctx, peer));
  enigm_crypto_must (EVP_PKEY_derive (ctx, enigm_secret_peek_writable (x), &len));
  enigm_crypto_must (len == ENIGM_P256_SCALAR_SIZE);

  return x;
}

/**
 * enigm_p256_check_point:
 * @point: (array length=point_len) (nullable): bytes from outside
 * @point_len: how many
 * @error: return location for an error
 *
 * Returns: whether @point is 65 bytes, begins with 0x04 and lies on the curve; else
 *   %ENIGM_ERROR_MALFORMED
 */
gboolean
enigm_p256_check_point (const guint8 *point, gsize point_len, GError **error)
{
  g_autoptr (EC_POINT) parsed = NULL;

  g_return_val_if_fail (point != NULL || point_len == 0, FALSE);

  parsed = enigm_p256_point_parse (point, point_len, error);

  return parsed != NULL;
}
