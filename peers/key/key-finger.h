/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "key-buttons.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_FINGER (enigm_key_finger_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyFinger, enigm_key_finger, ENIGM, KEY_FINGER, GObject)

EnigmKeyFinger *enigm_key_finger_new (EnigmKeyButtons *buttons);

void enigm_key_finger_play_async (EnigmKeyFinger *self,
                                  guint n_presses,
                                  guint down_ms,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean enigm_key_finger_play_finish (EnigmKeyFinger *self, GAsyncResult *result, GError **error);

G_END_DECLS
