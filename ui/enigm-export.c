/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-export.h"

#include <glib/gi18n.h>

#include "enigm-closing.h"
#include "enigm-error.h"
#include "enigm-file-choice.h"
#include "enigm-trouble.h"
#include "enigm-window.h"

typedef struct
{
  GtkWindow *window; /* weak */
  GtkWindow *late;   /* weak: what says that the desktop has not asked yet */
  GCancellable *choosing;
  char *text;
} Export;

static void
export_free (Export *export)
{
  if (export->late != NULL)
    gtk_window_destroy (export->late);
  g_clear_weak_pointer (&export->late);
  g_clear_weak_pointer (&export->window);
  g_object_unref (export->choosing);
  g_free (export->text);
  g_free (export);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Export *export = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      if (ENIGM_IS_WINDOW (export->window))
        enigm_window_add_toast (ENIGM_WINDOW (export->window),
                                adw_toast_new (_ ("The file is written")));
      else if (ADW_IS_PREFERENCES_WINDOW (export->window))
        adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (export->window),
                                          adw_toast_new (_ ("The file is written")));
    }
  else if (export->window != NULL)
    {
      g_autofree char *body =
        /* Translators: %s is why a file could not be written, from the system */
        g_strdup_printf (_ ("%s. Nothing else was changed. Choose another place and try again."),
                         error->message);

      enigm_trouble_say (GTK_WIDGET (export->window), _ ("The file could not be written"), body);
    }
  export_free (export);
}

static void
on_file_late (gpointer user_data)
{
  Export *export = user_data;

  if (export->window != NULL)
    g_set_weak_pointer (
      &export->late,
      enigm_trouble_say (GTK_WIDGET (export->window), _ ("Your desktop has not asked where to"),
                         _ ("Nothing is written yet. Choose a place when its window appears; the "
                            "file is written then.")));
}

static void
on_file_chosen (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Export *export = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = enigm_file_choice_finish (result, &error);

  if (file != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (export->text, strlen (export->text));

      /* For its owner alone: it says where they were. */
      g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL,
                                           on_written, export);
      return;
    }
  if (export->window != NULL && g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_DESKTOP_MISSING))
    enigm_trouble_say (GTK_WIDGET (export->window), _ ("The file is not written"),
                       _ ("This desktop offers no way to hand a file over from Enigm App. Nothing "
                          "else was changed. Install its portal for choosing files, and try "
                          "again."));
  else if (export->window != NULL &&
           g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_DESKTOP_REFUSED))
    enigm_trouble_say (GTK_WIDGET (export->window), _ ("The file is not written"),
                       _ ("Your desktop handed over no place for it. Nothing else was changed. "
                          "Try again."));
  export_free (export);
}

/* Takes over @text. */
static void
choose (GtkWindow *window, char *text, const char *name)
{
  Export *export = g_new0 (Export, 1);
  GCancellable *before = g_object_get_data (G_OBJECT (window), "enigm-export");

  /* One that was not answered is given up: its late answer would be to an older question. */
  g_cancellable_cancel (before);
  export->choosing = g_cancellable_new ();
  g_object_set_data_full (G_OBJECT (window), "enigm-export", g_object_ref (export->choosing),
                          g_object_unref);
  g_set_weak_pointer (&export->window, window);
  export->text = text;
  enigm_file_choice_async (window, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Export"), _ ("_Export"), name,
                           on_file_late, export->choosing, on_file_chosen, export);
}

/* Takes over @text, %NULL where it could not be had. */
static void
take_text (GtkWidget *parent, char *text, const char *name, const GError *error)
{
  GtkRoot *root = gtk_widget_get_root (parent);

  if (root == NULL)
    g_free (text);
  else if (text != NULL)
    choose (GTK_WINDOW (root), text, name);
  else
    enigm_trouble_say (parent, _ ("Your data could not be asked for"), error->message);
}

static void
on_alert_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) parent = user_data;
  g_autoptr (GError) error = NULL;
  char *text = enigm_account_export_alerts_finish (ENIGM_ACCOUNT (source), result, &error);

  take_text (parent, text, _ ("alert.json"), error);
}

static void
on_alerts_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) parent = user_data;
  g_autoptr (GError) error = NULL;
  char *text = enigm_account_export_alerts_finish (ENIGM_ACCOUNT (source), result, &error);

  take_text (parent, text, _ ("alerts.json"), error);
}

void
enigm_export_alerts (GtkWidget *parent, EnigmAccount *account, EnigmAlert *alert)
{
  enigm_account_export_alerts_async (account, alert, NULL,
                                     alert != NULL ? on_alert_exported : on_alerts_exported,
                                     g_object_ref (parent));
}

static void
on_account_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) parent = user_data;
  g_autoptr (GError) error = NULL;
  char *text = enigm_account_export_finish (ENIGM_ACCOUNT (source), result, &error);

  take_text (parent, text, _ ("account.json"), error);
}

void
enigm_export_account (GtkWidget *parent, EnigmAccount *account)
{
  enigm_account_export_async (account, NULL, on_account_exported, g_object_ref (parent));
}
