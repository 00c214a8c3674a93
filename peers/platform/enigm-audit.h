/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/protocol/enigm-secret.h"

#include "enigm-journal.h"

G_BEGIN_DECLS

/* Bytes in a pseudonym (PROTOCOL.md, section 1). */
#define ENIGM_PSEUDONYM_SIZE 32
/* Bytes in the words of a record, at most. */
#define ENIGM_AUDIT_WHAT_MAX 32
#define ENIGM_AUDIT_DETAIL_MAX 256
/* How long a security event is kept, in seconds. */
#define ENIGM_AUDIT_SECURITY_SECONDS (30 * 24 * 60 * 60)

/**
 * EnigmAudit:
 *
 * The chain of records in a database.
 */
typedef struct _EnigmAudit EnigmAudit;

/**
 * EnigmAuditEntry:
 * @time: when, in Unix seconds
 * @pseudonym: (array fixed-size=32) (nullable): which account with which key; %NULL for neither
 * @what: what the record is about, such as `binding` or `replay`
 * @detail: what happened, in words that name no one and hold no secret
 * @security: whether it is a security event, kept for 30 days at most
 *
 * One thing that happened, for whoever has to account for it later.
 */
typedef struct
{
  gint64 time;
  const guint8 *pseudonym;
  const char *what;
  const char *detail;
  gboolean security;
} EnigmAuditEntry;

/**
 * EnigmAuditFunc:
 * @number: the record's number
 * @entry: (nullable): what it says; %NULL for a security event whose words are over
 * @user_data: what was given
 *
 * Called for one record.
 */
typedef void (*EnigmAuditFunc) (gint64 number, const EnigmAuditEntry *entry, gpointer user_data);

EnigmAudit *enigm_audit_new (EnigmStore *store, EnigmSecret *secret, guint keep_days);
void enigm_audit_free (EnigmAudit *self);

void enigm_audit_set_journal (EnigmAudit *self, EnigmJournal *journal);
gboolean enigm_audit_append (EnigmAudit *self, const EnigmAuditEntry *entry, GError **error);
gboolean enigm_audit_append_again (EnigmAudit *self, const EnigmAuditEntry *entry, GError **error);
gboolean enigm_audit_verify (EnigmAudit *self, gint64 now, guint64 *count, GError **error);
gboolean enigm_audit_verify_part (EnigmAudit *self,
                                  gint64 now,
                                  gint64 limit,
                                  gint64 *number,
                                  guint64 *count,
                                  GError **error);
gboolean enigm_audit_prune (EnigmAudit *self, gint64 now, GError **error);
gboolean enigm_audit_read (EnigmAudit *self,
                           gint64 after,
                           gint64 limit,
                           EnigmAuditFunc func,
                           gpointer user_data,
                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmAudit, enigm_audit_free)

G_END_DECLS
