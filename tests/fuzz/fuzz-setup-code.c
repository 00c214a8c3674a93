/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-setup-code.h"
#include "fuzz.h"

/* Forgiving to read, and one canonical form. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = fuzz_take_line (&data, &size);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmSetupCode) code = enigm_setup_code_new_parse (text, &error);

  fuzz_assert_said (code != NULL, error);
  if (code != NULL)
    {
      g_autoptr (EnigmSetupCode) again =
        enigm_setup_code_new_parse (enigm_setup_code_get_text (code), NULL);

      g_assert_nonnull (again);
      g_assert_cmpstr (enigm_setup_code_get_text (again), ==, enigm_setup_code_get_text (code));
      g_assert_cmpuint (enigm_setup_code_get_discriminator (code), <, 4096);
    }
  return 0;
}
