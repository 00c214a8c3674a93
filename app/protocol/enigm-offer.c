/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-offer.h"

#include <string.h>

#include "enigm-cbor.h"
#include "enigm-error.h"
#include "enigm-signature-base.h"

#define LABEL "enigm offer 1"
#define VERSION 1
#define PURPOSE_BIND 1
#define MIN_ORIGIN 9
#define MAX_TIME ((G_GUINT64_CONSTANT (1) << 40) - 1)
#define SCHEME "https://"

/**
 * enigm_origin_check:
 * @origin: an origin, from outside
 * @error: return location
 *
 * Returns: %TRUE if @origin is `https://host` or `https://host:port`, in lower case, without the
 *   default port, a path or anything else, and 9 to 128 bytes long; or %FALSE with
 *   %ENIGM_ERROR_MALFORMED
 */
gboolean
enigm_origin_check (const gchar *origin, GError **error)
{
  g_autofree gchar *authority = NULL;
  gsize len;

  g_return_val_if_fail (origin != NULL, FALSE);

  len = strlen (origin);
  if (len >= MIN_ORIGIN && len <= ENIGM_ORIGIN_MAX_SIZE && g_str_has_prefix (origin, SCHEME))
    authority = enigm_http_authority_normalize (origin + strlen (SCHEME), NULL);
  if (authority != NULL && strcmp (authority, origin + strlen (SCHEME)) == 0)
    return TRUE;
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                       "origin: is not https:// with a host and, at most, a port");
  return FALSE;
}

/**
 * enigm_offer_encode:
 * @self: an offer with every field set
 *
 * Returns: (transfer full): its bytes, which are what is signed
 */
GBytes *
enigm_offer_encode (const EnigmOffer *self)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (enigm_origin_check (self->origin, NULL), NULL);

  enigm_cbor_write_array (&writer, 15);
  enigm_cbor_write_uint (&writer, VERSION);
  enigm_cbor_write_uint (&writer, PURPOSE_BIND);
  enigm_cbor_write_bytes (&writer, self->binding, sizeof self->binding);
  enigm_cbor_write_bytes (&writer, self->handle, sizeof self->handle);
  enigm_cbor_write_bytes (&writer, self->pseudonym, sizeof self->pseudonym);
  enigm_cbor_write_bytes (&writer, self->certificate_hash, sizeof self->certificate_hash);
  enigm_cbor_write_bytes (&writer, self->key_nonce, sizeof self->key_nonce);
  enigm_cbor_write_bytes (&writer, self->session_value, sizeof self->session_value);
  enigm_cbor_write_text (&writer, self->origin);
  enigm_cbor_write_array (&writer, G_N_ELEMENTS (self->pins));
  for (gsize i = 0; i < G_N_ELEMENTS (self->pins); i++)
    enigm_cbor_write_bytes (&writer, self->pins[i], sizeof self->pins[i]);
  enigm_cbor_write_bytes (&writer, self->ephemeral, sizeof self->ephemeral);
  enigm_cbor_write_bytes (&writer, self->nonce, sizeof self->nonce);
  enigm_cbor_write_bytes (&writer, self->epoch, sizeof self->epoch);
  enigm_cbor_write_uint (&writer, self->time);
  enigm_cbor_write_uint (&writer, self->expiry);
  return enigm_cbor_writer_end (&writer);
}

/**
 * enigm_offer_decode:
 * @bytes: an offer as it came
 * @self: (out caller-allocates): its fields; zeroed if it is refused
 * @error: return location
 *
 * Says nothing yet about who signed it: see enigm_offer_verify().
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED
 */
gboolean
enigm_offer_decode (GBytes *bytes, EnigmOffer *self, GError **error)
{
  g_return_val_if_fail (bytes != NULL && self != NULL, FALSE);

  EnigmOffer offer = { 0 };
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);
  g_autofree gchar *origin = NULL;

  if (g_bytes_get_size (bytes) > ENIGM_OFFER_MAX_SIZE)
    enigm_cbor_reader_refuse (&reader, "offer", "is too long");
  enigm_cbor_read_array (&reader, "offer", 15);
  if (enigm_cbor_read_uint (&reader, "version", G_MAXUINT64) != VERSION)
    enigm_cbor_reader_refuse (&reader, "version", "is not known");
  if (enigm_cbor_read_uint (&reader, "purpose", G_MAXUINT64) != PURPOSE_BIND)
    enigm_cbor_reader_refuse (&reader, "purpose", "is not known");
  enigm_cbor_read_bytes (&reader, "binding ID", sizeof offer.binding, offer.binding);
  enigm_cbor_read_bytes (&reader, "handle", sizeof offer.handle, offer.handle);
  enigm_cbor_read_bytes (&reader, "pseudonym", sizeof offer.pseudonym, offer.pseudonym);
  enigm_cbor_read_bytes (&reader, "certificate hash", sizeof offer.certificate_hash,
                         offer.certificate_hash);
  enigm_cbor_read_bytes (&reader, "key's nonce", sizeof offer.key_nonce, offer.key_nonce);
  enigm_cbor_read_bytes (&reader, "session value", sizeof offer.session_value, offer.session_value);
  origin = enigm_cbor_read_text (&reader, "origin", MIN_ORIGIN, ENIGM_ORIGIN_MAX_SIZE);
  enigm_cbor_read_array (&reader, "pins", G_N_ELEMENTS (offer.pins));
  for (gsize i = 0; i < G_N_ELEMENTS (offer.pins); i++)
    enigm_cbor_read_bytes (&reader, "pin", sizeof offer.pins[i], offer.pins[i]);
  enigm_cbor_read_bytes (&reader, "platform's ephemeral key", sizeof offer.ephemeral,
                         offer.ephemeral);
  enigm_cbor_read_bytes (&reader, "platform's nonce", sizeof offer.nonce, offer.nonce);
  enigm_cbor_read_bytes (&reader, "epoch", sizeof offer.epoch, offer.epoch);
  offer.time = enigm_cbor_read_uint (&reader, "time", MAX_TIME);
  offer.expiry = enigm_cbor_read_uint (&reader, "expiry", MAX_TIME);
  if (offer.expiry < offer.time || offer.expiry - offer.time > ENIGM_OFFER_MAX_SECONDS)
    enigm_cbor_reader_refuse (&reader, "expiry", "is out of range");

  memset (self, 0, sizeof *self);
  if (!enigm_cbor_reader_finish (&reader, error))
    return FALSE;
  if (!enigm_origin_check (origin, error) ||
      !enigm_p256_check_point (offer.ephemeral, sizeof offer.ephemeral, error))
    return FALSE;
  g_strlcpy (offer.origin, origin, sizeof offer.origin);
  *self = offer;
  return TRUE;
}

/**
 * enigm_offer_sign:
 * @bytes: an encoded offer
 * @identity: the platform's identity key
 * @signature: (out): r and s, 64 bytes
 * @error: return location
 *
 * Signs under the label `"enigm offer 1"`.
 *
 * Returns: %TRUE, or %FALSE as enigm_p256_sign() fails
 */
gboolean
enigm_offer_sign (GBytes *bytes,
                  EnigmP256Key *identity,
                  guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                  GError **error)
{
  g_return_val_if_fail (bytes != NULL && identity != NULL && signature != NULL, FALSE);

  return enigm_p256_sign (identity, LABEL, ENIGM_PARTS (enigm_part_bytes (bytes)), signature,
                          error);
}

/**
 * enigm_offer_verify:
 * @bytes: an encoded offer, as it came
 * @identity: the platform's identity, a point
 * @signature: the signature that came with it
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_NOT_GENUINE, or %ENIGM_ERROR_MALFORMED where
 *   @identity is no point
 */
gboolean
enigm_offer_verify (GBytes *bytes,
                    const guint8 identity[ENIGM_P256_POINT_SIZE],
                    const guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                    GError **error)
{
  g_return_val_if_fail (bytes != NULL && identity != NULL && signature != NULL, FALSE);

  return enigm_p256_verify (identity, ENIGM_P256_POINT_SIZE, LABEL,
                            ENIGM_PARTS (enigm_part_bytes (bytes)), signature,
                            ENIGM_P256_SIGNATURE_SIZE, error);
}
