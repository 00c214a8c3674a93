/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-certificate.h"
#include "fuzz.h"

/* One PEM of authorities, then up to four certificates. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) authorities = fuzz_take_part (&data, &size);
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) error = NULL;
  guint8 point[ENIGM_P256_POINT_SIZE];
  guint8 of_chain[ENIGM_P256_POINT_SIZE];
  gboolean ok = enigm_certificate_check_authorities (authorities, &error);

  fuzz_assert_said (ok, error);
  g_clear_error (&error);
  while (size > 0 && chain->len < 4)
    g_ptr_array_add (chain, fuzz_take_part (&data, &size));
  for (guint i = 0; i < chain->len; i++)
    {
      ok = enigm_certificate_get_point (chain->pdata[i], point, &error);
      fuzz_assert_said (ok, error);
      g_assert_true (!ok || enigm_p256_check_point (point, sizeof point, NULL));
      g_clear_error (&error);
    }
  ok = enigm_certificate_check_chain (chain, authorities, 1800000000, of_chain, &error);
  fuzz_assert_said (ok, error);
  if (ok)
    {
      g_assert_true (enigm_certificate_get_point (chain->pdata[0], point, NULL));
      g_assert_cmpmem (point, sizeof point, of_chain, sizeof of_chain);
    }
  return 0;
}
