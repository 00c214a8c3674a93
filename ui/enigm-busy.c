/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-busy.h"

#define FOCUS "enigm-focus"

/* Weak, for a text field must not outlive the row around it: libadwaita 1.2 crashes then. */
static GWeakRef *
focus_new (GtkWidget *focus)
{
  GWeakRef *self = g_new (GWeakRef, 1);

  g_weak_ref_init (self, focus);
  return self;
}

static void
focus_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

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
      g_object_set_data_full (G_OBJECT (form), FOCUS, focus_new (focus), focus_free);
      gtk_root_set_focus (root, NULL);
    }
  gtk_widget_set_sensitive (form, !busy);
  if (!busy)
    {
      GWeakRef *kept = g_object_get_data (G_OBJECT (form), FOCUS);
      g_autoptr (GtkWidget) before = kept != NULL ? g_weak_ref_get (kept) : NULL;

      g_object_set_data (G_OBJECT (form), FOCUS, NULL);
      if (before != NULL && focus == NULL && gtk_widget_get_root (before) == root)
        gtk_widget_grab_focus (before);
    }
}
