/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A list of alerts that comes in pages, from a small platform in the test's own process: alerts are
 * deleted between two pages, pages cannot be read, and there are more than are kept. */
#include <libsecret/secret.h>

#include "await.h"
#include "enigm-account-private.h"
#include "enigm-error.h"
#include "enigm-text.h"
#include "tls-server.h"

#define PAGE 200
#define SOMEBODY "0410-6105-0R3G-G28A-MDZB"

/* Alerts are numbered from 1, the oldest. */
typedef struct
{
  char *sign_in;
  guint n_alerts;
  guint under_way;   /* the number of the one that has not ended, or 0 */
  guint n_deletions; /* how often the next page's place is still to be deleted */
  const char *more;  /* instead of true or false */
  guint n_asked;
} Small;

static void
answer (SoupServerMessage *message, guint status, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, text,
                                    strlen (text));
}

/* The page that begins with alert @newest. */
static char *
write_page (Small *small, guint newest)
{
  const guint oldest = newest > PAGE ? newest - PAGE + 1 : 1;
  GString *text = g_string_new ("{\"events\":[");

  for (guint i = newest; i >= oldest; i--)
    g_string_append_printf (
      text,
      "%s{\"id\":\"%032x\",\"kind\":\"alert\",\"role\":\"contact\",\"state\":\"%s\",\"pressed\":%u,"
      "\"received\":%u,\"ended\":%s,\"stopped\":null,\"position\":null,\"delete_on\":2000000000,"
      "\"from\":\"" SOMEBODY "\",\"stages\":{\"accepted\":1,\"notified\":2,\"seen\":null}}",
      i == newest ? "" : ",", i, i == small->under_way ? "active" : "ended", i, i,
      i == small->under_way ? "null" : "{\"time\":2,\"by\":\"key\"}");
  g_string_append_printf (text, "],\"more\":%s}",
                          small->more != NULL ? small->more
                          : oldest > 1        ? "true"
                                              : "false");
  return g_string_free (text, FALSE);
}

static void
answer_page (Small *small, SoupServerMessage *message, const char *path)
{
  guint newest = small->n_alerts;
  g_autofree char *page = NULL;

  small->n_asked++;
  if (g_str_has_prefix (path, "/v1/events/before/"))
    {
      newest = (guint) g_ascii_strtoull (path + strlen ("/v1/events/before/"), NULL, 16) - 1;
      if (small->n_deletions > 0)
        {
          small->n_deletions--;
          answer (message, 404, "{\"type\":\"urn:enigm:problem:unknown\"}");
          return;
        }
    }
  page = write_page (small, newest);
  answer (message, 200, page);
}

static void
on_asked (SoupServerMessage *message, const char *path, gpointer user_data)
{
  Small *small = user_data;

  if (g_str_equal (path, "/v1/sessions"))
    answer (message, 201, small->sign_in);
  else if (g_str_has_prefix (path, "/v1/events"))
    answer_page (small, message, path);
  else if (g_str_equal (path, "/v1/keys"))
    answer (message, 200, "{\"keys\":[]}");
  else if (g_str_equal (path, "/v1/contacts"))
    {
      soup_message_headers_append (soup_server_message_get_response_headers (message), "ETag",
                                   "\"1\"");
      answer (message, 200, "{\"contacts\":[]}");
    }
  else if (g_str_equal (path, "/v1/invitations"))
    answer (message, 200, "{\"invitations\":[]}");
  else
    answer (message, 200, "{}");
}

static EnigmWorld *world;

static EnigmAccount *
new_account (const char *name)
{
  g_autofree char *folder = g_build_filename (enigm_world_get_folder (world), name, NULL);
  g_autoptr (EnigmKeyring) keyring = enigm_keyring_new ();
  EnigmAccount *account = enigm_account_new (folder, keyring);
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GError) error = NULL;

  enigm_account_load_async (account, NULL, on_awaited, &loaded);
  await_result (&loaded);
  enigm_account_load_finish (account, loaded, &error);
  g_assert_no_error (error);
  return account;
}

static EnigmAccount *
sign_in (TlsServer *server, Small *small, const char *name)
{
  g_autoptr (EnigmP256Key) identity = enigm_p256_key_generate (NULL);
  g_autofree char *point =
    enigm_base64url_encode (enigm_p256_key_get_point (identity), ENIGM_P256_POINT_SIZE);
  g_autoptr (EnigmTrust) trust = enigm_trust_new_ca (server->ca, NULL);
  g_autoptr (EnigmSecret) password = enigm_secret_new_copy ((const guint8 *) "practice", 8);
  EnigmAccount *account = new_account (name);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  small->sign_in = g_strdup_printf (
    "{\"account\":{\"user\":\"%s\",\"contact_id\":\"" SOMEBODY "\",\"created\":1},"
    "\"computer\":{\"id\":\"cccccccccccccccccccccccccccccccc\",\"name\":\"x\"},"
    "\"session\":{\"token\":\"first\",\"expires\":2000000000},\"identity\":\"%s\"}",
    name, point);
  server->handler = on_asked;
  server->user_data = small;
  enigm_account_sign_in_async (account, server->origin, trust, name, password, NULL, NULL,
                               on_awaited, &result);
  await_result (&result);
  enigm_account_sign_in_finish (account, result, &error);
  g_assert_no_error (error);
  return account;
}

static gboolean
is_settled (gpointer account)
{
  return !enigm_account_is_saving (account);
}

static void
close_account (EnigmAccount *account)
{
  g_assert_true (enigm_world_await (is_settled, account));
  g_object_unref (account);
}

static gboolean
refresh (EnigmAccount *account, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_refresh_async (account, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_refresh_finish (account, result, error);
}

static guint
count (EnigmAccount *account)
{
  return g_list_model_get_n_items (enigm_account_get_alerts (account));
}

static gboolean
has (EnigmAccount *account, guint number)
{
  g_autofree char *id = g_strdup_printf ("%032x", number);

  return enigm_account_find_alert (account, id) != NULL;
}

/* All pages are one list, and it is begun anew where the place of the next one was deleted. */
static void
test_pages (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  Small small = { .n_alerts = 3 * PAGE - 1 };
  EnigmAccount *account = sign_in (server, &small, "pages");
  g_autoptr (GError) error = NULL;

  g_assert_true (refresh (account, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (account), ==, small.n_alerts);
  small.n_asked = 0;
  small.n_deletions = 2;
  small.n_alerts++;
  g_assert_true (refresh (account, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (account), ==, small.n_alerts);
  g_assert_cmpuint (small.n_asked, ==, 2 * 2 + 3);

  /* One that is deleted each time is no reason to go on for ever, nor to forget what was there. */
  small.n_asked = 0;
  small.n_deletions = G_MAXUINT;
  g_assert_false (refresh (account, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED);
  g_assert_cmpuint (small.n_asked, <, 10);
  g_assert_cmpuint (count (account), ==, small.n_alerts);
  close_account (account);
  g_free (small.sign_in);
}

/* A page that cannot be read makes the whole list one that cannot. */
static void
test_bad_page (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  Small small = { .n_alerts = PAGE + 1 };
  EnigmAccount *account = sign_in (server, &small, "bad-page");
  g_autoptr (GError) error = NULL;

  g_assert_true (refresh (account, &error));
  small.more = "\"yes\"";
  g_assert_false (refresh (account, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_ANSWER);
  g_assert_cmpuint (count (account), ==, small.n_alerts);
  close_account (account);
  g_free (small.sign_in);
}

/* Of more than are kept, the oldest that have ended are not; what is kept can be read again. */
static void
test_too_many (void)
{
  g_autoptr (TlsServer) server = tls_server_new (TLS_SERVER_GOOD);
  Small small = { .n_alerts = ENIGM_ALERTS_MAX + PAGE, .under_way = 1 };
  EnigmAccount *account = sign_in (server, &small, "too-many");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      if (i == 0)
        g_assert_true (refresh (account, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (count (account), ==, ENIGM_ALERTS_MAX);
      g_assert_true (has (account, 1));
      g_assert_true (has (account, small.n_alerts));
      g_assert_false (has (account, 2));
      close_account (account);
      account = i == 0 ? new_account ("too-many") : NULL;
    }
  g_free (small.sign_in);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  world = enigm_world_new (ENIGM_WORLD_KEYRING);
  g_test_add_func ("/app/alert-pages/pages", test_pages);
  g_test_add_func ("/app/alert-pages/bad-page", test_bad_page);
  g_test_add_func ("/app/alert-pages/too-many", test_too_many);
  status = g_test_run ();
  secret_service_disconnect ();
  enigm_world_free (world);
  return status;
}
