/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-computers.h"

#include "enigm-account-changes.h"
#include "enigm-router.h"

static void
hash_address (EnigmPlatformState *state,
              const guint8 *account,
              const gchar *address,
              guint8 hash[ENIGM_SHA256_SIZE])
{
  enigm_hmac_sha256 (state->pseudonym_secret,
                     ENIGM_PARTS (ENIGM_TEXT ("sign-in address"), { account, ENIGM_ID_SIZE },
                                  { address, strlen (address) }),
                     hash);
}

/* The computer of an account that was seen least recently, or none. */
static EnigmStep
find_oldest (EnigmPlatformState *state,
             const guint8 *account,
             guint8 computer[ENIGM_ID_SIZE],
             gint64 *open,
             GError **error)
{
  g_autoptr (EnigmStatement) statement =
    enigm_store_select (state->store, error,
                        "SELECT id, count (*) OVER () FROM computers"
                        " WHERE account = ?1 AND closed IS NULL ORDER BY last_seen, since LIMIT 1",
                        "k", account);
  EnigmStep step = statement != NULL ? enigm_statement_step (statement, error) : ENIGM_STEP_ERROR;

  *open = 0;
  if (step == ENIGM_STEP_ROW)
    {
      enigm_statement_get_id (statement, 0, computer);
      *open = enigm_statement_get_int64 (statement, 1);
    }
  return step;
}

/**
 * enigm_computers_open:
 * @state: the platform, with a transaction
 * @account: (array fixed-size=16): ID of the account
 * @name: what its owner calls it
 * @point: (array fixed-size=65): its public key
 * @address: where it signs in from
 * @computer: (out caller-allocates) (array fixed-size=16): its new ID
 * @error: why it failed
 *
 * Adds a computer to an account. Where there are %ENIGM_COMPUTERS_MAX already, the one that was
 * seen least recently is closed: someone who lost eight computers can still sign in on a ninth.
 *
 * Returns: whether it is added
 */
gboolean
enigm_computers_open (EnigmPlatformState *state,
                      const guint8 account[ENIGM_ID_SIZE],
                      const gchar *name,
                      const guint8 point[ENIGM_P256_POINT_SIZE],
                      const gchar *address,
                      guint8 computer[ENIGM_ID_SIZE],
                      GError **error)
{
  gint64 now = enigm_platform_state_now (state);
  guint8 oldest[ENIGM_ID_SIZE];
  guint8 hash[ENIGM_SHA256_SIZE];
  gint64 open;

  g_return_val_if_fail (enigm_store_in_transaction (state->store), FALSE);

  if (find_oldest (state, account, oldest, &open, error) == ENIGM_STEP_ERROR)
    return FALSE;
  if (open >= ENIGM_COMPUTERS_MAX && !enigm_computers_close (state, account, oldest, error))
    return FALSE;
  hash_address (state, account, address, hash);
  if (!enigm_random_bytes (computer, ENIGM_ID_SIZE, error) ||
      !enigm_store_run (state->store, error,
                        "INSERT INTO computers"
                        " (id, account, name, public_key, since, last_seen, address)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
                        "kksbib", computer, account, name, point, (gsize) ENIGM_P256_POINT_SIZE,
                        now, hash, sizeof hash))
    return FALSE;
  enigm_account_changes_note_computer (state, account, computer, name, point);
  return enigm_hub_post (state->hub, account, ENIGM_HUB_SESSION, NULL, error);
}

/**
 * enigm_computers_close:
 * @state: the platform, with a transaction
 * @account: (array fixed-size=16): ID of the account
 * @computer: (array fixed-size=16): ID of a computer
 * @error: %ENIGM_PROBLEM_UNKNOWN unless it is an open computer of that account
 *
 * Closes a computer for ever: its sessions and streams end with the transaction.
 *
 * Returns: whether it is closed
 */
gboolean
enigm_computers_close (EnigmPlatformState *state,
                       const guint8 account[ENIGM_ID_SIZE],
                       const guint8 computer[ENIGM_ID_SIZE],
                       GError **error)
{
  g_return_val_if_fail (enigm_store_in_transaction (state->store), FALSE);

  if (!enigm_store_run (
        state->store, error,
        "UPDATE computers SET closed = ?1 WHERE id = ?2 AND account = ?3 AND closed IS NULL", "ikk",
        enigm_platform_state_now (state), computer, account))
    return FALSE;
  if (enigm_store_get_changes (state->store) == 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, NULL, "there is no such computer");
      return FALSE;
    }
  enigm_account_changes_note_closed (state, computer);
  enigm_hub_close_computer (state->hub, computer);
  return enigm_store_run (state->store, error, "DELETE FROM sessions WHERE computer = ?1", "k",
                          computer) &&
         enigm_hub_post (state->hub, account, ENIGM_HUB_SESSION, NULL, error);
}

/**
 * enigm_computers_knows_address:
 * @state: the platform
 * @account: (array fixed-size=16): ID of an account
 * @address: where somebody tries to sign in from
 * @error: why it failed
 *
 * Returns: 1 if a computer of the account signed in from there, 0 if not, -1 with @error set
 */
gint
enigm_computers_knows_address (EnigmPlatformState *state,
                               const guint8 account[ENIGM_ID_SIZE],
                               const gchar *address,
                               GError **error)
{
  g_autoptr (EnigmStatement) statement = NULL;
  guint8 hash[ENIGM_SHA256_SIZE];

  hash_address (state, account, address, hash);
  statement = enigm_store_select (state->store, error,
                                  "SELECT 1 FROM computers WHERE account = ?1 AND address = ?2",
                                  "kb", account, hash, sizeof hash);
  return statement != NULL ? enigm_statement_step (statement, error) : -1;
}

static void
list_computers (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    state->store, &error,
    "SELECT id, name, since, last_seen FROM computers WHERE account = ?1 AND closed IS NULL"
    " ORDER BY since, id",
    "k", enigm_request_get_account (request));
  EnigmStep step = ENIGM_STEP_ERROR;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "computers");
  json_builder_begin_array (builder);
  while (statement != NULL && (step = enigm_statement_step (statement, &error)) == ENIGM_STEP_ROW)
    {
      g_autofree gchar *id_text = NULL;
      guint8 id[ENIGM_ID_SIZE];

      enigm_statement_get_id (statement, 0, id);
      id_text = enigm_hex_encode (id, sizeof id);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "id");
      json_builder_add_string_value (builder, id_text);
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, enigm_statement_get_text (statement, 1));
      json_builder_set_member_name (builder, "since");
      json_builder_add_int_value (builder, enigm_statement_get_int64 (statement, 2));
      json_builder_set_member_name (builder, "last_seen");
      json_builder_add_int_value (builder, enigm_statement_get_int64 (statement, 3));
      json_builder_set_member_name (builder, "this");
      json_builder_add_boolean_value (
        builder, memcmp (id, enigm_request_get_computer (request), sizeof id) == 0);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (step == ENIGM_STEP_ERROR)
    enigm_request_reply_error (request, error);
  else
    enigm_request_reply_json (request, SOUP_STATUS_OK, json_builder_get_root (builder));
}

static void
close_computer (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  guint8 computer[ENIGM_ID_SIZE];

  if (!enigm_request_get_path_id (request, 0, computer, &error) ||
      (transaction = enigm_store_begin (state->store, &error)) == NULL ||
      !enigm_computers_close (state, enigm_request_get_account (request), computer, &error) ||
      !enigm_store_commit (state->store, &error))
    enigm_request_reply_error (request, error);
  else
    enigm_request_reply_nothing (request);
}

const EnigmRoute enigm_computers_routes[] = {
  { "GET", "/v1/computers", ENIGM_ROUTE_BEARER, list_computers },
  { "DELETE", "/v1/computers/{}", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, close_computer },
  { 0 },
};
