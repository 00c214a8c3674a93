/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "peers/platform/enigm-rate.h"

#define NOW 1790000000

static void
test_window (void)
{
  g_autoptr (EnigmRate) rate = enigm_rate_new (3, 60);

  for (guint i = 0; i < 3; i++)
    g_assert_true (enigm_rate_take (rate, "192.0.2.1", NOW + i));
  g_assert_false (enigm_rate_take (rate, "192.0.2.1", NOW + 59));
  g_assert_true (enigm_rate_take (rate, "192.0.2.2", NOW + 59));
  g_assert_true (enigm_rate_take (rate, "192.0.2.1", NOW + 60));
}

/* A clock set back must not shut anybody out until it has caught up. */
static void
test_clock_set_back (void)
{
  g_autoptr (EnigmRate) rate = enigm_rate_new (1, 60);

  g_assert_true (enigm_rate_take (rate, "192.0.2.1", NOW));
  g_assert_false (enigm_rate_take (rate, "192.0.2.1", NOW));
  g_assert_true (enigm_rate_take (rate, "192.0.2.1", NOW - 86400));
}

/* What is asked for together is let through together, where there is any room. */
static void
test_many (void)
{
  g_autoptr (EnigmRate) rate = enigm_rate_new (5, 60);

  g_assert_true (enigm_rate_take_many (rate, "kim", 4, NOW));
  g_assert_true (enigm_rate_take_many (rate, "kim", 10, NOW));
  g_assert_false (enigm_rate_take_many (rate, "kim", 1, NOW));
}

/* Whoever has very many addresses makes it forget, not grow. */
static void
test_bounded (void)
{
  g_autoptr (EnigmRate) rate = enigm_rate_new (1, 60);

  for (guint i = 0; i < 4096; i++)
    {
      g_autofree char *address = g_strdup_printf ("2001:db8::%x", i);

      g_assert_true (enigm_rate_take (rate, address, NOW));
    }
  g_assert_true (enigm_rate_take (rate, "2001:db8::0", NOW));
  g_assert_false (enigm_rate_take (rate, "2001:db8::0", NOW));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/rate/window", test_window);
  g_test_add_func ("/platform/rate/clock-set-back", test_clock_set_back);
  g_test_add_func ("/platform/rate/many", test_many);
  g_test_add_func ("/platform/rate/bounded", test_bounded);
  return g_test_run ();
}
