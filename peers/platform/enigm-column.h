/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-store.h"

#include "app/protocol/enigm-secret.h"

G_BEGIN_DECLS

GBytes *enigm_column_seal (EnigmSecret *key,
                           const char *column,
                           const guint8 row[ENIGM_ID_SIZE],
                           EnigmSecret *plain,
                           GError **error);
EnigmSecret *enigm_column_open (EnigmSecret *key,
                                const char *column,
                                const guint8 row[ENIGM_ID_SIZE],
                                GBytes *sealed,
                                GError **error);

G_END_DECLS
