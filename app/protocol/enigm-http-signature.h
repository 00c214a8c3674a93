/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-p256.h"
#include "enigm-secret.h"
#include "enigm-text.h"

G_BEGIN_DECLS

/**
 * ENIGM_HTTP_NONCE_SIZE:
 *
 * Bytes in a signature's nonce.
 */
#define ENIGM_HTTP_NONCE_SIZE 16

/**
 * ENIGM_HTTP_SIGNATURE_MAX_SIZE:
 *
 * Bytes in a signature, at most: 64 for ECDSA, 32 for HMAC.
 */
#define ENIGM_HTTP_SIGNATURE_MAX_SIZE 64

/**
 * EnigmHttpProfile:
 * @ENIGM_HTTP_KEY_REQUEST: a key's request: hmac-sha256 under its request key, tag `enigm-key`
 * @ENIGM_HTTP_KEY_ANSWER: the platform's answer: hmac-sha256 under the answer key, tag
 *   `enigm-platform`, over the request's signature too
 * @ENIGM_HTTP_COMPUTER_REQUEST: a computer's request: ecdsa-p256-sha256, tag `enigm-computer`
 *
 * The three signatures there are (PROTOCOL.md, sections 6 and 8). Each has one form: algorithm,
 * label, covered components, parameters and their order are fixed, so nothing is negotiated and
 * nothing can be left out.
 */
typedef enum
{
  ENIGM_HTTP_KEY_REQUEST,
  ENIGM_HTTP_KEY_ANSWER,
  ENIGM_HTTP_COMPUTER_REQUEST,
} EnigmHttpProfile;

/**
 * EnigmHttpMessage:
 * @method: of a request, in capitals
 * @authority: of a request, as it came or was sent; normalized here
 * @path: of a request, from its first slash; a query has no place in it
 * @content_type: of a request
 * @content_digest: of any message, the field's value; checked against the body by
 *   enigm_content_digest_check(), not here
 * @if_match: (nullable): of a computer's request, if it has the field
 * @authorization: (nullable): of a computer's request, if it has the field
 * @status: of an answer
 * @request_signature: (array length=request_signature_len): of an answer, the bytes of the
 *   signature of the request that it answers
 * @request_signature_len: their number
 *
 * What a signature covers. Nothing in it is owned.
 */
typedef struct
{
  const gchar *method;
  const gchar *authority;
  const gchar *path;
  const gchar *content_type;
  const gchar *content_digest;
  const gchar *if_match;
  const gchar *authorization;
  guint status;
  const guint8 *request_signature;
  gsize request_signature_len;
} EnigmHttpMessage;

/**
 * EnigmHttpSignature:
 * @profile: which of the three
 * @covers_if_match: whether If-Match is covered; a computer's request only
 * @covers_authorization: whether Authorization is covered; a computer's request only
 * @created: when it was made, in Unix seconds, below 2^40
 * @nonce: drawn for this signing
 * @keyid: a handle, or a computer ID
 * @signature: the signature itself
 * @signature_len: its length: 32 (HMAC) or 64 (ECDSA); 0 until signed
 *
 * Signature-Input and Signature, as types.
 */
typedef struct
{
  EnigmHttpProfile profile;
  gboolean covers_if_match;
  gboolean covers_authorization;
  guint64 created;
  guint8 nonce[ENIGM_HTTP_NONCE_SIZE];
  guint8 keyid[ENIGM_ID_SIZE];
  guint8 signature[ENIGM_HTTP_SIGNATURE_MAX_SIZE];
  gsize signature_len;
} EnigmHttpSignature;

gboolean enigm_http_signature_init (EnigmHttpSignature *self,
                                    EnigmHttpProfile profile,
                                    const guint8 keyid[ENIGM_ID_SIZE],
                                    guint64 created,
                                    GError **error);
gboolean enigm_http_signature_sign_hmac (EnigmHttpSignature *self,
                                         const EnigmHttpMessage *message,
                                         EnigmSecret *key,
                                         GError **error);
gboolean enigm_http_signature_sign_p256 (EnigmHttpSignature *self,
                                         const EnigmHttpMessage *message,
                                         EnigmP256Key *key,
                                         GError **error);
gchar *enigm_http_signature_format_input (const EnigmHttpSignature *self);
gchar *enigm_http_signature_format (const EnigmHttpSignature *self);

gboolean enigm_http_signature_parse (EnigmHttpSignature *self,
                                     EnigmHttpProfile profile,
                                     const gchar *signature_input,
                                     guint n_signature_inputs,
                                     const gchar *signature,
                                     guint n_signatures,
                                     GError **error);
GBytes *enigm_http_signature_base (const EnigmHttpSignature *self,
                                   const EnigmHttpMessage *message,
                                   GError **error);
gboolean enigm_http_signature_verify_hmac (const EnigmHttpSignature *self,
                                           const EnigmHttpMessage *message,
                                           EnigmSecret *key,
                                           GError **error);
gboolean enigm_http_signature_verify_p256 (const EnigmHttpSignature *self,
                                           const EnigmHttpMessage *message,
                                           const guint8 *point,
                                           gsize point_len,
                                           GError **error);

G_END_DECLS
