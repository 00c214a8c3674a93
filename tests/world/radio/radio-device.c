/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-device.h"

#include <stdlib.h>

#include "enigm-bluez.h"
#include "radio-adapter.h"
#include "radio-advertisement.h"
#include "radio-application.h"
#include "radio-characteristic.h"
#include "radio-link.h"

/* Below this change, in dB, a scan without a filter does not signal RSSI. */
#define RSSI_THRESHOLD 8

/* A service of the other end, as GattService1. */
typedef struct
{
  guint64 serial; /* of the RadioService it mirrors */
  char *uuid;
  char *path;
  GPtrArray *characteristics; /* of RadioCharacteristic, owned */
  RadioDevice *device;
} RadioRemoteService;

static void
remote_service_free (RadioRemoteService *self)
{
  g_ptr_array_unref (self->characteristics);
  radio_objects_unexport (self->device->adapter->radio->objects, self->path);
  g_free (self->path);
  g_free (self->uuid);
  g_free (self);
}

static RadioRemoteService *
remote_service_new (RadioDevice *device, RadioService *service)
{
  RadioRemoteService *self = g_new0 (RadioRemoteService, 1);
  g_autoptr (RadioInterface) interface =
    radio_interface_new (enigm_bluez_gatt_service1_interface_info (), NULL, NULL, self);

  self->device = device;
  self->path = g_strdup_printf ("%s/service%04x", device->path, service->handle);
  self->serial = service->serial;
  self->uuid = g_strdup (service->uuid);
  self->characteristics =
    g_ptr_array_new_with_free_func ((GDestroyNotify) radio_characteristic_free);
  radio_interface_set (interface, "Handle", g_variant_new_uint16 (service->handle));
  radio_interface_set (interface, "UUID", g_variant_new_string (service->uuid));
  radio_interface_set (interface, "Primary", g_variant_new_boolean (service->primary));
  radio_interface_set (interface, "Device", g_variant_new_object_path (device->path));
  radio_interface_set (interface, "Includes", g_variant_new ("ao", NULL));
  radio_objects_export (device->adapter->radio->objects, self->path, interface, NULL);

  for (guint i = 0; i < service->attributes->len; i++)
    g_ptr_array_add (
      self->characteristics,
      radio_characteristic_new (device, self->path, g_ptr_array_index (service->attributes, i)));
  return self;
}

static gboolean
on_temporary_expired (gpointer user_data)
{
  RadioDevice *self = user_data;

  self->temporary_id = 0;
  g_ptr_array_remove (self->adapter->devices, self);
  return G_SOURCE_REMOVE;
}

/* A device that nobody connected to is forgotten some time after it was last heard. */
static void
radio_device_restart_clock (RadioDevice *self)
{
  g_clear_handle_id (&self->temporary_id, g_source_remove);
  if (self->temporary && self->link == NULL)
    self->temporary_id =
      g_timeout_add (self->adapter->radio->temporary_timeout, on_temporary_expired, self);
}

static void
handle_connect (gpointer owner,
                const char *sender,
                GVariant *parameters,
                GDBusMethodInvocation *invocation)
{
  RadioDevice *self = owner;

  if (!radio_adapter_is_powered (self->adapter))
    radio_error_return (invocation, RADIO_ERROR_NOT_READY);
  else if (self->connecting != NULL)
    g_dbus_method_invocation_return_error_literal (invocation, RADIO_ERROR, RADIO_ERROR_IN_PROGRESS,
                                                   "In Progress");
  else if (self->link != NULL)
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    {
      self->connecting = invocation;
      radio_device_try_connecting (self);
    }
}

static void
handle_disconnect (gpointer owner,
                   const char *sender,
                   GVariant *parameters,
                   GDBusMethodInvocation *invocation)
{
  RadioDevice *self = owner;
  RadioLink *link = self->link;

  if (self->connecting != NULL)
    {
      radio_device_abort_connecting (self, "Cancelled");
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else if (link == NULL)
    {
      radio_error_return (invocation, RADIO_ERROR_NOT_CONNECTED);
    }
  else
    {
      radio_link_drop (link);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static gboolean
on_property_set (gpointer owner, const char *name, GVariant *value, GError **error)
{
  RadioDevice *self = owner;

  if (g_str_equal (name, "Alias") && g_variant_get_string (value, NULL)[0] == '\0')
    {
      const char *known = radio_interface_get_string (self->interface, "Name");

      value = g_variant_new_string (known != NULL ? known : self->address);
    }
  radio_interface_set (self->interface, name, value);
  if (g_str_equal (name, "Blocked") && g_variant_get_boolean (value) && self->link != NULL)
    radio_link_drop (self->link);
  return TRUE;
}

static const RadioMethod methods[] = {
  { "Connect", handle_connect },
  { "Disconnect", handle_disconnect },
  { NULL, NULL },
};

/**
 * radio_device_new:
 * @adapter: the adapter that knows it
 * @address: its address
 *
 * Returns: (transfer full): the device, not exported before the first of
 *   radio_device_heard() and radio_device_connected()
 */
RadioDevice *
radio_device_new (RadioAdapter *adapter, const char *address)
{
  RadioDevice *self = g_new0 (RadioDevice, 1);
  g_autofree char *underscored = g_strdelimit (g_strdup (address), ":", '_');
  g_autofree char *dashed = g_strdelimit (g_strdup (address), ":", '-');
  RadioInterface *interface;

  self->adapter = adapter;
  self->address = g_strdup (address);
  self->path = g_strdup_printf ("%s/dev_%s", adapter->path, underscored);
  self->services = g_ptr_array_new_with_free_func ((GDestroyNotify) remote_service_free);
  self->advertised = g_new0 (char *, 1);
  self->temporary = TRUE;

  interface =
    radio_interface_new (enigm_bluez_device1_interface_info (), methods, on_property_set, self);
  radio_interface_set (interface, "Address", g_variant_new_string (address));
  radio_interface_set (interface, "AddressType", g_variant_new_string ("random"));
  radio_interface_set (interface, "Alias", g_variant_new_string (dashed));
  radio_interface_set (interface, "Adapter", g_variant_new_object_path (adapter->path));
  radio_interface_set (interface, "UUIDs", g_variant_new_strv (NULL, 0));
  radio_interface_set (interface, "Paired", g_variant_new_boolean (FALSE));
  radio_interface_set (interface, "Bonded", g_variant_new_boolean (FALSE));
  radio_interface_set (interface, "Trusted", g_variant_new_boolean (FALSE));
  radio_interface_set (interface, "Blocked", g_variant_new_boolean (FALSE));
  radio_interface_set (interface, "LegacyPairing", g_variant_new_boolean (FALSE));
  radio_interface_set (interface, "Connected", g_variant_new_boolean (FALSE));
  radio_interface_set (interface, "ServicesResolved", g_variant_new_boolean (FALSE));
  self->interface = interface;
  return self;
}

static void
radio_device_export (RadioDevice *self)
{
  if (self->exported)
    return;
  self->exported = TRUE;
  radio_objects_export (self->adapter->radio->objects, self->path, self->interface, NULL);
}

/**
 * radio_device_free:
 * @self: a device without a link
 *
 * Takes it and its services off the bus.
 */
void
radio_device_free (RadioDevice *self)
{
  g_assert (self->link == NULL);

  radio_device_abort_connecting (self, "le-connection-abort-by-local");
  g_clear_handle_id (&self->temporary_id, g_source_remove);
  g_ptr_array_unref (self->services);
  radio_objects_unexport (self->adapter->radio->objects, self->path);
  g_object_unref (self->interface);
  g_strfreev (self->advertised);
  g_free (self->address);
  g_free (self->path);
  g_free (self);
}

const char *
radio_device_get_path (RadioDevice *self)
{
  return self->path;
}

/**
 * radio_device_get_link:
 * @self: a device
 *
 * Returns: (transfer none) (nullable): the link to it, while connected
 */
RadioLink *
radio_device_get_link (RadioDevice *self)
{
  return self->link;
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* What was advertised and what was found, once each. */
static void
radio_device_update_uuids (RadioDevice *self)
{
  g_autoptr (GHashTable) set = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree const char **uuids = NULL;
  guint n;

  for (gsize i = 0; self->advertised[i] != NULL; i++)
    g_hash_table_add (set, self->advertised[i]);
  for (guint i = 0; i < self->services->len; i++)
    g_hash_table_add (set, ((RadioRemoteService *) g_ptr_array_index (self->services, i))->uuid);
  uuids = (const char **) g_hash_table_get_keys_as_array (set, &n);
  qsort (uuids, n, sizeof *uuids, compare_strings);
  radio_interface_set (self->interface, "UUIDs", g_variant_new_strv (uuids, n));
}

static void
radio_device_set_name (RadioDevice *self, const char *name)
{
  const char *before = radio_interface_get_string (self->interface, "Name");
  const char *alias = radio_interface_get_string (self->interface, "Alias");
  g_autofree char *dashed = g_strdelimit (g_strdup (self->address), ":", '-');

  /* An alias that somebody chose stays. */
  if (g_strcmp0 (alias, before) == 0 || g_str_equal (alias, dashed))
    radio_interface_set (self->interface, "Alias", g_variant_new_string (name));
  radio_interface_set (self->interface, "Name", g_variant_new_string (name));
}

static void
radio_device_set_data (RadioDevice *self, const char *name, GVariant *data, gboolean always)
{
  if (g_variant_n_children (data) == 0)
    return;
  if (always)
    radio_interface_announce (self->interface, name, data);
  else
    radio_interface_set (self->interface, name, data);
}

/**
 * radio_device_heard:
 * @self: a device
 * @advertisement: what it sent
 * @rssi: dBm
 * @every_rssi: signal RSSI also if it hardly changed
 * @every_data: signal data also if it did not change
 *
 * Takes over what an advertisement says.
 */
void
radio_device_heard (RadioDevice *self,
                    RadioAdvertisement *advertisement,
                    gint16 rssi,
                    gboolean every_rssi,
                    gboolean every_data)
{
  GVariant *before = radio_interface_get (self->interface, "RSSI");

  if (advertisement->local_name != NULL)
    radio_device_set_name (self, advertisement->local_name);
  if (advertisement->service_uuids[0] != NULL)
    {
      g_strfreev (self->advertised);
      self->advertised = g_strdupv (advertisement->service_uuids);
      radio_device_update_uuids (self);
    }
  radio_device_set_data (self, "ManufacturerData", advertisement->manufacturer_data, every_data);
  radio_device_set_data (self, "ServiceData", advertisement->service_data, every_data);
  if (before == NULL || every_rssi || ABS (g_variant_get_int16 (before) - rssi) >= RSSI_THRESHOLD)
    radio_interface_announce (self->interface, "RSSI", g_variant_new_int16 (rssi));
  radio_device_restart_clock (self);
  radio_device_export (self);
}

/**
 * radio_device_unheard:
 * @self: a device
 *
 * Nobody scans any more: how strong it is, is not known.
 */
void
radio_device_unheard (RadioDevice *self)
{
  radio_interface_set (self->interface, "RSSI", NULL);
}

/* The wait for a Connect is over, one way or the other. */
static GDBusMethodInvocation *
take_connecting (RadioDevice *self)
{
  g_clear_handle_id (&self->connecting_id, g_source_remove);
  return g_steal_pointer (&self->connecting);
}

/**
 * radio_device_abort_connecting:
 * @self: a device
 * @why: message of the Failed that the caller of Connect gets, if one waits
 */
void
radio_device_abort_connecting (RadioDevice *self, const char *why)
{
  GDBusMethodInvocation *invocation = take_connecting (self);

  if (invocation != NULL)
    radio_error_return_failed (invocation, why);
}

static gboolean
on_connect_timeout (gpointer user_data)
{
  RadioDevice *self = user_data;

  self->connecting_id = 0;
  radio_device_abort_connecting (self, "le-connection-abort-by-local");
  return G_SOURCE_REMOVE;
}

/**
 * radio_device_try_connecting:
 * @self: a device
 *
 * If a Connect waits and the device can be heard, connects; else goes on waiting.
 */
void
radio_device_try_connecting (RadioDevice *self)
{
  RadioAdvertisement *advertisement;
  GDBusMethodInvocation *invocation;
  RadioLink *link;

  if (self->connecting == NULL)
    return;
  advertisement = radio_adapter_find_connectable (self->adapter, self->address);
  if (advertisement == NULL)
    {
      if (self->connecting_id == 0)
        self->connecting_id =
          g_timeout_add (self->adapter->radio->connect_timeout, on_connect_timeout, self);
      return;
    }
  invocation = take_connecting (self);
  self->temporary = FALSE;
  link = radio_link_open (self->adapter, advertisement->adapter,
                          g_dbus_method_invocation_get_sender (invocation));
  g_dbus_method_invocation_return_value (invocation, NULL);
  radio_link_resolve_soon (link);
}

/**
 * radio_device_connected:
 * @self: a device without a link
 * @link: the link to it; told back with radio_device_disconnected()
 */
void
radio_device_connected (RadioDevice *self, RadioLink *link)
{
  GDBusMethodInvocation *invocation = take_connecting (self);

  self->link = link;
  radio_device_restart_clock (self);
  radio_device_export (self);
  radio_interface_set (self->interface, "Connected", g_variant_new_boolean (TRUE));
  for (guint i = 0; i < self->services->len; i++)
    {
      RadioRemoteService *service = g_ptr_array_index (self->services, i);

      for (guint j = 0; j < service->characteristics->len; j++)
        radio_characteristic_connected (g_ptr_array_index (service->characteristics, j), link->mtu);
    }
  /* The other end was quicker. */
  if (invocation != NULL)
    g_dbus_method_invocation_return_value (invocation, NULL);
}

/**
 * radio_device_disconnected:
 * @self: a device
 *
 * The link is down. What was found of its services stays known, as with
 * bluetoothd's attribute cache.
 */
void
radio_device_disconnected (RadioDevice *self)
{
  self->link = NULL;
  for (guint i = 0; i < self->services->len; i++)
    {
      RadioRemoteService *service = g_ptr_array_index (self->services, i);

      for (guint j = 0; j < service->characteristics->len; j++)
        radio_characteristic_disconnected (g_ptr_array_index (service->characteristics, j));
    }
  radio_interface_set (self->interface, "ServicesResolved", g_variant_new_boolean (FALSE));
  radio_interface_set (self->interface, "Connected", g_variant_new_boolean (FALSE));
  radio_device_restart_clock (self);
}

static RadioService *
find_service (RadioAdapter *peer, guint64 serial)
{
  for (guint i = 0; i < peer->applications->len; i++)
    {
      RadioApplication *application = g_ptr_array_index (peer->applications, i);

      for (guint j = 0; j < application->services->len; j++)
        {
          RadioService *service = g_ptr_array_index (application->services, j);

          if (service->serial == serial)
            return service;
        }
    }
  return NULL;
}

static gboolean
has_service (RadioDevice *self, guint64 serial)
{
  for (guint i = 0; i < self->services->len; i++)
    if (((RadioRemoteService *) g_ptr_array_index (self->services, i))->serial == serial)
      return TRUE;
  return FALSE;
}

/**
 * radio_device_resolve:
 * @self: a connected device
 * @peer: (nullable): the adapter it is; %NULL if nothing is found there
 *
 * Makes what is on the bus equal to what the other end offers now.
 */
void
radio_device_resolve (RadioDevice *self, RadioAdapter *peer)
{
  for (guint i = self->services->len; i-- > 0;)
    {
      RadioRemoteService *service = g_ptr_array_index (self->services, i);

      if (peer == NULL || find_service (peer, service->serial) == NULL)
        g_ptr_array_remove_index (self->services, i);
    }
  for (guint i = 0; peer != NULL && i < peer->applications->len; i++)
    {
      RadioApplication *application = g_ptr_array_index (peer->applications, i);

      for (guint j = 0; j < application->services->len; j++)
        {
          RadioService *service = g_ptr_array_index (application->services, j);

          if (!has_service (self, service->serial))
            g_ptr_array_add (self->services, remote_service_new (self, service));
        }
    }
  if (peer != NULL)
    radio_device_set_name (self, radio_interface_get_string (peer->interface, "Alias"));
  radio_device_update_uuids (self);
  radio_interface_set (self->interface, "ServicesResolved", g_variant_new_boolean (TRUE));
}

/**
 * radio_device_hasten_resolved:
 * @self: a connected device
 *
 * Says that all is found, as bluetoothd does now and then a moment before it says what.
 */
void
radio_device_hasten_resolved (RadioDevice *self)
{
  radio_interface_set (self->interface, "ServicesResolved", g_variant_new_boolean (TRUE));
}

/**
 * radio_device_notified:
 * @self: a connected device
 * @handle: of a characteristic's declaration
 * @value: what it sent
 */
void
radio_device_notified (RadioDevice *self, guint16 handle, GBytes *value)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      RadioRemoteService *service = g_ptr_array_index (self->services, i);

      for (guint j = 0; j < service->characteristics->len; j++)
        {
          RadioCharacteristic *characteristic = g_ptr_array_index (service->characteristics, j);

          if (radio_characteristic_get_handle (characteristic) == handle)
            radio_characteristic_notified (characteristic, value);
        }
    }
}

/**
 * radio_device_forget_client:
 * @self: a device
 * @client: bus name that is gone
 *
 * Ends what that client wanted of it: subscriptions, and a Connect that waits.
 */
void
radio_device_forget_client (RadioDevice *self, const char *client)
{
  if (self->connecting != NULL &&
      g_str_equal (g_dbus_method_invocation_get_sender (self->connecting), client))
    radio_device_abort_connecting (self, "Cancelled");
  for (guint i = 0; i < self->services->len; i++)
    {
      RadioRemoteService *service = g_ptr_array_index (self->services, i);

      for (guint j = 0; j < service->characteristics->len; j++)
        radio_characteristic_forget_client (g_ptr_array_index (service->characteristics, j),
                                            client);
    }
}
