/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-portal.h"

#include <glib/gi18n-lib.h>

#include "protocol/enigm-error.h"

/* Milliseconds a desktop has to say what it offers; no person is asked for that. */
#define ANSWER_MS 10000

gboolean
enigm_portal_is_needed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

static void
return_missing (GTask *task)
{
  g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_DESKTOP_MISSING, "%s",
                           _ ("This desktop does not offer it."));
}

static void
on_version_got (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  g_autoptr (GVariant) version = NULL;

  if (answer != NULL)
    g_variant_get (answer, "(v)", &version);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (version == NULL || !g_variant_is_of_type (version, G_VARIANT_TYPE_UINT32) ||
           g_variant_get_uint32 (version) == 0 || g_variant_get_uint32 (version) > G_MAXINT)
    return_missing (task);
  else
    g_task_return_int (task, (gssize) g_variant_get_uint32 (version));
}

static void
on_bus_got (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, NULL);

  if (connection == NULL)
    return_missing (task);
  else
    g_dbus_connection_call (
      connection, "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
      "org.freedesktop.DBus.Properties", "Get",
      g_variant_new ("(ss)", (const char *) g_task_get_task_data (task), "version"),
      G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, ANSWER_MS, g_task_get_cancellable (task),
      on_version_got, g_object_ref (task));
}

void
enigm_portal_probe_async (const char *interface,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (interface != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_portal_probe_async);
  g_task_set_task_data (task, g_strdup (interface), g_free);
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus_got, g_object_ref (task));
}

guint
enigm_portal_probe_finish (GAsyncResult *result, GError **error)
{
  gssize version;

  g_return_val_if_fail (g_task_is_valid (result, NULL), 0);

  version = g_task_propagate_int (G_TASK (result), error);
  return version > 0 ? (guint) version : 0;
}
