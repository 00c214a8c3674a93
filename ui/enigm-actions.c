/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-actions.h"

#include <glib/gi18n.h>

/* The application's */

static void
on_quit_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkApplication *application = user_data;
  GList *windows;

  /* Destroying, not closing: to listen when closed is no reason to stay after Quit. The application
   * ends by itself without windows, once what they still had to tell the platform is told. Each by
   * itself: one that goes with its parent would look for it when that has gone already (GTK 4.8).
   */
  while ((windows = gtk_application_get_windows (application)) != NULL)
    {
      GtkWindow *window = windows->data;

      gtk_window_set_transient_for (window, NULL);
      gtk_window_destroy (window);
    }
}

static void
on_about_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  adw_show_about_window (
    gtk_application_get_active_window (user_data), "application-name", _ ("Enigm App"),
    "application-icon", APPLICATION_ID, "version", PACKAGE_VERSION, "developer-name",
    _ ("The Enigm App contributors"), "license-type", GTK_LICENSE_GPL_3_0, "comments",
    _ ("Sets up your key, chooses who is told, and says whether it would work right now.\n\n"
       "It is not an emergency service, and does not promise that an alert arrives."),
    NULL);
}

static void
on_show_alert_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window;

  g_application_activate (user_data);
  window = gtk_application_get_active_window (user_data);
  if (ENIGM_IS_WINDOW (window))
    enigm_window_show_alert (ENIGM_WINDOW (window), g_variant_get_string (parameter, NULL));
}

static void
on_see_alert_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  enigm_application_see_alert (user_data, g_variant_get_string (parameter, NULL));
}

static const GActionEntry application_actions[] = {
  { "quit", on_quit_activated, NULL, NULL, NULL, { 0 } },
  { "about", on_about_activated, NULL, NULL, NULL, { 0 } },
  { "show-alert", on_show_alert_activated, "s", NULL, NULL, { 0 } },
  { "see-alert", on_see_alert_activated, "s", NULL, NULL, { 0 } },
};

/* The window's */

static void
on_show_page_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  enigm_window_show_page (user_data, g_variant_get_string (parameter, NULL));
}

static void
on_open_alert_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  enigm_window_show_alert (user_data, g_variant_get_string (parameter, NULL));
}

static void
on_back_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  enigm_window_go_back (user_data);
}

static void
on_refresh_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  enigm_window_refresh (user_data);
}

static void
on_pair_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  enigm_window_pair (user_data);
}

static void
on_replace_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  enigm_window_replace (user_data, g_variant_get_string (parameter, NULL));
}

static void
on_drill_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  enigm_window_drill (user_data);
}

static void
on_invite_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  enigm_window_invite (user_data);
}

static void
on_settings_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  enigm_window_show_settings (user_data);
}

static void
on_sign_in_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  enigm_window_sign_in_again (user_data);
}

static void
present_from_resource (GtkWindow *parent, const char *path, const char *id)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (path);
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, id));

  gtk_window_set_transient_for (window, parent);
  gtk_window_present (window);
}

static void
on_shortcuts_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  present_from_resource (user_data, "/io/enigm/App/enigm-shortcuts.ui", "shortcuts");
}

static void
on_help_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  present_from_resource (user_data, "/io/enigm/App/enigm-help.ui", "help");
}

static const GActionEntry window_actions[] = {
  { "show-page", on_show_page_activated, "s", NULL, NULL, { 0 } },
  { "open-alert", on_open_alert_activated, "s", NULL, NULL, { 0 } },
  { "back", on_back_activated, NULL, NULL, NULL, { 0 } },
  { "refresh", on_refresh_activated, NULL, NULL, NULL, { 0 } },
  { "pair", on_pair_activated, NULL, NULL, NULL, { 0 } },
  { "replace", on_replace_activated, "s", NULL, NULL, { 0 } },
  { "drill", on_drill_activated, NULL, NULL, NULL, { 0 } },
  { "invite", on_invite_activated, NULL, NULL, NULL, { 0 } },
  { "settings", on_settings_activated, NULL, NULL, NULL, { 0 } },
  { "sign-in", on_sign_in_activated, NULL, NULL, NULL, { 0 } },
  { "shortcuts", on_shortcuts_activated, NULL, NULL, NULL, { 0 } },
  { "help", on_help_activated, NULL, NULL, NULL, { 0 } },
};

static const struct
{
  const char *action;
  const char *accels[3];
} shortcuts[] = {
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
  { "win.show-page::status", { "<Control>1", "<Alt>1" } },
  { "win.show-page::contacts", { "<Control>2", "<Alt>2" } },
  { "win.show-page::alerts", { "<Control>3", "<Alt>3" } },
  { "win.back", { "Escape", "<Alt>Left" } },
  { "win.refresh", { "<Control>r", "F5" } },
  { "win.pair", { "<Control>n" } },
  { "win.drill", { "<Control>d" } },
  { "win.invite", { "<Control>i" } },
  { "win.settings", { "<Control>comma" } },
  { "win.shortcuts", { "<Control>question" } },
  { "win.help", { "F1" } },
};

void
enigm_actions_add_to_application (EnigmApplication *application)
{
  g_action_map_add_action_entries (G_ACTION_MAP (application), application_actions,
                                   G_N_ELEMENTS (application_actions), application);
  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    {
      const char *accels[] = { shortcuts[i].accels[0], shortcuts[i].accels[1], NULL };

      gtk_application_set_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action,
                                             accels);
    }
}

void
enigm_actions_add_to_window (EnigmWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), window_actions,
                                   G_N_ELEMENTS (window_actions), window);
  enigm_actions_update (window);
}

static void
set_enabled (EnigmWindow *window, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
enigm_actions_update (EnigmWindow *window)
{
  EnigmAccount *account = enigm_window_get_account (window);
  const EnigmAccountState state =
    account != NULL ? enigm_account_get_state (account) : ENIGM_ACCOUNT_STATE_LOADING;
  const gboolean signed_in = state == ENIGM_ACCOUNT_STATE_SIGNED_IN;
  const gboolean shown = signed_in || state == ENIGM_ACCOUNT_STATE_SESSION_ENDED;

  set_enabled (window, "show-page", shown);
  set_enabled (window, "open-alert", shown);
  set_enabled (window, "settings", shown);
  set_enabled (window, "refresh", signed_in);
  set_enabled (window, "pair", signed_in);
  set_enabled (window, "replace", signed_in);
  set_enabled (window, "drill", signed_in);
  set_enabled (window, "invite", signed_in);
  set_enabled (window, "sign-in", state == ENIGM_ACCOUNT_STATE_SESSION_ENDED);
  set_enabled (window, "back", enigm_window_get_can_go_back (window));
}
