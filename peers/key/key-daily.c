/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-daily.h"

#define DAY_S (24 * 60 * 60)

/**
 * enigm_key_daily_get_chore:
 * @memory: what the key remembers
 * @record: (out) (nullable): the binding it is about
 * @seconds: (out): how long until it is due, 0 for now
 *
 * A pending binding asks until the platform has said what became of it. One in force asks until it
 * has been heard over the key's own connection, and then once a day: its only routine traffic.
 *
 * Returns: what is to be said
 */
EnigmKeyChore
enigm_key_daily_get_chore (EnigmKeyMemory *memory, EnigmKeyRecord **record, gint64 *seconds)
{
  gint64 since;

  g_return_val_if_fail (memory != NULL && record != NULL && seconds != NULL, ENIGM_KEY_CHORE_NONE);

  *seconds = 0;
  *record = memory->pending;
  if (memory->pending != NULL)
    return memory->pending->registered ? ENIGM_KEY_CHORE_PROVE : ENIGM_KEY_CHORE_ATTEST;

  *record = memory->current;
  if (memory->current == NULL)
    return ENIGM_KEY_CHORE_NONE;
  since = g_get_real_time () / G_USEC_PER_SEC - memory->current->heard;
  /* A clock that went backwards is no reason to be silent. */
  if (memory->current->reached == ENIGM_REACHED_OWN && since >= 0)
    *seconds = MAX (DAY_S - since, 0);

  return ENIGM_KEY_CHORE_STATE;
}
