/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether the platform answers sooner or later where it knows a handle and the MAC is wrong than
 * where it knows no such handle: whoever could tell would learn which handles there are. And the
 * same for a contact ID that somebody has and one that nobody has. */

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "attacker.h"
#include "key-memory.h"
#include "protocol/enigm-contact-id.h"
#include "protocol/enigm-content-digest.h"
#include "protocol/enigm-http-signature.h"
#include "protocol/enigm-key-request.h"

/* Requests for what is known, each beside one for what is not; and how long it may take on a slow
 * machine, which then makes do with fewer. */
#define HANDLE_PAIRS 10000
#define CONTACT_PAIRS 300
#define LEAST_PAIRS 300
#define PATIENCE_S 45
/* Standard deviations: chance alone does as much once in two million times. */
#define LIMIT 5.0
/* Invitations that an account has on one day. */
#define INVITATIONS 40

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

static double
get_microseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

/* Returns microseconds from the last byte out to the last byte in. */
static double
ask (GIOStream *stream, const char *packed)
{
  GOutputStream *out = g_io_stream_get_output_stream (stream);
  GInputStream *in = g_io_stream_get_input_stream (stream);
  char answer[4096];
  gsize have = 0;
  double began;
  guint32 len;

  memcpy (&len, packed, sizeof len);
  began = get_microseconds ();
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
  return get_microseconds () - began;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return *(const double *) a < *(const double *) b ? -1 : *(const double *) a > *(const double *) b;
}

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  const double one = fabs (*(const double *) a), other = fabs (*(const double *) b);

  return one < other ? -1 : one > other;
}

/* Wilcoxon's signed-rank test, in standard deviations: if handles make no difference, each pair's
 * difference is as likely to be one way as the other. Ranks, so that a pause of the machine counts
 * as one and no more; pairs, so that a machine that grows busier does not count at all. */
static double
test_ranks (double *differences, guint n)
{
  double sum = 0, squares = 0;

  qsort (differences, n, sizeof *differences, compare_sizes);
  for (guint low = 0, high; low < n; low = high)
    {
      for (high = low; high < n && fabs (differences[high]) <= fabs (differences[low]);)
        high++;
      for (guint i = low; i < high; i++)
        {
          const double rank = fabs (differences[i]) > 0 ? (low + 1 + high) / 2.0 : 0;

          sum += differences[i] > 0 ? rank : -rank;
          squares += rank * rank;
        }
    }
  return sum / sqrt (squares);
}

/* Asks once, for what is known or for what is not, and returns how long that took. */
typedef double (*AskFunc) (gpointer user_data, gboolean known);

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

/* Asks for both in pairs, in random order. */
static void
assert_same (const char *what, AskFunc func, gpointer user_data, guint n_pairs)
{
  g_autoptr (GRand) rand = g_rand_new ();
  g_autofree double *differences = g_new (double, n_pairs);
  const gint64 until = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  guint n = 0, margin;
  double deviations;

  while (n < n_pairs && (n < LEAST_PAIRS || g_get_monotonic_time () < until))
    {
      const gboolean known_first = g_rand_boolean (rand);
      const double first = func (user_data, known_first);
      const double second = func (user_data, !known_first);

      differences[n++] = known_first ? first - second : second - first;
    }
  deviations = test_ranks (differences, n);
  qsort (differences, n, sizeof *differences, compare);
  /* Between these the median lies with 95 %: order statistics, from the binomial distribution. */
  margin = ceil (0.98 * sqrt (n));
  g_test_message ("%u pairs: a known %s takes %+.1f µs longer (95 %%: %+.1f to %+.1f); "
                  "signed ranks %+.2f standard deviations, limit %.1f",
                  n, what, differences[n / 2], differences[n / 2 - margin],
                  differences[n / 2 + margin], deviations, LIMIT);
  g_assert_cmpfloat (fabs (deviations), <, LIMIT);
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
  assert_same ("handle", knock, &knocker, HANDLE_PAIRS);
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
  double began;

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
  began = get_microseconds ();
  change (self, "PUT", known ? self->somebody : self->nobody);
  return get_microseconds () - began;
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
  assert_same ("contact ID", invite, &inviter, CONTACT_PAIRS);
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
