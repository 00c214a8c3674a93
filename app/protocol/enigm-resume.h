/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-channel.h"
#include "enigm-p256.h"

G_BEGIN_DECLS

/**
 * ENIGM_RESUME_SECRET_SIZE:
 *
 * Bytes in a management secret.
 */
#define ENIGM_RESUME_SECRET_SIZE 32

/**
 * ENIGM_RESUME_BINDING_SIZE:
 *
 * Bytes in a binding ID.
 */
#define ENIGM_RESUME_BINDING_SIZE 16

/**
 * ENIGM_RESUME_NONCE_SIZE:
 *
 * Bytes in a nonce of the handshake.
 */
#define ENIGM_RESUME_NONCE_SIZE 32

/**
 * ENIGM_RESUME_CANDIDATES_MAX:
 *
 * Most management secrets a key holds: one for each computer.
 */
#define ENIGM_RESUME_CANDIDATES_MAX 8

/**
 * EnigmResumeHello:
 * @point: E_A, the app's ephemeral point
 * @nonce: n_A
 * @hint: which secret is meant, readable only with that secret
 *
 * The first message, from app to key.
 */
typedef struct
{
  guint8 point[ENIGM_P256_POINT_SIZE];
  guint8 nonce[ENIGM_RESUME_NONCE_SIZE];
  guint8 hint[ENIGM_SHA256_SIZE];
} EnigmResumeHello;

/**
 * EnigmResumeShare:
 * @point: E_K, the key's ephemeral point
 * @nonce: n_K
 * @mac: MAC_K
 *
 * The second message, from key to app.
 */
typedef struct
{
  guint8 point[ENIGM_P256_POINT_SIZE];
  guint8 nonce[ENIGM_RESUME_NONCE_SIZE];
  guint8 mac[ENIGM_SHA256_SIZE];
} EnigmResumeShare;

/**
 * EnigmResumeCandidate:
 * @binding: the binding ID
 * @secret: S, 32 bytes
 *
 * A binding and a computer's management secret for it.
 */
typedef struct
{
  guint8 binding[ENIGM_RESUME_BINDING_SIZE];
  EnigmSecret *secret;
} EnigmResumeCandidate;

/**
 * EnigmResumeApp:
 *
 * One management handshake on the app's side: it meets a key again without the setup code.
 */
typedef struct _EnigmResumeApp EnigmResumeApp;

/**
 * EnigmResumeKey:
 *
 * One management handshake on the key's side.
 */
typedef struct _EnigmResumeKey EnigmResumeKey;

EnigmResumeApp *enigm_resume_app_new (const EnigmResumeCandidate *known);
void enigm_resume_app_free (EnigmResumeApp *self);
gboolean enigm_resume_app_start (EnigmResumeApp *self, EnigmResumeHello *hello, GError **error);
EnigmChannel *enigm_resume_app_finish (EnigmResumeApp *self,
                                       const EnigmResumeShare *share,
                                       guint8 mac_a[ENIGM_SHA256_SIZE],
                                       GError **error);

EnigmResumeKey *
enigm_resume_key_new (const EnigmResumeCandidate *candidates, gsize n_candidates, GError **error);
void enigm_resume_key_free (EnigmResumeKey *self);
gboolean enigm_resume_key_respond (EnigmResumeKey *self,
                                   const EnigmResumeHello *hello,
                                   EnigmResumeShare *share,
                                   GError **error);
EnigmChannel *enigm_resume_key_finish (EnigmResumeKey *self,
                                       const guint8 *mac_a,
                                       gsize mac_a_len,
                                       guint *candidate,
                                       GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmResumeApp, enigm_resume_app_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmResumeKey, enigm_resume_key_free)

G_END_DECLS
