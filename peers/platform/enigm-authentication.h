/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-router.h"

G_BEGIN_DECLS

/* How long a session lasts, in seconds. */
#define ENIGM_SESSION_SECONDS 3600
/* How far a computer's clock may be off, in seconds. */
#define ENIGM_SIGNATURE_CLOCK_SECONDS 300
/* How long a computer's nonces are remembered, in seconds: twice the above. */
#define ENIGM_SIGNATURE_NONCE_SECONDS 600

gboolean enigm_authentication_check (EnigmPlatformState *state,
                                     EnigmRequest *request,
                                     EnigmRouteFlags flags,
                                     GError **error);

G_END_DECLS
