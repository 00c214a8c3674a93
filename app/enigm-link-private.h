/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-bluez.h"
#include "enigm-link.h"

G_BEGIN_DECLS

/* What opening a link shares with the link. */

EnigmLink *enigm_link_new (GDBusObjectManager *manager,
                           EnigmBluezAdapter1 *adapter,
                           EnigmBluezDevice1 *device,
                           EnigmBluezGattCharacteristic1 *inbox,
                           EnigmBluezGattCharacteristic1 *outbox,
                           GBytes *hello);
GError *enigm_link_new_gone_error (void);
GError *enigm_link_new_busy_error (void);

G_END_DECLS
