/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What changes many things at once, and so needs the PIN: all keys revoked, or every other computer
 * closed. Each is one transaction: all of it, or nothing. */

#include "enigm-bindings.h"
#include "enigm-computers.h"
#include "enigm-keys.h"
#include "enigm-pin.h"
#include "enigm-router.h"

static gboolean
revoke_all (EnigmPlatformState *state,
            const guint8 *account,
            EnigmBindingReason reason,
            gint64 *count,
            GError **error)
{
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);
  g_autoptr (GPtrArray) bindings = NULL;

  if (transaction == NULL || !enigm_bindings_expire (state, error))
    return FALSE;
  bindings = enigm_bindings_list (state, account, error);
  if (bindings == NULL)
    return FALSE;
  for (guint i = 0; i < bindings->len; i++)
    {
      const EnigmBinding *listed = g_ptr_array_index (bindings, i);
      g_autoptr (EnigmBinding) binding = NULL;

      /* Revoking one ends what is pending of the same key. */
      if (!enigm_bindings_find (state, listed->id, &binding, error))
        return FALSE;
      if (enigm_binding_state_has_ended (binding->state))
        {
          *count += !enigm_binding_state_has_ended (listed->state);
          continue;
        }
      if (!enigm_bindings_change (state, binding, ENIGM_BINDING_REVOKED, ENIGM_BINDING_BY_APP,
                                  reason, error))
        return FALSE;
      (*count)++;
    }
  return enigm_store_commit (state->store, error);
}

static gboolean
close_others (EnigmPlatformState *state,
              const guint8 *account,
              const guint8 *computer,
              gint64 *count,
              GError **error)
{
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);
  g_autoptr (GByteArray) others = g_byte_array_new ();
  g_autoptr (EnigmStatement) row = NULL;
  EnigmStep step = ENIGM_STEP_ERROR;

  if (transaction == NULL)
    return FALSE;
  row = enigm_store_select (
    state->store, error,
    "SELECT id FROM computers WHERE account = ?1 AND id <> ?2 AND closed IS NULL", "kk", account,
    computer);
  while (row != NULL && (step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    {
      guint8 id[ENIGM_ID_SIZE];

      enigm_statement_get_id (row, 0, id);
      g_byte_array_append (others, id, sizeof id);
    }
  g_clear_pointer (&row, enigm_statement_free);
  if (step != ENIGM_STEP_DONE)
    return FALSE;
  for (guint at = 0; at < others->len; at += ENIGM_ID_SIZE, (*count)++)
    if (!enigm_computers_close (state, account, others->data + at, error))
      return FALSE;
  return enigm_store_commit (state->store, error);
}

static void
reply_count (EnigmRequest *request, gint64 count)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "count", count);
  json_node_take_object (node, object);
  enigm_request_reply_json (request, SOUP_STATUS_OK, node);
}

static void
on_revocation_allowed (EnigmPlatformState *state, EnigmRequest *request, gpointer user_data)
{
  EnigmBindingReason reason = (EnigmBindingReason) GPOINTER_TO_UINT (user_data);
  g_autoptr (GError) error = NULL;
  gint64 count = 0;

  if (revoke_all (state, enigm_request_get_account (request), reason, &count, &error))
    reply_count (request, count);
  else
    enigm_request_reply_error (request, error);
}

static void
revoke_keys (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;
  EnigmBindingReason reason;
  const gchar *text = enigm_request_get_string (request, "reason", 1, 16, &error);

  if (text == NULL || !enigm_keys_read_revocation_reason (text, &reason, &error))
    enigm_request_reply_error (request, error);
  else
    enigm_pin_ask (state, request, on_revocation_allowed, GUINT_TO_POINTER ((guint) reason));
}

static void
on_closing_allowed (EnigmPlatformState *state, EnigmRequest *request, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gint64 count = 0;

  if (close_others (state, enigm_request_get_account (request),
                    enigm_request_get_computer (request), &count, &error))
    reply_count (request, count);
  else
    enigm_request_reply_error (request, error);
}

static void
close_computers (EnigmPlatformState *state, EnigmRequest *request)
{
  enigm_pin_ask (state, request, on_closing_allowed, NULL);
}

const EnigmRoute enigm_bulk_routes[] = {
  { "POST", "/v1/keys/revocation", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, revoke_keys },
  { "POST", "/v1/computers/closing", ENIGM_ROUTE_BEARER | ENIGM_ROUTE_SIGNED, close_computers },
  { 0 },
};
