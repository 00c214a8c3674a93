/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-account-private.h"
#include "protocol/enigm-p256.h"
#include "protocol/enigm-text.h"

/*
 * What is kept in the sealed file: who this is, the platform and how it is trusted, the person's
 * own words (labels, names), what still has to be done (revocations), and the last known lists with
 * the time they were known.
 */
#define VERSION 1

static JsonNode *
build_map (GHashTable *table)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, &value))
    json_object_set_string_member (object, key, value);
  json_node_take_object (node, object);
  return node;
}

static JsonNode *
build_set (GHashTable *table)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    json_array_add_string_element (array, key);
  json_node_take_array (node, array);
  return node;
}

static void
add_drills (EnigmAccount *self, JsonObject *root)
{
  JsonObject *drills = json_object_new ();
  GHashTableIter iter;
  gpointer binding;
  gpointer value;

  g_hash_table_iter_init (&iter, self->drills);
  while (g_hash_table_iter_next (&iter, &binding, &value))
    json_object_set_object_member (drills, binding, enigm_drill_evidence_to_json (value));
  json_object_set_object_member (root, "drills", drills);
}

static void
add_list (JsonObject *root, const EnigmListType *type, GListStore *store)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (store), i);

      json_array_add_object_element (array, json_object_ref (enigm_account_get_item_json (item)));
    }
  json_object_set_array_member (root, type->field, array);
}

/**
 * enigm_account_write_document:
 *
 * Returns: (transfer full): what is to be sealed
 */
GBytes *
enigm_account_write_document (EnigmAccount *self)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *root = json_object_new ();
  GBytes *identity = enigm_platform_get_identity (self->platform);
  g_autofree gchar *trust = enigm_trust_to_text (enigm_platform_get_trust (self->platform));
  g_autofree gchar *identity_text =
    enigm_base64url_encode (g_bytes_get_data (identity, NULL), g_bytes_get_size (identity));
  gchar *text;

  json_node_take_object (node, root);
  json_object_set_int_member (root, "version", VERSION);
  json_object_set_string_member (root, "origin", enigm_account_get_origin (self));
  json_object_set_string_member (root, "trust", trust);
  json_object_set_string_member (root, "identity", identity_text);
  json_object_set_string_member (root, "user", self->user);
  json_object_set_string_member (root, "contact_id", self->contact_id);
  json_object_set_string_member (root, "computer_id", self->computer_id);
  json_object_set_int_member (root, "heard", self->heard);
  json_object_set_boolean_member (root, "pairing_unfinished", self->pairing_unfinished);
  json_object_set_string_member (root, "contacts_etag",
                                 self->contacts_etag != NULL ? self->contacts_etag : "");
  json_object_set_string_member (root, "last_event_id",
                                 self->last_event_id != NULL ? self->last_event_id : "");
  json_object_set_member (root, "labels", build_map (self->labels));
  json_object_set_member (root, "notes", build_map (self->notes));
  json_object_set_member (root, "names", build_map (self->names));
  json_object_set_member (root, "revoking", build_map (self->revoking));
  json_object_set_member (root, "shown", build_set (self->shown));
  json_object_set_member (root, "staging", build_map (self->staging));
  add_drills (self, root);
  add_list (root, &enigm_list_keys, self->keys);
  add_list (root, &enigm_list_contacts, self->listed);
  enigm_contact_edits_write (&self->edits, root);
  add_list (root, &enigm_list_invitations, self->invitations);
  add_list (root, &enigm_list_alerts, self->alerts);

  text = json_to_string (node, FALSE);
  return g_bytes_new_take (text, strlen (text));
}

static gboolean
read_map (JsonObject *root, const gchar *field, gsize max, GHashTable *table, GError **error)
{
  JsonObject *object;
  JsonObjectIter iter;
  const gchar *key;
  JsonNode *node;

  if (!enigm_json_read_object (root, field, &object, error))
    return FALSE;
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    {
      g_autofree gchar *value = NULL;

      if (!enigm_json_read_string (object, key, max, &value, error))
        return FALSE;
      g_hash_table_insert (table, g_strdup (key), g_steal_pointer (&value));
    }
  return TRUE;
}

/* What was noted of others' alerts; an earlier version noted nothing. */
static gboolean
read_notices (EnigmAccount *self, JsonObject *root, GError **error)
{
  JsonArray *shown;

  if (!json_object_has_member (root, "shown"))
    return TRUE;
  if (!enigm_json_read_array (root, "shown", enigm_list_alerts.max, &shown, error) ||
      !read_map (root, "staging", 16, self->staging, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (shown); i++)
    {
      JsonNode *id = json_array_get_element (shown, i);

      if (json_node_get_value_type (id) == G_TYPE_STRING)
        g_hash_table_add (self->shown, g_strdup (json_node_get_string (id)));
    }
  return TRUE;
}

static gboolean
read_drills (JsonObject *root, GHashTable *table, GError **error)
{
  JsonObject *object;
  JsonObjectIter iter;
  const gchar *binding;
  JsonNode *node;

  if (!enigm_json_read_object (root, "drills", &object, error))
    return FALSE;
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &binding, &node))
    {
      EnigmDrillEvidence *evidence;
      JsonObject *drill;

      if (!enigm_json_read_object (object, binding, &drill, error) ||
          (evidence = enigm_drill_evidence_parse (drill, error)) == NULL)
        return FALSE;
      g_hash_table_insert (table, g_strdup (binding), evidence);
    }
  return TRUE;
}

static EnigmPlatform *
read_platform (JsonObject *root, GError **error)
{
  g_autofree gchar *origin = NULL;
  g_autofree gchar *checked = NULL;
  g_autofree gchar *trust_text = NULL;
  g_autoptr (EnigmTrust) trust = NULL;
  g_autoptr (GBytes) identity = NULL;
  EnigmPlatform *platform;

  if (!enigm_json_read_string (root, "origin", 128, &origin, error) ||
      (checked = enigm_platform_check_origin (origin, error)) == NULL ||
      !enigm_json_read_string (root, "trust", ENIGM_TRUST_MAX_PEM * 2, &trust_text, error) ||
      (trust = enigm_trust_new_from_text (trust_text, error)) == NULL ||
      !enigm_json_read_bytes (root, "identity", ENIGM_P256_POINT_SIZE, ENIGM_P256_POINT_SIZE,
                              &identity, error))
    return NULL;
  platform = enigm_platform_new (checked, trust);
  enigm_platform_set_identity (platform, identity);
  return platform;
}

static gchar *
null_if_empty (gchar *text)
{
  if (*text != '\0')
    return text;
  g_free (text);
  return NULL;
}

/**
 * enigm_account_read_document:
 *
 * Takes over what was sealed. On failure the account has forgotten everything.
 */
gboolean
enigm_account_read_document (EnigmAccount *self, GBytes *plain, GError **error)
{
  g_autoptr (JsonObject) root = enigm_json_parse (plain, error);
  g_autoptr (EnigmPlatform) platform = NULL;
  g_autofree gchar *user = NULL;
  g_autofree gchar *contact_id = NULL;
  gint64 version;

  if (root == NULL || !enigm_json_read_int (root, "version", VERSION, VERSION, &version, error) ||
      (platform = read_platform (root, error)) == NULL ||
      !enigm_json_read_string (root, "user", 64, &user, error) ||
      !enigm_model_read_contact_id (root, "contact_id", &contact_id, error) ||
      !enigm_json_read_hex (root, "computer_id", 32, &self->computer_id, error) ||
      !enigm_json_read_time (root, "heard", &self->heard, error) ||
      !enigm_json_read_bool (root, "pairing_unfinished", &self->pairing_unfinished, error) ||
      !enigm_json_read_string (root, "contacts_etag", 256, &self->contacts_etag, error) ||
      !enigm_json_read_string (root, "last_event_id", 256, &self->last_event_id, error) ||
      !read_map (root, "labels", ENIGM_LABEL_MAX, self->labels, error) ||
      (json_object_has_member (root, "notes") &&
       !read_map (root, "notes", ENIGM_NOTE_MAX, self->notes, error)) ||
      !read_map (root, "names", ENIGM_LABEL_MAX, self->names, error) ||
      !read_map (root, "revoking", ENIGM_LABEL_MAX, self->revoking, error) ||
      !read_notices (self, root, error) || !read_drills (root, self->drills, error) ||
      !enigm_account_merge_list (self, self->keys, &enigm_list_keys, root, error) ||
      !enigm_account_merge_list (self, self->listed, &enigm_list_contacts, root, error) ||
      !enigm_contact_edits_read (&self->edits, root, error) ||
      !enigm_account_merge_list (self, self->invitations, &enigm_list_invitations, root, error) ||
      !enigm_account_merge_list (self, self->alerts, &enigm_list_alerts, root, error))
    {
      enigm_account_forget (self);
      return FALSE;
    }
  self->contacts_etag = null_if_empty (self->contacts_etag);
  self->last_event_id = null_if_empty (self->last_event_id);
  enigm_account_take_platform (self, platform);
  enigm_account_take_names (self, user, contact_id);
  enigm_account_show_contacts (self);
  g_object_notify (G_OBJECT (self), "pairing-unfinished");
  return TRUE;
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->n_saving--;
  enigm_account_erase_if_saved (self);
  if (enigm_sealed_file_write_finish (ENIGM_SEALED_FILE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
enigm_account_save_async (EnigmAccount *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GBytes) plain = NULL;

  g_task_set_source_tag (task, enigm_account_save_async);
  if (self->file == NULL || self->platform == NULL || self->erasing != NULL)
    {
      g_task_return_error (task, enigm_account_error_signed_out ());
      return;
    }
  plain = enigm_account_write_document (self);
  if (g_bytes_get_size (plain) > ENIGM_SEALED_FILE_MAX)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_STORAGE, "%s",
                               _ ("There is too much to keep on this computer. Nothing was changed "
                                  "on disk. Delete alerts that are over."));
      return;
    }
  self->n_saving++;
  enigm_sealed_file_write_async (self->file, plain, cancellable, on_written,
                                 g_steal_pointer (&task));
}

gboolean
enigm_account_save_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_cache_saved (GObject *object, GAsyncResult *result, gpointer data)
{
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  g_autoptr (GError) error = NULL;

  self->n_saving--;
  self->saving_cache = FALSE;
  enigm_account_erase_if_saved (self);
  if (!enigm_account_save_finish (self, result, &error))
    g_info ("The last known lists were not kept: %s", error->message);
  if (self->cache_is_old)
    enigm_account_save_cache (self);
}

void
enigm_account_save_cache (EnigmAccount *self)
{
  /* While one is written, however much comes, one more will do. */
  self->cache_is_old = self->saving_cache;
  if (self->saving_cache || self->file == NULL || self->platform == NULL || self->erasing != NULL)
    return;
  self->saving_cache = TRUE;
  self->n_saving++;
  enigm_account_save_async (self, NULL, on_cache_saved, NULL);
}

gboolean
enigm_account_is_saving (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), FALSE);
  return self->n_saving > 0;
}
