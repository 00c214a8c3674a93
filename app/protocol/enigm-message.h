/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256.h"
#include "enigm-text.h"

G_BEGIN_DECLS

#define ENIGM_NONCE_SIZE 32
#define ENIGM_BATTERY_UNKNOWN 101
#define ENIGM_CHAIN_MAX 3
#define ENIGM_CERTIFICATE_MAX_SIZE 1024

/**
 * EnigmMessageType:
 *
 * The messages of PROTOCOL.md section 3, by their numbers. Those below 16 travel plain, the others
 * only inside %ENIGM_MESSAGE_SEALED.
 */
typedef enum
{
  ENIGM_MESSAGE_START = 1,
  ENIGM_MESSAGE_SHARE = 2,
  ENIGM_MESSAGE_CONFIRM = 3,
  ENIGM_MESSAGE_REFUSED = 4,
  ENIGM_MESSAGE_SEALED = 5,
  ENIGM_MESSAGE_RESUME = 6,
  ENIGM_MESSAGE_RESUME_SHARE = 7,
  ENIGM_MESSAGE_RESUME_CONFIRM = 8,
  ENIGM_MESSAGE_CERTIFICATE = 16,
  ENIGM_MESSAGE_RELEASE = 17,
  ENIGM_MESSAGE_OFFER = 18,
  ENIGM_MESSAGE_WAITING = 19,
  ENIGM_MESSAGE_ATTESTATION = 20,
  ENIGM_MESSAGE_RECEIPT = 21,
  ENIGM_MESSAGE_STATE = 22,
  ENIGM_MESSAGE_RELAY = 23,
  ENIGM_MESSAGE_RELAYED = 24,
  ENIGM_MESSAGE_ASK = 25,
  ENIGM_MESSAGE_VIBRATE = 26,
  ENIGM_MESSAGE_ORDER = 27,
  ENIGM_MESSAGE_KEEP = 28,
  ENIGM_MESSAGE_DONE = 29,
  ENIGM_MESSAGE_DECLINED = 30,
} EnigmMessageType;

/**
 * EnigmReason:
 *
 * Why a key refused or declined, PROTOCOL.md section 3.
 */
typedef enum
{
  ENIGM_REASON_MALFORMED = 1,
  ENIGM_REASON_VERSION = 2,
  ENIGM_REASON_WAIT = 3,
  ENIGM_REASON_WRONG_CODE = 4,
  ENIGM_REASON_CLOSED = 5,
  ENIGM_REASON_BUSY = 6,
  ENIGM_REASON_TOO_SLOW = 7,
  ENIGM_REASON_NO_SUCH_SECRET = 8,
  ENIGM_REASON_SIGNATURE = 16,
  ENIGM_REASON_OTHER_KEY = 17,
  ENIGM_REASON_OTHER_SESSION = 18,
  ENIGM_REASON_OWNED = 19,
  ENIGM_REASON_NOT_PRESSED = 20,
  ENIGM_REASON_STORAGE = 21,
  ENIGM_REASON_EIGHT_COMPUTERS = 22,
  ENIGM_REASON_GONE = 23,
  ENIGM_REASON_STATE = 24,
} EnigmReason;

/**
 * EnigmReportedState:
 *
 * What a key says of its binding, PROTOCOL.md section 3.
 */
typedef enum
{
  ENIGM_REPORTED_NONE = 0,
  ENIGM_REPORTED_PENDING = 1,
  ENIGM_REPORTED_TRUSTED = 2,
  ENIGM_REPORTED_RESTRICTED = 3,
} EnigmReportedState;

/**
 * EnigmReached:
 *
 * How a key has reached the platform since its binding began.
 */
typedef enum
{
  ENIGM_REACHED_NOT = 0,
  ENIGM_REACHED_OWN = 1,
  ENIGM_REACHED_RELAYED = 2,
} EnigmReached;

/**
 * EnigmMessage:
 * @type: which message; it decides which of the other fields count
 * @point: shareP, shareV, E_A, E_K
 * @nonce: n_A, n_K, the key's nonce
 * @mac: confirmP, confirmV, hint, MAC_K, MAC_A
 * @blob: app hello, ciphertext, release, offer, attestation, receipt, order, the body of a request
 *   or answer
 * @signature: the platform's, over @blob; of a done, the key's over an order, if @has_signature
 * @has_signature: whether a done carries one
 * @chain: (element-type GBytes): certificates in DER, leaf first
 * @binding: a binding ID, if @has_binding
 * @computer: a computer ID
 * @secret: a management secret
 * @reason: an #EnigmReason, or one that this version does not know
 * @seconds: how long, in seconds
 * @done: the type of the message that is done
 * @state: an #EnigmReportedState
 * @reached: an #EnigmReached
 * @battery: percent, or %ENIGM_BATTERY_UNKNOWN
 * @open_event: 0 none, 1 alert, 2 drill
 * @path: of a relayed request
 * @status: of a relayed answer, 0 if the platform could not be reached
 * @digest_field: the field Content-Digest
 * @input_field: the field Signature-Input
 * @signature_field: the field Signature
 *
 * One message, parsed. Every field is of the length that PROTOCOL.md gives for its type.
 */
typedef struct
{
  EnigmMessageType type;
  guint8 point[ENIGM_P256_POINT_SIZE];
  guint8 nonce[ENIGM_NONCE_SIZE];
  guint8 mac[ENIGM_SHA256_SIZE];
  GBytes *blob;
  gboolean has_signature;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
  GPtrArray *chain;
  gboolean has_binding;
  guint8 binding[ENIGM_ID_SIZE];
  guint8 computer[ENIGM_ID_SIZE];
  EnigmSecret *secret;
  guint reason;
  guint seconds;
  guint done;
  guint state;
  guint reached;
  guint battery;
  guint open_event;
  char *path;
  guint status;
  char *digest_field;
  char *input_field;
  char *signature_field;
} EnigmMessage;

EnigmMessage *enigm_message_new (EnigmMessageType type);
void enigm_message_free (EnigmMessage *self);
gboolean enigm_message_type_is_sealed (EnigmMessageType type);
const char *enigm_message_type_get_name (EnigmMessageType type);
GBytes *enigm_message_encode (const EnigmMessage *self);
EnigmMessage *enigm_message_decode (GBytes *bytes, gboolean sealed, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmMessage, enigm_message_free)

G_END_DECLS
