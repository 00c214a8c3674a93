/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-platform-state.h"

G_BEGIN_DECLS

gboolean enigm_account_changes_note_opened (EnigmPlatformState *state,
                                            const guint8 account[ENIGM_ID_SIZE],
                                            const gchar *user,
                                            const gchar *contact_id,
                                            const gchar *password_hash,
                                            const gchar *pin_hash,
                                            GError **error);
void enigm_account_changes_note_computer (EnigmPlatformState *state,
                                          const guint8 account[ENIGM_ID_SIZE],
                                          const guint8 computer[ENIGM_ID_SIZE],
                                          const gchar *name,
                                          const guint8 point[ENIGM_P256_POINT_SIZE]);
void enigm_account_changes_note_closed (EnigmPlatformState *state,
                                        const guint8 computer[ENIGM_ID_SIZE]);
gboolean enigm_account_changes_note_contacts (EnigmPlatformState *state,
                                              const guint8 owner[ENIGM_ID_SIZE],
                                              GError **error);
gboolean enigm_account_changes_note_secrets (EnigmPlatformState *state,
                                             const guint8 account[ENIGM_ID_SIZE],
                                             GError **error);
void enigm_account_changes_note_deleted (EnigmPlatformState *state,
                                         const guint8 account[ENIGM_ID_SIZE]);

G_END_DECLS
