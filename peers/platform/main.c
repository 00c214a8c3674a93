/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gprintf.h>
#include <locale.h>

#include "app/protocol/enigm-secret.h"

#include "enigm-platform-program.h"

static const struct
{
  const gchar *name;
  int (*run) (int argc, char **argv);
  const gchar *summary;
} subcommands[] = {
  { "init", enigm_platform_init, "make keys, certificates and a configuration in a new folder" },
  { "serve", enigm_platform_serve, "answer keys and apps" },
  { "backup", enigm_platform_backup, "copy the database, also while the platform runs" },
  { "restore", enigm_platform_restore, "put a copy back, and let nothing come back with it" },
  { "administrator", enigm_platform_administrator,
    "make an owner, who signs in with enigm-command" },
  { "audit", enigm_platform_audit, "verify or list what happened" },
};

static void
print_usage (FILE *file)
{
  g_fprintf (file, "Usage: enigm-platform SUBCOMMAND [OPTION…]\n\n");
  for (gsize i = 0; i < G_N_ELEMENTS (subcommands); i++)
    g_fprintf (file, "  %-13s %s\n", subcommands[i].name, subcommands[i].summary);
  g_fprintf (file, "\nEach tells its options with --help.\n");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  enigm_process_protect ();
  g_set_prgname ("enigm-platform");

  if (argc == 2 && g_str_equal (argv[1], "--help"))
    {
      print_usage (stdout);
      return 0;
    }
  if (argc == 2 && g_str_equal (argv[1], "--version"))
    {
      g_print ("enigm-platform %s\n", PACKAGE_VERSION);
      return 0;
    }
  for (gsize i = 0; argc >= 2 && i < G_N_ELEMENTS (subcommands); i++)
    {
      if (g_str_equal (argv[1], subcommands[i].name))
        return subcommands[i].run (argc - 1, argv + 1);
    }
  print_usage (stderr);
  return 2;
}
