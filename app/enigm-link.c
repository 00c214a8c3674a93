/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-link.h"

#include <glib/gi18n-lib.h>

#include "enigm-bluez.h"
#include "enigm-error.h"
#include "enigm-frame.h"
#include "protocol/enigm-attributes.h"

/* What every Bluetooth LE link carries, where bluetoothd does not say more. */
#define LEAST_MTU 23
/* BlueZ gives up on a connection after some 20 s of its own; services follow within a few. */
#define OPEN_TIMEOUT_SECONDS 40
#define CALL_TIMEOUT_MS 15000
/* How often a link is begun. On the air some end as they begin, or bluetoothd finds no attributes
 * on them; by then nothing has been sent that a key would count. */
#define MAX_TRIES 3

typedef enum
{
  LINK_DISCONNECTING,
  LINK_CONNECTING,
  LINK_RESOLVING,
  LINK_READING,
  LINK_SUBSCRIBING,
  LINK_OPEN,
  LINK_CLOSED,
} LinkState;

/**
 * EnigmLink:
 *
 * One connection to one key: the messages of PROTOCOL.md section 2, whole, in both directions. It
 * authenticates nothing; that is the business of what speaks over it.
 */
struct _EnigmLink
{
  GObject parent_instance;

  LinkState state;
  GDBusObjectManager *manager;
  EnigmBluezAdapter1 *adapter;
  EnigmBluezDevice1 *device;
  EnigmBluezGattCharacteristic1 *information;
  EnigmBluezGattCharacteristic1 *inbox;
  EnigmBluezGattCharacteristic1 *outbox;
  GTask *opening;
  GCancellable *calls; /* those of this try */
  guint n_tries;
  gboolean was_connected; /* in this try */
  GError *reason; /* why it did not open */
  guint timeout_id;
  GBytes *hello;
  EnigmFrameJoiner *joiner;
  GQueue frames;
  gboolean writing;
};

enum
{
  SIGNAL_MESSAGE,
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EnigmLink, enigm_link, G_TYPE_OBJECT)

static void advance_opening (EnigmLink *self);

static GError *
new_gone_error (void)
{
  return g_error_new_literal (
    ENIGM_ERROR, ENIGM_ERROR_KEY_GONE,
    _ ("The connection to the key was lost. Bring it close to this computer, "
       "hold its button until its light turns, and try again."));
}

/* A key talks to one computer at a time. It is off the air meanwhile and takes no connection; where
 * two came at the same moment, it does not permit the second to write. */
static GError *
new_busy_error (void)
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
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->manager, self);
  g_signal_handlers_disconnect_by_data (self->device, self);
  if (self->outbox != NULL)
    g_signal_handlers_disconnect_by_data (self->outbox, self);
  g_queue_clear_full (&self->frames, (GDestroyNotify) g_bytes_unref);
  g_cancellable_cancel (self->calls);
  self->state = LINK_CLOSED;
}

static void
on_unopened_device_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  EnigmLink *self = g_task_get_task_data (task);

  enigm_bluez_adapter1_call_remove_device_finish (ENIGM_BLUEZ_ADAPTER1 (object), result, NULL);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_error (task, g_steal_pointer (&self->reason));
}

/* A program may end as soon as it hears, and would take with it what was not yet asked of
 * bluetoothd.
 */
static void
refuse_to_open (EnigmLink *self, GTask *task, GError *reason)
{
  self->reason = reason;
  remove_device (self, on_unopened_device_removed, task);
}

static void
fail (EnigmLink *self, GError *error)
{
  g_autoptr (EnigmLink) guard = g_object_ref (self);
  g_autoptr (GError) reason = error;

  if (self->state == LINK_CLOSED)
    return;
  drop (self);
  if (self->opening != NULL)
    refuse_to_open (self, g_steal_pointer (&self->opening), g_steal_pointer (&reason));
  else
    g_signal_emit (self, signals[SIGNAL_CLOSED], 0, reason);
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
      fail (self, is_not_permitted (error) ? new_busy_error () : new_gone_error ());
      return;
    }
  write_next (self);
}

static void
write_next (EnigmLink *self)
{
  g_autoptr (GBytes) frame = NULL;
  GVariantBuilder options;

  if (self->writing || self->state != LINK_OPEN || g_queue_is_empty (&self->frames))
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

  if (self->state != LINK_OPEN)
    return;
  mtu = enigm_bluez_gatt_characteristic1_get_mtu (self->inbox);
  frames = enigm_frame_cut (message, MAX (mtu, LEAST_MTU));
  for (guint i = 0; i < frames->len; i++)
    g_queue_push_tail (&self->frames, g_bytes_ref (g_ptr_array_index (frames, i)));
  write_next (self);
}

/* Opening */

static EnigmBluezGattCharacteristic1 *
find_characteristic (EnigmLink *self, const char *uuid)
{
  g_autolist (GDBusObject) objects = g_dbus_object_manager_get_objects (self->manager);
  g_autofree char *prefix =
    g_strconcat (g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device)), "/", NULL);

  for (GList *l = objects; l != NULL; l = l->next)
    {
      g_autoptr (EnigmBluezGattCharacteristic1) characteristic = NULL;

      if (!g_str_has_prefix (g_dbus_object_get_object_path (l->data), prefix))
        continue;
      characteristic = enigm_bluez_object_get_gatt_characteristic1 (l->data);
      if (characteristic != NULL &&
          g_strcmp0 (enigm_bluez_gatt_characteristic1_get_uuid (characteristic), uuid) == 0)
        return g_steal_pointer (&characteristic);
    }
  return NULL;
}

static void
try_again (EnigmLink *self, GError *error)
{
  if (self->n_tries == MAX_TRIES)
    {
      fail (self, error);
      return;
    }
  g_debug ("Connecting to the key once more: %s", error->message);
  g_error_free (error);
  if (self->outbox != NULL)
    g_signal_handlers_disconnect_by_data (self->outbox, self);
  g_clear_object (&self->information);
  g_clear_object (&self->inbox);
  g_clear_object (&self->outbox);
  g_clear_pointer (&self->hello, g_bytes_unref);
  self->state = LINK_DISCONNECTING;
  advance_opening (self);
}

static void
on_call_finished (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmLink) self = user_data;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;
  const gboolean connecting = self->state == LINK_CONNECTING;

  if (self->opening == NULL)
    return;
  switch (self->state)
    {
    case LINK_DISCONNECTING:
      /* Where there was no connection left to end, that is as good. */
      enigm_bluez_device1_call_disconnect_finish (self->device, result, NULL);
      ok = TRUE;
      self->state = LINK_CONNECTING;
      break;
    case LINK_CONNECTING:
      ok = enigm_bluez_device1_call_connect_finish (self->device, result, &error);
      self->state = LINK_RESOLVING;
      break;
    case LINK_READING:
      ok = enigm_bluez_gatt_characteristic1_call_read_value_finish (self->information, &value,
                                                                    result, &error);
      if (ok)
        self->hello = g_variant_get_data_as_bytes (value);
      self->state = LINK_SUBSCRIBING;
      break;
    case LINK_SUBSCRIBING:
      ok = enigm_bluez_gatt_characteristic1_call_start_notify_finish (self->outbox, result, &error);
      self->state = LINK_OPEN;
      break;
    case LINK_RESOLVING:
    case LINK_OPEN:
    case LINK_CLOSED:
    default:
      g_assert_not_reached ();
    }
  if (!ok)
    {
      g_debug ("Connecting to the key: %s", error->message);
      if (connecting)
        fail (self, new_busy_error ());
      else
        try_again (self, new_gone_error ());
      return;
    }
  advance_opening (self);
}

static void
advance_opening (EnigmLink *self)
{
  GVariantBuilder options;

  switch (self->state)
    {
    case LINK_DISCONNECTING:
      g_set_object (&self->calls, NULL);
      enigm_bluez_device1_call_disconnect (self->device, NULL, on_call_finished,
                                           g_object_ref (self));
      break;
    case LINK_CONNECTING:
      self->n_tries++;
      self->was_connected = FALSE;
      self->calls = g_cancellable_new ();
      g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (self->device), OPEN_TIMEOUT_SECONDS * 1000);
      enigm_bluez_device1_call_connect (self->device, self->calls, on_call_finished,
                                        g_object_ref (self));
      break;
    case LINK_RESOLVING:
      /* It may have ended before bluetoothd's answer that there is one. */
      if (self->was_connected && !enigm_bluez_device1_get_connected (self->device))
        {
          try_again (self, new_gone_error ());
          return;
        }
      if (!enigm_bluez_device1_get_services_resolved (self->device))
        return;
      self->information = find_characteristic (self, ENIGM_KEY_INFORMATION_UUID);
      self->inbox = find_characteristic (self, ENIGM_KEY_INBOX_UUID);
      self->outbox = find_characteristic (self, ENIGM_KEY_OUTBOX_UUID);
      if (self->information == NULL || self->inbox == NULL || self->outbox == NULL)
        {
          /* BlueZ ends its search for services also where the link ends meanwhile. */
          try_again (self, enigm_bluez_device1_get_connected (self->device)
                             ? g_error_new_literal (
                                 ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                                 _ ("This does not answer like an Enigm Key. Nothing was sent "
                                    "to it. Choose another one from the list."))
                             : new_gone_error ());
          return;
        }
      self->state = LINK_READING;
      g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
      enigm_bluez_gatt_characteristic1_call_read_value (
        self->information, g_variant_builder_end (&options), self->calls, on_call_finished,
        g_object_ref (self));
      break;
    case LINK_SUBSCRIBING:
      g_signal_connect (self->outbox, "g-properties-changed",
                        G_CALLBACK (on_outbox_properties_changed), self);
      enigm_bluez_gatt_characteristic1_call_start_notify (self->outbox, self->calls,
                                                          on_call_finished, g_object_ref (self));
      break;
    case LINK_OPEN:
      if (!enigm_bluez_device1_get_connected (self->device))
        {
          try_again (self, new_gone_error ());
          return;
        }
      {
        g_autoptr (GTask) task = g_steal_pointer (&self->opening);

        g_clear_handle_id (&self->timeout_id, g_source_remove);
        g_task_return_pointer (task, g_object_ref (self), g_object_unref);
      }
      break;
    case LINK_READING:
    case LINK_CLOSED:
    default:
      g_assert_not_reached ();
    }
}

static void
on_services_resolved_notified (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  EnigmLink *self = user_data;

  if (self->state == LINK_RESOLVING)
    advance_opening (self);
}

static void
on_connected_notified (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  EnigmLink *self = user_data;

  if (enigm_bluez_device1_get_connected (self->device))
    {
      self->was_connected = TRUE;
      return;
    }
  switch (self->state)
    {
    case LINK_RESOLVING:
      try_again (self, new_gone_error ());
      break;
    case LINK_READING:
    case LINK_SUBSCRIBING:
      g_cancellable_cancel (self->calls); /* whose end is what goes on from here */
      break;
    case LINK_OPEN:
      fail (self, new_gone_error ());
      break;
    case LINK_DISCONNECTING:
    case LINK_CONNECTING:
    case LINK_CLOSED:
    default:
      break;
    }
}

static void
on_object_removed (GDBusObjectManager *manager, GDBusObject *object, gpointer user_data)
{
  EnigmLink *self = user_data;

  if (g_strcmp0 (g_dbus_object_get_object_path (object),
                 g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device))) == 0)
    fail (self, new_gone_error ());
}

static gboolean
on_cancelled_idle (gpointer user_data)
{
  EnigmLink *self = user_data;

  if (self->opening != NULL)
    fail (self, new_gone_error ());
  return G_SOURCE_REMOVE;
}

/* Some steps wait for bluetoothd to say something, with no call that a cancellable could end.
 *
 * Not from here: GDBus may be letting go of the same cancellable in its own thread, with a lock
 * held that the next call needs, and waits until this signal is through. */
static void
on_opening_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_cancelled_idle, g_object_ref (user_data), g_object_unref);
}

static gboolean
on_open_timed_out (gpointer user_data)
{
  EnigmLink *self = user_data;

  self->timeout_id = 0;
  fail (self, new_gone_error ());
  return G_SOURCE_REMOVE;
}

static void
enigm_link_dispose (GObject *object)
{
  EnigmLink *self = ENIGM_LINK (object);

  if (self->device != NULL && self->state != LINK_CLOSED)
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
  g_clear_object (&self->information);
  g_clear_object (&self->inbox);
  g_clear_object (&self->outbox);
  g_clear_object (&self->calls);
  g_clear_pointer (&self->hello, g_bytes_unref);
  g_clear_error (&self->reason);
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

/**
 * enigm_link_open_async:
 * @radio: the radio that heard @key
 * @key: the key to connect to
 *
 * Connects (BlueZ's Device1 `Connect`, then `ServicesResolved`), reads Information and subscribes
 * to the Outbox; where the link ends meanwhile, up to three times. Nothing is paired or bonded.
 */
void
enigm_link_open_async (EnigmRadio *radio,
                       EnigmNearbyKey *key,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (EnigmLink) self = NULL;
  g_autoptr (GTask) task = NULL;
  g_autoptr (GDBusObject) adapter = NULL;
  GDBusObjectManager *manager;
  EnigmBluezObject *object;

  g_return_if_fail (ENIGM_IS_RADIO (radio));
  g_return_if_fail (ENIGM_IS_NEARBY_KEY (key));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_link_open_async);
  manager = enigm_radio_get_manager (radio);
  object = ENIGM_BLUEZ_OBJECT (enigm_nearby_key_get_object (key));
  self = g_object_new (ENIGM_TYPE_LINK, NULL);
  self->device = enigm_bluez_object_get_device1 (object);
  if (self->device != NULL && manager != NULL)
    adapter =
      g_dbus_object_manager_get_object (manager, enigm_bluez_device1_get_adapter (self->device));
  if (adapter != NULL)
    self->adapter = enigm_bluez_object_get_adapter1 (ENIGM_BLUEZ_OBJECT (adapter));
  if (self->adapter == NULL)
    {
      g_clear_object (&self->device);
      g_task_return_error (task, new_gone_error ());
      return;
    }
  /* The task keeps the link while it opens; whoever finishes the task keeps it afterwards. */
  g_task_set_task_data (task, g_object_ref (self), g_object_unref);
  /* What was only heard so far is in the computer's Bluetooth list all the same. */
  if (g_cancellable_is_cancelled (cancellable))
    {
      self->state = LINK_CLOSED;
      refuse_to_open (self, g_steal_pointer (&task), new_gone_error ());
      return;
    }
  self->manager = g_object_ref (manager);
  g_signal_connect (self->device, "notify::services-resolved",
                    G_CALLBACK (on_services_resolved_notified), self);
  g_signal_connect (self->device, "notify::connected", G_CALLBACK (on_connected_notified), self);
  g_signal_connect (self->manager, "object-removed", G_CALLBACK (on_object_removed), self);
  self->timeout_id = g_timeout_add_seconds (OPEN_TIMEOUT_SECONDS, on_open_timed_out, self);

  self->opening = g_steal_pointer (&task);
  self->state = LINK_CONNECTING;
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_opening_cancelled), self, 0);
  advance_opening (self);
}

/**
 * enigm_link_open_finish:
 *
 * Returns: (transfer full) (nullable): an open link, or %NULL with @error set
 *   (%ENIGM_ERROR_KEY_BUSY, %ENIGM_ERROR_KEY_GONE, %ENIGM_ERROR_MALFORMED, %G_IO_ERROR_CANCELLED)
 */
EnigmLink *
enigm_link_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
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
  if (self->state != LINK_CLOSED)
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
