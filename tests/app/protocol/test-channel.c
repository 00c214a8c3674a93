/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-channel.h"

#include "vectors.h"

/* K_shared of RFC 9383's vector; the rest was worked out apart from this code, in Python. */
#define K_SHARED "0c5f8ccd1413423a54f6c1fb26ff01534a87f893779c6e68666d772bfd91f3e7"
#define SESSION_VALUE "c45b840d3b60babe88b9f352ab10a31f596801ee5b43fc139d51adfcb5c6dd55"
#define FIRST_FROM_APP "fb245a8935020749f20dae90012ea54ffd0f440990"
#define SECOND_FROM_APP "d5e02080e47ced91559389e55bc2004f82b3032f7d"
#define FIRST_FROM_KEY "26a437690055d61bb82579c8435acd3e0ae7c19258"

typedef struct
{
  EnigmChannel *app, *key;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmSecret) k_shared = test_secret_from_hex (K_SHARED);

  f->app = enigm_channel_new_setup (k_shared, ENIGM_CHANNEL_APP);
  f->key = enigm_channel_new_setup (k_shared, ENIGM_CHANNEL_KEY);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  enigm_channel_unref (f->app);
  enigm_channel_unref (f->key);
}

static GBytes *
seal (EnigmChannel *channel, const char *text)
{
  g_autoptr (GBytes) plain = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  GBytes *sealed = enigm_channel_seal (channel, plain, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (sealed), ==, strlen (text) + ENIGM_CHANNEL_OVERHEAD);

  return sealed;
}

static void
assert_opens (EnigmChannel *channel, GBytes *sealed, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = enigm_channel_open (channel, sealed, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), text, strlen (text));
}

/* And so is everything after it, in both directions. */
static void
assert_refused_for_good (EnigmChannel *channel, GBytes *sealed)
{
  g_autoptr (GBytes) plain = g_bytes_new_static ("more", 4);
  g_autoptr (GError) opening = NULL, again = NULL, sealing = NULL;

  g_assert_null (enigm_channel_open (channel, sealed, &opening));
  g_assert_error (opening, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
  g_assert_null (enigm_channel_open (channel, sealed, &again));
  g_assert_error (again, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
  g_assert_null (enigm_channel_seal (channel, plain, &sealing));
  g_assert_error (sealing, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
}

static void
assert_bytes (GBytes *bytes, const char *expected)
{
  g_autofree char *hex =
    test_hex_from_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_assert_cmpstr (hex, ==, expected);
}

static void
test_worked_example (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) app0 = seal (f->app, "hello");
  g_autoptr (GBytes) app1 = seal (f->app, "hello");
  g_autoptr (GBytes) key0 = seal (f->key, "hello");
  g_autofree char *at_app = test_hex_from_bytes (enigm_channel_get_session_value (f->app), 32);
  g_autofree char *at_key = test_hex_from_bytes (enigm_channel_get_session_value (f->key), 32);

  g_assert_cmpstr (at_app, ==, SESSION_VALUE);
  g_assert_cmpstr (at_key, ==, SESSION_VALUE);
  assert_bytes (app0, FIRST_FROM_APP);
  assert_bytes (app1, SECOND_FROM_APP);
  assert_bytes (key0, FIRST_FROM_KEY);
}

static void
test_both_ways (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *text = g_strnfill (i * 13, 'a');
      g_autoptr (GBytes) from_app = seal (f->app, text);
      g_autoptr (GBytes) from_key = seal (f->key, text);

      g_assert_false (g_bytes_equal (from_app, from_key));
      assert_opens (f->key, from_app, text);
      assert_opens (f->app, from_key, text);
    }
}

static void
test_reflected (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) sealed = seal (f->app, "message");

  assert_refused_for_good (f->app, sealed);
}

static void
test_repeated (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) sealed = seal (f->app, "message");

  assert_opens (f->key, sealed, "message");
  assert_refused_for_good (f->key, sealed);
}

static void
test_dropped (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) first = seal (f->key, "first");
  g_autoptr (GBytes) second = seal (f->key, "second");

  assert_refused_for_good (f->app, second);
  /* The one that was due does not mend it. */
  assert_refused_for_good (f->app, first);
}

static void
test_of_another_session (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmSecret) other_shared = enigm_secret_new_random (32, NULL);
  g_autoptr (EnigmChannel) other = enigm_channel_new_setup (other_shared, ENIGM_CHANNEL_APP);
  g_autoptr (GBytes) sealed = seal (other, "message");

  assert_refused_for_good (f->key, sealed);
}

static void
test_changed_or_cut (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) sealed = seal (f->app, "message");
  gsize len;
  const guint8 *right = g_bytes_get_data (sealed, &len);

  for (guint bit = 0; bit < 8 * len; bit++)
    {
      g_autofree guint8 *wrong = g_memdup2 (right, len);
      g_autoptr (GBytes) bytes = NULL;

      wrong[bit / 8] ^= (guint8) (1 << bit % 8);
      bytes = g_bytes_new (wrong, len);
      tear_down (f, NULL);
      set_up (f, NULL);
      assert_refused_for_good (f->key, bytes);
    }
  for (gsize cut = 0; cut < len; cut++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (sealed, 0, cut);

      tear_down (f, NULL);
      set_up (f, NULL);
      assert_refused_for_good (f->key, bytes);
    }
}

#define add(path, function)                                                                        \
  g_test_add ("/protocol/channel/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("worked-example", test_worked_example);
  add ("both-ways", test_both_ways);
  add ("reflected", test_reflected);
  add ("repeated", test_repeated);
  add ("dropped", test_dropped);
  add ("of-another-session", test_of_another_session);
  add ("changed-or-cut", test_changed_or_cut);

  return g_test_run ();
}
