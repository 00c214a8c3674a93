/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-status-page.h"

#include <glib/gi18n.h>

#include "enigm-evidence-row.h"
#include "enigm-key-dialog.h"
#include "enigm-readiness.h"
#include "enigm-wall-timer.h"
#include "enigm-window.h"

struct _EnigmStatusPage
{
  AdwBin parent_instance;

  GtkImage *icon;
  GtkLabel *verdict;
  GtkButton *button;
  GtkButton *revoke_button;
  GtkWidget *gone_button;
  GtkLabel *error_label;
  GtkWidget *evidence_title;
  GtkListBox *evidence;

  EnigmAccount *account;
  EnigmReadiness *readiness;
  EnigmWallTimer *timer;
  guint idle;
};

G_DEFINE_FINAL_TYPE (EnigmStatusPage, enigm_status_page, ADW_TYPE_BIN)

/* What is visible */

typedef struct
{
  const char *icon;
  const char *style;
} Look;

static Look
get_look (EnigmReadinessVerdict verdict)
{
  switch (verdict)
    {
    case ENIGM_READINESS_READY:
      return (Look){ "enigm-ok-symbolic", "success" };
    case ENIGM_READINESS_BATTERY_LOW:
    case ENIGM_READINESS_NOT_TRIED:
    case ENIGM_READINESS_CONTACTS_CHANGED:
    case ENIGM_READINESS_STALE:
    case ENIGM_READINESS_QUIET:
    case ENIGM_READINESS_RESTORED:
    case ENIGM_READINESS_UNFINISHED:
    case ENIGM_READINESS_PENDING:
      return (Look){ "enigm-warning-symbolic", "warning" };
    case ENIGM_READINESS_NOBODY:
    case ENIGM_READINESS_REACHED_NOBODY:
    case ENIGM_READINESS_CHARGE:
    case ENIGM_READINESS_CERTIFICATE:
    case ENIGM_READINESS_LOST:
    case ENIGM_READINESS_SUSPENDED:
    case ENIGM_READINESS_UNPROVED:
    case ENIGM_READINESS_REVOKED:
    case ENIGM_READINESS_REVOKING:
      return (Look){ "enigm-error-symbolic", "error" };
    case ENIGM_READINESS_ALERT:
      return (Look){ "enigm-alert-symbolic", "error" };
    case ENIGM_READINESS_DRILL:
      return (Look){ "enigm-drill-symbolic", "warning" };
    case ENIGM_READINESS_NO_KEY:
      return (Look){ "enigm-key-symbolic", "dim-label" };
    case ENIGM_READINESS_AWAY:
    case ENIGM_READINESS_UNKNOWN:
    default:
      return (Look){ "enigm-unknown-symbolic", "dim-label" };
    }
}

static const char *
get_button_label (EnigmReadinessAction action)
{
  switch (action)
    {
    case ENIGM_READINESS_ACTION_PAIR:
      return _ ("_Pair a Key");
    case ENIGM_READINESS_ACTION_CONTINUE:
      return _ ("_Continue");
    case ENIGM_READINESS_ACTION_DRILL:
      return _ ("_Run a Drill");
    case ENIGM_READINESS_ACTION_INVITE:
      return _ ("_Invite Someone");
    case ENIGM_READINESS_ACTION_FOUND_OR_REVOKE:
      return _ ("I _Found It");
    case ENIGM_READINESS_ACTION_CONFIRM:
      return _ ("I _Have It…");
    case ENIGM_READINESS_ACTION_RETRY:
      return _ ("_Try Again");
    case ENIGM_READINESS_ACTION_OPEN:
      return _ ("_Open");
    case ENIGM_READINESS_ACTION_NONE:
    default:
      return NULL;
    }
}

static gboolean
can_revoke (EnigmStatusPage *self)
{
  GListModel *keys = enigm_account_get_keys (self->account);

  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (keys, i);

      if (enigm_key_dialog_offers (key, "revoked"))
        return TRUE;
    }
  return FALSE;
}

static void
update_status (EnigmStatusPage *self)
{
  static const char *const styles[] = { "success", "warning", "error", "dim-label" };
  EnigmReadinessAction action;
  GListModel *rows;
  const char *label;
  GtkListBoxRow *row;
  Look look;

  g_clear_object (&self->readiness);
  self->readiness = enigm_readiness_new (self->account, g_get_real_time () / G_USEC_PER_SEC);
  action = enigm_readiness_get_action (self->readiness);
  look = get_look (enigm_readiness_get_verdict (self->readiness));

  gtk_image_set_from_icon_name (self->icon, look.icon);
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), styles[i]);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), look.style);
  gtk_label_set_label (self->verdict, enigm_readiness_get_sentence (self->readiness));

  label = get_button_label (action);
  gtk_widget_set_visible (GTK_WIDGET (self->button), label != NULL);
  if (label != NULL)
    gtk_button_set_label (self->button, label);
  gtk_widget_set_visible (GTK_WIDGET (self->revoke_button),
                          action == ENIGM_READINESS_ACTION_FOUND_OR_REVOKE);

  gtk_widget_set_visible (self->gone_button,
                          action != ENIGM_READINESS_ACTION_FOUND_OR_REVOKE && can_revoke (self));

  rows = enigm_readiness_get_rows (self->readiness);
  gtk_widget_set_visible (self->evidence_title, g_list_model_get_n_items (rows) > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->evidence), g_list_model_get_n_items (rows) > 0);
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (EnigmReadinessRow) evidence = g_list_model_get_item (rows, i);

      row = gtk_list_box_get_row_at_index (self->evidence, i);
      if (row == NULL)
        {
          row = GTK_LIST_BOX_ROW (enigm_evidence_row_new ());
          gtk_list_box_append (self->evidence, GTK_WIDGET (row));
        }
      enigm_evidence_row_set (ENIGM_EVIDENCE_ROW (row), evidence);
    }
  while ((row = gtk_list_box_get_row_at_index (self->evidence, g_list_model_get_n_items (rows))) !=
         NULL)
    gtk_list_box_remove (self->evidence, GTK_WIDGET (row));
  /* Evidence ages in front of the person's eyes, and nobody looks when nobody sees. */
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    enigm_wall_timer_set (self->timer, enigm_readiness_get_next_change (self->readiness));
}

/* Several things change in one answer of the platform; looking once is enough. */
static gboolean
on_idle (gpointer user_data)
{
  EnigmStatusPage *self = user_data;

  self->idle = 0;
  update_status (self);
  return G_SOURCE_REMOVE;
}

static void
queue_update (EnigmStatusPage *self)
{
  if (self->idle == 0)
    self->idle = g_idle_add (on_idle, self);
}

static void
on_model_changed (EnigmStatusPage *self)
{
  queue_update (self);
}

/* Keys and contacts change in their places: one who accepts is the same contact as before. */
static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);

      g_signal_connect_object (item, "notify", G_CALLBACK (on_model_changed), user_data,
                               G_CONNECT_SWAPPED);
    }
  queue_update (user_data);
}

static void
on_time_come (gpointer user_data)
{
  update_status (user_data);
}

/* What the buttons do */

static void
on_key_changed (const char *sentence, const GError *error, gpointer user_data)
{
  EnigmStatusPage *self = user_data;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
  if (error != NULL)
    gtk_label_set_label (self->error_label, error->message);
  else if (ENIGM_IS_WINDOW (root))
    enigm_window_add_toast (ENIGM_WINDOW (root), adw_toast_new (sentence));
}

/* From a cold start a key that is out of reach is two activations from being revoked, also where
 * there are several: this one, and the one that says which. */
static void
on_revoke_button_clicked (EnigmStatusPage *self)
{
  enigm_key_dialog_choose (GTK_WIDGET (self), self->account, "revoked", on_key_changed);
}

static void
on_button_clicked (EnigmStatusPage *self)
{
  EnigmAlert *alert;

  gtk_widget_set_visible (GTK_WIDGET (self->error_label), FALSE);
  switch (enigm_readiness_get_action (self->readiness))
    {
    case ENIGM_READINESS_ACTION_PAIR:
    case ENIGM_READINESS_ACTION_CONTINUE:
      gtk_widget_activate_action (GTK_WIDGET (self), "win.pair", NULL);
      break;
    case ENIGM_READINESS_ACTION_DRILL:
      gtk_widget_activate_action (GTK_WIDGET (self), "win.drill", NULL);
      break;
    case ENIGM_READINESS_ACTION_INVITE:
      gtk_widget_activate_action (GTK_WIDGET (self), "win.invite", NULL);
      break;
    case ENIGM_READINESS_ACTION_FOUND_OR_REVOKE:
      enigm_key_dialog_choose (GTK_WIDGET (self), self->account, "found", on_key_changed);
      break;
    case ENIGM_READINESS_ACTION_CONFIRM:
      enigm_key_dialog_choose (GTK_WIDGET (self), self->account, "confirmed", on_key_changed);
      break;
    case ENIGM_READINESS_ACTION_RETRY:
      gtk_widget_activate_action (GTK_WIDGET (self), "win.refresh", NULL);
      break;
    case ENIGM_READINESS_ACTION_OPEN:
      alert = enigm_readiness_find_own_alert (self->account);
      if (alert != NULL)
        gtk_widget_activate_action (GTK_WIDGET (self), "win.open-alert", "s",
                                    enigm_alert_get_id (alert));
      break;
    case ENIGM_READINESS_ACTION_NONE:
    default:
      break;
    }
}

/* The widget */

static void
enigm_status_page_map (GtkWidget *widget)
{
  EnigmStatusPage *self = ENIGM_STATUS_PAGE (widget);
  GtkRoot *root = gtk_widget_get_root (widget);

  GTK_WIDGET_CLASS (enigm_status_page_parent_class)->map (widget);
  update_status (self);
  if (GTK_IS_WINDOW (root))
    gtk_window_set_default_widget (GTK_WINDOW (root), GTK_WIDGET (self->button));
}

static void
enigm_status_page_unmap (GtkWidget *widget)
{
  enigm_wall_timer_set (ENIGM_STATUS_PAGE (widget)->timer, 0);
  GTK_WIDGET_CLASS (enigm_status_page_parent_class)->unmap (widget);
}

static void
enigm_status_page_dispose (GObject *object)
{
  EnigmStatusPage *self = ENIGM_STATUS_PAGE (object);

  g_clear_pointer (&self->timer, enigm_wall_timer_free);
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->readiness);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (enigm_status_page_parent_class)->dispose (object);
}

static void
enigm_status_page_class_init (EnigmStatusPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_status_page_dispose;
  widget_class->map = enigm_status_page_map;
  widget_class->unmap = enigm_status_page_unmap;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-status-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmStatusPage, icon);
  gtk_widget_class_bind_template_child (widget_class, EnigmStatusPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, EnigmStatusPage, button);
  gtk_widget_class_bind_template_child (widget_class, EnigmStatusPage, revoke_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmStatusPage, gone_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmStatusPage, error_label);
  gtk_widget_class_bind_template_child (widget_class, EnigmStatusPage, evidence_title);
  gtk_widget_class_bind_template_child (widget_class, EnigmStatusPage, evidence);
  gtk_widget_class_bind_template_callback (widget_class, on_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_revoke_button_clicked);
}

static void
enigm_status_page_init (EnigmStatusPage *self)
{
  GtkLabel *words;

  self->timer = enigm_wall_timer_new (on_time_come, self);
  gtk_widget_init_template (GTK_WIDGET (self));
  /* With letters twice as large they need two lines on the narrowest screen. */
  words = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->gone_button)));
  gtk_label_set_wrap (words, TRUE);
  gtk_label_set_justify (words, GTK_JUSTIFY_CENTER);
}

GtkWidget *
enigm_status_page_new (EnigmAccount *account)
{
  EnigmStatusPage *self = g_object_new (ENIGM_TYPE_STATUS_PAGE, NULL);
  GListModel *models[] = { enigm_account_get_keys (account), enigm_account_get_contacts (account) };

  self->account = g_object_ref (account);
  g_signal_connect_object (account, "notify", G_CALLBACK (on_model_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "alert-changed", G_CALLBACK (on_model_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (enigm_account_get_alerts (account), "items-changed",
                           G_CALLBACK (on_model_changed), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_signal_connect_object (models[i], "items-changed", G_CALLBACK (on_items_changed), self, 0);
      on_items_changed (models[i], 0, 0, g_list_model_get_n_items (models[i]), self);
    }
  return GTK_WIDGET (self);
}
