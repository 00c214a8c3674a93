/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-control.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enigm-error.h"
#include "key-command.h"
#include "key-finger.h"

#define MAX_LINE 256

/**
 * EnigmKeyControl:
 *
 * Stands in for the hands and the world around a key: a Unix socket that only its owner may open,
 * one command a line. Each is answered by one line, `ok …` or `error …`; a watcher also gets a line
 * for everything that can be seen or felt.
 */
struct _EnigmKeyControl
{
  GObject parent_instance;

  EnigmKeyBody *body;
  EnigmKeyFinger *finger;
  GSocketService *service;
  GCancellable *cancellable;
  char *path;
  GPtrArray *watchers; /* of Client, not owned */
};

typedef struct
{
  EnigmKeyControl *control;
  GSocketConnection *connection;
  GString *input;
  char chunk[MAX_LINE];
  gatomicrefcount refs;
} Client;

G_DEFINE_FINAL_TYPE (EnigmKeyControl, enigm_key_control, G_TYPE_OBJECT)

static void
client_unref (Client *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_ptr_array_remove (self->control->watchers, self);
  g_object_unref (self->connection);
  g_object_unref (self->control);
  g_string_free (self->input, TRUE);
  g_free (self);
}

static Client *
client_ref (Client *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

static void
enigm_key_control_dispose (GObject *object)
{
  EnigmKeyControl *self = ENIGM_KEY_CONTROL (object);

  if (self->service != NULL)
    {
      g_socket_service_stop (self->service);
      g_socket_listener_close (G_SOCKET_LISTENER (self->service));
    }
  if (self->body != NULL)
    g_signal_handlers_disconnect_by_data (enigm_key_body_get_signals (self->body), self);
  g_clear_object (&self->service);
  g_clear_object (&self->finger);
  g_clear_object (&self->body);
  g_clear_object (&self->cancellable);
  if (self->path != NULL)
    unlink (self->path);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->watchers, g_ptr_array_unref);

  G_OBJECT_CLASS (enigm_key_control_parent_class)->dispose (object);
}

static void
enigm_key_control_class_init (EnigmKeyControlClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_control_dispose;
}

static void
enigm_key_control_init (EnigmKeyControl *self)
{
  self->cancellable = g_cancellable_new ();
  self->watchers = g_ptr_array_new ();
}

/* Lines are short and clients few: a socket's buffer takes them, or the client is not reading. */
static void
client_say (Client *self, const char *line)
{
  g_autofree char *text = g_strconcat (line, "\n", NULL);
  GSocket *socket = g_socket_connection_get_socket (self->connection);

  if (g_socket_send_with_blocking (socket, text, strlen (text), FALSE, NULL, NULL) !=
      (gssize) strlen (text))
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static void
client_fail (Client *self, const char *why)
{
  g_autofree char *line = g_strconcat ("error ", why, NULL);

  client_say (self, line);
}

static void
on_line_said (EnigmKeySignals *signals, const char *line, gpointer user_data)
{
  EnigmKeyControl *self = user_data;

  for (guint i = 0; i < self->watchers->len; i++)
    client_say (self->watchers->pdata[i], line);
}

static void client_read (Client *self);

static void
on_pattern_played (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Client *client = user_data;
  g_autoptr (GError) error = NULL;

  if (enigm_key_finger_play_finish (ENIGM_KEY_FINGER (source), result, &error))
    client_say (client, "ok");
  else
    client_fail (client, error->message);
  client_read (client);
}

/* Carries one command out. Returns whether its answer comes later. */
static gboolean
obey (Client *self, const char *line)
{
  EnigmKeyBody *body = self->control->body;
  g_autofree char *state = NULL;
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;
  EnigmKeyCommand command;

  if (!enigm_key_command_parse (line, &command))
    {
      client_fail (self, "not understood");
      return FALSE;
    }
  switch (command.kind)
    {
    case ENIGM_KEY_COMMAND_PLAY:
      enigm_key_finger_play_async (self->control->finger, command.n_presses, command.down_ms,
                                   self->control->cancellable, on_pattern_played,
                                   client_ref (self));
      return TRUE;
    case ENIGM_KEY_COMMAND_STATE:
      state = enigm_key_body_describe (body);
      answer = g_strconcat ("ok ", state, NULL);
      client_say (self, answer);
      return FALSE;
    case ENIGM_KEY_COMMAND_RESET:
      if (!enigm_key_body_reset (body, &error))
        {
          client_fail (self, error->message);
          return FALSE;
        }
      break;
    case ENIGM_KEY_COMMAND_WATCH:
      if (!g_ptr_array_find (self->control->watchers, self, NULL))
        g_ptr_array_add (self->control->watchers, self);
      break;
    case ENIGM_KEY_COMMAND_POSITION:
      enigm_key_sensors_set_position (enigm_key_body_get_sensors (body), command.latitude,
                                      command.longitude, command.accuracy);
      break;
    case ENIGM_KEY_COMMAND_NO_POSITION:
      enigm_key_sensors_clear_position (enigm_key_body_get_sensors (body));
      break;
    case ENIGM_KEY_COMMAND_BATTERY:
      enigm_key_sensors_set_battery (enigm_key_body_get_sensors (body), command.percent);
      break;
    case ENIGM_KEY_COMMAND_NETWORK:
      enigm_key_body_set_network (body, command.on);
      break;
    default:
      g_assert_not_reached ();
    }
  client_say (self, "ok");

  return FALSE;
}

/* Takes one whole line out of the input. */
static char *
take_line (GString *input)
{
  const char *end = memchr (input->str, '\n', input->len);
  char *line;

  if (end == NULL)
    return NULL;
  line = g_strndup (input->str, end - input->str);
  g_string_erase (input, 0, end - input->str + 1);

  return line;
}

static void
on_client_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Client *self = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n > 0)
    g_string_append_len (self->input, self->chunk, n);
  if (n <= 0 || (self->input->len > MAX_LINE && memchr (self->input->str, '\n', MAX_LINE) == NULL))
    g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  else
    client_read (client_ref (self));
  client_unref (self);
}

/* Takes the reference it is given: answers what has come, then waits for more. */
static void
client_read (Client *self)
{
  char *line;

  while ((line = take_line (self->input)) != NULL)
    {
      g_autofree char *owned = line;

      if (obey (self, owned))
        {
          client_unref (self);
          return;
        }
    }
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (self->connection)),
                             self->chunk, sizeof self->chunk, G_PRIORITY_DEFAULT,
                             self->control->cancellable, on_client_read, self);
}

static gboolean
on_client_came (GSocketService *service,
                GSocketConnection *connection,
                GObject *source,
                gpointer user_data)
{
  Client *client = g_new0 (Client, 1);

  client->control = g_object_ref (user_data);
  client->connection = g_object_ref (connection);
  client->input = g_string_new (NULL);
  g_atomic_ref_count_init (&client->refs);
  client_read (client);

  return TRUE;
}

/**
 * enigm_key_control_new:
 * @body: the key
 * @path: where the socket is to be; a stale one is replaced
 * @error: return location for an error
 *
 * Returns: (transfer full): a socket that listens, or %NULL
 */
EnigmKeyControl *
enigm_key_control_new (EnigmKeyBody *body, const char *path, GError **error)
{
  g_autoptr (EnigmKeyControl) self = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  struct stat info;
  mode_t mask;
  gboolean ok;

  g_return_val_if_fail (ENIGM_IS_KEY_BODY (body), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (ENIGM_TYPE_KEY_CONTROL, NULL);
  self->body = g_object_ref (body);
  self->finger = enigm_key_finger_new (enigm_key_body_get_buttons (body));
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_client_came), self);
  g_signal_connect (enigm_key_body_get_signals (body), "line", G_CALLBACK (on_line_said), self);

  /* The lock on the state says that no other key runs, so a socket here is a dead one's. */
  if (lstat (path, &info) == 0 && S_ISSOCK (info.st_mode))
    unlink (path);
  address = g_unix_socket_address_new (path);
  mask = umask (0177);
  ok =
    g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
                                   G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, error);
  umask (mask);
  if (!ok)
    return NULL;
  self->path = g_strdup (path);

  return g_steal_pointer (&self);
}
