/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-place.h"

#include <glib/gi18n-lib.h>

#include "enigm-json.h"
#include "protocol/enigm-error.h"
#include "protocol/enigm-secret.h"
#include "protocol/enigm-text.h"

#define PLACE_SIZE 16

static void
ensure_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const gchar *path = data;
  g_autofree gchar *folder = g_path_get_dirname (path);
  g_autofree gchar *place = NULL;
  guint8 random[PLACE_SIZE];
  GError *error = NULL;

  if (g_file_get_contents (path, &place, NULL, NULL) &&
      enigm_is_hex (g_strchomp (place), 2 * PLACE_SIZE))
    {
      g_task_return_pointer (task, g_steal_pointer (&place), g_free);
      return;
    }
  g_clear_pointer (&place, g_free);
  if (!enigm_random_bytes (random, sizeof random, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  place = enigm_hex_encode (random, sizeof random);
  if (g_mkdir_with_parents (folder, 0700) != 0 ||
      !g_file_set_contents_full (path, place, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL))
    g_task_return_new_error (
      task, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
      /* Translators: %s is a folder */
      _ ("“%s” cannot be written. You are not signed in, and nothing was sent. Check "
         "the folder's permissions and the space on the disk."),
      folder);
  else
    g_task_return_pointer (task, g_steal_pointer (&place), g_free);
}

/**
 * enigm_place_ensure_async:
 * @path: where the place is kept; its folder is made where it is missing
 * @cancellable: (nullable): cancels waiting; what was written stays
 * @callback: called with the place, for enigm_place_ensure_finish()
 * @user_data: for @callback
 *
 * Reads the name by which a data folder is told from another one in the same keyring, or draws one
 * and keeps it, durably, before anything is stored under it. In a thread: a disk may take its time.
 */
void
enigm_place_ensure_async (const gchar *path,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (path != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_place_ensure_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, ensure_in_thread);
}

/**
 * enigm_place_ensure_finish:
 * @result: what the callback got
 * @error: return location for %ENIGM_ERROR_STORAGE, whose message is for a person
 *
 * Returns: (transfer full) (nullable): the place, 32 hexadecimal digits
 */
gchar *
enigm_place_ensure_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
