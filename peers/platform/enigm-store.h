/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-error.h"
#include "app/protocol/enigm-text.h"

G_BEGIN_DECLS

/**
 * EnigmStore:
 *
 * The platform's SQLite database.
 *
 * It is used on the main loop, and that is meant: a statement on a local file takes well under a
 * millisecond, one connection needs no locks, and what is decided and what is stored cannot come
 * apart. Nothing in here may wait for a peer, and a transaction never outlives the call that began
 * it. Each commit is on disk when it returns (`synchronous=FULL`).
 */
typedef struct _EnigmStore EnigmStore;

/**
 * EnigmTransaction:
 *
 * Stands for the open transaction of a store: g_autoptr() on it rolls back what was not committed.
 */
typedef struct _EnigmStore EnigmTransaction;

/**
 * EnigmStatement:
 *
 * One statement under way. Freeing it resets it for the next use.
 */
typedef struct _EnigmStatement EnigmStatement;

/**
 * EnigmStep:
 * @ENIGM_STEP_ERROR: the database failed
 * @ENIGM_STEP_DONE: there are no more rows
 * @ENIGM_STEP_ROW: there is a row to read
 *
 * What enigm_statement_step() came upon.
 */
typedef enum
{
  ENIGM_STEP_ERROR = -1,
  ENIGM_STEP_DONE = 0,
  ENIGM_STEP_ROW = 1,
} EnigmStep;

/**
 * EnigmStoreFinished:
 * @committed: whether the transaction was committed
 * @user_data: what was given
 *
 * Called right after a transaction ended.
 */
typedef void (*EnigmStoreFinished) (gboolean committed, gpointer user_data);

/**
 * EnigmStoreCommitting:
 * @user_data: what was given
 * @error: why the transaction may not be committed
 *
 * Called right before a transaction is committed, while it can still write.
 *
 * Returns: %FALSE to have it rolled back
 */
typedef gboolean (*EnigmStoreCommitting) (gpointer user_data, GError **error);

EnigmStore *enigm_store_open (const gchar *path, GError **error);
void enigm_store_free (EnigmStore *self);

EnigmTransaction *enigm_store_begin (EnigmStore *self, GError **error);
gboolean enigm_store_commit (EnigmStore *self, GError **error);
void enigm_store_rollback (EnigmStore *self);
gboolean enigm_store_settle (EnigmStore *self, GError **error);
gboolean enigm_store_in_transaction (EnigmStore *self);
void
enigm_store_set_committing (EnigmStore *self, EnigmStoreCommitting committing, gpointer user_data);
void enigm_store_add_finished (EnigmStore *self, EnigmStoreFinished finished, gpointer user_data);

EnigmStatement *enigm_store_prepare (EnigmStore *self, const gchar *sql, GError **error);
EnigmStatement *
enigm_store_select (EnigmStore *self, GError **error, const gchar *sql, const gchar *types, ...);
gboolean
enigm_store_run (EnigmStore *self, GError **error, const gchar *sql, const gchar *types, ...);
gint64 enigm_store_get_changes (EnigmStore *self);
gint64 enigm_store_get_last_row (EnigmStore *self);

void enigm_statement_bind_int64 (EnigmStatement *self, gint parameter, gint64 value);
void enigm_statement_bind_text (EnigmStatement *self, gint parameter, const gchar *value);
void
enigm_statement_bind_blob (EnigmStatement *self, gint parameter, gconstpointer data, gsize size);
void enigm_statement_bind_id (EnigmStatement *self, gint parameter, const guint8 *id);
void enigm_statement_bind_null (EnigmStatement *self, gint parameter);

EnigmStep enigm_statement_step (EnigmStatement *self, GError **error);
gboolean enigm_statement_run (EnigmStatement *self, GError **error);

gboolean enigm_statement_is_null (EnigmStatement *self, gint column);
gint64 enigm_statement_get_int64 (EnigmStatement *self, gint column);
const gchar *enigm_statement_get_text (EnigmStatement *self, gint column);
const guint8 *enigm_statement_get_blob (EnigmStatement *self, gint column, gsize *size);
GBytes *enigm_statement_dup_bytes (EnigmStatement *self, gint column);
void enigm_statement_get_id (EnigmStatement *self, gint column, guint8 id[ENIGM_ID_SIZE]);
void enigm_statement_free (EnigmStatement *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmStore, enigm_store_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmTransaction, enigm_store_rollback)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmStatement, enigm_statement_free)

G_END_DECLS
