/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "key-command.h"

/* A line of the key's control socket. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *line = fuzz_take_line (&data, &size);
  EnigmKeyCommand command;

  if (!enigm_key_command_parse (line, &command))
    return 0;
  g_assert_cmpuint (command.n_presses, <=, 5);
  g_assert_cmpuint (command.percent, <=, 100);
  g_assert_cmpuint (command.accuracy, <=, 1000000);
  g_assert_cmpint (ABS (command.latitude), <=, 90000000);
  g_assert_cmpint (ABS (command.longitude), <=, 180000000);
  return 0;
}
