/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-spake2plus-private.h"

/* One message makes one step; a step out of order, or one that fails, ends the run for good. */
typedef enum
{
  STATE_NEW,
  STATE_SHARED,
  STATE_OVER,
} State;

struct _EnigmSpake2plusProver
{
  State state;
  EnigmSpake2plusNames names;
  EnigmSecret *w0_bytes;
  BIGNUM *w0;
  BIGNUM *w1;
  BIGNUM *x;
  guint8 share_p[ENIGM_P256_POINT_SIZE];
};

struct _EnigmSpake2plusVerifier
{
  State state;
  EnigmSpake2plusNames names;
  EnigmSecret *w0_bytes;
  BIGNUM *w0;
  EC_POINT *l;
  EnigmSpake2plusKeys keys;
  guint8 share_v[ENIGM_P256_POINT_SIZE];
};

/* Leaves the state at OVER, so that every way out of a step but its success ends the run. */
static gboolean
enter_step (State *state, State expected, GError **error)
{
  State found = *state;

  *state = STATE_OVER;
  if (found != expected)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "SPAKE2+: a message out of turn");
      return FALSE;
    }

  return TRUE;
}

/* Blinds with @given, or with scalars drawn until one fits. */
static BIGNUM *
draw_share (EnigmSecret *given,
            const BIGNUM *w0,
            EnigmSpake2plusConstant constant,
            guint8 share[ENIGM_P256_POINT_SIZE],
            GError **error)
{
  g_autoptr (BIGNUM) scalar = NULL;

  do
    {
      g_clear_pointer (&scalar, BN_clear_free);
      scalar =
        given != NULL ? enigm_p256_scalar_from_secret (given) : enigm_p256_scalar_random (error);
      if (scalar == NULL)
        return NULL;
    }
  while (!enigm_spake2plus_blind (scalar, w0, constant, share));

  return g_steal_pointer (&scalar);
}

static void
confirm (EnigmSecret *key, const guint8 peer_share[], guint8 mac[ENIGM_SHA256_SIZE])
{
  enigm_hmac_sha256 (key, ENIGM_PARTS ({ peer_share, ENIGM_P256_POINT_SIZE }), mac);
}

static gboolean
check_confirmation (EnigmSecret *key,
                    const guint8 own_share[],
                    const guint8 *mac,
                    gsize mac_len,
                    const char *name,
                    GError **error)
{
  if (mac_len != ENIGM_SHA256_SIZE)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "%s: not 32 bytes", name);
      return FALSE;
    }
  if (!enigm_hmac_sha256_check (key, ENIGM_PARTS ({ own_share, ENIGM_P256_POINT_SIZE }), mac,
                                mac_len))
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_CODE_WRONG,
                   "%s: the other side has another code", name);
      return FALSE;
    }

  return TRUE;
}

/**
 * enigm_spake2plus_prover_new:
 * @w0: 32 bytes, from the setup code
 * @w1: 32 bytes, from the setup code
 * @context: what both sides must agree on besides the code
 * @id_prover: (nullable): the prover's identity, %NULL for an empty one
 * @id_verifier: (nullable): the verifier's identity, %NULL for an empty one
 *
 * Returns: (transfer full): the prover's side of one run
 */
EnigmSpake2plusProver *
enigm_spake2plus_prover_new (EnigmSecret *w0,
                             EnigmSecret *w1,
                             GBytes *context,
                             GBytes *id_prover,
                             GBytes *id_verifier)
{
  EnigmSpake2plusProver *self;

  g_return_val_if_fail (w0 != NULL && enigm_secret_get_length (w0) == 32, NULL);
  g_return_val_if_fail (w1 != NULL && enigm_secret_get_length (w1) == 32, NULL);
  g_return_val_if_fail (context != NULL, NULL);

  self = g_new0 (EnigmSpake2plusProver, 1);
  enigm_spake2plus_names_init (&self->names, context, id_prover, id_verifier);
  self->w0_bytes = enigm_secret_ref (w0);
  self->w0 = enigm_p256_scalar_from_secret (w0);
  self->w1 = enigm_p256_scalar_from_secret (w1);

  return self;
}

/**
 * enigm_spake2plus_prover_free:
 * @self: (transfer full): a prover
 *
 * Ends the run and wipes what it knew.
 */
void
enigm_spake2plus_prover_free (EnigmSpake2plusProver *self)
{
  g_return_if_fail (self != NULL);

  enigm_spake2plus_names_clear (&self->names);
  enigm_secret_unref (self->w0_bytes);
  BN_clear_free (self->w0);
  BN_clear_free (self->w1);
  BN_clear_free (self->x);
  g_free (self);
}

gboolean
enigm_spake2plus_prover_start_with (EnigmSpake2plusProver *self,
                                    EnigmSecret *x,
                                    guint8 share_p[ENIGM_P256_POINT_SIZE],
                                    GError **error)
{
  if (!enter_step (&self->state, STATE_NEW, error))
    return FALSE;

  self->x = draw_share (x, self->w0, ENIGM_SPAKE2PLUS_M, self->share_p, error);
  if (self->x == NULL)
    return FALSE;

  memcpy (share_p, self->share_p, ENIGM_P256_POINT_SIZE);
  self->state = STATE_SHARED;

  return TRUE;
}

/**
 * enigm_spake2plus_prover_start:
 * @self: a new prover
 * @share_p: (out): the first message, 65 bytes
 * @error: return location for an error
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_RANDOMNESS
 */
gboolean
enigm_spake2plus_prover_start (EnigmSpake2plusProver *self,
                               guint8 share_p[ENIGM_P256_POINT_SIZE],
                               GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return enigm_spake2plus_prover_start_with (self, NULL, share_p, error);
}

/**
 * enigm_spake2plus_prover_finish:
 * @self: a prover that has started
 * @share_v: (array length=share_v_len): the verifier's share
 * @share_v_len: its length
 * @confirm_v: (array length=confirm_v_len): the verifier's confirmation
 * @confirm_v_len: its length
 * @confirm_p: (out): the last message, 32 bytes
 * @error: return location for an error
 *
 * Checks that the verifier knows the code's verifier, before anything else may be sent to it.
 *
 * Returns: (transfer full): K_shared, 32 bytes, or %NULL with %ENIGM_ERROR_CODE_WRONG where the
 *   confirmation does not fit, or %ENIGM_ERROR_MALFORMED; the run is then over
 */
EnigmSecret *
enigm_spake2plus_prover_finish (EnigmSpake2plusProver *self,
                                const guint8 *share_v,
                                gsize share_v_len,
                                const guint8 *confirm_v,
                                gsize confirm_v_len,
                                guint8 confirm_p[ENIGM_SHA256_SIZE],
                                GError **error)
{
  const EC_GROUP *group = enigm_p256_get_group ();
  g_autoptr (EC_POINT) unblinded = NULL;
  g_autoptr (EC_POINT) z = EC_POINT_new (group);
  g_autoptr (EC_POINT) v = EC_POINT_new (group);
  g_autoptr (EnigmSecret) transcript = NULL;
  EnigmSpake2plusKeys keys = { NULL };
  EnigmSecret *shared = NULL;

  g_return_val_if_fail (self != NULL && share_v != NULL && confirm_v != NULL, NULL);

  if (!enter_step (&self->state, STATE_SHARED, error))
    return NULL;
  unblinded =
    enigm_spake2plus_unblind (share_v, share_v_len, self->w0, ENIGM_SPAKE2PLUS_N, "shareV", error);
  if (unblinded == NULL)
    return NULL;

  enigm_crypto_must (z != NULL && v != NULL);
  enigm_p256_multiply (z, unblinded, self->x);
  enigm_p256_multiply (v, unblinded, self->w1);
  transcript =
    enigm_spake2plus_transcript (&self->names, self->share_p, share_v, z, v, self->w0_bytes);
  enigm_spake2plus_keys_init (&keys, transcript);
  if (check_confirmation (keys.confirm_v, self->share_p, confirm_v, confirm_v_len, "confirmV",
                          error))
    {
      confirm (keys.confirm_p, share_v, confirm_p);
      shared = g_steal_pointer (&keys.shared);
    }
  enigm_spake2plus_keys_clear (&keys);

  return shared;
}

/**
 * enigm_spake2plus_verifier_new:
 * @w0: 32 bytes, as the factory left it
 * @l: 65 bytes, as the factory left it
 * @context: what both sides must agree on besides the code
 * @id_prover: (nullable): the prover's identity, %NULL for an empty one
 * @id_verifier: (nullable): the verifier's identity, %NULL for an empty one
 * @error: return location for an error
 *
 * Returns: (transfer full): the verifier's side of one run, or %NULL with %ENIGM_ERROR_MALFORMED
 *   where @w0 or @l cannot be a verifier
 */
EnigmSpake2plusVerifier *
enigm_spake2plus_verifier_new (EnigmSecret *w0,
                               EnigmSecret *l,
                               GBytes *context,
                               GBytes *id_prover,
                               GBytes *id_verifier,
                               GError **error)
{
  g_autoptr (EC_POINT) l_point = NULL;
  EnigmSpake2plusVerifier *self;
  const guint8 *l_data;
  gsize l_len;

  g_return_val_if_fail (w0 != NULL && l != NULL && context != NULL, NULL);

  if (enigm_secret_get_length (w0) != ENIGM_P256_SCALAR_SIZE)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "w0: not 32 bytes");
      return NULL;
    }
  l_data = enigm_secret_peek (l, &l_len);
  l_point = enigm_p256_point_parse (l_data, l_len, error);
  if (l_point == NULL)
    {
      g_prefix_error (error, "L: ");
      return NULL;
    }

  self = g_new0 (EnigmSpake2plusVerifier, 1);
  enigm_spake2plus_names_init (&self->names, context, id_prover, id_verifier);
  self->w0_bytes = enigm_secret_ref (w0);
  self->w0 = enigm_p256_scalar_from_secret (w0);
  self->l = g_steal_pointer (&l_point);

  return self;
}

/**
 * enigm_spake2plus_verifier_free:
 * @self: (transfer full): a verifier
 *
 * Ends the run and wipes what it knew.
 */
void
enigm_spake2plus_verifier_free (EnigmSpake2plusVerifier *self)
{
  g_return_if_fail (self != NULL);

  enigm_spake2plus_names_clear (&self->names);
  enigm_spake2plus_keys_clear (&self->keys);
  enigm_secret_unref (self->w0_bytes);
  BN_clear_free (self->w0);
  EC_POINT_clear_free (self->l);
  g_free (self);
}

gboolean
enigm_spake2plus_verifier_respond_with (EnigmSpake2plusVerifier *self,
                                        EnigmSecret *y,
                                        const guint8 *share_p,
                                        gsize share_p_len,
                                        guint8 share_v[ENIGM_P256_POINT_SIZE],
                                        guint8 confirm_v[ENIGM_SHA256_SIZE],
                                        GError **error)
{
  const EC_GROUP *group = enigm_p256_get_group ();
  g_autoptr (EC_POINT) unblinded = NULL;
  g_autoptr (EC_POINT) z = EC_POINT_new (group);
  g_autoptr (EC_POINT) v = EC_POINT_new (group);
  g_autoptr (BIGNUM) scalar = NULL;
  g_autoptr (EnigmSecret) transcript = NULL;

  if (!enter_step (&self->state, STATE_NEW, error))
    return FALSE;
  unblinded =
    enigm_spake2plus_unblind (share_p, share_p_len, self->w0, ENIGM_SPAKE2PLUS_M, "shareP", error);
  if (unblinded == NULL)
    return FALSE;
  scalar = draw_share (y, self->w0, ENIGM_SPAKE2PLUS_N, self->share_v, error);
  if (scalar == NULL)
    return FALSE;

  enigm_crypto_must (z != NULL && v != NULL);
  enigm_p256_multiply (z, unblinded, scalar);
  enigm_p256_multiply (v, self->l, scalar);
  transcript =
    enigm_spake2plus_transcript (&self->names, share_p, self->share_v, z, v, self->w0_bytes);
  enigm_spake2plus_keys_init (&self->keys, transcript);

  memcpy (share_v, self->share_v, ENIGM_P256_POINT_SIZE);
  confirm (self->keys.confirm_v, share_p, confirm_v);
  self->state = STATE_SHARED;

  return TRUE;
}

/**
 * enigm_spake2plus_verifier_respond:
 * @self: a new verifier
 * @share_p: (array length=share_p_len): the prover's share
 * @share_p_len: its length
 * @share_v: (out): the verifier's share, 65 bytes
 * @confirm_v: (out): the verifier's confirmation, 32 bytes
 * @error: return location for an error
 *
 * The confirmation lets the other side test one guess at the code: count the try before sending it.
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED or %ENIGM_ERROR_RANDOMNESS; the run is then
 *   over
 */
gboolean
enigm_spake2plus_verifier_respond (EnigmSpake2plusVerifier *self,
                                   const guint8 *share_p,
                                   gsize share_p_len,
                                   guint8 share_v[ENIGM_P256_POINT_SIZE],
                                   guint8 confirm_v[ENIGM_SHA256_SIZE],
                                   GError **error)
{
  g_return_val_if_fail (self != NULL && share_p != NULL, FALSE);

  return enigm_spake2plus_verifier_respond_with (self, NULL, share_p, share_p_len, share_v,
                                                 confirm_v, error);
}

/**
 * enigm_spake2plus_verifier_verify:
 * @self: a verifier that has responded
 * @confirm_p: (array length=confirm_p_len): the prover's confirmation
 * @confirm_p_len: its length
 * @error: return location for an error
 *
 * Returns: (transfer full): K_shared, 32 bytes, or %NULL with %ENIGM_ERROR_CODE_WRONG where the
 *   confirmation does not fit, or %ENIGM_ERROR_MALFORMED; the run is then over
 */
EnigmSecret *
enigm_spake2plus_verifier_verify (EnigmSpake2plusVerifier *self,
                                  const guint8 *confirm_p,
                                  gsize confirm_p_len,
                                  GError **error)
{
  g_return_val_if_fail (self != NULL && confirm_p != NULL, NULL);

  if (!enter_step (&self->state, STATE_SHARED, error) ||
      !check_confirmation (self->keys.confirm_p, self->share_v, confirm_p, confirm_p_len,
                           "confirmP", error))
    return NULL;

  return g_steal_pointer (&self->keys.shared);
}
