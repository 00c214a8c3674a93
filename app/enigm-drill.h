/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-account.h"
#include "enigm-radio.h"

G_BEGIN_DECLS

/**
 * EnigmDrillStep:
 * @ENIGM_DRILL_FINDING: waiting for the key's button to be held
 * @ENIGM_DRILL_ORDERING: the key is told to raise a drill
 * @ENIGM_DRILL_RAISING: the key sends it, over its own connection
 * @ENIGM_DRILL_WATCHING: the platform has it and tells the contacts
 * @ENIGM_DRILL_OVER: every contact has seen it, or it was ended
 *
 * Where a drill is.
 */
typedef enum
{
  ENIGM_DRILL_FINDING,
  ENIGM_DRILL_ORDERING,
  ENIGM_DRILL_RAISING,
  ENIGM_DRILL_WATCHING,
  ENIGM_DRILL_OVER,
} EnigmDrillStep;

#define ENIGM_TYPE_DRILL (enigm_drill_get_type ())
G_DECLARE_FINAL_TYPE (EnigmDrill, enigm_drill, ENIGM, DRILL, GObject)

EnigmDrill *enigm_drill_new (EnigmRadio *radio, EnigmAccount *account, const char *binding);
void enigm_drill_run_async (EnigmDrill *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean enigm_drill_run_finish (EnigmDrill *self, GAsyncResult *result, GError **error);
void enigm_drill_end (EnigmDrill *self);

EnigmDrillStep enigm_drill_get_step (EnigmDrill *self);
const char *enigm_drill_get_sentence (EnigmDrill *self);
EnigmAlert *enigm_drill_get_alert (EnigmDrill *self);
gint64 enigm_drill_get_latency (EnigmDrill *self);
gint64 enigm_drill_get_seen_latency (EnigmDrill *self, const char *contact_id);

G_END_DECLS
