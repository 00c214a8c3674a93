/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-bluez.h"

G_BEGIN_DECLS

/**
 * enigm_leftovers_forget:
 * @manager: bluetoothd's objects
 * @adapter: the adapter that keys are looked for on
 *
 * Takes keys out of bluetoothd (BlueZ's Adapter1 `RemoveDevice`) that an app of this project left
 * there: one that was killed could not. They have the service of a key, and nobody hears them, is
 * connected to them, or has paired or trusted them; whatever else there is, is somebody's.
 */
void enigm_leftovers_forget (GDBusObjectManager *manager, EnigmBluezAdapter1 *adapter);

G_END_DECLS
