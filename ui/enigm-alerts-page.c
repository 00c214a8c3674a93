/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-alerts-page.h"

#include <glib/gi18n.h>

#include "enigm-alert-row.h"
#include "enigm-export.h"
#include "enigm-age.h"
#include "enigm-time.h"
#include "enigm-wall-timer.h"

struct _EnigmAlertsPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkWidget *now_title;
  GtkListBox *now_list;
  GtkWidget *before_title;
  GtkBox *days;
  GtkWidget *export_button;

  EnigmAccount *account;
  guint idle;
  EnigmWallTimer *timer;
};

G_DEFINE_FINAL_TYPE (EnigmAlertsPage, enigm_alerts_page, ADW_TYPE_BIN)

/* What is visible */

static void
on_row_activated (EnigmAlertsPage *self, GtkListBoxRow *row)
{
  EnigmAlert *alert = enigm_alert_row_get_alert (ENIGM_ALERT_ROW (row));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-alert", "s", enigm_alert_get_id (alert));
}

static GtkListBox *
add_day (EnigmAlertsPage *self, const char *day)
{
  GtkWidget *label = gtk_label_new (day);
  GtkWidget *list = gtk_list_box_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, day, -1);
  g_signal_connect_object (list, "row-activated", G_CALLBACK (on_row_activated), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (self->days, label);
  gtk_box_append (self->days, list);
  return GTK_LIST_BOX (list);
}

/* When "3 minutes ago" is 4, for the first of those that are under way. */
static void
set_timer (EnigmAlertsPage *self)
{
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 next = G_MAXINT64;
  GtkListBoxRow *row;

  for (guint i = 0; (row = gtk_list_box_get_row_at_index (self->now_list, i)) != NULL; i++)
    {
      EnigmAlert *alert = enigm_alert_row_get_alert (ENIGM_ALERT_ROW (row));

      next = MIN (next, enigm_age_next_change (enigm_alert_get_received (alert), now));
    }
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    enigm_wall_timer_set (self->timer, next == G_MAXINT64 ? 0 : next);
}

static void
update_alerts (EnigmAlertsPage *self)
{
  GListModel *alerts = enigm_account_get_alerts (self->account);
  const guint n = g_list_model_get_n_items (alerts);
  g_autofree char *day = NULL;
  GtkListBox *list = NULL;
  GtkWidget *child;
  guint active = 0;
  guint ended = 0;
  guint own = 0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->now_list))) != NULL)
    gtk_list_box_remove (self->now_list, child);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->days))) != NULL)
    gtk_box_remove (self->days, child);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (alerts, i);
      g_autofree char *its_day = NULL;

      own += enigm_alert_get_role (alert) == ENIGM_ALERT_ROLE_OWNER;
      if (enigm_alert_get_state (alert) == ENIGM_ALERT_STATE_ACTIVE)
        {
          gtk_list_box_append (self->now_list, enigm_alert_row_new (self->account, alert));
          active++;
          continue;
        }
      ended++;
      its_day = enigm_time_describe_day (enigm_alert_get_received (alert));
      if (g_strcmp0 (day, its_day) != 0)
        {
          list = add_day (self, its_day);
          g_free (day);
          day = g_steal_pointer (&its_day);
        }
      gtk_list_box_append (list, enigm_alert_row_new (self->account, alert));
    }
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
  gtk_widget_set_visible (self->now_title, active > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->now_list), active > 0);
  gtk_widget_set_visible (self->before_title, ended > 0);
  gtk_widget_set_visible (self->export_button, own > 0);
  set_timer (self);
}

static gboolean
on_idle (gpointer user_data)
{
  EnigmAlertsPage *self = user_data;

  self->idle = 0;
  update_alerts (self);
  return G_SOURCE_REMOVE;
}

static void
queue_update (EnigmAlertsPage *self)
{
  if (self->idle == 0)
    self->idle = g_idle_add (on_idle, self);
}

static void
on_time_come (gpointer user_data)
{
  EnigmAlertsPage *self = user_data;
  GtkListBoxRow *row;

  for (guint i = 0; (row = gtk_list_box_get_row_at_index (self->now_list, i)) != NULL; i++)
    enigm_alert_row_refresh (ENIGM_ALERT_ROW (row));
  set_timer (self);
}

static void
on_export_button_clicked (EnigmAlertsPage *self)
{
  enigm_export_alerts (GTK_WIDGET (self), self->account, NULL);
}

/* The widget */

static void
enigm_alerts_page_map (GtkWidget *widget)
{
  EnigmAlertsPage *self = ENIGM_ALERTS_PAGE (widget);

  GTK_WIDGET_CLASS (enigm_alerts_page_parent_class)->map (widget);
  queue_update (self);
}

static void
enigm_alerts_page_unmap (GtkWidget *widget)
{
  enigm_wall_timer_set (ENIGM_ALERTS_PAGE (widget)->timer, 0);
  GTK_WIDGET_CLASS (enigm_alerts_page_parent_class)->unmap (widget);
}

static void
enigm_alerts_page_dispose (GObject *object)
{
  EnigmAlertsPage *self = ENIGM_ALERTS_PAGE (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_pointer (&self->timer, enigm_wall_timer_free);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (enigm_alerts_page_parent_class)->dispose (object);
}

static void
enigm_alerts_page_class_init (EnigmAlertsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_alerts_page_dispose;
  widget_class->map = enigm_alerts_page_map;
  widget_class->unmap = enigm_alerts_page_unmap;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-alerts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertsPage, now_title);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertsPage, now_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertsPage, before_title);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertsPage, days);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertsPage, export_button);
  gtk_widget_class_bind_template_callback (widget_class, on_export_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
enigm_alerts_page_init (EnigmAlertsPage *self)
{
  self->timer = enigm_wall_timer_new (on_time_come, self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_alerts_page_new (EnigmAccount *account)
{
  EnigmAlertsPage *self = g_object_new (ENIGM_TYPE_ALERTS_PAGE, NULL);

  self->account = g_object_ref (account);
  g_signal_connect_object (enigm_account_get_alerts (account), "items-changed",
                           G_CALLBACK (queue_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "alert-changed", G_CALLBACK (queue_update), self,
                           G_CONNECT_SWAPPED);
  update_alerts (self);
  return GTK_WIDGET (self);
}
