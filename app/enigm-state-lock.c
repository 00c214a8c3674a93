/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/file.h>
#include <unistd.h>

#include "enigm-state-lock.h"
#include "protocol/enigm-error.h"

struct _EnigmStateLock
{
  gint fd;
};

static EnigmStateLock *
fail (const gchar *path, GError **error)
{
  g_set_error (
    error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
    /* Translators: the first %s is a file, the second the system's reason */
    _ ("“%s” cannot be used: %s. Nothing was changed. Check the folder's permissions and "
       "the space on the disk."),
    path, g_strerror (errno));
  return NULL;
}

EnigmStateLock *
enigm_state_lock_take (const gchar *data_dir, GError **error)
{
  g_autofree gchar *path = NULL;
  EnigmStateLock *self;
  gint fd;

  g_return_val_if_fail (data_dir != NULL, NULL);

  path = g_build_filename (data_dir, "lock", NULL);
  if (g_mkdir_with_parents (data_dir, 0700) != 0)
    return fail (data_dir, error);
  /* The file is never removed: removing it would let two processes hold two locks of one name. */
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return fail (path, error);
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      gboolean held = errno == EWOULDBLOCK;

      if (held)
        g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_IN_USE,
                             _ ("Enigm App is already running for this account. Nothing was "
                                "changed. Use the one that runs, or close it first."));
      else
        fail (path, error);
      close (fd);
      return NULL;
    }

  self = g_new (EnigmStateLock, 1);
  self->fd = fd;
  return self;
}

void
enigm_state_lock_free (EnigmStateLock *self)
{
  g_return_if_fail (self != NULL);

  close (self->fd);
  g_free (self);
}
