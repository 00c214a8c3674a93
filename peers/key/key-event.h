/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "key-sensors.h"
#include "key-signals.h"
#include "key-store.h"

G_BEGIN_DECLS

/**
 * EnigmKeyStep:
 * @ENIGM_KEY_STEP_NONE: nothing is to be said now
 * @ENIGM_KEY_STEP_RAISE: the event itself
 * @ENIGM_KEY_STEP_POSITION: where the key is
 * @ENIGM_KEY_STEP_LOOK: whether the platform still has it open
 * @ENIGM_KEY_STEP_END: that it is over
 *
 * What the platform is to be told next about an event.
 */
typedef enum
{
  ENIGM_KEY_STEP_NONE,
  ENIGM_KEY_STEP_RAISE,
  ENIGM_KEY_STEP_POSITION,
  ENIGM_KEY_STEP_LOOK,
  ENIGM_KEY_STEP_END,
} EnigmKeyStep;

#define ENIGM_TYPE_KEY_EVENT (enigm_key_event_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyEvent, enigm_key_event, ENIGM, KEY_EVENT, GObject)

EnigmKeyEvent *
enigm_key_event_new (EnigmKeyStore *store, EnigmKeySignals *signals, EnigmKeySensors *sensors);

void enigm_key_event_raise (EnigmKeyEvent *self, gboolean is_drill);
EnigmReason enigm_key_event_order_drill (EnigmKeyEvent *self);
void enigm_key_event_end (EnigmKeyEvent *self);

gboolean enigm_key_event_is_alert_open (EnigmKeyEvent *self);
guint enigm_key_event_get_open (EnigmKeyEvent *self);
EnigmKeyHappening *enigm_key_event_get_next (EnigmKeyEvent *self, EnigmKeyStep *step, gint64 *when);

void enigm_key_event_accepted (EnigmKeyEvent *self,
                               EnigmKeyHappening *happening,
                               EnigmKeyStep step,
                               guint n_open);
void enigm_key_event_refused (EnigmKeyEvent *self, EnigmKeyHappening *happening);
void enigm_key_event_over (EnigmKeyEvent *self, EnigmKeyHappening *happening);

G_END_DECLS
