/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An account's life and that of its keys, against the real platform and real keys. */
#include <json-glib/json-glib.h>
#include <libsecret/secret.h>

#include "await.h"
#include "enigm-closing.h"
#include "enigm-computers.h"
#include "enigm-error.h"
#include "enigm-pairing.h"
#include "enigm-secrets.h"
#include "party.h"

/* One for all tests, since libsecret keeps its connection for good; each has its own accounts. */
static Party *party;

static EnigmSecret *
secret (const char *text)
{
  return enigm_secret_new_copy ((const guint8 *) text, strlen (text));
}

static gboolean
change_password (EnigmAccount *account, const char *now, const char *then, GError **error)
{
  g_autoptr (EnigmSecret) password = secret (now);
  g_autoptr (EnigmSecret) wanted = secret (then);
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_change_password_async (account, password, wanted, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_change_password_finish (account, result, error);
}

static gboolean
change_pin (EnigmAccount *account, const char *now, const char *then, GError **error)
{
  g_autoptr (EnigmSecret) password = secret (now);
  g_autoptr (EnigmSecret) pin = secret (then);
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_change_pin_async (account, password, pin, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_change_pin_finish (account, result, error);
}

static gboolean
close_others (EnigmAccount *account, const char *typed, guint *n, GError **error)
{
  g_autoptr (EnigmSecret) pin = secret (typed);
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_close_others_async (account, pin, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_close_others_finish (account, result, n, error);
}

static gboolean
revoke_all (EnigmAccount *account, const char *typed, guint *n, GError **error)
{
  g_autoptr (EnigmSecret) pin = secret (typed);
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_revoke_all_async (account, "stolen", pin, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_revoke_all_finish (account, result, n, error);
}

static gboolean
delete_account (EnigmAccount *account, const char *typed, GError **error)
{
  g_autoptr (EnigmSecret) pin = secret (typed);
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_delete_async (account, pin, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_delete_finish (account, result, error);
}

static GListModel *
list_computers (EnigmAccount *account, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_list_computers_async (account, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_list_computers_finish (account, result, error);
}

static gboolean
refresh (EnigmAccount *account, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  enigm_account_refresh_async (account, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_refresh_finish (account, result, error);
}

static gboolean
set_state (EnigmAccount *account, const char *binding, const char *to, GError **error)
{
  EnigmKey *key = enigm_account_find_key (account, binding);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_nonnull (key);
  enigm_account_set_key_state_async (account, key, to, NULL, NULL, on_awaited, &result);
  await_result (&result);
  return enigm_account_set_key_state_finish (account, result, error);
}

/* Items of this account's in the keyring. */
static guint
count_keyring (void)
{
  static const SecretSchema any_item = { "io.enigm.App", SECRET_SCHEMA_NONE, { { NULL, 0 } } };
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GList *items;
  guint n;

  secret_password_searchv (&any_item, none, SECRET_SEARCH_ALL, NULL, on_awaited, &result);
  await_result (&result);
  items = secret_password_search_finish (result, &error);
  g_assert_no_error (error);
  n = g_list_length (items);
  g_list_free_full (items, g_object_unref);
  return n;
}

static void
assert_empty_folder (const char *name)
{
  g_autofree char *path = g_build_filename (enigm_world_get_folder (party->world), name, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  if (dir != NULL)
    g_assert_cmpstr (g_dir_read_name (dir), ==, NULL);
}

static gboolean
is_settled (gpointer account)
{
  return !enigm_account_is_saving (account);
}

static void
close_account (EnigmAccount *account)
{
  enigm_account_listen (account, FALSE);
  g_assert_true (enigm_world_await (is_settled, account));
  g_object_unref (account);
}

static gboolean
is_session_ended (gpointer account)
{
  return enigm_account_get_state (account) == ENIGM_ACCOUNT_STATE_SESSION_ENDED;
}

static void
test_password (void)
{
  EnigmAccount *ada = party_sign_up (party, "ada");
  EnigmAccount *other;
  g_autoptr (GError) error = NULL;

  g_assert_false (change_password (ada, PARTY_PASSWORD, "short", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_false (change_password (ada, "not the password", "another password", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_SIGN_IN_WRONG);
  /* Whoever reads this is signed in, and stays so. */
  g_assert_null (strstr (error->message, "not signed in"));
  g_assert_cmpint (enigm_account_get_state (ada), ==, ENIGM_ACCOUNT_STATE_SIGNED_IN);
  g_clear_error (&error);
  /* With all that JSON has to escape, and there and back. */
  g_assert_true (change_password (ada, PARTY_PASSWORD, "quo\"te \\ and\ttab", &error));
  g_assert_no_error (error);
  g_assert_false (change_password (ada, PARTY_PASSWORD, "another password", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_SIGN_IN_WRONG);
  g_clear_error (&error);
  g_assert_true (change_password (ada, "quo\"te \\ and\ttab", PARTY_PASSWORD, &error));
  g_assert_no_error (error);
  other = party_sign_in (party, "ada", "ada-2");
  close_account (other);
  close_account (ada);
}

static void
test_pin (void)
{
  EnigmAccount *bea = party_sign_up (party, "bea");
  guint n = 99;
  g_autoptr (GError) error = NULL;

  g_assert_false (change_pin (bea, PARTY_PASSWORD, "12345", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_false (change_pin (bea, "not the password", "111111", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_SIGN_IN_WRONG);
  g_clear_error (&error);
  g_assert_true (change_pin (bea, PARTY_PASSWORD, "111111", &error));
  g_assert_no_error (error);

  g_assert_false (close_others (bea, "11111x", &n, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_false (close_others (bea, PARTY_PIN, &n, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PIN_WRONG);
  g_clear_error (&error);
  g_assert_true (close_others (bea, "111111", &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 0);
  close_account (bea);
}

/* The fifth one reads the same on the wire; the person is told what it did. */
static void
test_five_wrong_pins (void)
{
  EnigmAccount *cleo = party_sign_up (party, "cleo");
  EnigmAccount *again;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 4; i++)
    {
      g_assert_false (i % 2 ? delete_account (cleo, "999999", &error)
                            : revoke_all (cleo, "999999", NULL, &error));
      g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PIN_WRONG);
      g_assert_cmpint (enigm_account_get_state (cleo), ==, ENIGM_ACCOUNT_STATE_SIGNED_IN);
      g_clear_error (&error);
    }
  g_assert_false (delete_account (cleo, "999999", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED);
  g_assert_nonnull (strstr (error->message, "fifth wrong PIN"));
  g_assert_cmpint (enigm_account_get_state (cleo), ==, ENIGM_ACCOUNT_STATE_SESSION_ENDED);
  g_clear_error (&error);
  /* Not even the right one helps now, and nothing was deleted: the password opens it. */
  g_assert_false (delete_account (cleo, PARTY_PIN, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED);
  again = party_sign_in (party, "cleo", "cleo-2");
  close_account (again);
  close_account (cleo);
}

static EnigmComputer *
find_computer (GListModel *computers, gboolean is_this)
{
  for (guint i = 0; i < g_list_model_get_n_items (computers); i++)
    {
      g_autoptr (EnigmComputer) computer = g_list_model_get_item (computers, i);

      if (enigm_computer_get_this (computer) == is_this)
        return computer;
    }
  return NULL;
}

/* Closed from another one: the one that listens knows at once, without asking. */
static void
test_computers (void)
{
  EnigmAccount *here = party_sign_up (party, "dora");
  EnigmAccount *there = party_sign_in (party, "dora", "dora-2");
  EnigmAccount *third;
  g_autoptr (GListModel) computers = NULL;
  g_autoptr (GListModel) left = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  EnigmComputer *other;
  g_autofree char *id = NULL;
  guint n = 0;

  computers = list_computers (here, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (computers), ==, 2);
  g_assert_cmpstr (enigm_computer_get_id (find_computer (computers, TRUE)), ==,
                   enigm_account_get_computer_id (here));
  other = find_computer (computers, FALSE);
  id = g_strdup (enigm_computer_get_id (other));
  g_assert_cmpstr (id, ==, enigm_account_get_computer_id (there));
  g_assert_cmpint (enigm_computer_get_since (other), >, 0);
  g_assert_cmpint (enigm_computer_get_last_seen (other), >=, enigm_computer_get_since (other));

  enigm_account_listen (there, TRUE);
  enigm_account_close_computer_async (here, id, NULL, on_awaited, &result);
  await_result (&result);
  g_assert_true (enigm_account_close_computer_finish (here, result, &error));
  g_assert_no_error (error);
  g_assert_true (enigm_world_await (is_session_ended, there));
  /* Twice is as good as once. */
  g_clear_object (&result);
  enigm_account_close_computer_async (here, id, NULL, on_awaited, &result);
  await_result (&result);
  g_assert_true (enigm_account_close_computer_finish (here, result, &error));
  g_assert_no_error (error);
  left = list_computers (here, &error);
  g_assert_cmpuint (g_list_model_get_n_items (left), ==, 1);

  /* The rest at once, with the PIN; this one stays. */
  third = party_sign_in (party, "dora", "dora-3");
  enigm_account_listen (third, TRUE);
  g_assert_true (close_others (here, PARTY_PIN, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (enigm_world_await (is_session_ended, third));
  g_assert_true (refresh (here, &error));
  close_account (third);
  close_account (there);
  close_account (here);
}

static void
test_deletion (void)
{
  const guint before = count_keyring ();
  EnigmAccount *eve = party_sign_up (party, "eve");
  EnigmAccount *again;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (count_keyring (), >, before);
  g_assert_false (delete_account (eve, "000000", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PIN_WRONG);
  g_assert_cmpint (enigm_account_get_state (eve), ==, ENIGM_ACCOUNT_STATE_SIGNED_IN);
  g_clear_error (&error);
  /* Something is being written just then: it does not stay behind. */
  enigm_account_set_pairing_unfinished (eve, TRUE);
  g_assert_true (delete_account (eve, PARTY_PIN, &error));
  g_assert_no_error (error);
  g_assert_cmpint (enigm_account_get_state (eve), ==, ENIGM_ACCOUNT_STATE_SIGNED_OUT);
  g_assert_cmpstr (enigm_account_get_contact_id (eve), ==, "");
  g_assert_cmpuint (count_keyring (), ==, before);
  assert_empty_folder ("eve");
  close_account (eve);
  assert_empty_folder ("eve");
  /* The name is free again, and the account that takes it is another one. */
  again = party_sign_up (party, "eve");
  g_assert_cmpuint (g_list_model_get_n_items (enigm_account_get_keys (again)), ==, 0);
  close_account (again);
}

static void
test_export (void)
{
  EnigmAccount *fay = party_sign_up (party, "fay");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) labelled = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *text = NULL;
  JsonObject *root;

  enigm_account_label_contact_async (fay, enigm_account_get_contact_id (fay), "Myself", NULL,
                                     on_awaited, &labelled);
  await_result (&labelled);
  g_assert_true (enigm_account_label_contact_finish (fay, labelled, &error));
  enigm_account_export_async (fay, NULL, on_awaited, &result);
  await_result (&result);
  text = enigm_account_export_finish (fay, result, &error);
  g_assert_no_error (error);
  g_assert_true (json_parser_load_from_data (parser, text, -1, &error));
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (
    json_object_get_string_member (json_object_get_object_member (root, "account"), "user"), ==,
    "fay");
  for (guint i = 0; i < 5; i++)
    g_assert_true (json_object_has_member (
      root, (const char *[]){ "computers", "keys", "contacts", "invitations", "events" }[i]));
  /* Labels are known here only, and belong to the person all the same. */
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (root, "labels"),
                                                  enigm_account_get_contact_id (fay)),
                   ==, "Myself");
  g_assert_null (strstr (text, PARTY_PASSWORD));
  close_account (fay);
}

/* Signed out, each of them says so and asks nothing. */
static void
test_signed_out (void)
{
  g_autoptr (EnigmKeyring) keyring = enigm_keyring_new ();
  g_autofree char *folder = g_build_filename (enigm_world_get_folder (party->world), "no", NULL);
  g_autoptr (EnigmAccount) nobody = enigm_account_new (folder, keyring);
  g_autoptr (GError) error = NULL;

  g_assert_null (list_computers (nobody, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NO_ACCOUNT);
  g_clear_error (&error);
  g_assert_false (close_others (nobody, PARTY_PIN, NULL, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NO_ACCOUNT);
  g_clear_error (&error);
  g_assert_false (change_password (nobody, PARTY_PASSWORD, "another password", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NO_ACCOUNT);
  g_clear_error (&error);
  g_assert_false (delete_account (nobody, PARTY_PIN, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_NO_ACCOUNT);
}

typedef struct
{
  EnigmPairing *pairing;
  PartyKey *key;
  EnigmAccount *account;
  const char *old;
  gboolean pressed;
  gboolean protected_then;
} Hand;

/* While the new one waits for a hand, the old one goes on protecting. */
static void
on_pairing_changed (EnigmPairingSteps *steps, guint step, gpointer user_data)
{
  Hand *hand = user_data;

  if (step != ENIGM_PAIRING_CONFIRM || hand->pressed ||
      enigm_pairing_get_seconds_left (hand->pairing) == 0)
    return;
  hand->pressed = TRUE;
  hand->protected_then = enigm_key_get_state (enigm_account_find_key (hand->account, hand->old)) ==
                         ENIGM_KEY_STATE_TRUSTED;
  party_key_do (hand->key, "press", NULL);
}

static char *
replace (EnigmAccount *account, PartyKey *key, const char *old, Hand *seen, GError **error)
{
  g_autoptr (EnigmPairing) pairing = enigm_pairing_new (
    party->radio, enigm_account_get_platform (account), enigm_account_get_keyring (account),
    enigm_account_get_computer_id (account));
  Hand hand = { pairing, key, account, old, FALSE, FALSE };
  g_autoptr (GAsyncResult) result = NULL;
  char *binding = NULL;

  enigm_pairing_set_replaces (pairing, old);
  g_signal_connect (enigm_pairing_get_steps (pairing), "changed", G_CALLBACK (on_pairing_changed),
                    &hand);
  party_key_do (key, "hold", NULL);
  enigm_pairing_run_async (pairing, key->code, NULL, NULL, on_awaited, &result);
  await_result (&result);
  if (enigm_pairing_run_finish (pairing, result, error))
    binding = g_strdup (enigm_pairing_get_binding (pairing));
  g_signal_handlers_disconnect_by_data (enigm_pairing_get_steps (pairing), &hand);
  if (seen != NULL)
    *seen = hand;
  party_refresh (account);
  return binding;
}

static void
test_replacement (void)
{
  EnigmAccount *gil = party_sign_up (party, "gil");
  g_autoptr (PartyKey) first = party_key_new (party, "gil-1", NULL, NULL);
  g_autoptr (GVariant) adapter = party_do_to_radio (party, "AddAdapter", NULL);
  const char *adapter_name = NULL;
  g_autoptr (PartyKey) second = NULL;
  g_autofree char *old = party_key_pair (first, gil);
  g_autofree char *new = NULL;
  g_autofree char *none = NULL;
  g_autoptr (GError) error = NULL;
  Hand hand;
  EnigmKey *key;

  g_variant_get (adapter, "(&s)", &adapter_name);
  second = party_key_new_on (party, "gil-2", NULL, NULL, adapter_name);

  /* Not by itself: said, and nothing changes. */
  none = replace (gil, first, old, NULL, &error);
  g_assert_null (none);
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_KEY_REFUSED);
  g_clear_error (&error);
  g_assert_cmpint (enigm_key_get_state (enigm_account_find_key (gil, old)), ==,
                   ENIGM_KEY_STATE_TRUSTED);

  new = replace (gil, second, old, &hand, &error);
  g_assert_no_error (error);
  g_assert_true (hand.protected_then);
  key = enigm_account_find_key (gil, new);
  g_assert_cmpint (enigm_key_get_state (key), ==, ENIGM_KEY_STATE_TRUSTED);
  g_assert_cmpstr (enigm_key_get_replaces (key), ==, old);
  key = enigm_account_find_key (gil, old);
  g_assert_cmpint (enigm_key_get_state (key), ==, ENIGM_KEY_STATE_REPLACED);
  g_assert_cmpint (enigm_key_get_released (key), ==, 0);
  g_assert_true (enigm_key_allows (key, ENIGM_KEY_ACTION_RELEASE));
  g_assert_false (enigm_key_allows (key, ENIGM_KEY_ACTION_REVOKE));

  /* What has ended is replaced by nothing more. */
  none = replace (gil, first, old, NULL, &error);
  g_assert_null (none);
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED);
  close_account (gil);
}

static gboolean
has_attempt (gpointer user_data)
{
  EnigmKey *key = user_data;

  return enigm_key_get_n_attempts (key) > 0;
}

/* What a lost key tries is told to its owner, with the time; then it is revoked, released, and
 * every step that the design's table does not have is refused by the platform as well. */
static void
test_lost_and_after (void)
{
  EnigmAccount *hal = party_sign_up (party, "hal");
  g_autoptr (PartyKey) plastic = party_key_new (party, "hal-1", NULL, NULL);
  g_autofree char *binding = party_key_pair (plastic, hal);
  EnigmKey *key = enigm_account_find_key (hal, binding);
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GError) error = NULL;

  g_assert_false (set_state (hal, binding, "released", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED);
  g_clear_error (&error);
  g_assert_true (set_state (hal, binding, "lost", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (enigm_key_get_n_attempts (key), ==, 0);
  g_assert_true (enigm_key_allows (key, ENIGM_KEY_ACTION_FOUND));
  g_assert_true (enigm_key_allows (key, ENIGM_KEY_ACTION_REVOKE));
  g_assert_false (enigm_key_allows (key, ENIGM_KEY_ACTION_LOST));
  g_assert_false (enigm_key_allows (key, ENIGM_KEY_ACTION_RETIRE));

  /* Nobody has to ask: whoever listens is told. */
  enigm_account_listen (hal, TRUE);
  party_key_do (plastic, "press3", NULL);
  g_assert_true (enigm_world_await (has_attempt, key));
  g_assert_cmpint (enigm_key_get_attempt (key, 0), >=, now);
  g_assert_cmpuint (g_list_model_get_n_items (enigm_account_get_alerts (hal)), ==, 0);

  g_assert_true (set_state (hal, binding, "revoked", &error));
  g_assert_no_error (error);
  g_assert_false (set_state (hal, binding, "found", &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED);
  g_clear_error (&error);
  g_assert_true (enigm_key_allows (key, ENIGM_KEY_ACTION_RELEASE));
  g_assert_true (set_state (hal, binding, "released", &error));
  g_assert_no_error (error);
  g_assert_cmpint (enigm_key_get_released (key), >=, now);
  g_assert_false (enigm_key_allows (key, ENIGM_KEY_ACTION_RELEASE));
  close_account (hal);
}

/* All or none, with the PIN. */
static void
test_revoke_all (void)
{
  EnigmAccount *ida = party_sign_up (party, "ida");
  g_autoptr (PartyKey) plastic = party_key_new (party, "ida-1", NULL, NULL);
  g_autofree char *binding = party_key_pair (plastic, ida);
  EnigmKey *key = enigm_account_find_key (ida, binding);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_assert_false (revoke_all (ida, "000000", &n, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_PIN_WRONG);
  g_assert_cmpint (enigm_key_get_state (key), ==, ENIGM_KEY_STATE_TRUSTED);
  g_clear_error (&error);
  g_assert_true (revoke_all (ida, PARTY_PIN, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (enigm_key_get_state (key), ==, ENIGM_KEY_STATE_REVOKED);
  close_account (ida);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/life/account/password", test_password);
  g_test_add_func ("/app/life/account/pin", test_pin);
  g_test_add_func ("/app/life/account/five-wrong-pins", test_five_wrong_pins);
  g_test_add_func ("/app/life/account/computers", test_computers);
  g_test_add_func ("/app/life/account/deletion", test_deletion);
  g_test_add_func ("/app/life/account/export", test_export);
  g_test_add_func ("/app/life/account/signed-out", test_signed_out);
  g_test_add_func ("/app/life/keys/replacement", test_replacement);
  g_test_add_func ("/app/life/keys/lost-and-after", test_lost_and_after);
  g_test_add_func ("/app/life/keys/revoke-all", test_revoke_all);
  party = party_new ();
  status = g_test_run ();
  party_free (party);
  return status;
}
