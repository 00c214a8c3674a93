/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What becomes of a database that was put back from a copy, before anybody may use it.
 *
 * With the journal it is brought to today. Without it nobody knows what was revoked, closed or
 * removed since the copy was made. So nothing of it is in force until somebody who knows says so:
 * keys are restricted until their owners confirm, computers are closed, administrators removed,
 * contacts have to be invited anew, pairings are over, and of open events the positions go.
 *
 * Either way a new epoch begins: no request that was signed before is accepted again. */

#include "enigm-restored.h"

#include "enigm-bindings.h"
#include "enigm-replay.h"

static gboolean
audit (EnigmPlatformState *state, const char *detail, GError **error)
{
  EnigmAuditEntry entry = { enigm_platform_state_now (state), NULL, "restore", detail, FALSE };

  return enigm_audit_append (state->audit, &entry, error);
}

/* Sessions, offers and nonces are younger than the copy, or over. */
static gboolean
begin_epoch (EnigmPlatformState *state, GError **error)
{
  EnigmStore *store = state->store;
  guint8 epoch[ENIGM_ID_SIZE];
  gint64 now = enigm_platform_state_now (state);

  if (!enigm_random_bytes (epoch, sizeof epoch, error) ||
      !enigm_store_run (store, error, "UPDATE platform SET epoch = ?1, epoch_began = ?2", "ki",
                        epoch, now) ||
      !enigm_store_run (store, error, "DELETE FROM sessions", "") ||
      !enigm_store_run (store, error, "DELETE FROM administrator_sessions", "") ||
      !enigm_store_run (store, error, "DELETE FROM offers", "") ||
      !enigm_store_run (store, error,
                        "UPDATE bindings SET proved = NULL, proved_relayed = NULL "
                        "WHERE state IN (1, 2, 3)",
                        ""))
    return FALSE;
  memcpy (state->epoch, epoch, sizeof epoch);
  state->epoch_began = now;
  return TRUE;
}

/* Every app asks again for everything. */
static gboolean
tell_everybody (EnigmPlatformState *state, GError **error)
{
  static const EnigmHubKind news[] = { ENIGM_HUB_KEYS, ENIGM_HUB_CONTACTS, ENIGM_HUB_INVITATIONS };
  g_autoptr (EnigmStatement) row =
    enigm_store_select (state->store, error, "SELECT id FROM accounts", "");
  EnigmStep step = ENIGM_STEP_ERROR;

  while (row != NULL && (step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    {
      guint8 account[ENIGM_ID_SIZE];

      enigm_statement_get_id (row, 0, account);
      for (gsize i = 0; i < G_N_ELEMENTS (news); i++)
        if (!enigm_hub_post (state->hub, account, news[i], NULL, error))
          return FALSE;
    }
  return step == ENIGM_STEP_DONE;
}

/**
 * enigm_restored_with_journal:
 * @state: the platform, outside of a transaction, with its journal attached
 * @seen: the number of the last record that the database has seen
 * @error: return location
 *
 * Brings an older copy to today. A key is shown as unproved until it is heard again; an alert is
 * proof enough.
 *
 * Returns: %FALSE if the journal does not fit; then the database is as it was
 */
gboolean
enigm_restored_with_journal (EnigmPlatformState *state, guint64 seen, GError **error)
{
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);
  g_autofree char *detail = NULL;
  guint64 replayed;

  if (transaction == NULL || !enigm_replay_run (state, seen, &replayed, error))
    return FALSE;
  detail = g_strdup_printf ("a copy was brought to today: %" G_GUINT64_FORMAT
                            " records of the journal were done again",
                            replayed);
  return begin_epoch (state, error) && audit (state, detail, error) &&
         tell_everybody (state, error) && enigm_store_commit (state->store, error);
}

static gboolean
restrict_keys (EnigmPlatformState *state, GError **error)
{
  g_autoptr (GPtrArray) bindings = enigm_bindings_list_all (state, error);

  for (guint i = 0; bindings != NULL && i < bindings->len; i++)
    {
      EnigmBinding *binding = g_ptr_array_index (bindings, i);
      gboolean ok = TRUE;

      if (binding->state == ENIGM_BINDING_PENDING)
        ok = enigm_bindings_change (state, binding, ENIGM_BINDING_EXPIRED,
                                    ENIGM_BINDING_BY_PLATFORM, ENIGM_REASON_EXPIRED, error);
      else if (enigm_binding_state_in_force (binding->state))
        ok = enigm_bindings_change (state, binding, ENIGM_BINDING_RESTRICTED,
                                    ENIGM_BINDING_BY_PLATFORM, ENIGM_REASON_UNPROVED, error);
      if (!ok)
        return FALSE;
    }
  return bindings != NULL;
}

/**
 * enigm_restored_without_journal:
 * @state: the platform, outside of a transaction, with an empty journal
 * @error: return location
 *
 * Takes everything out of force that may have ended since the copy was made.
 *
 * Returns: %FALSE if the database failed; then it is as it was
 */
gboolean
enigm_restored_without_journal (EnigmPlatformState *state, GError **error)
{
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);
  EnigmStore *store = state->store;
  gint64 now = enigm_platform_state_now (state);

  return transaction != NULL && restrict_keys (state, error) &&
         enigm_store_run (store, error, "UPDATE computers SET closed = ?1 WHERE closed IS NULL",
                          "i", now) &&
         enigm_store_run (store, error,
                          "UPDATE contacts SET state = 'not-eligible', reason = 'restored', "
                          "since = ?1 WHERE state IN ('invited', 'eligible') AND "
                          "contact IS NOT NULL",
                          "i", now) &&
         enigm_store_run (store, error,
                          "UPDATE administrators SET removed = ?1 WHERE removed IS NULL", "i",
                          now) &&
         enigm_store_run (store, error,
                          "UPDATE event_contacts SET removed = ?1 WHERE removed IS NULL", "i",
                          now) &&
         enigm_store_run (store, error,
                          "DELETE FROM event_positions WHERE event IN "
                          "(SELECT id FROM events WHERE ended IS NULL)",
                          "") &&
         begin_epoch (state, error) &&
         audit (state, "a copy was put back without the journal: nothing of it is in force",
                error) &&
         tell_everybody (state, error) && enigm_store_commit (store, error);
}
