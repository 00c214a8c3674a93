/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A revocation among a key's requests: thousands at once, over connections that are open, against
 * the platform in a process of its own. */

#include "race.h"

#define ROUNDS 400u
/* Of one round: before the owner's click, after it, and once the owner has the answer. */
#define BEFORE 10
#define AFTER_CLICK 10
#define AFTER_ANSWER 5

typedef struct
{
  Person *person;
  Key *key;
  guint accepted;
} Case;

static void
run (World *world, gpointer data)
{
  Case *it = data;
  Race race;

  race_open (&race, world, it->person, it->key);
  for (guint round = 0; round < ROUNDS; round++)
    {
      guint before = g_random_int_range (0, BEFORE + 1);

      for (guint i = 0; i < before; i++)
        race_send (&race);
      race_revoke (&race);
      for (guint i = before; i < BEFORE + AFTER_CLICK; i++)
        race_send (&race);
      while (!race.revoked)
        g_main_context_iteration (NULL, TRUE);
      for (guint i = 0; i < AFTER_ANSWER; i++)
        race_send (&race);
      race_settle (&race);
      g_assert_cmpuint (race.accepted_after, ==, 0);
      race_rearm (&race);
    }
  g_assert_cmpuint (race.accepted + race.refused, ==,
                    ROUNDS * (BEFORE + AFTER_CLICK + AFTER_ANSWER));
  g_test_message ("%u accepted before, %u refused, %u accepted after", race.accepted, race.refused,
                  race.accepted_after);
  /* It was a race: both happened. */
  g_assert_cmpuint (race.accepted, >, ROUNDS / 10);
  g_assert_cmpuint (race.refused, >, ROUNDS * AFTER_ANSWER);
  it->accepted = race.accepted;
  race_close (&race);
}

static void
test_revocation (World *world, gconstpointer data)
{
  g_autoptr (Person) person = person_new (world, "anna");
  g_autoptr (Key) key = key_new (world, KEY_GENUINE);
  Case it = { person, key, 0 };

  key_pair (world, key, person);
  world_serve_apart (world, run, &it);
  /* What was accepted is there, and nothing else. */
  g_assert_cmpint (world_count (world, "SELECT count (*) FROM events"), ==, it.accepted);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/platform/race/revocation", World, NULL, world_set_up, test_revocation,
              world_tear_down);
  return g_test_run ();
}
