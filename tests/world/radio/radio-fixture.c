/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-fixture.h"

#include <string.h>

#define APPLICATION_PATH "/test"
#define ADVERTISEMENT_PATH "/advertisement"
#define BLUEZ "org.bluez"

static const struct
{
  const char *uuid;
  const char *const flags[4];
} characteristics[N_CHARACTERISTICS] = {
  [STORE] = { "5b1e0002-9d3c-4f5a-8a77-c40e8d2f61b3",
              { "read", "write", "write-without-response" } },
  [OUTBOX] = { "5b1e0003-9d3c-4f5a-8a77-c40e8d2f61b3", { "notify" } },
  [PLAIN] = { "5b1e0004-9d3c-4f5a-8a77-c40e8d2f61b3", { "read", "write" } },
  [SECRET] = { "5b1e0005-9d3c-4f5a-8a77-c40e8d2f61b3", { "encrypt-read" } },
};

typedef struct
{
  Fixture *f;
  const char *path;
  const char *name;
  const char *text;
  gboolean value;
  guint n;
  GAsyncResult *result;
} Wait;

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->result = g_object_ref (result);
}

static gboolean
is_answered (gpointer user_data)
{
  return ((Wait *) user_data)->result != NULL;
}

/* The peripheral answers from the same main loop, so no call may block it. */
GVariant *
fixture_call (Fixture *f,
              GDBusConnection *from,
              const char *path,
              const char *interface,
              const char *method,
              GVariant *parameters,
              GError **error)
{
  Wait wait = { .f = f };
  GVariant *reply;

  g_dbus_connection_call (from, BLUEZ, path, interface, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_called, &wait);
  if (!enigm_world_await (is_answered, &wait))
    g_error ("%s.%s was not answered", interface, method);
  reply = g_dbus_connection_call_finish (from, wait.result, error);
  g_object_unref (wait.result);
  return reply;
}

void
fixture_call_ok (Fixture *f,
                 GDBusConnection *from,
                 const char *path,
                 const char *interface,
                 const char *method,
                 GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = fixture_call (f, from, path, interface, method, parameters, &error);

  g_assert_no_error (error);
}

void
fixture_call_refused (Fixture *f,
                      GDBusConnection *from,
                      const char *path,
                      const char *interface,
                      const char *method,
                      GVariant *parameters,
                      const char *error_name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = fixture_call (f, from, path, interface, method, parameters, &error);
  g_autofree char *name = NULL;

  g_assert_null (reply);
  name = g_dbus_error_get_remote_error (error);
  g_assert_cmpstr (name, ==, error_name);
}

void
fixture_set (Fixture *f, const char *path, const char *interface, const char *name, GVariant *value)
{
  fixture_call_ok (f, f->central, path, "org.freedesktop.DBus.Properties", "Set",
                   g_variant_new ("(ssv)", interface, name, value));
}

static gsize
option_offset (GVariant *options)
{
  guint16 offset = 0;

  g_variant_lookup (options, "offset", "q", &offset);
  return offset;
}

static gboolean
refuse (Fixture *f, GDBusMethodInvocation *invocation)
{
  if (f->refuse == NULL)
    return FALSE;
  g_dbus_method_invocation_return_dbus_error (invocation, f->refuse, f->refuse_why);
  return TRUE;
}

static void
log_options (Fixture *f, const char *what, GVariant *options)
{
  const char *device = "", *link = "", *type = "";
  guint16 mtu = 0;

  g_variant_lookup (options, "device", "&o", &device);
  g_variant_lookup (options, "link", "&s", &link);
  g_variant_lookup (options, "type", "&s", &type);
  g_variant_lookup (options, "mtu", "q", &mtu);
  g_assert_true (g_str_has_prefix (device, HCI1 "/dev_"));
  g_assert_cmpstr (link, ==, "LE");
  g_ptr_array_add (f->log, g_strdup_printf ("%s offset=%zu mtu=%u type=%s", what,
                                            option_offset (options), mtu, type));
}

static gboolean
on_read_value (EnigmBluezGattCharacteristic1 *skeleton,
               GDBusMethodInvocation *invocation,
               GVariant *options,
               gpointer user_data)
{
  Fixture *f = user_data;
  gsize offset = option_offset (options);

  log_options (f, "read", options);
  if (f->silent)
    g_ptr_array_add (f->kept, invocation);
  else if (!refuse (f, invocation))
    {
      if (offset > f->value->len)
        g_dbus_method_invocation_return_dbus_error (invocation, "org.bluez.Error.InvalidOffset",
                                                    "");
      else
        enigm_bluez_gatt_characteristic1_complete_read_value (
          skeleton, invocation,
          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, f->value->data + offset,
                                     f->value->len - offset, 1));
    }
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_write_value (EnigmBluezGattCharacteristic1 *skeleton,
                GDBusMethodInvocation *invocation,
                GVariant *value,
                GVariant *options,
                gpointer user_data)
{
  Fixture *f = user_data;
  gsize offset = option_offset (options);
  gsize length;
  gconstpointer data = g_variant_get_fixed_array (value, &length, 1);

  log_options (f, "write", options);
  if (!refuse (f, invocation))
    {
      g_assert_cmpuint (offset, <=, f->value->len);
      g_byte_array_set_size (f->value, (guint) offset);
      if (length > 0)
        g_byte_array_append (f->value, data, (guint) length);
      enigm_bluez_gatt_characteristic1_complete_write_value (skeleton, invocation);
    }
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_start_notify (EnigmBluezGattCharacteristic1 *skeleton,
                 GDBusMethodInvocation *invocation,
                 gpointer user_data)
{
  Fixture *f = user_data;

  g_ptr_array_add (f->log, g_strdup ("start-notify"));
  enigm_bluez_gatt_characteristic1_complete_start_notify (skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_stop_notify (EnigmBluezGattCharacteristic1 *skeleton,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  Fixture *f = user_data;

  g_ptr_array_add (f->log, g_strdup ("stop-notify"));
  enigm_bluez_gatt_characteristic1_complete_stop_notify (skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_release (EnigmBluezLEAdvertisement1 *skeleton,
            GDBusMethodInvocation *invocation,
            gpointer user_data)
{
  Fixture *f = user_data;

  f->released++;
  enigm_bluez_le_advertisement1_complete_release (skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_proxy_properties_changed (GDBusObjectManagerClient *manager,
                             GDBusObjectProxy *object,
                             GDBusProxy *proxy,
                             GVariant *changed,
                             const char *const *invalidated,
                             gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr (GVariant) value = g_variant_lookup_value (changed, "Value", G_VARIANT_TYPE_BYTESTRING);

  if (g_variant_lookup (changed, "RSSI", "n", NULL))
    f->rssi_changes++;
  if (value != NULL && g_str_equal (enigm_bluez_gatt_characteristic1_get_uuid (
                                      ENIGM_BLUEZ_GATT_CHARACTERISTIC1 (proxy)),
                                    characteristics[OUTBOX].uuid))
    g_ptr_array_add (f->values, g_variant_get_data_as_bytes (value));
}

static void
on_object_removed (GDBusObjectManager *manager, GDBusObject *object, gpointer user_data)
{
  Fixture *f = user_data;

  g_ptr_array_add (f->removed, g_strdup (g_dbus_object_get_object_path (object)));
}

static void
export_application (Fixture *f)
{
  g_autoptr (EnigmBluezObjectSkeleton) object =
    enigm_bluez_object_skeleton_new (APPLICATION_PATH "/service0");
  g_autoptr (EnigmBluezGattService1) service = enigm_bluez_gatt_service1_skeleton_new ();

  f->application = g_dbus_object_manager_server_new (APPLICATION_PATH);
  enigm_bluez_gatt_service1_set_uuid (service, SERVICE_UUID);
  enigm_bluez_gatt_service1_set_primary (service, TRUE);
  enigm_bluez_gatt_service1_set_device (service, "/");
  enigm_bluez_object_skeleton_set_gatt_service1 (object, service);
  g_dbus_object_manager_server_export (f->application, G_DBUS_OBJECT_SKELETON (object));

  for (guint i = 0; i < N_CHARACTERISTICS; i++)
    {
      g_autofree char *path = g_strdup_printf (APPLICATION_PATH "/service0/char%u", i);
      g_autoptr (EnigmBluezObjectSkeleton) child = enigm_bluez_object_skeleton_new (path);

      f->served[i] = enigm_bluez_gatt_characteristic1_skeleton_new ();
      enigm_bluez_gatt_characteristic1_set_uuid (f->served[i], characteristics[i].uuid);
      enigm_bluez_gatt_characteristic1_set_service (f->served[i], APPLICATION_PATH "/service0");
      enigm_bluez_gatt_characteristic1_set_flags (f->served[i], characteristics[i].flags);
      g_signal_connect (f->served[i], "handle-read-value", G_CALLBACK (on_read_value), f);
      g_signal_connect (f->served[i], "handle-write-value", G_CALLBACK (on_write_value), f);
      g_signal_connect (f->served[i], "handle-start-notify", G_CALLBACK (on_start_notify), f);
      g_signal_connect (f->served[i], "handle-stop-notify", G_CALLBACK (on_stop_notify), f);
      enigm_bluez_object_skeleton_set_gatt_characteristic1 (child, f->served[i]);
      g_dbus_object_manager_server_export (f->application, G_DBUS_OBJECT_SKELETON (child));
    }
  g_dbus_object_manager_server_set_connection (f->application, f->peripheral);
}

static void
export_advertisement (Fixture *f)
{
  const char *const uuids[] = { SERVICE_UUID, NULL };
  const guint8 data[] = { 1, 0x12, 0x34, 0 };
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{qv}"));
  g_autoptr (GError) error = NULL;

  g_variant_builder_add (&builder, "{qv}", 0xffff,
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, sizeof data, 1));
  f->advertisement = enigm_bluez_le_advertisement1_skeleton_new ();
  enigm_bluez_le_advertisement1_set_type_ (f->advertisement, "peripheral");
  enigm_bluez_le_advertisement1_set_service_uuids (f->advertisement, uuids);
  enigm_bluez_le_advertisement1_set_manufacturer_data (f->advertisement,
                                                       g_variant_builder_end (&builder));
  enigm_bluez_le_advertisement1_set_discoverable (f->advertisement, TRUE);
  g_signal_connect (f->advertisement, "handle-release", G_CALLBACK (on_release), f);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (f->advertisement), f->peripheral,
                                    ADVERTISEMENT_PATH, &error);
  g_assert_no_error (error);
}

/* @options: arguments of the radio, or NULL for two adapters as usual */
void
fixture_set_up (Fixture *f, gconstpointer options)
{
  const char *const *argv = options;
  g_autoptr (GError) error = NULL;

  f->world = enigm_world_new (argv == NULL ? ENIGM_WORLD_RADIO : ENIGM_WORLD_SYSTEM_BUS);
  if (argv != NULL)
    {
      g_autofree char *program =
        enigm_world_find_program ("tests/world/radio/enigm-practice-radio");
      g_autoptr (GPtrArray) words = g_ptr_array_new ();
      g_autoptr (GSubprocess) radio = NULL;

      g_ptr_array_add (words, program);
      for (gsize i = 0; argv[i] != NULL; i++)
        g_ptr_array_add (words, (gpointer) argv[i]);
      g_ptr_array_add (words, NULL);
      radio =
        enigm_world_spawn (f->world, G_SUBPROCESS_FLAGS_NONE, (const char *const *) words->pdata);
      enigm_world_await_name (f->world, G_BUS_TYPE_SYSTEM, BLUEZ, TRUE);
    }
  f->value = g_byte_array_new ();
  f->log = g_ptr_array_new_with_free_func (g_free);
  f->kept = g_ptr_array_new ();
  f->values = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  f->removed = g_ptr_array_new_with_free_func (g_free);
  f->peripheral = enigm_world_connect (f->world, G_BUS_TYPE_SYSTEM);
  f->central = enigm_world_connect (f->world, G_BUS_TYPE_SYSTEM);
  export_application (f);
  export_advertisement (f);

  f->objects = enigm_bluez_object_manager_client_new_sync (
    f->central, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_NONE, BLUEZ, "/", NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (f->objects, "interface-proxy-properties-changed",
                    G_CALLBACK (on_proxy_properties_changed), f);
  g_signal_connect (f->objects, "object-removed", G_CALLBACK (on_object_removed), f);
  f->control = practice_radio1_proxy_new_sync (f->central, G_DBUS_PROXY_FLAGS_NONE, BLUEZ,
                                               "/io/enigm/PracticeRadio", NULL, &error);
  g_assert_no_error (error);
}

void
fixture_tear_down (Fixture *f, gconstpointer options)
{
  for (guint i = 0; i < f->kept->len; i++)
    g_dbus_method_invocation_return_dbus_error (g_ptr_array_index (f->kept, i),
                                                "org.bluez.Error.Failed", "");
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (f->advertisement));
  g_dbus_object_manager_server_set_connection (f->application, NULL);
  for (guint i = 0; i < N_CHARACTERISTICS; i++)
    g_clear_object (&f->served[i]);
  g_clear_object (&f->advertisement);
  g_clear_object (&f->application);
  g_clear_object (&f->control);
  g_clear_object (&f->objects);
  g_clear_object (&f->peripheral);
  g_clear_object (&f->central);
  g_byte_array_unref (f->value);
  g_ptr_array_unref (f->log);
  g_ptr_array_unref (f->kept);
  g_ptr_array_unref (f->values);
  g_ptr_array_unref (f->removed);
  enigm_world_free (f->world);
}

void
fixture_advertise (Fixture *f)
{
  fixture_call_ok (f, f->peripheral, HCI1, "org.bluez.LEAdvertisingManager1",
                   "RegisterAdvertisement", g_variant_new ("(oa{sv})", ADVERTISEMENT_PATH, NULL));
}

void
fixture_serve (Fixture *f)
{
  fixture_call_ok (f, f->peripheral, HCI1, "org.bluez.GattManager1", "RegisterApplication",
                   g_variant_new ("(oa{sv})", APPLICATION_PATH, NULL));
}

/* Scans on hci0 for the peripheral's service. */
void
fixture_scan (Fixture *f)
{
  fixture_call_ok (f, f->central, HCI0, ADAPTER_INTERFACE, "SetDiscoveryFilter",
                   g_variant_new_parsed ("({'UUIDs': <%^as>, 'Transport': <'le'>},)",
                                         ((const char *const[]){ SERVICE_UUID, NULL })));
  fixture_call_ok (f, f->central, HCI0, ADAPTER_INTERFACE, "StartDiscovery", NULL);
}

/* Where the adapter @at has the adapter @of. */
char *
fixture_device_path (Fixture *f, const char *of, const char *at)
{
  g_autoptr (GDBusInterface) adapter =
    g_dbus_object_manager_get_interface (f->objects, of, ADAPTER_INTERFACE);
  g_autofree char *address = enigm_bluez_adapter1_dup_address (ENIGM_BLUEZ_ADAPTER1 (adapter));

  return g_strdup_printf ("%s/dev_%s", at, g_strdelimit (address, ":", '_'));
}

char *
fixture_find_device (Fixture *f)
{
  char *path = fixture_device_path (f, HCI1, HCI0);

  fixture_scan (f);
  fixture_await_object (f, path, TRUE);
  return path;
}

/* From nothing to ServicesResolved. */
char *
fixture_connect (Fixture *f)
{
  char *path;

  fixture_serve (f);
  fixture_advertise (f);
  path = fixture_find_device (f);
  fixture_call_ok (f, f->central, path, DEVICE_INTERFACE, "Connect", NULL);
  fixture_await_boolean (f, path, "ServicesResolved", TRUE);
  return path;
}

char *
fixture_characteristic (Fixture *f, const char *device, Characteristic which)
{
  g_autolist (GDBusObject) objects = g_dbus_object_manager_get_objects (f->objects);

  for (GList *l = objects; l != NULL; l = l->next)
    {
      const char *path = g_dbus_object_get_object_path (l->data);
      g_autoptr (GDBusInterface) interface =
        g_dbus_object_get_interface (l->data, CHARACTERISTIC_INTERFACE);

      if (interface != NULL && g_str_has_prefix (path, device) &&
          g_str_equal (enigm_bluez_gatt_characteristic1_get_uuid (
                         ENIGM_BLUEZ_GATT_CHARACTERISTIC1 (interface)),
                       characteristics[which].uuid))
        return g_strdup (path);
    }
  g_assert_not_reached ();
}

gboolean
fixture_get_boolean (Fixture *f, const char *path, const char *name)
{
  g_autoptr (GDBusObject) object = g_dbus_object_manager_get_object (f->objects, path);
  g_autolist (GDBusInterface) interfaces =
    object != NULL ? g_dbus_object_get_interfaces (object) : NULL;

  for (GList *l = interfaces; l != NULL; l = l->next)
    {
      g_autoptr (GVariant) value = g_dbus_proxy_get_cached_property (l->data, name);

      if (value != NULL)
        return g_variant_get_boolean (value);
    }
  return FALSE;
}

static gboolean
is_boolean (gpointer user_data)
{
  Wait *wait = user_data;

  return fixture_get_boolean (wait->f, wait->path, wait->name) == wait->value;
}

void
fixture_await_boolean (Fixture *f, const char *path, const char *name, gboolean value)
{
  Wait wait = { .f = f, .path = path, .name = name, .value = value };

  if (!enigm_world_await (is_boolean, &wait))
    g_error ("%s of %s did not become %d", name, path, value);
}

static gboolean
is_there (gpointer user_data)
{
  Wait *wait = user_data;
  g_autoptr (GDBusObject) object = g_dbus_object_manager_get_object (wait->f->objects, wait->path);

  return (object != NULL) == wait->value;
}

void
fixture_await_object (Fixture *f, const char *path, gboolean there)
{
  Wait wait = { .f = f, .path = path, .value = there };

  if (!enigm_world_await (is_there, &wait))
    g_error ("%s is %sthere", path, there ? "not " : "still ");
}

static gboolean
has_values (gpointer user_data)
{
  Wait *wait = user_data;

  return wait->f->values->len >= wait->n;
}

void
fixture_await_values (Fixture *f, guint n)
{
  Wait wait = { .f = f, .n = n };

  if (!enigm_world_await (has_values, &wait))
    g_error ("%u of %u notifications came", f->values->len, n);
}

static gboolean
has_log (gpointer user_data)
{
  Wait *wait = user_data;

  return g_ptr_array_find_with_equal_func (wait->f->log, wait->text, g_str_equal, NULL);
}

void
fixture_await_log (Fixture *f, const char *entry)
{
  Wait wait = { .f = f, .text = entry };

  if (!enigm_world_await (has_log, &wait))
    g_error ("the peripheral was not asked for \"%s\"", entry);
}

/* A skeleton would drop repeats. */
void
fixture_notify (Fixture *f, const guint8 *data, gsize length)
{
  g_auto (GVariantBuilder) changed = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&changed, "{sv}", "Value",
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, length, 1));
  g_dbus_connection_emit_signal (
    f->peripheral, NULL,
    g_dbus_interface_skeleton_get_object_path (G_DBUS_INTERFACE_SKELETON (f->served[OUTBOX])),
    "org.freedesktop.DBus.Properties", "PropertiesChanged",
    g_variant_new ("(sa{sv}as)", CHARACTERISTIC_INTERFACE, &changed, NULL), NULL);
}

guint64
fixture_counter (Fixture *f, const char *name)
{
  g_autoptr (GVariant) counters = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n;

  practice_radio1_call_statistics_sync (f->control, &counters, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (counters, name, "t", &n));
  return n;
}
