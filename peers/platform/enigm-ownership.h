/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-bindings.h"
#include "enigm-problem.h"

G_BEGIN_DECLS

/**
 * EnigmOwnership:
 * @owned: whether an account owns the certificate
 * @account: which one; zeros for none
 * @binding: the binding that made or last renewed the ownership; zeros for none
 * @suspended: whether an administrator has suspended the hardware
 *
 * Whose a key is, apart from what its bindings may do. It begins with trust and ends with a
 * release.
 */
typedef struct
{
  gboolean owned;
  guint8 account[ENIGM_ID_SIZE];
  guint8 binding[ENIGM_ID_SIZE];
  gboolean suspended;
} EnigmOwnership;

gboolean enigm_ownership_load (EnigmPlatformState *state,
                               const guint8 certificate[ENIGM_SHA256_SIZE],
                               EnigmOwnership *ownership,
                               GError **error);
gboolean enigm_ownership_allows_binding (EnigmPlatformState *state,
                                         const guint8 certificate[ENIGM_SHA256_SIZE],
                                         const guint8 account[ENIGM_ID_SIZE],
                                         GError **error);
gboolean
enigm_ownership_take (EnigmPlatformState *state, const EnigmBinding *binding, GError **error);
gboolean enigm_ownership_end (EnigmPlatformState *state,
                              const guint8 certificate[ENIGM_SHA256_SIZE],
                              const guint8 binding[ENIGM_ID_SIZE],
                              gint64 time,
                              EnigmBindingBy by,
                              GError **error);
gboolean enigm_ownership_release (EnigmPlatformState *state,
                                  EnigmBinding *binding,
                                  EnigmBindingBy by,
                                  GError **error);
gboolean enigm_ownership_suspend (EnigmPlatformState *state,
                                  const guint8 certificate[ENIGM_SHA256_SIZE],
                                  gboolean suspended,
                                  GError **error);

G_END_DECLS
