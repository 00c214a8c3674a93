/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256.h"

G_BEGIN_DECLS

void enigm_certificate_hash (GBytes *certificate, guint8 hash_out[ENIGM_SHA256_SIZE]);
gboolean enigm_certificate_get_point (GBytes *certificate,
                                      guint8 point_out[ENIGM_P256_POINT_SIZE],
                                      GError **error);
gboolean enigm_certificate_check_authorities (GBytes *authorities, GError **error);
gboolean enigm_certificate_check_chain (GPtrArray *chain,
                                        GBytes *authorities,
                                        gint64 time,
                                        guint8 point_out[ENIGM_P256_POINT_SIZE],
                                        GError **error);

G_END_DECLS
