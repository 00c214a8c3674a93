/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-trust.h"
#include "fuzz.h"

/* What a person types, pastes or imports to say whom they trust. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) pem = g_bytes_new (data, size);
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTrust) trust = enigm_trust_new_from_text (text, &error);
  g_autoptr (EnigmTrust) ca = NULL;
  g_autoptr (EnigmTrust) pin = NULL;

  fuzz_assert_said (trust != NULL, error);
  g_clear_error (&error);
  if (trust != NULL)
    {
      g_autofree char *written = enigm_trust_to_text (trust);
      g_autoptr (EnigmTrust) again = enigm_trust_new_from_text (written, NULL);
      g_autofree char *written_again = NULL;

      g_assert_nonnull (again);
      written_again = enigm_trust_to_text (again);
      g_assert_cmpstr (written_again, ==, written);
    }
  ca = enigm_trust_new_ca (pem, &error);
  fuzz_assert_said (ca != NULL, error);
  g_clear_error (&error);
  pin = enigm_trust_new_pin_from_hex (text, &error);
  fuzz_assert_said (pin != NULL, error);
  return 0;
}
