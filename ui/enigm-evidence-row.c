/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-evidence-row.h"

#include <glib/gi18n.h>

struct _EnigmEvidenceRow
{
  GtkListBoxRow parent_instance;

  GtkImage *icon;
  GtkLabel *what;
  GtkLabel *how;
  GtkLabel *remedy;
  GtkLabel *age;
};

G_DEFINE_FINAL_TYPE (EnigmEvidenceRow, enigm_evidence_row, GTK_TYPE_LIST_BOX_ROW)

typedef struct
{
  const char *icon;
  const char *style;
  const char *words;
} Look;

/* In words too: colour and shape alone say nothing to a screen reader. */
static Look
get_look (EnigmReadinessLevel level)
{
  switch (level)
    {
    case ENIGM_READINESS_LEVEL_OK:
      return (Look){ "enigm-ok-symbolic", "success", _ ("Holds") };
    case ENIGM_READINESS_LEVEL_STALE:
      return (Look){ "enigm-warning-symbolic", "warning", _ ("Too old to count") };
    case ENIGM_READINESS_LEVEL_BAD:
      return (Look){ "enigm-error-symbolic", "error", _ ("Does not hold") };
    case ENIGM_READINESS_LEVEL_NOT_KNOWN:
    default:
      return (Look){ "enigm-unknown-symbolic", "dim-label", _ ("Not known") };
    }
}

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

void
enigm_evidence_row_set (EnigmEvidenceRow *self, EnigmReadinessRow *evidence)
{
  static const char *const styles[] = { "success", "warning", "error", "dim-label" };
  const gint64 age = enigm_readiness_row_get_age (evidence);
  const Look look = get_look (enigm_readiness_row_get_level (evidence));
  g_autofree char *age_text = age >= 0 ? enigm_describe_age (0, age) : NULL;
  g_autofree char *basis = enigm_readiness_row_describe_basis (evidence);
  g_autofree char *name = NULL;

  gtk_image_set_from_icon_name (self->icon, look.icon);
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), styles[i]);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), look.style);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->icon), look.words);

  set_text (self->what, enigm_readiness_row_get_what (evidence));
  set_text (self->how, basis);
  set_text (self->remedy, enigm_readiness_row_get_remedy (evidence));
  set_text (self->age, age_text != NULL ? age_text : "");

  name = g_strdup_printf ("%s: %s", enigm_readiness_row_get_what (evidence), look.words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, basis, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  look.words, -1);
}

static void
enigm_evidence_row_class_init (EnigmEvidenceRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-evidence-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmEvidenceRow, icon);
  gtk_widget_class_bind_template_child (widget_class, EnigmEvidenceRow, what);
  gtk_widget_class_bind_template_child (widget_class, EnigmEvidenceRow, how);
  gtk_widget_class_bind_template_child (widget_class, EnigmEvidenceRow, remedy);
  gtk_widget_class_bind_template_child (widget_class, EnigmEvidenceRow, age);
}

static void
enigm_evidence_row_init (EnigmEvidenceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_evidence_row_new (void)
{
  return g_object_new (ENIGM_TYPE_EVIDENCE_ROW, NULL);
}
