/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-file-choice.h"

#include "enigm-error.h"
#include "enigm-portal.h"

/* Seconds after which a desktop that has handed over no file is late. */
#define LATE_SECONDS 10

typedef struct
{
  GtkFileChooserNative *chooser;
  EnigmFileLate on_late;
  gpointer user_data;
  guint late_id;
  GSource *given_up;
} Choice;

static void
choice_free (gpointer data)
{
  Choice *choice = data;

  g_clear_handle_id (&choice->late_id, g_source_remove);
  if (choice->given_up != NULL)
    g_source_destroy (choice->given_up);
  g_clear_pointer (&choice->given_up, g_source_unref);
  g_clear_object (&choice->chooser);
  g_free (choice);
}

/* Nothing of the question is left when the answer is given. Takes over what held the task. */
static GTask *
settle (GTask *task)
{
  Choice *choice = g_task_get_task_data (task);

  g_signal_handlers_disconnect_by_data (choice->chooser, task);
  gtk_native_dialog_hide (GTK_NATIVE_DIALOG (choice->chooser));
  g_clear_handle_id (&choice->late_id, g_source_remove);
  if (choice->given_up != NULL)
    g_source_destroy (choice->given_up);
  return task;
}

static void
on_chooser_responded (GtkNativeDialog *chooser, int response, gpointer data)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GTask) task = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  task = settle (data);
  if (file != NULL)
    g_task_return_pointer (task, g_steal_pointer (&file), g_object_unref);
  /* A person who cancels is told apart from a desktop that hands over nothing. */
  else if (response == GTK_RESPONSE_DELETE_EVENT && enigm_portal_is_needed ())
    g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_DESKTOP_REFUSED,
                             "the portal handed over no file");
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "no file was chosen");
}

static gboolean
on_chooser_late (gpointer data)
{
  GTask *task = data;
  Choice *choice = g_task_get_task_data (task);

  choice->late_id = 0;
  choice->on_late (choice->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_given_up (GCancellable *cancellable, gpointer data)
{
  g_autoptr (GTask) task = settle (data);

  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* Takes over @task. */
static void
show (GTask *task)
{
  Choice *choice = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (enigm_portal_is_needed ())
    {
      /* A portal's window may never come; one that is modal would keep this one closed until then.
       */
      gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (choice->chooser), FALSE);
      choice->late_id = g_timeout_add_seconds (LATE_SECONDS, on_chooser_late, task);
    }
  if (cancellable != NULL)
    {
      choice->given_up = g_cancellable_source_new (cancellable);
      g_source_set_callback (choice->given_up, G_SOURCE_FUNC (on_given_up), task, NULL);
      g_source_attach (choice->given_up, NULL);
    }
  g_signal_connect (choice->chooser, "response", G_CALLBACK (on_chooser_responded), task);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (choice->chooser));
}

static void
on_portal_probed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (enigm_portal_probe_finish (result, &error) != 0)
    show (g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

void
enigm_file_choice_async (GtkWindow *window,
                         GtkFileChooserAction action,
                         const char *title,
                         const char *accept,
                         const char *name,
                         EnigmFileLate on_late,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;
  Choice *choice;

  g_return_if_fail (GTK_IS_WINDOW (window) && on_late != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_file_choice_async);
  choice = g_new0 (Choice, 1);
  choice->on_late = on_late;
  choice->user_data = user_data;
  choice->chooser = gtk_file_chooser_native_new (title, window, action, accept, NULL);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (choice->chooser), name);
  g_task_set_task_data (task, choice, choice_free);
  if (enigm_portal_is_needed ())
    enigm_portal_probe_async ("org.freedesktop.portal.FileChooser", cancellable, on_portal_probed,
                              task);
  else
    show (task);
}

GFile *
enigm_file_choice_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
