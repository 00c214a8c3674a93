/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keys as administrators list and change them. A list comes in pages, so that a long one holds up
 * nothing else that the platform has to do. A key is named by the beginning of its pseudonym.
 *
 * However many are changed, it is one transaction: all of it, or nothing. With `dry_run` the same
 * is done and taken back, and the answer says what would have been. */

#include "enigm-administrators.h"
#include "enigm-key-view.h"
#include "enigm-keys.h"
#include "enigm-ownership.h"
#include "enigm-pin.h"
#include "enigm-router.h"

/* Keys changed by one request, and keys of one page. */
#define MAX_KEYS 500
#define PAGE_KEYS 100

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

static void
reply_object (EnigmRequest *request, JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);
  enigm_request_reply_json (request, SOUP_STATUS_OK, node);
}

/* In the order of the pseudonyms, which is none: but it is the same however many are added while
 * somebody turns the pages. */
static gboolean
list (EnigmPlatformState *state, GBytes *after, JsonObject *answer, GError **error)
{
  g_autoptr (GPtrArray) pseudonyms =
    g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (EnigmStatement) row = enigm_store_select (
    state->store, error,
    "SELECT DISTINCT pseudonym FROM bindings WHERE pseudonym > ?1 ORDER BY pseudonym LIMIT ?2",
    "bi", g_bytes_get_data (after, NULL), g_bytes_get_size (after), (gint64) PAGE_KEYS + 1);
  JsonArray *keys = json_array_new ();
  EnigmStep step = ENIGM_STEP_ERROR;

  json_object_set_array_member (answer, "keys", keys);
  while (row != NULL && (step = enigm_statement_step (row, error)) == ENIGM_STEP_ROW)
    g_ptr_array_add (pseudonyms, enigm_statement_dup_bytes (row, 0));
  if (step != ENIGM_STEP_DONE)
    return FALSE;
  for (guint i = 0; i < MIN (pseudonyms->len, PAGE_KEYS); i++)
    {
      g_autoptr (EnigmBinding) binding =
        enigm_key_view_find_current (state, g_ptr_array_index (pseudonyms, i), error);
      JsonObject *key = binding != NULL ? enigm_key_view_to_json (state, binding, error) : NULL;

      if (key == NULL)
        return FALSE;
      json_array_add_object_element (keys, key);
    }
  json_object_set_boolean_member (answer, "more", pseudonyms->len > PAGE_KEYS);
  return TRUE;
}

static void
reply_page (EnigmPlatformState *state, EnigmRequest *request, const guint8 *after)
{
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (GBytes) first = g_bytes_new (after, ENIGM_PSEUDONYM_SIZE);
  g_autoptr (GError) error = NULL;
  EnigmAdministrator who;

  if (enigm_administrators_require (state, request, ENIGM_ROLE_VIEWER, &who, &error) &&
      enigm_keys_sweep (state, &error) && list (state, first, answer, &error))
    reply_object (request, answer);
  else
    enigm_request_reply_error (request, error);
}

static void
list_keys (EnigmPlatformState *state, EnigmRequest *request)
{
  static const guint8 before_all[ENIGM_PSEUDONYM_SIZE];

  reply_page (state, request, before_all);
}

static void
list_keys_after (EnigmPlatformState *state, EnigmRequest *request)
{
  guint8 after[ENIGM_PSEUDONYM_SIZE];

  if (enigm_hex_decode (enigm_request_get_path_argument (request, 0), after, sizeof after))
    reply_page (state, request, after);
  else
    enigm_request_reply_problem (request, ENIGM_PROBLEM_MALFORMED, "not a pseudonym", "after");
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
      (pseudonym = enigm_key_view_find_pseudonym (
         state, enigm_request_get_path_argument (request, 0), &error)) != NULL &&
      (binding = enigm_key_view_find_current (state, pseudonym, &error)) != NULL &&
      (answer = enigm_key_view_to_json (state, binding, &error)) != NULL &&
      enigm_key_view_add_history (state, binding, answer, &error))
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
    return binding->state == ENIGM_BINDING_TRUSTED;
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
  /* Refused for another reason, which this does not take back. */
  if (wish->reason == ENIGM_REASON_FOUND && binding->state == ENIGM_BINDING_RESTRICTED &&
      (binding->restrictions & ENIGM_RESTRICTION_LOST) == 0)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_STATE_FORBIDS, NULL,
                         binding->restrictions & ENIGM_RESTRICTION_SUSPENDED
                           ? "the key is not lost but suspended; resume it"
                           : "the key is not lost but unproved since a restore; "
                             "its owner confirms it in the app");
      return FALSE;
    }
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
      g_autoptr (EnigmBinding) binding =
        enigm_key_view_find_current (state, g_ptr_array_index (order->pseudonyms, i), error);
      g_autoptr (EnigmBinding) after = NULL;
      JsonObject *key;

      if (binding == NULL || !do_one (state, order, binding, error) ||
          !enigm_bindings_find (state, binding->id, &after, error))
        return FALSE;
      key = enigm_key_view_to_json (state, after, error);
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
  return enigm_administrators_read_dry_run (request, &order->dry_run, error);
}

/* Somebody may name a key twice, once longer than the other time. */
static gboolean
add_key (EnigmPlatformState *state, Order *order, const gchar *text, GError **error)
{
  g_autoptr (GBytes) pseudonym = enigm_key_view_find_pseudonym (state, text, error);

  if (pseudonym == NULL)
    return FALSE;
  if (!g_ptr_array_find_with_equal_func (order->pseudonyms, pseudonym, g_bytes_equal, NULL))
    g_ptr_array_add (order->pseudonyms, g_steal_pointer (&pseudonym));
  return TRUE;
}

static gboolean
read_pseudonyms (EnigmPlatformState *state, EnigmRequest *request, Order *order, GError **error)
{
  g_auto (GStrv) texts = enigm_object_get_strings (enigm_request_get_object (request, NULL),
                                                   "pseudonyms", MAX_KEYS, 64, error);

  order->bulk = TRUE;
  if (texts == NULL)
    return FALSE;
  if (texts[0] == NULL)
    {
      enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "pseudonyms", "it names no key");
      return FALSE;
    }
  for (gsize i = 0; texts[i] != NULL; i++)
    if (!add_key (state, order, texts[i], error))
      return FALSE;
  return TRUE;
}

/* A PIN goes before what cannot be undone; trying it out undoes itself. */
static void
change (EnigmPlatformState *state, EnigmRequest *request, gboolean bulk)
{
  g_autoptr (Order) order = g_new0 (Order, 1);
  g_autoptr (EnigmSecret) pin = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAdministrator who;

  order->pseudonyms = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  if (!enigm_administrators_require (state, request, ENIGM_ROLE_OPERATOR, &who, &error) ||
      !read_order (request, order, &error))
    goto refused;
  if (!(bulk ? read_pseudonyms (state, request, order, &error)
             : add_key (state, order, enigm_request_get_path_argument (request, 0), &error)))
    goto refused;
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
  { "GET", "/command/v1/keys/after/{}", ENIGM_ROUTE_COMMAND, list_keys_after },
  { "POST", "/command/v1/keys/state", ENIGM_ROUTE_COMMAND, change_keys },
  { "GET", "/command/v1/keys/{}", ENIGM_ROUTE_COMMAND, get_key },
  { "POST", "/command/v1/keys/{}/state", ENIGM_ROUTE_COMMAND, change_key },
  { 0 },
};
