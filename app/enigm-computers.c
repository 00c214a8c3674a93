/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-computers.h"

#include <glib/gi18n-lib.h>

#include "enigm-account-private.h"
#include "enigm-secret-json.h"

/* PROTOCOL.md, section 8, has at most eight. */
#define MAX_COMPUTERS 8
#define SIGNED (ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED)

static GListModel *
parse_computers (JsonObject *json, GError **error)
{
  g_autoptr (GListStore) store = g_list_store_new (ENIGM_TYPE_COMPUTER);
  JsonArray *array;

  if (!enigm_json_read_array (json, "computers", MAX_COMPUTERS, &array, error))
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *entry = enigm_json_element_object (array, "computers", i, error);
      g_autoptr (EnigmComputer) computer = NULL;

      if (entry == NULL || (computer = enigm_computer_parse (entry, error)) == NULL)
        return NULL;
      g_list_store_append (store, computer);
    }
  return G_LIST_MODEL (g_steal_pointer (&store));
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (JsonNode) answer = enigm_account_ask_finish (ENIGM_ACCOUNT (object), result, &error);
  GListModel *computers = NULL;

  if (answer != NULL)
    computers = parse_computers (json_node_get_object (answer), &error);
  if (computers != NULL)
    g_task_return_pointer (task, computers, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
enigm_account_list_computers_async (EnigmAccount *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_list_computers_async);
  enigm_account_ask_async (self, "GET", "/v1/computers", NULL, ENIGM_PLATFORM_CALL_BEARER,
                           cancellable, on_listed, task);
}

GListModel *
enigm_account_list_computers_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (JsonNode) answer = enigm_account_ask_finish (ENIGM_ACCOUNT (object), result, &error);

  /* Of what may be asked for here, only that it is closed already is refused. */
  if (answer != NULL || g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED))
    {
      g_clear_error (&error);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

void
enigm_account_close_computer_async (EnigmAccount *self,
                                    const gchar *id,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autofree gchar *path = NULL;
  GTask *task;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && enigm_is_hex (id, 32));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_close_computer_async);
  g_task_set_check_cancellable (task, FALSE);
  path = g_strdup_printf ("/v1/computers/%s", id);
  enigm_account_ask_async (self, "DELETE", path, NULL, SIGNED, cancellable, on_closed, task);
}

gboolean
enigm_account_close_computer_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_others_closed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  gint64 count = 0;
  g_autoptr (JsonNode) answer = enigm_account_ask_finish (ENIGM_ACCOUNT (object), result, &error);

  if (answer == NULL || !enigm_json_read_int (json_node_get_object (answer), "count", 0,
                                              MAX_COMPUTERS, &count, &error))
    g_task_return_error (task, error);
  else
    g_task_return_int (task, (gssize) count);
}

void
enigm_account_close_others_async (EnigmAccount *self,
                                  EnigmSecret *pin,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GByteArray *body;
  GError *error = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self) && pin != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_close_others_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!enigm_account_check_pin (pin, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  body = enigm_secret_json_begin ();
  enigm_secret_json_add_secret (body, "pin", pin);
  bytes = enigm_secret_json_end (body);
  enigm_account_ask_async (self, "POST", "/v1/computers/closing", bytes, SIGNED, cancellable,
                           on_others_closed, g_steal_pointer (&task));
}

gboolean
enigm_account_close_others_finish (EnigmAccount *self,
                                   GAsyncResult *result,
                                   guint *n_closed,
                                   GError **error)
{
  gssize n;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  n = g_task_propagate_int (G_TASK (result), error);
  if (n >= 0 && n_closed != NULL)
    *n_closed = (guint) n;
  return n >= 0;
}
