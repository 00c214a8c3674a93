/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-contact-merge.h"

#include "enigm-contact.h"

/* Those of @list that are in every list of @others, in the order of @list. */
static GPtrArray *
keep_common (const gchar *const *list, const gchar *const *const *others)
{
  GPtrArray *common = g_ptr_array_new ();

  for (gsize i = 0; list[i] != NULL; i++)
    {
      gboolean in_all = TRUE;

      for (gsize j = 0; others[j] != NULL; j++)
        in_all = in_all && g_strv_contains (others[j], list[i]);
      if (in_all)
        g_ptr_array_add (common, (gpointer) list[i]);
    }
  return common;
}

static gboolean
is_same_order (GPtrArray *a, GPtrArray *b)
{
  gboolean same = a->len == b->len;

  for (guint i = 0; same && i < a->len; i++)
    same = g_str_equal (a->pdata[i], b->pdata[i]);
  return same;
}

/* Whether @side put those of @base that it kept, as far as @others kept them, in another order. */
static gboolean
has_moved (const gchar *const *base, const gchar *const *side, const gchar *const *other)
{
  const gchar *const *const of_base[] = { side, other, NULL };
  const gchar *const *const of_side[] = { base, other, NULL };
  g_autoptr (GPtrArray) then = keep_common (base, of_base);
  g_autoptr (GPtrArray) now = keep_common (side, of_side);

  return !is_same_order (then, now);
}

static gint
find_place (const gchar *const *list, const gchar *id)
{
  for (gint i = 0; list[i] != NULL; i++)
    if (g_str_equal (list[i], id))
      return i;
  return -1;
}

/* Whom @side put in the place of @gone, if anybody: after the same neighbour stood @gone then, and
 * stands somebody new now. */
static const gchar *
find_replacement (const gchar *const *base, const gchar *const *side, const gchar *gone)
{
  gint start = find_place (base, gone);
  gint offset;
  gint place;

  if (g_strv_contains (side, gone))
    return NULL;
  for (offset = 0; start > 0 && !g_strv_contains (side, base[start - 1]); start--)
    offset++;
  place = start > 0 ? find_place (side, base[start - 1]) + 1 : 0;
  for (gint i = 0; i <= offset; i++)
    if (side[place + i] == NULL || g_strv_contains (base, side[place + i]))
      return NULL;
  return side[place + offset];
}

static EnigmContactClash
find_clashes (const gchar *const *base, const gchar *const *mine, const gchar *const *theirs)
{
  const gchar *const *const of_mine[] = { base, theirs, NULL };
  const gchar *const *const of_theirs[] = { base, mine, NULL };
  const gboolean i_moved = has_moved (base, mine, mine);
  const gboolean they_moved = has_moved (base, theirs, theirs);
  const gboolean mine_holds = has_moved (base, mine, theirs);
  const gboolean theirs_holds = has_moved (base, theirs, mine);
  EnigmContactClash clash = ENIGM_CONTACT_CLASH_NONE;

  /* A move of which nothing is left once the other's removals are made was a move of somebody who
   * is to go: whether they should is for the person to say. */
  if ((i_moved && !mine_holds) || (they_moved && !theirs_holds))
    clash |= ENIGM_CONTACT_CLASH_MOVED;
  if (mine_holds && theirs_holds)
    {
      g_autoptr (GPtrArray) my_order = keep_common (mine, of_mine);
      g_autoptr (GPtrArray) their_order = keep_common (theirs, of_theirs);

      if (!is_same_order (my_order, their_order))
        clash |= ENIGM_CONTACT_CLASH_ORDER;
    }
  for (gsize i = 0; base[i] != NULL; i++)
    {
      const gchar *my_choice = find_replacement (base, mine, base[i]);
      const gchar *their_choice = find_replacement (base, theirs, base[i]);

      if (my_choice != NULL && their_choice != NULL && !g_str_equal (my_choice, their_choice))
        clash |= ENIGM_CONTACT_CLASH_REPLACED;
    }
  return clash;
}

static gboolean
find_in (GPtrArray *merged, const gchar *id, guint *place)
{
  return id != NULL && g_ptr_array_find_with_equal_func (merged, id, g_str_equal, place);
}

/* Puts those whom @side added where they stand there: after whoever stands before them, or has
 * taken that place on the other side. */
static void
insert_added (GPtrArray *merged,
              const gchar *const *base,
              const gchar *const *side,
              const gchar *const *other)
{
  for (gint i = 0; side[i] != NULL; i++)
    {
      guint place = 0;

      if (g_strv_contains (base, side[i]) || find_in (merged, side[i], NULL))
        continue;
      for (gint j = i - 1; j >= 0; j--)
        if (find_in (merged, side[j], &place) ||
            (g_strv_contains (base, side[j]) &&
             find_in (merged, find_replacement (base, other, side[j]), &place)))
          {
            place++;
            break;
          }
      g_ptr_array_insert (merged, (gint) place, (gpointer) side[i]);
    }
}

gchar **
enigm_contact_merge (const gchar *const *base,
                     const gchar *const *mine,
                     const gchar *const *theirs,
                     EnigmContactClash *clash)
{
  const gchar *const *order;
  const gchar *const *const of_order[] = { base, mine, theirs, NULL };
  g_autoptr (GPtrArray) merged = NULL;

  g_return_val_if_fail (base != NULL && mine != NULL && theirs != NULL && clash != NULL, NULL);

  *clash = ENIGM_CONTACT_CLASH_NONE;
  if (g_strv_equal (mine, theirs))
    return g_strdupv ((gchar **) mine);
  *clash = find_clashes (base, mine, theirs);
  order = has_moved (base, mine, theirs) ? mine : theirs;
  merged = keep_common (order, of_order);
  insert_added (merged, base, mine, theirs);
  insert_added (merged, base, theirs, mine);
  if (merged->len > ENIGM_CONTACTS_MAX)
    *clash |= ENIGM_CONTACT_CLASH_FULL;
  if (*clash != ENIGM_CONTACT_CLASH_NONE)
    return NULL;
  g_ptr_array_add (merged, NULL);
  return g_strdupv ((gchar **) merged->pdata);
}

GHashTable *
enigm_contact_merge_find_moved (const gchar *const *base, const gchar *const *edited)
{
  const gchar *const *const others[] = { base, NULL };
  g_autoptr (GPtrArray) kept = NULL;
  GHashTable *moved;
  g_autofree guint *length = NULL;
  guint best = 0;

  g_return_val_if_fail (base != NULL && edited != NULL, NULL);

  /* Those who stay are the longest run that stands in the old order. */
  kept = keep_common (edited, others);
  moved = g_hash_table_new (g_str_hash, g_str_equal);
  length = g_new0 (guint, kept->len + 1);
  for (guint i = kept->len; i-- > 0;)
    {
      length[i] = 1;
      for (guint j = i + 1; j < kept->len; j++)
        if (find_place (base, kept->pdata[j]) > find_place (base, kept->pdata[i]))
          length[i] = MAX (length[i], length[j] + 1);
      best = MAX (best, length[i]);
    }
  for (guint i = 0, after = 0; i < kept->len; i++)
    {
      const guint place = (guint) find_place (base, kept->pdata[i]) + 1;

      if (length[i] == best && place > after)
        {
          best--;
          after = place;
        }
      else
        g_hash_table_add (moved, kept->pdata[i]);
    }
  return moved;
}
