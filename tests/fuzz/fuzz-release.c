/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-release.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  EnigmRelease parsed;
  gboolean ok = enigm_release_decode (bytes, &parsed, &error);

  fuzz_assert_said (ok, error);
  if (ok)
    {
      g_autoptr (GBytes) again = enigm_release_encode (&parsed);

      fuzz_assert_equal (bytes, again);
    }
  return 0;
}
