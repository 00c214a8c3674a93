/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The six digits that stand before what changes much at once or cannot be undone. Somebody at an
 * unlocked computer gets five tries; then it is closed, and only the password opens another. */

#include "enigm-pin.h"

#include "enigm-account-audit.h"
#include "enigm-computers.h"
#include "enigm-guesses.h"
#include "enigm-password.h"

typedef struct
{
  EnigmPlatformState *state;
  EnigmRequest *request;
  EnigmSecret *pin;
  gchar *name;
  gchar *address;
  gint64 tries;
  EnigmPinAllowed allowed;
  gpointer user_data;
} Asked;

static void
asked_free (Asked *self)
{
  g_clear_pointer (&self->request, enigm_request_unref);
  g_clear_pointer (&self->pin, enigm_secret_unref);
  g_free (self->name);
  g_free (self->address);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

/**
 * enigm_pin_read_member:
 * @request: a request with a JSON object
 * @name: the member that is a PIN
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: (transfer full) (nullable): the six digits, as enigm_password_take_text() gives them
 */
EnigmSecret *
enigm_pin_read_member (EnigmRequest *request, const gchar *name, GError **error)
{
  const gchar *pin =
    enigm_request_get_string (request, name, ENIGM_PIN_DIGITS, ENIGM_PIN_DIGITS, error);

  if (pin == NULL)
    return NULL;
  if (strspn (pin, "0123456789") == ENIGM_PIN_DIGITS)
    return enigm_password_take_text (pin);
  enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, name, "it is not six digits");
  return NULL;
}

/**
 * enigm_pin_read:
 * @request: a request whose JSON has a `pin`
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: (transfer full) (nullable): the six digits, as enigm_password_take_text() gives them
 */
EnigmSecret *
enigm_pin_read (EnigmRequest *request, GError **error)
{
  return enigm_pin_read_member (request, "pin", error);
}

/* A try counts before its outcome is known, so that many at once gain nothing. */
static gboolean
count_try (Asked *asked, gchar **hash, GError **error)
{
  EnigmPlatformState *state = asked->state;
  const guint8 *computer = enigm_request_get_computer (asked->request);
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);
  g_autoptr (EnigmStatement) row = NULL;

  if (transaction == NULL || !enigm_store_run (state->store, error,
                                               "UPDATE computers SET pin_tries = pin_tries + 1 "
                                               "WHERE id = ?1 AND closed IS NULL",
                                               "k", computer))
    return FALSE;
  row = enigm_store_select (state->store, error,
                            "SELECT c.pin_tries, a.pin FROM computers c "
                            "JOIN accounts a ON a.id = c.account "
                            "WHERE c.id = ?1 AND c.closed IS NULL",
                            "k", computer);
  switch (row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR)
    {
    case ENIGM_STEP_ROW:
      break;
    case ENIGM_STEP_DONE:
      enigm_problem_set (error, ENIGM_PROBLEM_SESSION_ENDED, NULL, "the computer was closed");
      return FALSE;
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }
  asked->tries = enigm_statement_get_int64 (row, 0);
  *hash = g_strdup (enigm_statement_get_text (row, 1));
  g_clear_pointer (&row, enigm_statement_free);
  return enigm_store_commit (state->store, error);
}

static gboolean
close_computer (Asked *asked, GError **error)
{
  EnigmPlatformState *state = asked->state;
  const guint8 *account = enigm_request_get_account (asked->request);
  const guint8 *computer = enigm_request_get_computer (asked->request);
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);
  g_autoptr (GError) closed = NULL;

  if (transaction == NULL)
    return FALSE;
  /* Another wrong try of the same moment may have closed it. */
  if (!enigm_computers_close (state, account, computer, &closed))
    {
      if (g_error_matches (closed, ENIGM_PROBLEM, ENIGM_PROBLEM_UNKNOWN))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&closed));
      return FALSE;
    }
  return enigm_account_audit (state, account, "pin", "five wrong PINs closed a computer", error) &&
         enigm_store_commit (state->store, error);
}

static void
refuse (Asked *asked)
{
  g_autoptr (GError) error = NULL;

  if (asked->tries >= ENIGM_PIN_TRIES && !close_computer (asked, &error))
    {
      enigm_request_reply_error (asked->request, error);
      return;
    }
  if (asked->tries >= ENIGM_PIN_TRIES)
    enigm_problem_set (&error, ENIGM_PROBLEM_PIN_WRONG, "pin",
                       "the PIN does not fit; the computer was closed");
  else
    enigm_problem_set (&error, ENIGM_PROBLEM_PIN_WRONG, "pin",
                       "the PIN does not fit; tries left: %d",
                       (gint) (ENIGM_PIN_TRIES - asked->tries));
  enigm_request_reply_error (asked->request, error);
}

/* Right, unless the computer was closed while the PIN was looked at. */
static gboolean
take (Asked *asked, GError **error)
{
  EnigmPlatformState *state = asked->state;

  if (!enigm_store_run (state->store, error,
                        "UPDATE computers SET pin_tries = 0 WHERE id = ?1 AND closed IS NULL", "k",
                        enigm_request_get_computer (asked->request)))
    return FALSE;
  if (enigm_store_get_changes (state->store) == 1)
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_SESSION_ENDED, NULL, "the computer was closed");
  return FALSE;
}

static void
on_pin_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asked) asked = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_password_check_finish (result, &error))
    {
      if (error == NULL)
        refuse (asked);
      else
        enigm_request_reply_error (asked->request, error);
      return;
    }
  enigm_guesses_forgive (asked->state->guesses, asked->name, asked->address);
  if (!take (asked, &error))
    enigm_request_reply_error (asked->request, error);
  else
    asked->allowed (asked->state, asked->request, asked->user_data);
}

/**
 * enigm_pin_ask:
 * @state: the platform
 * @request: a signed request whose JSON has a `pin`, and nothing that was not read yet
 * @allowed: called if it is right; otherwise @request is answered here
 * @user_data: passed to it
 *
 * Reads the PIN and compares it with the account's. Five wrong ones in a row close the computer
 * that asks: its session, and its right to renew one. Besides, tries at an account are slowed like
 * passwords, from one address and from all.
 */
void
enigm_pin_ask (EnigmPlatformState *state,
               EnigmRequest *request,
               EnigmPinAllowed allowed,
               gpointer user_data)
{
  g_autoptr (Asked) asked = g_new0 (Asked, 1);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *id = enigm_hex_encode (enigm_request_get_account (request), ENIGM_ID_SIZE);
  g_autofree gchar *hash = NULL;
  EnigmSecret *pin;
  gint64 now = enigm_platform_state_now (state), wait;
  gint known;

  asked->state = state;
  asked->request = enigm_request_ref (request);
  asked->allowed = allowed;
  asked->user_data = user_data;
  asked->address = enigm_request_dup_address (request);
  asked->name = g_strconcat ("pin ", id, NULL);
  asked->pin = enigm_pin_read (request, &error);
  if (asked->pin == NULL || !enigm_request_end (request, &error) ||
      (known = enigm_computers_knows_address (state, enigm_request_get_account (request),
                                              asked->address, &error)) < 0)
    {
      enigm_request_reply_error (request, error);
      return;
    }
  wait = enigm_guesses_get_wait (state->guesses, asked->name, asked->address, known == 1, now);
  if (wait > 0)
    {
      enigm_request_reply_wait (request, wait, "too many wrong PINs");
      return;
    }
  if (!count_try (asked, &hash, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  if (asked->tries > ENIGM_PIN_TRIES)
    {
      refuse (asked);
      return;
    }
  enigm_guesses_count (state->guesses, asked->name, asked->address, now);
  pin = asked->pin;
  enigm_password_check_async (pin, hash, NULL, on_pin_checked, g_steal_pointer (&asked));
}
