/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-signature-base.h"

#include "app/protocol/enigm-error.h"
#include "app/protocol/enigm-hash.h"
#include "vectors.h"

/* RFC 9421, appendix B.2.5: base and signature, byte for byte. */
static void
test_rfc9421 (void)
{
  g_autoptr (JsonParser) parser = test_vectors_load ("http-signature-rfc9421.json");
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  JsonObject *request = json_object_get_object_member (root, "request");
  JsonObject *fields = json_object_get_object_member (request, "fields");
  g_autofree gchar *authority =
    enigm_http_authority_normalize (json_object_get_string_member (request, "authority"), NULL);
  const EnigmSignatureComponent components[] = {
    { "\"date\"", json_object_get_string_member (fields, "Date") },
    { "\"@authority\"", authority },
    { "\"content-type\"", json_object_get_string_member (fields, "Content-Type") },
  };
  const gchar *parameters = ";created=1618884473;keyid=\"test-shared-secret\"";
  const gchar *expected = json_object_get_string_member (root, "signature_base");
  g_autofree gchar *params = enigm_signature_base_params (components, 3, parameters);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) base = enigm_signature_base_build (components, 3, parameters, &error);
  gsize key_len;
  guint8 *key_data = g_base64_decode (json_object_get_string_member (root, "key_base64"), &key_len);
  g_autoptr (EnigmSecret) key = enigm_secret_new_take (key_data, key_len);
  guint8 mac[ENIGM_SHA256_SIZE];
  g_autofree gchar *signature = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (params, ==, json_object_get_string_member (root, "signature_params"));
  g_assert_cmpmem (g_bytes_get_data (base, NULL), g_bytes_get_size (base), expected,
                   strlen (expected));
  enigm_hmac_sha256 (key, ENIGM_PARTS (enigm_part_bytes (base)), mac);
  signature = g_base64_encode (mac, sizeof mac);
  g_assert_cmpstr (signature, ==, json_object_get_string_member (root, "signature_base64"));
}

static void
test_refusals (void)
{
  g_autofree gchar *too_long = g_strnfill (4097, 'x');
  const gchar *bad[] = { NULL, "a\nb", "a\rb", "a\tb", " a", "a ", "\xc3\xbc", "a\x7f", too_long };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const EnigmSignatureComponent components[] = { { "\"good\"", "good" },
                                                     { "\"bad\"", bad[i] } };
      g_autoptr (GError) error = NULL;

      g_assert_null (enigm_signature_base_build (components, 2, "", &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
      g_assert_true (g_str_has_prefix (error->message, "\"bad\": "));
    }
}

static void
test_twice (void)
{
  const EnigmSignatureComponent components[] = { { "\"a\"", "1" },
                                                 { "\"b\"", "2" },
                                                 { "\"a\"", "1" } };
  g_autoptr (GError) error = NULL;

  g_assert_null (enigm_signature_base_build (components, 3, "", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
}

static void
test_authority (void)
{
  const struct
  {
    const gchar *text;
    const gchar *normal;
  } cases[] = {
    { "example.com", "example.com" },
    { "Example.COM", "example.com" },
    { "example.com:443", "example.com" },
    { "example.com:8443", "example.com:8443" },
    { "EXAMPLE.com:80", "example.com:80" },
    { "127.0.0.1:44443", "127.0.0.1:44443" },
    { "[::1]", "[::1]" },
    { "[2001:DB8::1]:443", "[2001:db8::1]" },
    { "[2001:db8::1]:8443", "[2001:db8::1]:8443" },
    { "", NULL },
    { ":443", NULL },
    { "example.com:", NULL },
    { "example.com:0", NULL },
    { "example.com:0443", NULL },
    { "example.com:65536", NULL },
    { "example.com:443:443", NULL },
    { "example.com:+443", NULL },
    { "example.com: 443", NULL },
    { "user@example.com", NULL },
    { "example.com/", NULL },
    { "exam ple.com", NULL },
    { "ex\xc3\xa4mple.com", NULL },
    { "[::1", NULL },
    { "[]", NULL },
    { "[::1]x:443", NULL },
    { "[g::1]", NULL },
    { "::1", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree gchar *normal = enigm_http_authority_normalize (cases[i].text, &error);

      g_assert_cmpstr (normal, ==, cases[i].normal);
      if (cases[i].normal == NULL)
        g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signature-base/rfc9421", test_rfc9421);
  g_test_add_func ("/signature-base/refusals", test_refusals);
  g_test_add_func ("/signature-base/twice", test_twice);
  g_test_add_func ("/signature-base/authority", test_authority);
  return g_test_run ();
}
