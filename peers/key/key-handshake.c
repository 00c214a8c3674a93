/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-handshake.h"

#include <string.h>

#include "enigm-cbor.h"
#include "enigm-resume.h"
#include "enigm-spake2plus.h"

#define CONTEXT "enigm setup 1"

struct _EnigmKeyHandshake
{
  EnigmKeyStore *store;
  EnigmKeyTries *tries;
  GBytes *information;
  EnigmSpake2plusVerifier *verifier; /* once confirmP is what comes next */
  EnigmResumeKey *resume;            /* once MAC_A is what comes next */
  GPtrArray *candidates;             /* of EnigmKeyComputer, as offered to resume */
  EnigmKeyComputer *computer;        /* who it turned out to be */
  guint8 resume_nonce[ENIGM_NONCE_SIZE];
};

/**
 * enigm_key_handshake_new:
 * @store: the key's flash
 * @tries: the count of tries
 * @information: the key hello, exactly as it was served
 *
 * Returns: (transfer full): a handshake that waits for its first message
 */
EnigmKeyHandshake *
enigm_key_handshake_new (EnigmKeyStore *store, EnigmKeyTries *tries, GBytes *information)
{
  EnigmKeyHandshake *self;

  g_return_val_if_fail (ENIGM_IS_KEY_STORE (store), NULL);
  g_return_val_if_fail (ENIGM_IS_KEY_TRIES (tries), NULL);
  g_return_val_if_fail (information != NULL, NULL);

  self = g_new0 (EnigmKeyHandshake, 1);
  self->store = g_object_ref (store);
  self->tries = g_object_ref (tries);
  self->information = g_bytes_ref (information);

  return self;
}

/**
 * enigm_key_handshake_free:
 * @self: (transfer full): a handshake
 */
void
enigm_key_handshake_free (EnigmKeyHandshake *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->verifier, enigm_spake2plus_verifier_free);
  g_clear_pointer (&self->resume, enigm_resume_key_free);
  g_clear_pointer (&self->candidates, g_ptr_array_unref);
  g_clear_pointer (&self->information, g_bytes_unref);
  g_clear_object (&self->tries);
  g_clear_object (&self->store);
  g_free (self);
}

static EnigmMessage *
make_refused (EnigmReason reason, guint seconds)
{
  EnigmMessage *message = enigm_message_new (ENIGM_MESSAGE_REFUSED);

  message->reason = reason;
  message->seconds = seconds;

  return message;
}

/* The app hello: [version = 1, suite = 1]. Returns 0 or why not. */
static EnigmReason
check_app_hello (GBytes *hello)
{
  g_auto (EnigmCborReader) reader = enigm_cbor_reader_over (hello);
  guint64 version, suite;

  enigm_cbor_read_array (&reader, "app hello", 2);
  version = enigm_cbor_read_uint (&reader, "version", G_MAXUINT32);
  suite = enigm_cbor_read_uint (&reader, "suite", G_MAXUINT32);
  if (!enigm_cbor_reader_finish (&reader, NULL))
    return ENIGM_REASON_MALFORMED;

  return version == 1 && suite == 1 ? 0 : ENIGM_REASON_VERSION;
}

static EnigmMessage *
take_start (EnigmKeyHandshake *self, EnigmMessage *start)
{
  g_autoptr (EnigmMessage) share = enigm_message_new (ENIGM_MESSAGE_SHARE);
  g_autoptr (GBytes) nobody = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) context = NULL;
  g_autoptr (GError) error = NULL;
  EnigmKeyFactory *factory = enigm_key_store_get_factory (self->store);
  guint8 data[sizeof CONTEXT - 1 + 2 * ENIGM_SHA256_SIZE];
  guint8 *at = data;
  guint seconds = 0;
  EnigmReason reason;

  reason = check_app_hello (start->blob);
  if (reason == 0 && !enigm_p256_check_point (start->point, sizeof start->point, NULL))
    reason = ENIGM_REASON_MALFORMED;
  if (reason == 0)
    reason = enigm_key_tries_begin (self->tries, &seconds);
  if (reason != 0)
    {
      return make_refused (reason, seconds);
    }

  memcpy (at, CONTEXT, sizeof CONTEXT - 1);
  at += sizeof CONTEXT - 1;
  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (self->information)), at);
  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (start->blob)), at + ENIGM_SHA256_SIZE);
  context = g_bytes_new (data, sizeof data);

  self->verifier =
    enigm_spake2plus_verifier_new (factory->w0, factory->l, context, nobody, nobody, &error);
  if (self->verifier == NULL ||
      !enigm_spake2plus_verifier_respond (self->verifier, start->point, sizeof start->point,
                                          share->point, share->mac, &error))
    {
      g_message ("The code could not be checked: %s", error->message);
      return make_refused (ENIGM_REASON_MALFORMED, 0);
    }

  return g_steal_pointer (&share);
}

static EnigmMessage *
take_resume (EnigmKeyHandshake *self, EnigmMessage *resume)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_RESUME_SHARE);
  g_autoptr (GError) error = NULL;
  EnigmKeyMemory *memory = enigm_key_store_get_memory (self->store);
  EnigmResumeCandidate candidates[ENIGM_RESUME_CANDIDATES_MAX];
  EnigmResumeHello hello;
  EnigmResumeShare share;
  gsize n = 0;

  self->candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) enigm_key_computer_free);
  for (guint i = 0; i < memory->computers->len && n < G_N_ELEMENTS (candidates); i++)
    {
      EnigmKeyComputer *computer = memory->computers->pdata[i];

      if (!computer->active)
        continue;
      memcpy (candidates[n].binding, computer->binding, sizeof candidates[n].binding);
      candidates[n++].secret = computer->secret;
      g_ptr_array_add (self->candidates, enigm_key_computer_new (computer->id, computer->binding,
                                                                 computer->secret, TRUE));
    }

  memcpy (hello.point, resume->point, sizeof hello.point);
  memcpy (hello.nonce, resume->nonce, sizeof hello.nonce);
  memcpy (hello.hint, resume->mac, sizeof hello.hint);
  self->resume = enigm_resume_key_new (candidates, n, &error);
  if (self->resume == NULL || !enigm_resume_key_respond (self->resume, &hello, &share, &error))
    {
      g_message ("The secret could not be checked: %s", error->message);
      return make_refused (ENIGM_REASON_MALFORMED, 0);
    }

  memcpy (self->resume_nonce, share.nonce, sizeof self->resume_nonce);
  memcpy (message->point, share.point, sizeof share.point);
  memcpy (message->nonce, share.nonce, sizeof share.nonce);
  memcpy (message->mac, share.mac, sizeof share.mac);

  return g_steal_pointer (&message);
}

static EnigmMessage *
take_confirm (EnigmKeyHandshake *self, EnigmMessage *confirm, guint8 *nonce, EnigmChannel **channel)
{
  g_autoptr (EnigmSecret) shared = NULL;
  g_autoptr (GError) error = NULL;

  shared =
    enigm_spake2plus_verifier_verify (self->verifier, confirm->mac, sizeof confirm->mac, &error);
  if (shared == NULL)
    return make_refused (ENIGM_REASON_WRONG_CODE, 0);
  enigm_key_tries_succeed (self->tries);
  if (!enigm_random_bytes (nonce, ENIGM_NONCE_SIZE, &error))
    {
      g_critical ("%s", error->message);
      return make_refused (ENIGM_REASON_STORAGE, 0);
    }
  *channel = enigm_channel_new_setup (shared, ENIGM_CHANNEL_KEY);

  return NULL;
}

static EnigmMessage *
take_resume_confirm (EnigmKeyHandshake *self,
                     EnigmMessage *confirm,
                     guint8 *nonce,
                     EnigmChannel **channel)
{
  guint which = 0;

  *channel =
    enigm_resume_key_finish (self->resume, confirm->mac, sizeof confirm->mac, &which, NULL);
  if (*channel == NULL)
    return make_refused (ENIGM_REASON_NO_SUCH_SECRET, 0);
  self->computer = self->candidates->pdata[which];
  memcpy (nonce, self->resume_nonce, ENIGM_NONCE_SIZE);

  return NULL;
}

/**
 * enigm_key_handshake_take:
 * @self: a handshake
 * @message: what has come, plain
 * @nonce: (array fixed-size=32) (out caller-allocates): set with @channel: what the platform's word
 *   in this channel has to name
 * @channel: (out): the channel, once the central has shown what it knows
 *
 * Takes the next step.
 *
 * Returns: (transfer full) (nullable): what to answer, or %NULL once @channel is open; after a
 *   refusal the link is to be cut
 */
EnigmMessage *
enigm_key_handshake_take (EnigmKeyHandshake *self,
                          EnigmMessage *message,
                          guint8 *nonce,
                          EnigmChannel **channel)
{
  gboolean is_new;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (message != NULL && nonce != NULL && channel != NULL, NULL);

  is_new = self->verifier == NULL && self->resume == NULL;
  if (is_new && message->type == ENIGM_MESSAGE_START)
    return take_start (self, message);
  if (is_new && message->type == ENIGM_MESSAGE_RESUME)
    return take_resume (self, message);
  if (self->verifier != NULL && message->type == ENIGM_MESSAGE_CONFIRM)
    return take_confirm (self, message, nonce, channel);
  if (self->resume != NULL && message->type == ENIGM_MESSAGE_RESUME_CONFIRM)
    return take_resume_confirm (self, message, nonce, channel);

  return make_refused (ENIGM_REASON_MALFORMED, 0);
}

/**
 * enigm_key_handshake_get_computer:
 * @self: a handshake that is done
 *
 * Returns: (transfer none) (nullable) (array fixed-size=16): the ID of the computer whose secret it
 *   was, or %NULL where it was the code
 */
const guint8 *
enigm_key_handshake_get_computer (EnigmKeyHandshake *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->computer != NULL ? self->computer->id : NULL;
}
