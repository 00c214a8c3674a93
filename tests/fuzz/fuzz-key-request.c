/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-key-request.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  for (int kind = ENIGM_KEY_REQUEST_PROOF; kind <= ENIGM_KEY_REQUEST_STATE; kind++)
    {
      g_autoptr (GError) error = NULL;
      EnigmKeyRequest request;
      gboolean ok =
        enigm_key_request_decode (bytes, enigm_key_request_kind_get_path (kind), &request, &error);

      fuzz_assert_said (ok, error);
      if (ok)
        {
          g_autoptr (GBytes) again = enigm_key_request_encode (&request);

          fuzz_assert_equal (bytes, again);
        }
    }
  return 0;
}
