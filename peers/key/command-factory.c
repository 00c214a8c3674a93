/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <string.h>

#include "command.h"
#include "enigm-text.h"
#include "key-factory.h"

static GBytes *
read_platform_key (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  GBytes *point;
  gsize len;

  if (!g_file_get_contents (path, &text, &len, error))
    return NULL;
  point = len == strlen (text) ? enigm_base64url_decode (g_strchomp (text), ENIGM_P256_POINT_SIZE,
                                                         ENIGM_P256_POINT_SIZE)
                               : NULL;
  if (point == NULL)
    g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                 "%s: not a platform's key, 65 bytes in base64url", path);

  return point;
}

/**
 * enigm_key_command_factory:
 * @argc: how many words there are, the subcommand's name included
 * @argv: (array length=argc): the words
 *
 * Makes one key, and prints its setup code, which is kept nowhere.
 *
 * Returns: the exit status: 0, 1 if it failed, 2 if it was not understood
 */
int
enigm_key_command_factory (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  g_autofree char *ca_folder = NULL;
  g_autofree char *platform_file = NULL;
  g_autofree char *code = NULL;
  g_autoptr (GBytes) platform = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Where the key's state goes", "DIR" },
    { "ca-dir", 0, 0, G_OPTION_ARG_FILENAME, &ca_folder, "What make-ca made", "DIR" },
    { "platform-key", 0, 0, G_OPTION_ARG_FILENAME, &platform_file,
      "The platform's public identity key, base64url", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || folder == NULL ||
      ca_folder == NULL || platform_file == NULL || argc > 1)
    {
      g_printerr ("enigm-key factory: %s\n", error != NULL
                                               ? error->message
                                               : "--state, --ca-dir and --platform-key are needed");
      return 2;
    }

  platform = read_platform_key (platform_file, &error);
  if (platform != NULL)
    code = enigm_key_factory_make (folder, ca_folder, g_bytes_get_data (platform, NULL), &error);
  if (code == NULL)
    {
      g_printerr ("enigm-key factory: %s\n", error->message);
      return 1;
    }
  g_print ("%s\n", code);

  return 0;
}
