/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-account-private.h"

/*
 * What this computer has shown of others' alerts, and what the platform has still to be told of
 * that. Both are kept on disk: an alert is shown once, however often and by whatever way news of it
 * comes, and a word to its owner is not lost with the connection.
 */

static gboolean
is_contact (EnigmAlert *alert)
{
  return enigm_alert_get_role (alert) == ENIGM_ALERT_ROLE_CONTACT;
}

static EnigmAlertStage *
dup_own_stage (EnigmAlert *alert)
{
  return g_list_model_get_item (enigm_alert_get_stages (alert), 0);
}

gboolean
enigm_account_is_alert_due (EnigmAccount *self, EnigmAlert *alert)
{
  g_autoptr (EnigmAlertStage) own = NULL;

  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_ALERT (alert), FALSE);

  if (!is_contact (alert) || enigm_alert_get_state (alert) != ENIGM_ALERT_STATE_ACTIVE ||
      g_hash_table_contains (self->shown, enigm_alert_get_id (alert)))
    return FALSE;
  own = dup_own_stage (alert);
  return own == NULL || enigm_alert_stage_get_seen (own) == 0;
}

/**
 * enigm_account_signal_due:
 *
 * What came when nobody was there to show it any more, as the program ended, comes before anything
 * that the platform has to tell now.
 */
void
enigm_account_signal_due (EnigmAccount *self)
{
  g_autoptr (GPtrArray) due = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *alerts = G_LIST_MODEL (self->alerts);

  for (guint i = g_list_model_get_n_items (alerts); i-- > 0;)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (alerts, i);

      if (enigm_account_is_alert_due (self, alert))
        g_ptr_array_add (due, g_steal_pointer (&alert));
    }
  for (guint i = 0; i < due->len; i++)
    enigm_account_emit_alert_changed (self, due->pdata[i]);
}

typedef struct
{
  EnigmAccount *account;
  EnigmPlatform *platform;
  gchar *id;
  gchar *stage;
} Telling;

static void
telling_free (Telling *telling)
{
  g_object_unref (telling->account);
  g_object_unref (telling->platform);
  g_free (telling->id);
  g_free (telling->stage);
  g_free (telling);
}

static void
drop (EnigmAccount *self, const gchar *id)
{
  EnigmAlert *alert = enigm_account_find_alert (self, id);

  if (alert != NULL)
    enigm_alert_set_waiting (alert, FALSE);
  g_hash_table_remove (self->staging, id);
  enigm_account_save_cache (self);
}

static void
on_told (GObject *object, GAsyncResult *result, gpointer data)
{
  Telling *telling = data;
  EnigmAccount *self = telling->account;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, NULL, &error);
  gboolean away = g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY) ||
                  g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED);
  gboolean same;

  if (self->platform != telling->platform)
    {
      telling_free (telling);
      return;
    }
  g_hash_table_remove (self->telling, telling->id);
  same = g_strcmp0 (g_hash_table_lookup (self->staging, telling->id), telling->stage) == 0;
  if (answer != NULL && enigm_account_find_alert (self, telling->id) != NULL &&
      !enigm_account_merge_alert (self, json_node_get_object (answer), &error))
    g_info ("An alert could not be read: %s", error->message);
  /* What the platform does not take, being deleted or no longer theirs, need not be told. */
  if (!away && same)
    drop (self, telling->id);
  else if (!away)
    enigm_account_send_stages (self);
  else
    enigm_account_stream_renew (self);
  telling_free (telling);
}

static void
tell (EnigmAccount *self, const gchar *id, const gchar *stage)
{
  Telling *telling = g_new (Telling, 1);
  g_autofree gchar *path = g_strdup_printf ("/v1/events/%s/stage", id);
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  telling->account = g_object_ref (self);
  telling->platform = g_object_ref (self->platform);
  telling->id = g_strdup (id);
  telling->stage = g_strdup (stage);
  g_hash_table_add (self->telling, g_strdup (id));
  json_object_set_string_member (object, "stage", stage);
  json_node_take_object (body, object);
  enigm_platform_call_async (self->platform, "POST", path, body, ENIGM_PLATFORM_CALL_BEARER, NULL,
                             NULL, on_told, telling);
}

void
enigm_account_send_stages (EnigmAccount *self)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer id;

  if (self->state != ENIGM_ACCOUNT_STATE_SIGNED_IN || self->platform == NULL)
    return;
  g_hash_table_iter_init (&iter, self->staging);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (!g_hash_table_contains (self->telling, id))
      g_ptr_array_add (ids, g_strdup (id));
  for (guint i = 0; i < ids->len; i++)
    tell (self, ids->pdata[i], g_hash_table_lookup (self->staging, ids->pdata[i]));
}

void
enigm_account_queue_stage (EnigmAccount *self, const gchar *id, const gchar *stage)
{
  EnigmAlert *alert = enigm_account_find_alert (self, id);

  /* Who has seen it was shown it. */
  if (g_strcmp0 (g_hash_table_lookup (self->staging, id), "seen") != 0)
    g_hash_table_insert (self->staging, g_strdup (id), g_strdup (stage));
  if (alert != NULL)
    enigm_alert_set_waiting (alert, g_str_equal (g_hash_table_lookup (self->staging, id), "seen"));
  enigm_account_save_cache (self);
}

void
enigm_account_note_alert_shown (EnigmAccount *self, EnigmAlert *alert)
{
  const gchar *id;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_ALERT (alert));

  id = enigm_alert_get_id (alert);
  if (!is_contact (alert) || !g_hash_table_add (self->shown, g_strdup (id)))
    return;
  enigm_account_queue_stage (self, id, "notified");
  enigm_account_send_stages (self);
}

static gboolean
is_gone (gpointer id, gpointer value, gpointer account)
{
  return enigm_account_find_alert (account, id) == NULL;
}

void
enigm_account_prune_notices (EnigmAccount *self)
{
  g_hash_table_foreach_remove (self->shown, is_gone, self);
  g_hash_table_foreach_remove (self->staging, is_gone, self);
}
