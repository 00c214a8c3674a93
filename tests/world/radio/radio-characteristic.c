/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-characteristic.h"

#include "enigm-bluez.h"
#include "radio-adapter.h"
#include "radio-descriptor.h"
#include "radio-device.h"
#include "radio-link.h"

/* A characteristic of the other end of a link, as GattCharacteristic1. */
struct _RadioCharacteristic
{
  RadioDevice *device;
  guint16 handle;
  RadioFlags flags;
  char *path;
  RadioInterface *interface;
  RadioDescriptor *configuration; /* nullable */
  struct _Operation *reading;
  struct _Operation *writing;
  struct _Operation *subscribing;
  GPtrArray *listeners; /* bus names that called StartNotify, owned */
};

/* A D-Bus call that takes one ATT request or more. It outlives the characteristic. */
typedef struct _Operation
{
  RadioCharacteristic *characteristic; /* NULL once that is gone */
  RadioLink *link;
  GPtrArray *invocations; /* of GDBusMethodInvocation, not owned: answering frees them */
  guint16 handle;
  gsize begin; /* offset the caller named */
  gsize done;  /* bytes prepared since */
  gboolean begun;
  GBytes *value; /* to be written */
  GByteArray *got;
} Operation;

static void write_next (Operation *operation);

static Operation *
operation_new (RadioCharacteristic *self, GDBusMethodInvocation *invocation)
{
  Operation *operation = g_new0 (Operation, 1);

  operation->characteristic = self;
  operation->link = radio_link_ref (radio_device_get_link (self->device));
  operation->invocations = g_ptr_array_new ();
  operation->handle = self->handle;
  operation->got = g_byte_array_new ();
  g_ptr_array_add (operation->invocations, invocation);
  return operation;
}

/* Answers every caller and is over. @reply is floating or NULL. */
static void
operation_finish (Operation *operation, RadioAtt code, GVariant *reply)
{
  RadioCharacteristic *self = operation->characteristic;
  g_autoptr (GVariant) sunk = reply != NULL ? g_variant_ref_sink (reply) : NULL;

  if (self != NULL && self->reading == operation)
    self->reading = NULL;
  if (self != NULL && self->writing == operation)
    self->writing = NULL;
  if (self != NULL && self->subscribing == operation)
    self->subscribing = NULL;
  for (guint i = 0; i < operation->invocations->len; i++)
    {
      GDBusMethodInvocation *invocation = g_ptr_array_index (operation->invocations, i);

      if (code != RADIO_ATT_OK)
        radio_error_return_att (invocation, code);
      else
        g_dbus_method_invocation_return_value (invocation, sunk);
    }
  g_ptr_array_unref (operation->invocations);
  g_clear_pointer (&operation->value, g_bytes_unref);
  g_byte_array_unref (operation->got);
  radio_link_unref (operation->link);
  g_free (operation);
}

static GVariant *
new_bytes (gconstpointer data, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, length, 1);
}

static void
on_read (RadioAtt code, GBytes *value, gpointer user_data)
{
  Operation *operation = user_data;
  gsize length, end;

  if (code != RADIO_ATT_OK)
    {
      operation_finish (operation, code, NULL);
      return;
    }
  length = g_bytes_get_size (value);
  g_byte_array_append (operation->got, g_bytes_get_data (value, NULL), (guint) length);
  end = operation->begin + operation->got->len;

  /* A full response may not be all of the value. */
  if (length == operation->link->mtu - 1 && end < RADIO_VALUE_MAX)
    {
      if (operation->characteristic == NULL)
        operation_finish (operation, RADIO_ATT_LOST, NULL);
      else
        radio_link_request (operation->link, operation->characteristic->device->adapter,
                            RADIO_REQUEST_READ, operation->handle, (guint16) end, NULL, on_read,
                            operation);
      return;
    }
  if (end > RADIO_VALUE_MAX)
    g_byte_array_set_size (operation->got,
                           RADIO_VALUE_MAX - (guint) MIN (operation->begin, RADIO_VALUE_MAX));
  /* bluetoothd signals what it read, too. */
  if (operation->characteristic != NULL && operation->begin == 0)
    radio_interface_announce (operation->characteristic->interface, "Value",
                              new_bytes (operation->got->data, operation->got->len));
  operation_finish (operation, RADIO_ATT_OK,
                    g_variant_new ("(@ay)", new_bytes (operation->got->data, operation->got->len)));
}

static gboolean
parse_options (GVariant *options, guint16 *offset, const char **type)
{
  const char *const types[] = { "command", "request", "reliable", NULL };
  g_autoptr (GVariant) offset_value = g_variant_lookup_value (options, "offset", NULL);
  g_autoptr (GVariant) type_value = g_variant_lookup_value (options, "type", NULL);

  *offset = 0;
  *type = NULL;
  if (offset_value != NULL)
    {
      if (!g_variant_is_of_type (offset_value, G_VARIANT_TYPE_UINT16))
        return FALSE;
      *offset = g_variant_get_uint16 (offset_value);
    }
  if (type_value != NULL)
    {
      if (!g_variant_is_of_type (type_value, G_VARIANT_TYPE_STRING))
        return FALSE;
      for (gsize i = 0; types[i] != NULL && *type == NULL; i++)
        if (g_str_equal (types[i], g_variant_get_string (type_value, NULL)))
          *type = types[i];
      return *type != NULL;
    }
  return TRUE;
}

static void
handle_read (gpointer owner,
             const char *sender,
             GVariant *parameters,
             GDBusMethodInvocation *invocation)
{
  RadioCharacteristic *self = owner;
  RadioLink *link = radio_device_get_link (self->device);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  const char *type;
  guint16 offset;

  if (!parse_options (options, &offset, &type))
    {
      radio_error_return (invocation, RADIO_ERROR_INVALID_ARGUMENTS);
      return;
    }
  if (link == NULL)
    {
      radio_error_return_failed (invocation, "Not connected");
      return;
    }
  if (self->reading != NULL)
    {
      if (self->reading->begin == offset)
        g_ptr_array_add (self->reading->invocations, invocation);
      else
        radio_error_return (invocation, RADIO_ERROR_IN_PROGRESS);
      return;
    }
  self->reading = operation_new (self, invocation);
  self->reading->begin = offset;
  radio_link_request (link, self->device->adapter, RADIO_REQUEST_READ, self->handle, offset, NULL,
                      on_read, self->reading);
}

static void
on_written (RadioAtt code, GBytes *value, gpointer user_data)
{
  operation_finish (user_data, code, NULL);
}

static void
on_prepared (RadioAtt code, GBytes *value, gpointer user_data)
{
  Operation *operation = user_data;

  if (code != RADIO_ATT_OK)
    operation_finish (operation, code, NULL);
  else if (operation->characteristic == NULL)
    operation_finish (operation, RADIO_ATT_LOST, NULL);
  else
    write_next (operation);
}

/* A value longer than a request goes out in pieces: Bluetooth Core, volume 3,
 * part G, 4.9.4. */
static void
write_next (Operation *operation)
{
  RadioAdapter *adapter = operation->characteristic->device->adapter;
  gsize left = g_bytes_get_size (operation->value) - operation->done;
  gsize piece = MIN (left, operation->link->mtu - 5);
  g_autoptr (GBytes) bytes = NULL;
  gsize offset = operation->begin + operation->done;

  if (operation->begun && left == 0)
    {
      radio_link_request (operation->link, adapter, RADIO_REQUEST_EXECUTE, operation->handle, 0,
                          NULL, on_written, operation);
      return;
    }
  bytes = g_bytes_new_from_bytes (operation->value, operation->done, piece);
  operation->done += piece;
  operation->begun = TRUE;
  radio_link_request (operation->link, adapter, RADIO_REQUEST_PREPARE, operation->handle,
                      (guint16) MIN (offset, G_MAXUINT16), bytes, on_prepared, operation);
}

/* Which procedure BlueZ chooses: the one named, else by what the server offers. */
static void
handle_write (gpointer owner,
              const char *sender,
              GVariant *parameters,
              GDBusMethodInvocation *invocation)
{
  RadioCharacteristic *self = owner;
  RadioLink *link = radio_device_get_link (self->device);
  g_autoptr (GVariant) data = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (GBytes) value = g_variant_get_data_as_bytes (data);
  gsize length = g_bytes_get_size (value);
  const char *type;
  guint16 offset;

  if (!parse_options (options, &offset, &type))
    {
      radio_error_return (invocation, RADIO_ERROR_INVALID_ARGUMENTS);
      return;
    }
  if (link == NULL)
    {
      radio_error_return_failed (invocation, "Not connected");
      return;
    }
  if (self->writing != NULL)
    {
      radio_error_return (invocation, RADIO_ERROR_IN_PROGRESS);
      return;
    }
  if (type == NULL && self->flags & RADIO_FLAG_RELIABLE_WRITE)
    type = "reliable";
  else if (type == NULL && self->flags & RADIO_FLAG_WRITE)
    type = "request";
  else if (type == NULL && self->flags & RADIO_FLAG_WRITE_COMMAND)
    type = "command";
  else if (type == NULL)
    {
      radio_error_return (invocation, RADIO_ERROR_NOT_SUPPORTED);
      return;
    }

  if (g_str_equal (type, "command"))
    {
      if (offset != 0)
        radio_error_return (invocation, RADIO_ERROR_NOT_SUPPORTED);
      else if (!radio_link_command (link, self->device->adapter, self->handle, value))
        radio_error_return_failed (invocation, "Failed to initiate write");
      else
        g_dbus_method_invocation_return_value (invocation, NULL);
      return;
    }

  self->writing = operation_new (self, invocation);
  self->writing->value = g_bytes_ref (value);
  self->writing->begin = offset;
  if (g_str_equal (type, "request") && offset == 0 && length <= link->mtu - 3)
    radio_link_request (link, self->device->adapter, RADIO_REQUEST_WRITE, self->handle, 0, value,
                        on_written, self->writing);
  else
    write_next (self->writing);
}

static void
on_subscribed (RadioAtt code, GBytes *value, gpointer user_data)
{
  Operation *operation = user_data;
  RadioCharacteristic *self = operation->characteristic;
  GDBusMethodInvocation *invocation = g_ptr_array_index (operation->invocations, 0);

  if (code == RADIO_ATT_OK && self != NULL)
    {
      g_ptr_array_add (self->listeners,
                       g_strdup (g_dbus_method_invocation_get_sender (invocation)));
      radio_interface_set (self->interface, "Notifying", g_variant_new_boolean (TRUE));
    }
  operation_finish (operation, code, NULL);
}

static void
on_unsubscribed (RadioAtt code, GBytes *value, gpointer user_data)
{
}

static gboolean
is_listening (RadioCharacteristic *self, const char *client, guint *index)
{
  return g_ptr_array_find_with_equal_func (self->listeners, client, g_str_equal, index);
}

static void
handle_start_notify (gpointer owner,
                     const char *sender,
                     GVariant *parameters,
                     GDBusMethodInvocation *invocation)
{
  RadioCharacteristic *self = owner;
  RadioLink *link = radio_device_get_link (self->device);

  if (link == NULL)
    radio_error_return_failed (invocation, "Not connected");
  else if (!(self->flags & (RADIO_FLAG_NOTIFY | RADIO_FLAG_INDICATE)))
    radio_error_return (invocation, RADIO_ERROR_NOT_SUPPORTED);
  else if (is_listening (self, sender, NULL))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else if (self->subscribing != NULL)
    radio_error_return (invocation, RADIO_ERROR_IN_PROGRESS);
  else if (self->listeners->len > 0)
    {
      g_ptr_array_add (self->listeners, g_strdup (sender));
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else
    {
      self->subscribing = operation_new (self, invocation);
      radio_link_request (link, self->device->adapter, RADIO_REQUEST_CCCD, self->handle, 1, NULL,
                          on_subscribed, self->subscribing);
    }
}

static void
stop_listening (RadioCharacteristic *self, guint index)
{
  RadioLink *link = radio_device_get_link (self->device);

  g_ptr_array_remove_index (self->listeners, index);
  if (self->listeners->len > 0)
    return;
  radio_interface_set (self->interface, "Notifying", g_variant_new_boolean (FALSE));
  if (link != NULL)
    radio_link_request (link, self->device->adapter, RADIO_REQUEST_CCCD, self->handle, 0, NULL,
                        on_unsubscribed, NULL);
}

static void
handle_stop_notify (gpointer owner,
                    const char *sender,
                    GVariant *parameters,
                    GDBusMethodInvocation *invocation)
{
  RadioCharacteristic *self = owner;
  guint index;

  if (!is_listening (self, sender, &index))
    {
      radio_error_return_failed (invocation, "No notify session started");
      return;
    }
  stop_listening (self, index);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static const RadioMethod methods[] = {
  { "ReadValue", handle_read },
  { "WriteValue", handle_write },
  { "StartNotify", handle_start_notify },
  { "StopNotify", handle_stop_notify },
  { NULL, NULL },
};

/**
 * radio_characteristic_new:
 * @device: the other end, as this end sees it
 * @service_path: of the GattService1 it is under
 * @attribute: what the other end offers
 *
 * Exports GattCharacteristic1 for it.
 *
 * Returns: (transfer full): the characteristic
 */
RadioCharacteristic *
radio_characteristic_new (RadioDevice *device, const char *service_path, RadioAttribute *attribute)
{
  RadioCharacteristic *self = g_new0 (RadioCharacteristic, 1);

  self->device = device;
  self->path = g_strdup_printf ("%s/char%04x", service_path, attribute->handle);
  self->handle = attribute->handle;
  self->flags = attribute->flags;
  self->listeners = g_ptr_array_new_with_free_func (g_free);
  self->interface =
    radio_interface_new (enigm_bluez_gatt_characteristic1_interface_info (), methods, NULL, self);
  radio_interface_set (self->interface, "Handle", g_variant_new_uint16 (attribute->handle));
  radio_interface_set (self->interface, "UUID", g_variant_new_string (attribute->uuid));
  radio_interface_set (self->interface, "Service", g_variant_new_object_path (service_path));
  radio_interface_set (self->interface, "Flags", radio_flags_to_variant (attribute->flags));
  if (self->flags & (RADIO_FLAG_NOTIFY | RADIO_FLAG_INDICATE))
    radio_interface_set (self->interface, "Notifying", g_variant_new_boolean (FALSE));
  if (radio_device_get_link (device) != NULL)
    radio_characteristic_connected (self, radio_device_get_link (device)->mtu);

  radio_objects_export (device->adapter->radio->objects, self->path, self->interface, NULL);
  if (self->flags & (RADIO_FLAG_NOTIFY | RADIO_FLAG_INDICATE))
    self->configuration = radio_descriptor_new (device, self->path, self->handle);
  return self;
}

/**
 * radio_characteristic_free:
 * @self: a characteristic
 *
 * Takes it off the bus; calls under way fail when their answer comes.
 */
void
radio_characteristic_free (RadioCharacteristic *self)
{
  if (self->reading != NULL)
    self->reading->characteristic = NULL;
  if (self->writing != NULL)
    self->writing->characteristic = NULL;
  if (self->subscribing != NULL)
    self->subscribing->characteristic = NULL;
  g_clear_pointer (&self->configuration, radio_descriptor_free);
  radio_objects_unexport (self->device->adapter->radio->objects, self->path);
  g_ptr_array_unref (self->listeners);
  g_free (self->path);
  g_object_unref (self->interface);
  g_free (self);
}

guint16
radio_characteristic_get_handle (RadioCharacteristic *self)
{
  return self->handle;
}

/**
 * radio_characteristic_connected:
 * @self: a characteristic
 * @mtu: of the link, bytes
 */
void
radio_characteristic_connected (RadioCharacteristic *self, guint mtu)
{
  radio_interface_set (self->interface, "MTU", g_variant_new_uint16 ((guint16) mtu));
}

/**
 * radio_characteristic_disconnected:
 * @self: a characteristic
 *
 * The link is down; who listened has to start again.
 */
void
radio_characteristic_disconnected (RadioCharacteristic *self)
{
  radio_interface_set (self->interface, "MTU", NULL);
  g_ptr_array_set_size (self->listeners, 0);
  if (radio_interface_get (self->interface, "Notifying") != NULL)
    radio_interface_set (self->interface, "Notifying", g_variant_new_boolean (FALSE));
}

/**
 * radio_characteristic_notified:
 * @self: a characteristic
 * @value: what the other end sent
 */
void
radio_characteristic_notified (RadioCharacteristic *self, GBytes *value)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (value, &length);

  radio_interface_announce (self->interface, "Value", new_bytes (data, length));
}

/**
 * radio_characteristic_forget_client:
 * @self: a characteristic
 * @client: bus name that is gone
 */
void
radio_characteristic_forget_client (RadioCharacteristic *self, const char *client)
{
  guint index;

  if (is_listening (self, client, &index))
    stop_listening (self, index);
}
