/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "key-file.h"

#define STATE_FILE "state"
#define STATE_MAX 32768

/**
 * EnigmKeyStore:
 *
 * The key's flash: a folder with `factory`, written once, and `state`, replaced as a whole whenever
 * something changes. Whoever changes the state saves it; what must not happen without being stored
 * is undone when storing fails. An alert goes on regardless.
 *
 * Saving is synchronous on purpose: nothing may leave the key that it could forget.
 */
struct _EnigmKeyStore
{
  GObject parent_instance;

  int folder; /* also holds the lock: one process a key */
  EnigmKeyFactory *factory;
  EnigmKeyMemory *memory;
};

G_DEFINE_FINAL_TYPE (EnigmKeyStore, enigm_key_store, G_TYPE_OBJECT)

static void
enigm_key_store_finalize (GObject *object)
{
  EnigmKeyStore *self = ENIGM_KEY_STORE (object);

  if (self->folder >= 0)
    close (self->folder);
  g_clear_pointer (&self->factory, enigm_key_factory_free);
  g_clear_pointer (&self->memory, enigm_key_memory_free);

  G_OBJECT_CLASS (enigm_key_store_parent_class)->finalize (object);
}

static void
enigm_key_store_class_init (EnigmKeyStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = enigm_key_store_finalize;
}

static void
enigm_key_store_init (EnigmKeyStore *self)
{
  self->folder = -1;
}

/**
 * enigm_key_store_open:
 * @folder: path of what `enigm-key factory` made
 * @error: return location for an error
 *
 * Opens a key's flash, and keeps others out of it.
 *
 * Returns: (transfer full): the store, or %NULL with %ENIGM_ERROR_STORAGE, %ENIGM_ERROR_IN_USE or
 *   %ENIGM_ERROR_MALFORMED
 */
EnigmKeyStore *
enigm_key_store_open (const char *folder, GError **error)
{
  g_autoptr (EnigmKeyStore) self = NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (ENIGM_TYPE_KEY_STORE, NULL);
  self->folder = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->folder < 0)
    {
      int saved = errno;

      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s: %s", folder, g_strerror (saved));
      return NULL;
    }
  if (flock (self->folder, LOCK_EX | LOCK_NB) < 0)
    {
      g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_IN_USE, "%s: another enigm-key runs on it",
                   folder);
      return NULL;
    }

  self->factory = enigm_key_factory_load (self->folder, error);
  if (self->factory == NULL)
    return NULL;

  bytes = enigm_key_file_read (self->folder, STATE_FILE, STATE_MAX, &local);
  if (bytes != NULL)
    self->memory = enigm_key_memory_decode (bytes, &local);
  else if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_clear_error (&local);
      self->memory = enigm_key_memory_new ();
    }
  if (self->memory == NULL)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&local), "%s: ", folder);
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * enigm_key_store_get_factory:
 * @self: a store
 *
 * Returns: (transfer none): what never changes
 */
EnigmKeyFactory *
enigm_key_store_get_factory (EnigmKeyStore *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_STORE (self), NULL);

  return self->factory;
}

/**
 * enigm_key_store_get_memory:
 * @self: a store
 *
 * Returns: (transfer none): what changes; valid until enigm_key_store_restore()
 */
EnigmKeyMemory *
enigm_key_store_get_memory (EnigmKeyStore *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_STORE (self), NULL);

  return self->memory;
}

/**
 * enigm_key_store_save:
 * @self: a store
 * @error: return location for an error
 *
 * Stores the state durably.
 *
 * Returns: whether it would survive a loss of power; else %ENIGM_ERROR_STORAGE
 */
gboolean
enigm_key_store_save (EnigmKeyStore *self, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (ENIGM_IS_KEY_STORE (self), FALSE);

  bytes = enigm_key_memory_encode (self->memory);

  return enigm_key_file_replace (self->folder, STATE_FILE, bytes, error);
}

/**
 * enigm_key_store_remember:
 * @self: a store
 *
 * Returns: (transfer full): the state as it is now, for enigm_key_store_restore()
 */
GBytes *
enigm_key_store_remember (EnigmKeyStore *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_STORE (self), NULL);

  return enigm_key_memory_encode (self->memory);
}

/**
 * enigm_key_store_restore:
 * @self: a store
 * @remembered: from enigm_key_store_remember()
 *
 * Undoes what was changed since, in memory.
 */
void
enigm_key_store_restore (EnigmKeyStore *self, GBytes *remembered)
{
  EnigmKeyMemory *memory;

  g_return_if_fail (ENIGM_IS_KEY_STORE (self));
  g_return_if_fail (remembered != NULL);

  memory = enigm_key_memory_decode (remembered, NULL);
  g_assert (memory != NULL);
  enigm_key_memory_free (self->memory);
  self->memory = memory;
}

/**
 * enigm_key_store_save_or_restore:
 * @self: a store
 * @remembered: the state before the change
 * @error: return location for an error
 *
 * Stores a change that must not take effect unless it lasts.
 *
 * Returns: whether it is stored; else the change is undone
 */
gboolean
enigm_key_store_save_or_restore (EnigmKeyStore *self, GBytes *remembered, GError **error)
{
  if (enigm_key_store_save (self, error))
    return TRUE;
  enigm_key_store_restore (self, remembered);

  return FALSE;
}

/**
 * enigm_key_store_get_time:
 * @self: a store
 *
 * Returns: the time as far as the key knows, in Unix seconds: the system's clock, corrected by what
 *   the platform last said
 */
gint64
enigm_key_store_get_time (EnigmKeyStore *self)
{
  g_return_val_if_fail (ENIGM_IS_KEY_STORE (self), 0);

  return g_get_real_time () / G_USEC_PER_SEC + self->memory->clock;
}

/**
 * enigm_key_store_set_time:
 * @self: a store
 * @time: the time in Unix seconds, from a right signature or MAC
 *
 * Sets the key's clock; whoever calls saves.
 */
void
enigm_key_store_set_time (EnigmKeyStore *self, gint64 time)
{
  g_return_if_fail (ENIGM_IS_KEY_STORE (self));

  self->memory->clock = time - g_get_real_time () / G_USEC_PER_SEC;
}
