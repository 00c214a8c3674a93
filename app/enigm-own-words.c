/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "enigm-account-private.h"
#include "protocol/enigm-contact-id.h"

/*
 * What a person calls others, and notes about them: kept on this computer, sealed, and in no
 * request.
 */

gboolean
enigm_account_check_label (const gchar *label, GError **error)
{
  if (label == NULL || (strlen (label) <= ENIGM_LABEL_MAX && g_utf8_validate (label, -1, NULL)))
    return TRUE;
  g_set_error_literal (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED,
                       _ ("This label is too long. Nothing was changed. Choose a shorter one."));
  return FALSE;
}

/* What was said of whom, and is there until it is on disk. */
typedef struct
{
  GHashTable *table;
  gchar *contact_id;
  gchar *before;
} Words;

static void
words_free (gpointer data)
{
  Words *words = data;

  g_hash_table_unref (words->table);
  g_free (words->contact_id);
  g_free (words->before);
  g_free (words);
}

static void
set_words (GHashTable *table, const gchar *contact_id, const gchar *words)
{
  if (words != NULL && *words != '\0')
    g_hash_table_insert (table, g_strdup (contact_id), g_strdup (words));
  else
    g_hash_table_remove (table, contact_id);
}

static void
on_words_kept (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  Words *words = g_task_get_task_data (task);
  GError *error = NULL;

  if (enigm_account_save_finish (self, result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  /* Not shown as if they were kept. */
  set_words (words->table, words->contact_id, words->before);
  enigm_account_decorate (self);
  g_task_return_error (task, error);
}

/* A person's own words are this computer's alone, so they can be changed with the platform or
 * session away. */
static void
keep_words (EnigmAccount *self,
            GHashTable *table,
            const gchar *contact_id,
            const gchar *words,
            GTask *task)
{
  Words *kept;
  gchar *canonical;

  if (self->file == NULL)
    {
      g_task_return_error (task, enigm_account_error_signed_out ());
      return;
    }
  canonical = enigm_contact_id_canonicalize (contact_id, NULL);
  if (canonical == NULL)
    {
      g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "%s",
                               _ ("This contact ID has a typing error. Nothing was changed."));
      return;
    }
  kept = g_new (Words, 1);
  kept->table = g_hash_table_ref (table);
  kept->contact_id = canonical;
  kept->before = g_strdup (g_hash_table_lookup (table, canonical));
  g_task_set_task_data (task, kept, words_free);
  set_words (table, canonical, words);
  enigm_account_decorate (self);
  enigm_account_save_async (self, g_task_get_cancellable (task), on_words_kept,
                            g_object_ref (task));
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
  GError *error = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && contact_id != NULL && label != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_label_contact_async);
  if (enigm_account_check_label (label, &error))
    keep_words (self, self->labels, contact_id, label, task);
  else
    g_task_return_error (task, error);
}

gboolean
enigm_account_label_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
enigm_account_note_contact_async (EnigmAccount *self,
                                  const gchar *contact_id,
                                  const gchar *note,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && contact_id != NULL && note != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_note_contact_async);
  if (strlen (note) <= ENIGM_NOTE_MAX && g_utf8_validate (note, -1, NULL))
    keep_words (self, self->notes, contact_id, note, task);
  else
    g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "%s",
                             _ ("This note is too long. Nothing was changed. Make it shorter."));
}

gboolean
enigm_account_note_contact_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
