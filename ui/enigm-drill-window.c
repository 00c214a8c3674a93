/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-drill-window.h"

#include <glib/gi18n.h>

#include "enigm-drill.h"
#include "enigm-readiness.h"
#include "enigm-time.h"

typedef enum
{
  PHASE_NO_KEY,
  PHASE_RUNNING,
  PHASE_ENDING,
  PHASE_DONE,
  PHASE_FAILED,
} Phase;

struct _EnigmDrillWindow
{
  AdwWindow parent_instance;

  GtkButton *cancel_button;
  GtkImage *picture;
  GtkLabel *title;
  GtkLabel *sentence;
  GtkSpinner *spinner;
  GtkButton *primary_button;
  GtkListBox *results;

  EnigmAccount *account;
  EnigmRadio *radio;
  EnigmDrill *drill;
  GCancellable *cancellable;
  GError *error;
  Phase phase;
};

G_DEFINE_FINAL_TYPE (EnigmDrillWindow, enigm_drill_window, ADW_TYPE_WINDOW)

/* What is visible */

static void
add_result (EnigmDrillWindow *self, const char *title, const char *subtitle, const char *icon)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *image = gtk_image_new_from_icon_name (icon);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), image);
  if (g_str_equal (icon, "enigm-ok-symbolic"))
    gtk_widget_add_css_class (image, "success");
  gtk_list_box_append (self->results, row);
}

static void
add_contact_result (EnigmDrillWindow *self, EnigmAlertStage *stage)
{
  const gint64 latency =
    enigm_drill_get_seen_latency (self->drill, enigm_alert_stage_get_contact_id (stage));
  g_autofree char *words = NULL;

  if (latency > 0)
    {
      g_autofree char *time = enigm_time_describe_latency (latency);

      words = g_strdup_printf (_ ("Has seen it, after %s."), time);
    }
  else if (enigm_alert_stage_get_seen (stage) != 0)
    words = g_strdup (_ ("Has seen it."));
  else if (enigm_alert_stage_get_notified (stage) != 0)
    words = g_strdup (_ ("It is shown to them. They have not said that they saw it."));
  else if (enigm_alert_stage_get_accepted (stage) != 0)
    words = g_strdup (_ ("The platform holds it for them. Whether it was shown is unknown."));
  else
    words = g_strdup (_ ("Unknown."));
  add_result (self, enigm_alert_stage_get_title (stage), words,
              enigm_alert_stage_get_seen (stage) != 0 ? "enigm-ok-symbolic"
                                                      : "enigm-unknown-symbolic");
}

static void
update_results (EnigmDrillWindow *self)
{
  EnigmAlert *alert = self->drill != NULL ? enigm_drill_get_alert (self->drill) : NULL;
  const gint64 latency = self->drill != NULL ? enigm_drill_get_latency (self->drill) : 0;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->results))) != NULL)
    gtk_list_box_remove (self->results, child);
  gtk_widget_set_visible (GTK_WIDGET (self->results), alert != NULL);
  if (alert == NULL)
    return;
  if (latency > 0)
    {
      g_autofree char *time = enigm_time_describe_latency (latency);
      g_autofree char *words = g_strdup_printf (_ ("Heard your key after %s."), time);

      add_result (self, _ ("The platform"), words, "enigm-ok-symbolic");
    }
  for (guint i = 0; i < g_list_model_get_n_items (enigm_alert_get_stages (alert)); i++)
    {
      g_autoptr (EnigmAlertStage) stage = g_list_model_get_item (enigm_alert_get_stages (alert), i);

      add_contact_result (self, stage);
    }
  if (g_list_model_get_n_items (enigm_alert_get_stages (alert)) == 0)
    add_result (self, _ ("Nobody"), _ ("No contact has accepted, so nobody was told."),
                "enigm-warning-symbolic");
}

static const char *
describe_success (EnigmDrillWindow *self)
{
  EnigmAlert *alert = enigm_drill_get_alert (self->drill);
  guint seen = 0;
  const guint told = alert != NULL ? enigm_alert_count_stages (alert, NULL, NULL, &seen) : 0;

  if (told > 0 && seen == told)
    return _ ("DRILL: Everybody Has Seen It");
  return seen > 0 ? _ ("DRILL: Some Have Seen It") : _ ("DRILL: Nobody Has Said That They Saw It");
}

static void
update_drill (EnigmDrillWindow *self)
{
  const EnigmDrillStep step =
    self->drill != NULL ? enigm_drill_get_step (self->drill) : ENIGM_DRILL_FINDING;
  const gboolean running = self->phase == PHASE_RUNNING || self->phase == PHASE_ENDING;
  const gboolean off = self->phase == PHASE_RUNNING && step == ENIGM_DRILL_FINDING &&
                       enigm_radio_get_state (self->radio) == ENIGM_RADIO_OFF;
  g_autoptr (GError) obstacle = NULL;
  const char *picture = "enigm-drill-symbolic";
  const char *title = _ ("DRILL");
  const char *sentence = "";
  const char *primary = NULL;

  switch (self->phase)
    {
    case PHASE_NO_KEY:
      picture = "enigm-key-symbolic";
      title = _ ("No Key to Try");
      sentence = _ ("A drill needs a key that may raise alerts. Pair one first.");
      primary = _ ("_Pair a Key");
      break;
    case PHASE_RUNNING:
      sentence = enigm_drill_get_sentence (self->drill);
      if (step == ENIGM_DRILL_FINDING)
        {
          picture = "enigm-find-symbolic";
          obstacle = enigm_radio_dup_error (self->radio);
          if (obstacle != NULL)
            sentence = obstacle->message;
          primary = off ? _ ("_Turn On Bluetooth") : NULL;
        }
      else if (step == ENIGM_DRILL_WATCHING)
        primary = _ ("_End the Drill");
      break;
    case PHASE_ENDING:
      sentence = _ ("The drill is being ended.");
      break;
    case PHASE_DONE:
      picture = "enigm-ok-symbolic";
      title = describe_success (self);
      sentence = _ ("Your key reached the platform by itself. The drill is over.");
      primary = _ ("_Close");
      break;
    case PHASE_FAILED:
    default:
      picture = "enigm-error-symbolic";
      title = _ ("The Drill Did Not Go Through");
      sentence = self->error->message;
      primary = _ ("_Try Again");
      break;
    }

  gtk_image_set_from_icon_name (self->picture, picture);
  gtk_widget_remove_css_class (GTK_WIDGET (self->picture), "warning");
  gtk_widget_remove_css_class (GTK_WIDGET (self->picture), "success");
  gtk_widget_remove_css_class (GTK_WIDGET (self->picture), "error");
  gtk_widget_add_css_class (GTK_WIDGET (self->picture), self->phase == PHASE_DONE     ? "success"
                                                        : self->phase == PHASE_FAILED ? "error"
                                                                                      : "warning");
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->sentence, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), running && obstacle == NULL);
  gtk_spinner_set_spinning (self->spinner, running && obstacle == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->primary_button), primary != NULL);
  if (primary != NULL)
    gtk_button_set_label (self->primary_button, primary);
  gtk_button_set_label (self->cancel_button,
                        self->phase == PHASE_RUNNING ? _ ("_Cancel") : _ ("_Close"));
  gtk_widget_set_visible (GTK_WIDGET (self->cancel_button), self->phase != PHASE_DONE);
  gtk_window_set_default_widget (GTK_WINDOW (self), GTK_WIDGET (self->primary_button));
  update_results (self);
}

/* Running */

static void
on_drill_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmDrillWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_drill_run_finish (ENIGM_DRILL (source), result, &error);
  if (self->account == NULL)
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      self->phase = PHASE_DONE;
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  self->phase = error != NULL ? PHASE_FAILED : PHASE_DONE;
  self->error = g_steal_pointer (&error);
  update_drill (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->primary_button));
}

/* The key that the status page speaks of, if it may raise alerts: a drill of another one would
 * prove nothing of it. */
static EnigmKey *
find_key (EnigmDrillWindow *self)
{
  EnigmKey *key = enigm_readiness_find_key (self->account);

  return key != NULL && enigm_key_get_state (key) == ENIGM_KEY_STATE_TRUSTED ? key : NULL;
}

static void
run (EnigmDrillWindow *self)
{
  EnigmKey *key = find_key (self);

  g_clear_error (&self->error);
  g_clear_object (&self->drill);
  g_clear_object (&self->cancellable);
  self->phase = PHASE_NO_KEY;
  if (key != NULL)
    {
      self->phase = PHASE_RUNNING;
      self->cancellable = g_cancellable_new ();
      self->drill = enigm_drill_new (self->radio, self->account, enigm_key_get_binding (key));
      g_signal_connect_object (self->drill, "changed", G_CALLBACK (update_drill), self,
                               G_CONNECT_SWAPPED);
      enigm_account_listen (self->account, TRUE);
      enigm_drill_run_async (self->drill, self->cancellable, on_drill_ended, g_object_ref (self));
    }
  update_drill (self);
}

static void
on_bluetooth_switched_on (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmDrillWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!enigm_radio_switch_on_finish (ENIGM_RADIO (source), result, &error) && self->account != NULL)
    gtk_label_set_label (self->sentence, error->message);
}

static void
on_primary_button_clicked (EnigmDrillWindow *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  switch (self->phase)
    {
    case PHASE_NO_KEY:
      gtk_window_close (GTK_WINDOW (self));
      gtk_widget_activate_action (GTK_WIDGET (parent), "win.pair", NULL);
      break;
    case PHASE_RUNNING:
      if (enigm_drill_get_step (self->drill) == ENIGM_DRILL_WATCHING)
        {
          self->phase = PHASE_ENDING;
          enigm_drill_end (self->drill);
          update_drill (self);
        }
      else if (enigm_radio_get_state (self->radio) == ENIGM_RADIO_OFF)
        enigm_radio_switch_on_async (self->radio, NULL, on_bluetooth_switched_on,
                                     g_object_ref (self));
      break;
    case PHASE_FAILED:
      run (self);
      break;
    case PHASE_ENDING:
    case PHASE_DONE:
    default:
      gtk_window_close (GTK_WINDOW (self));
      break;
    }
}

/* The widget */

static gboolean
enigm_drill_window_close_request (GtkWindow *window)
{
  EnigmDrillWindow *self = ENIGM_DRILL_WINDOW (window);

  if (self->phase == PHASE_RUNNING)
    {
      self->phase = PHASE_ENDING;
      g_cancellable_cancel (self->cancellable);
      if (self->phase == PHASE_ENDING)
        update_drill (self);
      return TRUE;
    }
  return GTK_WINDOW_CLASS (enigm_drill_window_parent_class)->close_request (window);
}

static void
enigm_drill_window_dispose (GObject *object)
{
  EnigmDrillWindow *self = ENIGM_DRILL_WINDOW (object);

  if (self->account != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->radio, self);
      g_signal_handlers_disconnect_by_data (self->account, self);
    }
  if (self->drill != NULL)
    g_signal_handlers_disconnect_by_data (self->drill, self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_clear_object (&self->drill);
  g_clear_object (&self->radio);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (enigm_drill_window_parent_class)->dispose (object);
}

static void
enigm_drill_window_class_init (EnigmDrillWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_drill_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = enigm_drill_window_close_request;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-drill-window.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmDrillWindow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmDrillWindow, picture);
  gtk_widget_class_bind_template_child (widget_class, EnigmDrillWindow, title);
  gtk_widget_class_bind_template_child (widget_class, EnigmDrillWindow, sentence);
  gtk_widget_class_bind_template_child (widget_class, EnigmDrillWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, EnigmDrillWindow, primary_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmDrillWindow, results);
  gtk_widget_class_bind_template_callback (widget_class, on_primary_button_clicked);
}

static void
enigm_drill_window_init (EnigmDrillWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
enigm_drill_window_new (GtkWindow *parent, EnigmAccount *account, EnigmRadio *radio)
{
  EnigmDrillWindow *self = g_object_new (ENIGM_TYPE_DRILL_WINDOW, "transient-for", parent, NULL);

  self->account = g_object_ref (account);
  self->radio = g_object_ref (radio);
  g_signal_connect_object (radio, "notify::state", G_CALLBACK (update_drill), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "alert-changed", G_CALLBACK (update_drill), self,
                           G_CONNECT_SWAPPED);
  run (self);
  return GTK_WIDGET (self);
}
