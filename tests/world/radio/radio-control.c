/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-control.h"

#include <string.h>

#include "practice-radio.h"
#include "radio-adapter.h"
#include "radio-crowd.h"
#include "radio-error.h"

#define CONTROL_PATH "/io/enigm/PracticeRadio"
#define STRANGERS_MAX 5000
#define PER_SECOND_MAX 100

static const char *const counter_names[] = {
  [RADIO_COUNTER_READS] = "Reads",
  [RADIO_COUNTER_WRITE_REQUESTS] = "WriteRequests",
  [RADIO_COUNTER_CCCD_WRITES] = "CccdWrites",
  [RADIO_COUNTER_WRITE_COMMANDS] = "WriteCommands",
  [RADIO_COUNTER_NOTIFICATIONS] = "Notifications",
  [RADIO_COUNTER_BYTES_TO_SERVER] = "BytesToServer",
  [RADIO_COUNTER_BYTES_TO_CLIENT] = "BytesToClient",
  [RADIO_COUNTER_CONNECTIONS] = "Connections",
  [RADIO_COUNTER_ADVERTISEMENTS] = "Advertisements",
};

static void
handle_add_adapter (gpointer owner,
                    const char *sender,
                    GVariant *parameters,
                    GDBusMethodInvocation *invocation)
{
  RadioAdapter *adapter = radio_add_adapter (owner);

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", adapter->name));
}

static void
handle_remove_adapter (gpointer owner,
                       const char *sender,
                       GVariant *parameters,
                       GDBusMethodInvocation *invocation)
{
  Radio *radio = owner;
  RadioAdapter *adapter;
  const char *name;

  g_variant_get (parameters, "(&s)", &name);
  adapter = radio_find_adapter (radio, name);
  if (adapter == NULL)
    {
      radio_error_return (invocation, RADIO_ERROR_DOES_NOT_EXIST);
      return;
    }
  radio_remove_adapter (radio, adapter);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
handle_set_range (gpointer owner,
                  const char *sender,
                  GVariant *parameters,
                  GDBusMethodInvocation *invocation)
{
  Radio *radio = owner;
  RadioAdapter *a, *b;
  const char *name_a, *name_b;
  gboolean in_range;

  g_variant_get (parameters, "(&s&sb)", &name_a, &name_b, &in_range);
  a = radio_find_adapter (radio, name_a);
  b = radio_find_adapter (radio, name_b);
  if (a == NULL || b == NULL)
    radio_error_return (invocation, RADIO_ERROR_DOES_NOT_EXIST);
  else if (a == b)
    radio_error_return (invocation, RADIO_ERROR_INVALID_ARGUMENTS);
  else
    {
      radio_set_in_range (radio, a, b, in_range);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static void
handle_set_mtu (gpointer owner,
                const char *sender,
                GVariant *parameters,
                GDBusMethodInvocation *invocation)
{
  Radio *radio = owner;
  guint16 mtu;

  g_variant_get (parameters, "(q)", &mtu);
  if (mtu < RADIO_MTU_MIN || mtu > RADIO_MTU_MAX)
    {
      radio_error_return (invocation, RADIO_ERROR_INVALID_ARGUMENTS);
      return;
    }
  radio->mtu = mtu;
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
set_number (guint *number, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  g_variant_get (parameters, "(u)", number);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
handle_lose_notifications (gpointer owner,
                           const char *sender,
                           GVariant *parameters,
                           GDBusMethodInvocation *invocation)
{
  Radio *radio = owner;

  set_number (&radio->notifications_to_lose, parameters, invocation);
}

static void
handle_delay_notifications (gpointer owner,
                            const char *sender,
                            GVariant *parameters,
                            GDBusMethodInvocation *invocation)
{
  Radio *radio = owner;

  set_number (&radio->notification_delay, parameters, invocation);
}

static void
handle_cut_at (gpointer owner,
               const char *sender,
               GVariant *parameters,
               GDBusMethodInvocation *invocation)
{
  Radio *radio = owner;
  const guint left = radio->packets_to_carry;

  g_variant_get (parameters, "(u)", &radio->packets_to_carry);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", left));
}

static void
handle_end_links (gpointer owner,
                  const char *sender,
                  GVariant *parameters,
                  GDBusMethodInvocation *invocation)
{
  Radio *radio = owner;

  set_number (&radio->links_to_end, parameters, invocation);
}

static void
handle_hide_services (gpointer owner,
                      const char *sender,
                      GVariant *parameters,
                      GDBusMethodInvocation *invocation)
{
  Radio *radio = owner;

  set_number (&radio->links_to_hide, parameters, invocation);
}

static void
handle_hasten_resolved (gpointer owner,
                        const char *sender,
                        GVariant *parameters,
                        GDBusMethodInvocation *invocation)
{
  Radio *radio = owner;

  set_number (&radio->links_to_hasten, parameters, invocation);
}

static void
handle_set_crowd (gpointer owner,
                  const char *sender,
                  GVariant *parameters,
                  GDBusMethodInvocation *invocation)
{
  Radio *radio = owner;
  guint strangers, per_second;

  g_variant_get (parameters, "(uu)", &strangers, &per_second);
  if (strangers > STRANGERS_MAX || per_second > PER_SECOND_MAX)
    {
      radio_error_return (invocation, RADIO_ERROR_INVALID_ARGUMENTS);
      return;
    }
  g_clear_pointer (&radio->crowd, radio_crowd_free);
  if (strangers > 0 && per_second > 0)
    radio->crowd = radio_crowd_new (radio, strangers, per_second);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
handle_statistics (gpointer owner,
                   const char *sender,
                   GVariant *parameters,
                   GDBusMethodInvocation *invocation)
{
  Radio *radio = owner;
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{st}"));

  for (gsize i = 0; i < RADIO_N_COUNTERS; i++)
    g_variant_builder_add (&builder, "{st}", counter_names[i], radio->counters[i]);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a{st})", &builder));
}

static void
handle_reset_statistics (gpointer owner,
                         const char *sender,
                         GVariant *parameters,
                         GDBusMethodInvocation *invocation)
{
  Radio *radio = owner;

  memset (radio->counters, 0, sizeof radio->counters);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static const RadioMethod methods[] = {
  { "AddAdapter", handle_add_adapter },
  { "RemoveAdapter", handle_remove_adapter },
  { "SetRange", handle_set_range },
  { "SetMtu", handle_set_mtu },
  { "LoseNotifications", handle_lose_notifications },
  { "DelayNotifications", handle_delay_notifications },
  { "CutAt", handle_cut_at },
  { "EndLinks", handle_end_links },
  { "HideServices", handle_hide_services },
  { "HastenResolved", handle_hasten_resolved },
  { "SetCrowd", handle_set_crowd },
  { "Statistics", handle_statistics },
  { "ResetStatistics", handle_reset_statistics },
  { NULL, NULL },
};

/**
 * radio_control_export:
 * @radio: a radio; must outlive the export
 * @error: return location
 *
 * Exports `io.enigm.PracticeRadio1`, beside what BlueZ has and not part of its
 * object tree.
 *
 * Returns: (transfer full) (nullable): the interface
 */
RadioInterface *
radio_control_export (Radio *radio, GError **error)
{
  g_autoptr (RadioInterface) interface =
    radio_interface_new (practice_radio1_interface_info (), methods, NULL, radio);

  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (interface), radio->connection,
                                         CONTROL_PATH, error))
    return NULL;
  return g_steal_pointer (&interface);
}
