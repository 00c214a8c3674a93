/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-http-signature.h"
#include "fuzz.h"

/* Signature-Input, Signature, and how often each was there, against each of the three forms. There
 * is one way to say a signature: what is taken is what we would have written. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  guint n_inputs = size > 0 ? data[0] & 3 : 0;
  guint n_signatures = size > 0 ? data[0] >> 2 & 3 : 0;
  size_t left = size - MIN (size, 1);
  const uint8_t *at = data + MIN (size, 1);
  g_autofree char *input = fuzz_take_line (&at, &left);
  g_autofree char *signature = fuzz_take_line (&at, &left);

  for (int profile = ENIGM_HTTP_KEY_REQUEST; profile <= ENIGM_HTTP_COMPUTER_REQUEST; profile++)
    {
      EnigmHttpSignature parsed;
      g_autoptr (GError) error = NULL;
      gboolean ok = enigm_http_signature_parse (&parsed, profile, input, n_inputs, signature,
                                                n_signatures, &error);

      fuzz_assert_said (ok, error);
      if (ok)
        {
          g_autofree char *input_again = enigm_http_signature_format_input (&parsed);
          g_autofree char *signature_again = enigm_http_signature_format (&parsed);

          g_assert_cmpuint (n_inputs, ==, 1);
          g_assert_cmpuint (n_signatures, ==, 1);
          g_assert_cmpstr (input_again, ==, input);
          g_assert_cmpstr (signature_again, ==, signature);
        }
    }
  return 0;
}
