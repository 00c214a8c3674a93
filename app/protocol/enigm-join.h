/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256.h"

G_BEGIN_DECLS

gboolean enigm_join_sign (GBytes *order,
                          EnigmP256Key *certificate_key,
                          guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                          GError **error);
gboolean enigm_join_verify (GBytes *order,
                            const guint8 certificate_point[ENIGM_P256_POINT_SIZE],
                            const guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                            GError **error);

G_END_DECLS
