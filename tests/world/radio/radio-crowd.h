/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio.h"

G_BEGIN_DECLS

RadioCrowd *radio_crowd_new (Radio *radio, guint n, guint per_second);
void radio_crowd_free (RadioCrowd *self);

G_END_DECLS
