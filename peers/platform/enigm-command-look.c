/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What administrators look at besides keys: events, where the configuration authorises it, and the
 * audit. A position is shown while its event is active, and each look at one is recorded. */

#include "enigm-administrators.h"
#include "enigm-audit.h"
#include "enigm-router.h"

/* Records in one answer. */
#define MAX_RECORDS 500
/* Records gone through for one answer, some milliseconds: an alert waits for no more. */
#define MAX_VERIFIED 1000
#define DEGREE 1e6

static void
reply_object (EnigmRequest *request, JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);
  enigm_request_reply_json (request, SOUP_STATUS_OK, node);
}

static gboolean
add_position (EnigmPlatformState *state,
              const guint8 *event,
              JsonObject *object,
              guint *shown,
              GError **error)
{
  g_autoptr (EnigmStatement) row =
    enigm_store_select (state->store, error,
                        "SELECT p.latitude, p.longitude, p.accuracy, p.time FROM event_positions p "
                        "JOIN events e ON e.id = p.event WHERE e.id = ?1 AND e.ended IS NULL "
                        "ORDER BY p.time DESC, p.number DESC LIMIT 1",
                        "k", event);
  EnigmStep step = row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR;
  JsonObject *position;

  if (step != ENIGM_STEP_ROW)
    return step == ENIGM_STEP_DONE;
  position = json_object_new ();
  json_object_set_double_member (position, "latitude", enigm_statement_get_int64 (row, 0) / DEGREE);
  json_object_set_double_member (position, "longitude",
                                 enigm_statement_get_int64 (row, 1) / DEGREE);
  json_object_set_int_member (position, "accuracy", enigm_statement_get_int64 (row, 2));
  json_object_set_int_member (position, "time", enigm_statement_get_int64 (row, 3));
  json_object_set_object_member (object, "position", position);
  (*shown)++;
  return TRUE;
}

static gboolean
list_all (EnigmPlatformState *state, JsonArray *events, guint *shown, GError **error)
{
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error,
    "SELECT e.id, b.pseudonym, e.kind, e.pressed, e.received, e.ended FROM events e "
    "JOIN bindings b ON b.id = e.binding ORDER BY e.number DESC LIMIT ?1",
    "i", (gint64) MAX_RECORDS);
  EnigmStep step = ENIGM_STEP_ERROR;

  while (row != NULL && (step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    {
      JsonObject *event = json_object_new ();
      g_autofree gchar *pseudonym = NULL;
      const guint8 *blob;
      guint8 id[ENIGM_ID_SIZE];
      gsize size;

      json_array_add_object_element (events, event);
      enigm_statement_get_id (row, 0, id);
      blob = enigm_statement_get_blob (row, 1, &size);
      pseudonym = enigm_hex_encode (blob, size);
      json_object_set_string_member (event, "pseudonym", pseudonym);
      json_object_set_string_member (event, "kind", enigm_statement_get_text (row, 2));
      json_object_set_int_member (event, "pressed", enigm_statement_get_int64 (row, 3));
      json_object_set_int_member (event, "received", enigm_statement_get_int64 (row, 4));
      enigm_object_set_time_or_null (event, "ended", enigm_statement_get_int64 (row, 5));
      json_object_set_null_member (event, "position");
      if (state->config->command_sees == ENIGM_COMMAND_SEES_POSITIONS &&
          enigm_statement_is_null (row, 5) && !add_position (state, id, event, shown, error))
        return FALSE;
    }
  return step == ENIGM_STEP_DONE;
}

static gboolean
look (EnigmPlatformState *state, EnigmRequest *request, JsonArray *events, GError **error)
{
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autofree gchar *did = NULL;
  EnigmAdministrator who;
  guint shown = 0;

  if (state->config->command_sees == ENIGM_COMMAND_SEES_NOTHING)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_FORBIDDEN, NULL,
                         "this platform does not let administrators see events");
      return FALSE;
    }
  transaction = enigm_store_begin (state->store, error);
  if (transaction == NULL ||
      !enigm_administrators_require (state, request, ENIGM_ROLE_OPERATOR, &who, error) ||
      !list_all (state, events, &shown, error))
    return FALSE;
  did = g_strdup_printf ("looked at events, %u positions among them", shown);
  return enigm_administrators_audit (state, who.id, did, FALSE, error) &&
         enigm_store_commit (state->store, error);
}

static void
list_events (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *events = json_array_new ();
  EnigmAdministrator who;

  json_object_set_array_member (answer, "events", events);
  if (enigm_administrators_require (state, request, ENIGM_ROLE_OPERATOR, &who, &error) &&
      look (state, request, events, &error))
    reply_object (request, answer);
  else
    enigm_request_reply_error (request, error);
}

static void
on_record_read (gint64 number, const EnigmAuditEntry *entry, gpointer user_data)
{
  JsonArray *records = user_data;
  JsonObject *record = json_object_new ();

  json_array_add_object_element (records, record);
  json_object_set_int_member (record, "number", number);
  if (entry == NULL)
    return;
  json_object_set_int_member (record, "time", entry->time);
  if (entry->pseudonym != NULL)
    {
      g_autofree gchar *pseudonym = enigm_hex_encode (entry->pseudonym, ENIGM_PSEUDONYM_SIZE);

      json_object_set_string_member (record, "pseudonym", pseudonym);
    }
  else
    json_object_set_null_member (record, "pseudonym");
  json_object_set_string_member (record, "what", entry->what);
  json_object_set_string_member (record, "detail", entry->detail);
}

static gboolean
read_number (EnigmRequest *request, guint64 *number, GError **error)
{
  if (g_ascii_string_to_unsigned (enigm_request_get_path_argument (request, 0), 10, 0, G_MAXINT64,
                                  number, NULL))
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, NULL, "not the number of a record");
  return FALSE;
}

static void
read_audit (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *records = json_array_new ();
  EnigmAdministrator who;
  guint64 after;

  json_object_set_array_member (answer, "records", records);
  if (!enigm_administrators_require (state, request, ENIGM_ROLE_VIEWER, &who, &error))
    ;
  else if (!read_number (request, &after, &error))
    ;
  else if (enigm_audit_read (state->audit, (gint64) after, MAX_RECORDS, on_record_read, records,
                             &error))
    {
      reply_object (request, answer);
      return;
    }
  enigm_request_reply_error (request, error);
}

static void
verify_audit (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) broken = NULL;
  EnigmAdministrator who;
  guint64 after, count;
  gint64 number;
  gboolean holds;

  if (!enigm_administrators_require (state, request, ENIGM_ROLE_VIEWER, &who, &error) ||
      !read_number (request, &after, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  number = (gint64) after;
  holds = enigm_audit_verify_part (state->audit, enigm_platform_state_now (state), MAX_VERIFIED,
                                   &number, &count, &broken);
  json_object_set_boolean_member (answer, "holds", holds);
  json_object_set_int_member (answer, "records", (gint64) count);
  if (holds)
    json_object_set_null_member (answer, "where");
  else
    json_object_set_string_member (answer, "where", broken->message);
  if (holds && number != 0)
    json_object_set_int_member (answer, "next", number);
  else
    json_object_set_null_member (answer, "next");
  reply_object (request, answer);
}

const EnigmRoute enigm_command_look_routes[] = {
  { "GET", "/command/v1/events", ENIGM_ROUTE_COMMAND, list_events },
  { "GET", "/command/v1/audit/{}", ENIGM_ROUTE_COMMAND, read_audit },
  { "GET", "/command/v1/verification/{}", ENIGM_ROUTE_COMMAND, verify_audit },
  { 0 },
};
