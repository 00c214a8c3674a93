/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-secret.h"

G_BEGIN_DECLS

/**
 * ENIGM_SEALED_OVERHEAD:
 *
 * Bytes by which a sealed blob is longer than what is in it.
 */
#define ENIGM_SEALED_OVERHEAD 36

/**
 * ENIGM_SEALED_MAX:
 *
 * Most bytes that a blob seals.
 */
#define ENIGM_SEALED_MAX (16 * 1024 * 1024)

GBytes *enigm_sealed_seal (EnigmSecret *key, const char *label, GBytes *plain, GError **error);
GBytes *enigm_sealed_open (EnigmSecret *key, const char *label, GBytes *sealed, GError **error);

G_END_DECLS
