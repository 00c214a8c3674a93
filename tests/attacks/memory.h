/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/**
 * Needles:
 *
 * Byte strings to be looked for in a process's memory. They are kept masked, so that the search
 * finds everything but itself.
 */
typedef struct _Needles Needles;

Needles *needles_new (void);
void needles_free (Needles *self);
void needles_add (Needles *self, const char *name, gconstpointer data, gsize size);
void needles_remove (Needles *self, gconstpointer data, gsize size);
void needles_remove_all (Needles *self, Needles *others);
guint needles_count (Needles *self);
GHashTable *needles_search (Needles *self, pid_t pid, GError **error);
guint needles_report_in (Needles *self, gconstpointer data, gsize size, const char *where);
guint needles_report (GHashTable *found, const char *where);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Needles, needles_free)

G_END_DECLS
