/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What becomes of a binding's open events when the binding itself changes. */

#include "enigm-binding-events.h"

/**
 * enigm_binding_events_move:
 * @state: the platform, in a transaction
 * @from: the ID of a binding that ends
 * @to: the ID of the binding that takes its place
 * @error: return location
 *
 * Lets open events go on under the new binding: the same key keeps sending to them.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_binding_events_move (EnigmPlatformState *state,
                           const guint8 from[ENIGM_ID_SIZE],
                           const guint8 to[ENIGM_ID_SIZE],
                           GError **error)
{
  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);

  return enigm_store_run (state->store, error,
                          "UPDATE events SET binding = ?2 WHERE binding = ?1 AND ended IS NULL",
                          "kk", from, to);
}

/**
 * enigm_binding_events_announce:
 * @state: the platform, in a transaction
 * @binding: the ID of a binding that can send no more
 * @error: return location
 *
 * Tells the owner and the contacts of each open event that it changed: it stays open until its
 * owner ends it, but no more positions will come.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_binding_events_announce (EnigmPlatformState *state,
                               const guint8 binding[ENIGM_ID_SIZE],
                               GError **error)
{
  g_autoptr (EnigmStatement) row = NULL;
  EnigmStep step;

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);

  row = enigm_store_select (
    state->store, error,
    "SELECT e.id, e.account FROM events e WHERE e.binding = ?1 AND e.ended IS NULL "
    "UNION ALL "
    "SELECT e.id, c.contact FROM events e JOIN event_contacts c ON c.event = e.id "
    "WHERE e.binding = ?1 AND e.ended IS NULL AND c.removed IS NULL",
    "k", binding);
  if (row == NULL)
    return FALSE;
  while ((step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    {
      guint8 event[ENIGM_ID_SIZE];
      guint8 account[ENIGM_ID_SIZE];

      enigm_statement_get_id (row, 0, event);
      enigm_statement_get_id (row, 1, account);
      if (!enigm_hub_post (state->hub, account, ENIGM_HUB_EVENT, event, error))
        return FALSE;
    }
  return step == ENIGM_STEP_DONE;
}
