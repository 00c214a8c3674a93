/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the inputs that the fuzzers begin with: one real message of each kind, as the programs
 * write it. Run again where a form changes: make-seeds tests/fuzz/seeds */
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#include "enigm-attestation.h"
#include "enigm-cbor.h"
#include "enigm-content-digest.h"
#include "enigm-frame.h"
#include "enigm-handover.h"
#include "enigm-hash.h"
#include "enigm-hello.h"
#include "enigm-http-signature.h"
#include "enigm-key-answer.h"
#include "enigm-key-request.h"
#include "enigm-message.h"
#include "enigm-offer.h"
#include "enigm-order.h"
#include "enigm-receipt.h"
#include "enigm-release.h"
#include "enigm-sealed.h"
#include "key-certificate.h"
#include "key-factory.h"
#include "key-memory.h"

static const char *folder;

static void
put (const char *target, const char *name, gconstpointer data, gsize size)
{
  g_autofree char *dir = g_build_filename (folder, target, NULL);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (dir, 0777);
  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);
}

static void
put_bytes (const char *target, const char *name, GBytes *bytes)
{
  put (target, name, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
put_text (const char *target, const char *name, const char *text)
{
  put (target, name, text, strlen (text));
}

static void
append_part (GByteArray *to, GBytes *part)
{
  guint8 length[2] = { g_bytes_get_size (part) >> 8, g_bytes_get_size (part) & 0xff };

  g_byte_array_append (to, length, 2);
  g_byte_array_append (to, g_bytes_get_data (part, NULL), g_bytes_get_size (part));
}

static EnigmMessage *
new_full (EnigmMessageType type, GPtrArray *chain, EnigmP256Key *key)
{
  EnigmMessage *message = enigm_message_new (type);

  memcpy (message->point, enigm_p256_key_get_point (key), sizeof message->point);
  memset (message->nonce, 0x22, sizeof message->nonce);
  memset (message->mac, 0x33, sizeof message->mac);
  memset (message->signature, 0x44, sizeof message->signature);
  memset (message->binding, 0x55, sizeof message->binding);
  memset (message->computer, 0x66, sizeof message->computer);
  message->blob = g_bytes_new ("seventeen bytes..", 17);
  message->chain = g_ptr_array_ref (chain);
  message->has_binding = TRUE;
  message->has_signature = TRUE;
  message->secret = enigm_secret_new_copy (message->nonce, sizeof message->nonce);
  message->reason = ENIGM_REASON_WAIT;
  message->seconds = 10;
  message->done = ENIGM_MESSAGE_ORDER;
  message->state = ENIGM_REPORTED_TRUSTED;
  message->reached = ENIGM_REACHED_OWN;
  message->battery = 80;
  message->open_event = 1;
  message->path = g_strdup ("/key/v1/proof");
  message->status = 200;
  message->digest_field = g_strdup ("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
  message->input_field = g_strdup ("enigm=()");
  message->signature_field = g_strdup ("enigm=:AAAA:");
  return message;
}

static void
make_messages (GPtrArray *chain, EnigmP256Key *key)
{
  for (guint type = ENIGM_MESSAGE_START; type <= ENIGM_MESSAGE_DECLINED; type++)
    {
      g_autoptr (EnigmMessage) message = NULL;
      g_autoptr (GBytes) bytes = NULL;

      if (g_str_equal (enigm_message_type_get_name (type), "unknown"))
        continue;
      message = new_full (type, chain, key);
      bytes = enigm_message_encode (message);
      put_bytes ("message", enigm_message_type_get_name (type), bytes);
      if (type == ENIGM_MESSAGE_STATE || type == ENIGM_MESSAGE_CERTIFICATE)
        {
          g_autoptr (GPtrArray) frames = enigm_frame_cut (bytes, 23);
          g_autoptr (GByteArray) input = g_byte_array_new ();

          put_bytes ("cbor", enigm_message_type_get_name (type), bytes);
          for (guint i = 0; i < frames->len; i++)
            append_part (input, frames->pdata[i]);
          put ("frame", enigm_message_type_get_name (type), input->data, input->len);
        }
    }
}

static void
make_statements (GPtrArray *chain, EnigmP256Key *key)
{
  EnigmOffer offer = { .time = 1790000000, .expiry = 1790000600 };
  EnigmAttestation attestation = { 0 };
  EnigmReceipt receipt = { .state = ENIGM_RECEIPT_PENDING, .time = 1790000000 };
  EnigmRelease release = { 0 };
  EnigmOrder order = { .purpose = ENIGM_ORDER_JOIN, .time = 1790000000 };
  g_autoptr (GBytes) offer_bytes = NULL;
  g_autoptr (GBytes) attestation_bytes = NULL;
  g_autoptr (GBytes) receipt_bytes = enigm_receipt_encode (&receipt);
  g_autoptr (GBytes) release_bytes = enigm_release_encode (&release);
  g_autoptr (GBytes) order_bytes = enigm_order_encode (&order);
  g_autoptr (GBytes) handover = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;

  g_strlcpy (offer.origin, "https://keys.example.org:8443", sizeof offer.origin);
  memcpy (offer.ephemeral, enigm_p256_key_get_point (key), sizeof offer.ephemeral);
  offer_bytes = enigm_offer_encode (&offer);
  memcpy (attestation.ephemeral, offer.ephemeral, sizeof attestation.ephemeral);
  enigm_attestation_sign (&attestation, offer_bytes, key, &error);
  g_assert_no_error (error);
  attestation_bytes = enigm_attestation_encode (&attestation);
  handover = enigm_handover_encode (offer_bytes, attestation_bytes, chain);
  answer = enigm_handover_answer_encode (receipt_bytes, attestation.signature);
  put_bytes ("offer", "offer", offer_bytes);
  put_bytes ("attestation", "attestation", attestation_bytes);
  put_bytes ("receipt", "receipt", receipt_bytes);
  put_bytes ("release", "release", release_bytes);
  put_bytes ("order", "order", order_bytes);
  put_bytes ("handover", "handover", handover);
  put_bytes ("handover", "answer", answer);
}

static void
make_requests (EnigmP256Key *key)
{
  static const guint8 id[ENIGM_ID_SIZE] = { 0x10, 0x11 };
  static const guint8 fixed[32] = { 1 };
  g_autoptr (EnigmSecret) secret = enigm_secret_new_copy (fixed, sizeof fixed);
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  g_autofree char *digest = enigm_content_digest_format (body);
  g_autofree char *content = g_strconcat (digest, "\n{}", NULL);
  EnigmHttpMessage message = {
    "POST", "keys.example.org", "/v1/offers", "application/json", digest, NULL, NULL, 200,
    fixed,  sizeof fixed
  };

  put_text ("content-digest", "right", content);
  put_text ("signature-base", "host", "POSTkeys.example.org:8443\n/v1/offersapplication/json");
  for (int profile = ENIGM_HTTP_KEY_REQUEST; profile <= ENIGM_HTTP_COMPUTER_REQUEST; profile++)
    {
      EnigmHttpSignature signature;
      g_autofree char *name = g_strdup_printf ("form-%d", profile);
      g_autofree char *input = NULL;
      g_autofree char *value = NULL;
      g_autofree char *text = NULL;

      enigm_http_signature_init (&signature, profile, id, 1790000000, NULL);
      message.if_match = profile == ENIGM_HTTP_COMPUTER_REQUEST ? "\"e\"" : NULL;
      message.authorization = profile == ENIGM_HTTP_COMPUTER_REQUEST ? "Bearer t" : NULL;
      g_assert_true (profile == ENIGM_HTTP_COMPUTER_REQUEST
                       ? enigm_http_signature_sign_p256 (&signature, &message, key, NULL)
                       : enigm_http_signature_sign_hmac (&signature, &message, secret, NULL));
      input = enigm_http_signature_format_input (&signature);
      value = enigm_http_signature_format (&signature);
      text = g_strdup_printf ("\x05%s\n%s", input, value);
      put_text ("http-signature", name, text);
    }
  for (guint kind = ENIGM_KEY_REQUEST_PROOF; kind <= ENIGM_KEY_REQUEST_STATE; kind++)
    {
      EnigmKeyRequest request = { .kind = kind,
                                  .sequence = 1000,
                                  .battery = 80,
                                  .age = 3,
                                  .has_position = kind != ENIGM_KEY_REQUEST_DRILL,
                                  .position = { -33456789, 151234567, 25, 4 } };
      g_autofree char *name = g_strdup_printf ("kind-%u", kind);
      g_autoptr (GBytes) bytes = enigm_key_request_encode (&request);

      put_bytes ("key-request", name, bytes);
    }
  for (guint outcome = ENIGM_KEY_OUTCOME_ACCEPTED; outcome <= ENIGM_KEY_OUTCOME_UNKNOWN_EVENT;
       outcome += 2)
    {
      EnigmKeyAnswer answer = { .outcome = outcome,
                                .time = 1790000000,
                                .next_sequence = 1001,
                                .state = ENIGM_REPORTED_TRUSTED,
                                .n_computers = 2,
                                .events = 1 };
      g_autofree char *name = g_strdup_printf ("outcome-%u", outcome);
      g_autoptr (GBytes) bytes = enigm_key_answer_encode (&answer);

      put_bytes ("key-answer", name, bytes);
    }
}

/* One whole record and one that a crash cut off; enigm-journal.c says how. */
static void
make_journal (void)
{
  static const char header[] = "enigm journal 1\n";
  g_autoptr (GByteArray) file = g_byte_array_new ();
  guint8 hash[ENIGM_SHA256_SIZE];
  const guint8 record[] = { 0x81, 0x44, 0x83, 0x00, 0x01, 0x01 };
  const guint8 length[] = { 0, 0, 0, sizeof record };

  enigm_sha256 (ENIGM_PARTS ({ header, sizeof header - 1 }), hash);
  g_byte_array_append (file, (const guint8 *) header, sizeof header - 1);
  enigm_sha256 (
    ENIGM_PARTS ({ hash, sizeof hash }, { length, sizeof length }, { record, sizeof record }),
    hash);
  g_byte_array_append (file, length, sizeof length);
  g_byte_array_append (file, record, sizeof record);
  g_byte_array_append (file, hash, sizeof hash);
  put ("journal", "whole", file->data, file->len);
  g_byte_array_append (file, length, sizeof length);
  g_byte_array_append (file, record, 2);
  put ("journal", "cut-off", file->data, file->len);
}

static void
make_factory (const char *maker, EnigmP256Key *platform)
{
  g_autofree char *key = g_build_filename (maker, "key", NULL);
  g_autofree char *path = g_build_filename (key, "factory", NULL);
  g_autofree char *code = NULL;
  g_autofree char *factory = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  code = enigm_key_factory_make (key, maker, enigm_p256_key_get_point (platform), &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &factory, &size, &error));
  put ("factory", "made", factory, size);
  unlink (path);
  rmdir (key);
}

static void
make_rest (GPtrArray *chain, GBytes *authority, EnigmP256Key *key)
{
  static const guint8 fixed[32] = { 1 };
  static const guint8 id[ENIGM_ID_SIZE] = { 9 };
  EnigmKeyHello hello = { 2748, TRUE };
  g_autoptr (EnigmSecret) secret = enigm_secret_new_copy (fixed, sizeof fixed);
  g_autoptr (EnigmKeyMemory) memory = enigm_key_memory_new ();
  g_autoptr (GBytes) key_hello = enigm_key_hello_encode (&hello);
  g_autoptr (GBytes) app_hello = enigm_app_hello_encode ();
  g_autoptr (GBytes) plain = g_bytes_new_static ("{\"user\":\"kim\"}", 14);
  g_autoptr (GBytes) sealed = enigm_sealed_seal (secret, "enigm fuzz 1", plain, NULL);
  g_autoptr (GBytes) empty = enigm_key_memory_encode (memory);
  g_autoptr (GBytes) full = NULL;
  g_autoptr (GByteArray) certificates = g_byte_array_new ();
  g_autofree char *pem = NULL;
  EnigmKeyHappening *happening = g_new0 (EnigmKeyHappening, 1);

  put_bytes ("hello", "key", key_hello);
  put_bytes ("hello", "app", app_hello);
  put_bytes ("sealed-file", "sealed", sealed);
  put ("point", "point", enigm_p256_key_get_point (key), ENIGM_P256_POINT_SIZE);
  append_part (certificates, authority);
  for (guint i = 0; i < chain->len; i++)
    append_part (certificates, chain->pdata[i]);
  put ("certificate", "chain", certificates->data, certificates->len);

  memory->current = enigm_key_record_new ();
  memory->current->origin = g_strdup ("https://keys.example.org");
  memory->current->credential = enigm_secret_ref (secret);
  memory->current->state = ENIGM_REPORTED_TRUSTED;
  memory->current->registered = TRUE;
  memory->has_owner = TRUE;
  g_ptr_array_add (memory->computers, enigm_key_computer_new (id, id, secret, TRUE));
  g_ptr_array_add (memory->happenings, happening);
  full = enigm_key_memory_encode (memory);
  put_bytes ("key-memory", "empty", empty);
  put_bytes ("key-memory", "full", full);

  put ("advertisement", "unbound", "\x01\x0a\xbc\x00", 4);
  put ("advertisement", "bound", "\x01\x0f\xff\x01", 4);
  put_text ("problem", "known",
            "\x01\x05{\"type\":\"urn:enigm:problem:pin-wrong\",\"status\":403}");
  put_text ("problem", "unknown", "\x01\xf7<html>no gateway</html>");
  put_text ("app-json", "computer",
            "{\"id\":\"101112131415161718191a1b1c1d1e1f\",\"name\":\"Desk\",\"since\":1790000000,"
            "\"last_seen\":1790000000,\"this\":true}");
  put_text ("app-json", "drill-evidence",
            "{\"time\":1790000000,\"reached\":1,\"event\":\"101112131415161718191a1b1c1d1e1f\","
            "\"contacts\":[{\"contact_id\":\"0410-6105-0R3G-G28A-MDZB\",\"notified\":120,"
            "\"seen\":-1}]}");
  put_text ("setup-code", "canonical", "NF0J-6HB7-H6HG");
  put_text ("setup-code", "forgiving", "nfoj 6hb7-h6hg");
  put_text ("contact-id", "canonical", "0410-6105-0R3G-G28A-MDZB");
  put_text ("text", "hex", "101112131415161718191a1b1c1d1e1f");
  put_text ("text", "base64url", "AAECAwQFBgcICQoLDA0ODw");
  put_text ("text", "base64", "AAECAwQFBgcICQoLDA0ODw==");
  put_text ("text", "origin", "https://keys.example.org:8443");
  put_text ("key-command", "position", "position -33.456789 151.234567 25");
  put_text ("key-command", "battery", "battery 80");
  put_text ("key-command", "network", "network off");
  put_text ("key-command", "press", "press3");
  put_bytes ("trust", "ca", authority);
  pem = g_strdup_printf ("ca:%.*s", (int) g_bytes_get_size (authority),
                         (const char *) g_bytes_get_data (authority, NULL));
  put_text ("trust", "ca-text", pem);
  put_text ("trust", "pin", "pin:0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");
  put_text ("trust", "system", "system");
  put_text ("event-stream", "events",
            "\x03: hello\n\nid: 7\nevent: event\ndata: {\"id\":\n"
            "data: 1}\n\nevent: keys\r\ndata: {}\r\n\r\n: still here\n\n");
  put_text ("config", "platform",
            "[platform]\norigin=https://keys.example.org:8443\nport=8443\nretention-days=30\n"
            "[files]\ndatabase=platform.db\njournal=platform.journal\nca=ca.pem\n"
            "certificate=server.pem\nkey=server-key.pem\nreserve-key=reserve-key.pem\n"
            "identity-key=identity-key.pem\nsecrets=secrets\nmaker-ca=maker-ca.pem\n");
  put_text ("platform-json", "sign-in",
            "{\"user\":\"kim\",\"password\":\"a long one\",\"computer\":{\"name\":\"Desk\","
            "\"public_key\":\"BAEC\"},\"n\":7,\"b\":true,\"reason\":null}");
  put_text ("platform-json", "offer",
            "{\"certificates\":[\"MIIB\"],\"nonce\":\"AAAA\",\"session\":\"AAAA\",\"bound\":\"\"}");
  put_text (
    "app-json", "key",
    "{\"binding\":\"101112131415161718191a1b1c1d1e1f\",\"state\":\"restricted\",\"reasons\":"
    "[\"lost\"],\"since\":1790000000,\"certificate\":\"AAAA\",\"proved\":{\"time\":1790000000,"
    "\"by\":\"own\"},\"battery\":{\"percent\":80,\"time\":1790000000},\"history\":[{\"time\":"
    "1790000000,\"from\":null,\"to\":\"pending\",\"by\":\"key\",\"reason\":null}]}");
  put_text (
    "app-json", "event",
    "{\"id\":\"101112131415161718191a1b1c1d1e1f\",\"kind\":\"drill\",\"role\":\"owner\","
    "\"state\":\"ended\",\"pressed\":1790000000,\"received\":1790000001,\"ended\":{\"time\":"
    "1790000100,\"by\":\"key\"},\"position\":{\"latitude\":-33.4,\"longitude\":151.2,"
    "\"accuracy\":25,\"time\":1790000000},\"delete_on\":1800000000,\"binding\":"
    "\"101112131415161718191a1b1c1d1e1f\",\"contacts\":[{\"contact_id\":"
    "\"0410-6105-0R3G-G28A-MDZB\",\"accepted\":1790000000,\"notified\":null,\"seen\":null}],"
    "\"positions\":[]}");
  put_text ("app-json", "contact",
            "{\"contact_id\":\"0410-6105-0R3G-G28A-MDZB\",\"state\":\"eligible\",\"reason\":null,"
            "\"since\":1790000000}");
  put_text ("app-json", "invitation",
            "{\"id\":\"101112131415161718191a1b1c1d1e1f\",\"contact_id\":"
            "\"0410-6105-0R3G-G28A-MDZB\",\"state\":\"invited\",\"since\":1790000000}");
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_assert_cmpint (unlink (file), ==, 0);
    }
  g_assert_cmpint (rmdir (path), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_autofree char *maker = g_dir_make_tmp ("seeds-XXXXXX", NULL);
  g_autofree char *pem_path = g_build_filename (maker, "maker-ca.pem", NULL);
  g_autofree char *pem = NULL;
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (EnigmSecret) leaf_pem = NULL;
  g_autoptr (EnigmP256Key) key = NULL;
  g_autoptr (GBytes) authority = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *leaf;
  gsize size;

  if (argc != 2)
    return 2;
  folder = argv[1];
  if (!enigm_key_certificate_make_authority (maker, &error) ||
      !enigm_key_certificate_issue (maker, &leaf_pem, &leaf, &error) ||
      !g_file_get_contents (pem_path, &pem, &size, &error))
    g_error ("%s", error->message);
  g_ptr_array_add (chain, leaf);
  authority = g_bytes_new (pem, size);
  key = enigm_p256_key_new_from_pem (leaf_pem, &error);
  g_assert_no_error (error);
  make_factory (maker, key);
  remove_folder (maker);
  make_journal ();
  make_messages (chain, key);
  make_statements (chain, key);
  make_requests (key);
  make_rest (chain, authority, key);
  return 0;
}
