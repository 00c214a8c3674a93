/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "protocol/enigm-setup-code.h"

G_BEGIN_DECLS

/**
 * EnigmCodeEntry:
 *
 * One field for a setup code: three groups, capitals and hyphens by themselves, a wrong check
 * character marked at once. Signals `changed`, and `activate` for Enter with a code that may be
 * right.
 */
#define ENIGM_TYPE_CODE_ENTRY (enigm_code_entry_get_type ())
G_DECLARE_FINAL_TYPE (EnigmCodeEntry, enigm_code_entry, ENIGM, CODE_ENTRY, AdwBin)

/**
 * enigm_code_entry_get_code:
 *
 * Returns: (transfer none) (nullable): the code, once it is complete and its check character fits
 */
EnigmSetupCode *enigm_code_entry_get_code (EnigmCodeEntry *self);

/* Marks the code as not the key's; it stays as typed. */
void enigm_code_entry_mark_wrong (EnigmCodeEntry *self);

G_END_DECLS
