/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Measures what a change of a key takes:
 *
 *   revocation   from the owner's click to the key's first refused request, while the key asks
 *                without a pause over a connection of its own: median and worst of a thousand,
 *                beside one round trip to the platform
 *   change       a lifecycle change with its audit record, beside the same change without */

#include <stdio.h>

#include "peers/platform/enigm-changes.h"
#include "race.h"

#define TIMES 1000

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

static double
median (GArray *times)
{
  g_array_sort (times, compare);
  return (double) g_array_index (times, gint64, times->len / 2) / 1000;
}

static double
worst (GArray *times)
{
  return (double) g_array_index (times, gint64, times->len - 1) / 1000;
}

typedef struct
{
  Person *person;
  Key *key;
} Case;

static void
measure_revocations (World *world, gpointer data)
{
  Case *it = data;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) trips = g_array_new (FALSE, FALSE, sizeof (gint64));
  double revocation, trip;
  Race race;

  race_open (&race, world, it->person, it->key, 100);
  for (guint i = 0; i < TIMES; i++)
    {
      gint64 time = g_get_monotonic_time ();

      race_send (&race);
      race_settle (&race);
      time = g_get_monotonic_time () - time;
      g_array_append_val (trips, time);

      race_revoke (&race);
      while (race.first_refusal == 0)
        {
          if (race.under_way < 2)
            race_send (&race);
          g_main_context_iteration (NULL, TRUE);
        }
      time = race.first_refusal - race.clicked;
      g_array_append_val (times, time);
      race_settle (&race);
      g_assert_cmpuint (race.accepted_after, ==, 0);
      race_rearm (&race);
    }
  race_close (&race);
  revocation = median (times);
  trip = median (trips);
  printf (
    "revocation, click to first refusal: median %.1f ms, worst %.1f ms of %d; a round trip of "
    "the key: median %.1f ms, worst %.1f ms; ratio %.2f\n",
    revocation, worst (times), TIMES, trip, worst (trips), revocation / trip);
}

/* What enigm_bindings_change() writes for a key that is lost and found, but for the audit. */
static void
change_without_audit (World *world, EnigmBinding *binding, gboolean lost)
{
  EnigmPlatformState *state = world->state;
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, &error);
  g_autoptr (EnigmBinding) pending = NULL;
  EnigmBindingState from = binding->state;
  gint64 now = enigm_platform_state_now (state);

  enigm_lifecycle_decide (from, binding->restrictions,
                          lost ? ENIGM_BINDING_RESTRICTED : ENIGM_BINDING_TRUSTED,
                          ENIGM_BINDING_BY_APP, lost ? ENIGM_REASON_LOST : ENIGM_REASON_FOUND,
                          &binding->state, &binding->restrictions, &error);
  enigm_store_run (state->store, &error,
                   "UPDATE bindings SET state = ?2, restrictions = ?3, since = ?4, "
                   "trusted = NULLIF (?5, 0) WHERE id = ?1",
                   "kiiii", binding->id, (gint64) binding->state, (gint64) binding->restrictions,
                   now, binding->trusted);
  enigm_store_run (state->store, &error,
                   "INSERT INTO binding_history (binding, time, from_state, to_state, by, "
                   "reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                   "kiiiii", binding->id, now, (gint64) from, (gint64) binding->state, (gint64) 0,
                   (gint64) (lost ? ENIGM_REASON_LOST : ENIGM_REASON_FOUND));
  enigm_bindings_tell_owner (state, binding, &error);
  enigm_changes_note_changed (state, binding, ENIGM_BINDING_BY_APP,
                              lost ? ENIGM_REASON_LOST : ENIGM_REASON_FOUND);
  if (lost)
    enigm_bindings_find_pending (state, binding->certificate, &pending, &error);
  enigm_store_commit (state->store, &error);
  g_assert_no_error (error);
}

static void
change_with_audit (World *world, EnigmBinding *binding, gboolean lost)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (world->state->store, &error);

  enigm_bindings_change (
    world->state, binding, lost ? ENIGM_BINDING_RESTRICTED : ENIGM_BINDING_TRUSTED,
    ENIGM_BINDING_BY_APP, lost ? ENIGM_REASON_LOST : ENIGM_REASON_FOUND, &error);
  enigm_store_commit (world->state->store, &error);
  g_assert_no_error (error);
}

static void
measure_changes (World *world, Key *key)
{
  g_autoptr (EnigmBinding) binding = key_find (world, key);
  g_autoptr (GArray) with = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) without = g_array_new (FALSE, FALSE, sizeof (gint64));
  double one, other;

  /* One of each in turn, so that a busy moment meets both. */
  for (guint i = 0; i < 2 * TIMES; i++)
    {
      gint64 time = g_get_monotonic_time ();

      (i / 2 % 2 == 0 ? change_with_audit : change_without_audit) (world, binding, i % 2 == 0);
      time = g_get_monotonic_time () - time;
      g_array_append_val (i / 2 % 2 == 0 ? with : without, time);
    }
  one = median (with);
  other = median (without);
  printf ("change with its audit record: median %.2f ms; without: %.2f ms; ratio %.2f (aim: 1.3)\n",
          one, other, one / other);
}

int
main (int argc, char **argv)
{
  World world = { 0 };

  world_set_up (&world, NULL);
  {
    g_autoptr (Person) person = person_new (&world, "anna");
    g_autoptr (Key) key = key_new (&world, KEY_GENUINE);
    Case it = { person, key };

    key_pair (&world, key, person);
    measure_changes (&world, key);
    world_serve_apart (&world, measure_revocations, &it);
  }
  world_tear_down (&world, NULL);
  return 0;
}
