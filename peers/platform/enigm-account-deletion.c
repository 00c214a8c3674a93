/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Deleting an account, with everything. What stays names nobody: the bindings, so that each key is
 * told that it is free, and the audit with its pseudonyms. A suspended key stays owned by nobody,
 * for a suspension is not got rid of with an account; Command releases it. */

#include "enigm-account-deletion.h"

#include "enigm-account-audit.h"
#include "enigm-account-changes.h"
#include "enigm-events.h"
#include "enigm-ownership.h"
#include "enigm-pin.h"
#include "enigm-router.h"

static const guint8 nobody[ENIGM_ID_SIZE];

static gboolean
end_key (EnigmPlatformState *state, EnigmBinding *binding, GError **error)
{
  g_autoptr (GError) kept = NULL;

  if (binding->state == ENIGM_BINDING_PENDING &&
      !enigm_bindings_change (state, binding, ENIGM_BINDING_CANCELLED, ENIGM_BINDING_BY_APP,
                              ENIGM_REASON_CANCELLED, error))
    return FALSE;
  if (binding->state == ENIGM_BINDING_TRUSTED)
    return enigm_bindings_change (state, binding, ENIGM_BINDING_RETIRED, ENIGM_BINDING_BY_APP,
                                  ENIGM_REASON_RETIRED, error);
  if (binding->state == ENIGM_BINDING_RESTRICTED &&
      !enigm_bindings_change (state, binding, ENIGM_BINDING_REVOKED, ENIGM_BINDING_BY_APP,
                              ENIGM_REASON_RETIRED, error))
    return FALSE;
  if (enigm_ownership_release (state, binding, ENIGM_BINDING_BY_APP, &kept) ||
      kept->domain == ENIGM_PROBLEM)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&kept));
  return FALSE;
}

/* The newest first, so that what is in force has ended before what came earlier is released. */
static gboolean
end_keys (EnigmPlatformState *state, const guint8 *account, GError **error)
{
  g_autoptr (GPtrArray) bindings = enigm_bindings_list (state, account, error);

  for (guint i = 0; bindings != NULL && i < bindings->len; i++)
    {
      const EnigmBinding *listed = g_ptr_array_index (bindings, i);
      g_autoptr (EnigmBinding) binding = NULL;

      /* Ending one may have ended another. */
      if (!enigm_bindings_find (state, listed->id, &binding, error) ||
          !end_key (state, binding, error))
        return FALSE;
    }
  return bindings != NULL;
}

/* Those who were told of them see that they are gone, and nothing that was to be told names them
 * any more. */
static gboolean
forget_events (EnigmPlatformState *state, const guint8 *account, GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error, "SELECT id FROM events WHERE account = ?1", "k", account);
  g_autoptr (GByteArray) events = g_byte_array_new ();
  EnigmStep step = ENIGM_STEP_ERROR;

  while (row != NULL && (step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    {
      guint8 event[ENIGM_ID_SIZE];

      enigm_statement_get_id (row, 0, event);
      g_byte_array_append (events, event, sizeof event);
    }
  g_clear_pointer (&row, enigm_statement_free);
  if (step != ENIGM_STEP_DONE)
    return FALSE;
  for (guint at = 0; at < events->len; at += ENIGM_ID_SIZE)
    if (!enigm_events_forget (state, events->data + at, error))
      return FALSE;
  return TRUE;
}

static gboolean
tell_invited (EnigmPlatformState *state, const guint8 *account, GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error,
    "SELECT DISTINCT contact FROM contacts WHERE owner = ?1 AND contact IS NOT NULL", "k", account);
  EnigmStep step = ENIGM_STEP_ERROR;

  while (row != NULL && (step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    {
      guint8 contact[ENIGM_ID_SIZE];

      enigm_statement_get_id (row, 0, contact);
      if (!enigm_hub_post (state->hub, contact, ENIGM_HUB_INVITATIONS, NULL, error))
        return FALSE;
    }
  return step == ENIGM_STEP_DONE;
}

/* Who was told of alerts reads as closed: their owner has to know. Who had not answered goes on
 * reading so, as an ID that nobody ever had, and their owner's stream does not tell either. */
static gboolean
leave_lists (EnigmPlatformState *state, const guint8 *account, GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error, "SELECT owner, state FROM contacts WHERE contact = ?1", "k", account);
  g_autoptr (GByteArray) owners = g_byte_array_new ();
  g_autoptr (GByteArray) told = g_byte_array_new ();
  EnigmStep step = ENIGM_STEP_ERROR;

  while (row != NULL && (step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    {
      guint8 owner[ENIGM_ID_SIZE];

      enigm_statement_get_id (row, 0, owner);
      g_byte_array_append (owners, owner, sizeof owner);
      if (g_str_equal (enigm_statement_get_text (row, 1), "eligible"))
        g_byte_array_append (told, owner, sizeof owner);
    }
  if (step != ENIGM_STEP_DONE ||
      !enigm_store_run (state->store, error,
                        "UPDATE contacts SET state = 'not-eligible', reason = 'closed', since = ?1"
                        " WHERE contact = ?2 AND state = 'eligible'",
                        "ik", enigm_platform_state_now (state), account) ||
      !enigm_store_run (state->store, error,
                        "UPDATE contacts SET contact = NULL WHERE contact = ?1", "k", account))
    return FALSE;
  for (guint at = 0; at < owners->len; at += ENIGM_ID_SIZE)
    if (!enigm_account_changes_note_contacts (state, owners->data + at, error))
      return FALSE;
  for (guint at = 0; at < told->len; at += ENIGM_ID_SIZE)
    if (!enigm_hub_post (state->hub, told->data + at, ENIGM_HUB_CONTACTS, NULL, error))
      return FALSE;
  return TRUE;
}

static gboolean
close_computers (EnigmPlatformState *state, const guint8 *account, GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error, "SELECT id FROM computers WHERE account = ?1 AND closed IS NULL", "k",
    account);
  EnigmStep step = ENIGM_STEP_ERROR;

  while (row != NULL && (step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    {
      guint8 computer[ENIGM_ID_SIZE];

      enigm_statement_get_id (row, 0, computer);
      enigm_hub_close_computer (state->hub, computer);
    }
  return step == ENIGM_STEP_DONE;
}

/**
 * enigm_account_deletion_erase:
 * @state: the platform, in a transaction
 * @account: (array fixed-size=16): ID of an account whose keys have ended
 * @error: return location
 *
 * Takes everything that names the account from the database. A replay of the journal does the same.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_account_deletion_erase (EnigmPlatformState *state,
                              const guint8 account[ENIGM_ID_SIZE],
                              GError **error)
{
  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);

  return enigm_store_run (state->store, error,
                          "DELETE FROM stream_items WHERE event IN "
                          "(SELECT id FROM events WHERE account = ?1)",
                          "k", account) &&
         enigm_store_run (state->store, error,
                          "DELETE FROM binding_computers WHERE binding IN "
                          "(SELECT id FROM bindings WHERE account = ?1)",
                          "k", account) &&
         enigm_store_run (state->store, error,
                          "DELETE FROM key_attempts WHERE binding IN "
                          "(SELECT id FROM bindings WHERE account = ?1)",
                          "k", account) &&
         enigm_store_run (state->store, error,
                          "UPDATE bindings SET account = ?2, battery = NULL, battery_time = NULL, "
                          "proved = NULL, proved_relayed = NULL WHERE account = ?1",
                          "kk", account, nobody) &&
         enigm_store_run (state->store, error,
                          "UPDATE certificates SET owner = ?2 WHERE owner = ?1", "kk", account,
                          nobody) &&
         enigm_store_run (state->store, error, "DELETE FROM accounts WHERE id = ?1", "k", account);
}

static void
on_pin_right (EnigmPlatformState *state, EnigmRequest *request, gpointer user_data)
{
  const guint8 *account = enigm_request_get_account (request);
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;

  transaction = enigm_store_begin (state->store, &error);
  if (transaction == NULL || !end_keys (state, account, &error) ||
      !forget_events (state, account, &error) || !tell_invited (state, account, &error) ||
      !leave_lists (state, account, &error) || !close_computers (state, account, &error) ||
      !enigm_account_audit (state, account, "account", "deleted by its owner", &error) ||
      !enigm_account_deletion_erase (state, account, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  enigm_account_changes_note_deleted (state, account);
  if (!enigm_store_commit (state->store, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  /* It is deleted; that the log still has some of it is mended within the hour. */
  if (!enigm_store_settle (state->store, &error))
    g_warning ("a deleted account is in the database's log still: %s", error->message);
  enigm_request_reply_nothing (request);
}

static void
delete_account (EnigmPlatformState *state, EnigmRequest *request)
{
  enigm_pin_ask (state, request, on_pin_right, NULL);
}

const EnigmRoute enigm_account_deletion_routes[] = {
  { "POST", "/v1/account/deletion", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, delete_account },
  { 0 },
};
