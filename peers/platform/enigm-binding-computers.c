/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which computers may use a key's management channel. */

#include "enigm-bindings.h"

#include "enigm-changes.h"

/**
 * enigm_bindings_list_computers:
 * @state: the platform
 * @id: a binding ID
 * @computers: (out caller-allocates): the computers that may still use its management channel
 * @n_computers: (out): how many; a closed computer counts no more
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_bindings_list_computers (EnigmPlatformState *state,
                               const guint8 id[ENIGM_ID_SIZE],
                               guint8 computers[ENIGM_BINDING_MAX_COMPUTERS][ENIGM_ID_SIZE],
                               guint *n_computers,
                               GError **error)
{
  g_autoptr (EnigmStatement) row = NULL;
  EnigmStep step;

  g_return_val_if_fail (state != NULL && id != NULL, FALSE);
  g_return_val_if_fail (computers != NULL && n_computers != NULL, FALSE);

  *n_computers = 0;
  row = enigm_store_select (
    state->store, error,
    "SELECT c.computer FROM binding_computers c JOIN computers o ON o.id = c.computer "
    "JOIN bindings b ON b.id = c.binding "
    "WHERE c.binding = ?1 AND o.closed IS NULL AND o.account = b.account "
    "ORDER BY c.since, c.computer",
    "k", id);
  if (row == NULL)
    return FALSE;
  while ((step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW &&
         *n_computers < ENIGM_BINDING_MAX_COMPUTERS)
    enigm_statement_get_id (row, 0, computers[(*n_computers)++]);
  return step != ENIGM_STEP_ERROR;
}

/**
 * enigm_bindings_add_computer:
 * @state: the platform, in a transaction
 * @id: a binding ID
 * @computer: an open computer of the binding's account
 * @added: (out) (optional): whether it may use the management channel now; %FALSE if eight others
 *   may
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_bindings_add_computer (EnigmPlatformState *state,
                             const guint8 id[ENIGM_ID_SIZE],
                             const guint8 computer[ENIGM_ID_SIZE],
                             gboolean *added,
                             GError **error)
{
  guint8 computers[ENIGM_BINDING_MAX_COMPUTERS][ENIGM_ID_SIZE];
  guint n;

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail (id != NULL && computer != NULL, FALSE);

  if (!enigm_bindings_list_computers (state, id, computers, &n, error))
    return FALSE;
  if (added != NULL)
    *added = TRUE;
  for (guint i = 0; i < n; i++)
    if (memcmp (computers[i], computer, ENIGM_ID_SIZE) == 0)
      return TRUE;
  if (n == ENIGM_BINDING_MAX_COMPUTERS)
    {
      if (added != NULL)
        *added = FALSE;
      return TRUE;
    }
  enigm_changes_note_computer (state, id, computer);
  return enigm_store_run (
    state->store, error,
    "INSERT OR IGNORE INTO binding_computers (binding, computer, since) VALUES (?1, ?2, ?3)", "kki",
    id, computer, enigm_platform_state_now (state));
}
