/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-credential.h"
#include "app/protocol/enigm-p256.h"

#include "vectors.h"

/* The shared x-coordinate of RFC 5903, section 8.1; the rest was worked out apart from this code,
 * in Python. */
#define ECDH_X "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"
#define CREDENTIAL "e0ab52ff9d6943dd1a61d6c75e745614da9d04a378c2bdf17ba610a9470739cf"
#define REQUEST_KEY "81f8e037aa286ee17364e63428d2dbb13158e79dec47305e480a437c5dd62253"
#define ANSWER_KEY "9437666ee9f7417f9ea65750105b72c24150b89bb4e943f6f9cf55759f23199f"

static void
test_credential_worked_example (void)
{
  g_autoptr (EnigmSecret) x = test_secret_from_hex (ECDH_X);
  g_autoptr (GBytes) offer = g_bytes_new_static ("offer", 5);
  g_autoptr (GBytes) attestation = g_bytes_new_static ("attestation", 11);
  g_autoptr (EnigmSecret) credential = enigm_credential_derive (x, offer, attestation);
  g_autoptr (EnigmSecret) request = enigm_credential_derive_request_key (credential);
  g_autoptr (EnigmSecret) answer = enigm_credential_derive_answer_key (credential);
  g_autofree char *credential_hex = test_hex_from_secret (credential);
  g_autofree char *request_hex = test_hex_from_secret (request);
  g_autofree char *answer_hex = test_hex_from_secret (answer);

  g_assert_cmpstr (credential_hex, ==, CREDENTIAL);
  g_assert_cmpstr (request_hex, ==, REQUEST_KEY);
  g_assert_cmpstr (answer_hex, ==, ANSWER_KEY);
}

static void
test_credential_same_on_both_sides (void)
{
  g_autoptr (EnigmP256Key) key = enigm_p256_key_generate (NULL);
  g_autoptr (EnigmP256Key) platform = enigm_p256_key_generate (NULL);
  g_autoptr (EnigmSecret) at_key =
    enigm_p256_key_ecdh (key, enigm_p256_key_get_point (platform), 65, NULL);
  g_autoptr (EnigmSecret) at_platform =
    enigm_p256_key_ecdh (platform, enigm_p256_key_get_point (key), 65, NULL);
  g_autoptr (GBytes) offer = g_bytes_new_static ("offer", 5);
  g_autoptr (GBytes) other_offer = g_bytes_new_static ("offes", 5);
  g_autoptr (GBytes) attestation = g_bytes_new_static ("attestation", 11);
  g_autoptr (EnigmSecret) a = enigm_credential_derive (at_key, offer, attestation);
  g_autoptr (EnigmSecret) b = enigm_credential_derive (at_platform, offer, attestation);
  g_autoptr (EnigmSecret) other = enigm_credential_derive (at_key, other_offer, attestation);

  g_assert_true (enigm_secret_equal (a, b));
  g_assert_false (enigm_secret_equal (a, other));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/credential/worked-example", test_credential_worked_example);
  g_test_add_func ("/protocol/credential/same-on-both-sides", test_credential_same_on_both_sides);

  return g_test_run ();
}
