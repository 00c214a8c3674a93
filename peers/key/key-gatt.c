/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-gatt.h"

#include "app/protocol/enigm-attributes.h"
#include "enigm-frame.h"

#define ROOT_PATH "/io/enigm/key"
#define SERVICE_PATH ROOT_PATH "/service"
#define INFORMATION_PATH SERVICE_PATH "/information"
#define INBOX_PATH SERVICE_PATH "/inbox"
#define OUTBOX_PATH SERVICE_PATH "/outbox"

/* bluetoothd may refuse a moment after it has come, as it does with advertisements. */
#define AGAIN_S 3

#define LEAST_MTU 23
/* Where both sides know Multiple Handle Value Notifications (Bluetooth Core, volume 3, part
 * F, 3.4.7.4) bluetoothd sends each in that form, whose length field takes two bytes of the value;
 * what does not fit then it cuts off. */
#define LENGTH_FIELD 2

#define CHARACTERISTIC_INTERFACE "org.bluez.GattCharacteristic1"

/**
 * EnigmKeyGatt:
 *
 * The key's service, as bluetoothd serves it to one central at a time: whole messages in
 * (#EnigmKeyGatt::message) and out (enigm_key_gatt_send()). A central counts from the moment it is
 * connected, whether or not it says anything, until its link is gone (#EnigmKeyGatt::left). Others
 * are cut off meanwhile, and what they write is refused.
 */
struct _EnigmKeyGatt
{
  GObject parent_instance;

  EnigmKeyRadio *radio;
  GDBusObjectManagerServer *application;
  EnigmBluezGattCharacteristic1 *outbox;
  GBytes *information;

  EnigmBluezGattManager1 *manager; /* where it is registered, or is being */
  gboolean wanted;
  gboolean calling;
  gboolean registered;
  guint again_id;

  char *central; /* object path */
  guint mtu;
  EnigmFrameJoiner *joiner;
};

enum
{
  SERVED,
  ARRIVED,
  MESSAGE,
  LEFT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmKeyGatt, enigm_key_gatt, G_TYPE_OBJECT)

static void
enigm_key_gatt_dispose (GObject *object)
{
  EnigmKeyGatt *self = ENIGM_KEY_GATT (object);

  g_clear_handle_id (&self->again_id, g_source_remove);
  if (self->radio != NULL)
    g_signal_handlers_disconnect_by_data (self->radio, self);
  if (self->application != NULL)
    g_dbus_object_manager_server_set_connection (self->application, NULL);
  g_clear_object (&self->application);
  g_clear_object (&self->outbox);
  g_clear_object (&self->manager);
  g_clear_object (&self->radio);
  g_clear_pointer (&self->information, g_bytes_unref);
  g_clear_pointer (&self->central, g_free);
  g_clear_pointer (&self->joiner, enigm_frame_joiner_free);

  G_OBJECT_CLASS (enigm_key_gatt_parent_class)->dispose (object);
}

static void
enigm_key_gatt_class_init (EnigmKeyGattClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_gatt_dispose;

  /**
   * EnigmKeyGatt::served:
   * @self: the service
   *
   * From now on whoever connects finds it.
   */
  signals[SERVED] = g_signal_new ("served", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  /**
   * EnigmKeyGatt::arrived:
   * @self: the service
   *
   * A central has connected, and has the key to itself.
   */
  signals[ARRIVED] = g_signal_new ("arrived", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);

  /**
   * EnigmKeyGatt::message:
   * @self: the service
   * @message: (nullable): a #GBytes, whole, or %NULL for a frame out of order
   */
  signals[MESSAGE] = g_signal_new ("message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);

  /**
   * EnigmKeyGatt::left:
   * @self: the service
   *
   * The central has gone, or was dropped.
   */
  signals[LEFT] = g_signal_new ("left", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static void
enigm_key_gatt_init (EnigmKeyGatt *self)
{
  self->joiner = enigm_frame_joiner_new ();
}

static void
forget_central (EnigmKeyGatt *self)
{
  if (self->central == NULL)
    return;
  g_clear_pointer (&self->central, g_free);
  enigm_frame_joiner_reset (self->joiner);
  g_signal_emit (self, signals[LEFT], 0);
}

static void
take_central (EnigmKeyGatt *self, const char *path)
{
  self->central = g_strdup (path);
  self->mtu = LEAST_MTU;
  g_signal_emit (self, signals[ARRIVED], 0);
}

/* Only bluetoothd has business here; on a system bus others could call, too. */
static gboolean
comes_from_bluez (EnigmKeyGatt *self, GDBusMethodInvocation *invocation)
{
  g_autofree char *owner = enigm_key_radio_get_owner (self->radio);

  if (g_strcmp0 (g_dbus_method_invocation_get_sender (invocation), owner) == 0)
    return TRUE;
  g_dbus_method_invocation_return_dbus_error (invocation, "org.bluez.Error.NotAuthorized",
                                              "Only bluetoothd may call this");

  return FALSE;
}

static GVariant *
variant_from_slice (GBytes *bytes, gsize offset)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data + offset, len - offset, 1);
}

static gboolean
on_information_read (EnigmBluezGattCharacteristic1 *characteristic,
                     GDBusMethodInvocation *invocation,
                     GVariant *options,
                     gpointer user_data)
{
  EnigmKeyGatt *self = user_data;
  guint16 offset = 0;

  if (!comes_from_bluez (self, invocation))
    return G_DBUS_METHOD_INVOCATION_HANDLED;

  g_variant_lookup (options, "offset", "q", &offset);
  if (self->information == NULL || offset > g_bytes_get_size (self->information))
    g_dbus_method_invocation_return_dbus_error (invocation, "org.bluez.Error.InvalidOffset",
                                                "There is nothing at this offset");
  else
    enigm_bluez_gatt_characteristic1_complete_read_value (
      characteristic, invocation, variant_from_slice (self->information, offset));

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_inbox_written (EnigmBluezGattCharacteristic1 *characteristic,
                  GDBusMethodInvocation *invocation,
                  GVariant *value,
                  GVariant *options,
                  gpointer user_data)
{
  g_autoptr (EnigmKeyGatt) self = g_object_ref (user_data);
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;
  const char *device = NULL;
  guint16 offset = 0, mtu = LEAST_MTU;
  gconstpointer data;
  gsize len;

  if (!comes_from_bluez (self, invocation))
    return G_DBUS_METHOD_INVOCATION_HANDLED;

  g_variant_lookup (options, "device", "&o", &device);
  g_variant_lookup (options, "offset", "q", &offset);
  g_variant_lookup (options, "mtu", "q", &mtu);
  if (device == NULL || offset != 0)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.bluez.Error.InvalidOffset",
                                                  "A frame is written whole");
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }
  if (self->central != NULL && !g_str_equal (self->central, device))
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.bluez.Error.NotPermitted",
                                                  "Busy with another computer");
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  /* One that was connected before the service was there. */
  if (self->central == NULL)
    take_central (self, device);
  if (self->central == NULL)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.bluez.Error.NotPermitted",
                                                  "The key is not to be spoken to now");
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }
  self->mtu = MAX (mtu, LEAST_MTU);
  enigm_bluez_gatt_characteristic1_complete_write_value (characteristic, invocation);

  data = g_variant_get_fixed_array (value, &len, 1);
  if (!enigm_frame_joiner_push (self->joiner, data, len, &message, &error))
    {
      g_debug ("A frame does not fit: %s", error->message);
      g_signal_emit (self, signals[MESSAGE], 0, NULL);
    }
  else if (message != NULL)
    g_signal_emit (self, signals[MESSAGE], 0, message);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_start_notify_called (EnigmBluezGattCharacteristic1 *characteristic,
                        GDBusMethodInvocation *invocation,
                        gpointer user_data)
{
  if (comes_from_bluez (user_data, invocation))
    enigm_bluez_gatt_characteristic1_complete_start_notify (characteristic, invocation);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_stop_notify_called (EnigmBluezGattCharacteristic1 *characteristic,
                       GDBusMethodInvocation *invocation,
                       gpointer user_data)
{
  EnigmKeyGatt *self = user_data;

  if (!comes_from_bluez (self, invocation))
    return G_DBUS_METHOD_INVOCATION_HANDLED;
  enigm_bluez_gatt_characteristic1_complete_stop_notify (characteristic, invocation);
  /* Nobody listens any more, so nobody is there to talk to. */
  if (self->central != NULL)
    enigm_key_gatt_drop (self);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_disconnect_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!enigm_bluez_device1_call_disconnect_finish (ENIGM_BLUEZ_DEVICE1 (source), result, &error))
    g_debug ("Disconnecting: %s", error->message);
}

static void
cut (EnigmKeyGatt *self, const char *path)
{
  g_autoptr (EnigmBluezDevice1) device = enigm_key_radio_get_device (self->radio, path);

  if (device != NULL)
    enigm_bluez_device1_call_disconnect (device, NULL, on_disconnect_called, NULL);
}

static void
on_central_connected (EnigmKeyRadio *radio, const char *path, gpointer user_data)
{
  EnigmKeyGatt *self = user_data;

  /* Until bluetoothd has withdrawn the service, somebody may still have found it. */
  if ((!self->wanted && !self->registered) || g_strcmp0 (path, self->central) == 0)
    return;
  if (self->central == NULL)
    take_central (self, path);
  else
    cut (self, path);
}

static void
on_central_disconnected (EnigmKeyRadio *radio, const char *path, gpointer user_data)
{
  EnigmKeyGatt *self = user_data;

  if (g_strcmp0 (path, self->central) == 0)
    forget_central (self);
}

static void
add_object (EnigmKeyGatt *self, const char *path, GDBusInterfaceSkeleton *interface)
{
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  g_dbus_object_skeleton_add_interface (object, interface);
  g_dbus_object_manager_server_export (self->application, object);
}

static EnigmBluezGattCharacteristic1 *
add_characteristic (EnigmKeyGatt *self, const char *path, const char *uuid, const char *flag)
{
  g_autoptr (EnigmBluezGattCharacteristic1) characteristic =
    enigm_bluez_gatt_characteristic1_skeleton_new ();
  const char *flags[] = { flag, NULL };

  enigm_bluez_gatt_characteristic1_set_uuid (characteristic, uuid);
  enigm_bluez_gatt_characteristic1_set_service (characteristic, SERVICE_PATH);
  enigm_bluez_gatt_characteristic1_set_flags (characteristic, flags);
  enigm_bluez_gatt_characteristic1_set_value (characteristic,
                                              g_variant_new_array (G_VARIANT_TYPE_BYTE, NULL, 0));
  add_object (self, path, G_DBUS_INTERFACE_SKELETON (characteristic));

  return g_steal_pointer (&characteristic);
}

/**
 * enigm_key_gatt_new:
 * @radio: the adapter
 *
 * Returns: (transfer full): the service, not served yet
 */
EnigmKeyGatt *
enigm_key_gatt_new (EnigmKeyRadio *radio)
{
  g_autoptr (EnigmBluezGattService1) service = enigm_bluez_gatt_service1_skeleton_new ();
  g_autoptr (EnigmBluezGattCharacteristic1) information = NULL;
  g_autoptr (EnigmBluezGattCharacteristic1) inbox = NULL;
  EnigmKeyGatt *self;

  g_return_val_if_fail (ENIGM_IS_KEY_RADIO (radio), NULL);

  self = g_object_new (ENIGM_TYPE_KEY_GATT, NULL);
  self->radio = g_object_ref (radio);
  g_signal_connect (radio, "connected", G_CALLBACK (on_central_connected), self);
  g_signal_connect (radio, "disconnected", G_CALLBACK (on_central_disconnected), self);

  self->application = g_dbus_object_manager_server_new (ROOT_PATH);
  enigm_bluez_gatt_service1_set_uuid (service, ENIGM_KEY_SERVICE_UUID);
  enigm_bluez_gatt_service1_set_primary (service, TRUE);
  add_object (self, SERVICE_PATH, G_DBUS_INTERFACE_SKELETON (service));

  information = add_characteristic (self, INFORMATION_PATH, ENIGM_KEY_INFORMATION_UUID, "read");
  g_signal_connect (information, "handle-read-value", G_CALLBACK (on_information_read), self);
  inbox = add_characteristic (self, INBOX_PATH, ENIGM_KEY_INBOX_UUID, "write");
  g_signal_connect (inbox, "handle-write-value", G_CALLBACK (on_inbox_written), self);
  self->outbox = add_characteristic (self, OUTBOX_PATH, ENIGM_KEY_OUTBOX_UUID, "notify");
  g_signal_connect (self->outbox, "handle-start-notify", G_CALLBACK (on_start_notify_called), self);
  g_signal_connect (self->outbox, "handle-stop-notify", G_CALLBACK (on_stop_notify_called), self);
  g_dbus_object_manager_server_set_connection (self->application,
                                               enigm_key_radio_get_connection (radio));

  return self;
}

static void converge (EnigmKeyGatt *self);

static gboolean
on_again_elapsed (gpointer user_data)
{
  EnigmKeyGatt *self = user_data;

  self->again_id = 0;
  converge (self);

  return G_SOURCE_REMOVE;
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmKeyGatt) self = user_data;
  g_autoptr (GError) error = NULL;

  self->calling = FALSE;
  self->registered = enigm_bluez_gatt_manager1_call_register_application_finish (
    ENIGM_BLUEZ_GATT_MANAGER1 (source), result, &error);
  if (!self->registered)
    g_message ("Bluetooth does not serve the key now: %s", error->message);
  if (self->registered && !self->wanted)
    converge (self);
  else if (!self->registered && self->wanted && self->again_id == 0)
    self->again_id = g_timeout_add_seconds (AGAIN_S, on_again_elapsed, self);
  if (enigm_key_gatt_is_served (self))
    g_signal_emit (self, signals[SERVED], 0);
}

static void
on_unregistered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmKeyGatt) self = user_data;

  /* If it failed, bluetoothd has dropped it already. */
  enigm_bluez_gatt_manager1_call_unregister_application_finish (ENIGM_BLUEZ_GATT_MANAGER1 (source),
                                                                result, NULL);
  self->calling = FALSE;
  self->registered = FALSE;
  converge (self);
}

static void
converge (EnigmKeyGatt *self)
{
  g_clear_handle_id (&self->again_id, g_source_remove);
  if (self->calling || self->wanted == self->registered)
    return;

  if (self->registered)
    {
      self->calling = TRUE;
      enigm_bluez_gatt_manager1_call_unregister_application (self->manager, ROOT_PATH, NULL,
                                                             on_unregistered, g_object_ref (self));
      return;
    }

  g_set_object (&self->manager, enigm_key_radio_get_gatt_manager (self->radio));
  if (self->manager == NULL)
    return;
  self->calling = TRUE;
  enigm_bluez_gatt_manager1_call_register_application (self->manager, ROOT_PATH,
                                                       g_variant_new ("a{sv}", NULL), NULL,
                                                       on_registered, g_object_ref (self));
}

/**
 * enigm_key_gatt_serve:
 * @self: the service
 *
 * Registers the service with bluetoothd.
 */
void
enigm_key_gatt_serve (EnigmKeyGatt *self)
{
  g_return_if_fail (ENIGM_IS_KEY_GATT (self));

  self->wanted = TRUE;
  converge (self);
}

/**
 * enigm_key_gatt_is_served:
 * @self: the service
 *
 * Returns: whether whoever connects finds it
 */
gboolean
enigm_key_gatt_is_served (EnigmKeyGatt *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_GATT (self), FALSE);

  return self->wanted && self->registered;
}

/**
 * enigm_key_gatt_withdraw:
 * @self: the service
 *
 * Drops the central, if there is one, and takes the service back.
 */
void
enigm_key_gatt_withdraw (EnigmKeyGatt *self)
{
  g_return_if_fail (ENIGM_IS_KEY_GATT (self));

  self->wanted = FALSE;
  enigm_key_gatt_drop (self);
  converge (self);
}

/**
 * enigm_key_gatt_set_information:
 * @self: the service
 * @information: the key hello
 */
void
enigm_key_gatt_set_information (EnigmKeyGatt *self, GBytes *information)
{
  g_return_if_fail (ENIGM_IS_KEY_GATT (self));
  g_return_if_fail (information != NULL);

  g_bytes_ref (information);
  g_clear_pointer (&self->information, g_bytes_unref);
  self->information = information;
}

/**
 * enigm_key_gatt_send:
 * @self: the service
 * @message: a message, 1 to 4096 bytes
 *
 * Notifies the central, frame by frame. Without a central it is lost.
 */
void
enigm_key_gatt_send (EnigmKeyGatt *self, GBytes *message)
{
  g_autofree char *owner = NULL;
  g_autoptr (GPtrArray) frames = NULL;

  g_return_if_fail (ENIGM_IS_KEY_GATT (self));
  g_return_if_fail (message != NULL);

  owner = enigm_key_radio_get_owner (self->radio);
  if (self->central == NULL || owner == NULL)
    return;

  frames = enigm_frame_cut (message, self->mtu - LENGTH_FIELD);
  for (guint i = 0; i < frames->len; i++)
    {
      GVariantBuilder changed;

      /* Not through the skeleton, which gathers changes and would swallow a frame. */
      g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&changed, "{sv}", "Value", variant_from_slice (frames->pdata[i], 0));
      g_dbus_connection_emit_signal (
        enigm_key_radio_get_connection (self->radio), owner, OUTBOX_PATH,
        "org.freedesktop.DBus.Properties", "PropertiesChanged",
        g_variant_new ("(sa{sv}as)", CHARACTERISTIC_INTERFACE, &changed, NULL), NULL);
    }
}

/**
 * enigm_key_gatt_drop:
 * @self: the service
 *
 * Cuts the central's link. What it may still write is refused or starts anew.
 */
void
enigm_key_gatt_drop (EnigmKeyGatt *self)
{
  g_return_if_fail (ENIGM_IS_KEY_GATT (self));

  if (self->central == NULL)
    return;
  cut (self, self->central);
  forget_central (self);
}
