/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-radio.h"
#include "protocol/enigm-message.h"
#include "protocol/enigm-setup-code.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_SESSION (enigm_key_session_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeySession, enigm_key_session, ENIGM, KEY_SESSION, GObject)

void enigm_key_session_open_with_code_async (EnigmRadio *radio,
                                             EnigmNearbyKey *key,
                                             EnigmSetupCode *code,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
void enigm_key_session_open_with_secret_async (EnigmRadio *radio,
                                               EnigmNearbyKey *key,
                                               const guint8 *binding,
                                               EnigmSecret *secret,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);
EnigmKeySession *enigm_key_session_open_finish (GAsyncResult *result, GError **error);

const guint8 *enigm_key_session_get_value (EnigmKeySession *self);
const guint8 *enigm_key_session_get_key_nonce (EnigmKeySession *self);
void enigm_key_session_send (EnigmKeySession *self, EnigmMessage *message);
void enigm_key_session_receive_async (EnigmKeySession *self,
                                      guint timeout_seconds,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
EnigmMessage *
enigm_key_session_receive_finish (EnigmKeySession *self, GAsyncResult *result, GError **error);
void enigm_key_session_close_async (EnigmKeySession *self,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
enigm_key_session_close_finish (EnigmKeySession *self, GAsyncResult *result, GError **error);

G_END_DECLS
