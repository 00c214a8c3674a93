/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-setup-code.h"
#include "app/protocol/enigm-spake2plus-private.h"

#include "vectors.h"

typedef struct
{
  JsonParser *parser;
  GBytes *context, *id_prover, *id_verifier;
  EnigmSecret *w0, *w1, *l;
  EnigmSpake2plusProver *prover;
  EnigmSpake2plusVerifier *verifier;
} Fixture;

static const char *
vector (Fixture *f, const char *name)
{
  return json_object_get_string_member (json_node_get_object (json_parser_get_root (f->parser)),
                                        name);
}

static GBytes *
text_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static EC_POINT *
vector_point (Fixture *f, const char *name)
{
  g_autoptr (GBytes) bytes = test_bytes_from_hex (vector (f, name));

  return enigm_p256_point_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
}

static void
assert_hex (gconstpointer data, gsize len, const char *expected)
{
  g_autofree char *hex = test_hex_from_bytes (data, len);

  g_assert_cmpstr (hex, ==, expected);
}

static void
assert_secret_hex (EnigmSecret *secret, const char *expected)
{
  g_autofree char *hex = test_hex_from_secret (secret);

  g_assert_cmpstr (hex, ==, expected);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->parser = test_vectors_load ("spake2plus-rfc9383.json");
  f->context = text_bytes (vector (f, "context"));
  f->id_prover = text_bytes (vector (f, "idProver"));
  f->id_verifier = text_bytes (vector (f, "idVerifier"));
  f->w0 = test_secret_from_hex (vector (f, "w0"));
  f->w1 = test_secret_from_hex (vector (f, "w1"));
  f->l = test_secret_from_hex (vector (f, "L"));
  f->prover = enigm_spake2plus_prover_new (f->w0, f->w1, f->context, f->id_prover, f->id_verifier);
  f->verifier =
    enigm_spake2plus_verifier_new (f->w0, f->l, f->context, f->id_prover, f->id_verifier, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->prover, enigm_spake2plus_prover_free);
  g_clear_pointer (&f->verifier, enigm_spake2plus_verifier_free);
  enigm_secret_unref (f->w0);
  enigm_secret_unref (f->w1);
  enigm_secret_unref (f->l);
  g_bytes_unref (f->context);
  g_bytes_unref (f->id_prover);
  g_bytes_unref (f->id_verifier);
  g_object_unref (f->parser);
}

static void
test_constants (Fixture *f, gconstpointer data)
{
  guint8 compressed[33];

  EC_POINT_point2oct (enigm_p256_get_group (), enigm_spake2plus_constant (ENIGM_SPAKE2PLUS_M),
                      POINT_CONVERSION_COMPRESSED, compressed, sizeof compressed, NULL);
  assert_hex (compressed, sizeof compressed, vector (f, "M"));
  EC_POINT_point2oct (enigm_p256_get_group (), enigm_spake2plus_constant (ENIGM_SPAKE2PLUS_N),
                      POINT_CONVERSION_COMPRESSED, compressed, sizeof compressed, NULL);
  assert_hex (compressed, sizeof compressed, vector (f, "N"));
}

static void
test_schedule (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) share_p = test_bytes_from_hex (vector (f, "shareP"));
  g_autoptr (GBytes) share_v = test_bytes_from_hex (vector (f, "shareV"));
  g_autoptr (EC_POINT) z = vector_point (f, "Z");
  g_autoptr (EC_POINT) v = vector_point (f, "V");
  const EnigmSpake2plusNames names = { f->context, f->id_prover, f->id_verifier };
  g_autoptr (EnigmSecret) transcript = enigm_spake2plus_transcript (
    &names, g_bytes_get_data (share_p, NULL), g_bytes_get_data (share_v, NULL), z, v, f->w0);
  EnigmSpake2plusKeys keys;

  assert_secret_hex (transcript, vector (f, "TT"));
  enigm_spake2plus_keys_init (&keys, transcript);
  assert_secret_hex (keys.main, vector (f, "K_main"));
  assert_secret_hex (keys.confirm_p, vector (f, "K_confirmP"));
  assert_secret_hex (keys.confirm_v, vector (f, "K_confirmV"));
  assert_secret_hex (keys.shared, vector (f, "K_shared"));
  enigm_spake2plus_keys_clear (&keys);
}

static void
test_run_of_the_rfc (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmSecret) x = test_secret_from_hex (vector (f, "x"));
  g_autoptr (EnigmSecret) y = test_secret_from_hex (vector (f, "y"));
  guint8 share_p[65], share_v[65], confirm_p[32], confirm_v[32];
  g_autoptr (EnigmSecret) at_prover = NULL;
  g_autoptr (EnigmSecret) at_verifier = NULL;
  g_autoptr (GError) error = NULL;

  enigm_spake2plus_prover_start_with (f->prover, x, share_p, &error);
  g_assert_no_error (error);
  assert_hex (share_p, sizeof share_p, vector (f, "shareP"));

  enigm_spake2plus_verifier_respond_with (f->verifier, y, share_p, sizeof share_p, share_v,
                                          confirm_v, &error);
  g_assert_no_error (error);
  assert_hex (share_v, sizeof share_v, vector (f, "shareV"));
  assert_hex (confirm_v, sizeof confirm_v, vector (f, "confirmV"));

  at_prover = enigm_spake2plus_prover_finish (f->prover, share_v, sizeof share_v, confirm_v,
                                              sizeof confirm_v, confirm_p, &error);
  g_assert_no_error (error);
  assert_hex (confirm_p, sizeof confirm_p, vector (f, "confirmP"));
  assert_secret_hex (at_prover, vector (f, "K_shared"));

  at_verifier = enigm_spake2plus_verifier_verify (f->verifier, confirm_p, sizeof confirm_p, &error);
  g_assert_no_error (error);
  assert_secret_hex (at_verifier, vector (f, "K_shared"));
}

typedef struct
{
  guint8 share_p[65], share_v[65], confirm_v[32], confirm_p[32];
} Messages;

/* Up to confirmV, as both sides of one run send it. */
static void
run_two_messages (Fixture *f, Messages *m)
{
  g_autoptr (GError) error = NULL;

  enigm_spake2plus_prover_start (f->prover, m->share_p, &error);
  g_assert_no_error (error);
  enigm_spake2plus_verifier_respond (f->verifier, m->share_p, sizeof m->share_p, m->share_v,
                                     m->confirm_v, &error);
  g_assert_no_error (error);
}

static void
assert_prover_refuses (Fixture *f,
                       const guint8 *share_v,
                       gsize share_v_len,
                       const guint8 *confirm_v,
                       gsize confirm_v_len,
                       EnigmError expected)
{
  guint8 confirm_p[32] = { 0 };
  const guint8 nothing[32] = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_null (enigm_spake2plus_prover_finish (f->prover, share_v, share_v_len, confirm_v,
                                                 confirm_v_len, confirm_p, &error));
  g_assert_error (error, ENIGM_ERROR, (int) expected);
  g_assert_cmpmem (confirm_p, sizeof confirm_p, nothing, sizeof nothing);
}

static void
assert_verifier_refuses (Fixture *f, const guint8 *confirm_p, gsize len, EnigmError expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (enigm_spake2plus_verifier_verify (f->verifier, confirm_p, len, &error));
  g_assert_error (error, ENIGM_ERROR, (int) expected);
}

static void
test_code_of_the_factory (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmSetupCode) code = enigm_setup_code_new_random (NULL);
  g_autoptr (GBytes) context = text_bytes ("context");
  g_autoptr (EnigmSecret) w0 = NULL;
  g_autoptr (EnigmSecret) w1 = NULL;
  g_autoptr (EnigmSecret) stored_w0 = NULL;
  g_autoptr (EnigmSecret) stored_l = NULL;
  g_autoptr (GError) error = NULL;

  enigm_setup_code_derive_w (code, &w0, &w1);
  enigm_setup_code_derive_verifier (code, &stored_w0, &stored_l);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (EnigmSecret) at_prover = NULL;
      g_autoptr (EnigmSecret) at_verifier = NULL;
      Messages m;

      enigm_spake2plus_prover_free (f->prover);
      enigm_spake2plus_verifier_free (f->verifier);
      f->prover = enigm_spake2plus_prover_new (w0, w1, context, NULL, NULL);
      f->verifier =
        enigm_spake2plus_verifier_new (stored_w0, stored_l, context, NULL, NULL, &error);
      run_two_messages (f, &m);
      at_prover = enigm_spake2plus_prover_finish (f->prover, m.share_v, 65, m.confirm_v, 32,
                                                  m.confirm_p, &error);
      g_assert_no_error (error);
      at_verifier = enigm_spake2plus_verifier_verify (f->verifier, m.confirm_p, 32, &error);
      g_assert_no_error (error);
      g_assert_true (enigm_secret_equal (at_prover, at_verifier));
    }
}

/* Everything both sides must agree on, wrong one at a time; neither then accepts the other. */
static void
test_disagreement (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) other = text_bytes ("other");

  for (guint wrong = 0; wrong < 5; wrong++)
    {
      g_autoptr (EnigmSecret) random = enigm_secret_new_random (32, NULL);
      guint8 confirm_p[32];
      Messages m;

      enigm_spake2plus_prover_free (f->prover);
      enigm_spake2plus_verifier_free (f->verifier);
      f->prover = enigm_spake2plus_prover_new (
        wrong == 0 ? random : f->w0, wrong == 1 ? random : f->w1, wrong == 2 ? other : f->context,
        wrong == 3 ? other : f->id_prover, wrong == 4 ? other : f->id_verifier);
      f->verifier =
        enigm_spake2plus_verifier_new (f->w0, f->l, f->context, f->id_prover, f->id_verifier, NULL);
      run_two_messages (f, &m);
      assert_prover_refuses (f, m.share_v, 65, m.confirm_v, 32, ENIGM_ERROR_CODE_WRONG);

      enigm_random_bytes (confirm_p, sizeof confirm_p, NULL);
      assert_verifier_refuses (f, confirm_p, sizeof confirm_p, ENIGM_ERROR_CODE_WRONG);
    }
}

static void
test_prover_refuses_bad_shares (Fixture *f, gconstpointer data)
{
  g_autoptr (BIGNUM) w0 = enigm_p256_scalar_from_secret (f->w0);
  g_autoptr (EC_POINT) mask = EC_POINT_new (enigm_p256_get_group ());
  Messages good;

  enigm_p256_multiply (mask, enigm_spake2plus_constant (ENIGM_SPAKE2PLUS_N), w0);
  for (guint kind = 0; kind < 8; kind++)
    {
      guint8 share[66] = { 0 }, confirm[33] = { 0 };
      gsize share_len = 65, confirm_len = 32;
      EnigmError expected = ENIGM_ERROR_MALFORMED;

      tear_down (f, NULL);
      set_up (f, NULL);
      run_two_messages (f, &good);
      memcpy (share, good.share_v, 65);
      memcpy (confirm, good.confirm_v, 32);
      switch (kind)
        {
        case 0: /* one byte short */
          share_len = 64;
          break;
        case 1: /* one too many */
          share_len = 66;
          break;
        case 2: /* the identity as SEC 1 writes it */
          memset (share, 0, sizeof share);
          share_len = 1;
          break;
        case 3: /* off the curve */
          share[64] ^= 1;
          break;
        case 4: /* the identity once w0·N is taken away */
          enigm_p256_point_write (mask, share);
          break;
        case 5: /* the app's own share, sent back */
          memcpy (share, good.share_p, 65);
          expected = ENIGM_ERROR_CODE_WRONG;
          break;
        case 6: /* confirmation short */
          confirm_len = 31;
          break;
        case 7: /* confirmation off by a bit */
          confirm[31] ^= 0x80;
          expected = ENIGM_ERROR_CODE_WRONG;
          break;
        default:
          g_assert_not_reached ();
        }
      assert_prover_refuses (f, share, share_len, confirm, confirm_len, expected);
      /* And the right message does not help any more. */
      assert_prover_refuses (f, good.share_v, 65, good.confirm_v, 32, ENIGM_ERROR_MALFORMED);
    }
}

static void
test_verifier_refuses_bad_shares (Fixture *f, gconstpointer data)
{
  g_autoptr (BIGNUM) w0 = enigm_p256_scalar_from_secret (f->w0);
  g_autoptr (EC_POINT) mask = EC_POINT_new (enigm_p256_get_group ());
  guint8 shares[4][66] = { { 0 } };
  const gsize lengths[4] = { 1, 65, 65, 64 };

  enigm_p256_multiply (mask, enigm_spake2plus_constant (ENIGM_SPAKE2PLUS_M), w0);
  enigm_p256_point_write (mask, shares[1]);
  enigm_p256_point_write (mask, shares[2]);
  shares[2][40] ^= 4;
  enigm_p256_point_write (mask, shares[3]);

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      guint8 share_v[65] = { 0 }, confirm_v[32] = { 0 };
      const guint8 nothing[65] = { 0 };
      g_autoptr (GError) error = NULL;

      tear_down (f, NULL);
      set_up (f, NULL);
      g_assert_false (enigm_spake2plus_verifier_respond (f->verifier, shares[i], lengths[i],
                                                         share_v, confirm_v, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
      g_assert_cmpmem (share_v, sizeof share_v, nothing, sizeof share_v);
      g_assert_cmpmem (confirm_v, sizeof confirm_v, nothing, sizeof confirm_v);
      assert_verifier_refuses (f, confirm_v, 32, ENIGM_ERROR_MALFORMED);
    }
}

/* A confirmation is good for one direction, one run and one try. */
static void
test_confirmations_are_not_interchangeable (Fixture *f, gconstpointer data)
{
  Messages first, second;

  run_two_messages (f, &first);
  assert_verifier_refuses (f, first.confirm_v, 32, ENIGM_ERROR_CODE_WRONG);
  enigm_spake2plus_prover_finish (f->prover, first.share_v, 65, (const guint8[32]){ 0 }, 32,
                                  first.confirm_p, NULL);

  tear_down (f, NULL);
  set_up (f, NULL);
  run_two_messages (f, &first);
  enigm_secret_unref (enigm_spake2plus_prover_finish (f->prover, first.share_v, 65, first.confirm_v,
                                                      32, first.confirm_p, NULL));
  tear_down (f, NULL);
  set_up (f, NULL);
  run_two_messages (f, &second);
  assert_verifier_refuses (f, first.confirm_p, 32, ENIGM_ERROR_CODE_WRONG);

  tear_down (f, NULL);
  set_up (f, NULL);
  run_two_messages (f, &second);
  enigm_secret_unref (enigm_spake2plus_prover_finish (
    f->prover, second.share_v, 65, second.confirm_v, 32, second.confirm_p, NULL));
  enigm_secret_unref (enigm_spake2plus_verifier_verify (f->verifier, second.confirm_p, 32, NULL));
  assert_verifier_refuses (f, second.confirm_p, 32, ENIGM_ERROR_MALFORMED);
}

static void
test_messages_out_of_turn (Fixture *f, gconstpointer data)
{
  Messages m;
  g_autoptr (GError) again = NULL, restart = NULL;

  memset (&m, 0, sizeof m);
  assert_verifier_refuses (f, m.confirm_p, 32, ENIGM_ERROR_MALFORMED);
  assert_prover_refuses (f, m.share_v, 65, m.confirm_v, 32, ENIGM_ERROR_MALFORMED);

  tear_down (f, NULL);
  set_up (f, NULL);
  run_two_messages (f, &m);
  g_assert_false (enigm_spake2plus_prover_start (f->prover, m.share_p, &restart));
  g_assert_error (restart, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_false (
    enigm_spake2plus_verifier_respond (f->verifier, m.share_p, 65, m.share_v, m.confirm_v, &again));
  g_assert_error (again, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
}

static void
test_bad_verifier_state (Fixture *f, gconstpointer data)
{
  g_autoptr (EnigmSecret) short_w0 = enigm_secret_new_slice (f->w0, 0, 31);
  g_autoptr (EnigmSecret) short_l = enigm_secret_new_slice (f->l, 0, 64);
  g_autoptr (EnigmSecret) random_l = enigm_secret_new_random (65, NULL);
  g_autoptr (GError) w0_error = NULL, l_error = NULL, random_error = NULL;

  g_assert_null (enigm_spake2plus_verifier_new (short_w0, f->l, f->context, NULL, NULL, &w0_error));
  g_assert_error (w0_error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_null (enigm_spake2plus_verifier_new (f->w0, short_l, f->context, NULL, NULL, &l_error));
  g_assert_error (l_error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_assert_null (
    enigm_spake2plus_verifier_new (f->w0, random_l, f->context, NULL, NULL, &random_error));
  g_assert_error (random_error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
}

#define add(path, function)                                                                        \
  g_test_add ("/protocol/spake2plus/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("constants", test_constants);
  add ("schedule", test_schedule);
  add ("run-of-the-rfc", test_run_of_the_rfc);
  add ("code-of-the-factory", test_code_of_the_factory);
  add ("disagreement", test_disagreement);
  add ("prover-refuses-bad-shares", test_prover_refuses_bad_shares);
  add ("verifier-refuses-bad-shares", test_verifier_refuses_bad_shares);
  add ("confirmations-are-not-interchangeable", test_confirmations_are_not_interchangeable);
  add ("messages-out-of-turn", test_messages_out_of_turn);
  add ("bad-verifier-state", test_bad_verifier_state);

  return g_test_run ();
}
