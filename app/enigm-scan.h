/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-bluez.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_SCAN (enigm_scan_get_type ())
G_DECLARE_FINAL_TYPE (EnigmScan, enigm_scan, ENIGM, SCAN, GObject)

EnigmScan *enigm_scan_new (void);
void enigm_scan_set_adapter (EnigmScan *self, EnigmBluezAdapter1 *adapter);
gboolean enigm_scan_is_active (EnigmScan *self);

G_END_DECLS
