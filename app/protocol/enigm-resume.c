/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-resume-private.h"

/* One message makes one step; a step out of order, or one that fails, ends the handshake. */
typedef enum
{
  STATE_NEW,
  STATE_SHARED,
  STATE_OVER,
} State;

struct _EnigmResumeApp
{
  State state;
  EnigmResumeCandidate known;
  EnigmP256Key *ephemeral;
  EnigmResumeHello hello;
};

/* The last slot stands for "none of them". */
#define NOBODY ENIGM_RESUME_CANDIDATES_MAX
#define SLOTS (ENIGM_RESUME_CANDIDATES_MAX + 1)

struct _EnigmResumeKey
{
  State state;
  EnigmResumeCandidate slots[SLOTS];
  guint n_candidates;
  guint matched;
  EnigmResumeKeys keys;
};

/* Leaves the state at OVER, so that every way out of a step but its success ends the handshake. */
static gboolean
enter_step (State *state, State expected, GError **error)
{
  State found = *state;

  *state = STATE_OVER;
  if (found != expected)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "resume: a message out of turn");
      return FALSE;
    }

  return TRUE;
}

static gboolean
draw_nonce (const guint8 *given, guint8 nonce[ENIGM_RESUME_NONCE_SIZE], GError **error)
{
  if (given == NULL)
    return enigm_random_bytes (nonce, ENIGM_RESUME_NONCE_SIZE, error);

  memcpy (nonce, given, ENIGM_RESUME_NONCE_SIZE);

  return TRUE;
}

static EnigmP256Key *
draw_ephemeral (EnigmP256Key *given, GError **error)
{
  return given != NULL ? enigm_p256_key_ref (given) : enigm_p256_key_generate (error);
}

/**
 * enigm_resume_app_new:
 * @known: the binding, and this computer's management secret for it
 *
 * Returns: (transfer full): the app's side of one handshake
 */
EnigmResumeApp *
enigm_resume_app_new (const EnigmResumeCandidate *known)
{
  EnigmResumeApp *self;

  g_return_val_if_fail (known != NULL && known->secret != NULL, NULL);
  g_return_val_if_fail (enigm_secret_get_length (known->secret) == ENIGM_RESUME_SECRET_SIZE, NULL);

  self = g_new0 (EnigmResumeApp, 1);
  self->known = *known;
  enigm_secret_ref (self->known.secret);

  return self;
}

/**
 * enigm_resume_app_free:
 * @self: (transfer full): the app's side of a handshake
 *
 * Ends the handshake and wipes what it knew.
 */
void
enigm_resume_app_free (EnigmResumeApp *self)
{
  g_return_if_fail (self != NULL);

  enigm_secret_unref (self->known.secret);
  g_clear_pointer (&self->ephemeral, enigm_p256_key_unref);
  g_free (self);
}

gboolean
enigm_resume_app_start_with (EnigmResumeApp *self,
                             EnigmP256Key *ephemeral,
                             const guint8 *nonce,
                             EnigmResumeHello *hello,
                             GError **error)
{
  if (!enter_step (&self->state, STATE_NEW, error))
    return FALSE;

  self->ephemeral = draw_ephemeral (ephemeral, error);
  if (self->ephemeral == NULL || !draw_nonce (nonce, self->hello.nonce, error))
    return FALSE;

  memcpy (self->hello.point, enigm_p256_key_get_point (self->ephemeral), ENIGM_P256_POINT_SIZE);
  enigm_resume_compute_hint (self->known.secret, self->hello.point, self->hello.nonce,
                             self->hello.hint);
  *hello = self->hello;
  self->state = STATE_SHARED;

  return TRUE;
}

/**
 * enigm_resume_app_start:
 * @self: a new handshake
 * @hello: (out caller-allocates): the first message
 * @error: return location for an error
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_RANDOMNESS
 */
gboolean
enigm_resume_app_start (EnigmResumeApp *self, EnigmResumeHello *hello, GError **error)
{
  g_return_val_if_fail (self != NULL && hello != NULL, FALSE);

  return enigm_resume_app_start_with (self, NULL, NULL, hello, error);
}

/**
 * enigm_resume_app_finish:
 * @self: a handshake that has started
 * @share: the key's answer
 * @mac_a: (out): the last message, 32 bytes
 * @error: return location for an error
 *
 * Returns: (transfer full): the channel, which the key opens once it has @mac_a, or %NULL with
 *   %ENIGM_ERROR_KEY_UNKNOWN where the key does not hold this secret (or this is another key), or
 *   %ENIGM_ERROR_MALFORMED; the handshake is then over
 */
EnigmChannel *
enigm_resume_app_finish (EnigmResumeApp *self,
                         const EnigmResumeShare *share,
                         guint8 mac_a[ENIGM_SHA256_SIZE],
                         GError **error)
{
  g_autoptr (EnigmSecret) x = NULL;
  EnigmResumeKeys keys = { NULL };
  EnigmChannel *channel = NULL;

  g_return_val_if_fail (self != NULL && share != NULL, NULL);

  if (!enter_step (&self->state, STATE_SHARED, error))
    return NULL;
  x = enigm_p256_key_ecdh (self->ephemeral, share->point, sizeof share->point, error);
  g_clear_pointer (&self->ephemeral, enigm_p256_key_unref);
  if (x == NULL)
    {
      g_prefix_error (error, "E_K: ");
      return NULL;
    }

  enigm_resume_keys_init (&keys, x, &self->known, &self->hello, share);
  if (enigm_resume_keys_check (&keys, ENIGM_CHANNEL_KEY, share->mac, sizeof share->mac))
    {
      enigm_resume_keys_confirm (&keys, ENIGM_CHANNEL_APP, mac_a);
      channel = enigm_resume_keys_open_channel (&keys, ENIGM_CHANNEL_APP);
    }
  else
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_KEY_UNKNOWN,
                           "MAC_K: the key does not hold this management secret");
    }
  enigm_resume_keys_clear (&keys);

  return channel;
}

/**
 * enigm_resume_key_new:
 * @candidates: (array length=n_candidates): the secrets that this key holds and that are active
 * @n_candidates: number of secrets, 0 to 8
 * @error: return location for an error
 *
 * Slots without a secret are filled with random ones, so that neither the number of computers nor
 * whether one is known shows in how long an answer takes.
 *
 * Returns: (transfer full): the key's side of one handshake, or %NULL with %ENIGM_ERROR_RANDOMNESS
 */
EnigmResumeKey *
enigm_resume_key_new (const EnigmResumeCandidate *candidates, gsize n_candidates, GError **error)
{
  g_autoptr (EnigmResumeKey) self = NULL;

  g_return_val_if_fail (candidates != NULL || n_candidates == 0, NULL);
  g_return_val_if_fail (n_candidates <= ENIGM_RESUME_CANDIDATES_MAX, NULL);

  self = g_new0 (EnigmResumeKey, 1);
  self->n_candidates = (guint) n_candidates;
  self->matched = NOBODY;
  for (guint i = 0; i < SLOTS; i++)
    {
      if (i < n_candidates)
        {
          g_return_val_if_fail (
            enigm_secret_get_length (candidates[i].secret) == ENIGM_RESUME_SECRET_SIZE, NULL);
          self->slots[i] = candidates[i];
          enigm_secret_ref (self->slots[i].secret);
        }
      else
        {
          self->slots[i].secret = enigm_secret_new_random (ENIGM_RESUME_SECRET_SIZE, error);
          if (self->slots[i].secret == NULL)
            return NULL;
        }
    }

  return g_steal_pointer (&self);
}

/**
 * enigm_resume_key_free:
 * @self: (transfer full): the key's side of a handshake
 *
 * Ends the handshake and wipes what it knew.
 */
void
enigm_resume_key_free (EnigmResumeKey *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < SLOTS; i++)
    g_clear_pointer (&self->slots[i].secret, enigm_secret_unref);
  enigm_resume_keys_clear (&self->keys);
  g_free (self);
}

/* Looks at every slot, also after a match. */
static guint
find_slot (EnigmResumeKey *self, const EnigmResumeHello *hello)
{
  guint found = NOBODY;

  for (guint i = 0; i < NOBODY; i++)
    {
      guint8 hint[ENIGM_SHA256_SIZE];
      guint mask;

      enigm_resume_compute_hint (self->slots[i].secret, hello->point, hello->nonce, hint);
      mask = 0u - (guint) enigm_bytes_equal_constant_time (hint, hello->hint, sizeof hint);
      found = (found & ~mask) | (i & mask);
    }

  return found;
}

gboolean
enigm_resume_key_respond_with (EnigmResumeKey *self,
                               EnigmP256Key *ephemeral,
                               const guint8 *nonce,
                               const EnigmResumeHello *hello,
                               EnigmResumeShare *share,
                               GError **error)
{
  g_autoptr (EnigmP256Key) own = NULL;
  g_autoptr (EnigmSecret) x = NULL;
  EnigmResumeShare answer;

  if (!enter_step (&self->state, STATE_NEW, error))
    return FALSE;

  own = draw_ephemeral (ephemeral, error);
  if (own == NULL || !draw_nonce (nonce, answer.nonce, error))
    return FALSE;
  x = enigm_p256_key_ecdh (own, hello->point, sizeof hello->point, error);
  if (x == NULL)
    {
      g_prefix_error (error, "E_A: ");
      return FALSE;
    }

  /* Where no hint fits, the last slot's secret, drawn for this handshake and known to nobody, makes
   * a MAC_K that is as good as random and costs the same. */
  memcpy (answer.point, enigm_p256_key_get_point (own), sizeof answer.point);
  self->matched = find_slot (self, hello);
  enigm_resume_keys_init (&self->keys, x, &self->slots[self->matched], hello, &answer);
  enigm_resume_keys_confirm (&self->keys, ENIGM_CHANNEL_KEY, answer.mac);
  *share = answer;
  self->state = STATE_SHARED;

  return TRUE;
}

/**
 * enigm_resume_key_respond:
 * @self: a new handshake
 * @hello: the app's first message
 * @share: (out caller-allocates): the key's answer
 * @error: return location for an error
 *
 * Answers whether or not the hint fits a secret; only enigm_resume_key_finish() says.
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_MALFORMED or %ENIGM_ERROR_RANDOMNESS; the handshake
 *   is then over
 */
gboolean
enigm_resume_key_respond (EnigmResumeKey *self,
                          const EnigmResumeHello *hello,
                          EnigmResumeShare *share,
                          GError **error)
{
  g_return_val_if_fail (self != NULL && hello != NULL && share != NULL, FALSE);

  return enigm_resume_key_respond_with (self, NULL, NULL, hello, share, error);
}

/**
 * enigm_resume_key_finish:
 * @self: a handshake that has responded
 * @mac_a: (array length=mac_a_len): the app's confirmation
 * @mac_a_len: its length
 * @candidate: (out) (optional): which of the candidates it is
 * @error: return location for an error
 *
 * Returns: (transfer full): the channel, or %NULL with %ENIGM_ERROR_NOT_GENUINE where @mac_a does
 *   not fit, or %ENIGM_ERROR_MALFORMED; the handshake is then over
 */
EnigmChannel *
enigm_resume_key_finish (EnigmResumeKey *self,
                         const guint8 *mac_a,
                         gsize mac_a_len,
                         guint *candidate,
                         GError **error)
{
  gboolean right;

  g_return_val_if_fail (self != NULL && (mac_a != NULL || mac_a_len == 0), NULL);

  if (!enter_step (&self->state, STATE_SHARED, error))
    return NULL;

  right = enigm_resume_keys_check (&self->keys, ENIGM_CHANNEL_APP, mac_a, mac_a_len);
  if (!right || self->matched >= self->n_candidates)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                           "MAC_A: the app does not hold a management secret of this key");
      return NULL;
    }

  if (candidate != NULL)
    *candidate = self->matched;

  return enigm_resume_keys_open_channel (&self->keys, ENIGM_CHANNEL_KEY);
}
