/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Administrators change their own password and PIN: whoever added them chose the first ones. The
 * one in force has to be known, and every other session of theirs ends. */

#include "enigm-administrators.h"
#include "enigm-guesses.h"
#include "enigm-password.h"
#include "enigm-pin.h"
#include "enigm-router.h"

typedef struct
{
  EnigmPlatformState *state;
  EnigmRequest *request;
  gboolean is_pin;
  gboolean dry_run;
  EnigmSecret *old_secret;
  EnigmSecret *new_secret;
  gchar *guess_name;
  gchar *place;
  gchar *before;
} Change;

static void
change_clear (gpointer data)
{
  Change *self = data;

  g_clear_pointer (&self->request, enigm_request_unref);
  g_clear_pointer (&self->old_secret, enigm_secret_unref);
  g_clear_pointer (&self->new_secret, enigm_secret_unref);
  g_free (self->guess_name);
  g_free (self->place);
  g_free (self->before);
}

static void
change_unref (Change *self)
{
  g_rc_box_release_full (self, change_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Change, change_unref)

/* The session may have ended while the hash was made. */
static gboolean
store (Change *change, const gchar *hash, GError **error)
{
  EnigmPlatformState *state = change->state;
  const guint8 *session = enigm_request_get_computer (change->request);
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);
  EnigmAdministrator who;

  return transaction != NULL &&
         enigm_administrators_require (state, change->request, ENIGM_ROLE_VIEWER, &who, error) &&
         enigm_administrators_set_secret (state, who.id, session, change->is_pin, hash, error) &&
         enigm_administrators_audit (state, who.id,
                                     change->is_pin ? "changed their PIN; other sessions closed"
                                                    : "changed their password; other sessions "
                                                      "closed",
                                     FALSE, error) &&
         enigm_store_commit (state->store, error);
}

static void
on_secret_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Change) change = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *hash = enigm_password_hash_finish (result, &error);

  if (hash == NULL || !store (change, hash, &error))
    enigm_request_reply_error (change->request, error);
  else
    enigm_request_reply_nothing (change->request);
}

/* The one in force was right. */
static void
go_on (Change *change)
{
  if (change->dry_run)
    enigm_request_reply_nothing (change->request);
  else
    enigm_password_hash_async (change->new_secret, NULL, on_secret_hashed,
                               g_rc_box_acquire (change));
}

static void
on_pin_right (EnigmPlatformState *state, EnigmRequest *request, gpointer user_data)
{
  go_on (user_data);
}

static gboolean
note_wrong (Change *change, GError **error)
{
  EnigmPlatformState *state = change->state;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);

  return transaction != NULL &&
         enigm_administrators_audit (state, enigm_request_get_account (change->request),
                                     "a wrong password, to change it", TRUE, error) &&
         enigm_store_commit (state->store, error);
}

static void
on_password_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Change) change = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_password_check_finish (result, &error))
    {
      if (error == NULL && note_wrong (change, &error))
        enigm_problem_set (&error, ENIGM_PROBLEM_SIGN_IN_WRONG, "password", "it does not fit");
      enigm_request_reply_error (change->request, error);
      return;
    }
  enigm_guesses_forgive (change->state->guesses, change->guess_name, change->place);
  go_on (change);
}

static EnigmSecret *
read_password (EnigmRequest *request, const gchar *name, GError **error)
{
  const gchar *text =
    enigm_request_get_string (request, name, ENIGM_PASSWORD_MIN, ENIGM_PASSWORD_MAX, error);

  return text != NULL ? enigm_password_take_text (text) : NULL;
}

static gboolean
read_change (Change *change, GError **error)
{
  EnigmRequest *request = change->request;

  change->old_secret =
    change->is_pin ? enigm_pin_read (request, error) : read_password (request, "password", error);
  if (change->old_secret == NULL)
    return FALSE;
  change->new_secret = change->is_pin ? enigm_pin_read_member (request, "new_pin", error)
                                      : read_password (request, "new_password", error);
  return change->new_secret != NULL &&
         enigm_administrators_read_dry_run (request, &change->dry_run, error) &&
         enigm_request_end (request, error);
}

static gboolean
read_administrator (Change *change, const EnigmAdministrator *who, GError **error)
{
  g_autoptr (EnigmStatement) row =
    enigm_store_select (change->state->store, error,
                        "SELECT name, password FROM administrators WHERE id = ?1", "k", who->id);

  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    return FALSE;
  change->guess_name = g_strconcat ("administrator ", enigm_statement_get_text (row, 0), NULL);
  change->before = g_strdup (enigm_statement_get_text (row, 1));
  return TRUE;
}

/* The same count as at sign-in: a session is no way around it. */
static void
check_password (Change *change)
{
  EnigmPlatformState *state = change->state;
  gint64 now = enigm_platform_state_now (state);
  gint64 wait =
    enigm_guesses_get_wait (state->guesses, change->guess_name, change->place, TRUE, now);

  if (wait > 0)
    {
      enigm_request_reply_wait (change->request, wait, "too many wrong passwords");
      return;
    }
  enigm_guesses_count (state->guesses, change->guess_name, change->place, now);
  enigm_password_check_async (change->old_secret, change->before, NULL, on_password_checked,
                              g_rc_box_acquire (change));
}

static void
start (EnigmPlatformState *state, EnigmRequest *request, gboolean is_pin)
{
  g_autoptr (Change) change = g_rc_box_new0 (Change);
  g_autoptr (GError) error = NULL;
  EnigmAdministrator who;

  change->state = state;
  change->request = enigm_request_ref (request);
  change->is_pin = is_pin;
  /* What strangers try does not count against a session; only the password opens one. */
  change->place = enigm_guesses_dup_computer (enigm_request_get_computer (request));
  if (!enigm_administrators_require (state, request, ENIGM_ROLE_VIEWER, &who, &error) ||
      !read_change (change, &error) || !read_administrator (change, &who, &error))
    enigm_request_reply_error (request, error);
  else if (is_pin)
    enigm_administrators_ask_pin (state, request, change->old_secret, on_pin_right,
                                  g_rc_box_acquire (change), (GDestroyNotify) change_unref);
  else
    check_password (change);
}

static void
change_password (EnigmPlatformState *state, EnigmRequest *request)
{
  start (state, request, FALSE);
}

static void
change_pin (EnigmPlatformState *state, EnigmRequest *request)
{
  start (state, request, TRUE);
}

const EnigmRoute enigm_command_secrets_routes[] = {
  { "POST", "/command/v1/administrator/password", ENIGM_ROUTE_COMMAND, change_password },
  { "POST", "/command/v1/administrator/pin", ENIGM_ROUTE_COMMAND, change_pin },
  { 0 },
};
