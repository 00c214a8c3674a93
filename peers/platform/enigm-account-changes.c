/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the journal is told about accounts, computers and contacts, so that a database put back from
 * last week opens no closed computer and tells no removed contact. Each change is an array (see
 * enigm-journal.c); its first element is the kind, its second the time:
 *
 *   16 account    [16, time, account, user name, contact ID, sealed password hash, sealed PIN hash]
 *   17 computer   [17, time, account, computer ID, name, public key]
 *   18 closed     [18, time, computer ID]
 *   19 contacts   [19, time, account, version, array of [row ID, contact ID, account (bytes 0 or
 *                 16), state, reason (text, may be empty), since]]: the whole list as it is now
 *
 *   20 secrets    [20, time, account, sealed password hash, sealed PIN hash]: both as they are now
 *   21 deleted    [21, time, account]: nothing of it stays
 *
 * Hashes are sealed with the platform's column key, bound to the account ID. */

#include "enigm-account-changes.h"

#include "app/protocol/enigm-cbor.h"

#include "enigm-column.h"
#include "enigm-journal.h"

typedef enum
{
  CHANGE_ACCOUNT = 16,
  CHANGE_COMPUTER = 17,
  CHANGE_CLOSED = 18,
  CHANGE_CONTACTS = 19,
  CHANGE_SECRETS = 20,
  CHANGE_DELETED = 21,
} Change;

static void
begin (EnigmPlatformState *state, EnigmCborWriter *writer, Change change, gsize n_items)
{
  enigm_cbor_write_array (writer, 2 + n_items);
  enigm_cbor_write_uint (writer, change);
  enigm_cbor_write_uint (writer, MAX (0, enigm_platform_state_now (state)));
}

static void
note (EnigmPlatformState *state, EnigmCborWriter *writer)
{
  g_autoptr (GBytes) change = enigm_cbor_writer_end (writer);

  enigm_journal_note (state->journal, change);
}

static GBytes *
seal (EnigmPlatformState *state,
      const gchar *column,
      const guint8 *account,
      const gchar *hash,
      GError **error)
{
  g_autoptr (EnigmSecret) secret = enigm_secret_new_copy ((const guint8 *) hash, strlen (hash));

  return enigm_column_seal (state->column_key, column, account, secret, error);
}

/**
 * enigm_account_changes_note_opened:
 * @state: the platform, in a transaction
 * @account: (array fixed-size=16): ID of a new account
 * @user: its user name
 * @contact_id: its contact ID
 * @password_hash: what crypt(3) made of its password
 * @pin_hash: and of its PIN
 * @error: why the hashes could not be sealed
 *
 * Returns: whether the journal will have it
 */
gboolean
enigm_account_changes_note_opened (EnigmPlatformState *state,
                                   const guint8 account[ENIGM_ID_SIZE],
                                   const gchar *user,
                                   const gchar *contact_id,
                                   const gchar *password_hash,
                                   const gchar *pin_hash,
                                   GError **error)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (GBytes) password = NULL;
  g_autoptr (GBytes) pin = NULL;

  password = seal (state, "accounts.password", account, password_hash, error);
  if (password == NULL)
    return FALSE;
  pin = seal (state, "accounts.pin", account, pin_hash, error);
  if (pin == NULL)
    return FALSE;
  begin (state, &writer, CHANGE_ACCOUNT, 5);
  enigm_cbor_write_bytes (&writer, account, ENIGM_ID_SIZE);
  enigm_cbor_write_text (&writer, user);
  enigm_cbor_write_text (&writer, contact_id);
  enigm_cbor_write_blob (&writer, password);
  enigm_cbor_write_blob (&writer, pin);
  note (state, &writer);
  return TRUE;
}

/**
 * enigm_account_changes_note_computer:
 * @state: the platform, in a transaction
 * @account: (array fixed-size=16): ID of an account
 * @computer: (array fixed-size=16): ID of a computer that it opens
 * @name: what its owner calls it
 * @point: (array fixed-size=65): its public key
 */
void
enigm_account_changes_note_computer (EnigmPlatformState *state,
                                     const guint8 account[ENIGM_ID_SIZE],
                                     const guint8 computer[ENIGM_ID_SIZE],
                                     const gchar *name,
                                     const guint8 point[ENIGM_P256_POINT_SIZE])
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  begin (state, &writer, CHANGE_COMPUTER, 4);
  enigm_cbor_write_bytes (&writer, account, ENIGM_ID_SIZE);
  enigm_cbor_write_bytes (&writer, computer, ENIGM_ID_SIZE);
  enigm_cbor_write_text (&writer, name);
  enigm_cbor_write_bytes (&writer, point, ENIGM_P256_POINT_SIZE);
  note (state, &writer);
}

/**
 * enigm_account_changes_note_closed:
 * @state: the platform, in a transaction
 * @computer: (array fixed-size=16): ID of a computer that is closed
 */
void
enigm_account_changes_note_closed (EnigmPlatformState *state, const guint8 computer[ENIGM_ID_SIZE])
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  begin (state, &writer, CHANGE_CLOSED, 1);
  enigm_cbor_write_bytes (&writer, computer, ENIGM_ID_SIZE);
  note (state, &writer);
}

static void
write_contact (EnigmCborWriter *writer, EnigmStatement *row)
{
  guint8 id[ENIGM_ID_SIZE], contact[ENIGM_ID_SIZE];
  const gchar *reason = enigm_statement_get_text (row, 4);

  enigm_statement_get_id (row, 0, id);
  enigm_statement_get_id (row, 2, contact);
  enigm_cbor_write_array (writer, 6);
  enigm_cbor_write_bytes (writer, id, sizeof id);
  enigm_cbor_write_text (writer, enigm_statement_get_text (row, 1));
  enigm_cbor_write_bytes (writer, contact, enigm_statement_is_null (row, 2) ? 0 : sizeof contact);
  enigm_cbor_write_text (writer, enigm_statement_get_text (row, 3));
  enigm_cbor_write_text (writer, reason != NULL ? reason : "");
  enigm_cbor_write_uint (writer, MAX (0, enigm_statement_get_int64 (row, 5)));
}

/**
 * enigm_account_changes_note_contacts:
 * @state: the platform, in a transaction
 * @owner: (array fixed-size=16): ID of an account whose contacts have changed
 * @error: why they could not be read
 *
 * Returns: whether the journal will have them
 */
gboolean
enigm_account_changes_note_contacts (EnigmPlatformState *state,
                                     const guint8 owner[ENIGM_ID_SIZE],
                                     GError **error)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (EnigmStatement) count =
    enigm_store_select (state->store, error,
                        "SELECT contacts_version, (SELECT count (*) FROM contacts WHERE owner = ?1)"
                        " FROM accounts WHERE id = ?1",
                        "k", owner);
  g_autoptr (EnigmStatement) rows = NULL;
  EnigmStep step = ENIGM_STEP_ERROR;

  if (count == NULL || enigm_statement_step (count, error) != ENIGM_STEP_ROW)
    return FALSE;
  begin (state, &writer, CHANGE_CONTACTS, 3);
  enigm_cbor_write_bytes (&writer, owner, ENIGM_ID_SIZE);
  enigm_cbor_write_uint (&writer, MAX (0, enigm_statement_get_int64 (count, 0)));
  enigm_cbor_write_array (&writer, enigm_statement_get_int64 (count, 1));
  rows = enigm_store_select (state->store, error,
                             "SELECT id, contact_id, contact, state, reason, since FROM contacts"
                             " WHERE owner = ?1 ORDER BY position",
                             "k", owner);
  while (rows != NULL && (step = enigm_statement_step (rows, error)) == ENIGM_STEP_ROW)
    write_contact (&writer, rows);
  if (step != ENIGM_STEP_DONE)
    return FALSE;
  note (state, &writer);
  return TRUE;
}

/**
 * enigm_account_changes_note_secrets:
 * @state: the platform, in a transaction
 * @account: (array fixed-size=16): ID of an account whose password or PIN has changed
 * @error: why the hashes could not be read or sealed
 *
 * Returns: whether the journal will have them
 */
gboolean
enigm_account_changes_note_secrets (EnigmPlatformState *state,
                                    const guint8 account[ENIGM_ID_SIZE],
                                    GError **error)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error, "SELECT password, pin FROM accounts WHERE id = ?1", "k", account);
  g_autoptr (GBytes) password = NULL;
  g_autoptr (GBytes) pin = NULL;

  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    return FALSE;
  password = seal (state, "accounts.password", account, enigm_statement_get_text (row, 0), error);
  if (password == NULL)
    return FALSE;
  pin = seal (state, "accounts.pin", account, enigm_statement_get_text (row, 1), error);
  if (pin == NULL)
    return FALSE;
  begin (state, &writer, CHANGE_SECRETS, 3);
  enigm_cbor_write_bytes (&writer, account, ENIGM_ID_SIZE);
  enigm_cbor_write_blob (&writer, password);
  enigm_cbor_write_blob (&writer, pin);
  note (state, &writer);
  return TRUE;
}

/**
 * enigm_account_changes_note_deleted:
 * @state: the platform, in a transaction
 * @account: (array fixed-size=16): ID of an account that is deleted
 */
void
enigm_account_changes_note_deleted (EnigmPlatformState *state, const guint8 account[ENIGM_ID_SIZE])
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  begin (state, &writer, CHANGE_DELETED, 1);
  enigm_cbor_write_bytes (&writer, account, ENIGM_ID_SIZE);
  note (state, &writer);
}
