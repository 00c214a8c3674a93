/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enigm-openssl.h"
#include "key-file.h"

#define AUTHORITY_KEY_FILE "maker-ca.key"
#define MAX_PEM 4096

/* A key is made to outlive its battery; the maker's certificate outlives the keys. */
#define LEAF_DAYS (20 * 365)
#define AUTHORITY_DAYS (40 * 365)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_EXTENSION, X509_EXTENSION_free)

static void
add_extension (X509 *certificate, X509 *issuer, int nid, const char *value)
{
  g_autoptr (X509_EXTENSION) extension = NULL;
  X509V3_CTX context;

  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  X509V3_set_ctx_nodb (&context);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  enigm_crypto_must (extension != NULL);
  enigm_crypto_must (X509_add_ext (certificate, extension, -1));
}

/* No owner's data: a certificate names the hardware, by a random number. */
static X509 *
make_certificate (EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key, int days)
{
  X509 *certificate = X509_new ();
  X509_NAME *subject = X509_get_subject_name (certificate);
  guint8 serial[16];
  g_autoptr (BIGNUM) number = NULL;

  enigm_crypto_must (RAND_bytes (serial, sizeof serial));
  serial[0] = (serial[0] & 0x7f) | 0x40;
  number = BN_bin2bn (serial, sizeof serial, NULL);
  enigm_crypto_must (BN_to_ASN1_INTEGER (number, X509_get_serialNumber (certificate)) != NULL);

  enigm_crypto_must (X509_set_version (certificate, X509_VERSION_3));
  enigm_crypto_must (
    X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_UTF8, (const guint8 *) name, -1, -1, 0));
  enigm_crypto_must (
    X509_set_issuer_name (certificate, issuer != NULL ? X509_get_subject_name (issuer) : subject));
  /* An hour back, for platforms whose clock is a little late. */
  enigm_crypto_must (X509_gmtime_adj (X509_getm_notBefore (certificate), -3600) != NULL);
  enigm_crypto_must (X509_time_adj_ex (X509_getm_notAfter (certificate), days, 0, NULL) != NULL);
  enigm_crypto_must (X509_set_pubkey (certificate, key));

  add_extension (certificate, issuer != NULL ? issuer : certificate, NID_basic_constraints,
                 issuer != NULL ? "critical,CA:FALSE" : "critical,CA:TRUE,pathlen:1");
  add_extension (certificate, issuer != NULL ? issuer : certificate, NID_key_usage,
                 issuer != NULL ? "critical,digitalSignature" : "critical,keyCertSign,cRLSign");
  add_extension (certificate, issuer != NULL ? issuer : certificate, NID_subject_key_identifier,
                 "hash");
  if (issuer != NULL)
    add_extension (certificate, issuer, NID_authority_key_identifier, "keyid");
  enigm_crypto_must (X509_sign (certificate, issuer_key, EVP_sha256 ()));

  return certificate;
}

static EnigmSecret *
key_to_pem (EVP_PKEY *key)
{
  g_autoptr (BIO) bio = BIO_new (BIO_s_secmem ());
  char *data;
  long len;

  enigm_crypto_must (PEM_write_bio_PKCS8PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL));
  len = BIO_get_mem_data (bio, &data);

  return enigm_secret_new_copy ((const guint8 *) data, len);
}

static int
open_folder (const char *folder, GError **error)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int saved = errno;

  if (fd < 0)
    g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: %s", folder, g_strerror (saved));

  return fd;
}

/**
 * enigm_key_certificate_make_authority:
 * @folder: path of the folder for its key and certificate
 * @error: return location for an error
 *
 * Makes a maker of keys: a private key that only its owner reads, and `maker-ca.pem`.
 *
 * Returns: whether it was made; else %ENIGM_ERROR_STORAGE, also if one is there already
 */
gboolean
enigm_key_certificate_make_authority (const char *folder, GError **error)
{
  g_autoptr (EVP_PKEY) key = NULL;
  g_autoptr (X509) certificate = NULL;
  g_autoptr (BIO) bio = BIO_new (BIO_s_mem ());
  g_autoptr (EnigmSecret) pem = NULL;
  g_autoptr (GBytes) certificate_pem = NULL;
  g_autoptr (GBytes) key_pem = NULL;
  char *data;
  long len;
  int fd;
  gboolean ok;

  g_return_val_if_fail (folder != NULL, FALSE);

  if (g_mkdir_with_parents (folder, 0700) < 0)
    {
      int saved = errno;

      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: %s", folder, g_strerror (saved));
      return FALSE;
    }
  fd = open_folder (folder, error);
  if (fd < 0)
    return FALSE;
  if (faccessat (fd, AUTHORITY_KEY_FILE, F_OK, 0) == 0)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: a maker is there already", folder);
      close (fd);
      return FALSE;
    }

  key = EVP_EC_gen ("P-256");
  enigm_crypto_must (key != NULL);
  certificate = make_certificate (key, "Enigm Key maker", NULL, key, AUTHORITY_DAYS);
  enigm_crypto_must (PEM_write_bio_X509 (bio, certificate));
  len = BIO_get_mem_data (bio, &data);
  certificate_pem = g_bytes_new (data, len);
  pem = key_to_pem (key);
  key_pem = enigm_secret_as_bytes (pem);

  ok = enigm_key_file_replace (fd, AUTHORITY_KEY_FILE, key_pem, error) &&
       enigm_key_file_replace (fd, ENIGM_KEY_AUTHORITY_FILE, certificate_pem, error);
  /* The certificate is for everyone who runs a platform. */
  if (ok && fchmodat (fd, ENIGM_KEY_AUTHORITY_FILE, 0644, 0) < 0)
    g_message ("%s stays readable by you alone", ENIGM_KEY_AUTHORITY_FILE);
  close (fd);

  return ok;
}

static BIO *
read_pem (int fd, const char *name, GBytes **bytes, GError **error)
{
  gsize len;
  const guint8 *data;

  *bytes = enigm_key_file_read (fd, name, MAX_PEM, error);
  if (*bytes == NULL)
    return NULL;
  data = g_bytes_get_data (*bytes, &len);

  return BIO_new_mem_buf (data, len);
}

/**
 * enigm_key_certificate_issue:
 * @ca_folder: path of what enigm_key_certificate_make_authority() made
 * @key_pem: (out): a new attestation key, PKCS #8 in PEM
 * @leaf: (out): its certificate, DER, at most 1024 bytes
 * @error: return location for an error
 *
 * Makes one key's attestation key and certificate: P-256, digitalSignature, no CA.
 *
 * Returns: whether it did
 */
gboolean
enigm_key_certificate_issue (const char *ca_folder,
                             EnigmSecret **key_pem,
                             GBytes **leaf,
                             GError **error)
{
  g_autoptr (GBytes) key_bytes = NULL;
  g_autoptr (GBytes) certificate_bytes = NULL;
  g_autoptr (BIO) key_bio = NULL;
  g_autoptr (BIO) certificate_bio = NULL;
  g_autoptr (EVP_PKEY) issuer_key = NULL;
  g_autoptr (EVP_PKEY) key = NULL;
  g_autoptr (X509) issuer = NULL;
  g_autoptr (X509) certificate = NULL;
  g_autofree char *name = NULL;
  guint8 number[8];
  guint8 *der = NULL;
  int fd, len;

  g_return_val_if_fail (ca_folder != NULL && key_pem != NULL && leaf != NULL, FALSE);

  fd = open_folder (ca_folder, error);
  if (fd < 0)
    return FALSE;
  key_bio = read_pem (fd, AUTHORITY_KEY_FILE, &key_bytes, error);
  if (key_bio != NULL)
    certificate_bio = read_pem (fd, ENIGM_KEY_AUTHORITY_FILE, &certificate_bytes, error);
  close (fd);
  if (certificate_bio == NULL)
    return FALSE;
  issuer_key = PEM_read_bio_PrivateKey (key_bio, NULL, NULL, NULL);
  issuer = PEM_read_bio_X509 (certificate_bio, NULL, NULL, NULL);
  if (issuer_key == NULL || issuer == NULL || X509_check_private_key (issuer, issuer_key) != 1)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                   "%s: key and certificate of the maker do not fit", ca_folder);
      return FALSE;
    }

  if (!enigm_random_bytes (number, sizeof number, error))
    return FALSE;
  name = g_strdup_printf ("Enigm Key %02x%02x%02x%02x%02x%02x%02x%02x", number[0], number[1],
                          number[2], number[3], number[4], number[5], number[6], number[7]);
  key = EVP_EC_gen ("P-256");
  enigm_crypto_must (key != NULL);
  certificate = make_certificate (key, name, issuer, issuer_key, LEAF_DAYS);
  len = i2d_X509 (certificate, &der);
  enigm_crypto_must (len);
  *leaf = g_bytes_new (der, len);
  OPENSSL_free (der);
  *key_pem = key_to_pem (key);

  return TRUE;
}
