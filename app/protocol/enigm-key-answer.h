/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-hash.h"
#include "enigm-text.h"

G_BEGIN_DECLS

/**
 * ENIGM_KEY_ANSWER_MAX_SIZE:
 *
 * Bytes in an answer's body, at most: what a relayed one may carry.
 */
#define ENIGM_KEY_ANSWER_MAX_SIZE 2048

/**
 * ENIGM_KEY_ANSWER_MAX_COMPUTERS:
 *
 * Computers that may use one key's management channel, at most.
 */
#define ENIGM_KEY_ANSWER_MAX_COMPUTERS 8

/**
 * EnigmKeyOutcome:
 * @ENIGM_KEY_OUTCOME_ACCEPTED: done, or done before
 * @ENIGM_KEY_OUTCOME_STALE: the key's clock is too far off
 * @ENIGM_KEY_OUTCOME_SEQUENCE: the number is too low
 * @ENIGM_KEY_OUTCOME_EPOCH: the platform has another epoch
 * @ENIGM_KEY_OUTCOME_REPLAYED: the number was used for something else
 * @ENIGM_KEY_OUTCOME_FORBIDDEN: not in this state
 * @ENIGM_KEY_OUTCOME_GONE: the binding has ended
 * @ENIGM_KEY_OUTCOME_RELEASED: the binding has ended, and the key is free
 * @ENIGM_KEY_OUTCOME_MALFORMED: the body did not parse
 * @ENIGM_KEY_OUTCOME_UNKNOWN_EVENT: no open event of this binding has that ID
 *
 * What became of a key's request (PROTOCOL.md, section 6).
 */
typedef enum
{
  ENIGM_KEY_OUTCOME_ACCEPTED = 0,
  ENIGM_KEY_OUTCOME_STALE = 1,
  ENIGM_KEY_OUTCOME_SEQUENCE = 2,
  ENIGM_KEY_OUTCOME_EPOCH = 3,
  ENIGM_KEY_OUTCOME_REPLAYED = 4,
  ENIGM_KEY_OUTCOME_FORBIDDEN = 5,
  ENIGM_KEY_OUTCOME_GONE = 6,
  ENIGM_KEY_OUTCOME_RELEASED = 7,
  ENIGM_KEY_OUTCOME_MALFORMED = 8,
  ENIGM_KEY_OUTCOME_UNKNOWN_EVENT = 9,
} EnigmKeyOutcome;

/**
 * EnigmKeyRestriction:
 * @ENIGM_KEY_RESTRICTION_LOST: marked as lost
 * @ENIGM_KEY_RESTRICTION_SUSPENDED: suspended by Command
 * @ENIGM_KEY_RESTRICTION_UNPROVED: not yet heard from since a restore
 *
 * Why a key is restricted; a set.
 */
typedef enum
{
  ENIGM_KEY_RESTRICTION_LOST = 1 << 0,
  ENIGM_KEY_RESTRICTION_SUSPENDED = 1 << 1,
  ENIGM_KEY_RESTRICTION_UNPROVED = 1 << 2,
} EnigmKeyRestriction;

/**
 * EnigmKeyAnswer:
 * @outcome: what became of the request
 * @time: the platform's, Unix seconds, below 2^40
 * @next_sequence: the least number that would be new
 * @epoch: the platform's
 * @state: 0 gone, 1 pending, 2 trusted, 3 restricted
 * @restrictions: a set of #EnigmKeyRestriction
 * @pins: SHA-256 of the SubjectPublicKeyInfo of the platform's TLS certificate: current, reserve
 * @n_computers: how many there are in @computers
 * @computers: the ones that still may use the management channel
 * @events: how many of the binding's events are open
 *
 * The body of the platform's answer to a key. It counts only under a right MAC.
 */
typedef struct
{
  EnigmKeyOutcome outcome;
  guint64 time;
  guint64 next_sequence;
  guint8 epoch[ENIGM_ID_SIZE];
  guint state;
  guint restrictions;
  guint8 pins[2][ENIGM_SHA256_SIZE];
  gsize n_computers;
  guint8 computers[ENIGM_KEY_ANSWER_MAX_COMPUTERS][ENIGM_ID_SIZE];
  guint events;
} EnigmKeyAnswer;

guint enigm_key_outcome_get_status (EnigmKeyOutcome outcome);
GBytes *enigm_key_answer_encode (const EnigmKeyAnswer *self);
gboolean
enigm_key_answer_decode (GBytes *bytes, guint status, EnigmKeyAnswer *self, GError **error);

G_END_DECLS
