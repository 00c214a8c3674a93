/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/protocol/enigm-order.h"
#include "app/protocol/enigm-text.h"

#include "enigm-keys.h"
#include "enigm-router.h"

/* What an owner may order, and of which binding. A key is wiped only once the platform counts on
 * it no more; before, it would be silent without anybody knowing. */
static gboolean
check_allowed (EnigmOrderPurpose purpose, const EnigmBinding *binding, GError **error)
{
  if (purpose == ENIGM_ORDER_WIPE ? binding->released != 0
                                  : binding->state == ENIGM_BINDING_TRUSTED)
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL, "%s",
                     purpose == ENIGM_ORDER_WIPE
                       ? "the key is not released; retire it, or revoke and release it, first"
                       : "the key is not trusted");
  return FALSE;
}

static gboolean
read_order (EnigmRequest *request, EnigmOrder *order, GError **error)
{
  static const struct
  {
    const char *name;
    EnigmOrderPurpose purpose;
  } purposes[] = {
    { "join", ENIGM_ORDER_JOIN },
    { "drill", ENIGM_ORDER_DRILL },
    { "wipe", ENIGM_ORDER_WIPE },
  };
  g_autoptr (GBytes) session = NULL;
  g_autoptr (GBytes) nonce = NULL;
  const char *name = enigm_request_get_string (request, "purpose", 1, 8, error);

  if (name == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (purposes); i++)
    if (g_str_equal (name, purposes[i].name))
      order->purpose = purposes[i].purpose;
  if (order->purpose == 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "purpose", "join, drill or wipe");
      return FALSE;
    }
  session = enigm_request_get_bytes (request, "session", sizeof order->session_value,
                                     sizeof order->session_value, error);
  if (session == NULL)
    return FALSE;
  nonce =
    enigm_request_get_bytes (request, "nonce", sizeof order->nonce, sizeof order->nonce, error);
  if (nonce == NULL || !enigm_request_end (request, error))
    return FALSE;
  memcpy (order->session_value, g_bytes_get_data (session, NULL), sizeof order->session_value);
  memcpy (order->nonce, g_bytes_get_data (nonce, NULL), sizeof order->nonce);
  return TRUE;
}

/* Better said now than after the press; it counts only when the key has proved itself. */
static gboolean
check_room (EnigmPlatformState *state, const EnigmOrder *order, GError **error)
{
  guint8 computers[ENIGM_BINDING_MAX_COMPUTERS][ENIGM_ID_SIZE];
  guint n;

  if (order->purpose != ENIGM_ORDER_JOIN)
    return TRUE;
  if (!enigm_bindings_list_computers (state, order->binding, computers, &n, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (memcmp (computers[i], order->computer, ENIGM_ID_SIZE) == 0)
      return TRUE;
  if (n < ENIGM_BINDING_MAX_COMPUTERS)
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL,
                     "%d computers may use this key already; close one first",
                     ENIGM_BINDING_MAX_COMPUTERS);
  return FALSE;
}

static gboolean
note_order (EnigmPlatformState *state,
            const EnigmBinding *binding,
            const EnigmOrder *order,
            GError **error)
{
  static const char *const details[] = {
    [ENIGM_ORDER_JOIN] = "join",
    [ENIGM_ORDER_DRILL] = "drill",
    [ENIGM_ORDER_WIPE] = "wipe",
  };
  EnigmAuditEntry entry = { enigm_platform_state_now (state), binding->pseudonym, "order",
                            details[order->purpose] };

  return enigm_audit_append (state->audit, &entry, error);
}

static void
post_order (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (EnigmBinding) binding = NULL;
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *order_text = NULL;
  g_autofree char *signature_text = NULL;
  guint8 signature[ENIGM_P256_SIGNATURE_SIZE];
  EnigmOrder order = { 0 };
  JsonNode *node;

  if (!read_order (request, &order, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  transaction = enigm_store_begin (state->store, &error);
  if (transaction == NULL || !enigm_keys_find_own (state, request, &binding, &error) ||
      !check_allowed (order.purpose, binding, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }
  memcpy (order.binding, binding->id, sizeof order.binding);
  memcpy (order.computer, enigm_request_get_computer (request), sizeof order.computer);
  order.time = (guint64) enigm_platform_state_now (state);
  encoded = enigm_order_encode (&order);
  if (!check_room (state, &order, &error) ||
      !enigm_order_sign (encoded, state->identity, signature, &error) ||
      !note_order (state, binding, &order, &error) || !enigm_store_commit (state->store, &error))
    {
      enigm_request_reply_error (request, error);
      return;
    }

  order_text =
    enigm_base64url_encode (g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded));
  signature_text = enigm_base64url_encode (signature, sizeof signature);
  json_object_set_string_member (answer, "order", order_text);
  json_object_set_string_member (answer, "signature", signature_text);
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, answer);
  enigm_request_reply_json (request, SOUP_STATUS_OK, node);
}

const EnigmRoute enigm_orders_routes[] = {
  { "POST", "/v1/keys/{}/orders", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, post_order },
  { 0 },
};
