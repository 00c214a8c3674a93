/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether the platform answers sooner or later where it knows a handle and the MAC is wrong than
 * where it knows no such handle: whoever could tell would learn which handles there are. And the
 * same for a contact ID that somebody has and one that nobody has. */

#include <math.h>
#include <stdlib.h>

#include "attacker.h"
#include "key-memory.h"
#include "protocol/enigm-contact-id.h"
#include "protocol/enigm-content-digest.h"
#include "protocol/enigm-http-signature.h"
#include "protocol/enigm-key-request.h"

#define EACH 300
#define SHUFFLES 4000
#define ROUNDS 4
/* Invitations that an account has on one day. */
#define INVITATIONS 40
/* How seldom chance alone may do as much. Every round has to, so it is never chance. */
#define RARE 0.001

static Party *party;

static gboolean
on_certificate_accepted (GTlsConnection *connection,
                         GTlsCertificate *certificate,
                         GTlsCertificateFlags flags,
                         gpointer user_data)
{
  return TRUE;
}

static void
on_client_event (GSocketClient *client,
                 GSocketClientEvent event,
                 GSocketConnectable *connectable,
                 GIOStream *connection,
                 gpointer user_data)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_signal_connect (connection, "accept-certificate", G_CALLBACK (on_certificate_accepted), NULL);
}

static GIOStream *
dial (void)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_tls (client, TRUE);
  g_signal_connect (client, "event", G_CALLBACK (on_client_event), NULL);
  connection = g_socket_client_connect_to_host (client, party->origin + strlen ("https://"), 443,
                                                NULL, &error);
  g_assert_no_error (error);
  return G_IO_STREAM (connection);
}

/* A whole request under @handle whose MAC is made up. */
static char *
make_request (const guint8 *handle)
{
  EnigmKeyRequest request = { .kind = ENIGM_KEY_REQUEST_STATE, .sequence = 7, .battery = 80 };
  g_autoptr (GBytes) body = enigm_key_request_encode (&request);
  g_autoptr (EnigmSecret) key = enigm_secret_new_random (32, NULL);
  g_autofree char *digest = enigm_content_digest_format (body);
  g_autofree char *input = NULL;
  g_autofree char *value = NULL;
  GString *text;
  EnigmHttpSignature signature;
  EnigmHttpMessage message = { .method = "POST",
                               .authority = party->origin + strlen ("https://"),
                               .path = "/key/v1/state",
                               .content_type = "application/cbor",
                               .content_digest = digest };

  g_assert_true (enigm_http_signature_init (&signature, ENIGM_HTTP_KEY_REQUEST, handle,
                                            g_get_real_time () / G_USEC_PER_SEC, NULL));
  g_assert_true (enigm_http_signature_sign_hmac (&signature, &message, key, NULL));
  input = enigm_http_signature_format_input (&signature);
  value = enigm_http_signature_format (&signature);
  text = g_string_new (NULL);
  g_string_append_printf (text,
                          "POST /key/v1/state HTTP/1.1\r\nHost: %s\r\n"
                          "Content-Type: application/cbor\r\nContent-Length: %" G_GSIZE_FORMAT
                          "\r\nContent-Digest: %s\r\nSignature-Input: %s\r\nSignature: %s\r\n\r\n",
                          message.authority, g_bytes_get_size (body), digest, input, value);
  g_string_append_len (text, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  /* Its body has zeros in it; so the length goes along. */
  {
    guint32 len = text->len;
    char *packed = g_malloc (sizeof len + text->len);

    memcpy (packed, &len, sizeof len);
    memcpy (packed + sizeof len, text->str, text->len);
    g_string_free (text, TRUE);
    return packed;
  }
}

/* Returns microseconds from the last byte out to the last byte in. */
static double
ask (GIOStream *stream, const char *packed)
{
  GOutputStream *out = g_io_stream_get_output_stream (stream);
  GInputStream *in = g_io_stream_get_input_stream (stream);
  char answer[4096];
  gsize have = 0;
  gint64 began;
  guint32 len;

  memcpy (&len, packed, sizeof len);
  began = g_get_monotonic_time ();
  g_assert_true (g_output_stream_write_all (out, packed + sizeof len, len, NULL, NULL, NULL));
  for (;;)
    {
      gssize n = g_input_stream_read (in, answer + have, sizeof answer - 1 - have, NULL, NULL);
      const char *end, *length;

      g_assert_cmpint (n, >, 0);
      have += n;
      answer[have] = '\0';
      end = strstr (answer, "\r\n\r\n");
      length = strstr (answer, "Content-Length: ");
      if (end != NULL && length != NULL &&
          have >= (gsize) (end + 4 - answer) +
                    g_ascii_strtoull (length + strlen ("Content-Length: "), NULL, 10))
        break;
    }
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 401 "));
  return g_get_monotonic_time () - began;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return *(const double *) a < *(const double *) b ? -1 : *(const double *) a > *(const double *) b;
}

/* Each time's place among all of them, so that a pause of the machine counts as one and no more. */
static void
rank (const double *times, guint n, double *ranks)
{
  g_autofree double *sorted = g_memdup2 (times, n * sizeof *times);

  qsort (sorted, n, sizeof *sorted, compare);
  for (guint i = 0; i < n; i++)
    {
      guint low = 0, high;

      while (sorted[low] < times[i])
        low++;
      for (high = low; high < n && sorted[high] <= times[i];)
        high++;
      ranks[i] = (low + high) / 2.0;
    }
}

static double
difference (const double *ranks, const gboolean *known, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += known[i] ? ranks[i] : -ranks[i];
  return fabs (sum);
}

static double
median (const double *times, const gboolean *known, gboolean which, guint n)
{
  double some[2 * EACH];
  guint m = 0;

  for (guint i = 0; i < n; i++)
    if (known[i] == which)
      some[m++] = times[i];
  qsort (some, m, sizeof *some, compare);
  return some[m / 2];
}

static void
shuffle (GRand *rand, gboolean *known, guint n)
{
  for (guint i = n - 1; i > 0; i--)
    {
      guint j = g_rand_int_range (rand, 0, i + 1);
      gboolean other = known[i];

      known[i] = known[j];
      known[j] = other;
    }
}

/* Asks once, for what is known or for what is not, and returns how long that took. */
typedef double (*AskFunc) (gpointer user_data, gboolean known);

/* A permutation test: how often a random naming of the times differs as much as the true one. */
static double
measure (GRand *rand, const char *what, AskFunc func, gpointer user_data)
{
  const guint n = 2 * EACH;
  gboolean known[2 * EACH];
  double times[2 * EACH], ranks[2 * EACH];
  double truth;
  guint as_much = 0;

  for (guint i = 0; i < n; i++)
    known[i] = i < EACH;
  shuffle (rand, known, n);
  for (guint i = 0; i < n; i++)
    times[i] = func (user_data, known[i]);
  rank (times, n, ranks);
  truth = difference (ranks, known, n);
  g_test_message ("median: known %s %.0f µs, unknown %.0f µs", what, median (times, known, TRUE, n),
                  median (times, known, FALSE, n));
  for (guint i = 0; i < SHUFFLES; i++)
    {
      shuffle (rand, known, n);
      as_much += difference (ranks, known, n) >= truth;
    }
  return (as_much + 1.0) / (SHUFFLES + 1.0);
}

static void
read_handle (PartyKey *key, guint8 *handle)
{
  g_autofree char *path = g_build_filename (key->state, "state", NULL);
  g_autoptr (EnigmKeyMemory) memory = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *data;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  bytes = g_bytes_new_take (data, size);
  memory = enigm_key_memory_decode (bytes, NULL);
  g_assert_nonnull (memory);
  memcpy (handle, memory->current->handle, ENIGM_ID_SIZE);
}

/* Chance does not do as much in each of ROUNDS rounds; what is told apart is told apart in all. */
static void
assert_same (const char *what, AskFunc func, gpointer user_data)
{
  g_autoptr (GRand) rand = g_rand_new ();
  double p = 0;

  for (guint round = 0; round < ROUNDS && p <= RARE; round++)
    {
      p = measure (rand, what, func, user_data);
      g_test_message ("p = %.4f over %d requests of each", p, EACH);
    }
  g_assert_cmpfloat (p, >, RARE);
}

typedef struct
{
  GIOStream *stream;
  guint8 handle[ENIGM_ID_SIZE];
} Knocker;

static double
knock (gpointer user_data, gboolean known)
{
  Knocker *self = user_data;
  guint8 nobodys[ENIGM_ID_SIZE];
  g_autofree char *request = NULL;

  g_assert_true (enigm_random_bytes (nobodys, sizeof nobodys, NULL));
  request = make_request (known ? self->handle : nobodys);
  return ask (self->stream, request);
}

static void
test_handles (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "timing");
  g_autoptr (PartyKey) key = party_key_new (party, "timing", NULL, NULL);
  g_autofree char *binding = party_key_pair (key, account);
  g_autoptr (GIOStream) stream = dial ();
  Knocker knocker = { .stream = stream };

  read_handle (key, knocker.handle);
  assert_same ("handle", knock, &knocker);
}

/* Somebody who tries contact IDs, with as many accounts as that takes. */
typedef struct
{
  EnigmAccount *account;
  guint n_accounts;
  guint n_tried;
  char *etag;
  const char *somebody;
  char *nobody;
} Inviter;

static void
change (Inviter *self, const char *method, const char *contact_id)
{
  EnigmPlatform *platform = enigm_account_get_platform (self->account);
  g_autofree char *text = contact_id != NULL
                            ? g_strdup_printf ("{\"contacts\":[\"%s\"]}", contact_id)
                            : g_strdup ("{\"contacts\":[]}");
  g_autoptr (JsonNode) body = g_str_equal (method, "PUT") ? json_from_string (text, NULL) : NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *etag = g_steal_pointer (&self->etag);

  enigm_platform_call_async (platform, method, "/v1/contacts", body,
                             ENIGM_PLATFORM_CALL_BEARER |
                               (body != NULL ? ENIGM_PLATFORM_CALL_SIGNED : 0),
                             etag, NULL, attacker_on_finished, &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  answer = enigm_platform_call_finish (platform, result, &self->etag, &error);
  g_assert_no_error (error);
}

static double
invite (gpointer user_data, gboolean known)
{
  Inviter *self = user_data;
  gint64 began;

  if (self->account == NULL || self->n_tried++ == INVITATIONS)
    {
      g_autofree char *user = g_strdup_printf ("trying-%u", ++self->n_accounts);

      g_clear_object (&self->account);
      g_clear_pointer (&self->etag, g_free);
      self->account = party_sign_up (party, user);
      self->n_tried = 1;
      change (self, "GET", NULL);
    }
  change (self, "PUT", NULL);
  began = g_get_monotonic_time ();
  change (self, "PUT", known ? self->somebody : self->nobody);
  return g_get_monotonic_time () - began;
}

/* The platform may have to tell whoever has the ID, who listens; nobody reads that here. */
static GIOStream *
listen (EnigmAccount *account)
{
  EnigmSecret *session = enigm_platform_get_session (enigm_account_get_platform (account));
  g_autofree char *request = NULL;
  GIOStream *stream = dial ();
  gsize length;
  const guint8 *token = enigm_secret_peek (session, &length);

  request =
    g_strdup_printf ("GET /v1/stream HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %.*s\r\n\r\n",
                     party->origin + strlen ("https://"), (int) length, token);
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (stream), request,
                                            strlen (request), NULL, NULL, NULL));
  return stream;
}

static void
test_contact_ids (void)
{
  g_autoptr (EnigmAccount) somebody = party_sign_up (party, "somebody");
  g_autoptr (GIOStream) stream = listen (somebody);
  guint8 id[ENIGM_CONTACT_ID_SIZE];
  Inviter inviter = { .somebody = enigm_account_get_contact_id (somebody) };

  g_assert_true (enigm_contact_id_new_random (id, NULL));
  inviter.nobody = enigm_contact_id_format (id);
  assert_same ("contact ID", invite, &inviter);
  g_clear_object (&inviter.account);
  g_free (inviter.nobody);
  g_free (inviter.etag);
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attacks/timing/handles", test_handles);
  g_test_add_func ("/attacks/timing/contact-ids", test_contact_ids);

  party = party_new ();
  code = g_test_run ();
  party_free (party);
  return code;
}
