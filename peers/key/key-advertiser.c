/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-advertiser.h"

#include "app/protocol/enigm-advertisement.h"
#include "app/protocol/enigm-attributes.h"

#define ADVERTISEMENT_PATH "/io/enigm/key/advertisement"

/* Some controllers report an advertisement once per enable only; a scan that begins later would
 * never see it. */
#define AGAIN_S 3

/**
 * EnigmKeyAdvertiser:
 *
 * What is on the air during a window: the service's UUID, and four bytes of manufacturer data.
 * Together with the flags that BlueZ adds, 29 of 31 bytes; so nothing else fits, and no name is
 * sent.
 */
struct _EnigmKeyAdvertiser
{
  GObject parent_instance;

  EnigmKeyRadio *radio;
  EnigmBluezLEAdvertisement1 *advertisement;
  EnigmBluezLEAdvertisingManager1 *manager; /* where it is registered, or is being */
  gboolean wanted;
  gboolean calling; /* one call at a time, so that they take effect in order */
  gboolean registered;
  guint again_id;
};

G_DEFINE_FINAL_TYPE (EnigmKeyAdvertiser, enigm_key_advertiser, G_TYPE_OBJECT)

static void
enigm_key_advertiser_dispose (GObject *object)
{
  EnigmKeyAdvertiser *self = ENIGM_KEY_ADVERTISER (object);

  g_clear_handle_id (&self->again_id, g_source_remove);
  if (self->advertisement != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->advertisement));
  g_clear_object (&self->advertisement);
  g_clear_object (&self->manager);
  g_clear_object (&self->radio);

  G_OBJECT_CLASS (enigm_key_advertiser_parent_class)->dispose (object);
}

static void
enigm_key_advertiser_class_init (EnigmKeyAdvertiserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_advertiser_dispose;
}

static void
enigm_key_advertiser_init (EnigmKeyAdvertiser *self)
{
}

static void converge (EnigmKeyAdvertiser *self);

static gboolean
on_again_elapsed (gpointer user_data)
{
  EnigmKeyAdvertiser *self = user_data;

  self->again_id = 0;
  converge (self);

  return G_SOURCE_REMOVE;
}

static void
wait (EnigmKeyAdvertiser *self)
{
  g_clear_handle_id (&self->again_id, g_source_remove);
  self->again_id = g_timeout_add_seconds (AGAIN_S, on_again_elapsed, self);
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmKeyAdvertiser) self = user_data;
  g_autoptr (GError) error = NULL;

  self->calling = FALSE;
  self->registered = enigm_bluez_le_advertising_manager1_call_register_advertisement_finish (
    ENIGM_BLUEZ_LE_ADVERTISING_MANAGER1 (source), result, &error);
  if (!self->registered)
    g_message ("Advertising is not possible now: %s", error->message);
  if (self->wanted)
    wait (self);
  else
    converge (self);
}

static void
on_unregistered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EnigmKeyAdvertiser) self = user_data;

  /* If it failed, bluetoothd has dropped it already. */
  enigm_bluez_le_advertising_manager1_call_unregister_advertisement_finish (
    ENIGM_BLUEZ_LE_ADVERTISING_MANAGER1 (source), result, NULL);
  self->calling = FALSE;
  self->registered = FALSE;
  converge (self);
}

static void
converge (EnigmKeyAdvertiser *self)
{
  if (self->calling)
    return;

  if (self->registered)
    {
      self->calling = TRUE;
      enigm_bluez_le_advertising_manager1_call_unregister_advertisement (
        self->manager, ADVERTISEMENT_PATH, NULL, on_unregistered, g_object_ref (self));
      return;
    }

  g_clear_object (&self->manager);
  if (!self->wanted)
    return;
  g_set_object (&self->manager, enigm_key_radio_get_advertising_manager (self->radio));
  if (self->manager == NULL)
    return;
  self->calling = TRUE;
  enigm_bluez_le_advertising_manager1_call_register_advertisement (
    self->manager, ADVERTISEMENT_PATH, g_variant_new ("a{sv}", NULL), NULL, on_registered,
    g_object_ref (self));
}

static gboolean
on_release_called (EnigmBluezLEAdvertisement1 *advertisement,
                   GDBusMethodInvocation *invocation,
                   gpointer user_data)
{
  EnigmKeyAdvertiser *self = user_data;

  self->registered = FALSE;
  enigm_bluez_le_advertisement1_complete_release (advertisement, invocation);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/**
 * enigm_key_advertiser_new:
 * @radio: the adapter
 *
 * Returns: (transfer full): an advertiser that is silent
 */
EnigmKeyAdvertiser *
enigm_key_advertiser_new (EnigmKeyRadio *radio)
{
  static const char *const uuids[] = { ENIGM_KEY_SERVICE_UUID, NULL };
  g_autoptr (GError) error = NULL;
  EnigmKeyAdvertiser *self;

  g_return_val_if_fail (ENIGM_IS_KEY_RADIO (radio), NULL);

  self = g_object_new (ENIGM_TYPE_KEY_ADVERTISER, NULL);
  self->radio = g_object_ref (radio);
  self->advertisement = enigm_bluez_le_advertisement1_skeleton_new ();
  enigm_bluez_le_advertisement1_set_type_ (self->advertisement, "peripheral");
  enigm_bluez_le_advertisement1_set_service_uuids (self->advertisement, uuids);
  /* Without the flag bluetoothd takes the key for something it has not been asked to show. */
  enigm_bluez_le_advertisement1_set_discoverable (self->advertisement, TRUE);
  g_signal_connect (self->advertisement, "handle-release", G_CALLBACK (on_release_called), self);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->advertisement),
                                         enigm_key_radio_get_connection (radio), ADVERTISEMENT_PATH,
                                         &error))
    g_warning ("The advertisement cannot be exported: %s", error->message);

  return self;
}

/**
 * enigm_key_advertiser_start:
 * @self: the advertiser
 * @discriminator: from the setup code, 12 bits
 * @bound: whether the key has an owner
 *
 * Advertises, again and again, until stopped.
 */
void
enigm_key_advertiser_start (EnigmKeyAdvertiser *self, guint discriminator, gboolean bound)
{
  const EnigmAdvertisement said = { discriminator, bound };
  guint8 bytes[ENIGM_ADVERTISEMENT_SIZE];
  GVariantBuilder builder;

  g_return_if_fail (ENIGM_IS_KEY_ADVERTISER (self));

  enigm_advertisement_encode (&said, bytes);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{qv}"));
  g_variant_builder_add (
    &builder, "{qv}", ENIGM_ADVERTISEMENT_COMPANY,
    g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, sizeof bytes, sizeof bytes[0]));
  enigm_bluez_le_advertisement1_set_manufacturer_data (self->advertisement,
                                                       g_variant_builder_end (&builder));
  self->wanted = TRUE;
  converge (self);
}

/**
 * enigm_key_advertiser_stop:
 * @self: the advertiser
 *
 * Falls silent.
 */
void
enigm_key_advertiser_stop (EnigmKeyAdvertiser *self)
{
  g_return_if_fail (ENIGM_IS_KEY_ADVERTISER (self));

  self->wanted = FALSE;
  g_clear_handle_id (&self->again_id, g_source_remove);
  converge (self);
}
