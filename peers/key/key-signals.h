/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EnigmKeyVibration:
 * @ENIGM_KEY_VIBRATION_CONFIRM: press once if you are pairing
 * @ENIGM_KEY_VIBRATION_ALERT: the platform has taken the event
 * @ENIGM_KEY_VIBRATION_REFUSED: the platform has refused, or this key is bound to nobody
 * @ENIGM_KEY_VIBRATION_ENDED: the event is over
 * @ENIGM_KEY_VIBRATION_FIND: a computer of the owner's asked for it
 *
 * What can be felt, told apart by rhythm on a key with a motor.
 */
typedef enum
{
  ENIGM_KEY_VIBRATION_CONFIRM,
  ENIGM_KEY_VIBRATION_ALERT,
  ENIGM_KEY_VIBRATION_REFUSED,
  ENIGM_KEY_VIBRATION_ENDED,
  ENIGM_KEY_VIBRATION_FIND,
} EnigmKeyVibration;

#define ENIGM_TYPE_KEY_SIGNALS (enigm_key_signals_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeySignals, enigm_key_signals, ENIGM, KEY_SIGNALS, GObject)

EnigmKeySignals *enigm_key_signals_new (void);

void enigm_key_signals_set_light (EnigmKeySignals *self, gboolean on);
gboolean enigm_key_signals_get_light (EnigmKeySignals *self);
void enigm_key_signals_vibrate (EnigmKeySignals *self, EnigmKeyVibration vibration);
const char *enigm_key_signals_get_vibrating (EnigmKeySignals *self);
void enigm_key_signals_say (EnigmKeySignals *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
