/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-account-private.h"

/*
 * What the person is shown where two computers changed the contacts, and what comes of their
 * choice. What waits and how it is sent: enigm-contact-edits.c.
 */

const gchar *
enigm_account_get_contacts_refusal (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return self->edits.refusal;
}

gchar **
enigm_account_dup_contacts_choice (EnigmAccount *self,
                                   EnigmContactsChoice choice,
                                   EnigmContactClash *clash)
{
  g_auto (GStrv) listed = NULL;

  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);

  if (clash != NULL)
    *clash = ENIGM_CONTACT_CLASH_NONE;
  listed = enigm_account_list_ids (self->listed);
  if (choice == ENIGM_CONTACTS_CHOICE_THEIRS || self->edits.wanted == NULL)
    return g_steal_pointer (&listed);
  if (choice == ENIGM_CONTACTS_CHOICE_MINE)
    return g_strdupv (self->edits.wanted);
  {
    EnigmContactClash why;
    gchar **merged = enigm_contact_merge ((const gchar *const *) self->edits.base,
                                          (const gchar *const *) self->edits.wanted,
                                          (const gchar *const *) listed, &why);

    if (clash != NULL)
      *clash = why;
    return merged;
  }
}

gchar *
enigm_contact_clash_describe (EnigmContactClash clash)
{
  if (clash & ENIGM_CONTACT_CLASH_REPLACED)
    return g_strdup (_ ("Both put somebody else in the same contact’s place."));
  if (clash & ENIGM_CONTACT_CLASH_MOVED)
    return g_strdup (_ ("One of them removed a contact whom the other moved."));
  if (clash & ENIGM_CONTACT_CLASH_ORDER)
    return g_strdup (_ ("They put your contacts in different orders."));
  if (clash & ENIGM_CONTACT_CLASH_FULL)
    return g_strdup (_ ("Together they are more than ten."));
  return g_strdup ("");
}

void
enigm_account_note_conflict_shown (EnigmAccount *self)
{
  g_return_if_fail (ENIGM_IS_ACCOUNT (self));

  if (self->contacts_state != ENIGM_CONTACTS_STATE_CONFLICT ||
      g_strcmp0 (self->edits.seen, self->contacts_etag) == 0)
    return;
  g_free (self->edits.seen);
  self->edits.seen = g_strdup (self->contacts_etag);
  enigm_account_save_cache (self);
}

/* Settling */

static void
on_settled (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (enigm_account_send_contacts_finish (ENIGM_ACCOUNT (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else if (enigm_account_is_away (error))
    {
      g_clear_error (&error);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

static void
on_choice_kept (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  GError *error = NULL;

  if (enigm_account_save_finish (self, result, &error))
    enigm_account_send_contacts_async (self, on_settled, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

void
enigm_account_settle_contacts_async (EnigmAccount *self,
                                     EnigmContactsChoice choice,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  gchar **chosen;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_settle_contacts_async);
  if (!enigm_account_require (self, task))
    return;
  if (self->contacts_state == ENIGM_CONTACTS_STATE_SETTLED)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "%s",
                               _ ("There is nothing to decide about your contacts. Nothing was "
                                  "changed."));
      return;
    }
  if (self->contacts_state == ENIGM_CONTACTS_STATE_CONFLICT &&
      g_strcmp0 (self->edits.seen, self->contacts_etag) != 0)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_CONFLICT, "%s",
                               _ ("Your contacts were changed once more since you saw both lists. "
                                  "Nothing was overwritten. Look again, then choose."));
      return;
    }
  chosen = enigm_account_dup_contacts_choice (self, choice, NULL);
  if (chosen == NULL)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_CONFLICT, "%s",
                               _ ("Both lists contradict each other and do not make one. Nothing "
                                  "was changed. Choose one of them."));
      return;
    }
  enigm_account_want_contacts (self, NULL);
  if (choice != ENIGM_CONTACTS_CHOICE_THEIRS)
    enigm_account_want_contacts (self, chosen);
  else
    g_strfreev (chosen);
  enigm_account_save_async (self, NULL, on_choice_kept, g_steal_pointer (&task));
}

gboolean
enigm_account_settle_contacts_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
