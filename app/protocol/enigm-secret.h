/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-error.h"

G_BEGIN_DECLS

/**
 * EnigmSecret:
 *
 * A fixed number of secret bytes: a credential, a session key, a management secret.
 *
 * The bytes live in pages of their own, which are left out of core dumps, kept out of swap where
 * the process may lock memory, and overwritten when the last reference goes. They never change, so
 * threads may share one. There is no #GType on purpose: a secret is never a property, a signal's
 * argument or a #GValue.
 */
typedef struct _EnigmSecret EnigmSecret;

EnigmSecret *enigm_secret_new_random (gsize len, GError **error);
EnigmSecret *enigm_secret_new_copy (const guint8 *data, gsize len);
EnigmSecret *enigm_secret_new_take (guint8 *data, gsize len);
EnigmSecret *enigm_secret_new_slice (EnigmSecret *secret, gsize offset, gsize len);

EnigmSecret *enigm_secret_ref (EnigmSecret *self);
void enigm_secret_unref (EnigmSecret *self);

const guint8 *enigm_secret_peek (EnigmSecret *self, gsize *len);
gsize enigm_secret_get_length (EnigmSecret *self);
GBytes *enigm_secret_as_bytes (EnigmSecret *self);
gboolean enigm_secret_equal (EnigmSecret *self, EnigmSecret *other);

gboolean enigm_random_bytes (guint8 *data, gsize len, GError **error);
gboolean enigm_bytes_equal_constant_time (gconstpointer a, gconstpointer b, gsize len);

void enigm_process_protect (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmSecret, enigm_secret_unref)

G_END_DECLS
