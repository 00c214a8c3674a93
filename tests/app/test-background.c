/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outside of a sandbox, where nobody has to be asked. */
#include "config.h"

#include <glib/gstdio.h>

#include "enigm-background.h"
#include "protocol/enigm-error.h"

typedef struct
{
  GMainLoop *loop;
  gboolean allowed;
  gboolean autostart;
  GError *error;
} Answer;

static void
on_answered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->allowed = enigm_background_ask_finish (result, &answer->autostart, &answer->error);
  g_main_loop_quit (answer->loop);
}

static Answer
ask (gboolean autostart)
{
  Answer answer = { .loop = g_main_loop_new (NULL, FALSE) };

  enigm_background_ask_async ("", autostart, NULL, on_answered, &answer);
  g_main_loop_run (answer.loop);
  g_main_loop_unref (answer.loop);
  return answer;
}

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", APPLICATION_ID ".desktop", NULL);
}

static void
test_choice (void)
{
  g_autofree char *path = get_path ();
  g_autoptr (GKeyFile) entry = g_key_file_new ();
  g_autofree char *command = NULL;
  g_autofree char *needs = NULL;
  Answer answer = ask (FALSE);

  /* To go on without a window does not start anything. */
  g_assert_no_error (answer.error);
  g_assert_true (answer.allowed);
  g_assert_false (answer.autostart);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  answer = ask (TRUE);
  g_assert_no_error (answer.error);
  g_assert_true (answer.allowed && answer.autostart);
  g_assert_true (g_key_file_load_from_file (entry, path, G_KEY_FILE_NONE, NULL));
  command = g_key_file_get_string (entry, "Desktop Entry", "Exec", NULL);
  needs = g_key_file_get_string (entry, "Desktop Entry", "TryExec", NULL);
  g_assert_cmpstr (command, ==, "enigm-app --listen");
  g_assert_cmpstr (needs, ==, "enigm-app");

  answer = ask (FALSE);
  g_assert_true (answer.allowed);
  g_assert_false (answer.autostart);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_no_room (void)
{
  g_autofree char *path = get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  Answer answer;

  /* A file stands where the folder should be. */
  g_rmdir (folder);
  g_assert_true (g_file_set_contents (folder, "", 0, NULL));
  answer = ask (TRUE);
  g_assert_false (answer.allowed);
  g_assert_error (answer.error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
  g_assert_nonnull (strstr (answer.error->message, "Everything else is as before."));
  g_clear_error (&answer.error);
  g_unlink (folder);
}

int
main (int argc, char *argv[])
{
  g_autofree char *home = g_dir_make_tmp ("enigm-background-XXXXXX", NULL);
  int status;

  g_assert_nonnull (home);
  g_setenv ("XDG_CONFIG_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/background/choice", test_choice);
  g_test_add_func ("/background/no-room", test_no_room);
  status = g_test_run ();
  g_rmdir (home);
  return status;
}
