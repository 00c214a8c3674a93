/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gunixoutputstream.h>
#include <glib/gi18n-lib.h>
#include <glib-unix.h>
#include <locale.h>
#include <unistd.h>

#include "enigm-cli-secrets.h"
#include "enigm-control.h"
#include "enigm-error.h"
#include "enigm-state-lock.h"

typedef struct
{
  GMainLoop *loop;
  GCancellable *cancellable;
  GPtrArray *argv;
  GHashTable *secrets;
  EnigmAccount *account;
  EnigmControl *control;
  int code;
} Program;

static void
end (Program *program, int code)
{
  program->code = code;
  g_main_loop_quit (program->loop);
}

/* What is said here is said before a run of a verb could, in the same two ways. */
static int
refuse (const char *const *argv, const char *message, int code)
{
  if (enigm_cli_wants_json (argv))
    {
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
      g_autofree char *line = NULL;

      json_node_take_object (node, enigm_cli_error_to_json (message, code));
      line = json_to_string (node, FALSE);
      g_print ("%s\n", line);
    }
  g_printerr ("%s\n", message);
  return code;
}

static void
fail (Program *program, const GError *error)
{
  end (program,
       refuse ((const char *const *) program->argv->pdata, error->message, ENIGM_CLI_FAILED));
}

static void
on_run_finished (GObject *object, GAsyncResult *result, gpointer user_data)
{
  end (user_data, enigm_cli_run_finish (ENIGM_CLI (object), result));
}

/* A verb that goes on until it is interrupted keeps no other enigmctl out. */
static gboolean
goes_on (Program *program)
{
  return program->argv->len > 2 && g_str_equal (program->argv->pdata[0], "alerts") &&
         g_strcmp0 (program->argv->pdata[1], "watch") == 0;
}

static void
on_bus_got_for_others (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Program *program = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);

  if (connection == NULL || program->account == NULL)
    return;
  /* Watching needs no bus: it goes on without. */
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  program->control = enigm_control_export (connection, program->account, &error);
  if (program->control == NULL)
    g_info ("Other programs cannot reach this one: %s", error->message);
}

static void
on_account_loaded (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Program *program = user_data;
  g_autoptr (GOutputStream) out = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  g_autoptr (GOutputStream) err = g_unix_output_stream_new (STDERR_FILENO, FALSE);
  g_autoptr (EnigmCli) cli = enigm_cli_new (
    program->account, (const char *const *) program->argv->pdata, program->secrets, out, err);
  g_autoptr (GError) error = NULL;

  if (enigm_account_load_finish (program->account, result, &error) && goes_on (program))
    g_bus_get (G_BUS_TYPE_SESSION, program->cancellable, on_bus_got_for_others, program);
  if (error == NULL)
    enigm_cli_run_async (cli, program->cancellable, on_run_finished, program);
  else
    enigm_cli_refuse_async (cli, error, on_run_finished, program);
}

static void
on_app_answered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Program *program = user_data;
  g_autoptr (GError) error = NULL;
  const int code = enigm_control_call_finish (G_DBUS_CONNECTION (object), result, &error);

  if (error != NULL)
    fail (program, error);
  else
    end (program, code);
}

static void
on_session_bus_got (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Program *program = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);

  if (connection == NULL)
    {
      fail (program, error);
      return;
    }
  enigm_control_call_async (connection, (const char *const *) program->argv->pdata,
                            program->secrets, on_app_answered, program);
}

static gboolean
on_interrupted (gpointer user_data)
{
  Program *program = user_data;

  /* Once: what is under way is undone. Twice: the shell's own way. */
  if (g_cancellable_is_cancelled (program->cancellable))
    end (program, ENIGM_CLI_INTERRUPTED);
  g_cancellable_cancel (program->cancellable);
  return G_SOURCE_CONTINUE;
}

static int
run (Program *program)
{
  g_autofree char *data_dir = enigm_account_default_data_dir ();
  g_autoptr (EnigmKeyring) keyring = enigm_keyring_new ();
  g_autoptr (EnigmStateLock) lock = NULL;
  g_autoptr (GError) error = NULL;
  guint signals[2];

  program->loop = g_main_loop_new (NULL, FALSE);
  program->cancellable = g_cancellable_new ();
  lock = enigm_state_lock_take (data_dir, &error);
  if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_IN_USE))
    {
      /* The app goes on when this process ends, and then cancels what it began for it. */
      g_bus_get (G_BUS_TYPE_SESSION, NULL, on_session_bus_got, program);
      g_main_loop_run (program->loop);
    }
  else if (lock == NULL)
    fail (program, error);
  else
    {
      signals[0] = g_unix_signal_add (SIGINT, on_interrupted, program);
      signals[1] = g_unix_signal_add (SIGTERM, on_interrupted, program);
      program->account = enigm_account_new (data_dir, keyring);
      enigm_account_load_async (program->account, program->cancellable, on_account_loaded, program);
      g_main_loop_run (program->loop);
      g_source_remove (signals[0]);
      g_source_remove (signals[1]);
      g_clear_pointer (&program->control, enigm_control_free);
      enigm_account_listen (program->account, FALSE);
      while (enigm_account_is_saving (program->account))
        g_main_context_iteration (NULL, TRUE);
      g_clear_object (&program->account);
    }
  g_clear_object (&program->cancellable);
  g_main_loop_unref (program->loop);
  return program->code;
}

static void
print_help (void)
{
  g_autofree char *verbs = enigm_cli_verb_list ();

  g_print (
    _ ("Usage: enigmctl VERB … [--json]\n\n"
       "%s\n"
       "Secrets are asked on the terminal or read from a file descriptor, a line each.\n\n"
       "Exit codes: 0 done; 1 not done; 2 command line not understood; 3 nobody is signed in;\n"
       "4 platform away or not trusted; 5 keyring locked or missing; 6 Bluetooth or the key;\n"
       "7 the platform refused; 130 interrupted;\n"
       "status: 0 ready, 10 not ready, 11 not known.\n"),
    verbs);
}

int
main (int argc, char *argv[])
{
  Program program = { NULL };
  const EnigmCliVerb *verb;
  g_autoptr (GError) error = NULL;
  int code;

  enigm_process_protect ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_set_prgname ("enigmctl");

  if (argc < 2 || g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "help"))
    {
      print_help ();
      return argc < 2 ? ENIGM_CLI_USAGE : ENIGM_CLI_OK;
    }
  if (g_str_equal (argv[1], "--version"))
    {
      g_print ("enigmctl %s\n", PACKAGE_VERSION);
      return ENIGM_CLI_OK;
    }
  verb = enigm_cli_verb_find (argv[1]);
  if (verb == NULL)
    {
      g_autofree char *message =
        g_strdup_printf (_ ("enigmctl: There is no “%s”. See enigmctl --help."), argv[1]);

      return refuse ((const char *const *) argv + 1, message, ENIGM_CLI_USAGE);
    }

  program.argv = g_ptr_array_new ();
  for (int i = 1; i < argc; i++)
    g_ptr_array_add (program.argv, argv[i]);
  program.secrets = enigm_cli_secrets_take (verb, program.argv, &error);
  if (program.secrets == NULL)
    {
      const gboolean interrupted = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

      g_ptr_array_unref (program.argv);
      return refuse ((const char *const *) argv + 1, error->message,
                     interrupted ? ENIGM_CLI_INTERRUPTED : ENIGM_CLI_USAGE);
    }
  g_ptr_array_add (program.argv, NULL);
  code = run (&program);
  g_hash_table_unref (program.secrets);
  g_ptr_array_unref (program.argv);
  return code;
}
