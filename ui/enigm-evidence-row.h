/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "enigm-readiness.h"

G_BEGIN_DECLS

/**
 * EnigmEvidenceRow:
 *
 * One piece of evidence: what, how it is known and how old it is, and what to do if it is not so.
 */
#define ENIGM_TYPE_EVIDENCE_ROW (enigm_evidence_row_get_type ())
G_DECLARE_FINAL_TYPE (EnigmEvidenceRow, enigm_evidence_row, ENIGM, EVIDENCE_ROW, GtkListBoxRow)

GtkWidget *enigm_evidence_row_new (void);
void enigm_evidence_row_set (EnigmEvidenceRow *self, EnigmReadinessRow *evidence);

G_END_DECLS
