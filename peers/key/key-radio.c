/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-radio.h"

#include <string.h>

/**
 * EnigmKeyRadio:
 *
 * The adapter this key uses, through `org.bluez`. It comes and goes with bluetoothd, with the
 * hardware and with its power switch; #EnigmKeyRadio::ready and #EnigmKeyRadio::lost say so while a
 * window is open, and only then is the adapter switched on.
 */
struct _EnigmKeyRadio
{
  GObject parent_instance;

  GDBusConnection *connection;
  char *adapter; /* "hci1", or NULL for the first */
  GDBusObjectManager *manager;
  GCancellable *cancellable;
  EnigmBluezObject *object;     /* of the adapter in use */
  EnigmBluezAdapter1 *adapter1; /* its proxy, which may be made anew while the object stays */
  gboolean window;
  gboolean ready;
};

enum
{
  READY,
  LOST,
  CONNECTED,
  DISCONNECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmKeyRadio, enigm_key_radio, G_TYPE_OBJECT)

static void
drop_adapter (EnigmKeyRadio *self)
{
  if (self->object == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->adapter1, self);
  g_clear_object (&self->adapter1);
  g_clear_object (&self->object);
}

static void
enigm_key_radio_dispose (GObject *object)
{
  EnigmKeyRadio *self = ENIGM_KEY_RADIO (object);

  g_cancellable_cancel (self->cancellable);
  if (self->manager != NULL)
    g_signal_handlers_disconnect_by_data (self->manager, self);
  drop_adapter (self);
  g_clear_object (&self->manager);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->adapter, g_free);

  G_OBJECT_CLASS (enigm_key_radio_parent_class)->dispose (object);
}

static void
enigm_key_radio_class_init (EnigmKeyRadioClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_radio_dispose;

  /**
   * EnigmKeyRadio::ready:
   * @self: the radio
   *
   * A window is open and the adapter can be used.
   */
  signals[READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);

  /**
   * EnigmKeyRadio::lost:
   * @self: the radio
   *
   * The adapter is gone or off, or the window is closed.
   */
  signals[LOST] = g_signal_new ("lost", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);

  /**
   * EnigmKeyRadio::connected:
   * @self: the radio
   * @path: the object path of somebody who has connected to the adapter in use, other than those
   *   this computer is paired with
   */
  signals[CONNECTED] = g_signal_new ("connected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  /**
   * EnigmKeyRadio::disconnected:
   * @self: the radio
   * @path: the object path of a central that has left
   */
  signals[DISCONNECTED] =
    g_signal_new ("disconnected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
enigm_key_radio_init (EnigmKeyRadio *self)
{
  self->cancellable = g_cancellable_new ();
}

static gboolean
is_usable (EnigmKeyRadio *self, EnigmBluezObject *object)
{
  const char *path = g_dbus_object_get_object_path (G_DBUS_OBJECT (object));

  if (enigm_bluez_object_peek_adapter1 (object) == NULL ||
      enigm_bluez_object_peek_gatt_manager1 (object) == NULL ||
      enigm_bluez_object_peek_le_advertising_manager1 (object) == NULL)
    return FALSE;

  return self->adapter == NULL || g_str_equal (strrchr (path, '/') + 1, self->adapter);
}

static EnigmBluezObject *
find_adapter (EnigmKeyRadio *self)
{
  g_autolist (GDBusObject) objects = g_dbus_object_manager_get_objects (self->manager);
  EnigmBluezObject *found = NULL;

  for (GList *l = objects; l != NULL; l = l->next)
    if (is_usable (self, l->data) &&
        (found == NULL || strcmp (g_dbus_object_get_object_path (l->data),
                                  g_dbus_object_get_object_path (G_DBUS_OBJECT (found))) < 0))
      found = l->data;

  return found != NULL ? g_object_ref (found) : NULL;
}

static void
update (EnigmKeyRadio *self)
{
  gboolean ready =
    self->window && self->adapter1 != NULL && enigm_bluez_adapter1_get_powered (self->adapter1);

  if (ready == self->ready)
    return;
  self->ready = ready;
  g_signal_emit (self, signals[ready ? READY : LOST], 0);
}

static void
on_powered_notified (GObject *adapter, GParamSpec *pspec, gpointer user_data)
{
  update (user_data);
}

static void
switch_on (EnigmKeyRadio *self)
{
  if (self->adapter1 != NULL && !enigm_bluez_adapter1_get_powered (self->adapter1))
    enigm_bluez_adapter1_set_powered (self->adapter1, TRUE);
}

static void
choose_adapter (EnigmKeyRadio *self)
{
  g_autoptr (EnigmBluezObject) found = find_adapter (self);
  EnigmBluezAdapter1 *adapter1 = found != NULL ? enigm_bluez_object_peek_adapter1 (found) : NULL;

  if (found != self->object || adapter1 != self->adapter1)
    {
      drop_adapter (self);
      update (self);
      if (found != NULL)
        {
          self->object = g_steal_pointer (&found);
          self->adapter1 = g_object_ref (adapter1);
          g_signal_connect (adapter1, "notify::powered", G_CALLBACK (on_powered_notified), self);
          if (self->window)
            switch_on (self);
        }
    }
  update (self);
}

/* The adapter is the computer's, not the key's alone. BlueZ does not say who began a connection,
 * but no key is ever paired with: what is, is a headset or a mouse, and none of the key's business.
 */
static void
tell_of_central (EnigmKeyRadio *self, EnigmBluezDevice1 *device)
{
  if (self->object == NULL || !enigm_bluez_device1_get_connected (device) ||
      enigm_bluez_device1_get_paired (device) ||
      g_strcmp0 (enigm_bluez_device1_get_adapter (device),
                 g_dbus_object_get_object_path (G_DBUS_OBJECT (self->object))) != 0)
    return;
  g_signal_emit (self, signals[CONNECTED], 0, g_dbus_proxy_get_object_path (G_DBUS_PROXY (device)));
}

static void
on_object_added (GDBusObjectManager *manager, GDBusObject *object, gpointer user_data)
{
  EnigmKeyRadio *self = user_data;
  EnigmBluezDevice1 *device = enigm_bluez_object_peek_device1 (ENIGM_BLUEZ_OBJECT (object));

  choose_adapter (self);
  if (device != NULL)
    tell_of_central (self, device);
}

static void
on_interface_changed (GDBusObjectManager *manager,
                      GDBusObject *object,
                      GDBusInterface *interface,
                      gpointer user_data)
{
  choose_adapter (user_data);
}

static void
on_object_removed (GDBusObjectManager *manager, GDBusObject *object, gpointer user_data)
{
  EnigmKeyRadio *self = user_data;

  if (enigm_bluez_object_peek_device1 (ENIGM_BLUEZ_OBJECT (object)) != NULL)
    g_signal_emit (self, signals[DISCONNECTED], 0, g_dbus_object_get_object_path (object));
  choose_adapter (self);
}

static void
on_properties_changed (GDBusObjectManagerClient *manager,
                       GDBusObjectProxy *object,
                       GDBusProxy *interface,
                       GVariant *changed,
                       const char *const *invalidated,
                       gpointer user_data)
{
  EnigmKeyRadio *self = user_data;
  gboolean connected;

  if (!ENIGM_BLUEZ_IS_DEVICE1 (interface) ||
      !g_variant_lookup (changed, "Connected", "b", &connected))
    return;
  if (connected)
    tell_of_central (self, ENIGM_BLUEZ_DEVICE1 (interface));
  else
    g_signal_emit (self, signals[DISCONNECTED], 0, g_dbus_proxy_get_object_path (interface));
}

static void
on_manager_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusObjectManager) manager =
    enigm_bluez_object_manager_client_new_finish (result, &error);
  EnigmKeyRadio *self = user_data;

  if (manager == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Bluetooth cannot be reached: %s", error->message);
      return;
    }

  self->manager = g_steal_pointer (&manager);
  g_signal_connect (self->manager, "object-added", G_CALLBACK (on_object_added), self);
  g_signal_connect (self->manager, "object-removed", G_CALLBACK (on_object_removed), self);
  g_signal_connect (self->manager, "interface-added", G_CALLBACK (on_interface_changed), self);
  g_signal_connect (self->manager, "interface-removed", G_CALLBACK (on_interface_changed), self);
  g_signal_connect (self->manager, "interface-proxy-properties-changed",
                    G_CALLBACK (on_properties_changed), self);
  choose_adapter (self);
}

/**
 * enigm_key_radio_new:
 * @connection: the system bus
 * @adapter: (nullable): the adapter's name, for example `hci1`, or %NULL for the first
 *
 * Returns: (transfer full): a radio with no window open
 */
EnigmKeyRadio *
enigm_key_radio_new (GDBusConnection *connection, const char *adapter)
{
  EnigmKeyRadio *self;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  self = g_object_new (ENIGM_TYPE_KEY_RADIO, NULL);
  self->connection = g_object_ref (connection);
  self->adapter = g_strdup (adapter);
  enigm_bluez_object_manager_client_new (
    connection, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START, "org.bluez", "/",
    self->cancellable, on_manager_made, self);

  return self;
}

/**
 * enigm_key_radio_open_window:
 * @self: the radio
 *
 * Switches the adapter on, now or as soon as there is one.
 */
void
enigm_key_radio_open_window (EnigmKeyRadio *self)
{
  g_return_if_fail (ENIGM_IS_KEY_RADIO (self));

  self->window = TRUE;
  switch_on (self);
  update (self);
}

/**
 * enigm_key_radio_close_window:
 * @self: the radio
 */
void
enigm_key_radio_close_window (EnigmKeyRadio *self)
{
  g_return_if_fail (ENIGM_IS_KEY_RADIO (self));

  self->window = FALSE;
  update (self);
}

/**
 * enigm_key_radio_get_connection:
 * @self: the radio
 *
 * Returns: (transfer none): the system bus
 */
GDBusConnection *
enigm_key_radio_get_connection (EnigmKeyRadio *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_RADIO (self), NULL);

  return self->connection;
}

/**
 * enigm_key_radio_get_owner:
 * @self: the radio
 *
 * Returns: (transfer full) (nullable): the unique name of bluetoothd, the only one who may call the
 *   key's attributes
 */
char *
enigm_key_radio_get_owner (EnigmKeyRadio *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_RADIO (self), NULL);

  return self->manager != NULL ? g_dbus_object_manager_client_get_name_owner (
                                   G_DBUS_OBJECT_MANAGER_CLIENT (self->manager))
                               : NULL;
}

/**
 * enigm_key_radio_get_gatt_manager:
 * @self: the radio
 *
 * Returns: (transfer none) (nullable): the adapter's, if there is an adapter
 */
EnigmBluezGattManager1 *
enigm_key_radio_get_gatt_manager (EnigmKeyRadio *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_RADIO (self), NULL);

  return self->object != NULL ? enigm_bluez_object_peek_gatt_manager1 (self->object) : NULL;
}

/**
 * enigm_key_radio_get_advertising_manager:
 * @self: the radio
 *
 * Returns: (transfer none) (nullable): the adapter's, if there is an adapter
 */
EnigmBluezLEAdvertisingManager1 *
enigm_key_radio_get_advertising_manager (EnigmKeyRadio *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_RADIO (self), NULL);

  return self->object != NULL ? enigm_bluez_object_peek_le_advertising_manager1 (self->object)
                              : NULL;
}

/**
 * enigm_key_radio_get_device:
 * @self: the radio
 * @path: the object path of a central
 *
 * Returns: (transfer full) (nullable): its proxy, if BlueZ still knows it
 */
EnigmBluezDevice1 *
enigm_key_radio_get_device (EnigmKeyRadio *self, const char *path)
{
  g_autoptr (GDBusInterface) interface = NULL;

  g_return_val_if_fail (ENIGM_IS_KEY_RADIO (self), NULL);

  if (self->manager == NULL)
    return NULL;
  interface = g_dbus_object_manager_get_interface (self->manager, path, "org.bluez.Device1");

  return interface != NULL ? ENIGM_BLUEZ_DEVICE1 (g_steal_pointer (&interface)) : NULL;
}
