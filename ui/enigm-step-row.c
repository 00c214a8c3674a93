/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-step-row.h"

#include <glib/gi18n.h>

struct _EnigmStepRow
{
  GtkListBoxRow parent_instance;

  GtkImage *icon;
  GtkLabel *title;

  EnigmPairingStep step;
};

G_DEFINE_FINAL_TYPE (EnigmStepRow, enigm_step_row, GTK_TYPE_LIST_BOX_ROW)

void
enigm_step_row_set_state (EnigmStepRow *self, EnigmPairingStepState state)
{
  static const struct
  {
    const char *icon;
    const char *style;
    const char *words;
  } looks[] = {
    [ENIGM_PAIRING_WAITING] = { "enigm-step-waiting-symbolic", "dim-label", N_ ("waits") },
    [ENIGM_PAIRING_UNDER_WAY] = { "enigm-step-now-symbolic", "accent", N_ ("under way") },
    [ENIGM_PAIRING_DONE] = { "enigm-ok-symbolic", "success", N_ ("done") },
    [ENIGM_PAIRING_FAILED] = { "enigm-error-symbolic", "error", N_ ("failed") },
  };
  const char *title = enigm_pairing_step_get_title (self->step);
  g_autofree char *name = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), looks[i].style);
  gtk_image_set_from_icon_name (self->icon, looks[state].icon);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), looks[state].style);

  if (state == ENIGM_PAIRING_WAITING)
    gtk_widget_add_css_class (GTK_WIDGET (self->title), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->title), "dim-label");
  if (state == ENIGM_PAIRING_UNDER_WAY || state == ENIGM_PAIRING_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (self->title), "heading");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->title), "heading");

  /* Translators: a step and how it stands, such as "Register: done". */
  name = g_strdup_printf (_ ("%s: %s"), title, _ (looks[state].words));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
enigm_step_row_class_init (EnigmStepRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-step-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmStepRow, icon);
  gtk_widget_class_bind_template_child (widget_class, EnigmStepRow, title);
}

static void
enigm_step_row_init (EnigmStepRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_step_row_new (EnigmPairingStep step)
{
  EnigmStepRow *self = g_object_new (ENIGM_TYPE_STEP_ROW, NULL);

  self->step = step;
  gtk_label_set_label (self->title, enigm_pairing_step_get_title (step));
  enigm_step_row_set_state (self, ENIGM_PAIRING_WAITING);
  return GTK_WIDGET (self);
}
