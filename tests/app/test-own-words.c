/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels and notes are the person's own: everything that the app says to its platform is written
 * down here, by somebody between them who holds the platform's own certificate. */
#include <string.h>

#include "await.h"
#include "enigm-contact-id.h"
#include "party.h"

#define LABEL "Aardvark"
#define NOTE "Bumblebee lives next door"

typedef struct
{
  GSocketService *service;
  guint16 port;
  guint16 target;
  GTlsCertificate *certificate;
  GString *said; /* all that the app said, without TLS */
} Recorder;

/* One way of one connection. */
typedef struct
{
  Recorder *recorder;
  GIOStream *from;
  GIOStream *to;
  gboolean recorded;
  guint8 chunk[4096];
  gsize len;
} Way;

static void way_read (Way *way);

static void
way_end (Way *way)
{
  g_io_stream_close_async (way->from, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_io_stream_close_async (way->to, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_object_unref (way->from);
  g_object_unref (way->to);
  g_free (way);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Way *way = user_data;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    way_read (way);
  else
    way_end (way);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Way *way = user_data;
  gssize len = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (len <= 0)
    {
      way_end (way);
      return;
    }
  if (way->recorded)
    g_string_append_len (way->recorder->said, (const char *) way->chunk, len);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (way->to), way->chunk, (gsize) len,
                                   G_PRIORITY_DEFAULT, NULL, on_written, way);
}

static void
way_read (Way *way)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (way->from), way->chunk,
                             sizeof way->chunk, G_PRIORITY_DEFAULT, NULL, on_read, way);
}

static void
way_begin (Recorder *recorder, GIOStream *from, GIOStream *to, gboolean recorded)
{
  Way *way = g_new0 (Way, 1);

  way->recorder = recorder;
  way->from = g_object_ref (from);
  way->to = g_object_ref (to);
  way->recorded = recorded;
  way_read (way);
}

static gboolean
on_certificate_shown (GTlsConnection *connection,
                      GTlsCertificate *certificate,
                      GTlsCertificateFlags flags,
                      gpointer user_data)
{
  return TRUE;
}

typedef struct
{
  Recorder *recorder;
  GIOStream *app;
} Meeting;

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Meeting *meeting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) socket =
    g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);
  g_autoptr (GIOStream) platform = NULL;

  if (socket != NULL)
    {
      platform = g_tls_client_connection_new (G_IO_STREAM (socket), NULL, &error);
      g_assert_no_error (error);
      g_signal_connect (platform, "accept-certificate", G_CALLBACK (on_certificate_shown), NULL);
      way_begin (meeting->recorder, meeting->app, platform, TRUE);
      way_begin (meeting->recorder, platform, meeting->app, FALSE);
    }
  g_object_unref (meeting->app);
  g_free (meeting);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *object,
             gpointer user_data)
{
  Recorder *recorder = user_data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  Meeting *meeting = g_new0 (Meeting, 1);

  meeting->recorder = recorder;
  meeting->app =
    g_tls_server_connection_new (G_IO_STREAM (connection), recorder->certificate, &error);
  g_assert_no_error (error);
  g_socket_client_connect_to_host_async (client, "127.0.0.1", recorder->target, NULL, on_connected,
                                         meeting);
  return TRUE;
}

/* Puts itself in the place of the party's platform, which moves to another port. */
static void
recorder_start (Recorder *self, Party *party)
{
  g_autofree char *program = enigm_world_find_program ("peers/platform/enigm-platform");
  g_autofree char *config = g_build_filename (party->platform_dir, "platform.conf", NULL);
  g_autofree char *certificate = g_build_filename (party->platform_dir, "server.pem", NULL);
  g_autofree char *key = g_build_filename (party->platform_dir, "server-key.pem", NULL);
  g_autofree char *text = NULL;
  g_autofree char *moved = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *port = NULL;
  char *at;

  self->said = g_string_new (NULL);
  self->certificate = g_tls_certificate_new_from_files (certificate, key, &error);
  g_assert_no_error (error);
  self->service = g_socket_service_new ();
  self->port =
    g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);

  /* The platform goes by the address that the app asks. */
  enigm_world_stop (party->world, party->platform);
  g_clear_object (&party->platform);
  g_assert_true (g_file_get_contents (config, &text, NULL, NULL));
  at = strstr (text, "https://localhost");
  g_assert_nonnull (at);
  *at = '\0';
  moved = g_strdup_printf ("%shttps://localhost:%u%s", text, self->port,
                           at + strlen ("https://localhost"));
  g_assert_true (g_file_set_contents (config, moved, -1, NULL));
  self->target = enigm_world_find_port ();
  port = g_strdup_printf ("%u", self->target);
  {
    const char *argv[] = { program, "serve", "--config", config, "--port", port, NULL };

    party->platform = enigm_world_spawn (party->world, G_SUBPROCESS_FLAGS_STDOUT_PIPE, argv);
  }
  line = enigm_world_await_line (party->platform);
  g_free (party->origin);
  party->origin = g_strdup_printf ("https://localhost:%u", self->port);
}

static EnigmContact *
dup_contact (EnigmAccount *account, guint place)
{
  return g_list_model_get_item (enigm_account_get_contacts (account), place);
}

#define DO(account, verb, ...)                                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GAsyncResult) done = NULL;                                                          \
    g_autoptr (GError) why = NULL;                                                                 \
    enigm_account_##verb##_async (account, __VA_ARGS__, on_awaited, &done);                        \
    await_result (&done);                                                                          \
    enigm_account_##verb##_finish (account, done, &why);                                           \
    g_assert_no_error (why);                                                                       \
  }                                                                                                \
  G_STMT_END

static void
assert_unsaid (const GString *said, const char *words)
{
  g_autofree char *lower = g_ascii_strdown (words, -1);
  g_autofree char *all = g_ascii_strdown (said->str, (gssize) said->len);
  g_autofree char *coded = g_base64_encode ((const guchar *) words, strlen (words) / 3 * 3);

  g_assert_null (memmem (all, said->len, lower, strlen (lower)));
  g_assert_null (memmem (said->str, said->len, coded, strlen (coded)));
}

static gboolean
is_saved (gpointer account)
{
  return !enigm_account_is_saving (account);
}

/* Everything one can do with contacts, and not one word of one's own is in any of it. */
static void
test_never_sent (void)
{
  g_autoptr (Party) party = party_new ();
  Recorder recorder = { 0 };
  EnigmAccount *ada;
  EnigmAccount *ben;
  g_autoptr (EnigmContact) first = NULL;
  g_autoptr (EnigmContact) second = NULL;
  g_autoptr (EnigmInvitation) invitation = NULL;
  g_autofree char *other = NULL;
  g_autofree char *file = NULL;
  g_autofree char *sealed = NULL;
  g_autoptr (GString) on_disk = NULL;
  guint8 id[ENIGM_CONTACT_ID_SIZE];
  gsize len;

  recorder_start (&recorder, party);
  ada = party_sign_up (party, "ada");
  ben = party_sign_up (party, "ben");
  g_assert_true (enigm_contact_id_new_random (id, NULL));
  other = enigm_contact_id_format (id);

  DO (ada, add_contact, enigm_account_get_contact_id (ben), LABEL, NULL);
  DO (ada, add_contact, other, LABEL " two", NULL);
  DO (ada, note_contact, other, NOTE, NULL);
  DO (ada, note_contact, enigm_account_get_contact_id (ben), NOTE, NULL);
  DO (ada, label_contact, other, LABEL " three", NULL);
  first = dup_contact (ada, 0);
  second = dup_contact (ada, 1);
  g_assert_cmpstr (enigm_contact_get_note (second), ==, NOTE);
  DO (ada, move_contact, second, -1, NULL);
  g_assert_true (enigm_contact_id_new_random (id, NULL));
  g_free (other);
  other = enigm_contact_id_format (id);
  DO (ada, replace_contact, second, other, LABEL " four", NULL);
  DO (ada, remove_contact, first, NULL);
  DO (ada, add_contact, enigm_account_get_contact_id (ben), LABEL, NULL);
  party_refresh (ben);
  DO (ben, label_contact, enigm_account_get_contact_id (ada), LABEL, NULL);
  DO (ben, note_contact, enigm_account_get_contact_id (ada), NOTE, NULL);
  invitation = g_list_model_get_item (enigm_account_get_invitations (ben), 0);
  g_assert_cmpstr (enigm_invitation_get_label (invitation), ==, LABEL);
  DO (ben, answer_invitation, invitation, "accept", NULL);
  party_refresh (ada);
  DO (ben, answer_invitation, invitation, "leave", NULL);

  /* It was all written down. */
  g_assert_nonnull (memmem (recorder.said->str, recorder.said->len, "PUT /v1/contacts", 16));
  g_assert_nonnull (memmem (recorder.said->str, recorder.said->len, other, strlen (other)));
  g_assert_nonnull (memmem (recorder.said->str, recorder.said->len, "\"accept\"", 8));
  assert_unsaid (recorder.said, LABEL);
  assert_unsaid (recorder.said, NOTE);

  /* Nor can it be read on the disk. */
  g_assert_true (enigm_world_await (is_saved, ada));
  file = g_build_filename (enigm_world_get_folder (party->world), "ada", "account.sealed", NULL);
  g_assert_true (g_file_get_contents (file, &sealed, &len, NULL));
  on_disk = g_string_new_len (sealed, (gssize) len);
  assert_unsaid (on_disk, LABEL);
  assert_unsaid (on_disk, NOTE);

  g_assert_true (enigm_world_await (is_saved, ben));
  g_object_unref (ada);
  g_object_unref (ben);
  g_socket_service_stop (recorder.service);
  g_object_unref (recorder.service);
  g_object_unref (recorder.certificate);
  g_string_free (recorder.said, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/own-words/never-sent", test_never_sent);
  return g_test_run ();
}
