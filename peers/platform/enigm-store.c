/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <unistd.h>

#include "enigm-platform-resources.h"

/* What PRAGMA user_version says of a database with today's tables. */
#define SCHEMA_VERSION 4

/* What makes a database of a version into one of the next; those before the first are of no use. */
#define FIRST_UPGRADE 2
static const gchar *const upgrades[] = {
  [2 - FIRST_UPGRADE] =
    "CREATE INDEX bindings_by_pseudonym ON bindings (pseudonym);"
    "CREATE INDEX bindings_by_replaces ON bindings (replaces) WHERE replaces IS NOT NULL;",
  [3 - FIRST_UPGRADE] = "CREATE TABLE administrator_addresses ("
                        "  administrator BLOB NOT NULL REFERENCES administrators (id),"
                        "  address BLOB NOT NULL CHECK (length (address) = 32),"
                        "  seen INTEGER NOT NULL,"
                        "  PRIMARY KEY (administrator, address)"
                        ") STRICT, WITHOUT ROWID;",
};
G_STATIC_ASSERT (G_N_ELEMENTS (upgrades) == SCHEMA_VERSION - FIRST_UPGRADE);

/* How long a writer waits for another process. */
#define BUSY_MILLISECONDS 2000

/* The tables, in the order in which they refer to each other. */
static const gchar *const schemas[] = {
  "/io/enigm/Platform/schema.sql",
  "/io/enigm/Platform/schema-keys.sql",
};

typedef struct
{
  EnigmStoreFinished func;
  gpointer user_data;
} Finished;

struct _EnigmStore
{
  sqlite3 *db;
  /* Idle statements by their text: each is compiled once. */
  GHashTable *idle;
  EnigmStoreCommitting committing;
  gpointer committing_data;
  GArray *finished;
  gboolean in_transaction;
};

struct _EnigmStatement
{
  EnigmStore *store;
  sqlite3_stmt *stmt;
};

static void
set_error (EnigmStore *self, const gchar *what, GError **error)
{
  g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "database: %s: %s", what,
               sqlite3_errmsg (self->db));
}

/* Statements are long and begin alike: their ends tell them apart. */
static guint
hash_statement (gconstpointer sql)
{
  gsize length = strlen (sql);

  return g_str_hash ((const gchar *) sql + (length > 32 ? length - 32 : 0));
}

static void
finalize_statement (gpointer stmt)
{
  sqlite3_finalize (stmt);
}

static gboolean
execute (EnigmStore *self, const gchar *sql, GError **error)
{
  if (sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  set_error (self, "execute", error);
  return FALSE;
}

static void
call_finished (EnigmStore *self, gboolean committed)
{
  for (guint i = 0; i < self->finished->len; i++)
    {
      const Finished *finished = &g_array_index (self->finished, Finished, i);

      finished->func (committed, finished->user_data);
    }
}

static gboolean
make_tables (EnigmStore *self, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemas); i++)
    {
      g_autoptr (GBytes) sql = g_resource_lookup_data (enigm_platform_get_resource (), schemas[i],
                                                       G_RESOURCE_LOOKUP_FLAGS_NONE, error);

      /* The bytes of a resource end with a zero that is not counted. */
      if (sql == NULL || !execute (self, g_bytes_get_data (sql, NULL), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
upgrade (EnigmStore *self, gint64 version, GError **error)
{
  if (version < FIRST_UPGRADE || version > SCHEMA_VERSION)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                   "database: version %" G_GINT64_FORMAT " is of another enigm-platform", version);
      return FALSE;
    }
  for (; version < SCHEMA_VERSION; version++)
    if (!execute (self, upgrades[version - FIRST_UPGRADE], error))
      return FALSE;
  return TRUE;
}

static gboolean
ensure_schema (EnigmStore *self, GError **error)
{
  g_autoptr (EnigmTransaction) transaction = NULL;
  gint64 version;

  transaction = enigm_store_begin (self, error);
  if (transaction == NULL)
    return FALSE;
  {
    g_autoptr (EnigmStatement) statement = enigm_store_prepare (self, "PRAGMA user_version", error);

    if (statement == NULL || enigm_statement_step (statement, error) != ENIGM_STEP_ROW)
      return FALSE;
    version = enigm_statement_get_int64 (statement, 0);
  }
  if (version == SCHEMA_VERSION)
    return TRUE;
  return (version == 0 ? make_tables (self, error) : upgrade (self, version, error)) &&
         execute (self, "PRAGMA user_version = " G_STRINGIFY (SCHEMA_VERSION), error) &&
         enigm_store_commit (self, error);
}

/**
 * enigm_store_open:
 * @path: where the database is, or is made
 * @error: why it cannot be used
 *
 * Returns: (transfer full) (nullable): the database, with all its tables
 */
EnigmStore *
enigm_store_open (const gchar *path, GError **error)
{
  g_autoptr (EnigmStore) self = g_new0 (EnigmStore, 1);
  int fd;

  g_return_val_if_fail (path != NULL, NULL);

  self->idle = g_hash_table_new_full (hash_statement, g_str_equal, NULL, finalize_statement);
  self->finished = g_array_new (FALSE, FALSE, sizeof (Finished));
  /* SQLite gives its other files the mode of this one. */
  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "database: open %s: %s", path,
                   g_strerror (errno));
      return NULL;
    }
  close (fd);
  if (sqlite3_open_v2 (path, &self->db,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                         SQLITE_OPEN_NOFOLLOW,
                       NULL) != SQLITE_OK)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "database: open %s: %s", path,
                   self->db != NULL ? sqlite3_errmsg (self->db) : "out of memory");
      return NULL;
    }
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_busy_timeout (self->db, BUSY_MILLISECONDS);
  if (!execute (self,
                "PRAGMA journal_mode = WAL;"
                "PRAGMA synchronous = FULL;"
                "PRAGMA foreign_keys = ON;"
                "PRAGMA secure_delete = ON;"
                "PRAGMA trusted_schema = OFF;"
                /* In KiB: the branches of every index with a million keys. */
                "PRAGMA cache_size = -65536;",
                error) ||
      !ensure_schema (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * enigm_store_free:
 * @self: (transfer full): a store without a transaction
 */
void
enigm_store_free (EnigmStore *self)
{
  g_return_if_fail (!self->in_transaction);

  g_clear_pointer (&self->idle, g_hash_table_unref);
  g_clear_pointer (&self->finished, g_array_unref);
  if (self->db != NULL && sqlite3_close (self->db) != SQLITE_OK)
    g_critical ("database: a statement is still open");
  g_free (self);
}

/**
 * enigm_store_begin:
 * @self: a store
 * @error: why it failed
 *
 * Begins the one transaction, as a writer: what is read in it stays true until it is committed.
 *
 * Returns: (transfer full) (nullable): hold it in a g_autoptr(EnigmTransaction): leaving the scope
 *   before enigm_store_commit() rolls back
 */
EnigmTransaction *
enigm_store_begin (EnigmStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL && !self->in_transaction, NULL);

  if (!enigm_store_run (self, error, "BEGIN IMMEDIATE", ""))
    return NULL;
  self->in_transaction = TRUE;
  return self;
}

/**
 * enigm_store_commit:
 * @self: a store with a transaction
 * @error: why it failed
 *
 * Returns: whether all of it is on disk; if not, none of it is
 */
gboolean
enigm_store_commit (EnigmStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->in_transaction, FALSE);

  if ((self->committing != NULL && !self->committing (self->committing_data, error)) ||
      !enigm_store_run (self, error, "COMMIT", ""))
    {
      enigm_store_rollback (self);
      return FALSE;
    }
  self->in_transaction = FALSE;
  call_finished (self, TRUE);
  return TRUE;
}

/**
 * enigm_store_rollback:
 * @self: a store
 *
 * Undoes what was done since enigm_store_begin(). Without a transaction it does nothing.
 */
void
enigm_store_rollback (EnigmStore *self)
{
  g_return_if_fail (self != NULL);

  if (!self->in_transaction)
    return;
  /* After some failures, a full disk among them, SQLite has rolled back already. */
  if (!sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  self->in_transaction = FALSE;
  call_finished (self, FALSE);
}

/**
 * enigm_store_in_transaction:
 * @self: a store
 *
 * Returns: whether a transaction is open
 */
gboolean
enigm_store_in_transaction (EnigmStore *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->in_transaction;
}

/**
 * enigm_store_set_committing:
 * @self: a store
 * @committing: (nullable): called before each transaction is committed
 * @user_data: passed to it; it must outlive the store's last transaction
 *
 * For what has to be safe elsewhere before the database says that it is true. There is one.
 */
void
enigm_store_set_committing (EnigmStore *self, EnigmStoreCommitting committing, gpointer user_data)
{
  g_return_if_fail (self != NULL);

  self->committing = committing;
  self->committing_data = user_data;
}

/**
 * enigm_store_add_finished:
 * @self: a store
 * @finished: called after each transaction
 * @user_data: passed to it; it must outlive the store's last transaction
 *
 * For what may only be told to others once it is true.
 */
void
enigm_store_add_finished (EnigmStore *self, EnigmStoreFinished finished, gpointer user_data)
{
  Finished entry = { finished, user_data };

  g_return_if_fail (self != NULL && finished != NULL);
  g_array_append_val (self->finished, entry);
}

/**
 * enigm_store_settle:
 * @self: a store without a transaction
 * @error: why it failed
 *
 * Brings the database file up to date and empties the log beside it, so that what was deleted is on
 * the disk no more: SQLite overwrites it in the file, and the log has older pages.
 *
 * Nobody is waited for: who reads in another process is done some time.
 *
 * Returns: %FALSE if the database failed, or somebody else reads what was there before
 */
gboolean
enigm_store_settle (EnigmStore *self, GError **error)
{
  g_autoptr (EnigmStatement) statement = NULL;
  EnigmStep step;

  g_return_val_if_fail (self != NULL && !self->in_transaction, FALSE);

  statement = enigm_store_prepare (self, "PRAGMA wal_checkpoint (TRUNCATE)", error);
  if (statement == NULL)
    return FALSE;
  sqlite3_busy_timeout (self->db, 0);
  step = enigm_statement_step (statement, error);
  sqlite3_busy_timeout (self->db, BUSY_MILLISECONDS);
  if (step != ENIGM_STEP_ROW)
    return FALSE;
  if (enigm_statement_get_int64 (statement, 0) == 0)
    return TRUE;
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                       "database: somebody else is reading it");
  return FALSE;
}

/**
 * enigm_store_prepare:
 * @self: a store
 * @sql: one statement, with `?1`, `?2`… for its parameters
 * @error: why it failed
 *
 * Returns: (transfer full) (nullable): the statement, to bind and step
 */
EnigmStatement *
enigm_store_prepare (EnigmStore *self, const gchar *sql, GError **error)
{
  EnigmStatement *statement;
  sqlite3_stmt *stmt = NULL;
  gpointer key, value;

  g_return_val_if_fail (self != NULL && sql != NULL, NULL);

  if (g_hash_table_steal_extended (self->idle, sql, &key, &value))
    stmt = value;
  else if (sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) !=
           SQLITE_OK)
    {
      set_error (self, sql, error);
      return NULL;
    }
  statement = g_new0 (EnigmStatement, 1);
  statement->store = self;
  statement->stmt = stmt;
  return statement;
}

static void
bind_all (EnigmStatement *statement, const gchar *types, va_list *args)
{
  gint parameter = 1;

  for (const gchar *type = types; *type != '\0'; type++, parameter++)
    {
      switch (*type)
        {
        case 'i':
          enigm_statement_bind_int64 (statement, parameter, va_arg (*args, gint64));
          break;
        case 's':
          enigm_statement_bind_text (statement, parameter, va_arg (*args, const gchar *));
          break;
        case 'k':
          enigm_statement_bind_id (statement, parameter, va_arg (*args, const guint8 *));
          break;
        case 'b':
          {
            gconstpointer data = va_arg (*args, gconstpointer);

            enigm_statement_bind_blob (statement, parameter, data, va_arg (*args, gsize));
            break;
          }
        default:
          g_assert_not_reached ();
        }
    }
}

/**
 * enigm_store_select:
 * @self: a store
 * @error: why it failed
 * @sql: one statement
 * @types: a letter for each parameter: `i` a #gint64, `s` text or %NULL, `k` 16 bytes of an
 *   identifier or %NULL, `b` a pointer (or %NULL) and a #gsize. Small numbers need a cast.
 * @...: the parameters
 *
 * Returns: (transfer full) (nullable): the statement, bound and ready to step
 */
EnigmStatement *
enigm_store_select (EnigmStore *self, GError **error, const gchar *sql, const gchar *types, ...)
{
  EnigmStatement *statement = enigm_store_prepare (self, sql, error);
  va_list args;

  if (statement == NULL)
    return NULL;
  va_start (args, types);
  bind_all (statement, types, &args);
  va_end (args);
  return statement;
}

/**
 * enigm_store_run:
 * @self: a store
 * @error: why it failed
 * @sql: one statement that gives no rows
 * @types: as for enigm_store_select()
 * @...: the parameters
 *
 * Returns: whether it was done
 */
gboolean
enigm_store_run (EnigmStore *self, GError **error, const gchar *sql, const gchar *types, ...)
{
  g_autoptr (EnigmStatement) statement = enigm_store_prepare (self, sql, error);
  va_list args;

  if (statement == NULL)
    return FALSE;
  va_start (args, types);
  bind_all (statement, types, &args);
  va_end (args);
  return enigm_statement_run (statement, error);
}

/**
 * enigm_store_get_changes:
 * @self: a store
 *
 * Returns: how many rows the last statement that changes any has changed
 */
gint64
enigm_store_get_changes (EnigmStore *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return sqlite3_changes64 (self->db);
}

/**
 * enigm_store_get_last_row:
 * @self: a store
 *
 * Returns: the number of the row that was inserted last
 */
gint64
enigm_store_get_last_row (EnigmStore *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return sqlite3_last_insert_rowid (self->db);
}

/* Binding fails for a parameter that the text does not have, or when memory is out. */
#define must_bind(call)                                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (G_UNLIKELY ((call) != SQLITE_OK))                                                          \
      g_error ("database: %s", #call);                                                             \
  }                                                                                                \
  G_STMT_END

/**
 * enigm_statement_bind_int64:
 * @self: a statement
 * @parameter: number of the parameter, from 1
 * @value: its value
 */
void
enigm_statement_bind_int64 (EnigmStatement *self, gint parameter, gint64 value)
{
  must_bind (sqlite3_bind_int64 (self->stmt, parameter, value));
}

/**
 * enigm_statement_bind_text:
 * @self: a statement
 * @parameter: number of the parameter, from 1
 * @value: (nullable): its value; it is copied
 */
void
enigm_statement_bind_text (EnigmStatement *self, gint parameter, const gchar *value)
{
  must_bind (sqlite3_bind_text (self->stmt, parameter, value, -1, SQLITE_TRANSIENT));
}

/**
 * enigm_statement_bind_blob:
 * @self: a statement
 * @parameter: number of the parameter, from 1
 * @data: (nullable): its value; it is copied
 * @size: bytes in it
 */
void
enigm_statement_bind_blob (EnigmStatement *self, gint parameter, gconstpointer data, gsize size)
{
  if (data != NULL)
    must_bind (sqlite3_bind_blob64 (self->stmt, parameter, data, size, SQLITE_TRANSIENT));
  else
    enigm_statement_bind_null (self, parameter);
}

/**
 * enigm_statement_bind_id:
 * @self: a statement
 * @parameter: number of the parameter, from 1
 * @id: (nullable) (array fixed-size=16): an identifier; it is copied
 */
void
enigm_statement_bind_id (EnigmStatement *self, gint parameter, const guint8 *id)
{
  enigm_statement_bind_blob (self, parameter, id, ENIGM_ID_SIZE);
}

/**
 * enigm_statement_bind_null:
 * @self: a statement
 * @parameter: number of the parameter, from 1
 */
void
enigm_statement_bind_null (EnigmStatement *self, gint parameter)
{
  must_bind (sqlite3_bind_null (self->stmt, parameter));
}

/**
 * enigm_statement_step:
 * @self: a statement
 * @error: why it failed, a full disk for example
 *
 * Returns: whether there is a row to read, the statement is done, or the database failed
 */
EnigmStep
enigm_statement_step (EnigmStatement *self, GError **error)
{
  g_return_val_if_fail (self != NULL, ENIGM_STEP_ERROR);

  switch (sqlite3_step (self->stmt))
    {
    case SQLITE_ROW:
      return ENIGM_STEP_ROW;
    case SQLITE_DONE:
      return ENIGM_STEP_DONE;
    default:
      set_error (self->store, "step", error);
      return ENIGM_STEP_ERROR;
    }
}

/**
 * enigm_statement_run:
 * @self: a statement that gives no rows
 * @error: why it failed
 *
 * Returns: whether it was done; the statement may then be bound and run again
 */
gboolean
enigm_statement_run (EnigmStatement *self, GError **error)
{
  EnigmStep step = enigm_statement_step (self, error);

  g_return_val_if_fail (step != ENIGM_STEP_ROW, FALSE);
  sqlite3_reset (self->stmt);
  return step == ENIGM_STEP_DONE;
}

/**
 * enigm_statement_is_null:
 * @self: a statement at a row
 * @column: number of the column, from 0
 *
 * Returns: whether it has no value
 */
gboolean
enigm_statement_is_null (EnigmStatement *self, gint column)
{
  return sqlite3_column_type (self->stmt, column) == SQLITE_NULL;
}

/**
 * enigm_statement_get_int64:
 * @self: a statement at a row
 * @column: number of the column, from 0
 *
 * Returns: its value, 0 for none
 */
gint64
enigm_statement_get_int64 (EnigmStatement *self, gint column)
{
  return sqlite3_column_int64 (self->stmt, column);
}

/**
 * enigm_statement_get_text:
 * @self: a statement at a row
 * @column: number of the column, from 0
 *
 * Returns: (nullable) (transfer none): its value, valid until the next step
 */
const gchar *
enigm_statement_get_text (EnigmStatement *self, gint column)
{
  return (const gchar *) sqlite3_column_text (self->stmt, column);
}

/**
 * enigm_statement_get_blob:
 * @self: a statement at a row
 * @column: number of the column, from 0
 * @size: (out) (optional): bytes in it
 *
 * Returns: (nullable) (transfer none): its value, valid until the next step
 */
const guint8 *
enigm_statement_get_blob (EnigmStatement *self, gint column, gsize *size)
{
  const guint8 *data = sqlite3_column_blob (self->stmt, column);

  if (size != NULL)
    *size = sqlite3_column_bytes (self->stmt, column);
  return data;
}

/**
 * enigm_statement_dup_bytes:
 * @self: a statement at a row
 * @column: number of the column, from 0
 *
 * Returns: (transfer full): a copy of its value
 */
GBytes *
enigm_statement_dup_bytes (EnigmStatement *self, gint column)
{
  gsize size;
  const guint8 *data = enigm_statement_get_blob (self, column, &size);

  return g_bytes_new (data, size);
}

/**
 * enigm_statement_get_id:
 * @self: a statement at a row
 * @column: number of the column, from 0
 * @id: (out caller-allocates) (array fixed-size=16): the identifier, zeros where there is none
 */
void
enigm_statement_get_id (EnigmStatement *self, gint column, guint8 id[ENIGM_ID_SIZE])
{
  gsize size;
  const guint8 *data = enigm_statement_get_blob (self, column, &size);

  memset (id, 0, ENIGM_ID_SIZE);
  if (size == ENIGM_ID_SIZE)
    memcpy (id, data, ENIGM_ID_SIZE);
}

/**
 * enigm_statement_free:
 * @self: (transfer full): a statement
 */
void
enigm_statement_free (EnigmStatement *self)
{
  sqlite3_reset (self->stmt);
  /* Nothing of a person stays behind in a statement that waits for its next use. */
  sqlite3_clear_bindings (self->stmt);
  g_hash_table_replace (self->store->idle, (gpointer) sqlite3_sql (self->stmt), self->stmt);
  g_free (self);
}
