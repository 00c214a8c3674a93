/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio-interface.h"
#include "radio.h"

G_BEGIN_DECLS

/**
 * RadioAdapter:
 *
 * One controller, with Adapter1, LEAdvertisingManager1 and GattManager1.
 */
struct _RadioAdapter
{
  Radio *radio;
  char *name;    /* hci0 */
  char *path;    /* /org/bluez/hci0 */
  char *address; /* XX:XX:XX:XX:XX:XX */
  RadioInterface *interface;
  RadioInterface *advertising;
  RadioInterface *gatt;

  GPtrArray *devices;        /* of RadioDevice, owned */
  GPtrArray *discoveries;    /* of RadioDiscovery, owned: one a client that set a filter or scans */
  GPtrArray *advertisements; /* of RadioAdvertisement, owned */
  GPtrArray *applications;   /* of RadioApplication, owned */
  GPtrArray *links;          /* of RadioLink, a reference each */
  GPtrArray *pending;        /* registrations under way: of GCancellable, a reference each */
  guint16 next_handle;
  guint listen_id; /* scanning */
};

RadioAdapter *radio_adapter_new (Radio *radio, const char *name);
void radio_adapter_free (RadioAdapter *self);
gboolean radio_adapter_is_powered (RadioAdapter *self);
void radio_adapter_set_powered (RadioAdapter *self, gboolean powered);
void radio_adapter_forget_client (RadioAdapter *self, const char *client);
char *radio_adapter_new_address (void);
void radio_adapter_sense (RadioAdapter *self);
void radio_adapter_hear (RadioAdapter *self, RadioAdvertisement *advertisement);
RadioAdvertisement *radio_adapter_find_connectable (RadioAdapter *self, const char *address);
RadioLink *radio_adapter_find_link (RadioAdapter *self, RadioAdapter *peer);
RadioDevice *radio_adapter_ensure_device (RadioAdapter *self, const char *address);
RadioAttribute *radio_adapter_find_attribute (RadioAdapter *self, guint16 handle);
void radio_adapter_services_changed (RadioAdapter *self);

G_END_DECLS
