/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EnigmBindingState:
 * @ENIGM_BINDING_NONE: not begun; never stored
 * @ENIGM_BINDING_PENDING: attested, not yet proved
 * @ENIGM_BINDING_TRUSTED: the only state that may raise an event
 * @ENIGM_BINDING_RESTRICTED: refused for a set of reasons that can be taken back
 * @ENIGM_BINDING_REVOKED: ended for ever by App or Command
 * @ENIGM_BINDING_REPLACED: ended for ever by its successor's trust
 * @ENIGM_BINDING_RETIRED: ended for ever by its owner, with the key at hand
 * @ENIGM_BINDING_CANCELLED: ended before it was ever trusted
 * @ENIGM_BINDING_EXPIRED: never proved in time
 *
 * Where a binding stands. The numbers are stored: never renumber.
 */
typedef enum
{
  ENIGM_BINDING_NONE = 0,
  ENIGM_BINDING_PENDING = 1,
  ENIGM_BINDING_TRUSTED = 2,
  ENIGM_BINDING_RESTRICTED = 3,
  ENIGM_BINDING_REVOKED = 4,
  ENIGM_BINDING_REPLACED = 5,
  ENIGM_BINDING_RETIRED = 6,
  ENIGM_BINDING_CANCELLED = 7,
  ENIGM_BINDING_EXPIRED = 8,
} EnigmBindingState;

#define ENIGM_BINDING_N_STATES 9

/**
 * EnigmBindingBy:
 * @ENIGM_BINDING_BY_APP: the owner, from the app
 * @ENIGM_BINDING_BY_COMMAND: an administrator
 * @ENIGM_BINDING_BY_KEY: the key, under its certificate or its credential
 * @ENIGM_BINDING_BY_PLATFORM: the platform's own rules
 *
 * Who changed a binding. The numbers are stored: never renumber.
 */
typedef enum
{
  ENIGM_BINDING_BY_APP = 0,
  ENIGM_BINDING_BY_COMMAND = 1,
  ENIGM_BINDING_BY_KEY = 2,
  ENIGM_BINDING_BY_PLATFORM = 3,
} EnigmBindingBy;

#define ENIGM_BINDING_N_BY 4

/**
 * EnigmBindingReason:
 * @ENIGM_REASON_ATTESTED: the key attested an offer
 * @ENIGM_REASON_PROVED: the key proved its credential
 * @ENIGM_REASON_EXPIRED: no proof within ten minutes
 * @ENIGM_REASON_CANCELLED: the owner cancelled the pairing
 * @ENIGM_REASON_NEWER: a newer attestation of the same key took its place
 * @ENIGM_REASON_LOST: the key is lost
 * @ENIGM_REASON_FOUND: the key was found, or its owner confirmed that they have it
 * @ENIGM_REASON_SUSPENDED: an administrator suspended the key
 * @ENIGM_REASON_RESUMED: an administrator took the suspension back
 * @ENIGM_REASON_UNPROVED: the database was restored without its journal
 * @ENIGM_REASON_STOLEN: the key was stolen
 * @ENIGM_REASON_RETIRED: the key is no longer used
 * @ENIGM_REASON_REPLACED: another binding or key took its place
 * @ENIGM_REASON_RELEASED: its ownership ended; in histories alone, for it is no change of state
 *
 * Why a binding changed. The numbers are stored: never renumber.
 */
typedef enum
{
  ENIGM_REASON_ATTESTED = 0,
  ENIGM_REASON_PROVED = 1,
  ENIGM_REASON_EXPIRED = 2,
  ENIGM_REASON_CANCELLED = 3,
  ENIGM_REASON_NEWER = 4,
  ENIGM_REASON_LOST = 5,
  ENIGM_REASON_FOUND = 6,
  ENIGM_REASON_SUSPENDED = 7,
  ENIGM_REASON_RESUMED = 8,
  ENIGM_REASON_UNPROVED = 9,
  ENIGM_REASON_STOLEN = 10,
  ENIGM_REASON_RETIRED = 11,
  ENIGM_REASON_REPLACED = 12,
  ENIGM_REASON_RELEASED = 13,
} EnigmBindingReason;

#define ENIGM_BINDING_N_REASONS 14

/**
 * EnigmRestriction:
 * @ENIGM_RESTRICTION_LOST: lost, until found
 * @ENIGM_RESTRICTION_SUSPENDED: suspended, until resumed
 * @ENIGM_RESTRICTION_UNPROVED: restored without a journal, until the owner confirms
 *
 * The reasons a restricted binding is restricted for; the bits of `reasons` in PROTOCOL.md,
 * section 6.
 */
typedef enum
{
  ENIGM_RESTRICTION_LOST = 1 << 0,
  ENIGM_RESTRICTION_SUSPENDED = 1 << 1,
  ENIGM_RESTRICTION_UNPROVED = 1 << 2,
} EnigmRestriction;

gboolean enigm_lifecycle_decide (EnigmBindingState from,
                                 guint restrictions,
                                 EnigmBindingState to,
                                 EnigmBindingBy by,
                                 EnigmBindingReason reason,
                                 EnigmBindingState *after,
                                 guint *restrictions_after,
                                 GError **error);

gboolean enigm_binding_state_in_force (EnigmBindingState state);
gboolean enigm_binding_state_has_ended (EnigmBindingState state);
const char *enigm_binding_state_name (EnigmBindingState state);
const char *enigm_binding_by_name (EnigmBindingBy by);
const char *enigm_binding_reason_name (EnigmBindingReason reason);

G_END_DECLS
