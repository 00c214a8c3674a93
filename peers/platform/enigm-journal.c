/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The file:
 *
 *   "enigm journal 1\n"
 *   and for each record
 *   length   4 bytes, big-endian: of the record alone
 *   record   one value of CBOR in the deterministic encoding
 *   hash     32 bytes: SHA-256 (hash of the record before ‖ length ‖ record);
 *            before the first stands SHA-256 of the 16 bytes above
 *
 * A record is one transaction, so that half of one is never replayed: an array of byte strings,
 * each of which holds one change. A change is an array; its first element is the kind, its second
 * the time in Unix seconds:
 *
 *   0 void       [0, time, number]: the database refused the record of that number after it was
 *                written here; a replay leaves it out
 *   1 begun      [1, time, binding ID, handle, account, computer ID, certificate hash, pseudonym,
 *                binding hash, sealed request key, sealed answer key]
 *   2 changed    [2, time, binding ID, state, restrictions, by, reason]
 *   3 ownership  [3, time, certificate hash, account (0: nobody), binding ID (bytes 0 or 16)]
 *   4 computer   [4, time, binding ID, computer ID]: it may use the key's management channel
 *   5 successor  [5, time, from binding ID, to binding ID]: open events go on under the second
 *   6 suspended  [6, time, certificate hash, bool]
 *   7 replaces   [7, time, binding ID, binding ID of another key]: trust in the first ends the
 *                second
 *   8 ended      [8, time, event ID, by]: that event is over; by as in the database
 *   9 deleted    [9, time, event ID]: its owner deleted it
 *  10 audit      [10, time, pseudonym (bytes 0 or 32), what, detail]: the audit's record of what
 *                else is in the transaction; it makes no record here by itself
 *
 * Kinds from 16 are for accounts, computers and contacts, and are described where they are
 * written. Numbers of states, reasons and so on are those of enigm-lifecycle.h; the secrets are
 * sealed with the platform's column key, bound to the binding ID. The database holds the number of
 * the last record it has seen (table journal_position): a replay starts after it, in order. */

#include "enigm-journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/protocol/enigm-cbor.h"
#include "app/protocol/enigm-error.h"
#include "app/protocol/enigm-hash.h"

#define HEADER "enigm journal 1\n"
#define HEADER_SIZE (sizeof (HEADER) - 1)
#define LENGTH_SIZE 4

struct _EnigmJournal
{
  int fd;
  off_t end;
  guint64 count;
  guint8 hash[ENIGM_SHA256_SIZE];
  gboolean broken;
  /* What the open transaction changes, and the number it was written under. */
  EnigmStore *store;
  GPtrArray *noted;
  guint beside; /* how many of them are no change by themselves */
  guint64 written;
  guint64 owed_void; /* a record that is not true, which no void follows yet; 0: none */
};

typedef struct
{
  off_t end;
  guint64 count;
  guint8 hash[ENIGM_SHA256_SIZE];
} Tail;

static gboolean
fail (GError **error, const char *what)
{
  int saved = errno;

  g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "the journal: %s: %s", what,
               g_strerror (saved));
  return FALSE;
}

static gboolean
write_all (int fd, const guint8 *data, gsize len)
{
  while (len > 0)
    {
      ssize_t n = write (fd, data, len);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      len -= (gsize) n;
    }
  return TRUE;
}

/* Fewer than @len only at the end of the file; -1 on error. */
static gssize
read_all (int fd, guint8 *data, gsize len)
{
  gsize got = 0;

  while (got < len)
    {
      ssize_t n = read (fd, data + got, len - got);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      got += (gsize) n;
    }
  return (gssize) got;
}

static guint32
get_length (const guint8 bytes[LENGTH_SIZE])
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

/* A record cut off at the end of the file is what a crash leaves: nobody was told of it, so it
 * counts as never written. Anything wrong before the end is damage, and refused. */
static gboolean
scan (int fd, EnigmJournalFunc func, gpointer user_data, guint64 limit, Tail *tail, GError **error)
{
  struct stat st;
  guint8 header[HEADER_SIZE];
  g_autofree guint8 *buffer = g_malloc (ENIGM_JOURNAL_MAX_RECORD + ENIGM_SHA256_SIZE);

  if (fstat (fd, &st) != 0 || lseek (fd, 0, SEEK_SET) != 0)
    return fail (error, "reading");
  if (read_all (fd, header, sizeof header) != (gssize) sizeof header ||
      memcmp (header, HEADER, HEADER_SIZE) != 0)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                           "the journal does not begin like one");
      return FALSE;
    }
  enigm_sha256 (ENIGM_PARTS (ENIGM_TEXT (HEADER)), tail->hash);
  tail->end = (off_t) HEADER_SIZE;
  tail->count = 0;

  while (tail->end < st.st_size && tail->count < limit)
    {
      guint8 length[LENGTH_SIZE];
      guint8 hash[ENIGM_SHA256_SIZE];
      gssize got;
      gsize wanted;
      guint32 len;
      off_t next;

      got = read_all (fd, length, sizeof length);
      if (got < 0)
        return fail (error, "reading");
      if (got < (gssize) sizeof length)
        return TRUE;
      len = get_length (length);
      if (len == 0 || len > ENIGM_JOURNAL_MAX_RECORD)
        {
          /* A file system may have grown the file before it wrote the bytes. */
          if (len == 0 && st.st_size - tail->end < ENIGM_JOURNAL_MAX_RECORD)
            {
              gsize rest = (gsize) (st.st_size - tail->end) - LENGTH_SIZE;

              if (read_all (fd, buffer, rest) != (gssize) rest)
                return fail (error, "reading");
              while (rest > 0 && buffer[rest - 1] == 0)
                rest--;
              if (rest == 0)
                return TRUE;
            }
          g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                       "the journal is damaged after record %" G_GUINT64_FORMAT, tail->count);
          return FALSE;
        }
      wanted = len + ENIGM_SHA256_SIZE;
      got = read_all (fd, buffer, wanted);
      if (got < 0)
        return fail (error, "reading");
      if ((gsize) got < wanted)
        return TRUE;
      next = tail->end + (off_t) (LENGTH_SIZE + wanted);

      enigm_sha256 (
        ENIGM_PARTS ({ tail->hash, sizeof tail->hash }, { length, sizeof length }, { buffer, len }),
        hash);
      if (memcmp (hash, buffer + len, sizeof hash) != 0)
        {
          if (next >= st.st_size)
            return TRUE;
          g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                       "the journal is damaged after record %" G_GUINT64_FORMAT, tail->count);
          return FALSE;
        }

      memcpy (tail->hash, hash, sizeof hash);
      tail->end = next;
      tail->count++;
      if (func != NULL)
        {
          g_autoptr (GBytes) record = g_bytes_new (buffer, len);

          if (!func (tail->count, record, user_data, error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok;

  if (fd < 0)
    return FALSE;
  ok = fsync (fd) == 0;
  close (fd);
  return ok;
}

/**
 * enigm_journal_open:
 * @path: the file; it is made, for its owner alone, if there is none
 * @error: return location
 *
 * Reads the whole file once, cuts off a record that a crash left half written, and takes a lock on
 * the file: one platform writes it at a time.
 *
 * Returns: (transfer full) (nullable): the journal, or %NULL with %ENIGM_ERROR_STORAGE if it cannot
 *   be read or is damaged, or %ENIGM_ERROR_IN_USE if another process writes it
 */
EnigmJournal *
enigm_journal_open (const char *path, GError **error)
{
  g_autoptr (EnigmJournal) self = NULL;
  struct stat st;
  Tail tail;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_new0 (EnigmJournal, 1);
  self->noted = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->fd = open (path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd < 0)
    {
      fail (error, "opening");
      return NULL;
    }
  if (flock (self->fd, LOCK_EX | LOCK_NB) != 0)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_IN_USE,
                           "another process writes this journal");
      return NULL;
    }
  if (fstat (self->fd, &st) != 0)
    {
      fail (error, "reading");
      return NULL;
    }

  if (st.st_size < (off_t) HEADER_SIZE)
    {
      /* Even the first bytes may have been cut off by a crash; nothing else can be in so few. */
      if (ftruncate (self->fd, 0) != 0 ||
          !write_all (self->fd, (const guint8 *) HEADER, HEADER_SIZE) || fsync (self->fd) != 0 ||
          !sync_folder (path))
        {
          fail (error, "beginning");
          return NULL;
        }
    }

  if (!scan (self->fd, NULL, NULL, G_MAXUINT64, &tail, error))
    return NULL;
  if (fstat (self->fd, &st) != 0 || (st.st_size > tail.end && ftruncate (self->fd, tail.end) != 0))
    {
      fail (error, "cutting off");
      return NULL;
    }

  self->end = tail.end;
  self->count = tail.count;
  memcpy (self->hash, tail.hash, sizeof self->hash);
  return g_steal_pointer (&self);
}

/**
 * enigm_journal_close:
 * @self: (transfer full): the journal
 *
 * Closes the file and gives the lock back.
 */
void
enigm_journal_close (EnigmJournal *self)
{
  g_return_if_fail (self != NULL);

  if (self->fd >= 0)
    close (self->fd);
  g_ptr_array_unref (self->noted);
  g_free (self);
}

/* A record as it stands in the file, with the hash at its end. */
static GByteArray *
encode (EnigmJournal *self, GPtrArray *changes, GError **error)
{
  g_autoptr (GByteArray) buffer = g_byte_array_new ();
  g_autoptr (GBytes) record = NULL;
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  guint8 hash[ENIGM_SHA256_SIZE];
  guint8 length[LENGTH_SIZE];
  const guint8 *data;
  gsize len;

  if (self->broken)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                           "the journal failed earlier and takes nothing until a restart");
      return NULL;
    }

  enigm_cbor_write_array (&writer, changes->len);
  for (guint i = 0; i < changes->len; i++)
    enigm_cbor_write_blob (&writer, g_ptr_array_index (changes, i));
  record = enigm_cbor_writer_end (&writer);
  data = g_bytes_get_data (record, &len);
  if (len > ENIGM_JOURNAL_MAX_RECORD)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                           "the journal: one transaction changes too much");
      return NULL;
    }

  length[0] = (guint8) (len >> 24);
  length[1] = (guint8) (len >> 16);
  length[2] = (guint8) (len >> 8);
  length[3] = (guint8) len;
  enigm_sha256 (
    ENIGM_PARTS ({ self->hash, sizeof self->hash }, { length, sizeof length }, { data, len }),
    hash);
  g_byte_array_append (buffer, length, sizeof length);
  g_byte_array_append (buffer, data, (guint) len);
  g_byte_array_append (buffer, hash, sizeof hash);
  return g_steal_pointer (&buffer);
}

static gboolean
write_record (EnigmJournal *self, const GByteArray *buffer, GError **error)
{
  if (!write_all (self->fd, buffer->data, buffer->len))
    {
      fail (error, "writing");
      if (ftruncate (self->fd, self->end) != 0)
        self->broken = TRUE;
      return FALSE;
    }
  /* After a failed sync nobody knows what the disk holds, and a second one may lie. */
  if (fdatasync (self->fd) != 0)
    {
      fail (error, "syncing");
      self->broken = TRUE;
      return FALSE;
    }

  self->end += (off_t) buffer->len;
  self->count++;
  memcpy (self->hash, buffer->data + buffer->len - sizeof self->hash, sizeof self->hash);
  return TRUE;
}

/**
 * enigm_journal_append:
 * @self: the journal
 * @changes: (element-type GBytes): the changes of one transaction, in order; at least one
 * @error: return location
 *
 * Adds one record and waits until it is on the disk, whole.
 *
 * Returns: %FALSE with %ENIGM_ERROR_STORAGE if it could not be written
 */
gboolean
enigm_journal_append (EnigmJournal *self, GPtrArray *changes, GError **error)
{
  g_autoptr (GByteArray) buffer = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (changes != NULL && changes->len > 0, FALSE);

  buffer = encode (self, changes, error);
  return buffer != NULL && write_record (self, buffer, error);
}

static GBytes *
make_void (guint64 number)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;

  enigm_cbor_write_array (&writer, 3);
  enigm_cbor_write_uint (&writer, ENIGM_JOURNAL_VOID);
  enigm_cbor_write_uint (&writer, (guint64) (g_get_real_time () / G_USEC_PER_SEC));
  enigm_cbor_write_uint (&writer, number);
  return enigm_cbor_writer_end (&writer);
}

static gboolean
on_store_committing (gpointer user_data, GError **error)
{
  EnigmJournal *self = user_data;
  g_autoptr (GByteArray) buffer = NULL;

  if (self->noted->len == self->beside)
    return TRUE;
  if (self->owed_void != 0)
    g_ptr_array_insert (self->noted, 0, make_void (self->owed_void));
  buffer = encode (self, self->noted, error);
  if (buffer == NULL ||
      !enigm_store_run (self->store, error, "UPDATE journal_position SET number = ?1, hash = ?2",
                        "ib", (gint64) self->count + 1,
                        buffer->data + buffer->len - ENIGM_SHA256_SIZE,
                        (gsize) ENIGM_SHA256_SIZE) ||
      !write_record (self, buffer, error))
    return FALSE;
  self->written = self->count;
  self->owed_void = 0;
  return TRUE;
}

static void
on_store_finished (gboolean committed, gpointer user_data)
{
  EnigmJournal *self = user_data;

  if (!committed && self->written != 0)
    {
      g_autoptr (GPtrArray) changes =
        g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      g_autoptr (GError) error = NULL;

      g_ptr_array_add (changes, make_void (self->written));
      /* On a full disk this fails too, and nothing may follow before it has been said: a replay
       * must not take the record for true. So it goes into whichever record comes next. */
      if (!enigm_journal_append (self, changes, &error))
        {
          self->owed_void = self->written;
          g_warning ("%s", error->message);
        }
    }
  g_ptr_array_set_size (self->noted, 0);
  self->beside = 0;
  self->written = 0;
}

static gboolean
not_beside (GError **error, const char *why)
{
  g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
               "%s; it is not the one beside this database", why);
  return FALSE;
}

/* Whether the record that the database saw last is in this journal. */
static gboolean
check_place (EnigmJournal *self, EnigmStore *store, guint64 *seen, GError **error)
{
  g_autoptr (EnigmStatement) row =
    enigm_store_prepare (store, "SELECT number, hash FROM journal_position", error);
  const guint8 *hash;
  gint64 number;
  gsize size;
  Tail tail = { 0 };

  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    return FALSE;
  number = enigm_statement_get_int64 (row, 0);
  if (number < 0 || (guint64) number > self->count)
    return not_beside (error, "the journal ends before the database does");
  *seen = (guint64) number;
  if (number == 0)
    return TRUE;
  if (!scan (self->fd, NULL, NULL, *seen, &tail, error))
    return FALSE;
  hash = enigm_statement_get_blob (row, 1, &size);
  return (size == sizeof tail.hash && memcmp (hash, tail.hash, size) == 0) ||
         not_beside (error, "the journal holds something else than the database saw");
}

/**
 * enigm_journal_attach:
 * @self: the journal
 * @store: the database beside it; it outlives no transaction after @self is closed
 * @seen: (out): the number of the last record that the database has seen. If it is not the last one
 *   there is, the database is an older copy, and has to be brought to today before it is used
 * @error: return location
 *
 * From now on what enigm_journal_note() was given in a transaction is on the disk before the
 * transaction is committed, and so before anybody is told.
 *
 * Returns: %FALSE with %ENIGM_ERROR_STORAGE if the database has seen something else than the
 * journal holds: then they do not belong together
 */
gboolean
enigm_journal_attach (EnigmJournal *self, EnigmStore *store, guint64 *seen, GError **error)
{
  g_return_val_if_fail (self != NULL && store != NULL && seen != NULL, FALSE);
  g_return_val_if_fail (self->store == NULL, FALSE);

  if (!check_place (self, store, seen, error))
    return FALSE;
  self->store = store;
  enigm_store_set_committing (store, on_store_committing, self);
  enigm_store_add_finished (store, on_store_finished, self);
  return TRUE;
}

/**
 * enigm_journal_note_place:
 * @self: the journal, attached to a store with an open transaction
 * @error: return location
 *
 * Writes into the database that it has seen all there is.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_journal_note_place (EnigmJournal *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->store != NULL, FALSE);

  return enigm_store_run (self->store, error, "UPDATE journal_position SET number = ?1, hash = ?2",
                          "ib", (gint64) self->count, self->hash, sizeof self->hash);
}

/**
 * enigm_journal_note:
 * @self: the journal, attached to a store with an open transaction
 * @change: one change, as described at the top of this file
 *
 * Adds to what the open transaction changes. If it is rolled back, @change is forgotten.
 */
void
enigm_journal_note (EnigmJournal *self, GBytes *change)
{
  g_return_if_fail (self != NULL && self->store != NULL);
  g_return_if_fail (enigm_store_in_transaction (self->store));

  g_ptr_array_add (self->noted, g_bytes_ref (change));
}

/**
 * enigm_journal_note_beside:
 * @self: the journal, attached to a store with an open transaction
 * @words: a change that only says something about others
 *
 * Like enigm_journal_note(), but written only together with a change of the same transaction.
 */
void
enigm_journal_note_beside (EnigmJournal *self, GBytes *words)
{
  enigm_journal_note (self, words);
  self->beside++;
}

/**
 * enigm_journal_get_count:
 * @self: the journal
 *
 * Returns: how many records there are; the number of the last one
 */
guint64
enigm_journal_get_count (EnigmJournal *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->count;
}

/**
 * enigm_journal_read:
 * @path: the file
 * @func: (nullable) (scope call): called for each record, in order
 * @user_data: for @func
 * @count: (out) (optional): how many records are whole
 * @error: return location
 *
 * Reads and verifies a journal without changing it. A record cut off at the end is left out.
 *
 * Returns: %FALSE with %ENIGM_ERROR_STORAGE if the file cannot be read or is damaged, or with the
 *   error of @func
 */
gboolean
enigm_journal_read (const char *path,
                    EnigmJournalFunc func,
                    gpointer user_data,
                    guint64 *count,
                    GError **error)
{
  Tail tail = { 0 };
  gboolean ok;
  int fd;

  g_return_val_if_fail (path != NULL, FALSE);

  fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return fail (error, "opening");
  ok = scan (fd, func, user_data, G_MAXUINT64, &tail, error);
  close (fd);
  if (count != NULL)
    *count = tail.count;
  return ok;
}
