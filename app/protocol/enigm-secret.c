/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-secret-private.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Pages that are locked already and wait, wiped, for the next secret: to lock one and to give it
 * back takes longer than most of what is done with a secret. */
#define SPARE_PAGES 32

static GMutex spare_lock;
static guint8 *spare[SPARE_PAGES];
static guint n_spare;

struct _EnigmSecret
{
  gatomicrefcount refs;
  guint8 *data;
  gsize len;
  gsize mapped;
};

static guint8 *
take_spare_page (void)
{
  guint8 *page = NULL;

  g_mutex_lock (&spare_lock);
  if (n_spare > 0)
    page = spare[--n_spare];
  g_mutex_unlock (&spare_lock);

  return page;
}

static gboolean
keep_spare_page (guint8 *page)
{
  gboolean kept;

  g_mutex_lock (&spare_lock);
  kept = n_spare < SPARE_PAGES;
  if (kept)
    spare[n_spare++] = page;
  g_mutex_unlock (&spare_lock);

  return kept;
}

static guint8 *
map_pages (gsize size)
{
  guint8 *data = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (data == MAP_FAILED)
    g_error ("Out of memory for a secret in %" G_GSIZE_FORMAT " bytes", size);

  /* Both are a second line of defence that a kernel or a limit may deny; the program works on. */
  (void) madvise (data, size, MADV_DONTDUMP);
  (void) mlock (data, size);

  return data;
}

EnigmSecret *
enigm_secret_new_zeroed (gsize len)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  EnigmSecret *self;

  g_assert (len > 0 && len <= G_MAXINT);

  self = g_new0 (EnigmSecret, 1);
  g_atomic_ref_count_init (&self->refs);
  self->len = len;
  self->mapped = (len + page - 1) / page * page;
  if (self->mapped == page)
    self->data = take_spare_page ();
  if (self->data == NULL)
    self->data = map_pages (self->mapped);

  return self;
}

guint8 *
enigm_secret_peek_writable (EnigmSecret *self)
{
  return self->data;
}

/**
 * enigm_secret_new_random:
 * @len: number of bytes, at least 1
 * @error: return location for an error
 *
 * Draws a secret from the private random generator.
 *
 * Returns: (transfer full): the secret, or %NULL with %ENIGM_ERROR_RANDOMNESS
 */
EnigmSecret *
enigm_secret_new_random (gsize len, GError **error)
{
  g_autoptr (EnigmSecret) self = NULL;

  g_return_val_if_fail (len > 0 && len <= G_MAXINT, NULL);

  self = enigm_secret_new_zeroed (len);
  if (RAND_priv_bytes_ex (NULL, self->data, len, 256) != 1)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_RANDOMNESS,
                           "no good random numbers are to be had");
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * enigm_secret_new_copy:
 * @data: (array length=len): the bytes; the caller wipes them
 * @len: number of bytes, at least 1
 *
 * Returns: (transfer full): a secret with a copy of @data
 */
EnigmSecret *
enigm_secret_new_copy (const guint8 *data, gsize len)
{
  EnigmSecret *self;

  g_return_val_if_fail (data != NULL, NULL);
  g_return_val_if_fail (len > 0 && len <= G_MAXINT, NULL);

  self = enigm_secret_new_zeroed (len);
  memcpy (self->data, data, len);

  return self;
}

/**
 * enigm_secret_new_take:
 * @data: (array length=len) (transfer full): bytes from g_malloc(); wiped and freed here
 * @len: number of bytes, at least 1
 *
 * Returns: (transfer full): a secret with the bytes of @data
 */
EnigmSecret *
enigm_secret_new_take (guint8 *data, gsize len)
{
  EnigmSecret *self = enigm_secret_new_copy (data, len);

  OPENSSL_cleanse (data, len);
  g_free (data);

  return self;
}

/**
 * enigm_secret_new_slice:
 * @secret: what to cut from
 * @offset: first byte
 * @len: number of bytes, at least 1; @offset + @len lies within @secret
 *
 * Returns: (transfer full): a secret with a copy of a part of @secret
 */
EnigmSecret *
enigm_secret_new_slice (EnigmSecret *secret, gsize offset, gsize len)
{
  g_return_val_if_fail (secret != NULL, NULL);
  g_return_val_if_fail (offset <= secret->len && len <= secret->len - offset, NULL);

  return enigm_secret_new_copy (secret->data + offset, len);
}

/**
 * enigm_secret_ref:
 * @self: a secret
 *
 * Returns: (transfer full): @self
 */
EnigmSecret *
enigm_secret_ref (EnigmSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);

  return self;
}

/**
 * enigm_secret_unref:
 * @self: (transfer full): a secret
 *
 * Drops a reference; the last one wipes the bytes.
 */
void
enigm_secret_unref (EnigmSecret *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  OPENSSL_cleanse (self->data, self->len);
  if (self->mapped != (gsize) sysconf (_SC_PAGESIZE) || !keep_spare_page (self->data))
    munmap (self->data, self->mapped);
  g_free (self);
}

/**
 * enigm_secret_peek:
 * @self: a secret
 * @len: (out) (optional): return location for the number of bytes
 *
 * Returns: (transfer none): the bytes, valid as long as @self is
 */
const guint8 *
enigm_secret_peek (EnigmSecret *self, gsize *len)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (len != NULL)
    *len = self->len;

  return self->data;
}

/**
 * enigm_secret_get_length:
 * @self: a secret
 *
 * Returns: the number of bytes
 */
gsize
enigm_secret_get_length (EnigmSecret *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->len;
}

static void
secret_free_func (gpointer data)
{
  enigm_secret_unref (data);
}

/**
 * enigm_secret_as_bytes:
 * @self: a secret
 *
 * A view without a copy: the bytes are wiped with the last reference to view and secret. Do not
 * call g_bytes_unref_to_data() on it, which copies.
 *
 * Returns: (transfer full): a #GBytes over the secret
 */
GBytes *
enigm_secret_as_bytes (EnigmSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new_with_free_func (self->data, self->len, secret_free_func,
                                     enigm_secret_ref (self));
}

/**
 * enigm_secret_equal:
 * @self: a secret
 * @other: another
 *
 * Compares in a time that depends on the lengths only.
 *
 * Returns: whether length and bytes are the same
 */
gboolean
enigm_secret_equal (EnigmSecret *self, EnigmSecret *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return self->len == other->len &&
         enigm_bytes_equal_constant_time (self->data, other->data, self->len);
}

/**
 * enigm_random_bytes:
 * @data: (array length=len): where to write
 * @len: number of bytes
 * @error: return location for an error
 *
 * Draws random bytes that will be seen by others: nonces, IDs. For secrets there is
 * enigm_secret_new_random(), whose generator never shows its output.
 *
 * Returns: %TRUE, or %FALSE with %ENIGM_ERROR_RANDOMNESS, and then @data must not be used
 */
gboolean
enigm_random_bytes (guint8 *data, gsize len, GError **error)
{
  g_return_val_if_fail (data != NULL || len == 0, FALSE);

  if (RAND_bytes_ex (NULL, data, len, 256) != 1)
    {
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_RANDOMNESS,
                           "no good random numbers are to be had");
      return FALSE;
    }

  return TRUE;
}

/**
 * enigm_bytes_equal_constant_time:
 * @a: (array length=len): some bytes
 * @b: (array length=len): as many
 * @len: how many
 *
 * For whatever an attacker may guess at: MACs, hints, tokens.
 *
 * Returns: whether they are the same
 */
gboolean
enigm_bytes_equal_constant_time (gconstpointer a, gconstpointer b, gsize len)
{
  g_return_val_if_fail ((a != NULL && b != NULL) || len == 0, FALSE);

  return CRYPTO_memcmp (a, b, len) == 0;
}

/**
 * enigm_process_protect:
 *
 * Keeps this process's memory to itself: no core dump, and no other process of the same user may
 * attach or read it. The first thing in each program's main(), before a secret exists.
 */
void
enigm_process_protect (void)
{
  const struct rlimit none = { 0, 0 };

  if (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || setrlimit (RLIMIT_CORE, &none) != 0)
    g_warning ("The memory of this process could not be closed to others");
}
