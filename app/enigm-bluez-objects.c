/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-bluez-objects.h"

#include "enigm-bluez.h"

#define BLUEZ_NAME "org.bluez"
#define MANAGER_PATH "/"

/* GDBusObjectManagerClient asks for the objects in a thread of its own, and drops signals about
 * those that it has not put on its list yet. An adapter that is switched off in that moment would
 * stay on for the app until it is started again. So what it has is compared with a second answer,
 * and it is made anew while they differ. */

static void create (GTask *task);

static gboolean
is_known (GDBusObjectManager *manager, const char *path, GVariant *interfaces)
{
  g_autoptr (GDBusObject) object = g_dbus_object_manager_get_object (manager, path);
  g_autoptr (GVariant) told = g_variant_lookup_value (interfaces, "org.bluez.Adapter1", NULL);
  EnigmBluezAdapter1 *adapter;
  gboolean powered;

  if (object == NULL)
    return FALSE;
  if (told == NULL || !g_variant_lookup (told, "Powered", "b", &powered))
    return TRUE;
  adapter = enigm_bluez_object_peek_adapter1 (ENIGM_BLUEZ_OBJECT (object));
  return adapter != NULL && enigm_bluez_adapter1_get_powered (adapter) == powered;
}

static gboolean
knows_all (GDBusObjectManager *manager, GVariant *reply)
{
  g_autoptr (GVariantIter) iter = NULL;
  const char *path;
  GVariant *interfaces;

  g_variant_get (reply, "(a{oa{sa{sv}}})", &iter);
  while (g_variant_iter_next (iter, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      g_autoptr (GVariant) owned = interfaces;

      if (!is_known (manager, path, owned))
        return FALSE;
    }
  return TRUE;
}

/* Signals and this answer come by the same way: what was said before it has been heard by now. */
static void
on_objects_got (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GDBusObjectManager *manager = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (reply != NULL && !knows_all (manager, reply))
    {
      g_debug ("bluetoothd said something while nobody listened");
      create (task);
      return;
    }
  /* Without an answer bluetoothd is gone, which the manager notices. */
  if (reply == NULL)
    g_debug ("Looking at bluetoothd again: %s", error->message);
  g_task_return_pointer (task, g_object_ref (manager), g_object_unref);
}

static void
on_created (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusObjectManager) manager = g_dbus_object_manager_client_new_finish (result, &error);
  g_autofree char *owner = NULL;

  if (manager == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  owner = g_dbus_object_manager_client_get_name_owner (G_DBUS_OBJECT_MANAGER_CLIENT (manager));
  if (owner == NULL)
    {
      g_task_return_pointer (task, g_steal_pointer (&manager), g_object_unref);
      return;
    }
  g_task_set_task_data (task, g_object_ref (manager), g_object_unref);
  g_dbus_connection_call (
    g_dbus_object_manager_client_get_connection (G_DBUS_OBJECT_MANAGER_CLIENT (manager)), owner,
    MANAGER_PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
    G_VARIANT_TYPE ("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
    g_task_get_cancellable (task), on_objects_got, g_object_ref (task));
}

static void
create (GTask *task)
{
  g_dbus_object_manager_client_new (
    G_DBUS_CONNECTION (g_task_get_source_object (task)), G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_NONE,
    BLUEZ_NAME, MANAGER_PATH, enigm_bluez_object_manager_client_get_proxy_type, NULL, NULL,
    g_task_get_cancellable (task), on_created, g_object_ref (task));
}

/**
 * enigm_bluez_objects_open_async:
 * @connection: the bus that bluetoothd is on
 *
 * Begins to follow bluetoothd's objects, missing none of what it says, whether it is running or
 * comes later.
 */
void
enigm_bluez_objects_open_async (GDBusConnection *connection,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));

  task = g_task_new (connection, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_bluez_objects_open_async);
  create (task);
}

/**
 * enigm_bluez_objects_open_finish:
 *
 * Returns: (transfer full) (nullable): bluetoothd's objects, or %NULL with @error set (those of
 *   g_dbus_object_manager_client_new())
 */
GDBusObjectManager *
enigm_bluez_objects_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
