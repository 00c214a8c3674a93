/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "peers/platform/enigm-lifecycle.h"

#include "app/protocol/enigm-error.h"

/* The design's table once more, in words: "from to by… reason…". What no row says is refused. */
static const char *const table[] = {
  "none pending | key | attested",
  "pending trusted | key | proved",
  "pending expired | platform | expired",
  "pending cancelled | app | cancelled lost retired",
  "pending cancelled | command | lost",
  "pending cancelled | key | newer",
  "pending revoked | app command | lost stolen retired replaced",
  "trusted restricted | app | lost",
  "trusted restricted | command | lost suspended",
  "trusted restricted | platform | unproved",
  "restricted restricted | app | lost",
  "restricted restricted | command | lost suspended",
  "restricted restricted | platform | unproved",
  "restricted trusted | app | found",
  "restricted trusted | command | found resumed",
  "trusted revoked | app command | lost stolen retired replaced",
  "restricted revoked | app command | lost stolen retired replaced",
  "trusted replaced | platform | replaced",
  "restricted replaced | platform | replaced",
  "trusted retired | app | retired",
};

static gboolean
has_word (const char *words, const char *word)
{
  g_auto (GStrv) each = g_strsplit (words, " ", -1);

  return g_strv_contains ((const char *const *) each, word);
}

static gboolean
table_allows (EnigmBindingState from,
              EnigmBindingState to,
              EnigmBindingBy by,
              EnigmBindingReason reason)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_auto (GStrv) column = g_strsplit (table[i], " | ", -1);
      g_autofree char *way =
        g_strdup_printf ("%s %s", enigm_binding_state_name (from), enigm_binding_state_name (to));

      if (g_str_equal (column[0], way) && has_word (column[1], enigm_binding_by_name (by)) &&
          has_word (column[2], enigm_binding_reason_name (reason)))
        return TRUE;
    }
  return FALSE;
}

static void
test_every_pair (void)
{
  guint allowed = 0;

  for (guint from = 0; from < ENIGM_BINDING_N_STATES; from++)
    for (guint to = 0; to < ENIGM_BINDING_N_STATES; to++)
      for (guint by = 0; by < ENIGM_BINDING_N_BY; by++)
        for (guint reason = 0; reason < ENIGM_BINDING_N_REASONS; reason++)
          {
            g_autoptr (GError) error = NULL;
            EnigmBindingState after;
            guint restrictions;
            /* All restrictions stand, so that each can be taken back. */
            guint before = from == ENIGM_BINDING_RESTRICTED ? 7 : 0;
            gboolean ok =
              enigm_lifecycle_decide (from, before, to, by, reason, &after, &restrictions, &error);

            if (ok != table_allows (from, to, by, reason))
              g_error ("%s to %s by %s because of %s: %s", enigm_binding_state_name (from),
                       enigm_binding_state_name (to), enigm_binding_by_name (by),
                       enigm_binding_reason_name (reason), ok ? "allowed" : error->message);
            if (ok)
              {
                g_assert_no_error (error);
                g_assert_true (enigm_binding_state_has_ended (from) == FALSE);
                g_assert_cmpint (restrictions != 0, ==, after == ENIGM_BINDING_RESTRICTED);
                allowed++;
              }
            else
              {
                g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED);
                g_assert_nonnull (strstr (error->message, enigm_binding_reason_name (reason)));
              }
          }
  g_assert_cmpuint (allowed, ==, 46);
}

static void
change (EnigmBindingState *state,
        guint *restrictions,
        EnigmBindingState to,
        EnigmBindingBy by,
        EnigmBindingReason reason)
{
  g_autoptr (GError) error = NULL;

  enigm_lifecycle_decide (*state, *restrictions, to, by, reason, state, restrictions, &error);
  g_assert_no_error (error);
}

static void
test_restrictions_are_a_set (void)
{
  EnigmBindingState state = ENIGM_BINDING_TRUSTED;
  guint restrictions = 0;
  EnigmBindingState after;
  guint left;
  g_autoptr (GError) error = NULL;

  change (&state, &restrictions, ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_BY_APP, ENIGM_REASON_LOST);
  change (&state, &restrictions, ENIGM_BINDING_RESTRICTED, ENIGM_BINDING_BY_COMMAND,
          ENIGM_REASON_SUSPENDED);
  g_assert_cmpuint (restrictions, ==, ENIGM_RESTRICTION_LOST | ENIGM_RESTRICTION_SUSPENDED);

  /* The owner takes back what is the owner's; the suspension stands. */
  change (&state, &restrictions, ENIGM_BINDING_TRUSTED, ENIGM_BINDING_BY_APP, ENIGM_REASON_FOUND);
  g_assert_cmpint (state, ==, ENIGM_BINDING_RESTRICTED);
  g_assert_cmpuint (restrictions, ==, ENIGM_RESTRICTION_SUSPENDED);

  g_assert_false (enigm_lifecycle_decide (state, restrictions, ENIGM_BINDING_TRUSTED,
                                          ENIGM_BINDING_BY_APP, ENIGM_REASON_FOUND, &after, &left,
                                          &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED);

  change (&state, &restrictions, ENIGM_BINDING_TRUSTED, ENIGM_BINDING_BY_COMMAND,
          ENIGM_REASON_RESUMED);
  g_assert_cmpint (state, ==, ENIGM_BINDING_TRUSTED);
  g_assert_cmpuint (restrictions, ==, 0);
}

static void
test_ended_is_final (void)
{
  for (guint state = 0; state < ENIGM_BINDING_N_STATES; state++)
    g_assert_cmpint (enigm_binding_state_has_ended (state), ==,
                     g_str_equal (enigm_binding_state_name (state), "revoked") ||
                       g_str_equal (enigm_binding_state_name (state), "replaced") ||
                       g_str_equal (enigm_binding_state_name (state), "retired") ||
                       g_str_equal (enigm_binding_state_name (state), "cancelled") ||
                       g_str_equal (enigm_binding_state_name (state), "expired"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lifecycle/every-pair", test_every_pair);
  g_test_add_func ("/lifecycle/restrictions-are-a-set", test_restrictions_are_a_set);
  g_test_add_func ("/lifecycle/ended-is-final", test_ended_is_final);
  return g_test_run ();
}
