/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The real app pairs a key that says one thing wrong, each thing in its turn. */

#include "attacker.h"
#include "enigm-error.h"
#include "enigm-key-session.h"
#include "enigm-pairing.h"
#include "protocol/enigm-text.h"

static Party *party;
static char *odd_path;

/* What a key says, and whether nothing may ever come of it where it says that wrong. */
typedef struct
{
  int type;
  gboolean must_fail;
  int n_places; /* how many are tried, if not each */
} Said;

#define HELLO 0
#define N_CUTS 2

static const int cuts[N_CUTS] = { 1, 40 };

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

/* How many keys this computer can manage without the code. */
static guint
count_secrets (EnigmAccount *account)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (GStrv) bindings = NULL;

  enigm_keyring_list_bindings_async (enigm_account_get_keyring (account), NULL,
                                     attacker_on_finished, &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  bindings = enigm_keyring_list_bindings_finish (enigm_account_get_keyring (account), result, NULL);
  return g_strv_length (bindings);
}

/* The one key that the platform binds to the account, or NULL. */
static EnigmKey *
find_bound (EnigmAccount *account)
{
  g_autoptr (EnigmKey) found = NULL;

  party_refresh (account);
  for (guint i = 0; i < g_list_model_get_n_items (enigm_account_get_keys (account)); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (enigm_account_get_keys (account), i);

      if (enigm_key_get_state (key) != ENIGM_KEY_STATE_TRUSTED &&
          enigm_key_get_state (key) != ENIGM_KEY_STATE_PENDING)
        continue;
      g_assert_null (found);
      found = g_steal_pointer (&key);
    }
  return g_steal_pointer (&found);
}

/* Ends a binding in either of its states; a pending one may become trusted meanwhile. */
static void
unbind (EnigmAccount *account)
{
  for (;;)
    {
      g_autoptr (EnigmKey) bound = find_bound (account);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      gboolean is_pending;

      if (bound == NULL)
        return;
      is_pending = enigm_key_get_state (bound) == ENIGM_KEY_STATE_PENDING;
      enigm_account_set_key_state_async (account, bound, is_pending ? "cancelled" : "revoked",
                                         is_pending ? NULL : "lost", NULL, attacker_on_finished,
                                         &result);
      g_assert_true (enigm_world_await (attacker_is_set, &result));
      if (!enigm_account_set_key_state_finish (account, result, &error) && !is_pending)
        g_assert_no_error (error);
    }
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

/* A sentence for a person, and nothing of what was inside: no code, no identifier, no bytes. */
static void
assert_sentence (const GError *error, PartyKey *key)
{
  g_autoptr (GRegex) inside = g_regex_new ("[0-9A-Za-z+/=_-]{20}|[0-9a-f]{8}|0x", 0, 0, NULL);

  g_assert_true (error->domain == ENIGM_ERROR);
  g_assert_true (g_str_has_suffix (error->message, "."));
  g_assert_null (strstr (error->message, enigm_setup_code_get_text (key->code)));
  g_assert_false (g_regex_match (inside, error->message, 0, NULL));
}

static gint64 held; /* when this test's key was */

static void
hold_if_due (PartyKey *key)
{
  /* A window lasts two minutes. */
  if (held != 0 && g_get_monotonic_time () - held < 100 * G_USEC_PER_SEC)
    return;
  party_key_do (key, "hold", NULL);
  held = g_get_monotonic_time ();
}

/* Returns whether that was the last place of its message. */
static gboolean
was_last (void)
{
  g_autofree char *told = NULL;

  g_assert_true (g_file_get_contents (odd_path, &told, NULL, NULL));
  if (!g_str_equal (told, "done") && !g_str_equal (told, "last"))
    g_error ("“%s” never happened", told);
  return g_str_equal (told, "last");
}

/* Pairs a key that says one thing wrong. Either nothing is bound or kept, or the key has what the
 * platform believes it to have; whatever it is, the person is told in a sentence. */
static gboolean
try_once (EnigmAccount *account, PartyKey *key, const char *how, const Said *said, int n)
{
  g_autofree char *odd = g_strdup_printf ("%s %d %d", how, said->type, n);
  g_autoptr (EnigmKey) bound = NULL;
  g_autoptr (GError) error = NULL;
  guint n_secrets = count_secrets (account);

  /* What failed as a wrong code is forgotten with a reset. */
  party_key_do (key, "reset", NULL);
  hold_if_due (key);
  g_assert_true (g_file_set_contents (odd_path, odd, -1, NULL));
  error = pair (account, key);
  g_test_message ("%s: %s", odd, error != NULL ? error->message : "paired");
  if (error != NULL)
    assert_sentence (error, key);
  g_assert_true (error != NULL || !said->must_fail);
  g_assert_cmpuint (party_count_devices (party), ==, 0);
  bound = find_bound (account);
  if (bound == NULL)
    {
      g_assert_nonnull (error);
      g_assert_cmpuint (count_secrets (account), <=, n_secrets);
    }
  else
    {
      g_autofree char *state = party_key_ask_state (key);

      g_assert_false (said->must_fail);
      g_assert_nonnull (strstr (state, enigm_key_get_binding (bound)));
      g_assert_true (error == NULL || strstr (error->message, "Nothing ") == NULL);
      unbind (account);
    }
  return was_last ();
}

static void
try_each (EnigmAccount *account, PartyKey *key, const Said *said)
{
  gint n = 0;

  while (!try_once (account, key, "field", said, n) &&
         (said->n_places == 0 || n + 1 < said->n_places))
    n++;
  for (guint i = 0; i < N_CUTS; i++)
    try_once (account, key, "cut", said, cuts[i]);
  if (said->type != HELLO && said->type != ENIGM_MESSAGE_SEALED)
    try_once (account, key, "back", said, 0);
}

static void
pair_rightly (EnigmAccount *account, PartyKey *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmKey) bound = NULL;

  g_assert_true (g_file_set_contents (odd_path, "", -1, NULL));
  party_key_do (key, "reset", NULL);
  hold_if_due (key);
  error = pair (account, key);
  g_assert_no_error (error);
  bound = find_bound (account);
  g_assert_nonnull (bound);
}

/* Before anything is bound: nothing comes of it. */
static void
test_handshake (void)
{
  static const Said sayings[] = {
    { HELLO, TRUE },
    { ENIGM_MESSAGE_SHARE, TRUE },
    { ENIGM_MESSAGE_SEALED, TRUE },
    { ENIGM_MESSAGE_CERTIFICATE, TRUE },
    { ENIGM_MESSAGE_ATTESTATION, TRUE },
  };
  g_autoptr (EnigmAccount) account = party_sign_up (party, "odd");
  g_autoptr (PartyKey) key = party_key_new (party, "odd", NULL, NULL);

  held = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (sayings); i++)
    try_each (account, key, &sayings[i]);
  pair_rightly (account, key);
}

/* What is said besides, or once it is bound; and what a key without a network lets the app carry.
 */
static void
test_progress (void)
{
  static const Said sayings[] = {
    { ENIGM_MESSAGE_WAITING, FALSE },
    { ENIGM_MESSAGE_DONE, FALSE },
    { ENIGM_MESSAGE_STATE, FALSE },
  };
  /* The rest of it is what the platform checks under a MAC (attacks-requests). */
  static const Said relay = { ENIGM_MESSAGE_RELAY, FALSE, 3 };
  g_autoptr (EnigmAccount) account = party_sign_up (party, "odd-progress");
  g_autoptr (PartyKey) key = party_key_new (party, "odd-progress", NULL, NULL);

  held = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (sayings); i++)
    try_each (account, key, &sayings[i]);
  party_key_do (key, "network", "off");
  try_each (account, key, &relay);
  party_key_do (key, "network", "on");
  pair_rightly (account, key);
}

/* Each message twice, as new words and as the same bytes; and one after what follows it. */
static void
test_order (void)
{
  static const Said sayings[] = {
    { ENIGM_MESSAGE_SHARE, FALSE },   { ENIGM_MESSAGE_CERTIFICATE, FALSE },
    { ENIGM_MESSAGE_WAITING, FALSE }, { ENIGM_MESSAGE_ATTESTATION, FALSE },
    { ENIGM_MESSAGE_DONE, FALSE },    { ENIGM_MESSAGE_STATE, FALSE },
  };
  g_autoptr (EnigmAccount) account = party_sign_up (party, "odd-order");
  g_autoptr (PartyKey) key = party_key_new (party, "odd-order", NULL, NULL);

  held = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (sayings); i++)
    {
      try_once (account, key, "twice", &sayings[i], 0);
      try_once (account, key, "again", &sayings[i], 0);
    }
  try_once (account, key, "late", &sayings[4], 0);
  pair_rightly (account, key);
}

/* It says no where it should say something else, for reasons that there are and some that there are
 * not; in the open and, once that is possible, sealed. */
static void
test_no (void)
{
  static const Said sayings[] = {
    { ENIGM_MESSAGE_SHARE, TRUE },       { ENIGM_MESSAGE_SEALED, TRUE },
    { ENIGM_MESSAGE_CERTIFICATE, TRUE }, { ENIGM_MESSAGE_WAITING, TRUE },
    { ENIGM_MESSAGE_ATTESTATION, TRUE }, { ENIGM_MESSAGE_DONE, FALSE },
    { ENIGM_MESSAGE_STATE, FALSE },
  };
  static const int reasons[] = { 0,
                                 ENIGM_REASON_MALFORMED,
                                 ENIGM_REASON_WRONG_CODE,
                                 ENIGM_REASON_TOO_SLOW,
                                 ENIGM_REASON_OWNED,
                                 ENIGM_REASON_NOT_PRESSED,
                                 ENIGM_REASON_GONE,
                                 255 };
  g_autoptr (EnigmAccount) account = party_sign_up (party, "odd-no");
  g_autoptr (PartyKey) key = party_key_new (party, "odd-no", NULL, NULL);

  held = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (sayings); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (reasons); j++)
      try_once (account, key, "no", &sayings[i], reasons[j]);
  pair_rightly (account, key);
}

/* A second computer joins: it is given nothing unless the key's proof is right. */
static gboolean
try_to_join (EnigmAccount *second, PartyKey *key, const char *how, int n)
{
  g_autofree char *odd = g_strdup_printf ("%s %d %d", how, ENIGM_MESSAGE_DONE, n);
  g_autoptr (GError) error = NULL;

  party_key_do (key, "reset", NULL);
  hold_if_due (key);
  g_assert_true (g_file_set_contents (odd_path, odd, -1, NULL));
  error = pair (second, key);
  g_test_message ("join, %s: %s", odd, error != NULL ? error->message : "paired");
  g_assert_nonnull (error);
  assert_sentence (error, key);
  g_assert_cmpuint (count_secrets (second), ==, 0);
  g_assert_cmpuint (party_count_devices (party), ==, 0);
  return was_last ();
}

static void
test_join (void)
{
  g_autoptr (EnigmAccount) first = party_sign_up (party, "odd-join");
  g_autoptr (EnigmAccount) second = party_sign_in (party, "odd-join", "odd-join-second");
  g_autoptr (PartyKey) key = party_key_new (party, "odd-join", NULL, NULL);
  gint n = 0;

  held = 0;
  pair_rightly (first, key);
  while (!try_to_join (second, key, "field", n))
    n++;
  try_to_join (second, key, "cut", 1);
  try_to_join (second, key, "back", 0);
  pair_rightly (second, key);
  g_assert_cmpuint (count_secrets (second), ==, 1);
}

/* Later, without the code. */
static gboolean
try_to_meet (PartyKey *key, const char *how, int n, const guint8 *binding, EnigmSecret *secret)
{
  g_autofree char *odd = g_strdup_printf ("%s %d %d", how, ENIGM_MESSAGE_RESUME_SHARE, n);
  g_autoptr (EnigmNearbyKey) nearby = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hold_if_due (key);
  enigm_radio_start_scan (party->radio);
  nearby = party_key_find (key);
  enigm_radio_stop_scan (party->radio);
  g_assert_true (g_file_set_contents (odd_path, odd, -1, NULL));
  enigm_key_session_open_with_secret_async (party->radio, nearby, binding, secret, NULL,
                                            attacker_on_finished, &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  g_assert_null (enigm_key_session_open_finish (result, &error));
  g_test_message ("meet, %s: %s", odd, error->message);
  assert_sentence (error, key);
  g_assert_cmpuint (party_count_devices (party), ==, 0);
  return was_last ();
}

static void
test_meet (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "odd-meet");
  g_autoptr (PartyKey) key = party_key_new (party, "odd-meet", NULL, NULL);
  g_autoptr (EnigmKey) bound = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (EnigmSecret) secret = NULL;
  guint8 binding[ENIGM_ID_SIZE];
  gint n = 0;

  held = 0;
  pair_rightly (account, key);
  bound = find_bound (account);
  g_assert_true (enigm_hex_decode (enigm_key_get_binding (bound), binding, sizeof binding));
  enigm_keyring_lookup_async (enigm_account_get_keyring (account), ENIGM_KEYRING_KEY,
                              enigm_key_get_binding (bound), NULL, attacker_on_finished, &result);
  g_assert_true (enigm_world_await (attacker_is_set, &result));
  secret = enigm_keyring_lookup_finish (enigm_account_get_keyring (account), result, NULL);
  g_assert_nonnull (secret);
  while (!try_to_meet (key, "field", n, binding, secret))
    n++;
  try_to_meet (key, "cut", 1, binding, secret);
  try_to_meet (key, "back", 0, binding, secret);
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attacks/odd-key/handshake", test_handshake);
  g_test_add_func ("/attacks/odd-key/progress", test_progress);
  g_test_add_func ("/attacks/odd-key/order", test_order);
  g_test_add_func ("/attacks/odd-key/no", test_no);
  g_test_add_func ("/attacks/odd-key/join", test_join);
  g_test_add_func ("/attacks/odd-key/meet", test_meet);

  party = party_new ();
  party->key_program = "tests/attacks/odd-key";
  odd_path = g_build_filename (enigm_world_get_folder (party->world), "what-is-odd", NULL);
  g_setenv ("ENIGM_ODD", odd_path, TRUE);
  code = g_test_run ();
  party_free (party);
  g_free (odd_path);
  return code;
}
