/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readiness.h"

/* Ageing, a second on either side of each boundary */

static void
test_age_drill (void)
{
  EnigmReadinessFacts facts = good_facts ();

  set_drill (&facts, NOW - ENIGM_READINESS_DRILL_AGE);
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 30 days ago.");
  assert_row (&facts, NOW, "drill", ENIGM_READINESS_LEVEL_OK, ENIGM_READINESS_DRILL_AGE);
  set_drill (&facts, facts.drill_time - 1);
  assert_verdict (&facts, NOW, ENIGM_READINESS_STALE, ENIGM_READINESS_ACTION_DRILL,
                  "Not proved for 30 days.");
  assert_row (&facts, NOW, "drill", ENIGM_READINESS_LEVEL_STALE, ENIGM_READINESS_DRILL_AGE + 1);
}

static void
test_age_key (void)
{
  EnigmReadinessFacts facts = good_facts ();

  set_drill (&facts, NOW - 5 * DAY);
  facts.proved_time = facts.battery_time = NOW - ENIGM_READINESS_KEY_AGE;
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 5 days ago.");
  assert_row (&facts, NOW, "proof", ENIGM_READINESS_LEVEL_OK, ENIGM_READINESS_KEY_AGE);
  assert_row (&facts, NOW, "battery", ENIGM_READINESS_LEVEL_OK, ENIGM_READINESS_KEY_AGE);
  facts.proved_time = --facts.battery_time;
  assert_verdict (&facts, NOW, ENIGM_READINESS_QUIET, ENIGM_READINESS_ACTION_DRILL,
                  "Not known: your key was last heard from 2 days ago.");
  assert_row (&facts, NOW, "proof", ENIGM_READINESS_LEVEL_STALE, ENIGM_READINESS_KEY_AGE + 1);
  assert_row (&facts, NOW, "battery", ENIGM_READINESS_LEVEL_STALE, ENIGM_READINESS_KEY_AGE + 1);

  /* Whatever it sent last counts, a drill too. */
  set_drill (&facts, NOW - HOUR);
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 1 hour ago.");
}

static void
test_age_platform (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.heard = NOW - ENIGM_READINESS_PLATFORM_AGE;
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 2 days ago.");
  assert_row (&facts, NOW, "platform", ENIGM_READINESS_LEVEL_OK, ENIGM_READINESS_PLATFORM_AGE);
  facts.heard--;
  assert_verdict (&facts, NOW, ENIGM_READINESS_AWAY, ENIGM_READINESS_ACTION_RETRY,
                  "Not known since 19:54: the platform was not asked again.");
  for (guint i = 0; i < 3; i++)
    assert_row (&facts, NOW, (const char *[]){ "platform", "key", "contacts" }[i],
                ENIGM_READINESS_LEVEL_STALE, ENIGM_READINESS_PLATFORM_AGE + 1);
}

static void
test_age_battery_percent (void)
{
  EnigmReadinessFacts facts = good_facts ();

  facts.battery = ENIGM_READINESS_BATTERY_PERCENT + 1;
  assert_verdict (&facts, NOW, ENIGM_READINESS_READY, ENIGM_READINESS_ACTION_DRILL,
                  "Ready. Proved by a drill 2 days ago.");
  facts.battery--;
  assert_verdict (&facts, NOW, ENIGM_READINESS_BATTERY_LOW, ENIGM_READINESS_ACTION_NONE,
                  "Ready, but the battery was low 1 hour ago.");
  facts.battery = ENIGM_READINESS_BATTERY_EMPTY + 1;
  assert_verdict (&facts, NOW, ENIGM_READINESS_BATTERY_LOW, ENIGM_READINESS_ACTION_NONE,
                  "Ready, but the battery was low 1 hour ago.");
  facts.battery--;
  assert_verdict (&facts, NOW, ENIGM_READINESS_CHARGE, ENIGM_READINESS_ACTION_DRILL,
                  "Charge your key: its battery stood at 5 % 1 hour ago.");
  facts.battery = 0;
  assert_row (&facts, NOW, "battery", ENIGM_READINESS_LEVEL_BAD, HOUR);
}

static void
test_age_future (void)
{
  static const gsize offsets[] = {
    G_STRUCT_OFFSET (EnigmReadinessFacts, heard),
    G_STRUCT_OFFSET (EnigmReadinessFacts, proved_time),
    G_STRUCT_OFFSET (EnigmReadinessFacts, battery_time),
    G_STRUCT_OFFSET (EnigmReadinessFacts, drill_time),
    G_STRUCT_OFFSET (EnigmReadinessFacts, drill_last),
    G_STRUCT_OFFSET (EnigmReadinessFacts, restored),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      EnigmReadinessFacts facts = good_facts ();
      gint64 *time = G_STRUCT_MEMBER_P (&facts, offsets[i]);
      g_autoptr (EnigmReadiness) readiness = NULL;

      /* Clocks differ a little. */
      *time = NOW + ENIGM_READINESS_CLOCK_SKEW;
      readiness = enigm_readiness_new_from_facts (&facts, NOW);
      g_assert_cmpint (enigm_readiness_get_verdict (readiness), !=, ENIGM_READINESS_UNKNOWN);
      /* But what comes from the future would never grow old. */
      (*time)++;
      assert_verdict (&facts, NOW, ENIGM_READINESS_UNKNOWN, ENIGM_READINESS_ACTION_NONE,
                      "Not known: this computer's clock is behind. Set it, and look again.");
    }
}

/* From any good state, waiting alone ends it, and no row stays good either. */
static void
test_age_green_ends (void)
{
  for (guint reached = 0; reached < 2; reached++)
    for (guint battery = 10; battery <= ENIGM_KEY_BATTERY_UNKNOWN; battery += 13)
      {
        EnigmReadinessFacts facts = good_facts ();
        gint64 last = 0;

        facts.battery = battery;
        facts.drill_reached = reached;
        for (gint64 wait = 0; wait < 400 * DAY; wait += wait < HOUR ? MINUTE : HOUR)
          {
            g_autoptr (EnigmReadiness) then = NULL;

            /* The platform goes on answering; the key says nothing more. */
            facts.heard = NOW + wait;
            then = enigm_readiness_new_from_facts (&facts, NOW + wait);
            if (enigm_readiness_is_ready (then))
              {
                last = NOW + wait;
                for (guint i = 0; i < 5; i++)
                  {
                    const char *id =
                      (const char *[]){ "key", "proof", "platform", "contacts", "drill" }[i];

                    g_assert_cmpint (enigm_readiness_row_get_level (find_row (then, id)), ==,
                                     ENIGM_READINESS_LEVEL_OK);
                  }
              }
          }
        if (reached == 0)
          g_assert_cmpint (last, ==, 0);
        else
          {
            g_assert_cmpint (last, >, 0);
            g_assert_cmpint (last - facts.proved_time, <=, ENIGM_READINESS_KEY_AGE);
          }

        /* And with nobody asking, after minutes. */
        facts.heard = NOW;
        for (gint64 wait = ENIGM_READINESS_PLATFORM_AGE + 1; wait < 400 * DAY; wait += HOUR)
          {
            g_autoptr (EnigmReadiness) then = enigm_readiness_new_from_facts (&facts, NOW + wait);
            GListModel *rows = enigm_readiness_get_rows (then);

            g_assert_false (enigm_readiness_is_ready (then));
            if (wait <= ENIGM_READINESS_DRILL_AGE)
              continue;
            for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
              {
                g_autoptr (EnigmReadinessRow) row = g_list_model_get_item (rows, i);

                g_assert_cmpint (enigm_readiness_row_get_level (row), !=, ENIGM_READINESS_LEVEL_OK);
              }
          }
      }
}

static char *
render (const EnigmReadinessFacts *facts, gint64 now)
{
  g_autoptr (EnigmReadiness) readiness = enigm_readiness_new_from_facts (facts, now);
  GListModel *rows = enigm_readiness_get_rows (readiness);
  GString *text = g_string_new (enigm_readiness_get_sentence (readiness));

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (EnigmReadinessRow) row = g_list_model_get_item (rows, i);
      const gint64 age = enigm_readiness_row_get_age (row);
      g_autofree char *words = age >= 0 ? enigm_describe_age (0, age) : g_strdup ("");
      g_autofree char *basis = enigm_readiness_row_describe_basis (row);

      g_string_append_printf (text, "|%s|%s|%d|%s|%s", enigm_readiness_row_get_what (row), basis,
                              enigm_readiness_row_get_level (row), words,
                              enigm_readiness_row_get_remedy (row));
    }
  return g_string_free (text, FALSE);
}

/* A page that looks again when it was told to is never behind: until then nothing on it changes,
 * to the second, whatever the evidence is and the clock is moved to. */
static void
test_next_change (void)
{
  for (guint round = 0; round < 300; round++)
    {
      EnigmReadinessFacts facts = good_facts ();
      gint64 span = (gint64[]){ HOUR, DAY, 40 * DAY }[round % 3];
      gint64 now = NOW + g_test_rand_int_range (0, DAY);
      gint64 next;
      g_autofree char *before = NULL;
      g_autoptr (EnigmReadiness) readiness = NULL;

      facts.heard = now - g_test_rand_int_range (-2000, 2000);
      facts.proved_time = now - g_test_rand_int_range (-2000, (gint32) span);
      facts.battery_time = now - g_test_rand_int_range (-2000, (gint32) span);
      set_drill (&facts, now - g_test_rand_int_range (-2000, (gint32) span));
      if (round % 4 == 0)
        facts.drill_last = now - g_test_rand_int_range (-2000, (gint32) span);
      if (round % 7 == 0)
        facts.restored = now - g_test_rand_int_range (-2000, (gint32) span);
      facts.unknown_since = round % 5 == 0 ? facts.heard : 0;
      readiness = enigm_readiness_new_from_facts (&facts, now);
      next = enigm_readiness_get_next_change (readiness);
      g_assert_cmpint (next, >, now);
      before = render (&facts, now);
      for (gint64 time = now; time < next; time += MAX (1, MIN (next - time - 1, 61)))
        {
          g_autofree char *then = render (&facts, time);

          g_assert_cmpstr (then, ==, before);
        }
    }
}

/* Nobody looks for nothing: with old evidence and the platform silent, once in hours. */
static void
test_next_change_is_far (void)
{
  EnigmReadinessFacts facts = good_facts ();
  gint64 now = NOW - 12 * HOUR;
  guint n = 0;

  facts.heard = facts.proved_time = facts.battery_time = now - 3 * DAY;
  set_drill (&facts, now - 3 * DAY);
  facts.unknown_since = facts.heard;
  for (gint64 time = now; time < now + 10 * DAY; n++)
    {
      g_autoptr (EnigmReadiness) readiness = enigm_readiness_new_from_facts (&facts, time);

      time = enigm_readiness_get_next_change (readiness);
    }
  g_assert_cmpuint (n, <=, 30);
}

static void
test_age_next_change (void)
{
  for (gint64 age = -100; age < 3 * DAY; age += age < 2 * HOUR ? 1 : 37)
    {
      gint64 next = enigm_age_next_change (NOW - age, NOW);
      g_autofree char *now = enigm_describe_age (NOW - age, NOW);
      g_autofree char *last = enigm_describe_age (NOW - age, next - 1);
      g_autofree char *then = enigm_describe_age (NOW - age, next);

      g_assert_cmpstr (now, ==, last);
      g_assert_cmpstr (now, !=, then);
    }
}

/* Whatever the facts are, green stands on all of its evidence. */
static void
test_green_needs_all (void)
{
  guint n_green = 0;

  for (guint i = 0; i < 20000; i++)
    {
      const gint64 ages[] = { 0, 1, HOUR, DAY, 3 * DAY, 31 * DAY, -HOUR };
      EnigmReadinessFacts facts = good_facts ();
      g_autoptr (EnigmReadiness) readiness = NULL;

      facts.state = g_test_rand_int_range (0, 8) > 0 ? ENIGM_ACCOUNT_STATE_SIGNED_IN
                                                     : ENIGM_ACCOUNT_STATE_SESSION_ENDED;
      facts.unknown_since = g_test_rand_int_range (0, 8) > 0 ? 0 : NOW - HOUR;
      facts.heard = NOW - ages[g_test_rand_int_range (0, 7)];
      facts.has_key = g_test_rand_int_range (0, 8) > 0;
      facts.key_state = g_test_rand_int_range (0, 3) > 0
                          ? ENIGM_KEY_STATE_TRUSTED
                          : (EnigmKeyState) g_test_rand_int_range (0, ENIGM_KEY_STATE_EXPIRED + 1);
      facts.key_reasons = (EnigmKeyReasons) g_test_rand_int_range (0, 8);
      facts.waiting_to_revoke = g_test_rand_int_range (0, 8) == 0;
      facts.proved_time =
        g_test_rand_int_range (0, 8) > 0 ? NOW - ages[g_test_rand_int_range (0, 7)] : 0;
      facts.restored =
        g_test_rand_int_range (0, 4) > 0 ? 0 : NOW - ages[g_test_rand_int_range (0, 7)];
      facts.battery_time = NOW - ages[g_test_rand_int_range (0, 7)];
      facts.battery = (guint) g_test_rand_int_range (0, ENIGM_KEY_BATTERY_UNKNOWN + 1);
      set_drill (&facts, NOW - ages[g_test_rand_int_range (0, 7)]);
      if (g_test_rand_int_range (0, 4) == 0)
        facts.drill_last = NOW - ages[g_test_rand_int_range (0, 7)];
      facts.drill_kept = (guint) g_test_rand_int_range (0, 3);
      facts.drill_reached = (guint) g_test_rand_int_range (0, 3);
      facts.eligible = (guint) g_test_rand_int_range (0, 3);
      facts.own_active = g_test_rand_int_range (0, 8) == 0;
      readiness = enigm_readiness_new_from_facts (&facts, NOW);

      g_assert_cmpstr (enigm_readiness_get_sentence (readiness), !=, "");
      if (!enigm_readiness_is_ready (readiness))
        continue;
      n_green++;
      g_assert_cmpint (facts.state, ==, ENIGM_ACCOUNT_STATE_SIGNED_IN);
      g_assert_cmpint (facts.unknown_since, ==, 0);
      g_assert_cmpint (NOW - facts.heard, <=, ENIGM_READINESS_PLATFORM_AGE);
      g_assert_true (facts.has_key);
      g_assert_cmpint (facts.key_state, ==, ENIGM_KEY_STATE_TRUSTED);
      g_assert_false (facts.waiting_to_revoke);
      g_assert_cmpint (NOW - facts.drill_time, <=, ENIGM_READINESS_DRILL_AGE);
      g_assert_cmpint (NOW - MAX (MAX (facts.proved_time, facts.battery_time), facts.drill_time),
                       <=, ENIGM_READINESS_KEY_AGE);
      g_assert_cmpuint (facts.drill_reached, >, 0);
      g_assert_cmpuint (facts.eligible, >, 0);
      /* The last drill, of the platform that there is now, and somebody it reached is told still.
       */
      g_assert_cmpint (facts.drill_time, >=, facts.drill_last);
      g_assert_cmpint (facts.drill_time, >, facts.restored);
      g_assert_true (facts.proved_time != 0 || facts.restored != 0);
      g_assert_cmpuint (facts.drill_kept, >, 0);
      g_assert_cmpuint (facts.battery, >, ENIGM_READINESS_BATTERY_EMPTY);
      g_assert_cmpint (
        MAX (MAX (facts.heard, facts.drill_time), MAX (facts.proved_time, facts.battery_time)), <=,
        NOW + ENIGM_READINESS_CLOCK_SKEW);
    }
  g_assert_cmpuint (n_green, >, 100);
}

static void
test_describe_age (void)
{
  static const struct
  {
    gint64 age;
    const char *words;
  } cases[] = {
    { -1, "just now" },
    { 0, "just now" },
    { 59, "just now" },
    { 60, "1 minute ago" },
    { 2 * MINUTE, "2 minutes ago" },
    { HOUR - 1, "59 minutes ago" },
    { HOUR, "1 hour ago" },
    { DAY - 1, "23 hours ago" },
    { DAY, "yesterday" },
    { 2 * DAY - 1, "yesterday" },
    { 2 * DAY, "2 days ago" },
    { 400 * DAY, "400 days ago" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = enigm_describe_age (NOW - cases[i].age, NOW);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

int
main (int argc, char *argv[])
{
  readiness_test_init (&argc, &argv);

  g_test_add_func ("/readiness-age/drill", test_age_drill);
  g_test_add_func ("/readiness-age/key", test_age_key);
  g_test_add_func ("/readiness-age/platform", test_age_platform);
  g_test_add_func ("/readiness-age/battery-percent", test_age_battery_percent);
  g_test_add_func ("/readiness-age/future", test_age_future);
  g_test_add_func ("/readiness-age/green-ends", test_age_green_ends);
  g_test_add_func ("/readiness-age/green-needs-all", test_green_needs_all);
  g_test_add_func ("/readiness-age/next-change", test_next_change);
  g_test_add_func ("/readiness-age/next-change-is-far", test_next_change_is_far);
  g_test_add_func ("/readiness-age/age-next-change", test_age_next_change);
  g_test_add_func ("/readiness-age/describe-age", test_describe_age);
  return g_test_run ();
}
