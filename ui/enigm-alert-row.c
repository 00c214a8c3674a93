/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-alert-row.h"

#include <glib/gi18n.h>

#include "enigm-readiness.h"
#include "enigm-time.h"

struct _EnigmAlertRow
{
  AdwActionRow parent_instance;

  GtkImage *icon;
  GtkLabel *kind;

  EnigmAccount *account;
  EnigmAlert *alert;
};

G_DEFINE_FINAL_TYPE (EnigmAlertRow, enigm_alert_row, ADW_TYPE_ACTION_ROW)

char *
enigm_alert_describe_source (EnigmAccount *account, EnigmAlert *alert)
{
  EnigmKey *key;

  if (enigm_alert_get_role (alert) == ENIGM_ALERT_ROLE_CONTACT)
    return g_strdup (enigm_alert_get_from (alert));
  key = enigm_account_find_key (account, enigm_alert_get_binding (alert));
  return g_strdup (key != NULL ? enigm_key_get_name (key) : _ ("Your key"));
}

/* What one wants to know of it in a list: for one's own whether it was seen, else one's own part.
 */
static char *
describe_progress (EnigmAlert *alert)
{
  guint seen = 0;
  const guint told = enigm_alert_count_stages (alert, NULL, NULL, &seen);

  if (enigm_alert_get_role (alert) == ENIGM_ALERT_ROLE_OWNER)
    return told == 0 ? g_strdup (_ ("It reached nobody."))
                     : g_strdup_printf (ngettext ("%u of %u contact has seen it.",
                                                  "%u of %u contacts have seen it.", told),
                                        seen, told);
  return g_strdup (seen > 0 ? _ ("You have seen it.") : _ ("You have not said that you saw it."));
}

void
enigm_alert_row_refresh (EnigmAlertRow *self)
{
  const gboolean drill = enigm_alert_get_kind (self->alert) == ENIGM_ALERT_KIND_DRILL;
  const gboolean active = enigm_alert_get_state (self->alert) == ENIGM_ALERT_STATE_ACTIVE;
  const char *kind = drill ? _ ("DRILL") : _ ("ALERT");
  const char *style = drill ? "warning" : "error";
  g_autofree char *source = enigm_alert_describe_source (self->account, self->alert);
  g_autofree char *moment = enigm_time_describe_moment (enigm_alert_get_received (self->alert));
  g_autofree char *age = enigm_describe_age (enigm_alert_get_received (self->alert),
                                             g_get_real_time () / G_USEC_PER_SEC);
  g_autofree char *progress = describe_progress (self->alert);
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", active ? age : moment, progress);
  g_autofree char *name = g_strdup_printf ("%s, %s, %s", kind, source, subtitle);

  gtk_label_set_label (self->kind, kind);
  gtk_image_set_from_icon_name (self->icon,
                                drill ? "enigm-drill-symbolic" : "enigm-alert-symbolic");
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), style);
  gtk_widget_add_css_class (GTK_WIDGET (self->kind), style);
  if (active)
    gtk_widget_add_css_class (GTK_WIDGET (self), drill ? "enigm-now-drill" : "enigm-now-alert");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), source);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  /* libadwaita from 1.4 names a row by its title, which goes before any other name. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

EnigmAlert *
enigm_alert_row_get_alert (EnigmAlertRow *self)
{
  return self->alert;
}

static void
enigm_alert_row_dispose (GObject *object)
{
  EnigmAlertRow *self = ENIGM_ALERT_ROW (object);

  g_clear_object (&self->account);
  g_clear_object (&self->alert);
  G_OBJECT_CLASS (enigm_alert_row_parent_class)->dispose (object);
}

static void
enigm_alert_row_class_init (EnigmAlertRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_alert_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-alert-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertRow, icon);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertRow, kind);
}

static void
enigm_alert_row_init (EnigmAlertRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_alert_row_new (EnigmAccount *account, EnigmAlert *alert)
{
  EnigmAlertRow *self = g_object_new (ENIGM_TYPE_ALERT_ROW, NULL);

  self->account = g_object_ref (account);
  self->alert = g_object_ref (alert);
  g_signal_connect_object (alert, "notify", G_CALLBACK (enigm_alert_row_refresh), self,
                           G_CONNECT_SWAPPED);
  enigm_alert_row_refresh (self);
  return GTK_WIDGET (self);
}
