/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-error.h"
#include "enigm-radio.h"
#include "enigm-world.h"

typedef struct
{
  EnigmRadio *radio;
  EnigmRadioState state;
} Expected;

static gboolean
is_in_state (gpointer user_data)
{
  const Expected *expected = user_data;

  return enigm_radio_get_state (expected->radio) == expected->state;
}

static void
await_state (EnigmRadio *radio, EnigmRadioState state)
{
  Expected expected = { radio, state };

  g_assert_true (enigm_world_await (is_in_state, &expected));
}

static void
assert_obstacle (EnigmRadio *radio, EnigmError code)
{
  g_autoptr (GError) error = enigm_radio_dup_error (radio);

  g_assert_error (error, ENIGM_ERROR, (int) code);
  g_assert_nonnull (strchr (error->message, '.'));
}

static char *
control (GDBusConnection *bus, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
    bus, "org.bluez", "/io/enigm/PracticeRadio", "io.enigm.PracticeRadio1", method, parameters,
    NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  char *adapter = NULL;

  g_assert_no_error (error);
  if (g_variant_is_of_type (answer, G_VARIANT_TYPE ("(s)")))
    g_variant_get (answer, "(s)", &adapter);
  return adapter;
}

static void
set_powered (GDBusConnection *bus, const char *adapter, gboolean powered)
{
  g_autofree char *path = g_strconcat ("/org/bluez/", adapter, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
    bus, "org.bluez", path, "org.freedesktop.DBus.Properties", "Set",
    g_variant_new ("(ssv)", "org.bluez.Adapter1", "Powered", g_variant_new_boolean (powered)), NULL,
    G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
}

static void
test_no_bus (void)
{
  g_autoptr (EnigmWorld) world = enigm_world_new (ENIGM_WORLD_EMPTY);
  g_autoptr (EnigmRadio) radio = enigm_radio_new (NULL);

  g_assert_cmpint (enigm_radio_get_state (radio), ==, ENIGM_RADIO_STARTING);
  await_state (radio, ENIGM_RADIO_NO_SERVICE);
  assert_obstacle (radio, ENIGM_ERROR_RADIO_NO_SERVICE);
  enigm_radio_retry (radio);
  await_state (radio, ENIGM_RADIO_NO_SERVICE);
}

/* bluetoothd may start after the app, end under it, and start again: nobody presses anything. */
static void
test_service_comes_and_goes (void)
{
  g_autoptr (EnigmWorld) world = enigm_world_new (ENIGM_WORLD_SYSTEM_BUS);
  g_autoptr (EnigmRadio) radio = enigm_radio_new (NULL);

  await_state (radio, ENIGM_RADIO_NO_SERVICE);
  enigm_radio_start_scan (radio);
  for (int i = 0; i < 2; i++)
    {
      enigm_world_start_radio (world, 1);
      await_state (radio, ENIGM_RADIO_SCANNING);
      g_assert_null (enigm_radio_dup_error (radio));
      enigm_world_stop_radio (world);
      await_state (radio, ENIGM_RADIO_NO_SERVICE);
    }
}

static void
test_adapter_comes_and_goes (void)
{
  g_autoptr (EnigmWorld) world = enigm_world_new (ENIGM_WORLD_SYSTEM_BUS);
  g_autoptr (GDBusConnection) bus = enigm_world_connect (world, G_BUS_TYPE_SYSTEM);
  g_autoptr (EnigmRadio) radio = NULL;
  g_autofree char *adapter = NULL;

  enigm_world_start_radio (world, 0);
  radio = enigm_radio_new (NULL);
  await_state (radio, ENIGM_RADIO_NO_ADAPTER);
  assert_obstacle (radio, ENIGM_ERROR_RADIO_NO_ADAPTER);
  enigm_radio_start_scan (radio);

  adapter = control (bus, "AddAdapter", NULL);
  await_state (radio, ENIGM_RADIO_SCANNING);
  g_free (control (bus, "RemoveAdapter", g_variant_new ("(s)", adapter)));
  await_state (radio, ENIGM_RADIO_NO_ADAPTER);
}

static void
on_switched_on (GObject *object, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (enigm_radio_switch_on_finish (ENIGM_RADIO (object), result, &error));
  g_assert_no_error (error);
  *done = TRUE;
}

static gboolean
is_true (gpointer user_data)
{
  return *(gboolean *) user_data;
}

static void
test_power (void)
{
  g_autoptr (EnigmWorld) world = enigm_world_new (ENIGM_WORLD_SYSTEM_BUS);
  g_autoptr (GDBusConnection) bus = enigm_world_connect (world, G_BUS_TYPE_SYSTEM);
  g_autoptr (EnigmRadio) radio = NULL;
  gboolean done = FALSE;

  enigm_world_start_radio (world, 1);
  radio = enigm_radio_new (NULL);
  enigm_radio_start_scan (radio);
  await_state (radio, ENIGM_RADIO_SCANNING);

  set_powered (bus, "hci0", FALSE);
  await_state (radio, ENIGM_RADIO_OFF);
  assert_obstacle (radio, ENIGM_ERROR_RADIO_OFF);

  enigm_radio_switch_on_async (radio, NULL, on_switched_on, &done);
  g_assert_true (enigm_world_await (is_true, &done));
  await_state (radio, ENIGM_RADIO_SCANNING);

  enigm_radio_stop_scan (radio);
  await_state (radio, ENIGM_RADIO_READY);
}

/* Whatever changes while the app is still finding out how things are is not missed. */
static void
test_changes_while_starting (void)
{
  g_autoptr (EnigmWorld) world = enigm_world_new (ENIGM_WORLD_SYSTEM_BUS);
  g_autoptr (GDBusConnection) bus = enigm_world_connect (world, G_BUS_TYPE_SYSTEM);

  enigm_world_start_radio (world, 12);
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *adapter = g_strdup_printf ("hci%u", i);

      set_powered (bus, adapter, i == 0);
    }
  for (guint i = 0; i < 150; i++)
    {
      const gboolean powered = i % 2 == 1;
      g_autoptr (GDBusConnection) own = enigm_world_connect (world, G_BUS_TYPE_SYSTEM);
      g_autoptr (EnigmRadio) radio = enigm_radio_new (own);

      const gint64 began = g_get_monotonic_time ();

      while (g_get_monotonic_time () - began < i * 200)
        g_main_context_iteration (NULL, FALSE);
      g_dbus_connection_call (
        bus, "org.bluez", "/org/bluez/hci0", "org.freedesktop.DBus.Properties", "Set",
        g_variant_new ("(ssv)", "org.bluez.Adapter1", "Powered", g_variant_new_boolean (powered)),
        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
      await_state (radio, powered ? ENIGM_RADIO_READY : ENIGM_RADIO_OFF);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/radio/no-bus", test_no_bus);
  g_test_add_func ("/app/radio/service-comes-and-goes", test_service_comes_and_goes);
  g_test_add_func ("/app/radio/adapter-comes-and-goes", test_adapter_comes_and_goes);
  g_test_add_func ("/app/radio/power", test_power);
  g_test_add_func ("/app/radio/changes-while-starting", test_changes_while_starting);
  return g_test_run ();
}
