/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "command-client.h"
#include "command-keys.h"
#include "command-print.h"
#include "command-secrets.h"

/* Exit status: */
#define EXIT_DONE 0
#define EXIT_REFUSED 1
#define EXIT_USAGE 2
#define EXIT_SESSION 3
#define EXIT_UNREACHABLE 4

static struct
{
  char *platform;
  char *ca;
  char *name;
  char *session;
  char *reason;
  char *role;
  char *file;
  int password_fd;
  int pin_fd;
  gboolean json;
  gboolean dry_run;
} options = { .password_fd = -1, .pin_fd = -1 };

static const GOptionEntry entries[] = {
  { "platform", 0, 0, G_OPTION_ARG_STRING, &options.platform, "sign-in: which platform",
    "https://HOST:PORT" },
  { "ca", 0, 0, G_OPTION_ARG_FILENAME, &options.ca,
    "sign-in: the platform's authority, if the system has it not", "FILE" },
  { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "sign-in, administrator-add: who", "NAME" },
  { "role", 0, 0, G_OPTION_ARG_STRING, &options.role,
    "administrator-add, administrator-role: viewer, operator or owner", "ROLE" },
  { "reason", 0, 0, G_OPTION_ARG_STRING, &options.reason,
    "revoke: lost, stolen, retired or replaced", "REASON" },
  { "keys-from", 0, 0, G_OPTION_ARG_FILENAME, &options.file,
    "revoke, lost, suspend…: many keys at once, one a line; all of them, or none", "FILE" },
  { "password-fd", 0, 0, G_OPTION_ARG_INT, &options.password_fd,
    "Read passwords from this descriptor, a line each, not from the terminal", "N" },
  { "pin-fd", 0, 0, G_OPTION_ARG_INT, &options.pin_fd,
    "Read PINs from this descriptor, a line each, not from the terminal", "N" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Answer in JSON", NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run,
    "Say what would be done, and do nothing; needs no PIN", NULL },
  { "session-file", 0, 0, G_OPTION_ARG_FILENAME, &options.session,
    "Where the session is kept (~/.local/state/enigm-command/session)", "FILE" },
  G_OPTION_ENTRY_NULL,
};

static JsonObject *
call (const char *method, const char *path, JsonObject *body, GError **error)
{
  g_autoptr (CommandClient) client = command_client_open (options.session, error);

  return client != NULL ? command_client_call (client, method, path, body, error) : NULL;
}

static gboolean
set_secret (JsonObject *body, const char *member, const char *what, int fd, GError **error)
{
  char *text = command_secrets_read (what, fd, error);

  if (text == NULL)
    return FALSE;
  json_object_set_string_member (body, member, text);
  explicit_bzero (text, strlen (text));
  g_free (text);
  return TRUE;
}

static gboolean
misused (GError **error, const char *why)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, why);
  return FALSE;
}

/* What would be asked, where nothing but the asking can be tried out. */
static gboolean
say_only (const char *what)
{
  if (options.json)
    g_print ("{\"dry_run\":true}\n");
  else
    g_print ("Would %s. Nothing was done.\n", what);
  return TRUE;
}

static gboolean
sign_in (char **arguments, GError **error)
{
  g_autoptr (CommandClient) client = NULL;
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonObject) session = NULL;

  if (options.platform == NULL || options.name == NULL)
    return misused (error, "--platform and --name are needed");
  if (options.dry_run)
    return say_only ("sign in");
  client = command_client_new (options.session, options.platform, options.ca, error);
  json_object_set_string_member (body, "name", options.name);
  if (client == NULL || !set_secret (body, "password", "Password", options.password_fd, error))
    return FALSE;
  session = command_client_call (client, "POST", "/command/v1/sessions", body, error);
  if (session == NULL || !command_client_keep (client, session, error))
    return FALSE;
  json_object_remove_member (session, "token");
  if (options.json)
    command_print_json (session);
  else
    g_print ("Signed in as %s, for six hours.\n", json_object_get_string_member (session, "role"));
  return TRUE;
}

static gboolean
sign_out (char **arguments, GError **error)
{
  g_autoptr (CommandClient) client = command_client_open (options.session, error);
  g_autoptr (JsonObject) answer = NULL;

  if (client == NULL)
    return FALSE;
  if (options.dry_run)
    return say_only ("sign out");
  answer = command_client_call (client, "DELETE", "/command/v1/session", NULL, error);
  if (answer == NULL && !g_error_matches (*error, COMMAND_ERROR, COMMAND_ERROR_SESSION))
    return FALSE;
  g_clear_error (error);
  command_client_forget (client);
  g_print (options.json ? "{}\n" : "Signed out.\n");
  return TRUE;
}

typedef void (*Printer) (JsonArray *array);

static gboolean
show (const char *path, const char *member, Printer print, GError **error)
{
  g_autoptr (JsonObject) answer = call ("GET", path, NULL, error);

  if (answer == NULL)
    return FALSE;
  if (options.json)
    command_print_json (answer);
  else
    print (json_object_get_array_member (answer, member));
  return TRUE;
}

static gboolean
keys (char **arguments, GError **error)
{
  return show ("/command/v1/keys", "keys", command_print_keys, error);
}

static GPtrArray *
find_pseudonyms (char **typed, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonObject) answer = NULL;

  if (typed[0] == NULL)
    {
      misused (error, "which key? `enigm-command keys` lists them");
      return NULL;
    }
  answer = call ("GET", "/command/v1/keys", NULL, error);
  for (gsize i = 0; answer != NULL && typed[i] != NULL; i++)
    {
      char *pseudonym =
        command_find_key (json_object_get_array_member (answer, "keys"), typed[i], error);

      if (pseudonym == NULL)
        return NULL;
      g_ptr_array_add (found, pseudonym);
    }
  return answer != NULL ? g_steal_pointer (&found) : NULL;
}

static gboolean
key (char **arguments, GError **error)
{
  g_autoptr (GPtrArray) found = find_pseudonyms (arguments, error);
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *path = NULL;

  if (found == NULL)
    return FALSE;
  path = g_strconcat ("/command/v1/keys/", g_ptr_array_index (found, 0), NULL);
  answer = call ("GET", path, NULL, error);
  if (answer == NULL)
    return FALSE;
  if (options.json)
    command_print_json (answer);
  else
    command_print_key (answer);
  return TRUE;
}

static void
report (JsonObject *answer, const char *to)
{
  gboolean tried = json_object_get_boolean_member (answer, "dry_run");

  if (options.json)
    {
      command_print_json (answer);
      return;
    }
  if (json_object_has_member (answer, "keys"))
    command_print_keys (json_object_get_array_member (answer, "keys"));
  else
    g_print ("%d keys: %s.\n", (int) json_object_get_int_member (answer, "count"), to);
  if (tried)
    g_print ("So it would be. Nothing was done.\n");
  else if (g_str_equal (to, "lost"))
    g_print (
      "The key's presses are refused from now on. `found` takes that back, `revoke` makes it "
      "final.\n");
  else if (g_str_equal (to, "revoked"))
    g_print ("Revoked for good. Open events stay open, without further positions; the owner ends "
             "them in the app.\n");
}

static gboolean
change (char **arguments, const char *to, gboolean final, GError **error)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *path = NULL;
  g_auto (GStrv) listed = NULL;
  gboolean many = options.file != NULL;

  if (g_str_equal (to, "revoked") && options.reason == NULL)
    return misused (error, "--reason lost, stolen, retired or replaced is needed");
  if (many && (listed = command_read_keys (options.file, error)) == NULL)
    return FALSE;
  found = find_pseudonyms (many ? listed : arguments, error);
  if (found == NULL)
    return FALSE;
  many = many || found->len > 1;
  json_object_set_string_member (body, "to", to);
  if (g_str_equal (to, "revoked"))
    json_object_set_string_member (body, "reason", options.reason);
  if (options.dry_run)
    json_object_set_boolean_member (body, "dry_run", TRUE);
  else if ((final || many) && !set_secret (body, "pin", "PIN", options.pin_fd, error))
    return FALSE;
  if (many)
    {
      JsonArray *array = json_array_new ();

      json_object_set_array_member (body, "pseudonyms", array);
      for (guint i = 0; i < found->len; i++)
        json_array_add_string_element (array, g_ptr_array_index (found, i));
      path = g_strdup ("/command/v1/keys/state");
    }
  else
    path = g_strconcat ("/command/v1/keys/", g_ptr_array_index (found, 0), "/state", NULL);
  answer = call ("POST", path, body, error);
  if (answer == NULL)
    return FALSE;
  report (answer, to);
  return TRUE;
}

static gboolean
lost (char **arguments, GError **error)
{
  return change (arguments, "lost", FALSE, error);
}

static gboolean
found_again (char **arguments, GError **error)
{
  return change (arguments, "found", FALSE, error);
}

static gboolean
suspend (char **arguments, GError **error)
{
  return change (arguments, "suspended", FALSE, error);
}

static gboolean
resume (char **arguments, GError **error)
{
  return change (arguments, "resumed", FALSE, error);
}

static gboolean
revoke_keys (char **arguments, GError **error)
{
  return change (arguments, "revoked", TRUE, error);
}

static gboolean
release (char **arguments, GError **error)
{
  return change (arguments, "released", TRUE, error);
}

static gboolean
events (char **arguments, GError **error)
{
  return show ("/command/v1/events", "events", command_print_events, error);
}

static gboolean
sessions (char **arguments, GError **error)
{
  return show ("/command/v1/sessions", "sessions", command_print_sessions, error);
}

static gboolean
done (JsonObject *answer)
{
  if (answer != NULL)
    g_print (options.json ? "{}\n" : "Done.\n");
  return answer != NULL;
}

static gboolean
close_session (char **arguments, GError **error)
{
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *path = NULL;

  if (arguments[0] == NULL)
    return misused (error, "which session? `enigm-command sessions` lists them");
  if (options.dry_run)
    return say_only ("close that session");
  path = g_strconcat ("/command/v1/sessions/", arguments[0], NULL);
  answer = call ("DELETE", path, NULL, error);
  return done (answer);
}

static gboolean
audit (char **arguments, GError **error)
{
  g_autoptr (JsonObject) all = json_object_new ();
  JsonArray *records = json_array_new ();
  gint64 after = 0;
  guint got;

  json_object_set_array_member (all, "records", records);
  do
    {
      g_autofree char *path = g_strdup_printf ("/command/v1/audit/%" G_GINT64_FORMAT, after);
      g_autoptr (JsonObject) answer = call ("GET", path, NULL, error);
      JsonArray *part;

      if (answer == NULL)
        return FALSE;
      part = json_object_get_array_member (answer, "records");
      got = json_array_get_length (part);
      for (guint i = 0; i < got; i++)
        {
          JsonObject *record = json_array_get_object_element (part, i);

          after = json_object_get_int_member (record, "number");
          json_array_add_object_element (records, json_object_ref (record));
        }
    }
  while (got > 0);
  if (options.json)
    command_print_json (all);
  else
    command_print_records (records);
  return TRUE;
}

static gboolean
verify (char **arguments, GError **error)
{
  g_autoptr (JsonObject) answer = call ("GET", "/command/v1/verification", NULL, error);

  if (answer == NULL)
    return FALSE;
  if (options.json)
    command_print_json (answer);
  if (json_object_get_boolean_member (answer, "holds"))
    {
      if (!options.json)
        g_print ("The audit holds: %d records.\n",
                 (int) json_object_get_int_member (answer, "records"));
      return TRUE;
    }
  g_set_error_literal (error, COMMAND_ERROR, COMMAND_ERROR_REFUSED,
                       json_object_get_string_member (answer, "where"));
  return FALSE;
}

static gboolean
administrators (char **arguments, GError **error)
{
  return show ("/command/v1/administrators", "administrators", command_print_administrators, error);
}

static gboolean
administrator_add (char **arguments, GError **error)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;

  if (options.name == NULL || options.role == NULL)
    return misused (error, "--name and --role are needed");
  if (options.dry_run)
    return say_only ("add that administrator");
  json_object_set_string_member (body, "name", options.name);
  json_object_set_string_member (body, "role", options.role);
  if (!set_secret (body, "new_password", "Their password", options.password_fd, error) ||
      !set_secret (body, "new_pin", "Their PIN", options.pin_fd, error) ||
      !set_secret (body, "pin", "Your PIN", options.pin_fd, error))
    return FALSE;
  answer = call ("POST", "/command/v1/administrators", body, error);
  return done (answer);
}

static gboolean
change_administrator (const char *id, const char *what, GError **error)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *path = NULL;

  if (id == NULL)
    return misused (error, "which? `enigm-command administrators` lists them");
  if (options.dry_run)
    return say_only ("change that administrator");
  if (options.role != NULL)
    json_object_set_string_member (body, "role", options.role);
  if (!set_secret (body, "pin", "PIN", options.pin_fd, error))
    return FALSE;
  path = g_strdup_printf ("/command/v1/administrators/%s/%s", id, what);
  answer = call ("POST", path, body, error);
  return done (answer);
}

static gboolean
administrator_role (char **arguments, GError **error)
{
  if (options.role == NULL)
    return misused (error, "--role is needed");
  return change_administrator (arguments[0], "role", error);
}

static gboolean
administrator_remove (char **arguments, GError **error)
{
  return change_administrator (arguments[0], "removal", error);
}

static const struct
{
  const char *name;
  const char *arguments;
  gboolean (*run) (char **arguments, GError **error);
  const char *summary;
} verbs[] = {
  { "sign-in", "", sign_in, "begin a session of six hours" },
  { "sign-out", "", sign_out, "end it" },
  { "keys", "", keys, "all keys and their states" },
  { "key", "KEY", key, "one key: its state, its history, and when it was used although refused" },
  { "lost", "KEY…", lost, "somebody lost it: its presses are refused at once, until found" },
  { "found", "KEY…", found_again, "take that back" },
  { "suspend", "KEY…", suspend, "refuse the key itself, whoever pairs it, until resumed" },
  { "resume", "KEY…", resume, "take that back" },
  { "revoke", "KEY…", revoke_keys, "end it for good, with --reason; asks for your PIN" },
  { "release", "KEY…", release, "let others pair a key that has ended; asks for your PIN" },
  { "events", "", events, "alerts and drills, where this platform lets you see them" },
  { "sessions", "", sessions, "who is signed in" },
  { "close", "SESSION", close_session, "close a session" },
  { "audit", "", audit, "what happened" },
  { "verify", "", verify, "whether the audit holds" },
  { "administrators", "", administrators, "who may sign in (owners)" },
  { "administrator-add", "", administrator_add, "add one, with --name and --role (owners)" },
  { "administrator-role", "ID", administrator_role, "change what one may do (owners)" },
  { "administrator-remove", "ID", administrator_remove, "remove one (owners)" },
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
    text, "\nKEY is the beginning of a key's pseudonym, as `keys` shows it.\n\n"
          "A key is lost:\n"
          "  enigm-command sign-in --platform=https://keys.example.org --name=kim\n"
          "  enigm-command keys              find it, by what its owner tells you of it\n"
          "  enigm-command lost KEY          at once; `found` takes it back\n"
          "  enigm-command revoke KEY --reason=lost    when it will not come back\n\n"
          "Exit status: 0 done, 1 refused, 2 wrong arguments, 3 not signed in, 4 no answer.\n");
  return g_strdup (text->str);
}

static int
fail (const char *verb, const GError *error)
{
  g_printerr ("enigm-command %s: %s\n", verb, error->message);
  if (error->domain == G_OPTION_ERROR ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
    return EXIT_USAGE;
  if (g_error_matches (error, COMMAND_ERROR, COMMAND_ERROR_SESSION))
    return EXIT_SESSION;
  if (g_error_matches (error, COMMAND_ERROR, COMMAND_ERROR_UNREACHABLE))
    return EXIT_UNREACHABLE;
  return EXIT_REFUSED;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("VERB [KEY…]");
  g_autofree char *description = list_verbs ();
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  enigm_process_protect ();
  g_set_prgname ("enigm-command");
  g_option_context_set_summary (context, "Looks after the keys of a platform, by pseudonym.");
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("enigm-command: %s\n", error->message);
      return EXIT_USAGE;
    }
  if (options.session == NULL)
    options.session = g_build_filename (g_get_user_state_dir (), "enigm-command", "session", NULL);
  for (gsize i = 0; argc >= 2 && i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (argv[1], verbs[i].name))
      return verbs[i].run (argv + 2, &error) ? EXIT_DONE : fail (argv[1], error);
  g_printerr ("enigm-command: which verb? --help tells them\n");
  return EXIT_USAGE;
}
