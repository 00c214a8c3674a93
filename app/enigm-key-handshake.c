/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-error.h"
#include "enigm-key-session-private.h"
#include "protocol/enigm-hello.h"
#include "protocol/enigm-resume.h"
#include "protocol/enigm-spake2plus.h"

/* The key gives a connection ten seconds to a right confirmation. */
#define ANSWER_TIMEOUT_SECONDS 10

typedef enum
{
  HANDSHAKE_LINKING,
  HANDSHAKE_DERIVING,
  HANDSHAKE_STARTING,
  HANDSHAKE_ANSWERED,
  HANDSHAKE_CLOSING,
} HandshakeState;

/* One opening of a session: with the setup code (SPAKE2+), or with a management secret (resume). */
typedef struct
{
  HandshakeState state;
  EnigmRadio *radio;
  EnigmNearbyKey *key;
  EnigmSetupCode *code;
  EnigmResumeCandidate known;
  EnigmKeySession *session;
  EnigmSecret *w0;
  EnigmSecret *w1;
  EnigmSpake2plusProver *prover;
  EnigmResumeApp *resume;
  EnigmMessage *answer;
  GError *error;
} Handshake;

static void
handshake_free (Handshake *self)
{
  g_clear_object (&self->radio);
  g_clear_object (&self->key);
  g_clear_pointer (&self->code, enigm_setup_code_unref);
  g_clear_pointer (&self->known.secret, enigm_secret_unref);
  g_clear_object (&self->session);
  g_clear_pointer (&self->w0, enigm_secret_unref);
  g_clear_pointer (&self->w1, enigm_secret_unref);
  g_clear_pointer (&self->prover, enigm_spake2plus_prover_free);
  g_clear_pointer (&self->resume, enigm_resume_app_free);
  g_clear_pointer (&self->answer, enigm_message_free);
  g_clear_error (&self->error);
  g_free (self);
}

/* PROTOCOL.md section 2. What a hello says is also checked by SPAKE2+, whose context it is. */
static gboolean
check_key_hello (GBytes *bytes, GError **error)
{
  g_autoptr (GError) malformed = NULL;
  EnigmKeyHello hello;

  if (enigm_key_hello_decode (bytes, &hello, &malformed))
    return TRUE;
  g_debug ("Key hello: %s", malformed->message);
  g_set_error_literal (
    error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
    _ ("This does not answer like an Enigm Key that this version of the app knows. "
       "Nothing was sent to it. Choose another one from the list, or update the "
       "app."));
  return FALSE;
}

/* Version and suite cannot be talked down: the context hashes what both sides said. */
static GBytes *
new_context (GBytes *key_hello, GBytes *app_hello)
{
  static const char label[] = "enigm setup 1";
  guint8 context[sizeof label - 1 + 2 * ENIGM_SHA256_SIZE];
  guint8 *digests = context + sizeof label - 1;

  memcpy (context, label, sizeof label - 1);
  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (key_hello)), digests);
  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (app_hello)), digests + ENIGM_SHA256_SIZE);
  return g_bytes_new (context, sizeof context);
}

static EnigmMessage *
new_start (Handshake *self, GError **error)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_START);
  GBytes *key_hello = enigm_key_session_get_hello (self->session);
  g_autoptr (GBytes) context = NULL;
  g_autoptr (GBytes) nobody = g_bytes_new_static ("", 0);

  message->blob = enigm_app_hello_encode ();
  context = new_context (key_hello, message->blob);
  self->prover = enigm_spake2plus_prover_new (self->w0, self->w1, context, nobody, nobody);
  if (!enigm_spake2plus_prover_start (self->prover, message->point, error))
    return NULL;
  return g_steal_pointer (&message);
}

static EnigmMessage *
new_confirm (Handshake *self, GError **error)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_CONFIRM);
  g_autoptr (EnigmSecret) k_shared = NULL;
  g_autoptr (GError) mismatch = NULL;

  k_shared = enigm_spake2plus_prover_finish (self->prover, self->answer->point,
                                             sizeof self->answer->point, self->answer->mac,
                                             sizeof self->answer->mac, message->mac, &mismatch);
  if (k_shared == NULL)
    {
      g_debug ("SPAKE2+: %s", mismatch->message);
      g_propagate_error (error, enigm_key_session_new_wrong_code_error ());
      return NULL;
    }
  enigm_key_session_set_channel (self->session,
                                 enigm_channel_new_setup (k_shared, ENIGM_CHANNEL_APP), NULL);
  return g_steal_pointer (&message);
}

static EnigmMessage *
new_resume (Handshake *self, GError **error)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_RESUME);
  EnigmResumeHello hello;

  self->resume = enigm_resume_app_new (&self->known);
  if (!enigm_resume_app_start (self->resume, &hello, error))
    return NULL;
  memcpy (message->point, hello.point, sizeof message->point);
  memcpy (message->nonce, hello.nonce, sizeof message->nonce);
  memcpy (message->mac, hello.hint, sizeof message->mac);
  return g_steal_pointer (&message);
}

static EnigmMessage *
new_resume_confirm (Handshake *self, GError **error)
{
  g_autoptr (EnigmMessage) message = enigm_message_new (ENIGM_MESSAGE_RESUME_CONFIRM);
  g_autoptr (GError) mismatch = NULL;
  EnigmResumeShare share;
  EnigmChannel *channel;

  memcpy (share.point, self->answer->point, sizeof share.point);
  memcpy (share.nonce, self->answer->nonce, sizeof share.nonce);
  memcpy (share.mac, self->answer->mac, sizeof share.mac);
  channel = enigm_resume_app_finish (self->resume, &share, message->mac, &mismatch);
  if (channel == NULL)
    {
      g_debug ("Resume: %s", mismatch->message);
      g_propagate_error (error,
                         enigm_key_session_new_reason_error (ENIGM_REASON_NO_SUCH_SECRET, 0));
      return NULL;
    }
  enigm_key_session_set_channel (self->session, channel, share.nonce);
  return g_steal_pointer (&message);
}

static void advance (GTask *task);

/* A session that did not open leaves no trace in bluetoothd before the caller is told. */
static void
fail (GTask *task, GError *error)
{
  Handshake *self = g_task_get_task_data (task);

  if (self->session == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  self->error = error;
  self->state = HANDSHAKE_CLOSING;
  advance (task);
}

static void
on_link_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Handshake *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmLink) link = enigm_link_open_finish (result, &error);

  if (link == NULL)
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  self->session = enigm_key_session_new (link);
  self->state = self->code != NULL ? HANDSHAKE_DERIVING : HANDSHAKE_STARTING;
  if (!check_key_hello (enigm_link_get_hello (link), &error))
    fail (task, g_steal_pointer (&error));
  else
    advance (task);
}

static void
on_code_derived (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Handshake *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!enigm_setup_code_derive_w_finish (result, &self->w0, &self->w1, &error))
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  self->state = HANDSHAKE_STARTING;
  advance (task);
}

static void
on_answer_received (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Handshake *self = g_task_get_task_data (task);
  const EnigmMessageType expected =
    self->code != NULL ? ENIGM_MESSAGE_SHARE : ENIGM_MESSAGE_RESUME_SHARE;
  g_autoptr (GError) error = NULL;

  self->answer = enigm_key_session_receive_finish (self->session, result, &error);
  if (self->answer == NULL)
    fail (task, g_steal_pointer (&error));
  else if (self->answer->type != expected)
    fail (task, enigm_key_session_new_reason_error (ENIGM_REASON_MALFORMED, 0));
  else
    {
      self->state = HANDSHAKE_ANSWERED;
      advance (task);
    }
}

static void
on_session_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Handshake *self = g_task_get_task_data (task);

  enigm_key_session_close_finish (ENIGM_KEY_SESSION (object), result, NULL);
  g_task_return_error (task, g_steal_pointer (&self->error));
}

static void
advance (GTask *task)
{
  Handshake *self = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (EnigmMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  /* The link knows what to do where it is cancelled before it begins. */
  if (self->state != HANDSHAKE_CLOSING && self->state != HANDSHAKE_LINKING &&
      g_cancellable_set_error_if_cancelled (cancellable, &error))
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  switch (self->state)
    {
    case HANDSHAKE_LINKING:
      enigm_link_open_async (self->radio, self->key, cancellable, on_link_opened, task);
      break;
    case HANDSHAKE_DERIVING:
      enigm_setup_code_derive_w_async (self->code, cancellable, on_code_derived, task);
      break;
    case HANDSHAKE_STARTING:
      message = self->code != NULL ? new_start (self, &error) : new_resume (self, &error);
      if (message == NULL)
        {
          fail (task, g_steal_pointer (&error));
          return;
        }
      enigm_key_session_send (self->session, message);
      enigm_key_session_receive_async (self->session, ANSWER_TIMEOUT_SECONDS, cancellable,
                                       on_answer_received, task);
      break;
    case HANDSHAKE_ANSWERED:
      message = self->code != NULL ? new_confirm (self, &error) : new_resume_confirm (self, &error);
      if (message == NULL)
        {
          fail (task, g_steal_pointer (&error));
          return;
        }
      enigm_key_session_send (self->session, message);
      g_task_return_pointer (task, g_steal_pointer (&self->session), g_object_unref);
      g_object_unref (task);
      break;
    case HANDSHAKE_CLOSING:
      enigm_key_session_close_async (self->session, on_session_closed, task);
      break;
    default:
      g_assert_not_reached ();
    }
}

static GTask *
begin (EnigmRadio *radio,
       EnigmNearbyKey *key,
       Handshake *self,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  /* Cancelled or not, the session has an owner: whoever asked, or nobody and it is closed here. */
  g_task_set_check_cancellable (task, FALSE);
  self->state = HANDSHAKE_LINKING;
  self->radio = g_object_ref (radio);
  self->key = g_object_ref (key);
  g_task_set_source_tag (task, enigm_key_session_open_finish);
  g_task_set_task_data (task, self, (GDestroyNotify) handshake_free);
  return task;
}

/**
 * enigm_key_session_open_with_code_async:
 * @radio: the radio that heard @key
 * @key: a key whose discriminator fits
 * @code: its setup code
 *
 * Connects and runs SPAKE2+ (RFC 9383) as PROTOCOL.md section 4 says. A wrong code is found out
 * before anything about the account is sent. The key's certificate is the first message of the
 * session.
 */
void
enigm_key_session_open_with_code_async (EnigmRadio *radio,
                                        EnigmNearbyKey *key,
                                        EnigmSetupCode *code,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  Handshake *self;

  g_return_if_fail (ENIGM_IS_RADIO (radio));
  g_return_if_fail (ENIGM_IS_NEARBY_KEY (key));
  g_return_if_fail (code != NULL);

  self = g_new0 (Handshake, 1);
  self->code = enigm_setup_code_ref (code);
  advance (begin (radio, key, self, cancellable, callback, user_data));
}

/**
 * enigm_key_session_open_with_secret_async:
 * @radio: the radio that heard @key
 * @key: a bound key
 * @binding: (array fixed-size=16): the binding ID
 * @secret: this computer's management secret for it, 32 bytes
 *
 * Connects and runs the management handshake of PROTOCOL.md section 7. %ENIGM_ERROR_KEY_UNKNOWN if
 * this is not that key, or it does not know the secret any more. The key's state is the first
 * message of the session.
 */
void
enigm_key_session_open_with_secret_async (EnigmRadio *radio,
                                          EnigmNearbyKey *key,
                                          const guint8 *binding,
                                          EnigmSecret *secret,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  Handshake *self;

  g_return_if_fail (ENIGM_IS_RADIO (radio));
  g_return_if_fail (ENIGM_IS_NEARBY_KEY (key));
  g_return_if_fail (binding != NULL && secret != NULL);

  self = g_new0 (Handshake, 1);
  memcpy (self->known.binding, binding, sizeof self->known.binding);
  self->known.secret = enigm_secret_ref (secret);
  advance (begin (radio, key, self, cancellable, callback, user_data));
}

/**
 * enigm_key_session_open_finish:
 *
 * Returns: (transfer full) (nullable): an open session, which the caller closes with
 *   enigm_key_session_close_async(), or %NULL with @error set
 */
EnigmKeySession *
enigm_key_session_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
