/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-account-private.h"
#include "protocol/enigm-contact-id.h"

static gchar *
refuse (GError **error, const gchar *sentence)
{
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, sentence);
  return NULL;
}

static gboolean
is_wanted (EnigmAccount *self, const gchar *contact_id)
{
  g_auto (GStrv) wanted = enigm_account_dup_wanted (self);

  return g_strv_contains ((const gchar *const *) wanted, contact_id);
}

/* @text as it would be listed; @more is by how many the list grows. */
static gchar *
check_new_contact (EnigmAccount *self, const gchar *text, guint more, GError **error)
{
  g_autofree gchar *contact_id = enigm_contact_id_canonicalize (text, NULL);
  g_auto (GStrv) wanted = enigm_account_dup_wanted (self);

  if (contact_id == NULL)
    return refuse (error,
                   _ ("This contact ID has a typing error. Nothing was sent. Compare it with "
                      "what you were given."));
  if (g_str_equal (contact_id, self->contact_id))
    return refuse (error, _ ("This is your own contact ID. Nothing was sent. Ask the person for "
                             "theirs."));
  if (is_wanted (self, contact_id))
    return refuse (error, _ ("This contact is on your list already. Nothing was sent."));
  if (g_strv_length (wanted) + more > ENIGM_CONTACTS_MAX)
    return refuse (error, _ ("You have ten contacts, which is as many as there can be. Nothing was "
                             "sent. Remove one first."));
  return g_steal_pointer (&contact_id);
}

gchar *
enigm_account_check_new_contact (EnigmAccount *self, const gchar *text, GError **error)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self) && text != NULL, NULL);
  return check_new_contact (self, text, 1, error);
}

gchar *
enigm_account_check_replacement (EnigmAccount *self, const gchar *text, GError **error)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self) && text != NULL, NULL);
  return check_new_contact (self, text, 0, error);
}

gboolean
enigm_account_is_away (const GError *error)
{
  return g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY) ||
         g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_CERTIFICATE);
}

/* One change: kept on this computer, then sent. */

typedef struct
{
  gchar **before; /* NULL: nothing waited */
  gchar **after;
} Edit;

static void
edit_free (gpointer data)
{
  Edit *edit = data;

  g_strfreev (edit->before);
  g_strfreev (edit->after);
  g_free (edit);
}

/* What cannot be kept or is refused is not shown as if it were wanted; what was done after it stays
 * as it is. */
static void
take_back (EnigmAccount *self, Edit *edit)
{
  g_auto (GStrv) wanted = enigm_account_dup_wanted (self);

  if (self->edits.wanted == NULL ||
      !g_strv_equal ((const gchar *const *) wanted, (const gchar *const *) edit->after))
    return;
  enigm_account_want_contacts (self, g_steal_pointer (&edit->before));
  enigm_account_save_cache (self);
}

static void
on_edit_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  GError *error = NULL;

  if (enigm_account_send_contacts_finish (self, result, &error))
    g_task_return_boolean (task, TRUE);
  else if (enigm_account_is_away (error))
    {
      g_clear_error (&error);
      enigm_account_stream_renew (self);
      g_task_return_boolean (task, TRUE);
    }
  else
    {
      if (!g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_CONFLICT))
        take_back (self, g_task_get_task_data (task));
      g_task_return_error (task, error);
    }
}

static void
on_edit_kept (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  GError *error = NULL;

  if (enigm_account_save_finish (self, result, &error))
    {
      enigm_account_send_contacts_async (self, on_edit_sent, g_steal_pointer (&task));
      return;
    }
  take_back (self, g_task_get_task_data (task));
  g_task_return_error (task, error);
}

/* Takes @ids and @task. Whatever was held goes with the next edit that is not. */
static void
edit (EnigmAccount *self, GPtrArray *ids, gboolean hold, GTask *task)
{
  Edit *change = g_new0 (Edit, 1);

  g_ptr_array_add (ids, NULL);
  change->before = g_strdupv (self->edits.wanted);
  change->after = (gchar **) g_ptr_array_free (ids, FALSE);
  g_task_set_task_data (task, change, edit_free);
  enigm_account_want_contacts (self, g_strdupv (change->after));
  self->edits.held = hold && self->edits.wanted != NULL;
  enigm_account_save_async (self, NULL, on_edit_kept, task);
}

/* The list as the person wants it, to be changed. */
static GPtrArray *
list_wanted (EnigmAccount *self)
{
  g_auto (GStrv) wanted = enigm_account_dup_wanted (self);
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; wanted[i] != NULL; i++)
    g_ptr_array_add (ids, g_strdup (wanted[i]));
  return ids;
}

/* A list that was never asked for has no tag to be compared: it must not be overwritten. Nor must
 * one of two, before the person has decided. */
static gboolean
require_list (EnigmAccount *self, GTask *task)
{
  if (!enigm_account_require (self, task))
    return FALSE;
  if (self->contacts_state == ENIGM_CONTACTS_STATE_CONFLICT)
    g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_CONFLICT, "%s",
                             _ ("Your contacts were changed on two computers. Nothing was changed "
                                "now. Compare both lists, and choose one first."));
  else if (self->contacts_etag == NULL)
    g_task_return_new_error (
      task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY, "%s",
      _ ("Your contacts are not known on this computer yet. Nothing was changed. "
         "Try again when the platform can be reached."));
  else
    return TRUE;
  return FALSE;
}

/* Where somebody new goes: to the end; who waits to be removed goes back to their place. */
static guint
find_new_place (EnigmAccount *self, GPtrArray *ids, const gchar *contact_id)
{
  guint place = ids->len;
  guint found;

  for (gsize i = 0; self->edits.base != NULL && self->edits.base[i] != NULL; i++)
    {
      if (!g_str_equal (self->edits.base[i], contact_id))
        continue;
      place = 0;
      for (gsize j = 0; j < i; j++)
        if (g_ptr_array_find_with_equal_func (ids, self->edits.base[j], g_str_equal, &found))
          place = found + 1;
    }
  return place;
}

static void
keep_label (EnigmAccount *self, const gchar *contact_id, const gchar *label)
{
  /* Without the contact it would wait for them, and harm nobody. */
  if (label != NULL && *label != '\0')
    g_hash_table_insert (self->labels, g_strdup (contact_id), g_strdup (label));
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
  keep_label (self, canonical, label);
  ids = list_wanted (self);
  g_ptr_array_insert (ids, (gint) find_new_place (self, ids, canonical), canonical);
  edit (self, g_steal_pointer (&ids), FALSE, g_steal_pointer (&task));
}

gboolean
enigm_account_add_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Where the contact stands in the list; returns an error through @task if it is gone. */
static gboolean
find_contact (EnigmContact *contact, GPtrArray *ids, GTask *task, guint *position)
{
  if (g_ptr_array_find_with_equal_func (ids, enigm_contact_get_contact_id (contact), g_str_equal,
                                        position))
    return TRUE;
  g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_CONFLICT, "%s",
                           _ ("This contact is not on your list any more. Nothing was changed."));
  return FALSE;
}

/* Takes @task. */
static void
remove_contact (EnigmAccount *self, EnigmContact *contact, gboolean hold, GTask *task)
{
  g_autoptr (GTask) owned = task;
  g_autoptr (GPtrArray) ids = list_wanted (self);
  guint position;

  if (!require_list (self, task) || !find_contact (contact, ids, task, &position))
    return;
  g_ptr_array_remove_index (ids, position);
  edit (self, g_steal_pointer (&ids), hold, g_steal_pointer (&owned));
}

void
enigm_account_remove_contact_async (EnigmAccount *self,
                                    EnigmContact *contact,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_CONTACT (contact));

  remove_contact (self, contact, FALSE, g_task_new (self, cancellable, callback, user_data));
}

gboolean
enigm_account_remove_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
enigm_account_begin_removal_async (EnigmAccount *self,
                                   EnigmContact *contact,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_CONTACT (contact));

  remove_contact (self, contact, TRUE, g_task_new (self, cancellable, callback, user_data));
}

gboolean
enigm_account_begin_removal_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
enigm_account_get_removal_held (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), FALSE);
  return self->edits.held;
}

static void
on_removal_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  GError *error = NULL;

  if (enigm_account_send_contacts_finish (self, result, &error))
    g_task_return_boolean (task, TRUE);
  else if (enigm_account_is_away (error))
    {
      g_clear_error (&error);
      enigm_account_stream_renew (self);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

void
enigm_account_end_removal_async (EnigmAccount *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_end_removal_async);
  self->edits.held = FALSE;
  if (enigm_account_require (self, task))
    enigm_account_send_contacts_async (self, on_removal_sent, g_object_ref (task));
}

gboolean
enigm_account_end_removal_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
enigm_account_replace_contact_async (EnigmAccount *self,
                                     EnigmContact *contact,
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
  guint position;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_CONTACT (contact) && contact_id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_replace_contact_async);
  ids = list_wanted (self);
  if (!require_list (self, task) || !find_contact (contact, ids, task, &position))
    return;
  canonical = enigm_account_check_replacement (self, contact_id, &error);
  if (canonical == NULL || !enigm_account_check_label (label, &error))
    {
      g_free (canonical);
      g_task_return_error (task, error);
      return;
    }
  keep_label (self, canonical, label);
  g_free (ids->pdata[position]);
  ids->pdata[position] = canonical;
  edit (self, g_steal_pointer (&ids), FALSE, g_steal_pointer (&task));
}

gboolean
enigm_account_replace_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
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
  ids = list_wanted (self);
  if (!require_list (self, task) || !find_contact (contact, ids, task, &from))
    return;
  delta = CLAMP (delta, -ENIGM_CONTACTS_MAX, ENIGM_CONTACTS_MAX);
  to = CLAMP ((gint) from + delta, 0, (gint) ids->len - 1);
  if (to == (gint) from)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_ptr_array_insert (ids, to, g_ptr_array_steal_index (ids, from));
  edit (self, g_steal_pointer (&ids), FALSE, g_steal_pointer (&task));
}

gboolean
enigm_account_move_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
