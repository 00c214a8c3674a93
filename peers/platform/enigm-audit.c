/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A record is the CBOR array [number, time, pseudonym (bytes 0 or 32), what, detail]. Beside it
 * stand its number, its time, whether it is a security event, and its digest, SHA-256 (record). Its
 * hash is SHA-256 (hash of the record before ‖ number ‖ time ‖ security ‖ digest), with numbers as
 * 8 bytes big-endian and security as one; before the first stand 32 zero bytes. So a record that is
 * changed, moved or taken out from between others shows, and the words of one that is over can go
 * while its digest stays: the chain holds.
 *
 * With what changes a key, an account or an administrator, the record goes into the journal too,
 * and comes back with the change wherever that is done again: after a crash between the two files,
 * and after a restore. Security events do not, since the journal keeps for ever.
 *
 * The oldest records go altogether once all of them are over. Where the chain begins and ends then
 * is written down in `audit_ends`, under a MAC that only the platform can make: what is taken from
 * either end shows as well, and so does a chain that was computed anew. */

#include "enigm-audit.h"

#include "app/protocol/enigm-cbor.h"
#include "app/protocol/enigm-hash.h"
#include "app/protocol/enigm-hkdf.h"

#define DAY_SECONDS (24 * 60 * 60)

struct _EnigmAudit
{
  EnigmStore *store;
  EnigmSecret *key;
  EnigmJournal *journal;
  guint keep_days;
};

/* The last record that is there no more, and the last that is there. */
typedef struct
{
  gint64 first;
  guint8 first_hash[ENIGM_SHA256_SIZE];
  gint64 last;
  guint8 last_hash[ENIGM_SHA256_SIZE];
} Ends;

/**
 * enigm_audit_new:
 * @store: the database; it must outlive the chain
 * @secret: a secret of the platform
 * @keep_days: how long records are kept
 *
 * Returns: (transfer full): the chain in @store
 */
EnigmAudit *
enigm_audit_new (EnigmStore *store, EnigmSecret *secret, guint keep_days)
{
  EnigmAudit *self = g_new0 (EnigmAudit, 1);

  self->store = store;
  self->key =
    enigm_hkdf_expand (secret, "enigm audit 1", strlen ("enigm audit 1"), ENIGM_SHA256_SIZE);
  self->keep_days = keep_days;
  return self;
}

/**
 * enigm_audit_free:
 * @self: (transfer full): a chain
 */
void
enigm_audit_free (EnigmAudit *self)
{
  g_clear_pointer (&self->key, enigm_secret_unref);
  g_free (self);
}

/**
 * enigm_audit_set_journal:
 * @self: the chain
 * @journal: the journal, attached to the chain's database; it must outlive the last
 *   enigm_audit_append()
 *
 * From now on what changes something is in the journal with its record.
 */
void
enigm_audit_set_journal (EnigmAudit *self, EnigmJournal *journal)
{
  g_return_if_fail (self != NULL && journal != NULL);

  self->journal = journal;
}

static void
put_number (guint8 bytes[8], gint64 number)
{
  guint64 big = GUINT64_TO_BE ((guint64) number);

  memcpy (bytes, &big, sizeof big);
}

static void
mac_ends (EnigmAudit *self, const Ends *ends, guint8 mac[ENIGM_SHA256_SIZE])
{
  guint8 first[8], last[8];

  put_number (first, ends->first);
  put_number (last, ends->last);
  enigm_hmac_sha256 (
    self->key,
    ENIGM_PARTS ({ first, sizeof first }, { ends->first_hash, sizeof ends->first_hash },
                 { last, sizeof last }, { ends->last_hash, sizeof ends->last_hash }),
    mac);
}

static gboolean
damaged (GError **error, const char *format, gint64 number)
{
  g_autofree char *where = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  g_auto (GStrv) parts = g_strsplit (format, "#", -1);
  g_autofree char *text = g_strjoinv (where, parts);

  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, text);
  return FALSE;
}

static gboolean
read_digest (EnigmStatement *row, gint column, guint8 digest[ENIGM_SHA256_SIZE])
{
  gsize size;
  const guint8 *blob = enigm_statement_get_blob (row, column, &size);

  if (size != ENIGM_SHA256_SIZE)
    return FALSE;
  memcpy (digest, blob, ENIGM_SHA256_SIZE);
  return TRUE;
}

static gboolean
read_ends (EnigmAudit *self, gboolean check, Ends *ends, GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_prepare (
    self->store, "SELECT first, first_hash, last, last_hash, mac FROM audit_ends", error);
  guint8 mac[ENIGM_SHA256_SIZE], stored[ENIGM_SHA256_SIZE];

  memset (ends, 0, sizeof *ends);
  switch (row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR)
    {
    case ENIGM_STEP_ROW:
      break;
    case ENIGM_STEP_DONE:
      return TRUE;
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }
  ends->first = enigm_statement_get_int64 (row, 0);
  ends->last = enigm_statement_get_int64 (row, 2);
  if (!read_digest (row, 1, ends->first_hash) || !read_digest (row, 3, ends->last_hash) ||
      !read_digest (row, 4, stored))
    return damaged (error, "the ends of the audit were changed", 0);
  if (!check)
    return TRUE;
  mac_ends (self, ends, mac);
  if (!enigm_bytes_equal_constant_time (mac, stored, sizeof mac))
    return damaged (error, "the ends of the audit were changed", 0);
  return TRUE;
}

static gboolean
write_ends (EnigmAudit *self, const Ends *ends, GError **error)
{
  guint8 mac[ENIGM_SHA256_SIZE];

  mac_ends (self, ends, mac);
  return enigm_store_run (
    self->store, error,
    "INSERT INTO audit_ends (only_row, first, first_hash, last, last_hash, mac) "
    "VALUES (1, ?1, ?2, ?3, ?4, ?5) ON CONFLICT (only_row) DO UPDATE SET "
    "first = ?1, first_hash = ?2, last = ?3, last_hash = ?4, mac = ?5",
    "ibibb", ends->first, ends->first_hash, sizeof ends->first_hash, ends->last, ends->last_hash,
    sizeof ends->last_hash, mac, sizeof mac);
}

static void
chain (guint8 hash[ENIGM_SHA256_SIZE],
       gint64 number,
       gint64 time,
       gboolean security,
       const guint8 digest[ENIGM_SHA256_SIZE])
{
  guint8 numbers[17];

  put_number (numbers, number);
  put_number (numbers + 8, time);
  numbers[16] = security != FALSE;
  enigm_sha256 (ENIGM_PARTS ({ hash, ENIGM_SHA256_SIZE }, { numbers, sizeof numbers },
                             { digest, ENIGM_SHA256_SIZE }),
                hash);
}

static void
write_words (EnigmCborWriter *writer, const EnigmAuditEntry *entry)
{
  enigm_cbor_write_uint (writer, (guint64) entry->time);
  enigm_cbor_write_bytes (writer, entry->pseudonym,
                          entry->pseudonym != NULL ? ENIGM_PSEUDONYM_SIZE : 0);
  enigm_cbor_write_text (writer, entry->what);
  enigm_cbor_write_text (writer, entry->detail);
}

/**
 * enigm_audit_append:
 * @self: the chain, whose database is in a transaction
 * @entry: what happened
 * @error: return location
 *
 * Adds a record in the transaction of what it records: one is never there without the other.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_audit_append (EnigmAudit *self, const EnigmAuditEntry *entry, GError **error)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (GBytes) words = NULL;

  if (!enigm_audit_append_again (self, entry, error))
    return FALSE;
  if (self->journal == NULL || entry->security)
    return TRUE;
  enigm_cbor_write_array (&writer, 5);
  enigm_cbor_write_uint (&writer, ENIGM_JOURNAL_AUDIT);
  write_words (&writer, entry);
  words = enigm_cbor_writer_end (&writer);
  enigm_journal_note_beside (self->journal, words);
  return TRUE;
}

/**
 * enigm_audit_append_again:
 * @self: the chain, whose database is in a transaction
 * @entry: what happened, as the journal has it
 * @error: return location
 *
 * Adds a record that is in the journal already.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_audit_append_again (EnigmAudit *self, const EnigmAuditEntry *entry, GError **error)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (GBytes) record = NULL;
  guint8 digest[ENIGM_SHA256_SIZE];
  Ends ends;

  g_return_val_if_fail (self != NULL && enigm_store_in_transaction (self->store), FALSE);
  g_return_val_if_fail (entry != NULL && entry->time >= 0, FALSE);
  g_return_val_if_fail (entry->what != NULL && strlen (entry->what) <= ENIGM_AUDIT_WHAT_MAX, FALSE);
  g_return_val_if_fail (entry->detail != NULL && strlen (entry->detail) <= ENIGM_AUDIT_DETAIL_MAX,
                        FALSE);

  if (!read_ends (self, FALSE, &ends, error))
    return FALSE;
  ends.last++;
  enigm_cbor_write_array (&writer, 5);
  enigm_cbor_write_uint (&writer, (guint64) ends.last);
  write_words (&writer, entry);
  record = enigm_cbor_writer_end (&writer);

  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (record)), digest);
  chain (ends.last_hash, ends.last, entry->time, entry->security, digest);
  return enigm_store_run (self->store, error,
                          "INSERT INTO audit (number, time, security, digest, record, hash) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                          "iiibbb", ends.last, entry->time, (gint64) (entry->security != FALSE),
                          digest, sizeof digest, g_bytes_get_data (record, NULL),
                          g_bytes_get_size (record), ends.last_hash, sizeof ends.last_hash) &&
         write_ends (self, &ends, error);
}

/* What a record says; its strings and bytes live as long as what they are read into. */
typedef struct
{
  EnigmAuditEntry entry;
  GBytes *pseudonym;
  char *what;
  char *detail;
} Read;

static void
read_clear (Read *self)
{
  g_clear_pointer (&self->pseudonym, g_bytes_unref);
  g_free (self->what);
  g_free (self->detail);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Read, read_clear)

static gboolean
read_record (GBytes *record, gint64 number, Read *read, GError **error)
{
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (record);

  enigm_cbor_read_array (&reader, "record", 5);
  if (enigm_cbor_read_uint (&reader, "number", G_MAXINT64) != (guint64) number)
    enigm_cbor_reader_refuse (&reader, "number", "does not follow");
  read->entry.time = (gint64) enigm_cbor_read_uint (&reader, "time", G_MAXINT64);
  read->pseudonym = enigm_cbor_read_blob (&reader, "pseudonym", 0, ENIGM_PSEUDONYM_SIZE);
  read->what = enigm_cbor_read_text (&reader, "what", 1, ENIGM_AUDIT_WHAT_MAX);
  read->detail = enigm_cbor_read_text (&reader, "detail", 0, ENIGM_AUDIT_DETAIL_MAX);
  if (!enigm_cbor_reader_finish (&reader, error))
    return FALSE;
  read->entry.what = read->what;
  read->entry.detail = read->detail;
  if (g_bytes_get_size (read->pseudonym) == ENIGM_PSEUDONYM_SIZE)
    read->entry.pseudonym = g_bytes_get_data (read->pseudonym, NULL);
  return TRUE;
}

/* Whether a record is whole, given the hash of the one before, which becomes its own. */
static gboolean
check_row (EnigmStatement *row, gint64 now, guint8 hash[ENIGM_SHA256_SIZE], GError **error)
{
  gint64 number = enigm_statement_get_int64 (row, 0);
  gint64 time = enigm_statement_get_int64 (row, 1);
  gboolean security = enigm_statement_get_int64 (row, 2) != 0;
  guint8 digest[ENIGM_SHA256_SIZE], real[ENIGM_SHA256_SIZE], stored[ENIGM_SHA256_SIZE];

  if (!read_digest (row, 3, digest) || !read_digest (row, 5, stored))
    return damaged (error, "audit record # was changed", number);
  if (!enigm_statement_is_null (row, 4))
    {
      g_autoptr (GBytes) record = enigm_statement_dup_bytes (row, 4);
      g_autoptr (GError) malformed = NULL;
      g_auto (Read) read = { 0 };

      enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (record)), real);
      if (memcmp (real, digest, sizeof real) != 0)
        return damaged (error, "audit record # was changed", number);
      if (!read_record (record, number, &read, &malformed))
        return damaged (error, "audit record # was moved there, or changed", number);
      if (read.entry.time != time)
        return damaged (error, "audit record # was changed", number);
    }
  else if (!security || time + ENIGM_AUDIT_SECURITY_SECONDS > now)
    return damaged (error, "the words of audit record # were removed before their time", number);
  chain (hash, number, time, security, digest);
  return memcmp (stored, hash, sizeof stored) == 0 ||
         damaged (error, "audit record # was changed, or the one before it", number);
}

/* Where a part begins: with the first record that is kept, or with what the one before it says of
 * itself, which the part before has found to be right. */
static gboolean
begin_part (EnigmAudit *self,
            const Ends *ends,
            gint64 *number,
            guint8 hash[ENIGM_SHA256_SIZE],
            GError **error)
{
  g_autoptr (EnigmStatement) row = NULL;

  if (*number <= ends->first)
    {
      *number = ends->first;
      memcpy (hash, ends->first_hash, ENIGM_SHA256_SIZE);
      return TRUE;
    }
  row = enigm_store_select (self->store, error, "SELECT hash FROM audit WHERE number = ?1", "i",
                            *number);
  switch (row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR)
    {
    case ENIGM_STEP_ROW:
      return read_digest (row, 0, hash) || damaged (error, "audit record # was changed", *number);
    case ENIGM_STEP_DONE:
      return damaged (error, "audit record # is missing", *number);
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }
}

static gboolean
check_end (const Ends *ends, gint64 number, const guint8 hash[ENIGM_SHA256_SIZE], GError **error)
{
  if (number != ends->last)
    return damaged (error, "audit record # is missing", number + 1);
  return memcmp (hash, ends->last_hash, ENIGM_SHA256_SIZE) == 0 ||
         damaged (error, "audit records up to # were written anew", number);
}

/**
 * enigm_audit_verify_part:
 * @self: the chain
 * @now: the time, Unix seconds
 * @limit: how many records to go through at most, 1 or more
 * @number: (inout): the record after which to begin, 0 for the beginning; then the last one that
 *   holds, or 0 where that was the end
 * @count: (out): how many records of this part hold
 * @error: says which record does not
 *
 * Goes through a part of the chain: for a process that has other things to do in between. What is
 * added meanwhile is in the last part, and what is pruned in none.
 *
 * Returns: %FALSE with %ENIGM_ERROR_STORAGE at the first record that is missing, was changed or
 *   stands elsewhere
 */
gboolean
enigm_audit_verify_part (EnigmAudit *self,
                         gint64 now,
                         gint64 limit,
                         gint64 *number,
                         guint64 *count,
                         GError **error)
{
  g_autoptr (EnigmStatement) rows = NULL;
  guint8 hash[ENIGM_SHA256_SIZE];
  EnigmStep step;
  Ends ends;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (limit > 0 && number != NULL && count != NULL, FALSE);

  *count = 0;
  if (!read_ends (self, TRUE, &ends, error) || !begin_part (self, &ends, number, hash, error))
    return FALSE;
  rows = enigm_store_select (self->store, error,
                             "SELECT number, time, security, digest, record, hash FROM audit "
                             "WHERE number > ?1 ORDER BY number LIMIT ?2",
                             "ii", *number, limit);
  if (rows == NULL)
    return FALSE;
  while ((step = enigm_statement_step (rows, error)) == ENIGM_STEP_ROW)
    {
      gint64 found = enigm_statement_get_int64 (rows, 0);

      if (found > ends.last)
        return damaged (error, "audit record # was not written by this platform", found);
      if (found != *number + 1)
        return damaged (error, "audit record # is missing", *number + 1);
      if (!check_row (rows, now, hash, error))
        return FALSE;
      *number = found;
      ++*count;
    }
  if (step == ENIGM_STEP_ERROR)
    return FALSE;
  if (*count == (guint64) limit)
    return TRUE;
  if (!check_end (&ends, *number, hash, error))
    return FALSE;
  *number = 0;
  return TRUE;
}

/**
 * enigm_audit_verify:
 * @self: the chain
 * @now: the time, Unix seconds
 * @count: (out) (optional): how many records hold
 * @error: says which record does not
 *
 * Goes through the whole chain.
 *
 * Returns: %FALSE with %ENIGM_ERROR_STORAGE at the first record that is missing, was changed or
 *   stands elsewhere
 */
gboolean
enigm_audit_verify (EnigmAudit *self, gint64 now, guint64 *count, GError **error)
{
  gint64 number = 0;
  guint64 held;

  if (!enigm_audit_verify_part (self, now, G_MAXINT64, &number, &held, error))
    return FALSE;
  if (count != NULL)
    *count = held;
  return TRUE;
}

/* The number of the first record that has to stay. */
static gboolean
find_first_kept (EnigmAudit *self, gint64 until, gint64 last, gint64 *kept, GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    self->store, error, "SELECT min (number) FROM audit WHERE record IS NOT NULL AND time > ?1",
    "i", until);

  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    return FALSE;
  *kept = enigm_statement_is_null (row, 0) ? last + 1 : enigm_statement_get_int64 (row, 0);
  return TRUE;
}

static gboolean
read_hash (EnigmAudit *self, gint64 number, guint8 hash[ENIGM_SHA256_SIZE], GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    self->store, error, "SELECT hash FROM audit WHERE number = ?1", "i", number);

  if (row == NULL || enigm_statement_step (row, error) == ENIGM_STEP_ERROR)
    return FALSE;
  return read_digest (row, 0, hash) || damaged (error, "audit record # is missing", number);
}

/**
 * enigm_audit_prune:
 * @self: the chain, whose database is in no transaction
 * @now: the time, Unix seconds
 * @error: return location
 *
 * Takes out what was kept for long enough: the words of security events after 30 days, and the
 * oldest records, once nothing before them has to stay.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_audit_prune (EnigmAudit *self, gint64 now, GError **error)
{
  g_autoptr (EnigmTransaction) transaction = NULL;
  gint64 kept;
  Ends ends;

  g_return_val_if_fail (self != NULL, FALSE);

  transaction = enigm_store_begin (self->store, error);
  /* What was tampered with is not made good by pruning. */
  if (transaction == NULL || !read_ends (self, TRUE, &ends, error) ||
      !enigm_store_run (self->store, error,
                        "UPDATE audit SET record = NULL WHERE security = 1 AND time <= ?1 "
                        "AND record IS NOT NULL",
                        "i", now - ENIGM_AUDIT_SECURITY_SECONDS) ||
      !find_first_kept (self, now - (gint64) self->keep_days * DAY_SECONDS, ends.last, &kept,
                        error))
    return FALSE;
  if (kept > ends.first + 1)
    {
      if (!read_hash (self, kept - 1, ends.first_hash, error) ||
          !enigm_store_run (self->store, error, "DELETE FROM audit WHERE number < ?1", "i", kept))
        return FALSE;
      ends.first = kept - 1;
      if (!write_ends (self, &ends, error))
        return FALSE;
    }
  return enigm_store_commit (self->store, error);
}

/**
 * enigm_audit_read:
 * @self: the chain
 * @after: the number of a record; 0 for the beginning
 * @limit: how many at most
 * @func: (scope call): called for each record after that, in order
 * @user_data: for @func
 * @error: return location
 *
 * Returns: %FALSE if the database failed, or a record cannot be read
 */
gboolean
enigm_audit_read (EnigmAudit *self,
                  gint64 after,
                  gint64 limit,
                  EnigmAuditFunc func,
                  gpointer user_data,
                  GError **error)
{
  g_autoptr (EnigmStatement) row = NULL;
  EnigmStep step = ENIGM_STEP_ERROR;

  g_return_val_if_fail (self != NULL && func != NULL, FALSE);

  row = enigm_store_select (
    self->store, error,
    "SELECT number, record, security FROM audit WHERE number > ?1 ORDER BY number LIMIT ?2", "ii",
    after, limit);
  while (row != NULL && (step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    {
      gint64 number = enigm_statement_get_int64 (row, 0);
      g_autoptr (GBytes) record = NULL;
      g_auto (Read) read = { 0 };

      if (enigm_statement_is_null (row, 1))
        {
          func (number, NULL, user_data);
          continue;
        }
      record = enigm_statement_dup_bytes (row, 1);
      if (!read_record (record, number, &read, NULL))
        return damaged (error, "audit record # cannot be read", number);
      read.entry.security = enigm_statement_get_int64 (row, 2) != 0;
      func (number, &read.entry, user_data);
    }
  return step == ENIGM_STEP_DONE;
}
