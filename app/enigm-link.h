/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-radio.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_LINK (enigm_link_get_type ())
G_DECLARE_FINAL_TYPE (EnigmLink, enigm_link, ENIGM, LINK, GObject)

void enigm_link_open_async (EnigmRadio *radio,
                            EnigmNearbyKey *key,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
EnigmLink *enigm_link_open_finish (GAsyncResult *result, GError **error);
GBytes *enigm_link_get_hello (EnigmLink *self);
void enigm_link_send (EnigmLink *self, GBytes *message);
void enigm_link_close_async (EnigmLink *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean enigm_link_close_finish (EnigmLink *self, GAsyncResult *result, GError **error);

G_END_DECLS
