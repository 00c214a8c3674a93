/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-hash.h"

G_BEGIN_DECLS

EnigmSecret *enigm_hkdf (const guint8 *salt,
                         gsize salt_len,
                         EnigmSecret *ikm,
                         gconstpointer info,
                         gsize info_len,
                         gsize length);
EnigmSecret *enigm_hkdf_expand (EnigmSecret *prk, gconstpointer info, gsize info_len, gsize length);

G_END_DECLS
