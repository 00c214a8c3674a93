/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-makers.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "app/protocol/enigm-openssl.h"

#include "enigm-problem.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_STORE_CTX, X509_STORE_CTX_free)

typedef STACK_OF (X509) X509Stack;

static void
x509_stack_free (X509Stack *stack)
{
  sk_X509_pop_free (stack, X509_free);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509Stack, x509_stack_free)

struct _EnigmMakers
{
  X509_STORE *store;
};

/**
 * enigm_makers_load:
 * @path: a file with one certificate or more, PEM
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the authorities, or %NULL with %ENIGM_ERROR_STORAGE if the
 *   file cannot be read or holds something else
 */
EnigmMakers *
enigm_makers_load (const char *path, GError **error)
{
  g_autoptr (EnigmMakers) self = NULL;
  g_autoptr (BIO) bio = NULL;
  g_autofree char *pem = NULL;
  g_autoptr (GError) unread = NULL;
  guint n = 0;
  gsize len;
  X509 *ca;

  g_return_val_if_fail (path != NULL, NULL);

  if (!g_file_get_contents (path, &pem, &len, &unread))
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "makers' authorities: %s",
                   unread->message);
      return NULL;
    }
  self = g_new0 (EnigmMakers, 1);
  self->store = X509_STORE_new ();
  bio = BIO_new_mem_buf (pem, (int) len);
  while ((ca = PEM_read_bio_X509 (bio, NULL, NULL, NULL)) != NULL)
    {
      if (X509_check_ca (ca) > 0)
        {
          enigm_crypto_must (X509_STORE_add_cert (self->store, ca));
          n++;
        }
      X509_free (ca);
    }
  ERR_clear_error ();
  if (n == 0)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                   "makers' authorities: no authority's certificate in %s", path);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * enigm_makers_free:
 * @self: (transfer full): the authorities
 */
void
enigm_makers_free (EnigmMakers *self)
{
  g_return_if_fail (self != NULL);

  X509_STORE_free (self->store);
  g_free (self);
}

static gboolean
refuse (GError **error, const char *why)
{
  ERR_clear_error ();
  enigm_problem_set (error, ENIGM_PROBLEM_NOT_GENUINE, "certificates", "%s", why);
  return FALSE;
}

/* The public key as a point on P-256, if it is one. */
static gboolean
read_point (X509 *certificate, guint8 point[ENIGM_P256_POINT_SIZE])
{
  EVP_PKEY *key = X509_get0_pubkey (certificate);
  char group[32];
  gsize len;

  return key != NULL && EVP_PKEY_is_a (key, "EC") &&
         EVP_PKEY_get_utf8_string_param (key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                         NULL) &&
         g_str_equal (group, SN_X9_62_prime256v1) &&
         EVP_PKEY_get_octet_string_param (key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point,
                                          ENIGM_P256_POINT_SIZE, &len) &&
         len == ENIGM_P256_POINT_SIZE && enigm_p256_check_point (point, len, NULL);
}

static X509Stack *
read_chain (GPtrArray *chain, GError **error)
{
  g_autoptr (X509Stack) stack = sk_X509_new_null ();

  if (chain->len < 1 || chain->len > ENIGM_CHAIN_MAX)
    {
      refuse (error, "the chain has one to three certificates");
      return NULL;
    }
  for (guint i = 0; i < chain->len; i++)
    {
      g_autoptr (X509) certificate = NULL;
      guint8 point[ENIGM_P256_POINT_SIZE];
      gsize len;
      const guint8 *der = g_bytes_get_data (g_ptr_array_index (chain, i), &len);
      const guint8 *at = der;

      if (len > 0 && len <= ENIGM_CERTIFICATE_MAX_SIZE)
        certificate = d2i_X509 (NULL, &at, (long) len);
      if (certificate == NULL || at != der + len)
        {
          refuse (error, "a certificate does not parse");
          return NULL;
        }
      if (X509_get_signature_nid (certificate) != NID_ecdsa_with_SHA256 ||
          !read_point (certificate, point))
        {
          refuse (error, "a certificate is not P-256 with ECDSA and SHA-256");
          return NULL;
        }
      sk_X509_push (stack, g_steal_pointer (&certificate));
    }
  return g_steal_pointer (&stack);
}

/**
 * enigm_makers_check:
 * @self: the authorities
 * @chain: (element-type GBytes): certificates in DER, leaf first
 * @now: the time, in Unix seconds
 * @point: (out caller-allocates): the public key of the leaf
 * @certificate: (out caller-allocates): the certificate hash: SHA-256 of the leaf
 * @error: return location
 *
 * Checks that a key is what its maker made (PROTOCOL.md, section 5, "Certificates").
 *
 * Returns: %FALSE with the problem `not-genuine` if it is not
 */
gboolean
enigm_makers_check (EnigmMakers *self,
                    GPtrArray *chain,
                    gint64 now,
                    guint8 point[ENIGM_P256_POINT_SIZE],
                    guint8 certificate[ENIGM_SHA256_SIZE],
                    GError **error)
{
  g_autoptr (X509Stack) stack = NULL;
  g_autoptr (X509_STORE_CTX) ctx = NULL;
  X509_VERIFY_PARAM *param;
  const X509Stack *built;
  X509 *leaf;

  g_return_val_if_fail (self != NULL && chain != NULL, FALSE);
  g_return_val_if_fail (point != NULL && certificate != NULL, FALSE);

  stack = read_chain (chain, error);
  if (stack == NULL)
    return FALSE;
  leaf = sk_X509_value (stack, 0);

  /* X509_get_key_usage() reads all ones where the extension is missing. */
  if ((X509_get_extension_flags (leaf) & (EXFLAG_INVALID | EXFLAG_CA)) != 0 ||
      (X509_get_extension_flags (leaf) & EXFLAG_KUSAGE) == 0 ||
      (X509_get_key_usage (leaf) & KU_DIGITAL_SIGNATURE) == 0)
    return refuse (error, "the leaf is not a key's");

  ctx = X509_STORE_CTX_new ();
  enigm_crypto_must (ctx != NULL);
  enigm_crypto_must (X509_STORE_CTX_init (ctx, self->store, leaf, stack));
  param = X509_STORE_CTX_get0_param (ctx);
  X509_VERIFY_PARAM_set_time (param, (time_t) now);
  X509_VERIFY_PARAM_set_depth (param, ENIGM_CHAIN_MAX);
  /* An authority may itself be signed by one that we do not know. */
  X509_VERIFY_PARAM_set_flags (param, X509_V_FLAG_PARTIAL_CHAIN);
  if (X509_verify_cert (ctx) != 1)
    return refuse (error, X509_verify_cert_error_string (X509_STORE_CTX_get_error (ctx)));

  /* Nothing in the chain may be there for show, or in another order. */
  built = X509_STORE_CTX_get0_chain (ctx);
  for (int i = 0; i < sk_X509_num (stack); i++)
    if (i >= sk_X509_num (built) ||
        X509_cmp (sk_X509_value (stack, i), sk_X509_value (built, i)) != 0)
      return refuse (error, "the chain is not in order");

  read_point (leaf, point);
  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (g_ptr_array_index (chain, 0))), certificate);
  return TRUE;
}
