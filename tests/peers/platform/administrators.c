/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "administrators.h"

#include <glib-unix.h>

#include "peers/platform/enigm-password.h"

static void
on_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **hash = user_data;

  *hash = enigm_password_hash_finish (result, NULL);
}

static char *
hash_text (const char *text)
{
  g_autoptr (EnigmSecret) secret = enigm_password_take_text (text);
  char *hash = NULL;

  enigm_password_hash_async (secret, NULL, on_hashed, &hash);
  while (hash == NULL)
    g_main_context_iteration (NULL, TRUE);
  return hash;
}

Answer *
admin_ask (World *world, Admin *admin, const char *method, const char *path, const char *json)
{
  g_autofree char *uri = g_strconcat (world->state->config->origin, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  g_autoptr (GBytes) body = json != NULL ? g_bytes_new (json, strlen (json)) : NULL;

  if (admin != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", admin->token, NULL);

      soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                   bearer);
    }
  return world_send (world, message, "application/json", body);
}

char *
admin_sign_in (World *world, const char *name, const char *password)
{
  g_autofree char *body = g_strdup_printf ("{\"name\":\"%s\",\"password\":\"%s\"}", name, password);
  g_autoptr (Answer) answer = admin_ask (world, NULL, "POST", "/command/v1/sessions", body);

  return answer->status == 201 ? g_strdup (json_object_get_string_member (answer->json, "token"))
                               : NULL;
}

Admin *
admin_new (World *world, const char *name, EnigmRole role)
{
  static char *password_hash, *pin_hash;
  Admin *admin = g_new0 (Admin, 1);
  g_autoptr (GError) error = NULL;

  if (password_hash == NULL)
    {
      password_hash = hash_text (ADMIN_PASSWORD);
      pin_hash = hash_text ("271828");
    }
  g_assert_true (enigm_random_bytes (admin->id, sizeof admin->id, &error));
  {
    g_autoptr (EnigmTransaction) transaction = enigm_store_begin (world->state->store, &error);

    enigm_administrators_put (world->state, admin->id, name, role, password_hash, pin_hash, &error);
    g_assert_no_error (error);
    enigm_store_commit (world->state->store, &error);
    g_assert_no_error (error);
  }
  admin->token = admin_sign_in (world, name, ADMIN_PASSWORD);
  g_assert_nonnull (admin->token);
  return admin;
}

void
admin_free (Admin *admin)
{
  g_free (admin->token);
  g_free (admin);
}

/* A key as Command names it, and what is asked of it. */
char *
admin_key_path (Key *key, const char *rest)
{
  g_autofree char *pseudonym = enigm_hex_encode (key->offer.pseudonym, 32);

  return g_strconcat ("/command/v1/keys/", pseudonym, rest, NULL);
}

/* What comes of a wish: the key's state, or the problem. */
char *
admin_wish (World *world, Admin *admin, Key *key, const char *body)
{
  g_autofree char *path = admin_key_path (key, "/state");
  g_autoptr (Answer) answer = admin_ask (world, admin, "POST", path, body);

  if (answer->status != 200)
    return g_strdup (answer_problem (answer));
  return g_strdup (json_object_get_string_member (
    json_array_get_object_element (json_object_get_array_member (answer->json, "keys"), 0),
    "state"));
}

void
admin_assert_wish (World *world, Admin *admin, Key *key, const char *body, const char *expected)
{
  g_autofree char *got = admin_wish (world, admin, key, body);

  if (g_strcmp0 (got, expected) != 0)
    g_error ("%s: %s and not %s", body, got, expected);
}

void
admin_assert (World *world,
              Admin *admin,
              const char *method,
              const char *path,
              const char *body,
              const char *problem)
{
  g_autoptr (Answer) answer = admin_ask (world, admin, method, path, body);

  if (g_strcmp0 (answer_problem (answer), problem) != 0)
    g_error ("%s %s %s: %u %s and not %s", method, path, body, answer->status,
             answer_problem (answer), problem);
}

GSubprocess *
command_spawn (World *world, const char *input, const char *const *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *session = world_path (world, "session");
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;
  int ends[2];

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, &error));
  g_assert_cmpint (write (ends[1], input, strlen (input)), ==, (gssize) strlen (input));
  close (ends[1]);
  g_subprocess_launcher_take_fd (launcher, ends[0], 7);
  g_strv_builder_add_many (builder, g_getenv ("ENIGM_COMMAND"), "--session-file", session, NULL);
  g_strv_builder_addv (builder, (const char **) arguments);
  argv = g_strv_builder_end (builder);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  return process;
}

static void
on_communicated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **out = user_data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, out, NULL, &error);
  g_assert_no_error (error);
}

int
command_run (World *world, char **out, const char *input, const char *const *arguments)
{
  g_autoptr (GSubprocess) process = command_spawn (world, input, arguments);
  g_autofree char *said = NULL;

  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_communicated, &said);
  while (said == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (out != NULL)
    *out = g_steal_pointer (&said);
  return g_subprocess_get_exit_status (process);
}

void
command_sign_in (World *world, const char *name)
{
  g_autofree char *out = NULL;

  if (COMMAND (world, &out, ADMIN_PASSWORD "\n", "sign-in", "--platform",
               world->state->config->origin, "--ca", world->state->config->ca, "--name", name,
               "--password-fd", "7") != 0)
    g_error ("%s", out);
}

void
command_assert_says (World *world,
                     const char *input,
                     int status,
                     const char *says,
                     const char *const *argv)
{
  g_autofree char *out = NULL;
  int got = command_run (world, &out, input, argv);

  if (got != status || strstr (out, says) == NULL)
    g_error ("%s: %d, not %d with “%s”: %s", argv[0], got, status, says, out);
}

/* Adds keys, as if each had been paired as the one that there is. */
void
world_make_keys (World *world, guint n)
{
  g_autofree char *sql = g_strdup_printf (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u) "
    "INSERT INTO bindings (id, handle, account, certificate, pseudonym, hash, request_key, "
    "answer_key, state, restrictions, begun, since, trusted) "
    "SELECT randomblob (16), randomblob (16), b.account, randomblob (32), randomblob (32), b.hash, "
    "b.request_key, b.answer_key, 2, 0, b.begun, b.since, b.trusted FROM bindings b, n",
    n);

  world_run (world, sql);
}
