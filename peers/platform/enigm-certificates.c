/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-certificates.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "app/protocol/enigm-openssl.h"
#include "app/protocol/enigm-p256-private.h"

#define SERIAL_SIZE 16
#define DAY_SECONDS (24 * 60 * 60L)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_EXTENSION, X509_EXTENSION_free)

static void
add_extension (X509 *certificate, X509 *issuer, gint nid, const gchar *value)
{
  g_autoptr (X509_EXTENSION) extension = NULL;
  X509V3_CTX context;

  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  enigm_crypto_must (extension != NULL);
  enigm_crypto_must (X509_add_ext (certificate, extension, -1));
}

/* A certificate of the profile of RFC 5280 with everything but its extensions and signature. */
static X509 *
begin (EnigmP256Key *key, const gchar *name, glong days, GError **error)
{
  g_autoptr (X509) certificate = X509_new ();
  guint8 serial[SERIAL_SIZE];
  BIGNUM *number;

  enigm_crypto_must (certificate != NULL);
  if (!enigm_random_bytes (serial, sizeof serial, error))
    return NULL;
  serial[0] &= 0x7f;
  number = BN_bin2bn (serial, sizeof serial, NULL);
  enigm_crypto_must (number != NULL);
  enigm_crypto_must (BN_to_ASN1_INTEGER (number, X509_get_serialNumber (certificate)) != NULL);
  BN_free (number);
  enigm_crypto_must (X509_set_version (certificate, X509_VERSION_3));
  /* A day back, for clocks that are behind. */
  enigm_crypto_must (X509_gmtime_adj (X509_getm_notBefore (certificate), -DAY_SECONDS) != NULL);
  enigm_crypto_must (X509_gmtime_adj (X509_getm_notAfter (certificate), days * DAY_SECONDS) !=
                     NULL);
  enigm_crypto_must (X509_NAME_add_entry_by_txt (X509_get_subject_name (certificate), "CN",
                                                 MBSTRING_UTF8, (const guint8 *) name, -1, -1, 0));
  enigm_crypto_must (X509_set_pubkey (certificate, enigm_p256_key_peek_pkey (key)));
  return g_steal_pointer (&certificate);
}

static gchar *
sign_and_write (X509 *certificate, EnigmP256Key *issuer_key)
{
  g_autoptr (BIO) bio = BIO_new (BIO_s_mem ());
  gchar *data;
  glong size;

  enigm_crypto_must (X509_sign (certificate, enigm_p256_key_peek_pkey (issuer_key), EVP_sha256 ()));
  enigm_crypto_must (PEM_write_bio_X509 (bio, certificate));
  size = BIO_get_mem_data (bio, &data);
  return g_strndup (data, size);
}

/**
 * enigm_certificates_make_ca:
 * @key: the authority's key
 * @name: its name, for people; at most 64 bytes
 * @error: why it failed
 *
 * Returns: (transfer full) (nullable): the certificate of an authority that signs servers only, PEM
 */
gchar *
enigm_certificates_make_ca (EnigmP256Key *key, const gchar *name, GError **error)
{
  g_autoptr (X509) certificate = begin (key, name, ENIGM_CA_DAYS, error);

  if (certificate == NULL)
    return NULL;
  enigm_crypto_must (X509_set_issuer_name (certificate, X509_get_subject_name (certificate)));
  add_extension (certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension (certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension (certificate, certificate, NID_subject_key_identifier, "hash");
  return sign_and_write (certificate, key);
}

/**
 * enigm_certificates_make_server:
 * @ca_key: the authority's key
 * @ca_pem: the authority's certificate
 * @key: the server's key
 * @host: the host in the platform's origin
 * @error: why it failed
 *
 * Returns: (transfer full) (nullable): the server's certificate, with @host as its alternative
 * name, PEM
 */
gchar *
enigm_certificates_make_server (EnigmP256Key *ca_key,
                                const gchar *ca_pem,
                                EnigmP256Key *key,
                                const gchar *host,
                                GError **error)
{
  g_autoptr (BIO) bio = BIO_new_mem_buf (ca_pem, -1);
  g_autoptr (X509) ca = PEM_read_bio_X509 (bio, NULL, NULL, NULL);
  g_autoptr (X509) certificate = NULL;
  g_autofree gchar *san = NULL;

  g_return_val_if_fail (ca != NULL, NULL);

  /* A common name holds 64 bytes; the name that counts is the alternative one. */
  certificate =
    begin (key, strlen (host) <= 64 ? host : "Enigm platform", ENIGM_SERVER_DAYS, error);
  if (certificate == NULL)
    return NULL;
  enigm_crypto_must (X509_set_issuer_name (certificate, X509_get_subject_name (ca)));
  san = g_strconcat (g_hostname_is_ip_address (host) ? "IP:" : "DNS:", host, NULL);
  add_extension (certificate, ca, NID_basic_constraints, "critical,CA:FALSE");
  add_extension (certificate, ca, NID_key_usage, "critical,digitalSignature");
  add_extension (certificate, ca, NID_ext_key_usage, "serverAuth");
  add_extension (certificate, ca, NID_subject_key_identifier, "hash");
  add_extension (certificate, ca, NID_authority_key_identifier, "keyid:always");
  add_extension (certificate, ca, NID_subject_alt_name, san);
  return sign_and_write (certificate, ca_key);
}

/**
 * enigm_certificates_check_authority:
 * @pem: a file that should hold the makers' authorities
 * @size: bytes in it
 * @error: what is wrong with it
 *
 * Returns: (transfer full) (nullable): the certificates in @pem and nothing else that was there,
 * PEM
 */
gchar *
enigm_certificates_check_authority (const gchar *pem, gsize size, GError **error)
{
  g_autoptr (BIO) in = BIO_new_mem_buf (pem, size);
  g_autoptr (BIO) out = BIO_new (BIO_s_mem ());
  guint found = 0;
  gchar *data;
  glong written;
  X509 *next;

  while ((next = PEM_read_bio_X509 (in, NULL, NULL, NULL)) != NULL)
    {
      g_autoptr (X509) certificate = next;

      if (X509_check_ca (certificate) != 1)
        {
          g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                               "maker CA: a certificate in it is not an authority's");
          return NULL;
        }
      enigm_crypto_must (PEM_write_bio_X509 (out, certificate));
      found++;
    }
  ERR_clear_error ();
  if (found == 0)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "maker CA: no certificate in it");
      return NULL;
    }
  written = BIO_get_mem_data (out, &data);
  return g_strndup (data, written);
}
