/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-events.h"

#include "enigm-changes.h"
#include "enigm-problem.h"

#define DAY_SECONDS (24 * 60 * 60)

static const gchar *const kinds[] = {
  [ENIGM_EVENT_ALERT] = "alert",
  [ENIGM_EVENT_DRILL] = "drill",
};

static const gchar *const enders[] = {
  [ENIGM_EVENT_ENDED_BY_KEY] = "key",
  [ENIGM_EVENT_ENDED_BY_APP] = "app",
  [ENIGM_EVENT_ENDED_BY_REVOCATION] = "revoked",
};

static gboolean
tell_everyone (EnigmPlatformState *state,
               const guint8 *event_id,
               const guint8 *named,
               GError **error)
{
  g_autoptr (EnigmStatement) statement =
    enigm_store_select (state->store, error,
                        "SELECT account FROM events WHERE id = ?1 UNION ALL"
                        " SELECT contact FROM event_contacts WHERE event = ?1 AND removed IS NULL",
                        "k", event_id);
  EnigmStep step = ENIGM_STEP_ERROR;

  while (statement != NULL && (step = enigm_statement_step (statement, error)) == ENIGM_STEP_ROW)
    {
      guint8 account[ENIGM_ID_SIZE];

      enigm_statement_get_id (statement, 0, account);
      if (!enigm_hub_post (state->hub, account, ENIGM_HUB_EVENT, named, error))
        return FALSE;
    }
  return step == ENIGM_STEP_DONE;
}

/**
 * enigm_events_tell:
 * @state: the platform, with a transaction
 * @event_id: (array fixed-size=16): ID of an event
 * @error: why it failed
 *
 * Tells its owner and everyone who may see it that an event began or changed.
 *
 * Returns: whether it will be told once the transaction is committed
 */
gboolean
enigm_events_tell (EnigmPlatformState *state, const guint8 event_id[ENIGM_ID_SIZE], GError **error)
{
  return tell_everyone (state, event_id, event_id, error);
}

/**
 * enigm_events_tell_stage:
 * @state: the platform, with a transaction
 * @event_id: (array fixed-size=16): ID of an event
 * @contact: (array fixed-size=16): ID of the account of a contact who was told of it
 * @error: why it failed
 *
 * Tells its owner, and the contact's other computers, how far the contact is. The other contacts
 * see nothing of it.
 *
 * Returns: whether it will be told once the transaction is committed
 */
gboolean
enigm_events_tell_stage (EnigmPlatformState *state,
                         const guint8 event_id[ENIGM_ID_SIZE],
                         const guint8 contact[ENIGM_ID_SIZE],
                         GError **error)
{
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    state->store, error, "SELECT account FROM events WHERE id = ?1", "k", event_id);
  guint8 owner[ENIGM_ID_SIZE];

  if (statement == NULL || enigm_statement_step (statement, error) != ENIGM_STEP_ROW)
    return FALSE;
  enigm_statement_get_id (statement, 0, owner);
  return enigm_hub_post (state->hub, owner, ENIGM_HUB_EVENT, event_id, error) &&
         enigm_hub_post (state->hub, contact, ENIGM_HUB_EVENT, event_id, error);
}

static gboolean
insert_position (EnigmPlatformState *state,
                 const guint8 *event_id,
                 const EnigmEventPosition *position,
                 GError **error)
{
  return enigm_store_run (state->store, error,
                          "INSERT INTO event_positions (event, latitude, longitude, accuracy, time)"
                          " VALUES (?1, ?2, ?3, ?4, ?5)",
                          "kiiii", event_id, (gint64) position->latitude,
                          (gint64) position->longitude, (gint64) position->accuracy,
                          position->time);
}

/* One event ID makes one event: raised again it stays as it is, except that an open one goes on
 * under the handle that asks last. An ID that another account uses is nobody's by chance; and a
 * drill becomes no alert, nor an alert a drill, by asking again. */
static gboolean
raise_again (EnigmPlatformState *state,
             const guint8 *account_id,
             const guint8 *binding_id,
             const guint8 *event_id,
             EnigmEventKind kind,
             GError **error)
{
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    state->store, error, "SELECT 1 FROM events WHERE id = ?1 AND account = ?2 AND kind = ?3", "kks",
    event_id, account_id, kinds[kind]);

  switch (statement != NULL ? enigm_statement_step (statement, error) : ENIGM_STEP_ERROR)
    {
    case ENIGM_STEP_ROW:
      return enigm_store_run (state->store, error,
                              "UPDATE events SET binding = ?1 WHERE id = ?2 AND ended IS NULL",
                              "kk", binding_id, event_id);
    case ENIGM_STEP_DONE:
      enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL, "the event ID is in use");
      return FALSE;
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }
}

/**
 * enigm_events_raise:
 * @state: the platform, with a transaction
 * @account_id: (array fixed-size=16): ID of the account the key is bound to
 * @binding_id: (array fixed-size=16): ID of the binding
 * @event_id: (array fixed-size=16): what the key drew at the press
 * @kind: alert or drill
 * @pressed: when it was pressed, Unix seconds
 * @position: (nullable): where, if the key knew
 * @error: %ENIGM_PROBLEM_STATE_FORBIDS if another account has an event of that ID, or the
 * database's
 *
 * Makes an event and tells everyone who accepted to be told. Raised again, nothing more happens.
 *
 * Returns: whether there is such an event now
 */
gboolean
enigm_events_raise (EnigmPlatformState *state,
                    const guint8 account_id[ENIGM_ID_SIZE],
                    const guint8 binding_id[ENIGM_ID_SIZE],
                    const guint8 event_id[ENIGM_ID_SIZE],
                    EnigmEventKind kind,
                    gint64 pressed,
                    const EnigmEventPosition *position,
                    GError **error)
{
  gint64 now = enigm_platform_state_now (state);

  g_return_val_if_fail (enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kinds), FALSE);

  if (!enigm_store_run (
        state->store, error,
        "INSERT INTO events (id, account, binding, kind, pressed, received, delete_on, number)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
        "  (SELECT coalesce (max (number), 0) + 1 FROM events)) ON CONFLICT DO NOTHING",
        "kkksiii", event_id, account_id, binding_id, kinds[kind], CLAMP (pressed, 1, now), now,
        now + (gint64) state->config->retention_days * DAY_SECONDS))
    return FALSE;
  if (enigm_store_get_changes (state->store) == 0)
    return raise_again (state, account_id, binding_id, event_id, kind, error);
  return enigm_store_run (state->store, error,
                          "INSERT INTO event_contacts (event, contact, contact_id, place, accepted)"
                          " SELECT ?1, contact, contact_id, position, ?2 FROM contacts"
                          " WHERE owner = ?3 AND state = 'eligible' AND contact IS NOT NULL",
                          "kik", event_id, now, account_id) &&
         (position == NULL || insert_position (state, event_id, position, error)) &&
         enigm_events_tell (state, event_id, error);
}

/* Whether that is an open event of the binding: 1, 0, or -1 with an error. */
static EnigmStep
find_open (EnigmPlatformState *state,
           const guint8 *binding_id,
           const guint8 *event_id,
           GError **error)
{
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    state->store, error, "SELECT 1 FROM events WHERE id = ?1 AND binding = ?2 AND ended IS NULL",
    "kk", event_id, binding_id);
  EnigmStep step = statement != NULL ? enigm_statement_step (statement, error) : ENIGM_STEP_ERROR;

  if (step == ENIGM_STEP_DONE)
    enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, NULL, "there is no such open event");
  return step;
}

/**
 * enigm_events_add_position:
 * @state: the platform, with a transaction
 * @binding_id: (array fixed-size=16): ID of the binding
 * @event_id: (array fixed-size=16): ID of an event
 * @position: where the key was
 * @error: %ENIGM_PROBLEM_UNKNOWN unless it is an open event of that binding
 *
 * Returns: whether it was added
 */
gboolean
enigm_events_add_position (EnigmPlatformState *state,
                           const guint8 binding_id[ENIGM_ID_SIZE],
                           const guint8 event_id[ENIGM_ID_SIZE],
                           const EnigmEventPosition *position,
                           GError **error)
{
  g_return_val_if_fail (enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail (position != NULL, FALSE);

  return find_open (state, binding_id, event_id, error) == ENIGM_STEP_ROW &&
         insert_position (state, event_id, position, error) &&
         enigm_events_tell (state, event_id, error);
}

/**
 * enigm_events_end:
 * @state: the platform, with a transaction
 * @binding_id: (array fixed-size=16): ID of the binding
 * @event_id: (array fixed-size=16): ID of an event
 * @ended_by: who or what ends it
 * @ended: when, Unix seconds
 * @error: %ENIGM_PROBLEM_UNKNOWN unless it is an open event of that binding
 *
 * Returns: whether it is over now
 */
gboolean
enigm_events_end (EnigmPlatformState *state,
                  const guint8 binding_id[ENIGM_ID_SIZE],
                  const guint8 event_id[ENIGM_ID_SIZE],
                  EnigmEventEnder ended_by,
                  gint64 ended,
                  GError **error)
{
  g_return_val_if_fail (enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail ((guint) ended_by < G_N_ELEMENTS (enders), FALSE);

  if (find_open (state, binding_id, event_id, error) != ENIGM_STEP_ROW)
    return FALSE;
  enigm_changes_note_ended (state, event_id, enders[ended_by]);
  return enigm_store_run (state->store, error,
                          "UPDATE events SET ended = max (received, min (?1, ?2)), ended_by = ?3"
                          " WHERE id = ?4",
                          "iisk", ended, enigm_platform_state_now (state), enders[ended_by],
                          event_id) &&
         enigm_events_tell (state, event_id, error);
}

/**
 * enigm_events_move:
 * @state: the platform, with a transaction
 * @from: (array fixed-size=16): ID of a binding that is replaced
 * @to: (array fixed-size=16): ID of the binding that replaces it
 * @error: why it failed
 *
 * Lets open events go on under another handle.
 *
 * Returns: whether they do
 */
gboolean
enigm_events_move (EnigmPlatformState *state,
                   const guint8 from[ENIGM_ID_SIZE],
                   const guint8 to[ENIGM_ID_SIZE],
                   GError **error)
{
  g_return_val_if_fail (enigm_store_in_transaction (state->store), FALSE);

  return enigm_store_run (state->store, error,
                          "UPDATE events SET binding = ?1 WHERE binding = ?2 AND ended IS NULL",
                          "kk", to, from);
}

/**
 * enigm_events_count_open:
 * @state: the platform
 * @binding_id: (array fixed-size=16): ID of a binding
 * @error: why it failed
 *
 * Returns: how many of its events are open, or -1 with @error set
 */
gint
enigm_events_count_open (EnigmPlatformState *state,
                         const guint8 binding_id[ENIGM_ID_SIZE],
                         GError **error)
{
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    state->store, error, "SELECT count (*) FROM events WHERE binding = ?1 AND ended IS NULL", "k",
    binding_id);

  if (statement == NULL || enigm_statement_step (statement, error) != ENIGM_STEP_ROW)
    return -1;
  return enigm_statement_get_int64 (statement, 0);
}

static gboolean
list_over (EnigmPlatformState *state, gint64 now, GByteArray *ids, GError **error)
{
  g_autoptr (EnigmStatement) statement = enigm_store_select (
    state->store, error, "SELECT id FROM events WHERE delete_on <= ?1", "i", now);
  EnigmStep step = ENIGM_STEP_ERROR;

  while (statement != NULL && (step = enigm_statement_step (statement, error)) == ENIGM_STEP_ROW)
    {
      guint8 event_id[ENIGM_ID_SIZE];

      enigm_statement_get_id (statement, 0, event_id);
      g_byte_array_append (ids, event_id, sizeof event_id);
    }
  return step == ENIGM_STEP_DONE;
}

/**
 * enigm_events_forget:
 * @state: the platform, with a transaction
 * @event_id: (array fixed-size=16): ID of an event
 * @error: why it failed
 *
 * Deletes an event, with its positions and everything that names it, and tells everyone who saw it
 * to ask again. Once the transaction is committed, enigm_store_settle() takes it off the disk, too.
 *
 * Returns: whether it is gone once the transaction is committed
 */
gboolean
enigm_events_forget (EnigmPlatformState *state,
                     const guint8 event_id[ENIGM_ID_SIZE],
                     GError **error)
{
  g_return_val_if_fail (enigm_store_in_transaction (state->store), FALSE);

  return enigm_store_run (state->store, error, "DELETE FROM stream_items WHERE event = ?1", "k",
                          event_id) &&
         tell_everyone (state, event_id, NULL, error) &&
         enigm_store_run (state->store, error, "DELETE FROM events WHERE id = ?1", "k", event_id);
}

/**
 * enigm_events_delete_over:
 * @state: the platform
 * @error: why it failed
 *
 * Deletes every event whose time is over, with its positions, and the stream items as old as that.
 * enigm_store_settle() takes them off the disk, too.
 *
 * Returns: whether it is done
 */
gboolean
enigm_events_delete_over (EnigmPlatformState *state, GError **error)
{
  gint64 now = enigm_platform_state_now (state);
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);
  g_autoptr (GByteArray) ids = g_byte_array_new ();

  if (transaction == NULL || !list_over (state, now, ids, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i += ENIGM_ID_SIZE)
    if (!enigm_events_forget (state, ids->data + i, error))
      return FALSE;
  return enigm_store_run (state->store, error, "DELETE FROM stream_items WHERE time <= ?1", "i",
                          now - (gint64) state->config->retention_days * DAY_SECONDS) &&
         enigm_store_commit (state->store, error);
}
