/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-join.h"

#define LABEL "enigm join 1"

/**
 * enigm_join_sign:
 * @order: the bytes of an order to join, as they came; they name the session
 * @certificate_key: the key of the leaf certificate
 * @signature: (out): r and s, 64 bytes
 * @error: return location
 *
 * What a key says once its button was pressed (PROTOCOL.md, section 7): that the hardware of its
 * certificate is at the other end of the channel that @order is for.
 *
 * Returns: %TRUE, or %FALSE as enigm_p256_sign() fails
 */
gboolean
enigm_join_sign (GBytes *order,
                 EnigmP256Key *certificate_key,
                 guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                 GError **error)
{
  g_return_val_if_fail (order != NULL && certificate_key != NULL && signature != NULL, FALSE);

  return enigm_p256_sign (certificate_key, LABEL, ENIGM_PARTS (enigm_part_bytes (order)), signature,
                          error);
}

/**
 * enigm_join_verify:
 * @order: the bytes of the order
 * @certificate_point: the leaf certificate's public key
 * @signature: what the key said
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_NOT_GENUINE, or %ENIGM_ERROR_MALFORMED where
 *   @certificate_point is no point
 */
gboolean
enigm_join_verify (GBytes *order,
                   const guint8 certificate_point[ENIGM_P256_POINT_SIZE],
                   const guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                   GError **error)
{
  g_return_val_if_fail (order != NULL && certificate_point != NULL && signature != NULL, FALSE);

  return enigm_p256_verify (certificate_point, ENIGM_P256_POINT_SIZE, LABEL,
                            ENIGM_PARTS (enigm_part_bytes (order)), signature,
                            ENIGM_P256_SIGNATURE_SIZE, error);
}
