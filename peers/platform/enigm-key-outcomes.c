/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What becomes of a key's request, once its MAC, its digest and its clock are right: PROTOCOL.md,
 * section 6, from the epoch on. */

#include "enigm-key-outcomes.h"

#include "enigm-events.h"
#include "enigm-key-attempts.h"
#include "enigm-key-numbers.h"
#include "enigm-ownership.h"

static gint64
ago (EnigmPlatformState *state, guint32 age)
{
  return MAX (0, enigm_platform_state_now (state) - (gint64) age);
}

static EnigmEventPosition
read_position (EnigmPlatformState *state, const EnigmKeyRequest *request)
{
  EnigmEventPosition position = {
    .latitude = request->position.latitude,
    .longitude = request->position.longitude,
    .accuracy = request->position.accuracy,
    .time = ago (state, request->position.age),
  };

  return position;
}

/* What only a trusted key may ask. */
static gboolean
do_event (EnigmPlatformState *state,
          const EnigmBinding *binding,
          const EnigmKeyRequest *request,
          GError **error)
{
  EnigmEventPosition position = read_position (state, request);

  switch (request->kind)
    {
    case ENIGM_KEY_REQUEST_ALERT:
    case ENIGM_KEY_REQUEST_DRILL:
      return enigm_events_raise (
        state, binding->account, binding->id, request->event,
        request->kind == ENIGM_KEY_REQUEST_ALERT ? ENIGM_EVENT_ALERT : ENIGM_EVENT_DRILL,
        ago (state, request->age), request->has_position ? &position : NULL, error);
    case ENIGM_KEY_REQUEST_POSITION:
      return enigm_events_add_position (state, binding->id, request->event, &position, error);
    case ENIGM_KEY_REQUEST_END:
      return enigm_events_end (state, binding->id, request->event, ENIGM_EVENT_ENDED_BY_KEY,
                               ago (state, request->age), error);
    case ENIGM_KEY_REQUEST_PROOF:
    case ENIGM_KEY_REQUEST_STATE:
      return TRUE;
    default:
      g_return_val_if_reached (FALSE);
    }
}

static gboolean
account_exists (EnigmPlatformState *state,
                const EnigmBinding *binding,
                gboolean *exists,
                GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error, "SELECT 1 FROM accounts WHERE id = ?1", "k", binding->account);
  EnigmStep step = row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR;

  *exists = step == ENIGM_STEP_ROW;
  return step != ENIGM_STEP_ERROR;
}

/* Some refusals are answers to the key; a database that failed is not, and undoes everything. */
static gboolean
outcome_from_error (GError *problem, EnigmKeyOutcome *outcome, GError **error)
{
  if (g_error_matches (problem, ENIGM_PROBLEM, ENIGM_PROBLEM_UNKNOWN))
    *outcome = ENIGM_KEY_OUTCOME_UNKNOWN_EVENT;
  else if (g_error_matches (problem, ENIGM_PROBLEM, ENIGM_PROBLEM_KEY_OWNED) ||
           g_error_matches (problem, ENIGM_PROBLEM, ENIGM_PROBLEM_KEY_SUSPENDED) ||
           g_error_matches (problem, ENIGM_PROBLEM, ENIGM_PROBLEM_STATE_FORBIDS))
    *outcome = ENIGM_KEY_OUTCOME_FORBIDDEN;
  else
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  g_error_free (problem);
  return TRUE;
}

static gboolean
act (EnigmPlatformState *state,
     EnigmBinding *binding,
     const EnigmKeyRequest *request,
     EnigmKeyOutcome *outcome,
     GError **error)
{
  GError *problem = NULL;
  gboolean exists;

  *outcome = ENIGM_KEY_OUTCOME_ACCEPTED;
  if (enigm_binding_state_has_ended (binding->state))
    {
      *outcome = binding->released != 0 ? ENIGM_KEY_OUTCOME_RELEASED : ENIGM_KEY_OUTCOME_GONE;
      return TRUE;
    }
  if (request->kind != ENIGM_KEY_REQUEST_STATE &&
      !(binding->state == ENIGM_BINDING_PENDING && request->kind == ENIGM_KEY_REQUEST_PROOF) &&
      binding->state != ENIGM_BINDING_TRUSTED)
    {
      *outcome = ENIGM_KEY_OUTCOME_FORBIDDEN;
      return TRUE;
    }
  if (!account_exists (state, binding, &exists, error))
    return FALSE;
  if (!exists)
    {
      *outcome = ENIGM_KEY_OUTCOME_GONE;
      return TRUE;
    }

  if (binding->state == ENIGM_BINDING_PENDING && request->kind == ENIGM_KEY_REQUEST_PROOF
        ? enigm_bindings_trust (state, binding, &problem)
        : do_event (state, binding, request, &problem))
    return TRUE;
  return outcome_from_error (problem, outcome, error);
}

static gboolean
audit_replay (EnigmPlatformState *state,
              const EnigmBinding *binding,
              const EnigmKeyRequest *request,
              GError **error)
{
  g_autofree char *detail = g_strdup_printf (
    "number %" G_GUINT64_FORMAT " was used for another request", request->sequence);
  EnigmAuditEntry entry = { enigm_platform_state_now (state), binding->pseudonym, "replay", detail,
                            TRUE };

  return enigm_audit_append (state->audit, &entry, error);
}

/* Whether its owner is to hear of it: a key that is lost, suspended, revoked or replaced by another
 * was used. One that only asks for its state, as it does once a day, tries nothing; nor does one
 * that was bound anew and tries its older credential too. */
static gboolean
note_attempt (EnigmPlatformState *state,
              const EnigmBinding *binding,
              const EnigmKeyRequest *request,
              GError **error)
{
  g_autoptr (EnigmBinding) in_force = NULL;

  if (request->kind == ENIGM_KEY_REQUEST_STATE || binding->trusted == 0)
    return TRUE;
  if (binding->state != ENIGM_BINDING_REVOKED && binding->state != ENIGM_BINDING_REPLACED &&
      (binding->restrictions & (ENIGM_RESTRICTION_LOST | ENIGM_RESTRICTION_SUSPENDED)) == 0)
    return TRUE;
  if (!enigm_bindings_find_in_force (state, binding->certificate, &in_force, error))
    return FALSE;
  if (in_force != NULL && memcmp (in_force->id, binding->id, ENIGM_ID_SIZE) != 0)
    return TRUE;
  return enigm_key_attempts_note (state, binding, error);
}

/**
 * enigm_key_outcomes_decide:
 * @state: the platform, in a transaction
 * @binding: the binding whose MAC was right; it is kept right
 * @path: the request's path
 * @body: its body, whose digest was right
 * @outcome: (out): what became of it
 * @error: return location
 *
 * Decides on a request and does what it asks. The number, the event and everything else that
 * follows are written in the one transaction of @state.
 *
 * Returns: %FALSE if the database failed: then nothing may be committed, and the key is not
 *   answered under its MAC, so that it asks again
 */
gboolean
enigm_key_outcomes_decide (EnigmPlatformState *state,
                           EnigmBinding *binding,
                           const char *path,
                           GBytes *body,
                           EnigmKeyOutcome *outcome,
                           GError **error)
{
  EnigmKeyRequest request;
  EnigmKeyNumber number;
  guint8 digest[ENIGM_SHA256_SIZE];

  g_return_val_if_fail (state != NULL && enigm_store_in_transaction (state->store), FALSE);
  g_return_val_if_fail (binding != NULL && path != NULL && body != NULL && outcome != NULL, FALSE);

  if (enigm_bindings_is_overdue (state, binding) &&
      !enigm_bindings_change (state, binding, ENIGM_BINDING_EXPIRED, ENIGM_BINDING_BY_PLATFORM,
                              ENIGM_REASON_EXPIRED, error))
    return FALSE;

  if (!enigm_key_request_decode (body, path, &request, NULL))
    {
      *outcome = ENIGM_KEY_OUTCOME_MALFORMED;
      return TRUE;
    }
  if (memcmp (request.epoch, state->epoch, sizeof request.epoch) != 0)
    {
      *outcome = ENIGM_KEY_OUTCOME_EPOCH;
      return TRUE;
    }

  enigm_sha256 (ENIGM_PARTS (enigm_part_bytes (body)), digest);
  if (!enigm_key_numbers_check (state, binding, request.sequence, path, digest, &number, outcome,
                                error))
    return FALSE;
  switch (number)
    {
    case ENIGM_KEY_NUMBER_REPEATED:
      return TRUE;
    case ENIGM_KEY_NUMBER_REPLAYED:
      *outcome = ENIGM_KEY_OUTCOME_REPLAYED;
      return audit_replay (state, binding, &request, error);
    case ENIGM_KEY_NUMBER_LOW:
      *outcome = ENIGM_KEY_OUTCOME_SEQUENCE;
      return TRUE;
    case ENIGM_KEY_NUMBER_NEW:
    default:
      break;
    }

  if (!note_attempt (state, binding, &request, error) ||
      !act (state, binding, &request, outcome, error) ||
      !enigm_key_numbers_use (state, binding, request.sequence, path, digest, *outcome, error))
    return FALSE;
  return *outcome != ENIGM_KEY_OUTCOME_ACCEPTED ||
         enigm_bindings_note_contact (state, binding, request.relayed, request.battery,
                                      request.kind == ENIGM_KEY_REQUEST_PROOF ||
                                        request.kind == ENIGM_KEY_REQUEST_STATE,
                                      error);
}
