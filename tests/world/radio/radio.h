/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio-objects.h"

G_BEGIN_DECLS

typedef struct _Radio Radio;
typedef struct _RadioAdapter RadioAdapter;
typedef struct _RadioAdvertisement RadioAdvertisement;
typedef struct _RadioApplication RadioApplication;
typedef struct _RadioAttribute RadioAttribute;
typedef struct _RadioCrowd RadioCrowd;
typedef struct _RadioCharacteristic RadioCharacteristic;
typedef struct _RadioDevice RadioDevice;
typedef struct _RadioDiscovery RadioDiscovery;
typedef struct _RadioLink RadioLink;

/* Attribute Protocol: Bluetooth Core, volume 3, part F, 3.2.8 and 3.2.9 */
#define RADIO_MTU_MIN 23
#define RADIO_MTU_MAX 517
#define RADIO_VALUE_MAX 512

/**
 * RadioCounter:
 *
 * What the air has carried. Bytes include the ATT header; service discovery and
 * the exchange of MTUs are not counted.
 */
typedef enum
{
  RADIO_COUNTER_READS,
  RADIO_COUNTER_WRITE_REQUESTS,
  RADIO_COUNTER_CCCD_WRITES,
  RADIO_COUNTER_WRITE_COMMANDS,
  RADIO_COUNTER_NOTIFICATIONS,
  RADIO_COUNTER_BYTES_TO_SERVER,
  RADIO_COUNTER_BYTES_TO_CLIENT,
  RADIO_COUNTER_CONNECTIONS,
  RADIO_COUNTER_ADVERTISEMENTS,
  RADIO_N_COUNTERS
} RadioCounter;

/**
 * Radio:
 * @temporary_timeout: milliseconds for which a device nobody connected to is
 *   remembered after it was last heard
 * @connect_timeout: milliseconds for which Connect waits to hear the device
 *
 * @notifications_to_lose: how many are yet to be lost
 * @notification_delay: milliseconds that one takes
 * @packets_to_carry: after how many the link that carries the last one ends; 0 for never
 * @links_to_end: how many are yet to end as they begin
 * @links_to_hide: on how many nothing is yet to be found
 * @links_to_hasten: on how many the end of the search is yet to be said before what was found
 *
 * The air and everything on it.
 */
struct _Radio
{
  GDBusConnection *connection;
  RadioObjects *objects;
  GPtrArray *adapters;      /* of RadioAdapter, owned */
  GHashTable *out_of_range; /* set of "hci0 hci1", smaller first */
  guint mtu;
  guint temporary_timeout;
  guint connect_timeout;
  guint64 counters[RADIO_N_COUNTERS];
  RadioCrowd *crowd; /* nullable */
  guint notifications_to_lose;
  guint notification_delay;
  guint packets_to_carry;
  guint links_to_end;
  guint links_to_hide;
  guint links_to_hasten;
  guint vanished_id;
};

Radio *radio_new (GDBusConnection *connection);
void radio_free (Radio *self);
RadioAdapter *radio_add_adapter (Radio *self);
RadioAdapter *radio_find_adapter (Radio *self, const char *name);
void radio_remove_adapter (Radio *self, RadioAdapter *adapter);
void radio_set_in_range (Radio *self, RadioAdapter *a, RadioAdapter *b, gboolean in_range);
gboolean radio_is_in_range (Radio *self, RadioAdapter *a, RadioAdapter *b);
void radio_count (Radio *self, RadioCounter counter, guint64 n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Radio, radio_free)

G_END_DECLS
