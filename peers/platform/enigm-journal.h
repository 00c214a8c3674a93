/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "enigm-store.h"

G_BEGIN_DECLS

/**
 * ENIGM_JOURNAL_MAX_RECORD:
 *
 * Bytes in one record, at most.
 */
#define ENIGM_JOURNAL_MAX_RECORD 524288

/**
 * ENIGM_JOURNAL_VOID:
 *
 * The kind of the one change that the journal makes itself.
 */
#define ENIGM_JOURNAL_VOID 0

/**
 * ENIGM_JOURNAL_AUDIT:
 *
 * The kind of a change that is a record of the audit.
 */
#define ENIGM_JOURNAL_AUDIT 10

/**
 * EnigmJournal:
 *
 * The append-only file beside the database. It outlives a restore: what began and what changed is
 * in it before anybody is told, so that a database put back from last week can be brought to today
 * and revives nothing.
 */
typedef struct _EnigmJournal EnigmJournal;

/**
 * EnigmJournalFunc:
 * @number: the record's number, from 1
 * @record: one transaction; see `enigm-journal.c` for what is in it
 * @user_data: what enigm_journal_read() was given
 * @error: return location
 *
 * Returns: %FALSE with @error set to stop reading
 */
typedef gboolean (*EnigmJournalFunc) (guint64 number,
                                      GBytes *record,
                                      gpointer user_data,
                                      GError **error);

EnigmJournal *enigm_journal_open (const char *path, GError **error);
void enigm_journal_close (EnigmJournal *self);
gboolean enigm_journal_append (EnigmJournal *self, GPtrArray *changes, GError **error);
gboolean
enigm_journal_attach (EnigmJournal *self, EnigmStore *store, guint64 *seen, GError **error);
gboolean enigm_journal_note_place (EnigmJournal *self, GError **error);
void enigm_journal_note (EnigmJournal *self, GBytes *change);
void enigm_journal_note_beside (EnigmJournal *self, GBytes *words);
guint64 enigm_journal_get_count (EnigmJournal *self);
gboolean enigm_journal_read (const char *path,
                             EnigmJournalFunc func,
                             gpointer user_data,
                             guint64 *count,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnigmJournal, enigm_journal_close)

G_END_DECLS
