/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "key-fixture.h"

static void
test_factory (KeyFixture *fixture, gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->state, "factory", NULL);
  g_autofree char *content = NULL;
  g_autofree char *again = NULL;
  g_autofree char *ca = g_build_filename (fixture->folder, "ca", NULL);
  g_autoptr (GError) error = NULL;
  const char *code = enigm_setup_code_get_text (fixture->code);
  struct stat info;
  gsize len;

  g_assert_cmpint (stat (fixture->state, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  g_assert_cmpint (stat (file, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (file, &content, &len, NULL));
  g_assert_null (memmem (content, len, code, 4));
  g_assert_cmpint (enigm_key_store_get_factory (fixture->store)->discriminator, ==,
                   enigm_setup_code_get_discriminator (fixture->code));

  /* A key is made once. */
  again = enigm_key_factory_make (fixture->state, ca, enigm_p256_key_get_point (fixture->identity),
                                  &error);
  g_assert_null (again);
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
}

static void
test_one_process (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (enigm_key_store_open (fixture->state, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_IN_USE);
}

static void
test_round_trip (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (EnigmSecret) secret = enigm_secret_new_random (32, NULL);
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;
  guint8 id[ENIGM_ID_SIZE] = "sixteen bytes ID";

  key_fixture_bind (fixture, ENIGM_REPORTED_TRUSTED, NULL);
  key_fixture_bind (fixture, ENIGM_REPORTED_PENDING, NULL);
  g_assert_cmpint (enigm_key_binding_keep (fixture->binding, id, secret), ==, 0);
  enigm_key_event_raise (fixture->event, TRUE);
  enigm_key_event_raise (fixture->event, FALSE);
  key_fixture_get_memory (fixture)->failures = 77;
  g_assert_true (enigm_key_store_save (fixture->store, NULL));
  before = enigm_key_store_remember (fixture->store);
  key_fixture_reopen (fixture);
  after = enigm_key_store_remember (fixture->store);
  g_assert_true (g_bytes_equal (before, after));
  g_assert_cmpint (key_fixture_get_memory (fixture)->happenings->len, ==, 2);
  g_assert_cmpint (enigm_key_event_get_open (fixture->event), ==, 1);
}

/* The child counts, and says what is stored; the parent ends it at any moment. */
static void
count_until_killed (const char *folder, int out)
{
  g_autoptr (EnigmKeyStore) store = enigm_key_store_open (folder, NULL);
  EnigmKeyMemory *memory;

  if (store == NULL)
    _exit (1);
  memory = enigm_key_store_get_memory (store);
  for (guint8 byte = 0;;)
    {
      memory->clock++;
      if (!enigm_key_store_save (store, NULL) || write (out, &byte, 1) != 1)
        _exit (1);
    }
}

static void
test_killed (KeyFixture *fixture, gconstpointer data)
{
  gint64 clock = 0;

  for (int round = 0; round < 20; round++)
    {
      int fds[2];
      guint8 byte;
      gint64 confirmed = 0;
      pid_t child;

      key_fixture_close (fixture);
      g_assert_cmpint (pipe (fds), ==, 0);
      child = fork ();
      if (child == 0)
        count_until_killed (fixture->state, fds[1]);
      close (fds[1]);
      for (int i = 0; i <= round; i++)
        confirmed += read (fds[0], &byte, 1);
      kill (child, SIGKILL);
      waitpid (child, NULL, 0);
      while (read (fds[0], &byte, 1) == 1)
        confirmed++;
      close (fds[0]);

      /* Everything that was said to be stored is, and at most one more. */
      key_fixture_reopen (fixture);
      g_assert_cmpint (confirmed, >, round);
      g_assert_cmpint (key_fixture_get_memory (fixture)->clock, >=, clock + confirmed);
      g_assert_cmpint (key_fixture_get_memory (fixture)->clock, <=, clock + confirmed + 1);
      clock = key_fixture_get_memory (fixture)->clock;
    }
}

static void
test_full (KeyFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) before = enigm_key_store_remember (fixture->store);

  g_assert_true (enigm_key_store_save (fixture->store, NULL));
  key_fixture_fill_flash (fixture);
  key_fixture_get_memory (fixture)->failures = 5;
  g_assert_false (enigm_key_store_save_or_restore (fixture->store, before, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
  g_assert_cmpint (key_fixture_get_memory (fixture)->failures, ==, 0);
  key_fixture_empty_flash (fixture);
  key_fixture_reopen (fixture);
  g_assert_cmpint (key_fixture_get_memory (fixture)->failures, ==, 0);
}

/* Whatever stands there, the key says that it cannot be read, and makes nothing up. */
static void
test_broken (KeyFixture *fixture, gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->state, "state", NULL);
  g_autofree char *good = NULL;
  gsize len;

  key_fixture_bind (fixture, ENIGM_REPORTED_PENDING, NULL);
  key_fixture_close (fixture);
  g_assert_true (g_file_get_contents (file, &good, &len, NULL));
  for (gsize cut = 1; cut < len; cut += 37)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (file, good, cut, NULL));
      g_assert_null (enigm_key_store_open (fixture->state, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
    }
  /* A later program's form. */
  good[1] = 2;
  g_assert_true (g_file_set_contents (file, good, len, NULL));
  g_assert_null (enigm_key_store_open (fixture->state, NULL));
  good[1] = 1;
  g_assert_true (g_file_set_contents (file, good, len, NULL));
  key_fixture_reopen (fixture);
  g_assert_nonnull (key_fixture_get_memory (fixture)->pending);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                        \
  g_test_add ("/key/store/" name, KeyFixture, NULL, key_fixture_set_up, function,                  \
              key_fixture_tear_down)
  ADD ("factory", test_factory);
  ADD ("one-process", test_one_process);
  ADD ("round-trip", test_round_trip);
  ADD ("killed", test_killed);
  ADD ("full", test_full);
  ADD ("broken", test_broken);

  return g_test_run ();
}
