/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256.h"

G_BEGIN_DECLS

/**
 * EnigmKeyFactory:
 * @attestation_key: the hardware's own signing key
 * @chain: (element-type GBytes): its certificates, DER, leaf first, 1 to 3
 * @certificate_hash: H of the leaf
 * @w0: the setup code's verifier
 * @l: and its point
 * @discriminator: what picks this key among several, 12 bits
 * @platform: the platform's public identity key
 *
 * What the factory leaves on a key and nothing ever changes.
 */
typedef struct
{
  EnigmP256Key *attestation_key;
  GPtrArray *chain;
  guint8 certificate_hash[ENIGM_SHA256_SIZE];
  EnigmSecret *w0;
  EnigmSecret *l;
  guint discriminator;
  guint8 platform[ENIGM_P256_POINT_SIZE];
} EnigmKeyFactory;

char *enigm_key_factory_make (const char *folder,
                              const char *ca_folder,
                              const guint8 platform[ENIGM_P256_POINT_SIZE],
                              GError **error);
EnigmKeyFactory *enigm_key_factory_load (int folder, GError **error);
void enigm_key_factory_free (EnigmKeyFactory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmKeyFactory, enigm_key_factory_free)

G_END_DECLS
