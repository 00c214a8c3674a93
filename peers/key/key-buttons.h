/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmKeyPattern:
 * @ENIGM_KEY_PATTERN_PRESS: one short press
 * @ENIGM_KEY_PATTERN_ALERT: three short presses or more, except five
 * @ENIGM_KEY_PATTERN_DRILL: five short presses
 * @ENIGM_KEY_PATTERN_HOLD: held for three seconds
 * @ENIGM_KEY_PATTERN_LONG: held for six seconds
 *
 * What a person may mean by pressing the one button. Two presses mean nothing: neither a
 * confirmation nor an alert should come from half of the other.
 */
typedef enum
{
  ENIGM_KEY_PATTERN_PRESS,
  ENIGM_KEY_PATTERN_ALERT,
  ENIGM_KEY_PATTERN_DRILL,
  ENIGM_KEY_PATTERN_HOLD,
  ENIGM_KEY_PATTERN_LONG,
} EnigmKeyPattern;

#define ENIGM_TYPE_KEY_BUTTONS (enigm_key_buttons_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyButtons, enigm_key_buttons, ENIGM, KEY_BUTTONS, GObject)

EnigmKeyButtons *enigm_key_buttons_new (void);

void enigm_key_buttons_down (EnigmKeyButtons *self);
void enigm_key_buttons_up (EnigmKeyButtons *self);

G_END_DECLS
