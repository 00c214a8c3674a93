/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmPairingStep:
 * @ENIGM_PAIRING_FIND: the key is on the air
 * @ENIGM_PAIRING_CODE: it is the key whose code was typed, and the channel is open
 * @ENIGM_PAIRING_CONFIRM: its button was pressed
 * @ENIGM_PAIRING_REGISTER: the platform knows the binding
 * @ENIGM_PAIRING_KEEP: this computer keeps its management secret
 * @ENIGM_PAIRING_READY: the key proved its credential
 *
 * The six steps a person follows.
 */
typedef enum
{
  ENIGM_PAIRING_FIND,
  ENIGM_PAIRING_CODE,
  ENIGM_PAIRING_CONFIRM,
  ENIGM_PAIRING_REGISTER,
  ENIGM_PAIRING_KEEP,
  ENIGM_PAIRING_READY,
} EnigmPairingStep;

#define ENIGM_PAIRING_N_STEPS 6

/**
 * EnigmPairingStepState:
 * @ENIGM_PAIRING_WAITING: its turn has not come
 * @ENIGM_PAIRING_UNDER_WAY: under way
 * @ENIGM_PAIRING_DONE: what it is for is true
 * @ENIGM_PAIRING_FAILED: it ended the pairing
 *
 * How a step stands.
 */
typedef enum
{
  ENIGM_PAIRING_WAITING,
  ENIGM_PAIRING_UNDER_WAY,
  ENIGM_PAIRING_DONE,
  ENIGM_PAIRING_FAILED,
} EnigmPairingStepState;

#define ENIGM_TYPE_PAIRING_STEPS (enigm_pairing_steps_get_type ())
G_DECLARE_FINAL_TYPE (EnigmPairingSteps, enigm_pairing_steps, ENIGM, PAIRING_STEPS, GObject)

EnigmPairingSteps *enigm_pairing_steps_new (void);
void enigm_pairing_steps_set (EnigmPairingSteps *self,
                              EnigmPairingStep step,
                              EnigmPairingStepState state,
                              const char *sentence);
void enigm_pairing_steps_reset (EnigmPairingSteps *self);
EnigmPairingStep enigm_pairing_steps_get_current (EnigmPairingSteps *self);
EnigmPairingStepState enigm_pairing_steps_get_state (EnigmPairingSteps *self,
                                                     EnigmPairingStep step);
const char *enigm_pairing_steps_get_sentence (EnigmPairingSteps *self, EnigmPairingStep step);
const char *enigm_pairing_step_get_title (EnigmPairingStep step);
const char *enigm_pairing_step_get_name (EnigmPairingStep step);

G_END_DECLS
