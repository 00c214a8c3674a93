/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery-proxy.h"

#include <sys/socket.h>

#define CHUNK 4096
/* One connection in so many gets a fault of its own while there is chance. */
#define FAULTY 4
/* Bytes after which a faulty connection ends: from within the handshake to within a long list. */
#define MOST_BYTES 12000
#define MOST_DELAY_MS 40

struct _DeliveryProxy
{
  GSocketService *service;
  guint16 port;
  guint16 target;
  gboolean refusing;
  GRand *chance; /* NULL: nothing happens to new connections */
  GPtrArray *pipes;
};

typedef struct _Pipe Pipe;

/* One way of a connection. */
typedef struct
{
  Pipe *pipe;
  GIOStream *from;
  GIOStream *to;
  guint8 chunk[CHUNK];
  gsize len;
} Way;

struct _Pipe
{
  gatomicrefcount refs;
  DeliveryProxy *proxy; /* NULL once it is cut */
  GSocketConnection *client;
  GSocketConnection *server;
  GCancellable *cancellable;
  gint64 bytes_left;
  guint delay;
};

static Pipe *
pipe_ref (Pipe *pipe)
{
  g_atomic_ref_count_inc (&pipe->refs);
  return pipe;
}

static void
pipe_unref (Pipe *pipe)
{
  if (!g_atomic_ref_count_dec (&pipe->refs))
    return;
  g_clear_object (&pipe->client);
  g_clear_object (&pipe->server);
  g_clear_object (&pipe->cancellable);
  g_free (pipe);
}

static void
close_socket (GSocketConnection *connection, gboolean abruptly)
{
  struct linger linger = { 1, 0 };
  GSocket *socket;

  if (connection == NULL)
    return;
  socket = g_socket_connection_get_socket (connection);
  if (abruptly)
    setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_socket_close (socket, NULL);
}

static void
pipe_cut (Pipe *pipe, gboolean abruptly)
{
  DeliveryProxy *proxy = g_steal_pointer (&pipe->proxy);

  if (proxy == NULL)
    return;
  g_cancellable_cancel (pipe->cancellable);
  close_socket (pipe->client, abruptly);
  close_socket (pipe->server, abruptly);
  g_ptr_array_remove_fast (proxy->pipes, pipe);
}

static void way_read (Way *way);

static void
way_free (Way *way)
{
  pipe_unref (way->pipe);
  g_free (way);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Way *way = user_data;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    {
      pipe_cut (way->pipe, FALSE);
      way_free (way);
      return;
    }
  way_read (way);
}

static gboolean
on_delay_over (gpointer user_data)
{
  Way *way = user_data;

  if (way->pipe->proxy == NULL)
    way_free (way);
  else
    g_output_stream_write_all_async (g_io_stream_get_output_stream (way->to), way->chunk, way->len,
                                     G_PRIORITY_DEFAULT, way->pipe->cancellable, on_written, way);
  return G_SOURCE_REMOVE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Way *way = user_data;
  Pipe *pipe = way->pipe;
  gssize len = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (len <= 0)
    {
      pipe_cut (pipe, FALSE);
      way_free (way);
      return;
    }
  way->len = (gsize) len;
  if (pipe->bytes_left >= 0)
    {
      pipe->bytes_left -= len;
      if (pipe->bytes_left < 0)
        {
          /* Abruptly or not: which of both is as good as chance already. */
          pipe_cut (pipe, pipe->bytes_left % 2 != 0);
          way_free (way);
          return;
        }
    }
  if (pipe->delay > 0)
    g_timeout_add (pipe->delay, on_delay_over, way);
  else
    on_delay_over (way);
}

static void
way_read (Way *way)
{
  if (way->pipe->proxy == NULL)
    {
      way_free (way);
      return;
    }
  g_input_stream_read_async (g_io_stream_get_input_stream (way->from), way->chunk, CHUNK,
                             G_PRIORITY_DEFAULT, way->pipe->cancellable, on_read, way);
}

static void
begin_way (Pipe *pipe, GSocketConnection *from, GSocketConnection *to)
{
  Way *way = g_new0 (Way, 1);

  way->pipe = pipe_ref (pipe);
  way->from = G_IO_STREAM (from);
  way->to = G_IO_STREAM (to);
  way_read (way);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pipe *pipe = user_data;

  pipe->server = g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, NULL);
  if (pipe->server == NULL || pipe->proxy == NULL)
    pipe_cut (pipe, TRUE);
  else
    {
      begin_way (pipe, pipe->client, pipe->server);
      begin_way (pipe, pipe->server, pipe->client);
    }
  pipe_unref (pipe);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  DeliveryProxy *self = user_data;
  g_autoptr (GSocketClient) client = NULL;
  Pipe *pipe;

  if (self->refusing)
    {
      close_socket (connection, TRUE);
      return TRUE;
    }
  pipe = g_new0 (Pipe, 1);
  g_atomic_ref_count_init (&pipe->refs);
  pipe->proxy = self;
  pipe->client = g_object_ref (connection);
  pipe->cancellable = g_cancellable_new ();
  pipe->bytes_left = -1;
  if (self->chance != NULL && g_rand_int_range (self->chance, 0, FAULTY) == 0)
    {
      pipe->bytes_left = g_rand_int_range (self->chance, 0, MOST_BYTES);
      pipe->delay = (guint) g_rand_int_range (self->chance, 0, MOST_DELAY_MS);
    }
  g_ptr_array_add (self->pipes, pipe);
  client = g_socket_client_new ();
  g_socket_client_connect_to_host_async (client, "127.0.0.1", self->target, NULL, on_connected,
                                         pipe_ref (pipe));
  return TRUE;
}

DeliveryProxy *
delivery_proxy_new (void)
{
  DeliveryProxy *self = g_new0 (DeliveryProxy, 1);
  g_autoptr (GError) error = NULL;

  self->pipes = g_ptr_array_new_with_free_func ((GDestroyNotify) pipe_unref);
  self->service = g_socket_service_new ();
  self->port =
    g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

void
delivery_proxy_free (DeliveryProxy *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_signal_handlers_disconnect_by_data (self->service, self);
  delivery_proxy_cut (self, FALSE, 1);
  g_object_unref (self->service);
  g_ptr_array_unref (self->pipes);
  g_free (self);
}

guint16
delivery_proxy_get_port (DeliveryProxy *self)
{
  return self->port;
}

/* Where the platform listens. */
void
delivery_proxy_set_target (DeliveryProxy *self, guint16 port)
{
  self->target = port;
}

/* What happens to connections from now on; NULL for nothing, also to those that are open. */
void
delivery_proxy_set_chance (DeliveryProxy *self, GRand *chance)
{
  self->chance = chance;
  for (guint i = 0; chance == NULL && i < self->pipes->len; i++)
    {
      Pipe *pipe = self->pipes->pdata[i];

      pipe->bytes_left = -1;
      pipe->delay = 0;
    }
}

void
delivery_proxy_set_refusing (DeliveryProxy *self, gboolean refusing)
{
  self->refusing = refusing;
}

/* Cuts that share of the open connections, from 0 to 1. Returns how many. */
guint
delivery_proxy_cut (DeliveryProxy *self, gboolean abruptly, gdouble share)
{
  guint n = 0;

  for (guint i = self->pipes->len; i-- > 0;)
    {
      if (i >= self->pipes->len ||
          (share < 1 && (self->chance == NULL || g_rand_double (self->chance) >= share)))
        continue;
      pipe_cut (self->pipes->pdata[i], abruptly);
      n++;
    }
  return n;
}
