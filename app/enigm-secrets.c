/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-secrets.h"

#include <glib/gi18n-lib.h>

#include "enigm-account-private.h"
#include "enigm-secret-json.h"

static void
on_changed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = enigm_account_ask_finish (ENIGM_ACCOUNT (object), result, &error);

  if (answer != NULL)
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_SIGN_IN_WRONG))
    /* At sign-in the same refusal is about the user name, too. */
    g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_SIGN_IN_WRONG, "%s",
                             _ ("The password that you use now does not fit. Nothing was changed. "
                                "Check it and try again."));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
change (GTask *task,
        const gchar *path,
        EnigmSecret *password,
        const gchar *name,
        EnigmSecret *wanted)
{
  GByteArray *body = enigm_secret_json_begin ();
  g_autoptr (GBytes) bytes = NULL;

  enigm_secret_json_add_secret (body, "password", password);
  enigm_secret_json_add_secret (body, name, wanted);
  bytes = enigm_secret_json_end (body);
  enigm_account_ask_async (g_task_get_source_object (task), "POST", path, bytes,
                           ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED,
                           g_task_get_cancellable (task), on_changed, g_object_ref (task));
}

void
enigm_account_change_password_async (EnigmAccount *self,
                                     EnigmSecret *password,
                                     EnigmSecret *wanted,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && password != NULL && wanted != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_change_password_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!enigm_account_check_password (password, &error) ||
      !enigm_account_check_password (wanted, &error))
    g_task_return_error (task, error);
  else
    change (task, "/v1/account/password", password, "new_password", wanted);
}

gboolean
enigm_account_change_password_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
enigm_account_change_pin_async (EnigmAccount *self,
                                EnigmSecret *password,
                                EnigmSecret *pin,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && password != NULL && pin != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_change_pin_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!enigm_account_check_password (password, &error) || !enigm_account_check_pin (pin, &error))
    g_task_return_error (task, error);
  else
    change (task, "/v1/account/pin", password, "pin", pin);
}

gboolean
enigm_account_change_pin_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
