/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-nearby-key.h"

G_BEGIN_DECLS

/**
 * EnigmRadioState:
 * @ENIGM_RADIO_STARTING: not known yet
 * @ENIGM_RADIO_NO_SERVICE: bluetoothd is not running
 * @ENIGM_RADIO_NO_ACCESS: the sandbox or the bus's policy closes org.bluez
 * @ENIGM_RADIO_NO_ADAPTER: bluetoothd has no adapter
 * @ENIGM_RADIO_OFF: the adapter is switched off
 * @ENIGM_RADIO_READY: keys can be looked for
 * @ENIGM_RADIO_SCANNING: keys are being looked for
 *
 * Whether this computer can hear a key, and if not, what is in the way.
 */
typedef enum
{
  ENIGM_RADIO_STARTING,
  ENIGM_RADIO_NO_SERVICE,
  ENIGM_RADIO_NO_ACCESS,
  ENIGM_RADIO_NO_ADAPTER,
  ENIGM_RADIO_OFF,
  ENIGM_RADIO_READY,
  ENIGM_RADIO_SCANNING,
} EnigmRadioState;

#define ENIGM_TYPE_RADIO (enigm_radio_get_type ())
G_DECLARE_FINAL_TYPE (EnigmRadio, enigm_radio, ENIGM, RADIO, GObject)

EnigmRadio *enigm_radio_new (GDBusConnection *connection);
EnigmRadioState enigm_radio_get_state (EnigmRadio *self);
GError *enigm_radio_dup_error (EnigmRadio *self);
GListModel *enigm_radio_get_keys (EnigmRadio *self);
GDBusObjectManager *enigm_radio_get_manager (EnigmRadio *self);
void enigm_radio_retry (EnigmRadio *self);
void enigm_radio_start_scan (EnigmRadio *self);
void enigm_radio_stop_scan (EnigmRadio *self);
void enigm_radio_switch_on_async (EnigmRadio *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean enigm_radio_switch_on_finish (EnigmRadio *self, GAsyncResult *result, GError **error);

G_END_DECLS
