/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-attestation.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  EnigmAttestation parsed;
  gboolean ok = enigm_attestation_decode (bytes, &parsed, &error);

  fuzz_assert_said (ok, error);
  if (ok)
    {
      g_autoptr (GBytes) again = enigm_attestation_encode (&parsed);

      fuzz_assert_equal (bytes, again);
    }
  return 0;
}
