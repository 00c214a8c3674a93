/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <malloc.h>

#include "enigm-application.h"
#include "enigm-button.h"
#include "protocol/enigm-secret.h"

int
main (int argc, char *argv[])
{
  g_autoptr (EnigmApplication) application = NULL;

  enigm_process_protect ();
#ifdef __GLIBC__
  /* Threads only read and write files here: sharing one arena with them costs no time that a person
   * could see, and saves about 2 MB that they would each hold on to. */
  mallopt (M_ARENA_MAX, 1);
#endif
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_type_ensure (ENIGM_TYPE_BUTTON); /* Templates name it. */
  g_set_application_name (_ ("Enigm App"));

  application = enigm_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
