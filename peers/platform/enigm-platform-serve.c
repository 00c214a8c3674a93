/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-platform-program.h"

#include <glib-unix.h>
#include <stdio.h>
#include <sys/resource.h>

#include "enigm-server.h"

#define MAX_FILES 20000

static gboolean
on_signal_received (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* As many files as may be had: each app that listens is one. */
static void
raise_files (void)
{
  struct rlimit files;

  if (getrlimit (RLIMIT_NOFILE, &files) != 0)
    return;
  files.rlim_cur = MIN (files.rlim_max, MAX_FILES);
  setrlimit (RLIMIT_NOFILE, &files);
}

static int
serve (const gchar *config_path, gint port, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (EnigmPlatformState) state = NULL;
  g_autoptr (EnigmServer) server = NULL;
  EnigmConfig *config = enigm_config_load (config_path, error);
  guint sigterm, sigint;

  if (config == NULL)
    return 1;
  raise_files ();
  if (port >= 0)
    config->port = port;
  state = enigm_platform_state_open (config, NULL, NULL, error);
  if (state == NULL)
    return 1;
  server = enigm_server_new (state, error);
  if (server == NULL || !enigm_server_listen (server, error))
    return 1;
  sigterm = g_unix_signal_add (SIGTERM, on_signal_received, loop);
  sigint = g_unix_signal_add (SIGINT, on_signal_received, loop);
  g_print ("listening on %s\n", state->config->origin);
  fflush (stdout);
  g_main_loop_run (loop);
  g_source_remove (sigterm);
  g_source_remove (sigint);

  /* What waits for its connection to end does so on the loop. */
  g_clear_pointer (&server, enigm_server_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  return 0;
}

/**
 * enigm_platform_serve:
 * @argc: arguments, the subcommand among them
 * @argv: (array length=argc): the arguments
 *
 * Serves until SIGTERM or SIGINT. Once requests are answered, one line says where:
 * `listening on https://HOST:PORT`.
 *
 * Returns: exit status: 0 after a signal, 1 if the platform cannot run, 2 for wrong arguments
 */
int
enigm_platform_serve (int argc, char **argv)
{
  g_autofree gchar *config_path = NULL;
  gint port = -1;
  GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config_path, "The configuration", "FILE" },
    { "port", 0, 0, G_OPTION_ARG_INT, &port, "Listen on this port; 0: on any", "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- answer keys and apps");
  g_autoptr (GError) error = NULL;
  int status;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("enigm-platform serve: %s\n", error->message);
      return 2;
    }
  if (config_path == NULL || argc > 1 || port < -1 || port > G_MAXUINT16)
    {
      g_printerr ("enigm-platform serve: --config FILE is needed; --port takes 0 to 65535\n");
      return 2;
    }
  status = serve (config_path, port, &error);
  if (error != NULL)
    g_printerr ("enigm-platform serve: %s\n", error->message);
  return status;
}
