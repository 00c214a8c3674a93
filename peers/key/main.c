/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <locale.h>
#include <sys/stat.h>

#include "command.h"
#include "enigm-secret.h"

#define USAGE                                                                                      \
  "enigm-key make-ca --dir DIR\n"                                                                  \
  "enigm-key factory --state DIR --ca-dir DIR --platform-key FILE\n"                               \
  "enigm-key run --state DIR [--adapter NAME] --control SOCKET\n"

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    int (*run) (int argc, char **argv);
  } commands[] = {
    { "make-ca", enigm_key_command_make_ca },
    { "factory", enigm_key_command_factory },
    { "run", enigm_key_command_run },
  };

  setlocale (LC_ALL, "");
  enigm_process_protect ();
  umask (0077);

  for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, argv[1]))
      return commands[i].run (argc - 1, argv + 1);

  if (argc == 2 && g_str_equal (argv[1], "--help"))
    {
      g_print ("%s", USAGE);
      return 0;
    }
  g_printerr ("%s", USAGE);

  return 2;
}
