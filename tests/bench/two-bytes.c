/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the platform's HTTP server costs by itself, for bench-requests.py: the same libsoup, the
 * same certificate, and every request is answered 200 with two bytes.
 *
 *   two-bytes CERTIFICATE KEY      prints "listening on PORT" */
#include <glib-unix.h>
#include <libsoup/soup.h>
#include <stdio.h>

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/cbor", SOUP_MEMORY_STATIC, "ok", 2);
}

static gboolean
on_signal_received (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (SoupServer) server = NULL;
  g_autoptr (GError) error = NULL;
  GSList *uris;

  if (argc == 3)
    certificate = g_tls_certificate_new_from_files (argv[1], argv[2], &error);
  if (certificate != NULL)
    server = soup_server_new ("tls-certificate", certificate, NULL);
  if (server == NULL || !soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_HTTPS, &error))
    {
      g_printerr ("two-bytes: %s\n", error != NULL ? error->message : "CERTIFICATE KEY");
      return 1;
    }
  soup_server_add_handler (server, NULL, on_request, NULL, NULL);
  g_unix_signal_add (SIGTERM, on_signal_received, loop);
  uris = soup_server_get_uris (server);
  g_print ("listening on %d\n", g_uri_get_port (uris->data));
  fflush (stdout);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (loop);
  return 0;
}
