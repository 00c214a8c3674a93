/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-tries.h"

#define FAST_S 1
#define SLOW_S 10

/**
 * EnigmKeyTries:
 *
 * How often the setup code was tried, counted before the answer goes out, so that pulling the
 * battery gains nothing (PROTOCOL.md, section 4).
 */
struct _EnigmKeyTries
{
  GObject parent_instance;

  EnigmKeyStore *store;
  gint64 last; /* monotonic, microseconds; 0: none since the key was made */
};

G_DEFINE_FINAL_TYPE (EnigmKeyTries, enigm_key_tries, G_TYPE_OBJECT)

static void
enigm_key_tries_dispose (GObject *object)
{
  EnigmKeyTries *self = ENIGM_KEY_TRIES (object);

  g_clear_object (&self->store);

  G_OBJECT_CLASS (enigm_key_tries_parent_class)->dispose (object);
}

static void
enigm_key_tries_class_init (EnigmKeyTriesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = enigm_key_tries_dispose;
}

static void
enigm_key_tries_init (EnigmKeyTries *self)
{
}

/**
 * enigm_key_tries_new:
 * @store: the key's flash
 *
 * Returns: (transfer full): the count
 */
EnigmKeyTries *
enigm_key_tries_new (EnigmKeyStore *store)
{
  EnigmKeyTries *self;

  g_return_val_if_fail (ENIGM_IS_KEY_STORE (store), NULL);

  self = g_object_new (ENIGM_TYPE_KEY_TRIES, NULL);
  self->store = g_object_ref (store);
  /* After a loss of power nobody knows when the last try was: it may have been just now. */
  if (enigm_key_store_get_memory (store)->failures > 0)
    self->last = g_get_monotonic_time ();

  return self;
}

/**
 * enigm_key_tries_begin:
 * @self: the count
 * @seconds: (out): until a next try makes sense, if not now
 *
 * Asks for one try, and counts it durably.
 *
 * Returns: 0 if it may begin, else %ENIGM_REASON_WAIT, %ENIGM_REASON_CLOSED or
 *   %ENIGM_REASON_STORAGE
 */
EnigmReason
enigm_key_tries_begin (EnigmKeyTries *self, guint *seconds)
{
  g_autoptr (GError) error = NULL;
  EnigmKeyMemory *memory;
  gint64 now = g_get_monotonic_time ();
  gint64 next;

  g_return_val_if_fail (ENIGM_IS_KEY_TRIES (self), ENIGM_REASON_STORAGE);
  g_return_val_if_fail (seconds != NULL, ENIGM_REASON_STORAGE);

  *seconds = 0;
  memory = enigm_key_store_get_memory (self->store);
  if (memory->failures >= ENIGM_KEY_TRIES_MAX)
    return ENIGM_REASON_CLOSED;

  next = self->last +
         (gint64) (memory->failures >= ENIGM_KEY_TRIES_FAST ? SLOW_S : FAST_S) * G_USEC_PER_SEC;
  if (self->last != 0 && now < next)
    {
      *seconds = (next - now + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
      return ENIGM_REASON_WAIT;
    }

  memory->failures++;
  if (!enigm_key_store_save (self->store, &error))
    {
      memory->failures--;
      g_warning ("A try could not be counted: %s", error->message);
      return ENIGM_REASON_STORAGE;
    }
  self->last = now;

  return 0;
}

/**
 * enigm_key_tries_succeed:
 * @self: the count
 *
 * The code was right: nothing has failed since.
 */
void
enigm_key_tries_succeed (EnigmKeyTries *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (ENIGM_IS_KEY_TRIES (self));

  /* A count that is too high costs the owner time, no more: the right code still counts. */
  enigm_key_store_get_memory (self->store)->failures = 0;
  if (!enigm_key_store_save (self->store, &error))
    g_warning ("The tries could not be given back for good: %s", error->message);
}

/**
 * enigm_key_tries_reset:
 * @self: the count
 * @error: return location for an error
 *
 * The reset under the key's cover: clears tries and management secrets, and nothing else, so that
 * a thief gains nothing and an owner is never left with a dead key.
 *
 * Returns: whether it is stored
 */
gboolean
enigm_key_tries_reset (EnigmKeyTries *self, GError **error)
{
  g_autoptr (GBytes) before = NULL;
  EnigmKeyMemory *memory;

  g_return_val_if_fail (ENIGM_IS_KEY_TRIES (self), FALSE);

  before = enigm_key_store_remember (self->store);
  memory = enigm_key_store_get_memory (self->store);
  memory->failures = 0;
  g_ptr_array_set_size (memory->computers, 0);
  if (!enigm_key_store_save_or_restore (self->store, before, error))
    return FALSE;
  self->last = 0;

  return TRUE;
}
