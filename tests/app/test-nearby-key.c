/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What counts as a key on the air. The test plays bluetoothd, with devices as it reports them. */
#include "enigm-nearby-key.h"

#include "await.h"
#include "enigm-bluez.h"
#include "protocol/enigm-attributes.h"

#define PATH "/org/bluez/hci0/dev_00_11_22_33_44_55"
#define OTHER_SERVICE "0000180f-0000-1000-8000-00805f9b34fb"

/* One device, exported on a connection of its own and seen through another, as in real life. */
typedef struct
{
  EnigmWorld *world;
  GDBusConnection *theirs;
  GDBusConnection *ours;
  GDBusObjectManagerServer *server;
  EnigmBluezDevice1 *device;
  GDBusObjectManager *manager;
  GDBusObject *object;
} Air;

static GVariant *
new_manufacturer_data (guint16 company, const guint8 *bytes, gsize n)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{qv}"));
  g_variant_builder_add (&builder, "{qv}", company,
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, n, 1));
  return g_variant_builder_end (&builder);
}

static void
advertise (Air *air, const char *uuid, guint16 company, const guint8 *bytes, gsize n, gint16 rssi)
{
  const char *uuids[] = { uuid, NULL };

  enigm_bluez_device1_set_uuids (air->device, uuids);
  enigm_bluez_device1_set_manufacturer_data (air->device,
                                             new_manufacturer_data (company, bytes, n));
  enigm_bluez_device1_set_rssi (air->device, rssi);
}

static gboolean
is_exported (gpointer user_data)
{
  Air *air = user_data;

  g_clear_object (&air->object);
  air->object = g_dbus_object_manager_get_object (air->manager, PATH);
  return air->object != NULL;
}

static void
put_on_air (Air *air, const char *uuid, guint16 company, const guint8 *bytes, gsize n, gint16 rssi)
{
  g_autoptr (EnigmBluezObjectSkeleton) object = enigm_bluez_object_skeleton_new (PATH);

  air->device = enigm_bluez_device1_skeleton_new ();
  advertise (air, uuid, company, bytes, n, rssi);
  enigm_bluez_object_skeleton_set_device1 (object, air->device);
  g_dbus_object_manager_server_export (air->server, G_DBUS_OBJECT_SKELETON (object));
  g_assert_true (enigm_world_await (is_exported, air));
}

static gboolean
is_off_air (gpointer user_data)
{
  Air *air = user_data;
  g_autoptr (GDBusObject) object = g_dbus_object_manager_get_object (air->manager, PATH);

  return object == NULL;
}

static void
take_off_air (Air *air)
{
  g_dbus_object_manager_server_unexport (air->server, PATH);
  g_assert_true (enigm_world_await (is_off_air, air));
  g_clear_object (&air->device);
  g_clear_object (&air->object);
}

static void
set_up (Air *air, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  air->world = enigm_world_new (ENIGM_WORLD_SYSTEM_BUS);
  air->theirs = enigm_world_connect (air->world, G_BUS_TYPE_SYSTEM);
  air->ours = enigm_world_connect (air->world, G_BUS_TYPE_SYSTEM);
  air->server = g_dbus_object_manager_server_new ("/");
  g_dbus_object_manager_server_set_connection (air->server, air->theirs);
  enigm_bluez_object_manager_client_new (air->ours, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_NONE,
                                         g_dbus_connection_get_unique_name (air->theirs), "/", NULL,
                                         on_awaited, &result);
  await_result (&result);
  air->manager = enigm_bluez_object_manager_client_new_finish (result, &error);
  g_assert_no_error (error);
}

static void
tear_down (Air *air, gconstpointer data)
{
  g_clear_object (&air->object);
  g_clear_object (&air->manager);
  g_clear_object (&air->device);
  g_clear_object (&air->server);
  g_clear_object (&air->ours);
  g_clear_object (&air->theirs);
  enigm_world_free (air->world);
}

static void
test_refused (Air *air, gconstpointer data)
{
  static const struct
  {
    const char *uuid;
    guint16 company;
    guint8 bytes[5];
    gsize n;
    gboolean is_key;
  } cases[] = {
    { ENIGM_KEY_SERVICE_UUID, 0xffff, { 1, 0x0a, 0xbc, 0 }, 4, TRUE },
    { OTHER_SERVICE, 0xffff, { 1, 0x0a, 0xbc, 0 }, 4, FALSE },
    { ENIGM_KEY_SERVICE_UUID, 0x004c, { 1, 0x0a, 0xbc, 0 }, 4, FALSE },
    { ENIGM_KEY_SERVICE_UUID, 0xffff, { 2, 0x0a, 0xbc, 0 }, 4, FALSE },
    { ENIGM_KEY_SERVICE_UUID, 0xffff, { 1, 0x10, 0x00, 0 }, 4, FALSE },
    { ENIGM_KEY_SERVICE_UUID, 0xffff, { 1, 0x0a, 0xbc, 2 }, 4, FALSE },
    { ENIGM_KEY_SERVICE_UUID, 0xffff, { 1, 0x0a, 0xbc }, 3, FALSE },
    { ENIGM_KEY_SERVICE_UUID, 0xffff, { 1, 0x0a, 0xbc, 0, 0 }, 5, FALSE },
    { ENIGM_KEY_SERVICE_UUID, 0xffff, { 0 }, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EnigmNearbyKey) key = NULL;

      put_on_air (air, cases[i].uuid, cases[i].company, cases[i].bytes, cases[i].n, -60);
      key = enigm_nearby_key_new (air->object);
      g_test_message ("advertisement %u", i);
      g_assert_cmpint (key != NULL, ==, cases[i].is_key);
      if (key != NULL)
        g_assert_cmpuint (enigm_nearby_key_get_discriminator (key), ==, 0xabc);
      g_clear_object (&key);
      take_off_air (air);
    }
}

static void
on_notified (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", pspec->name);
}

typedef struct
{
  Air *air;
  gint16 rssi;
} Level;

static gboolean
is_heard_at (gpointer user_data)
{
  Level *level = user_data;
  EnigmBluezDevice1 *device =
    enigm_bluez_object_peek_device1 (ENIGM_BLUEZ_OBJECT (level->air->object));

  return enigm_bluez_device1_get_rssi (device) == level->rssi;
}

/* Nearer means more bars; what stays the same is not told. */
static void
test_update (Air *air, gconstpointer data)
{
  static const guint8 free_key[] = { 1, 0x01, 0x23, 0 };
  static const guint8 bound_key[] = { 1, 0x01, 0x23, 1 };
  static const struct
  {
    gint16 rssi;
    guint bars;
  } levels[] = { { -56, 3 },  { -67, 3 }, { -68, 2 }, { -78, 2 }, { -79, 1 },
                 { -127, 1 }, { -55, 4 }, { 0, 4 },   { 127, 0 } };
  g_autoptr (EnigmNearbyKey) key = NULL;
  g_autoptr (GString) notified = g_string_new (NULL);
  Level level = { air, -40 };
  guint bars = 4;

  put_on_air (air, ENIGM_KEY_SERVICE_UUID, 0xffff, free_key, sizeof free_key, -55);
  key = enigm_nearby_key_new (air->object);
  g_assert_nonnull (key);
  g_assert_false (enigm_nearby_key_get_bound (key));
  g_assert_cmpuint (enigm_nearby_key_get_bars (key), ==, bars);
  g_signal_connect (key, "notify", G_CALLBACK (on_notified), notified);
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      g_string_truncate (notified, 0);
      level.rssi = levels[i].rssi;
      advertise (air, ENIGM_KEY_SERVICE_UUID, 0xffff, free_key, sizeof free_key, level.rssi);
      g_assert_true (enigm_world_await (is_heard_at, &level));
      g_assert_true (enigm_nearby_key_update (key));
      g_assert_cmpuint (enigm_nearby_key_get_bars (key), ==, levels[i].bars);
      g_assert_cmpstr (notified->str, ==, levels[i].bars != bars ? "bars " : "");
      bars = levels[i].bars;
    }

  /* Somebody pairs it. */
  g_string_truncate (notified, 0);
  level.rssi = 20;
  advertise (air, ENIGM_KEY_SERVICE_UUID, 0xffff, bound_key, sizeof bound_key, level.rssi);
  g_assert_true (enigm_world_await (is_heard_at, &level));
  g_assert_true (enigm_nearby_key_update (key));
  g_assert_true (enigm_nearby_key_get_bound (key));
  g_assert_cmpstr (notified->str, ==, "bound bars ");

  /* It is something else now. */
  level.rssi = 21;
  advertise (air, OTHER_SERVICE, 0xffff, bound_key, sizeof bound_key, level.rssi);
  g_assert_true (enigm_world_await (is_heard_at, &level));
  g_assert_false (enigm_nearby_key_update (key));
  g_signal_handlers_disconnect_by_data (key, notified);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/nearby-key/refused", Air, NULL, set_up, test_refused, tear_down);
  g_test_add ("/app/nearby-key/update", Air, NULL, set_up, test_update, tear_down);
  return g_test_run ();
}
