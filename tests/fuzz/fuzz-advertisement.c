/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-advertisement.h"
#include "fuzz.h"

/* Whatever anybody in reach sends under the same company's number. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  EnigmAdvertisement heard;
  guint8 again[ENIGM_ADVERTISEMENT_SIZE];

  if (!enigm_advertisement_decode (data, size, &heard))
    return 0;
  enigm_advertisement_encode (&heard, again);
  g_assert_cmpmem (again, sizeof again, data, size);
  return 0;
}
