/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-alert-page.h"

#include <glib/gi18n.h>

#include "enigm-button.h"
#include "enigm-alert-row.h"
#include "enigm-age.h"
#include "enigm-export.h"
#include "enigm-geo-dialog.h"
#include "enigm-positions-row.h"
#include "enigm-stage-row.h"
#include "enigm-time.h"
#include "enigm-wall-timer.h"
#include "enigm-window.h"

struct _EnigmAlertPage
{
  AdwBin parent_instance;

  AdwWindowTitle *window_title;
  GtkImage *icon;
  GtkLabel *kind;
  GtkLabel *sentence;
  GtkLabel *caution;
  GtkWidget *seen_button;
  GtkButton *end_button;
  GtkLabel *error_label;
  GtkWidget *facts;
  AdwActionRow *time_row;
  AdwActionRow *position_row;
  GtkWidget *copy_button;
  GtkWidget *map_button;
  EnigmPositionsRow *positions_row;
  AdwActionRow *stopped_row;
  AdwActionRow *sharing_row;
  GtkLabel *waiting_label;
  GtkWidget *export_button;
  AdwActionRow *delete_row;
  GtkWidget *delete_button;
  GtkLabel *stages_title;
  GtkListBox *stages_list;

  EnigmAccount *account;
  EnigmAlert *alert;
  EnigmWallTimer *timer;
  /* All positions are asked for, or were in vain, as of the last one at this time. */
  gboolean asking;
  gint64 asked;
  char *trouble;
};

G_DEFINE_FINAL_TYPE (EnigmAlertPage, enigm_alert_page, ADW_TYPE_BIN)

/* What is visible */

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static char *
describe_active (EnigmAlertPage *self)
{
  const gboolean drill = enigm_alert_get_kind (self->alert) == ENIGM_ALERT_KIND_DRILL;
  g_autofree char *source = enigm_alert_describe_source (self->account, self->alert);
  guint seen = 0;
  guint told;

  if (enigm_alert_get_role (self->alert) == ENIGM_ALERT_ROLE_CONTACT)
    return drill ? g_strdup_printf (_ ("%s tries their key. Nobody is in need."), source)
                 : g_strdup_printf (_ ("%s needs you."), source);
  told = enigm_alert_count_stages (self->alert, NULL, NULL, &seen);
  if (told == 0)
    return g_strdup (drill ? _ ("Your drill is under way, and reaches nobody.")
                           : _ ("Your alert is under way, and reaches nobody."));
  return g_strdup_printf (drill
                            ? ngettext ("Your drill is under way. %u of %u contact has seen it.",
                                        "Your drill is under way. %u of %u contacts have seen "
                                        "it.",
                                        told)
                            : ngettext ("Your alert is under way. %u of %u contact has seen it.",
                                        "Your alert is under way. %u of %u contacts have seen "
                                        "it.",
                                        told),
                          seen, told);
}

static char *
describe_ended (EnigmAlertPage *self)
{
  const gboolean own = enigm_alert_get_role (self->alert) == ENIGM_ALERT_ROLE_OWNER;
  const char *by = enigm_alert_get_ended_by (self->alert);
  g_autofree char *source = enigm_alert_describe_source (self->account, self->alert);
  g_autofree char *moment = enigm_time_describe_moment (enigm_alert_get_ended_time (self->alert));

  if (g_str_equal (by, "key"))
    return g_strdup_printf (_ ("Ended on the key itself, %s."), moment);
  if (g_str_equal (by, "app"))
    return own ? g_strdup_printf (_ ("Ended in the app of your account, %s."), moment)
               : g_strdup_printf (_ ("Ended in the app of %s, %s."), source, moment);
  if (g_str_equal (by, "revoked"))
    return g_strdup_printf (_ ("Ended because the key was revoked, %s."), moment);
  return g_strdup_printf (_ ("Ended, %s. By whom is unknown."), moment);
}

/* The press, and where the key was out of reach then, when the platform heard of it. */
static char *
describe_times (EnigmAlertPage *self)
{
  const gint64 pressed = enigm_alert_get_pressed (self->alert);
  const gint64 received = enigm_alert_get_received (self->alert);
  g_autofree char *age = enigm_describe_age (pressed, get_now ());
  g_autofree char *moment = enigm_time_describe_moment (pressed);
  g_autofree char *heard = enigm_time_describe_moment (received);

  if (received - pressed <= ENIGM_ALERT_LATE)
    return g_strdup_printf ("%s · %s", moment, age);
  /* Translators: a moment, how long ago that was, and another moment. */
  return g_strdup_printf (_ ("%s · %s\nThe platform heard of it %s: the key had no connection "
                             "until then."),
                          moment, age, heard);
}

static const char *
describe_stopped (EnigmAlertPage *self)
{
  const char *why = enigm_alert_get_stopped (self->alert);

  if (g_str_equal (why, "lost"))
    return _ ("The key was marked as lost. It sends no more positions, and cannot end this.");
  if (g_str_equal (why, "revoked"))
    return _ ("The key was revoked. It sends no more positions, and cannot end this.");
  if (g_str_equal (why, "replaced"))
    return _ ("The key was replaced. It sends no more positions, and cannot end this.");
  if (g_str_equal (why, "retired"))
    return _ ("The key was retired. It sends no more positions, and cannot end this.");
  return _ ("The platform does not accept this key for now, and so no more positions come.");
}

static char *
describe_sharing (EnigmAlertPage *self)
{
  g_autofree char *moment = enigm_time_describe_moment (enigm_alert_get_ended_time (self->alert));

  /* Translators: a moment such as “14:05” or “yesterday, 14:05” */
  return g_strdup_printf (_ ("Stopped (%s): the platform shows contacts no position any more. What "
                             "was recorded is seen by you alone."),
                          moment);
}

static void
update_position (EnigmAlertPage *self)
{
  const gboolean has_position = enigm_alert_get_has_position (self->alert);
  const gboolean own = enigm_alert_get_role (self->alert) == ENIGM_ALERT_ROLE_OWNER;
  const gboolean active = enigm_alert_get_state (self->alert) == ENIGM_ALERT_STATE_ACTIVE;
  g_autofree char *text = NULL;

  if (has_position)
    {
      g_autofree char *age =
        enigm_describe_age (enigm_alert_get_position_time (self->alert), get_now ());

      /* Translators: latitude, longitude, accuracy in metres, and how long ago. */
      text = g_strdup_printf (
        _ ("%.5f, %.5f · within %.0f m · %s"), enigm_alert_get_latitude (self->alert),
        enigm_alert_get_longitude (self->alert), enigm_alert_get_accuracy (self->alert), age);
      if (active && get_now () - enigm_alert_get_position_time (self->alert) > ENIGM_ALERT_GAP)
        {
          g_autofree char *known = g_steal_pointer (&text);

          text = g_strdup_printf ("%s\n%s", known, _ ("No newer one has come since."));
        }
    }
  else
    text = g_strdup (active ? _ ("Unknown. The key has not sent one.")
                     : own  ? _ ("The key had sent none.")
                            : _ ("Not shown: the alert has ended."));
  adw_action_row_set_subtitle (self->position_row, text);
  gtk_widget_set_visible (self->copy_button, has_position);
  gtk_widget_set_visible (self->map_button, has_position);
}

static void
update_stages (EnigmAlertPage *self)
{
  const gboolean own = enigm_alert_get_role (self->alert) == ENIGM_ALERT_ROLE_OWNER;
  GListModel *stages = enigm_alert_get_stages (self->alert);
  const guint n = g_list_model_get_n_items (stages);
  GtkListBoxRow *row;

  gtk_label_set_label (self->stages_title, own ? _ ("Your contacts") : _ ("You"));
  gtk_widget_set_visible (GTK_WIDGET (self->stages_title), n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->stages_list), n > 0);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (EnigmAlertStage) stage = g_list_model_get_item (stages, i);

      row = gtk_list_box_get_row_at_index (self->stages_list, i);
      if (row == NULL)
        {
          row = GTK_LIST_BOX_ROW (enigm_stage_row_new ());
          gtk_list_box_append (self->stages_list, GTK_WIDGET (row));
        }
      enigm_stage_row_set (ENIGM_STAGE_ROW (row), stage, own);
    }
  while ((row = gtk_list_box_get_row_at_index (self->stages_list, n)) != NULL)
    gtk_list_box_remove (self->stages_list, GTK_WIDGET (row));
}

/* When the first age on the page is another one. */
static void
set_timer (EnigmAlertPage *self)
{
  const gint64 now = get_now ();
  const gint64 position = enigm_alert_get_position_time (self->alert);
  gint64 next = enigm_age_next_change (enigm_alert_get_pressed (self->alert), now);

  if (enigm_alert_get_has_position (self->alert))
    {
      next = MIN (next, enigm_age_next_change (position, now));
      if (position + ENIGM_ALERT_GAP + 1 > now)
        next = MIN (next, position + ENIGM_ALERT_GAP + 1);
    }
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    enigm_wall_timer_set (self->timer, next);
}

/* The platform shows it to this account no more: nothing of it stays on the screen. To a contact it
 * is said, and also what that does not mean; an owner knows that it was deleted. */
static void
show_gone (EnigmAlertPage *self)
{
  const gboolean own = enigm_alert_get_role (self->alert) == ENIGM_ALERT_ROLE_OWNER;
  const gboolean drill = enigm_alert_get_kind (self->alert) == ENIGM_ALERT_KIND_DRILL;
  GtkWidget *const widgets[] = {
    self->seen_button,
    GTK_WIDGET (self->end_button),
    GTK_WIDGET (self->waiting_label),
    GTK_WIDGET (self->error_label),
    self->facts,
    GTK_WIDGET (self->stages_title),
    GTK_WIDGET (self->stages_list),
  };
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  enigm_wall_timer_set (self->timer, 0);
  update_position (self);
  for (gsize i = 0; i < G_N_ELEMENTS (widgets); i++)
    gtk_widget_set_visible (widgets[i], FALSE);
  gtk_label_set_label (self->sentence,
                       own ? _ ("It is deleted.")
                           : _ ("You are not shown this any more: it was deleted, or you are no "
                                "contact of theirs now."));
  gtk_widget_set_visible (GTK_WIDGET (self->caution), !own && !drill);
  if (!own || !gtk_widget_get_mapped (GTK_WIDGET (self)) || !ENIGM_IS_WINDOW (root))
    return;
  enigm_window_add_toast (ENIGM_WINDOW (root), adw_toast_new (drill ? _ ("The drill is deleted")
                                                                    : _ ("The alert is deleted")));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
}

static void update_alert (EnigmAlertPage *self);

static void
on_positions_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmAlertPage) self = user_data;
  g_autoptr (GError) error = NULL;

  self->asking = FALSE;
  g_clear_pointer (&self->trouble, g_free);
  if (!enigm_account_fetch_alert_finish (ENIGM_ACCOUNT (source), result, &error))
    self->trouble = g_strdup (error->message);
  if (self->alert != NULL)
    update_alert (self);
}

/* Where one's own key went is asked for while somebody looks: anew after each position. */
static void
ask_for_positions (EnigmAlertPage *self)
{
  const gint64 last = enigm_alert_get_position_time (self->alert);

  if (enigm_alert_get_role (self->alert) != ENIGM_ALERT_ROLE_OWNER || self->asking ||
      self->asked == last || !gtk_widget_get_mapped (GTK_WIDGET (self)) ||
      enigm_alert_get_has_all_positions (self->alert))
    return;
  self->asking = TRUE;
  self->asked = last;
  enigm_account_fetch_alert_async (self->account, self->alert, NULL, on_positions_fetched,
                                   g_object_ref (self));
}

/* What was asked for in vain is asked for again. */
static void
on_account_known (EnigmAlertPage *self)
{
  self->asked = 0;
  update_alert (self);
}

static void
update_alert (EnigmAlertPage *self)
{
  const gboolean drill = enigm_alert_get_kind (self->alert) == ENIGM_ALERT_KIND_DRILL;
  const gboolean own = enigm_alert_get_role (self->alert) == ENIGM_ALERT_ROLE_OWNER;
  const gboolean active = enigm_alert_get_state (self->alert) == ENIGM_ALERT_STATE_ACTIVE;
  const char *kind = drill ? _ ("DRILL") : _ ("ALERT");
  const char *style = drill ? "warning" : "error";
  g_autofree char *sentence = active ? describe_active (self) : describe_ended (self);
  const gboolean stopped = active && *enigm_alert_get_stopped (self->alert) != '\0';
  const gboolean waiting = enigm_alert_get_waiting (self->alert);
  g_autofree char *since = describe_times (self);
  g_autofree char *sharing = describe_sharing (self);
  g_autofree char *delete_on = enigm_time_describe_day (enigm_alert_get_delete_on (self->alert));
  guint seen = 0;

  if (enigm_alert_get_gone (self->alert))
    return;
  enigm_alert_count_stages (self->alert, NULL, NULL, &seen);
  adw_window_title_set_title (self->window_title, drill ? _ ("Drill") : _ ("Alert"));
  gtk_image_set_from_icon_name (self->icon,
                                drill ? "enigm-drill-symbolic" : "enigm-alert-symbolic");
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), style);
  gtk_widget_add_css_class (GTK_WIDGET (self->kind), style);
  gtk_label_set_label (self->kind, kind);
  gtk_label_set_label (self->sentence, sentence);
  gtk_label_set_label (self->caution, _ ("This does not show that they are safe."));
  gtk_widget_set_visible (GTK_WIDGET (self->caution), !active && !own && !drill);
  gtk_widget_set_visible (self->seen_button, active && !own && seen == 0 && !waiting);
  gtk_widget_set_visible (GTK_WIDGET (self->waiting_label), waiting && seen == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->stopped_row), stopped);
  if (stopped)
    adw_action_row_set_subtitle (self->stopped_row, describe_stopped (self));
  gtk_widget_set_visible (GTK_WIDGET (self->sharing_row), own && !active && !drill);
  adw_action_row_set_subtitle (self->sharing_row, sharing);
  enigm_positions_row_set (self->positions_row, self->alert, self->trouble);
  ask_for_positions (self);
  gtk_widget_set_visible (self->export_button, own);
  gtk_widget_set_visible (GTK_WIDGET (self->end_button), active && own);
  gtk_button_set_label (self->end_button, drill ? _ ("_End the Drill") : _ ("_End the Alert"));
  adw_action_row_set_subtitle (self->time_row, since);
  gtk_widget_set_visible (GTK_WIDGET (self->position_row), !drill || active);
  update_position (self);
  gtk_widget_set_visible (GTK_WIDGET (self->delete_row),
                          enigm_alert_get_delete_on (self->alert) != 0);
  adw_action_row_set_subtitle (self->delete_row, delete_on);
  gtk_widget_set_visible (self->delete_button, own && !active);
  update_stages (self);
  set_timer (self);
}

static void
update_error (EnigmAlertPage *self, const GError *error)
{
  if (self->error_label == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
  if (error != NULL)
    gtk_label_set_label (self->error_label, error->message);
}

static void
on_time_come (gpointer user_data)
{
  update_alert (user_data);
}

/* What the buttons do */

static void
on_seen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmAlertPage) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_stage_alert_finish (ENIGM_ACCOUNT (source), result, &error);
  update_error (self, error);
}

static void
on_seen_button_clicked (EnigmAlertPage *self)
{
  update_error (self, NULL);
  enigm_account_stage_alert_async (self->account, self->alert, "seen", NULL, on_seen,
                                   g_object_ref (self));
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmAlertPage) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_end_alert_finish (ENIGM_ACCOUNT (source), result, &error);
  update_error (self, error);
}

static void
on_end_responded (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  EnigmAlertPage *self = user_data;

  if (g_str_equal (response, "end"))
    enigm_account_end_alert_async (self->account, self->alert, NULL, on_ended, g_object_ref (self));
}

static void
on_end_button_clicked (EnigmAlertPage *self)
{
  GtkWidget *dialog;

  update_error (self, NULL);
  /* A drill frightens nobody; ending one needs no second thought. */
  if (enigm_alert_get_kind (self->alert) == ENIGM_ALERT_KIND_DRILL)
    {
      enigm_account_end_alert_async (self->account, self->alert, NULL, on_ended,
                                     g_object_ref (self));
      return;
    }
  dialog = adw_message_dialog_new (
    GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _ ("End your alert?"),
    _ ("Your contacts are told that it was ended in the app, and no longer see a position."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "end",
                                    _ ("_End the Alert"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "end",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_end_responded), self, 0);
  enigm_button_tidy (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmAlertPage) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_delete_alert_finish (ENIGM_ACCOUNT (source), result, &error);
  update_error (self, error);
}

static void
on_delete_button_clicked (EnigmAlertPage *self)
{
  update_error (self, NULL);
  enigm_account_delete_alert_async (self->account, self->alert, NULL, on_deleted,
                                    g_object_ref (self));
}

static void
on_copy_button_clicked (EnigmAlertPage *self)
{
  g_autofree char *text = enigm_geo_dialog_format (self->alert, ", ");
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  if (ENIGM_IS_WINDOW (root))
    enigm_window_add_toast (ENIGM_WINDOW (root), adw_toast_new (_ ("The position is copied")));
}

static void
on_map_button_clicked (EnigmAlertPage *self)
{
  enigm_geo_dialog_ask (GTK_WIDGET (self), self->alert);
}

static void
on_export_button_clicked (EnigmAlertPage *self)
{
  enigm_export_alerts (GTK_WIDGET (self), self->account, self->alert);
}

/* The widget */

static void
enigm_alert_page_map (GtkWidget *widget)
{
  EnigmAlertPage *self = ENIGM_ALERT_PAGE (widget);

  GTK_WIDGET_CLASS (enigm_alert_page_parent_class)->map (widget);
  on_account_known (self);
}

static void
enigm_alert_page_unmap (GtkWidget *widget)
{
  enigm_wall_timer_set (ENIGM_ALERT_PAGE (widget)->timer, 0);
  GTK_WIDGET_CLASS (enigm_alert_page_parent_class)->unmap (widget);
}

static void
enigm_alert_page_dispose (GObject *object)
{
  EnigmAlertPage *self = ENIGM_ALERT_PAGE (object);

  g_clear_pointer (&self->timer, enigm_wall_timer_free);
  g_clear_object (&self->account);
  g_clear_object (&self->alert);
  g_clear_pointer (&self->trouble, g_free);
  G_OBJECT_CLASS (enigm_alert_page_parent_class)->dispose (object);
}

static void
enigm_alert_page_class_init (EnigmAlertPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_alert_page_dispose;
  widget_class->map = enigm_alert_page_map;
  widget_class->unmap = enigm_alert_page_unmap;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-alert-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, icon);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, kind);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, sentence);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, caution);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, seen_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, end_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, error_label);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, facts);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, time_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, position_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, copy_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, map_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, positions_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, stopped_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, sharing_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, waiting_label);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, export_button);
  gtk_widget_class_bind_template_callback (widget_class, on_map_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_export_button_clicked);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, delete_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, delete_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, stages_title);
  gtk_widget_class_bind_template_child (widget_class, EnigmAlertPage, stages_list);
  gtk_widget_class_bind_template_callback (widget_class, on_seen_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_end_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_delete_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_button_clicked);
}

static void
enigm_alert_page_init (EnigmAlertPage *self)
{
  g_type_ensure (ENIGM_TYPE_POSITIONS_ROW);
  self->timer = enigm_wall_timer_new (on_time_come, self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_alert_page_new (EnigmAccount *account, EnigmAlert *alert)
{
  EnigmAlertPage *self = g_object_new (ENIGM_TYPE_ALERT_PAGE, NULL);

  self->account = g_object_ref (account);
  self->alert = g_object_ref (alert);
  g_signal_connect_object (alert, "notify", G_CALLBACK (update_alert), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (alert, "notify::gone", G_CALLBACK (show_gone), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "alert-changed", G_CALLBACK (update_alert), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify::unknown-since", G_CALLBACK (on_account_known), self,
                           G_CONNECT_SWAPPED);
  update_alert (self);
  return GTK_WIDGET (self);
}
