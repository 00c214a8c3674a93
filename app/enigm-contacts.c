/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "enigm-account-private.h"
#include "protocol/enigm-contact-id.h"

static gchar *
refuse (GError **error, const gchar *sentence)
{
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, sentence);
  return NULL;
}

gchar *
enigm_account_check_new_contact (EnigmAccount *self, const gchar *text, GError **error)
{
  g_autofree gchar *contact_id = NULL;

  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self) && text != NULL, NULL);

  contact_id = enigm_contact_id_canonicalize (text, NULL);
  if (contact_id == NULL)
    return refuse (error,
                   _ ("This contact ID has a typing error. Nothing was sent. Compare it with "
                      "what you were given."));
  if (g_str_equal (contact_id, self->contact_id))
    return refuse (error, _ ("This is your own contact ID. Nothing was sent. Ask the person for "
                             "theirs."));
  if (enigm_account_find (self->contacts, &enigm_list_contacts, contact_id, NULL) != NULL)
    return refuse (error, _ ("This contact is on your list already. Nothing was sent."));
  if (g_list_model_get_n_items (G_LIST_MODEL (self->contacts)) >= ENIGM_CONTACTS_MAX)
    return refuse (error, _ ("You have ten contacts, which is as many as there can be. Nothing was "
                             "sent. Remove one first."));
  return g_steal_pointer (&contact_id);
}

/* The list as it is shown, to be changed and sent. */
static GPtrArray *
list_ids (EnigmAccount *self)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->contacts)); i++)
    {
      g_autoptr (EnigmContact) contact = g_list_model_get_item (G_LIST_MODEL (self->contacts), i);

      g_ptr_array_add (ids, g_strdup (enigm_contact_get_contact_id (contact)));
    }
  return ids;
}

static void
on_conflict_fetched (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *conflict = g_task_get_task_data (task);

  /* Whether or not the list as it is now could be had, the change was not made. */
  enigm_account_fetch_list_finish (ENIGM_ACCOUNT (object), result, NULL);
  g_task_return_error (task, g_error_copy (conflict));
}

static void
on_put_answered (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree gchar *etag = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, &etag, &error);

  if (self->platform != ENIGM_PLATFORM (object))
    {
      g_clear_error (&error);
      g_task_return_error (task, enigm_account_error_signed_out ());
    }
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_CONFLICT))
    {
      g_task_set_task_data (task, error, (GDestroyNotify) g_error_free);
      enigm_account_fetch_list_async (self, &enigm_list_contacts, g_task_get_cancellable (task),
                                      on_conflict_fetched, g_object_ref (task));
    }
  else if (answer == NULL || !enigm_account_merge_list (self, self->contacts, &enigm_list_contacts,
                                                        json_node_get_object (answer), &error))
    g_task_return_error (task, enigm_account_note_error (self, error));
  else
    {
      g_free (self->contacts_etag);
      self->contacts_etag = g_steal_pointer (&etag);
      enigm_account_decorate (self);
      enigm_account_save_cache (self);
      g_task_return_boolean (task, TRUE);
    }
}

static void
put (GTask *task, GPtrArray *ids)
{
  EnigmAccount *self = g_task_get_source_object (task);
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < ids->len; i++)
    json_array_add_string_element (array, ids->pdata[i]);
  json_object_set_array_member (object, "contacts", array);
  json_node_take_object (body, object);
  enigm_platform_call_async (self->platform, "PUT", "/v1/contacts", body,
                             ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED,
                             self->contacts_etag, g_task_get_cancellable (task), on_put_answered,
                             g_object_ref (task));
}

/* A list that was never asked for has no tag to be compared: it must not be overwritten. */
static gboolean
require_list (EnigmAccount *self, GTask *task)
{
  if (!enigm_account_require (self, task))
    return FALSE;
  if (self->contacts_etag != NULL)
    return TRUE;
  g_task_return_new_error (
    task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY, "%s",
    _ ("Your contacts are not known on this computer yet. Nothing was changed. "
       "Try again when the platform can be reached."));
  return FALSE;
}

void
enigm_account_add_contact_async (EnigmAccount *self,
                                 const gchar *contact_id,
                                 const gchar *label,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GPtrArray) ids = NULL;
  gchar *canonical;
  GError *error = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && contact_id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_add_contact_async);
  if (!require_list (self, task))
    return;
  canonical = enigm_account_check_new_contact (self, contact_id, &error);
  if (canonical == NULL || !enigm_account_check_label (label, &error))
    {
      g_free (canonical);
      g_task_return_error (task, error);
      return;
    }
  /* Saved with the list; without the contact it would wait for them, and harm nobody. */
  if (label != NULL && *label != '\0')
    g_hash_table_insert (self->labels, g_strdup (canonical), g_strdup (label));
  ids = list_ids (self);
  g_ptr_array_add (ids, canonical);
  put (task, ids);
}

gboolean
enigm_account_add_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Where the contact stands in the list; returns an error through @task if it is gone. */
static gboolean
find_contact (EnigmAccount *self, EnigmContact *contact, GTask *task, guint *position)
{
  if (enigm_account_find (self->contacts, &enigm_list_contacts,
                          enigm_contact_get_contact_id (contact), position) != NULL)
    return TRUE;
  g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_CONFLICT, "%s",
                           _ ("This contact is not on your list any more. Nothing was changed."));
  return FALSE;
}

void
enigm_account_remove_contact_async (EnigmAccount *self,
                                    EnigmContact *contact,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GPtrArray) ids = NULL;
  guint position;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_CONTACT (contact));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_remove_contact_async);
  if (!require_list (self, task) || !find_contact (self, contact, task, &position))
    return;
  ids = list_ids (self);
  g_ptr_array_remove_index (ids, position);
  put (task, ids);
}

gboolean
enigm_account_remove_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
enigm_account_move_contact_async (EnigmAccount *self,
                                  EnigmContact *contact,
                                  gint delta,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GPtrArray) ids = NULL;
  guint from;
  gint to;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_CONTACT (contact));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_move_contact_async);
  if (!require_list (self, task) || !find_contact (self, contact, task, &from))
    return;
  ids = list_ids (self);
  delta = CLAMP (delta, -ENIGM_CONTACTS_MAX, ENIGM_CONTACTS_MAX);
  to = CLAMP ((gint) from + delta, 0, (gint) ids->len - 1);
  if (to == (gint) from)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_ptr_array_insert (ids, to, g_ptr_array_steal_index (ids, from));
  put (task, ids);
}

gboolean
enigm_account_move_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
enigm_account_check_label (const gchar *label, GError **error)
{
  if (label == NULL || (strlen (label) <= ENIGM_LABEL_MAX && g_utf8_validate (label, -1, NULL)))
    return TRUE;
  refuse (error, _ ("This label is too long. Nothing was changed. Choose a shorter one."));
  return FALSE;
}

static void
on_label_kept (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (enigm_account_save_finish (ENIGM_ACCOUNT (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
enigm_account_label_contact_async (EnigmAccount *self,
                                   const gchar *contact_id,
                                   const gchar *label,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree gchar *canonical = NULL;
  GError *error = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && contact_id != NULL && label != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_label_contact_async);
  /* A label is this computer's alone, so it can be changed with the platform or session away. */
  if (self->file == NULL)
    {
      g_task_return_error (task, enigm_account_error_signed_out ());
      return;
    }
  canonical = enigm_contact_id_canonicalize (contact_id, NULL);
  if (canonical == NULL)
    refuse (&error, _ ("This contact ID has a typing error. Nothing was changed."));
  if (error != NULL || !enigm_account_check_label (label, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (*label != '\0')
    g_hash_table_insert (self->labels, g_steal_pointer (&canonical), g_strdup (label));
  else
    g_hash_table_remove (self->labels, canonical);
  enigm_account_decorate (self);
  enigm_account_save_async (self, cancellable, on_label_kept, g_steal_pointer (&task));
}

gboolean
enigm_account_label_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
