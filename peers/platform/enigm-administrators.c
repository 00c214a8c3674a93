/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who runs the platform for others, with a sign-in of their own: nothing of it is of use where
 * accounts are, and nothing of an account here. In the journal:
 *
 *   32 administrator  [32, time, ID, name, role, sealed password hash, sealed PIN hash]: as it is
 *                     now
 *   33 removed        [33, time, ID] */

#include "enigm-administrators.h"

#include "enigm-audit.h"
#include "enigm-column.h"
#include "enigm-guesses.h"
#include "enigm-journal.h"
#include "enigm-password.h"
#include "enigm-pin.h"

#include "app/protocol/enigm-cbor.h"

#define SHORTEST_NAME 3
#define LONGEST_NAME 32
/* Wrong PINs of an administrator are counted together, wherever they come from. */
#define ANYWHERE "anywhere"
#define CHANGE_ADMINISTRATOR 32
#define CHANGE_REMOVED 33

static const gchar *const roles[] = {
  [ENIGM_ROLE_VIEWER] = "viewer",
  [ENIGM_ROLE_OPERATOR] = "operator",
  [ENIGM_ROLE_OWNER] = "owner",
};

/**
 * enigm_role_name:
 * @role: a role
 *
 * Returns: its name
 */
const gchar *
enigm_role_name (EnigmRole role)
{
  g_return_val_if_fail (role >= ENIGM_ROLE_VIEWER && role <= ENIGM_ROLE_OWNER, NULL);
  return roles[role];
}

/**
 * enigm_role_parse:
 * @name: text from outside
 * @role: (out): the role of that name
 *
 * Returns: whether there is one
 */
gboolean
enigm_role_parse (const gchar *name, EnigmRole *role)
{
  for (*role = ENIGM_ROLE_VIEWER; *role <= ENIGM_ROLE_OWNER; (*role)++)
    if (g_str_equal (roles[*role], name))
      return TRUE;
  return FALSE;
}

/**
 * enigm_administrators_authenticate:
 * @state: the platform
 * @request: a request
 * @token: the token that it brings
 * @error: %ENIGM_PROBLEM_SESSION_ENDED, or the database's
 *
 * Notes in @request who asks: the administrator in place of the account, the session in place of
 * the computer.
 *
 * Returns: whether it is a session's token
 */
gboolean
enigm_administrators_authenticate (EnigmPlatformState *state,
                                   EnigmRequest *request,
                                   GBytes *token,
                                   GError **error)
{
  g_autoptr (EnigmStatement) row = NULL;
  guint8 hash[ENIGM_SHA256_SIZE], id[ENIGM_ID_SIZE], session[ENIGM_ID_SIZE];

  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (token)), hash);
  row = enigm_store_select (state->store, error,
                            "SELECT a.id, s.id, s.expires FROM administrator_sessions s "
                            "JOIN administrators a ON a.id = s.administrator "
                            "WHERE s.token_hash = ?1 AND s.expires > ?2 AND a.removed IS NULL",
                            "bi", hash, sizeof hash, enigm_platform_state_now (state));
  switch (row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR)
    {
    case ENIGM_STEP_ROW:
      enigm_statement_get_id (row, 0, id);
      enigm_statement_get_id (row, 1, session);
      enigm_request_set_who (request, id, session, enigm_statement_get_int64 (row, 2));
      return TRUE;
    case ENIGM_STEP_DONE:
      enigm_problem_set (error, ENIGM_PROBLEM_SESSION_ENDED, NULL, "the session is over");
      return FALSE;
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }
}

/**
 * enigm_administrators_require:
 * @state: the platform
 * @request: a request of an administrator's
 * @role: what it takes
 * @who: (out caller-allocates): who asks
 * @error: %ENIGM_PROBLEM_FORBIDDEN, %ENIGM_PROBLEM_SESSION_ENDED, or the database's
 *
 * Asked when something is done, and not only when it was asked for: role and session may have
 * changed in between.
 *
 * Returns: whether they may
 */
gboolean
enigm_administrators_require (EnigmPlatformState *state,
                              EnigmRequest *request,
                              EnigmRole role,
                              EnigmAdministrator *who,
                              GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error,
    "SELECT a.id, a.role FROM administrator_sessions s JOIN administrators a "
    "ON a.id = s.administrator WHERE s.id = ?1 AND s.expires > ?2 AND a.removed IS NULL",
    "ki", enigm_request_get_computer (request), enigm_platform_state_now (state));

  switch (row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR)
    {
    case ENIGM_STEP_ROW:
      break;
    case ENIGM_STEP_DONE:
      enigm_problem_set (error, ENIGM_PROBLEM_SESSION_ENDED, NULL, "the session is over");
      return FALSE;
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }
  enigm_statement_get_id (row, 0, who->id);
  who->role = (EnigmRole) enigm_statement_get_int64 (row, 1);
  if (who->role >= role)
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_FORBIDDEN, NULL, "that takes the role %s",
                     enigm_role_name (role));
  return FALSE;
}

static gboolean
audit (EnigmPlatformState *state,
       const guint8 *administrator,
       const guint8 *pseudonym,
       const char *did,
       gboolean security,
       GError **error)
{
  g_autofree char *id = enigm_hex_encode (administrator, 4);
  g_autofree char *detail = g_strdup_printf ("administrator %s: %s", id, did);
  EnigmAuditEntry entry = { enigm_platform_state_now (state), pseudonym, "command", detail,
                            security };

  return enigm_audit_append (state->audit, &entry, error);
}

/**
 * enigm_administrators_read_dry_run:
 * @request: a request with a JSON object
 * @dry_run: (out): whether what it asks for is only to be tried out
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: %FALSE if it does not say so in the one way there is
 */
gboolean
enigm_administrators_read_dry_run (EnigmRequest *request, gboolean *dry_run, GError **error)
{
  EnigmObject *object = enigm_request_get_object (request, error);

  *dry_run = FALSE;
  return object != NULL && (!enigm_object_has (object, "dry_run") ||
                            enigm_object_get_boolean (object, "dry_run", dry_run, error));
}

/**
 * enigm_administrators_audit:
 * @state: the platform, in a transaction
 * @administrator: (array fixed-size=16): who did it
 * @did: what, in words that name no one
 * @security: whether it is a security event
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_administrators_audit (EnigmPlatformState *state,
                            const guint8 administrator[ENIGM_ID_SIZE],
                            const char *did,
                            gboolean security,
                            GError **error)
{
  return audit (state, administrator, NULL, did, security, error);
}

/**
 * enigm_administrators_audit_key:
 * @state: the platform, in a transaction
 * @administrator: (array fixed-size=16): who did it
 * @pseudonym: (array fixed-size=32): the key that they did it to
 * @did: what, in words that name no one
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_administrators_audit_key (EnigmPlatformState *state,
                                const guint8 administrator[ENIGM_ID_SIZE],
                                const guint8 pseudonym[ENIGM_PSEUDONYM_SIZE],
                                const char *did,
                                GError **error)
{
  return audit (state, administrator, pseudonym, did, FALSE, error);
}

typedef struct
{
  EnigmPlatformState *state;
  EnigmRequest *request;
  EnigmSecret *pin;
  gchar *guess_name;
  gint64 tries;
  EnigmAdministratorAllowed allowed;
  gpointer user_data;
  GDestroyNotify destroy;
} Asked;

static void
asked_free (Asked *self)
{
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_clear_pointer (&self->request, enigm_request_unref);
  g_clear_pointer (&self->pin, enigm_secret_unref);
  g_free (self->guess_name);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

static gboolean
count_try (Asked *asked, gchar **hash, GError **error)
{
  EnigmPlatformState *state = asked->state;
  const guint8 *session = enigm_request_get_computer (asked->request);
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);
  g_autoptr (EnigmStatement) row = NULL;

  if (transaction == NULL ||
      !enigm_store_run (state->store, error,
                        "UPDATE administrator_sessions SET pin_tries = pin_tries + 1 WHERE id = ?1",
                        "k", session))
    return FALSE;
  row = enigm_store_select (state->store, error,
                            "SELECT s.pin_tries, a.pin FROM administrator_sessions s "
                            "JOIN administrators a ON a.id = s.administrator WHERE s.id = ?1",
                            "k", session);
  switch (row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR)
    {
    case ENIGM_STEP_ROW:
      break;
    case ENIGM_STEP_DONE:
      enigm_problem_set (error, ENIGM_PROBLEM_SESSION_ENDED, NULL, "the session is over");
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

/* Each wrong try is recorded, and the fifth closes the session. */
static void
refuse (Asked *asked)
{
  EnigmPlatformState *state = asked->state;
  const guint8 *session = enigm_request_get_computer (asked->request);
  gboolean close = asked->tries >= ENIGM_PIN_TRIES;
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;

  transaction = enigm_store_begin (state->store, &error);
  if (transaction == NULL ||
      !enigm_administrators_audit (state, enigm_request_get_account (asked->request),
                                   close ? "a wrong PIN, the fifth: session closed" : "a wrong PIN",
                                   TRUE, &error) ||
      (close &&
       !enigm_store_run (state->store, &error, "DELETE FROM administrator_sessions WHERE id = ?1",
                         "k", session)) ||
      !enigm_store_commit (state->store, &error))
    {
      enigm_request_reply_error (asked->request, error);
      return;
    }
  enigm_request_reply_problem (
    asked->request, ENIGM_PROBLEM_PIN_WRONG,
    close ? "the PIN does not fit; the session was closed" : "the PIN does not fit", "pin");
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
  enigm_guesses_forgive (asked->state->guesses, asked->guess_name, ANYWHERE);
  if (!enigm_store_run (asked->state->store, &error,
                        "UPDATE administrator_sessions SET pin_tries = 0 WHERE id = ?1", "k",
                        enigm_request_get_computer (asked->request)))
    enigm_request_reply_error (asked->request, error);
  else
    asked->allowed (asked->state, asked->request, asked->user_data);
}

/**
 * enigm_administrators_ask_pin:
 * @state: the platform
 * @request: a request of an administrator's
 * @pin: the PIN that came with it
 * @allowed: called if it is right; otherwise @request is answered here
 * @user_data: (transfer full): passed to it
 * @destroy: (nullable): frees it
 *
 * Five wrong ones in a row close the session, and each is recorded. Who knows the password opens
 * another; so ten in all, whatever the sessions, have to wait.
 */
void
enigm_administrators_ask_pin (EnigmPlatformState *state,
                              EnigmRequest *request,
                              EnigmSecret *pin,
                              EnigmAdministratorAllowed allowed,
                              gpointer user_data,
                              GDestroyNotify destroy)
{
  g_autoptr (Asked) asked = g_new0 (Asked, 1);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *hash = NULL;
  g_autofree gchar *id = enigm_hex_encode (enigm_request_get_account (request), ENIGM_ID_SIZE);
  gint64 now = enigm_platform_state_now (state), wait;

  asked->state = state;
  asked->request = enigm_request_ref (request);
  asked->pin = enigm_secret_ref (pin);
  asked->allowed = allowed;
  asked->user_data = user_data;
  asked->destroy = destroy;
  asked->guess_name = g_strconcat ("administrator's pin ", id, NULL);
  wait = enigm_guesses_get_wait (state->guesses, asked->guess_name, ANYWHERE, TRUE, now);
  if (wait > 0)
    {
      enigm_request_reply_wait (request, wait, "too many wrong PINs");
      return;
    }
  if (!count_try (asked, &hash, &error))
    enigm_request_reply_error (request, error);
  else if (asked->tries > ENIGM_PIN_TRIES)
    refuse (asked);
  else
    {
      enigm_guesses_count (state->guesses, asked->guess_name, ANYWHERE, now);
      enigm_password_check_async (pin, hash, NULL, on_pin_checked, g_steal_pointer (&asked));
    }
}

static GBytes *
seal (EnigmPlatformState *state,
      const gchar *column,
      const guint8 *id,
      const gchar *hash,
      GError **error)
{
  g_autoptr (EnigmSecret) secret = enigm_secret_new_copy ((const guint8 *) hash, strlen (hash));

  return enigm_column_seal (state->column_key, column, id, secret, error);
}

static void
begin (EnigmPlatformState *state, EnigmCborWriter *writer, guint64 kind, gsize n_items)
{
  enigm_cbor_write_array (writer, 2 + n_items);
  enigm_cbor_write_uint (writer, kind);
  enigm_cbor_write_uint (writer, (guint64) MAX (0, enigm_platform_state_now (state)));
}

static gboolean
note (EnigmPlatformState *state, const guint8 *id, GError **error)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error, "SELECT name, role, password, pin FROM administrators WHERE id = ?1", "k",
    id);
  g_autoptr (GBytes) password = NULL;
  g_autoptr (GBytes) pin = NULL;
  g_autoptr (GBytes) change = NULL;

  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    return FALSE;
  password = seal (state, "administrators.password", id, enigm_statement_get_text (row, 2), error);
  if (password == NULL)
    return FALSE;
  pin = seal (state, "administrators.pin", id, enigm_statement_get_text (row, 3), error);
  if (pin == NULL)
    return FALSE;
  begin (state, &writer, CHANGE_ADMINISTRATOR, 5);
  enigm_cbor_write_bytes (&writer, id, ENIGM_ID_SIZE);
  enigm_cbor_write_text (&writer, enigm_statement_get_text (row, 0));
  enigm_cbor_write_uint (&writer, (guint64) enigm_statement_get_int64 (row, 1));
  enigm_cbor_write_blob (&writer, password);
  enigm_cbor_write_blob (&writer, pin);
  change = enigm_cbor_writer_end (&writer);
  enigm_journal_note (state->journal, change);
  return TRUE;
}

/**
 * enigm_administrators_check_name:
 * @name: text from outside
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: whether an administrator may be called so
 */
gboolean
enigm_administrators_check_name (const gchar *name, GError **error)
{
  if (strlen (name) >= SHORTEST_NAME && strlen (name) <= LONGEST_NAME &&
      name[strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0')
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "name", "3 to 32 of a-z 0-9 . _ -");
  return FALSE;
}

/**
 * enigm_administrators_put:
 * @state: the platform, in a transaction
 * @id: (array fixed-size=16): a new ID
 * @name: a name that enigm_administrators_check_name() took
 * @role: what they may do
 * @password_hash: what crypt(3) made of the password
 * @pin_hash: and of the PIN
 * @error: %ENIGM_PROBLEM_NAME_TAKEN, or the database's
 *
 * Returns: whether there is such an administrator now
 */
gboolean
enigm_administrators_put (EnigmPlatformState *state,
                          const guint8 id[ENIGM_ID_SIZE],
                          const gchar *name,
                          EnigmRole role,
                          const gchar *password_hash,
                          const gchar *pin_hash,
                          GError **error)
{
  g_return_val_if_fail (enigm_store_in_transaction (state->store), FALSE);

  if (!enigm_store_run (state->store, error,
                        "INSERT INTO administrators (id, name, role, password, pin, created) "
                        "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                        "ksissi", id, name, (gint64) role, password_hash, pin_hash,
                        enigm_platform_state_now (state)))
    return FALSE;
  if (enigm_store_get_changes (state->store) == 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_NAME_TAKEN, "name",
                         "an administrator has or had that name");
      return FALSE;
    }
  return note (state, id, error);
}

/* An owner is always left, or nobody could make another. */
static gboolean
check_owner_left (EnigmPlatformState *state, GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error, "SELECT count (*) FROM administrators WHERE role = ?1 AND removed IS NULL",
    "i", (gint64) ENIGM_ROLE_OWNER);

  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    return FALSE;
  if (enigm_statement_get_int64 (row, 0) > 0)
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL, "one owner has to stay");
  return FALSE;
}

static gboolean
check_changed (EnigmPlatformState *state, GError **error)
{
  if (enigm_store_get_changes (state->store) == 1)
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, NULL, "there is no such administrator");
  return FALSE;
}

/**
 * enigm_administrators_set_role:
 * @state: the platform, in a transaction
 * @id: (array fixed-size=16): an administrator
 * @role: what they may do from now on, in sessions that are open as well
 * @error: %ENIGM_PROBLEM_UNKNOWN, %ENIGM_PROBLEM_STATE_FORBIDS, or the database's
 *
 * Returns: whether they may
 */
gboolean
enigm_administrators_set_role (EnigmPlatformState *state,
                               const guint8 id[ENIGM_ID_SIZE],
                               EnigmRole role,
                               GError **error)
{
  g_return_val_if_fail (enigm_store_in_transaction (state->store), FALSE);

  return enigm_store_run (state->store, error,
                          "UPDATE administrators SET role = ?2 WHERE id = ?1 AND removed IS NULL",
                          "ki", id, (gint64) role) &&
         check_changed (state, error) && check_owner_left (state, error) && note (state, id, error);
}

/**
 * enigm_administrators_set_secret:
 * @state: the platform, in a transaction
 * @id: (array fixed-size=16): an administrator
 * @session: (array fixed-size=16): the session that stays open; the others of theirs end
 * @is_pin: whether it is the PIN, and not the password
 * @hash: what crypt(3) made of it
 * @error: %ENIGM_PROBLEM_UNKNOWN, or the database's
 *
 * Returns: whether it is in force
 */
gboolean
enigm_administrators_set_secret (EnigmPlatformState *state,
                                 const guint8 id[ENIGM_ID_SIZE],
                                 const guint8 session[ENIGM_ID_SIZE],
                                 gboolean is_pin,
                                 const gchar *hash,
                                 GError **error)
{
  g_return_val_if_fail (enigm_store_in_transaction (state->store), FALSE);

  return enigm_store_run (
           state->store, error,
           is_pin ? "UPDATE administrators SET pin = ?2 WHERE id = ?1 AND removed IS NULL"
                  : "UPDATE administrators SET password = ?2 WHERE id = ?1 AND removed IS NULL",
           "ks", id, hash) &&
         check_changed (state, error) && note (state, id, error) &&
         enigm_store_run (state->store, error,
                          "DELETE FROM administrator_sessions WHERE administrator = ?1 AND "
                          "id <> ?2",
                          "kk", id, session);
}

/**
 * enigm_administrators_remove:
 * @state: the platform, in a transaction
 * @id: (array fixed-size=16): an administrator
 * @error: %ENIGM_PROBLEM_UNKNOWN, %ENIGM_PROBLEM_STATE_FORBIDS, or the database's
 *
 * Their sessions end with it. The name stays taken: the audit may speak of them.
 *
 * Returns: whether they are removed
 */
gboolean
enigm_administrators_remove (EnigmPlatformState *state,
                             const guint8 id[ENIGM_ID_SIZE],
                             GError **error)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (GBytes) change = NULL;

  g_return_val_if_fail (enigm_store_in_transaction (state->store), FALSE);

  if (!enigm_store_run (state->store, error,
                        "UPDATE administrators SET removed = ?2 WHERE id = ?1 AND removed IS NULL",
                        "ki", id, enigm_platform_state_now (state)) ||
      !check_changed (state, error) || !check_owner_left (state, error) ||
      !enigm_store_run (state->store, error,
                        "DELETE FROM administrator_sessions WHERE administrator = ?1", "k", id) ||
      !enigm_store_run (state->store, error,
                        "DELETE FROM administrator_addresses WHERE administrator = ?1", "k", id))
    return FALSE;
  begin (state, &writer, CHANGE_REMOVED, 1);
  enigm_cbor_write_bytes (&writer, id, ENIGM_ID_SIZE);
  change = enigm_cbor_writer_end (&writer);
  enigm_journal_note (state->journal, change);
  return TRUE;
}
