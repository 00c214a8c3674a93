/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What becomes of a binding's open events when the binding itself changes. */

#include "enigm-binding-events.h"

#include "enigm-events.h"

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

  row =
    enigm_store_select (state->store, error,
                        "SELECT id FROM events WHERE binding = ?1 AND ended IS NULL", "k", binding);
  if (row == NULL)
    return FALSE;
  while ((step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    {
      guint8 event[ENIGM_ID_SIZE];

      enigm_statement_get_id (row, 0, event);
      if (!enigm_events_tell (state, event, error))
        return FALSE;
    }
  return step == ENIGM_STEP_DONE;
}
