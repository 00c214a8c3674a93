/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-release.h"

#include <string.h>

#include "enigm-cbor.h"
#include "enigm-error.h"

#define LABEL "enigm release 1"
#define VERSION 1

/**
 * enigm_release_encode:
 * @self: a release with every field set
 *
 * Returns: (transfer full): its bytes, which are what is signed
 */
GBytes *
enigm_release_encode (const EnigmRelease *self)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  g_return_val_if_fail (self != NULL, NULL);

  enigm_cbor_write_array (&writer, 4);
  enigm_cbor_write_uint (&writer, VERSION);
  enigm_cbor_write_bytes (&writer, self->certificate_hash, sizeof self->certificate_hash);
  enigm_cbor_write_bytes (&writer, self->binding, sizeof self->binding);
  enigm_cbor_write_bytes (&writer, self->key_nonce, sizeof self->key_nonce);
  return enigm_cbor_writer_end (&writer);
}

/**
 * enigm_release_decode:
 * @bytes: a release as it came
 * @self: (out caller-allocates): its fields; zeroed if it is refused
 * @error: return location
 *
 * Says nothing yet about who signed it: see enigm_release_verify().
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED
 */
gboolean
enigm_release_decode (GBytes *bytes, EnigmRelease *self, GError **error)
{
  g_return_val_if_fail (bytes != NULL && self != NULL, FALSE);

  EnigmRelease release = { 0 };
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);

  if (g_bytes_get_size (bytes) > ENIGM_RELEASE_MAX_SIZE)
    enigm_cbor_reader_refuse (&reader, "release", "is too long");
  enigm_cbor_read_array (&reader, "release", 4);
  if (enigm_cbor_read_uint (&reader, "version", G_MAXUINT64) != VERSION)
    enigm_cbor_reader_refuse (&reader, "version", "is not known");
  enigm_cbor_read_bytes (&reader, "certificate hash", sizeof release.certificate_hash,
                         release.certificate_hash);
  enigm_cbor_read_bytes (&reader, "binding ID", sizeof release.binding, release.binding);
  enigm_cbor_read_bytes (&reader, "key's nonce", sizeof release.key_nonce, release.key_nonce);

  memset (self, 0, sizeof *self);
  if (!enigm_cbor_reader_finish (&reader, error))
    return FALSE;
  *self = release;
  return TRUE;
}

/**
 * enigm_release_sign:
 * @bytes: an encoded release
 * @identity: the platform's identity key
 * @signature: (out): r and s, 64 bytes
 * @error: return location
 *
 * Signs under the label `"enigm release 1"`.
 *
 * Returns: %TRUE, or %FALSE as enigm_p256_sign() fails
 */
gboolean
enigm_release_sign (GBytes *bytes,
                    EnigmP256Key *identity,
                    guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                    GError **error)
{
  g_return_val_if_fail (bytes != NULL && identity != NULL && signature != NULL, FALSE);

  return enigm_p256_sign (identity, LABEL, ENIGM_PARTS (enigm_part_bytes (bytes)), signature,
                          error);
}

/**
 * enigm_release_verify:
 * @bytes: an encoded release, as it came
 * @identity: the platform's identity, a point
 * @signature: the signature that came with it
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_NOT_GENUINE, or %ENIGM_ERROR_MALFORMED where
 *   @identity is no point
 */
gboolean
enigm_release_verify (GBytes *bytes,
                      const guint8 identity[ENIGM_P256_POINT_SIZE],
                      const guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                      GError **error)
{
  g_return_val_if_fail (bytes != NULL && identity != NULL && signature != NULL, FALSE);

  return enigm_p256_verify (identity, ENIGM_P256_POINT_SIZE, LABEL,
                            ENIGM_PARTS (enigm_part_bytes (bytes)), signature,
                            ENIGM_P256_SIGNATURE_SIZE, error);
}
