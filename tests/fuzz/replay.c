/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts every file of the folders named through a fuzz target once, without libFuzzer. */
#include "fuzz.h"

int
main (int argc, char *argv[])
{
  guint n = 0;

  LLVMFuzzerInitialize (&argc, &argv);
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GDir) folder = g_dir_open (argv[i], 0, NULL);
      const char *name;

      g_assert_nonnull (folder);
      while ((name = g_dir_read_name (folder)) != NULL)
        {
          g_autofree char *path = g_build_filename (argv[i], name, NULL);
          g_autofree char *data = NULL;
          gsize size;

          g_printerr ("%s\n", path);
          g_assert_true (g_file_get_contents (path, &data, &size, NULL));
          LLVMFuzzerTestOneInput ((const uint8_t *) data, size);
          n++;
        }
    }
  g_print ("%u inputs\n", n);
  return n > 0 ? 0 : 1;
}
