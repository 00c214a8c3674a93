/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio-interface.h"
#include "radio.h"

G_BEGIN_DECLS

/**
 * RadioAdvertisement:
 *
 * What one client has an adapter send, with LEAdvertisement1 on the client's side.
 */
struct _RadioAdvertisement
{
  RadioAdapter *adapter;
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

extern const RadioMethod radio_advertisement_methods[];

void radio_advertisement_free (RadioAdvertisement *self);
void radio_advertisement_release (RadioAdvertisement *self);
gboolean radio_advertisement_is_discoverable (RadioAdvertisement *self);
void radio_advertisement_update_manager (RadioAdapter *adapter);

G_END_DECLS
