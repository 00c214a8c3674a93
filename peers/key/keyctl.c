/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define USAGE                                                                                      \
  "enigm-keyctl --control SOCKET COMMAND\n"                                                        \
  "  hold | press | press3 | press5 | long-press   what a finger does to the button\n"             \
  "  state | watch                                 what can be seen and felt\n"                    \
  "  position LATITUDE LONGITUDE METRES | no-position | network on | network off | battery N\n"    \
  "  reset                                         clears tries and management secrets\n"

/* Prints answers until one command is answered; a watcher's, until the key is gone. */
static int
print_answers (FILE *in, gboolean watch)
{
  g_autofree char *line = NULL;
  size_t size = 0;
  gboolean answered = FALSE;

  while (getline (&line, &size, in) > 0)
    {
      g_strchomp (line);
      if (!answered && g_str_has_prefix (line, "error"))
        {
          g_printerr ("enigm-keyctl: %s\n", line + strlen ("error "));
          return 1;
        }
      if (answered)
        g_print ("%s\n", line);
      else if (g_str_has_prefix (line, "ok "))
        g_print ("%s\n", line + strlen ("ok "));
      answered = TRUE;
      if (!watch)
        return 0;
      fflush (stdout);
    }
  if (!answered)
    g_printerr ("enigm-keyctl: the key has gone\n");

  return answered ? 0 : 1;
}

int
main (int argc, char **argv)
{
  g_autofree char *socket = NULL;
  g_autofree char *command = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  const GOptionEntry entries[] = {
    { "control", 0, 0, G_OPTION_ARG_FILENAME, &socket, "The key's control socket", "SOCKET" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND");
  FILE *in;
  int fd, status;

  g_option_context_add_main_entries (context, entries, NULL);
  /* A latitude may begin with a minus. */
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_set_summary (context, USAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error) || socket == NULL || argc < 2)
    {
      g_printerr ("%s%s", error != NULL ? error->message : "", error != NULL ? "\n" : USAGE);
      return 2;
    }
  command = g_strjoinv (" ", argv + 1);
  if (strchr (command, '\n') != NULL)
    {
      g_printerr ("%s", USAGE);
      return 2;
    }

  address = g_unix_socket_address_new (socket);
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  line = g_strconcat (command, "\n", NULL);
  if (connection == NULL ||
      !g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), line,
                                  strlen (line), NULL, NULL, &error))
    {
      g_printerr ("enigm-keyctl: %s\n", error->message);
      return 1;
    }
  fd = dup (g_socket_get_fd (g_socket_connection_get_socket (connection)));
  in = fd >= 0 && g_unix_set_fd_nonblocking (fd, FALSE, NULL) ? fdopen (fd, "r") : NULL;
  if (in == NULL)
    {
      g_printerr ("enigm-keyctl: %s\n", g_strerror (errno));
      return 1;
    }
  status = print_answers (in, g_str_equal (command, "watch"));
  fclose (in);

  return status;
}
