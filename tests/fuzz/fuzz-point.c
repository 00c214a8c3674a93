/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-p256.h"
#include "enigm-spake2plus.h"
#include "fuzz.h"

/* A share from the air: on the curve, or refused; and what a verifier makes of it. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint8 scalar[32] = { [31] = 7 };
  g_autoptr (EnigmSecret) w0 = enigm_secret_new_copy (scalar, sizeof scalar);
  g_autoptr (EnigmP256Key) key = enigm_p256_key_new_from_scalar (w0, NULL);
  g_autoptr (EnigmSecret) l =
    enigm_secret_new_copy (enigm_p256_key_get_point (key), ENIGM_P256_POINT_SIZE);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (EnigmSpake2plusVerifier) verifier =
    enigm_spake2plus_verifier_new (w0, l, nothing, nothing, nothing, NULL);
  g_autoptr (EnigmSecret) shared = NULL;
  g_autoptr (GError) error = NULL;
  guint8 share[ENIGM_P256_POINT_SIZE], confirm[ENIGM_SHA256_SIZE];
  gboolean ok = enigm_p256_check_point (data, size, &error);
  gboolean answered;

  fuzz_assert_said (ok, error);
  shared = enigm_p256_key_ecdh (key, data, size, NULL);
  g_assert_true (ok == (shared != NULL));
  answered = enigm_spake2plus_verifier_respond (verifier, data, size, share, confirm, NULL);
  g_assert_true (ok || !answered);
  return 0;
}
