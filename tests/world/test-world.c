/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-world.h"

#include <signal.h>
#include <stdlib.h>

static void
test_empty (void)
{
  g_autofree char *home = g_strdup (g_getenv ("HOME"));
  g_autofree char *folder = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  EnigmWorld *world = enigm_world_new (ENIGM_WORLD_EMPTY);

  folder = g_strdup (enigm_world_get_folder (world));
  g_assert_true (g_str_has_prefix (g_getenv ("HOME"), folder));
  g_assert_true (g_file_test (g_getenv ("XDG_RUNTIME_DIR"), G_FILE_TEST_IS_DIR));
  connection = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  g_assert_null (connection);

  enigm_world_free (world);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_cmpstr (g_getenv ("HOME"), ==, home);
}

static guint
count_names (void)
{
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) names = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  answer =
    g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/", "org.freedesktop.DBus",
                                 "ListNames", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  names = g_variant_get_child_value (answer, 0);
  for (gsize i = 0; i < g_variant_n_children (names); i++)
    {
      const char *name;

      g_variant_get_child (names, i, "&s", &name);
      n += name[0] != ':';
    }
  return n;
}

/* Two worlds after each other in one process: the second bus is a new one, not the first's remains.
 */
static void
test_bus (void)
{
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (EnigmWorld) world = enigm_world_new (ENIGM_WORLD_SYSTEM_BUS);
      g_autoptr (GDBusConnection) owner = enigm_world_connect (world, G_BUS_TYPE_SYSTEM);
      guint id;

      g_assert_cmpuint (count_names (), ==, 1);
      id = g_bus_own_name_on_connection (owner, "org.bluez", G_BUS_NAME_OWNER_FLAGS_NONE, NULL,
                                         NULL, NULL, NULL);
      enigm_world_await_name (world, G_BUS_TYPE_SYSTEM, "org.bluez", TRUE);
      g_assert_cmpuint (count_names (), ==, 2);
      g_bus_unown_name (id);
      enigm_world_await_name (world, G_BUS_TYPE_SYSTEM, "org.bluez", FALSE);
    }
}

static char *
secret_tool (EnigmWorld *world, const char *verb, const char *input)
{
  const char *store[] = { "secret-tool", "store", "--label=x", "kind", "test", NULL };
  const char *lookup[] = { "secret-tool", "lookup", "kind", "test", NULL };
  g_autoptr (GSubprocess) process =
    enigm_world_spawn (world, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                       g_str_equal (verb, "store") ? store : lookup);
  g_autoptr (GError) error = NULL;
  char *output = NULL;

  g_subprocess_communicate_utf8 (process, input, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  return output;
}

static void
test_keyring_restarted (void)
{
  g_autoptr (EnigmWorld) world = enigm_world_new (ENIGM_WORLD_KEYRING);
  g_autofree char *stored = secret_tool (world, "store", "kept");
  g_autofree char *open = secret_tool (world, "lookup", NULL);
  g_autofree char *unlocked_again = NULL;

  g_assert_cmpstr (open, ==, "kept");
  enigm_world_stop_keyring (world);
  enigm_world_await_name (world, G_BUS_TYPE_SESSION, "org.freedesktop.secrets", FALSE);
  enigm_world_start_keyring (world);
  unlocked_again = secret_tool (world, "lookup", NULL);
  g_assert_cmpstr (unlocked_again, ==, "kept");
}

static void
test_keyring_locked (void)
{
  g_autoptr (EnigmWorld) world = enigm_world_new (ENIGM_WORLD_KEYRING);
  g_autofree char *stored = secret_tool (world, "store", "kept");
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) locked = NULL;
  g_autoptr (GError) error = NULL;

  enigm_world_lock_keyring (world);
  connection = enigm_world_connect (world, G_BUS_TYPE_SESSION);
  answer = g_dbus_connection_call_sync (
    connection, "org.freedesktop.secrets", "/org/freedesktop/secrets/collection/login",
    "org.freedesktop.DBus.Properties", "Get",
    g_variant_new ("(ss)", "org.freedesktop.Secret.Collection", "Locked"), G_VARIANT_TYPE ("(v)"),
    G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(v)", &locked);
  g_assert_true (g_variant_get_boolean (locked));
}

static void
test_lines (void)
{
  static const char *const argv[] = { "/bin/sh", "-c", "echo one; read -r x; echo $x", NULL };
  g_autoptr (EnigmWorld) world = enigm_world_new (ENIGM_WORLD_EMPTY);
  g_autoptr (GSubprocess) process =
    enigm_world_spawn (world, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
  g_autofree char *first = enigm_world_await_line (process);
  g_autofree char *second = NULL;
  g_autofree char *end = NULL;

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (process), "two\n", 4, NULL, NULL, NULL);
  second = enigm_world_await_line (process);
  end = enigm_world_await_line (process);
  g_assert_cmpstr (first, ==, "one");
  g_assert_cmpstr (second, ==, "two");
  g_assert_null (end);
}

static char *
await_value (GSubprocess *process, const char *name)
{
  for (;;)
    {
      g_autofree char *line = enigm_world_await_line (process);
      const char *found;

      g_assert_nonnull (line);
      found = strstr (line, name);
      if (found != NULL)
        return g_strdup (found + strlen (name));
    }
}

static gboolean
is_removed (gpointer user_data)
{
  return !g_file_test (user_data, G_FILE_TEST_EXISTS);
}

static gboolean
is_closed (gpointer user_data)
{
  return g_dbus_connection_is_closed (user_data);
}

/* As somebody outside sees it: a process with a world is killed, and neither its folder nor its bus
 * is left. */
static void
test_killed (void)
{
  if (g_test_subprocess ())
    {
      EnigmWorld *world = enigm_world_new (ENIGM_WORLD_SYSTEM_BUS);

      g_print ("folder=%s\n", enigm_world_get_folder (world));
      g_print ("address=%s\n", g_getenv ("DBUS_SYSTEM_BUS_ADDRESS"));
      for (;;)
        g_main_context_iteration (NULL, TRUE);
    }
  else
    {
      g_autoptr (EnigmWorld) outer = enigm_world_new (ENIGM_WORLD_EMPTY);
      g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
      const char *argv[] = { program, "-p", "/world/killed", "--GTestSubprocess", NULL };
      g_autoptr (GFile) around = g_file_new_for_path (enigm_world_get_folder (outer));
      g_autoptr (GFileMonitor) monitor = NULL;
      g_autoptr (GSubprocess) process = NULL;
      g_autoptr (GDBusConnection) connection = NULL;
      g_autofree char *folder = NULL;
      g_autofree char *address = NULL;
      g_autoptr (GError) error = NULL;

      g_setenv ("TMPDIR", enigm_world_get_folder (outer), TRUE);
      process = enigm_world_spawn (outer, G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
      g_unsetenv ("TMPDIR");
      folder = await_value (process, "folder=");
      address = await_value (process, "address=");
      g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
      connection =
        g_dbus_connection_new_for_address_sync (address,
                                                G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                NULL, NULL, &error);
      g_assert_no_error (error);
      monitor = g_file_monitor_directory (around, G_FILE_MONITOR_NONE, NULL, &error);
      g_assert_no_error (error);

      g_subprocess_force_exit (process);
      g_assert_true (enigm_world_await (is_closed, connection));
      g_assert_true (enigm_world_await (is_removed, folder));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/world/empty", test_empty);
  g_test_add_func ("/world/bus", test_bus);
  g_test_add_func ("/world/keyring/restarted", test_keyring_restarted);
  g_test_add_func ("/world/keyring/locked", test_keyring_locked);
  g_test_add_func ("/world/lines", test_lines);
  g_test_add_func ("/world/killed", test_killed);
  return g_test_run ();
}
