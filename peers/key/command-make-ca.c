/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>

#include "command.h"
#include "key-certificate.h"

/**
 * enigm_key_command_make_ca:
 * @argc: how many words there are, the subcommand's name included
 * @argv: (array length=argc): the words
 *
 * Makes a maker of keys.
 *
 * Returns: the exit status: 0, 1 if it failed, 2 if it was not understood
 */
int
enigm_key_command_make_ca (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "dir", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Where key and certificate go", "DIR" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || folder == NULL || argc > 1)
    {
      g_printerr ("enigm-key make-ca: %s\n", error != NULL ? error->message : "--dir is needed");
      return 2;
    }
  if (!enigm_key_certificate_make_authority (folder, &error))
    {
      g_printerr ("enigm-key make-ca: %s\n", error->message);
      return 1;
    }

  return 0;
}
