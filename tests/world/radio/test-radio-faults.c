/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-fixture.h"

#include <string.h>

static char *
subscribe (Fixture *f, char **device)
{
  g_autofree char *outbox = NULL;

  *device = fixture_connect (f);
  outbox = fixture_characteristic (f, *device, OUTBOX);
  fixture_call_ok (f, f->central, outbox, CHARACTERISTIC_INTERFACE, "StartNotify", NULL);
  return g_steal_pointer (&outbox);
}

static void
assert_value_is (Fixture *f, guint index, guint8 byte)
{
  GBytes *value = g_ptr_array_index (f->values, index);

  g_assert_cmpmem (g_bytes_get_data (value, NULL), g_bytes_get_size (value), &byte, 1);
}

/* Two are lost, both sides go on. */
static void
test_lost (Fixture *f, gconstpointer options)
{
  g_autofree char *device = NULL;
  g_autofree char *outbox = subscribe (f, &device);

  g_assert_true (practice_radio1_call_lose_notifications_sync (f->control, 2, NULL, NULL));
  for (guint8 i = 1; i <= 3; i++)
    fixture_notify (f, &i, 1);
  fixture_await_values (f, 1);
  assert_value_is (f, 0, 3);
  g_assert_cmpuint (fixture_counter (f, "Notifications"), ==, 3);
  g_assert_true (fixture_get_boolean (f, device, "Connected"));
}

/* Late ones keep their order, also before one that would be quicker. */
static void
test_late (Fixture *f, gconstpointer options)
{
  g_autofree char *device = NULL;
  g_autofree char *outbox = subscribe (f, &device);
  gint64 sent;
  guint8 byte = 1;

  g_assert_true (practice_radio1_call_delay_notifications_sync (f->control, 200, NULL, NULL));
  sent = g_get_monotonic_time ();
  fixture_notify (f, &byte, 1);
  /* A call of the peripheral's is behind its signal: the radio has it. */
  fixture_call_ok (f, f->peripheral, HCI1, "org.freedesktop.DBus.Peer", "Ping", NULL);
  g_assert_true (practice_radio1_call_delay_notifications_sync (f->control, 0, NULL, NULL));
  g_assert_cmpuint (f->values->len, ==, 0);
  byte = 2;
  fixture_notify (f, &byte, 1);
  fixture_await_values (f, 2);
  assert_value_is (f, 0, 1);
  assert_value_is (f, 1, 2);
  g_assert_cmpint (g_get_monotonic_time () - sent, >=, 200 * G_TIME_SPAN_MILLISECOND);
}

/* What is on its way when the link ends does not arrive on the next one. */
static void
test_late_and_gone (Fixture *f, gconstpointer options)
{
  g_autofree char *device = NULL;
  g_autofree char *outbox = subscribe (f, &device);
  guint8 byte = 1;

  g_assert_true (practice_radio1_call_delay_notifications_sync (f->control, 60000, NULL, NULL));
  fixture_notify (f, &byte, 1);
  fixture_call_ok (f, f->peripheral, HCI1, "org.freedesktop.DBus.Peer", "Ping", NULL);
  g_assert_true (practice_radio1_call_delay_notifications_sync (f->control, 0, NULL, NULL));
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Disconnect", NULL);
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Connect", NULL);
  fixture_await_boolean (f, device, "ServicesResolved", TRUE);
  fixture_call_ok (f, f->central, outbox, CHARACTERISTIC_INTERFACE, "StartNotify", NULL);
  byte = 2;
  fixture_notify (f, &byte, 1);
  fixture_await_values (f, 1);
  assert_value_is (f, 0, 2);
}

/* The link ends in place of the packet that is named, whichever kind it is. */
static void
test_cut (Fixture *f, gconstpointer options)
{
  g_autofree char *device = fixture_connect (f);
  g_autofree char *store = fixture_characteristic (f, device, STORE);
  g_autofree char *outbox = fixture_characteristic (f, device, OUTBOX);
  const guint8 byte = 7;
  guint left;

  g_assert_true (practice_radio1_call_cut_at_sync (f->control, 2, NULL, NULL, NULL));
  fixture_call_ok (f, f->central, store, CHARACTERISTIC_INTERFACE, "ReadValue", NO_OPTIONS);
  fixture_call_refused (f, f->central, store, CHARACTERISTIC_INTERFACE, "WriteValue",
                        g_variant_new_parsed ("([byte 1], @a{sv} {})"), "org.bluez.Error.Failed");
  fixture_await_boolean (f, device, "Connected", FALSE);
  g_assert_false (g_ptr_array_find_with_equal_func (f->log, "write 1", g_str_equal, NULL));

  /* Once only. */
  g_assert_true (practice_radio1_call_cut_at_sync (f->control, 0, &left, NULL, NULL));
  g_assert_cmpuint (left, ==, 0);
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Connect", NULL);
  fixture_await_boolean (f, device, "ServicesResolved", TRUE);
  fixture_call_ok (f, f->central, outbox, CHARACTERISTIC_INTERFACE, "StartNotify", NULL);
  g_assert_true (practice_radio1_call_cut_at_sync (f->control, 1, NULL, NULL, NULL));
  fixture_notify (f, &byte, 1);
  fixture_await_boolean (f, device, "Connected", FALSE);
  g_assert_cmpuint (f->values->len, ==, 0);

  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Connect", NULL);
  fixture_await_boolean (f, device, "ServicesResolved", TRUE);
  g_assert_true (practice_radio1_call_cut_at_sync (f->control, 1, NULL, NULL, NULL));
  g_assert_true (practice_radio1_call_cut_at_sync (f->control, 0, &left, NULL, NULL));
  g_assert_cmpuint (left, ==, 1);
  fixture_call_ok (f, f->central, store, CHARACTERISTIC_INTERFACE, "ReadValue", NO_OPTIONS);
}

static gboolean
has_services (Fixture *f, const char *device)
{
  g_autolist (GDBusObject) objects = g_dbus_object_manager_get_objects (f->objects);
  g_autofree char *prefix = g_strconcat (device, "/", NULL);
  gboolean has = FALSE;

  for (GList *l = objects; l != NULL; l = l->next)
    has |= g_str_has_prefix (g_dbus_object_get_object_path (l->data), prefix);
  return has;
}

typedef struct
{
  Fixture *fixture;
  const char *device;
  GString *said;
  const char *wanted;
} Ear;

/* Writes down what is said of a device, in its order: + and - for a link, and for the end of the
 * search r where nothing is known by then, R where something is. */
static void
on_properties_changed (GDBusObjectManagerClient *objects,
                       GDBusObjectProxy *object,
                       GDBusProxy *proxy,
                       GVariant *changed,
                       const char *const *invalidated,
                       gpointer user_data)
{
  Ear *ear = user_data;
  gboolean value;

  if (!g_str_equal (g_dbus_proxy_get_object_path (proxy), ear->device))
    return;
  if (g_variant_lookup (changed, "Connected", "b", &value))
    g_string_append_c (ear->said, value ? '+' : '-');
  if (g_variant_lookup (changed, "ServicesResolved", "b", &value) && value)
    g_string_append_c (ear->said, has_services (ear->fixture, ear->device) ? 'R' : 'r');
}

static gboolean
is_said (gpointer user_data)
{
  Ear *ear = user_data;

  return g_str_equal (ear->said->str, ear->wanted);
}

static gboolean
is_served (gpointer user_data)
{
  Ear *ear = user_data;

  return has_services (ear->fixture, ear->device);
}

static void
await_said (Ear *ear, const char *wanted)
{
  ear->wanted = wanted;
  g_assert_true (enigm_world_await (is_said, ear));
  g_string_truncate (ear->said, 0);
}

/* A link that ends as it begins is lost to both, one on which nothing is found stays, and one on
 * which all is found too soon catches up; the next is like any other. */
static void
test_ends_or_hides (Fixture *f, gconstpointer options)
{
  g_autofree char *device = NULL;
  Ear ear = { .fixture = f, .said = g_string_new (NULL) };
  gulong id;

  fixture_serve (f);
  fixture_advertise (f);
  device = fixture_find_device (f);
  ear.device = device;
  id = g_signal_connect (f->objects, "interface-proxy-properties-changed",
                         G_CALLBACK (on_properties_changed), &ear);

  g_assert_true (practice_radio1_call_end_links_sync (f->control, 1, NULL, NULL));
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Connect", NULL);
  await_said (&ear, "+-");

  g_assert_true (practice_radio1_call_hide_services_sync (f->control, 1, NULL, NULL));
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Connect", NULL);
  await_said (&ear, "+r");
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Disconnect", NULL);
  await_said (&ear, "-");
  g_assert_false (has_services (f, device));

  g_assert_true (practice_radio1_call_hasten_resolved_sync (f->control, 1, NULL, NULL));
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Connect", NULL);
  await_said (&ear, "+r");
  g_assert_true (enigm_world_await (is_served, &ear));
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Disconnect", NULL);
  await_said (&ear, "-");

  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Connect", NULL);
  await_said (&ear, "+R");
  g_signal_handler_disconnect (f->objects, id);
  g_string_free (ear.said, TRUE);
}

static guint
count_devices (Fixture *f)
{
  g_autolist (GDBusObject) objects = g_dbus_object_manager_get_objects (f->objects);
  guint n = 0;

  for (GList *l = objects; l != NULL; l = l->next)
    n += strstr (g_dbus_object_get_object_path (l->data), "/dev_") != NULL;
  return n;
}

static gboolean
is_crowded (gpointer user_data)
{
  return count_devices (user_data) >= 20;
}

static gboolean
has_heard_all (gpointer user_data)
{
  return fixture_counter (user_data, "Advertisements") >= 1000;
}

/* A scan for one service shows none of a thousand strangers; one for all shows them, and goes on to
 * find what is no stranger. */
static void
test_crowd (Fixture *f, gconstpointer options)
{
  g_autofree char *device = NULL;

  g_assert_false (practice_radio1_call_set_crowd_sync (f->control, 5001, 1, NULL, NULL));
  g_assert_true (practice_radio1_call_set_crowd_sync (f->control, 1000, 10, NULL, NULL));
  fixture_advertise (f);
  device = fixture_find_device (f);
  g_assert_true (enigm_world_await (has_heard_all, f));
  g_assert_cmpuint (count_devices (f), ==, 1);
  fixture_call_ok (f, f->central, HCI0, ADAPTER_INTERFACE, "StopDiscovery", NULL);

  g_assert_true (practice_radio1_call_set_crowd_sync (f->control, 40, 10, NULL, NULL));
  fixture_call_ok (f, f->central, HCI0, ADAPTER_INTERFACE, "StartDiscovery", NULL);
  g_assert_true (enigm_world_await (is_crowded, f));
  g_assert_true (practice_radio1_call_set_crowd_sync (f->control, 0, 0, NULL, NULL));
  fixture_call_ok (f, f->central, device, DEVICE_INTERFACE, "Connect", NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                        \
  g_test_add ("/radio/faults/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("lost", test_lost);
  ADD ("late", test_late);
  ADD ("late-and-gone", test_late_and_gone);
  ADD ("cut", test_cut);
  ADD ("ends-or-hides", test_ends_or_hides);
  ADD ("crowd", test_crowd);
#undef ADD
  return g_test_run ();
}
