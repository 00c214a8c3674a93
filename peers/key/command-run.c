/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "command.h"
#include "key-body.h"
#include "key-control.h"

static gboolean
on_quit_signalled (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_CONTINUE;
}

/* What was said on the way out, Disconnect and Unregister, still has to leave the process. */
static void
on_bus_flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_main_loop_quit (user_data);
}

/**
 * enigm_key_command_run:
 * @argc: how many words there are, the subcommand's name included
 * @argv: (array length=argc): the words
 *
 * Runs one key until SIGTERM or SIGINT.
 *
 * Returns: the exit status: 0, 1 if it failed, 2 if it was not understood
 */
int
enigm_key_command_run (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  g_autofree char *adapter = NULL;
  g_autofree char *socket = NULL;
  g_autoptr (EnigmKeyStore) store = NULL;
  g_autoptr (EnigmKeyRadio) radio = NULL;
  g_autoptr (EnigmKeyBody) body = NULL;
  g_autoptr (EnigmKeyControl) control = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  g_autoptr (GError) error = NULL;
  guint term_id, int_id;
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &folder, "What factory made", "DIR" },
    { "adapter", 0, 0, G_OPTION_ARG_STRING, &adapter, "The Bluetooth adapter, else the first",
      "NAME" },
    { "control", 0, 0, G_OPTION_ARG_FILENAME, &socket, "Where enigm-keyctl finds it", "SOCKET" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || folder == NULL || socket == NULL ||
      argc > 1)
    {
      g_printerr ("enigm-key run: %s\n",
                  error != NULL ? error->message : "--state and --control are needed");
      return 2;
    }

  store = enigm_key_store_open (folder, &error);
  if (store != NULL)
    bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  if (bus == NULL)
    {
      g_printerr ("enigm-key run: %s\n", error->message);
      return 1;
    }
  /* An alert needs no Bluetooth: the key outlives the bus. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  radio = enigm_key_radio_new (bus, adapter);
  body = enigm_key_body_new (store, radio);
  control = enigm_key_control_new (body, socket, &error);
  if (control == NULL)
    {
      g_printerr ("enigm-key run: %s\n", error->message);
      return 1;
    }

  loop = g_main_loop_new (NULL, FALSE);
  term_id = g_unix_signal_add (SIGTERM, on_quit_signalled, loop);
  int_id = g_unix_signal_add (SIGINT, on_quit_signalled, loop);
  g_print ("ready\n");
  fflush (stdout);
  g_main_loop_run (loop);

  enigm_key_body_stop (body);
  g_dbus_connection_flush (bus, NULL, on_bus_flushed, loop);
  g_main_loop_run (loop);
  g_source_remove (term_id);
  g_source_remove (int_id);

  return 0;
}
