/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * EnigmReasonChoice:
 *
 * Why a key is revoked, as one of a few: lost, unless another one is chosen. It stands in the
 * question itself, so that whoever has no time for it passes it by.
 */
#define ENIGM_TYPE_REASON_CHOICE (enigm_reason_choice_get_type ())
G_DECLARE_FINAL_TYPE (EnigmReasonChoice, enigm_reason_choice, ENIGM, REASON_CHOICE, GtkBox)

GtkWidget *enigm_reason_choice_new (void);

/**
 * enigm_reason_choice_get_reason:
 *
 * Returns: (transfer none): as enigm_account_set_key_state_async() takes it
 */
const char *enigm_reason_choice_get_reason (EnigmReasonChoice *self);

G_END_DECLS
