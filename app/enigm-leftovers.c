/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-leftovers.h"

#include "protocol/enigm-attributes.h"

static gboolean
was_left (EnigmBluezDevice1 *device, const char *adapter)
{
  const char *const *uuids = enigm_bluez_device1_get_uuids (device);
  g_autoptr (GVariant) rssi = g_dbus_proxy_get_cached_property (G_DBUS_PROXY (device), "RSSI");

  return g_strcmp0 (enigm_bluez_device1_get_adapter (device), adapter) == 0 && uuids != NULL &&
         g_strv_contains (uuids, ENIGM_KEY_SERVICE_UUID) && rssi == NULL &&
         !enigm_bluez_device1_get_connected (device) && !enigm_bluez_device1_get_paired (device) &&
         !enigm_bluez_device1_get_trusted (device);
}

void
enigm_leftovers_forget (GDBusObjectManager *manager, EnigmBluezAdapter1 *adapter)
{
  g_autolist (GDBusObject) objects = g_dbus_object_manager_get_objects (manager);
  const char *path = g_dbus_proxy_get_object_path (G_DBUS_PROXY (adapter));

  for (GList *l = objects; l != NULL; l = l->next)
    {
      EnigmBluezDevice1 *device = enigm_bluez_object_peek_device1 (l->data);

      if (device != NULL && was_left (device, path))
        enigm_bluez_adapter1_call_remove_device (adapter, g_dbus_object_get_object_path (l->data),
                                                 NULL, NULL, NULL);
    }
}
