/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-p256-private.h"

const EC_GROUP *
enigm_p256_get_group (void)
{
  static gsize group;

  if (g_once_init_enter (&group))
    {
      EC_GROUP *made = EC_GROUP_new_by_curve_name (NID_X9_62_prime256v1);

      enigm_crypto_must (made != NULL);
      g_once_init_leave (&group, (gsize) made);
    }

  return (const EC_GROUP *) group;
}

const BIGNUM *
enigm_p256_get_order (void)
{
  return EC_GROUP_get0_order (enigm_p256_get_group ());
}

/* The cofactor is 1, so a point on the curve that is not the identity is of the right order. The
 * identity has no uncompressed form; it is looked for all the same. */
EC_POINT *
enigm_p256_point_parse (const guint8 *data, gsize len, GError **error)
{
  const EC_GROUP *group = enigm_p256_get_group ();
  g_autoptr (EC_POINT) point = EC_POINT_new (group);

  enigm_crypto_must (point != NULL);

  if (len != ENIGM_P256_POINT_SIZE || data[0] != POINT_CONVERSION_UNCOMPRESSED)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "point: not 65 bytes that begin with 04");
      return NULL;
    }
  if (EC_POINT_oct2point (group, point, data, len, NULL) != 1 ||
      EC_POINT_is_on_curve (group, point, NULL) != 1 || EC_POINT_is_at_infinity (group, point) != 0)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "point: does not lie on P-256");
      return NULL;
    }

  return g_steal_pointer (&point);
}

void
enigm_p256_point_write (const EC_POINT *point, guint8 data[ENIGM_P256_POINT_SIZE])
{
  gsize written = EC_POINT_point2oct (enigm_p256_get_group (), point, POINT_CONVERSION_UNCOMPRESSED,
                                      data, ENIGM_P256_POINT_SIZE, NULL);

  /* The identity would be one byte; callers have refused it. */
  enigm_crypto_must (written == ENIGM_P256_POINT_SIZE);
}

/* Big-endian bytes of any length, reduced modulo the order: a no-op for what already fits. */
BIGNUM *
enigm_p256_scalar_from_secret (EnigmSecret *secret)
{
  gsize len;
  const guint8 *data = enigm_secret_peek (secret, &len);
  g_autoptr (BN_CTX) ctx = BN_CTX_secure_new ();
  g_autoptr (BIGNUM) number = BN_secure_new ();
  BIGNUM *scalar = BN_secure_new ();

  enigm_crypto_must (ctx != NULL && number != NULL && scalar != NULL);
  enigm_crypto_must (BN_bin2bn (data, (int) len, number) != NULL);
  BN_set_flags (number, BN_FLG_CONSTTIME);
  BN_set_flags (scalar, BN_FLG_CONSTTIME);
  enigm_crypto_must (BN_nnmod (scalar, number, enigm_p256_get_order (), ctx));

  return scalar;
}

/* Uniform in 1 … order − 1. */
BIGNUM *
enigm_p256_scalar_random (GError **error)
{
  g_autoptr (BIGNUM) scalar = BN_secure_new ();

  enigm_crypto_must (scalar != NULL);
  BN_set_flags (scalar, BN_FLG_CONSTTIME);
  do
    {
      if (BN_priv_rand_range_ex (scalar, enigm_p256_get_order (), 256, NULL) != 1)
        {
          g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_RANDOMNESS,
                               "no good random numbers are to be had");
          return NULL;
        }
    }
  while (BN_is_zero (scalar));

  return g_steal_pointer (&scalar);
}

/* One scalar at a time, because libcrypto's joint multiplication need not take constant time.
 * Without a @point, multiplies the generator. */
void
enigm_p256_multiply (EC_POINT *result, const EC_POINT *point, const BIGNUM *scalar)
{
  const EC_GROUP *group = enigm_p256_get_group ();
  g_autoptr (BN_CTX) ctx = BN_CTX_secure_new ();

  enigm_crypto_must (ctx != NULL);
  if (point == NULL)
    enigm_crypto_must (EC_POINT_mul (group, result, scalar, NULL, NULL, ctx));
  else
    enigm_crypto_must (EC_POINT_mul (group, result, NULL, point, scalar, ctx));
}
