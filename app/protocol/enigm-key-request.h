/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-text.h"

G_BEGIN_DECLS

/**
 * ENIGM_KEY_REQUEST_MAX_SIZE:
 *
 * Bytes in a key's request, at most.
 */
#define ENIGM_KEY_REQUEST_MAX_SIZE 1024

/**
 * ENIGM_KEY_REQUEST_MAX_SEQUENCE:
 *
 * The greatest sequence number.
 */
#define ENIGM_KEY_REQUEST_MAX_SEQUENCE ((G_GUINT64_CONSTANT (1) << 48) - 1)

/**
 * EnigmKeyRequestKind:
 * @ENIGM_KEY_REQUEST_PROOF: that it holds the credential
 * @ENIGM_KEY_REQUEST_ALERT: three presses
 * @ENIGM_KEY_REQUEST_DRILL: a practice alert
 * @ENIGM_KEY_REQUEST_POSITION: where it is, during an event
 * @ENIGM_KEY_REQUEST_END: a long press
 * @ENIGM_KEY_REQUEST_STATE: what its state is
 *
 * What a key asks of the platform (PROTOCOL.md, section 6).
 */
typedef enum
{
  ENIGM_KEY_REQUEST_PROOF = 1,
  ENIGM_KEY_REQUEST_ALERT = 2,
  ENIGM_KEY_REQUEST_DRILL = 3,
  ENIGM_KEY_REQUEST_POSITION = 4,
  ENIGM_KEY_REQUEST_END = 5,
  ENIGM_KEY_REQUEST_STATE = 6,
} EnigmKeyRequestKind;

/**
 * EnigmPosition:
 * @latitude: in 10⁻⁶ degrees, ±90·10⁶
 * @longitude: in 10⁻⁶ degrees, ±180·10⁶
 * @accuracy: in metres, up to 10⁶
 * @age: in seconds, when it was sent
 *
 * Where a key is.
 */
typedef struct
{
  gint32 latitude;
  gint32 longitude;
  guint32 accuracy;
  guint32 age;
} EnigmPosition;

/**
 * EnigmKeyRequest:
 * @kind: what it asks
 * @epoch: the platform's, as the key knows it
 * @sequence: 1 to %ENIGM_KEY_REQUEST_MAX_SEQUENCE
 * @event: the event's ID; zero where @kind has none
 * @relayed: whether it goes through an app
 * @battery: percent, or 101 where unknown
 * @age: of the press, in seconds; alert, drill and end only
 * @has_position: alert and drill: whether @position counts; always so in a position
 * @position: where the key is
 *
 * The body of a key's signed request.
 */
typedef struct
{
  EnigmKeyRequestKind kind;
  guint8 epoch[ENIGM_ID_SIZE];
  guint64 sequence;
  guint8 event[ENIGM_ID_SIZE];
  gboolean relayed;
  guint battery;
  guint32 age;
  gboolean has_position;
  EnigmPosition position;
} EnigmKeyRequest;

const gchar *enigm_key_request_kind_get_path (EnigmKeyRequestKind kind);
gboolean enigm_key_request_kind_has_event (EnigmKeyRequestKind kind);
GBytes *enigm_key_request_encode (const EnigmKeyRequest *self);
gboolean
enigm_key_request_decode (GBytes *bytes, const gchar *path, EnigmKeyRequest *self, GError **error);

G_END_DECLS
