/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test-platform.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "enigm-cbor.h"
#include "enigm-content-digest.h"
#include "enigm-credential.h"
#include "enigm-http-signature.h"
#include "enigm-openssl.h"

/* A certificate that says nothing: only its key counts. */
static GTlsCertificate *
make_certificate (guint8 *pin)
{
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  X509 *certificate = X509_new ();
  g_autoptr (BIO) bio = BIO_new (BIO_s_mem ());
  g_autofree char *pem = NULL;
  guint8 *spki = NULL;
  GTlsCertificate *result;
  g_autoptr (GError) error = NULL;
  char *data;
  long len;

  ASN1_INTEGER_set (X509_get_serialNumber (certificate), 1);
  X509_gmtime_adj (X509_getm_notBefore (certificate), -7200);
  X509_gmtime_adj (X509_getm_notAfter (certificate), -3600);
  X509_set_pubkey (certificate, key);
  X509_sign (certificate, key, EVP_sha256 ());
  len = i2d_X509_PUBKEY (X509_get_X509_PUBKEY (certificate), &spki);
  enigm_sha256 (ENIGM_PARTS ({ spki, len }), pin);
  OPENSSL_free (spki);
  PEM_write_bio_X509 (bio, certificate);
  PEM_write_bio_PKCS8PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL);
  len = BIO_get_mem_data (bio, &data);
  pem = g_strndup (data, len);
  X509_free (certificate);
  result = g_tls_certificate_new_from_pem (pem, -1, &error);
  g_assert_no_error (error);

  return result;
}

static EnigmKeyRecord *
find_record (TestPlatform *self, const guint8 *handle)
{
  EnigmKeyMemory *memory = key_fixture_get_memory (self->key);

  if (memory->current != NULL && memcmp (memory->current->handle, handle, ENIGM_ID_SIZE) == 0)
    return memory->current;
  if (memory->pending != NULL && memcmp (memory->pending->handle, handle, ENIGM_ID_SIZE) == 0)
    return memory->pending;

  return NULL;
}

/* Signs @answer for one request, and no other. */
TestAnswer *
test_answer_new (EnigmKeyRecord *record,
                 const EnigmHttpSignature *request,
                 const EnigmKeyAnswer *answer)
{
  g_autoptr (EnigmSecret) key = enigm_credential_derive_answer_key (record->credential);
  TestAnswer *self = g_new0 (TestAnswer, 1);
  EnigmHttpSignature signature;
  EnigmHttpMessage covered = { 0 };

  self->status = enigm_key_outcome_get_status (answer->outcome);
  self->body = enigm_key_answer_encode (answer);
  self->digest = enigm_content_digest_format (self->body);
  covered.status = self->status;
  covered.content_digest = self->digest;
  covered.request_signature = request->signature;
  covered.request_signature_len = request->signature_len;
  g_assert_true (enigm_http_signature_init (&signature, ENIGM_HTTP_KEY_ANSWER, record->handle,
                                            answer->time, NULL));
  g_assert_true (enigm_http_signature_sign_hmac (&signature, &covered, key, NULL));
  self->input = enigm_http_signature_format_input (&signature);
  self->signature = enigm_http_signature_format (&signature);

  return self;
}

void
test_answer_free (TestAnswer *self)
{
  g_free (self->digest);
  g_free (self->input);
  g_free (self->signature);
  g_bytes_unref (self->body);
  g_free (self);
}

static void
send_answer (SoupServerMessage *message, TestAnswer *answer, const char *signature)
{
  SoupMessageHeaders *fields = soup_server_message_get_response_headers (message);

  soup_message_headers_append (fields, "Content-Digest", answer->digest);
  soup_message_headers_append (fields, "Signature-Input", answer->input);
  soup_message_headers_append (fields, "Signature", signature);
  soup_server_message_set_status (message, answer->status, NULL);
  soup_server_message_set_response (message, "application/cbor", SOUP_MEMORY_COPY,
                                    g_bytes_get_data (answer->body, NULL),
                                    g_bytes_get_size (answer->body));
}

static void
answer_signed (TestPlatform *self,
               SoupServerMessage *message,
               EnigmKeyRecord *record,
               const EnigmHttpSignature *request_signature,
               EnigmKeyOutcome outcome)
{
  EnigmHttpSignature other = *request_signature;
  g_autoptr (TestAnswer) signed_answer = NULL;
  g_autoptr (TestAnswer) wrong = NULL;
  EnigmKeyAnswer answer = self->answer;

  answer.outcome = outcome;
  answer.next_sequence = MAX (answer.next_sequence, 1);
  if (answer.time == 0)
    answer.time = g_get_real_time () / G_USEC_PER_SEC;
  signed_answer = test_answer_new (record, request_signature, &answer);
  if (self->wrong_mac > 0)
    {
      self->wrong_mac--;
      other.signature[0] ^= 1;
      wrong = test_answer_new (record, &other, &answer);
      send_answer (message, signed_answer, wrong->signature);
      return;
    }
  send_answer (message, signed_answer, signed_answer->signature);
  g_ptr_array_add (self->answers, g_steal_pointer (&signed_answer));
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  TestPlatform *self = user_data;
  SoupMessageHeaders *fields = soup_server_message_get_request_headers (message);
  g_autoptr (GBytes) body =
    soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autoptr (EnigmSecret) key = NULL;
  g_autoptr (GError) error = NULL;
  EnigmHttpMessage covered = { 0 };
  EnigmHttpSignature signature;
  EnigmKeyRequest request;
  EnigmKeyRecord *record;
  EnigmKeyOutcome outcome = ENIGM_KEY_OUTCOME_ACCEPTED;

  self->n_tcp++;
  if (self->hang)
    {
      soup_server_message_pause (message);
      g_ptr_array_add (self->hung, g_object_ref (message));
      return;
    }
  if (self->unknown > 0)
    {
      self->unknown--;
      soup_server_message_set_status (message, 401, NULL);
      return;
    }

  covered.method = soup_server_message_get_method (message);
  covered.authority = soup_message_headers_get_one (fields, "Host");
  covered.path = path;
  covered.content_type = soup_message_headers_get_one (fields, "Content-Type");
  covered.content_digest = soup_message_headers_get_one (fields, "Content-Digest");
  g_assert_true (enigm_http_signature_parse (
    &signature, ENIGM_HTTP_KEY_REQUEST, soup_message_headers_get_one (fields, "Signature-Input"), 1,
    soup_message_headers_get_one (fields, "Signature"), 1, &error));
  g_assert_no_error (error);
  record = find_record (self, signature.keyid);
  g_assert_nonnull (record);
  key = enigm_credential_derive_request_key (record->credential);
  g_assert_true (enigm_http_signature_verify_hmac (&signature, &covered, key, &error));
  g_assert_no_error (error);
  g_assert_true (enigm_content_digest_check (covered.content_digest, 1, body, &error));
  g_assert_true (enigm_key_request_decode (body, path, &request, &error));
  g_assert_no_error (error);
  g_array_append_val (self->requests, request);
  g_ptr_array_add (self->bodies, g_bytes_ref (body));

  if (self->old_answers->len > 0)
    {
      TestAnswer *old = self->answers->pdata[g_array_index (self->old_answers, guint, 0)];

      g_array_remove_index (self->old_answers, 0);
      send_answer (message, old, old->signature);
      return;
    }
  if (self->has_gone && memcmp (self->gone_handle, signature.keyid, ENIGM_ID_SIZE) == 0)
    outcome = ENIGM_KEY_OUTCOME_GONE;
  else if (self->outcomes->len > 0)
    {
      outcome = g_array_index (self->outcomes, int, 0);
      g_array_remove_index (self->outcomes, 0);
    }
  answer_signed (self, message, record, &signature, outcome);
}

static void
on_attestation (SoupServer *server,
                SoupServerMessage *message,
                const char *path,
                GHashTable *query,
                gpointer user_data)
{
  TestPlatform *self = user_data;
  EnigmKeyRecord *record = key_fixture_get_memory (self->key)->pending;
  EnigmReceipt receipt = { .time = 1790000000 };
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) body = NULL;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];

  self->n_tcp++;
  self->n_attestations++;
  if (self->unknown > 0)
    {
      self->unknown--;
      soup_server_message_set_status (message, 500, NULL);
      return;
    }
  g_assert_nonnull (record);
  receipt.state = self->receipts_gone ? ENIGM_RECEIPT_GONE : ENIGM_RECEIPT_PENDING;
  memcpy (receipt.binding, record->id, sizeof receipt.binding);
  memcpy (receipt.binding_hash, record->hash, sizeof receipt.binding_hash);
  bytes = enigm_receipt_encode (&receipt);
  g_assert_true (enigm_receipt_sign (bytes, self->key->identity, signature, NULL));
  enigm_cbor_write_array (&writer, 2);
  enigm_cbor_write_blob (&writer, bytes);
  enigm_cbor_write_bytes (&writer, signature, sizeof signature);
  body = enigm_cbor_writer_end (&writer);
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/cbor", SOUP_MEMORY_COPY,
                                    g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

TestPlatform *
test_platform_new (KeyFixture *key)
{
  TestPlatform *self = g_new0 (TestPlatform, 1);
  g_autoptr (GTlsCertificate) certificate = make_certificate (self->pin);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->key = key;
  self->requests = g_array_new (FALSE, FALSE, sizeof (EnigmKeyRequest));
  self->bodies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) test_answer_free);
  self->old_answers = g_array_new (FALSE, FALSE, sizeof (guint));
  self->outcomes = g_array_new (FALSE, FALSE, sizeof (int));
  self->hung = g_ptr_array_new_with_free_func (g_object_unref);
  self->server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (self->server, "/key/v1", on_request, self, NULL);
  soup_server_add_handler (self->server, "/v1/attestations", on_attestation, self, NULL);
  g_assert_true (soup_server_listen_local (
    self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS, &error));
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->origin = g_strdup_printf ("https://localhost:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  self->answer.state = ENIGM_REPORTED_TRUSTED;
  memset (self->answer.epoch, 'e', sizeof self->answer.epoch);
  memcpy (self->answer.pins[0], self->pin, sizeof self->pin);
  memset (self->answer.pins[1], '2', sizeof self->answer.pins[1]);

  return self;
}

void
test_platform_free (TestPlatform *self)
{
  for (guint i = 0; i < self->hung->len; i++)
    soup_server_message_unpause (self->hung->pdata[i]);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_ptr_array_unref (self->hung);
  g_ptr_array_unref (self->bodies);
  g_array_unref (self->requests);
  g_array_unref (self->outcomes);
  g_array_unref (self->old_answers);
  g_ptr_array_unref (self->answers);
  g_free (self->origin);
  g_free (self);
}

/* Binds the key to this platform, in a moment. */
void
test_platform_bind (TestPlatform *self, EnigmReportedState state)
{
  EnigmKeyMemory *memory = key_fixture_get_memory (self->key);
  EnigmKeyRecord *record;

  key_fixture_bind (self->key, state, self->origin);
  record = state == ENIGM_REPORTED_PENDING ? memory->pending : memory->current;
  memcpy (record->pins, self->answer.pins, sizeof record->pins);
  memset (self->answer.epoch, 'e', sizeof self->answer.epoch);
}

void
test_platform_say (TestPlatform *self, EnigmKeyOutcome outcome)
{
  int value = outcome;

  g_array_append_val (self->outcomes, value);
}

EnigmKeyRequest *
test_platform_get_request (TestPlatform *self, guint i)
{
  g_assert_cmpuint (i, <, self->requests->len);

  return &g_array_index (self->requests, EnigmKeyRequest, i);
}
