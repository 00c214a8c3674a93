/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio-link.h"

G_BEGIN_DECLS

void radio_notification_send (RadioLink *link,
                              RadioAdapter *server,
                              RadioAttribute *attribute,
                              GBytes *value);
void radio_notifications_drop (RadioLink *link);

G_END_DECLS
