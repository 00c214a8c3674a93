/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "await.h"
#include "enigm-wall-timer.h"

static void
on_time_come (gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static gboolean
has_come (gpointer n)
{
  return *(guint *) n > 0;
}

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* Not before its time, and once. */
static void
test_comes (void)
{
  guint n = 0;
  g_autoptr (EnigmWallTimer) timer = enigm_wall_timer_new (on_time_come, &n);
  const gint64 when = get_now () + 2;

  enigm_wall_timer_set (timer, when);
  g_assert_true (enigm_world_await (has_come, &n));
  g_assert_cmpint (get_now (), >=, when);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n, ==, 1);
}

/* What is past comes at once: the computer slept. */
static void
test_past (void)
{
  guint n = 0;
  g_autoptr (EnigmWallTimer) timer = enigm_wall_timer_new (on_time_come, &n);

  enigm_wall_timer_set (timer, get_now () - 60 * 60);
  g_assert_true (enigm_world_await (has_come, &n));
}

/* Set again, it forgets what was before; set to never, everything. */
static void
test_set_again (void)
{
  guint n = 0, later = 0;
  g_autoptr (EnigmWallTimer) timer = enigm_wall_timer_new (on_time_come, &n);
  g_autoptr (EnigmWallTimer) other = enigm_wall_timer_new (on_time_come, &later);

  enigm_wall_timer_set (timer, get_now () - 1);
  enigm_wall_timer_set (timer, get_now () + 60 * 60);
  enigm_wall_timer_set (timer, 0);
  enigm_wall_timer_set (other, get_now () + 1);
  g_assert_true (enigm_world_await (has_come, &later));
  g_assert_cmpuint (n, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wall-timer/comes", test_comes);
  g_test_add_func ("/wall-timer/past", test_past);
  g_test_add_func ("/wall-timer/set-again", test_set_again);
  return g_test_run ();
}
