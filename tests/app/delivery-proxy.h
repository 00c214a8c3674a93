/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * DeliveryProxy:
 *
 * The network between an app or a key and its platform, with what networks do: it refuses, delays,
 * and cuts connections, with and without a word, anywhere in the middle of anything.
 */
typedef struct _DeliveryProxy DeliveryProxy;

DeliveryProxy *delivery_proxy_new (void);
void delivery_proxy_free (DeliveryProxy *self);
guint16 delivery_proxy_get_port (DeliveryProxy *self);
void delivery_proxy_set_target (DeliveryProxy *self, guint16 port);
void delivery_proxy_set_chance (DeliveryProxy *self, GRand *chance);
void delivery_proxy_set_refusing (DeliveryProxy *self, gboolean refusing);
guint delivery_proxy_cut (DeliveryProxy *self, gboolean abruptly, gdouble share);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DeliveryProxy, delivery_proxy_free)

G_END_DECLS
