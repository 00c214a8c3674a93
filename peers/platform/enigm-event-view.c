/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What of an event is shown to whom. This is the one place that decides it: the list, the single
 * event and the stream all come through here. */

#include "enigm-event-view.h"

#include "app/protocol/enigm-text.h"

#include "enigm-lifecycle.h"
#include "enigm-object.h"
#include "enigm-problem.h"

/* Positions of one event that its owner is shown, where they ask for it alone: the newest. */
#define MAX_POSITIONS 500
/* Events in one answer: a third of a megabyte at most, however long they went on and however many
 * contacts they had. */
#define PAGE_EVENTS 200

/* An event, if the viewer (?1) owns it or is a contact who was told of it and is one still. */
#define SELECT_EVENT                                                                               \
  "SELECT e.id, e.kind, e.pressed, e.received, e.ended, e.ended_by, e.delete_on, e.binding,"       \
  " e.account = ?1, a.contact_id, c.accepted, c.notified, c.seen, b.state, b.restrictions"         \
  " FROM events e JOIN accounts a ON a.id = e.account"                                             \
  " LEFT JOIN bindings b ON b.id = e.binding"                                                      \
  " LEFT JOIN event_contacts c ON c.event = e.id AND c.contact = ?1 AND c.removed IS NULL"         \
  " WHERE (e.account = ?1 OR c.contact IS NOT NULL)"

enum
{
  COLUMN_ID,
  COLUMN_KIND,
  COLUMN_PRESSED,
  COLUMN_RECEIVED,
  COLUMN_ENDED,
  COLUMN_ENDED_BY,
  COLUMN_DELETE_ON,
  COLUMN_BINDING,
  COLUMN_OWN,
  COLUMN_FROM,
  COLUMN_ACCEPTED,
  COLUMN_NOTIFIED,
  COLUMN_SEEN,
  COLUMN_BINDING_STATE,
  COLUMN_RESTRICTIONS,
};

#define DEGREE 1e6

static JsonNode *
position_to_json (EnigmStatement *statement)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_double_member (object, "latitude",
                                 enigm_statement_get_int64 (statement, 0) / DEGREE);
  json_object_set_double_member (object, "longitude",
                                 enigm_statement_get_int64 (statement, 1) / DEGREE);
  json_object_set_int_member (object, "accuracy", enigm_statement_get_int64 (statement, 2));
  json_object_set_int_member (object, "time", enigm_statement_get_int64 (statement, 3));
  json_node_take_object (node, object);
  return node;
}

static gboolean
add_position (EnigmPlatformState *state, const guint8 *event_id, JsonObject *object, GError **error)
{
  g_autoptr (EnigmStatement) statement =
    enigm_store_select (state->store, error,
                        "SELECT latitude, longitude, accuracy, time FROM event_positions"
                        " WHERE event = ?1 ORDER BY time DESC, number DESC LIMIT 1",
                        "k", event_id);
  EnigmStep step = statement != NULL ? enigm_statement_step (statement, error) : ENIGM_STEP_ERROR;

  if (step == ENIGM_STEP_ROW)
    json_object_set_member (object, "position", position_to_json (statement));
  return step != ENIGM_STEP_ERROR;
}

static gboolean
add_positions (EnigmPlatformState *state,
               const guint8 *event_id,
               JsonObject *object,
               GError **error)
{
  JsonArray *array = json_array_new ();
  g_autoptr (EnigmStatement) statement =
    enigm_store_select (state->store, error,
                        "SELECT latitude, longitude, accuracy, time, number FROM"
                        " (SELECT * FROM event_positions WHERE event = ?1"
                        "  ORDER BY number DESC LIMIT ?2) ORDER BY number",
                        "ki", event_id, (gint64) MAX_POSITIONS);
  EnigmStep step = ENIGM_STEP_ERROR;

  json_object_set_array_member (object, "positions", array);
  while (statement != NULL && (step = enigm_statement_step (statement, error)) == ENIGM_STEP_ROW)
    json_array_add_element (array, position_to_json (statement));
  return step == ENIGM_STEP_DONE;
}

static void
set_stages (EnigmStatement *statement, gint first, JsonObject *object)
{
  enigm_object_set_time_or_null (object, "accepted", enigm_statement_get_int64 (statement, first));
  enigm_object_set_time_or_null (object, "notified",
                                 enigm_statement_get_int64 (statement, first + 1));
  enigm_object_set_time_or_null (object, "seen", enigm_statement_get_int64 (statement, first + 2));
}

static gboolean
add_contacts (EnigmPlatformState *state, const guint8 *event_id, JsonObject *object, GError **error)
{
  JsonArray *array = json_array_new ();
  g_autoptr (EnigmStatement) statement =
    enigm_store_select (state->store, error,
                        "SELECT contact_id, accepted, notified, seen FROM event_contacts"
                        " WHERE event = ?1 ORDER BY place",
                        "k", event_id);
  EnigmStep step = ENIGM_STEP_ERROR;

  json_object_set_array_member (object, "contacts", array);
  while (statement != NULL && (step = enigm_statement_step (statement, error)) == ENIGM_STEP_ROW)
    {
      JsonObject *contact = json_object_new ();

      json_object_set_string_member (contact, "contact_id",
                                     enigm_statement_get_text (statement, 0));
      set_stages (statement, 1, contact);
      json_array_add_object_element (array, contact);
    }
  return step == ENIGM_STEP_DONE;
}

/* Why nothing more comes from the key, although nobody ended the event; NULL while it may. */
static const gchar *
find_stopped (EnigmStatement *statement)
{
  gint64 restrictions = enigm_statement_get_int64 (statement, COLUMN_RESTRICTIONS);

  if (!enigm_statement_is_null (statement, COLUMN_ENDED) ||
      enigm_statement_is_null (statement, COLUMN_BINDING_STATE))
    return NULL;
  switch ((EnigmBindingState) enigm_statement_get_int64 (statement, COLUMN_BINDING_STATE))
    {
    case ENIGM_BINDING_RESTRICTED:
      return restrictions & ENIGM_RESTRICTION_LOST        ? "lost"
             : restrictions & ENIGM_RESTRICTION_SUSPENDED ? "suspended"
                                                          : "unproved";
    case ENIGM_BINDING_REVOKED:
      return "revoked";
    case ENIGM_BINDING_REPLACED:
      return "replaced";
    case ENIGM_BINDING_RETIRED:
      return "retired";
    case ENIGM_BINDING_NONE:
    case ENIGM_BINDING_PENDING:
    case ENIGM_BINDING_TRUSTED:
    case ENIGM_BINDING_CANCELLED:
    case ENIGM_BINDING_EXPIRED:
    default:
      return NULL;
    }
}

static JsonNode *
row_to_json (EnigmPlatformState *state, EnigmStatement *statement, gboolean whole, GError **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  gboolean own = enigm_statement_get_int64 (statement, COLUMN_OWN) != 0;
  gboolean active = enigm_statement_is_null (statement, COLUMN_ENDED);
  g_autofree gchar *id_text = NULL;
  g_autofree gchar *binding_text = NULL;
  guint8 id[ENIGM_ID_SIZE], binding[ENIGM_ID_SIZE];

  json_node_take_object (node, object);
  enigm_statement_get_id (statement, COLUMN_ID, id);
  enigm_statement_get_id (statement, COLUMN_BINDING, binding);
  id_text = enigm_hex_encode (id, sizeof id);
  json_object_set_string_member (object, "id", id_text);
  json_object_set_string_member (object, "kind", enigm_statement_get_text (statement, COLUMN_KIND));
  json_object_set_string_member (object, "role", own ? "owner" : "contact");
  json_object_set_string_member (object, "state", active ? "active" : "ended");
  json_object_set_int_member (object, "pressed",
                              enigm_statement_get_int64 (statement, COLUMN_PRESSED));
  json_object_set_int_member (object, "received",
                              enigm_statement_get_int64 (statement, COLUMN_RECEIVED));
  json_object_set_null_member (object, "ended");
  if (!active)
    {
      JsonObject *ended = json_object_new ();

      json_object_set_int_member (ended, "time",
                                  enigm_statement_get_int64 (statement, COLUMN_ENDED));
      json_object_set_string_member (ended, "by",
                                     enigm_statement_get_text (statement, COLUMN_ENDED_BY));
      json_object_set_object_member (object, "ended", ended);
    }
  if (find_stopped (statement) != NULL)
    json_object_set_string_member (object, "stopped", find_stopped (statement));
  else
    json_object_set_null_member (object, "stopped");
  json_object_set_int_member (object, "delete_on",
                              enigm_statement_get_int64 (statement, COLUMN_DELETE_ON));
  json_object_set_null_member (object, "position");
  /* Once it has ended, contacts see no position. */
  if ((own || active) && !add_position (state, id, object, error))
    return NULL;
  if (own)
    {
      binding_text = enigm_hex_encode (binding, sizeof binding);
      json_object_set_string_member (object, "binding", binding_text);
      if (!add_contacts (state, id, object, error) ||
          (whole && !add_positions (state, id, object, error)))
        return NULL;
    }
  else
    {
      JsonObject *stages = json_object_new ();

      json_object_set_string_member (object, "from",
                                     enigm_statement_get_text (statement, COLUMN_FROM));
      set_stages (statement, COLUMN_ACCEPTED, stages);
      json_object_set_object_member (object, "stages", stages);
    }
  return g_steal_pointer (&node);
}

/**
 * enigm_event_view:
 * @state: the platform
 * @event_id: (array fixed-size=16): ID of an event
 * @viewer: (array fixed-size=16): ID of the account that looks
 * @whole: whether the owner gets every position, and not only the last
 * @error: %ENIGM_PROBLEM_UNKNOWN if @viewer may not see it, or there is none
 *
 * Returns: (transfer full) (nullable): the *event* as that account sees it
 */
JsonNode *
enigm_event_view (EnigmPlatformState *state,
                  const guint8 event_id[ENIGM_ID_SIZE],
                  const guint8 viewer[ENIGM_ID_SIZE],
                  gboolean whole,
                  GError **error)
{
  g_autoptr (EnigmStatement) statement =
    enigm_store_select (state->store, error, SELECT_EVENT " AND e.id = ?2", "kk", viewer, event_id);
  EnigmStep step = statement != NULL ? enigm_statement_step (statement, error) : ENIGM_STEP_ERROR;

  if (step == ENIGM_STEP_ROW)
    return row_to_json (state, statement, whole, error);
  if (step == ENIGM_STEP_DONE)
    enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, NULL, "there is no such event");
  return NULL;
}

/* Adds the events of a statement to an array. */
static EnigmStep
add_events (EnigmPlatformState *state,
            EnigmStatement *statement,
            gboolean whole,
            guint most,
            JsonArray *array,
            GError **error)
{
  EnigmStep step = ENIGM_STEP_ERROR;

  while (statement != NULL && (step = enigm_statement_step (statement, error)) == ENIGM_STEP_ROW)
    {
      JsonNode *event;

      if (json_array_get_length (array) == most)
        break;
      event = row_to_json (state, statement, whole, error);
      if (event == NULL)
        return ENIGM_STEP_ERROR;
      json_array_add_element (array, event);
    }
  return step;
}

/**
 * enigm_event_view_all:
 * @state: the platform
 * @viewer: (array fixed-size=16): ID of the account that looks
 * @error: why it failed
 *
 * Returns: (transfer full) (nullable): every event as that account sees it, whole, newest first
 */
JsonArray *
enigm_event_view_all (EnigmPlatformState *state, const guint8 viewer[ENIGM_ID_SIZE], GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (EnigmStatement) statement =
    enigm_store_select (state->store, error, SELECT_EVENT " ORDER BY e.number DESC", "k", viewer);

  if (add_events (state, statement, TRUE, G_MAXUINT, array, error) != ENIGM_STEP_DONE)
    return NULL;
  return g_steal_pointer (&array);
}

/**
 * enigm_event_view_page:
 * @state: the platform
 * @viewer: (array fixed-size=16): ID of the account that looks
 * @before: (nullable) (array fixed-size=16): ID of an event; %NULL to begin with the newest
 * @error: %ENIGM_PROBLEM_UNKNOWN if @viewer may not see @before, or there is none
 *
 * Returns: (transfer full) (nullable): `{events: […], more}`, the newest of those before @before
 *   first, each with its last position alone
 */
JsonNode *
enigm_event_view_page (EnigmPlatformState *state,
                       const guint8 viewer[ENIGM_ID_SIZE],
                       const guint8 *before,
                       GError **error)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();
  g_autoptr (EnigmStatement) statement = NULL;
  EnigmStep step;

  json_node_take_object (root, object);
  json_object_set_array_member (object, "events", array);
  if (before != NULL)
    {
      g_autoptr (JsonNode) seen = enigm_event_view (state, before, viewer, FALSE, error);

      if (seen == NULL)
        return NULL;
    }
  statement = enigm_store_select (state->store, error,
                                  SELECT_EVENT " AND (?2 IS NULL OR e.number <"
                                               "  (SELECT number FROM events WHERE id = ?2))"
                                               " ORDER BY e.number DESC LIMIT ?3",
                                  "kki", viewer, before, (gint64) PAGE_EVENTS + 1);
  step = add_events (state, statement, FALSE, PAGE_EVENTS, array, error);
  if (step == ENIGM_STEP_ERROR)
    return NULL;
  json_object_set_boolean_member (object, "more", step == ENIGM_STEP_ROW);
  return g_steal_pointer (&root);
}
