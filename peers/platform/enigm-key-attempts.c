/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a key that is lost or has ended tries afterwards: its owner is shown when, and nothing
 * more. Whoever holds the key may be its owner's finder, or somebody in danger themselves. */

#include "enigm-key-attempts.h"

/* Attempts closer together than this are one: a key that is refused asks again by itself. */
#define APART_SECONDS 60

/**
 * enigm_key_attempts_note:
 * @state: the platform, in a transaction
 * @binding: a lost or ended binding whose key asked, under a right MAC, for more than its state
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_key_attempts_note (EnigmPlatformState *state, const EnigmBinding *binding, GError **error)
{
  gint64 now = enigm_platform_state_now (state);
  g_autofree char *detail = NULL;
  EnigmAuditEntry entry = { now, binding->pseudonym, "attempt", NULL, TRUE };

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);

  if (!enigm_store_run (state->store, error,
                        "INSERT INTO key_attempts (binding, time) SELECT ?1, ?2 WHERE NOT EXISTS "
                        "(SELECT 1 FROM key_attempts WHERE binding = ?1 AND time > ?3)",
                        "kii", binding->id, now, now - APART_SECONDS))
    return FALSE;
  if (enigm_store_get_changes (state->store) == 0)
    return TRUE;
  detail = g_strdup_printf ("a %s key was used", enigm_binding_state_name (binding->state));
  entry.detail = detail;
  return enigm_store_run (state->store, error,
                          "DELETE FROM key_attempts WHERE binding = ?1 AND number NOT IN "
                          "(SELECT number FROM key_attempts WHERE binding = ?1 "
                          "ORDER BY number DESC LIMIT ?2)",
                          "ki", binding->id, (gint64) ENIGM_KEY_ATTEMPTS_MAX) &&
         enigm_audit_append (state->audit, &entry, error) &&
         enigm_bindings_tell_owner (state, binding, error);
}

/**
 * enigm_key_attempts_to_json:
 * @state: the platform
 * @binding: (array fixed-size=16): a binding ID
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the times of its attempts, newest first, or %NULL if the
 *   database failed
 */
JsonArray *
enigm_key_attempts_to_json (EnigmPlatformState *state, const guint8 *binding, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error,
    "SELECT time FROM key_attempts WHERE binding = ?1 AND time > ?2 ORDER BY number DESC LIMIT ?3",
    "kii", binding, enigm_platform_state_now (state) - ENIGM_KEY_ATTEMPTS_SECONDS,
    (gint64) ENIGM_KEY_ATTEMPTS_MAX);
  EnigmStep step = ENIGM_STEP_ERROR;

  while (row != NULL && (step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    json_array_add_int_element (array, enigm_statement_get_int64 (row, 0));
  return step == ENIGM_STEP_DONE ? g_steal_pointer (&array) : NULL;
}

/**
 * enigm_key_attempts_delete_over:
 * @state: the platform
 * @error: return location
 *
 * Deletes the attempts that are shown no more.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_key_attempts_delete_over (EnigmPlatformState *state, GError **error)
{
  return enigm_store_run (state->store, error, "DELETE FROM key_attempts WHERE time <= ?1", "i",
                          enigm_platform_state_now (state) - ENIGM_KEY_ATTEMPTS_SECONDS);
}
