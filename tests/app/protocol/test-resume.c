/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-resume-private.h"

#include "vectors.h"

/* The key pairs of RFC 5903, section 8.1; the rest was worked out apart from this code, in Python,
 * with S = 00 01 … 1f, binding ID = 20 … 2f, n_A = 40 … 5f and n_K = 60 … 7f. */
#define SCALAR_A "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"
#define SCALAR_K "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53"
#define HINT "17af3ce8582d3207a80039c2a77d28369bd5d5b03ac6ef4dd200e7e1ca1167f6"
#define TRANSCRIPT "72c596a720f47be67d0a397aad73a01cb5ad7bf48bd253eb0232c027c4d54c66"
#define MAC_K "9cf121200ff982ba4334962227e6b4af3bbdd5f6bfdd49f3336d8540c5ce9ec8"
#define MAC_A "0cd533afc9059318aa0a6c5139daeeed0c443e3a53a4fe97c37679ce12768dde"
#define SESSION_VALUE "2b470c5038e9ff7d687f93eee5317ae2b8c05b67dee02fc863fa7aa3fdd58485"
#define FIRST_FROM_APP "c5bf841182db97492da3dc6bf01490060b4e44e106"
#define FIRST_FROM_KEY "b8c9aa866b09b350e300d67fd6b76836f9ae6f30d2"

typedef struct
{
  EnigmResumeCandidate candidates[ENIGM_RESUME_CANDIDATES_MAX];
  EnigmResumeApp *app;
  EnigmResumeKey *key;
  EnigmResumeHello hello;
  EnigmResumeShare share;
  guint8 mac_a[ENIGM_SHA256_SIZE];
} Fixture;

static void
fill (guint8 *data, gsize len, guint8 first)
{
  for (gsize i = 0; i < len; i++)
    data[i] = (guint8) (first + i);
}

static void
new_sides (Fixture *f, guint which, gsize n_candidates)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->app, enigm_resume_app_free);
  g_clear_pointer (&f->key, enigm_resume_key_free);
  f->app = enigm_resume_app_new (&f->candidates[which]);
  f->key = enigm_resume_key_new (f->candidates, n_candidates, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < ENIGM_RESUME_CANDIDATES_MAX; i++)
    {
      fill (f->candidates[i].binding, ENIGM_RESUME_BINDING_SIZE, (guint8) i);
      f->candidates[i].secret = enigm_secret_new_random (ENIGM_RESUME_SECRET_SIZE, NULL);
    }
  new_sides (f, 0, ENIGM_RESUME_CANDIDATES_MAX);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < ENIGM_RESUME_CANDIDATES_MAX; i++)
    enigm_secret_unref (f->candidates[i].secret);
  enigm_resume_app_free (f->app);
  enigm_resume_key_free (f->key);
}

static void
run_two_messages (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  enigm_resume_app_start (f->app, &f->hello, &error);
  g_assert_no_error (error);
  enigm_resume_key_respond (f->key, &f->hello, &f->share, &error);
  g_assert_no_error (error);
}

static EnigmChannel *
app_finishes (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  EnigmChannel *channel = enigm_resume_app_finish (f->app, &f->share, f->mac_a, &error);

  g_assert_no_error (error);

  return channel;
}

static void
assert_app_refuses (Fixture *f, EnigmError expected)
{
  const guint8 nothing[ENIGM_SHA256_SIZE] = { 0 };
  g_autoptr (GError) error = NULL;

  memset (f->mac_a, 0, sizeof f->mac_a);
  g_assert_null (enigm_resume_app_finish (f->app, &f->share, f->mac_a, &error));
  g_assert_error (error, ENIGM_ERROR, (int) expected);
  g_assert_cmpmem (f->mac_a, sizeof f->mac_a, nothing, sizeof nothing);
}

static void
assert_key_refuses (Fixture *f, const guint8 *mac, gsize len, EnigmError expected)
{
  guint candidate = 1234;
  g_autoptr (GError) error = NULL;

  g_assert_null (enigm_resume_key_finish (f->key, mac, len, &candidate, &error));
  g_assert_error (error, ENIGM_ERROR, (int) expected);
  g_assert_cmpuint (candidate, ==, 1234);
}

static void
assert_talk (EnigmChannel *from, EnigmChannel *to)
{
  g_autoptr (GBytes) plain = g_bytes_new_static ("hello", 5);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) sealed = enigm_channel_seal (from, plain, &error);
  g_autoptr (GBytes) opened = enigm_channel_open (to, sealed, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (plain, opened));
}

static void
assert_hex (gconstpointer data, gsize len, const char *expected)
{
  g_autofree char *hex = test_hex_from_bytes (data, len);

  g_assert_cmpstr (hex, ==, expected);
}

static EnigmP256Key *
key_from_hex (const char *hex)
{
  g_autoptr (EnigmSecret) scalar = test_secret_from_hex (hex);

  return enigm_p256_key_new_from_scalar (scalar, NULL);
}

static void
assert_seals (EnigmChannel *channel, const char *expected)
{
  g_autoptr (GBytes) plain = g_bytes_new_static ("hello", 5);
  g_autoptr (GBytes) sealed = enigm_channel_seal (channel, plain, NULL);

  assert_hex (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed), expected);
}

static void
test_worked_example (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmP256Key) ephemeral_a = key_from_hex (SCALAR_A);
  g_autoptr (EnigmP256Key) ephemeral_k = key_from_hex (SCALAR_K);
  g_autoptr (EnigmSecret) x = NULL;
  g_autoptr (EnigmChannel) app = NULL;
  g_autoptr (EnigmChannel) key = NULL;
  EnigmResumeKeys keys;
  guint8 secret[32], n_a[32], n_k[32];
  guint candidate;
  g_autoptr (GError) error = NULL;

  fill (secret, sizeof secret, 0x00);
  fill (f->candidates[3].binding, ENIGM_RESUME_BINDING_SIZE, 0x20);
  fill (n_a, sizeof n_a, 0x40);
  fill (n_k, sizeof n_k, 0x60);
  enigm_secret_unref (f->candidates[3].secret);
  f->candidates[3].secret = enigm_secret_new_copy (secret, sizeof secret);
  new_sides (f, 3, ENIGM_RESUME_CANDIDATES_MAX);

  enigm_resume_app_start_with (f->app, ephemeral_a, n_a, &f->hello, &error);
  g_assert_no_error (error);
  assert_hex (f->hello.hint, sizeof f->hello.hint, HINT);
  enigm_resume_key_respond_with (f->key, ephemeral_k, n_k, &f->hello, &f->share, &error);
  g_assert_no_error (error);
  assert_hex (f->share.mac, sizeof f->share.mac, MAC_K);

  x = enigm_p256_key_ecdh (ephemeral_a, f->share.point, sizeof f->share.point, &error);
  enigm_resume_keys_init (&keys, x, &f->candidates[3], &f->hello, &f->share);
  assert_hex (keys.transcript, sizeof keys.transcript, TRANSCRIPT);
  enigm_resume_keys_clear (&keys);

  app = app_finishes (f);
  assert_hex (f->mac_a, sizeof f->mac_a, MAC_A);
  key = enigm_resume_key_finish (f->key, f->mac_a, sizeof f->mac_a, &candidate, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (candidate, ==, 3);
  assert_hex (enigm_channel_get_session_value (app), 32, SESSION_VALUE);
  assert_hex (enigm_channel_get_session_value (key), 32, SESSION_VALUE);
  assert_seals (app, FIRST_FROM_APP);
  assert_seals (key, FIRST_FROM_KEY);
}

static void
test_every_computer (Fixture *f, gconstpointer data)
{
  for (guint which = 0; which < ENIGM_RESUME_CANDIDATES_MAX; which++)
    {
      g_autoptr (EnigmChannel) app = NULL;
      g_autoptr (EnigmChannel) key = NULL;
      g_autoptr (GError) error = NULL;
      guint candidate;

      new_sides (f, which, which + 1);
      run_two_messages (f);
      app = app_finishes (f);
      key = enigm_resume_key_finish (f->key, f->mac_a, sizeof f->mac_a, &candidate, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (candidate, ==, which);
      assert_talk (app, key);
      assert_talk (key, app);
      g_assert_cmpmem (enigm_channel_get_session_value (app), 32,
                       enigm_channel_get_session_value (key), 32);
    }
}

/* The key answers a computer it does not know in the same form, and never twice alike. */
static void
test_unknown_computer (Fixture *f, gconstpointer data)
{
  EnigmResumeShare first;

  for (guint n_candidates = 0; n_candidates < ENIGM_RESUME_CANDIDATES_MAX; n_candidates++)
    {
      new_sides (f, n_candidates, n_candidates);
      run_two_messages (f);
      assert_app_refuses (f, ENIGM_ERROR_KEY_UNKNOWN);
      assert_key_refuses (f, f->share.mac, 32, ENIGM_ERROR_NOT_GENUINE);
    }

  first = f->share;
  g_clear_pointer (&f->key, enigm_resume_key_free);
  f->key = enigm_resume_key_new (f->candidates, 0, NULL);
  g_assert_true (enigm_resume_key_respond (f->key, &f->hello, &f->share, NULL));
  g_assert_cmpint (memcmp (first.mac, f->share.mac, 32), !=, 0);
  g_assert_cmpint (memcmp (first.nonce, f->share.nonce, 32), !=, 0);
}

/* The right secret for another binding: the hint fits, nothing after it does. */
static void
test_another_binding (Fixture *f, gconstpointer data)
{
  enigm_secret_unref (f->candidates[1].secret);
  f->candidates[1].secret = enigm_secret_ref (f->candidates[0].secret);
  g_clear_pointer (&f->app, enigm_resume_app_free);
  f->app = enigm_resume_app_new (&f->candidates[1]);
  g_clear_pointer (&f->key, enigm_resume_key_free);
  f->key = enigm_resume_key_new (f->candidates, 1, NULL);
  run_two_messages (f);
  assert_app_refuses (f, ENIGM_ERROR_KEY_UNKNOWN);
}

/* Each field of each message counts; a change in any is found by the side that reads it. */
static void
test_changed_messages (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmP256Key) other = enigm_p256_key_generate (NULL);

  for (guint kind = 0; kind < 6; kind++)
    {
      gboolean point = kind == 0 || kind == 3;
      g_autoptr (GError) error = NULL;

      new_sides (f, 0, 2);
      enigm_resume_app_start (f->app, &f->hello, NULL);
      if (kind == 0)
        memcpy (f->hello.point, enigm_p256_key_get_point (other), 65);
      if (kind == 1)
        f->hello.nonce[31] ^= 1;
      if (kind == 2)
        f->hello.hint[0] ^= 1;
      enigm_resume_key_respond (f->key, &f->hello, &f->share, &error);
      g_assert_no_error (error);
      if (kind == 3)
        memcpy (f->share.point, enigm_p256_key_get_point (other), 65);
      if (kind == 4)
        f->share.nonce[0] ^= 1;
      if (kind == 5)
        f->share.mac[31] ^= 1;
      assert_app_refuses (f, ENIGM_ERROR_KEY_UNKNOWN);
      /* Whoever swapped a point knows the ECDH, but not S. */
      if (point)
        assert_key_refuses (f, f->share.mac, 32, ENIGM_ERROR_NOT_GENUINE);
    }
}

static void
test_bad_points (Fixture *f, gconstpointer data)
{
  for (guint kind = 0; kind < 3; kind++)
    {
      guint8 bad[65] = { 0 };
      EnigmResumeHello hello;
      const EnigmResumeShare untouched = { { 0 } };
      EnigmResumeShare share = { { 0 } };
      g_autoptr (GError) error = NULL;

      new_sides (f, 0, 1);
      run_two_messages (f);
      memcpy (bad, f->share.point, kind == 0 ? 0 : 65);
      if (kind == 1)
        bad[64] ^= 1;
      if (kind == 2)
        bad[0] = 0x02;

      memcpy (f->share.point, bad, 65);
      assert_app_refuses (f, ENIGM_ERROR_MALFORMED);

      hello = f->hello;
      memcpy (hello.point, bad, 65);
      new_sides (f, 0, 1);
      g_assert_false (enigm_resume_key_respond (f->key, &hello, &share, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
      g_assert_cmpmem (&share, sizeof share, &untouched, sizeof untouched);
      assert_key_refuses (f, f->mac_a, 32, ENIGM_ERROR_MALFORMED);
    }
}

static void
test_wrong_mac_a (Fixture *f, gconstpointer data)
{
  for (guint kind = 0; kind < 4; kind++)
    {
      guint8 mac[33] = { 0 };
      g_autoptr (EnigmChannel) app = NULL;

      new_sides (f, 0, 1);
      run_two_messages (f);
      app = app_finishes (f);
      memcpy (mac, f->mac_a, 32);
      if (kind == 0)
        mac[0] ^= 0x80;
      if (kind == 1) /* the key's own, sent back */
        memcpy (mac, f->share.mac, 32);
      assert_key_refuses (f, mac, kind == 2 ? 31 : kind == 3 ? 33 : 32, ENIGM_ERROR_NOT_GENUINE);
      /* And the right one comes too late. */
      assert_key_refuses (f, f->mac_a, 32, ENIGM_ERROR_MALFORMED);
    }
}

/* All that one run said, said again: the key's fresh half makes it worthless. */
static void
test_replayed (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmChannel) app = NULL;
  EnigmResumeShare share;
  g_autoptr (GError) error = NULL;

  run_two_messages (f);
  app = app_finishes (f);

  g_clear_pointer (&f->key, enigm_resume_key_free);
  f->key = enigm_resume_key_new (f->candidates, 8, NULL);
  enigm_resume_key_respond (f->key, &f->hello, &share, &error);
  g_assert_no_error (error);
  assert_key_refuses (f, f->mac_a, 32, ENIGM_ERROR_NOT_GENUINE);

  /* The other way: an old answer to a new hello. */
  share = f->share;
  new_sides (f, 0, 8);
  run_two_messages (f);
  f->share = share;
  assert_app_refuses (f, ENIGM_ERROR_KEY_UNKNOWN);
}

static void
test_out_of_turn (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) app_error = NULL, key_error = NULL;

  assert_app_refuses (f, ENIGM_ERROR_MALFORMED);
  assert_key_refuses (f, f->mac_a, 32, ENIGM_ERROR_MALFORMED);

  new_sides (f, 0, 1);
  run_two_messages (f);
  g_assert_false (enigm_resume_app_start (f->app, &f->hello, &app_error));
  g_assert_error (app_error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_false (enigm_resume_key_respond (f->key, &f->hello, &f->share, &key_error));
  g_assert_error (key_error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
}

#define add(path, function)                                                                        \
  g_test_add ("/protocol/resume/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("worked-example", test_worked_example);
  add ("every-computer", test_every_computer);
  add ("unknown-computer", test_unknown_computer);
  add ("another-binding", test_another_binding);
  add ("changed-messages", test_changed_messages);
  add ("bad-points", test_bad_points);
  add ("wrong-mac-a", test_wrong_mac_a);
  add ("replayed", test_replayed);
  add ("out-of-turn", test_out_of_turn);

  return g_test_run ();
}
