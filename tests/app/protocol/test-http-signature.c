/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-http-signature.h"

#include "app/protocol/enigm-error.h"
#include "vectors.h"

#define DIGEST "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
#define NONCE "AAECAwQFBgcICQoLDA0ODw"
#define KEYID "101112131415161718191a1b1c1d1e1f"
#define REQUEST_LIST "\"@method\" \"@authority\" \"@path\" \"content-type\" \"content-digest\""
#define PARAMS(tag) ";created=1790000000;nonce=\"" NONCE "\";keyid=\"" KEYID "\";tag=\"" tag "\""
#define KEY_INPUT "enigm=(" REQUEST_LIST ")" PARAMS ("enigm-key")
/* Any 32 bytes; parsing says nothing about who signed. */
#define SIGNATURE "enigm=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"

static EnigmHttpMessage
some_request (void)
{
  return (EnigmHttpMessage){
    .method = "POST",
    .authority = "Keys.Example.org:443",
    .path = "/key/v1/events",
    .content_type = "application/cbor",
    .content_digest = DIGEST,
  };
}

static EnigmHttpSignature
some_signature (EnigmHttpProfile profile)
{
  EnigmHttpSignature signature = { .profile = profile, .created = 1790000000 };

  for (guint8 i = 0; i < 16; i++)
    {
      signature.nonce[i] = i;
      signature.keyid[i] = 16 + i;
    }
  return signature;
}

static EnigmSecret *
some_key (guint8 byte)
{
  guint8 key[32];

  memset (key, byte, sizeof key);
  return enigm_secret_new_copy (key, sizeof key);
}

static void
assert_base (const EnigmHttpSignature *signature,
             const EnigmHttpMessage *message,
             const gchar *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) base = enigm_http_signature_base (signature, message, &error);
  g_autofree gchar *text = NULL;

  g_assert_no_error (error);
  text = g_strndup (g_bytes_get_data (base, NULL), g_bytes_get_size (base));
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_no_base (const EnigmHttpSignature *signature, const EnigmHttpMessage *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (enigm_http_signature_base (signature, message, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
}

static void
test_key_request (void)
{
  EnigmHttpMessage message = some_request ();
  EnigmHttpSignature signature = some_signature (ENIGM_HTTP_KEY_REQUEST);
  EnigmHttpSignature parsed;
  g_autoptr (EnigmSecret) key = some_key (1);
  g_autoptr (EnigmSecret) other = some_key (2);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *input = NULL;
  g_autofree gchar *value = NULL;

  assert_base (&signature, &message,
               "\"@method\": POST\n"
               "\"@authority\": keys.example.org\n"
               "\"@path\": /key/v1/events\n"
               "\"content-type\": application/cbor\n"
               "\"content-digest\": " DIGEST "\n"
               "\"@signature-params\": (" REQUEST_LIST ")" PARAMS ("enigm-key"));
  g_assert_true (enigm_http_signature_sign_hmac (&signature, &message, key, &error));
  g_assert_no_error (error);
  input = enigm_http_signature_format_input (&signature);
  value = enigm_http_signature_format (&signature);
  g_assert_cmpstr (input, ==, KEY_INPUT);
  /* Computed apart from this code; PROTOCOL.md, section 9. */
  g_assert_cmpstr (value, ==, "enigm=:M9U4EFOd94RerSD6K1J0+4G8DN9/fhgi+IyBk/gHGxg=:");

  g_assert_true (
    enigm_http_signature_parse (&parsed, ENIGM_HTTP_KEY_REQUEST, input, 1, value, 1, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (parsed.created, ==, 1790000000);
  g_assert_cmpmem (parsed.nonce, 16, signature.nonce, 16);
  g_assert_cmpmem (parsed.keyid, 16, signature.keyid, 16);
  g_assert_cmpuint (parsed.signature_len, ==, 32);
  g_assert_true (enigm_http_signature_verify_hmac (&parsed, &message, key, &error));
  g_assert_no_error (error);

  g_assert_false (enigm_http_signature_verify_hmac (&parsed, &message, other, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
}

/* Whatever is covered, and is changed on the way, is noticed. */
static void
test_key_request_changed (void)
{
  EnigmHttpMessage message = some_request ();
  EnigmHttpSignature signature = some_signature (ENIGM_HTTP_KEY_REQUEST);
  g_autoptr (EnigmSecret) key = some_key (1);

  g_assert_true (enigm_http_signature_sign_hmac (&signature, &message, key, NULL));
  for (guint i = 0; i < 9; i++)
    {
      EnigmHttpMessage changed = message;
      EnigmHttpSignature changed_signature = signature;
      g_autoptr (GError) error = NULL;

      switch (i)
        {
        case 0:
          changed.method = "PUT";
          break;
        case 1:
          changed.authority = "keys.example.org:8443";
          break;
        case 2:
          changed.path = "/key/v1/ends";
          break;
        case 3:
          changed.content_type = "application/json";
          break;
        case 4:
          changed.content_digest = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
          break;
        case 5:
          changed_signature.created++;
          break;
        case 6:
          changed_signature.nonce[15] ^= 1;
          break;
        case 7:
          changed_signature.keyid[0] ^= 1;
          break;
        case 8:
          changed_signature.signature[31] ^= 1;
          break;
        default:
          g_assert_not_reached ();
        }
      g_assert_false (enigm_http_signature_verify_hmac (&changed_signature, &changed, key, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
    }
}

static void
test_key_answer (void)
{
  guint8 request_signature[32] = { 0 };
  EnigmHttpMessage message = { .status = 200,
                               .content_digest = DIGEST,
                               .request_signature = request_signature,
                               .request_signature_len = sizeof request_signature };
  EnigmHttpSignature signature = some_signature (ENIGM_HTTP_KEY_ANSWER);
  EnigmHttpSignature parsed;
  g_autoptr (EnigmSecret) key = some_key (3);
  g_autofree gchar *input = NULL;
  g_autofree gchar *value = NULL;
  g_autoptr (GError) error = NULL;

  assert_base (&signature, &message,
               "\"@status\": 200\n"
               "\"content-digest\": " DIGEST "\n"
               "\"signature\";req;key=\"enigm\": :AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\n"
               "\"@signature-params\": (\"@status\" \"content-digest\" "
               "\"signature\";req;key=\"enigm\")" PARAMS ("enigm-platform"));
  g_assert_true (enigm_http_signature_sign_hmac (&signature, &message, key, &error));
  input = enigm_http_signature_format_input (&signature);
  value = enigm_http_signature_format (&signature);
  g_assert_cmpstr (value, ==, "enigm=:KFoespcpHiIZ+mAzqe/XdAA7UBb4GbsY4QJx2bNds5o=:");
  g_assert_true (
    enigm_http_signature_parse (&parsed, ENIGM_HTTP_KEY_ANSWER, input, 1, value, 1, &error));
  g_assert_true (enigm_http_signature_verify_hmac (&parsed, &message, key, &error));
  g_assert_no_error (error);

  /* The answer to another request, or another status. */
  request_signature[0] = 1;
  g_assert_false (enigm_http_signature_verify_hmac (&parsed, &message, key, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
  g_clear_error (&error);
  request_signature[0] = 0;
  message.status = 410;
  g_assert_false (enigm_http_signature_verify_hmac (&parsed, &message, key, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);

  message.status = 99;
  assert_no_base (&signature, &message);
  message.status = 600;
  assert_no_base (&signature, &message);
  message.status = 200;
  message.request_signature_len = 31;
  assert_no_base (&signature, &message);
  message.request_signature = NULL;
  assert_no_base (&signature, &message);
}

static void
test_computer_request (void)
{
  g_autoptr (EnigmP256Key) key = enigm_p256_key_generate (NULL);
  g_autoptr (EnigmP256Key) other = enigm_p256_key_generate (NULL);

  for (guint fields = 0; fields < 4; fields++)
    {
      EnigmHttpMessage message = { .method = "DELETE",
                                   .authority = "localhost:44443",
                                   .path = "/v1/session",
                                   .content_type = "application/json",
                                   .content_digest = DIGEST };
      EnigmHttpSignature signature = some_signature (ENIGM_HTTP_COMPUTER_REQUEST);
      EnigmHttpSignature parsed;
      g_autoptr (GError) error = NULL;
      g_autofree gchar *input = NULL;
      g_autofree gchar *value = NULL;
      g_autofree gchar *expected = NULL;

      message.if_match = fields & 1 ? "\"7\"" : NULL;
      message.authorization = fields & 2 ? "Bearer abc" : NULL;
      g_assert_true (enigm_http_signature_sign_p256 (&signature, &message, key, &error));
      g_assert_no_error (error);
      input = enigm_http_signature_format_input (&signature);
      value = enigm_http_signature_format (&signature);
      expected =
        g_strdup_printf ("enigm=(%s%s%s)%s", REQUEST_LIST, fields & 1 ? " \"if-match\"" : "",
                         fields & 2 ? " \"authorization\"" : "", PARAMS ("enigm-computer"));
      g_assert_cmpstr (input, ==, expected);
      g_assert_true (enigm_http_signature_parse (&parsed, ENIGM_HTTP_COMPUTER_REQUEST, input, 1,
                                                 value, 1, &error));
      g_assert_true (enigm_http_signature_verify_p256 (
        &parsed, &message, enigm_p256_key_get_point (key), ENIGM_P256_POINT_SIZE, &error));
      g_assert_no_error (error);

      g_assert_false (enigm_http_signature_verify_p256 (
        &parsed, &message, enigm_p256_key_get_point (other), ENIGM_P256_POINT_SIZE, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
      g_clear_error (&error);

      /* Neither may a covered field go missing, nor one appear that is not covered. */
      message.if_match = fields & 1 ? NULL : "\"7\"";
      g_assert_false (enigm_http_signature_verify_p256 (
        &parsed, &message, enigm_p256_key_get_point (key), ENIGM_P256_POINT_SIZE, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
      g_clear_error (&error);
      message.if_match = fields & 1 ? "\"7\"" : NULL;
      message.authorization = fields & 2 ? NULL : "Bearer abc";
      g_assert_false (enigm_http_signature_verify_p256 (
        &parsed, &message, enigm_p256_key_get_point (key), ENIGM_P256_POINT_SIZE, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

static void
test_nonce_is_new (void)
{
  const guint8 keyid[16] = { 0 };
  EnigmHttpSignature first, second;

  g_assert_true (enigm_http_signature_init (&first, ENIGM_HTTP_KEY_REQUEST, keyid, 1, NULL));
  g_assert_true (enigm_http_signature_init (&second, ENIGM_HTTP_KEY_REQUEST, keyid, 1, NULL));
  g_assert_cmpint (memcmp (first.nonce, second.nonce, 16), !=, 0);
}

static void
assert_refused (const gchar *input, guint n_inputs, const gchar *value, guint n_values)
{
  EnigmHttpSignature parsed;
  g_autoptr (GError) error = NULL;

  g_test_message ("%s | %s", input, value);
  g_assert_false (enigm_http_signature_parse (&parsed, ENIGM_HTTP_KEY_REQUEST, input, n_inputs,
                                              value, n_values, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_cmpuint (parsed.signature_len, ==, 0);
  g_assert_cmpuint (parsed.created, ==, 0);
}

static void
test_input_refusals (void)
{
  const gchar *bad[] = {
    "",
    "enigm",
    "enigm=",
    "enigm=()" PARAMS ("enigm-key"),
    "sig1=(" REQUEST_LIST ")" PARAMS ("enigm-key"),
    "Enigm=(" REQUEST_LIST ")" PARAMS ("enigm-key"),
    " " KEY_INPUT,
    KEY_INPUT " ",
    KEY_INPUT ";alg=\"hmac-sha256\"",
    KEY_INPUT ";expires=1790000300",
    KEY_INPUT ", " KEY_INPUT,
    KEY_INPUT ",sig1=(\"@method\");keyid=\"x\"",
    "sig1=(\"@method\");keyid=\"x\", " KEY_INPUT,
    /* another list */
    "enigm=(\"@method\" \"@authority\" \"@path\" \"content-type\")" PARAMS ("enigm-key"),
    "enigm=(\"@authority\" \"@method\" \"@path\" \"content-type\" \"content-digest\")" PARAMS (
      "enigm-key"),
    "enigm=(" REQUEST_LIST " \"@query\")" PARAMS ("enigm-key"),
    "enigm=(" REQUEST_LIST " \"if-match\")" PARAMS ("enigm-key"),
    "enigm=(" REQUEST_LIST " \"authorization\")" PARAMS ("enigm-key"),
    "enigm=(\"@method\" " REQUEST_LIST ")" PARAMS ("enigm-key"),
    "enigm=(\"@method\"  \"@authority\" \"@path\" \"content-type\" \"content-digest\")" PARAMS (
      "enigm-key"),
    "enigm=( " REQUEST_LIST " )" PARAMS ("enigm-key"),
    "enigm=(\"@METHOD\" \"@authority\" \"@path\" \"content-type\" \"content-digest\")" PARAMS (
      "enigm-key"),
    "enigm=(\"@method\";req \"@authority\" \"@path\" \"content-type\" \"content-digest\")" PARAMS (
      "enigm-key"),
    /* another tag */
    "enigm=(" REQUEST_LIST ")" PARAMS ("enigm-computer"),
    "enigm=(" REQUEST_LIST ")" PARAMS ("enigm-platform"),
    "enigm=(" REQUEST_LIST ")" PARAMS (""),
    /* other parameters, their order and their spelling */
    "enigm=(" REQUEST_LIST ")",
    "enigm=(" REQUEST_LIST ");created=1790000000;keyid=\"" KEYID "\";nonce=\"" NONCE
    "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=1790000000;created=1790000000;nonce=\"" NONCE
    "\";keyid=\"" KEYID "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");nonce=\"" NONCE "\";keyid=\"" KEYID "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=01790000000;nonce=\"" NONCE "\";keyid=\"" KEYID
    "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=+1790000000;nonce=\"" NONCE "\";keyid=\"" KEYID
    "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=-1;nonce=\"" NONCE "\";keyid=\"" KEYID "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=\"1790000000\";nonce=\"" NONCE "\";keyid=\"" KEYID
    "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=1099511627776;nonce=\"" NONCE "\";keyid=\"" KEYID
    "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=99999999999999999999999;nonce=\"" NONCE "\";keyid=\"" KEYID
    "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=1790000000; nonce=\"" NONCE "\";keyid=\"" KEYID
    "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=1790000000;nonce=\"AAECAwQFBgcICQoLDA0OD\";keyid=\"" KEYID
    "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=1790000000;nonce=\"AAECAwQFBgcICQoLDA0ODx\";keyid=\"" KEYID
    "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=1790000000;nonce=\"AAECAwQFBgcICQoLDA0ODw==\";keyid=\"" KEYID
    "\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=1790000000;nonce=\"" NONCE
    "\";keyid=\"101112131415161718191A1B1C1D1E1F\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=1790000000;nonce=\"" NONCE
    "\";keyid=\"101112131415161718191a1b1c1d1e\";tag=\"enigm-key\"",
    "enigm=(" REQUEST_LIST ");created=1790000000;nonce=\"" NONCE "\";keyid=\"" KEYID
    "00\";tag=\"enigm-key\"",
  };
  g_autofree gchar *long_input = g_strnfill (100000, ')');

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i], 1, SIGNATURE, 1);
  assert_refused (long_input, 1, SIGNATURE, 1);
  /* Every prefix of a good one. */
  for (gsize len = 0; len < strlen (KEY_INPUT); len++)
    {
      g_autofree gchar *prefix = g_strndup (KEY_INPUT, len);

      assert_refused (prefix, 1, SIGNATURE, 1);
    }
}

static void
test_signature_refusals (void)
{
  const gchar *bad[] = {
    "",
    "enigm",
    "enigm=",
    "enigm=:",
    "enigm=::",
    "enigm=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=",
    "sig1=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
    "enigm=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg:",
    "enigm=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDh=:",
    "enigm=:RK_0qy18MlBSVnWgjwz6lZEWjP_lF5HF9bvEF8FabDg=:",
    "enigm=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8Fa:",
    SIGNATURE " ",
    " " SIGNATURE,
    SIGNATURE ";x",
    SIGNATURE ", " SIGNATURE,
    SIGNATURE ", sig1=:AA==:",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (KEY_INPUT, 1, bad[i], 1);
  for (gsize len = 0; len < strlen (SIGNATURE); len++)
    {
      g_autofree gchar *prefix = g_strndup (SIGNATURE, len);

      assert_refused (KEY_INPUT, 1, prefix, 1);
    }
}

static void
test_one_field_each (void)
{
  EnigmHttpSignature parsed;

  g_assert_true (
    enigm_http_signature_parse (&parsed, ENIGM_HTTP_KEY_REQUEST, KEY_INPUT, 1, SIGNATURE, 1, NULL));
  assert_refused (KEY_INPUT, 2, SIGNATURE, 1);
  assert_refused (KEY_INPUT, 1, SIGNATURE, 2);
  assert_refused (KEY_INPUT, 0, SIGNATURE, 1);
  assert_refused (KEY_INPUT, 1, SIGNATURE, 0);
  assert_refused (NULL, 1, SIGNATURE, 1);
  assert_refused (KEY_INPUT, 1, NULL, 1);
}

static void
test_message_refusals (void)
{
  const EnigmHttpSignature signature = some_signature (ENIGM_HTTP_KEY_REQUEST);
  g_autofree gchar *long_path = g_strnfill (257, '/');

  for (guint i = 0; i < 14; i++)
    {
      EnigmHttpMessage message = some_request ();
      const gchar *bad_paths[] = { "", "key", "/a?b", "/a#b", "/a b\n", "https://x/", long_path };

      if (i < G_N_ELEMENTS (bad_paths))
        message.path = bad_paths[i];
      else if (i == 7)
        message.method = NULL;
      else if (i == 8)
        message.method = "post";
      else if (i == 9)
        message.authority = "user@example.org";
      else if (i == 10)
        message.content_type = NULL;
      else if (i == 11)
        message.content_digest = NULL;
      else if (i == 12)
        message.content_type = "a\n\"@path\": /b";
      else
        message.if_match = "\"1\"";
      assert_no_base (&signature, &message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-signature/key-request", test_key_request);
  g_test_add_func ("/http-signature/key-request-changed", test_key_request_changed);
  g_test_add_func ("/http-signature/key-answer", test_key_answer);
  g_test_add_func ("/http-signature/computer-request", test_computer_request);
  g_test_add_func ("/http-signature/nonce-is-new", test_nonce_is_new);
  g_test_add_func ("/http-signature/input-refusals", test_input_refusals);
  g_test_add_func ("/http-signature/signature-refusals", test_signature_refusals);
  g_test_add_func ("/http-signature/one-field-each", test_one_field_each);
  g_test_add_func ("/http-signature/message-refusals", test_message_refusals);
  return g_test_run ();
}
