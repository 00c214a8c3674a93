/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-nearby-key.h"

#include "enigm-bluez.h"
#include "protocol/enigm-advertisement.h"
#include "protocol/enigm-attributes.h"

/* What BlueZ's emulated controllers report for "not measured". */
#define RSSI_UNKNOWN 127

/**
 * EnigmNearbyKey:
 *
 * A key in reach whose button is or was held a moment ago: what its advertisement says, and how
 * well it is heard. It has no name and its address is never shown.
 */
struct _EnigmNearbyKey
{
  GObject parent_instance;

  GDBusObject *object;
  guint discriminator;
  gboolean bound;
  guint bars;
};

enum
{
  PROP_DISCRIMINATOR = 1,
  PROP_BOUND,
  PROP_BARS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (EnigmNearbyKey, enigm_nearby_key, G_TYPE_OBJECT)

static void
enigm_nearby_key_finalize (GObject *object)
{
  EnigmNearbyKey *self = ENIGM_NEARBY_KEY (object);

  g_clear_object (&self->object);
  G_OBJECT_CLASS (enigm_nearby_key_parent_class)->finalize (object);
}

static void
enigm_nearby_key_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EnigmNearbyKey *self = ENIGM_NEARBY_KEY (object);

  switch (id)
    {
    case PROP_DISCRIMINATOR:
      g_value_set_uint (value, self->discriminator);
      break;
    case PROP_BOUND:
      g_value_set_boolean (value, self->bound);
      break;
    case PROP_BARS:
      g_value_set_uint (value, self->bars);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
enigm_nearby_key_class_init (EnigmNearbyKeyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = enigm_nearby_key_finalize;
  object_class->get_property = enigm_nearby_key_get_property;
  properties[PROP_DISCRIMINATOR] =
    g_param_spec_uint ("discriminator", NULL, NULL, 0, 4095, 0, flags);
  properties[PROP_BOUND] = g_param_spec_boolean ("bound", NULL, NULL, FALSE, flags);
  properties[PROP_BARS] = g_param_spec_uint ("bars", NULL, NULL, 0, 4, 0, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
enigm_nearby_key_init (EnigmNearbyKey *self)
{
}

static guint
bars_from_rssi (int rssi)
{
  if (rssi == RSSI_UNKNOWN)
    return 0;
  if (rssi >= -55)
    return 4;
  if (rssi >= -67)
    return 3;
  if (rssi >= -78)
    return 2;
  return 1;
}

static gboolean
parse_advertisement (EnigmBluezDevice1 *device, EnigmAdvertisement *said, guint *bars)
{
  const char *const *uuids = enigm_bluez_device1_get_uuids (device);
  g_autoptr (GVariant) rssi = g_dbus_proxy_get_cached_property (G_DBUS_PROXY (device), "RSSI");
  GVariant *manufacturer = enigm_bluez_device1_get_manufacturer_data (device);
  GVariantIter iter;
  guint16 company;
  GVariant *value;

  /* Without RSSI it is a memory of bluetoothd's, not something on the air. */
  if (rssi == NULL || !g_variant_is_of_type (rssi, G_VARIANT_TYPE_INT16))
    return FALSE;
  if (uuids == NULL || !g_strv_contains (uuids, ENIGM_KEY_SERVICE_UUID))
    return FALSE;
  if (manufacturer == NULL || !g_variant_is_of_type (manufacturer, G_VARIANT_TYPE ("a{qv}")))
    return FALSE;

  g_variant_iter_init (&iter, manufacturer);
  while (g_variant_iter_next (&iter, "{qv}", &company, &value))
    {
      g_autoptr (GVariant) data = value;
      const guint8 *bytes;
      gsize n_bytes;

      if (company != ENIGM_ADVERTISEMENT_COMPANY ||
          !g_variant_is_of_type (data, G_VARIANT_TYPE_BYTESTRING))
        continue;
      bytes = g_variant_get_fixed_array (data, &n_bytes, 1);
      if (!enigm_advertisement_decode (bytes, n_bytes, said))
        continue;
      *bars = bars_from_rssi (g_variant_get_int16 (rssi));
      return TRUE;
    }
  return FALSE;
}

/**
 * enigm_nearby_key_new:
 * @object: what bluetoothd exports for something it has heard
 *
 * Reads BlueZ's Device1 API: `UUIDs`, `ManufacturerData`, `RSSI`.
 *
 * Returns: (transfer full) (nullable): a key, or %NULL if @object does not advertise as one of
 *   PROTOCOL.md section 2
 */
EnigmNearbyKey *
enigm_nearby_key_new (GDBusObject *object)
{
  g_autoptr (EnigmNearbyKey) self = NULL;

  g_return_val_if_fail (G_IS_DBUS_OBJECT (object), NULL);

  self = g_object_new (ENIGM_TYPE_NEARBY_KEY, NULL);
  self->object = g_object_ref (object);
  if (!enigm_nearby_key_update (self))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * enigm_nearby_key_update:
 *
 * Reads the advertisement again and notifies what changed.
 *
 * Returns: %FALSE if it is not on the air as a key any more
 */
gboolean
enigm_nearby_key_update (EnigmNearbyKey *self)
{
  EnigmBluezDevice1 *device;
  EnigmAdvertisement said;
  guint bars;

  g_return_val_if_fail (ENIGM_IS_NEARBY_KEY (self), FALSE);

  device = enigm_bluez_object_peek_device1 (ENIGM_BLUEZ_OBJECT (self->object));
  if (device == NULL || !parse_advertisement (device, &said, &bars))
    return FALSE;

  if (self->discriminator != said.discriminator)
    {
      self->discriminator = said.discriminator;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DISCRIMINATOR]);
    }
  if (self->bound != said.bound)
    {
      self->bound = said.bound;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BOUND]);
    }
  if (self->bars != bars)
    {
      self->bars = bars;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BARS]);
    }
  return TRUE;
}

/**
 * enigm_nearby_key_get_object:
 *
 * Returns: (transfer none): bluetoothd's object, for #EnigmLink
 */
GDBusObject *
enigm_nearby_key_get_object (EnigmNearbyKey *self)
{
  g_return_val_if_fail (ENIGM_IS_NEARBY_KEY (self), NULL);
  return self->object;
}

/**
 * enigm_nearby_key_get_discriminator:
 *
 * Returns: 0 to 4095, the first 12 bits of the setup code
 */
guint
enigm_nearby_key_get_discriminator (EnigmNearbyKey *self)
{
  g_return_val_if_fail (ENIGM_IS_NEARBY_KEY (self), 0);
  return self->discriminator;
}

/**
 * enigm_nearby_key_get_bound:
 *
 * Returns: whether the key says that some account owns it
 */
gboolean
enigm_nearby_key_get_bound (EnigmNearbyKey *self)
{
  g_return_val_if_fail (ENIGM_IS_NEARBY_KEY (self), FALSE);
  return self->bound;
}

/**
 * enigm_nearby_key_get_bars:
 *
 * Returns: how well it is heard, 1 to 4; 0 where the adapter does not measure it
 */
guint
enigm_nearby_key_get_bars (EnigmNearbyKey *self)
{
  g_return_val_if_fail (ENIGM_IS_NEARBY_KEY (self), 0);
  return self->bars;
}
