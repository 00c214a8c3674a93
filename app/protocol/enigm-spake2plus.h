/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256.h"

G_BEGIN_DECLS

/**
 * EnigmSpake2plusProver:
 *
 * One run of SPAKE2+ (RFC 9383, P256-SHA256-HKDF-SHA256-HMAC-SHA256) on the side that knows the
 * code: the app.
 */
typedef struct _EnigmSpake2plusProver EnigmSpake2plusProver;

/**
 * EnigmSpake2plusVerifier:
 *
 * One run of SPAKE2+ on the side that can only check the code: the key.
 */
typedef struct _EnigmSpake2plusVerifier EnigmSpake2plusVerifier;

EnigmSpake2plusProver *enigm_spake2plus_prover_new (EnigmSecret *w0,
                                                    EnigmSecret *w1,
                                                    GBytes *context,
                                                    GBytes *id_prover,
                                                    GBytes *id_verifier);
void enigm_spake2plus_prover_free (EnigmSpake2plusProver *self);
gboolean enigm_spake2plus_prover_start (EnigmSpake2plusProver *self,
                                        guint8 share_p[ENIGM_P256_POINT_SIZE],
                                        GError **error);
EnigmSecret *enigm_spake2plus_prover_finish (EnigmSpake2plusProver *self,
                                             const guint8 *share_v,
                                             gsize share_v_len,
                                             const guint8 *confirm_v,
                                             gsize confirm_v_len,
                                             guint8 confirm_p[ENIGM_SHA256_SIZE],
                                             GError **error);

EnigmSpake2plusVerifier *enigm_spake2plus_verifier_new (EnigmSecret *w0,
                                                        EnigmSecret *l,
                                                        GBytes *context,
                                                        GBytes *id_prover,
                                                        GBytes *id_verifier,
                                                        GError **error);
void enigm_spake2plus_verifier_free (EnigmSpake2plusVerifier *self);
gboolean enigm_spake2plus_verifier_respond (EnigmSpake2plusVerifier *self,
                                            const guint8 *share_p,
                                            gsize share_p_len,
                                            guint8 share_v[ENIGM_P256_POINT_SIZE],
                                            guint8 confirm_v[ENIGM_SHA256_SIZE],
                                            GError **error);
EnigmSecret *enigm_spake2plus_verifier_verify (EnigmSpake2plusVerifier *self,
                                               const guint8 *confirm_p,
                                               gsize confirm_p_len,
                                               GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmSpake2plusProver, enigm_spake2plus_prover_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmSpake2plusVerifier, enigm_spake2plus_verifier_free)

G_END_DECLS
