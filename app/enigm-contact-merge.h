/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EnigmContactClash:
 * @ENIGM_CONTACT_CLASH_NONE: the edits do not contradict each other
 * @ENIGM_CONTACT_CLASH_ORDER: both moved contacts, and want another order
 * @ENIGM_CONTACT_CLASH_MOVED: one removed or replaced whom the other moved
 * @ENIGM_CONTACT_CLASH_REPLACED: both replaced the same contact, by different people
 * @ENIGM_CONTACT_CLASH_FULL: together they would be more than %ENIGM_CONTACTS_MAX
 *
 * Why the edits of two computers do not make one list.
 */
typedef enum
{
  ENIGM_CONTACT_CLASH_NONE = 0,
  ENIGM_CONTACT_CLASH_ORDER = 1 << 0,
  ENIGM_CONTACT_CLASH_MOVED = 1 << 1,
  ENIGM_CONTACT_CLASH_REPLACED = 1 << 2,
  ENIGM_CONTACT_CLASH_FULL = 1 << 3,
} EnigmContactClash;

/**
 * enigm_contact_merge:
 * @base: the list that both edits began with
 * @mine: what this computer made of it
 * @theirs: what another one made of it
 * @clash: (out): why there is no list of both
 *
 * All three are lists of contact IDs, each ID once. Who either of them added is in the outcome, who
 * either of them removed is not, and whoever moved somebody decides the order. Where both added
 * people in the same place, theirs come first: they are told already.
 *
 * Returns: (transfer full) (nullable): the list with both edits, or %NULL if they contradict each
 *   other
 */
gchar **enigm_contact_merge (const gchar *const *base,
                             const gchar *const *mine,
                             const gchar *const *theirs,
                             EnigmContactClash *clash);

/**
 * enigm_contact_merge_find_moved:
 * @base: a list of contact IDs
 * @edited: what became of it
 *
 * Returns: (transfer container): the set of as few contact IDs of @edited as can have moved;
 *   the IDs belong to @edited
 */
GHashTable *enigm_contact_merge_find_moved (const gchar *const *base, const gchar *const *edited);

G_END_DECLS
