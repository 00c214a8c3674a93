/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-p256-private.h"

#define DER_SIGNATURE_MAX 72

static gboolean
sign_parts (EnigmP256Key *key,
            const EnigmPart *parts,
            gsize n_parts,
            guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
            GError **error)
{
  g_autoptr (EVP_MD_CTX) ctx = EVP_MD_CTX_new ();
  g_autoptr (ECDSA_SIG) parsed = NULL;
  guint8 der[DER_SIGNATURE_MAX];
  const guint8 *cursor = der;
  gsize der_len = sizeof der;

  enigm_crypto_must (ctx != NULL);
  enigm_crypto_must (
    EVP_DigestSignInit_ex (ctx, NULL, "SHA256", NULL, NULL, enigm_p256_key_peek_pkey (key), NULL));
  for (gsize i = 0; i < n_parts; i++)
    enigm_crypto_must (EVP_DigestSignUpdate (ctx, parts[i].data, parts[i].len));

  /* The one step that draws a random number. */
  if (EVP_DigestSignFinal (ctx, der, &der_len) != 1)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_RANDOMNESS,
                           "no good random numbers are to be had");
      return FALSE;
    }

  parsed = d2i_ECDSA_SIG (NULL, &cursor, (long) der_len);
  enigm_crypto_must (parsed != NULL);
  enigm_crypto_must (BN_bn2binpad (ECDSA_SIG_get0_r (parsed), signature, 32));
  enigm_crypto_must (BN_bn2binpad (ECDSA_SIG_get0_s (parsed), signature + 32, 32));

  return TRUE;
}

static gboolean
verify_parts (const guint8 *point,
              gsize point_len,
              const EnigmPart *parts,
              gsize n_parts,
              const guint8 *signature,
              gsize signature_len,
              GError **error)
{
  g_autoptr (EVP_PKEY) pkey = NULL;
  g_autoptr (EVP_MD_CTX) ctx = EVP_MD_CTX_new ();
  g_autoptr (ECDSA_SIG) parsed = ECDSA_SIG_new ();
  BIGNUM *r, *s;
  guint8 der[DER_SIGNATURE_MAX];
  guint8 *cursor = der;
  int der_len;

  pkey = enigm_p256_pkey_from_point (point, point_len, error);
  if (pkey == NULL)
    return FALSE;
  if (signature_len != ENIGM_P256_SIGNATURE_SIZE)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "signature: not 64 bytes");
      return FALSE;
    }

  r = BN_bin2bn (signature, 32, NULL);
  s = BN_bin2bn (signature + 32, 32, NULL);
  enigm_crypto_must (ctx != NULL && parsed != NULL && r != NULL && s != NULL);
  enigm_crypto_must (ECDSA_SIG_set0 (parsed, r, s));
  der_len = i2d_ECDSA_SIG (parsed, &cursor);
  enigm_crypto_must (der_len);

  enigm_crypto_must (EVP_DigestVerifyInit_ex (ctx, NULL, "SHA256", NULL, NULL, pkey, NULL));
  for (gsize i = 0; i < n_parts; i++)
    enigm_crypto_must (EVP_DigestVerifyUpdate (ctx, parts[i].data, parts[i].len));
  if (EVP_DigestVerifyFinal (ctx, der, (gsize) der_len) != 1)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                           "signature: not by this key over this message");
      return FALSE;
    }

  return TRUE;
}

/* The label, with its terminating zero, in front: no label is the beginning of another. */
static EnigmPart *
labelled_parts (const char *label, const EnigmPart *parts, gsize n_parts)
{
  EnigmPart *all = g_new (EnigmPart, n_parts + 1);

  all[0] = (EnigmPart){ label, strlen (label) + 1 };
  for (gsize i = 0; i < n_parts; i++)
    all[i + 1] = parts[i];

  return all;
}

/**
 * enigm_p256_sign:
 * @key: a private key
 * @label: ASCII, not empty: what kind of thing is signed, like "enigm offer 1"
 * @parts: (array length=n_parts): the message, in pieces
 * @n_parts: number of pieces
 * @signature: (out): 64 bytes, r and s
 * @error: return location for an error
 *
 * ECDSA with SHA-256 (FIPS 186-4) over label, a zero byte, and message. The label keeps a signature
 * over one kind of thing from being shown as one over another.
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_RANDOMNESS
 */
gboolean
enigm_p256_sign (EnigmP256Key *key,
                 const char *label,
                 const EnigmPart *parts,
                 gsize n_parts,
                 guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                 GError **error)
{
  g_autofree EnigmPart *all = NULL;

  g_return_val_if_fail (key != NULL, FALSE);
  g_return_val_if_fail (label != NULL && *label != '\0' && g_str_is_ascii (label), FALSE);
  g_return_val_if_fail (parts != NULL || n_parts == 0, FALSE);

  all = labelled_parts (label, parts, n_parts);

  return sign_parts (key, all, n_parts + 1, signature, error);
}

/**
 * enigm_p256_verify:
 * @point: (array length=point_len): the signer's public point
 * @point_len: its length
 * @label: ASCII, not empty: what kind of thing was signed
 * @parts: (array length=n_parts): the message, in pieces
 * @n_parts: number of pieces
 * @signature: (array length=signature_len): what came with it
 * @signature_len: its length
 * @error: return location for an error
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_NOT_GENUINE, or %ENIGM_ERROR_MALFORMED where point or
 *   signature are not of their form
 */
gboolean
enigm_p256_verify (const guint8 *point,
                   gsize point_len,
                   const char *label,
                   const EnigmPart *parts,
                   gsize n_parts,
                   const guint8 *signature,
                   gsize signature_len,
                   GError **error)
{
  g_autofree EnigmPart *all = NULL;

  g_return_val_if_fail (label != NULL && *label != '\0' && g_str_is_ascii (label), FALSE);
  g_return_val_if_fail (parts != NULL || n_parts == 0, FALSE);

  all = labelled_parts (label, parts, n_parts);

  return verify_parts (point, point_len, all, n_parts + 1, signature, signature_len, error);
}

/**
 * enigm_p256_sign_raw:
 * @key: a private key that signs nothing but HTTP messages
 * @message: (array length=message_len): a signature base
 * @message_len: its length
 * @signature: (out): 64 bytes, r and s
 * @error: return location for an error
 *
 * `ecdsa-p256-sha256` of HTTP Message Signatures (RFC 9421, section 3.3.4), which has no place for
 * a label. Everything else is signed with enigm_p256_sign().
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_RANDOMNESS
 */
gboolean
enigm_p256_sign_raw (EnigmP256Key *key,
                     gconstpointer message,
                     gsize message_len,
                     guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                     GError **error)
{
  const EnigmPart part = { message, message_len };

  g_return_val_if_fail (key != NULL, FALSE);
  g_return_val_if_fail (message != NULL || message_len == 0, FALSE);

  return sign_parts (key, &part, 1, signature, error);
}

/**
 * enigm_p256_verify_raw:
 * @point: (array length=point_len): the signer's public point
 * @point_len: its length
 * @message: (array length=message_len): a signature base
 * @message_len: its length
 * @signature: (array length=signature_len): what came with it
 * @signature_len: its length
 * @error: return location for an error
 *
 * The other side of enigm_p256_sign_raw().
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_NOT_GENUINE, or %ENIGM_ERROR_MALFORMED where point or
 *   signature are not of their form
 */
gboolean
enigm_p256_verify_raw (const guint8 *point,
                       gsize point_len,
                       gconstpointer message,
                       gsize message_len,
                       const guint8 *signature,
                       gsize signature_len,
                       GError **error)
{
  const EnigmPart part = { message, message_len };

  g_return_val_if_fail (message != NULL || message_len == 0, FALSE);

  return verify_parts (point, point_len, &part, 1, signature, signature_len, error);
}
