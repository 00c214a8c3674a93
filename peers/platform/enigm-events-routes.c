/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-changes.h"
#include "enigm-event-view.h"
#include "enigm-events.h"
#include "enigm-router.h"

static void
list_events (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;
  JsonNode *events =
    enigm_event_view_page (state, enigm_request_get_account (request), NULL, &error);

  if (events != NULL)
    enigm_request_reply_json (request, SOUP_STATUS_OK, events);
  else
    enigm_request_reply_error (request, error);
}

static void
list_events_before (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;
  guint8 before[ENIGM_ID_SIZE];
  JsonNode *events = NULL;

  if (enigm_request_get_path_id (request, 0, before, &error))
    events = enigm_event_view_page (state, enigm_request_get_account (request), before, &error);
  if (events != NULL)
    enigm_request_reply_json (request, SOUP_STATUS_OK, events);
  else
    enigm_request_reply_error (request, error);
}

static gboolean
reply_event (EnigmPlatformState *state,
             EnigmRequest *request,
             const guint8 *event_id,
             GError **error)
{
  JsonNode *event =
    enigm_event_view (state, event_id, enigm_request_get_account (request), TRUE, error);

  if (event != NULL)
    enigm_request_reply_json (request, SOUP_STATUS_OK, event);
  return event != NULL;
}

static void
get_event (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;
  guint8 event_id[ENIGM_ID_SIZE];

  if (!enigm_request_get_path_id (request, 0, event_id, &error) ||
      !reply_event (state, request, event_id, &error))
    enigm_request_reply_error (request, error);
}

static gboolean
read_stage (EnigmRequest *request, gboolean *seen, GError **error)
{
  const gchar *stage = enigm_request_get_string (request, "stage", 1, 16, error);

  if (stage == NULL || !enigm_request_end (request, error))
    return FALSE;
  *seen = g_str_equal (stage, "seen");
  if (*seen || g_str_equal (stage, "notified"))
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "stage", "not notified or seen");
  return FALSE;
}

static gboolean
stage (EnigmPlatformState *state, EnigmRequest *request, guint8 *event_id, GError **error)
{
  const guint8 *account = enigm_request_get_account (request);
  gint64 now = enigm_platform_state_now (state);
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (JsonNode) event = NULL;
  gboolean seen;

  if (!read_stage (request, &seen, error) ||
      !enigm_request_get_path_id (request, 0, event_id, error) ||
      (transaction = enigm_store_begin (state->store, error)) == NULL ||
      (event = enigm_event_view (state, event_id, account, FALSE, error)) == NULL)
    return FALSE;
  if (json_object_has_member (json_node_get_object (event), "binding"))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_FORBIDDEN, NULL, "it is your own");
      return FALSE;
    }
  /* The first time counts; who has seen it has been notified. */
  if (!enigm_store_run (state->store, error,
                        "UPDATE event_contacts SET notified = coalesce (notified, ?1),"
                        " seen = CASE WHEN ?2 THEN coalesce (seen, ?1) ELSE seen END"
                        " WHERE event = ?3 AND contact = ?4"
                        " AND (notified IS NULL OR (?2 AND seen IS NULL))",
                        "iikk", now, (gint64) seen, event_id, account))
    return FALSE;
  if (enigm_store_get_changes (state->store) == 0)
    return TRUE;
  return enigm_events_tell_stage (state, event_id, account, error) &&
         enigm_store_commit (state->store, error);
}

static void
stage_event (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;
  guint8 event_id[ENIGM_ID_SIZE];

  if (!stage (state, request, event_id, &error) || !reply_event (state, request, event_id, &error))
    enigm_request_reply_error (request, error);
}

/* Finds an event of the account that asks; a contact who asks is told that it is not theirs. */
static gboolean
find_own (EnigmPlatformState *state,
          EnigmRequest *request,
          guint8 *event_id,
          guint8 *binding_id,
          gboolean *active,
          GError **error)
{
  const guint8 *account = enigm_request_get_account (request);
  g_autoptr (JsonNode) event = NULL;
  JsonObject *object;

  if (!enigm_request_get_path_id (request, 0, event_id, error) ||
      (event = enigm_event_view (state, event_id, account, FALSE, error)) == NULL)
    return FALSE;
  object = json_node_get_object (event);
  if (!json_object_has_member (object, "binding"))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_FORBIDDEN, NULL, "it is not your own");
      return FALSE;
    }
  *active = g_str_equal (json_object_get_string_member (object, "state"), "active");
  return enigm_hex_decode (json_object_get_string_member (object, "binding"), binding_id,
                           ENIGM_ID_SIZE);
}

static gboolean
end (EnigmPlatformState *state, EnigmRequest *request, guint8 *event_id, GError **error)
{
  g_autoptr (EnigmTransaction) transaction = NULL;
  guint8 binding_id[ENIGM_ID_SIZE];
  gboolean active;

  /* It takes no members: an empty body says so as well as an empty object. */
  if (g_bytes_get_size (enigm_request_get_body (request)) > 0 &&
      !enigm_request_end (request, error))
    return FALSE;
  transaction = enigm_store_begin (state->store, error);
  if (transaction == NULL || !find_own (state, request, event_id, binding_id, &active, error))
    return FALSE;
  if (!active)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL, "it is over already");
      return FALSE;
    }
  return enigm_events_end (state, binding_id, event_id, ENIGM_EVENT_ENDED_BY_APP,
                           enigm_platform_state_now (state), error) &&
         enigm_store_commit (state->store, error);
}

static void
end_event (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;
  guint8 event_id[ENIGM_ID_SIZE];

  if (!end (state, request, event_id, &error) || !reply_event (state, request, event_id, &error))
    enigm_request_reply_error (request, error);
}

static gboolean delete (EnigmPlatformState *state, EnigmRequest *request, GError **error)
{
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);
  g_autoptr (GError) unsettled = NULL;
  guint8 event_id[ENIGM_ID_SIZE], binding_id[ENIGM_ID_SIZE];
  gboolean active;

  if (transaction == NULL || !find_own (state, request, event_id, binding_id, &active, error))
    return FALSE;
  if (active)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL, "it has not ended");
      return FALSE;
    }
  enigm_changes_note_deleted (state, event_id);
  if (!enigm_events_forget (state, event_id, error) || !enigm_store_commit (state->store, error))
    return FALSE;
  /* It is deleted; that the log still has it is mended when the platform next looks for what is
   * over, within the hour. */
  if (!enigm_store_settle (state->store, &unsettled))
    g_warning ("a deleted event is in the database's log still: %s", unsettled->message);
  return TRUE;
}

static void
delete_event (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (delete (state, request, &error))
    enigm_request_reply_nothing (request);
  else
    enigm_request_reply_error (request, error);
}

const EnigmRoute enigm_events_routes[] = {
  { "GET", "/v1/events", ENIGM_ROUTE_BEARER, list_events },
  { "GET", "/v1/events/before/{}", ENIGM_ROUTE_BEARER, list_events_before },
  { "GET", "/v1/events/{}", ENIGM_ROUTE_BEARER, get_event },
  { "POST", "/v1/events/{}/stage", ENIGM_ROUTE_BEARER, stage_event },
  { "POST", "/v1/events/{}/end", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, end_event },
  { "DELETE", "/v1/events/{}", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, delete_event },
  { 0 },
};
