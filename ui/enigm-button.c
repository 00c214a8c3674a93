/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-button.h"

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

static void
enigm_button_notify (GObject *object, GParamSpec *pspec)
{
  if (G_OBJECT_CLASS (enigm_button_parent_class)->notify != NULL)
    G_OBJECT_CLASS (enigm_button_parent_class)->notify (object, pspec);
  name_once (GTK_BUTTON (object));
}

static void
enigm_button_class_init (EnigmButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->notify = enigm_button_notify;
}

static void
enigm_button_init (EnigmButton *self)
{
}

GtkWidget *
enigm_button_new_with_mnemonic (const char *label)
{
  return g_object_new (ENIGM_TYPE_BUTTON, "label", label, "use-underline", TRUE, NULL);
}
