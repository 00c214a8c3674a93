/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-error.h"
#include "enigm-link-private.h"
#include "protocol/enigm-attributes.h"

/* For all tries: BlueZ gives up on a connection after some 20 s of its own; services follow within
 * a few. */
#define OPEN_TIMEOUT_SECONDS 40
/* bluetoothd may say that it has found all attributes a moment before it says which. */
#define FIND_TIMEOUT_SECONDS 3
/* How often a link is begun. On the air some end as they begin; by then nothing has been sent that
 * a key would count. */
#define MAX_TRIES 3

/* What is waited for. The first two come before a further try. */
typedef enum
{
  OPENING_DISCONNECTING,
  OPENING_ENDING,
  OPENING_CONNECTING,
  OPENING_RESOLVING,
  OPENING_READING,
  OPENING_SUBSCRIBING,
  OPENING_OPEN,
  OPENING_OVER,
} OpeningState;

/* One opening of a link, which its task keeps. */
typedef struct
{
  OpeningState state;
  GDBusObjectManager *manager;
  EnigmBluezAdapter1 *adapter;
  EnigmBluezDevice1 *device;
  EnigmBluezGattCharacteristic1 *information;
  EnigmBluezGattCharacteristic1 *inbox;
  EnigmBluezGattCharacteristic1 *outbox;
  GBytes *hello;
  guint n_tries;
  gboolean was_connected; /* in this try */
  GCancellable *calls;    /* those of this try */
  guint timeout_id;
  guint find_id;
  GError *error;
} Opening;

static void advance (GTask *task);

static void
forget_try (Opening *self)
{
  g_clear_handle_id (&self->find_id, g_source_remove);
  g_clear_object (&self->information);
  g_clear_object (&self->inbox);
  g_clear_object (&self->outbox);
  g_clear_pointer (&self->hello, g_bytes_unref);
  g_clear_object (&self->calls);
}

static void
opening_free (Opening *self)
{
  forget_try (self);
  g_clear_object (&self->manager);
  g_clear_object (&self->adapter);
  g_clear_object (&self->device);
  g_clear_error (&self->error);
  g_free (self);
}

static void
stop (GTask *task)
{
  Opening *self = g_task_get_task_data (task);

  self->state = OPENING_OVER;
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_handle_id (&self->find_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->manager, task);
  g_signal_handlers_disconnect_by_data (self->device, task);
  g_cancellable_cancel (self->calls);
}

static void
on_device_removed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *self = g_task_get_task_data (task);

  enigm_bluez_adapter1_call_remove_device_finish (ENIGM_BLUEZ_ADAPTER1 (object), result, NULL);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_error (task, g_steal_pointer (&self->error));
}

/* What was heard, or connected to, is in the computer's Bluetooth list: taken out of it before the
 * caller is told. A program may end as soon as it hears, and would take with it what was not yet
 * asked of bluetoothd. */
static void
fail (GTask *task, GError *error)
{
  Opening *self = g_task_get_task_data (task);

  stop (task);
  self->error = error;
  enigm_bluez_adapter1_call_remove_device (
    self->adapter, g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device)), NULL,
    on_device_removed, task);
}

static void
try_again (GTask *task)
{
  Opening *self = g_task_get_task_data (task);

  if (self->n_tries == MAX_TRIES)
    {
      fail (task, enigm_link_new_gone_error ());
      return;
    }
  self->state = OPENING_DISCONNECTING;
  advance (task);
}

static EnigmBluezGattCharacteristic1 *
find_characteristic (Opening *self, const char *uuid)
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

static gboolean
find_characteristics (Opening *self)
{
  g_autoptr (EnigmBluezGattCharacteristic1) information = NULL;
  g_autoptr (EnigmBluezGattCharacteristic1) inbox = NULL;
  g_autoptr (EnigmBluezGattCharacteristic1) outbox = NULL;

  information = find_characteristic (self, ENIGM_KEY_INFORMATION_UUID);
  inbox = find_characteristic (self, ENIGM_KEY_INBOX_UUID);
  outbox = find_characteristic (self, ENIGM_KEY_OUTBOX_UUID);
  g_set_object (&self->information, information);
  g_set_object (&self->inbox, inbox);
  g_set_object (&self->outbox, outbox);
  return self->information != NULL && self->inbox != NULL && self->outbox != NULL;
}

static gboolean
on_nothing_found (gpointer user_data)
{
  GTask *task = user_data;
  Opening *self = g_task_get_task_data (task);

  self->find_id = 0;
  fail (task, g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                                   _ ("This does not answer like an Enigm Key. Nothing was sent "
                                      "to it. Choose another one from the list.")));
  return G_SOURCE_REMOVE;
}

static void
on_call_finished (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *self = g_task_get_task_data (task);
  const gboolean connecting = self->state == OPENING_CONNECTING;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;

  switch (self->state)
    {
    case OPENING_DISCONNECTING:
      /* Where there was no connection left to end, that is as good. */
      enigm_bluez_device1_call_disconnect_finish (self->device, result, NULL);
      ok = TRUE;
      self->state = OPENING_ENDING;
      break;
    case OPENING_CONNECTING:
      ok = enigm_bluez_device1_call_connect_finish (self->device, result, &error);
      self->state = OPENING_RESOLVING;
      break;
    case OPENING_READING:
      ok = enigm_bluez_gatt_characteristic1_call_read_value_finish (self->information, &value,
                                                                    result, &error);
      if (ok)
        self->hello = g_variant_get_data_as_bytes (value);
      self->state = OPENING_SUBSCRIBING;
      break;
    case OPENING_SUBSCRIBING:
      ok = enigm_bluez_gatt_characteristic1_call_start_notify_finish (self->outbox, result, &error);
      self->state = OPENING_OPEN;
      break;
    case OPENING_OVER:
      return;
    case OPENING_ENDING:
    case OPENING_RESOLVING:
    case OPENING_OPEN:
    default:
      g_assert_not_reached ();
    }
  if (ok)
    advance (task);
  else
    {
      g_debug ("Connecting to the key: %s", error->message);
      /* bluetoothd says the same of a connection that ended before it had answered. */
      if (connecting && !self->was_connected)
        fail (task, enigm_link_new_busy_error ());
      else
        try_again (task);
    }
}

static void
advance (GTask *task)
{
  Opening *self = g_task_get_task_data (task);
  GVariantBuilder options;

  switch (self->state)
    {
    case OPENING_DISCONNECTING:
      forget_try (self);
      enigm_bluez_device1_call_disconnect (self->device, NULL, on_call_finished,
                                           g_object_ref (task));
      break;
    case OPENING_ENDING:
      /* bluetoothd takes a connection that is asked for sooner for the old one. */
      if (enigm_bluez_device1_get_connected (self->device))
        return;
      self->state = OPENING_CONNECTING;
      advance (task);
      break;
    case OPENING_CONNECTING:
      self->n_tries++;
      self->was_connected = enigm_bluez_device1_get_connected (self->device);
      self->calls = g_cancellable_new ();
      g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (self->device), OPEN_TIMEOUT_SECONDS * 1000);
      enigm_bluez_device1_call_connect (self->device, self->calls, on_call_finished,
                                        g_object_ref (task));
      break;
    case OPENING_RESOLVING:
      /* Also where bluetoothd's answer that there is a connection comes after its end. */
      if (self->was_connected && !enigm_bluez_device1_get_connected (self->device))
        try_again (task);
      else if (!enigm_bluez_device1_get_services_resolved (self->device))
        return;
      else if (find_characteristics (self))
        {
          g_clear_handle_id (&self->find_id, g_source_remove);
          self->state = OPENING_READING;
          advance (task);
        }
      else if (self->find_id == 0)
        self->find_id = g_timeout_add_seconds (FIND_TIMEOUT_SECONDS, on_nothing_found, task);
      break;
    case OPENING_READING:
      g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
      enigm_bluez_gatt_characteristic1_call_read_value (
        self->information, g_variant_builder_end (&options), self->calls, on_call_finished,
        g_object_ref (task));
      break;
    case OPENING_SUBSCRIBING:
      enigm_bluez_gatt_characteristic1_call_start_notify (self->outbox, self->calls,
                                                          on_call_finished, g_object_ref (task));
      break;
    case OPENING_OPEN:
      /* Cancelled a moment ago: the task would say so, and nobody would take the link. */
      if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
        {
          fail (task, enigm_link_new_gone_error ());
          return;
        }
      stop (task);
      g_task_return_pointer (task,
                             enigm_link_new (self->manager, self->adapter, self->device,
                                             self->inbox, self->outbox, self->hello),
                             g_object_unref);
      g_object_unref (task);
      break;
    case OPENING_OVER:
    default:
      g_assert_not_reached ();
    }
}

static void
on_services_resolved_notified (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  GTask *task = user_data;
  Opening *self = g_task_get_task_data (task);

  if (self->state == OPENING_RESOLVING)
    advance (task);
}

static void
on_connected_notified (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  GTask *task = user_data;
  Opening *self = g_task_get_task_data (task);

  if (enigm_bluez_device1_get_connected (self->device))
    {
      self->was_connected = TRUE;
      return;
    }
  switch (self->state)
    {
    case OPENING_ENDING:
      advance (task);
      break;
    case OPENING_RESOLVING:
      try_again (task);
      break;
    case OPENING_READING:
    case OPENING_SUBSCRIBING:
      g_cancellable_cancel (self->calls); /* what it was called for fails, and is tried again */
      break;
    case OPENING_DISCONNECTING:
    case OPENING_CONNECTING:
    case OPENING_OPEN:
    case OPENING_OVER:
    default:
      break;
    }
}

static void
on_object_added (GDBusObjectManager *manager, GDBusObject *object, gpointer user_data)
{
  GTask *task = user_data;
  Opening *self = g_task_get_task_data (task);

  if (self->state == OPENING_RESOLVING)
    advance (task);
}

static void
on_object_removed (GDBusObjectManager *manager, GDBusObject *object, gpointer user_data)
{
  GTask *task = user_data;
  Opening *self = g_task_get_task_data (task);

  if (g_strcmp0 (g_dbus_object_get_object_path (object),
                 g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device))) == 0)
    fail (task, enigm_link_new_gone_error ());
}

static gboolean
on_cancelled_idle (gpointer user_data)
{
  GTask *task = user_data;
  Opening *self = g_task_get_task_data (task);

  if (self->state != OPENING_OVER)
    fail (task, enigm_link_new_gone_error ());
  return G_SOURCE_REMOVE;
}

/* Some steps wait for bluetoothd to say something, with no call that a cancellable could end.
 *
 * Not from here: whoever cancels may be in the middle of something of their own. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_cancelled_idle, g_object_ref (user_data), g_object_unref);
}

static gboolean
on_timed_out (gpointer user_data)
{
  GTask *task = user_data;
  Opening *self = g_task_get_task_data (task);

  self->timeout_id = 0;
  fail (task, enigm_link_new_gone_error ());
  return G_SOURCE_REMOVE;
}

/* Returns whether bluetoothd still knows the key that was heard. */
static gboolean
find_device (Opening *self, EnigmRadio *radio, EnigmNearbyKey *key)
{
  GDBusObjectManager *manager = enigm_radio_get_manager (radio);
  EnigmBluezObject *object = ENIGM_BLUEZ_OBJECT (enigm_nearby_key_get_object (key));
  g_autoptr (GDBusObject) adapter = NULL;

  self->device = enigm_bluez_object_get_device1 (object);
  if (self->device != NULL && manager != NULL)
    adapter =
      g_dbus_object_manager_get_object (manager, enigm_bluez_device1_get_adapter (self->device));
  if (adapter != NULL)
    self->adapter = enigm_bluez_object_get_adapter1 (ENIGM_BLUEZ_OBJECT (adapter));
  g_set_object (&self->manager, manager);
  return self->adapter != NULL;
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
  Opening *self;
  GTask *task;

  g_return_if_fail (ENIGM_IS_RADIO (radio));
  g_return_if_fail (ENIGM_IS_NEARBY_KEY (key));

  self = g_new0 (Opening, 1);
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_link_open_async);
  g_task_set_task_data (task, self, (GDestroyNotify) opening_free);
  if (!find_device (self, radio, key))
    {
      g_task_return_error (task, enigm_link_new_gone_error ());
      g_object_unref (task);
      return;
    }
  if (g_cancellable_is_cancelled (cancellable))
    {
      fail (task, enigm_link_new_gone_error ());
      return;
    }
  g_signal_connect (self->device, "notify::services-resolved",
                    G_CALLBACK (on_services_resolved_notified), task);
  g_signal_connect (self->device, "notify::connected", G_CALLBACK (on_connected_notified), task);
  g_signal_connect (self->manager, "object-added", G_CALLBACK (on_object_added), task);
  g_signal_connect (self->manager, "object-removed", G_CALLBACK (on_object_removed), task);
  self->timeout_id = g_timeout_add_seconds (OPEN_TIMEOUT_SECONDS, on_timed_out, task);
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), task, 0);
  self->state = OPENING_CONNECTING;
  advance (task);
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
