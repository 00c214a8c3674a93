/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-sealed.h"
#include "fuzz.h"

#define LABEL "enigm fuzz 1"

/* As it lies on disk; and the plain text inside one that was sealed. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint8 fixed[32] = { 1 };
  g_autoptr (EnigmSecret) key = enigm_secret_new_copy (fixed, sizeof fixed);
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;

  plain = enigm_sealed_open (key, LABEL, bytes, &error);
  fuzz_assert_said (plain != NULL, error);
  sealed = enigm_sealed_seal (key, LABEL, bytes, NULL);
  g_assert_nonnull (sealed);
  again = enigm_sealed_open (key, LABEL, sealed, NULL);
  fuzz_assert_equal (bytes, again);
  return 0;
}
