/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-platform-program.h"

#include "enigm-backup.h"

static gboolean
parse (const gchar *name, const GOptionEntry *entries, int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_printerr ("enigm-platform %s: %s\n", name, error->message);
  else if (argc > 1)
    g_printerr ("enigm-platform %s: %s: what is that?\n", name, argv[1]);
  else
    return TRUE;
  return FALSE;
}

/**
 * enigm_platform_backup:
 * @argc: arguments, the subcommand among them
 * @argv: (array length=argc): the arguments
 *
 * Copies the database, also while the platform runs.
 *
 * Returns: exit status: 0 if it is done, 1 if not, 2 for wrong arguments
 */
int
enigm_platform_backup (int argc, char **argv)
{
  g_autofree gchar *config_path = NULL;
  g_autofree gchar *path = NULL;
  GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config_path, "The configuration", "FILE" },
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &path, "The file to write; there must be none yet",
      "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (EnigmConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse ("backup", entries, argc, argv))
    return 2;
  if (config_path == NULL || path == NULL)
    {
      g_printerr ("enigm-platform backup: --config FILE and --to FILE are needed\n");
      return 2;
    }
  config = enigm_config_load (config_path, &error);
  if (config == NULL || !enigm_backup_make (config, path, &error))
    {
      g_printerr ("enigm-platform backup: %s\n", error->message);
      return 1;
    }
  g_print ("%s holds the database as it is now. The platform's keys are not in it; keep a copy of "
           "their files once.\n",
           path);
  return 0;
}

/**
 * enigm_platform_restore:
 * @argc: arguments, the subcommand among them
 * @argv: (array length=argc): the arguments
 *
 * Puts a copy back, of a platform that does not run.
 *
 * Returns: exit status: 0 if it is done, 1 if not, 2 for wrong arguments
 */
int
enigm_platform_restore (int argc, char **argv)
{
  g_autofree gchar *config_path = NULL;
  g_autofree gchar *path = NULL;
  gboolean without_journal = FALSE;
  GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config_path, "The configuration", "FILE" },
    { "from", 0, 0, G_OPTION_ARG_FILENAME, &path, "A file that `backup` wrote", "FILE" },
    { "without-journal", 0, 0, G_OPTION_ARG_NONE, &without_journal,
      "The journal is lost: restrict every key until its owner confirms", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  gint64 unproved = 0;

  if (!parse ("restore", entries, argc, argv))
    return 2;
  if (config_path == NULL || path == NULL)
    {
      g_printerr ("enigm-platform restore: --config FILE and --from FILE are needed\n");
      return 2;
    }
  if (!enigm_backup_restore (config_path, path, !without_journal, &unproved, &error))
    {
      g_printerr ("enigm-platform restore: %s\n", error->message);
      return 1;
    }
  if (without_journal)
    g_print ("Put back without the journal. %" G_GINT64_FORMAT
             " keys are restricted until their owners confirm; everybody signs in again, and "
             "contacts are invited anew.\n",
             unproved);
  else
    g_print ("Put back and brought to today. %" G_GINT64_FORMAT
             " keys prove themselves with their next request; an alert is proof enough.\n",
             unproved);
  return 0;
}
