/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Administrators sign in, see who is, and close sessions. */

#include "enigm-administrator-addresses.h"
#include "enigm-administrators.h"
#include "enigm-guesses.h"
#include "enigm-password.h"
#include "enigm-router.h"
#include "enigm-sessions.h"

typedef struct
{
  EnigmPlatformState *state;
  EnigmRequest *request;
  EnigmSecret *password;
  gchar *name;
  gchar *guess_name;
  gchar *address;
  guint8 id[ENIGM_ID_SIZE];
  gboolean dry_run;
} Entering;

static void
entering_free (Entering *self)
{
  g_clear_pointer (&self->request, enigm_request_unref);
  g_clear_pointer (&self->password, enigm_secret_unref);
  g_free (self->name);
  g_free (self->guess_name);
  g_free (self->address);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Entering, entering_free)

static void
reply_object (EnigmRequest *request, guint status, JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);
  enigm_request_reply_json (request, status, node);
}

static gboolean
open_session (Entering *entering, JsonObject *answer, GError **error)
{
  EnigmPlatformState *state = entering->state;
  gint64 now = enigm_platform_state_now (state);
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (EnigmStatement) row = NULL;
  guint8 token[ENIGM_SESSION_TOKEN_SIZE], hash[ENIGM_SHA256_SIZE], id[ENIGM_ID_SIZE];
  g_autofree gchar *token_text = NULL;

  if (!enigm_random_bytes (token, sizeof token, error) ||
      !enigm_random_bytes (id, sizeof id, error))
    return FALSE;
  enigm_sha256 (ENIGM_PARTS ({ token, sizeof token }), hash);
  transaction = enigm_store_begin (state->store, error);
  if (transaction == NULL ||
      !enigm_store_run (state->store, error,
                        "DELETE FROM administrator_sessions WHERE expires <= ?1", "i", now))
    return FALSE;
  row = enigm_store_select (state->store, error,
                            "SELECT role FROM administrators WHERE id = ?1 AND removed IS NULL",
                            "k", entering->id);
  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    {
      if (error != NULL && *error == NULL)
        enigm_problem_set (error, ENIGM_PROBLEM_SIGN_IN_WRONG, NULL, "name or password do not fit");
      return FALSE;
    }
  token_text = enigm_base64url_encode (token, sizeof token);
  json_object_set_string_member (answer, "token", token_text);
  json_object_set_int_member (answer, "expires", now + ENIGM_ADMINISTRATOR_SECONDS);
  json_object_set_string_member (answer, "role",
                                 enigm_role_name ((EnigmRole) enigm_statement_get_int64 (row, 0)));
  g_clear_pointer (&row, enigm_statement_free);
  return enigm_store_run (state->store, error,
                          "INSERT INTO administrator_sessions (token_hash, id, administrator, "
                          "begun, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
                          "bkkii", hash, sizeof hash, id, entering->id, now,
                          now + ENIGM_ADMINISTRATOR_SECONDS) &&
         enigm_administrator_addresses_note (state, entering->id, entering->address, error) &&
         enigm_administrators_audit (state, entering->id, "signed in", FALSE, error) &&
         enigm_store_commit (state->store, error);
}

/* Somebody knows the password now, who may not be whose it is: that is recorded. */
static gboolean
note_tried (Entering *entering, GError **error)
{
  EnigmPlatformState *state = entering->state;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);

  return transaction != NULL &&
         enigm_administrators_audit (state, entering->id, "tried a sign-in out", FALSE, error) &&
         enigm_store_commit (state->store, error);
}

static gboolean
note_wrong (Entering *entering, GError **error)
{
  EnigmPlatformState *state = entering->state;
  EnigmAuditEntry entry = { enigm_platform_state_now (state), NULL, "command",
                            "a sign-in with a wrong name or password", TRUE };
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);

  return transaction != NULL && enigm_audit_append (state->audit, &entry, error) &&
         enigm_store_commit (state->store, error);
}

static void
on_password_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Entering) entering = user_data;
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (GError) error = NULL;

  if (!enigm_password_check_finish (result, &error))
    {
      if (error == NULL && note_wrong (entering, &error))
        enigm_problem_set (&error, ENIGM_PROBLEM_SIGN_IN_WRONG, NULL,
                           "name or password do not fit");
      enigm_request_reply_error (entering->request, error);
      return;
    }
  enigm_guesses_forgive (entering->state->guesses, entering->guess_name, entering->address);
  if (entering->dry_run)
    {
      if (note_tried (entering, &error))
        enigm_request_reply_nothing (entering->request);
      else
        enigm_request_reply_error (entering->request, error);
    }
  else if (open_session (entering, answer, &error))
    reply_object (entering->request, SOUP_STATUS_CREATED, answer);
  else
    enigm_request_reply_error (entering->request, error);
}

static gboolean
read_entering (Entering *entering, gchar **hash, GError **error)
{
  const gchar *name = enigm_request_get_string (entering->request, "name", 1, 64, error);
  const gchar *password;
  g_autoptr (EnigmStatement) row = NULL;
  EnigmStep step;

  if (name == NULL)
    return FALSE;
  entering->name = g_strdup (name);
  entering->guess_name = g_strconcat ("administrator ", name, NULL);
  password = enigm_request_get_string (entering->request, "password", ENIGM_PASSWORD_MIN,
                                       ENIGM_PASSWORD_MAX, error);
  if (password == NULL)
    return FALSE;
  entering->password = enigm_password_take_text (password);
  if (!enigm_administrators_read_dry_run (entering->request, &entering->dry_run, error) ||
      !enigm_request_end (entering->request, error))
    return FALSE;
  row = enigm_store_select (
    entering->state->store, error,
    "SELECT id, password FROM administrators WHERE name = ?1 AND removed IS NULL", "s", name);
  step = row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR;
  if (step == ENIGM_STEP_ROW)
    {
      enigm_statement_get_id (row, 0, entering->id);
      *hash = g_strdup (enigm_statement_get_text (row, 1));
    }
  return step != ENIGM_STEP_ERROR;
}

static void
sign_in (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (Entering) entering = g_new0 (Entering, 1);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *hash = NULL;
  EnigmSecret *password;
  gint64 now = enigm_platform_state_now (state), wait;
  gint known;

  entering->state = state;
  entering->request = enigm_request_ref (request);
  entering->address = enigm_request_dup_address (request);
  /* Nobody's is known for a name that nobody has. */
  if (!read_entering (entering, &hash, &error) ||
      (known =
         enigm_administrator_addresses_knows (state, entering->id, entering->address, &error)) < 0)
    {
      enigm_request_reply_error (request, error);
      return;
    }
  wait = enigm_guesses_get_wait (state->guesses, entering->guess_name, entering->address,
                                 known == 1, now);
  if (wait > 0)
    {
      enigm_request_reply_wait (request, wait, "too many wrong passwords");
      return;
    }
  enigm_guesses_count (state->guesses, entering->guess_name, entering->address, now);
  password = entering->password;
  enigm_password_check_async (password, hash, NULL, on_password_checked,
                              g_steal_pointer (&entering));
}

static gboolean
close_session (EnigmPlatformState *state,
               EnigmRequest *request,
               const guint8 *session,
               GError **error)
{
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);
  gboolean own = memcmp (session, enigm_request_get_computer (request), ENIGM_ID_SIZE) == 0;
  g_autoptr (EnigmStatement) row = NULL;
  EnigmAdministrator who;
  EnigmStep step;

  if (transaction == NULL ||
      !enigm_administrators_require (state, request, ENIGM_ROLE_VIEWER, &who, error))
    return FALSE;
  row = enigm_store_select (state->store, error,
                            "SELECT administrator = ?2 FROM administrator_sessions WHERE id = ?1",
                            "kk", session, who.id);
  step = row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR;
  if (step == ENIGM_STEP_ERROR)
    return FALSE;
  /* Whose it is not says nothing about whether it is there, unless an owner asks. */
  if (step == ENIGM_STEP_DONE ||
      (enigm_statement_get_int64 (row, 0) == 0 && who.role < ENIGM_ROLE_OWNER))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, NULL, "there is no such session");
      return FALSE;
    }
  g_clear_pointer (&row, enigm_statement_free);
  return enigm_store_run (state->store, error, "DELETE FROM administrator_sessions WHERE id = ?1",
                          "k", session) &&
         enigm_administrators_audit (state, who.id, own ? "signed out" : "closed a session", FALSE,
                                     error) &&
         enigm_store_commit (state->store, error);
}

static void
sign_out (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (close_session (state, request, enigm_request_get_computer (request), &error))
    enigm_request_reply_nothing (request);
  else
    enigm_request_reply_error (request, error);
}

static void
delete_session (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;
  guint8 session[ENIGM_ID_SIZE];

  if (enigm_request_get_path_id (request, 0, session, &error) &&
      close_session (state, request, session, &error))
    enigm_request_reply_nothing (request);
  else
    enigm_request_reply_error (request, error);
}

static void
list_sessions (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (JsonObject) answer = json_object_new ();
  JsonArray *array = json_array_new ();
  g_autoptr (EnigmStatement) row = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAdministrator who;
  EnigmStep step = ENIGM_STEP_ERROR;

  json_object_set_array_member (answer, "sessions", array);
  if (enigm_administrators_require (state, request, ENIGM_ROLE_VIEWER, &who, &error))
    row = enigm_store_select (state->store, &error,
                              "SELECT s.id, a.name, a.role, s.begun, s.expires "
                              "FROM administrator_sessions s JOIN administrators a "
                              "ON a.id = s.administrator WHERE s.expires > ?1 AND "
                              "(a.id = ?2 OR ?3) ORDER BY s.begun, s.id",
                              "iki", enigm_platform_state_now (state), who.id,
                              (gint64) (who.role == ENIGM_ROLE_OWNER));
  while (row != NULL && (step = enigm_statement_step (row, &error)) == ENIGM_STEP_ROW)
    {
      JsonObject *session = json_object_new ();
      g_autofree gchar *hex = NULL;
      guint8 id[ENIGM_ID_SIZE];

      enigm_statement_get_id (row, 0, id);
      hex = enigm_hex_encode (id, sizeof id);
      json_object_set_string_member (session, "id", hex);
      json_object_set_string_member (session, "name", enigm_statement_get_text (row, 1));
      json_object_set_string_member (
        session, "role", enigm_role_name ((EnigmRole) enigm_statement_get_int64 (row, 2)));
      json_object_set_int_member (session, "begun", enigm_statement_get_int64 (row, 3));
      json_object_set_int_member (session, "expires", enigm_statement_get_int64 (row, 4));
      json_object_set_boolean_member (
        session, "this", memcmp (id, enigm_request_get_computer (request), sizeof id) == 0);
      json_array_add_object_element (array, session);
    }
  if (step == ENIGM_STEP_DONE)
    reply_object (request, SOUP_STATUS_OK, answer);
  else
    enigm_request_reply_error (request, error);
}

const EnigmRoute enigm_command_sessions_routes[] = {
  { "POST", "/command/v1/sessions", ENIGM_ROUTE_OPEN, sign_in },
  { "GET", "/command/v1/sessions", ENIGM_ROUTE_COMMAND, list_sessions },
  { "DELETE", "/command/v1/session", ENIGM_ROUTE_COMMAND, sign_out },
  { "DELETE", "/command/v1/sessions/{}", ENIGM_ROUTE_COMMAND, delete_session },
  { 0 },
};
