/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-descriptor.h"

#include "enigm-bluez.h"
#include "radio-adapter.h"
#include "radio-device.h"
#include "radio-error.h"
#include "radio-link.h"

/* Client Characteristic Configuration: Bluetooth Core, volume 3, part G, 3.3.3.3 */
#define CCCD_UUID "00002902-0000-1000-8000-00805f9b34fb"
#define READ_REQUEST 3
#define READ_RESPONSE 3

/* The descriptor that BlueZ gives a characteristic that notifies, as GattDescriptor1. */
struct _RadioDescriptor
{
  RadioDevice *device;
  guint16 handle; /* of the characteristic's declaration */
  char *path;
  RadioInterface *interface;
};

static void
handle_read (gpointer owner,
             const char *sender,
             GVariant *parameters,
             GDBusMethodInvocation *invocation)
{
  RadioDescriptor *self = owner;
  RadioLink *link = radio_device_get_link (self->device);
  Radio *radio = self->device->adapter->radio;
  guint8 value[2] = { 0, 0 };

  if (link == NULL)
    {
      radio_error_return_failed (invocation, "Not connected");
      return;
    }
  value[0] = (guint8) radio_link_get_subscription (link, self->device->adapter, self->handle);
  radio_count (radio, RADIO_COUNTER_READS, 1);
  radio_count (radio, RADIO_COUNTER_BYTES_TO_SERVER, READ_REQUEST);
  radio_count (radio, RADIO_COUNTER_BYTES_TO_CLIENT, READ_RESPONSE);
  g_dbus_method_invocation_return_value (
    invocation,
    g_variant_new ("(@ay)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, value, 2, 1)));
}

static void
handle_write (gpointer owner,
              const char *sender,
              GVariant *parameters,
              GDBusMethodInvocation *invocation)
{
  RadioDescriptor *self = owner;

  if (radio_device_get_link (self->device) == NULL)
    radio_error_return_failed (invocation, "Not connected");
  else /* StartNotify and StopNotify are the way. */
    radio_error_return_att (invocation, RADIO_ATT_WRITE_NOT_PERMITTED);
}

static const RadioMethod methods[] = {
  { "ReadValue", handle_read },
  { "WriteValue", handle_write },
  { NULL, NULL },
};

/**
 * radio_descriptor_new:
 * @device: the other end, as this end sees it
 * @characteristic_path: of the GattCharacteristic1 it is under
 * @handle: of that characteristic's declaration
 *
 * Exports the configuration descriptor, two handles after the declaration.
 *
 * Returns: (transfer full): the descriptor
 */
RadioDescriptor *
radio_descriptor_new (RadioDevice *device, const char *characteristic_path, guint16 handle)
{
  RadioDescriptor *self = g_new0 (RadioDescriptor, 1);

  self->device = device;
  self->handle = handle;
  self->path = g_strdup_printf ("%s/desc%04x", characteristic_path, handle + 2);
  self->interface =
    radio_interface_new (enigm_bluez_gatt_descriptor1_interface_info (), methods, NULL, self);
  radio_interface_set (self->interface, "Handle", g_variant_new_uint16 (handle + 2));
  radio_interface_set (self->interface, "UUID", g_variant_new_string (CCCD_UUID));
  radio_interface_set (self->interface, "Characteristic",
                       g_variant_new_object_path (characteristic_path));
  radio_objects_export (device->adapter->radio->objects, self->path, self->interface, NULL);
  return self;
}

/**
 * radio_descriptor_free:
 * @self: a descriptor
 *
 * Takes it off the bus.
 */
void
radio_descriptor_free (RadioDescriptor *self)
{
  radio_objects_unexport (self->device->adapter->radio->objects, self->path);
  g_object_unref (self->interface);
  g_free (self->path);
  g_free (self);
}
