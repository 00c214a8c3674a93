/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-resume-private.h"

#include "enigm-hkdf.h"

#define INFO "enigm management 1"
#define VERSION "\x01"
#define PIECE_SIZE 32

void
enigm_resume_compute_hint (EnigmSecret *secret,
                           const guint8 point[ENIGM_P256_POINT_SIZE],
                           const guint8 nonce[ENIGM_RESUME_NONCE_SIZE],
                           guint8 hint[ENIGM_SHA256_SIZE])
{
  enigm_hmac_sha256 (secret,
                     ENIGM_PARTS (ENIGM_TEXT ("hint"), { point, ENIGM_P256_POINT_SIZE },
                                  { nonce, ENIGM_RESUME_NONCE_SIZE }),
                     hint);
}

void
enigm_resume_keys_init (EnigmResumeKeys *keys,
                        EnigmSecret *ecdh_x,
                        const EnigmResumeCandidate *candidate,
                        const EnigmResumeHello *hello,
                        const EnigmResumeShare *share)
{
  guint8 info[sizeof INFO - 1 + ENIGM_SHA256_SIZE];
  g_autoptr (EnigmSecret) okm = NULL;
  EnigmSecret **pieces[] = { &keys->confirm_k, &keys->confirm_a, &keys->app_to_key,
                             &keys->key_to_app, &keys->session_value };

  enigm_sha256 (
    ENIGM_PARTS (ENIGM_TEXT (VERSION), { candidate->binding, sizeof candidate->binding },
                 { hello->point, sizeof hello->point }, { hello->nonce, sizeof hello->nonce },
                 { share->point, sizeof share->point }, { share->nonce, sizeof share->nonce }),
    keys->transcript);
  memcpy (info, INFO, sizeof INFO - 1);
  memcpy (info + sizeof INFO - 1, keys->transcript, ENIGM_SHA256_SIZE);
  okm = enigm_hkdf (enigm_secret_peek (candidate->secret, NULL), ENIGM_RESUME_SECRET_SIZE, ecdh_x,
                    info, sizeof info, G_N_ELEMENTS (pieces) * PIECE_SIZE);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    *pieces[i] = enigm_secret_new_slice (okm, i * PIECE_SIZE, PIECE_SIZE);
}

void
enigm_resume_keys_clear (EnigmResumeKeys *keys)
{
  g_clear_pointer (&keys->confirm_k, enigm_secret_unref);
  g_clear_pointer (&keys->confirm_a, enigm_secret_unref);
  g_clear_pointer (&keys->app_to_key, enigm_secret_unref);
  g_clear_pointer (&keys->key_to_app, enigm_secret_unref);
  g_clear_pointer (&keys->session_value, enigm_secret_unref);
}

/* MAC_K for the key's role, MAC_A for the app's. */
void
enigm_resume_keys_confirm (const EnigmResumeKeys *keys,
                           EnigmChannelRole role,
                           guint8 mac[ENIGM_SHA256_SIZE])
{
  gboolean app = role == ENIGM_CHANNEL_APP;

  enigm_hmac_sha256 (
    app ? keys->confirm_a : keys->confirm_k,
    ENIGM_PARTS ({ app ? "app" : "key", 3 }, { keys->transcript, sizeof keys->transcript }), mac);
}

gboolean
enigm_resume_keys_check (const EnigmResumeKeys *keys,
                         EnigmChannelRole role,
                         const guint8 *mac,
                         gsize mac_len)
{
  guint8 expected[ENIGM_SHA256_SIZE];

  enigm_resume_keys_confirm (keys, role, expected);

  return mac_len == sizeof expected &&
         enigm_bytes_equal_constant_time (mac, expected, sizeof expected);
}

EnigmChannel *
enigm_resume_keys_open_channel (const EnigmResumeKeys *keys, EnigmChannelRole role)
{
  return enigm_channel_new_from_keys (keys->app_to_key, keys->key_to_app, keys->session_value,
                                      role);
}
