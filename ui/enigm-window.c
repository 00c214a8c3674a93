/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-window.h"

#include <glib/gi18n.h>

#include "enigm-actions.h"
#include "enigm-alert-page.h"
#include "enigm-alerts-page.h"
#include "enigm-button.h"
#include "enigm-contacts-page.h"
#include "enigm-drill-window.h"
#include "enigm-invite-window.h"
#include "enigm-menu.h"
#include "enigm-notices.h"
#include "enigm-pairing-window.h"
#include "enigm-portal.h"
#include "enigm-settings-window.h"
#include "enigm-status-page.h"
#include "enigm-time.h"
#include "enigm-welcome-page.h"
#include "enigm-window-size.h"
#include "protocol/enigm-error.h"

/* How often what has aged is looked at again, in seconds. */
#define TICK_SECONDS 30
/* What was kept from last time is asked for anew at once; that it is old is said if that takes
 * longer than this. */
#define GRACE_SECONDS 3
/* A connection that is lost is made again. That nobody can be heard with the window closed is said
 * if that takes longer than this. */
#define DEAF_SECONDS 10

struct _EnigmWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *root;
  AdwStatusPage *notice;
  GtkButton *notice_button;
  AdwBin *welcome_bin;
  AdwLeaflet *leaflet;
  GtkWidget *main_page;
  GtkMenuButton *menu_button;
  GtkRevealer *banner;
  GtkLabel *banner_label;
  GtkButton *banner_button;
  AdwViewStack *stack;
  AdwBin *status_bin;
  AdwBin *contacts_bin;
  AdwBin *alerts_bin;
  AdwBin *alert_bin;
  AdwViewStackPage *contacts_stack_page;
  AdwViewStackPage *alerts_stack_page;

  EnigmAccount *account;
  GError *trouble;
  GError *refusal; /* the platform answered, and did not tell what was asked for */
  gboolean signing_in_again;
  gboolean listens_unseen;
  GdkFrameClock *first_clock;
  gulong first_frame;
  guint tick;
  guint grace;
  guint deaf;
};

G_DEFINE_FINAL_TYPE (EnigmWindow, enigm_window, ADW_TYPE_APPLICATION_WINDOW)

static EnigmApplication *
get_application (EnigmWindow *self)
{
  return ENIGM_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
}

EnigmAccount *
enigm_window_get_account (EnigmWindow *self)
{
  return self->account;
}

void
enigm_window_add_toast (EnigmWindow *self, AdwToast *toast)
{
  adw_toast_overlay_add_toast (self->toasts, toast);
  enigm_button_tidy (GTK_WIDGET (self->toasts));
}

/* What is visible */

static void
update_notice (EnigmWindow *self)
{
  const EnigmAccountState state =
    self->account != NULL ? enigm_account_get_state (self->account) : ENIGM_ACCOUNT_STATE_LOADING;
  const char *title = _ ("Your account cannot be read");
  const char *button = _ ("_Try Again");
  const char *icon = "enigm-warning-symbolic";

  if (state == ENIGM_ACCOUNT_STATE_KEYRING_LOCKED)
    {
      title = _ ("Your keyring is locked");
      /* From a sandbox nobody can be asked to unlock it, only to look again. */
      if (!enigm_portal_is_needed ())
        button = _ ("_Unlock");
      icon = "enigm-lock-symbolic";
    }
  else if (state == ENIGM_ACCOUNT_STATE_KEYRING_MISSING)
    title = _ ("There is no keyring");
  else if (g_error_matches (self->trouble, ENIGM_ERROR, ENIGM_ERROR_IN_USE))
    title = _ ("Your account is in use");

  adw_status_page_set_icon_name (self->notice, icon);
  adw_status_page_set_title (self->notice, title);
  adw_status_page_set_description (self->notice,
                                   self->trouble != NULL ? self->trouble->message : NULL);
  gtk_button_set_label (self->notice_button, button);
  gtk_window_set_default_widget (GTK_WINDOW (self), GTK_WIDGET (self->notice_button));
}

static void
show_banner (EnigmWindow *self, const char *text, const char *button, const char *action)
{
  gtk_label_set_label (self->banner_label, text);
  gtk_button_set_label (self->banner_button, button);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->banner_button), action);
  gtk_revealer_set_reveal_child (self->banner, TRUE);
}

static void
update_banner (EnigmWindow *self)
{
  const gint64 unknown_since = enigm_account_get_unknown_since (self->account);
  const GError *trouble = enigm_account_get_trouble (self->account);

  if (enigm_account_get_state (self->account) == ENIGM_ACCOUNT_STATE_SESSION_ENDED)
    show_banner (self,
                 _ ("This computer was closed in your account. What you see is not kept "
                    "up to date; your key goes on working. Sign in to go on."),
                 _ ("_Sign In"), "win.sign-in");
  /* A network that is down may be there again in a moment; what cannot be trusted is said at
   * once. */
  else if (unknown_since != 0 && trouble != NULL &&
           !g_error_matches (trouble, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY))
    show_banner (self, trouble->message, _ ("_Try Again"), "win.refresh");
  else if (self->refusal != NULL && trouble == NULL)
    show_banner (self, self->refusal->message, _ ("_Try Again"), "win.refresh");
  else if (unknown_since != 0 && self->grace == 0)
    {
      g_autofree char *clock = enigm_time_describe_moment (unknown_since);
      g_autofree char *text =
        g_strdup_printf (_ ("Not known since %s: the platform cannot be reached."), clock);

      show_banner (self, text, _ ("_Try Again"), "win.refresh");
    }
  else
    gtk_revealer_set_reveal_child (self->banner, FALSE);
}

/* Drills do not count: a number beside Alerts means that somebody is in need. */
static void
update_badges (EnigmWindow *self)
{
  GListModel *alerts = enigm_account_get_alerts (self->account);
  GListModel *invitations = enigm_account_get_invitations (self->account);
  guint active = 0;
  guint waiting = 0;

  for (guint i = 0; i < g_list_model_get_n_items (alerts); i++)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (alerts, i);

      active += enigm_alert_get_kind (alert) == ENIGM_ALERT_KIND_ALERT &&
                enigm_alert_get_state (alert) == ENIGM_ALERT_STATE_ACTIVE;
    }
  for (guint i = 0; i < g_list_model_get_n_items (invitations); i++)
    {
      g_autoptr (EnigmInvitation) invitation = g_list_model_get_item (invitations, i);

      waiting += enigm_invitation_get_state (invitation) == ENIGM_INVITATION_STATE_WAITING;
    }
  adw_view_stack_page_set_badge_number (self->alerts_stack_page, active);
  adw_view_stack_page_set_needs_attention (self->alerts_stack_page, active > 0);
  adw_view_stack_page_set_badge_number (self->contacts_stack_page, waiting);
  adw_view_stack_page_set_needs_attention (self->contacts_stack_page, waiting > 0);
}

/* A page is made when it is first looked at. */
static void
update_pages (EnigmWindow *self)
{
  const char *name = adw_view_stack_get_visible_child_name (self->stack);

  if (g_str_equal (name, "status") && adw_bin_get_child (self->status_bin) == NULL)
    adw_bin_set_child (self->status_bin, enigm_status_page_new (self->account));
  else if (g_str_equal (name, "contacts") && adw_bin_get_child (self->contacts_bin) == NULL)
    adw_bin_set_child (self->contacts_bin, enigm_contacts_page_new (self->account));
  else if (g_str_equal (name, "alerts") && adw_bin_get_child (self->alerts_bin) == NULL)
    adw_bin_set_child (self->alerts_bin, enigm_alerts_page_new (self->account));
}

/* GTK 4.8 goes on thinking of a page's default button after it is gone, and may touch it. */
static void
drop_default (EnigmWindow *self)
{
  gtk_window_set_default_widget (GTK_WINDOW (self), NULL);
}

static void
drop_pages (EnigmWindow *self)
{
  drop_default (self);
  adw_leaflet_set_visible_child (self->leaflet, self->main_page);
  adw_view_stack_set_visible_child_name (self->stack, "status");
  adw_bin_set_child (self->alert_bin, NULL);
  adw_bin_set_child (self->status_bin, NULL);
  adw_bin_set_child (self->contacts_bin, NULL);
  adw_bin_set_child (self->alerts_bin, NULL);
}

static void
show_welcome (EnigmWindow *self)
{
  if (adw_bin_get_child (self->welcome_bin) == NULL)
    adw_bin_set_child (self->welcome_bin,
                       enigm_welcome_page_new (self->account, get_application (self)));
  gtk_stack_set_visible_child_name (self->root, "welcome");
}

static void
show_main (EnigmWindow *self)
{
  self->signing_in_again = FALSE;
  if (adw_bin_get_child (self->welcome_bin) != NULL)
    drop_default (self);
  adw_bin_set_child (self->welcome_bin, NULL);
  update_pages (self);
  update_banner (self);
  update_badges (self);
  gtk_stack_set_visible_child_name (self->root, "main");
}

static void
update_root (EnigmWindow *self)
{
  const EnigmAccountState state =
    self->account != NULL ? enigm_account_get_state (self->account) : ENIGM_ACCOUNT_STATE_LOADING;

  switch (state)
    {
    case ENIGM_ACCOUNT_STATE_SIGNED_IN:
      show_main (self);
      break;
    case ENIGM_ACCOUNT_STATE_SESSION_ENDED:
      if (self->signing_in_again)
        show_welcome (self);
      else
        show_main (self);
      break;
    case ENIGM_ACCOUNT_STATE_SIGNED_OUT:
      drop_pages (self);
      /* Who was about to sign in again, and signed out instead, has no account to come back to. */
      if (self->signing_in_again)
        adw_bin_set_child (self->welcome_bin, NULL);
      self->signing_in_again = FALSE;
      show_welcome (self);
      break;
    case ENIGM_ACCOUNT_STATE_KEYRING_LOCKED:
    case ENIGM_ACCOUNT_STATE_KEYRING_MISSING:
    case ENIGM_ACCOUNT_STATE_LOADING:
    default:
      update_notice (self);
      gtk_stack_set_visible_child_name (self->root, self->trouble != NULL ? "notice" : "loading");
      break;
    }
  enigm_actions_update (self);
}

/* The account */

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  enigm_account_refresh_finish (ENIGM_ACCOUNT (source), result, &error);
  if (self->root == NULL)
    return;
  /* That the platform is away, is not to be trusted, or closed this computer, is a state of the
   * account, and shown as such. */
  g_clear_error (&self->refusal);
  if (enigm_account_get_trouble (ENIGM_ACCOUNT (source)) == NULL)
    self->refusal = g_steal_pointer (&error);
  if (self->account != NULL)
    update_banner (self);
}

void
enigm_window_refresh (EnigmWindow *self)
{
  if (self->account == NULL ||
      enigm_account_get_state (self->account) != ENIGM_ACCOUNT_STATE_SIGNED_IN)
    return;
  update_banner (self);
  enigm_account_listen (self->account, TRUE);
  enigm_account_refresh_async (self->account, NULL, on_refreshed, g_object_ref (self));
}

static void
on_account_models_changed (EnigmWindow *self)
{
  update_badges (self);
}

/* Nobody sees this window: it is there to listen. Whether it can is said, for as long as that is
 * so. */

static void
say_away (EnigmWindow *self)
{
  const gint64 since = enigm_account_get_unknown_since (self->account);
  g_autofree char *clock = enigm_time_describe_moment (since);
  g_autofree char *text = g_strdup_printf (
    /* Translators: a moment, such as “14:05” */
    _ ("The platform cannot be reached, last heard %s. It is tried again by itself; until then no "
       "alert reaches you on this computer."),
    clock);

  enigm_notices_show_deaf (G_APPLICATION (get_application (self)),
                           since > 1 ? text
                                     : _ ("The platform cannot be reached. It is tried again by "
                                          "itself; until then no alert reaches you on this "
                                          "computer."));
}

static gboolean
on_deaf_for_long (gpointer user_data)
{
  EnigmWindow *self = user_data;

  self->deaf = 0;
  say_away (self);
  return G_SOURCE_REMOVE;
}

static void
say_whether_it_listens (EnigmWindow *self)
{
  GApplication *application = G_APPLICATION (get_application (self));
  const EnigmAccountState state =
    self->account != NULL ? enigm_account_get_state (self->account) : ENIGM_ACCOUNT_STATE_LOADING;
  const gboolean away =
    state == ENIGM_ACCOUNT_STATE_SIGNED_IN && enigm_account_get_unknown_since (self->account) != 0;

  if (!away)
    g_clear_handle_id (&self->deaf, g_source_remove);
  if (away && self->deaf == 0)
    self->deaf = g_timeout_add_seconds (DEAF_SECONDS, on_deaf_for_long, self);
  else if (state == ENIGM_ACCOUNT_STATE_SIGNED_IN && !away)
    enigm_notices_show_listening (application);
  else if (state == ENIGM_ACCOUNT_STATE_SESSION_ENDED)
    enigm_notices_show_deaf (application, _ ("This computer was closed in your account. Open "
                                             "Enigm App and sign in again."));
  else if (state == ENIGM_ACCOUNT_STATE_SIGNED_OUT)
    {
      enigm_notices_withdraw (application);
      gtk_window_destroy (GTK_WINDOW (self));
    }
  else if (self->trouble != NULL)
    enigm_notices_show_deaf (application, self->trouble->message);
}

static void
on_account_known_notified (EnigmWindow *self)
{
  update_root (self);
  if (self->listens_unseen)
    say_whether_it_listens (self);
}

static void
on_account_state_notified (EnigmWindow *self)
{
  if (enigm_account_get_state (self->account) == ENIGM_ACCOUNT_STATE_SIGNED_IN)
    enigm_window_refresh (self);
  on_account_known_notified (self);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmWindow) self = user_data;

  g_clear_error (&self->trouble);
  enigm_account_load_finish (ENIGM_ACCOUNT (source), result, &self->trouble);
  if (self->root == NULL)
    return;
  update_root (self);
  if (self->listens_unseen)
    say_whether_it_listens (self);
}

static gboolean
on_grace_over (gpointer user_data)
{
  EnigmWindow *self = user_data;

  self->grace = 0;
  update_root (self);
  return G_SOURCE_REMOVE;
}

static void
load (EnigmWindow *self)
{
  g_clear_handle_id (&self->grace, g_source_remove);
  self->grace = g_timeout_add_seconds (GRACE_SECONDS, on_grace_over, self);
  g_clear_error (&self->trouble);
  if (self->account == NULL)
    {
      if (!enigm_application_open_account (get_application (self), &self->trouble))
        {
          update_root (self);
          if (self->listens_unseen)
            say_whether_it_listens (self);
          return;
        }
      self->account = g_object_ref (enigm_application_get_account (get_application (self)));
      g_signal_connect_object (self->account, "notify::state",
                               G_CALLBACK (on_account_state_notified), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->account, "notify::unknown-since",
                               G_CALLBACK (on_account_known_notified), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->account, "alert-changed",
                               G_CALLBACK (on_account_models_changed), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (enigm_account_get_alerts (self->account), "items-changed",
                               G_CALLBACK (on_account_models_changed), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (enigm_account_get_invitations (self->account), "items-changed",
                               G_CALLBACK (on_account_models_changed), self, G_CONNECT_SWAPPED);
    }
  if (enigm_account_get_state (self->account) == ENIGM_ACCOUNT_STATE_SIGNED_IN)
    on_account_state_notified (self);
  else
    enigm_account_load_async (self->account, NULL, on_loaded, g_object_ref (self));
}

static void
on_keyring_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->root == NULL)
    return;
  if (enigm_keyring_unlock_finish (ENIGM_KEYRING (source), result, &error))
    load (self);
  else
    {
      g_clear_error (&self->trouble);
      self->trouble = g_steal_pointer (&error);
      update_root (self);
    }
}

static void
on_notice_button_clicked (EnigmWindow *self)
{
  if (self->account != NULL &&
      enigm_account_get_state (self->account) == ENIGM_ACCOUNT_STATE_KEYRING_LOCKED)
    enigm_keyring_unlock_async (enigm_account_get_keyring (self->account), NULL,
                                on_keyring_unlocked, g_object_ref (self));
  else
    load (self);
}

void
enigm_window_listen (EnigmWindow *self)
{
  self->listens_unseen = TRUE;
  load (self);
}

/* What actions do */

void
enigm_window_show_page (EnigmWindow *self, const char *name)
{
  adw_leaflet_set_visible_child (self->leaflet, self->main_page);
  adw_view_stack_set_visible_child_name (self->stack, name);
}

void
enigm_window_show_alert (EnigmWindow *self, const char *id)
{
  EnigmAlert *alert = self->account != NULL ? enigm_account_find_alert (self->account, id) : NULL;

  if (alert == NULL)
    {
      enigm_window_show_page (self, "alerts");
      return;
    }
  adw_bin_set_child (self->alert_bin, enigm_alert_page_new (self->account, alert));
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->alert_bin));
}

gboolean
enigm_window_get_can_go_back (EnigmWindow *self)
{
  return adw_leaflet_get_visible_child (self->leaflet) == GTK_WIDGET (self->alert_bin);
}

void
enigm_window_go_back (EnigmWindow *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->main_page);
}

void
enigm_window_pair (EnigmWindow *self)
{
  EnigmRadio *radio = enigm_application_get_radio (get_application (self));

  gtk_window_present (
    GTK_WINDOW (enigm_pairing_window_new (GTK_WINDOW (self), self->account, radio)));
}

void
enigm_window_replace (EnigmWindow *self, const char *binding)
{
  EnigmRadio *radio = enigm_application_get_radio (get_application (self));
  EnigmKey *key = enigm_account_find_key (self->account, binding);
  GtkWidget *window;

  if (key == NULL)
    return;
  window = enigm_pairing_window_new (GTK_WINDOW (self), self->account, radio);
  enigm_pairing_window_set_replaced (ENIGM_PAIRING_WINDOW (window), key);
  gtk_window_present (GTK_WINDOW (window));
}

void
enigm_window_drill (EnigmWindow *self)
{
  EnigmRadio *radio = enigm_application_get_radio (get_application (self));

  gtk_window_present (
    GTK_WINDOW (enigm_drill_window_new (GTK_WINDOW (self), self->account, radio)));
}

void
enigm_window_invite (EnigmWindow *self)
{
  enigm_window_show_page (self, "contacts");
  gtk_window_present (
    GTK_WINDOW (enigm_invite_window_new (GTK_WINDOW (self), self->account, NULL)));
}

void
enigm_window_show_settings (EnigmWindow *self)
{
  gtk_window_present (GTK_WINDOW (enigm_settings_window_new (
    GTK_WINDOW (self), self->account, enigm_application_get_listener (get_application (self)))));
}

void
enigm_window_sign_in_again (EnigmWindow *self)
{
  self->signing_in_again = TRUE;
  update_root (self);
}

/* The widget */

static void
on_stack_child_notified (EnigmWindow *self)
{
  if (self->account != NULL)
    update_pages (self);
}

static void
on_leaflet_child_notified (EnigmWindow *self)
{
  /* The template sets children before the actions are there. */
  if (g_action_map_lookup_action (G_ACTION_MAP (self), "back") != NULL)
    enigm_actions_update (self);
}

static gboolean
on_tick (gpointer user_data)
{
  EnigmWindow *self = user_data;

  if (self->account != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)) &&
      g_str_equal (gtk_stack_get_visible_child_name (self->root), "main"))
    update_banner (self);
  return G_SOURCE_CONTINUE;
}

/* The first frame comes first: reading the keyring would only delay it. */
static void
on_first_frame_painted (GdkFrameClock *clock, gpointer user_data)
{
  EnigmWindow *self = user_data;

  g_clear_signal_handler (&self->first_frame, clock);
  g_clear_object (&self->first_clock);
  load (self);
}

static void
enigm_window_realize (GtkWidget *widget)
{
  EnigmWindow *self = ENIGM_WINDOW (widget);

  GTK_WIDGET_CLASS (enigm_window_parent_class)->realize (widget);
  if (self->account != NULL || self->first_clock != NULL)
    return;
  self->first_clock = g_object_ref (gtk_widget_get_frame_clock (widget));
  self->first_frame =
    g_signal_connect (self->first_clock, "after-paint", G_CALLBACK (on_first_frame_painted), self);
}

/* With the window closed nobody looks, and nothing wakes the computer for it. */
static void
enigm_window_map (GtkWidget *widget)
{
  EnigmWindow *self = ENIGM_WINDOW (widget);

  GTK_WIDGET_CLASS (enigm_window_parent_class)->map (widget);
  if (self->listens_unseen)
    {
      self->listens_unseen = FALSE;
      g_clear_handle_id (&self->deaf, g_source_remove);
      enigm_notices_withdraw (G_APPLICATION (get_application (self)));
    }
  on_tick (self);
  self->tick = g_timeout_add_seconds (TICK_SECONDS, on_tick, self);
}

static void
enigm_window_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&ENIGM_WINDOW (widget)->tick, g_source_remove);
  GTK_WIDGET_CLASS (enigm_window_parent_class)->unmap (widget);
}

static gboolean
enigm_window_close_request (GtkWindow *window)
{
  EnigmWindow *self = ENIGM_WINDOW (window);
  GSettings *settings = enigm_application_get_settings (get_application (self));

  if (settings != NULL)
    enigm_window_size_remember (GTK_WINDOW (self), settings);
  if (enigm_listener_get_when_closed (enigm_application_get_listener (get_application (self))) &&
      self->account != NULL &&
      enigm_account_get_state (self->account) == ENIGM_ACCOUNT_STATE_SIGNED_IN)
    {
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      self->listens_unseen = TRUE;
      /* Its person is still there: what is not so is said at once. */
      if (enigm_account_get_unknown_since (self->account) != 0)
        say_away (self);
      else
        say_whether_it_listens (self);
      return TRUE;
    }
  return GTK_WINDOW_CLASS (enigm_window_parent_class)->close_request (window);
}

static void
enigm_window_dispose (GObject *object)
{
  EnigmWindow *self = ENIGM_WINDOW (object);

  if (self->first_clock != NULL)
    g_clear_signal_handler (&self->first_frame, self->first_clock);
  g_clear_object (&self->first_clock);
  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_handle_id (&self->grace, g_source_remove);
  g_clear_handle_id (&self->deaf, g_source_remove);
  g_clear_object (&self->account);
  g_clear_error (&self->trouble);
  g_clear_error (&self->refusal);
  G_OBJECT_CLASS (enigm_window_parent_class)->dispose (object);
}

static void
enigm_window_class_init (EnigmWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_window_dispose;
  widget_class->realize = enigm_window_realize;
  widget_class->map = enigm_window_map;
  widget_class->unmap = enigm_window_unmap;
  GTK_WINDOW_CLASS (klass)->close_request = enigm_window_close_request;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/enigm/App/enigm-window.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, root);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, notice_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, welcome_bin);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, main_page);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, banner_label);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, banner_button);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, status_bin);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, contacts_bin);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, alerts_bin);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, alert_bin);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, contacts_stack_page);
  gtk_widget_class_bind_template_child (widget_class, EnigmWindow, alerts_stack_page);
  gtk_widget_class_bind_template_callback (widget_class, on_notice_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_stack_child_notified);
  gtk_widget_class_bind_template_callback (widget_class, on_leaflet_child_notified);
}

static void
enigm_window_init (EnigmWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  enigm_menu_name_items (self->menu_button);
}

EnigmWindow *
enigm_window_new (EnigmApplication *application)
{
  EnigmWindow *self = g_object_new (ENIGM_TYPE_WINDOW, "application", application, NULL);
  GSettings *settings = enigm_application_get_settings (application);

  enigm_actions_add_to_window (self);
  if (settings != NULL)
    enigm_window_size_restore (GTK_WINDOW (self), settings);
  return self;
}
