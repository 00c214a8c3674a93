/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EnigmRate:
 *
 * How often something costly was asked for from each address lately. Never used where an alert
 * could be held up.
 */
typedef struct _EnigmRate EnigmRate;

EnigmRate *enigm_rate_new (guint limit, gint64 seconds);
void enigm_rate_free (EnigmRate *self);
gboolean enigm_rate_take (EnigmRate *self, const char *address, gint64 now);
gboolean enigm_rate_take_many (EnigmRate *self, const char *address, guint n, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmRate, enigm_rate_free)

G_END_DECLS
