/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-request.h"

G_BEGIN_DECLS

/**
 * EnigmRouteFlags:
 * @ENIGM_ROUTE_OPEN: anyone may ask; what the handler checks is its own affair
 * @ENIGM_ROUTE_BEARER: with the token of a session
 * @ENIGM_ROUTE_SIGNED: signed by the key of a computer
 * @ENIGM_ROUTE_COMMAND: with the token of an administrator's session
 *
 * What a request has to bring. With %ENIGM_ROUTE_BEARER and %ENIGM_ROUTE_SIGNED, the session must
 * be that computer's.
 */
typedef enum
{
  ENIGM_ROUTE_OPEN = 0,
  ENIGM_ROUTE_BEARER = 1 << 0,
  ENIGM_ROUTE_SIGNED = 1 << 1,
  ENIGM_ROUTE_COMMAND = 1 << 2,
} EnigmRouteFlags;

/**
 * EnigmHandler:
 * @state: the platform
 * @request: what was asked
 *
 * Answers @request, or holds a reference and answers later.
 */
typedef void (*EnigmHandler) (EnigmPlatformState *state, EnigmRequest *request);

/**
 * EnigmRoute:
 * @method: `GET`, `POST`, `PUT` or `DELETE`
 * @pattern: a path; `{}` stands for one segment
 * @flags: what a request has to bring
 * @handler: who answers
 *
 * One thing the platform can be asked. A module's routes are an array that ends with an empty one.
 */
typedef struct
{
  const gchar *method;
  const gchar *pattern;
  EnigmRouteFlags flags;
  EnigmHandler handler;
} EnigmRoute;

void enigm_router_dispatch (EnigmPlatformState *state, EnigmRequest *request);
const gchar *enigm_router_find_pattern (const gchar *path);

/* The modules, in the order of PROTOCOL.md, section 8. */
extern const EnigmRoute enigm_about_routes[];
extern const EnigmRoute enigm_accounts_routes[];
extern const EnigmRoute enigm_account_secrets_routes[];
extern const EnigmRoute enigm_account_deletion_routes[];
extern const EnigmRoute enigm_account_export_routes[];
extern const EnigmRoute enigm_bulk_routes[];
extern const EnigmRoute enigm_sessions_routes[];
extern const EnigmRoute enigm_computers_routes[];
extern const EnigmRoute enigm_offers_routes[];
extern const EnigmRoute enigm_attestations_routes[];
extern const EnigmRoute enigm_keys_routes[];
extern const EnigmRoute enigm_joins_routes[];
extern const EnigmRoute enigm_orders_routes[];
extern const EnigmRoute enigm_key_requests_routes[];
extern const EnigmRoute enigm_contacts_routes[];
extern const EnigmRoute enigm_invitations_routes[];
extern const EnigmRoute enigm_events_routes[];
extern const EnigmRoute enigm_stream_routes[];

/* Command's. */
extern const EnigmRoute enigm_command_sessions_routes[];
extern const EnigmRoute enigm_command_keys_routes[];
extern const EnigmRoute enigm_command_look_routes[];
extern const EnigmRoute enigm_command_administrators_routes[];
extern const EnigmRoute enigm_command_secrets_routes[];

G_END_DECLS
