/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-fixture.h"

#include <stdlib.h>
#include <string.h>

static void
set_mtu (Fixture *f, guint16 mtu)
{
  g_autoptr (GError) error = NULL;

  practice_radio1_call_set_mtu_sync (f->control, mtu, NULL, &error);
  g_assert_no_error (error);
}

static void
fill (Fixture *f, guint length)
{
  g_byte_array_set_size (f->value, length);
  for (guint i = 0; i < length; i++)
    f->value->data[i] = (guint8) (i * 7);
}

static void
assert_reads (Fixture *f, const char *path, guint16 offset, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) value = NULL;
  GVariant *options = g_variant_new_parsed ("({'offset': <%q>},)", offset);

  reply =
    fixture_call (f, f->central, path, CHARACTERISTIC_INTERFACE, "ReadValue", options, &error);
  g_assert_no_error (error);
  value = g_variant_get_child_value (reply, 0);
  g_assert_cmpmem (g_variant_get_data (value), g_variant_get_size (value), f->value->data + offset,
                   length);
}

static GVariant *
write_parameters (const guint8 *data, gsize length, guint16 offset, const char *type)
{
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (type != NULL)
    g_variant_builder_add (&options, "{sv}", "type", g_variant_new_string (type));
  if (offset > 0)
    g_variant_builder_add (&options, "{sv}", "offset", g_variant_new_uint16 (offset));
  return g_variant_new ("(@aya{sv})",
                        g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, length, 1), &options);
}

static void
assert_writes (Fixture *f, const char *path, gsize length, guint16 offset, const char *type)
{
  g_autofree guint8 *data = g_malloc (length);

  if (length > 0)
    memset (data, (int) length, length);
  fixture_call_ok (f, f->central, path, CHARACTERISTIC_INTERFACE, "WriteValue",
                   write_parameters (data, length, offset, type));
}

static void
assert_write_refused (Fixture *f,
                      const char *path,
                      gsize length,
                      guint16 offset,
                      const char *type,
                      const char *name)
{
  g_autofree guint8 *data = g_malloc0 (length);

  fixture_call_refused (f, f->central, path, CHARACTERISTIC_INTERFACE, "WriteValue",
                        write_parameters (data, length, offset, type), name);
}

/* Everything is where a GDBusObjectManagerClient with the generated types looks for it. */
static void
test_objects (Fixture *f, gconstpointer options)
{
  g_autofree char *device = fixture_connect (f);
  g_autofree char *outbox = fixture_characteristic (f, device, OUTBOX);
  g_autofree char *central = fixture_device_path (f, HCI0, HCI1);
  g_autofree char *descriptor = NULL;
  g_autoptr (GDBusInterface) interface = NULL;
  g_autoptr (GDBusInterface) service = NULL;
  g_autoptr (GDBusInterface) seen = NULL;
  const char *service_path;
  EnigmBluezGattCharacteristic1 *characteristic;

  interface = g_dbus_object_manager_get_interface (f->objects, outbox, CHARACTERISTIC_INTERFACE);
  characteristic = ENIGM_BLUEZ_GATT_CHARACTERISTIC1 (interface);
  g_assert_cmpuint (enigm_bluez_gatt_characteristic1_get_mtu (characteristic), ==, 517);
  g_assert_false (enigm_bluez_gatt_characteristic1_get_notifying (characteristic));
  g_assert_cmpstr (enigm_bluez_gatt_characteristic1_get_flags (characteristic)[0], ==, "notify");
  service_path = enigm_bluez_gatt_characteristic1_get_service (characteristic);
  service =
    g_dbus_object_manager_get_interface (f->objects, service_path, "org.bluez.GattService1");
  g_assert_cmpstr (enigm_bluez_gatt_service1_get_uuid (ENIGM_BLUEZ_GATT_SERVICE1 (service)), ==,
                   SERVICE_UUID);
  g_assert_cmpstr (enigm_bluez_gatt_service1_get_device (ENIGM_BLUEZ_GATT_SERVICE1 (service)), ==,
                   device);
  g_assert_true (enigm_bluez_gatt_service1_get_primary (ENIGM_BLUEZ_GATT_SERVICE1 (service)));

  /* What notifies has a configuration to read; StartNotify is what writes it. */
  descriptor = g_strdup_printf ("%s/desc%04x", outbox,
                                (guint) strtoul (strrchr (outbox, 'r') + 1, NULL, 16) + 2);
  fixture_await_object (f, descriptor, TRUE);
  fixture_call_ok (f, f->central, descriptor, "org.bluez.GattDescriptor1", "ReadValue", NO_OPTIONS);
  fixture_call_refused (f, f->central, descriptor, "org.bluez.GattDescriptor1", "WriteValue",
                        write_parameters ((const guint8 *) "\1\0", 2, 0, NULL),
                        "org.bluez.Error.NotPermitted");

  /* The peripheral sees who is connected, too. */
  seen = g_dbus_object_manager_get_interface (f->objects, central, DEVICE_INTERFACE);
  g_assert_true (enigm_bluez_device1_get_connected (ENIGM_BLUEZ_DEVICE1 (seen)));

  /* Service Changed. */
  fixture_call_ok (f, f->peripheral, HCI1, "org.bluez.GattManager1", "UnregisterApplication",
                   g_variant_new ("(o)", "/test"));
  fixture_await_object (f, outbox, FALSE);
  g_assert_true (fixture_get_boolean (f, device, "Connected"));
  fixture_serve (f);
  fixture_await_object (f, outbox, TRUE);

  fixture_call_ok (f, f->central, HCI0, ADAPTER_INTERFACE, "RemoveDevice",
                   g_variant_new ("(o)", device));
  fixture_await_object (f, device, FALSE);
  fixture_await_object (f, outbox, FALSE);
  fixture_await_boolean (f, central, "Connected", FALSE);
}

static void
test_read (Fixture *f, gconstpointer options)
{
  g_autofree char *device = fixture_connect (f);
  g_autofree char *path = fixture_characteristic (f, device, STORE);

  assert_reads (f, path, 0, 0);
  fill (f, 512);
  practice_radio1_call_reset_statistics_sync (f->control, NULL, NULL);
  assert_reads (f, path, 0, 512);
  fixture_await_log (f, "read offset=0 mtu=517 type=");
  g_assert_cmpuint (fixture_counter (f, "Reads"), ==, 1);
  g_assert_cmpuint (fixture_counter (f, "BytesToServer"), ==, 3);
  g_assert_cmpuint (fixture_counter (f, "BytesToClient"), ==, 513);
  assert_reads (f, path, 500, 12);
  fixture_await_log (f, "read offset=500 mtu=517 type=");
  assert_reads (f, path, 512, 0);
}

static void
test_long_read (Fixture *f, gconstpointer options)
{
  g_autofree char *device = NULL;
  g_autofree char *path = NULL;

  set_mtu (f, 23);
  device = fixture_connect (f);
  path = fixture_characteristic (f, device, STORE);
  fill (f, 50);
  practice_radio1_call_reset_statistics_sync (f->control, NULL, NULL);
  assert_reads (f, path, 0, 50);
  /* 22, 22 and 6 bytes. */
  g_assert_cmpuint (fixture_counter (f, "Reads"), ==, 3);
  fixture_await_log (f, "read offset=22 mtu=23 type=");
  fixture_await_log (f, "read offset=44 mtu=23 type=");
  g_assert_cmpuint (fixture_counter (f, "BytesToServer"), ==, 3 + 5 + 5);
  g_assert_cmpuint (fixture_counter (f, "BytesToClient"), ==, 50 + 3);
  assert_reads (f, path, 20, 30);
  /* A value that fills its response takes another to know. */
  fill (f, 22);
  assert_reads (f, path, 0, 22);
  fill (f, 512);
  assert_reads (f, path, 0, 512);
}

static void
test_write (Fixture *f, gconstpointer options)
{
  g_autofree char *device = fixture_connect (f);
  g_autofree char *path = fixture_characteristic (f, device, STORE);
  g_autofree char *plain = fixture_characteristic (f, device, PLAIN);

  practice_radio1_call_reset_statistics_sync (f->control, NULL, NULL);
  assert_writes (f, path, 512, 0, NULL);
  g_assert_cmpuint (f->value->len, ==, 512);
  fixture_await_log (f, "write offset=0 mtu=517 type=request");
  g_assert_cmpuint (fixture_counter (f, "WriteRequests"), ==, 1);
  g_assert_cmpuint (fixture_counter (f, "BytesToServer"), ==, 515);
  g_assert_cmpuint (fixture_counter (f, "BytesToClient"), ==, 1);
  assert_write_refused (f, path, 513, 0, NULL, "org.bluez.Error.InvalidArguments");
  assert_write_refused (f, path, 600, 0, NULL, "org.bluez.Error.InvalidArguments");
  g_assert_cmpuint (f->value->len, ==, 512);

  assert_writes (f, path, 5, 0, "command");
  fixture_await_log (f, "write offset=0 mtu=517 type=command");
  g_assert_cmpuint (fixture_counter (f, "WriteCommands"), ==, 1);
  assert_write_refused (f, path, 515, 0, "command", "org.bluez.Error.Failed");
  assert_write_refused (f, path, 5, 0, "loudly", "org.bluez.Error.InvalidArguments");
  assert_writes (f, plain, 0, 0, "reliable");
  g_assert_cmpuint (f->value->len, ==, 0);
}

static void
test_long_write (Fixture *f, gconstpointer options)
{
  g_autofree char *device = NULL;
  g_autofree char *path = NULL;

  set_mtu (f, 23);
  device = fixture_connect (f);
  path = fixture_characteristic (f, device, STORE);
  practice_radio1_call_reset_statistics_sync (f->control, NULL, NULL);
  assert_writes (f, path, 20, 0, NULL);
  g_assert_cmpuint (fixture_counter (f, "WriteRequests"), ==, 1);

  /* 18, 18 and 4 bytes prepared, then executed: the program gets them as one. */
  practice_radio1_call_reset_statistics_sync (f->control, NULL, NULL);
  assert_writes (f, path, 40, 0, "request");
  fixture_await_log (f, "write offset=0 mtu=23 type=reliable");
  g_assert_cmpuint (f->value->len, ==, 40);
  g_assert_cmpuint (fixture_counter (f, "WriteRequests"), ==, 4);
  g_assert_cmpuint (fixture_counter (f, "BytesToServer"), ==, 3 * 5 + 40 + 2);
  g_assert_cmpuint (fixture_counter (f, "BytesToClient"), ==, 3 * 5 + 40 + 1);

  assert_writes (f, path, 3, 30, NULL);
  fixture_await_log (f, "write offset=30 mtu=23 type=reliable");
  g_assert_cmpuint (f->value->len, ==, 33);
  assert_write_refused (f, path, 512, 1, NULL, "org.bluez.Error.InvalidArguments");
  assert_writes (f, path, 512, 0, NULL);
  g_assert_cmpuint (f->value->len, ==, 512);
}

static void
assert_value (Fixture *f, guint index, const guint8 *data, gsize length)
{
  GBytes *value = g_ptr_array_index (f->values, index);

  g_assert_cmpmem (g_bytes_get_data (value, NULL), g_bytes_get_size (value), data, length);
}

static void
test_notify (Fixture *f, gconstpointer options)
{
  g_autofree char *device = NULL;
  g_autofree char *path = NULL;
  const guint8 data[] = "thirty bytes of notified value";

  set_mtu (f, 23);
  device = fixture_connect (f);
  path = fixture_characteristic (f, device, OUTBOX);

  /* Not subscribed yet: this one is not sent. */
  fixture_notify (f, data, 1);
  practice_radio1_call_reset_statistics_sync (f->control, NULL, NULL);
  fixture_call_ok (f, f->central, path, CHARACTERISTIC_INTERFACE, "StartNotify", NULL);
  fixture_await_boolean (f, path, "Notifying", TRUE);
  fixture_await_log (f, "start-notify");
  g_assert_cmpuint (fixture_counter (f, "CccdWrites"), ==, 1);

  /* Each is delivered, an equal one too, and cut to MTU - 5, as between two bluetoothd. */
  fixture_notify (f, data, 7);
  fixture_notify (f, data, 7);
  fixture_notify (f, data, 30);
  fixture_notify (f, data, 0);
  fixture_await_values (f, 4);
  assert_value (f, 0, data, 7);
  assert_value (f, 1, data, 7);
  assert_value (f, 2, data, 18);
  assert_value (f, 3, data, 0);
  g_assert_cmpuint (fixture_counter (f, "Notifications"), ==, 4);
  g_assert_cmpuint (fixture_counter (f, "BytesToClient"), ==, 1 + 4 * 3 + 7 + 7 + 18);

  /* A second listener keeps it going when the first stops. */
  fixture_call_ok (f, f->peripheral, path, CHARACTERISTIC_INTERFACE, "StartNotify", NULL);
  g_assert_cmpuint (fixture_counter (f, "CccdWrites"), ==, 1);
  fixture_call_ok (f, f->central, path, CHARACTERISTIC_INTERFACE, "StopNotify", NULL);
  g_assert_true (fixture_get_boolean (f, path, "Notifying"));
  fixture_call_refused (f, f->central, path, CHARACTERISTIC_INTERFACE, "StopNotify", NULL,
                        "org.bluez.Error.Failed");
  fixture_call_ok (f, f->peripheral, path, CHARACTERISTIC_INTERFACE, "StopNotify", NULL);
  fixture_await_boolean (f, path, "Notifying", FALSE);
  fixture_await_log (f, "stop-notify");
}

static void
test_large_notification (Fixture *f, gconstpointer options)
{
  g_autofree char *device = fixture_connect (f);
  g_autofree char *path = fixture_characteristic (f, device, OUTBOX);

  fixture_call_ok (f, f->central, path, CHARACTERISTIC_INTERFACE, "StartNotify", NULL);
  fill (f, 600);
  fixture_notify (f, f->value->data, 600);
  fixture_await_values (f, 1);
  assert_value (f, 0, f->value->data, 512);
}

/* What the peripheral's program refuses arrives as bluetoothd would say it. */
static void
test_refusals (Fixture *f, gconstpointer options)
{
  static const struct
  {
    const char *refused_with, *message, *seen, *seen_message;
  } cases[] = {
    { "org.bluez.Error.Failed", "no", "org.bluez.Error.Failed", "ATT error: 0x80" },
    { "org.bluez.Error.Failed", "0x83", "org.bluez.Error.Failed", "ATT error: 0x83" },
    { "org.bluez.Error.Failed", "0x20", "org.bluez.Error.Failed", "ATT error: 0x0e" },
    { "org.bluez.Error.NotAuthorized", "", "org.bluez.Error.NotAuthorized", "" },
    { "org.bluez.Error.NotSupported", "", "org.bluez.Error.NotSupported", "" },
    { "org.bluez.Error.NotPermitted", "", "org.bluez.Error.NotPermitted", "not permitted" },
    { "org.bluez.Error.InvalidOffset", "", "org.bluez.Error.InvalidArguments", "Invalid offset" },
    { "org.bluez.Error.InvalidValueLength", "", "org.bluez.Error.InvalidArguments",
      "Invalid Length" },
    { "org.bluez.Error.InProgress", "", "org.bluez.Error.Failed", "ATT error: 0xfe" },
    { "io.enigm.Other", "", "org.bluez.Error.Failed", "ATT error: 0x0e" },
  };
  g_autofree char *device = fixture_connect (f);
  g_autofree char *path = fixture_characteristic (f, device, PLAIN);
  g_autofree char *outbox = fixture_characteristic (f, device, OUTBOX);
  g_autofree char *secret = fixture_characteristic (f, device, SECRET);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int write = 0; write < 2; write++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (GVariant) reply = NULL;
        g_autofree char *name = NULL;

        f->refuse = cases[i].refused_with;
        f->refuse_why = cases[i].message;
        reply = fixture_call (
          f, f->central, path, CHARACTERISTIC_INTERFACE, write ? "WriteValue" : "ReadValue",
          write ? write_parameters ((const guint8 *) "x", 1, 0, NULL) : NO_OPTIONS, &error);
        g_assert_null (reply);
        name = g_dbus_error_get_remote_error (error);
        g_assert_cmpstr (name, ==, cases[i].seen);
        g_assert_nonnull (strstr (error->message, cases[i].seen_message));
      }
  f->refuse = NULL;

  fixture_call_refused (f, f->central, outbox, CHARACTERISTIC_INTERFACE, "ReadValue", NO_OPTIONS,
                        "org.bluez.Error.NotPermitted");
  assert_write_refused (f, outbox, 1, 0, NULL, "org.bluez.Error.NotSupported");
  assert_write_refused (f, outbox, 1, 0, "request", "org.bluez.Error.NotPermitted");
  fixture_call_refused (f, f->central, secret, CHARACTERISTIC_INTERFACE, "ReadValue", NO_OPTIONS,
                        "org.bluez.Error.NotPermitted");
  fixture_call_refused (f, f->central, path, CHARACTERISTIC_INTERFACE, "StartNotify", NULL,
                        "org.bluez.Error.NotSupported");
  fixture_call_refused (f, f->central, path, CHARACTERISTIC_INTERFACE, "ReadValue",
                        g_variant_new_parsed ("({'offset': <'far'>},)"),
                        "org.bluez.Error.InvalidArguments");
  fixture_call_refused (f, f->central, path, CHARACTERISTIC_INTERFACE, "ReadValue",
                        g_variant_new_parsed ("({'offset': <uint16 9>},)"),
                        "org.bluez.Error.InvalidArguments");
}

static void
test_disconnect (Fixture *f, gconstpointer options)
{
  g_autofree char *device = fixture_connect (f);
  g_autofree char *central = fixture_device_path (f, HCI0, HCI1);
  g_autofree char *outbox = fixture_characteristic (f, device, OUTBOX);

  /* By the central. */
  fixture_call_ok (f, f->central, outbox, CHARACTERISTIC_INTERFACE, "StartNotify", NULL);
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Connect", NULL);
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Disconnect", NULL);
  fixture_await_log (f, "stop-notify");
  fixture_await_boolean (f, central, "Connected", FALSE);
  fixture_await_boolean (f, device, "ServicesResolved", FALSE);
  g_assert_false (fixture_get_boolean (f, device, "Connected"));
  g_assert_false (fixture_get_boolean (f, outbox, "Notifying"));
  fixture_call_refused (f, f->central, device, DEVICE_INTERFACE, "Disconnect", NULL,
                        "org.bluez.Error.NotConnected");
  fixture_call_refused (f, f->central, outbox, CHARACTERISTIC_INTERFACE, "StartNotify", NULL,
                        "org.bluez.Error.Failed");

  /* Again, and by the peripheral. */
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Connect", NULL);
  fixture_await_boolean (f, device, "ServicesResolved", TRUE);
  fixture_call_ok (f, f->peripheral, central, DEVICE_INTERFACE, "Disconnect", NULL);
  fixture_await_boolean (f, device, "Connected", FALSE);
  g_assert_cmpuint (fixture_counter (f, "Connections"), ==, 2);
}

static gboolean
is_asked (gpointer user_data)
{
  Fixture *f = user_data;

  return f->kept->len > 0;
}

static void
on_call_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **answer = user_data;

  *answer = g_object_ref (result);
}

static gboolean
is_set (gpointer user_data)
{
  return *(gpointer *) user_data != NULL;
}

/* A read that waits for its answer fails when the link goes. */
static void
test_lost_while_reading (Fixture *f, gconstpointer options)
{
  g_autofree char *device = fixture_connect (f);
  g_autofree char *path = fixture_characteristic (f, device, PLAIN);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  f->silent = TRUE;
  g_dbus_connection_call (f->central, "org.bluez", path, CHARACTERISTIC_INTERFACE, "ReadValue",
                          NO_OPTIONS, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_call_answered,
                          &result);
  g_assert_true (enigm_world_await (is_asked, f));
  fixture_set (f, HCI1, ADAPTER_INTERFACE, "Powered", g_variant_new_boolean (FALSE));
  g_assert_true (enigm_world_await (is_set, &result));
  reply = g_dbus_connection_call_finish (f->central, result, &error);
  g_assert_null (reply);
  name = g_dbus_error_get_remote_error (error);
  g_assert_cmpstr (name, ==, "org.bluez.Error.Failed");
  fixture_await_boolean (f, device, "Connected", FALSE);

  /* The late answer does no harm. */
  f->silent = FALSE;
  g_dbus_method_invocation_return_dbus_error (g_ptr_array_index (f->kept, 0),
                                              "org.bluez.Error.Failed", "");
  g_ptr_array_set_size (f->kept, 0);
  fixture_set (f, HCI1, ADAPTER_INTERFACE, "Powered", g_variant_new_boolean (TRUE));
  fixture_advertise (f);
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Connect", NULL);
  fixture_await_boolean (f, device, "ServicesResolved", TRUE);
  assert_reads (f, path, 0, 0);
}

static void
test_central_vanishes (Fixture *f, gconstpointer options)
{
  g_autofree char *device = NULL;
  g_autofree char *seen = fixture_device_path (f, HCI0, HCI1);
  g_autofree char *outbox = NULL;
  g_autoptr (GDBusConnection) other = enigm_world_connect (f->world, G_BUS_TYPE_SYSTEM);

  fixture_serve (f);
  fixture_advertise (f);
  device = fixture_find_device (f);
  fixture_call_ok (f, other, device, DEVICE_INTERFACE, "Connect", NULL);
  fixture_await_boolean (f, device, "ServicesResolved", TRUE);
  outbox = fixture_characteristic (f, device, OUTBOX);
  fixture_call_ok (f, other, outbox, CHARACTERISTIC_INTERFACE, "StartNotify", NULL);
  g_dbus_connection_close_sync (other, NULL, NULL);
  fixture_await_boolean (f, device, "Connected", FALSE);
  fixture_await_boolean (f, seen, "Connected", FALSE);
  fixture_await_log (f, "stop-notify");
}

static void
test_peripheral_vanishes (Fixture *f, gconstpointer options)
{
  g_autofree char *device = fixture_connect (f);
  g_autofree char *path = fixture_characteristic (f, device, PLAIN);

  g_dbus_connection_close_sync (f->peripheral, NULL, NULL);
  fixture_await_boolean (f, device, "Connected", FALSE);
  fixture_call_refused (f, f->central, path, CHARACTERISTIC_INTERFACE, "ReadValue", NO_OPTIONS,
                        "org.bluez.Error.Failed");
}

static void
test_applications (Fixture *f, gconstpointer options)
{
  const char *const odd[] = { "read", "levitate", NULL };
  GVariant *parameters;

  fixture_call_refused (f, f->peripheral, HCI1, "org.bluez.GattManager1", "RegisterApplication",
                        g_variant_new ("(oa{sv})", "/nothing", NULL), "org.bluez.Error.Failed");
  fixture_call_refused (f, f->peripheral, HCI1, "org.bluez.GattManager1", "UnregisterApplication",
                        g_variant_new ("(o)", "/test"), "org.bluez.Error.DoesNotExist");

  enigm_bluez_gatt_characteristic1_set_uuid (f->served[PLAIN], "no uuid");
  parameters = g_variant_new ("(oa{sv})", "/test", NULL);
  fixture_call_refused (f, f->peripheral, HCI1, "org.bluez.GattManager1", "RegisterApplication",
                        parameters, "org.bluez.Error.InvalidArguments");
  enigm_bluez_gatt_characteristic1_set_uuid (f->served[PLAIN], "180f");
  enigm_bluez_gatt_characteristic1_set_flags (f->served[PLAIN], odd);
  parameters = g_variant_new ("(oa{sv})", "/test", NULL);
  fixture_call_refused (f, f->peripheral, HCI1, "org.bluez.GattManager1", "RegisterApplication",
                        parameters, "org.bluez.Error.InvalidArguments");
  enigm_bluez_gatt_characteristic1_set_flags (f->served[PLAIN],
                                              ((const char *const[]){ "read", NULL }));
  enigm_bluez_gatt_characteristic1_set_service (f->served[PLAIN], "/test/elsewhere");
  parameters = g_variant_new ("(oa{sv})", "/test", NULL);
  fixture_call_refused (f, f->peripheral, HCI1, "org.bluez.GattManager1", "RegisterApplication",
                        parameters, "org.bluez.Error.InvalidArguments");
  enigm_bluez_gatt_characteristic1_set_service (f->served[PLAIN], "/test/service0");
  fixture_serve (f);
  fixture_call_refused (f, f->peripheral, HCI1, "org.bluez.GattManager1", "RegisterApplication",
                        g_variant_new ("(oa{sv})", "/test", NULL), "org.bluez.Error.AlreadyExists");
}

/* A Connect waits until the key is heard, or until the caller changes their mind. */
static void
test_connect_waits (Fixture *f, gconstpointer options)
{
  g_autofree char *device = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  fixture_serve (f);
  fixture_advertise (f);
  device = fixture_find_device (f);
  fixture_call_ok (f, f->peripheral, HCI1, "org.bluez.LEAdvertisingManager1",
                   "UnregisterAdvertisement", g_variant_new ("(o)", "/advertisement"));
  g_dbus_connection_call (f->central, "org.bluez", device, DEVICE_INTERFACE, "Connect", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_call_answered, &result);
  fixture_call_refused (f, f->peripheral, device, DEVICE_INTERFACE, "Connect", NULL,
                        "org.bluez.Error.InProgress");
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Disconnect", NULL);
  g_assert_true (enigm_world_await (is_set, &result));
  reply = g_dbus_connection_call_finish (f->central, result, &error);
  g_assert_null (reply);
  g_clear_object (&result);
  g_clear_error (&error);

  g_dbus_connection_call (f->central, "org.bluez", device, DEVICE_INTERFACE, "Connect", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_call_answered, &result);
  fixture_advertise (f);
  g_assert_true (enigm_world_await (is_set, &result));
  reply = g_dbus_connection_call_finish (f->central, result, &error);
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                        \
  g_test_add ("/radio/gatt/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("objects", test_objects);
  ADD ("read", test_read);
  ADD ("long-read", test_long_read);
  ADD ("write", test_write);
  ADD ("long-write", test_long_write);
  ADD ("notify", test_notify);
  ADD ("large-notification", test_large_notification);
  ADD ("refusals", test_refusals);
  ADD ("disconnect", test_disconnect);
  ADD ("lost-while-reading", test_lost_while_reading);
  ADD ("central-vanishes", test_central_vanishes);
  ADD ("peripheral-vanishes", test_peripheral_vanishes);
  ADD ("applications", test_applications);
  ADD ("connect-waits", test_connect_waits);
#undef ADD
  return g_test_run ();
}
