/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-backoff.h"

#define FIRST_S 1
#define LONGEST_S 60

/**
 * enigm_key_backoff_fail:
 * @self: a backoff
 *
 * A try has failed: the next one waits. A quarter more or less keeps a crowd of keys apart.
 */
void
enigm_key_backoff_fail (EnigmKeyBackoff *self)
{
  guint doublings;
  gdouble seconds;

  g_return_if_fail (self != NULL);

  doublings = MIN (self->n_failures, 6);
  seconds = MIN (FIRST_S << doublings, LONGEST_S) * g_random_double_range (0.75, 1.25);
  self->n_failures++;
  self->next = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
}

/**
 * enigm_key_backoff_reset:
 * @self: a backoff
 */
void
enigm_key_backoff_reset (EnigmKeyBackoff *self)
{
  g_return_if_fail (self != NULL);

  *self = (EnigmKeyBackoff){ 0, 0 };
}
