/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "enigm-actions.h"
#include "enigm-control.h"
#include "enigm-notices.h"
#include "enigm-state-lock.h"
#include "enigm-window.h"

struct _EnigmApplication
{
  AdwApplication parent_instance;

  EnigmStateLock *lock;
  EnigmAccount *account;
  EnigmRadio *radio;
  EnigmControl *control;
  GSettings *settings;
  EnigmListener *listener;
  guint told_to_end; /* the source that waits for SIGTERM, or 0 */
  gboolean listen_only;
  char *platform_hint;
  char *ca_hint;
};

G_DEFINE_FINAL_TYPE (EnigmApplication, enigm_application, ADW_TYPE_APPLICATION)

/* It names nobody: whoever looks over a shoulder, or at a locked screen, learns no name. */
static void
notify_of_alert (EnigmApplication *self, EnigmAlert *alert)
{
  const gboolean drill = enigm_alert_get_kind (alert) == ENIGM_ALERT_KIND_DRILL;
  g_autoptr (GNotification) notification =
    g_notification_new (drill ? _ ("DRILL: a practice alert") : _ ("ALERT: somebody needs you"));
  g_autoptr (GIcon) icon = NULL;

  g_notification_set_body (
    notification, drill ? _ ("Somebody who chose you tries their key. Say that you have seen it.")
                        : _ ("Somebody who chose you raised an alert. Open it to see who."));
  /* Another shape and another colour: nobody takes a drill for an alert at a glance. */
  icon = g_themed_icon_new (drill ? "io.enigm.App-drill" : "io.enigm.App-alert");
  g_notification_set_icon (notification, icon);
  g_notification_set_priority (notification, drill ? G_NOTIFICATION_PRIORITY_HIGH
                                                   : G_NOTIFICATION_PRIORITY_URGENT);
  g_notification_set_default_action_and_target (notification, "app.show-alert", "s",
                                                enigm_alert_get_id (alert));
  /* A drill is answered with one press. Who says that they saw an alert has opened it. */
  if (drill)
    g_notification_add_button_with_target (notification, _ ("I Have Seen This"), "app.see-alert",
                                           "s", enigm_alert_get_id (alert));
  g_application_send_notification (G_APPLICATION (self), enigm_alert_get_id (alert), notification);
  enigm_account_note_alert_shown (self->account, alert);
}

static void
on_alert_changed (EnigmAccount *account, EnigmAlert *alert, gpointer user_data)
{
  EnigmApplication *self = user_data;

  if (enigm_account_is_alert_due (account, alert))
    notify_of_alert (self, alert);
  else if (enigm_alert_get_state (alert) == ENIGM_ALERT_STATE_ENDED)
    g_application_withdraw_notification (G_APPLICATION (self), enigm_alert_get_id (alert));
}

/* What the platform shows no more, the desktop shows no more either. */
static void
on_alert_gone (EnigmAccount *account, EnigmAlert *alert, gpointer user_data)
{
  g_application_withdraw_notification (G_APPLICATION (user_data), enigm_alert_get_id (alert));
}

static void
on_account_state_notified (EnigmApplication *self)
{
  /* Nobody is left to listen for, nor anything to be started for. */
  if (enigm_account_get_state (self->account) == ENIGM_ACCOUNT_STATE_SIGNED_OUT &&
      enigm_listener_get_wanted (self->listener))
    enigm_listener_set (self->listener, FALSE, FALSE, "");
}

/* This process owns the account's state now, so enigmctl asks it to do what it is told. */
static void
export_control (EnigmApplication *self)
{
  GDBusConnection *connection = g_application_get_dbus_connection (G_APPLICATION (self));
  g_autoptr (GError) error = NULL;

  if (connection == NULL)
    return;
  self->control = enigm_control_export (connection, self->account, &error);
  if (self->control == NULL)
    g_warning ("enigmctl cannot reach this program: %s", error->message);
}

gboolean
enigm_application_open_account (EnigmApplication *self, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autoptr (EnigmKeyring) keyring = NULL;

  g_return_val_if_fail (ENIGM_IS_APPLICATION (self), FALSE);

  if (self->account != NULL)
    return TRUE;
  data_dir = enigm_account_default_data_dir ();
  self->lock = enigm_state_lock_take (data_dir, error);
  if (self->lock == NULL)
    return FALSE;

  keyring = enigm_keyring_new ();
  self->account = enigm_account_new (data_dir, keyring);
  g_signal_connect (self->account, "alert-changed", G_CALLBACK (on_alert_changed), self);
  g_signal_connect (self->account, "alert-gone", G_CALLBACK (on_alert_gone), self);
  g_signal_connect_object (self->account, "notify::state", G_CALLBACK (on_account_state_notified),
                           self, G_CONNECT_SWAPPED);
  export_control (self);
  return TRUE;
}

static void
on_alert_seen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *id = user_data;
  GApplication *application = g_application_get_default ();
  g_autoptr (GError) error = NULL;

  if (enigm_account_stage_alert_finish (ENIGM_ACCOUNT (source), result, &error))
    g_application_withdraw_notification (application, id);
  else
    /* Where it says why. */
    g_action_group_activate_action (G_ACTION_GROUP (application), "show-alert",
                                    g_variant_new_string (id));
}

/**
 * enigm_application_see_alert:
 * @id: an alert's ID
 *
 * The person says, on its notification, that they have seen it. Where that cannot be told of, the
 * alert is opened.
 */
void
enigm_application_see_alert (EnigmApplication *self, const char *id)
{
  EnigmAlert *alert = NULL;

  g_return_if_fail (ENIGM_IS_APPLICATION (self) && id != NULL);

  if (self->account != NULL)
    alert = enigm_account_find_alert (self->account, id);
  if (alert != NULL)
    enigm_account_stage_alert_async (self->account, alert, "seen", NULL, on_alert_seen,
                                     g_strdup (id));
  else
    g_action_group_activate_action (G_ACTION_GROUP (self), "show-alert", g_variant_new_string (id));
}

EnigmAccount *
enigm_application_get_account (EnigmApplication *self)
{
  g_return_val_if_fail (ENIGM_IS_APPLICATION (self), NULL);
  return self->account;
}

EnigmRadio *
enigm_application_get_radio (EnigmApplication *self)
{
  g_return_val_if_fail (ENIGM_IS_APPLICATION (self), NULL);

  if (self->radio == NULL)
    self->radio = enigm_radio_new (NULL);
  return self->radio;
}

GSettings *
enigm_application_get_settings (EnigmApplication *self)
{
  g_return_val_if_fail (ENIGM_IS_APPLICATION (self), NULL);
  return self->settings;
}

EnigmListener *
enigm_application_get_listener (EnigmApplication *self)
{
  g_return_val_if_fail (ENIGM_IS_APPLICATION (self), NULL);
  return self->listener;
}

const char *
enigm_application_get_platform_hint (EnigmApplication *self)
{
  g_return_val_if_fail (ENIGM_IS_APPLICATION (self), "");
  return self->platform_hint != NULL ? self->platform_hint : DEFAULT_PLATFORM;
}

const char *
enigm_application_get_ca_hint (EnigmApplication *self)
{
  g_return_val_if_fail (ENIGM_IS_APPLICATION (self), "");
  return self->ca_hint != NULL ? self->ca_hint : "";
}

static void
enigm_application_activate (GApplication *application)
{
  EnigmApplication *self = ENIGM_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));
  const gboolean listen_only = self->listen_only && window == NULL;

  self->listen_only = FALSE;
  if (window == NULL)
    window = GTK_WINDOW (enigm_window_new (self));
  if (listen_only)
    {
      enigm_window_listen (ENIGM_WINDOW (window));
      return;
    }
  gtk_window_present (window);
}

/* As at the end of a session: what the person did last is sent or kept first, as by Quit. Whoever
 * says it twice does not wait for that. */
static gboolean
on_told_to_end (gpointer user_data)
{
  EnigmApplication *self = user_data;

  self->told_to_end = 0;
  if (gtk_application_get_windows (GTK_APPLICATION (self)) != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (self), "quit", NULL);
  else
    g_application_quit (G_APPLICATION (self));
  return G_SOURCE_REMOVE;
}

static void
enigm_application_startup (GApplication *application)
{
  EnigmApplication *self = ENIGM_APPLICATION (application);
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  G_APPLICATION_CLASS (enigm_application_parent_class)->startup (application);

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APPLICATION_ID, TRUE);
  if (schema != NULL)
    self->settings = g_settings_new_full (schema, NULL, NULL);
  self->listener = enigm_listener_new (self->settings);
  gtk_window_set_default_icon_name (APPLICATION_ID);
  enigm_actions_add_to_application (self);
  self->told_to_end = g_unix_signal_add (SIGTERM, on_told_to_end, self);
}

static int
enigm_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  EnigmApplication *self = ENIGM_APPLICATION (application);

  g_variant_dict_lookup (options, "platform", "s", &self->platform_hint);
  g_variant_dict_lookup (options, "ca-file", "^ay", &self->ca_hint);
  if (g_variant_dict_lookup (options, "listen", "b", &self->listen_only) && self->listen_only)
    {
      g_autoptr (GError) error = NULL;

      if (!g_application_register (application, NULL, &error))
        {
          g_printerr ("%s\n", error->message);
          return 1;
        }
      /* One that runs already listens as its person wants; to activate it would raise its window.
       */
      if (g_application_get_is_remote (application))
        return 0;
    }
  return -1;
}

static void
enigm_application_shutdown (GApplication *application)
{
  EnigmApplication *self = ENIGM_APPLICATION (application);

  g_clear_handle_id (&self->told_to_end, g_source_remove);
  g_clear_pointer (&self->control, enigm_control_free);
  if (self->account != NULL)
    enigm_account_listen (self->account, FALSE);
  G_APPLICATION_CLASS (enigm_application_parent_class)->shutdown (application);
}

static void
enigm_application_finalize (GObject *object)
{
  EnigmApplication *self = ENIGM_APPLICATION (object);

  g_clear_object (&self->account);
  g_clear_object (&self->radio);
  g_clear_pointer (&self->lock, enigm_state_lock_free);
  g_clear_object (&self->listener);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->platform_hint, g_free);
  g_clear_pointer (&self->ca_hint, g_free);
  G_OBJECT_CLASS (enigm_application_parent_class)->finalize (object);
}

static void
enigm_application_class_init (EnigmApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = enigm_application_finalize;
  application_class->activate = enigm_application_activate;
  application_class->startup = enigm_application_startup;
  application_class->shutdown = enigm_application_shutdown;
  application_class->handle_local_options = enigm_application_handle_local_options;
}

static void
enigm_application_init (EnigmApplication *self)
{
  const GOptionEntry options[] = {
    { "platform", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Begin sign-in with this platform"),
      N_ ("ADDRESS") },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, NULL,
      N_ ("Begin sign-in with trust in the certificate authority in this file"), N_ ("FILE") },
    { "listen", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Start without a window, and listen for alerts"),
      NULL },
    { NULL }
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

EnigmApplication *
enigm_application_new (void)
{
  return g_object_new (ENIGM_TYPE_APPLICATION, "application-id", APPLICATION_ID,
                       "resource-base-path", "/io/enigm/App", NULL);
}
