/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

/* Outside input never reaches an assertion of ours, so each is a finding. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  return 0;
}

/* The next @n bytes, or as many as there are. */
GBytes *
fuzz_take (const uint8_t **data, size_t *size, size_t n)
{
  GBytes *bytes;

  n = MIN (n, *size);
  bytes = g_bytes_new (*data, n);
  *data += n;
  *size -= n;
  return bytes;
}

/* A part with its length before it, in two bytes; so one input can hold several. */
GBytes *
fuzz_take_part (const uint8_t **data, size_t *size)
{
  size_t n = 0;

  for (int i = 0; i < 2 && *size > 0; i++)
    {
      n = n << 8 | *(*data)++;
      (*size)--;
    }
  return fuzz_take (data, size, n);
}

/* A line, as a string: up to its end or to a byte that no string holds. */
char *
fuzz_take_line (const uint8_t **data, size_t *size)
{
  const uint8_t *end = *size > 0 ? memchr (*data, '\n', *size) : NULL;
  size_t n = end != NULL ? (size_t) (end - *data) : *size;
  char *line = g_strndup ((const char *) *data, n);

  n += end != NULL;
  *data += n;
  *size -= n;
  return line;
}

void
fuzz_assert_equal (GBytes *one, GBytes *other)
{
  g_assert_cmpmem (g_bytes_get_data (one, NULL), g_bytes_get_size (one),
                   g_bytes_get_data (other, NULL), g_bytes_get_size (other));
}
