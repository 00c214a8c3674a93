/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "peers/platform/enigm-journal.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/protocol/enigm-cbor.h"
#include "app/protocol/enigm-error.h"

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("enigm-journal-XXXXXX", &error);
  g_assert_no_error (error);
  f->path = g_build_filename (f->folder, "journal", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  static const char *const left[] = { "journal", "database", "database-wal", "database-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (left); i++)
    {
      g_autofree char *path = g_build_filename (f->folder, left[i], NULL);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->path);
  g_free (f->folder);
}

static EnigmJournal *
open_journal (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  EnigmJournal *journal = enigm_journal_open (f->path, &error);

  g_assert_no_error (error);
  return journal;
}

static void
append (EnigmJournal *journal, const char *first, const char *second)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (changes, g_bytes_new (first, strlen (first)));
  if (second != NULL)
    g_ptr_array_add (changes, g_bytes_new (second, strlen (second)));
  enigm_journal_append (journal, changes, &error);
  g_assert_no_error (error);
}

static gboolean
on_record_read (guint64 number, GBytes *record, gpointer user_data, GError **error)
{
  GString *seen = user_data;
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (record);
  gsize n = enigm_cbor_read_array_between (&reader, "record", 1, 100);

  g_string_append_printf (seen, "%" G_GUINT64_FORMAT ":", number);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GBytes) change = enigm_cbor_read_blob (&reader, "change", 1, 1000);
      const guint8 *data;
      gsize len;

      if (change == NULL)
        break;
      data = g_bytes_get_data (change, &len);
      for (gsize at = 0; at < len; at++)
        g_string_append_printf (seen, g_ascii_isalpha (data[at]) ? "%c" : "\\%02x", data[at]);
      g_string_append_c (seen, ' ');
    }
  return enigm_cbor_reader_finish (&reader, error);
}

static char *
read_back (Fixture *f, GError **error)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  guint64 count;

  if (!enigm_journal_read (f->path, on_record_read, seen, &count, error))
    return NULL;
  return g_strdup (seen->str);
}

static void
write_file (Fixture *f, const char *data, gsize len)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (f->path, data, (gssize) len, &error);
  g_assert_no_error (error);
}

static void
test_outlives_a_restart (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmJournal) journal = open_journal (f);
  g_autoptr (GError) error = NULL;
  g_autofree char *seen = NULL;
  struct stat st;

  append (journal, "begun", NULL);
  append (journal, "changed", "owned");
  g_assert_cmpuint (enigm_journal_get_count (journal), ==, 2);
  g_clear_pointer (&journal, enigm_journal_close);

  journal = open_journal (f);
  g_assert_cmpuint (enigm_journal_get_count (journal), ==, 2);
  append (journal, "revoked", NULL);

  seen = read_back (f, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (seen, ==, "1:begun 2:changed owned 3:revoked ");
  g_assert_cmpint (stat (f->path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0600);
}

static void
test_one_writer (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmJournal) journal = open_journal (f);
  g_autoptr (GError) error = NULL;

  g_assert_null (enigm_journal_open (f->path, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_IN_USE);
}

static void
test_cut_off_anywhere (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmJournal) journal = open_journal (f);
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = NULL;
  gsize len;
  struct stat st;
  off_t first;

  append (journal, "begun", NULL);
  g_assert_cmpint (stat (f->path, &st), ==, 0);
  first = st.st_size;
  append (journal, "changed", "owned");
  g_clear_pointer (&journal, enigm_journal_close);
  g_file_get_contents (f->path, &whole, &len, &error);
  g_assert_no_error (error);

  /* What a crash can leave: the second record is there whole, or not at all. */
  for (gsize cut = 0; cut < len; cut++)
    {
      g_autofree char *seen = NULL;
      g_autoptr (EnigmJournal) again = NULL;

      write_file (f, whole, cut);
      again = open_journal (f);
      g_assert_cmpuint (enigm_journal_get_count (again), ==, cut < (gsize) first ? 0 : 1);
      append (again, "after", NULL);
      seen = read_back (f, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (seen, ==, cut < (gsize) first ? "1:after " : "1:begun 2:after ");
    }
}

static void
test_damage_is_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmJournal) journal = open_journal (f);
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = NULL;
  gsize len;
  struct stat st;

  append (journal, "begun", NULL);
  g_assert_cmpint (stat (f->path, &st), ==, 0);
  append (journal, "changed", "owned");
  g_clear_pointer (&journal, enigm_journal_close);
  g_file_get_contents (f->path, &whole, &len, &error);
  g_assert_no_error (error);

  for (gsize at = 0; at < (gsize) st.st_size; at++)
    {
      g_autofree char *seen = NULL;
      g_autoptr (EnigmJournal) again = NULL;
      g_autoptr (GError) refused = NULL;
      g_autoptr (GError) unread = NULL;

      whole[at] ^= 1;
      write_file (f, whole, len);
      whole[at] ^= 1;

      /* A length that reaches past the end cannot be told from a record cut off. */
      if (at == 16 + 1 || at == 16 + 2)
        continue;
      again = enigm_journal_open (f->path, &refused);
      g_assert_null (again);
      g_assert_error (refused, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
      seen = read_back (f, &unread);
      g_assert_error (unread, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
    }
}

static void
note (EnigmJournal *journal, const char *change)
{
  g_autoptr (GBytes) bytes = g_bytes_new (change, strlen (change));

  enigm_journal_note (journal, bytes);
}

/* Whatever becomes of the database, a replay sees just what was committed. */
static void
test_follows_the_database (Fixture *f, gconstpointer data)
{
  g_autofree char *database = g_build_filename (f->folder, "database", NULL);
  g_autoptr (EnigmStore) store = NULL;
  g_autoptr (EnigmJournal) journal = open_journal (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) failed = NULL;
  g_autofree char *seen = NULL;
  guint64 place;

  store = enigm_store_open (database, &error);
  g_assert_no_error (error);
  enigm_journal_attach (journal, store, &place, &error);
  g_assert_no_error (error);

  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (store, &error);

    note (journal, "undone");
  }
  g_assert_cmpuint (enigm_journal_get_count (journal), ==, 0);

  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (store, &error);

    note (journal, "done");
    note (journal, "too");
    g_assert_true (enigm_store_commit (store, &error));
  }

  /* Words about nothing make no record. */
  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (store, &error);
    g_autoptr (GBytes) words = g_bytes_new_static ("words", 5);

    enigm_journal_note_beside (journal, words);
    g_assert_true (enigm_store_commit (store, &error));
  }
  g_assert_cmpuint (enigm_journal_get_count (journal), ==, 1);

  /* The database refuses at the very end, when the journal has it already. */
  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (store, &error);

    note (journal, "refused");
    enigm_store_run (store, &error, "PRAGMA defer_foreign_keys = ON", "");
    enigm_store_run (store, &error,
                     "INSERT INTO binding_computers VALUES (zeroblob (16), zeroblob (16), 1)", "");
    g_assert_no_error (error);
    g_assert_false (enigm_store_commit (store, &failed));
    g_assert_error (failed, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
  }
  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (store, &error);

    note (journal, "next");
    g_assert_true (enigm_store_commit (store, &error));
  }

  seen = read_back (f, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (seen, "1:done too 2:refused 3:"));
  g_assert_true (g_str_has_suffix (seen, " 4:next "));
  /* [0, time, 2] */
  g_assert_nonnull (strstr (seen, "3:\\83\\00\\1a"));
  g_assert_nonnull (strstr (seen, "\\02 4:"));
}

static void
test_another_databases_journal (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmStore) store = NULL;
  g_autoptr (EnigmJournal) journal = open_journal (f);
  g_autofree char *database = g_build_filename (f->folder, "database", NULL);
  g_autoptr (GError) error = NULL;
  guint64 place;

  store = enigm_store_open (database, &error);
  g_assert_no_error (error);
  enigm_store_run (store, &error, "UPDATE journal_position SET number = 1", "");
  g_assert_no_error (error);
  g_assert_false (enigm_journal_attach (journal, store, &place, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/journal/outlives-a-restart", test_outlives_a_restart);
  ADD ("/journal/one-writer", test_one_writer);
  ADD ("/journal/cut-off-anywhere", test_cut_off_anywhere);
  ADD ("/journal/damage-is-refused", test_damage_is_refused);
  ADD ("/journal/follows-the-database", test_follows_the_database);
  ADD ("/journal/another-databases-journal", test_another_databases_journal);
  return g_test_run ();
}
