/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-setup-code.h"

#include "vectors.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Worked out apart from this code, with Python's hashlib.scrypt and whole-number arithmetic. */
static const struct
{
  const char *text;
  guint discriminator;
  const char *w0, *w1, *l;
} examples[] = {
  { "0000-0000-002T", 0, "9b6a5cc048e2472929c278c0eae7b4820516d3326b99fa2f06c7fe68505cae85",
    "f5e0abbe20b2e4accd2062512b1e23f520b261e301074a9e011c61f61b68e6c3",
    "04d61073cecb6735fd1d97fe9e928d8bcb59ce092e1755b1debbb9b52db18f3087d126613c8230738fc38ed41c462d"
    "8b7ffda976c37dcb1aab71ce6835c4073fc1" },
  { "NF0J-6HB7-H6HG", 2748, "56c3071579968285304906190dd8512cab3e37833194e2affef661bc0a4dfb37",
    "7525d63585fd223ec482e13c5c15e1b071653216987c09381a0910ecbdcc2f65",
    "04a0c2dce20a8d767312a909fccbb440b8cf5d976edc409481d17d60cf85e7fc8a99d9e2fdf04bd09ef8be9b6cdfc1"
    "6cad26f6a8ad8408133dc52da17ae221f862" },
  { "ZZZZ-ZZZZ-ZZZB", 4095, "a2a432e324402d5ffe2fc3558c2d832397767d40efcaa430b1d165ff83acb462",
    "7305f4974e95787910485035213bdb99a84d8443d29bb5b1fc1252980bbc8460",
    "0437f5167295a9b633f56d0d7b12c886f7edcff5e00641127f6b268de858ed5cec0a1b388bcec8e06098cb2e43dde6"
    "cd2505257c846adf4e72bfd4af99fd42e830" },
};

static EnigmSetupCode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  EnigmSetupCode *code = enigm_setup_code_new_parse (text, &error);

  g_assert_no_error (error);

  return code;
}

static void
assert_refused (const char *text, EnigmError expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (enigm_setup_code_new_parse (text, &error));
  g_assert_error (error, ENIGM_ERROR, (int) expected);
}

static void
test_setup_code_examples (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (EnigmSetupCode) code = parse (examples[i].text);
      g_autoptr (EnigmSecret) w0 = NULL;
      g_autoptr (EnigmSecret) w1 = NULL;
      g_autoptr (EnigmSecret) verifier_w0 = NULL;
      g_autoptr (EnigmSecret) l = NULL;
      g_autofree char *w0_hex = NULL;
      g_autofree char *w1_hex = NULL;
      g_autofree char *l_hex = NULL;

      g_assert_cmpuint (enigm_setup_code_get_discriminator (code), ==, examples[i].discriminator);
      enigm_setup_code_derive_w (code, &w0, &w1);
      w0_hex = test_hex_from_secret (w0);
      w1_hex = test_hex_from_secret (w1);
      g_assert_cmpstr (w0_hex, ==, examples[i].w0);
      g_assert_cmpstr (w1_hex, ==, examples[i].w1);

      enigm_setup_code_derive_verifier (code, &verifier_w0, &l);
      g_assert_true (enigm_secret_equal (w0, verifier_w0));
      l_hex = test_hex_from_secret (l);
      g_assert_cmpstr (l_hex, ==, examples[i].l);
    }
}

static void
test_setup_code_random_reads_back (void)
{
  guint discriminators_seen = 0, last = 4096;

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EnigmSetupCode) code = enigm_setup_code_new_random (&error);
      g_autoptr (EnigmSetupCode) back = NULL;

      g_assert_no_error (error);
      back = parse (enigm_setup_code_get_text (code));
      g_assert_cmpstr (enigm_setup_code_get_text (back), ==, enigm_setup_code_get_text (code));
      g_assert_cmpuint (enigm_setup_code_get_discriminator (back), ==,
                        enigm_setup_code_get_discriminator (code));
      g_assert_cmpuint (enigm_setup_code_get_discriminator (code), <, 4096);
      discriminators_seen += enigm_setup_code_get_discriminator (code) != last;
      last = enigm_setup_code_get_discriminator (code);
    }
  g_assert_cmpuint (discriminators_seen, >, 150);
}

static void
test_setup_code_reads_as_people_write (void)
{
  const char *canonical = examples[1].text;
  g_autofree char *lower = g_ascii_strdown (canonical, -1);
  GString *other = g_string_new ("  ");

  for (const char *p = lower; *p != '\0'; p++)
    {
      if (*p == '0')
        g_string_append (other, "o-");
      else if (*p == '1')
        g_string_append (other, p == lower ? "i " : "L ");
      else
        g_string_append_c (other, *p);
      g_string_append_c (other, ' ');
    }

  {
    g_autofree char *spaced = g_string_free (other, FALSE);
    g_autoptr (EnigmSetupCode) from_lower = parse (lower);
    g_autoptr (EnigmSetupCode) from_spaced = parse (spaced);

    g_assert_cmpstr (enigm_setup_code_get_text (from_lower), ==, canonical);
    g_assert_cmpstr (enigm_setup_code_get_text (from_spaced), ==, canonical);
  }
}

/* For each example and many random codes: every other character at every place. */
static void
test_setup_code_catches_substitutions (void)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (EnigmSetupCode) code =
        i < G_N_ELEMENTS (examples) ? parse (examples[i].text) : enigm_setup_code_new_random (NULL);
      g_autofree char *text = g_strdup (enigm_setup_code_get_text (code));

      for (guint at = 0; text[at] != '\0'; at++)
        {
          char right = text[at];

          for (const char *c = alphabet; right != '-' && *c != '\0'; c++)
            if (*c != right)
              {
                text[at] = *c;
                assert_refused (text, ENIGM_ERROR_CODE_MISTYPED);
              }
          text[at] = right;
        }
    }
}

/* Any two different characters that changed places, neighbours or not. */
static void
test_setup_code_catches_transpositions (void)
{
  guint tried = 0;

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (EnigmSetupCode) code =
        i < G_N_ELEMENTS (examples) ? parse (examples[i].text) : enigm_setup_code_new_random (NULL);
      g_autofree char *text = g_strdup (enigm_setup_code_get_text (code));

      for (guint a = 0; text[a] != '\0'; a++)
        for (guint b = a + 1; text[b] != '\0'; b++)
          if (text[a] != '-' && text[b] != '-' && text[a] != text[b])
            {
              char kept = text[a];

              text[a] = text[b];
              text[b] = kept;
              assert_refused (text, ENIGM_ERROR_CODE_MISTYPED);
              text[b] = text[a];
              text[a] = kept;
              tried++;
            }
    }
  g_assert_cmpuint (tried, >, 10000);
}

static void
test_setup_code_bad_input (void)
{
  g_autofree char *endless = g_strnfill (100000, 'A');
  g_autoptr (GError) error = NULL;

  assert_refused ("", ENIGM_ERROR_MALFORMED);
  assert_refused ("----", ENIGM_ERROR_MALFORMED);
  assert_refused ("0000-0000-002", ENIGM_ERROR_MALFORMED);
  assert_refused ("0000-0000-002TT", ENIGM_ERROR_MALFORMED);
  assert_refused ("0000-0000-002U", ENIGM_ERROR_MALFORMED);
  assert_refused ("0000-0000-002?", ENIGM_ERROR_MALFORMED);
  assert_refused ("0000_0000_002T", ENIGM_ERROR_MALFORMED);
  assert_refused ("0000-0000-00２T", ENIGM_ERROR_MALFORMED);
  assert_refused ("\xff\xfe", ENIGM_ERROR_MALFORMED);
  assert_refused (endless, ENIGM_ERROR_MALFORMED);
  assert_refused ("0000-0000-0000", ENIGM_ERROR_CODE_MISTYPED);

  g_assert_null (enigm_setup_code_new_parse ("0000-00U0-002T", &error));
  g_assert_nonnull (strstr (error->message, "character 7 "));
}

typedef struct
{
  GMainLoop *loop;
  EnigmSecret *w0, *w1;
  GError *error;
} Waiting;

static void
on_w_derived (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;

  enigm_setup_code_derive_w_finish (result, &waiting->w0, &waiting->w1, &waiting->error);
  g_main_loop_quit (waiting->loop);
}

static void
test_setup_code_derives_in_a_thread (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (EnigmSetupCode) code = parse (examples[1].text);
  g_autofree char *w0 = NULL;
  g_autofree char *w1 = NULL;
  Waiting waiting = { loop };

  enigm_setup_code_derive_w_async (code, NULL, on_w_derived, &waiting);
  g_main_loop_run (loop);
  g_assert_no_error (waiting.error);
  w0 = test_hex_from_secret (waiting.w0);
  w1 = test_hex_from_secret (waiting.w1);
  g_assert_cmpstr (w0, ==, examples[1].w0);
  g_assert_cmpstr (w1, ==, examples[1].w1);

  enigm_secret_unref (waiting.w0);
  enigm_secret_unref (waiting.w1);
}

static void
test_setup_code_derivation_cancelled (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (EnigmSetupCode) code = parse (examples[0].text);
  Waiting waiting = { loop };

  enigm_setup_code_derive_w_async (code, cancellable, on_w_derived, &waiting);
  g_cancellable_cancel (cancellable);
  g_main_loop_run (loop);
  g_assert_error (waiting.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (waiting.w0);
  g_clear_error (&waiting.error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/setup-code/examples", test_setup_code_examples);
  g_test_add_func ("/protocol/setup-code/random-reads-back", test_setup_code_random_reads_back);
  g_test_add_func ("/protocol/setup-code/reads-as-people-write",
                   test_setup_code_reads_as_people_write);
  g_test_add_func ("/protocol/setup-code/catches-substitutions",
                   test_setup_code_catches_substitutions);
  g_test_add_func ("/protocol/setup-code/catches-transpositions",
                   test_setup_code_catches_transpositions);
  g_test_add_func ("/protocol/setup-code/bad-input", test_setup_code_bad_input);
  g_test_add_func ("/protocol/setup-code/derives-in-a-thread", test_setup_code_derives_in_a_thread);
  g_test_add_func ("/protocol/setup-code/derivation-cancelled",
                   test_setup_code_derivation_cancelled);

  return g_test_run ();
}
