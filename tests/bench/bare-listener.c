/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>

/* The least that a program can do which wants to know what org.bluez hears: it takes each signal
 * and looks at none. Runs until it is killed. */

static void
on_signal (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *parameters,
           gpointer user_data)
{
}

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);

  if (connection == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  g_dbus_connection_signal_subscribe (connection, "org.bluez", NULL, NULL, NULL, NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE, on_signal, NULL, NULL);
  g_main_loop_run (loop);
  return 0;
}
