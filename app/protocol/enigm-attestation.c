/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-attestation.h"

#include <string.h>

#include "enigm-cbor.h"

#define LABEL "enigm attestation 1"
#define VERSION 1

/**
 * enigm_attestation_sign:
 * @self: an attestation with its ephemeral key set; the signature is filled in
 * @offer: the offer's bytes, as they came
 * @certificate_key: the key of the leaf certificate
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE as enigm_p256_sign() fails
 */
gboolean
enigm_attestation_sign (EnigmAttestation *self,
                        GBytes *offer,
                        EnigmP256Key *certificate_key,
                        GError **error)
{
  g_return_val_if_fail (self != NULL && offer != NULL && certificate_key != NULL, FALSE);

  return enigm_p256_sign (
    certificate_key, LABEL,
    ENIGM_PARTS (enigm_part_bytes (offer), { self->ephemeral, sizeof self->ephemeral }),
    self->signature, error);
}

/**
 * enigm_attestation_verify:
 * @self: an attestation
 * @offer: the offer's bytes
 * @certificate_point: the leaf certificate's public key
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_NOT_GENUINE, or %ENIGM_ERROR_MALFORMED where
 *   @certificate_point is no point
 */
gboolean
enigm_attestation_verify (const EnigmAttestation *self,
                          GBytes *offer,
                          const guint8 certificate_point[ENIGM_P256_POINT_SIZE],
                          GError **error)
{
  g_return_val_if_fail (self != NULL && offer != NULL && certificate_point != NULL, FALSE);

  return enigm_p256_verify (
    certificate_point, ENIGM_P256_POINT_SIZE, LABEL,
    ENIGM_PARTS (enigm_part_bytes (offer), { self->ephemeral, sizeof self->ephemeral }),
    self->signature, sizeof self->signature, error);
}

/**
 * enigm_attestation_encode:
 * @self: a signed attestation
 *
 * Returns: (transfer full): its bytes
 */
GBytes *
enigm_attestation_encode (const EnigmAttestation *self)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  g_return_val_if_fail (self != NULL, NULL);

  enigm_cbor_write_array (&writer, 3);
  enigm_cbor_write_uint (&writer, VERSION);
  enigm_cbor_write_bytes (&writer, self->ephemeral, sizeof self->ephemeral);
  enigm_cbor_write_bytes (&writer, self->signature, sizeof self->signature);
  return enigm_cbor_writer_end (&writer);
}

/**
 * enigm_attestation_decode:
 * @bytes: an attestation as it came
 * @self: (out caller-allocates): its fields; zeroed if it is refused
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED, also where the ephemeral key is no point
 */
gboolean
enigm_attestation_decode (GBytes *bytes, EnigmAttestation *self, GError **error)
{
  g_return_val_if_fail (bytes != NULL && self != NULL, FALSE);

  EnigmAttestation attestation = { 0 };
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);

  if (g_bytes_get_size (bytes) > ENIGM_ATTESTATION_MAX_SIZE)
    enigm_cbor_reader_refuse (&reader, "attestation", "is too long");
  enigm_cbor_read_array (&reader, "attestation", 3);
  if (enigm_cbor_read_uint (&reader, "version", G_MAXUINT64) != VERSION)
    enigm_cbor_reader_refuse (&reader, "version", "is not known");
  enigm_cbor_read_bytes (&reader, "key's ephemeral key", sizeof attestation.ephemeral,
                         attestation.ephemeral);
  enigm_cbor_read_bytes (&reader, "signature", sizeof attestation.signature, attestation.signature);

  memset (self, 0, sizeof *self);
  if (!enigm_cbor_reader_finish (&reader, error) ||
      !enigm_p256_check_point (attestation.ephemeral, sizeof attestation.ephemeral, error))
    return FALSE;
  *self = attestation;
  return TRUE;
}

/**
 * enigm_binding_hash:
 * @offer: the offer's bytes
 * @attestation: the attestation's bytes
 * @hash_out: (out): SHA-256 of both in a row
 *
 * What names a binding's beginning in a receipt, and salts its credential.
 */
void
enigm_binding_hash (GBytes *offer, GBytes *attestation, guint8 hash_out[ENIGM_SHA256_SIZE])
{
  g_return_if_fail (offer != NULL && attestation != NULL && hash_out != NULL);

  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (offer), enigm_part_bytes (attestation)), hash_out);
}
