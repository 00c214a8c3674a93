/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "enigm-sealed-file.h"
#include "protocol/enigm-sealed.h"

struct _EnigmSealedFile
{
  GObject parent;
  gchar *path;
  gchar *label;
  EnigmSecret *key;
  /* Held around each access, so that writes that overlap in threads keep their order. */
  GMutex mutex;
  guint64 n_asked;
  guint64 n_written;
};

G_DEFINE_TYPE (EnigmSealedFile, enigm_sealed_file, G_TYPE_OBJECT)

typedef struct
{
  GBytes *plain;
  guint64 number;
} Write;

static void
write_free (gpointer data)
{
  Write *write = data;

  g_bytes_unref (write->plain);
  g_free (write);
}

static void
enigm_sealed_file_finalize (GObject *object)
{
  EnigmSealedFile *self = ENIGM_SEALED_FILE (object);

  g_free (self->path);
  g_free (self->label);
  enigm_secret_unref (self->key);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (enigm_sealed_file_parent_class)->finalize (object);
}

static void
enigm_sealed_file_class_init (EnigmSealedFileClass *class)
{
  G_OBJECT_CLASS (class)->finalize = enigm_sealed_file_finalize;
}

static void
enigm_sealed_file_init (EnigmSealedFile *self)
{
  g_mutex_init (&self->mutex);
}

EnigmSealedFile *
enigm_sealed_file_new (const gchar *path, EnigmSecret *key)
{
  EnigmSealedFile *self;
  g_autofree gchar *name = NULL;

  g_return_val_if_fail (path != NULL && key != NULL, NULL);

  self = g_object_new (ENIGM_TYPE_SEALED_FILE, NULL);
  name = g_path_get_basename (path);
  self->path = g_strdup (path);
  self->label = g_strconcat ("enigm file ", name, NULL);
  self->key = enigm_secret_ref (key);
  return self;
}

static void
set_storage_error (GError **error, EnigmSealedFile *self, const gchar *reason)
{
  g_set_error (
    error, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
    /* Translators: the first %s is a file, the second the system's reason */
    _ ("“%s” could not be read or written: %s. What was there before is unchanged. Check "
       "the folder's permissions and the space on the disk."),
    self->path, reason);
}

static void
return_damaged (GTask *task)
{
  g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE,
                           _ ("What this computer kept about your account is damaged, or was "
                              "changed by somebody else, and is not used. Your account and your "
                              "key are unchanged. Sign in again."));
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  EnigmSealedFile *self = source;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *plain;
  GStatBuf info;
  gchar *contents = NULL;
  gsize len = 0;

  g_mutex_lock (&self->mutex);
  if (g_stat (self->path, &info) == 0 &&
      info.st_size > ENIGM_SEALED_FILE_MAX + ENIGM_SEALED_OVERHEAD)
    {
      g_mutex_unlock (&self->mutex);
      return_damaged (task);
      return;
    }
  g_file_get_contents (self->path, &contents, &len, &error);
  g_mutex_unlock (&self->mutex);
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  if (error != NULL)
    {
      GError *mapped = NULL;

      set_storage_error (&mapped, self, error->message);
      g_task_return_error (task, mapped);
      return;
    }

  sealed = g_bytes_new_take (contents, len);
  plain = enigm_sealed_open (self->key, self->label, sealed, NULL);
  if (plain == NULL)
    return_damaged (task);
  else
    g_task_return_pointer (task, plain, (GDestroyNotify) g_bytes_unref);
}

void
enigm_sealed_file_read_async (EnigmSealedFile *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_SEALED_FILE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_sealed_file_read_async);
  g_task_run_in_thread (task, read_in_thread);
}

GBytes *
enigm_sealed_file_read_finish (EnigmSealedFile *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  EnigmSealedFile *self = source;
  Write *write = data;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) error = NULL;
  gboolean written = TRUE;

  sealed = enigm_sealed_seal (self->key, self->label, write->plain, &error);
  if (sealed == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_mutex_lock (&self->mutex);
  /* A later write that overtook this one already holds everything this one would say. */
  if (write->number > self->n_written)
    {
      written = g_file_set_contents_full (
        self->path, g_bytes_get_data (sealed, NULL), (gssize) g_bytes_get_size (sealed),
        G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &error);
      if (written)
        self->n_written = write->number;
    }
  g_mutex_unlock (&self->mutex);

  if (written)
    g_task_return_boolean (task, TRUE);
  else
    {
      GError *mapped = NULL;

      set_storage_error (&mapped, self, error->message);
      g_task_return_error (task, mapped);
    }
}

void
enigm_sealed_file_write_async (EnigmSealedFile *self,
                               GBytes *plain,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Write *write;

  g_return_if_fail (ENIGM_IS_SEALED_FILE (self));
  g_return_if_fail (plain != NULL && g_bytes_get_size (plain) <= ENIGM_SEALED_FILE_MAX);

  write = g_new (Write, 1);
  write->plain = g_bytes_ref (plain);
  write->number = ++self->n_asked;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_sealed_file_write_async);
  g_task_set_task_data (task, write, write_free);
  g_task_run_in_thread (task, write_in_thread);
}

gboolean
enigm_sealed_file_write_finish (EnigmSealedFile *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
