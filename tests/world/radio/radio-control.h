/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio-interface.h"
#include "radio.h"

G_BEGIN_DECLS

RadioInterface *radio_control_export (Radio *radio, GError **error);

G_END_DECLS
