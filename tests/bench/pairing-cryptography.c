/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the milliseconds that the cryptography of one pairing takes, app, key and platform
 * together, each operation as often as a pairing needs it: the median of several rounds. */
#include <stdio.h>
#include <stdlib.h>

#include "enigm-channel.h"
#include "enigm-credential.h"
#include "enigm-setup-code.h"
#include "enigm-spake2plus.h"

#define ROUNDS 9
/* Offer, attestation and receipt are each signed once; a certificate chain of one adds a check. */
#define SIGNATURES 3
#define CHECKS 4

static void
meet (EnigmSecret *w0, EnigmSecret *w1, EnigmSecret *l)
{
  g_autoptr (GBytes) context = g_bytes_new_static ("context", 7);
  g_autoptr (GBytes) nobody = g_bytes_new_static ("", 0);
  g_autoptr (EnigmSpake2plusProver) prover =
    enigm_spake2plus_prover_new (w0, w1, context, nobody, nobody);
  g_autoptr (EnigmSpake2plusVerifier) verifier =
    enigm_spake2plus_verifier_new (w0, l, context, nobody, nobody, NULL);
  guint8 share_p[ENIGM_P256_POINT_SIZE], share_v[ENIGM_P256_POINT_SIZE];
  guint8 confirm_p[ENIGM_SHA256_SIZE], confirm_v[ENIGM_SHA256_SIZE];
  g_autoptr (EnigmSecret) app = NULL;
  g_autoptr (EnigmSecret) key = NULL;

  g_assert_true (enigm_spake2plus_prover_start (prover, share_p, NULL));
  g_assert_true (enigm_spake2plus_verifier_respond (verifier, share_p, sizeof share_p, share_v,
                                                    confirm_v, NULL));
  app = enigm_spake2plus_prover_finish (prover, share_v, sizeof share_v, confirm_v,
                                        sizeof confirm_v, confirm_p, NULL);
  key = enigm_spake2plus_verifier_verify (verifier, confirm_p, sizeof confirm_p, NULL);
  g_assert_true (enigm_secret_equal (app, key));
}

static void
sign_and_agree (void)
{
  g_autoptr (EnigmP256Key) one = enigm_p256_key_generate (NULL);
  g_autoptr (EnigmP256Key) other = enigm_p256_key_generate (NULL);
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];

  for (int i = 0; i < SIGNATURES; i++)
    g_assert_true (
      enigm_p256_sign (one, "bench", ENIGM_PARTS (ENIGM_TEXT ("message")), signature, NULL));
  for (int i = 0; i < CHECKS; i++)
    g_assert_true (enigm_p256_verify (enigm_p256_key_get_point (one), ENIGM_P256_POINT_SIZE,
                                      "bench", ENIGM_PARTS (ENIGM_TEXT ("message")), signature,
                                      sizeof signature, NULL));
  enigm_secret_unref (
    enigm_p256_key_ecdh (one, enigm_p256_key_get_point (other), ENIGM_P256_POINT_SIZE, NULL));
  enigm_secret_unref (
    enigm_p256_key_ecdh (other, enigm_p256_key_get_point (one), ENIGM_P256_POINT_SIZE, NULL));
}

static int
compare (const void *a, const void *b)
{
  return *(const double *) a < *(const double *) b ? -1 : 1;
}

int
main (void)
{
  g_autoptr (EnigmSetupCode) code = enigm_setup_code_new_random (NULL);
  g_autoptr (EnigmSecret) factory_w0 = NULL;
  g_autoptr (EnigmSecret) l = NULL;
  double rounds[ROUNDS];

  enigm_setup_code_derive_verifier (code, &factory_w0, &l);
  for (int i = 0; i < ROUNDS; i++)
    {
      const gint64 started = g_get_monotonic_time ();
      g_autoptr (EnigmSecret) w0 = NULL;
      g_autoptr (EnigmSecret) w1 = NULL;

      enigm_setup_code_derive_w (code, &w0, &w1);
      meet (w0, w1, l);
      sign_and_agree ();
      rounds[i] = (g_get_monotonic_time () - started) / 1000.0;
    }
  qsort (rounds, ROUNDS, sizeof rounds[0], compare);
  printf ("%.1f\n", rounds[ROUNDS / 2]);
  return EXIT_SUCCESS;
}
