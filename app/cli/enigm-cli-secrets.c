/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-cli-secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib-unix.h>
#include <openssl/crypto.h>
#include <termios.h>
#include <unistd.h>

#include "enigm-error.h"

/* The longest password is 256 bytes. */
#define MAX_LINE 512
/* Ctrl-C where the terminal makes no signal of it. */
#define INTERRUPT 3

/* Reads up to a line's end, byte by byte: what follows on a shared descriptor is not ours. */
static EnigmSecret *
read_line (int fd, const char *name, GError **error)
{
  guint8 line[MAX_LINE];
  gsize n = 0;
  gboolean interrupted = FALSE;
  EnigmSecret *secret = NULL;

  for (;;)
    {
      gssize got = read (fd, line + n, 1);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0 || line[n] == '\n')
        break;
      interrupted = line[n] == INTERRUPT;
      if (interrupted)
        break;
      if (++n == sizeof line)
        break;
    }
  if (interrupted)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                 _ ("You interrupted it before the “%s” was read. Nothing was sent."), name);
  else if (n > 0 && n < sizeof line)
    secret = enigm_secret_new_copy (line, n);
  else
    g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                 _ ("There is no “%s” of 1 to %d bytes to be read. Nothing was sent."), name,
                 MAX_LINE - 1);
  OPENSSL_cleanse (line, sizeof line);
  return secret;
}

static const char *
describe (const char *name)
{
  if (g_str_equal (name, "password"))
    return _ ("Password: ");
  if (g_str_equal (name, "new-password"))
    return _ ("New password: ");
  if (g_str_equal (name, "new-pin"))
    return _ ("New PIN of six digits: ");
  if (g_str_equal (name, "pin"))
    return _ ("PIN of six digits: ");
  return _ ("Setup code from inside the key's lid: ");
}

static EnigmSecret *
ask (const char *name, GError **error)
{
  struct termios before, silent;
  EnigmSecret *secret;
  int tty = open ("/dev/tty", O_RDWR | O_CLOEXEC);

  if (tty < 0 || tcgetattr (tty, &before) != 0)
    {
      if (tty >= 0)
        close (tty);
      g_set_error (
        error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
        _ ("There is no terminal to ask for the “%s” on. Give it with --%s-fd. Nothing was "
           "sent."),
        name, name);
      return NULL;
    }
  dprintf (tty, "%s", describe (name));
  silent = before;
  /* Without signals, so that nothing ends this process while the terminal does not echo. */
  silent.c_lflag &= ~(tcflag_t) (ECHO | ISIG);
  tcsetattr (tty, TCSAFLUSH, &silent);
  secret = read_line (tty, name, error);
  tcsetattr (tty, TCSAFLUSH, &before);
  dprintf (tty, "\n");
  close (tty);
  return secret;
}

/* Takes `--NAME-fd N` or `--NAME-fd=N` out of the command line. */
static gboolean
take_descriptor (GPtrArray *argv, const char *name, int *fd, GError **error)
{
  g_autofree char *option = g_strdup_printf ("--%s-fd", name);
  g_autofree char *prefix = g_strconcat (option, "=", NULL);

  *fd = -1;
  for (guint i = 1; i < argv->len; i++)
    {
      const char *word = g_ptr_array_index (argv, i);
      const gboolean separate = g_str_equal (word, option);
      const char *value = NULL;
      guint64 number;

      if (g_str_has_prefix (word, prefix))
        value = word + strlen (prefix);
      else if (separate && i + 1 < argv->len)
        value = g_ptr_array_index (argv, i + 1);
      else if (!separate)
        continue;
      if (value == NULL || !g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT, &number, NULL))
        {
          g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                       _ ("%s takes the number of an open file descriptor."), option);
          return FALSE;
        }
      *fd = number;
      g_ptr_array_remove_range (argv, i, separate ? 2 : 1);
      return TRUE;
    }
  return TRUE;
}

/**
 * enigm_cli_secrets_take:
 * @verb: the verb that is about to run
 * @argv: (element-type utf8): the command line, from which `--NAME-fd` options are removed
 * @error: return location for %ENIGM_ERROR_MALFORMED, or %G_IO_ERROR_CANCELLED after Ctrl-C
 *
 * Secrets come from a file descriptor or from the terminal, without echo; never from an argument,
 * which every user of the computer can read. Before the main loop runs, so it may wait.
 *
 * Returns: (transfer full) (nullable) (element-type utf8 EnigmSecret): the verb's secrets by name
 */
GHashTable *
enigm_cli_secrets_take (const EnigmCliVerb *verb, GPtrArray *argv, GError **error)
{
  g_autoptr (GHashTable) secrets =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) enigm_secret_unref);

  for (gsize i = 0; i < ENIGM_CLI_MAX_SECRETS && verb->secrets[i] != NULL; i++)
    {
      EnigmSecret *secret;
      int fd;

      if (!take_descriptor (argv, verb->secrets[i], &fd, error))
        return NULL;
      secret = fd >= 0 ? read_line (fd, verb->secrets[i], error) : ask (verb->secrets[i], error);
      if (secret == NULL)
        return NULL;
      g_hash_table_insert (secrets, (gpointer) verb->secrets[i], secret);
    }
  return g_steal_pointer (&secrets);
}
