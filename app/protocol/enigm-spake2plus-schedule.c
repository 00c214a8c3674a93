/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-spake2plus-private.h"

#include "enigm-hkdf.h"
#include "enigm-secret-private.h"

/* RFC 9383, section 4: compressed, as printed there. */
static const guint8 constant_m[] = { 0x02, 0x88, 0x6e, 0x2f, 0x97, 0xac, 0xe4, 0x6e, 0x55,
                                     0xba, 0x9d, 0xd7, 0x24, 0x25, 0x79, 0xf2, 0x99, 0x3b,
                                     0x64, 0xe1, 0x6e, 0xf3, 0xdc, 0xab, 0x95, 0xaf, 0xd4,
                                     0x97, 0x33, 0x3d, 0x8f, 0xa1, 0x2f };
static const guint8 constant_n[] = { 0x03, 0xd8, 0xbb, 0xd6, 0xc6, 0x39, 0xc6, 0x29, 0x37,
                                     0xb0, 0x4d, 0x99, 0x7f, 0x38, 0xc3, 0x77, 0x07, 0x19,
                                     0xc6, 0x29, 0xd7, 0x01, 0x4d, 0x49, 0xa2, 0x4b, 0x4f,
                                     0x98, 0xba, 0xa1, 0x29, 0x2b, 0x49 };

static EC_POINT *
constant_new (const guint8 *data, gsize len)
{
  EC_POINT *point = EC_POINT_new (enigm_p256_get_group ());

  enigm_crypto_must (point != NULL);
  enigm_crypto_must (EC_POINT_oct2point (enigm_p256_get_group (), point, data, len, NULL));

  return point;
}

const EC_POINT *
enigm_spake2plus_constant (EnigmSpake2plusConstant which)
{
  static gsize ready;
  static EC_POINT *points[2];

  if (g_once_init_enter (&ready))
    {
      points[ENIGM_SPAKE2PLUS_M] = constant_new (constant_m, sizeof constant_m);
      points[ENIGM_SPAKE2PLUS_N] = constant_new (constant_n, sizeof constant_n);
      g_once_init_leave (&ready, 1);
    }

  return points[which];
}

void
enigm_spake2plus_names_init (EnigmSpake2plusNames *names,
                             GBytes *context,
                             GBytes *id_prover,
                             GBytes *id_verifier)
{
  names->context = g_bytes_ref (context);
  names->id_prover = id_prover != NULL ? g_bytes_ref (id_prover) : g_bytes_new (NULL, 0);
  names->id_verifier = id_verifier != NULL ? g_bytes_ref (id_verifier) : g_bytes_new (NULL, 0);
}

void
enigm_spake2plus_names_clear (EnigmSpake2plusNames *names)
{
  g_clear_pointer (&names->context, g_bytes_unref);
  g_clear_pointer (&names->id_prover, g_bytes_unref);
  g_clear_pointer (&names->id_verifier, g_bytes_unref);
}

/* Section 3.3: every element after its length as 8 bytes, little-endian. */
EnigmSecret *
enigm_spake2plus_transcript (const EnigmSpake2plusNames *names,
                             const guint8 share_p[ENIGM_P256_POINT_SIZE],
                             const guint8 share_v[ENIGM_P256_POINT_SIZE],
                             const EC_POINT *z,
                             const EC_POINT *v,
                             EnigmSecret *w0)
{
  g_autoptr (EnigmSecret) zv = enigm_secret_new_zeroed (2 * ENIGM_P256_POINT_SIZE);
  guint8 *z_data = enigm_secret_peek_writable (zv);
  guint8 *v_data = z_data + ENIGM_P256_POINT_SIZE;
  guint8 m_data[ENIGM_P256_POINT_SIZE], n_data[ENIGM_P256_POINT_SIZE];
  const EnigmPart parts[] = {
    enigm_part_bytes (names->context),
    enigm_part_bytes (names->id_prover),
    enigm_part_bytes (names->id_verifier),
    { m_data, sizeof m_data },
    { n_data, sizeof n_data },
    { share_p, ENIGM_P256_POINT_SIZE },
    { share_v, ENIGM_P256_POINT_SIZE },
    { z_data, ENIGM_P256_POINT_SIZE },
    { v_data, ENIGM_P256_POINT_SIZE },
    enigm_part_secret (w0),
  };
  EnigmSecret *transcript;
  guint8 *at;
  gsize total = 0;

  enigm_p256_point_write (enigm_spake2plus_constant (ENIGM_SPAKE2PLUS_M), m_data);
  enigm_p256_point_write (enigm_spake2plus_constant (ENIGM_SPAKE2PLUS_N), n_data);
  enigm_p256_point_write (z, z_data);
  enigm_p256_point_write (v, v_data);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    total += sizeof (guint64) + parts[i].len;
  transcript = enigm_secret_new_zeroed (total);
  at = enigm_secret_peek_writable (transcript);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      guint64 len = GUINT64_TO_LE (parts[i].len);

      at = (guint8 *) mempcpy (at, &len, sizeof len);
      if (parts[i].len > 0)
        at = (guint8 *) mempcpy (at, parts[i].data, parts[i].len);
    }

  return transcript;
}

/* Section 3.4. */
void
enigm_spake2plus_keys_init (EnigmSpake2plusKeys *keys, EnigmSecret *transcript)
{
  static const char confirmation_info[] = "ConfirmationKeys";
  static const char shared_info[] = "SharedKey";
  const EnigmPart part = enigm_part_secret (transcript);
  g_autoptr (EnigmSecret) confirm = NULL;

  keys->main = enigm_secret_new_zeroed (ENIGM_SHA256_SIZE);
  enigm_sha256 (&part, 1, enigm_secret_peek_writable (keys->main));
  confirm = enigm_hkdf (NULL, 0, keys->main, confirmation_info, sizeof confirmation_info - 1,
                        2 * ENIGM_SHA256_SIZE);
  keys->confirm_p = enigm_secret_new_slice (confirm, 0, ENIGM_SHA256_SIZE);
  keys->confirm_v = enigm_secret_new_slice (confirm, ENIGM_SHA256_SIZE, ENIGM_SHA256_SIZE);
  keys->shared =
    enigm_hkdf (NULL, 0, keys->main, shared_info, sizeof shared_info - 1, ENIGM_SHA256_SIZE);
}

void
enigm_spake2plus_keys_clear (EnigmSpake2plusKeys *keys)
{
  g_clear_pointer (&keys->main, enigm_secret_unref);
  g_clear_pointer (&keys->confirm_p, enigm_secret_unref);
  g_clear_pointer (&keys->confirm_v, enigm_secret_unref);
  g_clear_pointer (&keys->shared, enigm_secret_unref);
}

/* FALSE where the sum is the identity, which no share may be: draw another scalar. */
gboolean
enigm_spake2plus_blind (const BIGNUM *scalar,
                        const BIGNUM *w0,
                        EnigmSpake2plusConstant constant,
                        guint8 share[ENIGM_P256_POINT_SIZE])
{
  const EC_GROUP *group = enigm_p256_get_group ();
  g_autoptr (EC_POINT) own = EC_POINT_new (group);
  g_autoptr (EC_POINT) mask = EC_POINT_new (group);

  enigm_crypto_must (own != NULL && mask != NULL);
  enigm_p256_multiply (own, NULL, scalar);
  enigm_p256_multiply (mask, enigm_spake2plus_constant (constant), w0);
  enigm_crypto_must (EC_POINT_add (group, own, own, mask, NULL));
  if (EC_POINT_is_at_infinity (group, own) != 0)
    return FALSE;

  enigm_p256_point_write (own, share);

  return TRUE;
}

/* A share that is nothing but w0 times the constant would make every key a known one: refused. */
EC_POINT *
enigm_spake2plus_unblind (const guint8 *share,
                          gsize share_len,
                          const BIGNUM *w0,
                          EnigmSpake2plusConstant constant,
                          const char *name,
                          GError **error)
{
  const EC_GROUP *group = enigm_p256_get_group ();
  g_autoptr (EC_POINT) point = enigm_p256_point_parse (share, share_len, error);
  g_autoptr (EC_POINT) mask = EC_POINT_new (group);

  if (point == NULL)
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }

  enigm_crypto_must (mask != NULL);
  enigm_p256_multiply (mask, enigm_spake2plus_constant (constant), w0);
  enigm_crypto_must (EC_POINT_invert (group, mask, NULL));
  enigm_crypto_must (EC_POINT_add (group, point, point, mask, NULL));
  if (EC_POINT_is_at_infinity (group, point) != 0)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "%s: hides the identity", name);
      return NULL;
    }

  return g_steal_pointer (&point);
}
