/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-window-size.h"

#define SIZE "window-size"
#define MAXIMIZED "window-maximized"
#define MIN_WIDTH 360
#define MIN_HEIGHT 320

void
enigm_window_size_remember (GtkWindow *window, GSettings *settings)
{
  int width;
  int height;

  gtk_window_get_default_size (window, &width, &height);
  g_settings_set (settings, SIZE, "(ii)", width, height);
  g_settings_set_boolean (settings, MAXIMIZED, gtk_window_is_maximized (window));
}

void
enigm_window_size_restore (GtkWindow *window, GSettings *settings)
{
  int width;
  int height;

  g_settings_get (settings, SIZE, "(ii)", &width, &height);
  gtk_window_set_default_size (window, MAX (width, MIN_WIDTH), MAX (height, MIN_HEIGHT));
  if (g_settings_get_boolean (settings, MAXIMIZED))
    gtk_window_maximize (window);
}
