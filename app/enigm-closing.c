/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-closing.h"

#include <glib/gi18n-lib.h>

#include "enigm-account-private.h"
#include "enigm-secret-json.h"

#define SIGNED (ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED)

static const gchar *const reasons[] = { "lost", "stolen", "retired", "replaced", NULL };

static GBytes *
build_body (const gchar *reason, EnigmSecret *pin)
{
  GByteArray *body = enigm_secret_json_begin ();

  if (reason != NULL)
    enigm_secret_json_add_text (body, "reason", reason);
  enigm_secret_json_add_secret (body, "pin", pin);
  return enigm_secret_json_end (body);
}

static void
on_keys_fetched (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  g_autoptr (GError) error = NULL;

  /* They are revoked, whether or not the list could be asked for. */
  if (!enigm_account_fetch_list_finish (self, result, &error))
    g_info ("Revoked, but the list could not be asked for: %s", error->message);
  enigm_account_save_cache (self);
  g_task_return_int (task, GPOINTER_TO_INT (g_task_get_task_data (task)));
}

static void
on_revoked (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  GError *error = NULL;
  gint64 count = 0;
  g_autoptr (JsonNode) answer = enigm_account_ask_finish (self, result, &error);

  if (answer == NULL ||
      !enigm_json_read_int (json_node_get_object (answer), "count", 0, G_MAXINT, &count, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_hash_table_remove_all (self->revoking);
  enigm_account_decorate (self);
  g_task_set_task_data (task, GINT_TO_POINTER ((gint) count), NULL);
  enigm_account_fetch_list_async (self, &enigm_list_keys, NULL, on_keys_fetched,
                                  g_object_ref (task));
}

void
enigm_account_revoke_all_async (EnigmAccount *self,
                                const gchar *reason,
                                EnigmSecret *pin,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GBytes) body = NULL;
  GError *error = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && pin != NULL);
  g_return_if_fail (reason != NULL && g_strv_contains (reasons, reason));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_revoke_all_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!enigm_account_check_pin (pin, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  body = build_body (reason, pin);
  enigm_account_ask_async (self, "POST", "/v1/keys/revocation", body, SIGNED, cancellable,
                           on_revoked, g_steal_pointer (&task));
}

gboolean
enigm_account_revoke_all_finish (EnigmAccount *self,
                                 GAsyncResult *result,
                                 guint *n_revoked,
                                 GError **error)
{
  gssize n;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  n = g_task_propagate_int (G_TASK (result), error);
  if (n >= 0 && n_revoked != NULL)
    *n_revoked = (guint) n;
  return n >= 0;
}

static void
on_erased (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  if (enigm_account_erase_finish (ENIGM_ACCOUNT (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, ENIGM_ERROR, error->code,
                             /* Translators: %s is a sentence on what could not be removed */
                             _ ("Your account is deleted at the platform. This computer could not "
                                "forget it: %s"),
                             error->message);
}

static void
on_deleted (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = enigm_account_ask_finish (self, result, &error);

  if (answer != NULL)
    enigm_account_erase_async (self, on_erased, g_object_ref (task));
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY))
    g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY, "%s",
                             _ ("The platform cannot be reached, and it is not known whether your "
                                "account was deleted. Nothing on this computer was removed. Try "
                                "again; if the account is gone, this computer is told so."));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
enigm_account_delete_async (EnigmAccount *self,
                            EnigmSecret *pin,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GBytes) body = NULL;
  GError *error = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && pin != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_delete_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!enigm_account_check_pin (pin, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  body = build_body (NULL, pin);
  enigm_account_ask_async (self, "POST", "/v1/account/deletion", body, SIGNED, cancellable,
                           on_deleted, g_steal_pointer (&task));
}

gboolean
enigm_account_delete_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static JsonObject *
copy_words (GHashTable *words)
{
  JsonObject *object = json_object_new ();
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, words);
  while (g_hash_table_iter_next (&iter, &key, &value))
    json_object_set_string_member (object, key, value);
  return object;
}

static void
on_exported (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  GError *error = NULL;
  g_autoptr (JsonNode) answer = enigm_account_ask_finish (self, result, &error);
  JsonObject *account;
  JsonObject *root;
  gint64 time;
  g_autoptr (JsonNode) whole = NULL;
  g_autoptr (GList) members = NULL;

  /* Whatever else is in it belongs to its owner, also what this version does not know. */
  if (answer == NULL ||
      !enigm_json_read_time (json_node_get_object (answer), "time", &time, &error) ||
      !enigm_json_read_object (json_node_get_object (answer), "account", &account, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  root = json_object_new ();
  members = json_object_get_members (json_node_get_object (answer));
  for (GList *member = members; member != NULL; member = member->next)
    json_object_set_member (root, member->data,
                            json_object_dup_member (json_node_get_object (answer), member->data));
  json_object_set_object_member (root, "names", copy_words (self->names));
  json_object_set_object_member (root, "labels", copy_words (self->labels));
  whole = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (whole, root);
  g_task_return_pointer (task, json_to_string (whole, TRUE), g_free);
}

void
enigm_account_export_async (EnigmAccount *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_export_async);
  enigm_account_ask_async (self, "GET", "/v1/account/export", NULL,
                           SIGNED | ENIGM_PLATFORM_CALL_LONG, cancellable, on_exported, task);
}

gchar *
enigm_account_export_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
