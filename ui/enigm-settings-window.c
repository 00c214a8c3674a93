/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-settings-window.h"

#include <glib/gi18n.h>

#include "enigm-account-dialog.h"
#include "enigm-account-group.h"
#include "enigm-button.h"
#include "enigm-computers-group.h"
#include "enigm-error.h"
#include "enigm-key-page.h"
#include "enigm-key-row.h"
#include "enigm-listen-group.h"
#include "enigm-portal.h"

struct _EnigmSettingsWindow
{
  AdwPreferencesWindow parent_instance;

  GtkListBox *live_list;
  GtkWidget *no_key_label;
  GtkWidget *all_group;
  GtkWidget *ended_group;
  GtkListBox *ended_list;
  AdwActionRow *user_row;
  AdwActionRow *contact_id_row;
  EnigmComputersGroup *computers_group;
  EnigmAccountGroup *account_group;
  GtkLabel *uninstall_label;
  GtkLabel *sign_out_error;
  AdwActionRow *platform_row;
  AdwActionRow *trust_row;
  EnigmListenGroup *listen_group;

  EnigmAccount *account;
  EnigmKeyPage *key_page; /* while it is there, and no reference to it */
  EnigmKey *next_key;     /* nullable: whose page follows when that one is gone */
  guint next_id;          /* the source that shows it, or 0 */
};

G_DEFINE_FINAL_TYPE (EnigmSettingsWindow, enigm_settings_window, ADW_TYPE_PREFERENCES_WINDOW)

/* What is visible */

static void
fill_list (EnigmSettingsWindow *self, GtkListBox *list, gboolean live)
{
  GListModel *keys = enigm_account_get_keys (self->account);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, child);
  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (keys, i);

      if (enigm_key_is_live (key) == live)
        gtk_list_box_append (list, enigm_key_row_new (key));
    }
}

static void
update_keys (EnigmSettingsWindow *self)
{
  GListModel *keys = enigm_account_get_keys (self->account);
  guint n_live = 0;
  gboolean live;
  gboolean ended;

  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (keys, i);

      n_live += enigm_key_is_live (key);
      g_signal_handlers_disconnect_by_func (key, update_keys, self);
      g_signal_connect_object (key, "notify::state", G_CALLBACK (update_keys), self,
                               G_CONNECT_SWAPPED);
    }
  fill_list (self, self->live_list, TRUE);
  fill_list (self, self->ended_list, FALSE);
  live = gtk_widget_get_first_child (GTK_WIDGET (self->live_list)) != NULL;
  ended = gtk_widget_get_first_child (GTK_WIDGET (self->ended_list)) != NULL;
  gtk_widget_set_visible (GTK_WIDGET (self->live_list), live);
  gtk_widget_set_visible (self->no_key_label, !live);
  gtk_widget_set_visible (self->all_group, n_live > 1);
  gtk_widget_set_visible (self->ended_group, ended);
}

static void
update_account (EnigmSettingsWindow *self)
{
  EnigmPlatform *platform = enigm_account_get_platform (self->account);

  adw_action_row_set_subtitle (self->user_row, enigm_account_get_user (self->account));
  adw_action_row_set_subtitle (self->contact_id_row, enigm_account_get_contact_id (self->account));
  adw_action_row_set_subtitle (self->platform_row, enigm_account_get_origin (self->account));
  if (platform != NULL)
    {
      g_autofree char *trust = enigm_trust_describe (enigm_platform_get_trust (platform));

      adw_action_row_set_subtitle (self->trust_row, trust);
    }
  if (enigm_account_get_state (self->account) == ENIGM_ACCOUNT_STATE_SIGNED_OUT)
    gtk_window_close (GTK_WINDOW (self));
}

/* Signing out */

static void ask_to_sign_out (EnigmSettingsWindow *self, gboolean even_offline);

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmSettingsWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (enigm_account_sign_out_finish (ENIGM_ACCOUNT (source), result, &error) ||
      self->account == NULL)
    return;
  gtk_label_set_label (self->sign_out_error, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->sign_out_error), TRUE);
  if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY))
    ask_to_sign_out (self, TRUE);
}

static void
on_sign_out_responded (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  EnigmSettingsWindow *self = user_data;

  if (!g_str_equal (response, "online") && !g_str_equal (response, "offline"))
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->sign_out_error), FALSE);
  enigm_account_sign_out_async (self->account, g_str_equal (response, "offline"), NULL,
                                on_signed_out, g_object_ref (self));
}

static void
ask_to_sign_out (EnigmSettingsWindow *self, gboolean even_offline)
{
  const char *response = even_offline ? "offline" : "online";
  GtkWidget *dialog = adw_message_dialog_new (
    GTK_WINDOW (self), even_offline ? _ ("Sign out without the platform?") : _ ("Sign out?"),
    even_offline
      ? _ ("The platform cannot be reached, so this computer stays listed in your account until "
           "you close it from another one. What it knows is removed from here.")
      : _ ("Labels, names and what this computer needs to manage your key without the code are "
           "removed from it. Your key goes on working."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), response,
                                    _ ("_Sign Out"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), response,
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_sign_out_responded), self, 0);
  enigm_button_tidy (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_sign_out_button_clicked (EnigmSettingsWindow *self)
{
  ask_to_sign_out (self, FALSE);
}

/* Keys */

static void
on_pair_button_clicked (EnigmSettingsWindow *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  gtk_window_close (GTK_WINDOW (self));
  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.pair", NULL);
}

static void show_key (EnigmSettingsWindow *self, EnigmKey *key);

static gboolean
show_next_key (gpointer user_data)
{
  EnigmSettingsWindow *self = user_data;
  g_autoptr (EnigmKey) key = g_steal_pointer (&self->next_key);

  self->next_id = 0;
  show_key (self, key);
  return G_SOURCE_REMOVE;
}

static void
on_key_page_destroyed (EnigmSettingsWindow *self)
{
  self->key_page = NULL;
  if (self->next_key != NULL && self->next_id == 0)
    self->next_id = g_idle_add (show_next_key, self);
}

static void
show_key (EnigmSettingsWindow *self, EnigmKey *key)
{
  GtkWidget *page = enigm_key_page_new (self->account, key);

  self->key_page = ENIGM_KEY_PAGE (page);
  g_signal_connect_object (page, "destroy", G_CALLBACK (on_key_page_destroyed), self,
                           G_CONNECT_SWAPPED);
  adw_preferences_window_present_subpage (ADW_PREFERENCES_WINDOW (self), page);
}

/* Whoever gives libadwaita 1.2 a page while the one before slides out crashes it: it forgets both.
 */
static void
on_key_row_activated (EnigmSettingsWindow *self, GtkListBoxRow *row)
{
  EnigmKey *key = enigm_key_row_get_key (ENIGM_KEY_ROW (row));

  if (self->next_id != 0 || (self->key_page != NULL && enigm_key_page_is_closing (self->key_page)))
    g_set_object (&self->next_key, key);
  else if (self->key_page == NULL)
    show_key (self, key);
}

static void
on_all_revoked (const char *sentence, gpointer widget)
{
  adw_preferences_window_add_toast (widget, adw_toast_new (sentence));
}

static void
on_revoke_all_button_clicked (EnigmSettingsWindow *self)
{
  enigm_account_dialog_ask (GTK_WIDGET (self), self->account, ENIGM_ACCOUNT_REVOKE_ALL,
                            on_all_revoked);
}

/* The widget */

static void
enigm_settings_window_dispose (GObject *object)
{
  EnigmSettingsWindow *self = ENIGM_SETTINGS_WINDOW (object);

  g_clear_handle_id (&self->next_id, g_source_remove);
  g_clear_object (&self->next_key);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (enigm_settings_window_parent_class)->dispose (object);
}

/* What is under way keeps a window that was closed. One that is made to go with its parent is not
 * told any more when that has gone (GTK 4.8), so it knows none from here on. */
static void
enigm_settings_window_unrealize (GtkWidget *widget)
{
  gtk_window_set_transient_for (GTK_WINDOW (widget), NULL);
  GTK_WIDGET_CLASS (enigm_settings_window_parent_class)->unrealize (widget);
}

static void
enigm_settings_window_class_init (EnigmSettingsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = enigm_settings_window_dispose;
  widget_class->unrealize = enigm_settings_window_unrealize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/enigm/App/enigm-settings-window.ui");
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, live_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, no_key_label);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, ended_group);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, all_group);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, computers_group);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, account_group);
  gtk_widget_class_bind_template_callback (widget_class, on_revoke_all_button_clicked);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, ended_list);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, user_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, contact_id_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, uninstall_label);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, sign_out_error);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, platform_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, trust_row);
  gtk_widget_class_bind_template_child (widget_class, EnigmSettingsWindow, listen_group);
  gtk_widget_class_bind_template_callback (widget_class, on_pair_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_key_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_out_button_clicked);
}

static void
enigm_settings_window_init (EnigmSettingsWindow *self)
{
  g_type_ensure (ENIGM_TYPE_LISTEN_GROUP); /* The template names them. */
  g_type_ensure (ENIGM_TYPE_COMPUTERS_GROUP);
  g_type_ensure (ENIGM_TYPE_ACCOUNT_GROUP);
  gtk_widget_init_template (GTK_WIDGET (self));
  /* What no program can do that has gone by then. */
  gtk_label_set_label (
    self->uninstall_label,
    enigm_portal_is_needed ()
      ? _ ("Uninstalling does not remove the secret that your desktop keeps for this app in your "
           "keyring, nor what you allowed it. Sign out first: they open nothing afterwards.")
      : _ ("Uninstalling does not remove your account and its secrets from this computer. Sign out "
           "first: afterwards only an empty file and these settings are left."));
}

GtkWidget *
enigm_settings_window_new (GtkWindow *parent, EnigmAccount *account, EnigmListener *listener)
{
  EnigmSettingsWindow *self =
    g_object_new (ENIGM_TYPE_SETTINGS_WINDOW, "transient-for", parent, NULL);

  self->account = g_object_ref (account);
  g_signal_connect_object (enigm_account_get_keys (account), "items-changed",
                           G_CALLBACK (update_keys), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify", G_CALLBACK (update_account), self, G_CONNECT_SWAPPED);
  enigm_computers_group_set_account (self->computers_group, account);
  enigm_account_group_set_account (self->account_group, account);
  enigm_listen_group_set_listener (self->listen_group, listener);
  update_keys (self);
  update_account (self);
  return GTK_WIDGET (self);
}
