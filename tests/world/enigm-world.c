/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-world.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Anyone may own and call anything. No service folder: what a test did not ask for is not there. */
static const char bus_config[] =
  "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN' "
  "'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'>\n"
  "<busconfig><listen>unix:path=%s</listen><auth>EXTERNAL</auth><policy context='default'>"
  "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/>"
  "<allow user='*'/></policy></busconfig>\n";

static const struct
{
  const char *variable;
  const char *folder;
} private_folders[] = {
  { "HOME", "home" },
  { "XDG_RUNTIME_DIR", "run" },
  { "XDG_CONFIG_HOME", "home/.config" },
  { "XDG_DATA_HOME", "home/.local/share" },
  { "XDG_CACHE_HOME", "home/.cache" },
  { "XDG_STATE_HOME", "home/.local/state" },
};

struct _EnigmWorld
{
  char *folder;
  GHashTable *environment_before;
  EnigmWorldFlags flags;
  GPtrArray *processes;
  GSubprocess *janitor;
  GSubprocess *radio;
  GSubprocess *keyring;
};

static void
on_child_forked (gpointer user_data)
{
  /* However the test ends, what it started ends with it. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
on_janitor_forked (gpointer user_data)
{
  /* Out of the process group, which a test runner kills as a whole. */
  setsid ();
}

static gboolean
on_deadline_passed (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/**
 * enigm_world_await:
 * @condition: (scope call): says whether what is waited for has happened
 * @user_data: handed to @condition
 *
 * Runs the thread's default main context until @condition, which is asked after every event, says
 * so, at most for %ENIGM_WORLD_DEADLINE.
 *
 * Returns: whether it happened
 */
gboolean
enigm_world_await (GSourceFunc condition, gpointer user_data)
{
  GMainContext *context = g_main_context_get_thread_default ();
  g_autoptr (GSource) deadline = g_timeout_source_new_seconds (ENIGM_WORLD_DEADLINE);
  gboolean happened;

  g_return_val_if_fail (condition != NULL, FALSE);

  g_source_set_callback (deadline, on_deadline_passed, NULL, NULL);
  g_source_attach (deadline, context);
  while (!(happened = condition (user_data)) && !g_source_is_destroyed (deadline))
    g_main_context_iteration (context, TRUE);
  g_source_destroy (deadline);
  return happened;
}

static void
on_call_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **finished = user_data;

  *finished = g_object_ref (result);
}

static gboolean
is_set (gpointer user_data)
{
  gpointer *where = user_data;

  return *where != NULL;
}

/**
 * enigm_world_await_line:
 * @process: a process spawned with %G_SUBPROCESS_FLAGS_STDOUT_PIPE
 *
 * Waits for the next line that @process prints. Fails the test when none comes in time.
 *
 * Returns: (transfer full) (nullable): the line without its end, or %NULL once @process has closed
 * its standard output
 */
char *
enigm_world_await_line (GSubprocess *process)
{
  GDataInputStream *lines;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *line;

  g_return_val_if_fail (G_IS_SUBPROCESS (process), NULL);
  g_return_val_if_fail (g_subprocess_get_stdout_pipe (process) != NULL, NULL);

  lines = g_object_get_data (G_OBJECT (process), "enigm-lines");
  if (lines == NULL)
    {
      lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
      g_object_set_data_full (G_OBJECT (process), "enigm-lines", lines, g_object_unref);
    }
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, on_call_finished, &result);
  if (!enigm_world_await (is_set, &result))
    g_error ("process %s printed no line in time", g_subprocess_get_identifier (process));
  line = g_data_input_stream_read_line_finish_utf8 (lines, result, NULL, &error);
  g_assert_no_error (error);
  return line;
}

typedef struct
{
  gboolean known;
  gboolean owned;
  gboolean wanted;
} NameState;

static void
on_name_appeared (GDBusConnection *connection,
                  const char *name,
                  const char *owner,
                  gpointer user_data)
{
  NameState *state = user_data;

  state->known = state->owned = TRUE;
}

static void
on_name_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  NameState *state = user_data;

  state->known = TRUE;
  state->owned = FALSE;
}

static gboolean
is_name_as_wanted (gpointer user_data)
{
  NameState *state = user_data;

  return state->known && state->owned == state->wanted;
}

/**
 * enigm_world_await_name:
 * @self: a world
 * @bus: %G_BUS_TYPE_SYSTEM or %G_BUS_TYPE_SESSION
 * @name: a well-known bus name
 * @owned: whether somebody is to own it, or nobody
 *
 * Waits until @name is owned, or is not. Fails the test when that does not come in time.
 */
void
enigm_world_await_name (EnigmWorld *self, GBusType bus, const char *name, gboolean owned)
{
  g_autoptr (GDBusConnection) connection = enigm_world_connect (self, bus);
  NameState state = { .wanted = owned };
  guint watch;

  watch = g_bus_watch_name_on_connection (connection, name, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                          on_name_appeared, on_name_vanished, &state, NULL);
  if (!enigm_world_await (is_name_as_wanted, &state))
    g_error ("%s did not become %s in time", name, owned ? "owned" : "free");
  g_bus_unwatch_name (watch);
  g_dbus_connection_close_sync (connection, NULL, NULL);
}

/**
 * enigm_world_find_program:
 * @path: a program's path within the build folder, like `peers/key/enigm-key`
 *
 * Finds a program of this build, whose folder the variable `ENIGM_BUILD_DIR` names. Fails the test
 * if there is none.
 *
 * Returns: (transfer full) (type filename): its absolute path
 */
char *
enigm_world_find_program (const char *path)
{
  const char *build = g_getenv ("ENIGM_BUILD_DIR");
  char *program;

  g_return_val_if_fail (path != NULL, NULL);

  if (build == NULL)
    g_error ("ENIGM_BUILD_DIR is not set; run this with `meson test`");
  program = g_build_filename (build, path, NULL);
  if (!g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
    g_error ("%s is not there", program);
  return program;
}

/**
 * enigm_world_find_port:
 *
 * Picks a free TCP port below those that Linux gives to whoever connects, so that a server that
 * was away comes back on it.
 *
 * Returns: its number
 */
guint16
enigm_world_find_port (void)
{
  g_autofree char *range = NULL;
  g_autoptr (GError) error = NULL;
  guint64 beyond;

  g_file_get_contents ("/proc/sys/net/ipv4/ip_local_port_range", &range, NULL, &error);
  g_assert_no_error (error);
  beyond = g_ascii_strtoull (range, NULL, 10);
  for (;;)
    {
      g_autoptr (GSocketListener) probe = g_socket_listener_new ();
      guint16 port = g_random_int_range (10000, beyond);

      if (g_socket_listener_add_inet_port (probe, port, NULL, NULL))
        return port;
    }
}

static GSubprocess *
launch (GSubprocessFlags flags, GSpawnChildSetupFunc on_forked, const char *const *argv)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_child_setup (launcher, on_forked, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  return process;
}

/**
 * enigm_world_spawn:
 * @self: a world
 * @flags: what to do with its standard streams
 * @argv: (array zero-terminated=1): the program, absolute or looked up in `PATH`, and its arguments
 *
 * Starts a process that ends when the world does, at the latest.
 *
 * Returns: (transfer full): the process
 */
GSubprocess *
enigm_world_spawn (EnigmWorld *self, GSubprocessFlags flags, const char *const *argv)
{
  GSubprocess *process;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (argv != NULL && argv[0] != NULL, NULL);

  process = launch (flags, on_child_forked, argv);
  g_object_set_data_full (G_OBJECT (process), "enigm-program", g_strdup (argv[0]), g_free);
  g_ptr_array_add (self->processes, g_object_ref (process));
  return process;
}

static void
await_exit (GSubprocess *process)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_subprocess_wait_async (process, NULL, on_call_finished, &result);
  if (!enigm_world_await (is_set, &result))
    {
      g_subprocess_force_exit (process);
      g_error ("%s did not end when asked to",
               (const char *) g_object_get_data (G_OBJECT (process), "enigm-program"));
    }
  g_subprocess_wait_finish (process, result, NULL);
}

/**
 * enigm_world_stop:
 * @self: a world
 * @process: a process that [func@world_spawn] started
 *
 * Asks @process to end and waits until it has. Fails the test if it crashed, or, having been
 * running until now, ends with an error, which is how a sanitizer reports a leak.
 */
void
enigm_world_stop (EnigmWorld *self, GSubprocess *process)
{
  const char *program = g_object_get_data (G_OBJECT (process), "enigm-program");
  gboolean running = g_subprocess_get_identifier (process) != NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (G_IS_SUBPROCESS (process));

  if (running)
    g_subprocess_send_signal (process, SIGTERM);
  await_exit (process);
  if (g_subprocess_get_if_signaled (process))
    {
      int number = g_subprocess_get_term_sig (process);

      if (number != SIGTERM && number != SIGKILL && number != SIGINT)
        g_error ("%s crashed: %s", program, g_strsignal (number));
    }
  else if (running && g_subprocess_get_exit_status (process) != 0)
    g_error ("%s ended with status %d", program, g_subprocess_get_exit_status (process));
  g_ptr_array_remove (self->processes, process);
}

static void
stop_and_clear (EnigmWorld *self, GSubprocess **process)
{
  if (*process != NULL)
    enigm_world_stop (self, *process);
  g_clear_object (process);
}

/**
 * enigm_world_start_radio:
 * @self: a world with a system bus
 * @n_adapters: number of adapters, 0 for a computer without Bluetooth hardware
 *
 * Starts the practice radio and waits until `org.bluez` is there.
 */
void
enigm_world_start_radio (EnigmWorld *self, guint n_adapters)
{
  g_autofree char *program = enigm_world_find_program ("tests/world/radio/enigm-practice-radio");
  g_autofree char *adapters = g_strdup_printf ("%u", n_adapters);
  const char *argv[] = { program, "--adapters", adapters, NULL };

  g_return_if_fail (self->radio == NULL);

  self->radio = enigm_world_spawn (self, G_SUBPROCESS_FLAGS_NONE, argv);
  enigm_world_await_name (self, G_BUS_TYPE_SYSTEM, "org.bluez", TRUE);
}

/**
 * enigm_world_stop_radio:
 * @self: a world with a radio
 *
 * Ends the practice radio, as if bluetoothd had ended: the bus stays, nobody owns `org.bluez`.
 */
void
enigm_world_stop_radio (EnigmWorld *self)
{
  g_return_if_fail (self->radio != NULL);

  stop_and_clear (self, &self->radio);
}

/**
 * enigm_world_start_keyring:
 * @self: a world with a session bus
 *
 * Starts the keyring daemon, unlocked, and waits until it answers. What an earlier one of this
 * world kept is there again.
 */
void
enigm_world_start_keyring (EnigmWorld *self)
{
  static const char *const argv[] = { "gnome-keyring-daemon", "--foreground", "--unlock",
                                      "--components=secrets", NULL };
  GOutputStream *input;

  g_return_if_fail (self->keyring == NULL);

  self->keyring =
    enigm_world_spawn (self,
                       G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                         G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                       argv);
  input = g_subprocess_get_stdin_pipe (self->keyring);
  g_output_stream_write_all (input, "practice", strlen ("practice"), NULL, NULL, NULL);
  g_output_stream_close (input, NULL, NULL);
  enigm_world_await_name (self, G_BUS_TYPE_SESSION, "org.freedesktop.secrets", TRUE);
}

/**
 * enigm_world_lock_keyring:
 * @self: a world with a keyring
 *
 * Locks the keyring. Stopping and starting it unlocks it again.
 */
void
enigm_world_lock_keyring (EnigmWorld *self)
{
  static const char *const collections[] = { "/org/freedesktop/secrets/collection/login", NULL };
  g_autoptr (GDBusConnection) connection = enigm_world_connect (self, G_BUS_TYPE_SESSION);
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = g_dbus_connection_call_sync (
    connection, "org.freedesktop.secrets", "/org/freedesktop/secrets",
    "org.freedesktop.Secret.Service", "Lock", g_variant_new ("(^ao)", collections),
    G_VARIANT_TYPE ("(aoo)"), G_DBUS_CALL_FLAGS_NONE, ENIGM_WORLD_DEADLINE * 1000, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_close_sync (connection, NULL, NULL);
}

/**
 * enigm_world_stop_keyring:
 * @self: a world with a keyring
 *
 * Ends the keyring daemon: there is no secret service until it is started again.
 */
void
enigm_world_stop_keyring (EnigmWorld *self)
{
  g_return_if_fail (self->keyring != NULL);

  stop_and_clear (self, &self->keyring);
}

static void
start_bus (EnigmWorld *self, const char *name)
{
  g_autofree char *socket = g_build_filename (self->folder, name, NULL);
  g_autofree char *path = g_strconcat (socket, ".conf", NULL);
  g_autofree char *config = g_markup_printf_escaped (bus_config, socket);
  g_autofree char *option = g_strconcat ("--config-file=", path, NULL);
  const char *argv[] = { "dbus-daemon",     option, "--nofork", "--nosyslog", "--nopidfile",
                         "--print-address", NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, config, -1, &error);
  g_assert_no_error (error);
  process = enigm_world_spawn (
    self, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, argv);
  line = enigm_world_await_line (process);
  if (line == NULL)
    g_error ("dbus-daemon did not start: %s %s", argv[0], option);
}

/* @variable is a literal. Not g_setenv(), which remarks on each call that there are threads. */
static void
set_variable (EnigmWorld *self, const char *variable, const char *value)
{
  g_hash_table_insert (self->environment_before, (gpointer) variable,
                       g_strdup (g_getenv (variable)));
  setenv (variable, value, TRUE);
}

static void
on_variable_restored (gpointer variable, gpointer value, gpointer user_data)
{
  if (value != NULL)
    setenv (variable, value, TRUE);
  else
    unsetenv (variable);
}

static void
set_bus_address (EnigmWorld *self, const char *variable, const char *name)
{
  g_autofree char *socket = g_build_filename (self->folder, name, NULL);
  g_autofree char *address = g_strconcat ("unix:path=", socket, NULL);

  set_variable (self, variable, address);
}

/**
 * enigm_world_new:
 * @flags: what it holds
 *
 * Makes a private world: folders of its own for everything that belongs to a person, and buses of
 * its own, named in the environment of this process, which children inherit. Call it before
 * anything asked for a bus or a folder. Everything in it is there when this returns; it is gone
 * when the world is freed or this process ends, be it by SIGKILL.
 *
 * Returns: (transfer full): the world
 */
EnigmWorld *
enigm_world_new (EnigmWorldFlags flags)
{
  EnigmWorld *self = g_new0 (EnigmWorld, 1);
  const char *janitor[] = { ENIGM_JANITOR, NULL, NULL };
  g_autoptr (GError) error = NULL;

  self->flags = flags;
  self->processes = g_ptr_array_new_with_free_func (g_object_unref);
  self->environment_before = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  self->folder = g_dir_make_tmp ("enigm-world-XXXXXX", &error);
  g_assert_no_error (error);
  janitor[1] = self->folder;
  self->janitor = launch (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                            G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                          on_janitor_forked, janitor);

  for (guint i = 0; i < G_N_ELEMENTS (private_folders); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, private_folders[i].folder, NULL);

      g_assert_no_errno (g_mkdir_with_parents (path, 0700));
      set_variable (self, private_folders[i].variable, path);
    }
  set_variable (self, "ENIGM_WORLD", self->folder);
  set_variable (self, "GSETTINGS_BACKEND", "memory");
  set_variable (self, "GIO_USE_VFS", "local");
  set_bus_address (self, "DBUS_SYSTEM_BUS_ADDRESS", "system-bus");
  set_bus_address (self, "DBUS_SESSION_BUS_ADDRESS", "session-bus");

  if (flags & ENIGM_WORLD_SYSTEM_BUS)
    start_bus (self, "system-bus");
  if (flags & ENIGM_WORLD_SESSION_BUS)
    start_bus (self, "session-bus");
  if ((flags & ENIGM_WORLD_RADIO) == ENIGM_WORLD_RADIO)
    enigm_world_start_radio (self, 2);
  if ((flags & ENIGM_WORLD_KEYRING) == ENIGM_WORLD_KEYRING)
    enigm_world_start_keyring (self);
  return self;
}

static void
on_connection_finalized (gpointer user_data, GObject *where_the_object_was)
{
  gboolean *finalized = user_data;

  *finalized = TRUE;
}

/* GLib's own shared connection would end the process with its bus, and outlive it into the next
 * world. */
static void
close_shared_connection (GBusType bus)
{
  GDBusConnection *connection = g_bus_get_sync (bus, NULL, NULL);
  gboolean finalized = FALSE;
  gint64 patience = g_get_monotonic_time () + G_USEC_PER_SEC / 2;

  if (connection == NULL)
    return;
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  g_dbus_connection_close_sync (connection, NULL, NULL);
  g_object_weak_ref (G_OBJECT (connection), on_connection_finalized, &finalized);
  g_object_unref (connection);
  while (!finalized && g_get_monotonic_time () < patience)
    {
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
  if (!finalized)
    {
      g_test_message ("the shared connection to a bus is still in use");
      g_object_weak_unref (G_OBJECT (connection), on_connection_finalized, &finalized);
    }
}

/**
 * enigm_world_free:
 * @self: (transfer full): a world
 *
 * Ends everything that runs in the world, last started first, removes its folder, and puts the
 * environment back. Fails the test if something in it had crashed.
 */
void
enigm_world_free (EnigmWorld *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (self != NULL);

  if (self->flags & ENIGM_WORLD_SYSTEM_BUS)
    close_shared_connection (G_BUS_TYPE_SYSTEM);
  if (self->flags & ENIGM_WORLD_SESSION_BUS)
    close_shared_connection (G_BUS_TYPE_SESSION);
  g_clear_object (&self->radio);
  g_clear_object (&self->keyring);
  while (self->processes->len > 0)
    enigm_world_stop (self, g_ptr_array_index (self->processes, self->processes->len - 1));

  g_output_stream_close (g_subprocess_get_stdin_pipe (self->janitor), NULL, NULL);
  g_subprocess_wait (self->janitor, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (self->folder, G_FILE_TEST_EXISTS));

  g_hash_table_foreach (self->environment_before, on_variable_restored, NULL);
  g_hash_table_unref (self->environment_before);
  g_ptr_array_unref (self->processes);
  g_object_unref (self->janitor);
  g_free (self->folder);
  g_free (self);
}

/**
 * enigm_world_get_folder:
 * @self: a world
 *
 * Gets the folder that goes with the world, for a test's own files.
 *
 * Returns: (type filename): its absolute path
 */
const char *
enigm_world_get_folder (EnigmWorld *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->folder;
}

/**
 * enigm_world_connect:
 * @self: a world
 * @bus: %G_BUS_TYPE_SYSTEM or %G_BUS_TYPE_SESSION, one that the world has
 *
 * Opens a connection to a bus of the world which nobody else shares.
 *
 * Returns: (transfer full): the connection
 */
GDBusConnection *
enigm_world_connect (EnigmWorld *self, GBusType bus)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (bus, NULL, NULL);
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection;

  g_return_val_if_fail (self != NULL, NULL);

  connection = g_dbus_connection_new_for_address_sync (
    address,
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
    NULL, NULL, &error);
  g_assert_no_error (error);
  return connection;
}
