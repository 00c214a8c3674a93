/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-pins.h"

#include <openssl/x509.h>
#include <string.h>

#include "enigm-hash.h"

/**
 * EnigmKeyPins:
 *
 * Trust in a server by its public key alone: names, authorities and dates do not count, neither for
 * it nor against it. Decided in the handshake, before a byte is sent.
 */
struct _EnigmKeyPins
{
  GTlsDatabase parent_instance;

  guint8 pins[2][ENIGM_SHA256_SIZE];
};

G_DEFINE_FINAL_TYPE (EnigmKeyPins, enigm_key_pins, G_TYPE_TLS_DATABASE)

static gboolean
hash_public_key (GTlsCertificate *certificate, guint8 hash[ENIGM_SHA256_SIZE])
{
  g_autoptr (GByteArray) der = NULL;
  const guint8 *at;
  guint8 *spki = NULL;
  X509 *x509;
  int len = 0;

  g_object_get (certificate, "certificate", &der, NULL);
  if (der == NULL)
    return FALSE;
  at = der->data;
  x509 = d2i_X509 (NULL, &at, der->len);
  if (x509 != NULL)
    len = i2d_X509_PUBKEY (X509_get_X509_PUBKEY (x509), &spki);
  if (len > 0)
    enigm_sha256 (ENIGM_PARTS ({ spki, len }), hash);
  OPENSSL_free (spki);
  X509_free (x509);

  return len > 0;
}

static GTlsCertificateFlags
enigm_key_pins_verify_chain (GTlsDatabase *database,
                             GTlsCertificate *chain,
                             const char *purpose,
                             GSocketConnectable *identity,
                             GTlsInteraction *interaction,
                             GTlsDatabaseVerifyFlags flags,
                             GCancellable *cancellable,
                             GError **error)
{
  EnigmKeyPins *self = ENIGM_KEY_PINS (database);
  guint8 hash[ENIGM_SHA256_SIZE];

  if (!hash_public_key (chain, hash))
    return G_TLS_CERTIFICATE_GENERIC_ERROR;
  for (gsize i = 0; i < G_N_ELEMENTS (self->pins); i++)
    if (enigm_bytes_equal_constant_time (hash, self->pins[i], sizeof hash))
      return 0;

  return G_TLS_CERTIFICATE_UNKNOWN_CA;
}

static void
enigm_key_pins_class_init (EnigmKeyPinsClass *klass)
{
  G_TLS_DATABASE_CLASS (klass)->verify_chain = enigm_key_pins_verify_chain;
}

static void
enigm_key_pins_init (EnigmKeyPins *self)
{
}

/**
 * enigm_key_pins_new:
 * @pins: (array fixed-size=2): SHA-256 of the SubjectPublicKeyInfo: current and reserve
 *
 * Returns: (transfer full): a database that trusts them and nobody else
 */
GTlsDatabase *
enigm_key_pins_new (const guint8 pins[2][32])
{
  EnigmKeyPins *self = g_object_new (ENIGM_TYPE_KEY_PINS, NULL);

  memcpy (self->pins, pins, sizeof self->pins);

  return G_TLS_DATABASE (self);
}

/**
 * enigm_key_pins_equal:
 * @self: a database
 * @pins: (array fixed-size=2): other pins
 *
 * Returns: whether it trusts exactly these
 */
gboolean
enigm_key_pins_equal (EnigmKeyPins *self, const guint8 pins[2][32])
{
  g_return_val_if_fail (ENIGM_IS_KEY_PINS (self), FALSE);

  return memcmp (self->pins, pins, sizeof self->pins) == 0;
}
