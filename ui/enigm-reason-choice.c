/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-reason-choice.h"

#include <glib/gi18n.h>

static const struct
{
  const char *reason;
  const char *label;
} reasons[] = {
  { "lost", N_ ("Lost") },
  { "stolen", N_ ("Stolen") },
  { "replaced", N_ ("Replaced by another key") },
  { "retired", N_ ("No longer used") },
};

struct _EnigmReasonChoice
{
  GtkBox parent_instance;

  GtkCheckButton *buttons[G_N_ELEMENTS (reasons)];
};

G_DEFINE_FINAL_TYPE (EnigmReasonChoice, enigm_reason_choice, GTK_TYPE_BOX)

static void
enigm_reason_choice_class_init (EnigmReasonChoiceClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_RADIO_GROUP);
}

static void
enigm_reason_choice_init (EnigmReasonChoice *self)
{
  GtkWidget *title = gtk_label_new (_ ("Why? It is kept in the key’s history."));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 3);
  gtk_widget_set_margin_top (GTK_WIDGET (self), 12);
  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "dim-label");
  gtk_box_append (GTK_BOX (self), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_label (GTK_LABEL (title)), -1);
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      GtkWidget *button = gtk_check_button_new ();
      GtkWidget *label = gtk_label_new (_ (reasons[i].label));

      /* One of the button's own would not break where letters are large. */
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_check_button_set_child (GTK_CHECK_BUTTON (button), label);
      gtk_accessible_update_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                      label, NULL, -1);
      self->buttons[i] = GTK_CHECK_BUTTON (button);
      if (i > 0)
        gtk_check_button_set_group (self->buttons[i], self->buttons[0]);
      gtk_box_append (GTK_BOX (self), button);
    }
  gtk_check_button_set_active (self->buttons[0], TRUE);
}

GtkWidget *
enigm_reason_choice_new (void)
{
  return g_object_new (ENIGM_TYPE_REASON_CHOICE, NULL);
}

const char *
enigm_reason_choice_get_reason (EnigmReasonChoice *self)
{
  g_return_val_if_fail (ENIGM_IS_REASON_CHOICE (self), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (gtk_check_button_get_active (self->buttons[i]))
      return reasons[i].reason;
  return reasons[0].reason;
}
