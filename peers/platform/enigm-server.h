/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-platform-state.h"

G_BEGIN_DECLS

/**
 * EnigmServer:
 *
 * The platform's HTTPS server: TLS 1.2 and up, nothing else, with bounds on what a peer may send
 * and how long it may take.
 */
typedef struct _EnigmServer EnigmServer;

/* What a request's body may hold, in bytes. */
#define ENIGM_SERVER_MAX_BODY (64 * 1024)
/* How long a request may take to come in whole, in seconds: also a handshake and the first one. */
#define ENIGM_SERVER_READ_SECONDS 10
/* How long a connection may wait for its next request, in seconds. */
#define ENIGM_SERVER_IDLE_SECONDS 60

EnigmServer *enigm_server_new (EnigmPlatformState *state, GError **error);
gboolean enigm_server_listen (EnigmServer *self, GError **error);
void enigm_server_free (EnigmServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmServer, enigm_server_free)

G_END_DECLS
