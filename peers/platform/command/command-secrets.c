/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command-secrets.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
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
 * argument: those are for everybody on the computer to see. */
static gboolean
read_secret (const char *what, int fd, char line[MAX_LINE], GError **error)
{
  struct termios before, silent;
  gboolean got;

  if (fd < 0 && tcgetattr (STDIN_FILENO, &before) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "there is no terminal to ask for the %s on; give a descriptor", what);
      return FALSE;
    }
  if (fd >= 0)
    got = read_line (fd, line);
  else
    {
      /* Silent before it asks: what is typed ahead is neither shown nor taken. */
      silent = before;
      silent.c_lflag &= ~(tcflag_t) ECHO;
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
      fprintf (stderr, "%s: ", what);
      got = read_line (STDIN_FILENO, line);
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
      fputc ('\n', stderr);
    }
  if (!got)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "no %s was given", what);
  return got;
}

/* Asks for a secret and puts it into what is sent. */
gboolean
command_secrets_set (JsonObject *body, const char *member, const char *what, int fd, GError **error)
{
  char line[MAX_LINE];
  gboolean got = read_secret (what, fd, line, error);

  if (got)
    json_object_set_string_member (body, member, line);
  explicit_bzero (line, sizeof line);
  return got;
}

/* The same for one that is new: on a terminal twice, for nobody sees what they type. */
gboolean
command_secrets_set_new (JsonObject *body,
                         const char *member,
                         const char *what,
                         int fd,
                         GError **error)
{
  g_autofree char *again = g_strconcat (what, ", again", NULL);
  char line[MAX_LINE];
  gboolean same = FALSE;

  if (!command_secrets_set (body, member, what, fd, error))
    return FALSE;
  if (fd >= 0)
    return TRUE;
  if (read_secret (again, fd, line, error))
    {
      same = g_str_equal (line, json_object_get_string_member (body, member));
      if (!same)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     "%s was not the same twice; nothing was sent", what);
    }
  explicit_bzero (line, sizeof line);
  return same;
}
