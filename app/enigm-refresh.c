/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "enigm-account-private.h"

/* Times that a list of several pages is begun again, before it is given up. */
#define MAX_RESTARTS 3

/* One list. */

/* One list that was asked for. */
typedef struct
{
  const EnigmListType *type;
  gint64 asked;
  /* Alerts come in pages: what came so far. */
  JsonArray *pages;
  guint n_restarts;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_clear_pointer (&fetch->pages, json_array_unref);
  g_free (fetch);
}

static GListStore *
get_store (EnigmAccount *self, const EnigmListType *type)
{
  if (type == &enigm_list_keys)
    return self->keys;
  if (type == &enigm_list_contacts)
    return self->listed;
  if (type == &enigm_list_invitations)
    return self->invitations;
  return self->alerts;
}

static gint64 *
get_taken (EnigmAccount *self, const EnigmListType *type)
{
  static const EnigmListType *const types[] = { &enigm_list_keys, &enigm_list_contacts,
                                                &enigm_list_invitations, &enigm_list_alerts };
  gsize i = 0;

  G_STATIC_ASSERT (G_N_ELEMENTS (types) == G_N_ELEMENTS (self->list_taken));
  while (types[i] != type)
    i++;
  return &self->list_taken[i];
}

/* What was asked for before is older than the list that is known now. */
void
enigm_account_note_contacts_taken (EnigmAccount *self)
{
  *get_taken (self, &enigm_list_contacts) = ++self->moment;
}

/* What each alert was last read from, by ID. */
static GHashTable *
remember_alerts (EnigmAccount *self)
{
  GHashTable *alerts =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->alerts)); i++)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (G_LIST_MODEL (self->alerts), i);

      g_hash_table_insert (alerts, g_strdup (enigm_alert_get_id (alert)),
                           json_object_ref (enigm_account_get_item_json (alert)));
    }
  return alerts;
}

/* An alert that came while nobody listened is as new as one from the stream; the oldest is told
 * first, as if somebody had listened. One that was kept and never shown is told again. */
static void
signal_alerts (EnigmAccount *self, GHashTable *before)
{
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->alerts)); i-- > 0;)
    {
      g_autoptr (EnigmAlert) alert = g_list_model_get_item (G_LIST_MODEL (self->alerts), i);
      JsonObject *then = g_hash_table_lookup (before, enigm_alert_get_id (alert));

      if (then == NULL || !json_object_equal (then, enigm_account_get_item_json (alert)) ||
          enigm_account_is_alert_due (self, alert))
        g_ptr_array_add (changed, g_steal_pointer (&alert));
    }
  for (guint i = 0; i < changed->len; i++)
    enigm_account_emit_alert_changed (self, changed->pdata[i]);
}

static void on_list_answered (GObject *object, GAsyncResult *result, gpointer data);

static void
ask_for_page (GTask *task, const gchar *path)
{
  EnigmAccount *self = g_task_get_source_object (task);

  enigm_platform_call_async (self->platform, "GET", path, NULL, ENIGM_PLATFORM_CALL_BEARER, NULL,
                             g_task_get_cancellable (task), on_list_answered, g_object_ref (task));
}

/* Puts a page with those that came before; @next is where the next one is, unless it was the last.
 */
static gboolean
take_page (Fetch *fetch, JsonObject *page, gchar **next, GError **error)
{
  g_autofree gchar *last = NULL;
  gboolean more = FALSE;
  JsonArray *events;
  JsonObject *event;
  guint n;

  if (!enigm_json_read_array (page, fetch->type->field, fetch->type->max, &events, error) ||
      (json_object_has_member (page, "more") && !enigm_json_read_bool (page, "more", &more, error)))
    return FALSE;
  n = json_array_get_length (events);
  if (fetch->pages == NULL)
    fetch->pages = json_array_new ();
  if (more && n > 0 && json_array_get_length (fetch->pages) + 2 * n <= fetch->type->max)
    {
      if ((event = enigm_json_element_object (events, fetch->type->field, n - 1, error)) == NULL ||
          !enigm_json_read_hex (event, "id", 32, &last, error))
        return FALSE;
      *next = g_strdup_printf ("%s/before/%s", fetch->type->path, last);
    }
  for (guint i = 0; i < n; i++)
    json_array_add_element (fetch->pages, json_node_copy (json_array_get_element (events, i)));
  json_object_set_array_member (page, fetch->type->field, json_array_ref (fetch->pages));
  return TRUE;
}

/* The last alert of a page was deleted before the next page was asked for: begins anew. */
static gboolean
begin_anew (Fetch *fetch, const GError *error)
{
  if (fetch->pages == NULL || fetch->n_restarts == MAX_RESTARTS ||
      !g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED))
    return FALSE;
  fetch->n_restarts++;
  g_clear_pointer (&fetch->pages, json_array_unref);
  return TRUE;
}

static void
on_list_answered (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  Fetch *fetch = g_task_get_task_data (task);
  const EnigmListType *type = fetch->type;
  gint64 *taken = get_taken (self, type);
  GError *error = NULL;
  g_autofree gchar *etag = NULL;
  g_autofree gchar *next = NULL;
  g_autoptr (GHashTable) alerts = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, &etag, &error);

  /* Signed out, or in as somebody else, while the answer was under way. */
  if (self->platform != ENIGM_PLATFORM (object))
    {
      g_clear_error (&error);
      g_task_return_error (task, enigm_account_error_signed_out ());
      return;
    }
  if (answer != NULL && type == &enigm_list_alerts &&
      !take_page (fetch, json_node_get_object (answer), &next, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (answer == NULL && begin_anew (fetch, error))
    next = g_strdup (type->path);
  if (next != NULL)
    {
      g_clear_error (&error);
      ask_for_page (task, next);
      return;
    }
  /* The answer to a later question is there already. */
  if (answer != NULL && fetch->asked < *taken)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (type == &enigm_list_alerts)
    alerts = remember_alerts (self);
  if (answer == NULL ||
      !enigm_account_merge_list_asked (self, get_store (self, type), type,
                                       json_node_get_object (answer), fetch->asked, &error))
    {
      g_task_return_error (task, enigm_account_note_error (self, error));
      return;
    }
  *taken = fetch->asked;
  if (type == &enigm_list_contacts)
    enigm_account_take_contacts (self, etag);
  enigm_account_decorate (self);
  if (alerts != NULL)
    {
      enigm_account_prune_notices (self);
      signal_alerts (self, alerts);
    }
  g_task_return_boolean (task, TRUE);
}

void
enigm_account_fetch_list_async (EnigmAccount *self,
                                const EnigmListType *type,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->type = type;
  fetch->asked = ++self->moment;
  g_task_set_source_tag (task, enigm_account_fetch_list_async);
  g_task_set_task_data (task, fetch, fetch_free);
  if (enigm_account_require (self, task))
    ask_for_page (task, type->path);
}

gboolean
enigm_account_fetch_list_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* All of them, after what waits to be sent. */

typedef struct
{
  guint pending;
  GError *error;
} Refresh;

static void
refresh_free (gpointer data)
{
  Refresh *refresh = data;

  g_clear_error (&refresh->error);
  g_free (refresh);
}

static void
finish (GTask *task)
{
  EnigmAccount *self = g_task_get_source_object (task);

  enigm_account_decorate (self);
  enigm_account_set_unknown_since (self, 0);
  enigm_account_drop_alerts_over (self);
  enigm_account_save_cache (self);
  enigm_account_send_stages (self);
  g_task_return_boolean (task, TRUE);
}

static void
on_secret_dropped (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Refresh *refresh = g_task_get_task_data (task);

  /* One that is left will be tried again with the next refresh. */
  enigm_keyring_clear_finish (ENIGM_KEYRING (object), result, NULL);
  if (--refresh->pending == 0)
    finish (task);
}

/* Whether this computer holds a secret for a binding that took the place of @replaced. */
static gboolean
has_newer_secret (EnigmAccount *self, EnigmKey *replaced)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->keys)); i++)
    {
      g_autoptr (EnigmKey) key = g_list_model_get_item (G_LIST_MODEL (self->keys), i);
      const EnigmKeyState state = enigm_key_get_state (key);

      if ((state == ENIGM_KEY_STATE_TRUSTED || state == ENIGM_KEY_STATE_RESTRICTED) &&
          g_hash_table_contains (self->secrets, enigm_key_get_binding (key)) &&
          g_strcmp0 (enigm_key_get_certificate (key), enigm_key_get_certificate (replaced)) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A pairing that was interrupted may have left a secret for a binding that came to nothing, and one
 * that went well leaves that of the binding before. */
static gboolean
is_orphan (EnigmAccount *self, const char *binding)
{
  EnigmKey *key = enigm_account_find_key (self, binding);

  if (key == NULL)
    return FALSE;
  switch (enigm_key_get_state (key))
    {
    case ENIGM_KEY_STATE_CANCELLED:
    case ENIGM_KEY_STATE_EXPIRED:
      return TRUE;
    case ENIGM_KEY_STATE_REPLACED:
      return has_newer_secret (self, key);
    case ENIGM_KEY_STATE_PENDING:
    case ENIGM_KEY_STATE_TRUSTED:
    case ENIGM_KEY_STATE_RESTRICTED:
    case ENIGM_KEY_STATE_REVOKED:
    case ENIGM_KEY_STATE_RETIRED:
    default:
      return FALSE;
    }
}

static void
drop_orphans (GTask *task)
{
  EnigmAccount *self = g_task_get_source_object (task);
  Refresh *refresh = g_task_get_task_data (task);
  GHashTableIter iter;
  gpointer binding;

  refresh->pending = 1;
  g_hash_table_iter_init (&iter, self->secrets);
  while (g_hash_table_iter_next (&iter, &binding, NULL))
    {
      if (!is_orphan (self, binding))
        continue;
      refresh->pending++;
      enigm_keyring_clear_async (self->keyring, ENIGM_KEYRING_KEY, binding, NULL, on_secret_dropped,
                                 g_object_ref (task));
      g_hash_table_iter_remove (&iter);
    }
  if (--refresh->pending == 0)
    finish (task);
}

static void
finish_one (GTask *task, GError *error)
{
  Refresh *refresh = g_task_get_task_data (task);

  if (error != NULL && refresh->error == NULL)
    refresh->error = error;
  else
    g_clear_error (&error);
  if (--refresh->pending > 0)
    return;
  if (refresh->error != NULL)
    g_task_return_error (task, g_steal_pointer (&refresh->error));
  else
    drop_orphans (task);
}

static void
on_list_fetched (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  enigm_account_fetch_list_finish (ENIGM_ACCOUNT (object), result, &error);
  finish_one (task, error);
}

static void
on_bindings_listed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EnigmAccount *self = g_task_get_source_object (task);
  g_auto (GStrv) bindings =
    enigm_keyring_list_bindings_finish (ENIGM_KEYRING (object), result, NULL);

  /* A keyring locked meanwhile takes nothing away from what the platform says. */
  if (bindings != NULL)
    {
      g_hash_table_remove_all (self->secrets);
      for (guint i = 0; bindings[i] != NULL; i++)
        g_hash_table_add (self->secrets, g_strdup (bindings[i]));
      enigm_account_decorate (self);
    }
  finish_one (task, NULL);
}

static void
on_contacts_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  static const EnigmListType *const types[] = { &enigm_list_keys, &enigm_list_contacts,
                                                &enigm_list_invitations, &enigm_list_alerts };
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  g_autoptr (GTask) task = data;
  Refresh *refresh = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  /* What the platform does not take stays in sight, beside the list that is asked for next. */
  if (!enigm_account_send_contacts_finish (self, result, &error) &&
      (enigm_account_is_away (error) ||
       g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED)))
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&error);
  refresh->pending = G_N_ELEMENTS (types) + 1;
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    enigm_account_fetch_list_async (self, types[i], cancellable, on_list_fetched,
                                    g_object_ref (task));
  enigm_keyring_list_bindings_async (self->keyring, cancellable, on_bindings_listed,
                                     g_object_ref (task));
}

static void
on_revocations_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (!enigm_account_send_revocations_finish (self, result, &error))
    g_task_return_error (task, error);
  else if (enigm_account_require (self, task))
    enigm_account_send_contacts_async (self, on_contacts_sent, g_steal_pointer (&task));
}

void
enigm_account_refresh_async (EnigmAccount *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (ENIGM_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, enigm_account_refresh_async);
  g_task_set_task_data (task, g_new0 (Refresh, 1), refresh_free);
  if (enigm_account_require (self, task))
    enigm_account_send_revocations_async (self, cancellable, on_revocations_sent,
                                          g_object_ref (task));
}

gboolean
enigm_account_refresh_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
