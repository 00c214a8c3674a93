/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "radio-interface.h"

G_BEGIN_DECLS

typedef struct _RadioObjects RadioObjects;

RadioObjects *radio_objects_new (GDBusConnection *connection);
void radio_objects_free (RadioObjects *self);
void radio_objects_export (RadioObjects *self, const char *path, RadioInterface *first, ...)
  G_GNUC_NULL_TERMINATED;
void radio_objects_unexport (RadioObjects *self, const char *path);

G_END_DECLS
