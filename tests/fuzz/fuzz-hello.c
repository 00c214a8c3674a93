/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-hello.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  EnigmKeyHello hello;

  if (enigm_key_hello_decode (bytes, &hello, &error))
    {
      g_autoptr (GBytes) again = enigm_key_hello_encode (&hello);

      fuzz_assert_equal (bytes, again);
    }
  else
    g_assert_nonnull (error);
  if (enigm_app_hello_check (bytes, NULL))
    {
      g_autoptr (GBytes) again = enigm_app_hello_encode ();

      fuzz_assert_equal (bytes, again);
    }
  return 0;
}
