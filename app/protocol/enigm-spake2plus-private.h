/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256-private.h"
#include "enigm-spake2plus.h"

G_BEGIN_DECLS

/* The two fixed points of RFC 9383, section 4, for P-256. */
typedef enum
{
  ENIGM_SPAKE2PLUS_M,
  ENIGM_SPAKE2PLUS_N,
} EnigmSpake2plusConstant;

const EC_POINT *enigm_spake2plus_constant (EnigmSpake2plusConstant which);

/* What both sides know before the first message. */
typedef struct
{
  GBytes *context;
  GBytes *id_prover;
  GBytes *id_verifier;
} EnigmSpake2plusNames;

void enigm_spake2plus_names_init (EnigmSpake2plusNames *names,
                                  GBytes *context,
                                  GBytes *id_prover,
                                  GBytes *id_verifier);
void enigm_spake2plus_names_clear (EnigmSpake2plusNames *names);

/* What both sides know after the second: everything derived from the transcript TT. */
typedef struct
{
  EnigmSecret *main;
  EnigmSecret *confirm_p;
  EnigmSecret *confirm_v;
  EnigmSecret *shared;
} EnigmSpake2plusKeys;

EnigmSecret *enigm_spake2plus_transcript (const EnigmSpake2plusNames *names,
                                          const guint8 share_p[ENIGM_P256_POINT_SIZE],
                                          const guint8 share_v[ENIGM_P256_POINT_SIZE],
                                          const EC_POINT *z,
                                          const EC_POINT *v,
                                          EnigmSecret *w0);
void enigm_spake2plus_keys_init (EnigmSpake2plusKeys *keys, EnigmSecret *transcript);
void enigm_spake2plus_keys_clear (EnigmSpake2plusKeys *keys);

/* share = scalar·P + w0·constant, and back: share − w0·constant. */
gboolean enigm_spake2plus_blind (const BIGNUM *scalar,
                                 const BIGNUM *w0,
                                 EnigmSpake2plusConstant constant,
                                 guint8 share[ENIGM_P256_POINT_SIZE]);
EC_POINT *enigm_spake2plus_unblind (const guint8 *share,
                                    gsize share_len,
                                    const BIGNUM *w0,
                                    EnigmSpake2plusConstant constant,
                                    const char *name,
                                    GError **error);

/* The public functions with the random scalar as a parameter, %NULL to draw it. */
gboolean enigm_spake2plus_prover_start_with (EnigmSpake2plusProver *self,
                                             EnigmSecret *x,
                                             guint8 share_p[ENIGM_P256_POINT_SIZE],
                                             GError **error);
gboolean enigm_spake2plus_verifier_respond_with (EnigmSpake2plusVerifier *self,
                                                 EnigmSecret *y,
                                                 const guint8 *share_p,
                                                 gsize share_p_len,
                                                 guint8 share_v[ENIGM_P256_POINT_SIZE],
                                                 guint8 confirm_v[ENIGM_SHA256_SIZE],
                                                 GError **error);

G_END_DECLS
