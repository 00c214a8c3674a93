/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmPairingOutcome:
 * @ENIGM_PAIRING_UNCHANGED: nothing is bound that was not bound before
 * @ENIGM_PAIRING_MAY_FINISH: the platform waits for the key, which goes on by itself
 * @ENIGM_PAIRING_UNKNOWN: the platform could not be asked, and the key may go on by itself
 * @ENIGM_PAIRING_BOUND_ELSEWHERE: the key is bound and works, without this computer's part
 *
 * What a pairing that ended early leaves behind.
 */
typedef enum
{
  ENIGM_PAIRING_UNCHANGED,
  ENIGM_PAIRING_MAY_FINISH,
  ENIGM_PAIRING_UNKNOWN,
  ENIGM_PAIRING_BOUND_ELSEWHERE,
} EnigmPairingOutcome;

GError *
enigm_pairing_outcome_explain (EnigmPairingOutcome self, const GError *error, const char *host);

G_END_DECLS
