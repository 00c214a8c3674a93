/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-message.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  for (int sealed = 0; sealed <= 1; sealed++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EnigmMessage) message = enigm_message_decode (bytes, sealed, &error);

      fuzz_assert_said (message != NULL, error);
      if (message != NULL)
        {
          g_autoptr (GBytes) again = enigm_message_encode (message);

          g_assert_true (enigm_message_type_is_sealed (message->type) == sealed);
          fuzz_assert_equal (bytes, again);
        }
    }
  return 0;
}
