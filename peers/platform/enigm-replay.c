/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Brings a database that was put back from a copy to today: whatever the journal has that it has
 * not seen is done again, in order, as it was done then. Nothing is decided anew. */

#include "enigm-replay.h"

#include "enigm-bindings.h"
#include "enigm-journal.h"
#include "enigm-ownership.h"

#define CHANGE_MAX 65536

typedef struct
{
  EnigmPlatformState *state;
  guint64 seen;
  /* The numbers of records that never came true. */
  GHashTable *voids;
  guint64 replayed;
} Replay;

static gboolean
replay_begun (EnigmChange *change, GError **error)
{
  EnigmCborReader *reader = change->reader;
  guint8 id[ENIGM_ID_SIZE], handle[ENIGM_ID_SIZE], account[ENIGM_ID_SIZE], computer[ENIGM_ID_SIZE];
  guint8 certificate[32], pseudonym[32], hash[32];
  g_autoptr (GBytes) request_key = NULL;
  g_autoptr (GBytes) answer_key = NULL;

  enigm_cbor_read_bytes (reader, "binding", sizeof id, id);
  enigm_cbor_read_bytes (reader, "handle", sizeof handle, handle);
  enigm_cbor_read_bytes (reader, "account", sizeof account, account);
  enigm_cbor_read_bytes (reader, "computer", sizeof computer, computer);
  enigm_cbor_read_bytes (reader, "certificate", sizeof certificate, certificate);
  enigm_cbor_read_bytes (reader, "pseudonym", sizeof pseudonym, pseudonym);
  enigm_cbor_read_bytes (reader, "hash", sizeof hash, hash);
  request_key = enigm_cbor_read_blob (reader, "request key", 1, 256);
  answer_key = enigm_cbor_read_blob (reader, "answer key", 1, 256);
  if (!enigm_cbor_reader_ok (reader))
    return TRUE;
  return enigm_store_run (
    change->state->store, error,
    "INSERT INTO bindings (id, handle, account, certificate, pseudonym, hash, request_key, "
    "answer_key, state, restrictions, begun, since) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, 0, ?9, ?9)",
    "kkkbbbbbi", id, handle, account, certificate, sizeof certificate, pseudonym, sizeof pseudonym,
    hash, sizeof hash, g_bytes_get_data (request_key, NULL), g_bytes_get_size (request_key),
    g_bytes_get_data (answer_key, NULL), g_bytes_get_size (answer_key), change->time);
}

static gboolean
replay_changed (EnigmChange *change, GError **error)
{
  EnigmCborReader *reader = change->reader;
  EnigmStore *store = change->state->store;
  guint8 id[ENIGM_ID_SIZE];
  gint64 to, restrictions, by, reason;

  enigm_cbor_read_bytes (reader, "binding", sizeof id, id);
  to = (gint64) enigm_cbor_read_uint (reader, "state", ENIGM_BINDING_N_STATES - 1);
  restrictions = (gint64) enigm_cbor_read_uint (reader, "restrictions", 7);
  by = (gint64) enigm_cbor_read_uint (reader, "by", ENIGM_BINDING_N_BY - 1);
  reason = (gint64) enigm_cbor_read_uint (reader, "reason", ENIGM_BINDING_N_REASONS - 1);
  if (!enigm_cbor_reader_ok (reader))
    return TRUE;
  /* The first line of a history comes from nothing. */
  return enigm_store_run (store, error,
                          "INSERT INTO binding_history (binding, time, from_state, to_state, by, "
                          "reason) SELECT id, ?2, CASE WHEN ?5 = 0 THEN 0 ELSE state END, ?3, ?4, "
                          "?5 FROM bindings WHERE id = ?1",
                          "kiiii", id, change->time, to, by, reason) &&
         enigm_store_run (store, error,
                          "UPDATE bindings SET state = ?2, restrictions = ?3, since = ?4, "
                          "trusted = CASE WHEN ?2 = 2 THEN ifnull (trusted, ?4) ELSE trusted END "
                          "WHERE id = ?1",
                          "kiii", id, to, restrictions, change->time);
}

static gboolean
replay_ownership (EnigmChange *change, GError **error)
{
  EnigmCborReader *reader = change->reader;
  EnigmStore *store = change->state->store;
  guint8 certificate[32];
  g_autoptr (GBytes) account = NULL;
  g_autoptr (GBytes) binding = NULL;

  enigm_cbor_read_bytes (reader, "certificate", sizeof certificate, certificate);
  account = enigm_cbor_read_blob (reader, "account", 0, ENIGM_ID_SIZE);
  binding = enigm_cbor_read_blob (reader, "binding", ENIGM_ID_SIZE, ENIGM_ID_SIZE);
  if (!enigm_cbor_reader_ok (reader))
    return TRUE;
  if (g_bytes_get_size (account) == ENIGM_ID_SIZE)
    return enigm_store_run (store, error,
                            "INSERT INTO certificates (hash, owner, binding) VALUES (?1, ?2, ?3) "
                            "ON CONFLICT (hash) DO UPDATE SET owner = ?2, binding = ?3",
                            "bkk", certificate, sizeof certificate,
                            g_bytes_get_data (account, NULL), g_bytes_get_data (binding, NULL));
  /* The journal does not say who asked. */
  return enigm_ownership_end (change->state, certificate, g_bytes_get_data (binding, NULL),
                              change->time, ENIGM_BINDING_BY_PLATFORM, error);
}

static gboolean
replay_computer (EnigmChange *change, GError **error)
{
  guint8 binding[ENIGM_ID_SIZE], computer[ENIGM_ID_SIZE];

  enigm_cbor_read_bytes (change->reader, "binding", sizeof binding, binding);
  enigm_cbor_read_bytes (change->reader, "computer", sizeof computer, computer);
  return !enigm_cbor_reader_ok (change->reader) ||
         enigm_store_run (change->state->store, error,
                          "INSERT OR IGNORE INTO binding_computers (binding, computer, since) "
                          "SELECT id, ?2, ?3 FROM bindings WHERE id = ?1",
                          "kki", binding, computer, change->time);
}

static gboolean
replay_successor (EnigmChange *change, GError **error)
{
  guint8 from[ENIGM_ID_SIZE], to[ENIGM_ID_SIZE];

  enigm_cbor_read_bytes (change->reader, "from", sizeof from, from);
  enigm_cbor_read_bytes (change->reader, "to", sizeof to, to);
  return !enigm_cbor_reader_ok (change->reader) ||
         enigm_store_run (change->state->store, error,
                          "UPDATE events SET binding = ?2 WHERE binding = ?1 AND ended IS NULL",
                          "kk", from, to);
}

static gboolean
replay_suspended (EnigmChange *change, GError **error)
{
  guint8 certificate[32];
  gint64 suspended;

  enigm_cbor_read_bytes (change->reader, "certificate", sizeof certificate, certificate);
  suspended = enigm_cbor_read_bool (change->reader, "suspended");
  return !enigm_cbor_reader_ok (change->reader) ||
         enigm_store_run (change->state->store, error,
                          "INSERT INTO certificates (hash, suspended) VALUES (?1, ?2) "
                          "ON CONFLICT (hash) DO UPDATE SET suspended = ?2",
                          "bi", certificate, sizeof certificate, suspended);
}

static gboolean
replay_replaces (EnigmChange *change, GError **error)
{
  guint8 binding[ENIGM_ID_SIZE], replaces[ENIGM_ID_SIZE];

  enigm_cbor_read_bytes (change->reader, "binding", sizeof binding, binding);
  enigm_cbor_read_bytes (change->reader, "replaces", sizeof replaces, replaces);
  return !enigm_cbor_reader_ok (change->reader) ||
         enigm_store_run (change->state->store, error,
                          "UPDATE bindings SET replaces = ?2 WHERE id = ?1", "kk", binding,
                          replaces);
}

static gboolean
replay_ended (EnigmChange *change, GError **error)
{
  guint8 event[ENIGM_ID_SIZE];
  g_autofree char *by = NULL;

  enigm_cbor_read_bytes (change->reader, "event", sizeof event, event);
  by = enigm_cbor_read_text (change->reader, "by", 1, 16);
  return !enigm_cbor_reader_ok (change->reader) ||
         enigm_store_run (change->state->store, error,
                          "UPDATE events SET ended = max (received, ?2), ended_by = ?3 "
                          "WHERE id = ?1 AND ended IS NULL",
                          "kis", event, change->time, by);
}

static gboolean
replay_deleted (EnigmChange *change, GError **error)
{
  guint8 event[ENIGM_ID_SIZE];

  enigm_cbor_read_bytes (change->reader, "event", sizeof event, event);
  return !enigm_cbor_reader_ok (change->reader) ||
         (enigm_store_run (change->state->store, error, "DELETE FROM stream_items WHERE event = ?1",
                           "k", event) &&
          enigm_store_run (change->state->store, error, "DELETE FROM events WHERE id = ?1", "k",
                           event));
}

/* With the words and the time of then. */
static gboolean
replay_audit (EnigmChange *change, GError **error)
{
  g_autoptr (GBytes) pseudonym =
    enigm_cbor_read_blob (change->reader, "pseudonym", 0, ENIGM_PSEUDONYM_SIZE);
  g_autofree char *what = enigm_cbor_read_text (change->reader, "what", 1, ENIGM_AUDIT_WHAT_MAX);
  g_autofree char *detail =
    enigm_cbor_read_text (change->reader, "detail", 0, ENIGM_AUDIT_DETAIL_MAX);
  EnigmAuditEntry entry = { change->time, NULL, what, detail, FALSE };

  if (!enigm_cbor_reader_ok (change->reader))
    return TRUE;
  if (g_bytes_get_size (pseudonym) == ENIGM_PSEUDONYM_SIZE)
    entry.pseudonym = g_bytes_get_data (pseudonym, NULL);
  return enigm_audit_append_again (change->state->audit, &entry, error);
}

/* Read before, so that what never came true is known. */
static gboolean
replay_void (EnigmChange *change, GError **error)
{
  enigm_cbor_read_uint (change->reader, "number", G_MAXINT64);
  return TRUE;
}

/* The elements of each kind, kind and time among them; enigm-journal.c says what they are. */
static const struct
{
  EnigmReplayFunc func;
  gsize n_items;
} kinds[] = {
  { replay_void, 3 },     { replay_begun, 11 },    { replay_changed, 7 },   { replay_ownership, 5 },
  { replay_computer, 4 }, { replay_successor, 4 }, { replay_suspended, 4 }, { replay_replaces, 4 },
  { replay_ended, 4 },    { replay_deleted, 3 },   { replay_audit, 5 },
};

static gboolean
do_change (EnigmPlatformState *state, GBytes *bytes, GError **error)
{
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);
  gsize n = enigm_cbor_read_array_between (&reader, "change", 3, 16);
  guint64 kind = enigm_cbor_read_uint (&reader, "kind", G_MAXUINT8);
  EnigmChange change = { state, &reader, 0 };
  EnigmReplayFunc func = NULL;
  gsize wanted = 0;

  change.time = (gint64) enigm_cbor_read_uint (&reader, "time", G_MAXINT64);
  if (kind < G_N_ELEMENTS (kinds))
    {
      func = kinds[kind].func;
      wanted = kinds[kind].n_items;
    }
  else
    func = enigm_account_replay_find (kind, &wanted);
  if (func == NULL || n != wanted)
    {
      enigm_cbor_reader_refuse (&reader, "kind", "is of another enigm-platform");
      return enigm_cbor_reader_finish (&reader, error);
    }
  return func (&change, error) && enigm_cbor_reader_finish (&reader, error);
}

typedef gboolean (*ChangeFunc) (Replay *replay, GBytes *change, GError **error);

static gboolean
read_changes (Replay *replay, GBytes *record, ChangeFunc func, GError **error)
{
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (record);
  gsize n = enigm_cbor_read_array_between (&reader, "record", 1, ENIGM_JOURNAL_MAX_RECORD);

  for (gsize i = 0; i < n && enigm_cbor_reader_ok (&reader); i++)
    {
      g_autoptr (GBytes) change = enigm_cbor_read_blob (&reader, "change", 1, CHANGE_MAX);

      if (change != NULL && !func (replay, change, error))
        return FALSE;
    }
  return enigm_cbor_reader_finish (&reader, error);
}

static gboolean
note_void (Replay *replay, GBytes *bytes, GError **error)
{
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (bytes);
  guint64 number;

  enigm_cbor_read_array_between (&reader, "change", 3, 16);
  if (enigm_cbor_read_uint (&reader, "kind", G_MAXUINT8) != ENIGM_JOURNAL_VOID)
    return TRUE;
  enigm_cbor_read_uint (&reader, "time", G_MAXINT64);
  number = enigm_cbor_read_uint (&reader, "number", G_MAXINT64);
  if (enigm_cbor_reader_ok (&reader))
    g_hash_table_add (replay->voids, g_memdup2 (&number, sizeof number));
  return enigm_cbor_reader_finish (&reader, error);
}

static gboolean
on_record_seen (guint64 number, GBytes *record, gpointer user_data, GError **error)
{
  return read_changes (user_data, record, note_void, error);
}

static gboolean
apply (Replay *replay, GBytes *change, GError **error)
{
  return do_change (replay->state, change, error);
}

static gboolean
on_record_due (guint64 number, GBytes *record, gpointer user_data, GError **error)
{
  Replay *replay = user_data;

  if (number <= replay->seen || g_hash_table_contains (replay->voids, &number))
    return TRUE;
  if (!read_changes (replay, record, apply, error))
    {
      g_prefix_error (error, "journal record %" G_GUINT64_FORMAT ": ", number);
      return FALSE;
    }
  replay->replayed++;
  return TRUE;
}

/**
 * enigm_replay_run:
 * @state: the platform, in a transaction, with its journal attached
 * @seen: the number of the last record that the database has seen
 * @replayed: (out): how many records were done again
 * @error: return location
 *
 * Returns: %FALSE if the journal cannot be read or does not fit the database, or that failed; then
 *   nothing of it may be committed
 */
gboolean
enigm_replay_run (EnigmPlatformState *state, guint64 seen, guint64 *replayed, GError **error)
{
  g_autoptr (GHashTable) voids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  Replay replay = { state, seen, voids, 0 };

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);

  if (!enigm_journal_read (state->config->journal, on_record_seen, &replay, NULL, error) ||
      !enigm_journal_read (state->config->journal, on_record_due, &replay, NULL, error))
    return FALSE;
  *replayed = replay.replayed;
  return enigm_journal_note_place (state->journal, error);
}
