/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-crowd.h"

#include "radio-adapter.h"
#include "radio-advertisement.h"

#define TICK_MS 20
#define RSSI_WEAK -95
#define RSSI_STRONG -55

/**
 * RadioCrowd:
 *
 * Strangers in a room, each of whom advertises: speakers, beacons, phones. They cannot be connected
 * to, and none is a key.
 */
struct _RadioCrowd
{
  Radio *radio;
  GPtrArray *advertisements; /* of RadioAdvertisement, owned */
  guint64 per_second;        /* all of them together */
  gint64 started;            /* monotonic, microseconds */
  guint64 sent;
  guint tick_id;
};

/* Phones change what they say all the time. */
static void
renew_data (RadioAdvertisement *advertisement)
{
  GVariantBuilder data;
  guint32 noise[2] = { g_random_int (), g_random_int () };

  g_variant_builder_init (&data, G_VARIANT_TYPE ("a{qv}"));
  g_variant_builder_add (&data, "{qv}", 0x004c,
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, noise, sizeof noise, 1));
  g_variant_unref (advertisement->manufacturer_data);
  advertisement->manufacturer_data = g_variant_ref_sink (g_variant_builder_end (&data));
}

static RadioAdvertisement *
new_stranger (guint number)
{
  const char *const uuids[] = { "0000fe9f-0000-1000-8000-00805f9b34fb", NULL };
  g_autofree char *address = radio_adapter_new_address ();
  RadioAdvertisement *self = radio_advertisement_new (address, NULL, NULL, NULL);

  self->rssi = (gint16) g_random_int_range (RSSI_WEAK, RSSI_STRONG);
  self->discoverable = number % 2 == 0;
  if (number % 4 == 0)
    self->local_name = g_strdup_printf ("Speaker %u", number);
  if (number % 3 == 0)
    {
      g_strfreev (self->service_uuids);
      self->service_uuids = g_strdupv ((char **) uuids);
    }
  renew_data (self);
  return self;
}

static void
send_one (RadioCrowd *self)
{
  RadioAdvertisement *advertisement =
    g_ptr_array_index (self->advertisements, self->sent % self->advertisements->len);

  if (self->sent % 16 == 0)
    renew_data (advertisement);
  for (guint i = 0; i < self->radio->adapters->len; i++)
    {
      RadioAdapter *adapter = g_ptr_array_index (self->radio->adapters, i);

      if (adapter->listen_id == 0)
        continue;
      radio_count (self->radio, RADIO_COUNTER_ADVERTISEMENTS, 1);
      radio_adapter_hear (adapter, advertisement);
    }
  self->sent++;
}

static gboolean
on_tick (gpointer user_data)
{
  RadioCrowd *self = user_data;
  guint64 elapsed = (guint64) (g_get_monotonic_time () - self->started);
  guint64 due = elapsed * self->per_second / G_USEC_PER_SEC;

  /* A machine that does not keep up hears less; it is not drowned. */
  if (due - self->sent > self->per_second / 4 + 1)
    self->sent = due - self->per_second / 4 - 1;
  while (self->sent < due)
    send_one (self);
  return G_SOURCE_CONTINUE;
}

/**
 * radio_crowd_new:
 * @radio: the air
 * @n: how many advertise, at least one
 * @per_second: how often each of them
 *
 * Returns: (transfer full): strangers, heard by every adapter that scans
 */
RadioCrowd *
radio_crowd_new (Radio *radio, guint n, guint per_second)
{
  RadioCrowd *self = g_new0 (RadioCrowd, 1);

  self->radio = radio;
  self->per_second = (guint64) n * per_second;
  self->advertisements = g_ptr_array_new_full (n, (GDestroyNotify) radio_advertisement_free);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->advertisements, new_stranger (i));
  self->started = g_get_monotonic_time ();
  self->tick_id = g_timeout_add (TICK_MS, on_tick, self);
  return self;
}

void
radio_crowd_free (RadioCrowd *self)
{
  g_source_remove (self->tick_id);
  g_ptr_array_unref (self->advertisements);
  g_free (self);
}
