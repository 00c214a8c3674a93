/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enigm-keys.h"

#include "enigm-offers.h"

#include "app/protocol/enigm-text.h"

#include "enigm-key-attempts.h"
#include "enigm-ownership.h"
#include "enigm-router.h"

static JsonArray *
restrictions_to_json (guint restrictions)
{
  JsonArray *array = json_array_new ();

  if (restrictions & ENIGM_RESTRICTION_LOST)
    json_array_add_string_element (array, "lost");
  if (restrictions & ENIGM_RESTRICTION_SUSPENDED)
    json_array_add_string_element (array, "suspended");
  if (restrictions & ENIGM_RESTRICTION_UNPROVED)
    json_array_add_string_element (array, "unproved");
  return array;
}

static JsonArray *
history_to_json (EnigmPlatformState *state, const EnigmBinding *binding, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (EnigmStatement) row = NULL;
  EnigmStep step;

  row = enigm_store_select (state->store, error,
                            "SELECT time, from_state, to_state, by, reason FROM binding_history "
                            "WHERE binding = ?1 ORDER BY number",
                            "k", binding->id);
  if (row == NULL)
    return NULL;
  while ((step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    {
      JsonObject *line = json_object_new ();
      EnigmBindingState from = (EnigmBindingState) enigm_statement_get_int64 (row, 1);
      EnigmBindingState to = (EnigmBindingState) enigm_statement_get_int64 (row, 2);

      json_object_set_int_member (line, "time", enigm_statement_get_int64 (row, 0));
      /* Nothing comes before the beginning. */
      if (from == ENIGM_BINDING_NONE)
        json_object_set_null_member (line, "from");
      else
        json_object_set_string_member (line, "from", enigm_binding_state_name (from));
      /* A release leads to no state, and ends the ownership. */
      json_object_set_string_member (
        line, "to", to == ENIGM_BINDING_NONE ? "released" : enigm_binding_state_name (to));
      json_object_set_string_member (
        line, "by", enigm_binding_by_name ((EnigmBindingBy) enigm_statement_get_int64 (row, 3)));
      json_object_set_string_member (
        line, "reason",
        enigm_binding_reason_name ((EnigmBindingReason) enigm_statement_get_int64 (row, 4)));
      json_array_add_object_element (array, line);
    }
  return step == ENIGM_STEP_DONE ? g_steal_pointer (&array) : NULL;
}

/**
 * enigm_keys_to_json:
 * @state: the platform
 * @binding: a binding
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the *key* of PROTOCOL.md, section 8, or %NULL if the
 *   database failed
 */
JsonNode *
enigm_keys_to_json (EnigmPlatformState *state, const EnigmBinding *binding, GError **error)
{
  g_autofree char *id = NULL;
  g_autofree char *certificate = NULL;
  g_autofree char *pseudonym = NULL;
  g_autoptr (JsonArray) history = NULL;
  g_autoptr (JsonArray) attempts = NULL;
  JsonObject *key;
  JsonNode *node;

  g_return_val_if_fail (state != NULL && binding != NULL, NULL);

  history = history_to_json (state, binding, error);
  if (history == NULL)
    return NULL;
  attempts = enigm_key_attempts_to_json (state, binding->id, error);
  if (attempts == NULL)
    return NULL;
  id = enigm_hex_encode (binding->id, sizeof binding->id);
  certificate = enigm_base64url_encode (binding->certificate, sizeof binding->certificate);
  pseudonym = enigm_hex_encode (binding->pseudonym, sizeof binding->pseudonym);

  key = json_object_new ();
  json_object_set_string_member (key, "binding", id);
  json_object_set_string_member (key, "state", enigm_binding_state_name (binding->state));
  json_object_set_array_member (key, "reasons", restrictions_to_json (binding->restrictions));
  json_object_set_int_member (key, "since", binding->since);
  json_object_set_string_member (key, "certificate", certificate);
  json_object_set_string_member (key, "pseudonym", pseudonym);
  if (binding->proved != 0)
    {
      JsonObject *proved = json_object_new ();

      json_object_set_int_member (proved, "time", binding->proved);
      json_object_set_string_member (proved, "by", binding->proved_relayed ? "relayed" : "own");
      json_object_set_object_member (key, "proved", proved);
    }
  else
    json_object_set_null_member (key, "proved");
  if (binding->battery_time != 0)
    {
      JsonObject *battery = json_object_new ();

      json_object_set_int_member (battery, "percent", binding->battery);
      json_object_set_int_member (battery, "time", binding->battery_time);
      json_object_set_object_member (key, "battery", battery);
    }
  else
    json_object_set_null_member (key, "battery");
  /* A binding made since owes the restore nothing. */
  enigm_object_set_time_or_null (key, "restored",
                                 state->epoch_began >= binding->begun ? state->epoch_began : 0);
  enigm_object_set_time_or_null (key, "released", binding->released);
  if (binding->has_replaces)
    {
      g_autofree char *replaces = enigm_hex_encode (binding->replaces, sizeof binding->replaces);

      json_object_set_string_member (key, "replaces", replaces);
    }
  else
    json_object_set_null_member (key, "replaces");
  json_object_set_array_member (key, "attempts", g_steal_pointer (&attempts));
  json_object_set_array_member (key, "history", g_steal_pointer (&history));

  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, key);
  return node;
}

/**
 * enigm_keys_find_own:
 * @state: the platform
 * @request: a request whose route's first `{}` is a binding ID
 * @binding: (out) (transfer full): the binding
 * @error: return location
 *
 * Returns: %FALSE with the problem `unknown` if the account has no such binding: somebody else's
 *   reads the same as nobody's
 */
gboolean
enigm_keys_find_own (EnigmPlatformState *state,
                     EnigmRequest *request,
                     EnigmBinding **binding,
                     GError **error)
{
  g_autoptr (EnigmBinding) found = NULL;
  guint8 id[ENIGM_ID_SIZE];

  g_return_val_if_fail (binding != NULL, FALSE);

  if (!enigm_request_get_path_id (request, 0, id, error) ||
      !enigm_bindings_find (state, id, &found, error))
    return FALSE;
  if (found == NULL ||
      memcmp (found->account, enigm_request_get_account (request), ENIGM_ID_SIZE) != 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_UNKNOWN, NULL, "you have no such key");
      return FALSE;
    }
  *binding = g_steal_pointer (&found);
  return TRUE;
}

/**
 * enigm_keys_sweep:
 * @state: the platform, outside of a transaction
 * @error: return location
 *
 * Ends what has waited for too long: pending bindings, and offers nobody used. Called from time to
 * time, and before anybody is told about keys.
 *
 * Returns: %FALSE if the database failed
 */
gboolean
enigm_keys_sweep (EnigmPlatformState *state, GError **error)
{
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);

  return transaction != NULL && enigm_bindings_expire (state, error) &&
         enigm_store_commit (state->store, error);
}

static void
list_keys (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GPtrArray) bindings = NULL;
  g_autoptr (JsonArray) keys = json_array_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *body;

  if (!enigm_keys_sweep (state, &error))
    goto out;
  bindings = enigm_bindings_list (state, enigm_request_get_account (request), &error);
  for (guint i = 0; bindings != NULL && i < bindings->len; i++)
    {
      JsonNode *key = enigm_keys_to_json (state, g_ptr_array_index (bindings, i), &error);

      if (key == NULL)
        goto out;
      json_array_add_element (keys, key);
    }

out:
  if (error != NULL)
    {
      enigm_request_reply_error (request, error);
      return;
    }
  body = json_object_new ();
  json_object_set_array_member (body, "keys", g_steal_pointer (&keys));
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, body);
  enigm_request_reply_json (request, SOUP_STATUS_OK, g_steal_pointer (&node));
}

static void
reply_key (EnigmPlatformState *state, EnigmRequest *request, const EnigmBinding *binding)
{
  g_autoptr (GError) error = NULL;
  JsonNode *key = enigm_keys_to_json (state, binding, &error);

  if (key == NULL)
    enigm_request_reply_error (request, error);
  else
    enigm_request_reply_json (request, SOUP_STATUS_OK, key);
}

static void
get_key (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (EnigmBinding) binding = NULL;
  g_autoptr (GError) error = NULL;

  if (!enigm_keys_sweep (state, &error) || !enigm_keys_find_own (state, request, &binding, &error))
    enigm_request_reply_error (request, error);
  else
    reply_key (state, request, binding);
}

#define WISH_CANCELLED 0

/* What an owner may ask for. Released is no state: it ends the ownership. */
static const struct
{
  const char *name;
  EnigmBindingState to;
  EnigmBindingReason reason;
} wishes[] = {
  [WISH_CANCELLED] = { "cancelled", ENIGM_BINDING_CANCELLED, ENIGM_REASON_CANCELLED },
  { "lost", ENIGM_BINDING_RESTRICTED, ENIGM_REASON_LOST },
  { "found", ENIGM_BINDING_TRUSTED, ENIGM_REASON_FOUND },
  { "revoked", ENIGM_BINDING_REVOKED, ENIGM_REASON_LOST },
  { "retired", ENIGM_BINDING_RETIRED, ENIGM_REASON_RETIRED },
  { "released", ENIGM_BINDING_NONE, ENIGM_REASON_RETIRED },
};

static const EnigmBindingReason revocation_reasons[] = {
  ENIGM_REASON_LOST,
  ENIGM_REASON_STOLEN,
  ENIGM_REASON_RETIRED,
  ENIGM_REASON_REPLACED,
};

/* An app that was cut off before the answer asks again, and must not be told that it failed. */
static gboolean
is_so_already (const EnigmBinding *binding, const char *wish)
{
  if (g_str_equal (wish, "lost"))
    return (binding->restrictions & ENIGM_RESTRICTION_LOST) != 0;
  if (g_str_equal (wish, "found"))
    return binding->state == ENIGM_BINDING_TRUSTED;
  if (g_str_equal (wish, "released"))
    return binding->released != 0;
  return g_str_equal (wish, enigm_binding_state_name (binding->state));
}

/**
 * enigm_keys_read_revocation_reason:
 * @text: what was asked with
 * @reason: (out): the reason
 * @error: %ENIGM_PROBLEM_MALFORMED
 *
 * Returns: whether it is a reason to revoke for
 */
gboolean
enigm_keys_read_revocation_reason (const char *text, EnigmBindingReason *reason, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (revocation_reasons); i++)
    if (g_str_equal (text, enigm_binding_reason_name (revocation_reasons[i])))
      {
        *reason = revocation_reasons[i];
        return TRUE;
      }
  enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "reason", "lost, stolen, retired or replaced");
  return FALSE;
}

static gboolean
read_wish (EnigmRequest *request, gsize *wish, EnigmBindingReason *reason, GError **error)
{
  EnigmObject *object = enigm_request_get_object (request, error);
  const char *to, *text = "";

  if (object == NULL)
    return FALSE;
  to = enigm_object_get_string (object, "to", 1, 16, error);
  if (to == NULL)
    return FALSE;
  if (!enigm_object_is_null (object, "reason"))
    text = enigm_object_get_string (object, "reason", 0, 16, error);
  if (text == NULL || !enigm_object_end (object, error))
    return FALSE;

  for (*wish = 0; *wish < G_N_ELEMENTS (wishes); (*wish)++)
    if (g_str_equal (to, wishes[*wish].name))
      break;
  if (*wish == G_N_ELEMENTS (wishes))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "to", "no state that can be asked for");
      return FALSE;
    }

  *reason = wishes[*wish].reason;
  if (wishes[*wish].to == ENIGM_BINDING_REVOKED)
    return enigm_keys_read_revocation_reason (text, reason, error);
  if (*text != '\0' && !g_str_equal (text, to))
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "reason", "only a revocation has one");
      return FALSE;
    }
  return TRUE;
}

static gboolean
do_wish (EnigmPlatformState *state,
         EnigmBinding *binding,
         gsize wish,
         EnigmBindingReason reason,
         GError **error)
{
  g_autoptr (GError) refused = NULL;
  EnigmBindingState to = wishes[wish].to;

  if (is_so_already (binding, wishes[wish].name))
    return TRUE;
  if (to == ENIGM_BINDING_NONE)
    return enigm_ownership_release (state, binding, ENIGM_BINDING_BY_APP, error);
  /* A pairing that is lost half-way has nothing to restrict. */
  if (binding->state == ENIGM_BINDING_PENDING && to == ENIGM_BINDING_RESTRICTED)
    to = ENIGM_BINDING_CANCELLED;

  if (enigm_bindings_change (state, binding, to, ENIGM_BINDING_BY_APP, reason, &refused))
    return TRUE;
  if (g_error_matches (refused, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED))
    enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL, "%s", refused->message);
  else
    g_propagate_error (error, g_steal_pointer (&refused));
  return FALSE;
}

static void
change_key (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (EnigmBinding) binding = NULL;
  g_autoptr (GError) error = NULL;
  EnigmBindingReason reason;
  gsize wish;

  if (!enigm_keys_sweep (state, &error) || !read_wish (request, &wish, &reason, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  transaction = enigm_store_begin (state->store, &error);
  if (transaction == NULL || !enigm_keys_find_own (state, request, &binding, &error) ||
      !do_wish (state, binding, wish, reason, &error) || !enigm_store_commit (state->store, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  reply_key (state, request, binding);
}

/* Cancels a pairing, however far it has come by the time this arrives: an offer that waits is
 * withdrawn, so that no attestation on its way can use it, and a pending binding ends. */
static void
cancel_pairing (EnigmPlatformState *state, EnigmRequest *request)
{
  const guint8 *account = enigm_request_get_account (request);
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (EnigmBinding) binding = NULL;
  g_autoptr (GError) error = NULL;
  guint8 id[ENIGM_ID_SIZE];

  if (!enigm_request_get_path_id (request, 0, id, &error) ||
      (transaction = enigm_store_begin (state->store, &error)) == NULL ||
      !enigm_offers_withdraw (state, account, id, &error) ||
      !enigm_bindings_find (state, id, &binding, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  /* Nobody's and somebody else's read the same: there is nothing to cancel. */
  if ((binding != NULL && memcmp (binding->account, account, ENIGM_ID_SIZE) == 0 &&
       !do_wish (state, binding, WISH_CANCELLED, wishes[WISH_CANCELLED].reason, &error)) ||
      !enigm_store_commit (state->store, &error))
    enigm_request_reply_error (request, error);
  else
    enigm_request_reply_nothing (request);
}

const EnigmRoute enigm_keys_routes[] = {
  { "DELETE", "/v1/offers/{}", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, cancel_pairing },
  { "GET", "/v1/keys", ENIGM_ROUTE_BEARER, list_keys },
  { "GET", "/v1/keys/{}", ENIGM_ROUTE_BEARER, get_key },
  { "POST", "/v1/keys/{}/state", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, change_key },
  { 0 },
};
