/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-key-session.h"
#include "enigm-keyring.h"

G_BEGIN_DECLS

void enigm_management_open_async (EnigmRadio *radio,
                                  EnigmKeyring *keyring,
                                  const char *binding,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
EnigmKeySession *enigm_management_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
