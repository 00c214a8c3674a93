/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-application.h"

#include "radio-adapter.h"
#include "radio-link.h"
#include "radio-notification.h"
#include "radio-uuid.h"

#define SERVICE_INTERFACE "org.bluez.GattService1"
#define CHARACTERISTIC_INTERFACE "org.bluez.GattCharacteristic1"

/* Bluetooth Core, volume 3, part F, 3.3.3: the peer gives up after 30 seconds. */
#define ATT_TIMEOUT_MS 30000

/* Below are bluetoothd's own services. */
#define FIRST_HANDLE 0x0010

/* Generic Access and Generic Attribute are BlueZ's own. */
#define GAP_UUID "00001800-0000-1000-8000-00805f9b34fb"
#define GATT_UUID "00001801-0000-1000-8000-00805f9b34fb"

static const struct
{
  const char *name;
  RadioFlags flags;
} flag_names[] = {
  { "broadcast", RADIO_FLAG_BROADCAST },
  { "read", RADIO_FLAG_READ },
  { "write-without-response", RADIO_FLAG_WRITE_COMMAND },
  { "write", RADIO_FLAG_WRITE },
  { "notify", RADIO_FLAG_NOTIFY },
  { "indicate", RADIO_FLAG_INDICATE },
  { "authenticated-signed-writes", RADIO_FLAG_SIGNED_WRITE },
  { "extended-properties", RADIO_FLAG_EXTENDED },
  { "reliable-write", RADIO_FLAG_RELIABLE_WRITE },
  { "writable-auxiliaries", RADIO_FLAG_WRITABLE_AUXILIARIES },
  { "encrypt-read", RADIO_FLAG_READ | RADIO_FLAG_ENCRYPT_READ },
  { "encrypt-write", RADIO_FLAG_WRITE | RADIO_FLAG_ENCRYPT_WRITE },
  { "encrypt-authenticated-read", RADIO_FLAG_READ | RADIO_FLAG_ENCRYPT_READ },
  { "encrypt-authenticated-write", RADIO_FLAG_WRITE | RADIO_FLAG_ENCRYPT_WRITE },
  { "secure-read", RADIO_FLAG_READ | RADIO_FLAG_ENCRYPT_READ },
  { "secure-write", RADIO_FLAG_WRITE | RADIO_FLAG_ENCRYPT_WRITE },
  { "authorize", 0 },
};

#define N_FLAGS_ON_AIR 10

/* While the client's objects are read. */
typedef struct
{
  RadioAdapter *adapter;
  char *path;
  GDBusMethodInvocation *invocation;
  GCancellable *cancellable;
} Registration;

/* While the application answers. */
typedef struct
{
  RadioAttributeDone done;
  gpointer user_data;
  RadioAtt not_permitted;
} Call;

/**
 * radio_flags_to_variant:
 * @flags: of a characteristic
 *
 * Returns: (transfer floating): `as` as a GATT client sees them
 */
GVariant *
radio_flags_to_variant (RadioFlags flags)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);

  for (gsize i = 0; i < N_FLAGS_ON_AIR; i++)
    if (flags & flag_names[i].flags)
      g_variant_builder_add (&builder, "s", flag_names[i].name);
  return g_variant_builder_end (&builder);
}

static gboolean
parse_flags (GVariant *value, RadioFlags *flags)
{
  g_autofree const char **names = g_variant_get_strv (value, NULL);

  *flags = 0;
  for (gsize i = 0; names[i] != NULL; i++)
    {
      gsize j = 0;

      while (j < G_N_ELEMENTS (flag_names) && !g_str_equal (flag_names[j].name, names[i]))
        j++;
      if (j == G_N_ELEMENTS (flag_names))
        return FALSE;
      *flags |= flag_names[j].flags;
    }
  if (*flags & (RADIO_FLAG_RELIABLE_WRITE | RADIO_FLAG_WRITABLE_AUXILIARIES))
    *flags |= RADIO_FLAG_EXTENDED;
  return TRUE;
}

static void
radio_attribute_free (RadioAttribute *self)
{
  if (self->changed_id != 0)
    g_dbus_connection_signal_unsubscribe (self->application->adapter->radio->connection,
                                          self->changed_id);
  g_free (self->path);
  g_free (self->uuid);
  g_free (self);
}

static void
radio_service_free (RadioService *self)
{
  g_ptr_array_unref (self->attributes);
  g_free (self->path);
  g_free (self->uuid);
  g_free (self);
}

/**
 * radio_application_free:
 * @self: an application
 *
 * Forgets it. Call radio_adapter_services_changed() once it is off the list.
 */
void
radio_application_free (RadioApplication *self)
{
  g_ptr_array_unref (self->services);
  g_free (self->client);
  g_free (self->path);
  g_free (self);
}

static void
on_properties_changed (GDBusConnection *connection,
                       const char *sender,
                       const char *path,
                       const char *interface,
                       const char *signal,
                       GVariant *parameters,
                       gpointer user_data)
{
  RadioAttribute *self = user_data;
  RadioAdapter *adapter = self->application->adapter;
  g_autoptr (GVariant) changed = g_variant_get_child_value (parameters, 1);
  g_autoptr (GVariant) value = g_variant_lookup_value (changed, "Value", G_VARIANT_TYPE_BYTESTRING);
  g_autoptr (GPtrArray) links = NULL;

  if (value == NULL)
    return;
  links = g_ptr_array_copy (adapter->links, (GCopyFunc) radio_link_copy, NULL);
  g_ptr_array_set_free_func (links, (GDestroyNotify) radio_link_unref);
  for (guint i = 0; i < links->len; i++)
    {
      g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (value);

      radio_notification_send (g_ptr_array_index (links, i), adapter, self, bytes);
    }
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

static RadioService *
find_service (RadioApplication *self, const char *path)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      RadioService *service = g_ptr_array_index (self->services, i);

      if (g_str_equal (service->path, path))
        return service;
    }
  return NULL;
}

static char *
lookup_uuid (GVariant *properties)
{
  const char *text;

  return g_variant_lookup (properties, "UUID", "&s", &text) ? radio_uuid_normalize (text) : NULL;
}

static gboolean
add_service (RadioApplication *self, const char *path, GVariant *properties)
{
  g_autofree char *uuid = lookup_uuid (properties);
  RadioService *service;
  gboolean primary;

  if (uuid == NULL || g_str_equal (uuid, GAP_UUID) || g_str_equal (uuid, GATT_UUID) ||
      !g_variant_lookup (properties, "Primary", "b", &primary))
    return FALSE;
  service = g_new0 (RadioService, 1);
  service->path = g_strdup (path);
  service->uuid = g_steal_pointer (&uuid);
  service->primary = primary;
  service->attributes = g_ptr_array_new_with_free_func ((GDestroyNotify) radio_attribute_free);
  g_ptr_array_add (self->services, service);
  return TRUE;
}

static gboolean
add_characteristic (RadioApplication *self, const char *path, GVariant *properties)
{
  g_autofree char *uuid = lookup_uuid (properties);
  g_autoptr (GVariant) names =
    g_variant_lookup_value (properties, "Flags", G_VARIANT_TYPE_STRING_ARRAY);
  RadioAttribute *attribute;
  RadioService *service;
  RadioFlags flags;
  const char *service_path;

  if (uuid == NULL || names == NULL || !parse_flags (names, &flags) ||
      !g_variant_lookup (properties, "Service", "&o", &service_path))
    return FALSE;
  service = find_service (self, service_path);
  if (service == NULL)
    return FALSE;
  attribute = g_new0 (RadioAttribute, 1);
  attribute->application = self;
  attribute->path = g_strdup (path);
  attribute->uuid = g_steal_pointer (&uuid);
  attribute->flags = flags;
  g_ptr_array_add (service->attributes, attribute);
  return TRUE;
}

/* Adds every object with @interface, in the order of their paths. */
static gboolean
add_objects (RadioApplication *self,
             GVariant *objects,
             const char *interface,
             gboolean (*add) (RadioApplication *, const char *, GVariant *))
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  gsize n = g_variant_n_children (objects);

  for (gsize i = 0; i < n; i++)
    {
      const char *path;

      g_variant_get_child (objects, i, "{&o@a{sa{sv}}}", &path, NULL);
      g_ptr_array_add (paths, (gpointer) path);
    }
  g_ptr_array_sort (paths, compare_paths);

  for (guint i = 0; i < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);
      g_autoptr (GVariant) interfaces =
        g_variant_lookup_value (objects, path, G_VARIANT_TYPE ("a{sa{sv}}"));
      g_autoptr (GVariant) properties = NULL;

      properties = g_variant_lookup_value (interfaces, interface, G_VARIANT_TYPE_VARDICT);
      if (properties != NULL && !add (self, path, properties))
        return FALSE;
    }
  return TRUE;
}

static void
radio_application_begin (RadioApplication *self)
{
  static guint64 serial;
  RadioAdapter *adapter = self->adapter;

  if (adapter->applications->len == 0)
    adapter->next_handle = FIRST_HANDLE;
  for (guint i = 0; i < self->services->len; i++)
    {
      RadioService *service = g_ptr_array_index (self->services, i);

      service->serial = ++serial;
      service->handle = adapter->next_handle++;
      for (guint j = 0; j < service->attributes->len; j++)
        {
          RadioAttribute *attribute = g_ptr_array_index (service->attributes, j);

          attribute->handle = adapter->next_handle;
          adapter->next_handle += 3;
          attribute->changed_id = g_dbus_connection_signal_subscribe (
            adapter->radio->connection, self->client, "org.freedesktop.DBus.Properties",
            "PropertiesChanged", attribute->path, CHARACTERISTIC_INTERFACE,
            G_DBUS_SIGNAL_FLAGS_NONE, on_properties_changed, attribute, NULL);
        }
    }
  g_ptr_array_add (adapter->applications, self);
  radio_adapter_services_changed (adapter);
}

static RadioApplication *
find (RadioAdapter *adapter, const char *client, const char *path)
{
  for (guint i = 0; i < adapter->applications->len; i++)
    {
      RadioApplication *self = g_ptr_array_index (adapter->applications, i);

      if (g_str_equal (self->client, client) && g_str_equal (self->path, path))
        return self;
    }
  return NULL;
}

static void
on_objects_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Registration *registration = user_data;
  g_autofree char *path = registration->path;
  g_autoptr (GCancellable) cancellable = registration->cancellable;
  GDBusMethodInvocation *invocation = registration->invocation;
  const char *client = g_dbus_method_invocation_get_sender (invocation);
  RadioAdapter *adapter = registration->adapter;
  RadioApplication *application;
  g_autoptr (GVariant) objects = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      radio_error_return (invocation, RADIO_ERROR_NOT_READY);
      return;
    }
  g_ptr_array_remove_fast (adapter->pending, cancellable);
  if (reply == NULL)
    {
      radio_error_return_failed (invocation, "No object received");
      return;
    }
  if (find (adapter, client, path) != NULL)
    {
      radio_error_return (invocation, RADIO_ERROR_ALREADY_EXISTS);
      return;
    }

  application = g_new0 (RadioApplication, 1);
  application->adapter = adapter;
  application->client = g_strdup (client);
  application->path = g_strdup (path);
  application->services = g_ptr_array_new_with_free_func ((GDestroyNotify) radio_service_free);
  objects = g_variant_get_child_value (reply, 0);
  if (!add_objects (application, objects, SERVICE_INTERFACE, add_service) ||
      !add_objects (application, objects, CHARACTERISTIC_INTERFACE, add_characteristic))
    {
      radio_application_free (application);
      radio_error_return (invocation, RADIO_ERROR_INVALID_ARGUMENTS);
    }
  else if (application->services->len == 0)
    {
      radio_application_free (application);
      radio_error_return_failed (invocation, "No object received");
    }
  else
    {
      radio_application_begin (application);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static void
handle_register (gpointer owner,
                 const char *sender,
                 GVariant *parameters,
                 GDBusMethodInvocation *invocation)
{
  RadioAdapter *adapter = owner;
  Registration *registration;
  const char *path;

  g_variant_get_child (parameters, 0, "&o", &path);
  if (find (adapter, sender, path) != NULL)
    {
      radio_error_return (invocation, RADIO_ERROR_ALREADY_EXISTS);
      return;
    }
  registration = g_new0 (Registration, 1);
  registration->adapter = adapter;
  registration->path = g_strdup (path);
  registration->invocation = invocation;
  registration->cancellable = g_cancellable_new ();
  g_ptr_array_add (adapter->pending, g_object_ref (registration->cancellable));
  g_dbus_connection_call (adapter->radio->connection, sender, path,
                          "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
                          G_VARIANT_TYPE ("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          registration->cancellable, on_objects_got, registration);
}

static void
handle_unregister (gpointer owner,
                   const char *sender,
                   GVariant *parameters,
                   GDBusMethodInvocation *invocation)
{
  RadioAdapter *adapter = owner;
  RadioApplication *application;
  const char *path;

  g_variant_get_child (parameters, 0, "&o", &path);
  application = find (adapter, sender, path);
  if (application == NULL)
    {
      radio_error_return (invocation, RADIO_ERROR_DOES_NOT_EXIST);
      return;
    }
  g_ptr_array_remove (adapter->applications, application);
  radio_adapter_services_changed (adapter);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

const RadioMethod radio_application_methods[] = {
  { "RegisterApplication", handle_register },
  { "UnregisterApplication", handle_unregister },
  { NULL, NULL },
};

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Call *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GBytes) bytes = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL)
    {
      call->done (radio_error_to_att (error, call->not_permitted), NULL, call->user_data);
      return;
    }
  if (g_variant_n_children (reply) > 0)
    {
      value = g_variant_get_child_value (reply, 0);
      bytes = g_variant_get_data_as_bytes (value);
    }
  call->done (RADIO_ATT_OK, bytes, call->user_data);
}

static void
call_application (RadioAttribute *self,
                  const char *method,
                  GVariant *parameters,
                  const GVariantType *reply_type,
                  RadioAtt not_permitted,
                  RadioAttributeDone done,
                  gpointer user_data)
{
  Call *call = g_new0 (Call, 1);

  call->done = done;
  call->user_data = user_data;
  call->not_permitted = not_permitted;
  g_dbus_connection_call (self->application->adapter->radio->connection, self->application->client,
                          self->path, CHARACTERISTIC_INTERFACE, method, parameters, reply_type,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, ATT_TIMEOUT_MS, NULL, on_called, call);
}

/**
 * radio_attribute_read:
 * @self: a characteristic
 * @options: floating `a{sv}` as BlueZ sends a server
 * @done: called once, with the value if all is well
 * @user_data: for @done
 *
 * Asks the application for the value.
 */
void
radio_attribute_read (RadioAttribute *self,
                      GVariant *options,
                      RadioAttributeDone done,
                      gpointer user_data)
{
  call_application (self, "ReadValue", g_variant_new ("(@a{sv})", options), G_VARIANT_TYPE ("(ay)"),
                    RADIO_ATT_READ_NOT_PERMITTED, done, user_data);
}

/**
 * radio_attribute_write:
 * @self: a characteristic
 * @value: what was written
 * @options: floating `a{sv}` as BlueZ sends a server
 * @done: called once
 * @user_data: for @done
 *
 * Hands the application a value.
 */
void
radio_attribute_write (RadioAttribute *self,
                       GBytes *value,
                       GVariant *options,
                       RadioAttributeDone done,
                       gpointer user_data)
{
  GVariant *bytes = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, value, TRUE);

  call_application (self, "WriteValue", g_variant_new ("(@ay@a{sv})", bytes, options),
                    G_VARIANT_TYPE_UNIT, RADIO_ATT_WRITE_NOT_PERMITTED, done, user_data);
}

/**
 * radio_attribute_call:
 * @self: a characteristic
 * @method: StartNotify, StopNotify or Confirm
 *
 * Tells the application; like BlueZ, without caring for the answer.
 */
void
radio_attribute_call (RadioAttribute *self, const char *method)
{
  g_dbus_connection_call (self->application->adapter->radio->connection, self->application->client,
                          self->path, CHARACTERISTIC_INTERFACE, method, NULL, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}
