/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command-secrets.h"

#include <gio/gio.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#define MAX_LINE 300

static gboolean
read_line (int fd, char line[MAX_LINE])
{
  gsize at = 0;

  while (at < MAX_LINE - 1 && read (fd, line + at, 1) == 1 && line[at] != '\n')
    at++;
  line[at] = '\0';
  return at > 0;
}

/* Reads a line from a descriptor, or from the terminal, which does not show it. It is never an
 * argument: those are for everybody on the computer to see. Free it with care. */
char *
command_secrets_read (const char *what, int fd, GError **error)
{
  char line[MAX_LINE];
  struct termios before, silent;
  gboolean got;
  char *text;

  if (fd < 0 && tcgetattr (STDIN_FILENO, &before) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "there is no terminal to ask for the %s on; give a descriptor", what);
      return NULL;
    }
  if (fd >= 0)
    got = read_line (fd, line);
  else
    {
      fprintf (stderr, "%s: ", what);
      silent = before;
      silent.c_lflag &= ~(tcflag_t) ECHO;
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
      got = read_line (STDIN_FILENO, line);
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
      fputc ('\n', stderr);
    }
  if (!got)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "no %s was given", what);
      return NULL;
    }
  text = g_strdup (line);
  explicit_bzero (line, sizeof line);
  return text;
}
