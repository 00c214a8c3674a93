/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key that changes hands: its owner releases it, it hears nothing of that, and somebody else
 * pairs it, with the real app, key and platform. */
#include "await.h"
#include "enigm-error.h"
#include "enigm-pairing.h"
#include "party.h"
#include "protocol/enigm-text.h"

static void
set_state (EnigmAccount *account, const char *binding, const char *to)
{
  EnigmKey *key = enigm_account_find_key (account, binding);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (key);
  enigm_account_set_key_state_async (
    account, key, to, g_str_equal (to, "revoked") ? "retired" : NULL, NULL, on_awaited, &result);
  await_result (&result);
  enigm_account_set_key_state_finish (account, result, &error);
  g_assert_no_error (error);
}

/* Whether the key's flash holds that binding in any way. */
static gboolean
key_holds (PartyKey *key, const char *binding)
{
  g_autofree char *path = g_build_filename (key->state, "state", NULL);
  g_autofree char *flash = NULL;
  g_autoptr (GError) error = NULL;
  guint8 id[16];
  gsize size;

  g_assert_true (enigm_hex_decode (binding, id, sizeof id));
  g_file_get_contents (path, &flash, &size, &error);
  g_assert_no_error (error);
  return memmem (flash, size, id, sizeof id) != NULL;
}

/* What the account's own program finds out when it asks for another's key. */
static void
assert_refused (PartyKey *key, EnigmAccount *account)
{
  g_autoptr (EnigmPairing) pairing = enigm_pairing_new (
    key->party->radio, enigm_account_get_platform (account), enigm_account_get_keyring (account),
    enigm_account_get_computer_id (account));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  party_key_do (key, "hold", NULL);
  enigm_pairing_run_async (pairing, key->code, NULL, NULL, on_awaited, &result);
  await_result (&result);
  g_assert_false (enigm_pairing_run_finish (pairing, result, &error));
  g_assert_error (error, ENIGM_ERROR, ENIGM_ERROR_KEY_OWNED);
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
has_alert (gpointer user_data)
{
  return g_list_model_get_n_items (enigm_account_get_alerts (user_data)) > 0;
}

static void
test_missed (void)
{
  Party *party = party_new ();
  EnigmAccount *anna = party_sign_up (party, "anna");
  EnigmAccount *ben = party_sign_up (party, "ben");
  PartyKey *plastic = party_key_new (party, "passed-on", NULL, NULL);
  g_autofree char *hers = party_key_pair (plastic, anna);
  g_autofree char *his = NULL;

  g_assert_true (key_holds (plastic, hers));
  party_key_do (plastic, "network", "off");
  set_state (anna, hers, "revoked");
  /* Revoked, it is hers still. */
  assert_refused (plastic, ben);
  set_state (anna, hers, "released");
  g_assert_true (key_holds (plastic, hers));

  his = party_key_pair (plastic, ben);
  g_assert_false (key_holds (plastic, hers));
  g_assert_true (key_holds (plastic, his));
  party_refresh (anna);
  g_assert_null (enigm_account_find_key (anna, his));
  g_assert_cmpint (enigm_key_get_state (enigm_account_find_key (anna, hers)), ==,
                   ENIGM_KEY_STATE_REVOKED);
  g_assert_cmpint (enigm_key_get_state (enigm_account_find_key (ben, his)), ==,
                   ENIGM_KEY_STATE_TRUSTED);

  /* And it works for him, and for nobody else. */
  party_key_do (plastic, "network", "on");
  enigm_account_listen (ben, TRUE);
  party_key_do (plastic, "press3", NULL);
  party_key_await (plastic, "event alert accepted");
  g_assert_true (enigm_world_await (has_alert, ben));
  party_refresh (anna);
  g_assert_false (has_alert (anna));

  party_key_free (plastic);
  close_account (ben);
  close_account (anna);
  party_free (party);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/release/missed", test_missed);
  return g_test_run ();
}
