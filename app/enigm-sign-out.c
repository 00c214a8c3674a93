/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "enigm-account-private.h"
#include "enigm-portal.h"

/* In a sandbox the keyring is a file of this app's own, and libsecret leaves a copy of the one
 * before, secrets and all, beside it. Their seal is kept outside, where the app cannot reach it. */
static void
remove_own_keyring (void)
{
  const gchar *const names[] = { "default.keyring", "default.keyring~" };

  if (!enigm_portal_is_needed ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree gchar *path =
        g_build_filename (g_get_user_data_dir (), "keyrings", names[i], NULL);

      g_unlink (path);
    }
}

static void
on_keyring_cleared (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  g_autofree gchar *path = enigm_account_get_file_path (self);
  g_autofree gchar *place = enigm_account_get_place_path (self);
  GError *error = NULL;

  self->erasing = NULL;
  if (!enigm_keyring_clear_all_finish (ENIGM_KEYRING (object), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  remove_own_keyring ();
  enigm_account_forget (self);
  enigm_account_set_state (self, ENIGM_ACCOUNT_STATE_SIGNED_OUT);
  /* The key that opened the file is gone already; the place goes last, it is what leads there. */
  if ((g_unlink (path) != 0 && errno != ENOENT) || (g_unlink (place) != 0 && errno != ENOENT))
    g_task_return_new_error (
      task, ENIGM_ERROR, ENIGM_ERROR_STORAGE,
      _ ("You are signed out. A file in “%s” could not be removed: %s. Nobody "
         "can open it any more."),
      self->data_dir, g_strerror (errno));
  else
    g_task_return_boolean (task, TRUE);
}

/* What is being written would come after what is removed, and stay: it goes first. */
void
enigm_account_erase_if_saved (EnigmAccount *self)
{
  if (self->erasing != NULL && self->n_saving == 0)
    enigm_keyring_clear_all_async (self->keyring, NULL, on_keyring_cleared, self->erasing);
}

void
enigm_account_erase_async (EnigmAccount *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, enigm_account_erase_async);
  if (self->erasing != NULL)
    {
      g_task_return_error (task, enigm_account_error_signed_out ());
      g_object_unref (task);
      return;
    }
  self->erasing = task;
  enigm_account_erase_if_saved (self);
}

gboolean
enigm_account_erase_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_erased (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (enigm_account_erase_finish (ENIGM_ACCOUNT (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  gboolean even_offline = GPOINTER_TO_INT (g_task_get_task_data (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, NULL, &error);

  if (answer != NULL || g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED) ||
      (even_offline && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
    enigm_account_erase_async (g_task_get_source_object (task), on_erased, g_object_ref (task));
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY))
    g_task_return_new_error (
      task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY,
      /* Translators: %s is the host name of a platform */
      _ ("The platform at %s cannot be reached. You are still signed in. Try "
         "again, or sign out here only and close this computer from another "
         "one later."),
      enigm_platform_get_host (ENIGM_PLATFORM (object)));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
close_this_computer (GTask *task)
{
  EnigmAccount *self = g_task_get_source_object (task);

  if (enigm_account_require (self, task))
    enigm_platform_call_async (self->platform, "DELETE", "/v1/session", NULL,
                               ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED, NULL,
                               g_task_get_cancellable (task), on_closed, g_object_ref (task));
}

/* A revocation that waits would be forgotten with everything else: it is sent first. */
static void
on_revocations_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  g_autoptr (GError) error = NULL;

  if (enigm_account_send_revocations_finish (self, result, &error) ||
      g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED) ||
      GPOINTER_TO_INT (g_task_get_task_data (task)))
    {
      if (self->state == ENIGM_ACCOUNT_STATE_SESSION_ENDED)
        enigm_account_erase_async (self, on_erased, g_object_ref (task));
      else
        close_this_computer (task);
    }
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY))
    g_task_return_new_error (
      task, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_AWAY, "%s",
      _ ("The platform cannot be reached, and a revocation still waits to be "
         "sent. You are still signed in. Signing out here only would forget "
         "it, and the key would go on working."));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
enigm_account_sign_out_async (EnigmAccount *self,
                              gboolean even_offline,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_sign_out_async);
  g_task_set_task_data (task, GINT_TO_POINTER (even_offline), NULL);
  if (self->state == ENIGM_ACCOUNT_STATE_SESSION_ENDED)
    enigm_account_erase_async (self, on_erased, g_object_ref (task));
  else if (g_hash_table_size (self->revoking) > 0 && self->state == ENIGM_ACCOUNT_STATE_SIGNED_IN)
    enigm_account_send_revocations_async (self, cancellable, on_revocations_sent,
                                          g_object_ref (task));
  else
    close_this_computer (task);
}

gboolean
enigm_account_sign_out_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
