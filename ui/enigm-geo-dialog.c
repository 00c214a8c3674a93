/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-geo-dialog.h"

#include <glib/gi18n.h>

#include "enigm-button.h"

char *
enigm_geo_dialog_format (EnigmAlert *alert, const char *separator)
{
  char latitude[G_ASCII_DTOSTR_BUF_SIZE];
  char longitude[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strconcat (
    g_ascii_formatd (latitude, sizeof latitude, "%.5f", enigm_alert_get_latitude (alert)),
    separator,
    g_ascii_formatd (longitude, sizeof longitude, "%.5f", enigm_alert_get_longitude (alert)), NULL);
}

/* RFC 5870: the uncertainty is in metres. */
static char *
format_uri (EnigmAlert *alert)
{
  g_autofree char *position = enigm_geo_dialog_format (alert, ",");

  return g_strdup_printf ("geo:%s;u=%d", position, (int) enigm_alert_get_accuracy (alert));
}

static void
show_nobody (GtkWindow *window)
{
  GtkWidget *dialog =
    adw_message_dialog_new (window, _ ("No program opens positions"),
                            _ ("Nothing was sent. Install a map program, or copy the position."));

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  enigm_button_tidy (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWindow) window = user_data;
  g_autoptr (GError) error = NULL;

  if (!gtk_show_uri_full_finish (window, result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_nobody (window);
}

static void
on_responded (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  EnigmAlert *alert = user_data;
  GtkWindow *window = gtk_window_get_transient_for (GTK_WINDOW (dialog));
  g_autofree char *uri = NULL;

  if (!g_str_equal (response, "open") || !enigm_alert_get_has_position (alert))
    return;
  uri = format_uri (alert);
  gtk_show_uri_full (window, uri, GDK_CURRENT_TIME, NULL, on_shown, g_object_ref (window));
}

void
enigm_geo_dialog_ask (GtkWidget *parent, EnigmAlert *alert)
{
  GtkWidget *dialog = adw_message_dialog_new (
    GTK_WINDOW (gtk_widget_get_root (parent)), _ ("Open the position in a map program?"),
    _ ("A map program may fetch its map from a service, and tell it the position that way. Enigm "
       "App itself asks nobody for maps."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "open",
                                    _ ("_Open"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "open");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_responded), alert, 0);
  enigm_button_tidy (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}
