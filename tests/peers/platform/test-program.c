/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <signal.h>

#include "app/protocol/enigm-text.h"

#include "enigm-certificates.h"
#include "enigm-store.h"

typedef struct
{
  gchar *folder;
  gchar *maker;
  gchar *platform;
} Fixture;

static GSubprocess *
spawn (gchar **out, gchar **err, const gchar *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_auto (GStrv) argv = NULL;
  GSubprocess *process;

  g_strv_builder_add (builder, g_getenv ("ENIGM_PLATFORM"));
  g_strv_builder_addv (builder, (const char **) arguments);
  argv = g_strv_builder_end (builder);
  launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  /* The program lets nobody look into its memory, the leak checker no more than anybody. */
  g_subprocess_launcher_setenv (launcher, "ASAN_OPTIONS", "detect_leaks=0", TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const gchar *const *) argv, &error);
  g_assert_no_error (error);
  if (out != NULL)
    {
      g_subprocess_communicate_utf8 (process, NULL, NULL, out, err, &error);
      g_assert_no_error (error);
    }
  return process;
}

static gint
run (gchar **out, gchar **err, const gchar *const *arguments)
{
  g_autofree gchar *some_out = NULL;
  g_autofree gchar *some_err = NULL;
  g_autoptr (GSubprocess) process =
    spawn (out != NULL ? out : &some_out, err != NULL ? err : &some_err, arguments);

  g_assert_true (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

#define RUN(out, err, ...) run (out, err, (const gchar *const[]){ __VA_ARGS__, NULL })

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmP256Key) key = enigm_p256_key_generate (&error);
  g_autofree gchar *pem = enigm_certificates_make_ca (key, "A maker of keys", &error);

  fixture->folder = g_dir_make_tmp ("enigm-program-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->maker = g_build_filename (fixture->folder, "maker.pem", NULL);
  fixture->platform = g_build_filename (fixture->folder, "platform", NULL);
  g_assert_true (g_file_set_contents (fixture->maker, pem, -1, &error));
}

static void
remove_all (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_all (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->maker);
  g_free (fixture->platform);
}

static void
assert_mode (Fixture *fixture, const gchar *name, guint mode)
{
  g_autofree gchar *path = g_build_filename (fixture->platform, name, NULL);
  GStatBuf buf;

  g_assert_cmpint (g_stat (path, &buf), ==, 0);
  g_assert_cmphex (buf.st_mode & 0777, ==, mode);
}

/* Runs it, has it say where it listens, stops it. */
static gchar *
serve_once (Fixture *fixture, int signal_number)
{
  g_autofree gchar *config = g_build_filename (fixture->platform, "platform.conf", NULL);
  const gchar *const arguments[] = { "serve", "--config", config, "--port", "0", NULL };
  g_autoptr (GSubprocess) process = spawn (NULL, NULL, arguments);
  g_autoptr (GDataInputStream) out =
    g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autoptr (GError) error = NULL;
  gchar *line = g_data_input_stream_read_line (out, NULL, NULL, &error);

  g_assert_no_error (error);
  g_subprocess_send_signal (process, signal_number);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  return line;
}

static void
test_init_and_serve (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *out = NULL;
  g_autofree gchar *err = NULL;
  g_autofree gchar *first = NULL;
  g_autofree gchar *second = NULL;
  g_autofree gchar *public_path = g_build_filename (fixture->platform, "identity.pub", NULL);
  g_autofree gchar *identity = NULL;
  static const gchar *const private_files[] = { "ca-key.pem", "server-key.pem", "reserve-key.pem",
                                                "identity-key.pem", "secrets" };

  g_assert_cmpint (RUN (&out, NULL, "init", "--dir", fixture->platform, "--maker-ca",
                        fixture->maker, "--origin", "https://localhost"),
                   ==, 0);
  g_assert_nonnull (strstr (out, "/ca.pem"));
  g_assert_nonnull (strstr (out, "/identity.pub"));
  assert_mode (fixture, ".", 0700);
  for (gsize i = 0; i < G_N_ELEMENTS (private_files); i++)
    assert_mode (fixture, private_files[i], 0600);
  g_assert_true (g_file_get_contents (public_path, &identity, NULL, NULL));
  g_strchomp (identity);
  {
    g_autoptr (GBytes) point =
      enigm_base64url_decode (identity, ENIGM_P256_POINT_SIZE, ENIGM_P256_POINT_SIZE);

    g_assert_nonnull (point);
  }

  first = serve_once (fixture, SIGTERM);
  g_assert_true (g_str_has_prefix (first, "listening on https://localhost:"));
  second = serve_once (fixture, SIGINT);
  g_assert_true (g_str_has_prefix (second, "listening on https://localhost:"));
  assert_mode (fixture, "platform.db", 0600);
  assert_mode (fixture, "platform.journal", 0600);

  /* The keys that are in use are never made anew. */
  g_assert_cmpint (
    RUN (NULL, &err, "init", "--dir", fixture->platform, "--maker-ca", fixture->maker), ==, 1);
  g_assert_nonnull (strstr (err, "nothing was changed"));
}

static void
test_bad_arguments (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *help = NULL;

  g_assert_cmpint (RUN (NULL, NULL, "dance"), ==, 2);
  g_assert_cmpint (RUN (NULL, NULL, "init"), ==, 2);
  g_assert_cmpint (RUN (NULL, NULL, "serve"), ==, 2);
  g_assert_cmpint (RUN (NULL, NULL, "serve", "--config", "x", "--port", "65536"), ==, 2);
  g_assert_cmpint (RUN (NULL, NULL, "serve", "--config", "/nowhere/platform.conf"), ==, 1);
  g_assert_cmpint (RUN (&help, NULL, "--help"), ==, 0);
  g_assert_nonnull (strstr (help, "init"));
  g_assert_nonnull (strstr (help, "serve"));
}

static void
test_bad_origins (Fixture *fixture, gconstpointer data)
{
  static const gchar *const origins[] = {
    "http://localhost",    "https://",       "https://Localhost", "https://localhost/",
    "https://localhost/x", "localhost:8443", "https://a:0",       "https://a:65536",
    "https://a:08443",     "https://me@a",   "https://a?x",       "https://a#x",
    "https://a b",         "https://a,b",    "https://a\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (origins); i++)
    {
      g_autofree gchar *err = NULL;

      if (RUN (NULL, &err, "init", "--dir", fixture->platform, "--maker-ca", fixture->maker,
               "--origin", origins[i]) != 1)
        g_error ("%s was taken", origins[i]);
      g_assert_nonnull (strstr (err, "origin"));
      g_assert_false (g_file_test (fixture->platform, G_FILE_TEST_EXISTS));
    }
}

static void
test_bad_maker (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *err = NULL;

  g_assert_true (g_file_set_contents (fixture->maker, "no certificate", -1, NULL));
  g_assert_cmpint (
    RUN (NULL, &err, "init", "--dir", fixture->platform, "--maker-ca", fixture->maker), ==, 1);
  g_assert_nonnull (strstr (err, "maker CA"));
}

/* A server's certificate is nobody's authority. */
static void
test_maker_is_no_authority (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmP256Key) ca_key = enigm_p256_key_generate (&error);
  g_autoptr (EnigmP256Key) key = enigm_p256_key_generate (&error);
  g_autofree gchar *ca = enigm_certificates_make_ca (ca_key, "A maker of keys", &error);
  g_autofree gchar *pem = enigm_certificates_make_server (ca_key, ca, key, "localhost", &error);
  g_autofree gchar *err = NULL;

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (fixture->maker, pem, -1, NULL));
  g_assert_cmpint (
    RUN (NULL, &err, "init", "--dir", fixture->platform, "--maker-ca", fixture->maker), ==, 1);
  g_assert_nonnull (strstr (err, "maker CA"));
  g_assert_false (g_file_test (fixture->platform, G_FILE_TEST_EXISTS));
}

/* One wrong word in the configuration, and it does not start with something else instead. */
static void
test_bad_configuration (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const gchar *from;
    const gchar *to;
    const gchar *says;
  } cases[] = {
    { "port=", "prot=", "prot" },
    { "port=443", "port=many", "port" },
    { "port=443", "port=65536", "port" },
    { "retention-days=30", "retention-days=0", "retention-days" },
    { "origin=https", "origin=http", "origin" },
    { "origin=", "#", "origin" },
    { "database=platform.db", "database=", "database" },
    { "secrets=secrets", "secrets=nowhere", "nowhere" },
    { "secrets=secrets", "secrets=maker-ca.pem", "maker-ca.pem" },
    { "identity-key=identity-key.pem", "identity-key=ca.pem", "" },
    { "reserve-key=reserve-key.pem", "reserve-key=ca.pem", "ca.pem" },
    { "[files]", "[flies]", "flies" },
  };
  g_autofree gchar *path = g_build_filename (fixture->platform, "platform.conf", NULL);
  g_autofree gchar *good = NULL;

  g_assert_cmpint (RUN (NULL, NULL, "init", "--dir", fixture->platform, "--maker-ca",
                        fixture->maker, "--origin", "https://localhost"),
                   ==, 0);
  g_assert_true (g_file_get_contents (path, &good, NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) text = g_string_new (good);
      g_autofree gchar *err = NULL;

      g_assert_cmpuint (g_string_replace (text, cases[i].from, cases[i].to, 1), ==, 1);
      g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
      g_assert_cmpint (RUN (NULL, &err, "serve", "--config", path, "--port", "0"), ==, 1);
      if (strstr (err, cases[i].says) == NULL)
        g_error ("with %s it says %s", cases[i].to, err);
    }
}

static gchar *
in_platform (Fixture *fixture, const gchar *name)
{
  return g_build_filename (fixture->platform, name, NULL);
}

static void
tamper (Fixture *fixture, const gchar *sql)
{
  g_autofree gchar *path = in_platform (fixture, "platform.db");
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmStore) store = enigm_store_open (path, &error);

  g_assert_no_error (error);
  enigm_store_run (store, &error, sql, "");
  g_assert_no_error (error);
}

/* Copied, put back, and looked at: the restore itself is in the audit. */
static void
test_backup_and_audit (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *config = in_platform (fixture, "platform.conf");
  g_autofree gchar *copy = in_platform (fixture, "copy.db");
  g_autofree gchar *line = NULL;
  g_autofree gchar *out = NULL;
  g_autofree gchar *listed = NULL;
  g_autofree gchar *err = NULL;
  g_autofree gchar *json = NULL;

  g_assert_cmpint (RUN (NULL, NULL, "init", "--dir", fixture->platform, "--maker-ca",
                        fixture->maker, "--origin", "https://localhost"),
                   ==, 0);
  g_assert_cmpint (RUN (NULL, &err, "backup", "--config", config, "--to", copy), ==, 1);
  line = serve_once (fixture, SIGTERM);
  g_assert_cmpint (RUN (NULL, NULL, "backup", "--config", config, "--to", copy), ==, 0);
  assert_mode (fixture, "copy.db", 0600);
  g_assert_cmpint (RUN (NULL, NULL, "backup", "--config", config, "--to", copy), ==, 1);
  g_assert_cmpint (RUN (NULL, NULL, "restore", "--config", config, "--from", copy), ==, 0);
  assert_mode (fixture, "platform.db", 0600);
  g_clear_pointer (&line, g_free);
  line = serve_once (fixture, SIGTERM);

  g_assert_cmpint (RUN (&out, NULL, "audit", "verify", "--config", config), ==, 0);
  g_assert_nonnull (strstr (out, "1 records"));
  g_assert_cmpint (RUN (&listed, NULL, "audit", "list", "--config", config), ==, 0);
  g_assert_nonnull (strstr (listed, "brought to today"));
  tamper (fixture, "UPDATE audit SET time = time - 1");
  g_clear_pointer (&err, g_free);
  g_assert_cmpint (RUN (NULL, &err, "audit", "verify", "--config", config), ==, 1);
  g_assert_nonnull (strstr (err, "record 1 was changed"));
  g_assert_cmpint (RUN (&json, NULL, "audit", "verify", "--json", "--config", config), ==, 1);
  g_assert_nonnull (strstr (json, "\"holds\":false"));
  g_assert_cmpint (RUN (NULL, NULL, "audit", "--config", config), ==, 2);
  g_assert_cmpint (RUN (NULL, NULL, "restore", "--config", config), ==, 2);
  g_assert_cmpint (RUN (NULL, NULL, "backup", "--to", copy), ==, 2);
}

static int
make_owner (Fixture *fixture, const gchar *name, const gchar *input)
{
  g_autofree gchar *config = in_platform (fixture, "platform.conf");
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                        G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                      &error, g_getenv ("ENIGM_PLATFORM"), "administrator", "--config", config,
                      "--name", name, "--secrets-fd", "0", NULL);

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return g_subprocess_get_exit_status (process);
}

static void
test_administrator (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *config = in_platform (fixture, "platform.conf");
  g_autofree gchar *listed = NULL;

  g_assert_cmpint (RUN (NULL, NULL, "init", "--dir", fixture->platform, "--maker-ca",
                        fixture->maker, "--origin", "https://localhost"),
                   ==, 0);
  g_assert_cmpint (make_owner (fixture, "kim", "short\n271828\n"), ==, 2);
  g_assert_cmpint (make_owner (fixture, "kim", "a long password\n27182\n"), ==, 2);
  g_assert_cmpint (make_owner (fixture, "kim", "a long password\n"), ==, 2);
  g_assert_cmpint (make_owner (fixture, "K i m", "a long password\n271828\n"), ==, 1);
  g_assert_cmpint (make_owner (fixture, "kim", "a long password\n271828\n"), ==, 0);
  g_assert_cmpint (make_owner (fixture, "kim", "a long password\n271828\n"), ==, 1);
  g_assert_cmpint (RUN (&listed, NULL, "audit", "list", "--config", config), ==, 0);
  g_assert_nonnull (strstr (listed, "made an owner"));
  g_assert_null (strstr (listed, "kim"));
}

#define add(name, func)                                                                            \
  g_test_add ("/platform/program/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("init-and-serve", test_init_and_serve);
  add ("bad-arguments", test_bad_arguments);
  add ("bad-origins", test_bad_origins);
  add ("bad-maker", test_bad_maker);
  add ("maker-is-no-authority", test_maker_is_no_authority);
  add ("bad-configuration", test_bad_configuration);
  add ("audit", test_backup_and_audit);
  add ("administrator", test_administrator);
  return g_test_run ();
}
