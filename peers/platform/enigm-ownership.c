/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-ownership.h"

#include "enigm-changes.h"

/**
 * enigm_ownership_load:
 * @state: the platform
 * @certificate: a certificate hash
 * @ownership: (out caller-allocates): whose it is
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_ownership_load (EnigmPlatformState *state,
                      const guint8 certificate[ENIGM_SHA256_SIZE],
                      EnigmOwnership *ownership,
                      GError **error)
{
  g_autoptr (EnigmStatement) row = NULL;
  EnigmStep step;

  g_return_val_if_fail (state != NULL && certificate != NULL && ownership != NULL, FALSE);

  memset (ownership, 0, sizeof *ownership);
  row = enigm_store_select (state->store, error,
                            "SELECT owner, binding, suspended FROM certificates WHERE hash = ?1",
                            "b", certificate, (gsize) ENIGM_SHA256_SIZE);
  if (row == NULL)
    return FALSE;
  step = enigm_statement_step (row, error);
  if (step == ENIGM_STEP_ROW)
    {
      ownership->owned = !enigm_statement_is_null (row, 0);
      enigm_statement_get_id (row, 0, ownership->account);
      enigm_statement_get_id (row, 1, ownership->binding);
      ownership->suspended = enigm_statement_get_int64 (row, 2) != 0;
    }
  return step != ENIGM_STEP_ERROR;
}

/**
 * enigm_ownership_allows_binding:
 * @state: the platform
 * @certificate: a certificate hash
 * @account: who wants to bind it
 * @error: return location
 *
 * Asked when an offer is made, when it is attested, and when the key proves: it may have changed
 * in between.
 *
 * Returns: %FALSE with the problem `key-suspended` or `key-owned` if not, with another error if the
 *   database failed
 */
gboolean
enigm_ownership_allows_binding (EnigmPlatformState *state,
                                const guint8 certificate[ENIGM_SHA256_SIZE],
                                const guint8 account[ENIGM_ID_SIZE],
                                GError **error)
{
  EnigmOwnership ownership;

  g_return_val_if_fail (account != NULL, FALSE);

  if (!enigm_ownership_load (state, certificate, &ownership, error))
    return FALSE;
  /* Who does not own it learns nothing else about it. */
  if (ownership.owned && memcmp (ownership.account, account, ENIGM_ID_SIZE) != 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_KEY_OWNED, NULL,
                         "its owner has to release the key first");
      return FALSE;
    }
  if (ownership.suspended)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_KEY_SUSPENDED, NULL,
                         "an administrator has suspended the key");
      return FALSE;
    }
  return TRUE;
}

static gboolean
audit (EnigmPlatformState *state,
       const guint8 *pseudonym,
       const char *what,
       const char *detail,
       GError **error)
{
  EnigmAuditEntry entry = { enigm_platform_state_now (state), pseudonym, what, detail };

  return enigm_audit_append (state->audit, &entry, error);
}

/**
 * enigm_ownership_take:
 * @state: the platform, in the transaction that makes @binding trusted
 * @binding: the binding
 * @error: return location
 *
 * Gives the certificate to the binding's account, until a release.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_ownership_take (EnigmPlatformState *state, const EnigmBinding *binding, GError **error)
{
  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail (binding != NULL && binding->state == ENIGM_BINDING_TRUSTED, FALSE);

  enigm_changes_note_owner (state, binding->certificate, binding->account, binding->id);
  return enigm_store_run (state->store, error,
                          "INSERT INTO certificates (hash, owner, binding) VALUES (?1, ?2, ?3) "
                          "ON CONFLICT (hash) DO UPDATE SET owner = ?2, binding = ?3",
                          "bkk", binding->certificate, sizeof binding->certificate,
                          binding->account, binding->id) &&
         audit (state, binding->pseudonym, "ownership", "taken", error);
}

/**
 * enigm_ownership_end:
 * @state: the platform, in a transaction
 * @certificate: a certificate hash
 * @binding: a binding of it, of the account that owns it
 * @time: when
 * @by: who asked
 * @error: return location
 *
 * What a release changes in the database, also when the journal brings it back: the certificate is
 * nobody's, and each of the account's bindings of it says so, with a line in its history.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_ownership_end (EnigmPlatformState *state,
                     const guint8 certificate[ENIGM_SHA256_SIZE],
                     const guint8 binding[ENIGM_ID_SIZE],
                     gint64 time,
                     EnigmBindingBy by,
                     GError **error)
{
  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);

  return enigm_store_run (state->store, error,
                          "UPDATE certificates SET owner = NULL WHERE hash = ?1", "b", certificate,
                          (gsize) ENIGM_SHA256_SIZE) &&
         enigm_store_run (
           state->store, error,
           "INSERT INTO binding_history (binding, time, from_state, to_state, by, reason) "
           "SELECT id, ?3, state, ?4, ?5, ?6 FROM bindings WHERE certificate = ?1 AND "
           "account = (SELECT account FROM bindings WHERE id = ?2) AND "
           "trusted IS NOT NULL AND released IS NULL",
           "bkiiii", certificate, (gsize) ENIGM_SHA256_SIZE, binding, time,
           (gint64) ENIGM_BINDING_NONE, (gint64) by, (gint64) ENIGM_REASON_RELEASED) &&
         enigm_store_run (state->store, error,
                          "UPDATE bindings SET released = ?3 WHERE certificate = ?1 AND "
                          "account = (SELECT account FROM bindings WHERE id = ?2) AND "
                          "trusted IS NOT NULL AND released IS NULL",
                          "bki", certificate, (gsize) ENIGM_SHA256_SIZE, binding, time);
}

/**
 * enigm_ownership_release:
 * @state: the platform, in a transaction
 * @binding: an ended binding of the account that owns the certificate; it is kept right
 * @by: who asks
 * @error: return location
 *
 * Frees the certificate at once. A key that misses it is told with its next request, or gets a
 * release in its next pairing.
 *
 * Returns: %FALSE with the problem `key-suspended` or `state-forbids` if it cannot be released now,
 *   with another error if the database failed
 */
gboolean
enigm_ownership_release (EnigmPlatformState *state,
                         EnigmBinding *binding,
                         EnigmBindingBy by,
                         GError **error)
{
  g_autoptr (EnigmBinding) in_force = NULL;
  g_autofree char *detail = NULL;
  EnigmOwnership ownership;
  gint64 now;

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail (binding != NULL, FALSE);

  if (!enigm_ownership_load (state, binding->certificate, &ownership, error) ||
      !enigm_bindings_find_in_force (state, binding->certificate, &in_force, error))
    return FALSE;
  if (in_force != NULL)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL,
                         "the key has a binding in force; revoke or retire that one first");
      return FALSE;
    }
  if (binding->trusted == 0 || binding->released != 0 || !ownership.owned ||
      memcmp (ownership.account, binding->account, ENIGM_ID_SIZE) != 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL,
                         "this binding holds no ownership of the key");
      return FALSE;
    }
  if (ownership.suspended)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_KEY_SUSPENDED, NULL,
                         "an administrator has suspended the key");
      return FALSE;
    }

  now = enigm_platform_state_now (state);
  detail = g_strdup_printf ("released by %s", enigm_binding_by_name (by));
  if (!enigm_ownership_end (state, binding->certificate, binding->id, now, by, error) ||
      !audit (state, binding->pseudonym, "ownership", detail, error) ||
      !enigm_bindings_tell_owner (state, binding, error))
    return FALSE;
  enigm_changes_note_owner (state, binding->certificate, NULL, binding->id);
  binding->released = now;
  return TRUE;
}

/**
 * enigm_ownership_suspend:
 * @state: the platform, in a transaction
 * @certificate: a certificate hash
 * @suspended: whether it is to be suspended from now on
 * @error: return location
 *
 * For Command. The suspension follows the hardware: it restricts the binding in force, and while it
 * stands nothing binds or releases the certificate.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_ownership_suspend (EnigmPlatformState *state,
                         const guint8 certificate[ENIGM_SHA256_SIZE],
                         gboolean suspended,
                         GError **error)
{
  g_autoptr (EnigmBinding) in_force = NULL;
  g_autoptr (EnigmBinding) newest = NULL;
  EnigmOwnership ownership;

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);

  if (!enigm_ownership_load (state, certificate, &ownership, error) ||
      !enigm_bindings_find_in_force (state, certificate, &in_force, error) ||
      !enigm_bindings_find_newest (state, certificate, &newest, error))
    return FALSE;
  if (ownership.suspended == !!suspended)
    return TRUE;
  if (!enigm_store_run (state->store, error,
                        "INSERT INTO certificates (hash, suspended) VALUES (?1, ?2) "
                        "ON CONFLICT (hash) DO UPDATE SET suspended = ?2",
                        "bi", certificate, (gsize) ENIGM_SHA256_SIZE, (gint64) !!suspended) ||
      !audit (state,
              in_force != NULL ? in_force->pseudonym
              : newest != NULL ? newest->pseudonym
                               : NULL,
              "suspension", suspended ? "suspended by command" : "resumed by command", error))
    return FALSE;
  enigm_changes_note_suspended (state, certificate, suspended);
  if (in_force == NULL)
    return TRUE;
  if (suspended)
    return enigm_bindings_change (state, in_force, ENIGM_BINDING_RESTRICTED,
                                  ENIGM_BINDING_BY_COMMAND, ENIGM_REASON_SUSPENDED, error);
  return (in_force->restrictions & ENIGM_RESTRICTION_SUSPENDED) == 0 ||
         enigm_bindings_change (state, in_force, ENIGM_BINDING_TRUSTED, ENIGM_BINDING_BY_COMMAND,
                                ENIGM_REASON_RESUMED, error);
}
