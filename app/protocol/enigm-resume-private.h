/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-resume.h"

G_BEGIN_DECLS

/* What both sides derive from the two ephemeral keys, the management secret and everything that was
 * said: 160 bytes of HKDF, and the hash they confirm. */
typedef struct
{
  EnigmSecret *confirm_k;
  EnigmSecret *confirm_a;
  EnigmSecret *app_to_key;
  EnigmSecret *key_to_app;
  EnigmSecret *session_value;
  guint8 transcript[ENIGM_SHA256_SIZE];
} EnigmResumeKeys;

void enigm_resume_compute_hint (EnigmSecret *secret,
                                const guint8 point[ENIGM_P256_POINT_SIZE],
                                const guint8 nonce[ENIGM_RESUME_NONCE_SIZE],
                                guint8 hint[ENIGM_SHA256_SIZE]);
void enigm_resume_keys_init (EnigmResumeKeys *keys,
                             EnigmSecret *ecdh_x,
                             const EnigmResumeCandidate *candidate,
                             const EnigmResumeHello *hello,
                             const EnigmResumeShare *share);
void enigm_resume_keys_clear (EnigmResumeKeys *keys);
void enigm_resume_keys_confirm (const EnigmResumeKeys *keys,
                                EnigmChannelRole role,
                                guint8 mac[ENIGM_SHA256_SIZE]);
gboolean enigm_resume_keys_check (const EnigmResumeKeys *keys,
                                  EnigmChannelRole role,
                                  const guint8 *mac,
                                  gsize mac_len);
EnigmChannel *enigm_resume_keys_open_channel (const EnigmResumeKeys *keys, EnigmChannelRole role);

/* The public functions with what they draw at random as parameters, %NULL to draw it. */
gboolean enigm_resume_app_start_with (EnigmResumeApp *self,
                                      EnigmP256Key *ephemeral,
                                      const guint8 *nonce,
                                      EnigmResumeHello *hello,
                                      GError **error);
gboolean enigm_resume_key_respond_with (EnigmResumeKey *self,
                                        EnigmP256Key *ephemeral,
                                        const guint8 *nonce,
                                        const EnigmResumeHello *hello,
                                        EnigmResumeShare *share,
                                        GError **error);

G_END_DECLS
