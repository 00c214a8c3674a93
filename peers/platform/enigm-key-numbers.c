/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-key-numbers.h"

/**
 * enigm_key_numbers_check:
 * @state: the platform, in a transaction
 * @binding: the binding
 * @sequence: the number of a request
 * @path: its path; the method is always POST
 * @digest: SHA-256 of its body
 * @number: (out): what the number is
 * @outcome: (out): what became of the request, if it is repeated
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_key_numbers_check (EnigmPlatformState *state,
                         const EnigmBinding *binding,
                         guint64 sequence,
                         const char *path,
                         const guint8 digest[ENIGM_SHA256_SIZE],
                         EnigmKeyNumber *number,
                         EnigmKeyOutcome *outcome,
                         GError **error)
{
  g_autoptr (EnigmStatement) row = NULL;
  const guint8 *used;
  gsize size;

  g_return_val_if_fail (state != NULL && binding != NULL && path != NULL, FALSE);
  g_return_val_if_fail (sequence <= G_MAXINT64, FALSE);

  if ((gint64) sequence > binding->sequence)
    {
      *number = ENIGM_KEY_NUMBER_NEW;
      return TRUE;
    }

  row = enigm_store_select (
    state->store, error,
    "SELECT path, digest, outcome FROM key_numbers WHERE binding = ?1 AND sequence = ?2", "ki",
    binding->id, (gint64) sequence);
  if (row == NULL)
    return FALSE;
  switch (enigm_statement_step (row, error))
    {
    case ENIGM_STEP_ROW:
      used = enigm_statement_get_blob (row, 1, &size);
      *number = ENIGM_KEY_NUMBER_REPLAYED;
      if (g_strcmp0 (enigm_statement_get_text (row, 0), path) == 0 && size == ENIGM_SHA256_SIZE &&
          memcmp (used, digest, ENIGM_SHA256_SIZE) == 0)
        {
          *number = ENIGM_KEY_NUMBER_REPEATED;
          *outcome = (EnigmKeyOutcome) enigm_statement_get_int64 (row, 2);
        }
      return TRUE;
    case ENIGM_STEP_DONE:
      *number = ENIGM_KEY_NUMBER_LOW;
      return TRUE;
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }
}

/**
 * enigm_key_numbers_use:
 * @state: the platform, in the transaction that does what was asked
 * @binding: the binding; it is kept right
 * @sequence: a new number
 * @path: the request's path
 * @digest: SHA-256 of its body
 * @outcome: what became of it
 * @error: return location
 *
 * Uses up a number, and remembers what for.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_key_numbers_use (EnigmPlatformState *state,
                       EnigmBinding *binding,
                       guint64 sequence,
                       const char *path,
                       const guint8 digest[ENIGM_SHA256_SIZE],
                       EnigmKeyOutcome outcome,
                       GError **error)
{
  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail (binding != NULL && (gint64) sequence > binding->sequence, FALSE);

  if (!enigm_store_run (state->store, error, "UPDATE bindings SET sequence = ?2 WHERE id = ?1",
                        "ki", binding->id, (gint64) sequence) ||
      !enigm_store_run (state->store, error,
                        "INSERT INTO key_numbers (binding, sequence, path, digest, outcome) "
                        "VALUES (?1, ?2, ?3, ?4, ?5)",
                        "kisbi", binding->id, (gint64) sequence, path, digest,
                        (gsize) ENIGM_SHA256_SIZE, (gint64) outcome) ||
      !enigm_store_run (state->store, error,
                        "DELETE FROM key_numbers WHERE binding = ?1 AND sequence <= "
                        "(SELECT sequence FROM key_numbers WHERE binding = ?1 "
                        "ORDER BY sequence DESC LIMIT 1 OFFSET ?2)",
                        "ki", binding->id, (gint64) ENIGM_KEY_NUMBERS))
    return FALSE;
  binding->sequence = (gint64) sequence;
  return TRUE;
}
