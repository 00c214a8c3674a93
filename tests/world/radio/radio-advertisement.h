/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio-interface.h"
#include "radio.h"

G_BEGIN_DECLS

/**
 * RadioAdvertisement:
 * @adapter: (nullable): where it comes from; %NULL for one of a crowd
 * @rssi: how strong it is about, dBm
 *
 * What is on the air: what one client has an adapter send, with LEAdvertisement1 on the client's
 * side, or what a stranger sends.
 */
struct _RadioAdvertisement
{
  RadioAdapter *adapter;
  char *address; /* of who sends */
  gint16 rssi;
  char *client;
  char *path;
  gboolean connectable; /* Type is peripheral */
  gboolean discoverable;
  GStrv service_uuids;         /* normalized */
  GVariant *manufacturer_data; /* a{qv} */
  GVariant *service_data;      /* a{sv}, normalized */
  char *local_name;            /* nullable */
  guint changed_id;
  guint timeout_id;
};

/* Two adapters on one desk, dBm. */
#define RSSI_NEAR -52

extern const RadioMethod radio_advertisement_methods[];

RadioAdvertisement *radio_advertisement_new (const char *address,
                                             RadioAdapter *adapter,
                                             const char *client,
                                             const char *path);
void radio_advertisement_free (RadioAdvertisement *self);
void radio_advertisement_release (RadioAdvertisement *self);
gboolean radio_advertisement_is_discoverable (RadioAdvertisement *self);
void radio_advertisement_update_manager (RadioAdapter *adapter);

G_END_DECLS
