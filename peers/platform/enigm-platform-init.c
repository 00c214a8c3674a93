/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-platform-program.h"

#include "enigm-new-platform.h"

#define DEFAULT_ORIGIN "https://localhost:8443"

/**
 * enigm_platform_init:
 * @argc: arguments, the subcommand among them
 * @argv: (array length=argc): the arguments
 *
 * Makes everything a platform needs, in a folder that has none yet.
 *
 * Returns: exit status: 0 if it is done, 1 if not, 2 for wrong arguments
 */
int
enigm_platform_init (int argc, char **argv)
{
  g_autofree gchar *folder = NULL;
  g_autofree gchar *maker_ca = NULL;
  g_autofree gchar *origin = NULL;
  GOptionEntry entries[] = {
    { "dir", 0, 0, G_OPTION_ARG_FILENAME, &folder, "The folder to make it in", "DIR" },
    { "maker-ca", 0, 0, G_OPTION_ARG_FILENAME, &maker_ca,
      "Certificates of those whose keys are genuine (PEM)", "FILE" },
    { "origin", 0, 0, G_OPTION_ARG_STRING, &origin, "Where it is reached (" DEFAULT_ORIGIN ")",
      "https://HOST:PORT" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- make a new platform");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("enigm-platform init: %s\n", error->message);
      return 2;
    }
  if (folder == NULL || maker_ca == NULL || argc > 1)
    {
      g_printerr ("enigm-platform init: --dir DIR and --maker-ca FILE are needed\n");
      return 2;
    }
  if (!enigm_new_platform_make (folder, maker_ca, origin != NULL ? origin : DEFAULT_ORIGIN, &error))
    {
      g_printerr ("enigm-platform init: %s\n", error->message);
      return 1;
    }
  g_print ("configuration  %s/" ENIGM_NEW_PLATFORM_CONFIG "\n"
           "authority      %s/" ENIGM_NEW_PLATFORM_CA "   (import it where the app runs)\n"
           "identity       %s/" ENIGM_NEW_PLATFORM_IDENTITY
           "   (goes into each key at its factory)\n",
           folder, folder, folder);
  return 0;
}
