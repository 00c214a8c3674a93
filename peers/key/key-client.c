/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-client.h"

#include <string.h>

#include "enigm-cbor.h"
#include "enigm-content-digest.h"
#include "enigm-credential.h"
#include "enigm-http-signature.h"

#define CONTENT_TYPE "application/cbor"
#define ATTESTATIONS_PATH "/v1/attestations"

/* How often in a row a request is signed again because the platform said how. */
#define MAX_AGAIN 3

/* A stored body is sent again only while the ages in it are still true, in seconds. */
#define BODY_LASTS_S 10

/**
 * EnigmKeyClient:
 *
 * Says one thing to the platform: numbers it, stores it, signs it, has it carried, and believes
 * nothing that comes back without a right MAC (PROTOCOL.md, section 6).
 */
struct _EnigmKeyClient
{
  GObject parent_instance;

  EnigmKeyStore *store;
};

G_DEFINE_FINAL_TYPE (EnigmKeyClient, enigm_key_client, G_TYPE_OBJECT)

/* One question, through all its signings. */
typedef struct
{
  EnigmKeyCarrier *carrier;
  guint8 binding_id[ENIGM_ID_SIZE];
  EnigmKeyRequest request;
  EnigmHttpSignature signature;
  EnigmKeyAnswer answer;
  guint n_again;
} Question;

static void
question_free (Question *self)
{
  g_clear_object (&self->carrier);
  g_free (self);
}

static void
enigm_key_client_dispose (GObject *object)
{
  EnigmKeyClient *self = ENIGM_KEY_CLIENT (object);

  g_clear_object (&self->store);

  G_OBJECT_CLASS (enigm_key_client_parent_class)->dispose (object);
}

static void
enigm_key_client_class_init (EnigmKeyClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_client_dispose;
}

static void
enigm_key_client_init (EnigmKeyClient *self)
{
}

/**
 * enigm_key_client_new:
 * @store: the key's flash
 *
 * Returns: (transfer full): a client
 */
EnigmKeyClient *
enigm_key_client_new (EnigmKeyStore *store)
{
  EnigmKeyClient *self;

  g_return_val_if_fail (ENIGM_IS_KEY_STORE (store), NULL);

  self = g_object_new (ENIGM_TYPE_KEY_CLIENT, NULL);
  self->store = g_object_ref (store);

  return self;
}

static gint64
get_system_time (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
save (EnigmKeyClient *self)
{
  g_autoptr (GError) error = NULL;

  if (!enigm_key_store_save (self->store, &error))
    g_warning ("A request is sent without being stored: %s", error->message);
}

/* Whether the body that was stored last says the same, and was never answered. */
static gboolean
is_stored (EnigmKeyRecord *record, const EnigmKeyRequest *request)
{
  gint64 age = get_system_time () - record->request_time;
  EnigmKeyRequest stored;

  return record->request != NULL && record->request_kind == (guint) request->kind && age >= 0 &&
         age <= BODY_LASTS_S &&
         enigm_key_request_decode (record->request, enigm_key_request_kind_get_path (request->kind),
                                   &stored, NULL) &&
         stored.kind == request->kind && stored.relayed == !!request->relayed &&
         memcmp (stored.event, request->event, sizeof stored.event) == 0 &&
         memcmp (stored.epoch, record->epoch, sizeof stored.epoch) == 0;
}

static void
prepare_body (EnigmKeyClient *self, EnigmKeyRecord *record, EnigmKeyRequest *request)
{
  /* A position is never old news: it is always the latest one. */
  if (request->kind != ENIGM_KEY_REQUEST_POSITION && is_stored (record, request))
    return;
  memcpy (request->epoch, record->epoch, sizeof request->epoch);
  request->sequence = MIN (record->sequence + 1, ENIGM_KEY_REQUEST_MAX_SEQUENCE);
  record->sequence = request->sequence;
  g_clear_pointer (&record->request, g_bytes_unref);
  record->request = enigm_key_request_encode (request);
  record->request_kind = request->kind;
  record->request_time = get_system_time ();
  save (self);
}

static EnigmKeyPost *
sign (EnigmKeyClient *self, EnigmKeyRecord *record, Question *question, GError **error)
{
  const char *path = enigm_key_request_kind_get_path (question->request.kind);
  g_autoptr (EnigmKeyPost) post =
    enigm_key_post_new (record->origin, (const guint8 (*)[32]) record->pins, path);
  g_autoptr (EnigmSecret) key = enigm_credential_derive_request_key (record->credential);
  EnigmHttpMessage message = { 0 };

  post->body = g_bytes_ref (record->request);
  post->digest_field = enigm_content_digest_format (post->body);
  message.method = "POST";
  message.authority = record->origin + strlen ("https://");
  message.path = path;
  message.content_type = CONTENT_TYPE;
  message.content_digest = post->digest_field;
  if (!enigm_http_signature_init (&question->signature, ENIGM_HTTP_KEY_REQUEST, record->handle,
                                  enigm_key_store_get_time (self->store), error) ||
      !enigm_http_signature_sign_hmac (&question->signature, &message, key, error))
    return NULL;
  post->input_field = enigm_http_signature_format_input (&question->signature);
  post->signature_field = enigm_http_signature_format (&question->signature);

  return g_steal_pointer (&post);
}

static gboolean
check_reply (EnigmKeyRecord *record,
             const Question *question,
             EnigmKeyReply *reply,
             EnigmKeyAnswer *answer,
             GError **error)
{
  g_autoptr (EnigmSecret) key = enigm_credential_derive_answer_key (record->credential);
  EnigmHttpSignature signature;
  EnigmHttpMessage message = { 0 };

  if (reply->digest_field == NULL || reply->input_field == NULL || reply->signature_field == NULL)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE, "status %u, unsigned",
                   reply->status);
      return FALSE;
    }
  message.status = reply->status;
  message.content_digest = reply->digest_field;
  message.request_signature = question->signature.signature;
  message.request_signature_len = question->signature.signature_len;
  if (!enigm_http_signature_parse (&signature, ENIGM_HTTP_KEY_ANSWER, reply->input_field, 1,
                                   reply->signature_field, 1, error) ||
      !enigm_http_signature_verify_hmac (&signature, &message, key, error) ||
      !enigm_content_digest_check (reply->digest_field, 1, reply->body, error))
    return FALSE;
  if (memcmp (signature.keyid, record->handle, sizeof signature.keyid) != 0)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE, "signed for another key");
      return FALSE;
    }

  return enigm_key_answer_decode (reply->body, reply->status, answer, error);
}

/* Takes over what the next signing needs. Returns whether to sign again at once. */
static gboolean
learn (EnigmKeyClient *self, EnigmKeyRecord *record, const EnigmKeyAnswer *answer)
{
  gboolean again = FALSE;
  gboolean keep_body = FALSE;

  switch (answer->outcome)
    {
    case ENIGM_KEY_OUTCOME_STALE:
      enigm_key_store_set_time (self->store, answer->time);
      again = keep_body = TRUE;
      break;
    case ENIGM_KEY_OUTCOME_EPOCH:
      memcpy (record->epoch, answer->epoch, sizeof record->epoch);
      record->sequence = answer->next_sequence - 1;
      again = TRUE;
      break;
    case ENIGM_KEY_OUTCOME_SEQUENCE:
      record->sequence = answer->next_sequence - 1;
      again = TRUE;
      break;
    case ENIGM_KEY_OUTCOME_REPLAYED:
      record->sequence = MAX (record->sequence, answer->next_sequence - 1);
      break;
    case ENIGM_KEY_OUTCOME_ACCEPTED:
    case ENIGM_KEY_OUTCOME_FORBIDDEN:
    case ENIGM_KEY_OUTCOME_GONE:
    case ENIGM_KEY_OUTCOME_RELEASED:
    case ENIGM_KEY_OUTCOME_MALFORMED:
    case ENIGM_KEY_OUTCOME_UNKNOWN_EVENT:
    default:
      break;
    }
  if (!keep_body)
    g_clear_pointer (&record->request, g_bytes_unref);

  return again;
}

static void ask (GTask *task);

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  EnigmKeyClient *self = g_task_get_source_object (task);
  Question *question = g_task_get_task_data (task);
  g_autoptr (EnigmKeyReply) reply = NULL;
  EnigmKeyRecord *record;
  GError *error = NULL;

  reply = enigm_key_carrier_carry_finish (ENIGM_KEY_CARRIER (source), result, &error);
  record =
    enigm_key_memory_find_record (enigm_key_store_get_memory (self->store), question->binding_id);
  if (reply == NULL)
    {
      /* An abandoned number is never used again. */
      if (record != NULL && g_cancellable_is_cancelled (g_task_get_cancellable (task)))
        g_clear_pointer (&record->request, g_bytes_unref);
      g_task_return_error (task, error);
      return;
    }
  if (record == NULL)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_KEY_GONE,
                               "the binding ended meanwhile");
      return;
    }
  if (!check_reply (record, question, reply, &question->answer, &error))
    {
      g_autoptr (GError) why = error;

      /* A fault of the platform's says nothing of the binding; it is as if nothing had come. */
      g_task_return_new_error (task, ENIGM_ERROR,
                               reply->status >= 500 ? ENIGM_ERROR_PLATFORM_AWAY
                                                    : ENIGM_ERROR_NOT_GENUINE,
                               "an answer that proves nothing: %s", why->message);
      return;
    }

  if (learn (self, record, &question->answer) && question->n_again++ < MAX_AGAIN)
    ask (g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

static void
ask (GTask *task)
{
  g_autoptr (GTask) owned = task;
  EnigmKeyClient *self = g_task_get_source_object (task);
  Question *question = g_task_get_task_data (task);
  g_autoptr (EnigmKeyPost) post = NULL;
  EnigmKeyRecord *record;
  GError *error = NULL;

  record =
    enigm_key_memory_find_record (enigm_key_store_get_memory (self->store), question->binding_id);
  if (record == NULL)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_KEY_GONE, "the binding has ended");
      return;
    }
  prepare_body (self, record, &question->request);
  post = sign (self, record, question, &error);
  if (post == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  enigm_key_carrier_carry_async (question->carrier, post, g_task_get_cancellable (task), on_reply,
                                 g_steal_pointer (&owned));
}

/**
 * enigm_key_client_ask_async:
 * @self: the client
 * @carrier: who carries it
 * @binding_id: (array fixed-size=16): under which binding's credential
 * @request: what to say; epoch and sequence are filled in here
 * @cancellable: (nullable): abandons the request
 * @callback: called when there is an answer with a right MAC, or none
 * @user_data: for @callback
 *
 * Asks once, and signs again at once where the platform says that clock, number or epoch are off.
 * Fails with %ENIGM_ERROR_NOT_GENUINE where an answer has no right MAC.
 */
void
enigm_key_client_ask_async (EnigmKeyClient *self,
                            EnigmKeyCarrier *carrier,
                            const guint8 *binding_id,
                            const EnigmKeyRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;
  Question *question;

  g_return_if_fail (ENIGM_IS_KEY_CLIENT (self));
  g_return_if_fail (ENIGM_IS_KEY_CARRIER (carrier));
  g_return_if_fail (binding_id != NULL && request != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_key_client_ask_async);
  question = g_new0 (Question, 1);
  question->carrier = g_object_ref (carrier);
  memcpy (question->binding_id, binding_id, sizeof question->binding_id);
  question->request = *request;
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  ask (task);
}

/**
 * enigm_key_client_ask_finish:
 * @self: the client
 * @result: what the callback got
 * @answer: (out caller-allocates): what the platform said, under a right MAC
 * @error: return location for an error
 *
 * Returns: whether it said something
 */
gboolean
enigm_key_client_ask_finish (EnigmKeyClient *self,
                             GAsyncResult *result,
                             EnigmKeyAnswer *answer,
                             GError **error)
{
  Question *question;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  question = g_task_get_task_data (G_TASK (result));
  *answer = question->answer;

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_receipt (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (EnigmKeyReply) reply = NULL;
  GError *error = NULL;

  reply = enigm_key_carrier_carry_finish (ENIGM_KEY_CARRIER (source), result, &error);
  if (reply == NULL)
    g_task_return_error (task, error);
  else if (reply->status != 200)
    g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE, "status %u",
                             reply->status);
  else
    g_task_return_pointer (task, g_bytes_ref (reply->body), (GDestroyNotify) g_bytes_unref);
}

/**
 * enigm_key_client_attest_async:
 * @self: the client
 * @carrier: who carries it
 * @binding_id: (array fixed-size=16): a pending binding
 * @cancellable: (nullable): abandons it
 * @callback: called when there is a receipt, or none
 * @user_data: for @callback
 *
 * Hands an attestation in. It is signed in itself, so the request is not.
 */
void
enigm_key_client_attest_async (EnigmKeyClient *self,
                               EnigmKeyCarrier *carrier,
                               const guint8 *binding_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (EnigmKeyPost) post = NULL;
  g_autoptr (GTask) task = NULL;
  EnigmKeyRecord *record;
  GPtrArray *chain;

  g_return_if_fail (ENIGM_IS_KEY_CLIENT (self));
  g_return_if_fail (ENIGM_IS_KEY_CARRIER (carrier));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_key_client_attest_async);
  record = enigm_key_memory_find_record (enigm_key_store_get_memory (self->store), binding_id);
  if (record == NULL || record->offer == NULL || record->attestation == NULL)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_KEY_GONE,
                               "there is no attestation of it");
      return;
    }

  chain = enigm_key_store_get_factory (self->store)->chain;
  enigm_cbor_write_array (&writer, 3);
  enigm_cbor_write_blob (&writer, record->offer);
  enigm_cbor_write_blob (&writer, record->attestation);
  enigm_cbor_write_array (&writer, chain->len);
  for (guint i = 0; i < chain->len; i++)
    enigm_cbor_write_blob (&writer, chain->pdata[i]);
  post =
    enigm_key_post_new (record->origin, (const guint8 (*)[32]) record->pins, ATTESTATIONS_PATH);
  post->body = enigm_cbor_writer_end (&writer);
  enigm_key_carrier_carry_async (carrier, post, cancellable, on_receipt, g_steal_pointer (&task));
}

/**
 * enigm_key_client_attest_finish:
 * @self: the client
 * @result: what the callback got
 * @signature: (array fixed-size=64) (out caller-allocates): who signed the receipt is yet to be
 *   checked
 * @error: return location for an error
 *
 * Returns: (transfer full): a receipt, or %NULL
 */
GBytes *
enigm_key_client_attest_finish (EnigmKeyClient *self,
                                GAsyncResult *result,
                                guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                                GError **error)
{
  g_auto (EnigmCborReader) reader = ENIGM_CBOR_READER_INIT (NULL, 0);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) receipt = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  body = g_task_propagate_pointer (G_TASK (result), error);
  if (body == NULL)
    return NULL;
  reader = enigm_cbor_reader_over (body);
  enigm_cbor_read_array (&reader, "receipt and signature", 2);
  receipt = enigm_cbor_read_blob (&reader, "receipt", 1, 256);
  enigm_cbor_read_bytes (&reader, "signature", ENIGM_P256_SIGNATURE_SIZE, signature);
  if (!enigm_cbor_reader_finish (&reader, error))
    return NULL;

  return g_steal_pointer (&receipt);
}
