/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-bindings.h"

#include "enigm-binding-events.h"
#include "enigm-changes.h"
#include "enigm-column.h"
#include "enigm-events.h"
#include "enigm-ownership.h"

#define COLUMNS                                                                                    \
  "id, handle, account, certificate, pseudonym, hash, state, restrictions, begun, since, "         \
  "trusted, "                                                                                      \
  "released, sequence, proved, proved_relayed, battery, battery_time, replaces"

static void
read_digest (EnigmStatement *row, gint column, guint8 digest[ENIGM_SHA256_SIZE])
{
  gsize size;
  const guint8 *data = enigm_statement_get_blob (row, column, &size);

  /* The table's checks hold the length. */
  g_assert (size == ENIGM_SHA256_SIZE);
  memcpy (digest, data, ENIGM_SHA256_SIZE);
}

static EnigmBinding *
read_binding (EnigmStatement *row)
{
  EnigmBinding *self = g_new0 (EnigmBinding, 1);

  enigm_statement_get_id (row, 0, self->id);
  enigm_statement_get_id (row, 1, self->handle);
  enigm_statement_get_id (row, 2, self->account);
  read_digest (row, 3, self->certificate);
  read_digest (row, 4, self->pseudonym);
  read_digest (row, 5, self->hash);
  self->state = (EnigmBindingState) enigm_statement_get_int64 (row, 6);
  self->restrictions = (guint) enigm_statement_get_int64 (row, 7);
  self->begun = enigm_statement_get_int64 (row, 8);
  self->since = enigm_statement_get_int64 (row, 9);
  self->trusted = enigm_statement_get_int64 (row, 10);
  self->released = enigm_statement_get_int64 (row, 11);
  self->sequence = enigm_statement_get_int64 (row, 12);
  self->proved = enigm_statement_get_int64 (row, 13);
  self->proved_relayed = enigm_statement_get_int64 (row, 14) != 0;
  self->battery = enigm_statement_is_null (row, 15) ? ENIGM_BATTERY_UNKNOWN
                                                    : (guint) enigm_statement_get_int64 (row, 15);
  self->battery_time = enigm_statement_get_int64 (row, 16);
  self->has_replaces = !enigm_statement_is_null (row, 17);
  enigm_statement_get_id (row, 17, self->replaces);
  return self;
}

static gboolean
find (EnigmStatement *statement, EnigmBinding **binding, GError **error)
{
  g_autoptr (EnigmStatement) row = statement;

  *binding = NULL;
  if (row == NULL)
    return FALSE;
  switch (enigm_statement_step (row, error))
    {
    case ENIGM_STEP_ROW:
      *binding = read_binding (row);
      return TRUE;
    case ENIGM_STEP_DONE:
      return TRUE;
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }
}

/**
 * enigm_bindings_find:
 * @state: the platform
 * @id: a binding ID
 * @binding: (out) (transfer full) (nullable): the binding, or %NULL if there is none
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_bindings_find (EnigmPlatformState *state,
                     const guint8 id[ENIGM_ID_SIZE],
                     EnigmBinding **binding,
                     GError **error)
{
  g_return_val_if_fail (state != NULL && id != NULL && binding != NULL, FALSE);

  return find (enigm_store_select (state->store, error,
                                   "SELECT " COLUMNS " FROM bindings WHERE id = ?1", "k", id),
               binding, error);
}

/**
 * enigm_bindings_find_by_handle:
 * @state: the platform
 * @handle: a handle
 * @binding: (out) (transfer full) (nullable): the binding, or %NULL if there is none
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_bindings_find_by_handle (EnigmPlatformState *state,
                               const guint8 handle[ENIGM_ID_SIZE],
                               EnigmBinding **binding,
                               GError **error)
{
  g_return_val_if_fail (state != NULL && handle != NULL && binding != NULL, FALSE);

  return find (enigm_store_select (state->store, error,
                                   "SELECT " COLUMNS " FROM bindings WHERE handle = ?1", "k",
                                   handle),
               binding, error);
}

/**
 * enigm_bindings_find_in_force:
 * @state: the platform
 * @certificate: a certificate hash
 * @binding: (out) (transfer full) (nullable): the trusted or restricted binding of that
 *   certificate, or %NULL if there is none
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_bindings_find_in_force (EnigmPlatformState *state,
                              const guint8 certificate[ENIGM_SHA256_SIZE],
                              EnigmBinding **binding,
                              GError **error)
{
  g_return_val_if_fail (state != NULL && certificate != NULL && binding != NULL, FALSE);

  return find (enigm_store_select (state->store, error,
                                   "SELECT " COLUMNS
                                   " FROM bindings WHERE certificate = ?1 AND state IN (2, 3)",
                                   "b", certificate, (gsize) ENIGM_SHA256_SIZE),
               binding, error);
}

/**
 * enigm_bindings_find_pending:
 * @state: the platform
 * @certificate: a certificate hash
 * @binding: (out) (transfer full) (nullable): the pending binding of that certificate, or %NULL if
 *   there is none
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_bindings_find_pending (EnigmPlatformState *state,
                             const guint8 certificate[ENIGM_SHA256_SIZE],
                             EnigmBinding **binding,
                             GError **error)
{
  g_return_val_if_fail (state != NULL && certificate != NULL && binding != NULL, FALSE);

  return find (enigm_store_select (state->store, error,
                                   "SELECT " COLUMNS
                                   " FROM bindings WHERE certificate = ?1 AND state = 1",
                                   "b", certificate, (gsize) ENIGM_SHA256_SIZE),
               binding, error);
}

/**
 * enigm_bindings_find_newest:
 * @state: the platform
 * @certificate: a certificate hash
 * @binding: (out) (transfer full) (nullable): the last binding of that certificate, ended or not;
 *   %NULL if it never had one
 * @error: return location
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_bindings_find_newest (EnigmPlatformState *state,
                            const guint8 certificate[ENIGM_SHA256_SIZE],
                            EnigmBinding **binding,
                            GError **error)
{
  g_return_val_if_fail (state != NULL && certificate != NULL && binding != NULL, FALSE);

  return find (enigm_store_select (state->store, error,
                                   "SELECT " COLUMNS " FROM bindings WHERE certificate = ?1 "
                                   "ORDER BY begun DESC, since DESC, id LIMIT 1",
                                   "b", certificate, (gsize) ENIGM_SHA256_SIZE),
               binding, error);
}

static GPtrArray *
list (EnigmStatement *statement, GError **error)
{
  g_autoptr (EnigmStatement) row = statement;
  g_autoptr (GPtrArray) bindings = NULL;
  EnigmStep step;

  if (row == NULL)
    return NULL;
  bindings = g_ptr_array_new_with_free_func ((GDestroyNotify) enigm_binding_free);
  while ((step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    g_ptr_array_add (bindings, read_binding (row));
  return step == ENIGM_STEP_DONE ? g_steal_pointer (&bindings) : NULL;
}

/**
 * enigm_bindings_list:
 * @state: the platform
 * @account: an account
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type EnigmBinding): all bindings of the account,
 *   ended ones too, newest first; %NULL if the database failed
 */
GPtrArray *
enigm_bindings_list (EnigmPlatformState *state, const guint8 account[ENIGM_ID_SIZE], GError **error)
{
  g_return_val_if_fail (state != NULL && account != NULL, NULL);

  return list (
    enigm_store_select (state->store, error,
                        "SELECT " COLUMNS
                        " FROM bindings WHERE account = ?1 ORDER BY begun DESC, since DESC, id",
                        "k", account),
    error);
}

/**
 * enigm_bindings_list_all:
 * @state: the platform
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type EnigmBinding): the bindings of all accounts,
 *   ended ones too, newest first; %NULL if the database failed
 */
GPtrArray *
enigm_bindings_list_all (EnigmPlatformState *state, GError **error)
{
  g_return_val_if_fail (state != NULL, NULL);

  return list (
    enigm_store_select (state->store, error,
                        "SELECT " COLUMNS " FROM bindings ORDER BY begun DESC, since DESC, id", ""),
    error);
}

/**
 * enigm_bindings_tell_owner:
 * @state: the platform, in a transaction
 * @binding: a binding that has changed
 * @error: return location
 *
 * Tells the apps of its account, if that is not deleted.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_bindings_tell_owner (EnigmPlatformState *state, const EnigmBinding *binding, GError **error)
{
  static const guint8 nobody[ENIGM_ID_SIZE];

  g_return_val_if_fail (state != NULL && binding != NULL, FALSE);

  return memcmp (binding->account, nobody, sizeof nobody) == 0 ||
         enigm_hub_post (state->hub, binding->account, ENIGM_HUB_KEYS, NULL, error);
}

/* What every change leaves behind, in its transaction: a line of history, an audit record, a change
 * in the journal, and news for the owner's apps. */
static gboolean
record (EnigmPlatformState *state,
        const EnigmBinding *binding,
        EnigmBindingState from,
        EnigmBindingBy by,
        EnigmBindingReason reason,
        GError **error)
{
  g_autofree char *detail =
    g_strdup_printf ("%s to %s by %s: %s", enigm_binding_state_name (from),
                     enigm_binding_state_name (binding->state), enigm_binding_by_name (by),
                     enigm_binding_reason_name (reason));
  EnigmAuditEntry entry = { enigm_platform_state_now (state), binding->pseudonym, "binding",
                            detail };

  if (!enigm_store_run (state->store, error,
                        "INSERT INTO binding_history (binding, time, from_state, to_state, by, "
                        "reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        "kiiiii", binding->id, entry.time, (gint64) from, (gint64) binding->state,
                        (gint64) by, (gint64) reason) ||
      !enigm_audit_append (state->audit, &entry, error) ||
      !enigm_bindings_tell_owner (state, binding, error))
    return FALSE;
  enigm_changes_note_changed (state, binding, by, reason);
  return TRUE;
}

/**
 * enigm_bindings_begin:
 * @state: the platform, in a transaction
 * @binding: the new binding: identifiers, account, certificate, pseudonym, hash and what it
 *   replaces; the rest is filled in here
 * @computer: the computer that asked for the offer
 * @request_key: what its requests are MACed with
 * @answer_key: what answers to it are MACed with
 * @error: return location
 *
 * Stores a binding as pending. An earlier pending one of the same certificate is cancelled. Nothing
 * else of the key's ownership or of an earlier binding changes.
 *
 * Returns: %FALSE if the database or the journal failed
 */
gboolean
enigm_bindings_begin (EnigmPlatformState *state,
                      EnigmBinding *binding,
                      const guint8 computer[ENIGM_ID_SIZE],
                      EnigmSecret *request_key,
                      EnigmSecret *answer_key,
                      GError **error)
{
  g_autoptr (GBytes) sealed_request = NULL;
  g_autoptr (GBytes) sealed_answer = NULL;
  g_autoptr (EnigmBinding) earlier = NULL;
  g_autoptr (EnigmBinding) in_force = NULL;

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail (binding != NULL && computer != NULL, FALSE);

  if (!enigm_bindings_find_pending (state, binding->certificate, &earlier, error))
    return FALSE;
  if (earlier != NULL && !enigm_bindings_change (state, earlier, ENIGM_BINDING_CANCELLED,
                                                 ENIGM_BINDING_BY_KEY, ENIGM_REASON_NEWER, error))
    return FALSE;

  if (!enigm_lifecycle_decide (ENIGM_BINDING_NONE, 0, ENIGM_BINDING_PENDING, ENIGM_BINDING_BY_KEY,
                               ENIGM_REASON_ATTESTED, &binding->state, &binding->restrictions,
                               error))
    return FALSE;
  binding->begun = binding->since = enigm_platform_state_now (state);
  binding->battery = ENIGM_BATTERY_UNKNOWN;

  sealed_request =
    enigm_column_seal (state->column_key, "bindings.request_key", binding->id, request_key, error);
  sealed_answer =
    enigm_column_seal (state->column_key, "bindings.answer_key", binding->id, answer_key, error);
  if (sealed_request == NULL || sealed_answer == NULL)
    return FALSE;

  if (!enigm_store_run (
        state->store, error,
        "INSERT INTO bindings (id, handle, account, certificate, pseudonym, hash, request_key, "
        "answer_key, state, restrictions, begun, since, replaces) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, ?10, ?11)",
        "kkkbbbbbiik", binding->id, binding->handle, binding->account, binding->certificate,
        sizeof binding->certificate, binding->pseudonym, sizeof binding->pseudonym, binding->hash,
        sizeof binding->hash, g_bytes_get_data (sealed_request, NULL),
        g_bytes_get_size (sealed_request), g_bytes_get_data (sealed_answer, NULL),
        g_bytes_get_size (sealed_answer), (gint64) binding->state, binding->begun,
        binding->has_replaces ? binding->replaces : NULL))
    return FALSE;
  enigm_changes_note_begun (state, binding, computer, sealed_request, sealed_answer);
  if (binding->has_replaces)
    enigm_changes_note_replaces (state, binding);

  if (!record (state, binding, ENIGM_BINDING_NONE, ENIGM_BINDING_BY_KEY, ENIGM_REASON_ATTESTED,
               error) ||
      !enigm_bindings_add_computer (state, binding->id, computer, NULL, error))
    return FALSE;

  /* Secrets outlive a new binding by the same owner; K drops those it is not told of. */
  if (!enigm_bindings_find_in_force (state, binding->certificate, &in_force, error))
    return FALSE;
  if (in_force != NULL && memcmp (in_force->account, binding->account, ENIGM_ID_SIZE) == 0)
    {
      guint8 computers[ENIGM_BINDING_MAX_COMPUTERS][ENIGM_ID_SIZE];
      guint n;

      if (!enigm_bindings_list_computers (state, in_force->id, computers, &n, error))
        return FALSE;
      for (guint i = 0; i < n; i++)
        if (!enigm_bindings_add_computer (state, binding->id, computers[i], NULL, error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
end_pending (EnigmPlatformState *state,
             const EnigmBinding *binding,
             EnigmBindingBy by,
             EnigmBindingReason reason,
             GError **error)
{
  g_autoptr (EnigmBinding) pending = NULL;
  EnigmBindingState to = ENIGM_BINDING_CANCELLED;

  if (!enigm_bindings_find_pending (state, binding->certificate, &pending, error))
    return FALSE;
  if (pending == NULL || memcmp (pending->account, binding->account, ENIGM_ID_SIZE) != 0)
    return TRUE;
  if (binding->state == ENIGM_BINDING_REVOKED)
    to = ENIGM_BINDING_REVOKED;
  return enigm_bindings_change (state, pending, to, by, reason, error);
}

/**
 * enigm_bindings_change:
 * @state: the platform, in a transaction
 * @binding: the binding, as it was read in this transaction; it is kept right
 * @to: where it is to go
 * @by: who asks
 * @reason: why
 * @error: return location
 *
 * Moves a binding, if enigm_lifecycle_decide() allows it, with everything that follows in the same
 * transaction: loss, revocation and retirement end a pending binding of the same certificate;
 * retirement releases the key. Trust is given by enigm_bindings_trust() alone.
 *
 * Returns: %FALSE with %ENIGM_ERROR_PLATFORM_REFUSED if it is not allowed, with another error if
 *   the database failed
 */
gboolean
enigm_bindings_change (EnigmPlatformState *state,
                       EnigmBinding *binding,
                       EnigmBindingState to,
                       EnigmBindingBy by,
                       EnigmBindingReason reason,
                       GError **error)
{
  EnigmBindingState from;
  gboolean was_in_force;

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail (binding != NULL, FALSE);

  from = binding->state;
  was_in_force = enigm_binding_state_in_force (from);
  if (!enigm_lifecycle_decide (from, binding->restrictions, to, by, reason, &binding->state,
                               &binding->restrictions, error))
    return FALSE;
  binding->since = enigm_platform_state_now (state);
  if (binding->state == ENIGM_BINDING_TRUSTED && binding->trusted == 0)
    binding->trusted = binding->since;

  if (!enigm_store_run (state->store, error,
                        "UPDATE bindings SET state = ?2, restrictions = ?3, since = ?4, "
                        "trusted = NULLIF (?5, 0) WHERE id = ?1",
                        "kiiii", binding->id, (gint64) binding->state,
                        (gint64) binding->restrictions, binding->since, binding->trusted) ||
      !record (state, binding, from, by, reason, error))
    return FALSE;

  if (!was_in_force)
    return TRUE;
  switch (binding->state)
    {
    case ENIGM_BINDING_RESTRICTED:
      return ((binding->restrictions & ENIGM_RESTRICTION_LOST) == 0 ||
              reason != ENIGM_REASON_LOST || end_pending (state, binding, by, reason, error)) &&
             enigm_binding_events_announce (state, binding->id, error);
    case ENIGM_BINDING_REVOKED:
      return end_pending (state, binding, by, reason, error) &&
             enigm_binding_events_announce (state, binding->id, error);
    case ENIGM_BINDING_RETIRED:
      return end_pending (state, binding, by, reason, error) &&
             enigm_ownership_release (state, binding, by, error) &&
             enigm_binding_events_announce (state, binding->id, error);
    case ENIGM_BINDING_TRUSTED:
      return from != ENIGM_BINDING_RESTRICTED ||
             enigm_binding_events_announce (state, binding->id, error);
    case ENIGM_BINDING_NONE:
    case ENIGM_BINDING_PENDING:
    case ENIGM_BINDING_REPLACED:
    case ENIGM_BINDING_CANCELLED:
    case ENIGM_BINDING_EXPIRED:
    default:
      return TRUE;
    }
}

/* Another key's binding that this one was paired to replace ends with its trust, and not before.
 * Its events stay its own: the new key never drew their IDs. One that has ended by now, as lost for
 * example, stays as it is. */
static gboolean
end_replaced (EnigmPlatformState *state, const EnigmBinding *binding, GError **error)
{
  g_autoptr (EnigmBinding) replaced = NULL;

  if (!binding->has_replaces)
    return TRUE;
  if (!enigm_bindings_find (state, binding->replaces, &replaced, error))
    return FALSE;
  if (replaced == NULL || memcmp (replaced->account, binding->account, ENIGM_ID_SIZE) != 0 ||
      !enigm_binding_state_in_force (replaced->state))
    return TRUE;
  return enigm_bindings_change (state, replaced, ENIGM_BINDING_REPLACED, ENIGM_BINDING_BY_PLATFORM,
                                ENIGM_REASON_REPLACED, error) &&
         enigm_binding_events_announce (state, replaced->id, error);
}

/**
 * enigm_bindings_trust:
 * @state: the platform, in the transaction that accepts the proof
 * @binding: a pending binding whose key has proved its credential; it is kept right
 * @error: return location
 *
 * Makes a binding trusted. In the same transaction an earlier binding of the certificate ends, its
 * open events go on under this one, the binding of another key that it was paired to replace ends,
 * and the certificate belongs to the account.
 *
 * Returns: %FALSE with the problem `key-owned` or `key-suspended` if the certificate forbids it,
 *   with another error if the lifecycle refused or the database failed
 */
gboolean
enigm_bindings_trust (EnigmPlatformState *state, EnigmBinding *binding, GError **error)
{
  g_autoptr (EnigmBinding) earlier = NULL;

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail (binding != NULL, FALSE);

  if (!enigm_ownership_allows_binding (state, binding->certificate, binding->account, error) ||
      !enigm_bindings_find_in_force (state, binding->certificate, &earlier, error))
    return FALSE;

  if (earlier != NULL)
    {
      guint8 computers[ENIGM_BINDING_MAX_COMPUTERS][ENIGM_ID_SIZE];
      guint n;

      if (!enigm_bindings_change (state, earlier, ENIGM_BINDING_REPLACED, ENIGM_BINDING_BY_PLATFORM,
                                  ENIGM_REASON_REPLACED, error) ||
          !enigm_bindings_list_computers (state, earlier->id, computers, &n, error))
        return FALSE;
      /* One may have joined since this binding began. */
      for (guint i = 0; i < n; i++)
        if (!enigm_bindings_add_computer (state, binding->id, computers[i], NULL, error))
          return FALSE;
      if (!enigm_events_move (state, earlier->id, binding->id, error))
        return FALSE;
      enigm_changes_note_successor (state, earlier->id, binding->id);
    }

  return enigm_bindings_change (state, binding, ENIGM_BINDING_TRUSTED, ENIGM_BINDING_BY_KEY,
                                ENIGM_REASON_PROVED, error) &&
         end_replaced (state, binding, error) && enigm_ownership_take (state, binding, error);
}

/**
 * enigm_bindings_note_contact:
 * @state: the platform, in the transaction that accepts a request
 * @binding: the binding whose key asked; it is kept right
 * @relayed: whether it came through an app
 * @battery: percent, or %ENIGM_BATTERY_UNKNOWN
 * @tell: whether the owner's apps are to be told; of a first proof and of another battery they are
 *   told anyway
 * @error: return location
 *
 * Any accepted request of a binding in force proves its credential anew.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_bindings_note_contact (EnigmPlatformState *state,
                             EnigmBinding *binding,
                             gboolean relayed,
                             guint battery,
                             gboolean tell,
                             GError **error)
{
  gboolean news = tell;

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail (binding != NULL && battery <= ENIGM_BATTERY_UNKNOWN, FALSE);

  if (enigm_binding_state_in_force (binding->state))
    {
      /* After a restore its owner waits for this. */
      news |= binding->proved == 0;
      binding->proved = enigm_platform_state_now (state);
      binding->proved_relayed = relayed;
    }
  if (battery != ENIGM_BATTERY_UNKNOWN)
    {
      news |= binding->battery_time == 0 || binding->battery != battery;
      binding->battery = battery;
      binding->battery_time = enigm_platform_state_now (state);
    }
  return enigm_store_run (
           state->store, error,
           "UPDATE bindings SET proved = NULLIF (?2, 0), proved_relayed = ?3, "
           "battery = CASE WHEN ?5 = 0 THEN NULL ELSE ?4 END, battery_time = NULLIF (?5, 0) "
           "WHERE id = ?1",
           "kiiii", binding->id, binding->proved, (gint64) binding->proved_relayed,
           (gint64) binding->battery, binding->battery_time) &&
         (!news || enigm_hub_post (state->hub, binding->account, ENIGM_HUB_KEYS, NULL, error));
}

/**
 * enigm_bindings_is_overdue:
 * @state: the platform
 * @binding: a binding
 *
 * Returns: whether it is pending, and has been for too long
 */
gboolean
enigm_bindings_is_overdue (EnigmPlatformState *state, const EnigmBinding *binding)
{
  g_return_val_if_fail (state != NULL && binding != NULL, FALSE);

  return binding->state == ENIGM_BINDING_PENDING &&
         binding->begun + ENIGM_BINDING_PENDING_SECONDS <= enigm_platform_state_now (state);
}

/**
 * enigm_bindings_expire:
 * @state: the platform, in a transaction
 * @error: return location
 *
 * Ends every pending binding whose time is up, and deletes every offer whose time is up, with its
 * ephemeral key.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_bindings_expire (EnigmPlatformState *state, GError **error)
{
  g_autoptr (GPtrArray) overdue = NULL;
  gint64 now;

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);

  now = enigm_platform_state_now (state);
  overdue =
    list (enigm_store_select (state->store, error,
                              "SELECT " COLUMNS " FROM bindings WHERE state = 1 AND begun <= ?1",
                              "i", now - ENIGM_BINDING_PENDING_SECONDS),
          error);
  if (overdue == NULL)
    return FALSE;
  for (guint i = 0; i < overdue->len; i++)
    if (!enigm_bindings_change (state, g_ptr_array_index (overdue, i), ENIGM_BINDING_EXPIRED,
                                ENIGM_BINDING_BY_PLATFORM, ENIGM_REASON_EXPIRED, error))
      return FALSE;
  return enigm_store_run (state->store, error, "DELETE FROM offers WHERE expires <= ?1", "i", now);
}

/**
 * enigm_bindings_open_keys:
 * @state: the platform
 * @binding: a binding
 * @request_key: (out) (transfer full) (optional): what its requests are MACed with
 * @answer_key: (out) (transfer full) (optional): what answers to it are MACed with
 * @error: return location
 *
 * Returns: %FALSE if the database failed, or what it holds does not open
 */
gboolean
enigm_bindings_open_keys (EnigmPlatformState *state,
                          const EnigmBinding *binding,
                          EnigmSecret **request_key,
                          EnigmSecret **answer_key,
                          GError **error)
{
  g_autoptr (EnigmStatement) row = NULL;
  g_autoptr (EnigmSecret) request = NULL;
  g_autoptr (EnigmSecret) answer = NULL;

  g_return_val_if_fail (state != NULL && binding != NULL, FALSE);

  row = enigm_store_select (state->store, error,
                            "SELECT request_key, answer_key FROM bindings WHERE id = ?1", "k",
                            binding->id);
  if (row == NULL)
    return FALSE;
  switch (enigm_statement_step (row, error))
    {
    case ENIGM_STEP_ROW:
      break;
    case ENIGM_STEP_DONE:
      g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "a binding is gone");
      return FALSE;
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }

  {
    g_autoptr (GBytes) sealed_request = enigm_statement_dup_bytes (row, 0);
    g_autoptr (GBytes) sealed_answer = enigm_statement_dup_bytes (row, 1);

    request = enigm_column_open (state->column_key, "bindings.request_key", binding->id,
                                 sealed_request, error);
    if (request == NULL)
      return FALSE;
    answer = enigm_column_open (state->column_key, "bindings.answer_key", binding->id,
                                sealed_answer, error);
    if (answer == NULL)
      return FALSE;
  }
  if (request_key != NULL)
    *request_key = g_steal_pointer (&request);
  if (answer_key != NULL)
    *answer_key = g_steal_pointer (&answer);
  return TRUE;
}

/**
 * enigm_binding_free:
 * @self: (transfer full): a binding
 */
void
enigm_binding_free (EnigmBinding *self)
{
  g_free (self);
}
