/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-key-session.h"

#include <glib/gi18n-lib.h>

#include "enigm-error.h"
#include "enigm-key-session-private.h"
#include "enigm-link.h"

/* What a key may say while nobody listens, for example while the platform is asked: it speaks when
 * spoken to, and tells its state in between. More would only fill this computer's memory. */
#define ARRIVED_MAX 32

/**
 * EnigmKeySession:
 *
 * A conversation with one key that has shown that it is the right one: messages of PROTOCOL.md
 * section 3, sealed. Whoever opened it sends, and asks for the next message.
 */
struct _EnigmKeySession
{
  GObject parent_instance;

  EnigmLink *link;
  EnigmChannel *channel;
  guint8 key_nonce[ENIGM_NONCE_SIZE];
  GQueue arrived;
  GError *ended;
  GTask *receiving;
  guint timeout_id;
  gulong cancelled_id;
};

G_DEFINE_FINAL_TYPE (EnigmKeySession, enigm_key_session, G_TYPE_OBJECT)

GError *
enigm_key_session_new_reason_error (EnigmReason reason, guint seconds)
{
  switch (reason)
    {
    case ENIGM_REASON_WAIT:
      /* One try a second: two computers at once, or one that is quick. */
      if (seconds <= 1)
        return g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_KEY_BUSY,
                                    _ ("The key needs a moment between two tries. Nothing was "
                                       "changed. Try again."));
      return g_error_new (
        ENIGM_ERROR, ENIGM_ERROR_KEY_WAIT,
        ngettext ("The key asks for a pause of %u second, since there were several "
                  "tries in a row. Nothing was changed. Try again then.",
                  "The key asks for a pause of %u seconds, since there were several "
                  "tries in a row. Nothing was changed. Try again then.",
                  seconds),
        seconds);
    case ENIGM_REASON_WRONG_CODE:
      return enigm_key_session_new_wrong_code_error ();
    case ENIGM_REASON_CLOSED:
      return g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_KEY_CLOSED,
        _ ("Somebody tried too many wrong codes on this key, so it takes no "
           "more. If it is paired already it goes on working. Reset the key "
           "and try again."));
    case ENIGM_REASON_BUSY:
      return g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_KEY_BUSY,
        _ ("The key is busy with another computer or with an alert. Nothing "
           "was changed. Try again when that is over."));
    case ENIGM_REASON_NO_SUCH_SECRET:
      return g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_KEY_UNKNOWN,
        _ ("The key does not know this computer. Pair it here with its setup "
           "code; your contacts and alerts stay as they are."));
    case ENIGM_REASON_OWNED:
      return g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_KEY_OWNED,
        _ ("This key belongs to another account. Nothing was changed. Its "
           "owner can release it, and then you can pair it."));
    case ENIGM_REASON_NOT_PRESSED:
      return g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_KEY_NOT_PRESSED,
        _ ("Nobody pressed the key's button in time. Nothing was bound. Try "
           "again and press the button once while the key vibrates."));
    case ENIGM_REASON_STORAGE:
      return g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_KEY_REFUSED,
        _ ("The key could not store what it needs. Nothing was bound. Try "
           "again; if it happens again the key is worn out."));
    case ENIGM_REASON_EIGHT_COMPUTERS:
      return g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_KEY_REFUSED,
        _ ("The key already knows eight computers. Nothing was changed. Close "
           "one that you no longer use in Settings and try again."));
    case ENIGM_REASON_GONE:
      return g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_KEY_REFUSED,
        _ ("This pairing was cancelled or took too long. Nothing is bound. "
           "Pair the key again."));
    case ENIGM_REASON_VERSION:
      return g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_KEY_REFUSED,
                                  _ ("This key and this app speak different versions. Nothing was "
                                     "changed. Update the app and try again."));
    case ENIGM_REASON_SIGNATURE:
      return g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                                  _ ("This key was made for another platform than the one you are "
                                     "signed in to. Nothing was bound."));
    case ENIGM_REASON_STATE:
      return g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_KEY_REFUSED,
        _ ("The key cannot do this now. Nothing was changed. Look at its state "
           "in Settings."));
    case ENIGM_REASON_TOO_SLOW:
    case ENIGM_REASON_MALFORMED:
    case ENIGM_REASON_OTHER_KEY:
    case ENIGM_REASON_OTHER_SESSION:
    default:
      return g_error_new_literal (
        ENIGM_ERROR, ENIGM_ERROR_KEY_REFUSED,
        _ ("The key and this computer lost track of each other. Nothing was "
           "bound. Hold the key's button until its light turns and try "
           "again."));
    }
}

GError *
enigm_key_session_new_wrong_code_error (void)
{
  return g_error_new_literal (
    ENIGM_ERROR, ENIGM_ERROR_CODE_WRONG,
    _ ("The code does not match this key. Nothing was sent to your account. "
       "Check the code inside the lid and try again."));
}

static GError *
new_silent_error (void)
{
  return g_error_new_literal (
    ENIGM_ERROR, ENIGM_ERROR_KEY_GONE,
    _ ("The key does not answer any more. Bring it close to this computer, "
       "hold its button until its light turns, and try again."));
}

/* Receiving: whoever asks first gets what arrived first. */

static void
settle (EnigmKeySession *self)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (EnigmMessage) message = NULL;

  if (self->receiving == NULL || (g_queue_is_empty (&self->arrived) && self->ended == NULL))
    return;
  task = g_steal_pointer (&self->receiving);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_signal_handler (&self->cancelled_id, g_task_get_cancellable (task));

  message = g_queue_pop_head (&self->arrived);
  if (message == NULL)
    g_task_return_error (task, g_error_copy (self->ended));
  else if (message->type == ENIGM_MESSAGE_REFUSED || message->type == ENIGM_MESSAGE_DECLINED)
    g_task_return_error (task,
                         enigm_key_session_new_reason_error (message->reason, message->seconds));
  else
    g_task_return_pointer (task, g_steal_pointer (&message), (GDestroyNotify) enigm_message_free);
}

static void
end (EnigmKeySession *self, GError *error)
{
  if (self->ended == NULL)
    self->ended = error;
  else
    g_error_free (error);
  settle (self);
}

static EnigmMessage *
decode (EnigmKeySession *self, GBytes *bytes, GError **error)
{
  g_autoptr (EnigmMessage) message = enigm_message_decode (bytes, FALSE, error);
  g_autoptr (GBytes) plain = NULL;

  if (message == NULL || message->type != ENIGM_MESSAGE_SEALED)
    return g_steal_pointer (&message);
  if (self->channel == NULL)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                           "sealed before the channel is open");
      return NULL;
    }
  plain = enigm_channel_open (self->channel, message->blob, error);
  if (plain == NULL)
    return NULL;
  return enigm_message_decode (plain, TRUE, error);
}

static void
on_link_message (EnigmLink *link, GBytes *bytes, gpointer user_data)
{
  EnigmKeySession *self = user_data;
  g_autoptr (GError) error = NULL;
  EnigmMessage *message = decode (self, bytes, &error);

  if (message != NULL && g_queue_get_length (&self->arrived) < ARRIVED_MAX)
    {
      g_queue_push_tail (&self->arrived, message);
      settle (self);
      return;
    }
  g_clear_pointer (&message, enigm_message_free);
  g_debug ("A message from the key: %s", error != NULL ? error->message : "one too many");
  end (self,
       g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                            _ ("The key sent something this app does not understand, or somebody "
                               "interfered. This conversation was ended. Try again with the key "
                               "close to this computer.")));
}

static void
on_link_closed (EnigmLink *link, GError *error, gpointer user_data)
{
  end (user_data, g_error_copy (error));
}

static gboolean
on_receive_timed_out (gpointer user_data)
{
  EnigmKeySession *self = user_data;

  self->timeout_id = 0;
  end (self, new_silent_error ());
  return G_SOURCE_REMOVE;
}

static void
on_receive_cancelled (GCancellable *cancellable, gpointer user_data)
{
  EnigmKeySession *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->receiving);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_signal_handler (&self->cancelled_id, cancellable);
  if (task != NULL)
    g_task_return_error_if_cancelled (task);
}

/**
 * enigm_key_session_receive_async:
 * @timeout_seconds: after which the key counts as gone
 *
 * Asks for the next message; one call at a time. A `refused` or `declined` is reported as its
 * error.
 */
void
enigm_key_session_receive_async (EnigmKeySession *self,
                                 guint timeout_seconds,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_KEY_SESSION (self));
  g_return_if_fail (self->receiving == NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_key_session_receive_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  self->receiving = g_steal_pointer (&task);
  self->timeout_id = g_timeout_add_seconds (timeout_seconds, on_receive_timed_out, self);
  if (cancellable != NULL)
    self->cancelled_id =
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_receive_cancelled), self);
  settle (self);
}

/**
 * enigm_key_session_receive_finish:
 *
 * Returns: (transfer full) (nullable): a message, or %NULL with @error set
 */
EnigmMessage *
enigm_key_session_receive_finish (EnigmKeySession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * enigm_key_session_send:
 * @message: what to say; sealed if its type is
 *
 * Sends after what was sent before. If it does not arrive the next receive says so.
 */
void
enigm_key_session_send (EnigmKeySession *self, EnigmMessage *message)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (ENIGM_IS_KEY_SESSION (self));
  g_return_if_fail (message != NULL);

  bytes = enigm_message_encode (message);
  if (enigm_message_type_is_sealed (message->type))
    {
      g_autoptr (EnigmMessage) sealed = enigm_message_new (ENIGM_MESSAGE_SEALED);
      g_autoptr (GError) error = NULL;

      sealed->blob = enigm_channel_seal (self->channel, bytes, &error);
      if (sealed->blob == NULL)
        {
          end (self, g_steal_pointer (&error));
          return;
        }
      g_bytes_unref (bytes);
      bytes = enigm_message_encode (sealed);
    }
  enigm_link_send (self->link, bytes);
}

/**
 * enigm_key_session_get_value:
 *
 * Returns: (transfer none) (array fixed-size=32): the session value, which the platform's offers
 * and orders name
 */
const guint8 *
enigm_key_session_get_value (EnigmKeySession *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_SESSION (self) && self->channel != NULL, NULL);
  return enigm_channel_get_session_value (self->channel);
}

/**
 * enigm_key_session_get_key_nonce:
 *
 * Returns: (transfer none) (array fixed-size=32): n_K; zeros in a session opened with the code,
 * where the key's nonce is in its certificate message
 */
const guint8 *
enigm_key_session_get_key_nonce (EnigmKeySession *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_SESSION (self), NULL);
  return self->key_nonce;
}

GBytes *
enigm_key_session_get_hello (EnigmKeySession *self)
{
  return enigm_link_get_hello (self->link);
}

void
enigm_key_session_set_channel (EnigmKeySession *self,
                               EnigmChannel *channel,
                               const guint8 *key_nonce)
{
  g_assert (self->channel == NULL);
  self->channel = channel;
  if (key_nonce != NULL)
    memcpy (self->key_nonce, key_nonce, sizeof self->key_nonce);
}

static void
on_link_close_finished (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  enigm_link_close_finish (ENIGM_LINK (object), result, NULL);
  g_task_return_boolean (task, TRUE);
}

/**
 * enigm_key_session_close_async:
 *
 * Ends the conversation and takes the key out of bluetoothd. Cannot be cancelled.
 */
void
enigm_key_session_close_async (EnigmKeySession *self,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_KEY_SESSION (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, enigm_key_session_close_async);
  enigm_link_close_async (self->link, on_link_close_finished, g_steal_pointer (&task));
}

/**
 * enigm_key_session_close_finish:
 *
 * Returns: %TRUE
 */
gboolean
enigm_key_session_close_finish (EnigmKeySession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
enigm_key_session_dispose (GObject *object)
{
  EnigmKeySession *self = ENIGM_KEY_SESSION (object);

  if (self->link != NULL)
    g_signal_handlers_disconnect_by_data (self->link, self);
  g_clear_object (&self->link);
  G_OBJECT_CLASS (enigm_key_session_parent_class)->dispose (object);
}

static void
enigm_key_session_finalize (GObject *object)
{
  EnigmKeySession *self = ENIGM_KEY_SESSION (object);

  g_assert (self->receiving == NULL);
  g_queue_clear_full (&self->arrived, (GDestroyNotify) enigm_message_free);
  g_clear_pointer (&self->channel, enigm_channel_unref);
  g_clear_error (&self->ended);
  G_OBJECT_CLASS (enigm_key_session_parent_class)->finalize (object);
}

static void
enigm_key_session_class_init (EnigmKeySessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = enigm_key_session_dispose;
  object_class->finalize = enigm_key_session_finalize;
}

static void
enigm_key_session_init (EnigmKeySession *self)
{
  g_queue_init (&self->arrived);
}

EnigmKeySession *
enigm_key_session_new (EnigmLink *link)
{
  EnigmKeySession *self = g_object_new (ENIGM_TYPE_KEY_SESSION, NULL);

  self->link = g_object_ref (link);
  g_signal_connect (link, "message", G_CALLBACK (on_link_message), self);
  g_signal_connect (link, "closed", G_CALLBACK (on_link_closed), self);
  return self;
}
