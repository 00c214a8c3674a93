/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-store.h"

G_BEGIN_DECLS

/* Bytes in a pseudonym (PROTOCOL.md, section 1). */
#define ENIGM_PSEUDONYM_SIZE 32

/**
 * EnigmAuditEntry:
 * @time: when, in Unix seconds
 * @pseudonym: (array fixed-size=32) (nullable): which account with which key; %NULL for neither
 * @what: what the record is about, such as `binding` or `replay`; up to 32 bytes
 * @detail: what happened, in words that name no one and hold no secret; up to 256 bytes
 *
 * One thing that happened, for whoever has to account for it later.
 */
typedef struct
{
  gint64 time;
  const guint8 *pseudonym;
  const char *what;
  const char *detail;
} EnigmAuditEntry;

gboolean enigm_audit_append (EnigmStore *store, const EnigmAuditEntry *entry, GError **error);
gboolean enigm_audit_verify (EnigmStore *store, guint64 *count, GError **error);

G_END_DECLS
