/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-hash.h"

#include "enigm-openssl.h"

/* Looked up once: to find an algorithm takes longer than to hash a short message. */
static const EVP_MD *
get_sha256 (void)
{
  static gsize found;

  if (g_once_init_enter (&found))
    {
      EVP_MD *md = EVP_MD_fetch (NULL, OSSL_DIGEST_NAME_SHA2_256, NULL);

      enigm_crypto_must (md != NULL);
      g_once_init_leave (&found, (gsize) md);
    }

  return (const EVP_MD *) found;
}

/* A context that waits for its key, to copy. */
static const EVP_MAC_CTX *
get_hmac_sha256 (void)
{
  static gsize found;

  if (g_once_init_enter (&found))
    {
      static const guint8 no_key[ENIGM_SHA256_SIZE];
      g_autoptr (EVP_MAC) hmac = EVP_MAC_fetch (NULL, OSSL_MAC_NAME_HMAC, NULL);
      char digest_name[] = OSSL_DIGEST_NAME_SHA2_256;
      const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string (OSSL_MAC_PARAM_DIGEST,
                                                                      digest_name, 0),
                                    OSSL_PARAM_construct_end () };
      EVP_MAC_CTX *ctx;

      enigm_crypto_must (hmac != NULL);
      ctx = EVP_MAC_CTX_new (hmac);
      enigm_crypto_must (ctx != NULL);
      enigm_crypto_must (EVP_MAC_init (ctx, no_key, sizeof no_key, params));
      g_once_init_leave (&found, (gsize) ctx);
    }

  return (const EVP_MAC_CTX *) found;
}

/**
 * enigm_part_bytes:
 * @bytes: a #GBytes that outlives the part
 *
 * Returns: a piece that points at all of @bytes
 */
EnigmPart
enigm_part_bytes (GBytes *bytes)
{
  EnigmPart part;

  part.data = g_bytes_get_data (bytes, &part.len);

  return part;
}

/**
 * enigm_part_secret:
 * @secret: a secret that outlives the part
 *
 * Returns: a piece that points at all of @secret
 */
EnigmPart
enigm_part_secret (EnigmSecret *secret)
{
  EnigmPart part;

  part.data = enigm_secret_peek (secret, &part.len);

  return part;
}

/**
 * enigm_sha256:
 * @parts: (array length=n_parts): what to hash, in this order
 * @n_parts: number of pieces
 * @digest: (out): 32 bytes
 *
 * SHA-256 (FIPS 180-4) over pieces in a row.
 */
void
enigm_sha256 (const EnigmPart *parts, gsize n_parts, guint8 digest[ENIGM_SHA256_SIZE])
{
  g_autoptr (EVP_MD_CTX) ctx = EVP_MD_CTX_new ();

  g_return_if_fail (parts != NULL || n_parts == 0);

  enigm_crypto_must (ctx != NULL);
  enigm_crypto_must (EVP_DigestInit_ex (ctx, get_sha256 (), NULL));
  for (gsize i = 0; i < n_parts; i++)
    enigm_crypto_must (EVP_DigestUpdate (ctx, parts[i].data, parts[i].len));
  enigm_crypto_must (EVP_DigestFinal_ex (ctx, digest, NULL));
}

/**
 * enigm_hmac_sha256:
 * @key: the key, of any length
 * @parts: (array length=n_parts): what to authenticate, in this order
 * @n_parts: number of pieces
 * @mac: (out): 32 bytes
 *
 * HMAC-SHA256 (RFC 2104) over pieces in a row.
 */
void
enigm_hmac_sha256 (EnigmSecret *key,
                   const EnigmPart *parts,
                   gsize n_parts,
                   guint8 mac[ENIGM_SHA256_SIZE])
{
  g_autoptr (EVP_MAC_CTX) ctx = NULL;
  const guint8 *key_data;
  gsize key_len;

  g_return_if_fail (key != NULL);
  g_return_if_fail (parts != NULL || n_parts == 0);

  key_data = enigm_secret_peek (key, &key_len);
  ctx = EVP_MAC_CTX_dup (get_hmac_sha256 ());
  enigm_crypto_must (ctx != NULL);
  enigm_crypto_must (EVP_MAC_init (ctx, key_data, key_len, NULL));
  for (gsize i = 0; i < n_parts; i++)
    enigm_crypto_must (EVP_MAC_update (ctx, parts[i].data, parts[i].len));
  enigm_crypto_must (EVP_MAC_final (ctx, mac, NULL, ENIGM_SHA256_SIZE));
}

/**
 * enigm_hmac_sha256_check:
 * @key: the key, of any length
 * @parts: (array length=n_parts): what was authenticated, in this order
 * @n_parts: number of pieces
 * @mac: (array length=mac_len): the MAC that came from outside
 * @mac_len: its length; anything but 32 is wrong
 *
 * Returns: whether @mac is the right one; compared in constant time
 */
gboolean
enigm_hmac_sha256_check (EnigmSecret *key,
                         const EnigmPart *parts,
                         gsize n_parts,
                         const guint8 *mac,
                         gsize mac_len)
{
  guint8 expected[ENIGM_SHA256_SIZE];
  gboolean right;

  g_return_val_if_fail (mac != NULL || mac_len == 0, FALSE);

  enigm_hmac_sha256 (key, parts, n_parts, expected);
  right =
    mac_len == sizeof expected && enigm_bytes_equal_constant_time (mac, expected, sizeof expected);
  OPENSSL_cleanse (expected, sizeof expected);

  return right;
}
