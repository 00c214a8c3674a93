/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-bindings.h"

G_BEGIN_DECLS

void enigm_changes_note_begun (EnigmPlatformState *state,
                               const EnigmBinding *binding,
                               const guint8 computer[ENIGM_ID_SIZE],
                               GBytes *sealed_request_key,
                               GBytes *sealed_answer_key);
void enigm_changes_note_replaces (EnigmPlatformState *state, const EnigmBinding *binding);
void enigm_changes_note_changed (EnigmPlatformState *state,
                                 const EnigmBinding *binding,
                                 EnigmBindingBy by,
                                 EnigmBindingReason reason);
void enigm_changes_note_owner (EnigmPlatformState *state,
                               const guint8 certificate[ENIGM_SHA256_SIZE],
                               const guint8 *account,
                               const guint8 *binding);
void enigm_changes_note_computer (EnigmPlatformState *state,
                                  const guint8 binding[ENIGM_ID_SIZE],
                                  const guint8 computer[ENIGM_ID_SIZE]);
void enigm_changes_note_successor (EnigmPlatformState *state,
                                   const guint8 from[ENIGM_ID_SIZE],
                                   const guint8 to[ENIGM_ID_SIZE]);
void enigm_changes_note_suspended (EnigmPlatformState *state,
                                   const guint8 certificate[ENIGM_SHA256_SIZE],
                                   gboolean suspended);
void enigm_changes_note_ended (EnigmPlatformState *state,
                               const guint8 event[ENIGM_ID_SIZE],
                               const char *by);
void enigm_changes_note_deleted (EnigmPlatformState *state, const guint8 event[ENIGM_ID_SIZE]);

G_END_DECLS
