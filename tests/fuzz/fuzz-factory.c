/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"
#include "key-factory.h"

static char *path;
static int folder = -1;

static void
remove_folder (void)
{
  unlinkat (folder, "factory", 0);
  g_rmdir (path);
}

static void
make_folder (void)
{
  path = g_dir_make_tmp ("enigm-fuzz-XXXXXX", NULL);
  g_assert_nonnull (path);
  folder = g_open (path, O_DIRECTORY | O_CLOEXEC, 0);
  g_assert_cmpint (folder, >=, 0);
  atexit (remove_folder);
}

/* What a key's factory left in its flash, after whatever happened to it. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmKeyFactory) factory = NULL;
  int file;

  if (folder < 0)
    make_folder ();
  file = openat (folder, "factory", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  g_assert_cmpint (file, >=, 0);
  g_assert_cmpint (write (file, data, size), ==, (gssize) size);
  close (file);
  factory = enigm_key_factory_load (folder, &error);
  fuzz_assert_said (factory != NULL, error);
  if (factory != NULL)
    g_assert_cmpuint (factory->chain->len, >=, 1);
  return 0;
}
