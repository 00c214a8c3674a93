/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a certificate is trusted, decided by real handshakes before any request arrives. */
#include <string.h>

#include "await.h"
#include "enigm-error.h"
#include "enigm-platform.h"
#include "tls-server.h"

static gboolean
ask (TlsServer *server, EnigmTrust *trust, GError **error)
{
  g_autoptr (EnigmPlatform) platform = enigm_platform_new (server->origin, trust);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (JsonNode) answer = NULL;

  enigm_platform_call_async (platform, "GET", "/v1", NULL, ENIGM_PLATFORM_CALL_NONE, NULL, NULL,
                             on_awaited, &result);
  await_result (&result);
  answer = enigm_platform_call_finish (platform, result, NULL, error);
  return answer != NULL;
}

static void
assert_trusted (TlsServer *server, EnigmTrust *trust)
{
  g_autofree gchar *text = enigm_trust_to_text (trust);
  g_autoptr (EnigmTrust) again = NULL;
  g_autoptr (GError) error = NULL;
  const guint before = server->n_requests;

  g_assert_true (ask (server, trust, &error));
  g_assert_no_error (error);
  /* What was kept in the settings decides alike. */
  again = enigm_trust_new_from_text (text, &error);
  g_assert_no_error (error);
  g_assert_true (ask (server, again, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (server->n_requests, ==, before + 2);
}

static void
assert_refused (TlsServer *server, EnigmTrust *trust, const gchar *words)
{
  g_autoptr (GError) error = NULL;
  const guint before = server->n_requests;

  g_assert_false (ask (server, trust, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_CERTIFICATE);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_nonnull (strstr (error->message, "localhost"));
  g_assert_nonnull (strstr (error->message, "nothing was sent"));
  g_assert_cmpuint (server->n_requests, ==, before);
}

static void
test_ca (void)
{
  g_autoptr (TlsServer) good = tls_server_new (TLS_SERVER_GOOD);
  g_autoptr (TlsServer) expired = tls_server_new (TLS_SERVER_EXPIRED);
  g_autoptr (TlsServer) other = tls_server_new (TLS_SERVER_OTHER_NAME);
  g_autoptr (TlsServer) alone = tls_server_new (TLS_SERVER_SELF_SIGNED);
  g_autoptr (EnigmTrust) good_trust = enigm_trust_new_ca (good->ca, NULL);
  g_autoptr (EnigmTrust) expired_trust = enigm_trust_new_ca (expired->ca, NULL);
  g_autoptr (EnigmTrust) other_trust = enigm_trust_new_ca (other->ca, NULL);

  g_assert_cmpint (enigm_trust_get_kind (good_trust), ==, ENIGM_TRUST_CA);
  assert_trusted (good, good_trust);
  assert_refused (good, expired_trust, "not trusted");
  assert_refused (expired, expired_trust, "run out");
  assert_refused (other, other_trust, "another name");
  assert_refused (alone, good_trust, "not trusted");
}

/* Of two authorities in a file either will do. */
static void
test_two_cas (void)
{
  g_autoptr (TlsServer) first = tls_server_new (TLS_SERVER_GOOD);
  g_autoptr (TlsServer) second = tls_server_new (TLS_SERVER_GOOD);
  g_autoptr (TlsServer) third = tls_server_new (TLS_SERVER_GOOD);
  g_autoptr (GByteArray) both = g_byte_array_new ();
  g_autoptr (GBytes) pem = NULL;
  g_autoptr (EnigmTrust) trust = NULL;

  g_byte_array_append (both, g_bytes_get_data (first->ca, NULL),
                       (guint) g_bytes_get_size (first->ca));
  g_byte_array_append (both, g_bytes_get_data (second->ca, NULL),
                       (guint) g_bytes_get_size (second->ca));
  pem = g_byte_array_free_to_bytes (g_steal_pointer (&both));
  trust = enigm_trust_new_ca (pem, NULL);
  assert_trusted (first, trust);
  assert_trusted (second, trust);
  assert_refused (third, trust, "not trusted");
}

static void
test_pin (void)
{
  g_autoptr (TlsServer) alone = tls_server_new (TLS_SERVER_SELF_SIGNED);
  g_autoptr (TlsServer) expired = tls_server_new (TLS_SERVER_EXPIRED);
  g_autoptr (EnigmTrust) trust = enigm_trust_new_pin (alone->pin);
  g_autoptr (EnigmTrust) expired_trust = enigm_trust_new_pin (expired->pin);

  assert_trusted (alone, trust);
  assert_refused (expired, trust, "not trusted");
  /* A pin names a key: when its certificate ends does not matter. */
  assert_trusted (expired, expired_trust);
}

static void
test_system (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  g_autoptr (EnigmTrust) trust = enigm_trust_new_system ();

  assert_refused (server, trust, "not trusted");
}

static void
test_bad_input (void)
{
  static const gchar *const pems[] = {
    "", "hello", "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\nAAAA\n",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
  };
  static const gchar *const texts[] = { "", "System", "pin:", "pin:00", "ca:", "none" };
  static const gchar right[] =
    "00:11:22:33:44:55:66:77:88:99:AA:bb:cc:dd:ee:ff 00112233445566778899aabbccddeeff";
  g_autofree gchar *large = g_strnfill (ENIGM_TRUST_MAX_PEM + 1, 'A');
  g_autoptr (GBytes) large_bytes = g_bytes_new_static (large, strlen (large));
  g_autofree gchar *longer = g_strconcat (right, "0", NULL);
  g_autofree gchar *not_hex = g_strconcat ("g", right + 1, NULL);
  g_autoptr (EnigmTrust) trust = NULL;
  g_autofree gchar *text = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (pems); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (pems[i], strlen (pems[i]));

      g_assert_null (enigm_trust_new_ca (bytes, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
      g_clear_error (&error);
    }
  g_assert_null (enigm_trust_new_ca (large_bytes, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_null (enigm_trust_new_from_text (texts[i], NULL));
  g_assert_null (enigm_trust_new_pin_from_hex (longer, NULL));
  g_assert_null (enigm_trust_new_pin_from_hex (not_hex, NULL));
  trust = enigm_trust_new_pin_from_hex (right, &error);
  g_assert_no_error (error);
  text = enigm_trust_to_text (trust);
  g_assert_cmpstr (text, ==,
                   "pin:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/ca", test_ca);
  g_test_add_func ("/trust/two-cas", test_two_cas);
  g_test_add_func ("/trust/pin", test_pin);
  g_test_add_func ("/trust/system", test_system);
  g_test_add_func ("/trust/bad-input", test_bad_input);
  return g_test_run ();
}
