/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-secret.h"

G_BEGIN_DECLS

/**
 * ENIGM_SETUP_CODE_LENGTH:
 *
 * Characters in a setup code, without hyphens.
 */
#define ENIGM_SETUP_CODE_LENGTH 12

/**
 * EnigmSetupCode:
 *
 * The code printed on a key: 12 characters of Crockford's base32, shown as `XXXX-XXXX-XXXX`. They
 * are 60 bits, most significant first: 12 of discriminator, which the key also advertises, 40 of
 * secret, independent of it, and 8 of check.
 *
 * The check byte is a CRC-8 (polynomial 0x07, initial value 0) over discriminator and secret,
 * padded with zero bits on the left to 7 bytes, big-endian, exclusive-or 0x5A, so that twelve
 * zeros are no code. As the check follows the bits it covers, the CRC's guarantees hold for the
 * whole code: every change within 8 neighbouring bits is found, so every single wrong character;
 * and since one factor of the polynomial is primitive of degree 7, so is every exchange of two
 * different characters, next to each other or not, for 5·11 bits is less than its period of 127.
 *
 * It never changes, so threads may share one.
 */
typedef struct _EnigmSetupCode EnigmSetupCode;

EnigmSetupCode *enigm_setup_code_new_random (GError **error);
EnigmSetupCode *enigm_setup_code_new_parse (const char *text, GError **error);
EnigmSetupCode *enigm_setup_code_ref (EnigmSetupCode *self);
void enigm_setup_code_unref (EnigmSetupCode *self);

const char *enigm_setup_code_get_text (EnigmSetupCode *self);
guint enigm_setup_code_get_discriminator (EnigmSetupCode *self);

void enigm_setup_code_derive_w (EnigmSetupCode *self, EnigmSecret **w0, EnigmSecret **w1);
void enigm_setup_code_derive_w_async (EnigmSetupCode *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean enigm_setup_code_derive_w_finish (GAsyncResult *result,
                                           EnigmSecret **w0,
                                           EnigmSecret **w1,
                                           GError **error);
void enigm_setup_code_derive_verifier (EnigmSetupCode *self, EnigmSecret **w0, EnigmSecret **l);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmSetupCode, enigm_setup_code_unref)

G_END_DECLS
