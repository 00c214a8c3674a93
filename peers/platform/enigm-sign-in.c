/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-sign-in.h"

#include "enigm-computers.h"
#include "enigm-password.h"
#include "enigm-pin.h"
#include "enigm-sessions.h"

#define USER_MIN 3
#define USER_MAX 64
/* Passwords under way at once; more than that and somebody is only making work. */
#define MAX_WAITING 64

static gboolean
read_user (EnigmSignIn *self, GError **error)
{
  const gchar *user = enigm_request_get_string (self->request, "user", USER_MIN, USER_MAX, error);

  if (user == NULL)
    return FALSE;
  if (user[strspn (user, "abcdefghijklmnopqrstuvwxyz0123456789._-")] != '\0')
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "user", "only a-z 0-9 . _ - are allowed");
      return FALSE;
    }
  self->user = g_strdup (user);
  return TRUE;
}

static gboolean
read_password (EnigmSignIn *self, GError **error)
{
  const gchar *password = enigm_request_get_string (self->request, "password", ENIGM_PASSWORD_MIN,
                                                    ENIGM_PASSWORD_MAX, error);

  if (password == NULL)
    return FALSE;
  self->password = enigm_password_take_text (password);
  return TRUE;
}

static gboolean
read_pin (EnigmSignIn *self, GError **error)
{
  self->pin = enigm_pin_read (self->request, error);
  return self->pin != NULL;
}

static gboolean
read_computer (EnigmSignIn *self, GError **error)
{
  EnigmObject *body = enigm_request_get_object (self->request, error);
  g_autoptr (EnigmObject) computer =
    body != NULL ? enigm_object_get_object (body, "computer", error) : NULL;
  g_autoptr (GBytes) point = NULL;
  const gchar *name;

  if (computer == NULL)
    return FALSE;
  name = enigm_object_get_string (computer, "name", 1, ENIGM_COMPUTER_NAME_MAX, error);
  if (name == NULL)
    return FALSE;
  for (const gchar *at = name; *at != '\0'; at = g_utf8_next_char (at))
    {
      if (!g_unichar_isprint (g_utf8_get_char (at)))
        {
          enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "name", "it cannot be shown");
          return FALSE;
        }
    }
  point = enigm_object_get_bytes (computer, "public_key", ENIGM_P256_POINT_SIZE,
                                  ENIGM_P256_POINT_SIZE, error);
  if (point == NULL || !enigm_object_end (computer, error))
    return FALSE;
  if (!enigm_p256_check_point (g_bytes_get_data (point, NULL), ENIGM_P256_POINT_SIZE, NULL))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "public_key", "not a point on the curve");
      return FALSE;
    }
  self->computer_name = g_strdup (name);
  memcpy (self->computer_point, g_bytes_get_data (point, NULL), ENIGM_P256_POINT_SIZE);
  return TRUE;
}

/**
 * enigm_sign_in_new:
 * @state: the platform
 * @request: what came to POST /v1/accounts or POST /v1/sessions
 * @with_pin: whether it makes an account
 * @error: %ENIGM_PROBLEM_MALFORMED, %ENIGM_PROBLEM_TOO_MANY
 *
 * Returns: (transfer full) (nullable): what it says
 */
EnigmSignIn *
enigm_sign_in_new (EnigmPlatformState *state,
                   EnigmRequest *request,
                   gboolean with_pin,
                   GError **error)
{
  g_autoptr (EnigmSignIn) self = g_new0 (EnigmSignIn, 1);

  self->state = state;
  self->request = enigm_request_ref (request);
  self->address = enigm_request_dup_address (request);
  if (!read_user (self, error) || !read_password (self, error) ||
      (with_pin && !read_pin (self, error)) || !read_computer (self, error) ||
      !enigm_request_end (request, error))
    return NULL;
  if (enigm_password_get_waiting () >= MAX_WAITING)
    {
      enigm_request_set_header (request, "Retry-After", "1");
      enigm_problem_set (error, ENIGM_PROBLEM_TOO_MANY, NULL, "too many people sign in at once");
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * enigm_sign_in_free:
 * @self: (transfer full): a sign-in
 */
void
enigm_sign_in_free (EnigmSignIn *self)
{
  g_clear_pointer (&self->request, enigm_request_unref);
  g_clear_pointer (&self->password, enigm_secret_unref);
  g_clear_pointer (&self->pin, enigm_secret_unref);
  g_free (self->user);
  g_free (self->password_hash);
  g_free (self->pin_hash);
  g_free (self->computer_name);
  g_free (self->address);
  g_free (self);
}

/**
 * enigm_sign_in_reply_wait:
 * @self: a sign-in without an answer
 * @seconds: until a try makes sense
 */
void
enigm_sign_in_reply_wait (EnigmSignIn *self, gint64 seconds)
{
  enigm_request_reply_wait (self->request, seconds,
                            "too many wrong passwords; Retry-After says when to go on");
}

static gboolean
add_account_json (EnigmSignIn *self, JsonBuilder *builder, GError **error)
{
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    self->state->store, error, "SELECT user_name, contact_id, created FROM accounts WHERE id = ?1",
    "k", self->account);

  if (statement == NULL || enigm_statement_step (statement, error) != ENIGM_STEP_ROW)
    return FALSE;
  json_builder_set_member_name (builder, "account");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "user");
  json_builder_add_string_value (builder, enigm_statement_get_text (statement, 0));
  json_builder_set_member_name (builder, "contact_id");
  json_builder_add_string_value (builder, enigm_statement_get_text (statement, 1));
  json_builder_set_member_name (builder, "created");
  json_builder_add_int_value (builder, enigm_statement_get_int64 (statement, 2));
  json_builder_end_object (builder);
  return TRUE;
}

/**
 * enigm_sign_in_finish:
 * @self: a sign-in whose password was right, with its account
 * @error: why it failed
 *
 * Opens the computer, begins a session, commits the open transaction and answers 201.
 *
 * Returns: whether it did
 */
gboolean
enigm_sign_in_finish (EnigmSignIn *self, GError **error)
{
  EnigmPlatformState *state = self->state;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree gchar *token = NULL;
  g_autofree gchar *computer_text = NULL;
  g_autofree gchar *identity =
    enigm_base64url_encode (enigm_p256_key_get_point (state->identity), ENIGM_P256_POINT_SIZE);
  guint8 computer[ENIGM_ID_SIZE];
  gint64 expires;

  if (!enigm_computers_open (state, self->account, self->computer_name, self->computer_point,
                             self->address, computer, error))
    return FALSE;
  token = enigm_sessions_begin (state, computer, &expires, error);
  if (token == NULL)
    return FALSE;
  computer_text = enigm_hex_encode (computer, sizeof computer);

  json_builder_begin_object (builder);
  if (!add_account_json (self, builder, error))
    return FALSE;
  json_builder_set_member_name (builder, "computer");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "id");
  json_builder_add_string_value (builder, computer_text);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, self->computer_name);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "session");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "token");
  json_builder_add_string_value (builder, token);
  json_builder_set_member_name (builder, "expires");
  json_builder_add_int_value (builder, expires);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "identity");
  json_builder_add_string_value (builder, identity);
  json_builder_end_object (builder);

  if (!enigm_store_commit (state->store, error))
    return FALSE;
  enigm_request_reply_json (self->request, SOUP_STATUS_CREATED, json_builder_get_root (builder));
  return TRUE;
}
