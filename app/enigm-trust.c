/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <string.h>

#include "enigm-trust.h"
#include "protocol/enigm-error.h"

#define PIN_SIZE 32
#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END "-----END CERTIFICATE-----"

struct _EnigmTrust
{
  GObject parent;
  EnigmTrustKind kind;
  GPtrArray *authorities; /* of GTlsCertificate */
  guint8 pin[PIN_SIZE];
  GTlsDatabase *database;
};

G_DEFINE_TYPE (EnigmTrust, enigm_trust, G_TYPE_OBJECT)

/* The database that decides for anything but the system's own trust. */
#define ENIGM_TYPE_TRUST_DATABASE (enigm_trust_database_get_type ())
G_DECLARE_FINAL_TYPE (EnigmTrustDatabase, enigm_trust_database, ENIGM, TRUST_DATABASE, GTlsDatabase)

struct _EnigmTrustDatabase
{
  GTlsDatabase parent;
  GPtrArray *authorities;
  guint8 pin[PIN_SIZE];
};

G_DEFINE_TYPE (EnigmTrustDatabase, enigm_trust_database, G_TYPE_TLS_DATABASE)

static GTlsCertificateFlags
verify_pin (EnigmTrustDatabase *self, GTlsCertificate *chain)
{
  g_autoptr (GByteArray) der = NULL;
  const guint8 *p;
  X509 *x509;
  guint8 *spki = NULL;
  gint len;
  guint8 hash[PIN_SIZE] = { 0 };
  gboolean same;

  g_object_get (chain, "certificate", &der, NULL);
  if (der == NULL)
    return G_TLS_CERTIFICATE_UNKNOWN_CA;
  p = der->data;
  x509 = d2i_X509 (NULL, &p, der->len);
  if (x509 == NULL)
    return G_TLS_CERTIFICATE_UNKNOWN_CA;
  len = i2d_X509_PUBKEY (X509_get_X509_PUBKEY (x509), &spki);
  same =
    len > 0 && SHA256 (spki, len, hash) != NULL && CRYPTO_memcmp (hash, self->pin, PIN_SIZE) == 0;
  OPENSSL_free (spki);
  X509_free (x509);
  return same ? G_TLS_CERTIFICATE_NO_FLAGS : G_TLS_CERTIFICATE_UNKNOWN_CA;
}

static GTlsCertificateFlags
enigm_trust_database_verify_chain (GTlsDatabase *database,
                                   GTlsCertificate *chain,
                                   const gchar *purpose,
                                   GSocketConnectable *identity,
                                   GTlsInteraction *interaction,
                                   GTlsDatabaseVerifyFlags flags,
                                   GCancellable *cancellable,
                                   GError **error)
{
  EnigmTrustDatabase *self = ENIGM_TRUST_DATABASE (database);
  GTlsCertificateFlags wrong = G_TLS_CERTIFICATE_UNKNOWN_CA;

  if (self->authorities == NULL)
    return verify_pin (self, chain);

  for (guint i = 0; i < self->authorities->len; i++)
    {
      wrong = g_tls_certificate_verify (chain, identity, self->authorities->pdata[i]);
      if (wrong == G_TLS_CERTIFICATE_NO_FLAGS)
        break;
    }
  return wrong;
}

static void
enigm_trust_database_finalize (GObject *object)
{
  EnigmTrustDatabase *self = ENIGM_TRUST_DATABASE (object);

  g_clear_pointer (&self->authorities, g_ptr_array_unref);
  G_OBJECT_CLASS (enigm_trust_database_parent_class)->finalize (object);
}

static void
enigm_trust_database_class_init (EnigmTrustDatabaseClass *class)
{
  GTlsDatabaseClass *database_class = G_TLS_DATABASE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = enigm_trust_database_finalize;
  /* The asynchronous form defaults to this one in a thread. */
  database_class->verify_chain = enigm_trust_database_verify_chain;
}

static void
enigm_trust_database_init (EnigmTrustDatabase *self)
{
}

static void
enigm_trust_finalize (GObject *object)
{
  EnigmTrust *self = ENIGM_TRUST (object);

  g_clear_pointer (&self->authorities, g_ptr_array_unref);
  g_clear_object (&self->database);
  G_OBJECT_CLASS (enigm_trust_parent_class)->finalize (object);
}

static void
enigm_trust_class_init (EnigmTrustClass *class)
{
  G_OBJECT_CLASS (class)->finalize = enigm_trust_finalize;
}

static void
enigm_trust_init (EnigmTrust *self)
{
}

static EnigmTrust *
enigm_trust_new (EnigmTrustKind kind)
{
  EnigmTrust *self = g_object_new (ENIGM_TYPE_TRUST, NULL);

  self->kind = kind;
  return self;
}

/* A connection that is given no database trusts nobody, and GnuTLS does not read in the system's
 * authorities, which it would do for every connection only to drop them for the database it is
 * given. */
static void
set_default_to_nobody (void)
{
  g_autoptr (EnigmTrustDatabase) nobody = g_object_new (ENIGM_TYPE_TRUST_DATABASE, NULL);

  nobody->authorities = g_ptr_array_new ();
  g_tls_backend_set_default_database (g_tls_backend_get_default (), G_TLS_DATABASE (nobody));
}

static void
make_database (EnigmTrust *self)
{
  EnigmTrustDatabase *database = g_object_new (ENIGM_TYPE_TRUST_DATABASE, NULL);

  if (self->authorities != NULL)
    database->authorities = g_ptr_array_ref (self->authorities);
  memcpy (database->pin, self->pin, PIN_SIZE);
  self->database = G_TLS_DATABASE (database);
  set_default_to_nobody ();
}

EnigmTrust *
enigm_trust_new_system (void)
{
  EnigmTrust *self = enigm_trust_new (ENIGM_TRUST_SYSTEM);

  g_tls_backend_set_default_database (g_tls_backend_get_default (), NULL);
  self->database = g_tls_backend_get_default_database (g_tls_backend_get_default ());
  set_default_to_nobody ();
  return self;
}

EnigmTrust *
enigm_trust_new_ca (GBytes *pem, GError **error)
{
  g_autoptr (EnigmTrust) self = enigm_trust_new (ENIGM_TRUST_CA);
  g_autofree gchar *text = NULL;
  const gchar *from;

  g_return_val_if_fail (pem != NULL, NULL);

  if (g_bytes_get_size (pem) > ENIGM_TRUST_MAX_PEM)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           _ ("This file is too large to be a certificate. Choose the file that "
                              "whoever runs the platform gave you."));
      return NULL;
    }
  /* An empty file has no data at all. */
  text = g_bytes_get_size (pem) > 0
           ? g_strndup (g_bytes_get_data (pem, NULL), g_bytes_get_size (pem))
           : g_strdup ("");
  self->authorities = g_ptr_array_new_with_free_func (g_object_unref);
  for (from = strstr (text, PEM_BEGIN); from != NULL; from = strstr (from, PEM_BEGIN))
    {
      const gchar *to = strstr (from, PEM_END);
      g_autoptr (GTlsCertificate) certificate = NULL;

      if (to != NULL && self->authorities->len < ENIGM_TRUST_MAX_CAS)
        certificate = g_tls_certificate_new_from_pem (from, to + strlen (PEM_END) - from, NULL);
      if (certificate == NULL)
        {
          g_clear_pointer (&self->authorities, g_ptr_array_unref);
          break;
        }
      g_ptr_array_add (self->authorities, g_steal_pointer (&certificate));
      from = to;
    }
  if (self->authorities == NULL || self->authorities->len == 0)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           _ ("There is no usable certificate in this file. Choose the file that "
                              "whoever runs the platform gave you."));
      return NULL;
    }
  make_database (self);
  return g_steal_pointer (&self);
}

EnigmTrust *
enigm_trust_new_pin (const guint8 spki_sha256[PIN_SIZE])
{
  EnigmTrust *self = enigm_trust_new (ENIGM_TRUST_PIN);

  memcpy (self->pin, spki_sha256, PIN_SIZE);
  make_database (self);
  return self;
}

EnigmTrust *
enigm_trust_new_pin_from_hex (const gchar *hex, GError **error)
{
  guint8 pin[PIN_SIZE];
  guint n = 0;

  g_return_val_if_fail (hex != NULL, NULL);

  for (; *hex != '\0'; hex++)
    {
      gint digit = g_ascii_xdigit_value (*hex);

      if (*hex == ':' || *hex == ' ')
        continue;
      if (digit < 0 || n == 2 * PIN_SIZE)
        {
          n = 0;
          break;
        }
      pin[n / 2] = (guint8) (n % 2 == 0 ? digit << 4 : pin[n / 2] | digit);
      n++;
    }
  if (n != 2 * PIN_SIZE)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           _ ("A pin is 64 digits of 0 to 9 and A to F. Check it with whoever runs "
                              "the platform."));
      return NULL;
    }
  return enigm_trust_new_pin (pin);
}

EnigmTrust *
enigm_trust_new_from_text (const gchar *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);

  if (g_str_equal (text, "system"))
    return enigm_trust_new_system ();
  if (g_str_has_prefix (text, "pin:"))
    return enigm_trust_new_pin_from_hex (text + strlen ("pin:"), error);
  if (g_str_has_prefix (text, "ca:"))
    {
      const gchar *pem = text + strlen ("ca:");
      g_autoptr (GBytes) bytes = g_bytes_new_static (pem, strlen (pem));

      return enigm_trust_new_ca (bytes, error);
    }
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "trust");
  return NULL;
}

gchar *
enigm_trust_to_text (EnigmTrust *self)
{
  GString *text;

  g_return_val_if_fail (ENIGM_IS_TRUST (self), NULL);

  if (self->kind == ENIGM_TRUST_SYSTEM)
    return g_strdup ("system");
  if (self->kind == ENIGM_TRUST_PIN)
    {
      text = g_string_new ("pin:");
      for (guint i = 0; i < PIN_SIZE; i++)
        g_string_append_printf (text, "%02x", self->pin[i]);
      return g_string_free (text, FALSE);
    }
  text = g_string_new ("ca:");
  for (guint i = 0; i < self->authorities->len; i++)
    {
      g_autofree gchar *pem = NULL;

      g_object_get (self->authorities->pdata[i], "certificate-pem", &pem, NULL);
      g_string_append (text, pem);
    }
  return g_string_free (text, FALSE);
}

gchar *
enigm_trust_describe (EnigmTrust *self)
{
  g_return_val_if_fail (ENIGM_IS_TRUST (self), NULL);

  switch (self->kind)
    {
    case ENIGM_TRUST_SYSTEM:
      return g_strdup (_ ("By the authorities this computer trusts"));
    case ENIGM_TRUST_CA:
      return g_strdup (_ ("By an authority you imported, and no other"));
    case ENIGM_TRUST_PIN:
      return g_strdup (_ ("By its own key, which you pinned"));
    default:
      g_assert_not_reached ();
    }
}

EnigmTrustKind
enigm_trust_get_kind (EnigmTrust *self)
{
  g_return_val_if_fail (ENIGM_IS_TRUST (self), ENIGM_TRUST_SYSTEM);
  return self->kind;
}

GTlsDatabase *
enigm_trust_get_database (EnigmTrust *self)
{
  g_return_val_if_fail (ENIGM_IS_TRUST (self), NULL);
  return self->database;
}
