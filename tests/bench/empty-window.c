/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least a libadwaita program can be: what enigm-app's start and memory are measured against. */
#include <adwaita.h>

static void
on_activated (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);

  /* As large as the app opens at first: a window is held in memory more than once. */
  gtk_window_set_default_size (GTK_WINDOW (window), 760, 720);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  g_autoptr (AdwApplication) application =
    adw_application_new ("io.enigm.Empty", G_APPLICATION_NON_UNIQUE);

  g_signal_connect (application, "activate", G_CALLBACK (on_activated), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
