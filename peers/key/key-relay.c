/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-relay.h"

#include "enigm-error.h"

/* How long an app may take with a request. */
#define ANSWER_S 30

/**
 * EnigmKeyRelay:
 *
 * An app at the other end of the radio, as an #EnigmKeyCarrier: what it is asked to carry goes out
 * by #EnigmKeyRelay::send.
 */
struct _EnigmKeyRelay
{
  GObject parent_instance;

  gboolean closed;
  GTask *task;
  gulong cancelled_id;
  guint elapsed_id;
};

enum
{
  SEND,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void enigm_key_relay_carrier_init (EnigmKeyCarrierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (EnigmKeyRelay,
                               enigm_key_relay,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ENIGM_TYPE_KEY_CARRIER,
                                                      enigm_key_relay_carrier_init))

static void
enigm_key_relay_class_init (EnigmKeyRelayClass *klass)
{
  /**
   * EnigmKeyRelay::send:
   * @self: the relay
   * @message: an #EnigmMessage of type relay, to be sealed and sent
   */
  signals[SEND] = g_signal_new ("send", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
enigm_key_relay_init (EnigmKeyRelay *self)
{
}

static GTask *
take_task (EnigmKeyRelay *self)
{
  if (self->task == NULL)
    return NULL;
  g_clear_handle_id (&self->elapsed_id, g_source_remove);
  if (self->cancelled_id != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (self->task), self->cancelled_id);
  self->cancelled_id = 0;

  return g_steal_pointer (&self->task);
}

/* An alert does not wait for what an app may be doing with a proof. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = take_task (user_data);

  g_task_return_error_if_cancelled (task);
}

static gboolean
on_answer_elapsed (gpointer user_data)
{
  EnigmKeyRelay *self = user_data;
  g_autoptr (GTask) task = NULL;

  self->elapsed_id = 0;
  task = take_task (self);
  g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY,
                           "the app has not answered");

  return G_SOURCE_REMOVE;
}

static void
enigm_key_relay_carry_async (EnigmKeyCarrier *carrier,
                             EnigmKeyPost *post,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  EnigmKeyRelay *self = ENIGM_KEY_RELAY (carrier);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (EnigmMessage) message = NULL;

  g_task_set_source_tag (task, enigm_key_relay_carry_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->closed || self->task != NULL || post->digest_field == NULL)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY,
                               "no app is there to carry it");
      return;
    }

  self->task = g_steal_pointer (&task);
  self->elapsed_id = g_timeout_add_seconds (ANSWER_S, on_answer_elapsed, self);
  if (cancellable != NULL)
    self->cancelled_id =
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), self);
  message = enigm_message_new (ENIGM_MESSAGE_RELAY);
  message->path = g_strdup (post->path);
  message->digest_field = g_strdup (post->digest_field);
  message->input_field = g_strdup (post->input_field);
  message->signature_field = g_strdup (post->signature_field);
  message->blob = g_bytes_ref (post->body);
  g_signal_emit (self, signals[SEND], 0, message);
}

static EnigmKeyReply *
enigm_key_relay_carry_finish (EnigmKeyCarrier *carrier, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
enigm_key_relay_carrier_init (EnigmKeyCarrierInterface *iface)
{
  iface->carry_async = enigm_key_relay_carry_async;
  iface->carry_finish = enigm_key_relay_carry_finish;
}

/**
 * enigm_key_relay_new:
 *
 * Returns: (transfer full): a relay
 */
EnigmKeyRelay *
enigm_key_relay_new (void)
{
  return g_object_new (ENIGM_TYPE_KEY_RELAY, NULL);
}

/**
 * enigm_key_relay_answered:
 * @self: the relay
 * @relayed: a message of type relayed
 *
 * Takes what the app brought back. What was abandoned meanwhile is ignored.
 */
void
enigm_key_relay_answered (EnigmKeyRelay *self, EnigmMessage *relayed)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (EnigmKeyReply) reply = NULL;

  g_return_if_fail (ENIGM_IS_KEY_RELAY (self));
  g_return_if_fail (relayed != NULL);

  task = take_task (self);
  if (task == NULL)
    return;
  if (relayed->status == 0)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY,
                               "the app does not reach the platform either");
      return;
    }

  reply = g_new0 (EnigmKeyReply, 1);
  reply->status = relayed->status;
  reply->digest_field = g_strdup (relayed->digest_field);
  reply->input_field = g_strdup (relayed->input_field);
  reply->signature_field = g_strdup (relayed->signature_field);
  reply->body = g_bytes_ref (relayed->blob);
  g_task_return_pointer (task, g_steal_pointer (&reply), (GDestroyNotify) enigm_key_reply_free);
}

/**
 * enigm_key_relay_close:
 * @self: the relay
 *
 * The app has left.
 */
void
enigm_key_relay_close (EnigmKeyRelay *self)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_KEY_RELAY (self));

  self->closed = TRUE;
  task = take_task (self);
  if (task != NULL)
    g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY, "the app has left");
}
