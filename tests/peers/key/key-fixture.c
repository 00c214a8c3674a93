/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "enigm-attestation.h"
#include "enigm-hello.h"
#include "enigm-spake2plus.h"
#include "key-certificate.h"

static void
on_line_said (EnigmKeySignals *signals, const char *line, gpointer user_data)
{
  KeyFixture *self = user_data;

  g_ptr_array_add (self->lines, g_strdup (line));
}

void
key_fixture_close (KeyFixture *self)
{
  g_clear_object (&self->event);
  g_clear_object (&self->binding);
  g_clear_object (&self->tries);
  g_clear_object (&self->sensors);
  if (self->signals != NULL)
    g_signal_handlers_disconnect_by_data (self->signals, self);
  g_clear_object (&self->signals);
  g_assert_finalize_object (g_steal_pointer (&self->store));
}

/* As after a loss of power. */
void
key_fixture_reopen (KeyFixture *self)
{
  g_autoptr (GError) error = NULL;

  if (self->store != NULL)
    key_fixture_close (self);
  self->store = enigm_key_store_open (self->state, &error);
  g_assert_no_error (error);
  self->signals = enigm_key_signals_new ();
  g_signal_connect (self->signals, "line", G_CALLBACK (on_line_said), self);
  self->sensors = enigm_key_sensors_new ();
  self->tries = enigm_key_tries_new (self->store);
  self->binding = enigm_key_binding_new (self->store, self->signals, self->sensors);
  self->event = enigm_key_event_new (self->store, self->signals, self->sensors);
}

void
key_fixture_set_up (KeyFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *ca = NULL;
  g_autofree char *code = NULL;

  self->folder = g_dir_make_tmp ("enigm-key-XXXXXX", &error);
  g_assert_no_error (error);
  self->state = g_build_filename (self->folder, "key", NULL);
  ca = g_build_filename (self->folder, "ca", NULL);
  self->identity = enigm_p256_key_generate (&error);
  g_assert_no_error (error);
  g_assert_true (enigm_key_certificate_make_authority (ca, &error));
  g_assert_no_error (error);
  code =
    enigm_key_factory_make (self->state, ca, enigm_p256_key_get_point (self->identity), &error);
  g_assert_no_error (error);
  self->code = enigm_setup_code_new_parse (code, &error);
  g_assert_no_error (error);
  self->lines = g_ptr_array_new_with_free_func (g_free);
  key_fixture_reopen (self);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
key_fixture_tear_down (KeyFixture *self, gconstpointer data)
{
  key_fixture_close (self);
  remove_folder (self->folder);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_pointer (&self->code, enigm_setup_code_unref);
  g_clear_pointer (&self->identity, enigm_p256_key_unref);
  g_clear_pointer (&self->ephemeral, enigm_p256_key_unref);
  g_free (self->state);
  g_free (self->folder);
}

/* A folder where the new file would be made: nothing can be stored, also not by root. */
void
key_fixture_fill_flash (KeyFixture *self)
{
  g_autofree char *path = g_build_filename (self->state, "state.new", NULL);

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
}

void
key_fixture_empty_flash (KeyFixture *self)
{
  g_autofree char *path = g_build_filename (self->state, "state.new", NULL);

  g_assert_cmpint (g_rmdir (path), ==, 0);
}

gboolean
key_fixture_has_line (KeyFixture *self, const char *line)
{
  return g_ptr_array_find_with_equal_func (self->lines, line, g_str_equal, NULL);
}

EnigmKeyMemory *
key_fixture_get_memory (KeyFixture *self)
{
  return enigm_key_store_get_memory (self->store);
}

/* A right offer, for the test to spoil. */
void
key_fixture_make_offer (KeyFixture *self,
                        EnigmOffer *offer,
                        const guint8 *nonce,
                        const guint8 *session_value)
{
  memset (offer, 0, sizeof *offer);
  g_assert_true (enigm_random_bytes (offer->binding, sizeof offer->binding, NULL));
  g_assert_true (enigm_random_bytes (offer->handle, sizeof offer->handle, NULL));
  memset (offer->pseudonym, 'p', sizeof offer->pseudonym);
  memcpy (offer->certificate_hash, enigm_key_store_get_factory (self->store)->certificate_hash,
          sizeof offer->certificate_hash);
  memcpy (offer->key_nonce, nonce, sizeof offer->key_nonce);
  memcpy (offer->session_value, session_value, sizeof offer->session_value);
  g_strlcpy (offer->origin, "https://localhost:1", sizeof offer->origin);
  memset (offer->pins[0], '1', sizeof offer->pins[0]);
  memset (offer->pins[1], '2', sizeof offer->pins[1]);
  g_clear_pointer (&self->ephemeral, enigm_p256_key_unref);
  self->ephemeral = enigm_p256_key_generate (NULL);
  memcpy (offer->ephemeral, enigm_p256_key_get_point (self->ephemeral), sizeof offer->ephemeral);
  memset (offer->nonce, 'n', sizeof offer->nonce);
  memset (offer->epoch, 'e', sizeof offer->epoch);
  offer->time = g_get_real_time () / G_USEC_PER_SEC;
  offer->expiry = offer->time + ENIGM_OFFER_MAX_SECONDS;
}

/* Binds the key in a moment, without an app: for tests of what comes later. */
void
key_fixture_bind (KeyFixture *self, EnigmReportedState state, const char *origin)
{
  guint8 nothing[32] = { 0 };
  guint8 binding_id[ENIGM_ID_SIZE];
  EnigmKeyAnswer answer = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) attestation = NULL;
  EnigmOffer offer;

  key_fixture_make_offer (self, &offer, nothing, nothing);
  if (origin != NULL)
    g_strlcpy (offer.origin, origin, sizeof offer.origin);
  bytes = enigm_offer_encode (&offer);
  g_assert_cmpint (enigm_key_binding_attest (self->binding, bytes, &attestation, binding_id), ==,
                   0);
  if (state == ENIGM_REPORTED_PENDING)
    return;
  answer.state = state;
  memcpy (answer.epoch, offer.epoch, sizeof answer.epoch);
  memcpy (answer.pins, offer.pins, sizeof answer.pins);
  enigm_key_binding_answered (self->binding, binding_id, &answer, FALSE);
}

static void
on_session_send (EnigmKeySession *session, GBytes *message, gpointer user_data)
{
  AppSide *self = user_data;

  g_queue_push_tail (self->inbox, g_bytes_ref (message));
}

static void
on_session_over (EnigmKeySession *session, gpointer user_data)
{
  AppSide *self = user_data;

  self->is_over = TRUE;
}

static GBytes *
make_hello (KeyFixture *fixture)
{
  EnigmKeyHello hello = { enigm_setup_code_get_discriminator (fixture->code), FALSE };

  return enigm_key_hello_encode (&hello);
}

AppSide *
app_side_new (KeyFixture *fixture)
{
  g_autoptr (GBytes) information = make_hello (fixture);
  AppSide *self = g_new0 (AppSide, 1);

  self->fixture = fixture;
  self->inbox = g_queue_new ();
  self->session = enigm_key_session_new (fixture->store, fixture->tries, fixture->binding,
                                         fixture->event, fixture->signals, information, TRUE);
  g_signal_connect (self->session, "send", G_CALLBACK (on_session_send), self);
  g_signal_connect (self->session, "over", G_CALLBACK (on_session_over), self);

  return self;
}

void
app_side_free (AppSide *self)
{
  enigm_key_session_end (self->session);
  g_assert_finalize_object (self->session);
  g_queue_free_full (self->inbox, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&self->channel, enigm_channel_unref);
  g_clear_pointer (&self->certificate, enigm_message_free);
  g_free (self);
}

void
app_side_send (AppSide *self, EnigmMessage *message)
{
  g_autoptr (GBytes) bytes = enigm_message_encode (message);
  g_autoptr (EnigmMessage) sealed = NULL;
  g_autoptr (GBytes) outer = NULL;

  if (!enigm_message_type_is_sealed (message->type))
    {
      enigm_key_session_receive (self->session, bytes);
      return;
    }
  sealed = enigm_message_new (ENIGM_MESSAGE_SEALED);
  sealed->blob = enigm_channel_seal (self->channel, bytes, NULL);
  outer = enigm_message_encode (sealed);
  enigm_key_session_receive (self->session, outer);
}

/* The next message, which has to be of this type. */
EnigmMessage *
app_side_take (AppSide *self, EnigmMessageType type)
{
  g_autoptr (GBytes) bytes = g_queue_pop_head (self->inbox);
  g_autoptr (EnigmMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (bytes);
  message = enigm_message_decode (bytes, FALSE, &error);
  g_assert_no_error (error);
  if (message->type == ENIGM_MESSAGE_SEALED)
    {
      g_autoptr (GBytes) plain = enigm_channel_open (self->channel, message->blob, &error);

      g_assert_no_error (error);
      g_clear_pointer (&message, enigm_message_free);
      message = enigm_message_decode (plain, TRUE, &error);
      g_assert_no_error (error);
    }
  if (message->type != type)
    g_error ("%s came, where %s was due; reason %u", enigm_message_type_get_name (message->type),
             enigm_message_type_get_name (type), message->reason);

  return g_steal_pointer (&message);
}

/* As far as confirmP, which is not sent. NULL in it means that the key has another code. */
void
app_side_start (AppSide *self, EnigmSetupCode *code, EnigmMessage **confirm)
{
  g_autoptr (EnigmMessage) start = enigm_message_new (ENIGM_MESSAGE_START);
  g_autoptr (EnigmMessage) share = NULL;
  g_autoptr (EnigmSpake2plusProver) prover = NULL;
  g_autoptr (EnigmSecret) w0 = NULL;
  g_autoptr (EnigmSecret) w1 = NULL;
  g_autoptr (EnigmSecret) shared = NULL;
  g_autoptr (GBytes) key_hello = make_hello (self->fixture);
  g_autoptr (GBytes) context = NULL;
  guint8 bytes[13 + 64] = "enigm setup 1";

  start->blob = enigm_app_hello_encode ();
  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (key_hello)), bytes + 13);
  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (start->blob)), bytes + 45);
  context = g_bytes_new (bytes, sizeof bytes);
  enigm_setup_code_derive_w (code, &w0, &w1);
  prover = enigm_spake2plus_prover_new (w0, w1, context, NULL, NULL);
  g_assert_true (enigm_spake2plus_prover_start (prover, start->point, NULL));
  app_side_send (self, start);

  *confirm = NULL;
  share = app_side_take (self, ENIGM_MESSAGE_SHARE);
  *confirm = enigm_message_new (ENIGM_MESSAGE_CONFIRM);
  shared = enigm_spake2plus_prover_finish (prover, share->point, sizeof share->point, share->mac,
                                           sizeof share->mac, (*confirm)->mac, NULL);
  if (shared == NULL)
    g_clear_pointer (confirm, enigm_message_free);
  else
    self->channel = enigm_channel_new_setup (shared, ENIGM_CHANNEL_APP);
}

/* Opens a channel with the code, and takes the certificate. */
void
app_side_open (AppSide *self)
{
  g_autoptr (EnigmMessage) confirm = NULL;

  app_side_start (self, self->fixture->code, &confirm);
  g_assert_nonnull (confirm);
  app_side_send (self, confirm);
  self->certificate = app_side_take (self, ENIGM_MESSAGE_CERTIFICATE);
}

/* Hands an offer in, signed; takes nothing. */
EnigmMessage *
app_side_offer (AppSide *self, const EnigmOffer *offer)
{
  EnigmMessage *message = enigm_message_new (ENIGM_MESSAGE_OFFER);

  message->blob = enigm_offer_encode (offer);
  g_assert_true (
    enigm_offer_sign (message->blob, self->fixture->identity, message->signature, NULL));
  app_side_send (self, message);

  return message;
}

void
app_side_assert_declined (AppSide *self, EnigmReason reason)
{
  g_autoptr (EnigmMessage) message = app_side_take (self, ENIGM_MESSAGE_DECLINED);

  g_assert_cmpint (message->reason, ==, reason);
}

void
app_side_assert_refused (AppSide *self, EnigmReason reason)
{
  g_autoptr (EnigmMessage) message = app_side_take (self, ENIGM_MESSAGE_REFUSED);

  g_assert_cmpint (message->reason, ==, reason);
  g_assert_true (self->is_over);
}
