/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-secret.h"

G_BEGIN_DECLS

/* For code in this folder that makes a secret in its final place, so that no copy has to be wiped:
 * write through the second before anyone else holds a reference. */
EnigmSecret *enigm_secret_new_zeroed (gsize len);
guint8 *enigm_secret_peek_writable (EnigmSecret *self);

G_END_DECLS
