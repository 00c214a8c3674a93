/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Changing the password, or the PIN: both need the password that is in force. */

#include "enigm-account-audit.h"
#include "enigm-account-changes.h"
#include "enigm-computers.h"
#include "enigm-guesses.h"
#include "enigm-password.h"
#include "enigm-pin.h"
#include "enigm-router.h"

typedef struct
{
  EnigmPlatformState *state;
  EnigmRequest *request;
  gboolean is_pin;
  EnigmSecret *password;
  /* What is to be in force from now on. */
  EnigmSecret *secret;
  gchar *user;
  gchar *place;
  /* The hash that was compared: if it is another one by the end, somebody was faster. */
  gchar *before;
} Change;

static void
change_free (Change *self)
{
  g_clear_pointer (&self->request, enigm_request_unref);
  g_clear_pointer (&self->password, enigm_secret_unref);
  g_clear_pointer (&self->secret, enigm_secret_unref);
  g_free (self->user);
  g_free (self->place);
  g_free (self->before);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Change, change_free)

static gboolean
store (Change *change, const gchar *hash, GError **error)
{
  EnigmPlatformState *state = change->state;
  const guint8 *account = enigm_request_get_account (change->request);
  const guint8 *computer = enigm_request_get_computer (change->request);
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);

  if (transaction == NULL ||
      !enigm_store_run (state->store, error,
                        change->is_pin
                          ? "UPDATE accounts SET pin = ?1 WHERE id = ?2 AND password = ?3 AND "
                            "EXISTS (SELECT 1 FROM computers WHERE id = ?4 AND closed IS NULL)"
                          : "UPDATE accounts SET password = ?1 WHERE id = ?2 AND password = ?3 AND "
                            "EXISTS (SELECT 1 FROM computers WHERE id = ?4 AND closed IS NULL)",
                        "sksk", hash, account, change->before, computer))
    return FALSE;
  if (enigm_store_get_changes (state->store) == 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_SIGN_IN_WRONG, "password",
                         "the password was changed in the meantime, or the computer closed");
      return FALSE;
    }
  return enigm_account_changes_note_secrets (state, account, error) &&
         enigm_account_audit (state, account, "account",
                              change->is_pin ? "PIN changed" : "password changed", error) &&
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

static void
on_password_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Change) change = user_data;
  g_autoptr (GError) error = NULL;
  EnigmSecret *secret = change->secret;

  if (!enigm_password_check_finish (result, &error))
    {
      if (error == NULL)
        enigm_problem_set (&error, ENIGM_PROBLEM_SIGN_IN_WRONG, "password", "it does not fit");
      enigm_request_reply_error (change->request, error);
      return;
    }
  enigm_guesses_forgive (change->state->guesses, change->user, change->place);
  enigm_password_hash_async (secret, NULL, on_secret_hashed, g_steal_pointer (&change));
}

static gboolean
read_change (Change *change, GError **error)
{
  EnigmRequest *request = change->request;
  const gchar *password, *wanted;

  password =
    enigm_request_get_string (request, "password", ENIGM_PASSWORD_MIN, ENIGM_PASSWORD_MAX, error);
  if (password == NULL)
    return FALSE;
  change->password = enigm_password_take_text (password);
  if (change->is_pin)
    change->secret = enigm_pin_read (request, error);
  else
    {
      wanted = enigm_request_get_string (request, "new_password", ENIGM_PASSWORD_MIN,
                                         ENIGM_PASSWORD_MAX, error);
      change->secret = wanted != NULL ? enigm_password_take_text (wanted) : NULL;
    }
  return change->secret != NULL && enigm_request_end (request, error);
}

static gboolean
read_account (Change *change, GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    change->state->store, error, "SELECT user_name, password FROM accounts WHERE id = ?1", "k",
    enigm_request_get_account (change->request));

  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    return FALSE;
  change->user = g_strdup (enigm_statement_get_text (row, 0));
  change->before = g_strdup (enigm_statement_get_text (row, 1));
  return TRUE;
}

static void
start (EnigmPlatformState *state, EnigmRequest *request, gboolean is_pin)
{
  g_autoptr (Change) change = g_new0 (Change, 1);
  g_autoptr (GError) error = NULL;
  gint64 now = enigm_platform_state_now (state), wait;
  EnigmSecret *password;
  gchar *hash;

  change->state = state;
  change->request = enigm_request_ref (request);
  change->is_pin = is_pin;
  if (!read_change (change, &error) || !read_account (change, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  /* The request is signed, so that what strangers try elsewhere, or at this address, does not count
   * against it: each computer has tries of its own, and only the password opens another. */
  change->place = enigm_guesses_dup_computer (enigm_request_get_computer (request));
  wait = enigm_guesses_get_wait (state->guesses, change->user, change->place, TRUE, now);
  if (wait > 0)
    {
      enigm_request_reply_wait (request, wait, "too many wrong passwords");
      return;
    }
  enigm_guesses_count (state->guesses, change->user, change->place, now);
  password = change->password;
  hash = change->before;
  enigm_password_check_async (password, hash, NULL, on_password_checked, g_steal_pointer (&change));
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

const EnigmRoute enigm_account_secrets_routes[] = {
  { "POST", "/v1/account/password", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, change_password },
  { "POST", "/v1/account/pin", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, change_pin },
  { 0 },
};
