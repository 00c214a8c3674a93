/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an owner may do with a key in each state; and what is asked of the platform, in which order,
 * when a revocation waited for the network. The platform is a small one in the test's own process,
 * which writes down what it is asked. */
#include <libsecret/secret.h>

#include "await.h"
#include "enigm-account-private.h"
#include "enigm-error.h"
#include "enigm-text.h"
#include "tls-server.h"

#define BINDING "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY(state, reasons, released)                                                              \
  "{\"binding\":\"" BINDING "\",\"state\":\"" state "\",\"reasons\":[" reasons "],\"since\":1,"    \
  "\"certificate\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"proved\":null,"               \
  "\"battery\":null,\"released\":" released ",\"replaces\":null,\"attempts\":[],\"history\":[]}"

/* The design's table. */
static void
test_table (void)
{
  static const struct
  {
    const char *json;
    const char *allowed; /* found, lost, cancel, replace, revoke, retire, release */
  } rows[] = {
    { KEY ("pending", "", "null"), "--c----" },
    { KEY ("trusted", "", "null"), "-l-pvt-" },
    { KEY ("restricted", "\"lost\"", "null"), "f--pv--" },
    { KEY ("restricted", "\"suspended\"", "null"), "-l-pv--" },
    { KEY ("restricted", "\"unproved\"", "null"), "fl-pv--" },
    { KEY ("restricted", "\"lost\",\"suspended\"", "null"), "f--pv--" },
    { KEY ("revoked", "", "null"), "------e" },
    { KEY ("revoked", "", "5"), "-------" },
    { KEY ("replaced", "", "null"), "------e" },
    { KEY ("replaced", "", "5"), "-------" },
    { KEY ("retired", "", "5"), "-------" },
    { KEY ("cancelled", "", "null"), "-------" },
    { KEY ("expired", "", "null"), "-------" },
  };
  static const EnigmKeyAction actions[] = {
    ENIGM_KEY_ACTION_FOUND,   ENIGM_KEY_ACTION_LOST,   ENIGM_KEY_ACTION_CANCEL,
    ENIGM_KEY_ACTION_REPLACE, ENIGM_KEY_ACTION_REVOKE, ENIGM_KEY_ACTION_RETIRE,
    ENIGM_KEY_ACTION_RELEASE,
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (rows[i].json, strlen (rows[i].json));
      g_autoptr (JsonObject) json = enigm_json_parse (bytes, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (EnigmKey) key = enigm_key_parse (json, &error);

      g_assert_no_error (error);
      for (guint a = 0; a < G_N_ELEMENTS (actions); a++)
        g_assert_cmpint (enigm_key_allows (key, actions[a]), ==, rows[i].allowed[a] != '-');
      /* What is decided, and waits, is not decided again. */
      enigm_key_set_waiting_to_revoke (key, TRUE);
      for (guint a = 0; a < G_N_ELEMENTS (actions); a++)
        g_assert_false (enigm_key_allows (key, actions[a]));
    }
}

static void
test_bad_keys (void)
{
  static const char *const members[] = {
    "\"released\":-1",        "\"released\":\"now\"", "\"replaces\":\"aa\"", "\"replaces\":7",
    "\"attempts\":[\"now\"]", "\"attempts\":[-1]",    "\"attempts\":{}",     "\"attempts\":null",
    "\"pseudonym\":\"aa\"",   "\"pseudonym\":null",
  };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autofree char *text = g_strdup_printf (
        "{\"binding\":\"" BINDING "\",\"state\":\"trusted\",\"reasons\":[],\"since\":1,"
        "\"certificate\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"proved\":null,"
        "\"battery\":null,\"history\":[],%s}",
        members[i]);
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
      g_autoptr (JsonObject) json = enigm_json_parse (bytes, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (json);
      g_assert_null (enigm_key_parse (json, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_ANSWER);
    }
}

typedef struct
{
  gboolean away;
  gboolean expired;
  gboolean revoked;
  char *sign_in;
  GPtrArray *asked;
} Small;

static void
answer (SoupServerMessage *message, guint status, const char *type, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, text, strlen (text));
}

static void
on_asked (SoupServerMessage *message, const char *path, gpointer user_data)
{
  Small *small = user_data;
  const char *bearer = soup_message_headers_get_one (
    soup_server_message_get_request_headers (message), "Authorization");
  const char *json = "application/json";

  g_ptr_array_add (small->asked,
                   g_strdup_printf ("%s %s", soup_server_message_get_method (message), path));
  if (small->away)
    answer (message, 503, "text/plain", "");
  else if (g_str_equal (path, "/v1/sessions"))
    answer (message, 201, json, small->sign_in);
  else if (g_str_equal (path, "/v1/sessions/renewal"))
    answer (message, 201, json, "{\"token\":\"second\",\"expires\":2000000000}");
  else if (small->expired && g_strcmp0 (bearer, "Bearer second") != 0)
    answer (message, 401, json, "{\"type\":\"urn:enigm:problem:session-ended\"}");
  else if (g_str_has_suffix (path, "/state"))
    {
      small->revoked = TRUE;
      answer (message, 200, json, KEY ("revoked", "", "null"));
    }
  else if (g_str_equal (path, "/v1/keys"))
    answer (message, 200, json,
            small->revoked ? "{\"keys\":[" KEY ("revoked", "", "null") "]}"
                           : "{\"keys\":[" KEY ("trusted", "", "null") "]}");
  else if (g_str_equal (path, "/v1/contacts"))
    {
      soup_message_headers_append (soup_server_message_get_response_headers (message), "ETag",
                                   "\"1\"");
      answer (message, 200, json, "{\"contacts\":[]}");
    }
  else if (g_str_equal (path, "/v1/invitations"))
    answer (message, 200, json, "{\"invitations\":[]}");
  else if (g_str_equal (path, "/v1/events"))
    answer (message, 200, json, "{\"events\":[]}");
  else if (g_str_equal (path, "/v1/stream"))
    answer (message, 200, "text/event-stream", ":\n\n");
  else
    answer (message, 200, json, "{}");
}

static EnigmAccount *
open_account (TlsServer *server, Small *small, const char *folder)
{
  g_autoptr (EnigmP256Key) identity = enigm_p256_key_generate (NULL);
  g_autofree char *point =
    enigm_base64url_encode (enigm_p256_key_get_point (identity), ENIGM_P256_POINT_SIZE);
  g_autoptr (EnigmKeyring) keyring = enigm_keyring_new ();
  g_autoptr (EnigmTrust) trust = enigm_trust_new_ca (server->ca, NULL);
  g_autoptr (EnigmSecret) password = enigm_secret_new_copy ((const guint8 *) "practice", 8);
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) signed_in = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAccount *account = enigm_account_new (folder, keyring);

  small->asked = g_ptr_array_new_with_free_func (g_free);
  small->sign_in =
    g_strdup_printf ("{\"account\":{\"user\":\"ada\",\"contact_id\":\"0410-6105-0R3G-G28A-MDZB\","
                     "\"created\":1},\"computer\":{\"id\":\"cccccccccccccccccccccccccccccccc\","
                     "\"name\":\"x\"},\"session\":{\"token\":\"first\",\"expires\":2000000000},"
                     "\"identity\":\"%s\"}",
                     point);
  server->handler = on_asked;
  server->user_data = small;
  enigm_account_load_async (account, NULL, on_awaited, &loaded);
  await_result (&loaded);
  g_assert_true (enigm_account_load_finish (account, loaded, &error));
  enigm_account_sign_in_async (account, server->origin, trust, "ada", password, NULL, NULL,
                               on_awaited, &signed_in);
  await_result (&signed_in);
  enigm_account_sign_in_finish (account, signed_in, &error);
  g_assert_no_error (error);
  return account;
}

static gboolean
is_settled (gpointer account)
{
  return !enigm_account_is_saving (account);
}

static void
close_account (EnigmAccount *account, Small *small)
{
  enigm_account_listen (account, FALSE);
  g_assert_true (enigm_world_await (is_settled, account));
  g_object_unref (account);
  g_ptr_array_unref (small->asked);
  g_free (small->sign_in);
}

static gboolean
is_revoked (gpointer key)
{
  return enigm_key_get_state (key) == ENIGM_KEY_STATE_REVOKED;
}

static EnigmWorld *world;

/* Nothing goes before it: not what finds the network back, nor a list; only the session that ran
 * out meanwhile is renewed in between. */
static void
test_first (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  g_autofree char *folder = g_build_filename (enigm_world_get_folder (world), "first", NULL);
  Small small = { 0 };
  EnigmAccount *account = open_account (server, &small, folder);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  EnigmKey *key = enigm_account_find_key (account, BINDING);

  g_assert_nonnull (key);
  small.away = TRUE;
  enigm_account_set_key_state_async (account, key, "revoked", "stolen", NULL, on_awaited, &result);
  await_result (&result);
  g_assert_true (enigm_account_set_key_state_finish (account, result, &error));
  g_assert_true (enigm_key_get_waiting_to_revoke (key));
  enigm_account_listen (account, TRUE);

  g_ptr_array_set_size (small.asked, 0);
  small.expired = TRUE;
  small.away = FALSE;
  g_assert_true (enigm_world_await (is_revoked, key));
  g_assert_false (enigm_key_get_waiting_to_revoke (key));
  g_assert_cmpuint (small.asked->len, >=, 3);
  g_assert_cmpstr (small.asked->pdata[0], ==, "POST /v1/keys/" BINDING "/state");
  g_assert_cmpstr (small.asked->pdata[1], ==, "POST /v1/sessions/renewal");
  g_assert_cmpstr (small.asked->pdata[2], ==, "POST /v1/keys/" BINDING "/state");
  close_account (account, &small);
}

static guint
count_keyring (void)
{
  static const SecretSchema any_item = { "io.enigm.App", SECRET_SCHEMA_NONE, { { NULL, 0 } } };
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GAsyncResult) result = NULL;
  GList *items;
  guint n;

  secret_password_searchv (&any_item, none, SECRET_SEARCH_ALL, NULL, on_awaited, &result);
  await_result (&result);
  items = secret_password_search_finish (result, NULL);
  n = g_list_length (items);
  g_list_free_full (items, g_object_unref);
  return n;
}

static void
sign_out (EnigmAccount *account, gboolean even_offline, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_sign_out_async (account, even_offline, NULL, on_awaited, &result);
  await_result (&result);
  enigm_account_sign_out_finish (account, result, error);
}

static void
on_renewed_sign_out (EnigmPlatform *platform, gpointer user_data)
{
  enigm_account_sign_out_async (user_data, TRUE, NULL, NULL, NULL);
}

static gboolean
is_signed_out (gpointer account)
{
  return enigm_account_get_state (account) == ENIGM_ACCOUNT_STATE_SIGNED_OUT;
}

/* The renewed session is on its way into the keyring when everything is to go from there. */
static void
test_sign_out_while_renewing (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  g_autofree char *folder = g_build_filename (enigm_world_get_folder (world), "race", NULL);
  const guint before = count_keyring ();
  Small small = { 0 };
  EnigmAccount *account = open_account (server, &small, folder);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_cmpuint (count_keyring (), >, before);
  small.expired = TRUE;
  g_signal_connect_after (enigm_account_get_platform (account), "session-renewed",
                          G_CALLBACK (on_renewed_sign_out), account);
  enigm_account_refresh_async (account, NULL, on_awaited, &result);
  g_assert_true (enigm_world_await (is_signed_out, account));
  await_result (&result);
  g_assert_true (enigm_world_await (is_settled, account));
  g_assert_cmpuint (count_keyring (), ==, before);
  close_account (account, &small);
}

/* Signing out does not forget a revocation that waits: it is sent first, or said. */
static void
test_sign_out_with_one_waiting (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  g_autofree char *folder = g_build_filename (enigm_world_get_folder (world), "waiting", NULL);
  Small small = { 0 };
  EnigmAccount *account = open_account (server, &small, folder);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  small.away = TRUE;
  enigm_account_set_key_state_async (account, enigm_account_find_key (account, BINDING), "revoked",
                                     "lost", NULL, on_awaited, &result);
  await_result (&result);
  g_assert_true (enigm_account_set_key_state_finish (account, result, &error));
  sign_out (account, FALSE, &error);
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY);
  g_assert_nonnull (strstr (error->message, "revocation still waits"));
  g_assert_cmpint (enigm_account_get_state (account), ==, ENIGM_ACCOUNT_STATE_SIGNED_IN);
  g_clear_error (&error);

  g_ptr_array_set_size (small.asked, 0);
  small.away = FALSE;
  sign_out (account, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (small.revoked);
  g_assert_cmpstr (small.asked->pdata[0], ==, "POST /v1/keys/" BINDING "/state");
  g_assert_cmpstr (small.asked->pdata[1], ==, "DELETE /v1/session");
  close_account (account, &small);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  world = enigm_world_new (ENIGM_WORLD_KEYRING);
  g_test_add_func ("/app/revocation/table", test_table);
  g_test_add_func ("/app/revocation/bad-keys", test_bad_keys);
  g_test_add_func ("/app/revocation/first", test_first);
  g_test_add_func ("/app/revocation/sign-out-while-renewing", test_sign_out_while_renewing);
  g_test_add_func ("/app/revocation/sign-out-with-one-waiting", test_sign_out_with_one_waiting);
  status = g_test_run ();
  secret_service_disconnect ();
  enigm_world_free (world);
  return status;
}
