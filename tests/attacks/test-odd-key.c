/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The real app pairs a key that says one thing wrong, each thing in its turn. */

#include "attacker.h"
#include "enigm-error.h"
#include "enigm-pairing.h"

static Party *party;
static char *odd_path;

static const struct
{
  const char *what;
  const char *odd;
} cases[] = {
  { "share: its type", "2 1" },
  { "share: not a point", "2 4" },
  { "share: a bit of x", "2 20" },
  { "share: a bit of y", "2 60" },
  { "share: a bit of the confirmation", "2 90" },
  { "share: cut", "2 -1" },
  { "share: called a confirm", "-2 3" },
  { "share: called a resume-share", "-2 7" },
  { "certificate: its length", "16 4" },
  { "certificate: in the leaf", "16 40" },
  { "certificate: in the leaf's key", "16 200" },
  { "certificate: in its signature", "16 380" },
  { "certificate: cut", "16 -1" },
  { "certificate: cut in the middle", "16 -200" },
  { "certificate: called an offer", "-16 18" },
  { "waiting: its number", "19 2" },
  { "waiting: called a done", "-19 29" },
  { "attestation: not a point", "20 9" },
  { "attestation: a bit of the ephemeral key", "20 40" },
  { "attestation: a bit of the signature", "20 120" },
  { "attestation: cut", "20 -1" },
  { "attestation: called a receipt", "-20 21" },
};

typedef struct
{
  PartyKey *key;
  EnigmPairing *pairing;
  gboolean pressed;
} Hand;

static void
on_step_changed (EnigmPairingSteps *steps, guint step, gpointer user_data)
{
  Hand *hand = user_data;

  if (step == ENIGM_PAIRING_CONFIRM && !hand->pressed &&
      enigm_pairing_get_seconds_left (hand->pairing) > 0)
    {
      hand->pressed = TRUE;
      party_key_do (hand->key, "press", NULL);
    }
}

static guint
count (EnigmAccount *account, gboolean secrets)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (GStrv) bindings = NULL;
  guint n = 0;

  if (secrets)
    {
      enigm_keyring_list_bindings_async (enigm_account_get_keyring (account), NULL,
                                         attacker_on_finished, &result);
      g_assert_true (enigm_world_await (attacker_is_set, &result));
      bindings =
        enigm_keyring_list_bindings_finish (enigm_account_get_keyring (account), result, NULL);
      return g_strv_length (bindings);
    }
  party_refresh (account);
  for (guint i = 0; i < g_list_model_get_n_items (enigm_account_get_keys (account)); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (enigm_account_get_keys (account), i);

      n += enigm_key_get_state (key) == ENIGM_KEY_STATE_TRUSTED ||
           enigm_key_get_state (key) == ENIGM_KEY_STATE_PENDING;
    }
  return n;
}

/* Returns the error, or NULL where the key was paired. */
static GError *
pair (EnigmAccount *account, PartyKey *key)
{
  for (;;)
    {
      g_autoptr (EnigmPairing) pairing = enigm_pairing_new (
        party->radio, enigm_account_get_platform (account), enigm_account_get_keyring (account),
        enigm_account_get_computer_id (account));
      Hand hand = { key, pairing, FALSE };
      g_autoptr (GAsyncResult) result = NULL;
      GError *error = NULL;

      g_signal_connect (enigm_pairing_get_steps (pairing), "changed", G_CALLBACK (on_step_changed),
                        &hand);
      enigm_pairing_run_async (pairing, key->code, NULL, NULL, attacker_on_finished, &result);
      g_assert_true (enigm_world_await (attacker_is_set, &result));
      enigm_pairing_run_finish (pairing, result, &error);
      g_signal_handlers_disconnect_by_data (enigm_pairing_get_steps (pairing), &hand);
      if (!g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_KEY_WAIT))
        return error;
      g_error_free (error);
      attacker_let_seconds_pass (1);
    }
}

static void
test_odd (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "odd");
  g_autoptr (PartyKey) key = party_key_new (party, "odd", NULL, NULL);
  g_autoptr (GError) none = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      /* A window lasts two minutes. What failed as a wrong code is forgotten with a reset. */
      if (i % 8 == 0)
        {
          party_key_do (key, "reset", NULL);
          party_key_do (key, "hold", NULL);
        }
      g_assert_true (g_file_set_contents (odd_path, cases[i].odd, -1, NULL));
      error = pair (account, key);
      g_test_message ("%s: %s", cases[i].what, error != NULL ? error->message : "paired");
      g_assert_nonnull (error);
      /* A sentence for a person, and nothing of what was inside. */
      g_assert_true (error->domain == ENIGM_ERROR);
      g_assert_true (g_str_has_suffix (error->message, "."));
      g_assert_cmpuint (count (account, FALSE), ==, 0);
      g_assert_cmpuint (count (account, TRUE), ==, 0);
      g_assert_cmpuint (party_count_devices (party), ==, 0);
    }

  /* As it should be, it pairs. */
  g_assert_true (g_file_set_contents (odd_path, "", -1, NULL));
  party_key_do (key, "reset", NULL);
  party_key_do (key, "hold", NULL);
  none = pair (account, key);
  g_assert_no_error (none);
  g_assert_cmpuint (count (account, FALSE), ==, 1);
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attacks/odd-key/each-message", test_odd);

  party = party_new ();
  party->key_program = "tests/attacks/odd-key";
  odd_path = g_build_filename (enigm_world_get_folder (party->world), "what-is-odd", NULL);
  g_setenv ("ENIGM_ODD", odd_path, TRUE);
  code = g_test_run ();
  party_free (party);
  g_free (odd_path);
  return code;
}
