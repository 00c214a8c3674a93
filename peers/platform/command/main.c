/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "command-verbs.h"
#include "command-print.h"

/* Exit status: */
#define EXIT_DONE 0
#define EXIT_REFUSED 1
#define EXIT_USAGE 2
#define EXIT_SESSION 3
#define EXIT_UNREACHABLE 4

static const GOptionEntry entries[] = {
  { "platform", 0, 0, G_OPTION_ARG_STRING, &command_options.platform, "sign-in: which platform",
    "https://HOST:PORT" },
  { "ca", 0, 0, G_OPTION_ARG_FILENAME, &command_options.ca,
    "sign-in: the platform's authority, if the system has it not", "FILE" },
  { "name", 0, 0, G_OPTION_ARG_STRING, &command_options.name, "sign-in, administrator-add: who",
    "NAME" },
  { "role", 0, 0, G_OPTION_ARG_STRING, &command_options.role,
    "administrator-add, administrator-role: viewer, operator or owner", "ROLE" },
  { "reason", 0, 0, G_OPTION_ARG_STRING, &command_options.reason,
    "revoke: lost, stolen, retired or replaced", "REASON" },
  { "keys-from", 0, 0, G_OPTION_ARG_FILENAME, &command_options.file,
    "revoke, lost, suspend…: many keys at once, one a line; all of them, or none", "FILE" },
  { "password-fd", 0, 0, G_OPTION_ARG_INT, &command_options.password_fd,
    "Read passwords from this descriptor, a line each, not from the terminal", "N" },
  { "pin-fd", 0, 0, G_OPTION_ARG_INT, &command_options.pin_fd,
    "Read PINs from this descriptor, a line each, not from the terminal", "N" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &command_options.json, "Answer in JSON", NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &command_options.dry_run,
    "Say what would be done, and do nothing; needs no PIN but to change it", NULL },
  { "session-file", 0, 0, G_OPTION_ARG_FILENAME, &command_options.session,
    "Where the session is kept (~/.local/state/enigm-command/session)", "FILE" },
  G_OPTION_ENTRY_NULL,
};

#define MANY G_MAXUINT

static const struct
{
  const char *name;
  const char *arguments;
  /* How many of them at most. */
  guint most;
  /* What it may be told, besides --json, --dry-run and --session-file. */
  const char *options;
  gboolean (*run) (char **arguments, GError **error);
  const char *summary;
} verbs[] = {
  { "sign-in", "", 0, "platform ca name password-fd", command_sign_in,
    "begin a session of six hours" },
  { "sign-out", "", 0, "", command_sign_out, "end it" },
  { "keys", "", 0, "", command_keys, "all keys and their states" },
  { "key", "KEY", 1, "", command_key,
    "one key: its state, its history, and when it was used although refused" },
  { "lost", "KEY…", MANY, "keys-from pin-fd", command_lost,
    "somebody lost it: its presses are refused at once, until found" },
  { "found", "KEY…", MANY, "keys-from pin-fd", command_found, "take that back" },
  { "suspend", "KEY…", MANY, "keys-from pin-fd", command_suspend,
    "refuse the key itself, whoever pairs it, until resumed" },
  { "resume", "KEY…", MANY, "keys-from pin-fd", command_resume, "take that back" },
  { "revoke", "KEY…", MANY, "reason keys-from pin-fd", command_revoke,
    "end it for good, with --reason; asks for your PIN" },
  { "release", "KEY…", MANY, "keys-from pin-fd", command_release,
    "let others pair a key that has ended; asks for your PIN" },
  { "events", "", 0, "", command_events,
    "alerts and drills, where this platform lets you see them; each look is recorded" },
  { "sessions", "", 0, "", command_sessions, "who is signed in" },
  { "close", "SESSION", 1, "", command_close, "close a session" },
  { "password", "", 0, "password-fd", command_password,
    "change your password; your other sessions end" },
  { "pin", "", 0, "pin-fd", command_pin, "change your PIN; your other sessions end" },
  { "audit", "", 0, "", command_audit, "what happened" },
  { "verify", "", 0, "", command_verify, "whether the audit holds" },
  { "administrators", "", 0, "", command_administrators, "who may sign in (owners)" },
  { "administrator-add", "", 0, "name role password-fd pin-fd", command_administrator_add,
    "add one, with --name and --role (owners)" },
  { "administrator-role", "ID", 1, "role pin-fd", command_administrator_role,
    "change what one may do, with --role (owners)" },
  { "administrator-remove", "ID", 1, "pin-fd", command_administrator_remove,
    "remove one (owners)" },
};

static char *
list_verbs (void)
{
  g_autoptr (GString) text = g_string_new ("Verbs:\n");

  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      g_autofree char *left = g_strjoin (" ", verbs[i].name, verbs[i].arguments, NULL);

      g_string_append_printf (text, "  %-24s %s\n", left, verbs[i].summary);
    }
  g_string_append (
    text,
    "\nKEY is the beginning of a key's number, six digits or more, as `keys` shows it. Its owner\n"
    "reads the same number in Enigm App, on the key's page, or with `enigmctl keys`.\n\n"
    "A key is lost:\n"
    "  enigm-command sign-in --platform=https://keys.example.org:8443 --ca=ca.pem --name=kim\n"
    "  enigm-command key KEY                     # is it the one? its owner tells you the number\n"
    "  enigm-command lost KEY                    # its presses are refused, at once\n"
    "  enigm-command found KEY                   # it is back: that is taken back\n"
    "  enigm-command revoke KEY --reason=lost    # it will not come back: ended for good\n"
    "  enigm-command release KEY                 # somebody else may pair it\n"
    "  enigm-command sign-out\n"
    "Leave --ca out where the platform's certificate is of an authority that the system knows.\n\n"
    "Exit status: 0 done, 1 refused, 2 wrong arguments, 3 not signed in, 4 no answer.\n");
  return g_strdup (text->str);
}

static int
get_status (const GError *error)
{
  if (error->domain == G_OPTION_ERROR ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
    return EXIT_USAGE;
  if (g_error_matches (error, COMMAND_ERROR, COMMAND_ERROR_SESSION))
    return EXIT_SESSION;
  if (g_error_matches (error, COMMAND_ERROR, COMMAND_ERROR_UNREACHABLE))
    return EXIT_UNREACHABLE;
  return EXIT_REFUSED;
}

static int
fail (const char *verb, const GError *error)
{
  int status = get_status (error);

  if (g_error_matches (error, COMMAND_ERROR, COMMAND_ERROR_SAID))
    return status;
  if (command_options.json)
    {
      g_autoptr (JsonObject) object = json_object_new ();

      json_object_set_string_member (object, "error", error->message);
      json_object_set_int_member (object, "exit", status);
      command_print_json (object);
    }
  else
    g_printerr ("enigm-command%s%s: %s\n", *verb != '\0' ? " " : "", verb, error->message);
  return status;
}

/* Whoever says more than a verb heeds may think that it was heeded. */
static gboolean
check_options (const char *verb, const char *taken, GError **error)
{
  const struct
  {
    const char *name;
    gboolean is_given;
  } options[] = {
    { "platform", command_options.platform != NULL },
    { "ca", command_options.ca != NULL },
    { "name", command_options.name != NULL },
    { "role", command_options.role != NULL },
    { "reason", command_options.reason != NULL },
    { "keys-from", command_options.file != NULL },
    { "password-fd", command_options.password_fd >= 0 },
    { "pin-fd", command_options.pin_fd >= 0 },
  };
  g_auto (GStrv) names = g_strsplit (taken, " ", -1);

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if (options[i].is_given && !g_strv_contains ((const char *const *) names, options[i].name))
      {
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s takes no --%s", verb,
                     options[i].name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
run (const char *verb, char **arguments, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      if (!g_str_equal (verb, verbs[i].name))
        continue;
      if (!check_options (verb, verbs[i].options, error))
        return FALSE;
      if (g_strv_length (arguments) <= verbs[i].most)
        return verbs[i].run (arguments, error);
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "what is “%s” for?",
                   arguments[verbs[i].most]);
      return FALSE;
    }
  return command_misused (error, "which verb? --help tells them");
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("VERB [KEY…]");
  g_autofree char *description = list_verbs ();
  g_autoptr (GError) error = NULL;
  gboolean in_json = g_strv_contains ((const char *const *) argv, "--json");

  setlocale (LC_ALL, "");
  enigm_process_protect ();
  g_set_prgname ("enigm-command");
  g_option_context_set_summary (context, "Looks after the keys of a platform, by pseudonym.");
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      /* An option that is wrong takes those before it back. */
      command_options.json = in_json;
      return fail ("", error);
    }
  if (command_options.session == NULL)
    command_options.session =
      g_build_filename (g_get_user_state_dir (), "enigm-command", "session", NULL);
  if (argc < 2)
    command_misused (&error, "which verb? --help tells them");
  else if (run (argv[1], argv + 2, &error))
    return EXIT_DONE;
  return fail (argc >= 2 ? argv[1] : "", error);
}
