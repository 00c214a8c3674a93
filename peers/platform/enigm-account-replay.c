/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the journal says of accounts, computers and contacts, done again; see
 * enigm-account-changes.c. */

#include "enigm-account-deletion.h"
#include "enigm-column.h"
#include "enigm-replay.h"

#define SEALED_MAX 1024
#define TEXT_MAX 256
#define CONTACTS_MAX 1000

static gchar *
open_text (EnigmChange *change,
           const gchar *column,
           const guint8 *row,
           GBytes *sealed,
           GError **error)
{
  g_autoptr (EnigmSecret) secret =
    enigm_column_open (change->state->column_key, column, row, sealed, error);
  const guint8 *data;
  gsize size;

  if (secret == NULL)
    return NULL;
  data = enigm_secret_peek (secret, &size);
  return g_strndup ((const gchar *) data, size);
}

/* Reads password and PIN, in the order in which they stand in a change. */
static gboolean
read_secrets (EnigmChange *change,
              const gchar *table,
              const guint8 *account,
              gchar **password,
              gchar **pin,
              GError **error)
{
  g_autoptr (GBytes) sealed_password = NULL;
  g_autoptr (GBytes) sealed_pin = NULL;
  g_autofree gchar *password_column = g_strconcat (table, ".password", NULL);
  g_autofree gchar *pin_column = g_strconcat (table, ".pin", NULL);

  sealed_password = enigm_cbor_read_blob (change->reader, "password", 1, SEALED_MAX);
  sealed_pin = enigm_cbor_read_blob (change->reader, "pin", 1, SEALED_MAX);
  if (!enigm_cbor_reader_ok (change->reader))
    return TRUE;
  *password = open_text (change, password_column, account, sealed_password, error);
  if (*password == NULL)
    return FALSE;
  *pin = open_text (change, pin_column, account, sealed_pin, error);
  return *pin != NULL;
}

static gboolean
replay_account (EnigmChange *change, GError **error)
{
  guint8 account[ENIGM_ID_SIZE];
  g_autofree gchar *user = NULL;
  g_autofree gchar *contact_id = NULL;
  g_autofree gchar *password = NULL;
  g_autofree gchar *pin = NULL;

  enigm_cbor_read_bytes (change->reader, "account", sizeof account, account);
  user = enigm_cbor_read_text (change->reader, "user", 1, TEXT_MAX);
  contact_id = enigm_cbor_read_text (change->reader, "contact ID", 1, TEXT_MAX);
  if (!read_secrets (change, "accounts", account, &password, &pin, error))
    return FALSE;
  return !enigm_cbor_reader_ok (change->reader) ||
         enigm_store_run (change->state->store, error,
                          "INSERT INTO accounts (id, user_name, password, pin, contact_id, created)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                          "kssssi", account, user, password, pin, contact_id, change->time);
}

static gboolean
replay_computer (EnigmChange *change, GError **error)
{
  static const guint8 nowhere[ENIGM_SHA256_SIZE];
  guint8 account[ENIGM_ID_SIZE], computer[ENIGM_ID_SIZE], point[ENIGM_P256_POINT_SIZE];
  g_autofree gchar *name = NULL;

  enigm_cbor_read_bytes (change->reader, "account", sizeof account, account);
  enigm_cbor_read_bytes (change->reader, "computer", sizeof computer, computer);
  name = enigm_cbor_read_text (change->reader, "name", 1, TEXT_MAX);
  enigm_cbor_read_bytes (change->reader, "public key", sizeof point, point);
  /* Where it signed in from is not in the journal: no address is known to it. */
  return !enigm_cbor_reader_ok (change->reader) ||
         enigm_store_run (change->state->store, error,
                          "INSERT INTO computers (id, account, name, public_key, since, last_seen, "
                          "address) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
                          "kksbib", computer, account, name, point, sizeof point, change->time,
                          nowhere, sizeof nowhere);
}

static gboolean
replay_closed (EnigmChange *change, GError **error)
{
  guint8 computer[ENIGM_ID_SIZE];

  enigm_cbor_read_bytes (change->reader, "computer", sizeof computer, computer);
  return !enigm_cbor_reader_ok (change->reader) ||
         enigm_store_run (change->state->store, error,
                          "UPDATE computers SET closed = ?2 WHERE id = ?1 AND closed IS NULL", "ki",
                          computer, change->time);
}

static gboolean
replay_contact (EnigmChange *change, const guint8 *owner, gint64 position, GError **error)
{
  EnigmCborReader *reader = change->reader;
  guint8 id[ENIGM_ID_SIZE];
  g_autofree gchar *contact_id = NULL;
  g_autoptr (GBytes) contact = NULL;
  g_autofree gchar *state = NULL;
  g_autofree gchar *reason = NULL;
  gint64 since;

  enigm_cbor_read_array (reader, "contact", 6);
  enigm_cbor_read_bytes (reader, "ID", sizeof id, id);
  contact_id = enigm_cbor_read_text (reader, "contact ID", 1, TEXT_MAX);
  contact = enigm_cbor_read_blob (reader, "account", 0, ENIGM_ID_SIZE);
  state = enigm_cbor_read_text (reader, "state", 1, TEXT_MAX);
  reason = enigm_cbor_read_text (reader, "reason", 0, TEXT_MAX);
  since = (gint64) enigm_cbor_read_uint (reader, "since", G_MAXINT64);
  return !enigm_cbor_reader_ok (reader) ||
         enigm_store_run (change->state->store, error,
                          "INSERT INTO contacts (id, owner, contact_id, contact, position, state, "
                          "reason, since) VALUES (?1, ?2, ?3, "
                          "(SELECT id FROM accounts WHERE id = ?4), ?5, ?6, NULLIF (?7, ''), ?8)",
                          "kksbissi", id, owner, contact_id, g_bytes_get_data (contact, NULL),
                          g_bytes_get_size (contact), position, state, reason, since);
}

/* Who is no contact any more sees nothing more of the owner's events, and nothing old when listed
 * again. */
static gboolean
replay_contacts (EnigmChange *change, GError **error)
{
  EnigmStore *store = change->state->store;
  guint8 owner[ENIGM_ID_SIZE];
  gint64 version;
  gsize n;

  enigm_cbor_read_bytes (change->reader, "owner", sizeof owner, owner);
  version = (gint64) enigm_cbor_read_uint (change->reader, "version", G_MAXINT64);
  n = enigm_cbor_read_array_between (change->reader, "contacts", 0, CONTACTS_MAX);
  if (!enigm_cbor_reader_ok (change->reader))
    return TRUE;
  if (!enigm_store_run (store, error, "UPDATE accounts SET contacts_version = ?2 WHERE id = ?1",
                        "ki", owner, version) ||
      !enigm_store_run (store, error, "DELETE FROM contacts WHERE owner = ?1", "k", owner))
    return FALSE;
  for (gsize i = 0; i < n && enigm_cbor_reader_ok (change->reader); i++)
    if (!replay_contact (change, owner, (gint64) i, error))
      return FALSE;
  return enigm_store_run (store, error,
                          "UPDATE event_contacts SET removed = ?2 WHERE removed IS NULL AND "
                          "event IN (SELECT id FROM events WHERE account = ?1) AND "
                          "contact NOT IN (SELECT contact FROM contacts WHERE owner = ?1 AND "
                          "state = 'eligible' AND contact IS NOT NULL)",
                          "ki", owner, change->time);
}

static gboolean
replay_secrets (EnigmChange *change, GError **error)
{
  guint8 account[ENIGM_ID_SIZE];
  g_autofree gchar *password = NULL;
  g_autofree gchar *pin = NULL;

  enigm_cbor_read_bytes (change->reader, "account", sizeof account, account);
  if (!read_secrets (change, "accounts", account, &password, &pin, error))
    return FALSE;
  return !enigm_cbor_reader_ok (change->reader) ||
         enigm_store_run (change->state->store, error,
                          "UPDATE accounts SET password = ?2, pin = ?3 WHERE id = ?1", "kss",
                          account, password, pin);
}

static gboolean
replay_deleted (EnigmChange *change, GError **error)
{
  guint8 account[ENIGM_ID_SIZE];

  enigm_cbor_read_bytes (change->reader, "account", sizeof account, account);
  return !enigm_cbor_reader_ok (change->reader) ||
         enigm_account_deletion_erase (change->state, account, error);
}

/* From kind 16 on. */
static const struct
{
  EnigmReplayFunc func;
  gsize n_items;
} kinds[] = {
  { replay_account, 7 },  { replay_computer, 6 }, { replay_closed, 3 },
  { replay_contacts, 5 }, { replay_secrets, 5 },  { replay_deleted, 3 },
};

static gboolean
replay_administrator (EnigmChange *change, GError **error)
{
  guint8 id[ENIGM_ID_SIZE];
  g_autofree gchar *name = NULL;
  g_autofree gchar *password = NULL;
  g_autofree gchar *pin = NULL;
  gint64 role;

  enigm_cbor_read_bytes (change->reader, "ID", sizeof id, id);
  name = enigm_cbor_read_text (change->reader, "name", 1, TEXT_MAX);
  role = (gint64) enigm_cbor_read_uint (change->reader, "role", 3);
  if (!read_secrets (change, "administrators", id, &password, &pin, error))
    return FALSE;
  return !enigm_cbor_reader_ok (change->reader) ||
         enigm_store_run (change->state->store, error,
                          "INSERT INTO administrators (id, name, role, password, pin, created) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET "
                          "role = ?3, password = ?4, pin = ?5",
                          "ksissi", id, name, role, password, pin, change->time);
}

static gboolean
replay_removed (EnigmChange *change, GError **error)
{
  guint8 id[ENIGM_ID_SIZE];

  enigm_cbor_read_bytes (change->reader, "ID", sizeof id, id);
  return !enigm_cbor_reader_ok (change->reader) ||
         enigm_store_run (change->state->store, error,
                          "UPDATE administrators SET removed = ?2 WHERE id = ?1", "ki", id,
                          change->time);
}

#define FIRST_ACCOUNT 16
#define FIRST_ADMINISTRATOR 32

/* From kind 32 on; enigm-administrators.c says what they are. */
static const struct
{
  EnigmReplayFunc func;
  gsize n_items;
} administrator_kinds[] = {
  { replay_administrator, 7 },
  { replay_removed, 3 },
};

/**
 * enigm_account_replay_find:
 * @kind: a kind of change
 * @n_items: (out): how many elements it has
 *
 * Returns: (nullable): what does it again
 */
EnigmReplayFunc
enigm_account_replay_find (guint64 kind, gsize *n_items)
{
  if (kind >= FIRST_ADMINISTRATOR &&
      kind - FIRST_ADMINISTRATOR < G_N_ELEMENTS (administrator_kinds))
    {
      *n_items = administrator_kinds[kind - FIRST_ADMINISTRATOR].n_items;
      return administrator_kinds[kind - FIRST_ADMINISTRATOR].func;
    }
  if (kind < FIRST_ACCOUNT || kind - FIRST_ACCOUNT >= G_N_ELEMENTS (kinds))
    return NULL;
  *n_items = kinds[kind - FIRST_ACCOUNT].n_items;
  return kinds[kind - FIRST_ACCOUNT].func;
}
