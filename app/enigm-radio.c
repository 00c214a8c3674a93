/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-radio.h"

#include <glib/gi18n-lib.h>

#include "enigm-bluez-objects.h"
#include "enigm-bluez.h"
#include "enigm-error.h"
#include "enigm-leftovers.h"
#include "enigm-scan.h"

#define BLUEZ_NAME "org.bluez"
/* xdg-dbus-proxy makes a closed name look like one that nobody owns; only this file tells them
 * apart. */
#define SANDBOX_INFO "/.flatpak-info"

/**
 * EnigmRadio:
 *
 * The one place that knows `org.bluez`: whether there is a Bluetooth adapter to use, and which keys
 * it hears. Adapters, bluetoothd and keys may come and go at any time.
 */
struct _EnigmRadio
{
  GObject parent_instance;

  GCancellable *cancellable;
  GDBusConnection *connection;
  GDBusObjectManager *manager;
  gboolean no_access;
  EnigmBluezAdapter1 *adapter;
  EnigmRadioState state;
  GListStore *keys;

  EnigmScan *scan;
  gboolean scan_wanted;
  gboolean tidied; /* what an earlier run left was taken out */
};

enum
{
  PROP_STATE = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (EnigmRadio, enigm_radio, G_TYPE_OBJECT)

static EnigmRadioState
compute_state (EnigmRadio *self)
{
  g_autofree char *owner = NULL;

  if (self->no_access)
    return ENIGM_RADIO_NO_ACCESS;
  if (self->manager == NULL)
    return self->cancellable != NULL ? ENIGM_RADIO_STARTING : ENIGM_RADIO_NO_SERVICE;
  owner =
    g_dbus_object_manager_client_get_name_owner (G_DBUS_OBJECT_MANAGER_CLIENT (self->manager));
  if (owner == NULL)
    return ENIGM_RADIO_NO_SERVICE;
  if (self->adapter == NULL)
    return ENIGM_RADIO_NO_ADAPTER;
  if (!enigm_bluez_adapter1_get_powered (self->adapter))
    return ENIGM_RADIO_OFF;
  return enigm_scan_is_active (self->scan) ? ENIGM_RADIO_SCANNING : ENIGM_RADIO_READY;
}

static void
update_state (EnigmRadio *self)
{
  const EnigmRadioState state = compute_state (self);

  if (state == self->state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
update_scan (EnigmRadio *self)
{
  /* Before this run's first scan, when no link of its own can be meant. */
  if (self->scan_wanted && self->adapter != NULL && !self->tidied)
    {
      self->tidied = TRUE;
      enigm_leftovers_forget (self->manager, self->adapter);
    }
  enigm_scan_set_adapter (self->scan, self->scan_wanted ? self->adapter : NULL);
}

static void
on_scan_changed (EnigmScan *scan, gpointer user_data)
{
  update_state (user_data);
}

/* Keys */

static gboolean
find_key (EnigmRadio *self, GDBusObject *object, guint *position)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->keys)); i++)
    {
      g_autoptr (EnigmNearbyKey) key = g_list_model_get_item (G_LIST_MODEL (self->keys), i);

      if (enigm_nearby_key_get_object (key) == object)
        {
          *position = i;
          return TRUE;
        }
    }
  return FALSE;
}

static void
drop_key (EnigmRadio *self, GDBusObject *object)
{
  guint position;

  if (find_key (self, object, &position))
    g_list_store_remove (self->keys, position);
}

static void
update_key (EnigmRadio *self, GDBusObject *object)
{
  EnigmBluezDevice1 *device = enigm_bluez_object_peek_device1 (ENIGM_BLUEZ_OBJECT (object));
  guint position;

  if (device == NULL)
    return;
  if (self->adapter == NULL ||
      g_strcmp0 (enigm_bluez_device1_get_adapter (device),
                 g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->adapter))) != 0)
    {
      drop_key (self, object);
      return;
    }

  if (find_key (self, object, &position))
    {
      g_autoptr (EnigmNearbyKey) key = g_list_model_get_item (G_LIST_MODEL (self->keys), position);

      if (!enigm_nearby_key_update (key))
        g_list_store_remove (self->keys, position);
    }
  else
    {
      g_autoptr (EnigmNearbyKey) key = enigm_nearby_key_new (object);

      if (key != NULL)
        g_list_store_append (self->keys, key);
    }
}

/* Adapter */

/* The first that is on, else the first: what a person means by "my computer's Bluetooth". */
static EnigmBluezAdapter1 *
choose_adapter (EnigmRadio *self)
{
  g_autolist (GDBusObject) objects = g_dbus_object_manager_get_objects (self->manager);
  g_autoptr (EnigmBluezAdapter1) best = NULL;

  for (GList *l = objects; l != NULL; l = l->next)
    {
      g_autoptr (EnigmBluezAdapter1) adapter = enigm_bluez_object_get_adapter1 (l->data);
      gboolean better;

      if (adapter == NULL)
        continue;
      if (best == NULL)
        better = TRUE;
      else if (enigm_bluez_adapter1_get_powered (adapter) !=
               enigm_bluez_adapter1_get_powered (best))
        better = enigm_bluez_adapter1_get_powered (adapter);
      else
        better = g_strcmp0 (g_dbus_proxy_get_object_path (G_DBUS_PROXY (adapter)),
                            g_dbus_proxy_get_object_path (G_DBUS_PROXY (best))) < 0;
      if (better)
        g_set_object (&best, adapter);
    }
  return g_steal_pointer (&best);
}

static void
update_adapter (EnigmRadio *self)
{
  g_autoptr (EnigmBluezAdapter1) adapter = choose_adapter (self);

  if (g_set_object (&self->adapter, adapter))
    {
      g_autolist (GDBusObject) objects = g_dbus_object_manager_get_objects (self->manager);

      g_list_store_remove_all (self->keys);
      for (GList *l = objects; l != NULL; l = l->next)
        update_key (self, l->data);
    }
  update_scan (self);
  update_state (self);
}

static void
on_object_added (GDBusObjectManager *manager, GDBusObject *object, gpointer user_data)
{
  EnigmRadio *self = user_data;

  if (enigm_bluez_object_peek_adapter1 (ENIGM_BLUEZ_OBJECT (object)) != NULL)
    update_adapter (self);
  update_key (self, object);
}

static void
on_object_removed (GDBusObjectManager *manager, GDBusObject *object, gpointer user_data)
{
  EnigmRadio *self = user_data;

  drop_key (self, object);
  update_adapter (self);
}

static void
on_interface_added (GDBusObjectManager *manager,
                    GDBusObject *object,
                    GDBusInterface *interface,
                    gpointer user_data)
{
  on_object_added (manager, object, user_data);
}

static void
on_interface_removed (GDBusObjectManager *manager,
                      GDBusObject *object,
                      GDBusInterface *interface,
                      gpointer user_data)
{
  if (ENIGM_BLUEZ_IS_ADAPTER1 (interface) || ENIGM_BLUEZ_IS_DEVICE1 (interface))
    on_object_removed (manager, object, user_data);
}

static void
on_properties_changed (GDBusObjectManagerClient *manager,
                       GDBusObjectProxy *object,
                       GDBusProxy *interface,
                       GVariant *changed,
                       const char *const *invalidated,
                       gpointer user_data)
{
  EnigmRadio *self = user_data;

  if (ENIGM_BLUEZ_IS_ADAPTER1 (interface))
    update_adapter (self);
  else if (ENIGM_BLUEZ_IS_DEVICE1 (interface))
    update_key (self, G_DBUS_OBJECT (object));
}

static void
on_name_owner_notified (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  update_adapter (user_data);
}

/* Starting */

/* Whether a sandbox's list of open names (`flatpak-metadata(5)`, "System Bus Policy") leaves BlueZ
 * out. */
static gboolean
sandbox_closes_bluez (void)
{
  g_autoptr (GKeyFile) info = g_key_file_new ();
  g_autofree char *policy = NULL;
  g_autofree char *sockets = NULL;

  if (!g_key_file_load_from_file (info, SANDBOX_INFO, G_KEY_FILE_NONE, NULL))
    return FALSE;
  sockets = g_key_file_get_string (info, "Context", "sockets", NULL);
  if (sockets != NULL && strstr (sockets, "system-bus") != NULL)
    return FALSE;
  policy = g_key_file_get_string (info, "System Bus Policy", BLUEZ_NAME, NULL);
  return g_strcmp0 (policy, "talk") != 0 && g_strcmp0 (policy, "own") != 0;
}

static void
on_manager_created (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmRadio) self = user_data;
  g_autoptr (GError) error = NULL;

  self->manager = enigm_bluez_objects_open_finish (result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (self->manager == NULL)
    {
      g_debug ("Talking to bluetoothd: %s", error->message);
      self->no_access = g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
      update_state (self);
      return;
    }

  g_signal_connect_object (self->manager, "object-added", G_CALLBACK (on_object_added), self, 0);
  g_signal_connect_object (self->manager, "object-removed", G_CALLBACK (on_object_removed), self,
                           0);
  g_signal_connect_object (self->manager, "interface-added", G_CALLBACK (on_interface_added), self,
                           0);
  g_signal_connect_object (self->manager, "interface-removed", G_CALLBACK (on_interface_removed),
                           self, 0);
  g_signal_connect_object (self->manager, "interface-proxy-properties-changed",
                           G_CALLBACK (on_properties_changed), self, 0);
  g_signal_connect_object (self->manager, "notify::name-owner", G_CALLBACK (on_name_owner_notified),
                           self, 0);
  update_adapter (self);
}

static void
create_manager (EnigmRadio *self)
{
  enigm_bluez_objects_open_async (self->connection, self->cancellable, on_manager_created,
                                  g_object_ref (self));
}

static void
on_bus_got (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmRadio) self = user_data;
  g_autoptr (GError) error = NULL;

  self->connection = g_bus_get_finish (result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (self->connection == NULL)
    {
      g_debug ("No system bus: %s", error->message);
      g_clear_object (&self->cancellable);
      update_state (self);
      return;
    }
  create_manager (self);
}

/**
 * enigm_radio_retry:
 *
 * Looks for bluetoothd again if it could not be reached. Once it was, its coming and going is
 * noticed without being asked.
 */
void
enigm_radio_retry (EnigmRadio *self)
{
  g_return_if_fail (ENIGM_IS_RADIO (self));

  if (self->manager != NULL || self->cancellable != NULL)
    return;
  self->no_access = sandbox_closes_bluez ();
  if (!self->no_access)
    {
      self->cancellable = g_cancellable_new ();
      if (self->connection != NULL)
        create_manager (self);
      else
        g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_bus_got, g_object_ref (self));
    }
  update_state (self);
}

static void
enigm_radio_dispose (GObject *object)
{
  EnigmRadio *self = ENIGM_RADIO (object);

  self->scan_wanted = FALSE;
  enigm_scan_set_adapter (self->scan, NULL);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->adapter);
  g_clear_object (&self->manager);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (enigm_radio_parent_class)->dispose (object);
}

static void
enigm_radio_finalize (GObject *object)
{
  EnigmRadio *self = ENIGM_RADIO (object);

  g_clear_object (&self->scan);
  g_clear_object (&self->keys);
  G_OBJECT_CLASS (enigm_radio_parent_class)->finalize (object);
}

static void
enigm_radio_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_STATE:
      g_value_set_uint (value, ENIGM_RADIO (object)->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
enigm_radio_class_init (EnigmRadioClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = enigm_radio_dispose;
  object_class->finalize = enigm_radio_finalize;
  object_class->get_property = enigm_radio_get_property;

  /**
   * EnigmRadio:state:
   *
   * An #EnigmRadioState.
   */
  properties[PROP_STATE] =
    g_param_spec_uint ("state", NULL, NULL, ENIGM_RADIO_STARTING, ENIGM_RADIO_SCANNING,
                       ENIGM_RADIO_STARTING, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
enigm_radio_init (EnigmRadio *self)
{
  self->keys = g_list_store_new (ENIGM_TYPE_NEARBY_KEY);
  self->scan = enigm_scan_new ();
  g_signal_connect_object (self->scan, "changed", G_CALLBACK (on_scan_changed), self, 0);
}

/**
 * enigm_radio_new:
 * @connection: (nullable): the bus that bluetoothd is on; the system bus if %NULL
 *
 * Returns: (transfer full): a radio, which begins to look for bluetoothd at once
 */
EnigmRadio *
enigm_radio_new (GDBusConnection *connection)
{
  EnigmRadio *self;

  g_return_val_if_fail (connection == NULL || G_IS_DBUS_CONNECTION (connection), NULL);

  self = g_object_new (ENIGM_TYPE_RADIO, NULL);
  g_set_object (&self->connection, connection);
  enigm_radio_retry (self);
  return self;
}

/**
 * enigm_radio_get_state:
 *
 * Returns: what stands between this computer and a key
 */
EnigmRadioState
enigm_radio_get_state (EnigmRadio *self)
{
  g_return_val_if_fail (ENIGM_IS_RADIO (self), ENIGM_RADIO_STARTING);
  return self->state;
}

/**
 * enigm_radio_dup_error:
 *
 * Returns: (transfer full) (nullable): a sentence and a remedy for each state in which no key can
 * be heard; %NULL in the others
 */
GError *
enigm_radio_dup_error (EnigmRadio *self)
{
  g_return_val_if_fail (ENIGM_IS_RADIO (self), NULL);

  switch (self->state)
    {
    case ENIGM_RADIO_NO_SERVICE:
      return g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_RADIO_NO_SERVICE,
                                  _ ("This computer's Bluetooth service is not running. Start it "
                                     "(bluetooth.service, from the package bluez) and try again."));
    case ENIGM_RADIO_NO_ACCESS:
      return g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_RADIO_NO_ACCESS,
        _ ("Enigm is not allowed to use this computer's Bluetooth. Allow it "
           "to talk to org.bluez in its permissions and start it again."));
    case ENIGM_RADIO_NO_ADAPTER:
      return g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_RADIO_NO_ADAPTER,
                                  _ ("This computer has no Bluetooth adapter. Plug one in; it is "
                                     "found by itself."));
    case ENIGM_RADIO_OFF:
      return g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_RADIO_OFF,
                                  _ ("Bluetooth is off. Turn it on to find your key."));
    case ENIGM_RADIO_STARTING:
    case ENIGM_RADIO_READY:
    case ENIGM_RADIO_SCANNING:
    default:
      return NULL;
    }
}

/**
 * enigm_radio_get_keys:
 *
 * Returns: (transfer none): the keys on the air now, a #GListModel of #EnigmNearbyKey in the order
 * in which they were heard
 */
GListModel *
enigm_radio_get_keys (EnigmRadio *self)
{
  g_return_val_if_fail (ENIGM_IS_RADIO (self), NULL);
  return G_LIST_MODEL (self->keys);
}

/**
 * enigm_radio_get_manager:
 *
 * Returns: (transfer none) (nullable): bluetoothd's objects, for #EnigmLink
 */
GDBusObjectManager *
enigm_radio_get_manager (EnigmRadio *self)
{
  g_return_val_if_fail (ENIGM_IS_RADIO (self), NULL);
  return self->manager;
}

/**
 * enigm_radio_start_scan:
 *
 * Looks for keys from now on, also over adapters that come and go, until enigm_radio_stop_scan().
 * Uses BlueZ's `SetDiscoveryFilter` and `StartDiscovery`.
 */
void
enigm_radio_start_scan (EnigmRadio *self)
{
  g_return_if_fail (ENIGM_IS_RADIO (self));

  self->scan_wanted = TRUE;
  enigm_radio_retry (self);
  update_scan (self);
  update_state (self);
}

/**
 * enigm_radio_stop_scan:
 *
 * Stops looking. The list keeps what bluetoothd still reports.
 */
void
enigm_radio_stop_scan (EnigmRadio *self)
{
  g_return_if_fail (ENIGM_IS_RADIO (self));

  self->scan_wanted = FALSE;
  update_scan (self);
  update_state (self);
}

static void
on_power_set (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (object), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (
      task, ENIGM_ERROR, ENIGM_ERROR_RADIO_OFF,
      _ ("Bluetooth could not be turned on. It may be switched off by a key on "
         "this computer or in its settings. Turn it on there and try again."));
}

/**
 * enigm_radio_switch_on_async:
 *
 * Sets `Powered` of BlueZ's Adapter1.
 */
void
enigm_radio_switch_on_async (EnigmRadio *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_RADIO (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_radio_switch_on_async);
  if (self->adapter == NULL)
    {
      GError *error = enigm_radio_dup_error (self);

      if (error == NULL)
        error = g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_RADIO_NO_ADAPTER,
                                     _ ("Bluetooth is still starting. Try again in a moment."));
      g_task_return_error (task, error);
      return;
    }
  g_dbus_proxy_call (
    G_DBUS_PROXY (self->adapter), "org.freedesktop.DBus.Properties.Set",
    g_variant_new ("(ssv)", "org.bluez.Adapter1", "Powered", g_variant_new_boolean (TRUE)),
    G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_power_set, g_steal_pointer (&task));
}

/**
 * enigm_radio_switch_on_finish:
 *
 * Returns: %TRUE once the adapter is on, else @error is set (%ENIGM_ERROR_RADIO_OFF or another of
 * the radio's, %G_IO_ERROR_CANCELLED)
 */
gboolean
enigm_radio_switch_on_finish (EnigmRadio *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
