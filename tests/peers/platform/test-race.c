/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A revocation among a key's requests, over connections that are open, against the platform in a
 * process of its own: ten thousand races of few, and one of thousands that are all under way. */

#include "race.h"

typedef struct
{
  guint rounds;
  guint connections;
  /* Of one round: between so many before the owner's click, in all until it is answered, after. */
  guint least_before;
  guint before;
  guint until_answer;
  guint after_answer;
} Shape;

static const Shape few = { 400, 100, 0, 10, 20, 5 };
static const Shape thousands = { 1, 200, 500, 1000, 2000, 100 };

typedef struct
{
  const Shape *shape;
  Person *person;
  Key *key;
  guint accepted;
} Case;

static void
run (World *world, gpointer data)
{
  Case *it = data;
  const Shape *shape = it->shape;
  guint most = 0;
  Race race;

  race_open (&race, world, it->person, it->key, shape->connections);
  for (guint round = 0; round < shape->rounds; round++)
    {
      guint before = g_random_int_range (shape->least_before, shape->before + 1);
      guint answered =
        race.accepted + MIN (1, shape->least_before) + g_random_int_range (0, before / 2 + 1);

      for (guint i = 0; i < before; i++)
        race_send (&race);
      while (race.accepted < answered && race.under_way > 0)
        g_main_context_iteration (NULL, TRUE);
      race_revoke (&race);
      for (guint i = before; i < shape->until_answer; i++)
        race_send (&race);
      most = MAX (most, race.under_way);
      while (!race.revoked)
        g_main_context_iteration (NULL, TRUE);
      for (guint i = 0; i < shape->after_answer; i++)
        race_send (&race);
      race_settle (&race);
      g_assert_cmpuint (race.accepted_after, ==, 0);
      race_rearm (&race);
    }
  g_assert_cmpuint (race.accepted + race.refused, ==,
                    shape->rounds * (shape->until_answer + shape->after_answer));
  g_test_message ("%u under way at once; %u accepted before, %u refused, %u accepted after", most,
                  race.accepted, race.refused, race.accepted_after);
  /* It was a race: both happened. Those before the click may have been answered by then. */
  g_assert_cmpuint (most, >, shape->until_answer - shape->before);
  g_assert_cmpuint (race.accepted, >, shape->rounds / 10);
  g_assert_cmpuint (race.refused, >, shape->rounds * shape->after_answer);
  it->accepted = race.accepted;
  race_close (&race);
}

static void
test_revocation (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  Case it = { data, person, key, 0 };

  key_pair (world, key, person);
  world_serve_apart (world, run, &it);
  /* What was accepted is there, and nothing else. */
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, it.accepted);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/platform/race/revocation", World, &few, world_set_up, test_revocation,
              world_tear_down);
  g_test_add ("/platform/race/revocation-among-thousands", World, &thousands, world_set_up,
              test_revocation, world_tear_down);
  return g_test_run ();
}
