/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enigm-error.h"
#include "enigm-state-lock.h"

static void
test_one_owner (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("enigm-lock-XXXXXX", NULL);
  g_autofree gchar *data_dir = g_build_filename (folder, "deep", "enigm", NULL);
  g_autofree gchar *deep = g_build_filename (folder, "deep", NULL);
  g_autofree gchar *lock_path = g_build_filename (data_dir, "lock", NULL);
  g_autoptr (GError) error = NULL;
  EnigmStateLock *lock = enigm_state_lock_take (data_dir, &error);
  GStatBuf info;

  g_assert_no_error (error);
  g_assert_cmpint (g_stat (data_dir, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
  g_assert_null (enigm_state_lock_take (data_dir, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_IN_USE);
  g_clear_error (&error);
  enigm_state_lock_free (lock);
  lock = enigm_state_lock_take (data_dir, &error);
  g_assert_no_error (error);
  enigm_state_lock_free (lock);
  g_unlink (lock_path);
  g_rmdir (data_dir);
  g_rmdir (deep);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* However its owner ends, the lock does not outlive it. */
static void
test_killed_owner (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("enigm-lock-XXXXXX", NULL);
  g_autofree gchar *lock_path = g_build_filename (folder, "lock", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmStateLock) lock = NULL;
  int ready[2];
  char byte;
  pid_t child;

  g_assert_cmpint (pipe (ready), ==, 0);
  child = fork ();
  if (child == 0)
    {
      EnigmStateLock *theirs = enigm_state_lock_take (folder, NULL);

      if (write (ready[1], theirs != NULL ? "y" : "n", 1) != 1)
        _exit (1);
      for (;;)
        pause ();
    }
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, 'y');
  g_assert_null (enigm_state_lock_take (folder, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_IN_USE);
  g_clear_error (&error);
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  lock = enigm_state_lock_take (folder, &error);
  g_assert_no_error (error);
  close (ready[0]);
  close (ready[1]);
  g_unlink (lock_path);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_bad_folder (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("enigm-lock-XXXXXX", NULL);
  g_autofree gchar *file = g_build_filename (folder, "file", NULL);
  g_autofree gchar *below = g_build_filename (file, "enigm", NULL);
  g_autofree gchar *lock_path = g_build_filename (folder, "lock", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_null (enigm_state_lock_take (below, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
  g_clear_error (&error);

  /* A link in its place is not followed. */
  g_assert_cmpint (symlink (file, lock_path), ==, 0);
  g_assert_null (enigm_state_lock_take (folder, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
  g_unlink (lock_path);
  g_unlink (file);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/state-lock/one-owner", test_one_owner);
  g_test_add_func ("/state-lock/killed-owner", test_killed_owner);
  g_test_add_func ("/state-lock/bad-folder", test_bad_folder);
  return g_test_run ();
}
