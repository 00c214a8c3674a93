/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-error.h"
#include "enigm-frame.h"
#include "enigm-link-private.h"

/* What every Bluetooth LE link carries, where bluetoothd does not say more. */
#define LEAST_MTU 23
#define CALL_TIMEOUT_MS 15000

/**
 * EnigmLink:
 *
 * One connection to one key: the messages of PROTOCOL.md section 2, whole, in both directions. It
 * authenticates nothing; that is the business of what speaks over it.
 */
struct _EnigmLink
{
  GObject parent_instance;

  GDBusObjectManager *manager;
  EnigmBluezAdapter1 *adapter;
  EnigmBluezDevice1 *device;
  EnigmBluezGattCharacteristic1 *inbox;
  EnigmBluezGattCharacteristic1 *outbox;
  GBytes *hello;
  EnigmFrameJoiner *joiner;
  GQueue frames;
  gboolean writing;
  gboolean closed;
};

enum
{
  SIGNAL_MESSAGE,
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmLink, enigm_link, G_TYPE_OBJECT)

GError *
enigm_link_new_gone_error (void)
{
  return g_error_new_literal (
    ENIGM_ERROR, ENIGM_ERROR_KEY_GONE,
    _ ("The connection to the key was lost. Bring it close to this computer, "
       "hold its button until its light turns, and try again."));
}

/* A key talks to one computer at a time. It is off the air meanwhile and takes no connection; where
 * two came at the same moment, it does not permit the second to write. */
GError *
enigm_link_new_busy_error (void)
{
  return g_error_new_literal (
    ENIGM_ERROR, ENIGM_ERROR_KEY_BUSY,
    _ ("The key takes no connection. It may be talking to another computer, or be out of reach. "
       "Nothing was changed. Bring it close to this computer and try again in a moment."));
}

static gboolean
is_not_permitted (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  return g_strcmp0 (name, "org.bluez.Error.NotPermitted") == 0;
}

/* Takes the device out of bluetoothd, which also ends the connection: a key leaves no trace in the
 * Bluetooth list of a computer that others use. Without a cancellable, so that it always happens.
 */
static void
remove_device (EnigmLink *self, GAsyncReadyCallback callback, gpointer user_data)
{
  enigm_bluez_adapter1_call_remove_device (
    self->adapter, g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device)), NULL, callback,
    user_data);
}

static void
drop (EnigmLink *self)
{
  self->closed = TRUE;
  g_signal_handlers_disconnect_by_data (self->manager, self);
  g_signal_handlers_disconnect_by_data (self->device, self);
  g_signal_handlers_disconnect_by_data (self->outbox, self);
  g_queue_clear_full (&self->frames, (GDestroyNotify) g_bytes_unref);
}

static void
fail (EnigmLink *self, GError *error)
{
  g_autoptr (EnigmLink) guard = g_object_ref (self);
  g_autoptr (GError) reason = error;

  if (self->closed)
    return;
  drop (self);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, reason);
}

static void
on_connected_notified (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  EnigmLink *self = user_data;

  if (!enigm_bluez_device1_get_connected (self->device))
    fail (self, enigm_link_new_gone_error ());
}

static void
on_object_removed (GDBusObjectManager *manager, GDBusObject *object, gpointer user_data)
{
  EnigmLink *self = user_data;

  if (g_strcmp0 (g_dbus_object_get_object_path (object),
                 g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device))) == 0)
    fail (self, enigm_link_new_gone_error ());
}

/* Receiving */

static void
on_outbox_properties_changed (GDBusProxy *outbox,
                              GVariant *changed,
                              const char *const *invalidated,
                              gpointer user_data)
{
  EnigmLink *self = user_data;
  g_autoptr (GVariant) value = g_variant_lookup_value (changed, "Value", G_VARIANT_TYPE_BYTESTRING);
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *data;
  gsize size;

  if (value == NULL)
    return;
  data = g_variant_get_fixed_array (value, &size, 1);
  if (!enigm_frame_joiner_push (self->joiner, data, size, &message, &error))
    {
      g_debug ("A frame from the key: %s", error->message);
      fail (self,
            g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                                 _ ("The key sent something this app does not understand. "
                                    "Nothing was changed. Try again with the key close to this "
                                    "computer.")));
      return;
    }
  if (message != NULL)
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
}

/* Sending */

static void write_next (EnigmLink *self);

static void
on_frame_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmLink) self = user_data;
  g_autoptr (GError) error = NULL;

  self->writing = FALSE;
  if (!enigm_bluez_gatt_characteristic1_call_write_value_finish (
        ENIGM_BLUEZ_GATT_CHARACTERISTIC1 (object), result, &error))
    {
      g_debug ("Writing to the key: %s", error->message);
      fail (self,
            is_not_permitted (error) ? enigm_link_new_busy_error () : enigm_link_new_gone_error ());
      return;
    }
  write_next (self);
}

static void
write_next (EnigmLink *self)
{
  g_autoptr (GBytes) frame = NULL;
  GVariantBuilder options;

  if (self->writing || self->closed || g_queue_is_empty (&self->frames))
    return;
  frame = g_queue_pop_head (&self->frames);
  self->writing = TRUE;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "type", g_variant_new_string ("request"));
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (self->inbox), CALL_TIMEOUT_MS);
  enigm_bluez_gatt_characteristic1_call_write_value (
    self->inbox, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, frame, TRUE),
    g_variant_builder_end (&options), NULL, on_frame_written, g_object_ref (self));
}

/**
 * enigm_link_send:
 * @message: 1 to 4096 bytes
 *
 * Sends @message after those sent before, in frames that fit the link's MTU (BlueZ's
 * GattCharacteristic1 `MTU` and `WriteValue` with type `request`). If it cannot be sent,
 * #EnigmLink::closed says so.
 */
void
enigm_link_send (EnigmLink *self, GBytes *message)
{
  g_autoptr (GPtrArray) frames = NULL;
  guint mtu;

  g_return_if_fail (ENIGM_IS_LINK (self));
  g_return_if_fail (message != NULL);

  if (self->closed)
    return;
  mtu = enigm_bluez_gatt_characteristic1_get_mtu (self->inbox);
  frames = enigm_frame_cut (message, MAX (mtu, LEAST_MTU));
  for (guint i = 0; i < frames->len; i++)
    g_queue_push_tail (&self->frames, g_bytes_ref (g_ptr_array_index (frames, i)));
  write_next (self);
}

static void
enigm_link_dispose (GObject *object)
{
  EnigmLink *self = ENIGM_LINK (object);

  if (!self->closed)
    {
      drop (self);
      remove_device (self, NULL, NULL);
    }
  G_OBJECT_CLASS (enigm_link_parent_class)->dispose (object);
}

static void
enigm_link_finalize (GObject *object)
{
  EnigmLink *self = ENIGM_LINK (object);

  g_clear_object (&self->manager);
  g_clear_object (&self->adapter);
  g_clear_object (&self->device);
  g_clear_object (&self->inbox);
  g_clear_object (&self->outbox);
  g_clear_pointer (&self->hello, g_bytes_unref);
  g_clear_pointer (&self->joiner, enigm_frame_joiner_free);
  G_OBJECT_CLASS (enigm_link_parent_class)->finalize (object);
}

static void
enigm_link_class_init (EnigmLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = enigm_link_dispose;
  object_class->finalize = enigm_link_finalize;

  /**
   * EnigmLink::message:
   * @message: a #GBytes of 1 to 4096 bytes
   *
   * The key sent a message.
   */
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", ENIGM_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * EnigmLink::closed:
   * @error: why, %ENIGM_ERROR_KEY_BUSY, %ENIGM_ERROR_KEY_GONE or %ENIGM_ERROR_MALFORMED
   *
   * The connection ended without enigm_link_close_async().
   */
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", ENIGM_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
enigm_link_init (EnigmLink *self)
{
  g_queue_init (&self->frames);
  self->joiner = enigm_frame_joiner_new ();
}

/* An open link, whose Outbox is subscribed to. */
EnigmLink *
enigm_link_new (GDBusObjectManager *manager,
                EnigmBluezAdapter1 *adapter,
                EnigmBluezDevice1 *device,
                EnigmBluezGattCharacteristic1 *inbox,
                EnigmBluezGattCharacteristic1 *outbox,
                GBytes *hello)
{
  EnigmLink *self = g_object_new (ENIGM_TYPE_LINK, NULL);

  self->manager = g_object_ref (manager);
  self->adapter = g_object_ref (adapter);
  self->device = g_object_ref (device);
  self->inbox = g_object_ref (inbox);
  self->outbox = g_object_ref (outbox);
  self->hello = g_bytes_ref (hello);
  g_signal_connect (manager, "object-removed", G_CALLBACK (on_object_removed), self);
  g_signal_connect (device, "notify::connected", G_CALLBACK (on_connected_notified), self);
  g_signal_connect (outbox, "g-properties-changed", G_CALLBACK (on_outbox_properties_changed),
                    self);
  return self;
}

/**
 * enigm_link_get_hello:
 *
 * Returns: (transfer none): the value of Information as it was read, the *key hello*
 */
GBytes *
enigm_link_get_hello (EnigmLink *self)
{
  g_return_val_if_fail (ENIGM_IS_LINK (self), NULL);
  return self->hello;
}

static void
on_device_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  /* A key that went away by itself has nothing left to remove. */
  if (!enigm_bluez_adapter1_call_remove_device_finish (ENIGM_BLUEZ_ADAPTER1 (object), result,
                                                       &error))
    g_debug ("Forgetting the key in bluetoothd: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

/**
 * enigm_link_close_async:
 *
 * Ends the connection and takes the key out of bluetoothd (BlueZ's Adapter1 `RemoveDevice`). Cannot
 * be cancelled: it must happen.
 */
void
enigm_link_close_async (EnigmLink *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_LINK (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, enigm_link_close_async);
  if (!self->closed)
    drop (self);
  remove_device (self, on_device_removed, g_steal_pointer (&task));
}

/**
 * enigm_link_close_finish:
 *
 * Returns: %TRUE
 */
gboolean
enigm_link_close_finish (EnigmLink *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
