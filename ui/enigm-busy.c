/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-busy.h"

#define FOCUS "enigm-focus"

/**
 * enigm_busy_set:
 * @form: a widget with what a person fills in
 * @busy: whether what they filled in is being worked on
 *
 * Keeps @form from being changed while @busy. The focus in it goes away first, and comes back where
 * it was: GTK lets a text field that is made insensitive blink on, and complains about it.
 */
void
enigm_busy_set (GtkWidget *form, gboolean busy)
{
  GtkRoot *root;
  GtkWidget *focus;

  g_return_if_fail (GTK_IS_WIDGET (form));

  root = gtk_widget_get_root (form);
  focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  if (busy && focus != NULL && gtk_widget_is_ancestor (focus, form))
    {
      g_object_set_data_full (G_OBJECT (form), FOCUS, g_object_ref (focus), g_object_unref);
      gtk_root_set_focus (root, NULL);
    }
  gtk_widget_set_sensitive (form, !busy);
  if (!busy)
    {
      g_autoptr (GtkWidget) before = g_object_steal_data (G_OBJECT (form), FOCUS);

      if (before != NULL && focus == NULL && gtk_widget_get_root (before) == root)
        gtk_widget_grab_focus (before);
    }
}
