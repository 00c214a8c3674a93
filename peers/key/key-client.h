/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-key-answer.h"
#include "enigm-key-request.h"
#include "key-carrier.h"
#include "key-store.h"

G_BEGIN_DECLS

#define ENIGM_TYPE_KEY_CLIENT (enigm_key_client_get_type ())
G_DECLARE_FINAL_TYPE (EnigmKeyClient, enigm_key_client, ENIGM, KEY_CLIENT, GObject)

EnigmKeyClient *enigm_key_client_new (EnigmKeyStore *store);

void enigm_key_client_ask_async (EnigmKeyClient *self,
                                 EnigmKeyCarrier *carrier,
                                 const guint8 *binding_id,
                                 const EnigmKeyRequest *request,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean enigm_key_client_ask_finish (EnigmKeyClient *self,
                                      GAsyncResult *result,
                                      EnigmKeyAnswer *answer,
                                      GError **error);

void enigm_key_client_attest_async (EnigmKeyClient *self,
                                    EnigmKeyCarrier *carrier,
                                    const guint8 *binding_id,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
GBytes *enigm_key_client_attest_finish (EnigmKeyClient *self,
                                        GAsyncResult *result,
                                        guint8 signature[ENIGM_P256_SIGNATURE_SIZE],
                                        GError **error);

G_END_DECLS
