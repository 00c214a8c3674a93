/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-control.h"

#include <gio/gunixfdlist.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <sys/mman.h>
#include <unistd.h>

#include "enigm-cli.h"
#include "enigm-error.h"

/* One process owns the account's state, the app or an enigmctl that watches, so enigmctl asks it to
 * run the verb: the same code, with enigmctl's own streams. Only programs of the same person reach
 * their session bus. */

/* A name of its own: an enigmctl that watches is not the app. */
#define CONTROL_NAME APPLICATION_ID ".Control"
#define CONTROL_PATH "/io/enigm/App/Control"
#define CONTROL_INTERFACE "io.enigm.App.Control"
#define MAX_WORDS 64
#define MAX_SECRET 1024

static const char control_xml[] = "<node>"
                                  "  <interface name='io.enigm.App.Control'>"
                                  "    <method name='Run'>"
                                  "      <arg name='argv' type='as' direction='in'/>"
                                  "      <arg name='secrets' type='a{sh}' direction='in'/>"
                                  "      <arg name='out' type='h' direction='in'/>"
                                  "      <arg name='err' type='h' direction='in'/>"
                                  "      <arg name='code' type='i' direction='out'/>"
                                  "    </method>"
                                  "  </interface>"
                                  "</node>";

/* The side of who owns the state */

struct _EnigmControl
{
  GDBusConnection *connection;
  guint registration_id;
  guint name_id;
};

typedef struct
{
  GDBusMethodInvocation *invocation;
  GCancellable *cancellable;
  guint watch_id;
} Run;

static void
run_free (Run *run)
{
  g_bus_unwatch_name (run->watch_id);
  g_clear_object (&run->cancellable);
  g_free (run);
}

static void
on_run_finished (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  g_dbus_method_invocation_return_value (
    run->invocation, g_variant_new ("(i)", enigm_cli_run_finish (ENIGM_CLI (object), result)));
  run_free (run);
}

static void
on_caller_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Run *run = user_data;

  g_cancellable_cancel (run->cancellable);
}

static GOutputStream *
take_stream (GUnixFDList *fds, gint32 handle, GError **error)
{
  int fd = g_unix_fd_list_get (fds, handle, error);

  return fd < 0 ? NULL : g_unix_output_stream_new (fd, TRUE);
}

static EnigmSecret *
take_secret (GUnixFDList *fds, gint32 handle, GError **error)
{
  guint8 data[MAX_SECRET];
  EnigmSecret *secret = NULL;
  int fd = g_unix_fd_list_get (fds, handle, error);
  gssize size;

  if (fd < 0)
    return NULL;
  size = pread (fd, data, sizeof data, 0);
  close (fd);
  if (size > 0 && (gsize) size < sizeof data)
    secret = enigm_secret_new_copy (data, size);
  else
    g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                         "a secret is empty or too long");
  OPENSSL_cleanse (data, sizeof data);
  return secret;
}

static EnigmCli *
parse_call (EnigmAccount *account, GVariant *parameters, GUnixFDList *fds, GError **error)
{
  g_autofree const char **argv = NULL;
  g_autoptr (GVariantIter) iter = NULL;
  g_autoptr (GHashTable) secrets =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) enigm_secret_unref);
  g_autoptr (GOutputStream) out = NULL;
  g_autoptr (GOutputStream) err = NULL;
  const char *name;
  gint32 handle, out_handle, err_handle;

  g_variant_get (parameters, "(^a&sa{sh}hh)", &argv, &iter, &out_handle, &err_handle);
  if (fds == NULL || argv[0] == NULL || g_strv_length ((char **) argv) > MAX_WORDS)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "argv or streams are missing");
      return NULL;
    }
  while (g_variant_iter_loop (iter, "{&sh}", &name, &handle))
    {
      EnigmSecret *secret = take_secret (fds, handle, error);

      if (secret == NULL)
        return NULL;
      g_hash_table_insert (secrets, g_strdup (name), secret);
    }
  out = take_stream (fds, out_handle, error);
  err = out != NULL ? take_stream (fds, err_handle, error) : NULL;
  if (err == NULL)
    return NULL;
  return enigm_cli_new (account, argv, secrets, out, err);
}

static void
on_method_called (GDBusConnection *connection,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *method,
                  GVariant *parameters,
                  GDBusMethodInvocation *invocation,
                  gpointer user_data)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (invocation);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmCli) cli =
    parse_call (user_data, parameters, g_dbus_message_get_unix_fd_list (message), &error);
  Run *run;

  if (cli == NULL)
    {
      g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR,
                                                     G_DBUS_ERROR_INVALID_ARGS, error->message);
      return;
    }
  run = g_new0 (Run, 1);
  run->invocation = invocation;
  run->cancellable = g_cancellable_new ();
  /* An interrupted enigmctl is how a person cancels. */
  run->watch_id = g_bus_watch_name_on_connection (connection, sender, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                  NULL, on_caller_vanished, run, NULL);
  enigm_cli_run_async (cli, run->cancellable, on_run_finished, run);
}

/**
 * enigm_control_export:
 * @connection: the session bus
 * @account: the account whose state this process owns
 * @error: return location
 *
 * Lets enigmctl run its verbs in this process, as `io.enigm.App.Control` at
 * `/io/enigm/App/Control` of the bus name `io.enigm.App.Control`.
 *
 * Returns: (transfer full) (nullable): until enigm_control_free(), or %NULL with @error set
 */
EnigmControl *
enigm_control_export (GDBusConnection *connection, EnigmAccount *account, GError **error)
{
  static const GDBusInterfaceVTable vtable = { on_method_called, NULL, NULL, { NULL } };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (control_xml, error);

  EnigmControl *self;
  guint id;

  if (node == NULL)
    return NULL;
  id = g_dbus_connection_register_object (connection, CONTROL_PATH, node->interfaces[0], &vtable,
                                          g_object_ref (account), g_object_unref, error);
  if (id == 0)
    return NULL;
  self = g_new (EnigmControl, 1);
  self->connection = g_object_ref (connection);
  self->registration_id = id;
  self->name_id = g_bus_own_name_on_connection (
    connection, CONTROL_NAME, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
  return self;
}

/**
 * enigm_control_free:
 * @self: (transfer full): what enigm_control_export() returned
 */
void
enigm_control_free (EnigmControl *self)
{
  g_return_if_fail (self != NULL);

  g_bus_unown_name (self->name_id);
  g_dbus_connection_unregister_object (self->connection, self->registration_id);
  g_object_unref (self->connection);
  g_free (self);
}

/* enigmctl's side */

static void
on_run_answered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_with_unix_fd_list_finish (
    G_DBUS_CONNECTION (object), NULL, result, &error);
  gint32 code;

  if (answer == NULL)
    {
      g_debug ("Asking the app: %s", error->message);
      g_task_return_new_error (
        task, ENIGM_ERROR, ENIGM_ERROR_IN_USE,
        _ ("Another program is using your account on this computer and does not "
           "answer. Nothing was done. Close it and try again."));
      return;
    }
  g_variant_get (answer, "(i)", &code);
  g_task_return_int (task, code);
}

static int
seal_secret (EnigmSecret *secret, GError **error)
{
  gsize size;
  const guint8 *data = enigm_secret_peek (secret, &size);
  int fd = memfd_create ("enigm", MFD_CLOEXEC);

  if (fd >= 0 && write (fd, data, size) == (gssize) size)
    return fd;
  if (fd >= 0)
    close (fd);
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                       _ ("There is not enough memory. Nothing was done."));
  return -1;
}

/**
 * enigm_control_call_async:
 * @argv: the verb and what follows it
 * @secrets: (element-type utf8 EnigmSecret): by name; they cross in memory files, never in a
 * message
 *
 * Has the running app run a verb with this process's standard output and error.
 */
void
enigm_control_call_async (GDBusConnection *connection,
                          const char *const *argv,
                          GHashTable *secrets,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (connection, NULL, callback, user_data);
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer name, secret;
  int out, err;

  g_task_set_source_tag (task, enigm_control_call_async);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sh}"));
  g_hash_table_iter_init (&iter, secrets);
  while (g_hash_table_iter_next (&iter, &name, &secret))
    {
      int fd = seal_secret (secret, &error);
      int handle = fd >= 0 ? g_unix_fd_list_append (fds, fd, &error) : -1;

      if (fd >= 0)
        close (fd);
      if (handle < 0)
        {
          g_variant_builder_clear (&builder);
          g_task_return_error (task, g_steal_pointer (&error));
          return;
        }
      g_variant_builder_add (&builder, "{sh}", name, handle);
    }
  out = g_unix_fd_list_append (fds, STDOUT_FILENO, &error);
  err = out >= 0 ? g_unix_fd_list_append (fds, STDERR_FILENO, &error) : -1;
  if (err < 0)
    {
      g_variant_builder_clear (&builder);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_dbus_connection_call_with_unix_fd_list (
    connection, CONTROL_NAME, CONTROL_PATH, CONTROL_INTERFACE, "Run",
    g_variant_new ("(^asa{sh}hh)", argv, &builder, out, err), G_VARIANT_TYPE ("(i)"),
    G_DBUS_CALL_FLAGS_NO_AUTO_START, G_MAXINT, fds, NULL, on_run_answered, g_steal_pointer (&task));
}

/**
 * enigm_control_call_finish:
 *
 * Returns: an #EnigmCliExit, or -1 with @error set (%ENIGM_ERROR_IN_USE)
 */
int
enigm_control_call_finish (GDBusConnection *connection, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, connection), -1);
  return g_task_propagate_int (G_TASK (result), error);
}
