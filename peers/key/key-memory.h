/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-message.h"

G_BEGIN_DECLS

/**
 * ENIGM_KEY_MAX_COMPUTERS:
 *
 * Computers that may hold a management secret for one key.
 */
#define ENIGM_KEY_MAX_COMPUTERS 8

/**
 * ENIGM_KEY_MAX_EVENTS:
 *
 * Events that are remembered until the platform has taken them. Never more than one alert and one
 * drill of them are open; the others have ended while the platform was out of reach.
 */
#define ENIGM_KEY_MAX_EVENTS 8

#define ENIGM_KEY_SECRET_SIZE 32

/**
 * EnigmKeyRecord:
 * @id: binding ID
 * @handle: the `keyid` of its requests
 * @pseudonym: the same for the same account
 * @hash: H(offer ‖ attestation)
 * @epoch: the platform's, as last heard
 * @pins: the platform's TLS keys, current and reserve
 * @origin: where the platform is
 * @credential: what requests and answers are signed with, by derivation
 * @state: pending until the platform said trusted under the credential
 * @registered: whether the platform is known to have this binding
 * @reached: how the platform was reached since it began
 * @sequence: the number used last
 * @heard: when the last answer with a right MAC came, system time, or 0
 * @offer: (nullable): the offer's bytes, until trusted
 * @attestation: (nullable): the attestation's bytes, until trusted
 * @request: (nullable): the body with number @sequence, stored before it was sent, until answered
 * @request_kind: its kind
 * @request_time: when it was made, system time
 *
 * One binding as the key keeps it.
 */
typedef struct
{
  guint8 id[ENIGM_ID_SIZE];
  guint8 handle[ENIGM_ID_SIZE];
  guint8 pseudonym[32];
  guint8 hash[32];
  guint8 epoch[16];
  guint8 pins[2][32];
  char *origin;
  EnigmSecret *credential;
  EnigmReportedState state;
  gboolean registered;
  EnigmReached reached;
  guint64 sequence;
  gint64 heard;
  GBytes *offer;
  GBytes *attestation;
  GBytes *request;
  guint request_kind;
  gint64 request_time;
} EnigmKeyRecord;

/**
 * EnigmKeyComputer:
 * @id: computer ID
 * @binding: the binding its secret was given for
 * @secret: the management secret S
 * @active: whether that binding has become trusted
 *
 * One of the owner's computers.
 */
typedef struct
{
  guint8 id[ENIGM_ID_SIZE];
  guint8 binding[ENIGM_ID_SIZE];
  EnigmSecret *secret;
  gboolean active;
} EnigmKeyComputer;

/**
 * EnigmKeyHappening:
 * @id: event ID, drawn at the press
 * @is_drill: a drill, else an alert
 * @accepted: whether the platform has taken it
 * @pressed: when, system time
 * @ended: when the long press was, system time, or 0
 * @again: not stored: pressed again after it was accepted
 * @refused_by: not stored: the bindings under which it was refused
 * @n_refused: not stored: their number
 * @due: not stored: when its next position is due, monotonic microseconds
 *
 * One event as the key keeps it, until the platform has taken its end.
 */
typedef struct
{
  guint8 id[ENIGM_ID_SIZE];
  gboolean is_drill;
  gboolean accepted;
  gint64 pressed;
  gint64 ended;
  gboolean again;
  guint8 refused_by[2][ENIGM_ID_SIZE];
  guint n_refused;
  gint64 due;
} EnigmKeyHappening;

/**
 * EnigmKeyMemory:
 * @failures: tries since the last right code
 * @clock: seconds to add to the system's clock
 * @has_owner: whether a binding has ever become trusted and no release came since
 * @owner: the owner's binding ID
 * @owner_pseudonym: and pseudonym
 * @current: (nullable): the binding that is trusted or restricted
 * @pending: (nullable): the binding that is to replace it
 * @computers: (element-type EnigmKeyComputer): the owner's computers
 * @happenings: (element-type EnigmKeyHappening): events, oldest first
 *
 * Everything about a key that changes and must outlive a loss of power.
 */
typedef struct
{
  guint failures;
  gint64 clock;
  gboolean has_owner;
  guint8 owner[ENIGM_ID_SIZE];
  guint8 owner_pseudonym[32];
  EnigmKeyRecord *current;
  EnigmKeyRecord *pending;
  GPtrArray *computers;
  GPtrArray *happenings;
} EnigmKeyMemory;

EnigmKeyRecord *enigm_key_record_new (void);
void enigm_key_record_free (EnigmKeyRecord *self);
EnigmKeyComputer *enigm_key_computer_new (const guint8 *id,
                                          const guint8 *binding,
                                          EnigmSecret *secret,
                                          gboolean active);
void enigm_key_computer_free (EnigmKeyComputer *self);

EnigmKeyMemory *enigm_key_memory_new (void);
EnigmKeyMemory *enigm_key_memory_decode (GBytes *bytes, GError **error);
GBytes *enigm_key_memory_encode (EnigmKeyMemory *self);
void enigm_key_memory_free (EnigmKeyMemory *self);

EnigmKeyRecord *enigm_key_memory_find_record (EnigmKeyMemory *self, const guint8 *id);
EnigmKeyHappening *enigm_key_memory_find_happening (EnigmKeyMemory *self, const guint8 *id);
EnigmKeyHappening *enigm_key_memory_get_open (EnigmKeyMemory *self, gboolean is_drill);
void enigm_key_memory_forget_owner (EnigmKeyMemory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmKeyRecord, enigm_key_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmKeyComputer, enigm_key_computer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmKeyMemory, enigm_key_memory_free)

G_END_DECLS
