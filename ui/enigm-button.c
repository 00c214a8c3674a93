/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-button.h"

/* A fifth larger than usual, in 1024ths of a dot an inch, as GTK counts; GNOME's large text is a
 * quarter larger. */
#define LARGE_DPI (115 * 1024)

struct _EnigmButton
{
  GtkButton parent_instance;
};

G_DEFINE_FINAL_TYPE (EnigmButton, enigm_button, GTK_TYPE_BUTTON)

/* The label inside names the button all by itself, as its mnemonic's widget. */
static void
name_once (GtkButton *button)
{
  if (gtk_button_get_label (button) != NULL && gtk_button_get_use_underline (button))
    gtk_accessible_reset_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL);
}

void
enigm_button_tidy (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget))
    name_once (GTK_BUTTON (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    enigm_button_tidy (child);
}

/* Where letters are large, a narrow window has its words below each other. */
static void
update_wrap (GtkButton *button)
{
  GtkWidget *child = gtk_button_get_child (button);
  int dpi;

  if (!GTK_IS_LABEL (child))
    return;
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (button)), "gtk-xft-dpi", &dpi, NULL);
  gtk_label_set_wrap (GTK_LABEL (child), dpi >= LARGE_DPI);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (child), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_justify (GTK_LABEL (child), GTK_JUSTIFY_CENTER);
}

static void
enigm_button_notify (GObject *object, GParamSpec *pspec)
{
  if (G_OBJECT_CLASS (enigm_button_parent_class)->notify != NULL)
    G_OBJECT_CLASS (enigm_button_parent_class)->notify (object, pspec);
  name_once (GTK_BUTTON (object));
  update_wrap (GTK_BUTTON (object));
}

static void
enigm_button_class_init (EnigmButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->notify = enigm_button_notify;
}

static void
enigm_button_init (EnigmButton *self)
{
  g_signal_connect_object (gtk_widget_get_settings (GTK_WIDGET (self)), "notify::gtk-xft-dpi",
                           G_CALLBACK (update_wrap), self, G_CONNECT_SWAPPED);
}

GtkWidget *
enigm_button_new_with_mnemonic (const char *label)
{
  return g_object_new (ENIGM_TYPE_BUTTON, "label", label, "use-underline", TRUE, NULL);
}
