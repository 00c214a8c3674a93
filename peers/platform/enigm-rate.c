/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-rate.h"

/* More addresses than this at a time, and all begin anew: memory stays bounded. */
#define MAX_ADDRESSES 4096

struct _EnigmRate
{
  guint limit;
  gint64 seconds;
  gint64 since;
  GHashTable *counts;
};

/**
 * enigm_rate_new:
 * @limit: how often one address may ask
 * @seconds: within how long
 *
 * Returns: (transfer full): a count of nothing
 */
EnigmRate *
enigm_rate_new (guint limit, gint64 seconds)
{
  EnigmRate *self = g_new0 (EnigmRate, 1);

  self->limit = limit;
  self->seconds = seconds;
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/**
 * enigm_rate_free:
 * @self: (transfer full): a count
 */
void
enigm_rate_free (EnigmRate *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_unref (self->counts);
  g_free (self);
}

/**
 * enigm_rate_take:
 * @self: a count
 * @address: who asks
 * @now: the time, in Unix seconds
 *
 * Counts one more.
 *
 * Returns: whether it is within the limit
 */
gboolean
enigm_rate_take (EnigmRate *self, const char *address, gint64 now)
{
  return enigm_rate_take_many (self, address, 1, now);
}

/**
 * enigm_rate_take_many:
 * @self: a count
 * @address: who asks
 * @n: for how much
 * @now: the time, in Unix seconds
 *
 * Counts @n more.
 *
 * Returns: whether there was room within the limit
 */
gboolean
enigm_rate_take_many (EnigmRate *self, const char *address, guint n, gint64 now)
{
  guint count;

  g_return_val_if_fail (self != NULL && address != NULL, FALSE);

  if (now < self->since || now >= self->since + self->seconds ||
      g_hash_table_size (self->counts) >= MAX_ADDRESSES)
    {
      g_hash_table_remove_all (self->counts);
      self->since = now;
    }
  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, address));
  if (count >= self->limit)
    return FALSE;
  g_hash_table_insert (self->counts, g_strdup (address), GUINT_TO_POINTER (count + n));
  return TRUE;
}
