/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "enigm-account-private.h"

G_DEFINE_TYPE (EnigmAccount, enigm_account, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_USER,
  PROP_CONTACT_ID,
  PROP_ORIGIN,
  PROP_ONLINE,
  PROP_UNKNOWN_SINCE,
  PROP_LISTENING,
  PROP_PAIRING_UNFINISHED,
  PROP_CONTACTS_STATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint alert_changed_signal;
static guint alert_gone_signal;

static void
enigm_account_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EnigmAccount *self = ENIGM_ACCOUNT (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_USER:
      g_value_set_string (value, self->user);
      break;
    case PROP_CONTACT_ID:
      g_value_set_string (value, self->contact_id);
      break;
    case PROP_ORIGIN:
      g_value_set_string (value, enigm_account_get_origin (self));
      break;
    case PROP_ONLINE:
      g_value_set_boolean (value, self->online);
      break;
    case PROP_UNKNOWN_SINCE:
      g_value_set_int64 (value, self->unknown_since);
      break;
    case PROP_LISTENING:
      g_value_set_boolean (value, self->listening);
      break;
    case PROP_PAIRING_UNFINISHED:
      g_value_set_boolean (value, self->pairing_unfinished);
      break;
    case PROP_CONTACTS_STATE:
      g_value_set_enum (value, self->contacts_state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
enigm_account_dispose (GObject *object)
{
  EnigmAccount *self = ENIGM_ACCOUNT (object);

  self->listening = FALSE;
  enigm_account_stream_update (self);
  enigm_account_take_platform (self, NULL);
  g_clear_pointer (&self->day_timer, enigm_wall_timer_free);
  G_OBJECT_CLASS (enigm_account_parent_class)->dispose (object);
}

static void
enigm_account_finalize (GObject *object)
{
  EnigmAccount *self = ENIGM_ACCOUNT (object);

  g_free (self->data_dir);
  g_clear_object (&self->keyring);
  g_clear_object (&self->file);
  g_clear_error (&self->trouble);
  g_free (self->user);
  g_free (self->contact_id);
  g_free (self->computer_id);
  g_object_unref (self->keys);
  g_object_unref (self->listed);
  g_object_unref (self->contacts);
  g_object_unref (self->invitations);
  g_object_unref (self->alerts);
  g_free (self->contacts_etag);
  enigm_contact_edits_clear (&self->edits);
  g_clear_pointer (&self->edits.tasks, g_ptr_array_unref);
  g_hash_table_unref (self->labels);
  g_hash_table_unref (self->notes);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->drills);
  g_hash_table_unref (self->revoking);
  g_hash_table_unref (self->secrets);
  g_hash_table_unref (self->shown);
  g_hash_table_unref (self->staging);
  g_hash_table_unref (self->telling);
  g_hash_table_unref (self->deleted);
  g_free (self->last_event_id);
  G_OBJECT_CLASS (enigm_account_parent_class)->finalize (object);
}

static void
enigm_account_class_init (EnigmAccountClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = enigm_account_get_property;
  object_class->dispose = enigm_account_dispose;
  object_class->finalize = enigm_account_finalize;

  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, ENIGM_TYPE_ACCOUNT_STATE,
                                              ENIGM_ACCOUNT_STATE_LOADING, flags);
  properties[PROP_USER] = g_param_spec_string ("user", NULL, NULL, "", flags);
  properties[PROP_CONTACT_ID] = g_param_spec_string ("contact-id", NULL, NULL, "", flags);
  properties[PROP_ORIGIN] = g_param_spec_string ("origin", NULL, NULL, "", flags);
  properties[PROP_ONLINE] = g_param_spec_boolean ("online", NULL, NULL, FALSE, flags);
  properties[PROP_UNKNOWN_SINCE] =
    g_param_spec_int64 ("unknown-since", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_LISTENING] = g_param_spec_boolean ("listening", NULL, NULL, FALSE, flags);
  properties[PROP_PAIRING_UNFINISHED] =
    g_param_spec_boolean ("pairing-unfinished", NULL, NULL, FALSE, flags);
  properties[PROP_CONTACTS_STATE] = g_param_spec_enum (
    "contacts-state", NULL, NULL, ENIGM_TYPE_CONTACTS_STATE, ENIGM_CONTACTS_STATE_SETTLED, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  alert_changed_signal = g_signal_new ("alert-changed", ENIGM_TYPE_ACCOUNT, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, ENIGM_TYPE_ALERT);
  alert_gone_signal = g_signal_new ("alert-gone", ENIGM_TYPE_ACCOUNT, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, ENIGM_TYPE_ALERT);
}

static void
enigm_account_init (EnigmAccount *self)
{
  self->user = g_strdup ("");
  self->contact_id = g_strdup ("");
  self->keys = g_list_store_new (ENIGM_TYPE_KEY);
  self->listed = g_list_store_new (ENIGM_TYPE_CONTACT);
  self->contacts = g_list_store_new (ENIGM_TYPE_CONTACT);
  self->invitations = g_list_store_new (ENIGM_TYPE_INVITATION);
  self->alerts = g_list_store_new (ENIGM_TYPE_ALERT);
  self->notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->drills = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) enigm_drill_evidence_free);
  self->revoking = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->staging = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->telling = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->deleted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

EnigmAccount *
enigm_account_new (const gchar *data_dir, EnigmKeyring *keyring)
{
  EnigmAccount *self;

  g_return_val_if_fail (data_dir != NULL && ENIGM_IS_KEYRING (keyring), NULL);

  self = g_object_new (ENIGM_TYPE_ACCOUNT, NULL);
  self->data_dir = g_strdup (data_dir);
  self->keyring = g_object_ref (keyring);
  return self;
}

gchar *
enigm_account_default_data_dir (void)
{
  return g_build_filename (g_get_user_data_dir (), "enigm", NULL);
}

gchar *
enigm_account_get_file_path (EnigmAccount *self)
{
  return g_build_filename (self->data_dir, "account.sealed", NULL);
}

gchar *
enigm_account_get_place_path (EnigmAccount *self)
{
  return g_build_filename (self->data_dir, "place", NULL);
}

EnigmAccountState
enigm_account_get_state (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), ENIGM_ACCOUNT_STATE_LOADING);
  return self->state;
}

const gchar *
enigm_account_get_user (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return self->user;
}

const gchar *
enigm_account_get_contact_id (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return self->contact_id;
}

const gchar *
enigm_account_get_origin (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return self->platform != NULL ? enigm_platform_get_origin (self->platform) : "";
}

gboolean
enigm_account_get_online (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), FALSE);
  return self->online;
}

gint64
enigm_account_get_unknown_since (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), 0);
  return self->unknown_since;
}

const GError *
enigm_account_get_trouble (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return self->trouble;
}

gint64
enigm_account_get_heard (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), 0);
  return self->heard;
}

const gchar *
enigm_account_get_data_dir (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return self->data_dir;
}

EnigmKeyring *
enigm_account_get_keyring (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return self->keyring;
}

EnigmPlatform *
enigm_account_get_platform (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return self->platform;
}

const gchar *
enigm_account_get_computer_id (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return self->computer_id;
}

GListModel *
enigm_account_get_keys (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return G_LIST_MODEL (self->keys);
}

GListModel *
enigm_account_get_contacts (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return G_LIST_MODEL (self->contacts);
}

GListModel *
enigm_account_get_invitations (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return G_LIST_MODEL (self->invitations);
}

GListModel *
enigm_account_get_alerts (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), NULL);
  return G_LIST_MODEL (self->alerts);
}

EnigmKey *
enigm_account_find_key (EnigmAccount *self, const gchar *binding)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self) && binding != NULL, NULL);
  return enigm_account_find (self->keys, &enigm_list_keys, binding, NULL);
}

EnigmAlert *
enigm_account_find_alert (EnigmAccount *self, const gchar *id)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self) && id != NULL, NULL);
  return enigm_account_find (self->alerts, &enigm_list_alerts, id, NULL);
}

const gchar *
enigm_account_find_label (EnigmAccount *self, const gchar *contact_id)
{
  const gchar *label;

  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self) && contact_id != NULL, NULL);

  label = g_hash_table_lookup (self->labels, contact_id);
  return label != NULL ? label : "";
}

const gchar *
enigm_account_find_note (EnigmAccount *self, const gchar *contact_id)
{
  const gchar *note;

  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self) && contact_id != NULL, NULL);

  note = g_hash_table_lookup (self->notes, contact_id);
  return note != NULL ? note : "";
}

gboolean
enigm_account_get_pairing_unfinished (EnigmAccount *self)
{
  g_return_val_if_fail (ENIGM_IS_ACCOUNT (self), FALSE);
  return self->pairing_unfinished;
}

void
enigm_account_set_pairing_unfinished (EnigmAccount *self, gboolean unfinished)
{
  g_return_if_fail (ENIGM_IS_ACCOUNT (self));

  if (self->pairing_unfinished == unfinished)
    return;
  self->pairing_unfinished = unfinished;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAIRING_UNFINISHED]);
  enigm_account_save_cache (self);
}

void
enigm_account_listen (EnigmAccount *self, gboolean listening)
{
  g_return_if_fail (ENIGM_IS_ACCOUNT (self));

  if (self->listening == listening)
    return;
  self->listening = listening;
  enigm_account_stream_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LISTENING]);
}

void
enigm_account_set_state (EnigmAccount *self, EnigmAccountState state)
{
  if (self->state == state)
    return;
  self->state = state;
  enigm_account_stream_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
enigm_account_set_contacts_state (EnigmAccount *self, EnigmContactsState state)
{
  if (self->contacts_state == state)
    return;
  self->contacts_state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONTACTS_STATE]);
}

void
enigm_account_set_unknown_since (EnigmAccount *self, gint64 time)
{
  if (time == 0)
    g_clear_error (&self->trouble);
  if (self->unknown_since == time)
    return;
  self->unknown_since = time;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNKNOWN_SINCE]);
}

/* The last reason counts: a platform that is there again and cannot be trusted is not one that is
 * away. */
static void
note_trouble (EnigmAccount *self, const GError *error)
{
  g_autoptr (GError) before = g_steal_pointer (&self->trouble);

  self->trouble = g_error_copy (error);
  if (self->unknown_since == 0)
    /* 1: the platform was never heard, which is not the same as being known. */
    enigm_account_set_unknown_since (self, MAX (self->heard, 1));
  else if (before == NULL || before->code != error->code)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNKNOWN_SINCE]);
}

static void
on_platform_reached (EnigmPlatform *platform, const GError *error, EnigmAccount *self)
{
  const gboolean reached = error == NULL;

  if (reached)
    {
      self->heard = g_get_real_time () / G_USEC_PER_SEC;
      g_clear_error (&self->trouble);
    }
  else
    note_trouble (self, error);
  if (self->online != reached)
    {
      self->online = reached;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ONLINE]);
    }
}

static void
on_session_stored (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (EnigmAccount) self = data;
  g_autoptr (GError) error = NULL;

  self->n_saving--;
  enigm_account_erase_if_saved (self);
  /* Without it the next start renews the session once more. */
  if (!enigm_keyring_store_finish (ENIGM_KEYRING (object), result, &error))
    g_info ("The renewed session was not kept: %s", error->message);
}

static void
on_session_renewed (EnigmPlatform *platform, EnigmAccount *self)
{
  if (self->erasing != NULL)
    return;
  self->n_saving++;
  enigm_keyring_store_async (self->keyring, ENIGM_KEYRING_SESSION, NULL,
                             enigm_platform_get_session (platform), NULL, on_session_stored,
                             g_object_ref (self));
}

void
enigm_account_take_platform (EnigmAccount *self, EnigmPlatform *platform)
{
  if (self->platform == platform)
    return;
  if (self->platform != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->platform, self);
      g_clear_object (&self->platform);
    }
  if (platform != NULL)
    {
      self->platform = g_object_ref (platform);
      g_signal_connect (platform, "reached", G_CALLBACK (on_platform_reached), self);
      g_signal_connect (platform, "session-renewed", G_CALLBACK (on_session_renewed), self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORIGIN]);
}

void
enigm_account_take_names (EnigmAccount *self, const gchar *user, const gchar *contact_id)
{
  enigm_model_set_string (G_OBJECT (self), &self->user, user, properties[PROP_USER]);
  enigm_model_set_string (G_OBJECT (self), &self->contact_id, contact_id,
                          properties[PROP_CONTACT_ID]);
}

/* Empties everything that belongs to an account, in memory. */
void
enigm_account_forget (EnigmAccount *self)
{
  g_autoptr (GPtrArray) no_alerts = g_ptr_array_new ();

  g_list_store_remove_all (self->keys);
  g_list_store_remove_all (self->listed);
  g_list_store_remove_all (self->contacts);
  enigm_contact_edits_clear (&self->edits);
  self->edits.sending = FALSE;
  enigm_account_set_contacts_state (self, ENIGM_CONTACTS_STATE_SETTLED);
  g_list_store_remove_all (self->invitations);
  enigm_account_show_alerts (self, no_alerts);
  g_clear_pointer (&self->contacts_etag, g_free);
  g_clear_pointer (&self->last_event_id, g_free);
  g_hash_table_remove_all (self->labels);
  g_hash_table_remove_all (self->notes);
  g_hash_table_remove_all (self->names);
  g_hash_table_remove_all (self->drills);
  g_hash_table_remove_all (self->revoking);
  g_hash_table_remove_all (self->secrets);
  g_hash_table_remove_all (self->shown);
  g_hash_table_remove_all (self->staging);
  g_hash_table_remove_all (self->telling);
  g_hash_table_remove_all (self->deleted);
  g_clear_pointer (&self->computer_id, g_free);
  g_clear_object (&self->file);
  enigm_account_take_names (self, "", "");
  enigm_account_take_platform (self, NULL);
  self->heard = 0;
  enigm_account_set_unknown_since (self, 0);
  if (self->pairing_unfinished)
    {
      self->pairing_unfinished = FALSE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAIRING_UNFINISHED]);
    }
}

GError *
enigm_account_note_error (EnigmAccount *self, GError *error)
{
  if (g_error_matches (error, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED) &&
      self->state == ENIGM_ACCOUNT_STATE_SIGNED_IN)
    enigm_account_set_state (self, ENIGM_ACCOUNT_STATE_SESSION_ENDED);
  return error;
}

GError *
enigm_account_error_signed_out (void)
{
  return g_error_new_literal (
    ENIGM_ERROR, ENIGM_ERROR_NO_ACCOUNT,
    _ ("Nobody is signed in on this computer. Nothing was changed. Sign in "
       "first."));
}

gboolean
enigm_account_require (EnigmAccount *self, GTask *task)
{
  if (self->state == ENIGM_ACCOUNT_STATE_SIGNED_IN)
    return TRUE;
  if (self->state == ENIGM_ACCOUNT_STATE_SESSION_ENDED)
    g_task_return_new_error (task, ENIGM_ERROR, ENIGM_ERROR_SESSION_ENDED, "%s",
                             _ ("This computer is not signed in any more. Nothing was changed, and "
                                "your key goes on working. Sign in again."));
  else
    g_task_return_error (task, enigm_account_error_signed_out ());
  return FALSE;
}

void
enigm_account_emit_alert_changed (EnigmAccount *self, EnigmAlert *alert)
{
  g_signal_emit (self, alert_changed_signal, 0, alert);
}

void
enigm_account_emit_alert_gone (EnigmAccount *self, EnigmAlert *alert)
{
  g_signal_emit (self, alert_gone_signal, 0, alert);
}
