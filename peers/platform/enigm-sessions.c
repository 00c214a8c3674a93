/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-sessions.h"

#include "enigm-authentication.h"
#include "enigm-computers.h"
#include "enigm-guesses.h"
#include "enigm-password.h"
#include "enigm-sign-in.h"

/* Sessions one computer has at most: the newest stay, so that one renewed in haste does no harm. */
#define MAX_SESSIONS 4

/**
 * enigm_sessions_begin:
 * @state: the platform
 * @computer: (array fixed-size=16): ID of an open computer
 * @expires: (out): when the session ends, Unix seconds
 * @error: why it failed
 *
 * Returns: (transfer full) (nullable): the token: this is the one time that it is known here
 */
gchar *
enigm_sessions_begin (EnigmPlatformState *state,
                      const guint8 computer[ENIGM_ID_SIZE],
                      gint64 *expires,
                      GError **error)
{
  gint64 now = enigm_platform_state_now (state);
  guint8 token[ENIGM_SESSION_TOKEN_SIZE];
  guint8 hash[ENIGM_SHA256_SIZE];

  *expires = now + ENIGM_SESSION_SECONDS;
  if (!enigm_random_bytes (token, sizeof token, error))
    return NULL;
  enigm_sha256 (ENIGM_PARTS ({ token, sizeof token }), hash);
  if (!enigm_store_run (state->store, error, "DELETE FROM sessions WHERE expires <= ?1", "i",
                        now) ||
      !enigm_store_run (state->store, error,
                        "INSERT INTO sessions (token_hash, computer, expires) VALUES (?1, ?2, ?3)",
                        "bki", hash, sizeof hash, computer, *expires) ||
      !enigm_store_run (state->store, error,
                        "DELETE FROM sessions WHERE computer = ?1 AND token_hash NOT IN"
                        " (SELECT token_hash FROM sessions WHERE computer = ?1"
                        "  ORDER BY token_hash = ?2 DESC, expires DESC LIMIT ?3)",
                        "kbi", computer, hash, sizeof hash, (gint64) MAX_SESSIONS))
    return NULL;
  return enigm_base64url_encode (token, sizeof token);
}

static void
on_password_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmSignIn) sign_in = user_data;
  EnigmPlatformState *state = sign_in->state;
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;

  if (!enigm_password_check_finish (result, &error))
    {
      if (error == NULL)
        enigm_problem_set (&error, ENIGM_PROBLEM_SIGN_IN_WRONG, NULL,
                           "user name or password do not fit");
      enigm_request_reply_error (sign_in->request, error);
      return;
    }
  enigm_guesses_forgive (state->guesses, sign_in->user, sign_in->address);
  transaction = enigm_store_begin (state->store, &error);
  if (transaction == NULL || !enigm_sign_in_finish (sign_in, &error))
    enigm_request_reply_error (sign_in->request, error);
}

/* Finds the account and its hash. Nobody has that name: zeros and no hash, and it goes on alike. */
static gboolean
find_account (EnigmSignIn *sign_in, gchar **hash, GError **error)
{
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    sign_in->state->store, error, "SELECT id, password FROM accounts WHERE user_name = ?1", "s",
    sign_in->user);
  EnigmStep step = statement != NULL ? enigm_statement_step (statement, error) : ENIGM_STEP_ERROR;

  if (step == ENIGM_STEP_ROW)
    {
      enigm_statement_get_id (statement, 0, sign_in->account);
      *hash = g_strdup (enigm_statement_get_text (statement, 1));
    }
  return step != ENIGM_STEP_ERROR;
}

static void
sign_in (EnigmPlatformState *state, EnigmRequest *request)
{
  gint64 now = enigm_platform_state_now (state);
  g_autoptr (EnigmSignIn) who = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *hash = NULL;
  EnigmSecret *password;
  gint64 wait;
  gint known;

  who = enigm_sign_in_new (state, request, FALSE, &error);
  if (who == NULL || !find_account (who, &hash, &error) ||
      (known = enigm_computers_knows_address (state, who->account, who->address, &error)) < 0)
    {
      enigm_request_reply_error (request, error);
      return;
    }
  wait = enigm_guesses_get_wait (state->guesses, who->user, who->address, known == 1, now);
  if (wait > 0)
    {
      enigm_sign_in_reply_wait (who, wait);
      return;
    }
  enigm_guesses_count (state->guesses, who->user, who->address, now);
  password = who->password;
  enigm_password_check_async (password, hash, NULL, on_password_checked, g_steal_pointer (&who));
}

static void
renew (EnigmPlatformState *state, EnigmRequest *request)
{
  const guint8 *computer = enigm_request_get_computer (request);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *token = NULL;
  gint64 expires;

  if (!enigm_request_end (request, &error) ||
      (transaction = enigm_store_begin (state->store, &error)) == NULL ||
      !enigm_store_run (state->store, &error, "UPDATE computers SET last_seen = ?1 WHERE id = ?2",
                        "ik", enigm_platform_state_now (state), computer) ||
      (token = enigm_sessions_begin (state, computer, &expires, &error)) == NULL ||
      !enigm_store_commit (state->store, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "token");
  json_builder_add_string_value (builder, token);
  json_builder_set_member_name (builder, "expires");
  json_builder_add_int_value (builder, expires);
  json_builder_end_object (builder);
  enigm_request_reply_json (request, SOUP_STATUS_CREATED, json_builder_get_root (builder));
}

static void
sign_out (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, NULL);
  g_autoptr (GError) error = NULL;

  if (transaction == NULL)
    enigm_request_reply_problem (request, ENIGM_PROBLEM_INTERNAL, NULL, NULL);
  else if (!enigm_computers_close (state, enigm_request_get_account (request),
                                   enigm_request_get_computer (request), &error) ||
           !enigm_store_commit (state->store, &error))
    enigm_request_reply_error (request, error);
  else
    enigm_request_reply_nothing (request);
}

const EnigmRoute enigm_sessions_routes[] = {
  { "POST", "/v1/sessions", ENIGM_ROUTE_OPEN, sign_in },
  { "POST", "/v1/sessions/renewal", ENIGM_ROUTE_SIGNED, renew },
  { "DELETE", "/v1/session", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, sign_out },
  { 0 },
};
