/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-account-private.h"

/* One's own alerts, each asked for whole: this computer does not keep where they went. */
typedef struct
{
  GPtrArray *ids; /* those still to be asked for; the last is next */
  JsonArray *events;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_ptr_array_unref (export->ids);
  json_array_unref (export->events);
  g_free (export);
}

static void
add_label (JsonArray *array, guint i, JsonNode *node, gpointer data)
{
  EnigmAccount *self = data;
  JsonObject *contact = json_node_get_object (node);
  const gchar *label =
    enigm_account_find_label (self, json_object_get_string_member (contact, "contact_id"));

  if (*label != '\0')
    json_object_set_string_member (contact, "label", label);
}

static gboolean
add_event (EnigmAccount *self, Export *export, JsonObject *event, GError **error)
{
  g_autoptr (EnigmAlert) alert = enigm_alert_parse (event, error);

  if (alert == NULL)
    return FALSE;
  if (enigm_alert_get_role (alert) != ENIGM_ALERT_ROLE_OWNER)
    return TRUE;
  json_array_foreach_element (json_object_get_array_member (event, "contacts"), add_label, self);
  json_array_add_object_element (export->events, json_object_ref (event));
  return TRUE;
}

static void ask_for_next (GTask *task);

static void
on_event_answered (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  GError *error = NULL;
  g_autoptr (JsonNode) answer = enigm_account_ask_finish (self, result, &error);

  if (answer != NULL)
    add_event (self, g_task_get_task_data (task), json_node_get_object (answer), &error);
  /* One that was deleted meanwhile. */
  if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED))
    g_clear_error (&error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    ask_for_next (task);
}

static gchar *
write_events (Export *export)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *root = json_object_new ();

  json_node_take_object (node, root);
  json_object_set_int_member (root, "exported", g_get_real_time () / G_USEC_PER_SEC);
  json_object_set_array_member (root, "events", json_array_ref (export->events));
  return json_to_string (node, TRUE);
}

static void
ask_for_next (GTask *task)
{
  Export *export = g_task_get_task_data (task);
  g_autofree gchar *id = NULL;
  g_autofree gchar *path = NULL;

  if (export->ids->len == 0)
    {
      g_task_return_pointer (task, write_events (export), g_free);
      return;
    }
  id = g_ptr_array_steal_index (export->ids, export->ids->len - 1);
  path = g_strdup_printf ("/v1/events/%s", id);
  enigm_account_ask_async (g_task_get_source_object (task), "GET", path, NULL,
                           ENIGM_PLATFORM_CALL_BEARER, g_task_get_cancellable (task),
                           on_event_answered, g_object_ref (task));
}

void
enigm_account_export_alerts_async (EnigmAccount *self,
                                   EnigmAlert *alert,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Export *export;
  GListModel *alerts;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self));
  g_return_if_fail (alert == NULL || ENIGM_IS_ALERT (alert));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_export_alerts_async);
  if (!enigm_account_require (self, task))
    return;
  export = g_new (Export, 1);
  export->ids = g_ptr_array_new_with_free_func (g_free);
  export->events = json_array_new ();
  g_task_set_task_data (task, export, export_free);
  alerts = enigm_account_get_alerts (self);
  for (guint i = 0; i < g_list_model_get_n_items (alerts); i++)
    {
      g_autoptr (EnigmAlert) own = g_list_model_get_item (alerts, i);

      if (enigm_alert_get_role (own) == ENIGM_ALERT_ROLE_OWNER && (alert == NULL || own == alert))
        g_ptr_array_add (export->ids, g_strdup (enigm_alert_get_id (own)));
    }
  ask_for_next (task);
}

gchar *
enigm_account_export_alerts_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
