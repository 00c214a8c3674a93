/* SPDX-License-Identifier: GPL-3.0-or-later */

/* enigm-command, as somebody uses it: from the terminal, and from a script. */

#include "administrators.h"

#include <glib/gstdio.h>
#include <pty.h>
#include <unistd.h>

#define MANY 40000

/* The program itself, from the first word to the last. */
static void
test_program (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *pseudonym = NULL;
  g_autofree char *session = world_path (world, "session");
  g_autofree char *kept = NULL;
  GStatBuf buf;

  key_pair (world, key, anna);
  pseudonym = enigm_hex_encode (key->offer.pseudonym, 4);
  SAYS ("", 0, "A key is lost:", "--help");
  SAYS ("", 2, "which verb", "dance");
  SAYS ("", 3, "not signed in", "keys");
  SAYS ("wrong password\n", 1, "do not fit", "sign-in", "--platform", world->state->config->origin,
        "--ca", world->state->config->ca, "--name", "otto", "--password-fd", "7");
  SAYS (ADMIN_PASSWORD "\n", 4, "did not answer", "sign-in", "--platform",
        world->state->config->origin, "--name", "otto", "--password-fd", "7");
  command_sign_in (world, "otto");
  g_assert_cmpint (g_stat (session, &buf), ==, 0);
  g_assert_cmphex (buf.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (session, &kept, NULL, NULL));
  g_assert_null (strstr (kept, ADMIN_PASSWORD));

  SAYS ("", 0, "trusted", "keys");
  SAYS ("", 0, "\"state\":\"trusted\"", "keys", "--json");
  SAYS ("", 2, "is no key", "lost", "annas");
  SAYS ("", 1, "there is no key", "lost", "00000000");
  SAYS ("", 0, "Nothing was done", "lost", pseudonym, "--dry-run");
  SAYS ("", 0, "trusted", "keys");
  SAYS ("", 0, "restricted (lost)", "lost", pseudonym);
  g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, ENIGM_KEY_OUTCOME_FORBIDDEN);
  SAYS ("", 0, "tried to act", "key", pseudonym);
  SAYS ("", 0, "trusted", "found", pseudonym);
  SAYS ("", 2, "--reason", "revoke", pseudonym);
  SAYS ("000000\n", 1, "PIN", "revoke", pseudonym, "--reason", "lost", "--pin-fd", "7");
  SAYS ("", 2, "terminal", "revoke", pseudonym, "--reason", "lost");
  SAYS ("271828\n", 0, "Revoked for good", "revoke", pseudonym, "--reason", "lost", "--pin-fd",
        "7");
  SAYS ("271828\n", 0, "free", "release", pseudonym, "--pin-fd", "7");
  SAYS ("", 1, "does not let administrators", "events");
  SAYS ("", 0, "(this one)", "sessions");
  SAYS ("", 0, ": revoked as lost", "audit");
  SAYS ("", 0, "The audit holds", "verify");
  SAYS ("a new password\n", 2, "needed", "administrator-add", "--name", "vera");
  SAYS ("", 0, "otto", "administrators");
  SAYS ("", 0, "Signed out", "sign-out");
  SAYS ("", 3, "not signed in", "keys");
  g_assert_false (g_file_test (session, G_FILE_TEST_EXISTS));
}

/* What it says is one JSON object, and nothing else. */
static JsonObject *
run_json (World *world, const char *input, int status, const char *const *arguments)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_auto (GStrv) argv = NULL;
  g_autofree char *out = NULL;
  int got;

  g_strv_builder_addv (builder, (const char **) arguments);
  g_strv_builder_add (builder, "--json");
  argv = g_strv_builder_end (builder);
  got = command_run (world, &out, input, (const char *const *) argv);
  if (got != status || !json_parser_load_from_data (parser, out, -1, NULL) ||
      !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    g_error ("%s --json: %d, not %d: %s", argv[0], got, status, out);
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

static void
assert_json_error (World *world, const char *input, int status, const char *const *arguments)
{
  g_autoptr (JsonObject) said = run_json (world, input, status, arguments);

  g_assert_cmpstr (json_object_get_string_member (said, "error"), !=, "");
  g_assert_cmpint (json_object_get_int_member (said, "exit"), ==, status);
}

/* Everything that a verb may change, and the audit. */
static char *
dump_platform (World *world)
{
  static const char *const tables[] = { "bindings",       "binding_history",        "certificates",
                                        "administrators", "administrator_sessions", "audit" };
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT * FROM %s", tables[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (EnigmStatement) row = enigm_store_prepare (world->state->store, sql, &error);

      g_assert_no_error (error);
      while (enigm_statement_step (row, &error) == ENIGM_STEP_ROW)
        for (int column = 0; column < 8; column++)
          {
            gsize size = 0;
            const guint8 *data = enigm_statement_get_blob (row, column, &size);
            g_autofree char *hex = enigm_hex_encode (data, size);

            g_string_append_printf (text, "%s ", hex);
          }
    }
  return g_strdup (text->str);
}

#define WORDS 8

typedef struct
{
  const char *words[WORDS];
  const char *input;
} Call;

/* What fills in a call: the world's own values for the words that stand for them. */
static void
fill_in (World *world, const Call *call, const char *const *values, const char *words[WORDS + 2])
{
  static const char *const names[] = { "KEY", "PLATFORM", "CA", "SESSION", "OWNER" };
  gsize n = 0;

  for (; call->words[n] != NULL; n++)
    {
      words[n] = call->words[n];
      for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_str_equal (words[n], names[i]))
          words[n] = values[i];
    }
  words[n] = NULL;
}

/* What each verb is called with, in an order in which all of it can be done. */
#define SECRET_FDS "--password-fd=7", "--pin-fd=7"
static const Call calls[] = {
  { { "sign-in", "--platform", "PLATFORM", "--ca", "CA", "--name=otto", "--password-fd=7" },
    ADMIN_PASSWORD "\n" },
  { { "keys" }, "" },
  { { "key", "KEY" }, "" },
  { { "lost", "KEY" }, "" },
  { { "found", "KEY" }, "" },
  { { "suspend", "KEY" }, "" },
  { { "resume", "KEY" }, "" },
  { { "revoke", "KEY", "--reason=lost", "--pin-fd=7" }, "271828\n" },
  { { "release", "KEY", "--pin-fd=7" }, "271828\n" },
  { { "events" }, "" },
  { { "sessions" }, "" },
  { { "audit" }, "" },
  { { "verify" }, "" },
  { { "administrators" }, "" },
  { { "administrator-add", "--name=vera", "--role=viewer", SECRET_FDS },
    "a password\n111111\n271828\n" },
  { { "administrator-role", "OWNER", "--role=owner", "--pin-fd=7" }, "271828\n" },
  { { "administrator-remove", "OWNER", "--pin-fd=7" }, "271828\n" },
  { { "pin", "--pin-fd=7" }, "271828\n314159\n" },
  { { "password", "--password-fd=7" }, ADMIN_PASSWORD "\nanother password\n" },
  { { "close", "SESSION" }, "" },
  { { "sign-out" }, "" },
};

static void
assert_every_verb_is_called (World *world)
{
  g_autofree char *help = NULL;
  g_auto (GStrv) lines = NULL;
  gsize at = 0, n = 0;

  g_assert_cmpint (COMMAND (world, &help, "", "--help"), ==, 0);
  lines = g_strsplit (help, "\n", -1);
  while (!g_str_equal (lines[at], "Verbs:"))
    at++;
  for (at++; g_str_has_prefix (lines[at], "  "); at++, n++)
    {
      g_auto (GStrv) words = g_strsplit (lines[at] + 2, " ", 2);
      gboolean called = FALSE;

      for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
        called = called || g_str_equal (calls[i].words[0], words[0]);
      if (!called)
        g_error ("%s is not called here", words[0]);
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (calls));
}

static char *
find_session (World *world, Admin *admin)
{
  g_autoptr (Answer) answer = admin_ask (world, admin, "GET", "/command/v1/sessions", NULL);
  JsonArray *sessions = json_object_get_array_member (answer->json, "sessions");
  char *id = NULL;

  for (guint i = 0; i < json_array_get_length (sessions); i++)
    {
      JsonObject *session = json_array_get_object_element (sessions, i);

      if (json_object_get_boolean_member (session, "this"))
        id = g_strdup (json_object_get_string_member (session, "id"));
    }
  g_assert_nonnull (id);
  return id;
}

/* In a script: every verb answers in JSON, refused or not; tried out, it does nothing. */
static void
test_scripts (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) other = admin_new (world, "olga", ENIGM_ROLE_OWNER);
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *pseudonym = NULL;
  g_autofree char *id = enigm_hex_encode (other->id, ENIGM_ID_SIZE);
  g_autofree char *session = NULL;

  assert_every_verb_is_called (world);
  world->state->config->command_sees = ENIGM_COMMAND_SEES_EVENTS;
  key_pair (world, key, anna);
  pseudonym = enigm_hex_encode (key->offer.pseudonym, 6);
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      const char *verb = calls[i].words[0];
      const char *words[WORDS + 2] = { NULL };
      g_autofree char *before = NULL;
      g_autofree char *after = NULL;
      g_autoptr (JsonObject) tried = NULL;
      g_autoptr (JsonObject) done = NULL;
      gsize n;

      if (session == NULL)
        session = find_session (world, owner);
      /* Changing what they sign in with has ended it. */
      if (g_str_equal (verb, "close"))
        {
          g_free (session);
          g_free (owner->token);
          owner->token = admin_sign_in (world, "otto", "another password");
          session = find_session (world, owner);
        }
      {
        const char *const values[] = { pseudonym, world->state->config->origin,
                                       world->state->config->ca, session, id };

        fill_in (world, &calls[i], values, words);
      }
      n = g_strv_length ((char **) words);
      words[n] = "--unheard-of";
      assert_json_error (world, calls[i].input, 2, words);

      words[n] = "--dry-run";
      before = dump_platform (world);
      if (g_str_equal (verb, "events"))
        assert_json_error (world, "", 2, words);
      else
        tried = run_json (world, calls[i].input, 0, words);
      after = dump_platform (world);
      /* Who tries a password out is recorded. */
      if (!g_str_equal (verb, "sign-in") && !g_str_equal (before, after))
        g_error ("tried out, %s has done something", verb);
      words[n] = NULL;

      done = run_json (world, calls[i].input, 0, words);
    }
  for (gsize i = 1; i < G_N_ELEMENTS (calls); i++)
    {
      const char *words[WORDS + 2] = { NULL };
      const char *const values[] = { pseudonym, "", "", session, id };

      fill_in (world, &calls[i], values, words);
      assert_json_error (world, calls[i].input, 3, words);
    }
  assert_json_error (world, "", 2, (const char *const[]){ "dance", NULL });
  assert_json_error (world, "", 2, (const char *const[]){ "keys", "--unheard-of", NULL });
  assert_json_error (world, "", 2, (const char *const[]){ NULL });
}

/* What would be refused is refused when it is tried out, and nobody is told that it would be done.
 */
static void
test_tried_out_and_refused (World *world, gconstpointer data)
{
  static const Call refused[] = {
    { { "sign-in", "--platform", "PLATFORM", "--ca", "CA", "--name=otto", "--password-fd=7" },
      "not the password\n" },
    { { "lost", "00000000" }, "" },
    { { "found", "KEY" }, "" },
    { { "release", "KEY" }, "" },
    { { "close", "00000000000000000000000000000000" }, "" },
    { { "administrator-add", "--name=otto", "--role=viewer" }, "" },
    { { "administrator-add", "--name=v", "--role=viewer" }, "" },
    { { "administrator-add", "--name=vera", "--role=king" }, "" },
    { { "administrator-role", "OWNER", "--role=viewer" }, "" },
    { { "administrator-role", "00000000000000000000000000000000", "--role=viewer" }, "" },
    { { "administrator-remove", "OWNER" }, "" },
    { { "pin", "--pin-fd=7" }, "000000\n314159\n" },
    { { "pin", "--pin-fd=7" }, "271828\nshort\n" },
    { { "password", "--password-fd=7" }, "not the password\nanother password\n" },
    { { "password", "--password-fd=7" }, ADMIN_PASSWORD "\nshort\n" },
  };
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *pseudonym = NULL;
  g_autofree char *id = enigm_hex_encode (owner->id, ENIGM_ID_SIZE);

  key_pair (world, key, anna);
  pseudonym = enigm_hex_encode (key->offer.pseudonym, 6);
  admin_assert_wish (world, owner, key, "{\"to\":\"suspended\"}", "restricted");
  command_sign_in (world, "otto");
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      const char *words[WORDS + 2] = { NULL };
      const char *const values[] = { pseudonym, world->state->config->origin,
                                     world->state->config->ca, "", id };
      gsize n;

      fill_in (world, &refused[i], values, words);
      n = g_strv_length ((char **) words);
      words[n] = "--dry-run";
      assert_json_error (world, refused[i].input, 1, words);
      {
        g_autofree char *out = NULL;

        g_assert_cmpint (command_run (world, &out, refused[i].input, words), ==, 1);
        g_assert_null (strstr (out, "Would"));
      }
    }
}

/* A password goes nowhere but over TLS, and to nothing but a platform's address. */
static void
test_addresses (World *world, gconstpointer data)
{
  g_autofree char *plain =
    g_strconcat ("http", world->state->config->origin + strlen ("https"), NULL);
  g_autofree char *with_path = g_strconcat (world->state->config->origin, "/elsewhere", NULL);
  g_autofree char *session = world_path (world, "session");
  g_autofree char *kept = g_strdup_printf ("[session]\nplatform=%s\ntoken=abc\n", plain);
  const char *const wrong[] = { plain,      with_path,     "keys.example.org",
                                "https://", "file:///etc", "https://kim@keys.example.org" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    SAYS (ADMIN_PASSWORD "\n", 2, "https://", "sign-in", "--platform", wrong[i], "--ca",
          world->state->config->ca, "--name", "otto", "--password-fd", "7");
  SAYS (ADMIN_PASSWORD "\n", 2, "Nothing was sent", "sign-in", "--platform", plain, "--ca",
        world->state->config->ca, "--name", "otto", "--password-fd", "7");
  g_assert_true (g_file_set_contents (session, kept, -1, NULL));
  SAYS ("", 2, "Nothing was sent", "keys");
}

/* What is too much is not overlooked: it may have been meant. */
static void
test_too_much (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) owner = admin_new (world, "otto", ENIGM_ROLE_OWNER);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *list = world_path (world, "list");
  g_autofree char *pseudonym = NULL;

  key_pair (world, key, anna);
  pseudonym = enigm_hex_encode (key->offer.pseudonym, 4);
  command_sign_in (world, "otto");
  g_assert_true (g_file_set_contents (list, pseudonym, -1, NULL));
  SAYS ("", 2, "what is “more” for", "keys", "more");
  SAYS ("", 2, "what is “more” for", "key", pseudonym, "more");
  SAYS ("", 2, "what is “more” for", "sign-out", "more");
  SAYS ("", 2, "lost takes no --reason", "lost", pseudonym, "--reason", "stolen");
  SAYS ("", 2, "keys takes no --platform", "keys", "--platform", "https://localhost");
  SAYS ("", 2, "sign-out takes no --pin-fd", "sign-out", "--pin-fd", "7");
  SAYS ("", 2, "not both", "lost", "--keys-from", list, pseudonym);
  SAYS ("", 0, "trusted", "keys");
  SAYS ("271828\n", 0, "1 keys: lost", "lost", "--keys-from", list, "--pin-fd", "7");
}

/* An administrator's password and PIN are their own, whoever chose the first ones. */
static void
test_own_secrets (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) viewer = admin_new (world, "vera", ENIGM_ROLE_VIEWER);
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autofree char *again = NULL;

  key_pair (world, key, anna);
  command_sign_in (world, "olga");
  SAYS ("not the password\nmy own password\n", 1, "does not fit", "password", "--password-fd", "7");
  SAYS ("000000\n314159\n", 1, "does not fit", "pin", "--pin-fd", "7");
  admin_assert (world, operator, "GET", "/command/v1/keys", NULL, NULL);

  /* The other session of hers ends; this one and everybody else's stay. */
  SAYS (ADMIN_PASSWORD "\nmy own password\n", 0, "Done", "password", "--password-fd", "7");
  admin_assert (world, operator, "GET", "/command/v1/keys", NULL, "session-ended");
  admin_assert (world, viewer, "GET", "/command/v1/keys", NULL, NULL);
  SAYS ("", 0, "trusted", "keys");
  g_assert_null (admin_sign_in (world, "olga", ADMIN_PASSWORD));
  g_free (operator->token);
  operator->token = admin_sign_in (world, "olga", "my own password");
  g_assert_nonnull (operator->token);

  SAYS ("271828\n314159\n", 0, "Done", "pin", "--pin-fd", "7");
  admin_assert (world, operator, "GET", "/command/v1/keys", NULL, "session-ended");
  again = admin_sign_in (world, "olga", "my own password");
  g_free (operator->token);
  operator->token = g_steal_pointer (&again);
  admin_assert_wish (world, operator, key, REVOKE, "pin-wrong");
  admin_assert_wish (world, operator, key,
                     "{\"to\":\"revoked\",\"reason\":\"lost\",\"pin\":\"314159\"}", "revoked");
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE "
                                       "instr (record, CAST ('changed their ' AS BLOB))"),
                   ==, 2);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM audit WHERE security = 1 AND "
                                       "instr (record, CAST ('a wrong password, to' AS BLOB))"),
                   ==, 1);
  /* Whoever has the session has no other way to guess than at a sign-in. */
  for (guint i = 0; i < 10; i++)
    admin_assert (world, operator, "POST", "/command/v1/administrator/password",
                  "{\"password\":\"not the password\",\"new_password\":\"my own password\"}",
                  "sign-in-wrong");
  admin_assert (world, operator, "POST", "/command/v1/administrator/password",
                "{\"password\":\"not the password\",\"new_password\":\"my own password\"}",
                "too-many");
}

/* More keys than one answer could hold. */
static void
test_many (World *world, gconstpointer data)
{
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Admin) operator= admin_new (world, "olga", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (JsonObject) all = NULL;
  g_autofree char *pseudonym = NULL;

  key_pair (world, key, anna);
  world_make_keys (world, MANY - 1);
  pseudonym = enigm_hex_encode (key->offer.pseudonym, 12);
  command_sign_in (world, "olga");
  all = run_json (world, "", 0, (const char *const[]){ "keys", NULL });
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (all, "keys")), ==, MANY);
  SAYS ("", 0, "history", "key", pseudonym);
  SAYS ("", 0, "restricted (lost)", "lost", pseudonym);
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM bindings WHERE state = 3"), ==, 1);
}

typedef struct
{
  GInputStream *out;
  GString *said;
  /* Where what is typed goes, and what is going to be. */
  int terminal;
  const char *const *answers;
  char buffer[512];
  gboolean over;
} Typist;

static void read_on (Typist *typist);

/* Types an answer at each question. */
static void
on_said (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Typist *typist = user_data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  g_assert_no_error (error);
  typist->over = n == 0;
  if (typist->over)
    return;
  g_string_append_len (typist->said, typist->buffer, n);
  if (g_str_has_suffix (typist->said->str, ": "))
    {
      const char *answer = *typist->answers++;

      g_assert_nonnull (answer);
      g_assert_cmpint (write (typist->terminal, answer, strlen (answer)), ==,
                       (gssize) strlen (answer));
    }
  read_on (typist);
}

static void
read_on (Typist *typist)
{
  g_input_stream_read_async (typist->out, typist->buffer, sizeof typist->buffer, G_PRIORITY_DEFAULT,
                             NULL, on_said, typist);
}

/* Runs a line as it stands on a terminal, and returns what is seen there. */
static char *
run_on_terminal (World *world, char **argv, const char *const *answers, int status)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *states = world_path (world, "states");
  Typist typist = { .answers = answers };
  int inner;

  g_assert_cmpint (openpty (&typist.terminal, &inner, NULL, NULL, NULL), ==, 0);
  g_subprocess_launcher_take_stdin_fd (launcher, inner);
  g_subprocess_launcher_setenv (launcher, "XDG_STATE_HOME", states, TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  g_clear_object (&launcher);
  typist.out = g_subprocess_get_stdout_pipe (process);
  typist.said = g_string_new (NULL);
  read_on (&typist);
  while (!typist.over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
  close (typist.terminal);
  if (g_subprocess_get_exit_status (process) != status || *typist.answers != NULL)
    g_error ("%s: %d: %s", argv[1], g_subprocess_get_exit_status (process), typist.said->str);
  return g_string_free (typist.said, FALSE);
}

/* A word of the help's lines, with what it stands for. */
static char *
put_in (World *world, const char *word, const char *number)
{
  if (g_str_equal (word, "enigm-command"))
    return g_strdup (g_getenv ("ENIGM_COMMAND"));
  if (g_str_has_prefix (word, "--platform=https://"))
    return g_strconcat ("--platform=", world->state->config->origin, NULL);
  if (g_str_has_prefix (word, "--ca="))
    return g_strconcat ("--ca=", world->state->config->ca, NULL);
  return g_strdup (g_str_equal (word, "KEY") ? number : word);
}

/* A newcomer has the help, and what the owner reads in the app. */
static void
test_help_alone (World *world, gconstpointer data)
{
  static const struct
  {
    const char *verb;
    const char *answers[2];
    EnigmKeyOutcome alert;
  } lines[] = {
    { "sign-in", { ADMIN_PASSWORD "\n" }, ENIGM_KEY_OUTCOME_ACCEPTED },
    { "key", { NULL }, ENIGM_KEY_OUTCOME_ACCEPTED },
    { "lost", { NULL }, ENIGM_KEY_OUTCOME_FORBIDDEN },
    { "found", { NULL }, ENIGM_KEY_OUTCOME_ACCEPTED },
    { "revoke", { "271828\n" }, ENIGM_KEY_OUTCOME_GONE },
    { "release", { "271828\n" }, ENIGM_KEY_OUTCOME_RELEASED },
    { "sign-out", { NULL }, ENIGM_KEY_OUTCOME_RELEASED },
  };
  g_autoptr (Person) anna = person_new (world, "anna");
  g_autoptr (Person) ben = person_new (world, "ben");
  g_autoptr (Admin) kim = admin_new (world, "kim", ENIGM_ROLE_OPERATOR);
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  g_autoptr (Answer) shown = NULL;
  g_autofree char *help = NULL;
  g_autofree char *path = NULL;
  g_autofree char *number = NULL;
  g_auto (GStrv) text = NULL;
  gsize n = 0;

  key_pair (world, key, anna);
  path = key_path (key, "");
  shown = person_ask (world, anna, "GET", path, FALSE, NULL);
  number = g_strndup (json_object_get_string_member (shown->json, "pseudonym"), 12);
  g_assert_cmpint (COMMAND (world, &help, "", "--help"), ==, 0);
  text = g_strsplit (strstr (help, "A key is lost:"), "\n", -1);
  for (gsize i = 0; text[i] != NULL; i++)
    {
      g_autofree char *said = NULL;
      g_auto (GStrv) argv = NULL;

      if (!g_str_has_prefix (text[i], "  enigm-command "))
        continue;
      g_assert_cmpuint (n, <, G_N_ELEMENTS (lines));
      g_assert_true (g_shell_parse_argv (text[i], NULL, &argv, NULL));
      g_assert_cmpstr (argv[1], ==, lines[n].verb);
      for (char **word = argv; *word != NULL; word++)
        {
          char *put = put_in (world, *word, number);

          g_free (*word);
          *word = put;
        }
      said = run_on_terminal (world, argv, lines[n].answers, 0);
      /* What is typed is not shown. */
      g_assert_null (strstr (said, ADMIN_PASSWORD));
      g_assert_null (strstr (said, "271828"));
      g_assert_cmpint (key_say (world, key, ENIGM_KEY_REQUEST_ALERT), ==, lines[n].alert);
      n++;
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (lines));
  key_pair (world, key, ben);
}

/* New ones are asked for twice, and not taken where they differ. */
static void
test_typing_a_new_secret (World *world, gconstpointer data)
{
  static const char *const same[] = { "271828\n", "314159\n", "314159\n", NULL };
  static const char *const differ[] = { "314159\n", "111111\n", "111112\n", NULL };
  static const char *const entering[] = { ADMIN_PASSWORD "\n", NULL };
  g_autoptr (Admin) kim = admin_new (world, "kim", ENIGM_ROLE_VIEWER);
  g_autofree char *platform = g_strconcat ("--platform=", world->state->config->origin, NULL);
  g_autofree char *ca = g_strconcat ("--ca=", world->state->config->ca, NULL);
  const char *program = g_getenv ("ENIGM_COMMAND");
  const char *sign_in[] = { program, "sign-in", platform, ca, "--name=kim", NULL };
  const char *pin[] = { program, "pin", NULL };
  g_autofree char *in = run_on_terminal (world, (char **) sign_in, entering, 0);
  g_autofree char *done = run_on_terminal (world, (char **) pin, same, 0);
  g_autofree char *refused = run_on_terminal (world, (char **) pin, differ, 2);

  g_assert_nonnull (strstr (in, "Signed in as viewer"));
  g_assert_nonnull (strstr (done, "Done"));
  g_assert_nonnull (strstr (refused, "not the same twice"));
}

#define add(name, func)                                                                            \
  g_test_add ("/platform/command-program/" name, World, NULL, world_set_up, func, world_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("program", test_program);
  add ("scripts", test_scripts);
  add ("tried-out-and-refused", test_tried_out_and_refused);
  add ("addresses", test_addresses);
  add ("too-much", test_too_much);
  add ("own-secrets", test_own_secrets);
  add ("many", test_many);
  add ("help-alone", test_help_alone);
  add ("typing-a-new-secret", test_typing_a_new_secret);
  return g_test_run ();
}
