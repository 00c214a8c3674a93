/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-advertisement.h"

#include "enigm-hello.h"

#define MAX_DISCRIMINATOR 4095
#define FLAG_BOUND 0x01

/**
 * enigm_advertisement_encode:
 * @self: what to say
 * @data_out: (out caller-allocates): the manufacturer data
 */
void
enigm_advertisement_encode (const EnigmAdvertisement *self,
                            guint8 data_out[ENIGM_ADVERTISEMENT_SIZE])
{
  g_return_if_fail (self != NULL && data_out != NULL);
  g_return_if_fail (self->discriminator <= MAX_DISCRIMINATOR);

  data_out[0] = ENIGM_VERSION;
  data_out[1] = (guint8) (self->discriminator >> 8);
  data_out[2] = (guint8) (self->discriminator & 0xff);
  data_out[3] = self->bound ? FLAG_BOUND : 0;
}

/**
 * enigm_advertisement_decode:
 * @data: (array length=len): the manufacturer data of %ENIGM_ADVERTISEMENT_COMPANY
 * @len: its length in bytes
 * @self: (out caller-allocates): what it says; unchanged if it says nothing
 *
 * The company's identifier is anybody's, so what is not a key's is no error.
 *
 * Returns: whether it is a key's, of the version that is known here
 */
gboolean
enigm_advertisement_decode (const guint8 *data, gsize len, EnigmAdvertisement *self)
{
  guint discriminator;

  g_return_val_if_fail (data != NULL || len == 0, FALSE);
  g_return_val_if_fail (self != NULL, FALSE);

  if (len != ENIGM_ADVERTISEMENT_SIZE || data[0] != ENIGM_VERSION || (data[3] & ~FLAG_BOUND) != 0)
    return FALSE;
  discriminator = (guint) data[1] << 8 | data[2];
  if (discriminator > MAX_DISCRIMINATOR)
    return FALSE;
  self->discriminator = discriminator;
  self->bound = (data[3] & FLAG_BOUND) != 0;
  return TRUE;
}
