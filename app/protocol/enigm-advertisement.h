/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ENIGM_ADVERTISEMENT_COMPANY:
 *
 * Under which a key's manufacturer data stands on the air. The Bluetooth SIG has not assigned an
 * identifier to keys yet; this one is for tests.
 */
#define ENIGM_ADVERTISEMENT_COMPANY 0xffff

/**
 * ENIGM_ADVERTISEMENT_SIZE:
 *
 * Bytes of manufacturer data.
 */
#define ENIGM_ADVERTISEMENT_SIZE 4

/**
 * EnigmAdvertisement:
 * @discriminator: 12 bits, as in the setup code
 * @bound: whether the key has an owner
 *
 * What a key says of itself to everybody in reach (PROTOCOL.md, section 2).
 */
typedef struct
{
  guint discriminator;
  gboolean bound;
} EnigmAdvertisement;

void enigm_advertisement_encode (const EnigmAdvertisement *self,
                                 guint8 data_out[ENIGM_ADVERTISEMENT_SIZE]);
gboolean enigm_advertisement_decode (const guint8 *data, gsize len, EnigmAdvertisement *self);

G_END_DECLS
