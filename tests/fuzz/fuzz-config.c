/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "peers/platform/enigm-config.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  int fd = memfd_create ("config", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autoptr (EnigmConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, size), ==, (ssize_t) size);
  config = enigm_config_load (path, &error);
  fuzz_assert_said (config != NULL, error);
  if (config != NULL)
    g_assert_true (enigm_config_parse_origin (config->origin, NULL, NULL, NULL));
  close (fd);
  return 0;
}
