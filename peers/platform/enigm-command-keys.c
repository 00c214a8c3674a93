/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keys as administrators see and change them: by pseudonym, one for each account and key, with what
 * became of its newest binding. Whose it is, what it raised and where it was are not here.
 *
 * However many are changed, it is one transaction: all of it, or nothing. With `dry_run` the same
 * is done and taken back, and the answer says what would have been. */

#include "enigm-administrators.h"
#include "enigm-bindings.h"
#include "enigm-key-attempts.h"
#include "enigm-keys.h"
#include "enigm-ownership.h"
#include "enigm-pin.h"
#include "enigm-router.h"

/* Keys changed by one request. */
#define MAX_KEYS 500

typedef struct
{
  const gchar *name;
  EnigmBindingState to;
  EnigmBindingReason reason;
  /* Cannot be undone. */
  gboolean final;
} Wish;

static const Wish wishes[] = {
  { "lost", ENIGM_BINDING_RESTRICTED, ENIGM_REASON_LOST, FALSE },
  { "found", ENIGM_BINDING_TRUSTED, ENIGM_REASON_FOUND, FALSE },
  { "suspended", ENIGM_BINDING_RESTRICTED, ENIGM_REASON_SUSPENDED, FALSE },
  { "resumed", ENIGM_BINDING_TRUSTED, ENIGM_REASON_RESUMED, FALSE },
  { "revoked", ENIGM_BINDING_REVOKED, ENIGM_REASON_LOST, TRUE },
  { "released", ENIGM_BINDING_NONE, ENIGM_REASON_RETIRED, TRUE },
};

typedef struct
{
  const Wish *wish;
  EnigmBindingReason reason;
  GPtrArray *pseudonyms;
  gboolean dry_run;
  gboolean bulk;
} Order;

static void
order_free (Order *self)
{
  g_clear_pointer (&self->pseudonyms, g_ptr_array_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Order, order_free)

/* The binding that a pseudonym stands for now: the one in force, or one that is pending, or the
 * newest that has ended. */
#define SELECT_CURRENT                                                                             \
  "SELECT id FROM bindings WHERE pseudonym = ?1 ORDER BY state IN (2, 3) DESC, state = 1 DESC, "   \
  "begun DESC, since DESC, id LIMIT 1"

static gboolean
find_current (EnigmPlatformState *state, GBytes *pseudonym, EnigmBinding **binding, GError **error)
{
  g_autoptr (EnigmStatement) row =
    enigm_store_select (state->store, error, SELECT_CURRENT, "b",
                        g_bytes_get_data (pseudonym, NULL), g_bytes_get_size (pseudonym));
  guint8 id[ENIGM_ID_SIZE];

  switch (row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR)
    {
    case ENIGM_STEP_ROW:
      enigm_statement_get_id (row, 0, id);
      return enigm_bindings_find (state, id, binding, error);
    case ENIGM_STEP_DONE:
      enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, NULL, "there is no such key");
      return FALSE;
    case ENIGM_STEP_ERROR:
    default:
      return FALSE;
    }
}

static const gchar *
describe_owner (const EnigmBinding *binding, const EnigmOwnership *ownership)
{
  static const guint8 nobody[ENIGM_ID_SIZE];

  if (!ownership->owned)
    return "free";
  if (memcmp (ownership->account, nobody, sizeof nobody) == 0)
    return "orphaned";
  return memcmp (ownership->account, binding->account, ENIGM_ID_SIZE) == 0 ? "owned" : "another";
}

/* What it was paired to replace, and what was paired to replace it. */
static gboolean
add_replacement (EnigmPlatformState *state,
                 const EnigmBinding *binding,
                 JsonObject *object,
                 GError **error)
{
  static const struct
  {
    const gchar *name;
    const gchar *sql;
  } ways[] = {
    { "replaces",
      "SELECT o.pseudonym, o.state FROM bindings b JOIN bindings o ON o.id = b.replaces "
      "WHERE b.id = ?1" },
    { "replaced_by", "SELECT pseudonym, state FROM bindings WHERE replaces = ?1 "
                     "ORDER BY begun DESC LIMIT 1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (EnigmStatement) row =
        enigm_store_select (state->store, error, ways[i].sql, "k", binding->id);
      EnigmStep step = row != NULL ? enigm_statement_step (row, error) : ENIGM_STEP_ERROR;

      if (step == ENIGM_STEP_ERROR)
        return FALSE;
      if (step == ENIGM_STEP_ROW)
        {
          JsonObject *other = json_object_new ();
          gsize size;
          const guint8 *pseudonym = enigm_statement_get_blob (row, 0, &size);
          g_autofree gchar *hex = enigm_hex_encode (pseudonym, size);

          json_object_set_string_member (other, "pseudonym", hex);
          json_object_set_string_member (
            other, "state",
            enigm_binding_state_name ((EnigmBindingState) enigm_statement_get_int64 (row, 1)));
          json_object_set_object_member (object, ways[i].name, other);
        }
      else
        json_object_set_null_member (object, ways[i].name);
    }
  return TRUE;
}

static JsonObject *
key_to_json (EnigmPlatformState *state, const EnigmBinding *binding, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree gchar *pseudonym = enigm_hex_encode (binding->pseudonym, sizeof binding->pseudonym);
  JsonArray *reasons = json_array_new ();
  EnigmOwnership ownership;

  json_object_set_array_member (object, "reasons", reasons);
  if (!enigm_ownership_load (state, binding->certificate, &ownership, error) ||
      !add_replacement (state, binding, object, error))
    return NULL;
  json_object_set_string_member (object, "pseudonym", pseudonym);
  json_object_set_string_member (object, "state", enigm_binding_state_name (binding->state));
  if (binding->restrictions & ENIGM_RESTRICTION_LOST)
    json_array_add_string_element (reasons, "lost");
  if (binding->restrictions & ENIGM_RESTRICTION_SUSPENDED)
    json_array_add_string_element (reasons, "suspended");
  if (binding->restrictions & ENIGM_RESTRICTION_UNPROVED)
    json_array_add_string_element (reasons, "unproved");
  json_object_set_int_member (object, "since", binding->since);
  json_object_set_string_member (object, "owner", describe_owner (binding, &ownership));
  json_object_set_boolean_member (object, "suspended", ownership.suspended);
  enigm_object_set_time_or_null (object, "proved", binding->proved);
  enigm_object_set_time_or_null (object, "released", binding->released);
  return g_steal_pointer (&object);
}

static gboolean
add_history (EnigmPlatformState *state,
             const EnigmBinding *binding,
             JsonObject *object,
             GError **error)
{
  g_autoptr (JsonNode) key = enigm_keys_to_json (state, binding, error);
  JsonObject *own;

  if (key == NULL)
    return FALSE;
  own = json_node_get_object (key);
  json_object_set_array_member (object, "history",
                                json_array_ref (json_object_get_array_member (own, "history")));
  json_object_set_array_member (object, "attempts",
                                json_array_ref (json_object_get_array_member (own, "attempts")));
  return TRUE;
}

static void
reply_object (EnigmRequest *request, JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);
  enigm_request_reply_json (request, SOUP_STATUS_OK, node);
}

static GBytes *
read_pseudonym (const gchar *text, GError **error)
{
  guint8 pseudonym[ENIGM_PSEUDONYM_SIZE];

  if (text != NULL && enigm_hex_decode (text, pseudonym, sizeof pseudonym))
    return g_bytes_new (pseudonym, sizeof pseudonym);
  enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, "pseudonym", "there is no such key");
  return NULL;
}

static gboolean
list (EnigmPlatformState *state, JsonArray *keys, GError **error)
{
  g_autoptr (GPtrArray) pseudonyms =
    g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error,
    "SELECT pseudonym FROM bindings GROUP BY pseudonym ORDER BY min (begun), pseudonym", "");
  EnigmStep step = ENIGM_STEP_ERROR;

  while (row != NULL && (step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    g_ptr_array_add (pseudonyms, enigm_statement_dup_bytes (row, 0));
  if (step != ENIGM_STEP_DONE)
    return FALSE;
  for (guint i = 0; i < pseudonyms->len; i++)
    {
      g_autoptr (EnigmBinding) binding = NULL;
      JsonObject *key;

      if (!find_current (state, g_ptr_array_index (pseudonyms, i), &binding, error))
        return FALSE;
      key = key_to_json (state, binding, error);
      if (key == NULL)
        return FALSE;
      json_array_add_object_element (keys, key);
    }
  return TRUE;
}

static void
list_keys (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *keys = json_array_new ();
  EnigmAdministrator who;

  json_object_set_array_member (answer, "keys", keys);
  if (enigm_administrators_require (state, request, ENIGM_ROLE_VIEWER, &who, &error) &&
      enigm_keys_sweep (state, &error) && list (state, keys, &error))
    reply_object (request, answer);
  else
    enigm_request_reply_error (request, error);
}

static void
get_key (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GBytes) pseudonym = NULL;
  g_autoptr (EnigmBinding) binding = NULL;
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAdministrator who;

  if (enigm_administrators_require (state, request, ENIGM_ROLE_VIEWER, &who, &error) &&
      enigm_keys_sweep (state, &error) &&
      (pseudonym = read_pseudonym (enigm_request_get_path_argument (request, 0), &error)) != NULL &&
      find_current (state, pseudonym, &binding, &error) &&
      (answer = key_to_json (state, binding, &error)) != NULL &&
      add_history (state, binding, answer, &error))
    reply_object (request, answer);
  else
    enigm_request_reply_error (request, error);
}

/* Done already: whoever asks again, or together with somebody else, is not told that it failed. */
static gboolean
is_so_already (const EnigmBinding *binding, const EnigmOwnership *ownership, const Wish *wish)
{
  if (g_str_equal (wish->name, "lost"))
    return (binding->restrictions & ENIGM_RESTRICTION_LOST) != 0;
  if (g_str_equal (wish->name, "found"))
    return enigm_binding_state_in_force (binding->state) &&
           (binding->restrictions & ENIGM_RESTRICTION_LOST) == 0;
  if (g_str_equal (wish->name, "suspended"))
    return ownership->suspended;
  if (g_str_equal (wish->name, "resumed"))
    return !ownership->suspended;
  if (g_str_equal (wish->name, "released"))
    return binding->released != 0;
  return binding->state == ENIGM_BINDING_REVOKED;
}

static gboolean
do_one (EnigmPlatformState *state, const Order *order, EnigmBinding *binding, GError **error)
{
  const Wish *wish = order->wish;
  EnigmBindingState to = wish->to;
  EnigmOwnership ownership;
  g_autoptr (GError) refused = NULL;

  if (!enigm_ownership_load (state, binding->certificate, &ownership, error))
    return FALSE;
  if (is_so_already (binding, &ownership, wish))
    return TRUE;
  if (to == ENIGM_BINDING_NONE)
    return enigm_ownership_release (state, binding, ENIGM_BINDING_BY_COMMAND, error);
  /* It follows the hardware, whatever its binding is. */
  if (wish->reason == ENIGM_REASON_SUSPENDED || wish->reason == ENIGM_REASON_RESUMED)
    return enigm_ownership_suspend (state, binding->certificate,
                                    wish->reason == ENIGM_REASON_SUSPENDED, error);
  if (binding->state == ENIGM_BINDING_PENDING && to == ENIGM_BINDING_RESTRICTED)
    to = ENIGM_BINDING_CANCELLED;
  if (enigm_bindings_change (state, binding, to, ENIGM_BINDING_BY_COMMAND, order->reason, &refused))
    return TRUE;
  if (g_error_matches (refused, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED))
    enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL, "%s", refused->message);
  else
    g_propagate_error (error, g_steal_pointer (&refused));
  return FALSE;
}

static gboolean
do_all (EnigmPlatformState *state, const Order *order, JsonArray *keys, GError **error)
{
  for (guint i = 0; i < order->pseudonyms->len; i++)
    {
      g_autoptr (EnigmBinding) binding = NULL;
      g_autoptr (EnigmBinding) after = NULL;
      JsonObject *key;

      if (!find_current (state, g_ptr_array_index (order->pseudonyms, i), &binding, error) ||
          !do_one (state, order, binding, error) ||
          !enigm_bindings_find (state, binding->id, &after, error))
        return FALSE;
      key = key_to_json (state, after, error);
      if (key == NULL)
        return FALSE;
      json_array_add_object_element (keys, key);
    }
  return TRUE;
}

/* Who asked for what, before it is done: a record for each key, and with many one that says how
 * many belong together. */
static gboolean
audit (EnigmPlatformState *state, const Order *order, const EnigmAdministrator *who, GError **error)
{
  gboolean revoked = order->wish->to == ENIGM_BINDING_REVOKED;
  g_autofree gchar *did =
    g_strconcat (order->wish->name, revoked ? " as " : "",
                 revoked ? enigm_binding_reason_name (order->reason) : "", NULL);
  g_autofree gchar *all = g_strdup_printf ("%s, %u keys", did, order->pseudonyms->len);

  if (order->bulk && !enigm_administrators_audit (state, who->id, all, FALSE, error))
    return FALSE;
  for (guint i = 0; i < order->pseudonyms->len; i++)
    {
      GBytes *pseudonym = g_ptr_array_index (order->pseudonyms, i);

      if (!enigm_administrators_audit_key (state, who->id, g_bytes_get_data (pseudonym, NULL), did,
                                           error))
        return FALSE;
    }
  return TRUE;
}

static void
carry_out (EnigmPlatformState *state, EnigmRequest *request, gpointer user_data)
{
  const Order *order = user_data;
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *keys = json_array_new ();
  EnigmAdministrator who;

  json_object_set_array_member (answer, "keys", keys);
  json_object_set_boolean_member (answer, "dry_run", order->dry_run);
  transaction = enigm_store_begin (state->store, &error);
  /* Who was demoted while the PIN was looked at may not any more. */
  if (transaction == NULL ||
      !enigm_administrators_require (state, request, ENIGM_ROLE_OPERATOR, &who, &error) ||
      !audit (state, order, &who, &error) || !do_all (state, order, keys, &error) ||
      (!order->dry_run && !enigm_store_commit (state->store, &error)))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  if (order->bulk)
    {
      json_object_set_int_member (answer, "count", (gint64) json_array_get_length (keys));
      json_object_remove_member (answer, "keys");
    }
  reply_object (request, answer);
}

static gboolean
read_order (EnigmRequest *request, Order *order, GError **error)
{
  const gchar *to = enigm_request_get_string (request, "to", 1, 16, error);
  EnigmObject *object = enigm_request_get_object (request, error);
  const gchar *reason;

  if (to == NULL || object == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (wishes); i++)
    if (g_str_equal (to, wishes[i].name))
      order->wish = &wishes[i];
  if (order->wish == NULL)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "to", "no state that can be asked for");
      return FALSE;
    }
  order->reason = order->wish->reason;
  if (order->wish->to == ENIGM_BINDING_REVOKED)
    {
      reason = enigm_object_get_string (object, "reason", 1, 16, error);
      if (reason == NULL || !enigm_keys_read_revocation_reason (reason, &order->reason, error))
        return FALSE;
    }
  return !enigm_object_has (object, "dry_run") ||
         enigm_object_get_boolean (object, "dry_run", &order->dry_run, error);
}

static gboolean
read_pseudonyms (EnigmRequest *request, Order *order, GError **error)
{
  g_auto (GStrv) texts = enigm_object_get_strings (enigm_request_get_object (request, NULL),
                                                   "pseudonyms", MAX_KEYS, 64, error);

  order->bulk = TRUE;
  for (gsize i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      GBytes *pseudonym = read_pseudonym (texts[i], error);

      if (pseudonym == NULL)
        return FALSE;
      g_ptr_array_add (order->pseudonyms, pseudonym);
    }
  return texts != NULL;
}

/* A PIN goes before what cannot be undone; trying it out undoes itself. */
static void
change (EnigmPlatformState *state, EnigmRequest *request, gboolean bulk)
{
  g_autoptr (Order) order = g_new0 (Order, 1);
  g_autoptr (EnigmSecret) pin = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAdministrator who;
  GBytes *pseudonym = NULL;

  order->pseudonyms = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  if (!enigm_administrators_require (state, request, ENIGM_ROLE_OPERATOR, &who, &error) ||
      !read_order (request, order, &error))
    goto refused;
  if (bulk && !read_pseudonyms (request, order, &error))
    goto refused;
  if (!bulk)
    {
      pseudonym = read_pseudonym (enigm_request_get_path_argument (request, 0), &error);
      if (pseudonym == NULL)
        goto refused;
      g_ptr_array_add (order->pseudonyms, pseudonym);
    }
  if ((order->wish->final || bulk) && !order->dry_run)
    {
      pin = enigm_pin_read (request, &error);
      if (pin == NULL)
        goto refused;
    }
  if (!enigm_request_end (request, &error) || !enigm_keys_sweep (state, &error))
    goto refused;
  if (pin == NULL)
    carry_out (state, request, order);
  else
    enigm_administrators_ask_pin (state, request, pin, carry_out, g_steal_pointer (&order),
                                  (GDestroyNotify) order_free);
  return;

refused:
  enigm_request_reply_error (request, error);
}

static void
change_key (EnigmPlatformState *state, EnigmRequest *request)
{
  change (state, request, FALSE);
}

static void
change_keys (EnigmPlatformState *state, EnigmRequest *request)
{
  change (state, request, TRUE);
}

const EnigmRoute enigm_command_keys_routes[] = {
  { "GET", "/command/v1/keys", ENIGM_ROUTE_COMMAND, list_keys },
  { "POST", "/command/v1/keys/state", ENIGM_ROUTE_COMMAND, change_keys },
  { "GET", "/command/v1/keys/{}", ENIGM_ROUTE_COMMAND, get_key },
  { "POST", "/command/v1/keys/{}/state", ENIGM_ROUTE_COMMAND, change_key },
  { 0 },
};
