/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-channel.h"

#include "enigm-gcm-private.h"
#include "enigm-hkdf.h"

#define KEY_SIZE ENIGM_GCM_KEY_SIZE
#define SETUP_INFO "enigm session 1"

/* More than any connection sends, and far below where GCM under one key grows weak. */
#define MESSAGES_MAX (G_GUINT64_CONSTANT (1) << 32)
#define PLAIN_MAX (1024 * 1024)

typedef struct
{
  EnigmSecret *key;
  guint64 counter;
} Direction;

struct _EnigmChannel
{
  gatomicrefcount refs;
  Direction sending;
  Direction receiving;
  EnigmSecret *session_value;
  gboolean dead;
};

/* Fills in the nonce of the direction's next message. */
static gboolean
next_nonce (Direction *direction, guint8 nonce[ENIGM_GCM_NONCE_SIZE])
{
  guint64 counter = GUINT64_TO_BE (direction->counter);

  if (direction->counter >= MESSAGES_MAX)
    return FALSE;

  memset (nonce, 0, ENIGM_GCM_NONCE_SIZE - sizeof counter);
  memcpy (nonce + ENIGM_GCM_NONCE_SIZE - sizeof counter, &counter, sizeof counter);
  direction->counter++;

  return TRUE;
}

/**
 * enigm_channel_new_setup:
 * @k_shared: SPAKE2+'s K_shared, 32 bytes
 * @role: which end this is
 *
 * The channel that follows a right setup code: HKDF (no salt, "enigm session 1", 96 bytes) gives
 * the key from app to key, the key from key to app, and the session value.
 *
 * Returns: (transfer full): the channel
 */
EnigmChannel *
enigm_channel_new_setup (EnigmSecret *k_shared, EnigmChannelRole role)
{
  g_autoptr (EnigmSecret) okm = NULL;
  g_autoptr (EnigmSecret) app_to_key = NULL;
  g_autoptr (EnigmSecret) key_to_app = NULL;
  g_autoptr (EnigmSecret) session_value = NULL;

  g_return_val_if_fail (k_shared != NULL && enigm_secret_get_length (k_shared) == 32, NULL);

  okm = enigm_hkdf (NULL, 0, k_shared, SETUP_INFO, sizeof SETUP_INFO - 1, 3 * KEY_SIZE);
  app_to_key = enigm_secret_new_slice (okm, 0, KEY_SIZE);
  key_to_app = enigm_secret_new_slice (okm, KEY_SIZE, KEY_SIZE);
  session_value = enigm_secret_new_slice (okm, 2 * KEY_SIZE, ENIGM_CHANNEL_SESSION_VALUE_SIZE);

  return enigm_channel_new_from_keys (app_to_key, key_to_app, session_value, role);
}

/**
 * enigm_channel_new_from_keys:
 * @app_to_key: 32 bytes, for this channel alone
 * @key_to_app: 32 bytes, for this channel alone
 * @session_value: 32 bytes that name this channel to the platform
 * @role: which end this is
 *
 * Returns: (transfer full): the channel
 */
EnigmChannel *
enigm_channel_new_from_keys (EnigmSecret *app_to_key,
                             EnigmSecret *key_to_app,
                             EnigmSecret *session_value,
                             EnigmChannelRole role)
{
  gboolean app = role == ENIGM_CHANNEL_APP;
  EnigmChannel *self;

  g_return_val_if_fail (app_to_key != NULL && enigm_secret_get_length (app_to_key) == KEY_SIZE,
                        NULL);
  g_return_val_if_fail (key_to_app != NULL && enigm_secret_get_length (key_to_app) == KEY_SIZE,
                        NULL);
  g_return_val_if_fail (session_value != NULL && enigm_secret_get_length (session_value) ==
                                                   ENIGM_CHANNEL_SESSION_VALUE_SIZE,
                        NULL);

  self = g_new0 (EnigmChannel, 1);
  g_atomic_ref_count_init (&self->refs);
  self->sending.key = enigm_secret_ref (app ? app_to_key : key_to_app);
  self->receiving.key = enigm_secret_ref (app ? key_to_app : app_to_key);
  self->session_value = enigm_secret_ref (session_value);

  return self;
}

/**
 * enigm_channel_ref:
 * @self: a channel
 *
 * Returns: (transfer full): @self
 */
EnigmChannel *
enigm_channel_ref (EnigmChannel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);

  return self;
}

/**
 * enigm_channel_unref:
 * @self: (transfer full): a channel
 *
 * Drops a reference; the last one wipes the keys.
 */
void
enigm_channel_unref (EnigmChannel *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  enigm_secret_unref (self->sending.key);
  enigm_secret_unref (self->receiving.key);
  enigm_secret_unref (self->session_value);
  g_free (self);
}

/**
 * enigm_channel_get_session_value:
 * @self: a channel
 *
 * What an offer or an order names, so that it is good for this channel only.
 *
 * Returns: (transfer none) (array fixed-size=32): the session value, valid as long as @self is
 */
const guint8 *
enigm_channel_get_session_value (EnigmChannel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return enigm_secret_peek (self->session_value, NULL);
}

/**
 * enigm_channel_seal:
 * @self: a channel
 * @plain: a message
 * @error: return location for an error
 *
 * Returns: (transfer full): the message sealed, 16 bytes longer, or %NULL with
 *   %ENIGM_ERROR_NOT_GENUINE where the channel is dead
 */
GBytes *
enigm_channel_seal (EnigmChannel *self, GBytes *plain, GError **error)
{
  guint8 nonce[ENIGM_GCM_NONCE_SIZE];
  guint8 *sealed;
  gsize len;

  g_return_val_if_fail (self != NULL && plain != NULL, NULL);
  g_return_val_if_fail (g_bytes_get_size (plain) <= PLAIN_MAX, NULL);

  if (self->dead || !next_nonce (&self->sending, nonce))
    {
      self->dead = TRUE;
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE, "channel: has ended");
      return NULL;
    }

  len = g_bytes_get_size (plain) + ENIGM_CHANNEL_OVERHEAD;
  sealed = g_malloc (len);
  enigm_gcm_seal (self->sending.key, nonce, NULL, 0, plain, sealed);

  return g_bytes_new_take (sealed, len);
}

/**
 * enigm_channel_open:
 * @self: a channel
 * @sealed: what came from the other end
 * @error: return location for an error
 *
 * Returns: (transfer full): the message, in memory that is wiped with it, or %NULL with
 *   %ENIGM_ERROR_NOT_GENUINE; the channel is then dead
 */
GBytes *
enigm_channel_open (EnigmChannel *self, GBytes *sealed, GError **error)
{
  guint8 nonce[ENIGM_GCM_NONCE_SIZE];
  GBytes *plain = NULL;

  g_return_val_if_fail (self != NULL && sealed != NULL, NULL);

  if (!self->dead && g_bytes_get_size (sealed) <= PLAIN_MAX + ENIGM_CHANNEL_OVERHEAD &&
      next_nonce (&self->receiving, nonce))
    plain = enigm_gcm_open (self->receiving.key, nonce, NULL, 0, g_bytes_get_data (sealed, NULL),
                            g_bytes_get_size (sealed));
  if (plain == NULL)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                           self->dead ? "channel: has ended"
                                      : "sealed message: not the next one of this channel");
      self->dead = TRUE;
    }

  return plain;
}
