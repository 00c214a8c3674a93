/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-pairing-window.h"

#include <glib/gi18n.h>

#include "enigm-code-entry.h"
#include "enigm-error.h"
#include "enigm-nearby-row.h"
#include "enigm-pairing.h"
#include "enigm-step-row.h"

/* What the person has to do, or to wait for. */
typedef enum
{
  PHASE_FIND,
  PHASE_CODE,
  PHASE_RUNNING,
  PHASE_CANCELLING,
  PHASE_FAILED,
  PHASE_READY,
} Phase;

struct _EnigmPairingWindow
{
  AdwWindow parent_instance;

  GtkButton *cancel_button;
  AdwLeaflet *leaflet;
  GtkListBox *step_list;
  GtkLabel *step_label;
  GtkImage *picture;
  GtkLabel *title;
  GtkLabel *sentence;
  GtkListBox *nearby_list;
  EnigmCodeEntry *code_entry;
  GtkWidget *countdown;
  GtkProgressBar *countdown_bar;
  GtkLabel *countdown_label;
  GtkSpinner *spinner;
  GtkButton *primary_button;
  GtkButton *secondary_button;

  EnigmAccount *account;
  EnigmRadio *radio;
  EnigmPairing *pairing;
  GCancellable *cancellable;
  GError *error;
  Phase phase;
  gboolean back_to_code;
  guint most_seconds;
  guint tick;
};

G_DEFINE_FINAL_TYPE (EnigmPairingWindow, enigm_pairing_window, ADW_TYPE_WINDOW)

/* What is visible */

typedef struct
{
  const char *picture;
  const char *title;
  const char *sentence;
  const char *primary;
  const char *secondary;
  const char *cancel;
  gboolean primary_enabled;
  gboolean nearby;
  gboolean code;
  gboolean spinner;
} View;

static gboolean
is_key_heard (EnigmPairingWindow *self)
{
  return g_list_model_get_n_items (enigm_radio_get_keys (self->radio)) > 0;
}

static gboolean
is_right_key_heard (EnigmPairingWindow *self)
{
  EnigmSetupCode *code = enigm_code_entry_get_code (self->code_entry);
  GListModel *keys = enigm_radio_get_keys (self->radio);

  for (guint i = 0; code != NULL && i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmNearbyKey) key = g_list_model_get_item (keys, i);

      if (enigm_nearby_key_get_discriminator (key) == enigm_setup_code_get_discriminator (code))
        return TRUE;
    }
  return FALSE;
}

/* Four obstacles, four pages. */
static gboolean
view_obstacle (EnigmPairingWindow *self, View *view)
{
  switch (enigm_radio_get_state (self->radio))
    {
    case ENIGM_RADIO_OFF:
      view->title = _ ("Bluetooth Is Off");
      view->primary = _ ("_Turn On Bluetooth");
      break;
    case ENIGM_RADIO_NO_ADAPTER:
      view->title = _ ("No Bluetooth Adapter");
      view->primary = _ ("_Try Again");
      break;
    case ENIGM_RADIO_NO_SERVICE:
      view->title = _ ("Bluetooth Service Not Running");
      view->primary = _ ("_Try Again");
      break;
    case ENIGM_RADIO_NO_ACCESS:
      view->title = _ ("No Permission for Bluetooth");
      view->primary = _ ("_Try Again");
      break;
    case ENIGM_RADIO_STARTING:
    case ENIGM_RADIO_READY:
    case ENIGM_RADIO_SCANNING:
    default:
      return FALSE;
    }
  view->picture = "enigm-radio-off-symbolic";
  view->primary_enabled = TRUE;
  return TRUE;
}

static void
view_step (EnigmPairingWindow *self, View *view)
{
  static const char *const pictures[ENIGM_PAIRING_N_STEPS] = {
    "enigm-find-symbolic",     "enigm-code-symbolic", "enigm-confirm-symbolic",
    "enigm-register-symbolic", "enigm-keep-symbolic", "enigm-ok-symbolic",
  };
  EnigmPairingSteps *steps = enigm_pairing_get_steps (self->pairing);
  const EnigmPairingStep step = enigm_pairing_steps_get_current (steps);

  view->picture = pictures[step];
  view->title = enigm_pairing_step_get_title (step);
  view->sentence = enigm_pairing_steps_get_sentence (steps, step);
  view->spinner =
    enigm_pairing_get_seconds_left (self->pairing) == 0 || step != ENIGM_PAIRING_CONFIRM;
  if (step == ENIGM_PAIRING_FIND && is_key_heard (self) && !is_right_key_heard (self))
    {
      view->sentence = _ ("No key with this code is heard, but another one is. Hold the button of "
                          "the key that the code belongs to, or go back and compare the code.");
      view->secondary = _ ("_Back to the Code");
    }
}

static View
get_view (EnigmPairingWindow *self, GError **obstacle)
{
  View view = { .cancel = _ ("_Cancel"), .primary_enabled = TRUE };

  switch (self->phase)
    {
    case PHASE_CODE:
      view.picture = "enigm-code-symbolic";
      view.title = enigm_pairing_step_get_title (ENIGM_PAIRING_CODE);
      view.sentence = _ ("Type the setup code of your key.");
      view.code = TRUE;
      view.primary = _ ("C_heck the Code");
      view.primary_enabled = enigm_code_entry_get_code (self->code_entry) != NULL;
      view.secondary = _ ("_Back");
      break;
    case PHASE_RUNNING:
      if (enigm_pairing_steps_get_current (enigm_pairing_get_steps (self->pairing)) ==
            ENIGM_PAIRING_FIND &&
          view_obstacle (self, &view))
        {
          *obstacle = enigm_radio_dup_error (self->radio);
          view.sentence = *obstacle != NULL ? (*obstacle)->message : "";
        }
      else
        view_step (self, &view);
      break;
    case PHASE_CANCELLING:
      view_step (self, &view);
      view.title = _ ("Cancelling");
      view.sentence = _ ("The key and the platform are told that nothing is to be bound.");
      view.spinner = TRUE;
      view.cancel = _ ("_Close");
      break;
    case PHASE_FAILED:
      view.picture = "enigm-error-symbolic";
      view.title = _ ("Your Key Is Not Paired");
      view.sentence = self->error->message;
      view.primary = _ ("_Try Again");
      view.cancel = _ ("_Close");
      break;
    case PHASE_READY:
      view.picture = "enigm-ok-symbolic";
      view.title = _ ("Your Key Is Paired");
      view.sentence = enigm_pairing_steps_get_sentence (enigm_pairing_get_steps (self->pairing),
                                                        ENIGM_PAIRING_READY);
      view.primary = _ ("_Invite Contacts");
      view.secondary = _ ("_Run a Drill");
      view.cancel = _ ("_Close");
      break;
    case PHASE_FIND:
    default:
      if (view_obstacle (self, &view))
        {
          *obstacle =
            self->error != NULL ? g_error_copy (self->error) : enigm_radio_dup_error (self->radio);
          view.sentence = *obstacle != NULL ? (*obstacle)->message : "";
          break;
        }
      view.picture = "enigm-find-symbolic";
      view.title = _ ("Find Your Key");
      view.sentence = is_key_heard (self) ? _ ("Your key is heard. Go on while its light is on.")
                                          : _ ("Hold the key's button until its light turns.");
      view.nearby = is_key_heard (self);
      view.spinner = !view.nearby;
      view.primary = _ ("_Next");
      view.primary_enabled = is_key_heard (self);
      break;
    }
  return view;
}

static EnigmPairingStepState
get_step_state (EnigmPairingWindow *self, EnigmPairingStep step)
{
  /* Before the code is typed there is no try yet, but the person is under way. */
  if (self->phase == PHASE_FIND)
    return step == ENIGM_PAIRING_FIND ? ENIGM_PAIRING_UNDER_WAY : ENIGM_PAIRING_WAITING;
  if (self->phase == PHASE_CODE)
    return step == ENIGM_PAIRING_FIND   ? ENIGM_PAIRING_DONE
           : step == ENIGM_PAIRING_CODE ? ENIGM_PAIRING_UNDER_WAY
                                        : ENIGM_PAIRING_WAITING;
  return enigm_pairing_steps_get_state (enigm_pairing_get_steps (self->pairing), step);
}

static EnigmPairingStep
get_current_step (EnigmPairingWindow *self)
{
  if (self->phase == PHASE_FIND)
    return ENIGM_PAIRING_FIND;
  if (self->phase == PHASE_CODE)
    return ENIGM_PAIRING_CODE;
  return enigm_pairing_steps_get_current (enigm_pairing_get_steps (self->pairing));
}

static void
update_steps (EnigmPairingWindow *self)
{
  const EnigmPairingStep current = get_current_step (self);
  g_autofree char *label =
    g_strdup_printf (_ ("Step %u of %u: %s"), current + 1, (guint) ENIGM_PAIRING_N_STEPS,
                     enigm_pairing_step_get_title (current));

  for (guint i = 0; i < ENIGM_PAIRING_N_STEPS; i++)
    enigm_step_row_set_state (ENIGM_STEP_ROW (gtk_list_box_get_row_at_index (self->step_list, i)),
                              get_step_state (self, i));
  gtk_label_set_label (self->step_label, label);
  gtk_widget_set_visible (GTK_WIDGET (self->step_label), adw_leaflet_get_folded (self->leaflet));
}

static void
update_countdown (EnigmPairingWindow *self)
{
  const guint left =
    self->phase == PHASE_RUNNING && get_current_step (self) == ENIGM_PAIRING_CONFIRM
      ? enigm_pairing_get_seconds_left (self->pairing)
      : 0;
  g_autofree char *label =
    g_strdup_printf (ngettext ("%u second left", "%u seconds left", left), left);

  self->most_seconds = left == 0 ? 0 : MAX (self->most_seconds, left);
  gtk_widget_set_visible (self->countdown, left > 0);
  gtk_progress_bar_set_fraction (self->countdown_bar,
                                 left > 0 ? left / (double) self->most_seconds : 0);
  gtk_label_set_label (self->countdown_label, label);
}

static void
set_button (GtkButton *button, const char *label)
{
  gtk_widget_set_visible (GTK_WIDGET (button), label != NULL);
  if (label != NULL)
    gtk_button_set_label (button, label);
}

static void
update_pairing (EnigmPairingWindow *self)
{
  g_autoptr (GError) obstacle = NULL;
  const View view = get_view (self, &obstacle);
  const gboolean was_usable = gtk_widget_get_sensitive (GTK_WIDGET (self->primary_button));

  gtk_image_set_from_icon_name (self->picture, view.picture);
  gtk_widget_remove_css_class (GTK_WIDGET (self->picture), "success");
  gtk_widget_remove_css_class (GTK_WIDGET (self->picture), "error");
  if (self->phase == PHASE_READY)
    gtk_widget_add_css_class (GTK_WIDGET (self->picture), "success");
  else if (self->phase == PHASE_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (self->picture), "error");
  gtk_label_set_label (self->title, view.title);
  gtk_label_set_label (self->sentence, view.sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->nearby_list), view.nearby);
  gtk_widget_set_visible (GTK_WIDGET (self->code_entry), view.code);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), view.spinner);
  gtk_spinner_set_spinning (self->spinner, view.spinner);
  set_button (self->primary_button, view.primary);
  gtk_widget_set_sensitive (GTK_WIDGET (self->primary_button), view.primary_enabled);
  set_button (self->secondary_button, view.secondary);
  gtk_button_set_label (self->cancel_button, view.cancel);
  gtk_window_set_default_widget (GTK_WINDOW (self), GTK_WIDGET (self->primary_button));
  /* Otherwise the focus rests on Cancel, and Return on the keyboard cancels. */
  if (!was_usable && view.primary_enabled && !view.code)
    gtk_widget_grab_focus (GTK_WIDGET (self->primary_button));
  update_countdown (self);
  update_steps (self);
}

/* Pairing */

static void
set_phase (EnigmPairingWindow *self, Phase phase)
{
  self->phase = phase;
  update_pairing (self);
  if (phase == PHASE_CODE)
    gtk_widget_grab_focus (GTK_WIDGET (self->code_entry));
  else if (phase != PHASE_RUNNING && phase != PHASE_CANCELLING)
    gtk_widget_grab_focus (GTK_WIDGET (self->primary_button));
}

static void
look_for_keys (EnigmPairingWindow *self)
{
  g_clear_error (&self->error);
  enigm_radio_start_scan (self->radio);
  set_phase (self, PHASE_FIND);
}

static void
on_pairing_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairingWindow) self = user_data;

  if (self->account == NULL)
    return;
  g_clear_error (&self->error);
  enigm_pairing_run_finish (ENIGM_PAIRING (source), result, &self->error);

  /* Only what failed half-way, and was not cancelled, is left for later. */
  if (self->error == NULL || g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    enigm_account_set_pairing_unfinished (self->account, FALSE);
  enigm_account_refresh_async (self->account, NULL, NULL, NULL);

  if (self->back_to_code && self->error != NULL)
    {
      self->back_to_code = FALSE;
      enigm_radio_start_scan (self->radio);
      set_phase (self, PHASE_CODE);
      return;
    }
  if (g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  if (g_error_matches (self->error, ENIGM_ERROR, ENIGM_ERROR_CODE_WRONG))
    enigm_code_entry_mark_wrong (self->code_entry);
  set_phase (self, self->error == NULL ? PHASE_READY : PHASE_FAILED);
}

static void
run (EnigmPairingWindow *self)
{
  if (enigm_code_entry_get_code (self->code_entry) == NULL)
    return;
  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->most_seconds = 0;
  enigm_account_set_pairing_unfinished (self->account, TRUE);
  self->phase = PHASE_RUNNING;
  enigm_pairing_run_async (self->pairing, enigm_code_entry_get_code (self->code_entry), NULL,
                           self->cancellable, on_pairing_ended, g_object_ref (self));
  set_phase (self, PHASE_RUNNING);
}

static void
on_bluetooth_switched_on (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmPairingWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->code_entry == NULL)
    return;
  if (!enigm_radio_switch_on_finish (ENIGM_RADIO (source), result, &error) &&
      self->phase == PHASE_FIND)
    {
      g_clear_error (&self->error);
      self->error = g_steal_pointer (&error);
    }
  update_pairing (self);
}

static gboolean
try_to_remove_obstacle (EnigmPairingWindow *self)
{
  switch (enigm_radio_get_state (self->radio))
    {
    case ENIGM_RADIO_OFF:
      enigm_radio_switch_on_async (self->radio, NULL, on_bluetooth_switched_on,
                                   g_object_ref (self));
      return TRUE;
    case ENIGM_RADIO_NO_ADAPTER:
    case ENIGM_RADIO_NO_SERVICE:
    case ENIGM_RADIO_NO_ACCESS:
      enigm_radio_retry (self->radio);
      return TRUE;
    case ENIGM_RADIO_STARTING:
    case ENIGM_RADIO_READY:
    case ENIGM_RADIO_SCANNING:
    default:
      return FALSE;
    }
}

static void
leave_for (EnigmPairingWindow *self, const char *action)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  gtk_window_close (GTK_WINDOW (self));
  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), action, NULL);
}

static void
on_primary_button_clicked (EnigmPairingWindow *self)
{
  switch (self->phase)
    {
    case PHASE_FIND:
      if (!try_to_remove_obstacle (self) && is_key_heard (self))
        set_phase (self, PHASE_CODE);
      break;
    case PHASE_CODE:
      run (self);
      break;
    case PHASE_RUNNING:
      try_to_remove_obstacle (self);
      break;
    case PHASE_FAILED:
      if (g_error_matches (self->error, ENIGM_ERROR, ENIGM_ERROR_CODE_WRONG))
        {
          enigm_radio_start_scan (self->radio);
          set_phase (self, PHASE_CODE);
        }
      else
        run (self);
      break;
    case PHASE_READY:
      leave_for (self, "win.invite");
      break;
    case PHASE_CANCELLING:
    default:
      break;
    }
}

static void
on_secondary_button_clicked (EnigmPairingWindow *self)
{
  if (self->phase == PHASE_CODE)
    look_for_keys (self);
  else if (self->phase == PHASE_READY)
    leave_for (self, "win.drill");
  else if (self->phase == PHASE_RUNNING)
    {
      self->back_to_code = TRUE;
      g_cancellable_cancel (self->cancellable);
    }
}

/* The widget */

static void
on_code_entry_changed (EnigmPairingWindow *self)
{
  if (self->phase == PHASE_CODE)
    update_pairing (self);
}

static void
on_leaflet_folded (EnigmPairingWindow *self)
{
  if (self->pairing != NULL)
    update_steps (self);
}

static gboolean
on_tick (gpointer user_data)
{
  update_countdown (user_data);
  return G_SOURCE_CONTINUE;
}

static GtkWidget *
create_nearby_row (gpointer item, gpointer user_data)
{
  return enigm_nearby_row_new (item);
}

static gboolean
enigm_pairing_window_close_request (GtkWindow *window)
{
  EnigmPairingWindow *self = ENIGM_PAIRING_WINDOW (window);

  if (self->phase == PHASE_RUNNING)
    {
      set_phase (self, PHASE_CANCELLING);
      g_cancellable_cancel (self->cancellable);
      return TRUE;
    }
  enigm_radio_stop_scan (self->radio);
  return GTK_WINDOW_CLASS (enigm_pairing_window_parent_class)->close_request (window);
}

static void
enigm_pairing_window_dispose (GObject *object)
{
  EnigmPairingWindow *self = ENIGM_PAIRING_WINDOW (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  if (self->radio != NULL)
    {
      g_signal_handlers_disconnect_by_data (enigm_radio_get_keys (self->radio), self);
      g_signal_handlers_disconnect_by_data (self->radio, self);
      g_signal_handlers_disconnect_by_data (enigm_pairing_get_steps (self->pairing), self);
    }
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_clear_object (&self->pairing);
  g_clear_object (&self->radio);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (enigm_pairing_window_parent_class)->dispose (object);
}

static void
enigm_pairing_window_class_init (EnigmPairingWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_pairing_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = enigm_pairing_window_close_request;

  g_type_ensure (ENIGM_TYPE_CODE_ENTRY);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/enigm/App/enigm-pairing-window.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, step_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, step_label);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, picture);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, title);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, sentence);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, nearby_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, code_entry);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, countdown);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, countdown_bar);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, countdown_label);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, primary_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmPairingWindow, secondary_button);
  gtk_widget_class_bind_template_callback (widget_class, on_primary_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_secondary_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_code_entry_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_leaflet_folded);
}

static void
enigm_pairing_window_init (EnigmPairingWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < ENIGM_PAIRING_N_STEPS; i++)
    gtk_list_box_append (self->step_list, enigm_step_row_new (i));
  self->tick = g_timeout_add_seconds (1, on_tick, self);
}

GtkWidget *
enigm_pairing_window_new (GtkWindow *parent, EnigmAccount *account, EnigmRadio *radio)
{
  EnigmPairingWindow *self =
    g_object_new (ENIGM_TYPE_PAIRING_WINDOW, "transient-for", parent, NULL);

  self->account = g_object_ref (account);
  self->radio = g_object_ref (radio);
  self->pairing = enigm_pairing_new (radio, enigm_account_get_platform (account),
                                     enigm_account_get_keyring (account),
                                     enigm_account_get_computer_id (account));
  gtk_list_box_bind_model (self->nearby_list, enigm_radio_get_keys (radio), create_nearby_row, NULL,
                           NULL);
  g_signal_connect_object (enigm_radio_get_keys (radio), "items-changed",
                           G_CALLBACK (update_pairing), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (radio, "notify::state", G_CALLBACK (update_pairing), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (enigm_pairing_get_steps (self->pairing), "changed",
                           G_CALLBACK (update_pairing), self, G_CONNECT_SWAPPED);
  look_for_keys (self);
  return GTK_WIDGET (self);
}

void
enigm_pairing_window_set_replaced (EnigmPairingWindow *self, EnigmKey *key)
{
  /* Translators: %s is a key's name */
  g_autofree char *title = g_strdup_printf (_ ("Replace “%s”"), enigm_key_get_name (key));

  enigm_pairing_set_replaces (self->pairing, enigm_key_get_binding (key));
  gtk_window_set_title (GTK_WINDOW (self), title);
}
