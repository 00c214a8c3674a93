/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "radio-discovery.h"

#include "radio-adapter.h"
#include "radio-advertisement.h"
#include "radio-uuid.h"

#define UUIDS_MAX 64

static void
radio_discovery_clear_filter (RadioDiscovery *self)
{
  self->filtered = FALSE;
  g_clear_pointer (&self->uuids, g_strfreev);
  g_clear_pointer (&self->pattern, g_free);
  self->has_rssi = FALSE;
  self->has_pathloss = FALSE;
  self->low_energy = TRUE;
  self->duplicates = FALSE;
  self->discoverable_only = FALSE;
}

/**
 * radio_discovery_new:
 * @client: unique bus name
 *
 * Returns: (transfer full): a wish without a filter, not started
 */
RadioDiscovery *
radio_discovery_new (const char *client)
{
  RadioDiscovery *self = g_new0 (RadioDiscovery, 1);

  self->client = g_strdup (client);
  radio_discovery_clear_filter (self);
  return self;
}

void
radio_discovery_free (RadioDiscovery *self)
{
  radio_discovery_clear_filter (self);
  g_free (self->client);
  g_free (self);
}

static gboolean
parse_uuids (RadioDiscovery *self, GVariant *value)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gsize n;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return FALSE;
  n = g_variant_n_children (value);
  if (n > UUIDS_MAX)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      const char *text;
      g_autofree char *uuid = NULL;

      g_variant_get_child (value, i, "&s", &text);
      uuid = radio_uuid_normalize (text);
      if (uuid == NULL)
        return FALSE;
      g_strv_builder_add (builder, uuid);
    }
  if (n > 0)
    self->uuids = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
parse_entry (RadioDiscovery *self, const char *name, GVariant *value)
{
  if (g_str_equal (name, "UUIDs"))
    return parse_uuids (self, value);
  if (g_str_equal (name, "RSSI") && g_variant_is_of_type (value, G_VARIANT_TYPE_INT16))
    {
      self->has_rssi = TRUE;
      self->rssi = g_variant_get_int16 (value);
      /* -127 to 20 dBm are what HCI can report. */
      return self->rssi >= -127 && self->rssi <= 20;
    }
  if (g_str_equal (name, "Pathloss") && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT16))
    {
      self->has_pathloss = TRUE;
      return g_variant_get_uint16 (value) <= 137;
    }
  if (g_str_equal (name, "Transport") && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      const char *const transports[] = { "auto", "le", "bredr", NULL };
      const char *transport = g_variant_get_string (value, NULL);

      self->low_energy = !g_str_equal (transport, "bredr");
      return g_strv_contains (transports, transport);
    }
  if (g_str_equal (name, "DuplicateData") && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    {
      self->duplicates = g_variant_get_boolean (value);
      return TRUE;
    }
  if (g_str_equal (name, "Discoverable") && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    {
      self->discoverable_only = g_variant_get_boolean (value);
      return TRUE;
    }
  if (g_str_equal (name, "Pattern") && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      g_free (self->pattern);
      self->pattern = g_variant_dup_string (value, NULL);
      return TRUE;
    }
  return FALSE;
}

/**
 * radio_discovery_set_filter:
 * @self: a client's wish
 * @filter: `a{sv}` as of Adapter1.SetDiscoveryFilter; empty takes the filter away
 *
 * Returns: whether the filter is valid; if not, there is none now
 */
gboolean
radio_discovery_set_filter (RadioDiscovery *self, GVariant *filter)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  radio_discovery_clear_filter (self);
  self->filtered = g_variant_n_children (filter) > 0;

  g_variant_iter_init (&iter, filter);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    if (!parse_entry (self, name, value))
      {
        g_variant_unref (value);
        radio_discovery_clear_filter (self);
        return FALSE;
      }
  if (self->has_rssi && self->has_pathloss)
    {
      radio_discovery_clear_filter (self);
      return FALSE;
    }
  return TRUE;
}

/**
 * radio_discovery_matches:
 * @self: a client's wish
 * @advertisement: what was heard
 * @rssi: dBm
 *
 * Returns: whether the client scans and wants to hear of it
 */
gboolean
radio_discovery_matches (RadioDiscovery *self, RadioAdvertisement *advertisement, gint16 rssi)
{
  gboolean found = FALSE;

  if (!self->started)
    return FALSE;
  if (!self->filtered)
    return radio_advertisement_is_discoverable (advertisement);
  if (!self->low_energy)
    return FALSE;
  if (self->discoverable_only && !radio_advertisement_is_discoverable (advertisement))
    return FALSE;
  if (self->has_rssi && rssi < self->rssi)
    return FALSE;
  if (self->pattern != NULL && !g_str_has_prefix (advertisement->address, self->pattern) &&
      (advertisement->local_name == NULL ||
       !g_str_has_prefix (advertisement->local_name, self->pattern)))
    return FALSE;
  if (self->uuids == NULL)
    return TRUE;
  for (gsize i = 0; self->uuids[i] != NULL && !found; i++)
    found = g_strv_contains ((const char *const *) advertisement->service_uuids, self->uuids[i]);
  return found;
}
