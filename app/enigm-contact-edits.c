/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "enigm-account-private.h"
#include "protocol/enigm-contact-id.h"

/*
 * What the person did to their contacts and the platform has not taken yet. It is the list that
 * they want, and the list they made it of: kept on disk, shown with every contact that it touches,
 * sent as soon as the platform answers. Where the list on the platform is neither of both, another
 * computer changed it, and the person decides.
 */

static const gchar *const none[] = { NULL };

static const gchar *const *
as_list (gchar **ids)
{
  return ids != NULL ? (const gchar *const *) ids : none;
}

gchar **
enigm_account_list_ids (GListStore *store)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (EnigmContact) contact = g_list_model_get_item (G_LIST_MODEL (store), i);

      g_strv_builder_add (builder, enigm_contact_get_contact_id (contact));
    }
  return g_strv_builder_end (builder);
}

gchar **
enigm_account_dup_wanted (EnigmAccount *self)
{
  return self->edits.wanted != NULL ? g_strdupv (self->edits.wanted)
                                    : enigm_account_list_ids (self->listed);
}

void
enigm_contact_edits_clear (EnigmContactEdits *edits)
{
  g_clear_pointer (&edits->base, g_strfreev);
  g_clear_pointer (&edits->wanted, g_strfreev);
  g_clear_pointer (&edits->sent, g_strfreev);
  g_clear_pointer (&edits->seen, g_free);
  g_clear_pointer (&edits->refusal, g_free);
  edits->held = FALSE;
}

static EnigmContactsState
find_state (EnigmAccount *self)
{
  g_auto (GStrv) listed = NULL;

  if (self->edits.wanted == NULL)
    return ENIGM_CONTACTS_STATE_SETTLED;
  if (self->edits.sending)
    return ENIGM_CONTACTS_STATE_WAITING;
  listed = enigm_account_list_ids (self->listed);
  return g_strv_equal (as_list (listed), as_list (self->edits.base))
           ? ENIGM_CONTACTS_STATE_WAITING
           : ENIGM_CONTACTS_STATE_CONFLICT;
}

/* Those that wait to be removed stay in sight: until the platform knows, they are told. */
static void
add_removed (EnigmAccount *self, GPtrArray *shown)
{
  guint place = 0;

  for (gsize i = 0; self->edits.base[i] != NULL; i++)
    {
      const gchar *id = self->edits.base[i];
      EnigmContact *contact = enigm_account_find (self->listed, &enigm_list_contacts, id, NULL);
      gboolean found = FALSE;

      for (guint j = 0; j < shown->len && !found; j++)
        if (g_str_equal (enigm_contact_get_contact_id (shown->pdata[j]), id))
          {
            place = j + 1;
            found = TRUE;
          }
      if (found || contact == NULL)
        continue;
      enigm_contact_set_waiting (contact, ENIGM_CONTACT_WAITING_REMOVE);
      g_ptr_array_insert (shown, (gint) place++, g_object_ref (contact));
    }
}

static void
add_wanted (EnigmAccount *self, GPtrArray *shown)
{
  g_auto (GStrv) listed = enigm_account_list_ids (self->listed);
  g_autoptr (GHashTable) moved =
    enigm_contact_merge_find_moved (as_list (listed), as_list (self->edits.wanted));

  for (gsize i = 0; self->edits.wanted[i] != NULL; i++)
    {
      const gchar *id = self->edits.wanted[i];
      g_autoptr (EnigmContact) contact = NULL;

      if (g_set_object (&contact,
                        enigm_account_find (self->listed, &enigm_list_contacts, id, NULL)))
        enigm_contact_set_waiting (contact, g_hash_table_contains (moved, id)
                                              ? ENIGM_CONTACT_WAITING_MOVE
                                              : ENIGM_CONTACT_WAITING_NOTHING);
      else if (!g_set_object (&contact,
                              enigm_account_find (self->contacts, &enigm_list_contacts, id, NULL)))
        contact = enigm_contact_new (id);
      if (!g_strv_contains (as_list (listed), id))
        enigm_contact_set_waiting (contact, ENIGM_CONTACT_WAITING_ADD);
      g_ptr_array_add (shown, g_steal_pointer (&contact));
    }
}

/**
 * enigm_account_show_contacts:
 *
 * Brings the model of contacts up to date: what the platform lists, and what is to become of it.
 */
void
enigm_account_show_contacts (EnigmAccount *self)
{
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func (g_object_unref);
  const EnigmContactsState state = find_state (self);

  if (state == ENIGM_CONTACTS_STATE_WAITING)
    {
      add_wanted (self, shown);
      add_removed (self, shown);
    }
  else
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->listed)); i++)
      {
        EnigmContact *contact = g_list_model_get_item (G_LIST_MODEL (self->listed), i);

        enigm_contact_set_waiting (contact, ENIGM_CONTACT_WAITING_NOTHING);
        g_ptr_array_add (shown, contact);
      }
  enigm_account_splice_list (self->contacts, shown);
  enigm_account_decorate (self);
  enigm_account_set_contacts_state (self, state);
}

/**
 * enigm_account_take_contacts:
 * @etag: (nullable): the tag of the list that was just taken over
 *
 * Sets what waits in relation to the list as the platform has it now.
 */
void
enigm_account_take_contacts (EnigmAccount *self, const gchar *etag)
{
  EnigmContactEdits *edits = &self->edits;
  g_auto (GStrv) listed = enigm_account_list_ids (self->listed);

  g_free (self->contacts_etag);
  self->contacts_etag = g_strdup (etag);
  if (edits->wanted != NULL && !edits->sending)
    {
      if (g_strv_equal (as_list (listed), as_list (edits->wanted)))
        /* An answer that got lost, or both computers did the same. */
        enigm_contact_edits_clear (edits);
      else if (edits->sent != NULL && g_strv_equal (as_list (listed), as_list (edits->sent)))
        {
          /* The same, and the person went on meanwhile. */
          g_strfreev (edits->base);
          edits->base = g_steal_pointer (&edits->sent);
        }
    }
  enigm_account_show_contacts (self);
}

/* Sending */

typedef struct
{
  EnigmAccount *account;
  EnigmPlatform *platform;
  GPtrArray *tasks;
} Sending;

static void
sending_free (Sending *sending)
{
  g_object_unref (sending->account);
  g_object_unref (sending->platform);
  g_ptr_array_unref (sending->tasks);
  g_free (sending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sending, sending_free)

static void send_wanted (EnigmAccount *self, GPtrArray *tasks);

static GPtrArray *
new_tasks (void)
{
  return g_ptr_array_new_with_free_func (g_object_unref);
}

/* Tells all who wait for it, those who came meanwhile included. */
static void
end_sending (Sending *sending, const GError *error)
{
  EnigmAccount *self = sending->account;
  g_autoptr (GPtrArray) later = g_steal_pointer (&self->edits.tasks);

  if (later != NULL)
    g_ptr_array_extend_and_steal (sending->tasks, g_steal_pointer (&later));
  for (guint i = 0; i < sending->tasks->len; i++)
    {
      if (error != NULL)
        g_task_return_error (sending->tasks->pdata[i], g_error_copy (error));
      else
        g_task_return_boolean (sending->tasks->pdata[i], TRUE);
    }
}

static GError *
error_conflict (void)
{
  return g_error_new_literal (
    ENIGM_ERROR, ENIGM_ERROR_CONFLICT,
    _ (
      "Your contacts were changed on another computer meanwhile. Nothing was overwritten, and what "
      "you changed here is kept. Compare both lists, and choose."));
}

/* Who waits for what is under way by now; (transfer none) @task */
static void
join_sending (EnigmAccount *self, GTask *task)
{
  if (self->edits.tasks == NULL)
    self->edits.tasks = new_tasks ();
  g_ptr_array_add (self->edits.tasks, g_object_ref (task));
}

static void
on_conflict_fetched (GObject *object, GAsyncResult *result, gpointer data)
{
  EnigmAccount *self = ENIGM_ACCOUNT (object);
  g_autoptr (Sending) sending = data;
  g_autoptr (GError) error = NULL;
  const EnigmContactsState state = find_state (self);

  /* Whether or not the list as it is now could be had, nothing was overwritten. */
  if (!enigm_account_fetch_list_finish (self, result, &error))
    end_sending (sending, error);
  else if (self->edits.sending)
    /* Somebody sent what waits once more while it was asked for, against the list as it was: that
     * is refused, too. Sent against the list as it is now, it would overwrite it. */
    for (guint i = 0; i < sending->tasks->len; i++)
      join_sending (self, sending->tasks->pdata[i]);
  else if (state == ENIGM_CONTACTS_STATE_CONFLICT)
    {
      error = error_conflict ();
      end_sending (sending, error);
    }
  else if (state == ENIGM_CONTACTS_STATE_WAITING)
    /* It was changed, and changed back. */
    send_wanted (self, g_ptr_array_ref (sending->tasks));
  else
    end_sending (sending, NULL);
  enigm_account_save_cache (self);
}

static void
take_answer (Sending *sending, JsonNode *answer, const gchar *etag, GError **error)
{
  EnigmAccount *self = sending->account;
  EnigmContactEdits *edits = &self->edits;

  if (!enigm_account_merge_list (self, self->listed, &enigm_list_contacts,
                                 json_node_get_object (answer), error))
    return;
  enigm_account_note_contacts_taken (self);
  g_clear_pointer (&edits->refusal, g_free);
  enigm_account_take_contacts (self, etag);
  enigm_account_save_cache (self);
}

static void
on_put_answered (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Sending) sending = data;
  EnigmAccount *self = sending->account;
  EnigmContactEdits *edits = &self->edits;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *etag = NULL;
  g_autoptr (JsonNode) answer =
    enigm_platform_call_finish (ENIGM_PLATFORM (object), result, &etag, &error);

  /* Signed out, or in as somebody else, meanwhile. */
  if (self->platform != sending->platform)
    {
      g_clear_error (&error);
      error = enigm_account_error_signed_out ();
      end_sending (sending, error);
      return;
    }
  edits->sending = FALSE;
  if (answer != NULL)
    take_answer (sending, answer, etag, &error);
  if (error == NULL && edits->wanted != NULL && !edits->held)
    {
      g_autoptr (GPtrArray) later = edits->tasks != NULL ? g_steal_pointer (&edits->tasks) : NULL;

      end_sending (sending, NULL);
      /* The person went on while this was sent. */
      send_wanted (self, later != NULL ? g_steal_pointer (&later) : new_tasks ());
    }
  else if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_CONFLICT))
    enigm_account_fetch_list_async (self, &enigm_list_contacts, NULL, on_conflict_fetched,
                                    g_steal_pointer (&sending));
  else
    {
      if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_PLATFORM_REFUSED) ||
          g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED))
        {
          g_free (edits->refusal);
          edits->refusal = g_strdup (error->message);
        }
      if (error != NULL)
        enigm_account_note_error (self, error);
      enigm_account_show_contacts (self);
      end_sending (sending, error);
    }
}

/* (transfer full) @tasks */
static void
send_wanted (EnigmAccount *self, GPtrArray *tasks)
{
  Sending *sending = g_new (Sending, 1);
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();

  sending->account = g_object_ref (self);
  sending->platform = g_object_ref (self->platform);
  sending->tasks = tasks;
  self->edits.sending = TRUE;
  g_strfreev (self->edits.sent);
  self->edits.sent = g_strdupv (self->edits.wanted);
  for (gsize i = 0; self->edits.wanted[i] != NULL; i++)
    json_array_add_string_element (array, self->edits.wanted[i]);
  json_object_set_array_member (object, "contacts", array);
  json_node_take_object (body, object);
  enigm_platform_call_async (self->platform, "PUT", "/v1/contacts", body,
                             ENIGM_PLATFORM_CALL_BEARER | ENIGM_PLATFORM_CALL_SIGNED,
                             self->contacts_etag, NULL, on_put_answered, sending);
}

/**
 * enigm_account_send_contacts_async:
 *
 * Sends the list that the person wants, if there is one, they need not decide first, and it is not
 * held. One is under way at a time.
 */
void
enigm_account_send_contacts_async (EnigmAccount *self,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, enigm_account_send_contacts_async);
  switch (find_state (self))
    {
    case ENIGM_CONTACTS_STATE_SETTLED:
      g_task_return_boolean (task, TRUE);
      break;
    case ENIGM_CONTACTS_STATE_CONFLICT:
      g_task_return_error (task, error_conflict ());
      break;
    case ENIGM_CONTACTS_STATE_WAITING:
    default:
      if (self->edits.held)
        {
          g_task_return_boolean (task, TRUE);
          break;
        }
      if (!self->edits.sending)
        {
          GPtrArray *tasks = new_tasks ();

          g_ptr_array_add (tasks, g_steal_pointer (&task));
          send_wanted (self, tasks);
          break;
        }
      join_sending (self, task);
      break;
    }
}

gboolean
enigm_account_send_contacts_finish (EnigmAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * enigm_account_want_contacts:
 * @wanted: (transfer full) (nullable): the list as the person wants it; %NULL to want nothing else
 *   than there is
 *
 * Notes an edit, in memory.
 */
void
enigm_account_want_contacts (EnigmAccount *self, gchar **wanted)
{
  EnigmContactEdits *edits = &self->edits;

  g_clear_pointer (&edits->refusal, g_free);
  if (wanted == NULL || (!edits->sending && edits->base != NULL &&
                         g_strv_equal (as_list (wanted), as_list (edits->base))))
    {
      g_strfreev (wanted);
      enigm_contact_edits_clear (edits);
    }
  else
    {
      if (edits->wanted == NULL)
        edits->base = enigm_account_list_ids (self->listed);
      g_strfreev (edits->wanted);
      edits->wanted = wanted;
    }
  enigm_account_show_contacts (self);
}

/* What the person is shown of it */

EnigmContactsState
enigm_account_get_contacts_state (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), ENIGM_CONTACTS_STATE_SETTLED);
  return self->contacts_state;
}

/* On disk */

static JsonArray *
build_ids (gchar **ids)
{
  JsonArray *array = json_array_new ();

  for (gsize i = 0; ids[i] != NULL; i++)
    json_array_add_string_element (array, ids[i]);
  return array;
}

void
enigm_contact_edits_write (EnigmContactEdits *edits, JsonObject *root)
{
  JsonObject *object;

  if (edits->wanted == NULL)
    return;
  object = json_object_new ();
  json_object_set_array_member (object, "base", build_ids (edits->base));
  json_object_set_array_member (object, "wanted", build_ids (edits->wanted));
  json_object_set_string_member (object, "seen", edits->seen != NULL ? edits->seen : "");
  json_object_set_object_member (root, "contact_edits", object);
}

static gchar **
read_ids (JsonObject *object, const gchar *field, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array;

  if (!enigm_json_read_array (object, field, ENIGM_CONTACTS_MAX, &array, error))
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      g_autofree gchar *id = NULL;

      if (json_node_get_value_type (node) == G_TYPE_STRING)
        id = enigm_contact_id_canonicalize (json_node_get_string (node), NULL);
      if (id == NULL)
        {
          g_set_error (error, ENIGM_ERROR, ENIGM_ERROR_MALFORMED, "%s", field);
          return NULL;
        }
      g_strv_builder_add (builder, id);
    }
  return g_strv_builder_end (builder);
}

/* An earlier version kept no edits. */
gboolean
enigm_contact_edits_read (EnigmContactEdits *edits, JsonObject *root, GError **error)
{
  JsonObject *object;

  if (!json_object_has_member (root, "contact_edits"))
    return TRUE;
  return enigm_json_read_object (root, "contact_edits", &object, error) &&
         (edits->base = read_ids (object, "base", error)) != NULL &&
         (edits->wanted = read_ids (object, "wanted", error)) != NULL &&
         enigm_json_read_string (object, "seen", 256, &edits->seen, error);
}
