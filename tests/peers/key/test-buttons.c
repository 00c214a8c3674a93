/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>

#include "enigm-error.h"
#include "enigm-world.h"
#include "key-finger.h"

typedef struct
{
  EnigmKeyButtons *buttons;
  EnigmKeyFinger *finger;
  GString *seen;
  gboolean played;
} Fixture;

static void
on_pattern (EnigmKeyButtons *buttons, EnigmKeyPattern pattern, gpointer user_data)
{
  static const char letters[] = "padhl";
  Fixture *self = user_data;

  g_string_append_c (self->seen, letters[pattern]);
}

static void
on_played (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *self = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (enigm_key_finger_play_finish (self->finger, result, &error));
  g_assert_no_error (error);
  self->played = TRUE;
}

static void
on_busy (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (enigm_key_finger_play_finish (ENIGM_KEY_FINGER (source), result, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_KEY_BUSY);
  *(gboolean *) user_data = TRUE;
}

static gboolean
is_set (gpointer user_data)
{
  return *(gboolean *) user_data;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->buttons = enigm_key_buttons_new ();
  self->finger = enigm_key_finger_new (self->buttons);
  self->seen = g_string_new (NULL);
  g_signal_connect (self->buttons, "pattern", G_CALLBACK (on_pattern), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->finger);
  g_assert_finalize_object (self->buttons);
  g_string_free (self->seen, TRUE);
}

static void
assert_pattern (Fixture *self, guint n_presses, guint down_ms, const char *expected)
{
  g_string_truncate (self->seen, 0);
  self->played = FALSE;
  enigm_key_finger_play_async (self->finger, n_presses, down_ms, NULL, on_played, self);
  g_assert_true (enigm_world_await (is_set, &self->played));
  g_assert_cmpstr (self->seen->str, ==, expected);
}

static void
test_rows (Fixture *self, gconstpointer data)
{
  assert_pattern (self, 1, 60, "p");
  assert_pattern (self, 2, 60, "");
  assert_pattern (self, 3, 60, "a");
  assert_pattern (self, 4, 60, "a");
  assert_pattern (self, 5, 60, "d");
  assert_pattern (self, 6, 60, "a");
}

static void
test_held (Fixture *self, gconstpointer data)
{
  assert_pattern (self, 1, 1500, "");
  assert_pattern (self, 1, 3200, "h");
  assert_pattern (self, 1, 6200, "hl");
}

/* Three presses and a finger that stays on the button: still an alert. */
static void
test_slip (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < 3; i++)
    {
      enigm_key_buttons_down (self->buttons);
      enigm_key_buttons_up (self->buttons);
    }
  assert_pattern (self, 1, 1500, "a");
}

static void
test_busy (Fixture *self, gconstpointer data)
{
  gboolean refused = FALSE;

  enigm_key_finger_play_async (self->finger, 1, 60, NULL, on_played, self);
  enigm_key_finger_play_async (self->finger, 3, 60, NULL, on_busy, &refused);
  g_assert_true (enigm_world_await (is_set, &refused));
  g_assert_true (enigm_world_await (is_set, &self->played));
  g_assert_cmpstr (self->seen->str, ==, "p");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/key/buttons/rows", Fixture, NULL, set_up, test_rows, tear_down);
  g_test_add ("/key/buttons/held", Fixture, NULL, set_up, test_held, tear_down);
  g_test_add ("/key/buttons/slip", Fixture, NULL, set_up, test_slip, tear_down);
  g_test_add ("/key/buttons/busy", Fixture, NULL, set_up, test_busy, tear_down);

  return g_test_run ();
}
