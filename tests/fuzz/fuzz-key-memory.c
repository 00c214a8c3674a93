/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "key-memory.h"

/* A key's flash, as it is after a reset, a battery pulled or a thief's soldering iron. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmKeyMemory) memory = enigm_key_memory_decode (bytes, &error);

  fuzz_assert_said (memory != NULL, error);
  if (memory != NULL)
    {
      g_autoptr (GBytes) again = enigm_key_memory_encode (memory);

      fuzz_assert_equal (bytes, again);
    }
  return 0;
}
