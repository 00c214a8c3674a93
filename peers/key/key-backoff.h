/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EnigmKeyBackoff:
 * @n_failures: in a row
 * @next: when the next try may be, monotonic microseconds
 *
 * From 1 s doubling to 60 s, with jitter, without end. Zeroed, it lets a try begin at once.
 */
typedef struct
{
  guint n_failures;
  gint64 next;
} EnigmKeyBackoff;

void enigm_key_backoff_fail (EnigmKeyBackoff *self);
void enigm_key_backoff_reset (EnigmKeyBackoff *self);

G_END_DECLS
