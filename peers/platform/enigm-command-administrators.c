/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Owners see and change who else runs the platform. */

#include "enigm-administrators.h"
#include "enigm-password.h"
#include "enigm-pin.h"
#include "enigm-router.h"

typedef struct
{
  EnigmPlatformState *state;
  EnigmRequest *request;
  guint8 id[ENIGM_ID_SIZE];
  gchar *name;
  EnigmRole role;
  EnigmSecret *password;
  EnigmSecret *pin;
  gchar *password_hash;
  gboolean removal;
  gboolean dry_run;
} Change;

static void
change_free (Change *self)
{
  g_clear_pointer (&self->request, enigm_request_unref);
  g_clear_pointer (&self->password, enigm_secret_unref);
  g_clear_pointer (&self->pin, enigm_secret_unref);
  g_free (self->name);
  g_free (self->password_hash);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Change, change_free)

static void
list_administrators (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (JsonObject) answer = json_object_new ();
  JsonArray *array = json_array_new ();
  g_autoptr (EnigmStatement) row = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAdministrator who;
  EnigmStep step = ENIGM_STEP_ERROR;

  json_object_set_array_member (answer, "administrators", array);
  if (enigm_administrators_require (state, request, ENIGM_ROLE_OWNER, &who, &error))
    row = enigm_store_select (state->store, &error,
                              "SELECT id, name, role, created, removed FROM administrators "
                              "ORDER BY created, name",
                              "");
  while (row != NULL && (step = enigm_statement_step (row, &error)) == ENIGM_STEP_ROW)
    {
      JsonObject *item = json_object_new ();
      g_autofree gchar *hex = NULL;
      guint8 id[ENIGM_ID_SIZE];

      enigm_statement_get_id (row, 0, id);
      hex = enigm_hex_encode (id, sizeof id);
      json_object_set_string_member (item, "id", hex);
      json_object_set_string_member (item, "name", enigm_statement_get_text (row, 1));
      json_object_set_string_member (
        item, "role", enigm_role_name ((EnigmRole) enigm_statement_get_int64 (row, 2)));
      json_object_set_int_member (item, "created", enigm_statement_get_int64 (row, 3));
      enigm_object_set_time_or_null (item, "removed", enigm_statement_get_int64 (row, 4));
      json_array_add_object_element (array, item);
    }
  if (step == ENIGM_STEP_DONE)
    {
      JsonNode *node = json_node_new (JSON_NODE_OBJECT);

      json_node_set_object (node, answer);
      enigm_request_reply_json (request, SOUP_STATUS_OK, node);
    }
  else
    enigm_request_reply_error (request, error);
}

static gboolean
add (Change *change, const gchar *pin_hash, GError **error)
{
  EnigmPlatformState *state = change->state;
  g_autoptr (EnigmTransaction) transaction = enigm_store_begin (state->store, error);
  g_autofree gchar *hex = enigm_hex_encode (change->id, 4);
  g_autofree gchar *did =
    g_strdup_printf ("added administrator %s as %s", hex, enigm_role_name (change->role));
  EnigmAdministrator who;

  return transaction != NULL &&
         enigm_administrators_require (state, change->request, ENIGM_ROLE_OWNER, &who, error) &&
         enigm_administrators_put (state, change->id, change->name, change->role,
                                   change->password_hash, pin_hash, error) &&
         enigm_administrators_audit (state, who.id, did, FALSE, error) &&
         (change->dry_run || enigm_store_commit (state->store, error));
}

static void
on_pin_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Change) change = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *hash = enigm_password_hash_finish (result, &error);

  if (hash == NULL || !add (change, hash, &error))
    enigm_request_reply_error (change->request, error);
  else
    enigm_request_reply_nothing (change->request);
}

static void
on_password_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Change) change = user_data;
  g_autoptr (GError) error = NULL;
  EnigmSecret *pin = change->pin;

  change->password_hash = enigm_password_hash_finish (result, &error);
  if (change->password_hash == NULL)
    enigm_request_reply_error (change->request, error);
  else
    enigm_password_hash_async (pin, NULL, on_pin_hashed, g_steal_pointer (&change));
}

static void
on_adding_allowed (EnigmPlatformState *state, EnigmRequest *request, gpointer user_data)
{
  Change *asked = user_data;
  Change *change = g_new0 (Change, 1);

  change->state = state;
  change->request = enigm_request_ref (request);
  memcpy (change->id, asked->id, sizeof change->id);
  change->name = g_steal_pointer (&asked->name);
  change->role = asked->role;
  change->password = g_steal_pointer (&asked->password);
  change->pin = g_steal_pointer (&asked->pin);
  enigm_password_hash_async (change->password, NULL, on_password_hashed, change);
}

static gboolean
read_role (EnigmRequest *request, EnigmRole *role, GError **error)
{
  const gchar *text = enigm_request_get_string (request, "role", 1, 16, error);

  if (text == NULL)
    return FALSE;
  if (enigm_role_parse (text, role))
    return TRUE;
  enigm_problem_set (error, ENIGM_PROBLEM_MALFORMED, "role", "viewer, operator or owner");
  return FALSE;
}

static gboolean
read_new (EnigmRequest *request, Change *change, GError **error)
{
  const gchar *name = enigm_request_get_string (request, "name", 1, 64, error);
  const gchar *password;

  if (name == NULL || !enigm_administrators_check_name (name, error) ||
      !read_role (request, &change->role, error))
    return FALSE;
  change->name = g_strdup (name);
  if (!enigm_administrators_read_dry_run (request, &change->dry_run, error) ||
      !enigm_random_bytes (change->id, sizeof change->id, error))
    return FALSE;
  if (change->dry_run)
    return TRUE;
  password = enigm_request_get_string (request, "new_password", ENIGM_PASSWORD_MIN,
                                       ENIGM_PASSWORD_MAX, error);
  if (password == NULL)
    return FALSE;
  change->password = enigm_password_take_text (password);
  change->pin = enigm_pin_read_member (request, "new_pin", error);
  return change->pin != NULL;
}

/* Tried out, it needs neither the newcomer's secrets nor a PIN. */
static void
try_adding (Change *change, EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (GError) error = NULL;

  change->state = state;
  change->request = enigm_request_ref (request);
  change->password_hash = g_strdup ("none");
  if (add (change, "none", &error))
    enigm_request_reply_nothing (request);
  else
    enigm_request_reply_error (request, error);
}

static void
add_administrator (EnigmPlatformState *state, EnigmRequest *request)
{
  g_autoptr (Change) change = g_new0 (Change, 1);
  g_autoptr (EnigmSecret) pin = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAdministrator who;

  if (!enigm_administrators_require (state, request, ENIGM_ROLE_OWNER, &who, &error) ||
      !read_new (request, change, &error) ||
      (!change->dry_run && (pin = enigm_pin_read (request, &error)) == NULL) ||
      !enigm_request_end (request, &error))
    enigm_request_reply_error (request, error);
  else if (change->dry_run)
    try_adding (change, state, request);
  else
    enigm_administrators_ask_pin (state, request, pin, on_adding_allowed, g_steal_pointer (&change),
                                  (GDestroyNotify) change_free);
}

static void
on_change_allowed (EnigmPlatformState *state, EnigmRequest *request, gpointer user_data)
{
  const Change *change = user_data;
  g_autoptr (EnigmTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *hex = enigm_hex_encode (change->id, 4);
  g_autofree gchar *did = change->removal ? g_strdup_printf ("removed administrator %s", hex)
                                          : g_strdup_printf ("made administrator %s %s", hex,
                                                             enigm_role_name (change->role));
  EnigmAdministrator who;

  transaction = enigm_store_begin (state->store, &error);
  if (transaction == NULL ||
      !enigm_administrators_require (state, request, ENIGM_ROLE_OWNER, &who, &error) ||
      !(change->removal
          ? enigm_administrators_remove (state, change->id, &error)
          : enigm_administrators_set_role (state, change->id, change->role, &error)) ||
      !enigm_administrators_audit (state, who.id, did, FALSE, &error) ||
      (!change->dry_run && !enigm_store_commit (state->store, &error)))
    enigm_request_reply_error (request, error);
  else
    enigm_request_reply_nothing (request);
}

static void
change_administrator (EnigmPlatformState *state, EnigmRequest *request, gboolean removal)
{
  g_autoptr (Change) change = g_new0 (Change, 1);
  g_autoptr (EnigmSecret) pin = NULL;
  g_autoptr (GError) error = NULL;
  EnigmAdministrator who;

  change->removal = removal;
  if (!enigm_administrators_require (state, request, ENIGM_ROLE_OWNER, &who, &error) ||
      !enigm_request_get_path_id (request, 0, change->id, &error) ||
      !(removal || read_role (request, &change->role, &error)) ||
      !enigm_administrators_read_dry_run (request, &change->dry_run, &error) ||
      (!change->dry_run && (pin = enigm_pin_read (request, &error)) == NULL) ||
      !enigm_request_end (request, &error))
    enigm_request_reply_error (request, error);
  else if (change->dry_run)
    on_change_allowed (state, request, change);
  else
    enigm_administrators_ask_pin (state, request, pin, on_change_allowed, g_steal_pointer (&change),
                                  (GDestroyNotify) change_free);
}

static void
change_role (EnigmPlatformState *state, EnigmRequest *request)
{
  change_administrator (state, request, FALSE);
}

static void
remove_administrator (EnigmPlatformState *state, EnigmRequest *request)
{
  change_administrator (state, request, TRUE);
}

const EnigmRoute enigm_command_administrators_routes[] = {
  { "GET", "/command/v1/administrators", ENIGM_ROUTE_COMMAND, list_administrators },
  { "POST", "/command/v1/administrators", ENIGM_ROUTE_COMMAND, add_administrator },
  { "POST", "/command/v1/administrators/{}/role", ENIGM_ROUTE_COMMAND, change_role },
  { "POST", "/command/v1/administrators/{}/removal", ENIGM_ROUTE_COMMAND, remove_administrator },
  { 0 },
};
