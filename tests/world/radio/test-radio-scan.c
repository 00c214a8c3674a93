/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-fixture.h"

#include <string.h>

static const char *const three_adapters[] = { "--adapters", "3", NULL };
static const char *const forgetful[] = { "--temporary-timeout", "300", "--connect-timeout", "300",
                                         NULL };

static gboolean
has_rssi_changes (gpointer user_data)
{
  Fixture *f = user_data;

  return f->rssi_changes >= 2;
}

static void
test_adapters (Fixture *f, gconstpointer options)
{
  const char *const interfaces[] = { "org.bluez.Adapter1", "org.bluez.GattManager1",
                                     "org.bluez.LEAdvertisingManager1", NULL };
  g_autoptr (GDBusInterface) first = NULL;
  g_autoptr (GDBusInterface) second = NULL;
  EnigmBluezAdapter1 *adapter;

  for (gsize i = 0; interfaces[i] != NULL; i++)
    {
      g_autoptr (GDBusInterface) interface =
        g_dbus_object_manager_get_interface (f->objects, HCI0, interfaces[i]);

      g_assert_nonnull (interface);
    }
  first = g_dbus_object_manager_get_interface (f->objects, HCI0, ADAPTER_INTERFACE);
  second = g_dbus_object_manager_get_interface (f->objects, HCI1, ADAPTER_INTERFACE);
  adapter = ENIGM_BLUEZ_ADAPTER1 (first);
  g_assert_true (enigm_bluez_adapter1_get_powered (adapter));
  g_assert_false (enigm_bluez_adapter1_get_discovering (adapter));
  g_assert_cmpstr (enigm_bluez_adapter1_get_address_type (adapter), ==, "random");
  g_assert_cmpstr (enigm_bluez_adapter1_get_address (adapter), !=,
                   enigm_bluez_adapter1_get_address (ENIGM_BLUEZ_ADAPTER1 (second)));
  /* The two highest bits of a static random address are set. */
  g_assert_nonnull (strchr ("CDEF", enigm_bluez_adapter1_get_address (adapter)[0]));

  fixture_set (f, HCI0, ADAPTER_INTERFACE, "Alias", g_variant_new_string ("mine"));
  fixture_call_refused (f, f->central, HCI0, "org.freedesktop.DBus.Properties", "Set",
                        g_variant_new ("(ssv)", ADAPTER_INTERFACE, "Address",
                                       g_variant_new_string ("00:00:00:00:00:00")),
                        "org.freedesktop.DBus.Error.InvalidArgs");
}

static void
test_found (Fixture *f, gconstpointer options)
{
  g_autofree char *path = NULL;
  g_autofree char *own = fixture_device_path (f, HCI1, HCI1);
  g_autoptr (GDBusInterface) interface = NULL;
  g_autoptr (GVariant) data = NULL;
  g_autoptr (GVariant) ours = NULL;
  EnigmBluezDevice1 *device;
  gint16 rssi;

  fixture_advertise (f);
  fixture_call_ok (f, f->central, HCI1, ADAPTER_INTERFACE, "StartDiscovery", NULL);
  path = fixture_find_device (f);
  g_assert_true (enigm_world_await (has_rssi_changes, f));

  interface = g_dbus_object_manager_get_interface (f->objects, path, DEVICE_INTERFACE);
  device = ENIGM_BLUEZ_DEVICE1 (interface);
  g_assert_true (g_strv_contains (enigm_bluez_device1_get_uuids (device), SERVICE_UUID));
  data = g_variant_ref (enigm_bluez_device1_get_manufacturer_data (device));
  g_assert_cmpuint (g_variant_n_children (data), ==, 1);
  g_variant_get_child (data, 0, "{qv}", NULL, &ours);
  g_assert_cmpuint (g_variant_n_children (ours), ==, 4);
  rssi = enigm_bluez_device1_get_rssi (device);
  g_assert_cmpint (rssi, <, -40);
  g_assert_cmpint (rssi, >, -70);
  g_assert_cmpstr (enigm_bluez_device1_get_address_type (device), ==, "random");
  g_assert_cmpstr (enigm_bluez_device1_get_adapter (device), ==, HCI0);
  g_assert_false (enigm_bluez_device1_get_paired (device));
  g_assert_false (enigm_bluez_device1_get_connected (device));
  /* No name is on the air, so the alias is the address. */
  g_assert_null (enigm_bluez_device1_get_name (device));
  g_assert_cmpuint (strlen (enigm_bluez_device1_get_alias (device)), ==, 17);

  /* Two scans have gone by: an adapter does not hear itself. */
  fixture_await_object (f, own, FALSE);

  fixture_call_ok (f, f->central, HCI0, ADAPTER_INTERFACE, "StopDiscovery", NULL);
  fixture_await_boolean (f, HCI0, "Discovering", FALSE);
  g_clear_pointer (&data, g_variant_unref);
  data = g_dbus_proxy_get_cached_property (G_DBUS_PROXY (device), "RSSI");
  g_assert_null (data);
}

static void
set_filter (Fixture *f, GDBusConnection *from, const char *adapter, const char *filter)
{
  GVariant *parsed = g_variant_new_parsed (filter);

  fixture_call_ok (f, from, adapter, ADAPTER_INTERFACE, "SetDiscoveryFilter",
                   g_variant_new ("(@a{sv})", parsed));
  fixture_call_ok (f, from, adapter, ADAPTER_INTERFACE, "StartDiscovery", NULL);
}

/* hci0 scans with a filter that leaves the peripheral out; hci2 hears it all the while. */
static void
test_filtered_out (Fixture *f, gconstpointer options)
{
  const char *const filters[] = { "{'UUIDs': <['" OTHER_UUID "']>}", "{'RSSI': <int16 -20>}",
                                  "{'Transport': <'bredr'>}", "{'Pattern': <'nobody'>}" };
  g_autofree char *unwanted = fixture_device_path (f, HCI1, HCI0);
  g_autofree char *wanted = fixture_device_path (f, HCI1, "/org/bluez/hci2");

  fixture_advertise (f);
  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      set_filter (f, f->central, HCI0, filters[i]);
      set_filter (f, f->central, "/org/bluez/hci2", "{'UUIDs': <['" SERVICE_UUID "']>}");
      fixture_await_object (f, wanted, TRUE);
      f->rssi_changes = 0;
      g_assert_true (enigm_world_await (has_rssi_changes, f));
      fixture_await_object (f, unwanted, FALSE);
      fixture_call_ok (f, f->central, HCI0, ADAPTER_INTERFACE, "StopDiscovery", NULL);
      fixture_call_ok (f, f->central, "/org/bluez/hci2", ADAPTER_INTERFACE, "StopDiscovery", NULL);
    }

  fixture_call_refused (f, f->central, HCI0, ADAPTER_INTERFACE, "SetDiscoveryFilter",
                        g_variant_new_parsed ("({'UUIDs': <['not one']>},)"),
                        "org.bluez.Error.InvalidArguments");
  fixture_call_refused (f, f->central, HCI0, ADAPTER_INTERFACE, "SetDiscoveryFilter",
                        g_variant_new_parsed ("({'Transport': <'wire'>},)"),
                        "org.bluez.Error.InvalidArguments");
  fixture_call_refused (f, f->central, HCI0, ADAPTER_INTERFACE, "SetDiscoveryFilter",
                        g_variant_new_parsed ("({'RSSI': <int16 -50>, 'Pathloss': <uint16 9>},)"),
                        "org.bluez.Error.InvalidArguments");
}

static void
test_sessions (Fixture *f, gconstpointer options)
{
  fixture_call_refused (f, f->central, HCI0, ADAPTER_INTERFACE, "StopDiscovery", NULL,
                        "org.bluez.Error.Failed");
  fixture_scan (f);
  fixture_call_refused (f, f->central, HCI0, ADAPTER_INTERFACE, "StartDiscovery", NULL,
                        "org.bluez.Error.InProgress");
  /* Another client has a scan of its own, which ends with that client. */
  fixture_call_ok (f, f->peripheral, HCI0, ADAPTER_INTERFACE, "StartDiscovery", NULL);
  fixture_call_ok (f, f->central, HCI0, ADAPTER_INTERFACE, "StopDiscovery", NULL);
  g_assert_true (fixture_get_boolean (f, HCI0, "Discovering"));
  g_dbus_connection_close_sync (f->peripheral, NULL, NULL);
  fixture_await_boolean (f, HCI0, "Discovering", FALSE);

  fixture_call_refused (f, f->central, HCI0, ADAPTER_INTERFACE, "RemoveDevice",
                        g_variant_new ("(o)", "/nobody"), "org.bluez.Error.DoesNotExist");
  fixture_set (f, HCI0, ADAPTER_INTERFACE, "Powered", g_variant_new_boolean (FALSE));
  fixture_call_refused (f, f->central, HCI0, ADAPTER_INTERFACE, "StartDiscovery", NULL,
                        "org.bluez.Error.NotReady");
  fixture_call_refused (f, f->central, HCI0, ADAPTER_INTERFACE, "SetDiscoveryFilter", NO_OPTIONS,
                        "org.bluez.Error.NotReady");
}

static void
test_hotplug (Fixture *f, gconstpointer options)
{
  g_autofree char *adapter = NULL;
  g_autofree char *path = NULL;
  g_autofree char *device = NULL;
  g_autoptr (GError) error = NULL;

  practice_radio1_call_add_adapter_sync (f->control, &adapter, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (adapter, ==, "hci2");
  path = g_strconcat ("/org/bluez/", adapter, NULL);
  fixture_await_object (f, path, TRUE);

  fixture_advertise (f);
  set_filter (f, f->central, path, "{'UUIDs': <['" SERVICE_UUID "']>}");
  device = fixture_device_path (f, HCI1, path);
  fixture_await_object (f, device, TRUE);

  /* Pulled out while scanning. */
  practice_radio1_call_remove_adapter_sync (f->control, adapter, NULL, &error);
  g_assert_no_error (error);
  fixture_await_object (f, device, FALSE);
  fixture_await_object (f, path, FALSE);
  fixture_call_refused (f, f->central, path, ADAPTER_INTERFACE, "StopDiscovery", NULL,
                        "org.freedesktop.DBus.Error.UnknownMethod");
  practice_radio1_call_remove_adapter_sync (f->control, adapter, NULL, &error);
  g_assert_nonnull (error);
}

/* Name on what the peripheral's advertisement must be refused with, or NULL if it fits. */
static void
try_advertising (Fixture *f, gsize data_length, const char *error_name)
{
  g_autofree guint8 *data = g_malloc0 (data_length);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{qv}"));
  GVariant *parameters = g_variant_new ("(oa{sv})", "/advertisement", NULL);

  g_variant_builder_add (&builder, "{qv}", 0xffff,
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, data_length, 1));
  enigm_bluez_le_advertisement1_set_manufacturer_data (f->advertisement,
                                                       g_variant_builder_end (&builder));
  if (error_name != NULL)
    {
      fixture_call_refused (f, f->peripheral, HCI1, "org.bluez.LEAdvertisingManager1",
                            "RegisterAdvertisement", parameters, error_name);
      return;
    }
  fixture_call_ok (f, f->peripheral, HCI1, "org.bluez.LEAdvertisingManager1",
                   "RegisterAdvertisement", parameters);
  fixture_call_ok (f, f->peripheral, HCI1, "org.bluez.LEAdvertisingManager1",
                   "UnregisterAdvertisement", g_variant_new ("(o)", "/advertisement"));
}

static void
test_advertisement_bounds (Fixture *f, gconstpointer options)
{
  const char *const broken[] = { "5b1e", "five", NULL };

  /* 18 bytes of UUID, 3 of flags and 4 before the data leave 6 of 31. */
  try_advertising (f, 6, NULL);
  try_advertising (f, 7, "org.bluez.Error.Failed");
  enigm_bluez_le_advertisement1_set_discoverable (f->advertisement, FALSE);
  try_advertising (f, 9, NULL);
  try_advertising (f, 10, "org.bluez.Error.Failed");

  enigm_bluez_le_advertisement1_set_type_ (f->advertisement, "shouting");
  try_advertising (f, 4, "org.bluez.Error.Failed");
  enigm_bluez_le_advertisement1_set_type_ (f->advertisement, "peripheral");
  enigm_bluez_le_advertisement1_set_service_uuids (f->advertisement, broken);
  try_advertising (f, 4, "org.bluez.Error.Failed");

  fixture_call_refused (f, f->peripheral, HCI1, "org.bluez.LEAdvertisingManager1",
                        "RegisterAdvertisement", g_variant_new ("(oa{sv})", "/nothing", NULL),
                        "org.bluez.Error.Failed");
  fixture_call_refused (f, f->peripheral, HCI1, "org.bluez.LEAdvertisingManager1",
                        "UnregisterAdvertisement", g_variant_new ("(o)", "/advertisement"),
                        "org.bluez.Error.DoesNotExist");
}

static void
test_advertisement_twice (Fixture *f, gconstpointer options)
{
  fixture_advertise (f);
  fixture_call_refused (f, f->peripheral, HCI1, "org.bluez.LEAdvertisingManager1",
                        "RegisterAdvertisement", g_variant_new ("(oa{sv})", "/advertisement", NULL),
                        "org.bluez.Error.AlreadyExists");
  /* Another's advertisement is not ours to take off the air. */
  fixture_call_refused (f, f->central, HCI1, "org.bluez.LEAdvertisingManager1",
                        "UnregisterAdvertisement", g_variant_new ("(o)", "/advertisement"),
                        "org.bluez.Error.DoesNotExist");
}

/* Only a scan with a filter finds what does not say General Discoverable. */
static void
test_not_discoverable (Fixture *f, gconstpointer options)
{
  g_autofree char *unfiltered = fixture_device_path (f, HCI1, HCI0);
  g_autofree char *filtered = fixture_device_path (f, HCI1, "/org/bluez/hci2");

  enigm_bluez_le_advertisement1_set_discoverable (f->advertisement, FALSE);
  fixture_call_ok (f, f->central, HCI0, ADAPTER_INTERFACE, "StartDiscovery", NULL);
  set_filter (f, f->central, "/org/bluez/hci2", "{'UUIDs': <['" SERVICE_UUID "']>}");
  fixture_advertise (f);
  fixture_await_object (f, filtered, TRUE);
  g_assert_true (enigm_world_await (has_rssi_changes, f));
  fixture_await_object (f, unfiltered, FALSE);
  /* The flag is read again when the program changes it. */
  enigm_bluez_le_advertisement1_set_discoverable (f->advertisement, TRUE);
  fixture_await_object (f, unfiltered, TRUE);
}

static void
test_forgotten (Fixture *f, gconstpointer options)
{
  g_autofree char *path = NULL;

  fixture_advertise (f);
  path = fixture_find_device (f);
  fixture_call_ok (f, f->central, HCI0, ADAPTER_INTERFACE, "StopDiscovery", NULL);
  fixture_await_object (f, path, FALSE);
}

static gboolean
is_released (gpointer user_data)
{
  Fixture *f = user_data;

  return f->released > 0;
}

static void
test_power (Fixture *f, gconstpointer options)
{
  g_autofree char *path = NULL;

  fixture_advertise (f);
  path = fixture_find_device (f);
  fixture_set (f, HCI1, ADAPTER_INTERFACE, "Powered", g_variant_new_boolean (FALSE));
  g_assert_true (enigm_world_await (is_released, f));
  fixture_call_refused (f, f->peripheral, HCI1, "org.bluez.LEAdvertisingManager1",
                        "RegisterAdvertisement", g_variant_new ("(oa{sv})", "/advertisement", NULL),
                        "org.bluez.Error.Failed");
  fixture_set (f, HCI0, ADAPTER_INTERFACE, "Powered", g_variant_new_boolean (FALSE));
  fixture_await_boolean (f, HCI0, "Discovering", FALSE);
  fixture_call_refused (f, f->central, path, DEVICE_INTERFACE, "Connect", NULL,
                        "org.bluez.Error.NotReady");

  /* With power again, everything is to be asked for again. */
  fixture_set (f, HCI0, ADAPTER_INTERFACE, "Powered", g_variant_new_boolean (TRUE));
  fixture_set (f, HCI1, ADAPTER_INTERFACE, "Powered", g_variant_new_boolean (TRUE));
  g_assert_false (fixture_get_boolean (f, HCI0, "Discovering"));
  fixture_advertise (f);
  fixture_scan (f);
  f->rssi_changes = 0;
  g_assert_true (enigm_world_await (has_rssi_changes, f));
}

static void
test_range (Fixture *f, gconstpointer options)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  fixture_serve (f);
  fixture_advertise (f);
  path = fixture_find_device (f);
  practice_radio1_call_set_range_sync (f->control, "hci0", "hci1", FALSE, NULL, &error);
  g_assert_no_error (error);
  fixture_call_refused (f, f->central, path, DEVICE_INTERFACE, "Connect", NULL,
                        "org.bluez.Error.Failed");
  practice_radio1_call_set_range_sync (f->control, "hci0", "hci1", TRUE, NULL, &error);
  g_assert_no_error (error);
  fixture_await_object (f, path, TRUE);
  fixture_call_ok (f, f->central, path, DEVICE_INTERFACE, "Connect", NULL);
  fixture_await_boolean (f, path, "Connected", TRUE);
  practice_radio1_call_set_range_sync (f->control, "hci1", "hci0", FALSE, NULL, &error);
  g_assert_no_error (error);
  fixture_await_boolean (f, path, "Connected", FALSE);

  practice_radio1_call_set_range_sync (f->control, "hci0", "hci0", FALSE, NULL, &error);
  g_assert_nonnull (error);
  g_clear_error (&error);
  practice_radio1_call_set_range_sync (f->control, "hci0", "hci7", FALSE, NULL, &error);
  g_assert_nonnull (error);
  g_clear_error (&error);
  practice_radio1_call_set_mtu_sync (f->control, 22, NULL, &error);
  g_assert_nonnull (error);
  g_clear_error (&error);
  practice_radio1_call_set_mtu_sync (f->control, 518, NULL, &error);
  g_assert_nonnull (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, options, function)                                                               \
  g_test_add ("/radio/scan/" name, Fixture, options, fixture_set_up, function, fixture_tear_down)
  ADD ("adapters", NULL, test_adapters);
  ADD ("found", NULL, test_found);
  ADD ("filtered-out", three_adapters, test_filtered_out);
  ADD ("sessions", NULL, test_sessions);
  ADD ("hotplug", NULL, test_hotplug);
  ADD ("advertisement-bounds", NULL, test_advertisement_bounds);
  ADD ("advertisement-twice", NULL, test_advertisement_twice);
  ADD ("not-discoverable", three_adapters, test_not_discoverable);
  ADD ("forgotten", forgetful, test_forgotten);
  ADD ("power", NULL, test_power);
  ADD ("range", forgetful, test_range);
#undef ADD
  return g_test_run ();
}
