/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "enigm-journal.h"
#include "fuzz.h"

static char *path;
static int file = -1;

static void
remove_file (void)
{
  unlink (path);
}

static void
make_file (void)
{
  file = g_file_open_tmp ("enigm-fuzz-XXXXXX", &path, NULL);
  g_assert_cmpint (file, >=, 0);
  atexit (remove_file);
}

static gboolean
on_record (guint64 number, GBytes *record, gpointer user_data, GError **error)
{
  guint64 *last = user_data;

  g_assert_cmpuint (number, ==, *last + 1);
  g_assert_cmpuint (g_bytes_get_size (record), <=, ENIGM_JOURNAL_MAX_RECORD);
  *last = number;
  return TRUE;
}

/* The platform's journal, after a crash, a full disk, or somebody who edits it: what is read is
 * whole records from its beginning, in order, or a word why not. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  guint64 last = 0, count = 0;
  gboolean ok;

  if (file < 0)
    make_file ();
  g_assert_cmpint (pwrite (file, data, size, 0), ==, (gssize) size);
  g_assert_cmpint (ftruncate (file, (off_t) size), ==, 0);
  ok = enigm_journal_read (path, on_record, &last, &count, &error);
  fuzz_assert_said (ok, error);
  if (ok)
    g_assert_cmpuint (count, ==, last);
  return 0;
}
