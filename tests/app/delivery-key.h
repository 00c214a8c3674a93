/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-platform.h"

G_BEGIN_DECLS

/**
 * DeliveryKey:
 *
 * Everything of a real key but button, radio and session: flash, events, and what it says to the
 * platform over its own connection.
 */
typedef struct _DeliveryKey DeliveryKey;

void delivery_key_make_maker (const char *folder);
DeliveryKey *delivery_key_new (const char *folder, const char *maker, GBytes *identity);
void delivery_key_free (DeliveryKey *self);
void delivery_key_bind (DeliveryKey *self, EnigmPlatform *platform);
gboolean delivery_key_is_trusted (gpointer self);
gboolean delivery_key_raise (DeliveryKey *self, gboolean is_drill, char **id);
void delivery_key_end (DeliveryKey *self);
void delivery_key_set_network (DeliveryKey *self, gboolean on);
void delivery_key_set_clock (DeliveryKey *self, gint64 ahead);
void delivery_key_set_position (DeliveryKey *self, gint32 latitude, gint32 longitude);
void delivery_key_lose_power (DeliveryKey *self);
gboolean delivery_key_has_said_all (DeliveryKey *self);
gboolean delivery_key_has_open (DeliveryKey *self);

G_END_DECLS
