/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-handover.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GBytes) offer = NULL;
  g_autoptr (GBytes) attestation = NULL;
  g_autoptr (GBytes) receipt = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GError) error = NULL;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
  gboolean ok = enigm_handover_decode (bytes, &offer, &attestation, &chain, &error);

  fuzz_assert_said (ok, error);
  if (ok)
    {
      g_autoptr (GBytes) again = enigm_handover_encode (offer, attestation, chain);

      fuzz_assert_equal (bytes, again);
    }
  if (enigm_handover_answer_decode (bytes, &receipt, signature, NULL))
    {
      g_autoptr (GBytes) again = enigm_handover_answer_encode (receipt, signature);

      fuzz_assert_equal (bytes, again);
    }
  return 0;
}
