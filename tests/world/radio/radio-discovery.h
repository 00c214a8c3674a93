/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio.h"

G_BEGIN_DECLS

/**
 * RadioDiscovery:
 *
 * One client's wish to scan: its filter and whether it has started.
 */
struct _RadioDiscovery
{
  char *client;
  gboolean started;
  gboolean filtered; /* SetDiscoveryFilter has been called with something in it */
  GStrv uuids;       /* normalized; NULL for any */
  gboolean has_rssi;
  gint16 rssi;
  gboolean has_pathloss;
  gboolean low_energy; /* Transport is not bredr */
  gboolean duplicates;
  gboolean discoverable_only;
  char *pattern; /* nullable: beginning of address or name */
};

RadioDiscovery *radio_discovery_new (const char *client);
void radio_discovery_free (RadioDiscovery *self);
gboolean radio_discovery_set_filter (RadioDiscovery *self, GVariant *filter);
gboolean
radio_discovery_matches (RadioDiscovery *self, RadioAdvertisement *advertisement, gint16 rssi);

G_END_DECLS
