/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "attacker.h"

#include "protocol/enigm-hello.h"
#include "protocol/enigm-spake2plus.h"

#define CONTEXT "enigm setup 1"

/* Waiting */

gboolean
attacker_is_set (gpointer user_data)
{
  return *(gpointer *) user_data != NULL;
}

void
attacker_on_finished (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
is_true (gpointer user_data)
{
  return *(gboolean *) user_data;
}

static gboolean
on_elapsed (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* The key's clock is what is waited for: it said how long. */
void
attacker_let_seconds_pass (guint seconds)
{
  gboolean elapsed = FALSE;

  g_timeout_add (seconds * 1000 + 50, on_elapsed, &elapsed);
  g_assert_true (enigm_world_await (is_true, &elapsed));
}

/* The link */

static void
on_link_message (EnigmLink *link, GBytes *message, gpointer user_data)
{
  Attacker *self = user_data;

  g_queue_push_tail (self->inbox, g_bytes_ref (message));
}

static void
on_link_closed (EnigmLink *link, GError *error, gpointer user_data)
{
  ((Attacker *) user_data)->closed = TRUE;
}

static EnigmNearbyKey *
find (PartyKey *key)
{
  GListModel *keys = enigm_radio_get_keys (key->party->radio);

  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmNearbyKey) nearby = g_list_model_get_item (keys, i);

      if (enigm_nearby_key_get_discriminator (nearby) ==
          enigm_setup_code_get_discriminator (key->code))
        return g_steal_pointer (&nearby);
    }
  return NULL;
}

static gboolean
is_near (gpointer user_data)
{
  g_autoptr (EnigmNearbyKey) nearby = find (user_data);

  return nearby != NULL;
}

/* Connects to a key whose button was held within the last two minutes. */
Attacker *
attacker_new (PartyKey *key)
{
  Attacker *self = g_new0 (Attacker, 1);
  g_autoptr (EnigmNearbyKey) nearby = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->key = key;
  self->inbox = g_queue_new ();
  enigm_radio_start_scan (key->party->radio);
  g_assert_true (enigm_world_await (is_near, key));
  nearby = find (key);
  enigm_radio_stop_scan (key->party->radio);
  enigm_link_open_async (key->party->radio, nearby, NULL, attacker_on_finished, &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  self->link = enigm_link_open_finish (result, &error);
  g_assert_no_error (error);
  g_signal_connect (self->link, "message", G_CALLBACK (on_link_message), self);
  g_signal_connect (self->link, "closed", G_CALLBACK (on_link_closed), self);
  return self;
}

void
attacker_free (Attacker *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_signal_handlers_disconnect_by_data (self->link, self);
  enigm_link_close_async (self->link, attacker_on_finished, &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  enigm_link_close_finish (self->link, result, NULL);
  g_object_unref (self->link);
  g_queue_free_full (self->inbox, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&self->channel, enigm_channel_unref);
  g_clear_pointer (&self->certificate, enigm_message_free);
  g_free (self);
}

void
attacker_send_bytes (Attacker *self, GBytes *bytes)
{
  enigm_link_send (self->link, bytes);
}

void
attacker_send (Attacker *self, EnigmMessage *message)
{
  g_autoptr (GBytes) bytes = enigm_message_encode (message);

  attacker_send_bytes (self, bytes);
}

static gboolean
is_answered (gpointer user_data)
{
  Attacker *self = user_data;

  return self->closed || !g_queue_is_empty (self->inbox);
}

/* What the key says next, or NULL if it hung up instead. */
EnigmMessage *
attacker_take (Attacker *self)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  EnigmMessage *message;

  g_assert_true (enigm_world_await (is_answered, self));
  bytes = g_queue_pop_head (self->inbox);
  if (bytes == NULL)
    return NULL;
  message = enigm_message_decode (bytes, FALSE, &error);
  g_assert_no_error (error);
  return message;
}

void
attacker_await_closed (Attacker *self)
{
  g_assert_true (enigm_world_await (is_true, &self->closed));
}

/* The code */

static GBytes *
make_context (Attacker *self, GBytes *app_hello)
{
  guint8 data[sizeof CONTEXT - 1 + 2 * ENIGM_SHA256_SIZE];

  memcpy (data, CONTEXT, sizeof CONTEXT - 1);
  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (enigm_link_get_hello (self->link))),
                data + sizeof CONTEXT - 1);
  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (app_hello)),
                data + sizeof CONTEXT - 1 + ENIGM_SHA256_SIZE);
  return g_bytes_new (data, sizeof data);
}

/* Sends start. Returns share or refused; @confirm is what comes next if the code is right, and
 * the channel is open on this side. */
EnigmMessage *
attacker_start (Attacker *self, EnigmSetupCode *code, EnigmMessage **confirm)
{
  g_autoptr (EnigmMessage) start = enigm_message_new (ENIGM_MESSAGE_START);
  g_autoptr (EnigmMessage) proof = enigm_message_new (ENIGM_MESSAGE_CONFIRM);
  g_autoptr (EnigmSpake2plusProver) prover = NULL;
  g_autoptr (EnigmSecret) w0 = NULL;
  g_autoptr (EnigmSecret) w1 = NULL;
  g_autoptr (EnigmSecret) shared = NULL;
  g_autoptr (GBytes) context = NULL;
  g_autoptr (GBytes) nobody = g_bytes_new_static ("", 0);
  EnigmMessage *share;

  *confirm = NULL;
  enigm_setup_code_derive_w (code, &w0, &w1);
  start->blob = enigm_app_hello_encode ();
  context = make_context (self, start->blob);
  prover = enigm_spake2plus_prover_new (w0, w1, context, nobody, nobody);
  g_assert_true (enigm_spake2plus_prover_start (prover, start->point, NULL));
  attacker_send (self, start);
  share = attacker_take (self);
  if (share == NULL || share->type != ENIGM_MESSAGE_SHARE)
    return share;
  shared = enigm_spake2plus_prover_finish (prover, share->point, sizeof share->point, share->mac,
                                           sizeof share->mac, proof->mac, NULL);
  if (shared != NULL)
    {
      self->channel = enigm_channel_new_setup (shared, ENIGM_CHANNEL_APP);
      *confirm = g_steal_pointer (&proof);
    }
  return share;
}

/* Somebody who has read the code inside the lid: connected, with an open channel. */
Attacker *
attacker_new_inside (PartyKey *key)
{
  for (;;)
    {
      Attacker *self = attacker_new (key);
      g_autoptr (EnigmMessage) confirm = NULL;
      g_autoptr (EnigmMessage) share = attacker_start (self, key->code, &confirm);

      g_assert_nonnull (share);
      if (share->type == ENIGM_MESSAGE_SHARE)
        {
          g_assert_nonnull (confirm);
          attacker_send (self, confirm);
          self->certificate = attacker_take_sealed (self, ENIGM_MESSAGE_CERTIFICATE);
          return self;
        }
      g_assert_cmpint (share->type, ==, ENIGM_MESSAGE_REFUSED);
      g_assert_cmpint (share->reason, ==, ENIGM_REASON_WAIT);
      attacker_free (self);
      attacker_let_seconds_pass (share->seconds);
    }
}

GBytes *
attacker_seal (Attacker *self, EnigmMessage *message)
{
  g_autoptr (GBytes) plain = enigm_message_encode (message);
  g_autoptr (EnigmMessage) sealed = enigm_message_new (ENIGM_MESSAGE_SEALED);

  sealed->blob = enigm_channel_seal (self->channel, plain, NULL);
  return enigm_message_encode (sealed);
}

void
attacker_send_sealed (Attacker *self, EnigmMessage *message)
{
  g_autoptr (GBytes) bytes = attacker_seal (self, message);

  attacker_send_bytes (self, bytes);
}

/* The next message of that type; the key's state may come in between. */
EnigmMessage *
attacker_take_sealed (Attacker *self, EnigmMessageType type)
{
  for (;;)
    {
      g_autoptr (EnigmMessage) sealed = attacker_take (self);
      g_autoptr (GBytes) plain = NULL;
      g_autoptr (EnigmMessage) message = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (sealed);
      g_assert_cmpint (sealed->type, ==, ENIGM_MESSAGE_SEALED);
      plain = enigm_channel_open (self->channel, sealed->blob, &error);
      g_assert_no_error (error);
      message = enigm_message_decode (plain, TRUE, &error);
      g_assert_no_error (error);
      if (message->type == type)
        return g_steal_pointer (&message);
      g_assert_cmpint (message->type, ==, ENIGM_MESSAGE_STATE);
    }
}

/* Pulling the plug */

static void
kill_nine (Party *party, GSubprocess *process)
{
  g_subprocess_force_exit (process);
  enigm_world_stop (party->world, process);
}

/* Takes the battery out, and puts it back. */
void
attacker_kill_key (PartyKey *key)
{
  g_autofree char *program = enigm_world_find_program ("peers/key/enigm-key");
  g_autofree char *ctl = enigm_world_find_program ("peers/key/enigm-keyctl");
  g_autofree char *state = g_strndup (key->control, strlen (key->control) - strlen (".control"));
  g_autofree char *ready = NULL;
  const char *run[] = { program, "run",       "--state",    state, "--adapter",
                        "hci1",  "--control", key->control, NULL };
  const char *watch[] = { ctl, "--control", key->control, "watch", NULL };

  kill_nine (key->party, key->process);
  kill_nine (key->party, key->watch);
  g_object_unref (key->process);
  g_object_unref (key->watch);
  key->process = enigm_world_spawn (key->party->world, G_SUBPROCESS_FLAGS_STDOUT_PIPE, run);
  ready = enigm_world_await_line (key->process);
  g_assert_cmpstr (ready, ==, "ready");
  key->watch = enigm_world_spawn (key->party->world, G_SUBPROCESS_FLAGS_STDOUT_PIPE, watch);
}

/* Crashes the platform's machine, and starts it again where it was. */
void
attacker_kill_platform (Party *party)
{
  g_autofree char *program = enigm_world_find_program ("peers/platform/enigm-platform");
  g_autofree char *config = g_build_filename (party->platform_dir, "platform.conf", NULL);
  g_autofree char *line = NULL;
  const char *port = strrchr (party->origin, ':') + 1;
  const char *serve[] = { program, "serve", "--config", config, "--port", port, NULL };

  kill_nine (party, party->platform);
  g_object_unref (party->platform);
  party->platform = enigm_world_spawn (party->world, G_SUBPROCESS_FLAGS_STDOUT_PIPE, serve);
  line = enigm_world_await_line (party->platform);
  g_assert_true (g_str_has_prefix (line, "listening on "));
  g_assert_cmpstr (line + strlen ("listening on "), ==, party->origin);
}
