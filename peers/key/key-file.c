/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enigm-error.h"

static gboolean
fail (GError **error, const char *what, const char *name)
{
  int saved = errno;

  g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: could not %s: %s", name, what,
               g_strerror (saved));

  return FALSE;
}

static void
wipe_and_free (gpointer data)
{
  GByteArray *array = data;

  OPENSSL_cleanse (array->data, array->len);
  g_byte_array_unref (array);
}

/**
 * enigm_key_file_read:
 * @folder: a descriptor of the folder
 * @name: the file's name in it
 * @max: bytes it may have at most
 * @error: return location for an error
 *
 * Reads a small file of the key's flash.
 *
 * Returns: (transfer full): its bytes, wiped when freed, or %NULL with %G_IO_ERROR_NOT_FOUND, or
 *   with %ENIGM_ERROR_STORAGE
 */
GBytes *
enigm_key_file_read (int folder, const char *name, gsize max, GError **error)
{
  int fd = openat (folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  GByteArray *array;
  struct stat info;
  gsize at = 0;

  if (fd < 0 && errno == ENOENT)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s is missing", name);
      return NULL;
    }
  if (fd < 0)
    {
      fail (error, "open it", name);
      return NULL;
    }
  if (fstat (fd, &info) < 0 || !S_ISREG (info.st_mode) || info.st_size < 1 ||
      (guint64) info.st_size > max)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s is not what was stored", name);
      close (fd);
      return NULL;
    }

  array = g_byte_array_sized_new (info.st_size);
  g_byte_array_set_size (array, info.st_size);
  while (at < array->len)
    {
      gssize n = read (fd, array->data + at, array->len - at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          errno = n == 0 ? EIO : errno;
          fail (error, "read it", name);
          wipe_and_free (array);
          close (fd);
          return NULL;
        }
      at += n;
    }
  close (fd);

  return g_bytes_new_with_free_func (array->data, array->len, wipe_and_free, array);
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize left;
  const guint8 *data = g_bytes_get_data (bytes, &left);

  while (left > 0)
    {
      gssize n = write (fd, data, left);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      left -= n;
    }

  return TRUE;
}

/**
 * enigm_key_file_replace:
 * @folder: a descriptor of the folder
 * @name: the file's name in it
 * @bytes: what it is to hold
 * @error: return location for an error
 *
 * Replaces a file so that, whenever power is lost, either the old bytes or the new ones are there,
 * and the new ones for sure once this returns %TRUE. Readable by its owner alone.
 *
 * Returns: whether it is stored; else %ENIGM_ERROR_STORAGE, and the old file stands
 */
gboolean
enigm_key_file_replace (int folder, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *temporary = g_strconcat (name, ".new", NULL);
  int fd;
  gboolean ok;

  fd = openat (folder, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return fail (error, "make a new file beside it", name);

  ok = write_all (fd, bytes) && fsync (fd) == 0;
  if (!ok)
    fail (error, "write it", name);
  if (close (fd) < 0 && ok)
    ok = fail (error, "write it", name);
  if (ok && renameat (folder, temporary, folder, name) < 0)
    ok = fail (error, "put it in place", name);
  if (!ok)
    {
      unlinkat (folder, temporary, 0);
      return FALSE;
    }
  if (fsync (folder) < 0)
    return fail (error, "make it last", name);

  return TRUE;
}
