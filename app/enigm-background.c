/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-background.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "enigm-portal.h"
#include "protocol/enigm-error.h"

#define NAME "org.freedesktop.portal.Desktop"
#define PATH "/org/freedesktop/portal/desktop"
#define BACKGROUND "org.freedesktop.portal.Background"
#define REQUEST "org.freedesktop.portal.Request"
/* Milliseconds until the portal has to have taken the request; the answer to it may take longer. */
#define TAKEN_MS 10000

/* One question to the portal. */
typedef struct
{
  char *parent;
  gboolean autostart;
  GDBusConnection *connection;
  char *handle;
  guint subscription;
  GSource *cancelled;
} Question;

static void
question_end (Question *question)
{
  if (question->subscription != 0)
    g_dbus_connection_signal_unsubscribe (question->connection, question->subscription);
  question->subscription = 0;
  if (question->cancelled != NULL)
    g_source_destroy (question->cancelled);
  g_clear_pointer (&question->cancelled, g_source_unref);
}

static void
question_free (gpointer data)
{
  Question *question = data;

  question_end (question);
  g_clear_object (&question->connection);
  g_free (question->parent);
  g_free (question->handle);
  g_free (question);
}

static void
return_missing (GTask *task)
{
  question_end (g_task_get_task_data (task));
  g_task_return_new_error (
    task, ENIGM_ERROR, ENIGM_ERROR_DESKTOP_MISSING, "%s",
    _ ("This desktop offers no way to allow it. Enigm App listens only while "
       "its window is open."));
}

static void
return_refused (GTask *task)
{
  question_end (g_task_get_task_data (task));
  g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_DESKTOP_REFUSED, "%s",
                           _ ("Your desktop does not allow it. Enigm App listens only while its "
                              "window is open. Allow it in your desktop's settings for Enigm App, "
                              "and try again."));
}

/* In a sandbox */

static void
on_response (GDBusConnection *connection,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *parameters,
             gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  g_autoptr (GVariant) results = NULL;
  gboolean background = FALSE;
  gboolean autostart = FALSE;
  guint response;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "background", "b", &background);
  g_variant_lookup (results, "autostart", "b", &autostart);
  if (response != 0 || !background)
    return_refused (task);
  else
    {
      question_end (g_task_get_task_data (task));
      g_task_return_int (task, autostart);
    }
}

static void
subscribe (GTask *task, const char *handle)
{
  Question *question = g_task_get_task_data (task);

  if (question->subscription != 0)
    g_dbus_connection_signal_unsubscribe (question->connection, question->subscription);
  g_free (question->handle);
  question->handle = g_strdup (handle);
  question->subscription = g_dbus_connection_signal_subscribe (
    question->connection, NAME, REQUEST, "Response", handle, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
    on_response, g_object_ref (task), g_object_unref);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  Question *question = g_task_get_task_data (task);

  g_dbus_connection_call (question->connection, NAME, question->handle, REQUEST, "Close", NULL,
                          NULL, G_DBUS_CALL_FLAGS_NONE, TAKEN_MS, NULL, NULL, NULL);
  question_end (question);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
on_taken (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  g_autoptr (GVariant) answer =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);
  const char *handle;

  /* The answer may have come before, and so may the end of the question. */
  if (question->subscription == 0)
    return;
  if (answer == NULL)
    {
      return_missing (task);
      return;
    }
  g_variant_get (answer, "(&o)", &handle);
  if (!g_str_equal (handle, question->handle))
    subscribe (task, handle);
}

static void
on_bus_got (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  const char *const argv[] = { "enigm-app", "--listen", NULL };
  g_autofree char *token = g_strdup_printf ("enigm%u", g_random_int ());
  g_autofree char *sender = NULL;
  g_autofree char *handle = NULL;
  GVariantBuilder options;

  question->connection = g_bus_get_finish (result, NULL);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (question->connection == NULL)
    {
      return_missing (task);
      return;
    }
  sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (question->connection) + 1),
                         ".", '_');
  handle = g_strdup_printf (PATH "/request/%s/%s", sender, token);
  subscribe (task, handle);
  if (g_task_get_cancellable (task) != NULL)
    {
      question->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
      g_source_set_callback (question->cancelled, G_SOURCE_FUNC (on_cancelled), g_object_ref (task),
                             g_object_unref);
      g_source_attach (question->cancelled, g_task_get_context (task));
    }

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (
    &options, "{sv}", "reason",
    g_variant_new_string (_ ("Alerts of people who chose you reach you without a window.")));
  g_variant_builder_add (&options, "{sv}", "autostart",
                         g_variant_new_boolean (question->autostart));
  g_variant_builder_add (&options, "{sv}", "commandline", g_variant_new_strv (argv, -1));
  g_variant_builder_add (&options, "{sv}", "dbus-activatable", g_variant_new_boolean (FALSE));
  g_dbus_connection_call (question->connection, NAME, PATH, BACKGROUND, "RequestBackground",
                          g_variant_new ("(sa{sv})", question->parent, &options),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, TAKEN_MS, NULL, on_taken,
                          g_object_ref (task));
}

/* Outside of one */

static GFile *
get_autostart_file (void)
{
  return g_file_new_build_filename (g_get_user_config_dir (), "autostart",
                                    APPLICATION_ID ".desktop", NULL);
}

static void
return_storage (GTask *task, const GError *error)
{
  g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                           /* Translators: %s is the system's reason */
                           _ ("Starting when you sign in could not be changed: %s. Everything else "
                              "is as before."),
                           error->message);
}

static void
on_autostart_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    g_task_return_int (task, TRUE);
  else
    return_storage (task, error);
}

static void
on_autostart_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_delete_finish (G_FILE (object), result, &error) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_task_return_int (task, FALSE);
  else
    return_storage (task, error);
}

static void
write_autostart (GTask *task)
{
  /* TryExec: where the app was uninstalled, the file starts nothing. */
  static const char entry[] = "[Desktop Entry]\n"
                              "Type=Application\n"
                              "Name=Enigm App\n"
                              "Exec=enigm-app --listen\n"
                              "TryExec=enigm-app\n"
                              "Icon=" APPLICATION_ID "\n";
  Question *question = g_task_get_task_data (task);
  g_autoptr (GFile) file = get_autostart_file ();
  g_autofree char *folder = g_path_get_dirname (g_file_peek_path (file));
  g_autoptr (GBytes) bytes = g_bytes_new_static (entry, strlen (entry));

  if (!question->autostart)
    {
      g_file_delete_async (file, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                           on_autostart_removed, g_object_ref (task));
      return;
    }
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_autoptr (GError) error =
        g_error_new_literal (G_IO_ERROR, (int) g_io_error_from_errno (errno), g_strerror (errno));

      return_storage (task, error);
      return;
    }
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE,
                                       g_task_get_cancellable (task), on_autostart_written,
                                       g_object_ref (task));
}

/* Asking */

void
enigm_background_ask_async (const char *parent,
                            gboolean autostart,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Question *question;

  g_return_if_fail (parent != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_background_ask_async);
  question = g_new0 (Question, 1);
  question->parent = g_strdup (parent);
  question->autostart = autostart;
  g_task_set_task_data (task, question, question_free);
  if (enigm_portal_is_needed ())
    g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus_got, g_object_ref (task));
  else
    write_autostart (task);
}

gboolean
enigm_background_ask_finish (GAsyncResult *result, gboolean *autostart, GError **error)
{
  gssize answer;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  answer = g_task_propagate_int (G_TASK (result), error);
  if (autostart != NULL)
    *autostart = answer > 0;
  return answer >= 0;
}

/* Being seen */

static void
on_bus_got_for_status (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *status = user_data;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, NULL);
  GVariantBuilder options;

  if (connection == NULL)
    return;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "message", g_variant_new_string (status));
  /* A desktop that is too old for it has nowhere to show it. */
  g_dbus_connection_call (connection, NAME, PATH, BACKGROUND, "SetStatus",
                          g_variant_new ("(a{sv})", &options), NULL, G_DBUS_CALL_FLAGS_NONE,
                          TAKEN_MS, NULL, NULL, NULL);
}

void
enigm_background_set_status (const char *status)
{
  g_return_if_fail (status != NULL);

  if (enigm_portal_is_needed ())
    g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus_got_for_status, g_strdup (status));
}
