/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-notification.h"

#include "radio-device.h"

/* Sizes of ATT headers: Bluetooth Core, volume 3, part F, 3.4.7 */
#define HEADER 3
/* Two bluetoothd know Multiple Handle Value Notifications, and send each notification in that form:
 * a length field more, and what does not fit is cut off. */
#define LENGTH_FIELD 2
#define CONFIRMATION 1

/* A notification that is on its way. */
typedef struct
{
  RadioEnd client;
  guint16 handle;
  GBytes *value;
  gint64 due; /* monotonic, microseconds */
} Notification;

static void await_next (RadioLink *link);

static void
notification_free (Notification *self)
{
  g_bytes_unref (self->value);
  g_free (self);
}

static gboolean
on_next_due (gpointer user_data)
{
  RadioLink *link = user_data;
  Notification *notification = g_queue_pop_head (&link->late);

  link->late_id = 0;
  radio_device_notified (link->devices[notification->client], notification->handle,
                         notification->value);
  notification_free (notification);
  await_next (link);
  return G_SOURCE_REMOVE;
}

static void
await_next (RadioLink *link)
{
  Notification *next = g_queue_peek_head (&link->late);
  gint64 wait;

  if (next == NULL || link->late_id != 0)
    return;
  wait = MAX (0, next->due - g_get_monotonic_time ());
  link->late_id =
    g_timeout_add_full (G_PRIORITY_DEFAULT, (guint) ((wait + 999) / 1000), on_next_due,
                        radio_link_ref (link), (GDestroyNotify) radio_link_unref);
}

/**
 * radio_notification_send:
 * @link: a link
 * @server: the end whose value changed
 * @attribute: the characteristic
 * @value: its value; cut to what a notification holds
 *
 * Notifies or indicates, if the other end has subscribed. In order also where they are late.
 */
void
radio_notification_send (RadioLink *link,
                         RadioAdapter *server,
                         RadioAttribute *attribute,
                         GBytes *value)
{
  Radio *radio = link->radio;
  RadioEnd client =
    server == link->adapters[RADIO_END_CENTRAL] ? RADIO_END_PERIPHERAL : RADIO_END_CENTRAL;
  guint bits = radio_link_get_subscription (link, link->adapters[client], attribute->handle);
  gsize length = MIN (g_bytes_get_size (value), link->mtu - HEADER - LENGTH_FIELD);
  Notification *notification;

  if (!link->up || bits == 0 || !radio_link_carry (link))
    return;
  length = MIN (length, RADIO_VALUE_MAX);
  radio_count (radio, RADIO_COUNTER_NOTIFICATIONS, 1);
  radio_count (radio, RADIO_COUNTER_BYTES_TO_CLIENT, HEADER + length);
  if (bits == RADIO_CCCD_INDICATE)
    {
      radio_count (radio, RADIO_COUNTER_BYTES_TO_SERVER, CONFIRMATION);
      radio_attribute_call (attribute, "Confirm");
    }
  if (radio->notifications_to_lose > 0)
    {
      radio->notifications_to_lose--;
      return;
    }
  notification = g_new0 (Notification, 1);
  notification->client = client;
  notification->handle = attribute->handle;
  notification->value = g_bytes_new_from_bytes (value, 0, length);
  notification->due = g_get_monotonic_time () + radio->notification_delay * G_TIME_SPAN_MILLISECOND;
  if (radio->notification_delay == 0 && g_queue_is_empty (&link->late))
    {
      radio_device_notified (link->devices[client], notification->handle, notification->value);
      notification_free (notification);
      return;
    }
  g_queue_push_tail (&link->late, notification);
  await_next (link);
}

/**
 * radio_notifications_drop:
 * @link: a link that has ended
 *
 * What was on its way does not arrive.
 */
void
radio_notifications_drop (RadioLink *link)
{
  g_clear_handle_id (&link->late_id, g_source_remove);
  g_queue_clear_full (&link->late, (GDestroyNotify) notification_free);
}
