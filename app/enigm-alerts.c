/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-account-private.h"

static const gchar *const stages[] = { "notified", "seen", NULL };

/* The answer to a change is the alert as it is now. */
static void
take_answer (EnigmAccount *self, EnigmPlatform *platform, EnigmAlert *alert, JsonNode *answer)
{
  g_autoptr (GError) error = NULL;

  /* One that was taken from this account meanwhile does not come back with an older answer. */
  if (self->platform != platform || enigm_alert_get_gone (alert))
    return;
  if (enigm_account_merge_alert (self, json_node_get_object (answer), &error))
    enigm_account_save_cache (self);
  else
    /* The change was made; what it made of the alert comes with the next refresh. */
    g_info ("An alert that was changed could not be read: %s", error->message);
}

static void
on_fetched (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  EnigmAlert *alert = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (JsonNode) answer = enigm_account_ask_finish (self, result, &error);

  if (answer != NULL && !enigm_alert_get_gone (alert))
    enigm_account_merge_alert (self, json_node_get_object (answer), &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
enigm_account_fetch_alert_async (EnigmAccount *self,
                                 EnigmAlert *alert,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree gchar *path = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_ALERT (alert));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_fetch_alert_async);
  g_task_set_task_data (task, g_object_ref (alert), g_object_unref);
  path = g_strdup_printf ("/v1/events/%s", enigm_alert_get_id (alert));
  enigm_account_ask_async (self, "GET", path, NULL, ENIGM_PLATFORM_CALL_BEARER, cancellable,
                           on_fetched, g_object_ref (task));
}

gboolean
enigm_account_fetch_alert_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_ended (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, NULL, &error);

  if (answer == NULL)
    {
      g_task_return_error (task, enigm_account_note_error (self, error));
      return;
    }
  take_answer (self, ENIGM_PLATFORM (object), g_task_get_task_data (task), answer);
  g_task_return_boolean (task, TRUE);
}

/* A word to the owner is worth keeping: it goes as soon as the platform is back. */
static void
on_staged (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  EnigmAlert *alert = g_task_get_task_data (task);
  const gchar *stage = g_object_get_data (G_OBJECT (task), "enigm-stage");
  GError *error = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, NULL, &error);

  if (answer != NULL)
    {
      take_answer (self, ENIGM_PLATFORM (object), alert, answer);
      g_task_return_boolean (task, TRUE);
    }
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY) &&
           self->platform == ENIGM_PLATFORM (object))
    {
      g_error_free (error);
      enigm_account_queue_stage (self, enigm_alert_get_id (alert), stage);
      enigm_account_stream_renew (self);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, enigm_account_note_error (self, error));
}

void
enigm_account_stage_alert_async (EnigmAccount *self,
                                 EnigmAlert *alert,
                                 const gchar *stage,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (JsonNode) body = NULL;
  g_autofree gchar *path = NULL;
  JsonObject *object;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_ALERT (alert));
  g_return_if_fail (stage != NULL && g_strv_contains (stages, stage));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_stage_alert_async);
  g_task_set_task_data (task, g_object_ref (alert), g_object_unref);
  g_object_set_data_full (G_OBJECT (task), "enigm-stage", g_strdup (stage), g_free);
  if (!enigm_account_require (self, task))
    return;
  path = g_strdup_printf ("/v1/events/%s/stage", enigm_alert_get_id (alert));
  body = json_node_new (JSON_NODE_OBJECT);
  object = json_object_new ();
  json_object_set_string_member (object, "stage", stage);
  json_node_take_object (body, object);
  enigm_platform_call_async (self->platform, "POST", path, body, ENIGM_PLATFORM_CALL_BEARER, NULL,
                             cancellable, on_staged, g_object_ref (task));
}

gboolean
enigm_account_stage_alert_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
enigm_account_end_alert_async (EnigmAccount *self,
                               EnigmAlert *alert,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (JsonNode) body = NULL;
  g_autofree gchar *path = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_ALERT (alert));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_end_alert_async);
  g_task_set_task_data (task, g_object_ref (alert), g_object_unref);
  if (!enigm_account_require (self, task))
    return;
  path = g_strdup_printf ("/v1/events/%s/end", enigm_alert_get_id (alert));
  body = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (body, json_object_new ());
  enigm_platform_call_async (self->platform, "POST", path, body,
                             ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED, NULL,
                             cancellable, on_ended, g_object_ref (task));
}

gboolean
enigm_account_end_alert_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_deleted (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  EnigmAlert *alert = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, NULL, &error);

  if (answer == NULL)
    {
      g_task_return_error (task, enigm_account_note_error (self, error));
      return;
    }
  g_hash_table_add (self->deleted, g_strdup (enigm_alert_get_id (alert)));
  enigm_account_drop_alert (self, alert);
  enigm_account_save_cache (self);
  g_task_return_boolean (task, TRUE);
}

void
enigm_account_delete_alert_async (EnigmAccount *self,
                                  EnigmAlert *alert,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree gchar *path = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_ALERT (alert));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_delete_alert_async);
  g_task_set_task_data (task, g_object_ref (alert), g_object_unref);
  if (!enigm_account_require (self, task))
    return;
  path = g_strdup_printf ("/v1/events/%s", enigm_alert_get_id (alert));
  enigm_platform_call_async (self->platform, "DELETE", path, NULL,
                             ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED, NULL,
                             cancellable, on_deleted, g_object_ref (task));
}

gboolean
enigm_account_delete_alert_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
