/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-order.h"

#include <string.h>

#include "enigm-cbor.h"
#include "enigm-error.h"

#define LABEL "enigm order 1"
#define VERSION 1
#define MAX_TIME ((G_GUINT64_CONSTANT (1) << 40) - 1)

/**
 * enigm_order_encode:
 * @self: an order with every field set
 *
 * Returns: (transfer full): its bytes, which are what is signed
 */
GBytes *
enigm_order_encode (const EnigmOrder *self)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  g_return_val_if_fail (self != NULL, NULL);

  enigm_cbor_write_array (&writer, 7);
  enigm_cbor_write_uint (&writer, VERSION);
  enigm_cbor_write_uint (&writer, self->purpose);
  enigm_cbor_write_bytes (&writer, self->binding, sizeof self->binding);
  enigm_cbor_write_bytes (&writer, self->session_value, sizeof self->session_value);
  enigm_cbor_write_bytes (&writer, self->nonce, sizeof self->nonce);
  enigm_cbor_write_bytes (&writer, self->computer, sizeof self->computer);
  enigm_cbor_write_uint (&writer, self->time);
  return enigm_cbor_writer_end (&writer);
}

/**
 * enigm_order_decode:
 * @bytes: an order as it came
 * @self: (out caller-allocates): its fields; zeroed if it is refused
 * @error: return location
 *
 * Says nothing yet about who signed it: see enigm_order_verify().
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED
 */
gboolean
enigm_order_decode (GBytes *bytes, EnigmOrder *self, GError **error)
{
  g_return_val_if_fail (bytes != NULL && self != NULL, FALSE);

  EnigmOrder order = { 0 };
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);

  if (g_bytes_get_size (bytes) > ENIGM_ORDER_MAX_SIZE)
    enigm_cbor_reader_refuse (&reader, "order", "is too long");
  enigm_cbor_read_array (&reader, "order", 7);
  if (enigm_cbor_read_uint (&reader, "version", G_MAXUINT64) != VERSION)
    enigm_cbor_reader_refuse (&reader, "version", "is not known");
  order.purpose = enigm_cbor_read_uint (&reader, "purpose", ENIGM_ORDER_WIPE);
  if (order.purpose < ENIGM_ORDER_JOIN)
    enigm_cbor_reader_refuse (&reader, "purpose", "is not known");
  enigm_cbor_read_bytes (&reader, "binding ID", sizeof order.binding, order.binding);
  enigm_cbor_read_bytes (&reader, "session value", sizeof order.session_value, order.session_value);
  enigm_cbor_read_bytes (&reader, "nonce", sizeof order.nonce, order.nonce);
  enigm_cbor_read_bytes (&reader, "computer ID", sizeof order.computer, order.computer);
  order.time = enigm_cbor_read_uint (&reader, "time", MAX_TIME);

  memset (self, 0, sizeof *self);
  if (!enigm_cbor_reader_finish (&reader, error))
    return FALSE;
  *self = order;
  return TRUE;
}

/**
 * enigm_order_sign:
 * @bytes: an encoded order
 * @identity: the platform's identity key
 * @signature: (out): r and s, 64 bytes
 * @error: return location
 *
 * Signs under the label `"enigm order 1"`.
 *
 * Returns: %TRUE, or %FALSE as enigm_p256_sign() fails
 */
gboolean
enigm_order_sign (GBytes *bytes,
                  EnigmP256Key *identity,
                  guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                  GError **error)
{
  g_return_val_if_fail (bytes != NULL && identity != NULL && signature != NULL, FALSE);

  return enigm_p256_sign (identity, LABEL, ENIGM_PARTS (enigm_part_bytes (bytes)), signature,
                          error);
}

/**
 * enigm_order_verify:
 * @bytes: an encoded order, as it came
 * @identity: the platform's identity, a point
 * @signature: the signature that came with it
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_NOT_GENUINE, or %ENIGM_ERROR_MALFORMED where
 *   @identity is no point
 */
gboolean
enigm_order_verify (GBytes *bytes,
                    const guint8 identity[ENIGM_P256_POINT_SIZE],
                    const guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                    GError **error)
{
  g_return_val_if_fail (bytes != NULL && identity != NULL && signature != NULL, FALSE);

  return enigm_p256_verify (identity, ENIGM_P256_POINT_SIZE, LABEL,
                            ENIGM_PARTS (enigm_part_bytes (bytes)), signature,
                            ENIGM_P256_SIGNATURE_SIZE, error);
}
