/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-secret.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static void
test_secret_holds_its_bytes (void)
{
  const guint8 data[5] = { 1, 2, 3, 4, 5 };
  g_autoptr (EnigmSecret) copy = enigm_secret_new_copy (data, sizeof data);
  g_autoptr (EnigmSecret) taken = enigm_secret_new_take (g_memdup2 (data, sizeof data), 5);
  g_autoptr (EnigmSecret) middle = enigm_secret_new_slice (copy, 1, 3);
  gsize len;

  g_assert_cmpmem (enigm_secret_peek (copy, NULL), 5, data, sizeof data);
  g_assert_cmpmem (enigm_secret_peek (taken, NULL), enigm_secret_get_length (taken), data, 5);
  enigm_secret_peek (middle, &len);
  g_assert_cmpmem (enigm_secret_peek (middle, NULL), len, data + 1, 3);
}

static void
test_secret_larger_than_a_page (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmSecret) secret = enigm_secret_new_random (10000, &error);
  g_autoptr (EnigmSecret) end = NULL;

  g_assert_no_error (error);
  end = enigm_secret_new_slice (secret, 9000, 1000);
  g_assert_cmpmem (enigm_secret_peek (end, NULL), 1000, enigm_secret_peek (secret, NULL) + 9000,
                   1000);
}

static void
test_secret_equal (void)
{
  g_autoptr (EnigmSecret) a = enigm_secret_new_copy ((const guint8 *) "abcd", 4);
  g_autoptr (EnigmSecret) same = enigm_secret_new_copy ((const guint8 *) "abcd", 4);
  g_autoptr (EnigmSecret) other = enigm_secret_new_copy ((const guint8 *) "abce", 4);
  g_autoptr (EnigmSecret) shorter = enigm_secret_new_copy ((const guint8 *) "abc", 3);

  g_assert_true (enigm_secret_equal (a, same));
  g_assert_false (enigm_secret_equal (a, other));
  g_assert_false (enigm_secret_equal (a, shorter));
  g_assert_false (enigm_secret_equal (shorter, a));
}

static void
test_secret_random_differs (void)
{
  g_autoptr (GHashTable) seen =
    g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EnigmSecret) secret = enigm_secret_new_random (32, &error);
      guint8 nonce[32];

      g_assert_no_error (error);
      g_assert_true (g_hash_table_add (seen, enigm_secret_as_bytes (secret)));
      g_assert_true (enigm_random_bytes (nonce, sizeof nonce, &error));
      g_assert_true (g_hash_table_add (seen, g_bytes_new (nonce, sizeof nonce)));
    }
}

static void
test_secret_outlived_by_its_view (void)
{
  EnigmSecret *secret = enigm_secret_new_copy ((const guint8 *) "view", 4);
  g_autoptr (GBytes) view = enigm_secret_as_bytes (secret);

  g_assert_true (g_bytes_get_data (view, NULL) == enigm_secret_peek (secret, NULL));
  enigm_secret_unref (secret);
  g_assert_cmpmem (g_bytes_get_data (view, NULL), g_bytes_get_size (view), "view", 4);
}

/* The kernel's own account of the mapping: "dd" is MADV_DONTDUMP. */
static void
test_secret_left_out_of_core_dumps (void)
{
  g_autoptr (EnigmSecret) secret = enigm_secret_new_copy ((const guint8 *) "core", 4);
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  gulong address = (gulong) enigm_secret_peek (secret, NULL);
  gboolean inside = FALSE, flags_seen = FALSE;

  g_assert_true (g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      gulong from, to;

      if (sscanf (lines[i], "%lx-%lx ", &from, &to) == 2)
        inside = address >= from && address < to;
      else if (inside && g_str_has_prefix (lines[i], "VmFlags:"))
        {
          g_assert_nonnull (strstr (lines[i], " dd"));
          flags_seen = TRUE;
        }
    }
  g_assert_true (flags_seen);
}

/* In a process of its own, because the protection cannot be taken back. */
static void
test_secret_process_is_closed (void)
{
  struct rlimit core;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  /* Newer GLib closes a test's subprocess by itself. */
  g_assert_cmpint (prctl (PR_SET_DUMPABLE, 1, 0, 0, 0), ==, 0);
  g_assert_cmpint (prctl (PR_GET_DUMPABLE, 0, 0, 0, 0), ==, 1);
  enigm_process_protect ();
  g_assert_cmpint (prctl (PR_GET_DUMPABLE, 0, 0, 0, 0), ==, 0);
  g_assert_cmpint (getrlimit (RLIMIT_CORE, &core), ==, 0);
  g_assert_cmpuint (core.rlim_cur, ==, 0);
  g_assert_cmpuint (core.rlim_max, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/secret/holds-its-bytes", test_secret_holds_its_bytes);
  g_test_add_func ("/protocol/secret/larger-than-a-page", test_secret_larger_than_a_page);
  g_test_add_func ("/protocol/secret/equal", test_secret_equal);
  g_test_add_func ("/protocol/secret/random-differs", test_secret_random_differs);
  g_test_add_func ("/protocol/secret/outlived-by-its-view", test_secret_outlived_by_its_view);
  g_test_add_func ("/protocol/secret/left-out-of-core-dumps", test_secret_left_out_of_core_dumps);
  g_test_add_func ("/protocol/secret/process-is-closed", test_secret_process_is_closed);

  return g_test_run ();
}
