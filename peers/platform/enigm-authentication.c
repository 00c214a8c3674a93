/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-authentication.h"

#include "app/protocol/enigm-content-digest.h"
#include "app/protocol/enigm-http-signature.h"

#include "enigm-administrators.h"
#include "enigm-sessions.h"

#define BEARER "Bearer "
#define TOKEN_SIZE ENIGM_SESSION_TOKEN_SIZE

/* Who a request says it comes from. */
typedef struct
{
  guint8 account[ENIGM_ID_SIZE];
  guint8 computer[ENIGM_ID_SIZE];
  guint8 point[ENIGM_P256_POINT_SIZE];
  gint64 expires;
} Who;

/* Returns the one field of that name, or NULL if there is none or more than one. */
static const gchar *
get_only_field (EnigmRequest *request, const gchar *name)
{
  return enigm_request_count_header (request, name) == 1 ? enigm_request_get_header (request, name)
                                                         : NULL;
}

static GBytes *
read_token (EnigmRequest *request, GError **error)
{
  const gchar *authorization = get_only_field (request, "Authorization");
  GBytes *token = NULL;

  if (authorization != NULL && g_str_has_prefix (authorization, BEARER))
    token = enigm_base64url_decode (authorization + strlen (BEARER), TOKEN_SIZE, TOKEN_SIZE);
  if (token == NULL)
    enigm_problem_set (error, ENIGM_PROBLEM_SESSION_ENDED, NULL, "there is no session");
  return token;
}

static gboolean
find_session (EnigmPlatformState *state, EnigmRequest *request, Who *who, GError **error)
{
  g_autoptr (EnigmStatement) statement = NULL;
  g_autoptr (GBytes) token = read_token (request, error);
  guint8 hash[ENIGM_SHA256_SIZE];

  if (token == NULL)
    return FALSE;
  /* Found by its hash: how long that takes says nothing about a token. */
  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (token)), hash);
  statement =
    enigm_store_select (state->store, error,
                        "SELECT c.account, c.id, c.public_key, s.expires FROM sessions s"
                        " JOIN computers c ON c.id = s.computer"
                        " WHERE s.token_hash = ?1 AND s.expires > ?2 AND c.closed IS NULL",
                        "bi", hash, sizeof hash, enigm_platform_state_now (state));
  if (statement == NULL)
    return FALSE;
  switch (enigm_statement_step (statement, error))
    {
    case ENIGM_STEP_ROW:
      enigm_statement_get_id (statement, 0, who->account);
      enigm_statement_get_id (statement, 1, who->computer);
      memcpy (who->point, enigm_statement_get_blob (statement, 2, NULL), sizeof who->point);
      who->expires = enigm_statement_get_int64 (statement, 3);
      return TRUE;
    case ENIGM_STEP_DONE:
      enigm_problem_set (error, ENIGM_PROBLEM_SESSION_ENDED, NULL, "the session is over");
      return FALSE;
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }
}

static gboolean
find_computer (EnigmPlatformState *state, const guint8 *computer, Who *who, GError **error)
{
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    state->store, error,
    "SELECT account, public_key FROM computers WHERE id = ?1 AND closed IS NULL", "k", computer);

  if (statement == NULL)
    return FALSE;
  switch (enigm_statement_step (statement, error))
    {
    case ENIGM_STEP_ROW:
      memcpy (who->computer, computer, ENIGM_ID_SIZE);
      enigm_statement_get_id (statement, 0, who->account);
      memcpy (who->point, enigm_statement_get_blob (statement, 1, NULL), sizeof who->point);
      return TRUE;
    case ENIGM_STEP_DONE:
      enigm_problem_set (error, ENIGM_PROBLEM_SIGNATURE_WRONG, NULL,
                         "no open computer has this key");
      return FALSE;
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }
}

/* A nonce is kept before anything is done for it: what was asked once is not done twice, also after
 * a crash. */
static gboolean
keep_nonce (EnigmPlatformState *state, const EnigmHttpSignature *signature, GError **error)
{
  gint64 now = enigm_platform_state_now (state);
  g_autofree gchar *nonce = enigm_base64url_encode (signature->nonce, sizeof signature->nonce);

  if (!enigm_store_run (state->store, error, "DELETE FROM computer_nonces WHERE seen < ?1", "i",
                        now - ENIGM_SIGNATURE_NONCE_SECONDS) ||
      !enigm_store_run (state->store, error,
                        "INSERT INTO computer_nonces (computer, nonce, seen) VALUES (?1, ?2, ?3)"
                        " ON CONFLICT DO NOTHING",
                        "ksi", signature->keyid, nonce, now))
    return FALSE;
  if (enigm_store_get_changes (state->store) == 1)
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_SIGNATURE_WRONG, NULL, "it was used before");
  return FALSE;
}

static gboolean
refuse_signature (GError **error, const gchar *why)
{
  enigm_problem_set (error, ENIGM_PROBLEM_SIGNATURE_WRONG, NULL, "%s", why);
  return FALSE;
}

static gboolean
check_signature (EnigmPlatformState *state,
                 EnigmRequest *request,
                 gboolean bearer,
                 Who *who,
                 GError **error)
{
  EnigmHttpMessage message = {
    .method = enigm_request_get_method (request),
    .authority = enigm_config_get_authority (state->config),
    .path = enigm_request_get_path (request),
    .content_type = get_only_field (request, "Content-Type"),
    .content_digest = get_only_field (request, "Content-Digest"),
    .if_match = get_only_field (request, "If-Match"),
    .authorization = get_only_field (request, "Authorization"),
  };
  EnigmHttpSignature signature;
  gint64 now = enigm_platform_state_now (state);

  if (!enigm_http_signature_parse (&signature, ENIGM_HTTP_COMPUTER_REQUEST,
                                   enigm_request_get_header (request, "Signature-Input"),
                                   enigm_request_count_header (request, "Signature-Input"),
                                   enigm_request_get_header (request, "Signature"),
                                   enigm_request_count_header (request, "Signature"), NULL))
    return refuse_signature (error, "there is none of the one form");
  /* What is there twice is covered by nothing. */
  if (message.content_type == NULL || message.content_digest == NULL ||
      enigm_request_count_header (request, "If-Match") > 1 ||
      enigm_request_count_header (request, "Authorization") > 1)
    return refuse_signature (error, "a field that it covers is missing or there twice");
  if (signature.covers_if_match != (message.if_match != NULL) ||
      signature.covers_authorization != (message.authorization != NULL))
    return refuse_signature (error, "it does not cover what it has to");
  if (bearer && memcmp (signature.keyid, who->computer, ENIGM_ID_SIZE) != 0)
    return refuse_signature (error, "the session is another computer's");
  if (!bearer && !find_computer (state, signature.keyid, who, error))
    return FALSE;
  if (!enigm_http_signature_verify_p256 (&signature, &message, who->point, sizeof who->point, NULL))
    return refuse_signature (error, "it does not fit");
  if (!enigm_content_digest_check (message.content_digest, 1, enigm_request_get_body (request),
                                   NULL))
    return refuse_signature (error, "the digest does not fit");
  if (ABS ((gint64) signature.created - now) > ENIGM_SIGNATURE_CLOCK_SECONDS)
    return refuse_signature (error, "the computer's clock is off by more than five minutes");
  /* After a restore nobody remembers which nonces were used before. */
  if ((gint64) signature.created <= state->epoch_began)
    return refuse_signature (error, "it was made before the platform was restored");
  return keep_nonce (state, &signature, error);
}

/**
 * enigm_authentication_check:
 * @state: the platform
 * @request: a request
 * @flags: what its route wants
 * @error: %ENIGM_PROBLEM_SESSION_ENDED or %ENIGM_PROBLEM_SIGNATURE_WRONG, or the database's
 *
 * Checks session and signature, and notes in @request who asks.
 *
 * Returns: whether the request may go on
 */
gboolean
enigm_authentication_check (EnigmPlatformState *state,
                            EnigmRequest *request,
                            EnigmRouteFlags flags,
                            GError **error)
{
  gboolean bearer = (flags & ENIGM_ROUTE_BEARER) != 0;
  Who who = { 0 };

  if (flags == ENIGM_ROUTE_OPEN)
    return TRUE;
  if (flags == ENIGM_ROUTE_COMMAND)
    {
      g_autoptr (GBytes) token = read_token (request, error);

      return token != NULL && enigm_administrators_authenticate (state, request, token, error);
    }
  if (bearer && !find_session (state, request, &who, error))
    return FALSE;
  if ((flags & ENIGM_ROUTE_SIGNED) != 0 && !check_signature (state, request, bearer, &who, error))
    return FALSE;
  enigm_request_set_who (request, who.account, who.computer, who.expires);
  return TRUE;
}
