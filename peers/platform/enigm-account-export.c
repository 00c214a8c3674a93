/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Everything the platform knows about an account, for its owner: what the other requests show in
 * parts, and the computers that are closed. Secrets are in it no more than elsewhere. */

#include "enigm-computers.h"
#include "enigm-event-view.h"
#include "enigm-keys.h"
#include "enigm-router.h"

/* A column of a table and the member it becomes: `t` text, `i` a number, `n` a time or null, `h`
 * an identifier. */
typedef struct
{
  const gchar *name;
  gchar type;
} Member;

static void
set_member (JsonObject *object, const Member *member, EnigmStatement *row, gint column)
{
  guint8 id[ENIGM_ID_SIZE];
  g_autofree gchar *hex = NULL;

  switch (member->type)
    {
    case 't':
      if (enigm_statement_is_null (row, column))
        json_object_set_null_member (object, member->name);
      else
        json_object_set_string_member (object, member->name,
                                       enigm_statement_get_text (row, column));
      break;
    case 'i':
      json_object_set_int_member (object, member->name, enigm_statement_get_int64 (row, column));
      break;
    case 'n':
      enigm_object_set_time_or_null (object, member->name, enigm_statement_get_int64 (row, column));
      break;
    case 'h':
    default:
      enigm_statement_get_id (row, column, id);
      hex = enigm_hex_encode (id, sizeof id);
      json_object_set_string_member (object, member->name, hex);
    }
}

static JsonObject *
read_row (EnigmStatement *row, const Member *members)
{
  JsonObject *object = json_object_new ();

  for (gint column = 0; members[column].name != NULL; column++)
    set_member (object, &members[column], row, column);
  return object;
}

static gboolean
add_rows (EnigmPlatformState *state,
          JsonObject *object,
          const gchar *name,
          const guint8 *account,
          const gchar *sql,
          const Member *members,
          GError **error)
{
  JsonArray *array = json_array_new ();
  g_autoptr (EnigmStatement) row = enigm_store_select (state->store, error, sql, "k", account);
  EnigmStep step = ENIGM_STEP_ERROR;

  json_object_set_array_member (object, name, array);
  while (row != NULL && (step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    json_array_add_object_element (array, read_row (row, members));
  return step == ENIGM_STEP_DONE;
}

static gboolean
add_account (EnigmPlatformState *state, JsonObject *object, const guint8 *account, GError **error)
{
  static const Member members[] = {
    { "user", 't' }, { "contact_id", 't' }, { "created", 'i' }, {}
  };
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error, "SELECT user_name, contact_id, created FROM accounts WHERE id = ?1", "k",
    account);

  if (row == NULL || enigm_statement_step (row, error) != ENIGM_STEP_ROW)
    return FALSE;
  json_object_set_object_member (object, "account", read_row (row, members));
  return TRUE;
}

static gboolean
add_keys (EnigmPlatformState *state, JsonObject *object, const guint8 *account, GError **error)
{
  JsonArray *array = json_array_new ();
  g_autoptr (GPtrArray) bindings = enigm_bindings_list (state, account, error);

  json_object_set_array_member (object, "keys", array);
  for (guint i = 0; bindings != NULL && i < bindings->len; i++)
    {
      JsonNode *key = enigm_keys_to_json (state, g_ptr_array_index (bindings, i), error);

      if (key == NULL)
        return FALSE;
      json_array_add_element (array, key);
    }
  return bindings != NULL;
}

static gboolean
add_all (EnigmPlatformState *state, JsonObject *object, const guint8 *account, GError **error)
{
  static const Member computers[] = { { "id", 'h' },        { "name", 't' },   { "since", 'i' },
                                      { "last_seen", 'i' }, { "closed", 'n' }, {} };
  static const Member contacts[] = {
    { "contact_id", 't' }, { "state", 't' }, { "reason", 't' }, { "since", 'i' }, {}
  };
  static const Member invitations[] = {
    { "id", 'h' }, { "contact_id", 't' }, { "state", 't' }, { "since", 'i' }, {}
  };
  JsonArray *events;

  if (!add_account (state, object, account, error) ||
      !add_rows (state, object, "computers", account,
                 "SELECT id, name, since, last_seen, closed FROM computers WHERE account = ?1 "
                 "ORDER BY since, id",
                 computers, error) ||
      !add_keys (state, object, account, error) ||
      !add_rows (state, object, "contacts", account,
                 "SELECT contact_id, state, reason, since FROM contacts WHERE owner = ?1 "
                 "ORDER BY position",
                 contacts, error) ||
      !add_rows (state, object, "invitations", account,
                 "SELECT c.id, a.contact_id, c.state, c.since FROM contacts c "
                 "JOIN accounts a ON a.id = c.owner WHERE c.contact = ?1 AND "
                 "c.state IN ('invited', 'eligible') ORDER BY c.since DESC, c.id",
                 invitations, error))
    return FALSE;
  events = enigm_event_view_all (state, account, error);
  if (events == NULL)
    return FALSE;
  json_object_set_array_member (object, "events", events);
  return TRUE;
}

static void
export_account (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (GError) error = NULL;
  JsonObject *object = json_object_new ();

  json_node_take_object (node, object);
  json_object_set_int_member (object, "time", enigm_platform_state_now (state));
  if (!enigm_keys_sweep (state, &error) ||
      !add_all (state, object, enigm_request_get_account (request), &error))
    enigm_request_reply_error (request, error);
  else
    enigm_request_reply_json (request, SOUP_STATUS_OK, g_steal_pointer (&node));
}

const EnigmRoute enigm_account_export_routes[] = {
  { "GET", "/v1/account/export", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, export_account },
  { 0 },
};
