/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Copies of the database, and what it takes to put one back. The keys of the platform are not in
 * them: they are files that never change, and are kept once. */

#include "enigm-backup.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enigm-journal.h"
#include "enigm-platform-state.h"

static gboolean
fail (GError **error, const gchar *path)
{
  gint saved = errno;

  g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: %s", path, g_strerror (saved));
  return FALSE;
}

static gboolean
sync_path (const gchar *path, gint flags, GError **error)
{
  gint fd = g_open (path, flags | O_CLOEXEC, 0);
  gboolean synced;

  if (fd < 0)
    return fail (error, path);
  synced = fsync (fd) == 0 || fail (error, path);
  close (fd);
  return synced;
}

static gboolean
sync_file (const gchar *path, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (path);

  return sync_path (path, O_RDONLY, error) && sync_path (folder, O_RDONLY | O_DIRECTORY, error);
}

/**
 * enigm_backup_make:
 * @config: the configuration
 * @path: the file to write; there must be none
 * @error: why it was not written
 *
 * Copies the database as it is at this moment, also while the platform runs. What was deleted is
 * not in the copy.
 *
 * Returns: whether the copy is on the disk, whole
 */
gboolean
enigm_backup_make (const EnigmConfig *config, const gchar *path, GError **error)
{
  g_autoptr (EnigmStore) store = NULL;
  mode_t before;
  gboolean made;

  g_return_val_if_fail (config != NULL && path != NULL, FALSE);

  if (g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    {
      errno = EEXIST;
      return fail (error, path);
    }
  if (!g_file_test (config->database, G_FILE_TEST_EXISTS))
    {
      errno = ENOENT;
      return fail (error, config->database);
    }
  store = enigm_store_open (config->database, error);
  if (store == NULL)
    return FALSE;
  before = umask (077);
  made = enigm_store_run (store, error, "VACUUM INTO ?1", "s", path);
  umask (before);
  return made && sync_file (path, error);
}

static gboolean
copy (const gchar *from, const gchar *to, GError **error)
{
  static const gchar *const rests[] = { "", "-wal", "-shm" };
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  mode_t before;
  gboolean copied;

  /* What an earlier restore left when it was cut off. */
  for (gsize i = 0; i < G_N_ELEMENTS (rests); i++)
    {
      g_autofree gchar *rest = g_strconcat (to, rests[i], NULL);

      if (g_unlink (rest) != 0 && errno != ENOENT)
        return fail (error, rest);
    }
  before = umask (077);
  copied = g_file_copy (source, target, G_FILE_COPY_TARGET_DEFAULT_PERMS, NULL, NULL, NULL, error);
  umask (before);
  return copied && (g_chmod (to, 0600) == 0 || fail (error, to));
}

/* Whether the copy is whole, and this platform's. */
static gboolean
check_copy (const EnigmConfig *config, GError **error)
{
  g_autoptr (EnigmStore) store = NULL;
  g_autoptr (EnigmAudit) audit = NULL;
  g_autoptr (EnigmStatement) row = NULL;

  if (!enigm_platform_state_open_audit (config, &store, &audit, error))
    return FALSE;
  row = enigm_store_prepare (store, "PRAGMA integrity_check", error);
  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    return FALSE;
  if (!g_str_equal (enigm_statement_get_text (row, 0), "ok"))
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "the copy is damaged");
      return FALSE;
    }
  g_clear_pointer (&row, enigm_statement_free);
  if (!enigm_audit_verify (audit, g_get_real_time () / G_USEC_PER_SEC, NULL, error))
    {
      g_prefix_error_literal (error, "the copy is another platform's, or was changed: ");
      return FALSE;
    }
  return TRUE;
}

/* Whether the journal beside the database is there and goes on where the copy ends; also that no
 * platform is running. */
static gboolean
check_journal (const EnigmConfig *config, GError **error)
{
  g_autoptr (EnigmJournal) journal = NULL;
  g_autoptr (EnigmStore) store = NULL;
  guint64 seen;

  if (!g_file_test (config->journal, G_FILE_TEST_EXISTS))
    {
      errno = ENOENT;
      return fail (error, config->journal);
    }
  journal = enigm_journal_open (config->journal, error);
  if (journal == NULL)
    return FALSE;
  store = enigm_store_open (config->database, error);
  return store != NULL && enigm_journal_attach (journal, store, &seen, error);
}

/* Keeps a journal that is of no use here: it may be another day's evidence. */
static gboolean
set_journal_aside (const EnigmConfig *config, GError **error)
{
  g_autofree gchar *aside = NULL;

  if (!g_file_test (config->journal, G_FILE_TEST_EXISTS))
    return TRUE;
  aside = g_strdup_printf ("%s.set-aside-%" G_GINT64_FORMAT, config->journal,
                           g_get_real_time () / G_USEC_PER_SEC);
  return g_rename (config->journal, aside) == 0 || fail (error, aside);
}

static gboolean
decide_journal (const EnigmConfig *config, gboolean with_journal, GError **error)
{
  g_autoptr (GError) unusable = NULL;

  if (check_journal (config, &unusable))
    {
      if (with_journal)
        return TRUE;
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                           "the journal is whole and goes on where the copy ends: restore with it");
      return FALSE;
    }
  if (g_error_matches (unusable, ENIGM_ERROR, ENIGM_ERROR_IN_USE))
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_IN_USE,
                           "the platform is running; stop it first");
      return FALSE;
    }
  if (!with_journal)
    return set_journal_aside (config, error);
  g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
               "the journal is of no use: %s. With --without-journal the copy is put back all the "
               "same; keys then stay restricted until their owners confirm",
               unusable->message);
  return FALSE;
}

static gboolean
count_unproved (EnigmPlatformState *state, gint64 *unproved, GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error, "SELECT count (*) FROM bindings WHERE state IN (2, 3)", "");

  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    return FALSE;
  *unproved = enigm_statement_get_int64 (row, 0);
  return TRUE;
}

static gboolean
swap (const gchar *from, const gchar *to, GError **error)
{
  static const gchar *const rests[] = { "-wal", "-shm" };

  /* The log of the database that goes would be taken for that of the one that comes. */
  for (gsize i = 0; i < G_N_ELEMENTS (rests); i++)
    {
      g_autofree gchar *rest = g_strconcat (to, rests[i], NULL);

      if (g_unlink (rest) != 0 && errno != ENOENT)
        return fail (error, rest);
    }
  return (g_rename (from, to) == 0 || fail (error, to)) && sync_file (to, error);
}

/**
 * enigm_backup_restore:
 * @config_path: the configuration of a platform that does not run
 * @path: a copy that enigm_backup_make() made
 * @with_journal: whether to bring it to today; if not, the journal must be of no use
 * @unproved: (out): how many keys have to prove themselves anew, or wait for their owners
 * @error: why it was not put back
 *
 * Puts a copy in the place of the database. It is prepared beside it first: cut off at any point,
 * it can be run again.
 *
 * Returns: whether it is done; if not, the database is as it was
 */
gboolean
enigm_backup_restore (const gchar *config_path,
                      const gchar *path,
                      gboolean with_journal,
                      gint64 *unproved,
                      GError **error)
{
  EnigmConfig *config = enigm_config_load (config_path, error);
  g_autoptr (EnigmPlatformState) state = NULL;
  g_autofree gchar *database = NULL;
  g_autofree gchar *prepared = NULL;
  gboolean ready;

  if (config == NULL)
    return FALSE;
  database = g_steal_pointer (&config->database);
  prepared = g_strconcat (database, ".restoring", NULL);
  config->database = g_strdup (prepared);
  if (!copy (path, prepared, error) || !check_copy (config, error) ||
      !decide_journal (config, with_journal, error))
    {
      enigm_config_free (config);
      g_unlink (prepared);
      return FALSE;
    }
  state = enigm_platform_state_open_restored (config, NULL, NULL, with_journal, error);
  ready = state != NULL && count_unproved (state, unproved, error) &&
          enigm_store_settle (state->store, error);
  g_clear_pointer (&state, enigm_platform_state_free);
  if (!ready)
    {
      g_unlink (prepared);
      return FALSE;
    }
  return swap (prepared, database, error);
}
