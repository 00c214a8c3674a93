/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio-interface.h"
#include "radio.h"

G_BEGIN_DECLS

typedef struct _RadioDescriptor RadioDescriptor;

RadioDescriptor *
radio_descriptor_new (RadioDevice *device, const char *characteristic_path, guint16 handle);
void radio_descriptor_free (RadioDescriptor *self);

G_END_DECLS
