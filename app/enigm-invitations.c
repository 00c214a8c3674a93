/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-account-private.h"

static const gchar *const answers[] = { "accept", "decline", "leave", NULL };

static void
on_fetched (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  g_autoptr (GError) error = NULL;

  /* The answer was given; a list that could not be asked for comes with the next refresh. */
  if (!enigm_account_fetch_list_finish (self, result, &error))
    g_info ("Answered, but the list could not be asked for: %s", error->message);
  else
    enigm_account_save_cache (self);
  g_task_return_boolean (task, TRUE);
}

static void
on_answered (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, NULL, &error);

  if (answer == NULL)
    g_task_return_error (task, enigm_account_note_error (self, error));
  else
    enigm_account_fetch_list_async (self, &enigm_list_invitations, g_task_get_cancellable (task),
                                    on_fetched, g_object_ref (task));
}

void
enigm_account_answer_invitation_async (EnigmAccount *self,
                                       EnigmInvitation *invitation,
                                       const gchar *answer,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (JsonNode) body = NULL;
  g_autofree gchar *path = NULL;
  JsonObject *object;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && ENIGM_IS_INVITATION (invitation));
  g_return_if_fail (answer != NULL && g_strv_contains (answers, answer));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_answer_invitation_async);
  if (!enigm_account_require (self, task))
    return;
  path = g_strdup_printf ("/v1/invitations/%s", enigm_invitation_get_id (invitation));
  body = json_node_new (JSON_NODE_OBJECT);
  object = json_object_new ();
  json_object_set_string_member (object, "answer", answer);
  json_node_take_object (body, object);
  enigm_platform_call_async (self->platform, "POST", path, body,
                             ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED, NULL,
                             cancellable, on_answered, g_object_ref (task));
}

gboolean
enigm_account_answer_invitation_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
