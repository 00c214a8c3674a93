/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keyring where SECRET_BACKEND=file asks for libsecret's own file: no service, no bus, and a
 * password that libsecret is told. It opens the file once for each process. */
#include <glib/gstdio.h>

#include "await.h"
#include "enigm-error.h"
#include "enigm-keyring.h"

#define PLACE "00112233445566778899aabbccddeeff"
#define FOR_SUBPROCESS G_TEST_SUBPROCESS_INHERIT_STDERR

static const guint8 expected[32] = { 1, 2, 3, 0, 5 };

static EnigmKeyring *
open_keyring (void)
{
  EnigmKeyring *keyring = enigm_keyring_new ();

  enigm_keyring_set_place (keyring, PLACE);
  return keyring;
}

static void
store (void)
{
  g_autoptr (EnigmKeyring) keyring = open_keyring ();
  g_autoptr (EnigmSecret) secret = enigm_secret_new_copy (expected, sizeof expected);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  enigm_keyring_store_async (keyring, ENIGM_KEYRING_FILES, NULL, secret, NULL, on_awaited, &result);
  await_result (&result);
  enigm_keyring_store_finish (keyring, result, &error);
  g_assert_no_error (error);
}

static EnigmSecret *
look_up (GError **error)
{
  g_autoptr (EnigmKeyring) keyring = open_keyring ();
  g_autoptr (GAsyncResult) result = NULL;

  enigm_keyring_lookup_async (keyring, ENIGM_KEYRING_FILES, NULL, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_keyring_lookup_finish (keyring, result, error);
}

static void
find (void)
{
  g_autoptr (EnigmSecret) secret = enigm_secret_new_copy (expected, sizeof expected);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmSecret) found = look_up (&error);

  g_assert_no_error (error);
  g_assert_nonnull (found);
  g_assert_true (enigm_secret_equal (found, secret));
}

static void
find_nothing (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (look_up (&error));
  g_assert_no_error (error);
}

static void
run (const gchar *name, const gchar *password)
{
  g_setenv ("SECRET_FILE_TEST_PASSWORD", password, TRUE);
  g_test_trap_subprocess (name, 0, FOR_SUBPROCESS);
  g_test_trap_assert_passed ();
}

static void
test_passwords (void)
{
  run ("/keyring-file/passwords/subprocess/store", "right");
  run ("/keyring-file/passwords/subprocess/find", "right");
  /* libsecret opens the file with any password, and then finds nothing that fits it. */
  run ("/keyring-file/passwords/subprocess/find-nothing", "wrong");
  run ("/keyring-file/passwords/subprocess/find", "right");
}

int
main (int argc, char **argv)
{
  g_autofree gchar *folder = NULL;
  g_autofree gchar *path = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  if (!g_test_subprocess ())
    {
      folder = g_dir_make_tmp ("enigm-keyring-XXXXXX", NULL);
      path = g_build_filename (folder, "practice.keyring", NULL);
      g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
    }
  g_test_add_func ("/keyring-file/passwords", test_passwords);
  g_test_add_func ("/keyring-file/passwords/subprocess/store", store);
  g_test_add_func ("/keyring-file/passwords/subprocess/find", find);
  g_test_add_func ("/keyring-file/passwords/subprocess/find-nothing", find_nothing);
  status = g_test_run ();
  if (folder != NULL)
    {
      g_autofree gchar *older = g_strconcat (path, "~", NULL);

      g_unlink (path);
      g_unlink (older);
      g_rmdir (folder);
    }
  return status;
}
