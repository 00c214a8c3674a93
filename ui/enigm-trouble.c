/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-trouble.h"

#include <glib/gi18n.h>

#include "enigm-button.h"

GtkWindow *
enigm_trouble_say (GtkWidget *widget, const char *heading, const char *body)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *dialog;

  if (!GTK_IS_WINDOW (root))
    return NULL;
  dialog = adw_message_dialog_new (GTK_WINDOW (root), heading, body);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  enigm_button_tidy (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
  return GTK_WINDOW (dialog);
}
