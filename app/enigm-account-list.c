/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-account-private.h"

#define ITEM_JSON "enigm-json"
#define ITEM_MOMENT "enigm-moment"

const EnigmListType enigm_list_keys = {
  .path = "/v1/keys",
  .field = "keys",
  .max = 1000,
  .parse = (gpointer (*) (JsonObject *, GError **)) enigm_key_parse,
  .copy = (void (*) (gpointer, gpointer)) enigm_key_copy,
  .get_id = (const gchar *(*) (gpointer)) enigm_key_get_binding,
};

const EnigmListType enigm_list_contacts = {
  .path = "/v1/contacts",
  .field = "contacts",
  .max = ENIGM_CONTACTS_MAX,
  .parse = (gpointer (*) (JsonObject *, GError **)) enigm_contact_parse,
  .copy = (void (*) (gpointer, gpointer)) enigm_contact_copy,
  .get_id = (const gchar *(*) (gpointer)) enigm_contact_get_contact_id,
};

const EnigmListType enigm_list_invitations = {
  .path = "/v1/invitations",
  .field = "invitations",
  .max = 1000,
  .parse = (gpointer (*) (JsonObject *, GError **)) enigm_invitation_parse,
  .copy = (void (*) (gpointer, gpointer)) enigm_invitation_copy,
  .get_id = (const gchar *(*) (gpointer)) enigm_invitation_get_id,
};

const EnigmListType enigm_list_alerts = {
  .path = "/v1/events",
  .field = "events",
  .max = 2 * ENIGM_ALERTS_MAX,
  .parse = (gpointer (*) (JsonObject *, GError **)) enigm_alert_parse,
  .copy = (void (*) (gpointer, gpointer)) enigm_alert_copy,
  .get_id = (const gchar *(*) (gpointer)) enigm_alert_get_id,
  .is_older = (gboolean (*) (gpointer, gpointer)) enigm_alert_is_older,
};

JsonObject *
enigm_account_get_item_json (gpointer item)
{
  return g_object_get_data (item, ITEM_JSON);
}

/* All the positions of one's own alert are for whoever looks at it; what is kept is the last. */
void
enigm_account_set_item_json (gpointer item, JsonObject *json)
{
  if (json != NULL && json_object_has_member (json, "positions"))
    json_object_remove_member (json, "positions");
  g_object_set_data_full (item, ITEM_JSON, json != NULL ? json_object_ref (json) : NULL,
                          (GDestroyNotify) json_object_unref);
}

/* (transfer none): the store keeps it. */
gpointer
enigm_account_find (GListStore *store, const EnigmListType *type, const gchar *id, guint *position)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (store));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (store), i);

      if (g_str_equal (type->get_id (item), id))
        {
          if (position != NULL)
            *position = i;
          return item;
        }
    }
  return NULL;
}

/* An item that came by itself is newer than a list which was asked for before. */
void
enigm_account_touch (EnigmAccount *self, gpointer item)
{
  gint64 moment = ++self->moment;

  g_object_set_data_full (item, ITEM_MOMENT, g_memdup2 (&moment, sizeof moment), g_free);
}

static gboolean
came_after (gpointer item, gint64 asked)
{
  const gint64 *moment = g_object_get_data (item, ITEM_MOMENT);

  return moment != NULL && *moment > asked;
}

/* Puts back what came by itself after the list was asked for, each before what it stood before. */
static void
keep_newer (GListModel *model, const EnigmListType *type, GPtrArray *items, gint64 asked)
{
  guint n = g_list_model_get_n_items (model);

  for (guint i = n; i-- > 0;)
    {
      g_autoptr (GObject) then = g_list_model_get_item (model, i);
      g_autoptr (GObject) next = g_list_model_get_item (model, i + 1);
      guint place = items->len;

      if (!came_after (then, asked))
        continue;
      for (guint j = 0; j < items->len && place == items->len; j++)
        if (next != NULL && g_str_equal (type->get_id (items->pdata[j]), type->get_id (next)))
          place = j;
      for (guint j = 0; j < items->len; j++)
        if (g_str_equal (type->get_id (items->pdata[j]), type->get_id (then)))
          place = G_MAXUINT;
      if (place != G_MAXUINT)
        g_ptr_array_insert (items, (gint) place, g_steal_pointer (&then));
    }
}

/* A list that was asked for before an alert was deleted does not bring it back. */
static void
drop_deleted (EnigmAccount *self, GPtrArray *items)
{
  for (guint i = items->len; i-- > 0;)
    if (g_hash_table_contains (self->deleted, enigm_alert_get_id (items->pdata[i])))
      g_ptr_array_remove_index (items, i);
}

static GPtrArray *
parse_list (const EnigmListType *type, JsonArray *array, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *json = enigm_json_element_object (array, type->field, i, error);
      gpointer item = json != NULL ? type->parse (json, error) : NULL;

      if (item == NULL)
        return NULL;
      /* The same thing twice is shown once. */
      if (!g_hash_table_add (ids, (gpointer) type->get_id (item)))
        {
          g_object_unref (item);
          continue;
        }
      enigm_account_set_item_json (item, json);
      g_ptr_array_add (items, item);
    }
  return g_steal_pointer (&items);
}

gboolean
enigm_account_merge_list (EnigmAccount *self,
                          GListStore *store,
                          const EnigmListType *type,
                          JsonObject *answer,
                          GError **error)
{
  return enigm_account_merge_list_asked (self, store, type, answer, G_MAXINT64, error);
}

/**
 * enigm_account_merge_list_asked:
 * @answer: an object whose member @type names is the list
 * @asked: when it was asked for, as EnigmAccount.moment
 *
 * Takes a whole list over, or refuses it whole. Items that were there stay the same objects, and
 * the model changes only where the list does. What came by itself after @asked stays.
 */
gboolean
enigm_account_merge_list_asked (EnigmAccount *self,
                                GListStore *store,
                                const EnigmListType *type,
                                JsonObject *answer,
                                gint64 asked,
                                GError **error)
{
  g_autoptr (GPtrArray) items = NULL;
  JsonArray *array;

  if (!enigm_json_read_array (answer, type->field, type->max, &array, error) ||
      (items = parse_list (type, array, error)) == NULL)
    return FALSE;
  if (type == &enigm_list_alerts)
    drop_deleted (self, items);

  for (guint i = 0; i < items->len; i++)
    {
      GObject *then = enigm_account_find (store, type, type->get_id (items->pdata[i]), NULL);

      if (then == NULL)
        continue;
      if (type->is_older == NULL || !type->is_older (then, items->pdata[i]))
        {
          type->copy (then, items->pdata[i]);
          enigm_account_set_item_json (then, enigm_account_get_item_json (items->pdata[i]));
        }
      g_object_unref (items->pdata[i]);
      items->pdata[i] = g_object_ref (then);
    }
  keep_newer (G_LIST_MODEL (store), type, items, asked);
  if (type == &enigm_list_alerts)
    enigm_account_show_alerts (self, items);
  else
    enigm_account_splice_list (store, items);
  return TRUE;
}

void
enigm_account_splice_list (GListStore *store, GPtrArray *items)
{
  GListModel *model = G_LIST_MODEL (store);
  guint n_old = g_list_model_get_n_items (model);
  guint prefix = 0;
  guint suffix = 0;

  while (prefix < n_old && prefix < items->len)
    {
      g_autoptr (GObject) then = g_list_model_get_item (model, prefix);

      if (then != items->pdata[prefix])
        break;
      prefix++;
    }
  while (suffix < n_old - prefix && suffix < items->len - prefix)
    {
      g_autoptr (GObject) then = g_list_model_get_item (model, n_old - suffix - 1);

      if (then != items->pdata[items->len - suffix - 1])
        break;
      suffix++;
    }
  if (prefix + suffix < MAX (n_old, items->len))
    g_list_store_splice (store, prefix, n_old - prefix - suffix, items->pdata + prefix,
                         items->len - prefix - suffix);
}

static const gchar *
look_up (GHashTable *table, const gchar *key)
{
  const gchar *value = g_hash_table_lookup (table, key);

  return value != NULL ? value : "";
}

void
enigm_account_decorate (EnigmAccount *self)
{
  GListModel *model = G_LIST_MODEL (self->alerts);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (model, i);

      enigm_alert_set_labels (alert, self->labels);
      enigm_alert_set_waiting (
        alert, g_str_equal (look_up (self->staging, enigm_alert_get_id (alert)), "seen"));
      enigm_account_note_drill (self, alert);
    }
  model = G_LIST_MODEL (self->keys);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (model, i);
      const gchar *binding = enigm_key_get_binding (key);
      EnigmDrillEvidence *evidence = g_hash_table_lookup (self->drills, binding);

      /* What ended elsewhere meanwhile needs no revoking. */
      if (!enigm_key_is_live (key))
        g_hash_table_remove (self->revoking, binding);
      enigm_key_set_name (key, look_up (self->names, binding));
      enigm_key_set_has_secret (key, g_hash_table_contains (self->secrets, binding));
      enigm_key_set_waiting_to_revoke (key, g_hash_table_contains (self->revoking, binding));
      if (evidence != NULL)
        enigm_key_set_drill (key, evidence->time, evidence->reached, evidence->last);
    }
  model = G_LIST_MODEL (self->contacts);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EnigmContact) contact = g_list_model_get_item (model, i);

      enigm_contact_set_label (contact,
                               look_up (self->labels, enigm_contact_get_contact_id (contact)));
      enigm_contact_set_note (contact,
                              look_up (self->notes, enigm_contact_get_contact_id (contact)));
    }
  model = G_LIST_MODEL (self->invitations);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EnigmInvitation) invitation = g_list_model_get_item (model, i);

      enigm_invitation_set_label (
        invitation, look_up (self->labels, enigm_invitation_get_contact_id (invitation)));
    }
}

gboolean
enigm_account_merge_alert (EnigmAccount *self, JsonObject *json, GError **error)
{
  g_autoptr (EnigmAlert) alert = enigm_alert_parse (json, error);
  g_autoptr (JsonObject) before = NULL;
  EnigmAlert *then;

  if (alert == NULL)
    return FALSE;
  if (g_hash_table_contains (self->deleted, enigm_alert_get_id (alert)))
    return TRUE;
  then = enigm_account_find_alert (self, enigm_alert_get_id (alert));
  if (then == NULL)
    {
      enigm_account_insert_alert (self, alert);
      then = alert;
    }
  else if (enigm_alert_is_older (then, alert))
    {
      enigm_account_touch (self, then);
      return TRUE;
    }
  else
    {
      enigm_alert_copy (then, alert);
      before = json_object_ref (enigm_account_get_item_json (then));
    }
  enigm_account_touch (self, then);
  enigm_account_set_item_json (then, json);
  if (before != NULL && json_object_equal (before, json))
    return TRUE;
  enigm_account_decorate (self);
  enigm_account_emit_alert_changed (self, then);
  return TRUE;
}
