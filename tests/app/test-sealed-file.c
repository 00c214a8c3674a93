/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "await.h"
#include "enigm-error.h"
#include "enigm-sealed-file.h"

#define TEXT "labels, names and lists"

typedef struct
{
  gchar *folder;
  gchar *path;
  EnigmSecret *key;
  EnigmSealedFile *file;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("enigm-sealed-XXXXXX", &error);
  g_assert_no_error (error);
  f->path = g_build_filename (f->folder, "account.sealed", NULL);
  f->key = enigm_secret_new_random (32, &error);
  g_assert_no_error (error);
  f->file = enigm_sealed_file_new (f->path, f->key);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->file);
  enigm_secret_unref (f->key);
  g_unlink (f->path);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->path);
  g_free (f->folder);
}

static gboolean
write_text (EnigmSealedFile *file, const gchar *text, GError **error)
{
  g_autoptr (GBytes) plain = g_bytes_new (text, strlen (text));
  g_autoptr (GAsyncResult) result = NULL;

  enigm_sealed_file_write_async (file, plain, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_sealed_file_write_finish (file, result, error);
}

static GBytes *
read_back (EnigmSealedFile *file, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_sealed_file_read_async (file, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_sealed_file_read_finish (file, result, error);
}

static void
assert_text (EnigmSealedFile *file, const gchar *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = read_back (file, &error);

  g_assert_no_error (error);
  g_assert_nonnull (plain);
  g_assert_cmpmem (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), text, strlen (text));
}

static void
assert_damaged (EnigmSealedFile *file)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_back (file, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
}

static void
test_round (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *contents = NULL;
  gsize len;
  struct stat info;

  g_assert_null (read_back (f->file, &error));
  g_assert_no_error (error);
  g_assert_true (write_text (f->file, TEXT, &error));
  assert_text (f->file, TEXT);
  g_assert_true (write_text (f->file, "", &error));
  assert_text (f->file, "");
  g_assert_true (write_text (f->file, TEXT, &error));

  /* Nobody else may read it, and whoever does sees nothing. */
  g_assert_cmpint (stat (f->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (f->path, &contents, &len, NULL));
  g_assert_null (memmem (contents, len, "labels", strlen ("labels")));
}

static void
test_tampered (Fixture *f, gconstpointer data)
{
  g_autofree gchar *right = NULL;
  gsize len;

  g_assert_true (write_text (f->file, TEXT, NULL));
  g_assert_true (g_file_get_contents (f->path, &right, &len, NULL));
  for (gsize i = 0; i < len; i++)
    {
      right[i] ^= 1;
      g_assert_true (g_file_set_contents (f->path, right, (gssize) len, NULL));
      assert_damaged (f->file);
      right[i] ^= 1;
    }
  for (gsize i = 0; i < len; i++)
    {
      g_assert_true (g_file_set_contents (f->path, right, (gssize) i, NULL));
      assert_damaged (f->file);
    }
  g_assert_true (g_file_set_contents (f->path, right, (gssize) len, NULL));
  assert_text (f->file, TEXT);
}

/* Neither another key nor another sealed file's contents will do. */
static void
test_swapped (Fixture *f, gconstpointer data)
{
  g_autofree gchar *other_path = g_build_filename (f->folder, "other.sealed", NULL);
  g_autoptr (EnigmSecret) other_key = enigm_secret_new_random (32, NULL);
  g_autoptr (EnigmSealedFile) other_file = enigm_sealed_file_new (other_path, f->key);
  g_autoptr (EnigmSealedFile) stranger = enigm_sealed_file_new (f->path, other_key);

  g_assert_true (write_text (f->file, TEXT, NULL));
  assert_damaged (stranger);
  g_assert_cmpint (g_rename (f->path, other_path), ==, 0);
  assert_damaged (other_file);
  g_assert_cmpint (g_rename (other_path, f->path), ==, 0);
  assert_text (f->file, TEXT);
}

/* A write that fails leaves what was there, and says so; nothing else stays in the folder. */
static void
test_atomic (Fixture *f, gconstpointer data)
{
  g_autofree gchar *nowhere = g_build_filename (f->folder, "gone", "account.sealed", NULL);
  g_autoptr (EnigmSealedFile) file = enigm_sealed_file_new (nowhere, f->key);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;

  g_assert_false (write_text (file, TEXT, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
  g_assert_true (write_text (f->file, TEXT, NULL));
  g_assert_true (write_text (f->file, "twice", NULL));
  dir = g_dir_open (f->folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "account.sealed");
  g_assert_null (g_dir_read_name (dir));
}

static gboolean
are_all_there (gpointer user_data)
{
  GAsyncResult **results = user_data;

  for (guint i = 0; i < 8; i++)
    if (results[i] == NULL)
      return FALSE;
  return TRUE;
}

/* However writes overlap, the one asked for last is what stays. */
static void
test_order (Fixture *f, gconstpointer data)
{
  GAsyncResult *results[8] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      /* The last is short, and overtakes the others on its way to the disk. */
      g_autofree gchar *text = g_strnfill (i < 7 ? 1 << 20 : 1, (gchar) ('0' + i));
      g_autoptr (GBytes) plain = g_bytes_new (text, strlen (text));

      enigm_sealed_file_write_async (f->file, plain, NULL, on_awaited, &results[i]);
    }
  g_assert_true (enigm_world_await (are_all_there, results));
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_assert_true (enigm_sealed_file_write_finish (f->file, results[i], NULL));
      g_object_unref (results[i]);
    }
  assert_text (f->file, "7");
}

static void
test_unreadable (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (f->path, 0700), ==, 0);
  g_assert_null (read_back (f->file, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE);
  g_assert_cmpint (g_rmdir (f->path), ==, 0);
}

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/sealed-file/round", test_round);
  ADD ("/sealed-file/tampered", test_tampered);
  ADD ("/sealed-file/swapped", test_swapped);
  ADD ("/sealed-file/atomic", test_atomic);
  ADD ("/sealed-file/order", test_order);
  ADD ("/sealed-file/unreadable", test_unreadable);
  return g_test_run ();
}
