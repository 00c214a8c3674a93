/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "enigm-trust.h"
#include "protocol/enigm-p256.h"

G_BEGIN_DECLS

/**
 * EnigmPlatformCallFlags:
 * @ENIGM_PLATFORM_CALL_NONE: an open request
 * @ENIGM_PLATFORM_CALL_BEARER: carry the session's token
 * @ENIGM_PLATFORM_CALL_SIGNED: sign with this computer's key (PROTOCOL.md, section 8)
 * @ENIGM_PLATFORM_CALL_LONG: the answer may have 32 MiB
 */
typedef enum
{
  ENIGM_PLATFORM_CALL_NONE = 0,
  ENIGM_PLATFORM_CALL_BEARER = 1 << 0,
  ENIGM_PLATFORM_CALL_SIGNED = 1 << 1,
  ENIGM_PLATFORM_CALL_LONG = 1 << 2,
} EnigmPlatformCallFlags;

/**
 * EnigmPlatform:
 *
 * An HTTPS client for one platform. Certificates are decided by its #EnigmTrust before anything is
 * sent; redirects are refused; an answer of more than a mebibyte is refused; a request that makes
 * no progress for thirty seconds counts as %ENIGM_ERROR_PLATFORM_AWAY.
 *
 * A call that carries the session and is told `session-ended` renews the session with this
 * computer's key, once, and is sent again.
 *
 * Members of an answer that this version does not know are passed over, so that a newer platform
 * works; those it knows must have the right type and be within bounds.
 */
#define ENIGM_TYPE_PLATFORM (enigm_platform_get_type ())
G_DECLARE_FINAL_TYPE (EnigmPlatform, enigm_platform, ENIGM, PLATFORM, GObject)

/**
 * EnigmPlatform::reached:
 * @self: the platform
 * @error: (nullable): why no answer of the platform came back; %NULL if one did, whatever it said
 *
 * Emitted after each request, before it finishes.
 */

/**
 * EnigmPlatform::session-renewed:
 * @self: the platform
 *
 * The session was renewed; enigm_platform_get_session() has the new token.
 */

/**
 * enigm_platform_check_origin:
 * @text: what a person typed, such as `keys.example.org` or `https://keys.example.org:8443/`
 * @error: return location for %ENIGM_ERROR_MALFORMED
 *
 * Returns: (transfer full) (nullable): the origin, `https://host` or `https://host:port`, in lower
 *   case and without a path, 9 to 128 bytes
 */
gchar *enigm_platform_check_origin (const gchar *text, GError **error);

/**
 * enigm_platform_new:
 * @origin: as enigm_platform_check_origin() returns it
 * @trust: how its certificate is trusted
 */
EnigmPlatform *enigm_platform_new (const gchar *origin, EnigmTrust *trust);

const gchar *enigm_platform_get_origin (EnigmPlatform *self);
const gchar *enigm_platform_get_host (EnigmPlatform *self);
EnigmTrust *enigm_platform_get_trust (EnigmPlatform *self);

/**
 * enigm_platform_get_identity:
 *
 * Returns: (transfer none) (nullable): the platform's identity key, a point of 65 bytes; %NULL
 *   before sign-in
 */
GBytes *enigm_platform_get_identity (EnigmPlatform *self);

/**
 * enigm_platform_set_identity:
 * @identity: (nullable): the platform's identity key, a point of 65 bytes
 *
 * Learnt at sign-in; receipts and orders are held against it from then on.
 */
void enigm_platform_set_identity (EnigmPlatform *self, GBytes *identity);

/**
 * enigm_platform_set_computer:
 * @computer_id: (nullable): 32 hex characters
 * @key: (nullable): its signing key
 *
 * What signed calls are signed with, and sessions renewed.
 */
void enigm_platform_set_computer (EnigmPlatform *self, const gchar *computer_id, EnigmP256Key *key);

/**
 * enigm_platform_set_session:
 * @token: (nullable): the bearer token
 */
void enigm_platform_set_session (EnigmPlatform *self, EnigmSecret *token);

/**
 * enigm_platform_get_session:
 *
 * The signal #EnigmPlatform::session-renewed says when it has changed by itself.
 *
 * Returns: (transfer none) (nullable): the bearer token
 */
EnigmSecret *enigm_platform_get_session (EnigmPlatform *self);

/**
 * enigm_platform_call_async:
 * @self: a platform
 * @method: `GET`, `POST`, `PUT` or `DELETE`
 * @path: begins with `/v1`; no query
 * @body: (nullable) (transfer none): what is sent as JSON
 * @flags: what the request carries
 * @if_match: (nullable): an entity tag as enigm_platform_call_finish() gave it
 * @cancellable: (nullable): a cancellable
 * @callback: called with the answer
 * @user_data: for @callback
 */
void enigm_platform_call_async (EnigmPlatform *self,
                                const gchar *method,
                                const gchar *path,
                                JsonNode *body,
                                EnigmPlatformCallFlags flags,
                                const gchar *if_match,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * enigm_platform_call_finish:
 * @etag: (out) (optional) (nullable) (transfer full): the answer's entity tag
 *
 * Returns: (transfer full) (nullable): the answer, always a JSON object (an empty one if the
 *   answer had no body), or %NULL with an error: `changed` is %ENIGM_ERROR_CONFLICT,
 * `session-ended` %ENIGM_ERROR_SESSION_ENDED, `pin-wrong` %ENIGM_ERROR_PIN_WRONG, `sign-in-wrong`
 * %ENIGM_ERROR_SIGN_IN_WRONG, `key-owned` %ENIGM_ERROR_KEY_OWNED, `not-genuine`
 * %ENIGM_ERROR_NOT_GENUINE, any other problem %ENIGM_ERROR_PLATFORM_REFUSED
 */
JsonNode *enigm_platform_call_finish (EnigmPlatform *self,
                                      GAsyncResult *result,
                                      gchar **etag,
                                      GError **error);

/**
 * enigm_platform_post_cbor_async:
 * @path: begins with `/v1` or `/key/v1`; no query
 * @body: CBOR
 * @fields: (nullable) (element-type utf8 utf8): further fields of the request, such as a key's
 *   `Content-Digest`, `Signature-Input` and `Signature`
 *
 * Sends CBOR, without the session: for attestations, and for relaying a key's own request. Any
 * status is an answer here.
 */
void enigm_platform_post_cbor_async (EnigmPlatform *self,
                                     const gchar *path,
                                     GBytes *body,
                                     GHashTable *fields,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);

/**
 * enigm_platform_post_cbor_finish:
 * @status: (out): the status
 * @fields: (out) (optional) (transfer full) (element-type utf8 utf8): the answer's fields, names in
 *   lower case
 *
 * Returns: (transfer full) (nullable): the answer's body, at most 64 KiB
 */
GBytes *enigm_platform_post_cbor_finish (EnigmPlatform *self,
                                         GAsyncResult *result,
                                         guint *status,
                                         GHashTable **fields,
                                         GError **error);

/**
 * enigm_platform_open_stream_async:
 * @path: of a stream of server-sent events
 * @last_event_id: (nullable): where to resume
 *
 * enigm_platform_open_stream_finish() returns (transfer full): the bytes of the stream. A stream
 * that is silent for 75 seconds fails: the platform sends a comment every thirty.
 */
void enigm_platform_open_stream_async (EnigmPlatform *self,
                                       const gchar *path,
                                       const gchar *last_event_id,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GInputStream *
enigm_platform_open_stream_finish (EnigmPlatform *self, GAsyncResult *result, GError **error);

G_END_DECLS
