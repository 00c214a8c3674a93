/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast an alert is, with few and with many listening: see bench-delivery.py, which runs this
 * and has filled the platform with the accounts whose tokens it is given. Prints one JSON object.
 */
#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "await.h"
#include "delivery-key.h"
#include "enigm-account.h"

#define PRESSES 100
/* Streams that are opened at a time, so that what is measured is not a thousand handshakes. */
#define BATCH 25
#define MOST_FILES 8192

static const char *origin;
static const char *folder;
static const char *maker;
static int platform_pid;
static EnigmTrust *trust;

/* Streams */

typedef struct
{
  GDataInputStream *lines;
  gint64 told; /* monotonic, of the last event; 0: none yet */
} Stream;

static GPtrArray *streams;
static guint n_open;
static guint n_told;

static void read_line (Stream *stream);

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Stream *stream = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line =
    g_data_input_stream_read_line_finish (stream->lines, result, NULL, &error);

  if (line == NULL)
    g_error ("a stream ended: %s", error != NULL ? error->message : "closed");
  if (g_str_has_prefix (line, "id: "))
    n_open += stream->told < 0;
  if (stream->told < 0)
    stream->told = 0;
  if (g_str_equal (line, "event: event"))
    {
      n_told += stream->told == 0;
      stream->told = g_get_monotonic_time ();
    }
  read_line (stream);
}

static void
read_line (Stream *stream)
{
  g_data_input_stream_read_line_async (stream->lines, G_PRIORITY_DEFAULT, NULL, on_line, stream);
}

static void
on_stream_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Stream *stream = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) input = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  g_assert_no_error (error);
  stream->lines = g_data_input_stream_new (input);
  n_open++;
  read_line (stream);
}

static gboolean
is_batch_open (gpointer user_data)
{
  return n_open >= streams->len;
}

static SoupSession *
open_streams (char **tokens)
{
  SoupSession *soup = soup_session_new_with_options (
    "tls-database", enigm_trust_get_database (trust), "max-conns", MOST_FILES, "max-conns-per-host",
    MOST_FILES, "timeout", 0, NULL);
  g_autofree char *uri = g_strconcat (origin, "/v1/stream", NULL);

  streams = g_ptr_array_new ();
  for (guint i = 0; tokens[i] != NULL; i++)
    {
      g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
      g_autofree char *bearer = g_strconcat ("Bearer ", tokens[i], NULL);
      Stream *stream = g_new0 (Stream, 1);

      soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                   bearer);
      g_ptr_array_add (streams, stream);
      soup_session_send_async (soup, message, G_PRIORITY_DEFAULT, NULL, on_stream_opened, stream);
      if (streams->len % BATCH == 0)
        g_assert_true (enigm_world_await (is_batch_open, NULL));
    }
  g_assert_true (enigm_world_await (is_batch_open, NULL));
  return soup;
}

static glong
read_resident_kib (void)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", platform_pid);
  g_autofree char *text = NULL;
  const char *line;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  line = strstr (text, "VmRSS:");
  g_assert_nonnull (line);
  return strtol (line + strlen ("VmRSS:"), NULL, 10);
}

/* Accounts */

static EnigmAccount *
sign_up (const char *name)
{
  g_autofree char *data_dir = g_build_filename (folder, name, NULL);
  g_autoptr (EnigmKeyring) keyring = enigm_keyring_new ();
  EnigmAccount *account = enigm_account_new (data_dir, keyring);
  g_autoptr (EnigmSecret) password =
    enigm_secret_new_copy ((const guint8 *) "practice password", 17);
  g_autoptr (EnigmSecret) pin = enigm_secret_new_copy ((const guint8 *) "135790", 6);
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) signed_up = NULL;
  g_autoptr (GError) error = NULL;

  enigm_account_load_async (account, NULL, on_awaited, &loaded);
  await_result (&loaded);
  enigm_account_load_finish (account, loaded, NULL);
  enigm_account_sign_up_async (account, origin, trust, name, password, pin, NULL, NULL, on_awaited,
                               &signed_up);
  await_result (&signed_up);
  enigm_account_sign_up_finish (account, signed_up, &error);
  g_assert_no_error (error);
  return account;
}

static void
refresh (EnigmAccount *account)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  enigm_account_refresh_async (account, NULL, on_awaited, &result);
  await_result (&result);
  enigm_account_refresh_finish (account, result, &error);
  g_assert_no_error (error);
}

static void
befriend (EnigmAccount *owner, EnigmAccount *contact)
{
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) accepted = NULL;
  g_autoptr (EnigmInvitation) invitation = NULL;

  refresh (owner);
  enigm_account_add_contact_async (owner, enigm_account_get_contact_id (contact), NULL, NULL,
                                   on_awaited, &added);
  await_result (&added);
  g_assert_true (enigm_account_add_contact_finish (owner, added, NULL));
  refresh (contact);
  invitation = g_list_model_get_item (enigm_account_get_invitations (contact), 0);
  enigm_account_answer_invitation_async (contact, invitation, "accept", NULL, on_awaited,
                                         &accepted);
  await_result (&accepted);
  g_assert_true (enigm_account_answer_invitation_finish (contact, accepted, NULL));
}

static DeliveryKey *
make_key (guint number, EnigmPlatform *platform, GBytes *identity)
{
  g_autofree char *path = g_strdup_printf ("%s/key-%u", folder, number);
  DeliveryKey *key = delivery_key_new (path, maker, identity);

  delivery_key_bind (key, platform);
  /* The platform takes sixty attestations a minute from one address, and here all are one. */
  for (guint i = 0; i < 4 && !delivery_key_is_trusted (key); i++)
    enigm_world_await (delivery_key_is_trusted, key);
  g_assert_true (delivery_key_is_trusted (key));
  return key;
}

/* One press after the other */

typedef struct
{
  EnigmAccount *contact;
  char *id;
  EnigmAlertState state;
  gint64 since;
  gint64 took;
} Press;

static void
on_alert_changed (EnigmAccount *account, EnigmAlert *alert, gpointer user_data)
{
  Press *press = user_data;

  if (press->id == NULL || !g_str_equal (enigm_alert_get_id (alert), press->id) ||
      enigm_alert_get_state (alert) != press->state)
    return;
  /* Here the app shows its notification. */
  press->took = g_get_monotonic_time () - press->since;
}

static gboolean
has_come (gpointer user_data)
{
  return ((Press *) user_data)->took > 0;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const gint64 first = *(const gint64 *) a;
  const gint64 second = *(const gint64 *) b;

  return first < second ? -1 : first > second;
}

/* A key whose connection is cold, as it is when somebody presses. Microseconds, sorted. */
static gint64 *
press_often (DeliveryKey *key, EnigmAccount *contact)
{
  gint64 *took = g_new (gint64, PRESSES);
  Press press = { .contact = contact };
  gulong handler =
    g_signal_connect (contact, "alert-changed", G_CALLBACK (on_alert_changed), &press);

  for (guint i = 0; i < PRESSES; i++)
    {
      delivery_key_set_network (key, FALSE);
      delivery_key_set_network (key, TRUE);
      press.took = 0;
      press.state = ENIGM_ALERT_STATE_ACTIVE;
      press.since = g_get_monotonic_time ();
      g_assert_true (delivery_key_raise (key, FALSE, &press.id));
      g_assert_true (enigm_world_await (has_come, &press));
      took[i] = press.took;
      press.took = 0;
      press.state = ENIGM_ALERT_STATE_ENDED;
      delivery_key_end (key);
      g_assert_true (enigm_world_await (has_come, &press));
      g_clear_pointer (&press.id, g_free);
    }
  g_signal_handler_disconnect (contact, handler);
  qsort (took, PRESSES, sizeof *took, compare);
  return took;
}

static gboolean
is_listening (gpointer account)
{
  return enigm_account_get_unknown_since (account) == 0 && enigm_account_get_online (account);
}

static void
print_times (const char *name, gint64 *took)
{
  printf ("\"%s\": {\"median_ms\": %.1f, \"p99_ms\": %.1f}, ", name, took[PRESSES / 2] / 1000.0,
          took[PRESSES * 99 / 100 - 1] / 1000.0);
  g_free (took);
}

/* All at once */

static gboolean
is_everybody_told (gpointer user_data)
{
  return n_told == streams->len;
}

static gint64
press_all (GPtrArray *keys)
{
  gint64 since, last = 0;

  n_told = 0;
  for (guint i = 0; i < streams->len; i++)
    ((Stream *) streams->pdata[i])->told = 0;
  since = g_get_monotonic_time ();
  for (guint i = 0; i < keys->len; i++)
    {
      g_autofree char *id = NULL;

      g_assert_true (delivery_key_raise (keys->pdata[i], FALSE, &id));
    }
  g_assert_true (enigm_world_await (is_everybody_told, NULL));
  for (guint i = 0; i < streams->len; i++)
    last = MAX (last, ((Stream *) streams->pdata[i])->told);
  return last - since;
}

static EnigmTrust *
read_trust (const char *path)
{
  char *pem = NULL;
  gsize len;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  EnigmTrust *read;

  g_file_get_contents (path, &pem, &len, &error);
  g_assert_no_error (error);
  bytes = g_bytes_new_take (pem, len);
  read = enigm_trust_new_ca (bytes, &error);
  g_assert_no_error (error);
  return read;
}

static char **
read_tokens (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return g_strsplit (g_strchomp (text), "\n", -1);
}

static void
on_logged (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  if ((level & G_LOG_LEVEL_MASK) < G_LOG_LEVEL_MESSAGE)
    g_log_default_handler (domain, level, message, user_data);
}

/* ORIGIN CA MAKER FOLDER PLATFORM-PID */
int
main (int argc, char **argv)
{
  struct rlimit files;
  g_auto (GStrv) owners = NULL;
  g_auto (GStrv) contacts = NULL;
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (EnigmAccount) owner = NULL;
  g_autoptr (EnigmAccount) contact = NULL;
  g_autoptr (SoupSession) soup = NULL;
  GBytes *identity;
  DeliveryKey *key;
  glong before;

  g_assert_cmpint (argc, ==, 6);
  g_log_set_default_handler (on_logged, NULL);
  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = MIN (files.rlim_max, MOST_FILES);
  setrlimit (RLIMIT_NOFILE, &files);
  origin = argv[1];
  trust = read_trust (argv[2]);
  maker = argv[3];
  folder = argv[4];
  platform_pid = atoi (argv[5]);
  owners = read_tokens ("owners");
  contacts = read_tokens ("contacts");

  owner = sign_up ("speed-owner");
  contact = sign_up ("speed-contact");
  befriend (owner, contact);
  identity = enigm_platform_get_identity (enigm_account_get_platform (owner));
  key = make_key (0, enigm_account_get_platform (owner), identity);
  enigm_account_listen (contact, TRUE);
  g_assert_true (enigm_world_await (is_listening, contact));

  printf ("{");
  print_times ("one_stream", press_often (key, contact));
  before = read_resident_kib ();
  soup = open_streams (contacts);
  printf ("\"streams\": %u, \"kib_a_stream\": %.1f, ", streams->len,
          (gdouble) (read_resident_kib () - before) / streams->len);
  print_times ("all_streams", press_often (key, contact));

  for (guint i = 0; owners[i] != NULL; i++)
    {
      g_autoptr (EnigmPlatform) platform = enigm_platform_new (origin, trust);
      g_autoptr (EnigmSecret) token =
        enigm_secret_new_copy ((const guint8 *) owners[i], strlen (owners[i]));

      enigm_platform_set_session (platform, token);
      g_ptr_array_add (keys, make_key (i + 1, platform, identity));
    }
  printf ("\"events_at_once\": %u, ", keys->len);
  printf ("\"last_contact_told_ms\": %.0f, ", press_all (keys) / 1000.0);
  printf ("\"platform_mib\": %.1f}\n", read_resident_kib () / 1024.0);
  /* What is open ends with the process; nothing of it is measured. */
  fflush (stdout);
  _exit (0);
}
