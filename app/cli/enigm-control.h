/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-account.h"

G_BEGIN_DECLS

typedef struct _EnigmControl EnigmControl;

EnigmControl *
enigm_control_export (GDBusConnection *connection, EnigmAccount *account, GError **error);
void enigm_control_free (EnigmControl *self);
void enigm_control_call_async (GDBusConnection *connection,
                               const char *const *argv,
                               GHashTable *secrets,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
int enigm_control_call_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmControl, enigm_control_free)

G_END_DECLS
