/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-account-private.h"
#include "enigm-platform-private.h"

static void
ask_free (gpointer data)
{
  g_clear_error ((GError **) data);
  g_free (data);
}

static void
on_probed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  GError **wrong = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, NULL, &error);

  if (answer != NULL || !g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED))
    {
      g_task_return_error (task, g_steal_pointer (wrong));
      return;
    }
  if (self->platform == ENIGM_PLATFORM (object))
    enigm_account_note_error (self, error);
  g_task_return_new_error (
    task, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED, "%s",
    _ ("That was the fifth wrong PIN in a row, and the platform closed this computer. Nothing else "
       "was changed, and your keys go on working. Sign in again with your password."));
}

static void
on_answered (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  GError **wrong = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, NULL, &error);

  if (self->platform != ENIGM_PLATFORM (object))
    g_task_return_error (task, enigm_account_error_signed_out ());
  else if (answer != NULL)
    g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) json_node_unref);
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PIN_WRONG))
    {
      /* The fifth one reads the same as the four before; what follows tells. */
      *wrong = g_steal_pointer (&error);
      enigm_platform_call_async (self->platform, "GET", "/v1/account", NULL,
                                 ENIGM_PLATFORM_CALL_BEARER, NULL, NULL, on_probed,
                                 g_object_ref (task));
    }
  else
    g_task_return_error (task, enigm_account_note_error (self, g_steal_pointer (&error)));
}

void
enigm_account_ask_async (EnigmAccount *self,
                         const gchar *method,
                         const gchar *path,
                         GBytes *body,
                         EnigmPlatformCallFlags flags,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, enigm_account_ask_async);
  g_task_set_task_data (task, g_new0 (GError *, 1), ask_free);
  /* Whether it was done is not left to chance by a cancel that comes after the answer. */
  g_task_set_check_cancellable (task, FALSE);
  if (enigm_account_require (self, task))
    enigm_platform_send_async (self->platform, method, path, body, flags, NULL, cancellable,
                               on_answered, g_object_ref (task));
}

JsonNode *
enigm_account_ask_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
