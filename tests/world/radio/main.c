/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib-unix.h>
#include <locale.h>
#include <stdlib.h>

#include "radio-control.h"
#include "radio-interface.h"
#include "radio.h"

#define BUS_NAME "org.bluez"
#define ADAPTERS_MAX 16

typedef struct
{
  GMainLoop *loop;
  int status;
} Service;

static gboolean
on_signal_received (gpointer user_data)
{
  Service *service = user_data;

  g_main_loop_quit (service->loop);
  return G_SOURCE_CONTINUE;
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Service *service = user_data;

  if (connection == NULL || g_dbus_connection_is_closed (connection))
    g_printerr ("The bus is gone.\n");
  else
    g_printerr ("Another program on this bus is " BUS_NAME ".\n");
  service->status = EXIT_FAILURE;
  g_main_loop_quit (service->loop);
}

static void
on_connection_closed (GDBusConnection *connection,
                      gboolean by_peer,
                      GError *error,
                      gpointer user_data)
{
  Service *service = user_data;

  g_main_loop_quit (service->loop);
}

int
main (int argc, char *argv[])
{
  int adapters = 2;
  int temporary_timeout = 30 * 1000;
  int connect_timeout = 20 * 1000;
  const GOptionEntry options[] = {
    { "adapters", 0, 0, G_OPTION_ARG_INT, &adapters, "Adapters at the start (default: 2)", "N" },
    { "temporary-timeout", 0, 0, G_OPTION_ARG_INT, &temporary_timeout,
      "How long a device nobody connects to is remembered (default: 30000)", "MS" },
    { "connect-timeout", 0, 0, G_OPTION_ARG_INT, &connect_timeout,
      "How long Connect waits to hear a device (default: 20000)", "MS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (RadioInterface) control = NULL;
  g_autoptr (Radio) radio = NULL;
  g_autoptr (GError) error = NULL;
  Service service = { NULL, EXIT_SUCCESS };
  guint name_id, interrupted_id, terminated_id;

  setlocale (LC_ALL, "");
  g_option_context_set_summary (context,
                                "A practice " BUS_NAME " on the bus that DBUS_SYSTEM_BUS_ADDRESS "
                                "names: adapters that hear each other, without hardware.");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  if (argc > 1 || adapters < 0 || adapters > ADAPTERS_MAX || temporary_timeout < 0 ||
      connect_timeout < 0)
    {
      g_printerr ("Takes 0 to %d adapters and no other arguments; see --help.\n", ADAPTERS_MAX);
      return EXIT_FAILURE;
    }
  /* The machine's own bus has a bluetoothd, or is to have one. */
  if (g_getenv ("DBUS_SYSTEM_BUS_ADDRESS") == NULL)
    {
      g_printerr ("Set DBUS_SYSTEM_BUS_ADDRESS to a private bus.\n");
      return EXIT_FAILURE;
    }
  connection = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  if (connection == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  g_dbus_connection_set_exit_on_close (connection, FALSE);

  loop = g_main_loop_new (NULL, FALSE);
  service.loop = loop;
  radio = radio_new (connection);
  radio->temporary_timeout = (guint) temporary_timeout;
  radio->connect_timeout = (guint) connect_timeout;
  for (int i = 0; i < adapters; i++)
    radio_add_adapter (radio);
  control = radio_control_export (radio, &error);
  if (control == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_signal_connect (connection, "closed", G_CALLBACK (on_connection_closed), &service);
  interrupted_id = g_unix_signal_add (SIGINT, on_signal_received, &service);
  terminated_id = g_unix_signal_add (SIGTERM, on_signal_received, &service);
  name_id = g_bus_own_name_on_connection (connection, BUS_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
                                          NULL, on_name_lost, &service, NULL);
  g_main_loop_run (loop);

  g_source_remove (interrupted_id);
  g_source_remove (terminated_id);
  g_bus_unown_name (name_id);
  g_signal_handlers_disconnect_by_data (connection, &service);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (control));
  return service.status;
}
