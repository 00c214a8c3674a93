/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "enigm-account-private.h"

static const gchar *const targets[] = { "cancelled", "lost",     "found", "revoked",
                                        "retired",   "released", NULL };
static const gchar *const revocation_reasons[] = { "lost", "stolen", "retired", "replaced", NULL };

static void
call_state_async (EnigmAccount *self,
                  const gchar *binding,
                  const gchar *to,
                  const gchar *reason,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autofree gchar *path = g_strdup_printf ("/v1/keys/%s/state", binding);
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "to", to);
  if (reason != NULL)
    json_object_set_string_member (object, "reason", reason);
  json_node_take_object (body, object);
  enigm_platform_call_async (self->platform, "POST", path, body,
                             ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED, NULL,
                             cancellable, callback, user_data);
}

/* Takes the *key* that the platform answered into the model. */
static gboolean
merge_key (EnigmAccount *self, JsonNode *answer, GError **error)
{
  JsonObject *json = json_node_get_object (answer);
  g_autoptr (EnigmKey) key = enigm_key_parse (json, error);
  EnigmKey *then;

  if (key == NULL)
    return FALSE;
  then = enigm_account_find_key (self, enigm_key_get_binding (key));
  if (then != NULL)
    {
      enigm_key_copy (then, key);
      enigm_account_set_item_json (then, json);
    }
  enigm_account_decorate (self);
  enigm_account_save_cache (self);
  return TRUE;
}

typedef struct
{
  gchar *binding;
  gchar *to;
  gchar *reason;
  GError *refused;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->binding);
  g_free (change->to);
  g_free (change->reason);
  g_clear_error (&change->refused);
  g_free (change);
}

static void
on_revocation_kept (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (enigm_account_save_finish (self, result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  /* It would not be remembered, so it must not look as if it were. */
  g_hash_table_remove (self->revoking, change->binding);
  enigm_account_decorate (self);
  g_task_return_error (task, error);
}

/* Another binding of the same key, in force, is why an ended one cannot be released. */
static gboolean
is_paired_again (EnigmAccount *self, EnigmKey *key)
{
  GListModel *keys = enigm_account_get_keys (self);

  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (EnigmKey) other = g_list_model_get_item (keys, i);

      if (other != key &&
          g_str_equal (enigm_key_get_certificate (other), enigm_key_get_certificate (key)) &&
          enigm_key_allows (other, ENIGM_KEY_ACTION_REVOKE))
        return TRUE;
    }
  return FALSE;
}

/* What was refused is said by the state that the key turned out to be in. */
static void
on_key_looked_at (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, NULL, NULL);
  g_autofree gchar *sentence = NULL;
  EnigmKey *key;

  if (answer != NULL && self->platform == ENIGM_PLATFORM (object))
    merge_key (self, answer, NULL);
  key = enigm_account_find_key (self, change->binding);
  if (key != NULL)
    sentence = enigm_key_describe_refusal (key, change->to);
  if (key != NULL && sentence == NULL && g_str_equal (change->to, "released") &&
      is_paired_again (self, key))
    sentence = g_strdup (_ ("This key is paired again and in force. Nothing changed. Revoke or "
                            "retire that pairing first."));
  if (sentence != NULL)
    {
      g_clear_error (&change->refused);
      change->refused = g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED, sentence);
    }
  g_task_return_error (task, g_steal_pointer (&change->refused));
}

static void
look_at_key (GTask *task, const GError *refused)
{
  EnigmAccount *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autofree gchar *path = g_strdup_printf ("/v1/keys/%s", change->binding);

  change->refused = g_error_copy (refused);
  enigm_platform_call_async (self->platform, "GET", path, NULL, ENIGM_PLATFORM_CALL_BEARER, NULL,
                             g_task_get_cancellable (task), on_key_looked_at, g_object_ref (task));
}

static void
on_state_answered (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, NULL, &error);

  if (answer != NULL && self->platform == ENIGM_PLATFORM (object))
    {
      g_hash_table_remove (self->revoking, change->binding);
      if (merge_key (self, answer, &error))
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (error == NULL)
    error = enigm_account_error_signed_out ();
  if (g_str_equal (change->to, "revoked") && self->platform == ENIGM_PLATFORM (object) &&
      (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY) ||
       g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_CERTIFICATE)))
    {
      g_hash_table_insert (self->revoking, g_strdup (change->binding), g_strdup (change->reason));
      enigm_account_decorate (self);
      enigm_account_save_async (self, NULL, on_revocation_kept, g_steal_pointer (&task));
      return;
    }
  if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED) &&
      self->platform == ENIGM_PLATFORM (object))
    {
      look_at_key (task, error);
      return;
    }
  g_task_return_error (task, enigm_account_note_error (self, g_steal_pointer (&error)));
}

void
enigm_account_set_key_state_async (EnigmAccount *self,
                                   EnigmKey *key,
                                   const gchar *to,
                                   const gchar *reason,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Change *change;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_KEY (key));
  g_return_if_fail (to != NULL && g_strv_contains (targets, to));
  g_return_if_fail (reason == NULL || g_strv_contains (revocation_reasons, reason));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_set_key_state_async);
  change = g_new0 (Change, 1);
  change->binding = g_strdup (enigm_key_get_binding (key));
  change->to = g_strdup (to);
  /* A revocation always says why; one that waits keeps its reason unless another is given. */
  if (reason == NULL && g_str_equal (to, "revoked"))
    reason = g_hash_table_lookup (self->revoking, change->binding);
  if (reason == NULL && g_str_equal (to, "revoked"))
    reason = "lost";
  change->reason = g_strdup (reason);
  g_task_set_task_data (task, change, change_free);
  if (enigm_account_require (self, task))
    call_state_async (self, change->binding, change->to, change->reason, cancellable,
                      on_state_answered, g_object_ref (task));
}

gboolean
enigm_account_set_key_state_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Revocations that wait are sent one after the other, before anything else is asked. Whoever wants
 * them sent meanwhile waits for the same. */

static void send_next (GTask *task);

static void
finish_sending (GTask *task, GError *error)
{
  EnigmAccount *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->revocations_awaited);

  for (guint i = 0; i < waiting->len; i++)
    {
      if (error != NULL)
        g_task_return_error (waiting->pdata[i], g_error_copy (error));
      else
        g_task_return_boolean (waiting->pdata[i], TRUE);
    }
  g_clear_error (&error);
}

static void
on_revocation_answered (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  GQueue *queue = g_task_get_task_data (task);
  g_autofree gchar *binding = g_queue_pop_head (queue);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, NULL, &error);

  if (self->platform != ENIGM_PLATFORM (object))
    {
      finish_sending (task, enigm_account_error_signed_out ());
      return;
    }
  if (answer != NULL)
    {
      g_hash_table_remove (self->revoking, binding);
      /* What it says is asked for anyway. */
      merge_key (self, answer, NULL);
      enigm_account_decorate (self);
      enigm_account_save_cache (self);
    }
  /* A refusal is settled by the list that is asked for next: what has ended needs no revoking. */
  else if (!g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED))
    {
      finish_sending (task, enigm_account_note_error (self, g_steal_pointer (&error)));
      return;
    }
  send_next (task);
}

static void
send_next (GTask *task)
{
  EnigmAccount *self = g_task_get_source_object (task);
  GQueue *queue = g_task_get_task_data (task);
  const gchar *binding = g_queue_peek_head (queue);

  /* Settled meanwhile, by whoever revoked it in another way. */
  while (binding != NULL && !g_hash_table_contains (self->revoking, binding))
    {
      g_free (g_queue_pop_head (queue));
      binding = g_queue_peek_head (queue);
    }
  if (binding == NULL)
    finish_sending (task, NULL);
  else
    call_state_async (self, binding, "revoked", g_hash_table_lookup (self->revoking, binding), NULL,
                      on_revocation_answered, g_object_ref (task));
}

static void
queue_free (gpointer data)
{
  g_queue_free_full (data, g_free);
}

void
enigm_account_send_revocations_async (EnigmAccount *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GQueue *queue = g_queue_new ();
  GHashTableIter iter;
  gpointer binding;

  g_task_set_source_tag (task, enigm_account_send_revocations_async);
  g_hash_table_iter_init (&iter, self->revoking);
  while (g_hash_table_iter_next (&iter, &binding, NULL))
    g_queue_push_tail (queue, g_strdup (binding));
  g_task_set_task_data (task, queue, queue_free);
  if (self->revocations_awaited != NULL)
    {
      g_ptr_array_add (self->revocations_awaited, g_object_ref (task));
      return;
    }
  self->revocations_awaited = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->revocations_awaited, g_object_ref (task));
  send_next (task);
}

gboolean
enigm_account_send_revocations_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_name_kept (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (enigm_account_save_finish (ENIGM_ACCOUNT (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
enigm_account_rename_key_async (EnigmAccount *self,
                                EnigmKey *key,
                                const gchar *name,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_KEY (key) && name != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_rename_key_async);
  if (strlen (name) > ENIGM_LABEL_MAX || !g_utf8_validate (name, -1, NULL))
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "%s",
                               _ ("This name is too long. The key's name is unchanged. Choose a "
                                  "shorter one."));
      return;
    }
  /* A name is this computer's alone, so it can be changed with the platform or session away. */
  if (self->file == NULL)
    {
      g_task_return_error (task, enigm_account_error_signed_out ());
      return;
    }
  if (*name != '\0')
    g_hash_table_insert (self->names, g_strdup (enigm_key_get_binding (key)), g_strdup (name));
  else
    g_hash_table_remove (self->names, enigm_key_get_binding (key));
  enigm_account_decorate (self);
  enigm_account_save_async (self, cancellable, on_name_kept, g_steal_pointer (&task));
}

gboolean
enigm_account_rename_key_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
