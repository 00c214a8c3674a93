/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-stage-row.h"

#include <glib/gi18n.h>

#include "enigm-time.h"

struct _EnigmStageRow
{
  AdwActionRow parent_instance;

  GtkImage *icon;
};

G_DEFINE_FINAL_TYPE (EnigmStageRow, enigm_stage_row, ADW_TYPE_ACTION_ROW)

static char *
describe_time (gint64 time)
{
  return time != 0 ? enigm_time_describe_moment (time) : g_strdup (_ ("unknown"));
}

static char *
describe_stage (EnigmAlertStage *stage, gboolean named)
{
  g_autofree char *accepted = describe_time (enigm_alert_stage_get_accepted (stage));
  g_autofree char *notified = describe_time (enigm_alert_stage_get_notified (stage));
  g_autofree char *seen = describe_time (enigm_alert_stage_get_seen (stage));

  if (named)
    /* Translators: three times, or the word "unknown". */
    return g_strdup_printf (_ ("Accepted by the platform: %s\nShown to them: %s\nSeen: %s"),
                            accepted, notified, seen);
  if (enigm_alert_stage_get_seen (stage) == 0)
    /* Translators: a time, or the word "unknown". */
    return g_strdup_printf (_ ("Shown to you: %s\nYou have not said that you saw it."), notified);
  /* Translators: two times, or the word "unknown". */
  return g_strdup_printf (_ ("Shown to you: %s\nYou said that you saw it: %s"), notified, seen);
}

void
enigm_stage_row_set (EnigmStageRow *self, EnigmAlertStage *stage, gboolean named)
{
  const gboolean seen = enigm_alert_stage_get_seen (stage) != 0;
  const gboolean notified = enigm_alert_stage_get_notified (stage) != 0;
  g_autofree char *words = describe_stage (stage, named);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self),
                                 named ? enigm_alert_stage_get_title (stage) : _ ("You"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), words);
  gtk_image_set_from_icon_name (self->icon, seen       ? "enigm-ok-symbolic"
                                            : notified ? "enigm-step-now-symbolic"
                                                       : "enigm-unknown-symbolic");
  gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "success");
  gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), seen ? "success" : "dim-label");
}

static void
enigm_stage_row_class_init (EnigmStageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-stage-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmStageRow, icon);
}

static void
enigm_stage_row_init (EnigmStageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_stage_row_new (void)
{
  return g_object_new (ENIGM_TYPE_STAGE_ROW, NULL);
}
