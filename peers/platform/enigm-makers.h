/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-p256.h"

G_BEGIN_DECLS

/* A chain as it travels (PROTOCOL.md, section 5): certificates, and bytes in each. */
#define ENIGM_CHAIN_MAX 3
#define ENIGM_CERTIFICATE_MAX_SIZE 1024

/**
 * EnigmMakers:
 *
 * The authorities whose keys are genuine. It never changes.
 */
typedef struct _EnigmMakers EnigmMakers;

EnigmMakers *enigm_makers_load (const char *path, GError **error);
void enigm_makers_free (EnigmMakers *self);

gboolean enigm_makers_check (EnigmMakers *self,
                             GPtrArray *chain,
                             gint64 now,
                             guint8 point[ENIGM_P256_POINT_SIZE],
                             guint8 certificate[ENIGM_SHA256_SIZE],
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmMakers, enigm_makers_free)

G_END_DECLS
