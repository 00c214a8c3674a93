/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio-interface.h"
#include "radio.h"

G_BEGIN_DECLS

/**
 * RadioDevice:
 *
 * Another adapter, as one adapter knows it: Device1.
 */
struct _RadioDevice
{
  RadioAdapter *adapter;
  char *address;
  char *path;
  gboolean exported;
  RadioInterface *interface;
  RadioLink *link;     /* nullable, not owned: set while connected */
  GPtrArray *services; /* of RadioRemoteService, owned */
  GStrv advertised;    /* UUIDs heard in advertisements */
  gboolean temporary;  /* nobody has called Connect */
  guint temporary_id;
  GDBusMethodInvocation *connecting; /* nullable: a Connect that waits */
  guint connecting_id;
};

RadioDevice *radio_device_new (RadioAdapter *adapter, const char *address);
void radio_device_free (RadioDevice *self);
const char *radio_device_get_path (RadioDevice *self);
RadioLink *radio_device_get_link (RadioDevice *self);
void radio_device_heard (RadioDevice *self,
                         RadioAdvertisement *advertisement,
                         gint16 rssi,
                         gboolean every_rssi,
                         gboolean every_data);
void radio_device_unheard (RadioDevice *self);
void radio_device_try_connecting (RadioDevice *self);
void radio_device_abort_connecting (RadioDevice *self, const char *why);
void radio_device_connected (RadioDevice *self, RadioLink *link);
void radio_device_disconnected (RadioDevice *self);
void radio_device_hasten_resolved (RadioDevice *self);
void radio_device_resolve (RadioDevice *self, RadioAdapter *peer);
void radio_device_notified (RadioDevice *self, guint16 handle, GBytes *value);
void radio_device_forget_client (RadioDevice *self, const char *client);

G_END_DECLS
