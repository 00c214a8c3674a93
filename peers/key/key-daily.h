/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "key-memory.h"

G_BEGIN_DECLS

/**
 * EnigmKeyChore:
 * @ENIGM_KEY_CHORE_NONE: nothing
 * @ENIGM_KEY_CHORE_ATTEST: hand the pending binding's attestation in
 * @ENIGM_KEY_CHORE_PROVE: prove the pending binding's credential
 * @ENIGM_KEY_CHORE_STATE: ask for the state of the binding in force
 *
 * What a key has to say of its bindings when nothing has happened.
 */
typedef enum
{
  ENIGM_KEY_CHORE_NONE,
  ENIGM_KEY_CHORE_ATTEST,
  ENIGM_KEY_CHORE_PROVE,
  ENIGM_KEY_CHORE_STATE,
} EnigmKeyChore;

EnigmKeyChore
enigm_key_daily_get_chore (EnigmKeyMemory *memory, EnigmKeyRecord **record, gint64 *seconds);

G_END_DECLS
