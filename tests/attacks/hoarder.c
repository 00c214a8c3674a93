/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Put before a program with LD_PRELOAD: nothing that was freed is ever used again. So whatever was
 * not wiped before is still there when somebody looks, however much came after it. */

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void
free (void *block)
{
}

void *
realloc (void *block, size_t size)
{
  void *grown = malloc (size);

  if (grown != NULL && block != NULL)
    {
      size_t had = malloc_usable_size (block);

      memcpy (grown, block, had < size ? had : size);
    }
  return grown;
}
