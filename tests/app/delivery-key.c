/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery-key.h"

#include <glib/gstdio.h>
#include <string.h>

#include "await.h"
#include "enigm-pairing-platform.h"
#include "key-certificate.h"
#include "key-dispatch.h"
#include "key-https.h"
#include "protocol/enigm-text.h"

struct _DeliveryKey
{
  char *folder;
  gboolean network;
  guint n_lost; /* how often the battery was taken out */
  EnigmKeyStore *store;
  EnigmKeySignals *signals;
  EnigmKeySensors *sensors;
  EnigmKeyBinding *binding;
  EnigmKeyEvent *event;
  EnigmKeyHttps *https;
  EnigmKeyDispatch *dispatch;
};

/* A maker of keys: its authority. */
void
delivery_key_make_maker (const char *folder)
{
  g_autoptr (GError) error = NULL;

  enigm_key_certificate_make_authority (folder, &error);
  g_assert_no_error (error);
}

static void
power_on (DeliveryKey *self)
{
  g_autoptr (GError) error = NULL;

  self->store = enigm_key_store_open (self->folder, &error);
  g_assert_no_error (error);
  self->signals = enigm_key_signals_new ();
  self->sensors = enigm_key_sensors_new ();
  self->binding = enigm_key_binding_new (self->store, self->signals, self->sensors);
  self->event = enigm_key_event_new (self->store, self->signals, self->sensors);
  self->https = enigm_key_https_new ();
  enigm_key_https_set_network (self->https, self->network);
  self->dispatch = enigm_key_dispatch_new (self->store, self->binding, self->event, self->sensors,
                                           ENIGM_KEY_CARRIER (self->https));
  enigm_key_dispatch_start (self->dispatch);
}

static void
power_off (DeliveryKey *self)
{
  enigm_key_dispatch_stop (self->dispatch);
  g_clear_object (&self->dispatch);
  g_clear_object (&self->https);
  g_clear_object (&self->event);
  g_clear_object (&self->binding);
  g_clear_object (&self->sensors);
  g_clear_object (&self->signals);
  g_clear_object (&self->store);
}

DeliveryKey *
delivery_key_new (const char *folder, const char *maker, GBytes *identity)
{
  DeliveryKey *self = g_new0 (DeliveryKey, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *code =
    enigm_key_factory_make (folder, maker, g_bytes_get_data (identity, NULL), &error);

  g_assert_no_error (error);
  self->folder = g_strdup (folder);
  self->network = TRUE;
  power_on (self);
  return self;
}

void
delivery_key_free (DeliveryKey *self)
{
  power_off (self);
  g_free (self->folder);
  g_free (self);
}

/* What pairing does, without the radio: an offer for this account, and the key's answer. The key
 * hands it in by itself. */
void
delivery_key_bind (DeliveryKey *self, EnigmPlatform *platform)
{
  static const guint8 nothing[ENIGM_NONCE_SIZE] = { 0 };
  g_autoptr (EnigmMessage) certificate = enigm_message_new (ENIGM_MESSAGE_CERTIFICATE);
  g_autoptr (EnigmPairingOffer) offer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) attestation = NULL;
  g_autoptr (GError) error = NULL;
  guint8 binding_id[ENIGM_ID_SIZE];

  g_clear_pointer (&certificate->chain, g_ptr_array_unref);
  certificate->chain = g_ptr_array_ref (enigm_key_store_get_factory (self->store)->chain);
  enigm_pairing_ask_offer_async (platform, certificate, nothing, NULL, on_awaited, &result);
  await_result (&result);
  offer = enigm_pairing_ask_offer_finish (platform, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (enigm_key_binding_attest (self->binding, offer->offer, &attestation, binding_id),
                   ==, 0);
  enigm_key_dispatch_hurry (self->dispatch);
}

gboolean
delivery_key_is_trusted (gpointer user_data)
{
  DeliveryKey *self = user_data;

  return enigm_key_store_get_memory (self->store)->current != NULL;
}

/* Presses. Returns whether that made a new event, and its ID. */
gboolean
delivery_key_raise (DeliveryKey *self, gboolean is_drill, char **id)
{
  EnigmKeyMemory *memory;
  EnigmKeyHappening *open;
  guint8 before[ENIGM_ID_SIZE] = { 0 };

  memory = enigm_key_store_get_memory (self->store);
  open = enigm_key_memory_get_open (memory, is_drill);
  if (open != NULL)
    memcpy (before, open->id, sizeof before);
  enigm_key_event_raise (self->event, is_drill);
  open = enigm_key_memory_get_open (memory, is_drill);
  if (open == NULL || memcmp (open->id, before, sizeof before) == 0)
    return FALSE;
  *id = enigm_hex_encode (open->id, sizeof open->id);
  return TRUE;
}

/* The long press. */
void
delivery_key_end (DeliveryKey *self)
{
  enigm_key_event_end (self->event);
}

/* In coverage or not. */
void
delivery_key_set_network (DeliveryKey *self, gboolean on)
{
  self->network = on;
  enigm_key_https_set_network (self->https, on);
  if (on)
    enigm_key_dispatch_hurry (self->dispatch);
}

/* By how many seconds its clock goes wrong. */
void
delivery_key_set_clock (DeliveryKey *self, gint64 ahead)
{
  enigm_key_store_set_time (self->store, g_get_real_time () / G_USEC_PER_SEC + ahead);
}

void
delivery_key_set_position (DeliveryKey *self, gint32 latitude, gint32 longitude)
{
  enigm_key_sensors_set_position (self->sensors, latitude, longitude, 12);
}

/* The battery is taken out and put back: what is in flight may still arrive, and what was stored is
 * there. The flash is copied, since what is in flight holds the old one. */
void
delivery_key_lose_power (DeliveryKey *self)
{
  g_autofree char *before = g_steal_pointer (&self->folder);
  g_autoptr (GDir) files = g_dir_open (before, 0, NULL);
  const char *name;

  self->folder = g_strdup_printf ("%s-%u", before, ++self->n_lost);
  g_assert_cmpint (g_mkdir (self->folder, 0700), ==, 0);
  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *from = g_build_filename (before, name, NULL);
      g_autofree char *to = g_build_filename (self->folder, name, NULL);
      g_autofree char *data = NULL;
      gsize len;

      g_assert_true (g_file_get_contents (from, &data, &len, NULL));
      g_assert_true (
        g_file_set_contents_full (to, data, (gssize) len, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
  power_off (self);
  power_on (self);
}

/* Whether the platform has taken everything it had to say. */
gboolean
delivery_key_has_said_all (DeliveryKey *self)
{
  GPtrArray *happenings;

  happenings = enigm_key_store_get_memory (self->store)->happenings;
  for (guint i = 0; i < happenings->len; i++)
    {
      EnigmKeyHappening *happening = happenings->pdata[i];

      if (!happening->accepted || happening->ended != 0)
        return FALSE;
    }
  return TRUE;
}

gboolean
delivery_key_has_open (DeliveryKey *self)
{
  return enigm_key_event_get_open (self->event) != 0;
}
