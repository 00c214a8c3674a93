/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-cbor.h"
#include "enigm-error.h"
#include "enigm-pairing.h"
#include "enigm-text.h"
#include "party.h"

/* One for all tests, since libsecret keeps its connection for good; each has its own accounts and
 * key. */
static Party *party;

/* One try: what the person does meanwhile, and how it ended. */
typedef struct
{
  EnigmPairing *pairing;
  EnigmAccount *account;
  PartyKey *key;
  GCancellable *cancellable;
  gboolean presses;
  int cancel_at;
  gboolean leaves;
  gboolean pressed;
  gboolean over;
  gboolean paired;
  GError *error;
} Try;

static void
on_step_changed (EnigmPairingSteps *steps, guint step, gpointer user_data)
{
  Try *try = user_data;

  if (enigm_pairing_steps_get_state (steps, step) != ENIGM_PAIRING_UNDER_WAY)
    return;
  if ((int) step == try->cancel_at &&
      (step != ENIGM_PAIRING_CONFIRM || enigm_pairing_get_seconds_left (try->pairing) > 0))
    g_cancellable_cancel (try->cancellable);
  else if (step == ENIGM_PAIRING_CONFIRM && enigm_pairing_get_seconds_left (try->pairing) > 0 &&
           !try->pressed)
    {
      try->pressed = TRUE;
      if (try->leaves)
        party_set_range (try->key->party, FALSE);
      else if (try->presses)
        party_key_do (try->key, "press", NULL);
    }
}

static void
on_paired (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Try *try = user_data;

  try->paired = enigm_pairing_run_finish (ENIGM_PAIRING (object), result, &try->error);
  try->over = TRUE;
}

static gboolean
is_over (gpointer user_data)
{
  return ((Try *) user_data)->over;
}

static void
try_init (Try *try, EnigmAccount *account, PartyKey *key)
{
  *try = (Try){ .account = account, .key = key, .presses = TRUE, .cancel_at = -1 };
  try->cancellable = g_cancellable_new ();
  try->pairing = enigm_pairing_new (key->party->radio, enigm_account_get_platform (account),
                                    enigm_account_get_keyring (account),
                                    enigm_account_get_computer_id (account));
  g_signal_connect (enigm_pairing_get_steps (try->pairing), "changed", G_CALLBACK (on_step_changed),
                    try);
}

static void
try_clear (Try *try)
{
  g_signal_handlers_disconnect_by_data (enigm_pairing_get_steps (try->pairing), try);
  g_clear_object (&try->pairing);
  g_clear_object (&try->cancellable);
  g_clear_error (&try->error);
}

static void
try_run (Try *try, EnigmSetupCode *code)
{
  g_clear_error (&try->error);
  try->over = FALSE;
  try->pressed = FALSE;
  if (try->cancel_at != ENIGM_PAIRING_FIND)
    party_key_do (try->key, "hold", NULL);
  enigm_pairing_run_async (try->pairing, code, NULL, try->cancellable, on_paired, try);
  g_assert_true (enigm_world_await (is_over, try));
}

static EnigmPairingStepState
state_of (Try *try, EnigmPairingStep step)
{
  return enigm_pairing_steps_get_state (enigm_pairing_get_steps (try->pairing), step);
}

static guint
count_keys (EnigmAccount *account, EnigmKeyState state)
{
  GListModel *keys = enigm_account_get_keys (account);
  guint n = 0;

  party_refresh (account);
  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (keys, i);

      n += enigm_key_get_state (key) == state;
    }
  return n;
}

static void
on_bindings_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
is_set (gpointer user_data)
{
  return *(gpointer *) user_data != NULL;
}

static guint
count_secrets (EnigmAccount *account)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) bindings = NULL;

  enigm_keyring_list_bindings_async (enigm_account_get_keyring (account), NULL, on_bindings_listed,
                                     &result);
  g_assert_true (enigm_world_await (is_set, &result));
  bindings =
    enigm_keyring_list_bindings_finish (enigm_account_get_keyring (account), result, &error);
  g_assert_no_error (error);
  return g_strv_length (bindings);
}

static void
assert_paired (Try *try)
{
  g_assert_no_error (try->error);
  g_assert_true (try->paired);
  for (guint step = 0; step < ENIGM_PAIRING_N_STEPS; step++)
    {
      g_assert_cmpint (state_of (try, step), ==, ENIGM_PAIRING_DONE);
      g_assert_cmpstr (
        enigm_pairing_steps_get_sentence (enigm_pairing_get_steps (try->pairing), step), !=, "");
    }
  g_assert_cmpuint (count_keys (try->account, ENIGM_KEY_STATE_TRUSTED), ==, 1);
  g_assert_cmpuint (count_secrets (try->account), ==, 1);
  g_assert_cmpuint (party_count_devices (try->key->party), ==, 0);
}

static gboolean
has_no_devices (gpointer user_data)
{
  return party_count_devices (user_data) == 0;
}

static void
assert_nothing_bound (Try *try)
{
  g_assert_false (try->paired);
  g_assert_cmpuint (count_keys (try->account, ENIGM_KEY_STATE_TRUSTED), ==, 0);
  g_assert_cmpuint (count_keys (try->account, ENIGM_KEY_STATE_PENDING), ==, 0);
  g_assert_cmpuint (count_secrets (try->account), ==, 0);
  g_assert_true (enigm_world_await (has_no_devices, try->key->party));
}

static void
test_pair (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "pair");
  g_autoptr (PartyKey) key = party_key_new (party, "pair-key", NULL, NULL);
  Try try;

  try_init (&try, account, key);
  try_run (&try, key->code);
  assert_paired (&try);
  g_assert_true (enigm_pairing_get_own_connection (try.pairing));
  try_clear (&try);
}

/* A key without mobile data proves itself through the computer, and the person is told so. */
static void
test_relayed (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "relayed");
  g_autoptr (PartyKey) key = party_key_new (party, "relayed-key", NULL, NULL);
  Try try;

  party_key_do (key, "network", "off");
  try_init (&try, account, key);
  try_run (&try, key->code);
  assert_paired (&try);
  g_assert_false (enigm_pairing_get_own_connection (try.pairing));
  try_clear (&try);
}

/* The discriminator fits, the secret does not: found out before the account is mentioned. */
static void
test_wrong_code (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "wrong-code");
  g_autoptr (PartyKey) key = party_key_new (party, "wrong-code-key", NULL, NULL);
  g_autoptr (EnigmSetupCode) wrong = NULL;
  Try try;

  while (wrong == NULL)
    {
      g_autoptr (EnigmSetupCode) code = enigm_setup_code_new_random (NULL);

      if (enigm_setup_code_get_discriminator (code) ==
          enigm_setup_code_get_discriminator (key->code))
        wrong = g_steal_pointer (&code);
    }
  try_init (&try, account, key);
  try_run (&try, wrong);
  g_assert_error (try.error, ENIGM_ERROR, ENIGM_ERROR_CODE_WRONG);
  g_assert_cmpint (state_of (&try, ENIGM_PAIRING_CODE), ==, ENIGM_PAIRING_FAILED);
  g_assert_cmpint (state_of (&try, ENIGM_PAIRING_CONFIRM), ==, ENIGM_PAIRING_WAITING);
  assert_nothing_bound (&try);

  try_run (&try, key->code);
  assert_paired (&try);
  try_clear (&try);
}

/* Cancelled at every step: nothing stays, and the next try pairs. */
static void
test_cancel (gconstpointer user_data)
{
  g_autofree char *name = g_strdup_printf ("cancel-%d", GPOINTER_TO_INT (user_data));
  g_autoptr (EnigmAccount) account = party_sign_up (party, name);
  g_autoptr (PartyKey) key = party_key_new (party, name, NULL, NULL);
  Try try;

  try_init (&try, account, key);
  try.cancel_at = GPOINTER_TO_INT (user_data);
  try_run (&try, key->code);
  g_assert_error (try.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_nothing_bound (&try);
  try_clear (&try);

  try_init (&try, account, key);
  try_run (&try, key->code);
  assert_paired (&try);
  try_clear (&try);
}

static void
test_out_of_range (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "out-of-range");
  g_autoptr (PartyKey) key = party_key_new (party, "out-of-range-key", NULL, NULL);
  Try try;

  try_init (&try, account, key);
  try.leaves = TRUE;
  try_run (&try, key->code);
  g_assert_error (try.error, ENIGM_ERROR, ENIGM_ERROR_KEY_GONE);
  g_assert_cmpint (state_of (&try, ENIGM_PAIRING_CONFIRM), ==, ENIGM_PAIRING_FAILED);
  assert_nothing_bound (&try);
  try_clear (&try);

  party_set_range (party, TRUE);
  try_init (&try, account, key);
  try_run (&try, key->code);
  assert_paired (&try);
  try_clear (&try);
}

/* A key whose maker the platform does not know is never waved through. */
static void
test_counterfeit (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "counterfeit");
  g_autofree char *forger = party_make_maker (party, "forger");
  g_autoptr (PartyKey) key = party_key_new (party, "counterfeit-key", forger, NULL);
  Try try;

  try_init (&try, account, key);
  try_run (&try, key->code);
  g_assert_error (try.error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
  g_assert_nonnull (strstr (try.error->message, "genuine"));
  assert_nothing_bound (&try);
  try_clear (&try);
}

static void
test_other_platform (void)
{
  g_autoptr (EnigmAccount) account = party_sign_up (party, "other-platform");
  g_autofree char *identity =
    g_build_filename (enigm_world_get_folder (party->world), "other.pub", NULL);
  g_autoptr (EnigmP256Key) other = enigm_p256_key_generate (NULL);
  g_autofree char *text =
    enigm_base64url_encode (enigm_p256_key_get_point (other), ENIGM_P256_POINT_SIZE);
  g_autoptr (PartyKey) key = NULL;
  Try try;

  g_assert_true (g_file_set_contents (identity, text, -1, NULL));
  key = party_key_new (party, "other-platform-key", NULL, identity);
  try_init (&try, account, key);
  try_run (&try, key->code);
  g_assert_error (try.error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
  g_assert_cmpint (state_of (&try, ENIGM_PAIRING_CONFIRM), ==, ENIGM_PAIRING_FAILED);
  assert_nothing_bound (&try);
  try_clear (&try);
}

/* A key that is somebody's stays theirs, whoever holds code and button. */
static void
test_owned (void)
{
  g_autoptr (EnigmAccount) owner = party_sign_up (party, "owned");
  g_autoptr (EnigmAccount) thief = party_sign_up (party, "owned-thief");
  g_autoptr (PartyKey) key = party_key_new (party, "owned-key", NULL, NULL);
  Try try;

  try_init (&try, owner, key);
  try_run (&try, key->code);
  assert_paired (&try);
  try_clear (&try);

  party_key_do (key, "reset", NULL);
  try_init (&try, thief, key);
  try_run (&try, key->code);
  g_assert_error (try.error, ENIGM_ERROR, ENIGM_ERROR_KEY_OWNED);
  g_assert_nonnull (strstr (try.error->message, "another account"));
  assert_nothing_bound (&try);
  try_clear (&try);
  g_assert_cmpuint (count_keys (owner, ENIGM_KEY_STATE_TRUSTED), ==, 1);
}

/* A second computer of the owner's gets a secret of its own; the binding stays the one it was. */
static void
test_second_computer (void)
{
  g_autoptr (EnigmAccount) first = party_sign_up (party, "second-computer");
  g_autoptr (EnigmAccount) second =
    party_sign_in (party, "second-computer", "second-computer-second");
  g_autoptr (PartyKey) key = party_key_new (party, "second-computer-key", NULL, NULL);
  g_autofree char *binding = NULL;
  Try try;

  try_init (&try, first, key);
  try_run (&try, key->code);
  assert_paired (&try);
  binding = g_strdup (enigm_pairing_get_binding (try.pairing));
  try_clear (&try);

  try_init (&try, second, key);
  try_run (&try, key->code);
  assert_paired (&try);
  g_assert_cmpstr (enigm_pairing_get_binding (try.pairing), ==, binding);
  try_clear (&try);
}

/* Everything that was in the key, but for its certificate's key: what a thief can copy. */
static void
become_counterfeit (PartyKey *key)
{
  g_autofree char *path = g_build_filename (key->state, "factory", NULL);
  g_autoptr (EnigmP256Key) forged = enigm_p256_key_generate (NULL);
  g_autoptr (EnigmSecret) pem = enigm_p256_key_to_pem (forged);
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (EnigmCborReader) reader = ENIGM_CBOR_READER_INIT (NULL, 0);
  g_auto (EnigmCborWriter) writer = ENIGM_CBOR_WRITER_INIT;
  gsize size;
  char *data;

  party_key_stop (key);
  g_assert_true (g_file_get_contents (path, &data, &size, &error));
  before = g_bytes_new_take (data, size);
  reader = enigm_cbor_reader_over (before);
  enigm_cbor_write_array (&writer, enigm_cbor_read_array_between (&reader, "factory", 7, 7));
  enigm_cbor_write_uint (&writer, enigm_cbor_read_uint (&reader, "form", 255));
  g_bytes_unref (enigm_cbor_read_blob (&reader, "key", 1, 1024));
  data = (char *) enigm_secret_peek (pem, &size);
  enigm_cbor_write_bytes (&writer, (guint8 *) data, size);
  enigm_cbor_write_array (&writer, enigm_cbor_read_array_between (&reader, "chain", 1, 1));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GBytes) blob = enigm_cbor_read_blob (&reader, "leaf, w0, L", 1, 1024);

      enigm_cbor_write_blob (&writer, blob);
    }
  enigm_cbor_write_uint (&writer, enigm_cbor_read_uint (&reader, "discriminator", 4095));
  {
    g_autoptr (GBytes) platform = enigm_cbor_read_blob (&reader, "platform", 65, 65);

    enigm_cbor_write_blob (&writer, platform);
  }
  g_assert_true (enigm_cbor_reader_finish (&reader, &error));
  after = enigm_cbor_writer_end (&writer);
  g_assert_true (
    g_file_set_contents (path, g_bytes_get_data (after, NULL), g_bytes_get_size (after), &error));
  party_key_start (key);
}

/* A copy in the key's place, code, binding and all, is named as one and is given nothing. */
static void
test_second_computer_counterfeit (void)
{
  g_autoptr (EnigmAccount) first = party_sign_up (party, "copied");
  g_autoptr (EnigmAccount) second = party_sign_in (party, "copied", "copied-second");
  g_autoptr (PartyKey) key = party_key_new (party, "copied-key", NULL, NULL);
  Try try;

  try_init (&try, first, key);
  try_run (&try, key->code);
  assert_paired (&try);
  try_clear (&try);

  become_counterfeit (key);
  try_init (&try, second, key);
  try_run (&try, key->code);
  g_assert_error (try.error, ENIGM_ERROR, ENIGM_ERROR_NOT_GENUINE);
  g_assert_nonnull (strstr (try.error->message, "genuine"));
  g_assert_false (try.paired);
  g_assert_cmpint (state_of (&try, ENIGM_PAIRING_REGISTER), ==, ENIGM_PAIRING_FAILED);
  g_assert_cmpint (state_of (&try, ENIGM_PAIRING_KEEP), ==, ENIGM_PAIRING_WAITING);
  g_assert_cmpuint (count_secrets (second), ==, 0);
  try_clear (&try);
  /* The key that was bound goes on counting. */
  g_assert_cmpuint (count_keys (first, ENIGM_KEY_STATE_TRUSTED), ==, 1);
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/pairing/ready/pair", test_pair);
  g_test_add_func ("/app/pairing/ready/relayed", test_relayed);
  g_test_add_func ("/app/pairing/failed/wrong-code", test_wrong_code);
  for (int step = ENIGM_PAIRING_FIND; step <= ENIGM_PAIRING_KEEP; step++)
    {
      g_autofree char *path =
        g_strconcat ("/app/pairing/cancel/", enigm_pairing_step_get_name (step), NULL);

      g_test_add_data_func (path, GINT_TO_POINTER (step), test_cancel);
    }
  g_test_add_func ("/app/pairing/failed/out-of-range", test_out_of_range);
  g_test_add_func ("/app/pairing/failed/counterfeit", test_counterfeit);
  g_test_add_func ("/app/pairing/failed/other-platform", test_other_platform);
  g_test_add_func ("/app/pairing/failed/owned", test_owned);
  g_test_add_func ("/app/pairing/ready/second-computer", test_second_computer);
  g_test_add_func ("/app/pairing/failed/second-computer-counterfeit",
                   test_second_computer_counterfeit);

  party = party_new ();
  code = g_test_run ();
  party_free (party);
  return code;
}
