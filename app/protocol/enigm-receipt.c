/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-receipt.h"

#include <string.h>

#include "enigm-cbor.h"
#include "enigm-error.h"

#define LABEL "enigm receipt 1"
#define VERSION 1
#define MAX_TIME ((G_GUINT64_CONSTANT (1) << 40) - 1)

/**
 * enigm_receipt_encode:
 * @self: a receipt with every field set
 *
 * Returns: (transfer full): its bytes, which are what is signed
 */
GBytes *
enigm_receipt_encode (const EnigmReceipt *self)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  g_return_val_if_fail (self != NULL, NULL);

  enigm_cbor_write_array (&writer, 5);
  enigm_cbor_write_uint (&writer, VERSION);
  enigm_cbor_write_uint (&writer, self->state);
  enigm_cbor_write_bytes (&writer, self->binding, sizeof self->binding);
  enigm_cbor_write_bytes (&writer, self->binding_hash, sizeof self->binding_hash);
  enigm_cbor_write_uint (&writer, self->time);
  return enigm_cbor_writer_end (&writer);
}

/**
 * enigm_receipt_decode:
 * @bytes: a receipt as it came
 * @self: (out caller-allocates): its fields; zeroed if it is refused
 * @error: return location
 *
 * Says nothing yet about who signed it: see enigm_receipt_verify().
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED
 */
gboolean
enigm_receipt_decode (GBytes *bytes, EnigmReceipt *self, GError **error)
{
  g_return_val_if_fail (bytes != NULL && self != NULL, FALSE);

  EnigmReceipt receipt = { 0 };
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);

  if (g_bytes_get_size (bytes) > ENIGM_RECEIPT_MAX_SIZE)
    enigm_cbor_reader_refuse (&reader, "receipt", "is too long");
  enigm_cbor_read_array (&reader, "receipt", 5);
  if (enigm_cbor_read_uint (&reader, "version", G_MAXUINT64) != VERSION)
    enigm_cbor_reader_refuse (&reader, "version", "is not known");
  receipt.state = enigm_cbor_read_uint (&reader, "state", ENIGM_RECEIPT_PENDING);
  enigm_cbor_read_bytes (&reader, "binding ID", sizeof receipt.binding, receipt.binding);
  enigm_cbor_read_bytes (&reader, "binding hash", sizeof receipt.binding_hash,
                         receipt.binding_hash);
  receipt.time = enigm_cbor_read_uint (&reader, "time", MAX_TIME);

  memset (self, 0, sizeof *self);
  if (!enigm_cbor_reader_finish (&reader, error))
    return FALSE;
  *self = receipt;
  return TRUE;
}

/**
 * enigm_receipt_sign:
 * @bytes: an encoded receipt
 * @identity: the platform's identity key
 * @signature: (out): r and s, 64 bytes
 * @error: return location
 *
 * Signs under the label `"enigm receipt 1"`.
 *
 * Returns: %TRUE, or %FALSE as enigm_p256_sign() fails
 */
gboolean
enigm_receipt_sign (GBytes *bytes,
                    EnigmP256Key *identity,
                    guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                    GError **error)
{
  g_return_val_if_fail (bytes != NULL && identity != NULL && signature != NULL, FALSE);

  return enigm_p256_sign (identity, LABEL, ENIGM_PARTS (enigm_part_bytes (bytes)), signature,
                          error);
}

/**
 * enigm_receipt_verify:
 * @bytes: an encoded receipt, as it came
 * @identity: the platform's identity, a point
 * @signature: the signature that came with it
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_NOT_GENUINE, or %ENIGM_ERROR_MALFORMED where
 *   @identity is no point
 */
gboolean
enigm_receipt_verify (GBytes *bytes,
                      const guint8 identity[ENIGM_P256_POINT_SIZE],
                      const guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                      GError **error)
{
  g_return_val_if_fail (bytes != NULL && identity != NULL && signature != NULL, FALSE);

  return enigm_p256_verify (identity, ENIGM_P256_POINT_SIZE, LABEL,
                            ENIGM_PARTS (enigm_part_bytes (bytes)), signature,
                            ENIGM_P256_SIGNATURE_SIZE, error);
}
