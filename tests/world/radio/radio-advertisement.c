/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-advertisement.h"

#include <string.h>

#include "radio-adapter.h"
#include "radio-error.h"
#include "radio-uuid.h"

#define INTERFACE "org.bluez.LEAdvertisement1"
#define INSTANCES_MAX 5

/* Legacy advertising: Bluetooth Core, volume 6, part B, 2.3.1.1 and 2.3.2.2 */
#define DATA_MAX 31
#define FIELD_HEADER 2 /* length and type */
#define FLAGS_SIZE 3
#define TX_POWER_SIZE 3
#define APPEARANCE_SIZE 4

/* While properties are read. */
typedef struct
{
  RadioAdvertisement *advertisement; /* not on the air yet */
  GDBusMethodInvocation *invocation; /* NULL when a change is read */
  GCancellable *cancellable;
} Registration;

typedef struct
{
  gsize uuid_bytes[3]; /* of UUIDs of 2, 4 and 16 bytes */
  gsize data;
  gsize response;
  guint16 timeout; /* seconds */
} Layout;

static void
registration_free (Registration *self)
{
  g_ptr_array_remove_fast (self->advertisement->adapter->pending, self->cancellable);
  g_clear_pointer (&self->advertisement, radio_advertisement_free);
  g_object_unref (self->cancellable);
  g_free (self);
}

/**
 * radio_advertisement_new:
 * @address: of who sends
 * @adapter: (nullable): an adapter of that address
 * @client: (nullable): bus name of who asked for it
 * @path: (nullable): of the client's LEAdvertisement1
 *
 * Returns: (transfer full): an advertisement that says nothing yet
 */
RadioAdvertisement *
radio_advertisement_new (const char *address,
                         RadioAdapter *adapter,
                         const char *client,
                         const char *path)
{
  RadioAdvertisement *self = g_new0 (RadioAdvertisement, 1);

  self->adapter = adapter;
  self->address = g_strdup (address);
  self->rssi = RSSI_NEAR;
  self->client = g_strdup (client);
  self->path = g_strdup (path);
  self->service_uuids = g_new0 (char *, 1);
  self->manufacturer_data = g_variant_ref_sink (g_variant_new ("a{qv}", NULL));
  self->service_data = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  return self;
}

/**
 * radio_advertisement_free:
 * @self: an advertisement
 *
 * Takes it off the air without a word to its client.
 */
void
radio_advertisement_free (RadioAdvertisement *self)
{
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  if (self->changed_id != 0)
    g_dbus_connection_signal_unsubscribe (self->adapter->radio->connection, self->changed_id);
  g_strfreev (self->service_uuids);
  g_variant_unref (self->manufacturer_data);
  g_variant_unref (self->service_data);
  g_free (self->local_name);
  g_free (self->address);
  g_free (self->client);
  g_free (self->path);
  g_free (self);
}

/**
 * radio_advertisement_release:
 * @self: (transfer full): an advertisement
 *
 * Takes it off the air and tells its client so.
 */
void
radio_advertisement_release (RadioAdvertisement *self)
{
  RadioAdapter *adapter = self->adapter;

  g_dbus_connection_call (adapter->radio->connection, self->client, self->path, INTERFACE,
                          "Release", NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL,
                          NULL);
  g_ptr_array_remove (adapter->advertisements, self);
  radio_advertisement_update_manager (adapter);
}

/**
 * radio_advertisement_is_discoverable:
 * @self: an advertisement
 *
 * Returns: whether its flags say General Discoverable, so that a scan without a
 *   filter finds it
 */
gboolean
radio_advertisement_is_discoverable (RadioAdvertisement *self)
{
  return self->discoverable || (self->connectable && radio_interface_get_boolean (
                                                       self->adapter->interface, "Discoverable"));
}

/**
 * radio_advertisement_update_manager:
 * @adapter: an adapter whose advertisements have become more or fewer
 */
void
radio_advertisement_update_manager (RadioAdapter *adapter)
{
  guchar active = (guchar) adapter->advertisements->len;

  radio_interface_set (adapter->advertising, "ActiveInstances", g_variant_new_byte (active));
  radio_interface_set (adapter->advertising, "SupportedInstances",
                       g_variant_new_byte ((guchar) (INSTANCES_MAX - active)));
}

static gboolean
parse_uuids (GVariant *value, Layout *layout, GStrvBuilder *uuids)
{
  gsize n;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return FALSE;
  n = g_variant_n_children (value);
  for (gsize i = 0; i < n; i++)
    {
      const char *text;
      g_autofree char *uuid = NULL;
      guint size;

      g_variant_get_child (value, i, "&s", &text);
      uuid = radio_uuid_normalize (text);
      if (uuid == NULL)
        return FALSE;
      size = radio_uuid_get_size (uuid);
      layout->uuid_bytes[size / 8] += size;
      if (uuids != NULL)
        g_strv_builder_add (uuids, uuid);
    }
  return TRUE;
}

static gboolean
parse_manufacturer_data (RadioAdvertisement *self, GVariant *value, Layout *layout)
{
  GVariantIter iter;
  GVariant *data;
  guint16 company;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE ("a{qv}")))
    return FALSE;
  g_variant_iter_init (&iter, value);
  while (g_variant_iter_loop (&iter, "{qv}", &company, &data))
    {
      if (!g_variant_is_of_type (data, G_VARIANT_TYPE_BYTESTRING))
        {
          g_variant_unref (data);
          return FALSE;
        }
      layout->data += FIELD_HEADER + sizeof company + g_variant_n_children (data);
    }
  g_variant_unref (self->manufacturer_data);
  self->manufacturer_data = g_variant_ref (value);
  return TRUE;
}

static gboolean
parse_service_data (RadioAdvertisement *self, GVariant *value, Layout *layout)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sv}"));
  gsize n;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    return FALSE;
  n = g_variant_n_children (value);
  for (gsize i = 0; i < n; i++)
    {
      const char *text;
      g_autoptr (GVariant) data = NULL;
      g_autofree char *uuid = NULL;

      g_variant_get_child (value, i, "{&sv}", &text, &data);
      uuid = radio_uuid_normalize (text);
      if (uuid == NULL || !g_variant_is_of_type (data, G_VARIANT_TYPE_BYTESTRING))
        return FALSE;
      layout->data += FIELD_HEADER + radio_uuid_get_size (uuid) + g_variant_n_children (data);
      g_variant_builder_add (&builder, "{sv}", uuid, data);
    }
  g_variant_unref (self->service_data);
  self->service_data = g_variant_ref_sink (g_variant_builder_end (&builder));
  return TRUE;
}

static void
set_local_name (RadioAdvertisement *self, const char *name, Layout *layout)
{
  g_free (self->local_name);
  self->local_name = g_strdup (name);
  layout->response = FIELD_HEADER + strlen (name);
}

static gboolean
parse_includes (RadioAdvertisement *self, GVariant *value, Layout *layout)
{
  g_autofree const char **includes = NULL;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return FALSE;
  includes = g_variant_get_strv (value, NULL);
  for (gsize i = 0; includes[i] != NULL; i++)
    if (g_str_equal (includes[i], "tx-power"))
      layout->data += TX_POWER_SIZE;
    else if (g_str_equal (includes[i], "appearance"))
      layout->data += APPEARANCE_SIZE;
    else if (g_str_equal (includes[i], "local-name"))
      set_local_name (self, radio_interface_get_string (self->adapter->interface, "Alias"), layout);
    else
      return FALSE;
  return TRUE;
}

static gboolean
parse_property (RadioAdvertisement *self,
                const char *name,
                GVariant *value,
                Layout *layout,
                GStrvBuilder *uuids)
{
  if (g_str_equal (name, "Type"))
    {
      const char *const types[] = { "broadcast", "peripheral", NULL };

      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        return FALSE;
      self->connectable = g_str_equal (g_variant_get_string (value, NULL), "peripheral");
      return g_strv_contains (types, g_variant_get_string (value, NULL));
    }
  if (g_str_equal (name, "ServiceUUIDs"))
    return parse_uuids (value, layout, uuids);
  if (g_str_equal (name, "SolicitUUIDs"))
    return parse_uuids (value, layout, NULL);
  if (g_str_equal (name, "ManufacturerData"))
    return parse_manufacturer_data (self, value, layout);
  if (g_str_equal (name, "ServiceData"))
    return parse_service_data (self, value, layout);
  if (g_str_equal (name, "Includes"))
    return parse_includes (self, value, layout);
  if (g_str_equal (name, "Appearance"))
    {
      layout->data += APPEARANCE_SIZE;
      return g_variant_is_of_type (value, G_VARIANT_TYPE_UINT16);
    }
  if (g_str_equal (name, "LocalName"))
    {
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        return FALSE;
      set_local_name (self, g_variant_get_string (value, NULL), layout);
      return TRUE;
    }
  if (g_str_equal (name, "Discoverable"))
    {
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
        return FALSE;
      self->discoverable = g_variant_get_boolean (value);
      return TRUE;
    }
  if (g_str_equal (name, "Timeout"))
    {
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE_UINT16))
        return FALSE;
      layout->timeout = g_variant_get_uint16 (value);
      return TRUE;
    }
  return TRUE;
}

/* Whether the properties make an advertisement that fits on the air. */
static gboolean
radio_advertisement_parse (RadioAdvertisement *self, GVariant *properties, guint16 *timeout)
{
  g_autoptr (GStrvBuilder) uuids = g_strv_builder_new ();
  Layout layout = { 0 };
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    if (!parse_property (self, name, value, &layout, uuids))
      {
        g_variant_unref (value);
        return FALSE;
      }
  if (self->discoverable && !self->connectable)
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (layout.uuid_bytes); i++)
    if (layout.uuid_bytes[i] > 0)
      layout.data += FIELD_HEADER + layout.uuid_bytes[i];
  if (radio_advertisement_is_discoverable (self))
    layout.data += FLAGS_SIZE;
  if (layout.data > DATA_MAX || layout.response > DATA_MAX)
    return FALSE;

  g_strfreev (self->service_uuids);
  self->service_uuids = g_strv_builder_end (uuids);
  *timeout = layout.timeout;
  return TRUE;
}

static RadioAdvertisement *
find (RadioAdapter *adapter, const char *client, const char *path)
{
  for (guint i = 0; i < adapter->advertisements->len; i++)
    {
      RadioAdvertisement *self = g_ptr_array_index (adapter->advertisements, i);

      if (g_str_equal (self->client, client) && g_str_equal (self->path, path))
        return self;
    }
  return NULL;
}

static gboolean
on_timeout (gpointer user_data)
{
  RadioAdvertisement *self = user_data;

  self->timeout_id = 0;
  radio_advertisement_release (self);
  return G_SOURCE_REMOVE;
}

static void read_properties (RadioAdvertisement *advertisement, GDBusMethodInvocation *invocation);

static void
on_properties_changed (GDBusConnection *connection,
                       const char *sender,
                       const char *path,
                       const char *interface,
                       const char *signal,
                       GVariant *parameters,
                       gpointer user_data)
{
  RadioAdvertisement *self = user_data;

  read_properties (radio_advertisement_new (self->address, self->adapter, self->client, self->path),
                   NULL);
}

static void
radio_advertisement_begin (RadioAdvertisement *self, guint16 timeout)
{
  if (timeout > 0)
    self->timeout_id = g_timeout_add_seconds (timeout, on_timeout, self);
  self->changed_id = g_dbus_connection_signal_subscribe (
    self->adapter->radio->connection, self->client, "org.freedesktop.DBus.Properties",
    "PropertiesChanged", self->path, INTERFACE, G_DBUS_SIGNAL_FLAGS_NONE, on_properties_changed,
    self, NULL);
  g_ptr_array_add (self->adapter->advertisements, self);
  radio_advertisement_update_manager (self->adapter);
}

static void
on_properties_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Registration *registration = user_data;
  GDBusMethodInvocation *invocation = registration->invocation;
  RadioAdvertisement *advertisement, *before;
  RadioAdapter *adapter;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) properties = NULL;
  guint16 timeout = 0;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      /* The adapter is gone, and its list of what is pending with it. */
      if (invocation != NULL)
        radio_error_return_failed (invocation, "Failed to register advertisement");
      g_clear_pointer (&registration->advertisement, radio_advertisement_free);
      g_object_unref (registration->cancellable);
      g_free (registration);
      return;
    }

  adapter = registration->advertisement->adapter;
  before = find (adapter, registration->advertisement->client, registration->advertisement->path);
  if (reply != NULL)
    properties = g_variant_get_child_value (reply, 0);

  if (properties == NULL ||
      !radio_advertisement_parse (registration->advertisement, properties, &timeout))
    {
      if (invocation != NULL)
        radio_error_return_failed (invocation, "Failed to parse advertisement.");
      registration_free (registration);
      return;
    }
  if (!radio_adapter_is_powered (adapter) || (invocation == NULL && before == NULL))
    {
      if (invocation != NULL)
        radio_error_return_failed (invocation, "Failed to register advertisement");
      registration_free (registration);
      return;
    }
  if (before != NULL)
    {
      if (invocation != NULL)
        {
          radio_error_return (invocation, RADIO_ERROR_ALREADY_EXISTS);
          registration_free (registration);
          return;
        }
      g_ptr_array_remove (adapter->advertisements, before);
    }

  advertisement = g_steal_pointer (&registration->advertisement);
  g_ptr_array_remove_fast (adapter->pending, registration->cancellable);
  g_object_unref (registration->cancellable);
  g_free (registration);

  radio_advertisement_begin (advertisement, timeout);
  if (invocation != NULL)
    g_dbus_method_invocation_return_value (invocation, NULL);
  for (guint i = 0; i < adapter->radio->adapters->len; i++)
    radio_adapter_sense (g_ptr_array_index (adapter->radio->adapters, i));
}

static void
read_properties (RadioAdvertisement *advertisement, GDBusMethodInvocation *invocation)
{
  Registration *registration = g_new0 (Registration, 1);

  registration->advertisement = advertisement;
  registration->invocation = invocation;
  registration->cancellable = g_cancellable_new ();
  g_ptr_array_add (advertisement->adapter->pending, g_object_ref (registration->cancellable));
  g_dbus_connection_call (advertisement->adapter->radio->connection, advertisement->client,
                          advertisement->path, "org.freedesktop.DBus.Properties", "GetAll",
                          g_variant_new ("(s)", INTERFACE), G_VARIANT_TYPE ("(a{sv})"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, registration->cancellable,
                          on_properties_got, registration);
}

static void
handle_register (gpointer owner,
                 const char *sender,
                 GVariant *parameters,
                 GDBusMethodInvocation *invocation)
{
  RadioAdapter *adapter = owner;
  const char *path;

  g_variant_get_child (parameters, 0, "&o", &path);
  if (find (adapter, sender, path) != NULL)
    radio_error_return (invocation, RADIO_ERROR_ALREADY_EXISTS);
  else if (adapter->advertisements->len >= INSTANCES_MAX)
    g_dbus_method_invocation_return_error_literal (
      invocation, RADIO_ERROR, RADIO_ERROR_NOT_PERMITTED, "Maximum advertisements reached");
  else if (!radio_adapter_is_powered (adapter))
    radio_error_return_failed (invocation, "Failed to register advertisement");
  else
    read_properties (radio_advertisement_new (adapter->address, adapter, sender, path), invocation);
}

static void
handle_unregister (gpointer owner,
                   const char *sender,
                   GVariant *parameters,
                   GDBusMethodInvocation *invocation)
{
  RadioAdapter *adapter = owner;
  RadioAdvertisement *advertisement;
  const char *path;

  g_variant_get_child (parameters, 0, "&o", &path);
  advertisement = find (adapter, sender, path);
  if (advertisement == NULL)
    {
      radio_error_return (invocation, RADIO_ERROR_DOES_NOT_EXIST);
      return;
    }
  g_ptr_array_remove (adapter->advertisements, advertisement);
  radio_advertisement_update_manager (adapter);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

const RadioMethod radio_advertisement_methods[] = {
  { "RegisterAdvertisement", handle_register },
  { "UnregisterAdvertisement", handle_unregister },
  { NULL, NULL },
};
