/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "enigm-contact-merge.h"

/* Letters stand for contact IDs: the merge compares them and nothing else. */
static gchar **
spell (const gchar *letters)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (; *letters != '\0'; letters++)
    {
      const gchar letter[] = { *letters, '\0' };

      g_strv_builder_add (builder, letter);
    }
  return g_strv_builder_end (builder);
}

static gchar *
merge (const gchar *base, const gchar *mine, const gchar *theirs, EnigmContactClash *clash)
{
  g_auto (GStrv) base_list = spell (base);
  g_auto (GStrv) my_list = spell (mine);
  g_auto (GStrv) their_list = spell (theirs);
  g_auto (GStrv) merged =
    enigm_contact_merge ((const gchar *const *) base_list, (const gchar *const *) my_list,
                         (const gchar *const *) their_list, clash);

  g_assert_true ((merged == NULL) == (*clash != ENIGM_CONTACT_CLASH_NONE));
  return merged != NULL ? g_strjoinv ("", merged) : NULL;
}

#define ORDER ENIGM_CONTACT_CLASH_ORDER
#define MOVED ENIGM_CONTACT_CLASH_MOVED
#define REPLACED ENIGM_CONTACT_CLASH_REPLACED

/* Every edit of one computer beside every edit of another, of the list ABCD. A label is no edit of
 * the list: whoever has one keeps it, and what the other did happens. */
static const struct
{
  const gchar *edits;
  const gchar *mine;
  const gchar *theirs;
  const gchar *merged; /* NULL: the person has to choose */
  EnigmContactClash clash;
} pairs[] = {
  { "add E, add F", "ABCDE", "ABCDF", "ABCDFE", 0 },
  { "add E, add E", "ABCDE", "ABCDE", "ABCDE", 0 },
  { "add E, remove B", "ABCDE", "ACD", "ACDE", 0 },
  { "add E, remove D", "ABCDE", "ABC", "ABCE", 0 },
  { "add E, move B up", "ABCDE", "BACD", "BACDE", 0 },
  { "add E, move D up", "ABCDE", "ABDC", "ABDEC", 0 },
  { "add E, replace B by F", "ABCDE", "AFCD", "AFCDE", 0 },
  { "add E, replace B by E", "ABCDE", "AECD", "ACDE", 0 },
  { "add E, label B", "ABCDE", "ABCD", "ABCDE", 0 },
  { "remove B, add E", "ACD", "ABCDE", "ACDE", 0 },
  { "remove B, remove C", "ACD", "ABD", "AD", 0 },
  { "remove B, remove B", "ACD", "ACD", "ACD", 0 },
  { "remove B, move D up", "ACD", "ABDC", "ADC", 0 },
  { "remove B, move B up", "ACD", "BACD", NULL, MOVED },
  { "remove B, move B to the end", "ACD", "ACDB", NULL, MOVED },
  { "remove B, replace C by F", "ACD", "ABFD", "AFD", 0 },
  { "remove B, replace B by F", "ACD", "AFCD", "AFCD", 0 },
  { "remove B, label B", "ACD", "ABCD", "ACD", 0 },
  { "move B up, add E", "BACD", "ABCDE", "BACDE", 0 },
  { "move D up, remove B", "ABDC", "ACD", "ADC", 0 },
  { "move B up, remove B", "BACD", "ACD", NULL, MOVED },
  { "move B up, move D up", "BACD", "ABDC", NULL, ORDER },
  { "move B up, move B down", "BACD", "ACBD", NULL, ORDER },
  { "move B up, move B up", "BACD", "BACD", "BACD", 0 },
  { "move B up, replace D by F", "BACD", "ABCF", "BACF", 0 },
  { "move B up, replace B by F", "BACD", "AFCD", NULL, MOVED },
  { "move B up, label B", "BACD", "ABCD", "BACD", 0 },
  { "replace B by F, add E", "AFCD", "ABCDE", "AFCDE", 0 },
  { "replace B by F, add F", "AFCD", "ABCDF", "AFCD", 0 },
  { "replace B by F, remove B", "AFCD", "ACD", "AFCD", 0 },
  { "replace B by F, remove C", "AFCD", "ABD", "AFD", 0 },
  { "replace B by F, move B up", "AFCD", "BACD", NULL, MOVED },
  { "replace B by F, move D up", "AFCD", "ABDC", "AFDC", 0 },
  { "replace B by F, replace C by G", "AFCD", "ABGD", "AFGD", 0 },
  { "replace B by F, replace B by G", "AFCD", "AGCD", NULL, REPLACED },
  { "replace B by F, replace B by F", "AFCD", "AFCD", "AFCD", 0 },
  { "replace B by F, label B", "AFCD", "ABCD", "AFCD", 0 },
  { "label B, add E", "ABCD", "ABCDE", "ABCDE", 0 },
  { "label B, remove B", "ABCD", "ACD", "ACD", 0 },
  { "label B, move B up", "ABCD", "BACD", "BACD", 0 },
  { "label B, replace B by F", "ABCD", "AFCD", "AFCD", 0 },
  { "label B, label B", "ABCD", "ABCD", "ABCD", 0 },
};

static void
test_pairs (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      EnigmContactClash clash = ENIGM_CONTACT_CLASH_FULL;
      g_autofree gchar *merged = merge ("ABCD", pairs[i].mine, pairs[i].theirs, &clash);

      g_test_message ("%s: %s", pairs[i].edits, merged != NULL ? merged : "a choice");
      g_assert_cmpstr (merged, ==, pairs[i].merged);
      g_assert_cmpuint (clash, ==, pairs[i].clash);
    }
}

static void
test_full (void)
{
  EnigmContactClash clash;
  g_autofree gchar *ten = merge ("ABCDEFGH", "ABCDEFGHI", "ABCDEFGHJ", &clash);
  g_autofree gchar *eleven = merge ("ABCDEFGH", "ABCDEFGHIK", "ABCDEFGHJ", &clash);

  g_assert_cmpstr (ten, ==, "ABCDEFGHJI");
  g_assert_null (eleven);
  g_assert_cmpuint (clash, ==, ENIGM_CONTACT_CLASH_FULL);
}

static void
test_empty (void)
{
  EnigmContactClash clash;
  g_autofree gchar *first = merge ("", "A", "B", &clash);
  g_autofree gchar *last = merge ("AB", "A", "B", &clash);
  g_autofree gchar *nothing = merge ("", "", "", &clash);

  g_assert_cmpstr (first, ==, "BA");
  g_assert_cmpstr (last, ==, "");
  g_assert_cmpstr (nothing, ==, "");
}

/* Whatever two computers did: who both kept is kept, who either added is there, who either removed
 * is not, nobody is there twice; and it does not matter whose computer is asked whether the edits
 * contradict each other. */
static void
test_any (void)
{
  for (guint run = 0; run < 20000; run++)
    {
      g_autoptr (GString) base = g_string_new (NULL);
      g_autoptr (GString) mine = g_string_new (NULL);
      g_autoptr (GString) theirs = g_string_new (NULL);
      GString *const sides[] = { mine, theirs };
      const gchar end = (gchar) ('A' + g_test_rand_int_range (0, 7));
      EnigmContactClash clash, other_clash;
      g_autofree gchar *merged = NULL;
      g_autofree gchar *other = NULL;

      for (gchar letter = 'A'; letter < end; letter++)
        g_string_append_c (base, letter);
      for (guint i = 0; i < 2; i++)
        for (gchar letter = 'A'; letter < 'K'; letter++)
          if (strchr (base->str, letter) != NULL ? g_test_rand_int_range (0, 4) > 0
                                                 : g_test_rand_int_range (0, 5) == 0)
            g_string_insert_c (sides[i],
                               g_test_rand_int_range (g_test_rand_bit () ? (gint) sides[i]->len : 0,
                                                      (gint) sides[i]->len + 1),
                               letter);
      merged = merge (base->str, mine->str, theirs->str, &clash);
      other = merge (base->str, theirs->str, mine->str, &other_clash);
      g_assert_cmpuint (clash, ==, other_clash);
      for (gchar letter = 'A'; merged != NULL && letter < 'K'; letter++)
        {
          const gboolean in_base = strchr (base->str, letter) != NULL;
          const gboolean in_mine = strchr (mine->str, letter) != NULL;
          const gboolean in_theirs = strchr (theirs->str, letter) != NULL;
          const gchar *found = strchr (merged, letter);

          g_assert_true ((found != NULL) ==
                         (in_base ? in_mine && in_theirs : in_mine || in_theirs));
          g_assert_true (found == NULL || strchr (found + 1, letter) == NULL);
        }
    }
}

static guint
count_moved (const gchar *base, const gchar *edited, const gchar *one)
{
  g_auto (GStrv) base_list = spell (base);
  g_auto (GStrv) edited_list = spell (edited);
  g_autoptr (GHashTable) moved = enigm_contact_merge_find_moved (
    (const gchar *const *) base_list, (const gchar *const *) edited_list);

  g_assert_true (*one == '\0' || g_hash_table_contains (moved, one));
  return g_hash_table_size (moved);
}

static void
test_moved (void)
{
  g_assert_cmpuint (count_moved ("ABCD", "ABCD", ""), ==, 0);
  g_assert_cmpuint (count_moved ("ABCD", "DABC", "D"), ==, 1);
  g_assert_cmpuint (count_moved ("ABCD", "BCDA", "A"), ==, 1);
  g_assert_cmpuint (count_moved ("ABCD", "ACDE", ""), ==, 0);
  g_assert_cmpuint (count_moved ("ABCD", "DCBA", ""), ==, 3);
  g_assert_cmpuint (count_moved ("", "AB", ""), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/contact-merge/pairs", test_pairs);
  g_test_add_func ("/app/contact-merge/full", test_full);
  g_test_add_func ("/app/contact-merge/empty", test_empty);
  g_test_add_func ("/app/contact-merge/any", test_any);
  g_test_add_func ("/app/contact-merge/moved", test_moved);
  return g_test_run ();
}
