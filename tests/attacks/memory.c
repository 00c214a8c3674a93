/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MASK 0xa5
#define CHUNK (1024 * 1024)
/* Whole needles lie within a chunk and what is carried over from the one before. */
#define OVERLAP 4096

typedef struct
{
  char *name;
  guint8 *masked;
  gsize size;
} Needle;

struct _Needles
{
  GPtrArray *needles;
  guint8 first[8192]; /* which two bytes one begins with, a bit each */
};

static void
needle_free (gpointer data)
{
  Needle *needle = data;

  g_free (needle->name);
  g_free (needle->masked);
  g_free (needle);
}

Needles *
needles_new (void)
{
  Needles *self = g_new0 (Needles, 1);

  self->needles = g_ptr_array_new_with_free_func (needle_free);
  return self;
}

void
needles_free (Needles *self)
{
  g_ptr_array_unref (self->needles);
  g_free (self);
}

/* What would be found by chance is not looked for. */
void
needles_add (Needles *self, const char *name, gconstpointer data, gsize size)
{
  const guint8 *bytes = data;
  Needle *needle;
  guint distinct = 0;
  guint begin;
  gboolean seen[256] = { FALSE };

  for (gsize i = 0; i < size; i++)
    {
      distinct += !seen[bytes[i]];
      seen[bytes[i]] = TRUE;
    }
  if (size < 16 || size > OVERLAP || distinct < 8)
    return;
  needle = g_new0 (Needle, 1);
  needle->masked = g_malloc (size);
  needle->size = size;
  for (gsize i = 0; i < size; i++)
    needle->masked[i] = bytes[i] ^ MASK;
  for (guint i = 0; i < self->needles->len; i++)
    {
      Needle *other = self->needles->pdata[i];

      if (other->size == size && memcmp (other->masked, needle->masked, size) == 0)
        {
          needle_free (needle);
          return;
        }
    }
  needle->name = g_strdup (name);
  begin = bytes[0] << 8 | bytes[1];
  self->first[begin / 8] |= 1 << begin % 8;
  g_ptr_array_add (self->needles, needle);
}

static void
remove_masked (Needles *self, const guint8 *masked, gsize size)
{
  for (guint i = 0; i < self->needles->len; i++)
    {
      Needle *needle = self->needles->pdata[i];

      if (needle->size == size && memcmp (needle->masked, masked, size) == 0)
        g_ptr_array_remove_index (self->needles, i--);
    }
}

void
needles_remove (Needles *self, gconstpointer data, gsize size)
{
  g_autofree guint8 *masked = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    masked[i] = ((const guint8 *) data)[i] ^ MASK;
  remove_masked (self, masked, size);
}

void
needles_remove_all (Needles *self, Needles *others)
{
  for (guint i = 0; i < others->needles->len; i++)
    {
      Needle *other = others->needles->pdata[i];

      remove_masked (self, other->masked, other->size);
    }
}

guint
needles_count (Needles *self)
{
  return self->needles->len;
}

static gboolean
is_at (const Needle *needle, const guint8 *at)
{
  for (gsize i = 0; i < needle->size; i++)
    if ((at[i] ^ MASK) != needle->masked[i])
      return FALSE;
  return TRUE;
}

static void
search_part (Needles *self, const guint8 *data, gsize size, const char *region, GHashTable *found)
{
  for (gsize at = 0; at + 16 <= size; at++)
    {
      guint begin = data[at] << 8 | data[at + 1];

      if ((self->first[begin / 8] & 1 << begin % 8) == 0)
        continue;
      for (guint i = 0; i < self->needles->len; i++)
        {
          Needle *needle = self->needles->pdata[i];

          if (at + needle->size <= size && is_at (needle, data + at))
            g_hash_table_replace (found, g_strdup (needle->name), g_strdup (region));
        }
    }
}

/* Looks through everything that @pid can write to. Returns what was found, by name, and in which
 * region; or NULL where its memory may not be read. */
GHashTable *
needles_search (Needles *self, pid_t pid, GError **error)
{
  g_autofree char *maps_path = g_strdup_printf ("/proc/%d/maps", (int) pid);
  g_autofree char *memory_path = g_strdup_printf ("/proc/%d/mem", (int) pid);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  guint8 *buffer;
  int memory;

  if (!g_file_get_contents (maps_path, &maps, NULL, error))
    return NULL;
  memory = open (memory_path, O_RDONLY | O_CLOEXEC);
  if (memory < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", memory_path,
                   g_strerror (errno));
      return NULL;
    }
  lines = g_strsplit (maps, "\n", -1);
  /* Mapped only now, so that it is not in the list itself. */
  buffer = mmap (NULL, CHUNK + OVERLAP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true (buffer != MAP_FAILED);
  for (char **line = lines; *line != NULL && **line != '\0'; line++)
    {
      guint64 from, to;
      char access[5];
      gsize carried = 0;

      if (sscanf (*line, "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x %4s", &from, &to,
                  access) != 3 ||
          access[0] != 'r' || access[1] != 'w' || strstr (*line, "/dev/") != NULL)
        continue;
      while (from < to)
        {
          gssize n = pread (memory, buffer + carried, MIN (CHUNK, to - from), (off_t) from);
          gsize have;

          if (n <= 0)
            break;
          have = carried + n;
          search_part (self, buffer, have, *line, found);
          carried = MIN (have, OVERLAP);
          memmove (buffer, buffer + have - carried, carried);
          from += n;
        }
    }
  munmap (buffer, CHUNK + OVERLAP);
  close (memory);
  return g_steal_pointer (&found);
}

/* Says what was found. Returns how many. */
guint
needles_report (GHashTable *found, const char *where)
{
  GHashTableIter iter;
  gpointer name, region;

  g_hash_table_iter_init (&iter, found);
  while (g_hash_table_iter_next (&iter, &name, &region))
    g_test_message ("%s: %s is in %s", where, (char *) name, (char *) region);
  return g_hash_table_size (found);
}

/* Says what is in @data. Returns how many. */
guint
needles_report_in (Needles *self, gconstpointer data, gsize size, const char *where)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  search_part (self, data, size, where, found);
  return needles_report (found, where);
}
