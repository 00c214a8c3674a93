/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "enigm-error.h"
#include "enigm-message.h"
#include "enigm-openssl.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_STORE, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_STORE_CTX, X509_STORE_CTX_free)

/* More makers than any platform knows. */
#define MAX_AUTHORITIES 64

/* 128 bits of security: P-256 and SHA-256, or better. */
#define SECURITY_LEVEL 3

static void
free_certificates (STACK_OF (X509) * certificates)
{
  sk_X509_pop_free (certificates, X509_free);
}

typedef STACK_OF (X509) Certificates;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Certificates, free_certificates)

static X509 *
parse_der (GBytes *der, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (der, &len);
  const guint8 *at = data;
  g_autoptr (X509) certificate = NULL;

  if (len > 0 && len <= ENIGM_CERTIFICATE_MAX_SIZE)
    certificate = d2i_X509 (NULL, &at, (long) len);
  ERR_clear_error ();
  if (certificate == NULL || at != data + len)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "certificate: is not one certificate in DER");
      return NULL;
    }
  return g_steal_pointer (&certificate);
}

/* What the protocol has beyond X.509's own rules: one curve, one way to sign. */
static gboolean
check_algorithms (X509 *certificate, GError **error)
{
  EVP_PKEY *key = X509_get0_pubkey (certificate);
  gchar group[32];
  gsize len;

  if (key == NULL || !EVP_PKEY_is_a (key, "EC") ||
      EVP_PKEY_get_group_name (key, group, sizeof group, &len) != 1 ||
      strcmp (group, SN_X9_62_prime256v1) != 0)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                           "certificate: its key is not on P-256");
      return FALSE;
    }
  if (X509_get_signature_nid (certificate) != NID_ecdsa_with_SHA256)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                           "certificate: is not signed by ECDSA with SHA-256");
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_leaf (X509 *leaf, GError **error)
{
  guint32 flags = X509_get_extension_flags (leaf);

  if ((flags & EXFLAG_INVALID) != 0 || (flags & EXFLAG_CA) != 0)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                           "certificate: is a maker's, not a key's");
      return FALSE;
    }
  if ((flags & EXFLAG_KUSAGE) == 0 || (X509_get_key_usage (leaf) & KU_DIGITAL_SIGNATURE) == 0)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                           "certificate: is not for digital signatures");
      return FALSE;
    }
  return TRUE;
}

/* Issuers must say that they may sign certificates: X.509 alone lets them leave it out. */
static gboolean
check_issuer (X509 *issuer, GError **error)
{
  guint32 flags = X509_get_extension_flags (issuer);

  if ((flags & EXFLAG_INVALID) == 0 && (flags & EXFLAG_CA) != 0 && (flags & EXFLAG_KUSAGE) != 0 &&
      (X509_get_key_usage (issuer) & KU_KEY_CERT_SIGN) != 0)
    return TRUE;
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                       "certificate: its issuer may not issue any");
  return FALSE;
}

static void
write_point (X509 *certificate, guint8 point_out[ENIGM_P256_POINT_SIZE])
{
  const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr (certificate);

  memcpy (point_out, ASN1_STRING_get0_data (bits), ENIGM_P256_POINT_SIZE);
}

static gboolean
check_point (X509 *certificate, GError **error)
{
  const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr (certificate);

  return enigm_p256_check_point (ASN1_STRING_get0_data (bits), (gsize) ASN1_STRING_length (bits),
                                 error);
}

/* Without this libcrypto would ask a terminal for the password of an encrypted PEM. */
static int
on_password_wanted (char *buffer, int size, int writing, void *data)
{
  return -1;
}

static X509_STORE *
parse_authorities (GBytes *authorities, GError **error)
{
  gsize len;
  gconstpointer data = g_bytes_get_data (authorities, &len);
  g_autoptr (X509_STORE) store = X509_STORE_new ();
  g_autoptr (BIO) bio = NULL;
  guint n_authorities = 0;

  enigm_crypto_must (store != NULL);
  bio = len > 0 && len <= G_MAXINT ? BIO_new_mem_buf (data, (int) len) : BIO_new (BIO_s_mem ());
  enigm_crypto_must (bio != NULL);
  for (;;)
    {
      g_autoptr (X509) authority = PEM_read_bio_X509 (bio, NULL, on_password_wanted, NULL);
      unsigned long reason = ERR_peek_last_error ();

      ERR_clear_error ();
      if (authority == NULL && n_authorities > 0 && ERR_GET_LIB (reason) == ERR_LIB_PEM &&
          ERR_GET_REASON (reason) == PEM_R_NO_START_LINE)
        return g_steal_pointer (&store);
      if (authority == NULL || n_authorities == MAX_AUTHORITIES)
        {
          g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                               "makers: are not certificates in PEM");
          return NULL;
        }
      if (!check_issuer (authority, error))
        return NULL;
      enigm_crypto_must (X509_STORE_add_cert (store, authority));
      n_authorities++;
    }
}

/**
 * enigm_certificate_hash:
 * @certificate: a leaf certificate, DER
 * @hash_out: (out): the certificate hash (PROTOCOL.md, section 1)
 */
void
enigm_certificate_hash (GBytes *certificate, guint8 hash_out[ENIGM_SHA256_SIZE])
{
  g_return_if_fail (certificate != NULL && hash_out != NULL);

  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (certificate)), hash_out);
}

/**
 * enigm_certificate_get_point:
 * @certificate: a certificate, DER, at most 1024 bytes
 * @point_out: (out): its public key; zeroed on failure
 * @error: return location
 *
 * Reads the public key, and says nothing about whether to trust it.
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED, or %ENIGM_ERROR_NOT_GENUINE if its key is
 *   not on P-256 or it is not signed by ECDSA with SHA-256
 */
gboolean
enigm_certificate_get_point (GBytes *certificate,
                             guint8 point_out[ENIGM_P256_POINT_SIZE],
                             GError **error)
{
  g_autoptr (X509) parsed = NULL;

  g_return_val_if_fail (certificate != NULL && point_out != NULL, FALSE);

  memset (point_out, 0, ENIGM_P256_POINT_SIZE);
  parsed = parse_der (certificate, error);
  if (parsed == NULL || !check_algorithms (parsed, error) || !check_point (parsed, error))
    return FALSE;
  write_point (parsed, point_out);
  return TRUE;
}

/**
 * enigm_certificate_check_authorities:
 * @authorities: makers' CA certificates, PEM, one after the other
 * @error: return location
 *
 * What a platform asks of its configuration before it starts.
 *
 * Returns: %TRUE if there is at least one certificate and all may issue certificates, or %FALSE
 *   with %ENIGM_ERROR_MALFORMED or %ENIGM_ERROR_NOT_GENUINE
 */
gboolean
enigm_certificate_check_authorities (GBytes *authorities, GError **error)
{
  g_autoptr (X509_STORE) store = NULL;

  g_return_val_if_fail (authorities != NULL, FALSE);

  store = parse_authorities (authorities, error);
  return store != NULL;
}

static Certificates *
parse_chain (GPtrArray *chain, GError **error)
{
  g_autoptr (Certificates) certificates = sk_X509_new_null ();

  enigm_crypto_must (certificates != NULL);
  if (chain->len == 0 || chain->len > ENIGM_CHAIN_MAX)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "chain: has another number of certificates");
      return NULL;
    }
  for (guint i = 0; i < chain->len; i++)
    {
      g_autoptr (X509) certificate = parse_der (chain->pdata[i], error);

      if (certificate == NULL || !check_algorithms (certificate, error) ||
          !check_point (certificate, error))
        return NULL;
      enigm_crypto_must (sk_X509_push (certificates, certificate));
      g_steal_pointer (&certificate);
    }
  return g_steal_pointer (&certificates);
}

/* The path that was verified must be the chain as it was sent, in its order, with nothing beside
 * it: one key has one chain. */
static gboolean
check_path (X509_STORE_CTX *ctx, Certificates *certificates, GError **error)
{
  Certificates *path = X509_STORE_CTX_get0_chain (ctx);

  if (sk_X509_num (path) < sk_X509_num (certificates))
    goto refused;
  for (int i = 0; i < sk_X509_num (certificates); i++)
    if (X509_cmp (sk_X509_value (path, i), sk_X509_value (certificates, i)) != 0)
      goto refused;
  for (int i = 1; i < sk_X509_num (path); i++)
    if (!check_issuer (sk_X509_value (path, i), error))
      return FALSE;
  return TRUE;

refused:
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                       "chain: does not lead to a maker step by step");
  return FALSE;
}

/**
 * enigm_certificate_check_chain:
 * @chain: (element-type GBytes): 1 to 3 certificates, DER, leaf first, at most 1024 bytes each
 * @authorities: makers' CA certificates, PEM, one after the other
 * @time: when it must be valid, Unix seconds
 * @point_out: (out): the leaf's public key; zeroed on failure
 * @error: return location
 *
 * Checks that a key is a maker's (RFC 5280, section 6; PROTOCOL.md, section 5): every certificate
 * on P-256 and signed by ECDSA with SHA-256, valid at @time; the leaf for digital signatures and
 * no CA; each issuer a CA that may sign certificates; the last one, or its issuer, among
 * @authorities.
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED (it does not parse) or
 *   %ENIGM_ERROR_NOT_GENUINE (it does not lead to a maker)
 */
gboolean
enigm_certificate_check_chain (GPtrArray *chain,
                               GBytes *authorities,
                               gint64 time,
                               guint8 point_out[ENIGM_P256_POINT_SIZE],
                               GError **error)
{
  g_autoptr (Certificates) certificates = NULL;
  g_autoptr (X509_STORE) store = NULL;
  g_autoptr (X509_STORE_CTX) ctx = NULL;
  X509_VERIFY_PARAM *param;
  X509 *leaf;

  g_return_val_if_fail (chain != NULL && authorities != NULL && point_out != NULL, FALSE);

  memset (point_out, 0, ENIGM_P256_POINT_SIZE);
  certificates = parse_chain (chain, error);
  if (certificates == NULL)
    return FALSE;
  leaf = sk_X509_value (certificates, 0);
  if (!check_leaf (leaf, error))
    return FALSE;
  store = parse_authorities (authorities, error);
  if (store == NULL)
    return FALSE;

  ctx = X509_STORE_CTX_new ();
  enigm_crypto_must (ctx != NULL);
  enigm_crypto_must (X509_STORE_CTX_init (ctx, store, leaf, certificates));
  param = X509_STORE_CTX_get0_param (ctx);
  /* Whom the platform trusts, it trusts by name, also if that maker has a maker above. */
  enigm_crypto_must (
    X509_VERIFY_PARAM_set_flags (param, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_X509_STRICT));
  X509_VERIFY_PARAM_set_time (param, (time_t) time);
  X509_VERIFY_PARAM_set_auth_level (param, SECURITY_LEVEL);
  X509_VERIFY_PARAM_set_depth (param, ENIGM_CHAIN_MAX);
  if (X509_verify_cert (ctx) != 1)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE, "chain: %s",
                   X509_verify_cert_error_string (X509_STORE_CTX_get_error (ctx)));
      ERR_clear_error ();
      return FALSE;
    }
  if (!check_path (ctx, certificates, error))
    return FALSE;
  write_point (leaf, point_out);
  return TRUE;
}
