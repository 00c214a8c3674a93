/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-adapter.h"

#include "enigm-bluez.h"
#include "radio-advertisement.h"
#include "radio-application.h"
#include "radio-device.h"
#include "radio-discovery.h"
#include "radio-link.h"

/* How often an advertisement is heard. Real ones come tens of times a second. */
#define LISTEN_INTERVAL_MS 1000

/* How far a reading strays, dB. */
#define RSSI_WOBBLE 4

static gboolean on_listen (gpointer user_data);

/**
 * radio_adapter_new_address:
 *
 * Returns: (transfer full): a static random address: Bluetooth Core, volume 6, part B, 1.3.2.1
 */
char *
radio_adapter_new_address (void)
{
  guint32 high = g_random_int () & 0xffff;
  guint32 low = g_random_int ();

  return g_strdup_printf ("%02X:%02X:%02X:%02X:%02X:%02X", 0xc0 | (high >> 8 & 0x3f), high & 0xff,
                          low >> 24, low >> 16 & 0xff, low >> 8 & 0xff, low & 0xff);
}

static RadioDevice *
find_device (RadioAdapter *self, const char *address)
{
  for (guint i = 0; i < self->devices->len; i++)
    {
      RadioDevice *device = g_ptr_array_index (self->devices, i);

      if (g_str_equal (device->address, address))
        return device;
    }
  return NULL;
}

static RadioDiscovery *
find_discovery (RadioAdapter *self, const char *client)
{
  for (guint i = 0; i < self->discoveries->len; i++)
    {
      RadioDiscovery *discovery = g_ptr_array_index (self->discoveries, i);

      if (g_str_equal (discovery->client, client))
        return discovery;
    }
  return NULL;
}

static RadioDiscovery *
ensure_discovery (RadioAdapter *self, const char *client)
{
  RadioDiscovery *discovery = find_discovery (self, client);

  if (discovery == NULL)
    {
      discovery = radio_discovery_new (client);
      g_ptr_array_add (self->discoveries, discovery);
    }
  return discovery;
}

static gboolean
is_scanning (RadioAdapter *self)
{
  for (guint i = 0; i < self->discoveries->len; i++)
    if (((RadioDiscovery *) g_ptr_array_index (self->discoveries, i))->started)
      return TRUE;
  return FALSE;
}

/* Scans exactly while somebody wants it. */
static void
radio_adapter_update_scan (RadioAdapter *self)
{
  gboolean scanning = is_scanning (self);

  if (scanning && self->listen_id == 0)
    {
      self->listen_id = g_timeout_add (LISTEN_INTERVAL_MS, on_listen, self);
    }
  else if (!scanning && self->listen_id != 0)
    {
      g_clear_handle_id (&self->listen_id, g_source_remove);
      for (guint i = 0; i < self->devices->len; i++)
        radio_device_unheard (g_ptr_array_index (self->devices, i));
    }
  radio_interface_set (self->interface, "Discovering", g_variant_new_boolean (scanning));
}

/* An adapter that has been connected to does not advertise until that link ends. */
static gboolean
is_taken (RadioAdapter *self)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      RadioLink *link = g_ptr_array_index (self->links, i);

      if (link->adapters[RADIO_END_PERIPHERAL] == self)
        return TRUE;
    }
  return FALSE;
}

/**
 * radio_adapter_hear:
 * @self: an adapter that scans
 * @advertisement: what comes along
 *
 * Tells whoever wants to know.
 */
void
radio_adapter_hear (RadioAdapter *self, RadioAdvertisement *advertisement)
{
  gint16 rssi = (gint16) (advertisement->rssi + g_random_int_range (-RSSI_WOBBLE, RSSI_WOBBLE + 1));
  gboolean wanted = FALSE, every_rssi = TRUE, every_data = FALSE;

  for (guint i = 0; i < self->discoveries->len; i++)
    {
      RadioDiscovery *discovery = g_ptr_array_index (self->discoveries, i);

      if (!radio_discovery_matches (discovery, advertisement, rssi))
        continue;
      wanted = TRUE;
      every_data |= discovery->duplicates;
      every_rssi &= discovery->filtered;
    }
  if (wanted)
    radio_device_heard (radio_adapter_ensure_device (self, advertisement->address), advertisement,
                        rssi, every_rssi, every_data);
}

/**
 * radio_adapter_sense:
 * @self: an adapter
 *
 * Something may have come on the air: hears it if scanning, connects if waiting.
 */
void
radio_adapter_sense (RadioAdapter *self)
{
  if (!radio_adapter_is_powered (self))
    return;
  for (guint i = 0; i < self->radio->adapters->len && self->listen_id != 0; i++)
    {
      RadioAdapter *peer = g_ptr_array_index (self->radio->adapters, i);

      if (!radio_is_in_range (self->radio, self, peer) || is_taken (peer))
        continue;
      for (guint j = 0; j < peer->advertisements->len; j++)
        radio_adapter_hear (self, g_ptr_array_index (peer->advertisements, j));
    }
  for (guint i = 0; i < self->devices->len; i++)
    radio_device_try_connecting (g_ptr_array_index (self->devices, i));
}

static gboolean
on_listen (gpointer user_data)
{
  radio_adapter_sense (user_data);
  return G_SOURCE_CONTINUE;
}

static void
handle_set_discovery_filter (gpointer owner,
                             const char *sender,
                             GVariant *parameters,
                             GDBusMethodInvocation *invocation)
{
  RadioAdapter *self = owner;
  g_autoptr (GVariant) filter = g_variant_get_child_value (parameters, 0);

  if (!radio_adapter_is_powered (self))
    {
      radio_error_return (invocation, RADIO_ERROR_NOT_READY);
      return;
    }
  if (!radio_discovery_set_filter (ensure_discovery (self, sender), filter))
    {
      radio_error_return (invocation, RADIO_ERROR_INVALID_ARGUMENTS);
      return;
    }
  g_dbus_method_invocation_return_value (invocation, NULL);
  radio_adapter_sense (self);
}

static void
handle_get_discovery_filters (gpointer owner,
                              const char *sender,
                              GVariant *parameters,
                              GDBusMethodInvocation *invocation)
{
  const char *const filters[] = { "UUIDs",         "RSSI",         "Pathloss", "Transport",
                                  "DuplicateData", "Discoverable", "Pattern",  NULL };

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(^as)", filters));
}

static void
handle_start_discovery (gpointer owner,
                        const char *sender,
                        GVariant *parameters,
                        GDBusMethodInvocation *invocation)
{
  RadioAdapter *self = owner;
  RadioDiscovery *discovery;

  if (!radio_adapter_is_powered (self))
    {
      radio_error_return (invocation, RADIO_ERROR_NOT_READY);
      return;
    }
  discovery = ensure_discovery (self, sender);
  if (discovery->started)
    {
      radio_error_return (invocation, RADIO_ERROR_IN_PROGRESS);
      return;
    }
  discovery->started = TRUE;
  radio_adapter_update_scan (self);
  g_dbus_method_invocation_return_value (invocation, NULL);
  radio_adapter_sense (self);
}

static void
handle_stop_discovery (gpointer owner,
                       const char *sender,
                       GVariant *parameters,
                       GDBusMethodInvocation *invocation)
{
  RadioAdapter *self = owner;
  RadioDiscovery *discovery = find_discovery (self, sender);

  if (!radio_adapter_is_powered (self))
    radio_error_return (invocation, RADIO_ERROR_NOT_READY);
  else if (discovery == NULL || !discovery->started)
    radio_error_return_failed (invocation, "No discovery started");
  else
    {
      discovery->started = FALSE;
      /* A filter is set anew for the next scan. */
      g_ptr_array_remove (self->discoveries, discovery);
      radio_adapter_update_scan (self);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static void
handle_remove_device (gpointer owner,
                      const char *sender,
                      GVariant *parameters,
                      GDBusMethodInvocation *invocation)
{
  RadioAdapter *self = owner;
  const char *path;

  g_variant_get_child (parameters, 0, "&o", &path);
  for (guint i = 0; i < self->devices->len; i++)
    {
      RadioDevice *device = g_ptr_array_index (self->devices, i);

      if (!g_str_equal (device->path, path))
        continue;
      if (!radio_adapter_is_powered (self))
        {
          radio_error_return (invocation, RADIO_ERROR_NOT_READY);
          return;
        }
      if (device->link != NULL)
        radio_link_drop (device->link);
      g_ptr_array_remove (self->devices, device);
      g_dbus_method_invocation_return_value (invocation, NULL);
      return;
    }
  radio_error_return (invocation, RADIO_ERROR_DOES_NOT_EXIST);
}

static gboolean
on_property_set (gpointer owner, const char *name, GVariant *value, GError **error)
{
  RadioAdapter *self = owner;

  if (g_str_equal (name, "Powered"))
    {
      radio_adapter_set_powered (self, g_variant_get_boolean (value));
      return TRUE;
    }
  if (g_str_equal (name, "Alias") && g_variant_get_string (value, NULL)[0] == '\0')
    value = radio_interface_get (self->interface, "Name");
  if (g_str_equal (name, "Discoverable") && !radio_adapter_is_powered (self))
    {
      g_set_error_literal (error, RADIO_ERROR, RADIO_ERROR_FAILED, "Not Powered");
      return FALSE;
    }
  radio_interface_set (self->interface, name, value);
  return TRUE;
}

static const RadioMethod methods[] = {
  { "StartDiscovery", handle_start_discovery },
  { "StopDiscovery", handle_stop_discovery },
  { "SetDiscoveryFilter", handle_set_discovery_filter },
  { "GetDiscoveryFilters", handle_get_discovery_filters },
  { "RemoveDevice", handle_remove_device },
  { NULL, NULL },
};

static RadioInterface *
new_adapter_interface (RadioAdapter *self)
{
  const char *const roles[] = { "central", "peripheral", "central-peripheral", NULL };
  RadioInterface *interface =
    radio_interface_new (enigm_bluez_adapter1_interface_info (), methods, on_property_set, self);
  g_autofree char *name = g_strdup_printf ("practice %s", self->name);

  radio_interface_set (interface, "Address", g_variant_new_string (self->address));
  radio_interface_set (interface, "AddressType", g_variant_new_string ("random"));
  radio_interface_set (interface, "Name", g_variant_new_string (name));
  radio_interface_set (interface, "Alias", g_variant_new_string (name));
  radio_interface_set (interface, "Class", g_variant_new_uint32 (0));
  radio_interface_set (interface, "Powered", g_variant_new_boolean (TRUE));
  radio_interface_set (interface, "Discoverable", g_variant_new_boolean (FALSE));
  radio_interface_set (interface, "DiscoverableTimeout", g_variant_new_uint32 (180));
  radio_interface_set (interface, "Pairable", g_variant_new_boolean (TRUE));
  radio_interface_set (interface, "PairableTimeout", g_variant_new_uint32 (0));
  radio_interface_set (interface, "Discovering", g_variant_new_boolean (FALSE));
  radio_interface_set (interface, "UUIDs", g_variant_new_strv (NULL, 0));
  radio_interface_set (interface, "Roles", g_variant_new_strv (roles, -1));
  return interface;
}

static RadioInterface *
new_advertising_interface (RadioAdapter *self)
{
  const char *const includes[] = { "tx-power", "appearance", "local-name", NULL };
  RadioInterface *interface = radio_interface_new (
    enigm_bluez_le_advertising_manager1_interface_info (), radio_advertisement_methods, NULL, self);

  radio_interface_set (interface, "SupportedIncludes", g_variant_new_strv (includes, -1));
  return interface;
}

/**
 * radio_adapter_new:
 * @radio: the air
 * @name: as in `hci0`
 *
 * Exports an adapter, with power and a new random address.
 *
 * Returns: (transfer full): the adapter
 */
RadioAdapter *
radio_adapter_new (Radio *radio, const char *name)
{
  RadioAdapter *self = g_new0 (RadioAdapter, 1);

  self->radio = radio;
  self->name = g_strdup (name);
  self->path = g_strdup_printf ("/org/bluez/%s", name);
  self->address = radio_adapter_new_address ();
  self->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) radio_device_free);
  self->discoveries = g_ptr_array_new_with_free_func ((GDestroyNotify) radio_discovery_free);
  self->advertisements = g_ptr_array_new_with_free_func ((GDestroyNotify) radio_advertisement_free);
  self->applications = g_ptr_array_new_with_free_func ((GDestroyNotify) radio_application_free);
  self->links = g_ptr_array_new_with_free_func ((GDestroyNotify) radio_link_unref);
  self->pending = g_ptr_array_new_with_free_func (g_object_unref);

  self->interface = new_adapter_interface (self);
  self->advertising = new_advertising_interface (self);
  self->gatt = radio_interface_new (enigm_bluez_gatt_manager1_interface_info (),
                                    radio_application_methods, NULL, self);
  radio_advertisement_update_manager (self);

  radio_objects_export (radio->objects, self->path, self->interface, self->advertising, self->gatt,
                        NULL);
  return self;
}

/**
 * radio_adapter_free:
 * @self: an adapter without power
 *
 * Takes it off the bus with everything below it.
 */
void
radio_adapter_free (RadioAdapter *self)
{
  g_assert (self->links->len == 0 && self->listen_id == 0);

  for (guint i = 0; i < self->pending->len; i++)
    g_cancellable_cancel (g_ptr_array_index (self->pending, i));
  g_ptr_array_unref (self->pending);
  g_ptr_array_unref (self->devices);
  radio_objects_unexport (self->radio->objects, self->path);
  g_ptr_array_unref (self->discoveries);
  g_ptr_array_unref (self->advertisements);
  g_ptr_array_unref (self->applications);
  g_ptr_array_unref (self->links);
  g_object_unref (self->interface);
  g_object_unref (self->advertising);
  g_object_unref (self->gatt);
  g_free (self->address);
  g_free (self->path);
  g_free (self->name);
  g_free (self);
}

gboolean
radio_adapter_is_powered (RadioAdapter *self)
{
  return radio_interface_get_boolean (self->interface, "Powered");
}

/**
 * radio_adapter_set_powered:
 * @self: an adapter
 * @powered: whether it is to have power
 *
 * Without power there are no links, scans or advertisements; applications stay
 * registered.
 */
void
radio_adapter_set_powered (RadioAdapter *self, gboolean powered)
{
  if (radio_adapter_is_powered (self) == powered)
    return;
  radio_interface_set (self->interface, "Powered", g_variant_new_boolean (powered));
  if (powered)
    return;

  while (self->links->len > 0)
    radio_link_drop (g_ptr_array_index (self->links, 0));
  for (guint i = 0; i < self->devices->len; i++)
    radio_device_abort_connecting (g_ptr_array_index (self->devices, i),
                                   "le-connection-abort-by-local");
  g_ptr_array_set_size (self->discoveries, 0);
  radio_adapter_update_scan (self);
  while (self->advertisements->len > 0)
    radio_advertisement_release (g_ptr_array_index (self->advertisements, 0));
  radio_interface_set (self->interface, "Discoverable", g_variant_new_boolean (FALSE));
}

/**
 * radio_adapter_forget_client:
 * @self: an adapter
 * @client: bus name that is gone
 *
 * Ends all that the client had asked of this adapter. A link goes with who opened
 * it, and with the last application it could be used for.
 */
void
radio_adapter_forget_client (RadioAdapter *self, const char *client)
{
  RadioDiscovery *discovery = find_discovery (self, client);
  gboolean served = FALSE;

  if (discovery != NULL)
    {
      g_ptr_array_remove (self->discoveries, discovery);
      radio_adapter_update_scan (self);
    }
  for (guint i = self->advertisements->len; i-- > 0;)
    {
      RadioAdvertisement *advertisement = g_ptr_array_index (self->advertisements, i);

      if (g_str_equal (advertisement->client, client))
        g_ptr_array_remove_index (self->advertisements, i);
    }
  radio_advertisement_update_manager (self);
  for (guint i = 0; i < self->devices->len; i++)
    radio_device_forget_client (g_ptr_array_index (self->devices, i), client);
  for (guint i = self->applications->len; i-- > 0;)
    {
      RadioApplication *application = g_ptr_array_index (self->applications, i);

      if (!g_str_equal (application->client, client))
        continue;
      g_ptr_array_remove_index (self->applications, i);
      served = TRUE;
    }
  for (guint i = self->links->len; i-- > 0;)
    {
      RadioLink *link = g_ptr_array_index (self->links, i);
      gboolean central = link->adapters[RADIO_END_CENTRAL] == self;

      if (g_str_equal (link->opener, client) ||
          (!central && served && self->applications->len == 0))
        radio_link_drop (link);
    }
  if (served)
    radio_adapter_services_changed (self);
}

/**
 * radio_adapter_find_connectable:
 * @self: an adapter
 * @address: whom to connect to
 *
 * Returns: (transfer none) (nullable): an advertisement heard from there that
 *   can be answered with a connection
 */
RadioAdvertisement *
radio_adapter_find_connectable (RadioAdapter *self, const char *address)
{
  for (guint i = 0; i < self->radio->adapters->len; i++)
    {
      RadioAdapter *peer = g_ptr_array_index (self->radio->adapters, i);

      if (!g_str_equal (peer->address, address) || is_taken (peer) ||
          !radio_is_in_range (self->radio, self, peer))
        continue;
      for (guint j = 0; j < peer->advertisements->len; j++)
        {
          RadioAdvertisement *advertisement = g_ptr_array_index (peer->advertisements, j);

          if (advertisement->connectable)
            return advertisement;
        }
    }
  return NULL;
}

/**
 * radio_adapter_find_link:
 * @self: an adapter
 * @peer: another
 *
 * Returns: (transfer none) (nullable): the link between them
 */
RadioLink *
radio_adapter_find_link (RadioAdapter *self, RadioAdapter *peer)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      RadioLink *link = g_ptr_array_index (self->links, i);

      if (radio_link_get_peer (link, self) == peer)
        return link;
    }
  return NULL;
}

/**
 * radio_adapter_ensure_device:
 * @self: an adapter
 * @address: of another
 *
 * Returns: (transfer none): what this one knows of the other
 */
RadioDevice *
radio_adapter_ensure_device (RadioAdapter *self, const char *address)
{
  RadioDevice *device = find_device (self, address);

  if (device == NULL)
    {
      device = radio_device_new (self, address);
      g_ptr_array_add (self->devices, device);
    }
  return device;
}

/**
 * radio_adapter_find_attribute:
 * @self: an adapter
 * @handle: of a characteristic's declaration
 *
 * Returns: (transfer none) (nullable): the characteristic its applications offer there
 */
RadioAttribute *
radio_adapter_find_attribute (RadioAdapter *self, guint16 handle)
{
  for (guint i = 0; i < self->applications->len; i++)
    {
      RadioApplication *application = g_ptr_array_index (self->applications, i);

      for (guint j = 0; j < application->services->len; j++)
        {
          RadioService *service = g_ptr_array_index (application->services, j);

          for (guint k = 0; k < service->attributes->len; k++)
            {
              RadioAttribute *attribute = g_ptr_array_index (service->attributes, k);

              if (attribute->handle == handle)
                return attribute;
            }
        }
    }
  return NULL;
}

static void
collect_uuids (RadioAdapter *self, GVariantBuilder *builder)
{
  for (guint i = 0; i < self->applications->len; i++)
    {
      RadioApplication *application = g_ptr_array_index (self->applications, i);

      for (guint j = 0; j < application->services->len; j++)
        g_variant_builder_add (
          builder, "s", ((RadioService *) g_ptr_array_index (application->services, j))->uuid);
    }
}

/**
 * radio_adapter_services_changed:
 * @self: an adapter whose applications have become more or fewer
 *
 * Lets everybody connected see it (Service Changed).
 */
void
radio_adapter_services_changed (RadioAdapter *self)
{
  g_auto (GVariantBuilder) uuids = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);

  collect_uuids (self, &uuids);
  radio_interface_set (self->interface, "UUIDs", g_variant_builder_end (&uuids));
  for (guint i = 0; i < self->links->len; i++)
    radio_link_resolve_soon (g_ptr_array_index (self->links, i));
}
