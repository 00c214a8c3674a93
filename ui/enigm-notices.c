/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-notices.h"

#include <glib/gi18n.h>

#include "enigm-background.h"
#include "enigm-portal.h"
#include "protocol/enigm-error.h"

/* Milliseconds a desktop's notification service has to say that it is there. */
#define ANSWER_MS 10000
#define LISTENING "listening"
#define DEAF "deaf"
#define TRY "try"

/* Whether anybody takes notifications */

static void
finish_probe (GTask *task, gboolean there)
{
  if (g_task_return_error_if_cancelled (task))
    return;
  if (there)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (
      task, ENIGM_ERROR, ENIGM_ERROR_DESKTOP_MISSING, "%s",
      _ ("This desktop takes no notifications from Enigm App. Alerts show in "
         "its window only; leave it open."));
}

static void
on_portal_probed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  finish_probe (task, enigm_portal_probe_finish (result, NULL) != 0);
}

static void
on_server_answered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) answer =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);

  finish_probe (task, answer != NULL);
}

static void
on_bus_got (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, NULL);

  if (connection == NULL)
    finish_probe (task, FALSE);
  else
    g_dbus_connection_call (connection, "org.freedesktop.Notifications",
                            "/org/freedesktop/Notifications", "org.freedesktop.Notifications",
                            "GetServerInformation", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, ANSWER_MS,
                            g_task_get_cancellable (task), on_server_answered, g_object_ref (task));
}

void
enigm_notices_probe_async (GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, enigm_notices_probe_async);
  if (enigm_portal_is_needed ())
    enigm_portal_probe_async ("org.freedesktop.portal.Notification", cancellable, on_portal_probed,
                              g_object_ref (task));
  else
    g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus_got, g_object_ref (task));
}

gboolean
enigm_notices_probe_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* What is sent */

void
enigm_notices_try (GApplication *application)
{
  g_autoptr (GNotification) notification = g_notification_new (_ ("Notifications reach you"));

  g_return_if_fail (G_IS_APPLICATION (application));

  g_notification_set_body (notification, _ ("This is only a try. An alert would show here."));
  g_application_send_notification (application, TRY, notification);
}

void
enigm_notices_withdraw (GApplication *application)
{
  g_return_if_fail (G_IS_APPLICATION (application));

  g_application_withdraw_notification (application, LISTENING);
  g_application_withdraw_notification (application, DEAF);
}

void
enigm_notices_show_listening (GApplication *application)
{
  g_autoptr (GNotification) notification = NULL;

  g_return_if_fail (G_IS_APPLICATION (application));

  g_application_withdraw_notification (application, DEAF);
  notification = g_notification_new (_ ("Enigm App goes on listening"));
  g_notification_set_body (notification,
                           _ ("Its window is closed; alerts reach you on this computer."));
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_LOW);
  g_notification_add_button (notification, _ ("Quit"), "app.quit");
  g_application_send_notification (application, LISTENING, notification);
  enigm_background_set_status (_ ("Listens for alerts"));
}

void
enigm_notices_show_deaf (GApplication *application, const char *why)
{
  g_autoptr (GNotification) notification = NULL;

  g_return_if_fail (G_IS_APPLICATION (application) && why != NULL);

  g_application_withdraw_notification (application, LISTENING);
  notification = g_notification_new (_ ("Enigm App cannot listen for alerts"));
  g_notification_set_body (notification, why);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_application_send_notification (application, DEAF, notification);
  enigm_background_set_status (_ ("Cannot listen for alerts"));
}
