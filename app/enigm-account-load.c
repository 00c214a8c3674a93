/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "enigm-account-private.h"

typedef enum
{
  PLACE,
  FILES_KEY,
  DOCUMENT,
  COMPUTER,
  SESSION,
  BINDINGS,
  DONE,
} Step;

typedef struct
{
  Step step;
  EnigmP256Key *computer_key;
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  g_clear_pointer (&load->computer_key, enigm_p256_key_unref);
  g_free (load);
}

static void advance (GTask *task);

static void
fail (GTask *task, GError *error)
{
  EnigmAccount *self = g_task_get_source_object (task);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    ;
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_KEYRING_LOCKED))
    enigm_account_set_state (self, ENIGM_ACCOUNT_STATE_KEYRING_LOCKED);
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_KEYRING_MISSING))
    enigm_account_set_state (self, ENIGM_ACCOUNT_STATE_KEYRING_MISSING);
  else
    {
      enigm_account_forget (self);
      enigm_account_set_state (self, ENIGM_ACCOUNT_STATE_SIGNED_OUT);
    }
  g_task_return_error (task, error);
}

static void
next (GTask *task, Step step)
{
  Load *load = g_task_get_task_data (task);

  load->step = step;
  advance (task);
}

static void
on_place_read (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  g_autofree gchar *place = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_load_contents_finish (G_FILE (object), result, &place, NULL, NULL, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        {
          /* No account was ever kept here; the keyring need not be asked. */
          enigm_account_set_state (self, ENIGM_ACCOUNT_STATE_SIGNED_OUT);
          g_task_return_boolean (task, TRUE);
        }
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        fail (task, g_steal_pointer (&error));
      else
        fail (task,
              g_error_new (ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                           _ ("What this computer kept about your account cannot be read: %s. "
                              "Your account and your key are unchanged. Check the folder's "
                              "permissions."),
                           error->message));
      return;
    }
  g_strchomp (place);
  if (!enigm_is_hex (place, 32))
    {
      fail (task, g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                                       _ ("What this computer kept about your account is damaged, "
                                          "and is not used. Your account and your key are "
                                          "unchanged. Sign in again.")));
      return;
    }
  enigm_keyring_set_place (self->keyring, place);
  next (task, FILES_KEY);
}

static void
on_files_key_found (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (EnigmSecret) key =
    enigm_keyring_lookup_finish (ENIGM_KEYRING (object), result, &error);
  g_autofree gchar *path = enigm_account_get_file_path (self);

  if (error != NULL)
    fail (task, error);
  else if (key != NULL && enigm_secret_get_length (key) == 32)
    {
      self->file = enigm_sealed_file_new (path, key);
      next (task, DOCUMENT);
    }
  else if (g_file_test (path, G_FILE_TEST_EXISTS))
    fail (task,
          g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                               _ ("Your keyring no longer opens what this computer kept about "
                                  "your account. Your account and your key are unchanged. "
                                  "Sign in again.")));
  else
    {
      enigm_account_set_state (self, ENIGM_ACCOUNT_STATE_SIGNED_OUT);
      g_task_return_boolean (task, TRUE);
    }
}

static void
on_document_read (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GBytes) plain =
    enigm_sealed_file_read_finish (ENIGM_SEALED_FILE (object), result, &error);

  if (error != NULL)
    fail (task, error);
  else if (plain == NULL)
    {
      enigm_account_forget (self);
      enigm_account_set_state (self, ENIGM_ACCOUNT_STATE_SIGNED_OUT);
      g_task_return_boolean (task, TRUE);
    }
  else if (!enigm_account_read_document (self, plain, NULL))
    fail (task, g_error_new_literal (ENIGM_ERROR, ENIGM_ERROR_STORAGE,
                                     _ ("What this computer kept about your account was written by "
                                        "another version, and is not used. Your account and your "
                                        "key are unchanged. Sign in again.")));
  else
    {
      enigm_keyring_set_scope (self->keyring, enigm_account_get_origin (self), self->user);
      enigm_account_set_unknown_since (self, MAX (self->heard, 1));
      next (task, COMPUTER);
    }
}

static void
on_computer_found (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  Load *load = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (EnigmSecret) pem =
    enigm_keyring_lookup_finish (ENIGM_KEYRING (object), result, &error);

  if (error != NULL)
    {
      fail (task, error);
      return;
    }
  if (pem != NULL)
    load->computer_key = enigm_p256_key_new_from_pem (pem, NULL);
  if (load->computer_key != NULL)
    enigm_platform_set_computer (self->platform, self->computer_id, load->computer_key);
  next (task, SESSION);
}

static void
on_session_found (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (EnigmSecret) token =
    enigm_keyring_lookup_finish (ENIGM_KEYRING (object), result, &error);

  if (error != NULL)
    {
      fail (task, error);
      return;
    }
  enigm_platform_set_session (self->platform, token);
  next (task, BINDINGS);
}

static void
on_bindings_listed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_auto (GStrv) bindings =
    enigm_keyring_list_bindings_finish (ENIGM_KEYRING (object), result, &error);

  if (error != NULL)
    {
      fail (task, error);
      return;
    }
  for (guint i = 0; bindings[i] != NULL; i++)
    g_hash_table_add (self->secrets, g_strdup (bindings[i]));
  enigm_account_decorate (self);
  next (task, DONE);
}

static void
advance (GTask *task)
{
  EnigmAccount *self = g_task_get_source_object (task);
  Load *load = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, &error))
    {
      fail (task, error);
      return;
    }
  switch (load->step)
    {
    case PLACE:
      {
        g_autofree gchar *path = enigm_account_get_place_path (self);
        g_autoptr (GFile) file = g_file_new_for_path (path);

        g_file_load_contents_async (file, cancellable, on_place_read, g_object_ref (task));
      }
      break;
    case FILES_KEY:
      enigm_keyring_lookup_async (self->keyring, ENIGM_KEYRING_FILES, NULL, cancellable,
                                  on_files_key_found, g_object_ref (task));
      break;
    case DOCUMENT:
      enigm_sealed_file_read_async (self->file, cancellable, on_document_read, g_object_ref (task));
      break;
    case COMPUTER:
      enigm_keyring_lookup_async (self->keyring, ENIGM_KEYRING_COMPUTER, NULL, cancellable,
                                  on_computer_found, g_object_ref (task));
      break;
    case SESSION:
      enigm_keyring_lookup_async (self->keyring, ENIGM_KEYRING_SESSION, NULL, cancellable,
                                  on_session_found, g_object_ref (task));
      break;
    case BINDINGS:
      enigm_keyring_list_bindings_async (self->keyring, cancellable, on_bindings_listed,
                                         g_object_ref (task));
      break;
    case DONE:
      /* Without its signing key this computer can only be signed in again. */
      enigm_account_set_state (self, load->computer_key != NULL
                                       ? ENIGM_ACCOUNT_STATE_SIGNED_IN
                                       : ENIGM_ACCOUNT_STATE_SESSION_ENDED);
      if (enigm_account_drop_alerts_over (self))
        enigm_account_save_cache (self);
      enigm_account_signal_due (self);
      g_task_return_boolean (task, TRUE);
      break;
    default:
      g_assert_not_reached ();
    }
}

void
enigm_account_load_async (EnigmAccount *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_load_async);
  if (self->state == ENIGM_ACCOUNT_STATE_SIGNED_IN ||
      self->state == ENIGM_ACCOUNT_STATE_SESSION_ENDED)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  enigm_account_forget (self);
  g_task_set_task_data (task, g_new0 (Load, 1), load_free);
  advance (task);
}

gboolean
enigm_account_load_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
